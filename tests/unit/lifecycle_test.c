/* The life-cycles of DOMAIN 1.4 and 4.4 beyond the table of matter_test: who may move what, by when, and what must have
 * come first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "county.h"
#include "domain/day.h"
#include "domain/deadline.h"
#include "domain/joint.h"

enum { SIDE_A = 1, SIDE_B = 2 };

/* 2020-04-03 is the Friday before Qingming, the day of the vectors of DOMAIN 2.7. */
static void open_on(struct county *county, const char *today)
{
    struct policy policy = county_policy();
    policy.calendar.holiday_count = 3;
    policy.calendar.holidays[0] = day_of("2020-04-04");
    policy.calendar.holidays[1] = day_of("2020-04-05");
    policy.calendar.holidays[2] = day_of("2020-04-06");
    county_open(county, &policy, today);
}

static void check_step(const struct county *county, enum matter_kind kind, const char *code, enum step expected)
{
    enum step found = (enum step)county_matter(county, kind, code)->step;
    if (found != expected)
        fail_msg("'%s' stands at %s, expected %s", code, step_name(found), step_name(expected));
}

/* ---- petitions ---- */

static struct event on_petition(const struct county *county, enum event_kind kind)
{
    return county_step(county, kind, MATTER_PETITION, "p-1", CODE_VILLAGE);
}

static void petition_takes(struct county *county, enum event_kind kind, enum office office, enum verdict expected)
{
    const struct event event = on_petition(county, kind);
    county_expect(county, &event, office, expected);
}

static void forward(struct county *county, enum office to_office)
{
    struct event event = on_petition(county, EVENT_PETITION_FORWARDED);
    event.to_office = to_office;
    county_record(county, &event, OFFICE_PETITIONS);
}

static void open_petition(struct county *county, const char *today)
{
    open_on(county, today);
    const struct event event = county_opening(county, MATTER_PETITION, "p-1", CODE_VILLAGE);
    county_record(county, &event, OFFICE_PETITIONS);
}

static void open_accepted(struct county *county, const char *today)
{
    open_petition(county, today);
    petition_takes(county, EVENT_PETITION_ACCEPTED, OFFICE_PETITIONS, VERDICT_ACCEPTED);
}

static void say_consent(struct county *county, uint32_t side, uint32_t answer, enum verdict expected)
{
    struct event event = on_petition(county, EVENT_CONSENT_RECORDED);
    event.consent.side = side;
    event.variant = answer;
    county_expect(county, &event, OFFICE_PETITIONS, expected);
}

static void a_petition_is_mediated_within_its_handling_with_both_consents_and_its_clock_runs_on(void **unused)
{
    struct county county;
    (void)unused;
    open_accepted(&county, "2020-04-18");
    petition_takes(&county, EVENT_MEDIATION_REGISTERED, OFFICE_PETITIONS, VERDICT_ILLEGAL_TRANSITION);
    say_consent(&county, SIDE_A, ANSWER_AGREED, VERDICT_ACCEPTED);
    say_consent(&county, SIDE_A, ANSWER_AGREED, VERDICT_ILLEGAL_TRANSITION); /* one side twice is not both */
    petition_takes(&county, EVENT_MEDIATION_REGISTERED, OFFICE_PETITIONS, VERDICT_ILLEGAL_TRANSITION);
    say_consent(&county, SIDE_B, ANSWER_AGREED, VERDICT_ACCEPTED);
    petition_takes(&county, EVENT_MEDIATION_REGISTERED, OFFICE_PETITIONS, VERDICT_ACCEPTED);
    check_step(&county, MATTER_PETITION, "p-1", STEP_MEDIATING);
    const struct matter *petition = county_matter(&county, MATTER_PETITION, "p-1");
    assert_int_equal(petition->due_day, day_of("2020-06-17"));
    assert_int_equal(deadline_clock(MATTER_PETITION, petition->step), CLOCK_HANDLING);
    petition_takes(&county, EVENT_OPINION_ISSUED, OFFICE_PETITIONS, VERDICT_ACCEPTED);
    check_step(&county, MATTER_PETITION, "p-1", STEP_REPLIED);
    county_close(&county);
}

static void mediation_that_ends_leads_back_to_where_it_began_and_asks_both_again(void **unused)
{
    static const struct {
        bool extended;
        enum step back;
    } rows[] = {{false, STEP_ACCEPTED}, {true, STEP_EXTENDED}};
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct county county;
        open_accepted(&county, "2020-04-18");
        struct event extended = on_petition(&county, EVENT_HANDLING_EXTENDED);
        extended.extended.days = 30;
        if (rows[i].extended)
            county_record(&county, &extended, OFFICE_PETITIONS);
        say_consent(&county, SIDE_A, ANSWER_AGREED, VERDICT_ACCEPTED);
        say_consent(&county, SIDE_B, ANSWER_AGREED, VERDICT_ACCEPTED);
        petition_takes(&county, EVENT_MEDIATION_REGISTERED, OFFICE_PETITIONS, VERDICT_ACCEPTED);
        petition_takes(&county, EVENT_MEDIATION_ENDED, OFFICE_PETITIONS, VERDICT_ACCEPTED);
        check_step(&county, MATTER_PETITION, "p-1", rows[i].back);
        petition_takes(&county, EVENT_MEDIATION_REGISTERED, OFFICE_PETITIONS, VERDICT_ILLEGAL_TRANSITION);
        say_consent(&county, SIDE_A, ANSWER_AGREED, VERDICT_ACCEPTED);
        county_close(&county);
    }
}

/* Its extension was one of the handling that has ended. */
static void in_a_reopened_petition_mediation_that_ends_leads_back_to_its_new_handling(void **unused)
{
    struct county county;
    (void)unused;
    open_accepted(&county, "2020-04-18");
    struct event extended = on_petition(&county, EVENT_HANDLING_EXTENDED);
    extended.extended.days = 30;
    county_record(&county, &extended, OFFICE_PETITIONS);
    petition_takes(&county, EVENT_OPINION_ISSUED, OFFICE_PETITIONS, VERDICT_ACCEPTED);
    petition_takes(&county, EVENT_MATTER_CLOSED, OFFICE_PETITIONS, VERDICT_ACCEPTED);
    petition_takes(&county, EVENT_MATTER_REOPENED, OFFICE_PETITIONS, VERDICT_ACCEPTED);
    say_consent(&county, SIDE_A, ANSWER_AGREED, VERDICT_ACCEPTED);
    say_consent(&county, SIDE_B, ANSWER_AGREED, VERDICT_ACCEPTED);
    petition_takes(&county, EVENT_MEDIATION_REGISTERED, OFFICE_PETITIONS, VERDICT_ACCEPTED);
    petition_takes(&county, EVENT_MEDIATION_ENDED, OFFICE_PETITIONS, VERDICT_ACCEPTED);
    check_step(&county, MATTER_PETITION, "p-1", STEP_ACCEPTED);
    county_close(&county);
}

