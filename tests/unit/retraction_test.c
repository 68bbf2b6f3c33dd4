/* Retractions: what disappears needs its owner, a break two of them, and the past as it was known stays as it was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "county.h"
#include "domain/breaks.h"
#include "domain/day.h"
#include "domain/summary.h"

/* The county of truth vector V4b: January and February attested, then a case of 02-14 reported late. */
static uint64_t open_broken(struct county *county)
{
    struct policy policy = county_policy();
    county_open(county, &policy, "2020-03-01");
    struct event event = county_attestation(county, ZERO_CASE, CODE_VILLAGE, "2020-01-01", "2020-02-29");
    county_record(county, &event, OFFICE_PUBLIC_SECURITY);
    struct event filed = county_opening(county, MATTER_CASE, "case-1", CODE_VILLAGE);
    filed.occurred_at_us = county_event_on(EVENT_CASE_FILED, CODE_VILLAGE, "2020-02-14").occurred_at_us;
    return county_record(county, &filed, OFFICE_PUBLIC_SECURITY);
}

static enum verdict retract(struct county *county, uint64_t target, enum office office, const char *identity)
{
    struct event event = county_event(county, EVENT_EVENT_RETRACTED, "");
    event.target = target;
    return county_take_from(county, &event, office, CODE_COUNTY, identity);
}

static enum status status_known_at(struct county *county, uint64_t known_at)
{
    return county_status(county, CODE_VILLAGE, ZERO_CASE, "2020-03-05", known_at).status;
}

static void v4c_a_break_retracted_by_two_identities_is_zero_again_but_not_as_known_before(void **unused)
{
    struct county county;
    (void)unused;
    uint64_t p3 = open_broken(&county);
    assert_int_equal(retract(&county, p3, OFFICE_PUBLIC_SECURITY, "station"), VERDICT_ACCEPTED);
    uint64_t first = county.position;
    assert_int_equal(status_known_at(&county, first), STATUS_BROKEN);
    assert_int_equal(retract(&county, p3, OFFICE_PUBLIC_SECURITY, "county-police"), VERDICT_ACCEPTED);
    uint64_t second = county.position;
    assert_int_equal(status_known_at(&county, second), STATUS_ZERO);
    assert_int_equal(status_known_at(&county, first), STATUS_BROKEN);
    assert_int_equal(status_known_at(&county, p3), STATUS_BROKEN);
    enum status now[ZERO_COUNT];
    status_now(&county.state, state_find_unit(&county.state, CODE_VILLAGE), now, &county.scratch);
    assert_int_equal(now[ZERO_CASE], STATUS_ZERO);
    county_close(&county);
}

static void one_identity_cannot_approve_twice(void **unused)
{
    struct county county;
    (void)unused;
    uint64_t p3 = open_broken(&county);
    assert_int_equal(retract(&county, p3, OFFICE_PUBLIC_SECURITY, "station"), VERDICT_ACCEPTED);
    assert_int_equal(retract(&county, p3, OFFICE_PUBLIC_SECURITY, "station"), VERDICT_SECOND_APPROVER);
    assert_int_equal(status_known_at(&county, POSITION_END), STATUS_BROKEN);
    county_close(&county);
}

static void another_office_retracts_nothing_but_the_leadership_may_be_the_second(void **unused)
{
    struct county county;
    (void)unused;
    uint64_t p3 = open_broken(&county);
    assert_int_equal(retract(&county, p3, OFFICE_PETITIONS, "petitions"), VERDICT_NOT_PERMITTED);
    assert_int_equal(retract(&county, p3, OFFICE_LEADERSHIP, "leaders"), VERDICT_NOT_PERMITTED);
    assert_int_equal(retract(&county, p3, OFFICE_PUBLIC_SECURITY, "station"), VERDICT_ACCEPTED);
    assert_int_equal(retract(&county, p3, OFFICE_PETITIONS, "petitions"), VERDICT_NOT_PERMITTED);
    assert_int_equal(retract(&county, p3, OFFICE_LEADERSHIP, "leaders"), VERDICT_ACCEPTED);
    assert_int_equal(status_known_at(&county, POSITION_END), STATUS_ZERO);
    county_close(&county);
}

