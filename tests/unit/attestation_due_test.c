/* What an office has to attest and has not: closed periods, with the units that nobody covered and those that cannot
 * be.
 */
#include "domain/attestation_due.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "county.h"
#include "domain/day.h"

static int open_county(void **state)
{
    static struct county county;
    const struct policy policy = county_policy();
    county_open(&county, &policy, "2020-01-01");
    *state = &county;
    return 0;
}

static int close_county(void **state)
{
    county_close(*state);
    return 0;
}

static uint64_t attest(struct county *county, const char *unit, const char *from_day, const char *to_day)
{
    const struct event event = county_attestation(county, ZERO_CASE, unit, from_day, to_day);
    return county_record(county, &event, OFFICE_PUBLIC_SECURITY);
}

static void break_case(struct county *county, const char *matter, const char *unit, const char *day)
{
    struct event event = county_opening(county, MATTER_CASE, matter, unit);
    event.occurred_at_us = county_event_on(EVENT_CASE_FILED, unit, day).occurred_at_us;
    county_record(county, &event, OFFICE_PUBLIC_SECURITY);
}

static void list_of_cases(struct county *county, struct due_list *list)
{
    attestation_due_list(&county->state, 0, OFFICE_PUBLIC_SECURITY, &county->scratch, list);
}

static void check_period(const struct due_period *period, const char *from, const char *due, uint32_t uncovered,
                         uint32_t broken)
{
    assert_int_equal(period->zero, ZERO_CASE);
    assert_int_equal(period->days.from, day_of(from));
    assert_int_equal(period->due, day_of(due));
    assert_int_equal(period->uncovered, uncovered);
    assert_int_equal(period->broken, broken);
}

static void a_month_is_to_be_attested_once_its_last_day_is_closed(void **state)
{
    struct county *county = *state;
    struct due_list list;
    list_of_cases(county, &list);
    assert_int_equal(list.count, 0);
    county_open_day(county, "2020-01-31");
    list_of_cases(county, &list);
    assert_int_equal(list.count, 0);
    county_open_day(county, "2020-02-01");
    list_of_cases(county, &list);
    assert_int_equal(list.count, 1);
    check_period(&list.periods[0], "2020-01-01", "2020-02-05", list.periods[0].units, 0);
    assert_true(list.periods[0].units > 1);
}

static void what_was_attested_is_owed_no_more_and_a_part_still_is(void **state)
{
    struct county *county = *state;
    struct due_list list;
    county_open_day(county, "2020-03-01");
    list_of_cases(county, &list);
    assert_int_equal(list.count, 2);
    const uint32_t units = list.periods[0].units;
    attest(county, CODE_VILLAGE, "2020-01-01", "2020-01-31");
    attest(county, CODE_VILLAGE, "2020-02-01", "2020-02-20");
    list_of_cases(county, &list);
    check_period(&list.periods[0], "2020-01-01", "2020-02-05", units - 1, 0);
    check_period(&list.periods[1], "2020-02-01", "2020-03-05", units, 0);
    struct due_walk walk;
    struct due_unit unit;
    uint32_t walked = 0;
    assert_true(attestation_due_walk_open(&county->state, 0, OFFICE_PUBLIC_SECURITY, ZERO_CASE, day_of("2020-02-01"),
                                          &county->scratch, &walk));
    while (attestation_due_walk_next(&walk, &unit)) {
        const bool in_part = unit.unit == state_find_unit(&county->state, CODE_VILLAGE);
        assert_int_equal(unit.days.from, day_of(in_part ? "2020-02-21" : "2020-02-01"));
        assert_int_equal(unit.days.to, day_of("2020-02-29"));
        assert_false(unit.broken);
        walked++;
    }
    attestation_due_walk_close(&walk);
    assert_int_equal(walked, units);
}