static void a_petition_of_which_a_side_refused_is_not_mediated_but_handled_on(void **unused)
{
    struct county county;
    (void)unused;
    open_accepted(&county, "2020-04-18");
    say_consent(&county, SIDE_A, ANSWER_AGREED, VERDICT_ACCEPTED);
    say_consent(&county, SIDE_B, ANSWER_REFUSED, VERDICT_ACCEPTED);
    petition_takes(&county, EVENT_MEDIATION_REGISTERED, OFFICE_PETITIONS, VERDICT_ILLEGAL_TRANSITION);
    say_consent(&county, SIDE_B, ANSWER_AGREED, VERDICT_ILLEGAL_TRANSITION);
    check_step(&county, MATTER_PETITION, "p-1", STEP_ACCEPTED);
    petition_takes(&county, EVENT_OPINION_ISSUED, OFFICE_PETITIONS, VERDICT_ACCEPTED);
    county_close(&county);
}

/* Art. 23; five working days from Friday 2020-04-03 with Qingming behind it. */
static void an_assignment_is_objected_to_within_five_working_days(void **unused)
{
    static const struct {
        const char *day;
        enum verdict verdict;
    } rows[] = {
        {"2020-04-03", VERDICT_ACCEPTED}, {"2020-04-13", VERDICT_ACCEPTED}, {"2020-04-14", VERDICT_ILLEGAL_TRANSITION}};
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct county county;
        open_petition(&county, "2020-04-03");
        forward(&county, OFFICE_WORK_SAFETY);
        county_open_day(&county, "2020-04-20");
        struct event objected = on_petition(&county, EVENT_ASSIGNMENT_OBJECTED);
        county_happened_on(&objected, rows[i].day);
        county_expect(&county, &objected, OFFICE_WORK_SAFETY, rows[i].verdict);
        county_close(&county);
    }
}

static void an_objection_gives_the_petition_back_to_the_petitions_office_with_its_clock(void **unused)
{
    struct county county;
    (void)unused;
    open_petition(&county, "2020-04-03");
    forward(&county, OFFICE_WORK_SAFETY);
    assert_int_equal(county_matter(&county, MATTER_PETITION, "p-1")->handler, OFFICE_WORK_SAFETY);
    petition_takes(&county, EVENT_ASSIGNMENT_OBJECTED, OFFICE_WORK_SAFETY, VERDICT_ACCEPTED);
    const struct matter *petition = county_matter(&county, MATTER_PETITION, "p-1");
    assert_int_equal(petition->handler, OFFICE_PETITIONS);
    assert_int_equal(deadline_clock(MATTER_PETITION, petition->step), CLOCK_REGISTRATION);
    assert_int_equal(petition->due_day, day_of("2020-04-18"));
    forward(&county, OFFICE_GOVERNANCE);
    petition_takes(&county, EVENT_PETITION_ACCEPTED, OFFICE_GOVERNANCE, VERDICT_ACCEPTED);
    county_close(&county);
}

/* Art. 24: who accepts what nobody thinks is theirs is decided together. */
static void after_an_objection_only_the_lead_of_a_joint_handling_accepts(void **unused)
{
    struct county county;
    (void)unused;
    open_petition(&county, "2020-04-03");
    forward(&county, OFFICE_WORK_SAFETY);
    petition_takes(&county, EVENT_ASSIGNMENT_OBJECTED, OFFICE_WORK_SAFETY, VERDICT_ACCEPTED);
    petition_takes(&county, EVENT_PETITION_ACCEPTED, OFFICE_PETITIONS, VERDICT_ILLEGAL_TRANSITION);
    struct event joint = on_petition(&county, EVENT_JOINT_HANDLING_OPENED);
    joint.joint.lead = OFFICE_GOVERNANCE;
    joint.joint.members = OFFICE_BIT(OFFICE_WORK_SAFETY);
    county_record(&county, &joint, OFFICE_PETITIONS);
    petition_takes(&county, EVENT_PETITION_ACCEPTED, OFFICE_WORK_SAFETY, VERDICT_ILLEGAL_TRANSITION);
    petition_takes(&county, EVENT_PETITION_ACCEPTED, OFFICE_GOVERNANCE, VERDICT_ACCEPTED);
    assert_int_equal(county_matter(&county, MATTER_PETITION, "p-1")->handler, OFFICE_GOVERNANCE);
    county_close(&county);
}

/* Art. 34. */
static void handling_is_extended_once_and_by_thirty_days_at_most(void **unused)
{
    struct county county;
    (void)unused;
    open_accepted(&county, "2020-04-18");
    struct event extended = on_petition(&county, EVENT_HANDLING_EXTENDED);
    extended.extended.days = 31;
    county_expect(&county, &extended, OFFICE_PETITIONS, VERDICT_BAD_VALUE);
    extended.extended.days = 30;
    county_expect(&county, &extended, OFFICE_PETITIONS, VERDICT_ACCEPTED);
    assert_int_equal(county_matter(&county, MATTER_PETITION, "p-1")->due_day, day_of("2020-07-17"));
    county_expect(&county, &extended, OFFICE_PETITIONS, VERDICT_ILLEGAL_TRANSITION);
    county_close(&county);
}

/* Art. 35 and 36. */
static void a_review_is_asked_for_within_thirty_days_of_the_reply_and_of_the_review(void **unused)
{
    enum { REVIEW = 1, FINAL_REVIEW = 2 };
    static const struct {
        const char *days[2]; /* of both requests; the replies are of 2020-05-01 and 2020-06-01 */
        enum verdict verdicts[2];
    } rows[] = {
        {{"2020-05-31", "2020-07-01"}, {VERDICT_ACCEPTED, VERDICT_ACCEPTED}},
        {{"2020-05-31", "2020-07-02"}, {VERDICT_ACCEPTED, VERDICT_ILLEGAL_TRANSITION}},
        {{"2020-06-01", NULL}, {VERDICT_ILLEGAL_TRANSITION, VERDICT_ILLEGAL_TRANSITION}},
    };
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct county county;
        open_accepted(&county, "2020-05-01");
        petition_takes(&county, EVENT_OPINION_ISSUED, OFFICE_PETITIONS, VERDICT_ACCEPTED);
        county_open_day(&county, "2020-07-10");
        struct event asked = on_petition(&county, EVENT_REVIEW_REQUESTED);
        asked.variant = REVIEW;
        county_happened_on(&asked, rows[i].days[0]);
        county_expect(&county, &asked, OFFICE_PETITIONS, rows[i].verdicts[0]);
        struct event reviewed = on_petition(&county, EVENT_REVIEW_ISSUED);
        reviewed.variant = REVIEW;
        county_happened_on(&reviewed, "2020-06-01");
        if (rows[i].verdicts[0] == VERDICT_ACCEPTED) {
            county_expect_from(&county, &reviewed, OFFICE_PETITIONS, CODE_CITY, "city", VERDICT_ACCEPTED);
            asked.variant = FINAL_REVIEW;
            county_happened_on(&asked, rows[i].days[1]);
            county_expect(&county, &asked, OFFICE_PETITIONS, rows[i].verdicts[1]);
        }
        county_close(&county);
    }
}

