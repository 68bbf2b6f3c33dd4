/* Where the domain does otherwise than DOMAIN.md reads. Each test says what the text says and fails today; none is
 * registered: a ruling or a fix moves it to the test of its subject. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "county.h"
#include "domain/attention.h"
#include "domain/day.h"
#include "domain/summary.h"
#include "domain/watch.h"

static void open_on(struct county *county, const char *today)
{
    const struct policy policy = county_policy();
    county_open(county, &policy, today);
}

static void retract_by(struct county *county, uint64_t target, enum office office, const char *identity)
{
    struct event event = county_event(county, EVENT_EVENT_RETRACTED, "");
    event.target = target;
    (void)county_take_from(county, &event, office, CODE_COUNTY, identity);
}

/* 4.7: a retraction removes the effect of what it targets. amend.c retract() lifts the supplement's move, and leaves
 * the version of the report's facts that it made. */
static void a_retracted_supplement_gives_the_grade_back(void **unused)
{
    struct county county;
    (void)unused;
    open_on(&county, "2020-02-10");
    const struct event reported = county_opening(&county, MATTER_ACCIDENT, "a-1", CODE_VILLAGE);
    county_record(&county, &reported, OFFICE_WORK_SAFETY);
    struct event supplemented = county_step(&county, EVENT_ACCIDENT_SUPPLEMENTED, MATTER_ACCIDENT, "a-1", CODE_VILLAGE);
    supplemented.accident = (struct accident_facts){.deaths = 30, .loss = LOSS_BELOW_THRESHOLD};
    uint64_t position = county_record(&county, &supplemented, OFFICE_WORK_SAFETY);
    retract_by(&county, position, OFFICE_WORK_SAFETY, "one");
    assert_int_equal(county_matter(&county, MATTER_ACCIDENT, "a-1")->grade, GRADE_EXTRA_MAJOR); /* ruling 20: two */
    retract_by(&county, position, OFFICE_WORK_SAFETY, "two");
    assert_int_equal(county_matter(&county, MATTER_ACCIDENT, "a-1")->grade, GRADE_GENERAL);
    county_close(&county);
}

/* 4.7 again: apply.c tally() notes the sweep with the unit, amend.c lift_counts() does not take it back. */
static void a_retracted_sweep_has_not_swept(void **unused)
{
    struct policy policy = county_policy();
    struct county county;
    (void)unused;
    policy.sweep_cadence_days = 10;
    county_open(&county, &policy, "2020-02-10");
    struct event swept = county_event(&county, EVENT_SWEEP_RECORDED, CODE_VILLAGE);
    swept.tally.day = DAY_NONE;
    swept.tally.kinds[0] = TALLY_SWEEPS;
    swept.tally.counts[0] = 1;
    uint64_t position = county_record(&county, &swept, OFFICE_GOVERNANCE);
    const struct unit *unit = state_unit(&county.state, state_find_unit(&county.state, CODE_VILLAGE));
    assert_int_equal(unit_unswept_days(unit, day_of("2020-02-10"), &policy), 0);
    retract_by(&county, position, OFFICE_GOVERNANCE, "one");
    assert_int_equal(unit_unswept_days(unit, day_of("2020-02-10"), &policy), 40);
    county_close(&county);
}

/* 2.1, 4.3: 复查意见 is the next higher office's; judge_matter.c judge_competence() leaves ReviewIssued to anybody. */
static void an_opinion_is_not_reviewed_by_the_office_and_level_that_issued_it(void **unused)
{
    struct county county;
    (void)unused;
    open_on(&county, "2020-02-10");
    const struct event registered = county_opening(&county, MATTER_PETITION, "p-1", CODE_VILLAGE);
    county_record(&county, &registered, OFFICE_PETITIONS);
    struct event step = county_step(&county, EVENT_PETITION_ACCEPTED, MATTER_PETITION, "p-1", CODE_VILLAGE);
    county_record(&county, &step, OFFICE_PETITIONS);
    step.kind = EVENT_OPINION_ISSUED;
    county_record(&county, &step, OFFICE_PETITIONS);
    step.kind = EVENT_REVIEW_REQUESTED;
    step.variant = 1;
    county_record(&county, &step, OFFICE_PETITIONS);
    step.kind = EVENT_REVIEW_ISSUED;
    county_expect(&county, &step, OFFICE_PETITIONS, VERDICT_NOT_PERMITTED);
    county_expect_from(&county, &step, OFFICE_PETITIONS, CODE_CITY, "city", VERDICT_ACCEPTED);
    county_close(&county);
}

