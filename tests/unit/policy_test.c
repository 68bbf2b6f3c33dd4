/* What breaks which zero under each preset, who receives what, and the grades of order 493. */
#include "domain/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "county.h"
#include "domain/day.h"
#include "policy_file.h"

enum preset { DEFAULT, HENAN, YUXIAN };
enum { PRESETS = 3 };
enum { LETTER = 2, VISIT = 5, NORMAL = 1, CLOCK_REGISTRATION = 1 };

struct presets {
    struct policy policies[PRESETS];
};

static int read_presets(void **state)
{
    static const char *const paths[PRESETS] = {
        [DEFAULT] = POLICY_FOLDER "/default.yaml",
        [HENAN] = POLICY_FOLDER "/henan-2022.yaml",
        [YUXIAN] = POLICY_FOLDER "/yuxian-2020.yaml",
    };
    static struct presets presets;
    struct fault fault = {0};
    for (int i = 0; i < PRESETS; i++)
        if (!policy_read(paths[i], &presets.policies[i], NULL, &fault)) {
            print_error("%s\n", fault.text);
            return -1;
        }
    *state = &presets;
    return 0;
}

static struct event petition(enum petition_type type, uint32_t channel, bool solvable)
{
    return (struct event){.kind = EVENT_PETITION_REGISTERED,
                          .matter_kind = MATTER_PETITION,
                          .category = "",
                          .petition = {.type = type, .channel = channel, .solvable_at_unit_level = solvable}};
}
static struct event escalated(bool handled_below, bool overdue_below)
{
    return (struct event){.kind = EVENT_PETITION_ESCALATED,
                          .matter_kind = MATTER_PETITION,
                          .category = "",
                          .escalated = {.handled_below = handled_below, .overdue_below = overdue_below}};
}
static struct event accident(uint32_t deaths, uint32_t missing, uint32_t injuries, enum loss_band loss)
{
    return (struct event){
        .kind = EVENT_ACCIDENT_REPORTED,
        .matter_kind = MATTER_ACCIDENT,
        .category = "",
        .accident = {.deaths = deaths, .missing = missing, .serious_injuries = injuries, .loss = loss}};
}
static struct event filed(enum case_class class, uint32_t influence)
{
    return (struct event){.kind = EVENT_CASE_FILED,
                          .matter_kind = MATTER_CASE,
                          .category = "",
                          .filed = {.class = class, .influence = influence}};
}
static struct event deadline(enum matter_kind matter, uint32_t clock)
{
    return (struct event){.kind = EVENT_DEADLINE_PASSED, .matter_kind = matter, .variant = clock, .category = ""};
}
static struct event other(enum event_kind kind)
{
    return (struct event){.kind = kind, .category = ""};
}

enum { NOTHING = -1 };