static void another_office_moves_nobody_elses_petition(void **unused)
{
    static const enum event_kind kinds[] = {
        EVENT_ASSIGNMENT_OBJECTED, EVENT_PETITION_ACCEPTED,  EVENT_PETITION_NOT_ACCEPTED,
        EVENT_PETITION_DIVERTED,   EVENT_MATTER_TRANSFERRED,
    };
    struct county county;
    (void)unused;
    open_petition(&county, "2020-04-03");
    forward(&county, OFFICE_WORK_SAFETY);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        petition_takes(&county, kinds[i], OFFICE_PUBLIC_SECURITY, VERDICT_NOT_PERMITTED);
    petition_takes(&county, EVENT_PETITION_ACCEPTED, OFFICE_WORK_SAFETY, VERDICT_ACCEPTED);
    struct event extended = on_petition(&county, EVENT_HANDLING_EXTENDED);
    extended.extended.days = 10;
    county_expect(&county, &extended, OFFICE_PUBLIC_SECURITY, VERDICT_NOT_PERMITTED);
    petition_takes(&county, EVENT_OPINION_ISSUED, OFFICE_PUBLIC_SECURITY, VERDICT_NOT_PERMITTED);
    petition_takes(&county, EVENT_OPINION_ISSUED, OFFICE_WORK_SAFETY, VERDICT_ACCEPTED);
    petition_takes(&county, EVENT_MATTER_CLOSED, OFFICE_PUBLIC_SECURITY, VERDICT_NOT_PERMITTED);
    petition_takes(&county, EVENT_MATTER_CLOSED, OFFICE_WORK_SAFETY, VERDICT_ACCEPTED);
    petition_takes(&county, EVENT_MATTER_REOPENED, OFFICE_PUBLIC_SECURITY, VERDICT_NOT_PERMITTED);
    petition_takes(&county, EVENT_MATTER_REOPENED, OFFICE_PETITIONS, VERDICT_ACCEPTED);
    check_step(&county, MATTER_PETITION, "p-1", STEP_ACCEPTED);
    county_close(&county);
}

/* 安全生产法 art. 69, 信访工作条例 art. 23. */
static void a_transfer_makes_the_receiver_the_handler(void **unused)
{
    struct county county;
    (void)unused;
    open_accepted(&county, "2020-04-18");
    struct event moved = on_petition(&county, EVENT_MATTER_TRANSFERRED);
    moved.to_office = OFFICE_PETITIONS;
    county_expect(&county, &moved, OFFICE_PETITIONS, VERDICT_BAD_VALUE); /* has it already */
    moved.to_office = OFFICE_PUBLIC_SECURITY;
    petition_takes(&county, EVENT_OPINION_ISSUED, OFFICE_PUBLIC_SECURITY, VERDICT_NOT_PERMITTED);
    county_expect(&county, &moved, OFFICE_PETITIONS, VERDICT_ACCEPTED);
    const struct matter *petition = county_matter(&county, MATTER_PETITION, "p-1");
    assert_int_equal(petition->handler, OFFICE_PUBLIC_SECURITY);
    assert_int_equal(petition->due_day, day_of("2020-06-17")); /* its clock runs on */
    check_step(&county, MATTER_PETITION, "p-1", STEP_ACCEPTED);
    petition_takes(&county, EVENT_OPINION_ISSUED, OFFICE_PUBLIC_SECURITY, VERDICT_ACCEPTED);
    petition_takes(&county, EVENT_MATTER_CLOSED, OFFICE_PUBLIC_SECURITY, VERDICT_ACCEPTED);
    moved.to_office = OFFICE_GOVERNANCE;
    county_expect(&county, &moved, OFFICE_PUBLIC_SECURITY, VERDICT_ILLEGAL_TRANSITION); /* only what is open */
    county_close(&county);
}

static void an_accusation_is_transferred_to_discipline_alone(void **unused)
{
    struct county county;
    (void)unused;
    open_on(&county, "2020-04-03");
    struct event accusation = county_opening(&county, MATTER_PETITION, "p-1", CODE_VILLAGE);
    accusation.petition.type = PETITION_ACCUSATION;
    county_record(&county, &accusation, OFFICE_PETITIONS);
    struct event moved = on_petition(&county, EVENT_MATTER_TRANSFERRED);
    moved.to_office = OFFICE_GOVERNANCE;
    county_expect(&county, &moved, OFFICE_PETITIONS, VERDICT_NOT_PERMITTED);
    moved.to_office = OFFICE_DISCIPLINE;
    county_expect(&county, &moved, OFFICE_PETITIONS, VERDICT_ACCEPTED);
    county_close(&county);
}

/* ---- hazards ---- */

static struct event on_hazard(const struct county *county, enum event_kind kind)
{
    return county_step(county, kind, MATTER_HAZARD, "h-1", CODE_ENTERPRISE);
}

static void hazard_takes(struct county *county, enum event_kind kind, enum verdict expected)
{
    struct event event = on_hazard(county, kind);
    event.due_day = kind == EVENT_RECTIFICATION_ORDERED ? day_of("2020-05-01") : DAY_NONE;
    county_expect(county, &event, OFFICE_WORK_SAFETY, expected);
}

static void open_hazard(struct county *county, enum hazard_grade grade, bool verify_on_spot)
{
    struct policy policy = county_policy();
    policy.verify_on_spot = verify_on_spot;
    county_open(county, &policy, "2020-04-03");
    struct event found = county_opening(county, MATTER_HAZARD, "h-1", CODE_ENTERPRISE);
    found.hazard.grade = grade;
    county_record(county, &found, OFFICE_WORK_SAFETY);
}

static struct event verification(const struct county *county, uint32_t result, uint32_t role)
{
    struct event event = on_hazard(county, EVENT_HAZARD_VERIFIED);
    event.variant = result;
    event.role = role;
    return event;
}

struct doer {
    enum office office;
    const char *root;
    uint32_t role; /* 0: not said */
};

static const struct {
    struct doer handler, checker;
    enum verdict verdict;
} checkers[] = {
    {{OFFICE_WORK_SAFETY, CODE_COUNTY, 1}, {OFFICE_WORK_SAFETY, CODE_COUNTY, 1}, VERDICT_NOT_PERMITTED},
    {{OFFICE_WORK_SAFETY, CODE_COUNTY, 0}, {OFFICE_WORK_SAFETY, CODE_COUNTY, 0}, VERDICT_NOT_PERMITTED},
    {{OFFICE_WORK_SAFETY, CODE_COUNTY, 1}, {OFFICE_WORK_SAFETY, CODE_COUNTY, 0}, VERDICT_NOT_PERMITTED},
    {{OFFICE_WORK_SAFETY, CODE_COUNTY, 0}, {OFFICE_WORK_SAFETY, CODE_COUNTY, 1}, VERDICT_NOT_PERMITTED},
    {{OFFICE_WORK_SAFETY, CODE_COUNTY, 1}, {OFFICE_WORK_SAFETY, CODE_COUNTY, 2}, VERDICT_ACCEPTED},
    {{OFFICE_WORK_SAFETY, CODE_TOWN, 1}, {OFFICE_WORK_SAFETY, CODE_COUNTY, 1}, VERDICT_ACCEPTED},
    {{OFFICE_WORK_SAFETY, CODE_COUNTY, 1}, {OFFICE_GOVERNANCE, CODE_COUNTY, 1}, VERDICT_ACCEPTED},
};