/* 4.3: the steps of a mediation are the mediator's office's ("same"); judge_competence() names no step of a dispute. */
static void another_office_moves_nobody_elses_dispute(void **unused)
{
    static const struct {
        enum event_kind kind;
        enum office office;
    } rows[] = {{EVENT_MEDIATION_ENDED, OFFICE_GOVERNANCE},
                {EVENT_MEDIATION_ENDED, OFFICE_PETITIONS},
                {EVENT_MEDIATION_EXPLAINED, OFFICE_GOVERNANCE}};
    struct county county;
    (void)unused;
    open_on(&county, "2020-02-10");
    const struct event opened = county_opening(&county, MATTER_DISPUTE, "d-1", CODE_VILLAGE);
    county_record(&county, &opened, OFFICE_PUBLIC_SECURITY);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct event step = county_step(&county, rows[i].kind, MATTER_DISPUTE, "d-1", CODE_VILLAGE);
        county_expect(&county, &step, rows[i].office, VERDICT_NOT_PERMITTED);
    }
    county_close(&county);
}

/* Ruling 32: history serves year over year and claimed days, and by ruling 8 the unit is not enrolled yet. breaks.c
 * move_breaks() asks the policy of the day, not whether that day lies before its start. */
static void what_happened_before_the_policys_start_breaks_nothing(void **unused)
{
    struct policy policy = county_policy();
    struct county county;
    (void)unused;
    policy.starts_on = day_of("2020-02-01");
    county_open(&county, &policy, "2020-02-10");
    struct event filed = county_opening(&county, MATTER_CASE, "c-1", CODE_VILLAGE);
    county_happened_on(&filed, "2020-01-15");
    county_record(&county, &filed, OFFICE_PUBLIC_SECURITY);
    assert_int_equal(county_status(&county, CODE_VILLAGE, ZERO_CASE, "2020-02-10", POSITION_END).breaks, 0);
    county_close(&county);
}

/* Ruling 22 and 4.7: late is what was recorded after the due of its day. attention.c lists accidents by their hour, and
 * attestations; a case of January that is filed in March is in no list of what came late. */
static void a_break_told_after_the_due_of_its_day_is_late(void **unused)
{
    struct county county;
    struct attention_list list;
    (void)unused;
    open_on(&county, "2020-03-10");
    struct event filed = county_opening(&county, MATTER_CASE, "c-1", CODE_VILLAGE);
    county_happened_on(&filed, "2020-01-15"); /* due on 2020-02-05 */
    uint64_t position = county_record(&county, &filed, OFFICE_PUBLIC_SECURITY);
    attention_list_open(&county.state, 0, ATTENTION_LATE, 2020, &county.scratch, &list);
    size_t count = list.count;
    uint64_t listed = count > 0 ? list.rows[0].position : 0;
    attention_list_close(&list);
    assert_int_equal(count, 1);
    assert_int_equal(listed, position);
    county_close(&county);
}

/* Invariant 15: what lives below a unit that ended without a successor is below the county and below none of its
 * children. judge.c judge_end() takes such an end. */
static void a_unit_with_living_ones_below_it_does_not_end_without_a_successor(void **unused)
{
    struct county county;
    (void)unused;
    open_on(&county, "2020-02-10");
    struct event retired = county_event(&county, EVENT_UNIT_RETIRED, CODE_TOWN);
    retired.unit_end.valid_to = day_of("2020-02-10");
    county_expect(&county, &retired, OFFICE_GOVERNANCE, VERDICT_BAD_VALUE);
    county_close(&county);
}

/* The same from below: judge.c judge_parent() does not ask whether the parent lives on the first day. */
static void a_unit_is_not_put_below_one_that_has_ended(void **unused)
{
    struct county county;
    (void)unused;
    open_on(&county, "2020-02-10");
    county_register(&county, UNIT_TOWN, "140322202000", CODE_COUNTY, "2000-01-01");
    county_end_unit(&county, EVENT_UNIT_RETIRED, "140322202000", NULL, 0, "2020-02-01");
    struct event registered = county_event(&county, EVENT_UNIT_REGISTERED, "140322202200");
    registered.unit_facts.kind = UNIT_VILLAGE;
    registered.unit_facts.name = "示范01村";
    registered.unit_facts.parent = "140322202000";
    registered.unit_facts.from_day = day_of("2020-02-05");
    county_expect(&county, &registered, OFFICE_GOVERNANCE, VERDICT_NOT_VALID);
    county_close(&county);
}

/* 4.11: a change is never retroactive unless it says so. moves.c due_of(), judge_matter.c judge_petition_rules() and
 * others take the limits of the open day, not of the day of the event. */
