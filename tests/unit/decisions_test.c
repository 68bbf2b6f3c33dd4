/* Where a plain reading of the rules and the first code differed: what was decided, each by its own test. */
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

/* Totals that were wrong are said anew: a supplement is not retracted, for the grade would fall by it. */
static void a_supplement_is_said_anew_and_not_retracted(void **unused)
{
    struct county county;
    (void)unused;
    open_on(&county, "2020-02-10");
    const struct event reported = county_opening(&county, MATTER_ACCIDENT, "a-1", CODE_VILLAGE);
    county_record(&county, &reported, OFFICE_WORK_SAFETY);
    struct event supplemented = county_step(&county, EVENT_ACCIDENT_SUPPLEMENTED, MATTER_ACCIDENT, "a-1", CODE_VILLAGE);
    supplemented.accident = (struct accident_facts){.deaths = 30, .loss = LOSS_BELOW_THRESHOLD};
    struct event retracted = county_event(&county, EVENT_EVENT_RETRACTED, "");
    retracted.target = county_record(&county, &supplemented, OFFICE_WORK_SAFETY);
    county_expect(&county, &retracted, OFFICE_WORK_SAFETY, VERDICT_BAD_VALUE);
    assert_int_equal(county_matter(&county, MATTER_ACCIDENT, "a-1")->grade, GRADE_EXTRA_MAJOR);
    county_close(&county);
}

/* What a retracted record said of its unit goes with it. */
static void a_retracted_sweep_has_not_swept(void **unused)
{
    struct policy policy = county_policy();
    struct county county;
    (void)unused;
    policy.sweep_cadence_days = 10;
    county_open(&county, &policy, "2020-02-10");
    struct event swept = county_event(&county, EVENT_SWEEP_RECORDED, CODE_VILLAGE);
    swept.tally.day = DAY_NONE;
    swept.tally.kind = TALLY_SWEEPS;
    swept.tally.counts[0] = 1;
    uint64_t position = county_record(&county, &swept, OFFICE_GOVERNANCE);
    const struct unit *unit = state_unit(&county.state, state_find_unit(&county.state, CODE_VILLAGE));
    assert_int_equal(unit_unswept_days(unit, day_of("2020-02-10"), &policy), 0);
    retract_by(&county, position, OFFICE_GOVERNANCE, "one");
    assert_int_equal(unit_unswept_days(unit, day_of("2020-02-10"), &policy), 40);
    county_close(&county);
}

/* The steps of a mediation are the mediator's office's. */
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

/* Ruling 32: history serves year over year and claimed days, and by ruling 8 the unit is not enrolled yet. */
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

/* Ruling 22: late is what was recorded after the due of its day. */
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

/* Invariant 15: what lived below it would be below the county and below none of its children. */
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

/* The same from below. */
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

/* A change of the rules is never retroactive unless it says so. */
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
    assert_int_equal(county_adopt(&county, &adopted), VERDICT_ACCEPTED);
    county_open_day(&county, "2020-02-13");
    struct event accepted = county_step(&county, EVENT_PETITION_ACCEPTED, MATTER_PETITION, "p-1", CODE_VILLAGE);
    county_happened_on(&accepted, "2020-02-10");
    county_record(&county, &accepted, OFFICE_PETITIONS);
    assert_int_equal(county_matter(&county, MATTER_PETITION, "p-1")->due_day, day_of("2020-04-10"));
    county_close(&county);
}

/* 信访工作条例 art. 24: agreement, then the common superior, then the joint meeting decides. */
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

/* Ruling 10: a period's days run to its end, and dues compare with a later day. */
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
        cmocka_unit_test(a_supplement_is_said_anew_and_not_retracted),
        cmocka_unit_test(a_retracted_sweep_has_not_swept),
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