static void take_by(struct county *county, struct event event, const struct doer *doer, enum verdict expected)
{
    event.role = doer->role;
    county_expect_from(county, &event, doer->office, doer->root, "somebody", expected);
}

static void a_repaired_hazard_is_checked_by_another_office_level_or_role(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof checkers / sizeof *checkers; i++) {
        struct county county;
        open_hazard(&county, HAZARD_GENERAL, true);
        hazard_takes(&county, EVENT_RECTIFICATION_ORDERED, VERDICT_ACCEPTED);
        take_by(&county, on_hazard(&county, EVENT_RECTIFICATION_REPORTED), &checkers[i].handler, VERDICT_ACCEPTED);
        take_by(&county, verification(&county, RESULT_PASS, 0), &checkers[i].checker, checkers[i].verdict);
        check_step(&county, MATTER_HAZARD, "h-1",
                   checkers[i].verdict == VERDICT_ACCEPTED ? STEP_STRUCK_OFF : STEP_RECTIFIED);
        county_close(&county);
    }
}

static void what_was_fixed_on_the_spot_is_verified_in_the_same_visit_only_if_the_policy_says_so(void **unused)
{
    (void)unused;
    for (int allowed = 0; allowed < 2; allowed++) {
        struct county county;
        open_hazard(&county, HAZARD_GENERAL, allowed);
        hazard_takes(&county, EVENT_HAZARD_FIXED_ON_SPOT, VERDICT_ACCEPTED);
        const struct event verified = verification(&county, RESULT_PASS, 0);
        county_expect(&county, &verified, OFFICE_WORK_SAFETY, allowed ? VERDICT_ACCEPTED : VERDICT_NOT_PERMITTED);
        county_close(&county);
    }
}

/* The leave of the same visit is for that visit: what was ordered after it is repair like any other. */
static void what_failed_on_the_spot_and_was_repaired_later_needs_another_checker(void **unused)
{
    struct county county;
    (void)unused;
    open_hazard(&county, HAZARD_GENERAL, true);
    hazard_takes(&county, EVENT_HAZARD_FIXED_ON_SPOT, VERDICT_ACCEPTED);
    const struct event failed = verification(&county, RESULT_FAIL, 0);
    county_expect(&county, &failed, OFFICE_WORK_SAFETY, VERDICT_ACCEPTED);
    hazard_takes(&county, EVENT_RECTIFICATION_REPORTED, VERDICT_ACCEPTED);
    const struct event passed = verification(&county, RESULT_PASS, 0);
    county_expect(&county, &passed, OFFICE_WORK_SAFETY, VERDICT_NOT_PERMITTED);
    county_close(&county);
}

static void a_failed_check_orders_the_repair_again(void **unused)
{
    struct county county;
    (void)unused;
    open_hazard(&county, HAZARD_GENERAL, true);
    hazard_takes(&county, EVENT_RECTIFICATION_ORDERED, VERDICT_ACCEPTED);
    hazard_takes(&county, EVENT_RECTIFICATION_REPORTED, VERDICT_ACCEPTED);
    const struct event failed = verification(&county, RESULT_FAIL, 0);
    county_expect(&county, &failed, OFFICE_GOVERNANCE, VERDICT_ACCEPTED);
    check_step(&county, MATTER_HAZARD, "h-1", STEP_ORDERED);
    assert_true(deadline_runs(county_matter(&county, MATTER_HAZARD, "h-1")));
    const struct event passed = verification(&county, RESULT_PASS, 0);
    county_expect(&county, &passed, OFFICE_GOVERNANCE, VERDICT_ILLEGAL_TRANSITION); /* repaired first */
    hazard_takes(&county, EVENT_RECTIFICATION_REPORTED, VERDICT_ACCEPTED);
    county_expect(&county, &passed, OFFICE_GOVERNANCE, VERDICT_ACCEPTED);
    check_step(&county, MATTER_HAZARD, "h-1", STEP_STRUCK_OFF);
    county_close(&county);
}

static void a_hazard_that_came_back_is_open_again(void **unused)
{
    struct county county;
    (void)unused;
    open_hazard(&county, HAZARD_GENERAL, true);
    hazard_takes(&county, EVENT_HAZARD_REOPENED, VERDICT_ILLEGAL_TRANSITION);
    hazard_takes(&county, EVENT_HAZARD_FIXED_ON_SPOT, VERDICT_ACCEPTED);
    const struct event passed = verification(&county, RESULT_PASS, 0);
    county_expect(&county, &passed, OFFICE_WORK_SAFETY, VERDICT_ACCEPTED);
    assert_int_equal(county_matter(&county, MATTER_HAZARD, "h-1")->closed_day, day_of("2020-04-03"));
    hazard_takes(&county, EVENT_HAZARD_REOPENED, VERDICT_ACCEPTED);
    check_step(&county, MATTER_HAZARD, "h-1", STEP_FOUND);
    assert_int_equal(county_matter(&county, MATTER_HAZARD, "h-1")->closed_day, DAY_NONE);
    county_close(&county);
}

static void a_repair_is_extended_to_a_later_day_only(void **unused)
{
    struct county county;
    (void)unused;
    open_hazard(&county, HAZARD_GENERAL, true);
    hazard_takes(&county, EVENT_RECTIFICATION_ORDERED, VERDICT_ACCEPTED);
    struct event extended = on_hazard(&county, EVENT_RECTIFICATION_EXTENDED);
    extended.due_day = day_of("2020-05-01");
    county_expect(&county, &extended, OFFICE_WORK_SAFETY, VERDICT_BAD_VALUE);
    extended.due_day = day_of("2020-05-02");
    county_expect(&county, &extended, OFFICE_WORK_SAFETY, VERDICT_ACCEPTED);
    assert_int_equal(county_matter(&county, MATTER_HAZARD, "h-1")->due_day, day_of("2020-05-02"));
    county_close(&county);
}

/* ---- accidents ---- */

static struct event supplement(const struct county *county, const char *day, uint32_t deaths)
{
    struct event event = county_step(county, EVENT_ACCIDENT_SUPPLEMENTED, MATTER_ACCIDENT, "a-1", CODE_ENTERPRISE);
    county_happened_on(&event, day);
    event.accident = (struct accident_facts){.deaths = deaths, .loss = LOSS_BELOW_THRESHOLD};
    return event;
}

static void open_accident(struct county *county, const char *industry, uint32_t deaths)
{
    struct policy policy = county_policy();
    policy.short_industries = (struct categories){.count = 2, .codes = {"TRAFFIC", "FIRE"}};
    county_open(county, &policy, "2020-04-03");
    struct event reported = county_opening(county, MATTER_ACCIDENT, "a-1", CODE_ENTERPRISE);
    reported.category = industry;
    reported.accident = (struct accident_facts){.deaths = deaths, .loss = LOSS_BELOW_THRESHOLD};
    county_record(county, &reported, OFFICE_WORK_SAFETY);
    county_open_day(county, "2020-06-01");
}