static void a_unit_that_is_broken_within_the_days_is_told_apart(void **state)
{
    struct county *county = *state;
    struct due_list list;
    struct due_walk walk;
    struct due_unit unit;
    uint32_t broken = 0;
    county_open_day(county, "2020-03-01");
    break_case(county, "case-1", CODE_VILLAGE, "2020-02-14");
    list_of_cases(county, &list);
    check_period(&list.periods[0], "2020-01-01", "2020-02-05", list.periods[0].units, 0);
    check_period(&list.periods[1], "2020-02-01", "2020-03-05", list.periods[1].units, 1);
    assert_true(attestation_due_walk_open(&county->state, 0, OFFICE_PUBLIC_SECURITY, ZERO_CASE, day_of("2020-02-01"),
                                          &county->scratch, &walk));
    while (attestation_due_walk_next(&walk, &unit))
        if (unit.broken) {
            broken++;
            assert_int_equal(unit.unit, state_find_unit(&county->state, CODE_VILLAGE));
        }
    attestation_due_walk_close(&walk);
    assert_int_equal(broken, 1);
}

static void december_is_still_to_be_attested_in_january(void **state)
{
    struct county *county = *state;
    struct due_list list;
    county_open_day(county, "2021-01-02");
    list_of_cases(county, &list);
    assert_int_equal(list.count, 2); /* November's due is less than a month ago */
    check_period(&list.periods[1], "2020-12-01", "2021-01-05", list.periods[1].units, 0);
    county_open_day(county, "2021-02-06");
    list_of_cases(county, &list);
    assert_int_equal(list.count, 1);
    check_period(&list.periods[0], "2021-01-01", "2021-02-05", list.periods[0].units, 0);
}

static void an_office_that_the_policy_asks_nothing_of_owes_nothing(void **state)
{
    struct county *county = *state;
    struct due_list list;
    struct due_walk walk;
    county_open_day(county, "2020-03-01");
    attestation_due_list(&county->state, 0, OFFICE_GOVERNANCE, &county->scratch, &list);
    assert_int_equal(list.count, 0);
    assert_false(attestation_due_walk_open(&county->state, 0, OFFICE_GOVERNANCE, ZERO_CASE, day_of("2020-02-01"),
                                           &county->scratch, &walk));
    assert_false(attestation_due_walk_open(&county->state, 0, OFFICE_PUBLIC_SECURITY, ZERO_CASE, day_of("2020-02-02"),
                                           &county->scratch, &walk));
    assert_false(attestation_due_walk_open(&county->state, 0, OFFICE_PUBLIC_SECURITY, ZERO_CASE, day_of("2020-03-01"),
                                           &county->scratch, &walk));
}

static void a_system_attests_only_where_the_policy_lets_it(void **state)
{
    struct county *county = *state;
    county_open_day(county, "2020-02-01");
    struct event event = county_attestation(county, ZERO_CASE, CODE_VILLAGE, "2020-01-01", "2020-01-31");
    event.attested.by_system = true;
    assert_int_equal(county_take(county, &event, OFFICE_PUBLIC_SECURITY), VERDICT_NOT_PERMITTED);
    struct county allowing;
    struct policy policy = county_policy();
    policy.by_system = OFFICE_BIT(OFFICE_PUBLIC_SECURITY);
    county_open(&allowing, &policy, "2020-01-01");
    county_open_day(&allowing, "2020-02-01");
    event = county_attestation(&allowing, ZERO_CASE, CODE_VILLAGE, "2020-01-01", "2020-01-31");
    event.attested.by_system = true;
    event.attested.basis = BASIS_SITE_VISIT;
    assert_int_equal(county_take(&allowing, &event, OFFICE_PUBLIC_SECURITY), VERDICT_BAD_VALUE);
    event.attested.basis = BASIS_REGISTER_CHECKED;
    assert_int_equal(county_take(&allowing, &event, OFFICE_PUBLIC_SECURITY), VERDICT_ACCEPTED);
    county_close(&allowing);
}

#define COUNTY_TEST(promise) cmocka_unit_test_setup_teardown(promise, open_county, close_county)

int main(void)
{
    const struct CMUnitTest tests[] = {
        COUNTY_TEST(a_month_is_to_be_attested_once_its_last_day_is_closed),
        COUNTY_TEST(what_was_attested_is_owed_no_more_and_a_part_still_is),
        COUNTY_TEST(a_unit_that_is_broken_within_the_days_is_told_apart),
        COUNTY_TEST(december_is_still_to_be_attested_in_january),
        COUNTY_TEST(an_office_that_the_policy_asks_nothing_of_owes_nothing),
        COUNTY_TEST(a_system_attests_only_where_the_policy_lets_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