static void a_retraction_is_final(void **unused)
{
    struct county county;
    (void)unused;
    uint64_t p3 = open_broken(&county);
    retract(&county, p3, OFFICE_PUBLIC_SECURITY, "station");
    retract(&county, p3, OFFICE_PUBLIC_SECURITY, "county-police");
    assert_int_equal(retract(&county, p3, OFFICE_PUBLIC_SECURITY, "third"), VERDICT_ILLEGAL_TRANSITION);
    struct event resolved = county_step(&county, EVENT_CASE_RESOLVED, MATTER_CASE, "case-1", CODE_VILLAGE);
    assert_int_equal(county_take(&county, &resolved, OFFICE_PUBLIC_SECURITY), VERDICT_ILLEGAL_TRANSITION);
    county_close(&county);
}

static void a_retracted_matter_counts_nowhere(void **unused)
{
    struct county county;
    struct summary before;
    struct summary after;
    (void)unused;
    open_broken(&county);
    struct event found = county_opening(&county, MATTER_HAZARD, "h-1", CODE_VILLAGE);
    uint64_t position = county_record(&county, &found, OFFICE_WORK_SAFETY);
    summary_of(&county.state, 0, 2020, &before, &county.scratch);
    assert_int_equal(retract(&county, position, OFFICE_WORK_SAFETY, "safety"), VERDICT_ACCEPTED);
    summary_of(&county.state, 0, 2020, &after, &county.scratch);
    assert_int_equal(before.counts[FIGURE_HAZARDS_FOUND], 1);
    assert_int_equal(after.counts[FIGURE_HAZARDS_FOUND], 0);
    county_close(&county);
}

/* What is asked for as known in between is answered by which of a matter's records stood then. */
static void each_retracted_record_says_when_it_was(void **unused)
{
    enum { RECORDS = 4 };
    struct county county;
    uint64_t recorded[RECORDS];
    uint64_t retracted[RECORDS] = {0};
    (void)unused;
    open_broken(&county);
    struct event event = county_opening(&county, MATTER_HAZARD, "h-1", CODE_VILLAGE);
    county_record(&county, &event, OFFICE_WORK_SAFETY);
    event = county_step(&county, EVENT_SUPERVISION_ISSUED, MATTER_HAZARD, "h-1", CODE_VILLAGE);
    event.to_office = OFFICE_WORK_SAFETY;
    for (int i = 0; i < RECORDS; i++)
        recorded[i] = county_record(&county, &event, OFFICE_LEADERSHIP);
    for (int i = RECORDS - 2; i >= 0; i -= 2) {
        assert_int_equal(retract(&county, recorded[i], OFFICE_LEADERSHIP, "leadership"), VERDICT_ACCEPTED);
        retracted[i] = county.position;
    }
    for (int i = 0; i < RECORDS; i++) {
        const struct move *move = state_move(&county.state, state_find_move(&county.state, recorded[i]));
        assert_int_equal(move_lifted_at(&county.state, move), retracted[i]);
        assert_int_equal(move_stands(&county.state, move, POSITION_END), retracted[i] == 0);
        assert_true(move_stands(&county.state, move, recorded[RECORDS - 1]));
    }
    county_close(&county);
}

static void what_is_neither_break_nor_matter_is_refused(void **unused)
{
    struct county county;
    (void)unused;
    uint64_t p3 = open_broken(&county);
    assert_int_equal(retract(&county, p3 + 1000, OFFICE_PUBLIC_SECURITY, "station"), VERDICT_UNKNOWN_MATTER);
    assert_int_equal(retract(&county, 1, OFFICE_PUBLIC_SECURITY, "station"), VERDICT_BAD_VALUE);
    assert_int_equal(retract(&county, p3 - 1, OFFICE_PUBLIC_SECURITY, "station"), VERDICT_ILLEGAL_TRANSITION);
    county_close(&county);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(v4c_a_break_retracted_by_two_identities_is_zero_again_but_not_as_known_before),
        cmocka_unit_test(one_identity_cannot_approve_twice),
        cmocka_unit_test(another_office_retracts_nothing_but_the_leadership_may_be_the_second),
        cmocka_unit_test(a_retraction_is_final),
        cmocka_unit_test(a_retracted_matter_counts_nowhere),
        cmocka_unit_test(each_retracted_record_says_when_it_was),
        cmocka_unit_test(what_is_neither_break_nor_matter_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