/* Order 493 art. 13, ruling 24: thirty days, seven in traffic and fire. */
static void a_supplement_changes_the_grade_within_its_window_and_is_kept_after_it(void **unused)
{
    static const struct {
        const char *industry, *day;
        enum accident_grade grade;
    } rows[] = {
        {"MINING", "2020-05-03", GRADE_LARGER},  {"MINING", "2020-05-04", GRADE_GENERAL},
        {"TRAFFIC", "2020-04-10", GRADE_LARGER}, {"TRAFFIC", "2020-04-11", GRADE_GENERAL},
        {"FIRE", "2020-04-10", GRADE_LARGER},    {"FIRE", "2020-05-03", GRADE_GENERAL},
    };
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct county county;
        open_accident(&county, rows[i].industry, 2);
        const struct event later = supplement(&county, rows[i].day, 3);
        uint64_t position = county_record(&county, &later, OFFICE_WORK_SAFETY);
        enum accident_grade found = (enum accident_grade)county_matter(&county, MATTER_ACCIDENT, "a-1")->grade;
        if (found != rows[i].grade)
            fail_msg("%s supplemented on %s: grade %d, expected %d", rows[i].industry, rows[i].day, (int)found,
                     (int)rows[i].grade);
        assert_int_not_equal(state_find_move(&county.state, position), 0); /* kept, whenever it came */
        county_close(&county);
    }
}

static void a_grade_rises_at_once_and_falls_only_with_two_identities(void **unused)
{
    struct county county;
    (void)unused;
    open_accident(&county, "MINING", 2);
    const struct event up = supplement(&county, "2020-04-10", 10);
    county_expect(&county, &up, OFFICE_WORK_SAFETY, VERDICT_ACCEPTED);
    assert_int_equal(county_matter(&county, MATTER_ACCIDENT, "a-1")->grade, GRADE_MAJOR);
    const struct event down = supplement(&county, "2020-04-20", 1);
    county_expect_from(&county, &down, OFFICE_WORK_SAFETY, CODE_COUNTY, "county", VERDICT_ACCEPTED);
    assert_int_equal(county_matter(&county, MATTER_ACCIDENT, "a-1")->grade, GRADE_MAJOR);
    county_expect_from(&county, &down, OFFICE_WORK_SAFETY, CODE_COUNTY, "county", VERDICT_SECOND_APPROVER);
    county_expect_from(&county, &down, OFFICE_WORK_SAFETY, CODE_COUNTY, "deputy", VERDICT_ACCEPTED);
    assert_int_equal(county_matter(&county, MATTER_ACCIDENT, "a-1")->grade, GRADE_GENERAL);
    county_close(&county);
}

/* Order 493 art. 9, the vector of DOMAIN 2.7: hours run from the moment, over midnight too. */
static void an_accident_known_at_2340_is_reported_in_time_until_0040_of_the_next_day(void **unused)
{
    static const struct {
        int32_t minutes; /* from known to reported, and to recorded here */
        bool late;
    } rows[] = {{0, false}, {60, false}, {61, true}};
    const int64_t minute_us = 60 * 1000000;
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct county county;
        open_on(&county, "2020-04-04");
        struct state *state = &county.state;
        const struct publisher safety = {.identity = "county", .office = OFFICE_WORK_SAFETY};
        struct event reported = county_opening(&county, MATTER_ACCIDENT, "a-1", CODE_ENTERPRISE);
        county_happened_on(&reported, "2020-04-03");
        const int64_t known_at_us = reported.occurred_at_us + (11 * 60 + 40) * minute_us; /* noon and 11:40 hours */
        const int64_t told_at_us = known_at_us + rows[i].minutes * minute_us;
        reported.accident.known_at_us = known_at_us;
        reported.accident.reported_at_us = told_at_us;
        domain_judge(state, &reported, &safety, told_at_us, &county.ruling);
        assert_int_equal(county.ruling.verdict, VERDICT_ACCEPTED);
        domain_apply(state, &reported, &safety, &county.ruling, state->heads.position + 1, told_at_us, &county.effects);
        bool late = (county_matter(&county, MATTER_ACCIDENT, "a-1")->flags & MATTER_LATE) != 0;
        if (late != rows[i].late)
            fail_msg("reported after %d minutes: late %d, expected %d", (int)rows[i].minutes, late, rows[i].late);
        county_close(&county);
    }
}

static void two_different_totals_are_two_first_approvals(void **unused)
{
    struct county county;
    (void)unused;
    open_accident(&county, "MINING", 10);
    const struct event one = supplement(&county, "2020-04-10", 1);
    const struct event two = supplement(&county, "2020-04-10", 2);
    county_expect_from(&county, &one, OFFICE_WORK_SAFETY, CODE_COUNTY, "county", VERDICT_ACCEPTED);
    county_expect_from(&county, &two, OFFICE_WORK_SAFETY, CODE_COUNTY, "deputy", VERDICT_ACCEPTED);
    assert_int_equal(county_matter(&county, MATTER_ACCIDENT, "a-1")->grade, GRADE_MAJOR);
    county_close(&county);
}

static void an_accident_is_concluded_after_it_was_investigated(void **unused)
{
    struct county county;
    (void)unused;
    open_accident(&county, "MINING", 2);
    struct event step = county_step(&county, EVENT_ACCIDENT_CONCLUDED, MATTER_ACCIDENT, "a-1", CODE_ENTERPRISE);
    county_expect(&county, &step, OFFICE_WORK_SAFETY, VERDICT_ILLEGAL_TRANSITION);
    step.kind = EVENT_ACCIDENT_INVESTIGATION_OPENED;
    county_expect(&county, &step, OFFICE_WORK_SAFETY, VERDICT_ACCEPTED);
    assert_int_equal(county_matter(&county, MATTER_ACCIDENT, "a-1")->due_day, day_of("2020-06-02")); /* art. 29 */
    step.kind = EVENT_ACCIDENT_CONCLUDED;
    county_expect(&county, &step, OFFICE_WORK_SAFETY, VERDICT_ACCEPTED);
    check_step(&county, MATTER_ACCIDENT, "a-1", STEP_CONCLUDED);
    county_close(&county);
}

/* ---- cases ---- */

static void a_case_is_resolved_and_reopened_or_withdrawn_for_good(void **unused)
{
    struct county county;
    (void)unused;
    open_on(&county, "2020-04-03");
    const struct event filed = county_opening(&county, MATTER_CASE, "c-1", CODE_VILLAGE);
    county_record(&county, &filed, OFFICE_PUBLIC_SECURITY);
    struct event step = county_step(&county, EVENT_CASE_RESOLVED, MATTER_CASE, "c-1", CODE_VILLAGE);
    county_expect(&county, &step, OFFICE_PUBLIC_SECURITY, VERDICT_ACCEPTED);
    county_expect(&county, &step, OFFICE_PUBLIC_SECURITY, VERDICT_ILLEGAL_TRANSITION);
    step.kind = EVENT_CASE_REOPENED;
    county_expect(&county, &step, OFFICE_PUBLIC_SECURITY, VERDICT_ACCEPTED);
    check_step(&county, MATTER_CASE, "c-1", STEP_FILED);
    step.kind = EVENT_CASE_WITHDRAWN;
    county_expect(&county, &step, OFFICE_PUBLIC_SECURITY, VERDICT_ACCEPTED);
    step.kind = EVENT_CASE_REOPENED;
    county_expect(&county, &step, OFFICE_PUBLIC_SECURITY, VERDICT_ILLEGAL_TRANSITION);
    county_close(&county);
}