static void each_preset_breaks_what_it_says(void **state)
{
    const struct presets *presets = *state;
    const struct {
        const char *what;
        struct event event;
        int breaks[PRESETS]; /* zero, or NOTHING */
    } rows[] = {
        {"claim by visit", petition(PETITION_CLAIM, VISIT, false), {NOTHING, NOTHING, ZERO_PETITION}},
        {"solvable claim by visit", petition(PETITION_CLAIM, VISIT, true), {NOTHING, NOTHING, ZERO_PETITION}},
        {"claim by letter", petition(PETITION_CLAIM, LETTER, true), {NOTHING, NOTHING, NOTHING}},
        {"suggestion by visit", petition(PETITION_SUGGESTION, VISIT, true), {NOTHING, NOTHING, NOTHING}},
        {"accusation by visit", petition(PETITION_ACCUSATION, VISIT, true), {NOTHING, NOTHING, NOTHING}},
        {"escalated, not handled below", escalated(false, false), {ZERO_PETITION, ZERO_PETITION, NOTHING}},
        {"escalated, overdue below", escalated(true, true), {ZERO_PETITION, ZERO_PETITION, NOTHING}},
        {"escalated though handled below", escalated(true, false), {NOTHING, NOTHING, NOTHING}},
        {"handling overdue", deadline(MATTER_PETITION, CLOCK_HANDLING), {ZERO_PETITION, ZERO_PETITION, NOTHING}},
        {"registration overdue", deadline(MATTER_PETITION, CLOCK_REGISTRATION), {NOTHING, NOTHING, NOTHING}},
        {"rectification overdue", deadline(MATTER_HAZARD, CLOCK_RECTIFICATION), {NOTHING, NOTHING, NOTHING}},
        {"accident without harm", accident(0, 0, 0, LOSS_BELOW_THRESHOLD), {NOTHING, NOTHING, ZERO_ACCIDENT}},
        {"accident, loss under 10 M", accident(0, 0, 0, LOSS_BELOW_10M), {NOTHING, NOTHING, ZERO_ACCIDENT}},
        {"accident, loss of 10 M", accident(0, 0, 0, LOSS_FROM_10M), {ZERO_ACCIDENT, NOTHING, ZERO_ACCIDENT}},
        {"one death", accident(1, 0, 0, LOSS_BELOW_THRESHOLD), {ZERO_ACCIDENT, ZERO_ACCIDENT, ZERO_ACCIDENT}},
        {"one missing", accident(0, 1, 0, LOSS_BELOW_THRESHOLD), {ZERO_ACCIDENT, ZERO_ACCIDENT, ZERO_ACCIDENT}},
        {"one injury", accident(0, 0, 1, LOSS_BELOW_THRESHOLD), {ZERO_ACCIDENT, ZERO_ACCIDENT, ZERO_ACCIDENT}},
        {"administrative case", filed(CASE_ADMIN, NORMAL), {NOTHING, NOTHING, ZERO_CASE}},
        {"administrative case, major", filed(CASE_ADMIN, INFLUENCE_MAJOR), {ZERO_CASE, ZERO_CASE, ZERO_CASE}},
        {"criminal case", filed(CASE_CRIMINAL, NORMAL), {ZERO_CASE, ZERO_CASE, ZERO_CASE}},
        {"criminal case, major", filed(CASE_CRIMINAL, INFLUENCE_MAJOR), {ZERO_CASE, ZERO_CASE, ZERO_CASE}},
        {"hazard", other(EVENT_HAZARD_FOUND), {NOTHING, NOTHING, NOTHING}},
        {"dispute", other(EVENT_DISPUTE_OPENED), {NOTHING, NOTHING, NOTHING}},
        {"case withdrawn", other(EVENT_CASE_WITHDRAWN), {NOTHING, NOTHING, NOTHING}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int preset = 0; preset < PRESETS; preset++) {
            enum zero zero = ZERO_PETITION;
            int found = policy_breaks(&presets->policies[preset], &rows[i].event, &zero) ? (int)zero : NOTHING;
            if (found != rows[i].breaks[preset])
                fail_msg("%s, preset %s: breaks %d, expected %d", rows[i].what, presets->policies[preset].preset, found,
                         rows[i].breaks[preset]);
        }
}

/* No preset that can be written breaks a zero on an accusation (信访工作条例 art. 30). */
static void an_accusation_breaks_nothing_under_any_rule(void **state)
{
    struct policy policy = county_policy();
    const struct event event = petition(PETITION_ACCUSATION, VISIT, true);
    enum zero zero;
    (void)state;
    policy.break_rules[0].petition_types = 1u << PETITION_ACCUSATION;
    assert_false(policy_breaks(&policy, &event, &zero));
    policy.break_rules[0].petition_types = 0;
    assert_false(policy_breaks(&policy, &event, &zero));
}

/* Ruling 23: only handling and rectification clocks can break a unit, each its own zero. */
static void of_all_clocks_only_handling_and_rectification_can_break(void **state)
{
    enum { CLOCKS = 9 };
    (void)state;
    for (int zero = 0; zero < ZERO_COUNT; zero++)
        for (int matter = MATTER_NONE; matter <= MATTER_SEVEN_STEPS; matter++)
            for (uint32_t clock = 0; clock < CLOCKS; clock++) {
                struct policy policy = county_policy();
                const struct event event = deadline((enum matter_kind)matter, clock);
                bool handling = zero == ZERO_PETITION && matter == MATTER_PETITION && clock == CLOCK_HANDLING;
                bool repair = zero == ZERO_ACCIDENT && matter == MATTER_HAZARD && clock == CLOCK_RECTIFICATION;
                enum zero broken;
                policy.break_rules[0] = (struct break_rule){.event = EVENT_DEADLINE_PASSED, .zero = (enum zero)zero};
                assert_int_equal(policy_breaks(&policy, &event, &broken), handling || repair);
            }
}

static void rules_break_only_what_meets_all_their_conditions(void **state)
{
    struct policy policy = county_policy();
    struct event event = petition(PETITION_CLAIM, VISIT, false);
    enum zero zero;
    (void)state;
    policy.break_rules[0] = (struct break_rule){.event = EVENT_PETITION_REGISTERED,
                                                .zero = ZERO_PETITION,
                                                .petition_types = 1u << PETITION_CLAIM,
                                                .channels = 1u << VISIT,
                                                .only_if_solvable = true};
    assert_false(policy_breaks(&policy, &event, &zero));
    event.petition.solvable_at_unit_level = true;
    assert_true(policy_breaks(&policy, &event, &zero));
    event.petition.channel = LETTER;
    assert_false(policy_breaks(&policy, &event, &zero));
}

static void an_accusation_goes_to_discipline_only(void **state)
{
    const struct presets *presets = *state;
    for (int preset = 0; preset < PRESETS; preset++) {
        struct event event = petition(PETITION_ACCUSATION, LETTER, false);
        assert_int_equal(policy_routes(&presets->policies[preset], &event), OFFICE_BIT(OFFICE_DISCIPLINE));
        event.category = "LEGAL_CASE"; /* a claim of this category goes to public security */
        assert_int_equal(policy_routes(&presets->policies[preset], &event), OFFICE_BIT(OFFICE_DISCIPLINE));
    }
    /* A route that names no types takes all but accusations. */
    struct policy policy = county_policy();
    const struct event accusation = petition(PETITION_ACCUSATION, LETTER, false);
    const struct event claim = petition(PETITION_CLAIM, LETTER, false);
    policy.route_count = 1;
    policy.routes[0] = (struct route){.event = EVENT_PETITION_REGISTERED, .to = OFFICE_BIT(OFFICE_GOVERNANCE)};
    assert_int_equal(policy_routes(&policy, &accusation), 0);
    assert_int_equal(policy_routes(&policy, &claim), OFFICE_BIT(OFFICE_GOVERNANCE));
}

static void events_go_to_the_offices_that_must_act(void **state)
{
    const struct presets *presets = *state;
    enum {
        P = 1 << OFFICE_PETITIONS,
        S = 1 << OFFICE_WORK_SAFETY,
        U = 1 << OFFICE_PUBLIC_SECURITY,
        G = 1 << OFFICE_GOVERNANCE,
        L = 1 << OFFICE_LEADERSHIP
    };
    struct event explosives = other(EVENT_HAZARD_FOUND);
    struct event legal_case = petition(PETITION_CLAIM, VISIT, false);
    struct event safety = legal_case;
    struct event land = other(EVENT_DISPUTE_OPENED);
    explosives.hazard.explosives = true;
    legal_case.category = "LEGAL_CASE";
    safety.category = "WORK_SAFETY";
    land.category = "LAND";
    const struct {
        struct event event;
        office_set to;
    } rows[] = {
        {explosives, U},
        {other(EVENT_HAZARD_FOUND), 0},
        {other(EVENT_EXPLOSIVES_CHECK_RECORDED), S},
        {accident(0, 0, 1, LOSS_BELOW_10M), U | L},
        {other(EVENT_ALERTS_TALLIED), S},
        {land, G},
        {other(EVENT_DISPUTE_OPENED), 0},
        {legal_case, U},
        {safety, S},
        {petition(PETITION_CLAIM, VISIT, false), 0},
        {escalated(false, false), L},
        {other(EVENT_JOINT_HANDLING_OPENED), P | S | U},
        {deadline(MATTER_PETITION, CLOCK_HANDLING), P | S | L},
        {other(EVENT_ZERO_ATTESTED), 0},
    };
    for (int preset = 0; preset < PRESETS; preset++)
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
            if (policy_routes(&presets->policies[preset], &rows[i].event) != rows[i].to)
                fail_msg("row %zu, preset %d: routed to %x, expected %x", i, preset,
                         policy_routes(&presets->policies[preset], &rows[i].event), rows[i].to);
}

static enum loss_band band_of(uint64_t yuan)
{
    return yuan >= 100000000  ? LOSS_FROM_100M
           : yuan >= 50000000 ? LOSS_FROM_50M
           : yuan >= 10000000 ? LOSS_FROM_10M
                              : LOSS_BELOW_10M;
}

static void accidents_have_the_grade_of_order_493(void **state)
{
    static const struct {
        uint32_t deaths, injuries;
        uint64_t loss_yuan;
        enum accident_grade grade;
    } rows[] = {
        {0, 1, 0, GRADE_GENERAL},
        {2, 9, 9999999, GRADE_GENERAL},
        {3, 0, 0, GRADE_LARGER},
        {0, 10, 0, GRADE_LARGER},
        {0, 0, 10000000, GRADE_LARGER},
        {9, 49, 49999999, GRADE_LARGER},
        {10, 0, 0, GRADE_MAJOR},
        {0, 50, 0, GRADE_MAJOR},
        {0, 0, 50000000, GRADE_MAJOR},
        {29, 99, 99999999, GRADE_MAJOR},
        {30, 0, 0, GRADE_EXTRA_MAJOR},
        {0, 100, 0, GRADE_EXTRA_MAJOR},
        {0, 0, 100000000, GRADE_EXTRA_MAJOR},
        {2, 50, 0, GRADE_MAJOR},
        {0, 0, 0, GRADE_GENERAL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (accident_grade(rows[i].deaths, rows[i].injuries, band_of(rows[i].loss_yuan)) != rows[i].grade)
            fail_msg("%u deaths, %u injuries, %llu yuan: expected grade %d", rows[i].deaths, rows[i].injuries,
                     (unsigned long long)rows[i].loss_yuan, (int)rows[i].grade);
}

static void a_day_is_due_with_its_reporting_period(void **state)
{
    struct policy policy = county_policy();
    (void)state;
    assert_int_equal(policy_due(&policy, day_of("2020-02-01")), day_of("2020-03-05"));
    assert_int_equal(policy_due(&policy, day_of("2020-02-29")), day_of("2020-03-05"));
    assert_int_equal(policy_due(&policy, day_of("2020-12-31")), day_of("2021-01-05"));
    policy.cadence = CADENCE_DAILY;
    policy.grace_days = 1;
    assert_int_equal(policy_due(&policy, day_of("2020-02-29")), day_of("2020-03-01"));
}

static void the_three_presets_differ_in_what_breaks_and_from_when(void **state)
{
    const struct presets *presets = *state;
    static const char *const names[PRESETS] = {"default", "henan-2022", "yuxian-2020"};
    for (int i = 0; i < PRESETS; i++) {
        const struct policy *policy = &presets->policies[i];
        assert_string_equal(policy->preset, names[i]);
        assert_int_equal(policy->basis_mask, 1u << BASIS_REGISTER_CHECKED | 1u << BASIS_SITE_VISIT);
        assert_int_equal(policy->required[ZERO_PETITION], OFFICE_BIT(OFFICE_PETITIONS));
        assert_int_equal(policy->required[ZERO_ACCIDENT], OFFICE_BIT(OFFICE_WORK_SAFETY));
        assert_int_equal(policy->required[ZERO_CASE], OFFICE_BIT(OFFICE_PUBLIC_SECURITY));
        assert_int_equal(policy->cadence, CADENCE_MONTHLY);
        assert_int_equal(policy->grace_days, 5);
        assert_int_equal(policy->counts_from_level, UNIT_COUNTY);
        assert_true(policy_has_campaign(policy, "C01"));
        assert_true(policy_has_campaign(policy, "C10"));
        assert_false(policy_has_campaign(policy, "C05")); /* out of scope */
        assert_false(policy_has_campaign(policy, ""));
    }
    assert_int_equal(presets->policies[YUXIAN].starts_on, day_of("2019-01-01"));
    assert_int_equal(policy_zone(&presets->policies[DEFAULT]), 480);
    assert_int_equal(policy_zone(NULL), 480);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_preset_breaks_what_it_says),
        cmocka_unit_test(an_accusation_breaks_nothing_under_any_rule),
        cmocka_unit_test(of_all_clocks_only_handling_and_rectification_can_break),
        cmocka_unit_test(rules_break_only_what_meets_all_their_conditions),
        cmocka_unit_test(an_accusation_goes_to_discipline_only),
        cmocka_unit_test(events_go_to_the_offices_that_must_act),
        cmocka_unit_test(accidents_have_the_grade_of_order_493),
        cmocka_unit_test(a_day_is_due_with_its_reporting_period),
        cmocka_unit_test(the_three_presets_differ_in_what_breaks_and_from_when),
    };
    return cmocka_run_group_tests(tests, read_presets, NULL);
}