static void a_limit_is_that_of_the_day_on_which_its_clock_started(void **unused)
{
    struct county county;
    (void)unused;
    open_on(&county, "2020-02-10");
    const struct event registered = county_opening(&county, MATTER_PETITION, "p-1", CODE_VILLAGE);
    county_record(&county, &registered, OFFICE_PETITIONS);
    struct policy policy = county_policy();
    snprintf(policy.version, sizeof policy.version, "test-2");
    policy.effective_from = day_of("2020-02-12");
    policy.limits[CLOCK_HANDLING].days = 30;
    struct event adopted = county_event(&county, EVENT_POLICY_ADOPTED, "");
    adopted.adopted.policy = &policy;
    adopted.adopted.text = policy.version;
    county_expect_from(&county, &adopted, OFFICE_OPERATOR, "", "operator", VERDICT_ACCEPTED);
    county_open_day(&county, "2020-02-13");
    struct event accepted = county_step(&county, EVENT_PETITION_ACCEPTED, MATTER_PETITION, "p-1", CODE_VILLAGE);
    county_happened_on(&accepted, "2020-02-10");
    county_record(&county, &accepted, OFFICE_PETITIONS);
    assert_int_equal(county_matter(&county, MATTER_PETITION, "p-1")->due_day, day_of("2020-04-10"));
    county_close(&county);
}

/* 信访工作条例 art. 24: agreement, then the common superior, then the joint meeting decides. joint.c judge_opening()
 * takes an office that names itself lead of what another one has, and with that it may close it. */
static void nobody_makes_themselves_the_lead_of_another_offices_matter(void **unused)
{
    struct county county;
    (void)unused;
    open_on(&county, "2020-02-10");
    const struct event registered = county_opening(&county, MATTER_PETITION, "p-1", CODE_VILLAGE);
    county_record(&county, &registered, OFFICE_PETITIONS);
    struct event joint = county_step(&county, EVENT_JOINT_HANDLING_OPENED, MATTER_PETITION, "p-1", CODE_VILLAGE);
    joint.joint.lead = OFFICE_PUBLIC_SECURITY;
    joint.joint.members = OFFICE_BIT(OFFICE_PETITIONS);
    county_expect(&county, &joint, OFFICE_PUBLIC_SECURITY, VERDICT_NOT_PERMITTED);
    county_close(&county);
}

/* Ruling 10: a period's days run to its end, and dues compare with a later as-of. A status_question has one day for
 * both, so that summary.c and attention.c ask about a year that is over as of its 12-31, when December is not due yet.
 */
static void a_year_that_is_over_owes_its_last_month_too(void **unused)
{
    struct county county;
    struct summary summary;
    struct attention_list list;
    (void)unused;
    open_on(&county, "2021-02-10");
    const struct event attested = county_attestation(&county, ZERO_CASE, CODE_VILLAGE, "2020-01-01", "2020-11-30");
    county_record(&county, &attested, OFFICE_PUBLIC_SECURITY);
    summary_of(&county.state, state_find_unit(&county.state, CODE_COUNTY), 2020, &summary, &county.scratch);
    attention_list_open(&county.state, 0, ATTENTION_UNVERIFIED, 2020, &county.scratch, &list);
    int32_t last = list.count > 0 ? list.rows[0].to_day : DAY_NONE;
    attention_list_close(&list);
    assert_int_equal(summary.counts[figure_of_zeros(GROUP_ALL, ZERO_CASE, FIGURE_STATUS_ZERO)], 0);
    assert_int_equal(last, day_of("2020-12-31"));
    county_close(&county);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_retracted_supplement_gives_the_grade_back),
        cmocka_unit_test(a_retracted_sweep_has_not_swept),
        cmocka_unit_test(an_opinion_is_not_reviewed_by_the_office_and_level_that_issued_it),
        cmocka_unit_test(another_office_moves_nobody_elses_dispute),
        cmocka_unit_test(what_happened_before_the_policys_start_breaks_nothing),
        cmocka_unit_test(a_break_told_after_the_due_of_its_day_is_late),
        cmocka_unit_test(a_unit_with_living_ones_below_it_does_not_end_without_a_successor),
        cmocka_unit_test(a_unit_is_not_put_below_one_that_has_ended),
        cmocka_unit_test(a_limit_is_that_of_the_day_on_which_its_clock_started),
        cmocka_unit_test(nobody_makes_themselves_the_lead_of_another_offices_matter),
        cmocka_unit_test(a_year_that_is_over_owes_its_last_month_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