/* ---- disputes ---- */

static struct event on_dispute(const struct county *county, enum event_kind kind)
{
    return county_step(county, kind, MATTER_DISPUTE, "d-1", CODE_VILLAGE);
}

static void dispute_takes(struct county *county, enum event_kind kind, enum verdict expected)
{
    const struct event event = on_dispute(county, kind);
    county_expect(county, &event, OFFICE_GOVERNANCE, expected);
}

static void dispute_agrees(struct county *county, uint32_t side)
{
    struct event event = on_dispute(county, EVENT_CONSENT_RECORDED);
    event.consent.side = side;
    event.variant = ANSWER_AGREED;
    county_record(county, &event, OFFICE_GOVERNANCE);
}

static void open_dispute(struct county *county)
{
    open_on(county, "2020-04-03");
    const struct event opened = county_opening(county, MATTER_DISPUTE, "d-1", CODE_VILLAGE);
    county_record(county, &opened, OFFICE_GOVERNANCE);
}

static void open_agreed(struct county *county)
{
    open_dispute(county);
    dispute_takes(county, EVENT_MEDIATION_EXPLAINED, VERDICT_ACCEPTED);
    dispute_agrees(county, SIDE_A);
    dispute_agrees(county, SIDE_B);
    dispute_takes(county, EVENT_MEDIATION_REGISTERED, VERDICT_ACCEPTED);
    dispute_takes(county, EVENT_MEDIATION_SESSION_HELD, VERDICT_ACCEPTED);
    dispute_takes(county, EVENT_AGREEMENT_REACHED, VERDICT_ACCEPTED);
}

/* DOMAIN 1.4 step 4. */
static void mediation_is_explained_before_anybody_consents(void **unused)
{
    struct county county;
    (void)unused;
    open_dispute(&county);
    struct event agreed = on_dispute(&county, EVENT_CONSENT_RECORDED);
    agreed.consent.side = SIDE_A;
    agreed.variant = ANSWER_AGREED;
    county_expect(&county, &agreed, OFFICE_GOVERNANCE, VERDICT_ILLEGAL_TRANSITION);
    dispute_takes(&county, EVENT_MEDIATION_EXPLAINED, VERDICT_ACCEPTED);
    county_expect(&county, &agreed, OFFICE_GOVERNANCE, VERDICT_ACCEPTED);
    county_close(&county);
}

/* DOMAIN 1.4 step 9, 人民调解法 art. 17 and 26. */
static void either_side_may_end_mediation_at_any_time_before_an_agreement(void **unused)
{
    static const enum event_kind towards[] = {EVENT_MEDIATION_EXPLAINED, EVENT_CONSENT_RECORDED, EVENT_CONSENT_RECORDED,
                                              EVENT_MEDIATION_REGISTERED, EVENT_MEDIATION_SESSION_HELD};
    enum { STEPS = sizeof towards / sizeof *towards };
    (void)unused;
    for (size_t taken = 0; taken <= STEPS; taken++) {
        struct county county;
        open_dispute(&county);
        for (size_t i = 0; i < taken; i++) {
            struct event step = on_dispute(&county, towards[i]);
            if (step.kind == EVENT_CONSENT_RECORDED) {
                step.variant = ANSWER_AGREED;
                step.consent.side = i == 1 ? SIDE_A : SIDE_B;
            }
            county_record(&county, &step, OFFICE_GOVERNANCE);
        }
        dispute_takes(&county, EVENT_MEDIATION_ENDED, VERDICT_ACCEPTED);
        check_step(&county, MATTER_DISPUTE, "d-1", STEP_ENDED);
        dispute_takes(&county, EVENT_AGREEMENT_REACHED, VERDICT_ILLEGAL_TRANSITION);
        county_close(&county);
    }
}

/* DOMAIN 1.4 step 10, 人民调解法 art. 33. */
static void court_confirmation_is_asked_for_within_thirty_days_of_the_agreement(void **unused)
{
    static const struct {
        const char *day;
        enum verdict verdict;
    } rows[] = {{"2020-05-03", VERDICT_ACCEPTED}, {"2020-05-04", VERDICT_ILLEGAL_TRANSITION}};
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct county county;
        open_agreed(&county);
        county_open_day(&county, "2020-06-01");
        struct event asked = on_dispute(&county, EVENT_COURT_CONFIRMATION_REQUESTED);
        county_happened_on(&asked, rows[i].day);
        county_expect(&county, &asked, OFFICE_GOVERNANCE, rows[i].verdict);
        county_close(&county);
    }
}

static void a_refused_court_confirmation_leaves_the_agreement_and_a_granted_one_confirms_it(void **unused)
{
    struct county county;
    (void)unused;
    open_agreed(&county);
    dispute_takes(&county, EVENT_COURT_CONFIRMATION_GRANTED, VERDICT_ILLEGAL_TRANSITION);
    dispute_takes(&county, EVENT_COURT_CONFIRMATION_REQUESTED, VERDICT_ACCEPTED);
    dispute_takes(&county, EVENT_COURT_CONFIRMATION_REFUSED, VERDICT_ACCEPTED);
    check_step(&county, MATTER_DISPUTE, "d-1", STEP_AGREED);
    dispute_takes(&county, EVENT_COURT_CONFIRMATION_REQUESTED, VERDICT_ACCEPTED);
    dispute_takes(&county, EVENT_COURT_CONFIRMATION_GRANTED, VERDICT_ACCEPTED);
    check_step(&county, MATTER_DISPUTE, "d-1", STEP_CONFIRMED);
    dispute_takes(&county, EVENT_AGREEMENT_PERFORMED, VERDICT_ACCEPTED);
    dispute_takes(&county, EVENT_AGREEMENT_BROKEN, VERDICT_ILLEGAL_TRANSITION);
    county_close(&county);
}

static void the_channel_of_a_mediation_is_kept(void **unused)
{
    struct county county;
    (void)unused;
    open_dispute(&county);
    struct event selected = on_dispute(&county, EVENT_MEDIATION_CHANNEL_SELECTED);
    selected.mediation.channel = CHANNEL_MOBILE_STATION;
    county_record(&county, &selected, OFFICE_GOVERNANCE);
    assert_int_equal(county_matter(&county, MATTER_DISPUTE, "d-1")->channel, CHANNEL_MOBILE_STATION);
    check_step(&county, MATTER_DISPUTE, "d-1", STEP_OPENED);
    county_close(&county);
}

/* ---- seven steps ---- */

static struct event on_grid(const struct county *county, enum event_kind kind)
{
    return county_step(county, kind, MATTER_SEVEN_STEPS, "g-1", CODE_VILLAGE);
}

static void open_answered(struct county *county, const struct doer *handler)
{
    open_on(county, "2020-04-03");
    const struct event reported = county_opening(county, MATTER_SEVEN_STEPS, "g-1", CODE_VILLAGE);
    county_record(county, &reported, OFFICE_GOVERNANCE);
    struct event step = on_grid(county, EVENT_GRID_REGISTERED);
    county_record(county, &step, OFFICE_GOVERNANCE);
    step = on_grid(county, EVENT_GRID_DISPATCHED);
    step.to_office = handler->office;
    step.due_day = day_of("2020-04-10");
    county_record(county, &step, OFFICE_GOVERNANCE);
    assert_true(deadline_runs(county_matter(county, MATTER_SEVEN_STEPS, "g-1"))); /* the clock starts at dispatch */
    take_by(county, on_grid(county, EVENT_GRID_HANDLED), handler, VERDICT_ACCEPTED);
    take_by(county, on_grid(county, EVENT_GRID_ANSWERED), handler, VERDICT_ACCEPTED);
}

static void the_seventh_step_comes_after_a_check_that_passed(void **unused)
{
    static const struct doer safety = {OFFICE_WORK_SAFETY, CODE_COUNTY, 0};
    struct county county;
    (void)unused;
    open_answered(&county, &safety);
    struct event closed = on_grid(&county, EVENT_GRID_CLOSED);
    county_expect(&county, &closed, OFFICE_GOVERNANCE, VERDICT_ILLEGAL_TRANSITION);
    struct event checked = on_grid(&county, EVENT_GRID_CHECKED);
    checked.variant = RESULT_FAIL;
    county_expect(&county, &checked, OFFICE_GOVERNANCE, VERDICT_ACCEPTED);
    check_step(&county, MATTER_SEVEN_STEPS, "g-1", STEP_DISPATCHED);
    assert_true(deadline_runs(county_matter(&county, MATTER_SEVEN_STEPS, "g-1")));
    take_by(&county, on_grid(&county, EVENT_GRID_HANDLED), &safety, VERDICT_ACCEPTED);
    take_by(&county, on_grid(&county, EVENT_GRID_ANSWERED), &safety, VERDICT_ACCEPTED);
    checked.variant = RESULT_PASS;
    county_expect(&county, &checked, OFFICE_GOVERNANCE, VERDICT_ACCEPTED);
    county_expect(&county, &closed, OFFICE_GOVERNANCE, VERDICT_ACCEPTED);
    check_step(&county, MATTER_SEVEN_STEPS, "g-1", STEP_CLOSED);
    county_close(&county);
}

static void what_the_grid_had_done_is_checked_by_another_office_level_or_role(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof checkers / sizeof *checkers; i++) {
        struct county county;
        open_answered(&county, &checkers[i].handler);
        struct event checked = on_grid(&county, EVENT_GRID_CHECKED);
        checked.variant = RESULT_PASS;
        take_by(&county, checked, &checkers[i].checker, checkers[i].verdict);
        county_close(&county);
    }
}

static void another_office_handles_nothing_that_was_dispatched_to_somebody_else(void **unused)
{
    static const struct doer safety = {OFFICE_WORK_SAFETY, CODE_COUNTY, 0};
    struct county county;
    (void)unused;
    open_answered(&county, &safety);
    struct event checked = on_grid(&county, EVENT_GRID_CHECKED);
    checked.variant = RESULT_FAIL;
    county_record(&county, &checked, OFFICE_GOVERNANCE);
    const struct event handled = on_grid(&county, EVENT_GRID_HANDLED);
    county_expect(&county, &handled, OFFICE_PUBLIC_SECURITY, VERDICT_NOT_PERMITTED);
    county_close(&county);
}

/* ---- joint handling ---- */

/* Led by the petitions office, with work safety. */
static void open_jointly(struct county *county)
{
    open_accepted(county, "2020-04-18");
    struct event joint = on_petition(county, EVENT_JOINT_HANDLING_OPENED);
    joint.joint.lead = OFFICE_PETITIONS;
    joint.joint.members = OFFICE_BIT(OFFICE_WORK_SAFETY);
    county_record(county, &joint, OFFICE_PETITIONS);
}

static struct event task(const struct county *county, enum event_kind kind, const char *code)
{
    struct event event = on_petition(county, kind);
    event.task.code = code;
    event.to_office = OFFICE_WORK_SAFETY;
    event.due_day = day_of("2020-05-01");
    return event;
}

static void a_matter_has_one_joint_handling_with_one_lead_that_is_no_member(void **unused)
{
    struct county county;
    (void)unused;
    open_accepted(&county, "2020-04-18");
    struct event joint = on_petition(&county, EVENT_JOINT_HANDLING_OPENED);
    joint.joint.lead = OFFICE_PETITIONS;
    joint.joint.members = OFFICE_BIT(OFFICE_PETITIONS) | OFFICE_BIT(OFFICE_WORK_SAFETY);
    county_expect(&county, &joint, OFFICE_PETITIONS, VERDICT_BAD_VALUE);
    joint.joint.members = OFFICE_BIT(OFFICE_WORK_SAFETY);
    county_expect(&county, &joint, OFFICE_PUBLIC_SECURITY, VERDICT_NOT_PERMITTED);
    county_expect(&county, &joint, OFFICE_PETITIONS, VERDICT_ACCEPTED);
    county_expect(&county, &joint, OFFICE_PETITIONS, VERDICT_ILLEGAL_TRANSITION);
    assert_int_equal(joint_offices(&county.state, county_matter(&county, MATTER_PETITION, "p-1")),
                     OFFICE_BIT(OFFICE_PETITIONS) | OFFICE_BIT(OFFICE_WORK_SAFETY));
    county_close(&county);
}

static void members_join_once_and_by_the_lead(void **unused)
{
    struct county county;
    (void)unused;
    open_jointly(&county);
    struct event joined = on_petition(&county, EVENT_MEMBER_JOINED);
    joined.named = OFFICE_BIT(OFFICE_GOVERNANCE);
    county_expect(&county, &joined, OFFICE_GOVERNANCE, VERDICT_NOT_PERMITTED);
    county_expect(&county, &joined, OFFICE_PETITIONS, VERDICT_ACCEPTED);
    county_expect(&county, &joined, OFFICE_PETITIONS, VERDICT_ILLEGAL_TRANSITION);
    petition_takes(&county, EVENT_OPINION_ISSUED, OFFICE_GOVERNANCE, VERDICT_ACCEPTED); /* who takes part may move it */
    county_close(&county);
}

static void tasks_are_assigned_by_the_lead_to_offices_that_take_part(void **unused)
{
    struct county county;
    (void)unused;
    open_jointly(&county);
    struct event assigned = task(&county, EVENT_JOINT_TASK_ASSIGNED, "t-1");
    county_expect(&county, &assigned, OFFICE_WORK_SAFETY, VERDICT_NOT_PERMITTED);
    assigned.to_office = OFFICE_PUBLIC_SECURITY;
    county_expect(&county, &assigned, OFFICE_PETITIONS, VERDICT_BAD_VALUE);
    assigned.to_office = OFFICE_WORK_SAFETY;
    county_expect(&county, &assigned, OFFICE_PETITIONS, VERDICT_ACCEPTED);
    county_expect(&county, &assigned, OFFICE_PETITIONS, VERDICT_BAD_VALUE); /* was assigned before */
    county_close(&county);
}

static void a_task_is_done_by_its_own_office_and_released_by_the_lead(void **unused)
{
    static const struct {
        enum office office;
        bool released;
        enum verdict verdict;
    } rows[] = {
        {OFFICE_GOVERNANCE, false, VERDICT_NOT_PERMITTED}, {OFFICE_PETITIONS, false, VERDICT_NOT_PERMITTED},
        {OFFICE_WORK_SAFETY, true, VERDICT_NOT_PERMITTED}, {OFFICE_WORK_SAFETY, false, VERDICT_ACCEPTED},
        {OFFICE_PETITIONS, true, VERDICT_ACCEPTED},
    };
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct county county;
        open_jointly(&county);
        const struct event assigned = task(&county, EVENT_JOINT_TASK_ASSIGNED, "t-1");
        county_record(&county, &assigned, OFFICE_PETITIONS);
        struct event done = task(&county, EVENT_JOINT_TASK_DONE, "t-2");
        county_expect(&county, &done, OFFICE_WORK_SAFETY, VERDICT_UNKNOWN_MATTER);
        done.task.code = "t-1";
        done.task.released = rows[i].released;
        county_expect(&county, &done, rows[i].office, rows[i].verdict);
        if (rows[i].verdict == VERDICT_ACCEPTED)
            county_expect(&county, &done, rows[i].office, VERDICT_ILLEGAL_TRANSITION); /* once */
        county_close(&county);
    }
}

static void neither_matter_nor_joint_handling_closes_with_an_open_task(void **unused)
{
    struct county county;
    (void)unused;
    open_jointly(&county);
    const struct event assigned = task(&county, EVENT_JOINT_TASK_ASSIGNED, "t-1");
    county_record(&county, &assigned, OFFICE_PETITIONS);
    petition_takes(&county, EVENT_OPINION_ISSUED, OFFICE_PETITIONS, VERDICT_ACCEPTED);
    petition_takes(&county, EVENT_MATTER_CLOSED, OFFICE_PETITIONS, VERDICT_ILLEGAL_TRANSITION);
    petition_takes(&county, EVENT_JOINT_HANDLING_CLOSED, OFFICE_PETITIONS, VERDICT_ILLEGAL_TRANSITION);
    const struct event done = task(&county, EVENT_JOINT_TASK_DONE, "t-1");
    county_record(&county, &done, OFFICE_WORK_SAFETY);
    petition_takes(&county, EVENT_JOINT_HANDLING_CLOSED, OFFICE_WORK_SAFETY, VERDICT_NOT_PERMITTED);
    petition_takes(&county, EVENT_MATTER_CLOSED, OFFICE_PETITIONS, VERDICT_ACCEPTED);
    county_close(&county);
}

/* ---- supervision ---- */

static void a_supervision_is_answered_by_the_office_it_went_to(void **unused)
{
    struct county county;
    (void)unused;
    open_accepted(&county, "2020-04-18");
    struct event issued = on_petition(&county, EVENT_SUPERVISION_ISSUED);
    issued.to_office = OFFICE_WORK_SAFETY;
    issued.due_day = day_of("2020-05-01");
    issued.supervision.level = 2;
    county_record(&county, &issued, OFFICE_LEADERSHIP);
    petition_takes(&county, EVENT_SUPERVISION_ANSWERED, OFFICE_PETITIONS, VERDICT_ILLEGAL_TRANSITION);
    petition_takes(&county, EVENT_SUPERVISION_ANSWERED, OFFICE_WORK_SAFETY, VERDICT_ACCEPTED);
    petition_takes(&county, EVENT_SUPERVISION_ANSWERED, OFFICE_WORK_SAFETY, VERDICT_ILLEGAL_TRANSITION);
    county_close(&county);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_petition_is_mediated_within_its_handling_with_both_consents_and_its_clock_runs_on),
        cmocka_unit_test(mediation_that_ends_leads_back_to_where_it_began_and_asks_both_again),
        cmocka_unit_test(in_a_reopened_petition_mediation_that_ends_leads_back_to_its_new_handling),
        cmocka_unit_test(a_petition_of_which_a_side_refused_is_not_mediated_but_handled_on),
        cmocka_unit_test(an_assignment_is_objected_to_within_five_working_days),
        cmocka_unit_test(an_objection_gives_the_petition_back_to_the_petitions_office_with_its_clock),
        cmocka_unit_test(after_an_objection_only_the_lead_of_a_joint_handling_accepts),
        cmocka_unit_test(handling_is_extended_once_and_by_thirty_days_at_most),
        cmocka_unit_test(a_review_is_asked_for_within_thirty_days_of_the_reply_and_of_the_review),
        cmocka_unit_test(another_office_moves_nobody_elses_petition),
        cmocka_unit_test(a_transfer_makes_the_receiver_the_handler),
        cmocka_unit_test(an_accusation_is_transferred_to_discipline_alone),
        cmocka_unit_test(a_repaired_hazard_is_checked_by_another_office_level_or_role),
        cmocka_unit_test(what_was_fixed_on_the_spot_is_verified_in_the_same_visit_only_if_the_policy_says_so),
        cmocka_unit_test(what_failed_on_the_spot_and_was_repaired_later_needs_another_checker),
        cmocka_unit_test(a_failed_check_orders_the_repair_again),
        cmocka_unit_test(a_hazard_that_came_back_is_open_again),
        cmocka_unit_test(a_repair_is_extended_to_a_later_day_only),
        cmocka_unit_test(a_supplement_changes_the_grade_within_its_window_and_is_kept_after_it),
        cmocka_unit_test(a_grade_rises_at_once_and_falls_only_with_two_identities),
        cmocka_unit_test(an_accident_known_at_2340_is_reported_in_time_until_0040_of_the_next_day),
        cmocka_unit_test(two_different_totals_are_two_first_approvals),
        cmocka_unit_test(an_accident_is_concluded_after_it_was_investigated),
        cmocka_unit_test(a_case_is_resolved_and_reopened_or_withdrawn_for_good),
        cmocka_unit_test(mediation_is_explained_before_anybody_consents),
        cmocka_unit_test(either_side_may_end_mediation_at_any_time_before_an_agreement),
        cmocka_unit_test(court_confirmation_is_asked_for_within_thirty_days_of_the_agreement),
        cmocka_unit_test(a_refused_court_confirmation_leaves_the_agreement_and_a_granted_one_confirms_it),
        cmocka_unit_test(the_channel_of_a_mediation_is_kept),
        cmocka_unit_test(the_seventh_step_comes_after_a_check_that_passed),
        cmocka_unit_test(what_the_grid_had_done_is_checked_by_another_office_level_or_role),
        cmocka_unit_test(another_office_handles_nothing_that_was_dispatched_to_somebody_else),
        cmocka_unit_test(a_matter_has_one_joint_handling_with_one_lead_that_is_no_member),
        cmocka_unit_test(members_join_once_and_by_the_lead),
        cmocka_unit_test(tasks_are_assigned_by_the_lead_to_offices_that_take_part),
        cmocka_unit_test(a_task_is_done_by_its_own_office_and_released_by_the_lead),
        cmocka_unit_test(neither_matter_nor_joint_handling_closes_with_an_open_task),
        cmocka_unit_test(a_supervision_is_answered_by_the_office_it_went_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
