/* What an identity may ask of the hub: the arithmetic of its limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "usage.h"
#include "wire.h"

#define SECOND INT64_C(1000000)

static const struct limits narrow = {.messages_per_second = 10, .bytes_per_second = 1 << 20, .sessions = 2};

static void a_burst_passes_and_then_the_rate_holds(void **state)
{
    (void)state;
    struct usages usages = {0};
    struct usage *usage = usages_get(&usages, "petitions", &narrow, SECOND);
    unsigned passed = 0;
    while (usage_take(usage, &narrow, 100, SECOND) == 0)
        passed++;
    assert_int_equal(passed, 10 * LIMIT_BURST_MS / 1000 + 1); /* the last one leaves the debt */
    assert_int_equal(usage_take(usage, &narrow, 100, SECOND), 100);
    unsigned later = 0;
    for (int64_t now_us = SECOND; now_us < 11 * SECOND; now_us += 1000)
        later += usage_take(usage, &narrow, 100, now_us) == 0;
    assert_in_range(later, 99, 101); /* ten seconds */
    usages_clear(&usages);
}

static void what_waited_as_long_as_it_was_told_passes(void **state)
{
    (void)state;
    struct usages usages = {0};
    struct usage *usage = usages_get(&usages, "petitions", &narrow, 0);
    int64_t now_us = 0;
    for (size_t i = 0; i < 2000; i++) {
        uint32_t wait_ms = usage_take(usage, &narrow, i * 104729 % WIRE_MESSAGE_SIZE_MAX, now_us);
        if (wait_ms == 0)
            continue;
        now_us += (int64_t)wait_ms * 1000;
        assert_int_equal(usage_take(usage, &narrow, 1, now_us), 0);
    }
    usages_clear(&usages);
}

static void the_largest_message_passes_at_the_smallest_rate(void **state)
{
    (void)state;
    const struct limits least = {.messages_per_second = 1, .bytes_per_second = LIMIT_BYTES_PER_SECOND_MIN};
    struct usages usages = {0};
    struct usage *usage = usages_get(&usages, "petitions", &least, 0);
    assert_int_equal(usage_take(usage, &least, WIRE_MESSAGE_SIZE_MAX, 0), 0);
    uint32_t wait_ms = usage_take(usage, &least, WIRE_MESSAGE_SIZE_MAX, 0);
    assert_in_range(wait_ms, 1, 60000); /* a client waits a minute at most */
    assert_int_equal(usage_take(usage, &least, WIRE_MESSAGE_SIZE_MAX, (int64_t)wait_ms * 1000), 0);
    usages_clear(&usages);
}

static void what_is_refused_costs_nothing(void **state)
{
    (void)state;
    struct usages usages = {0};
    struct usage *usage = usages_get(&usages, "petitions", &narrow, 0);
    while (usage_take(usage, &narrow, 100, 0) == 0)
        ;
    for (int i = 0; i < 100000; i++)
        assert_int_equal(usage_take(usage, &narrow, WIRE_MESSAGE_SIZE_MAX, 0), 100);
    assert_int_equal(usage_take(usage, &narrow, 100, SECOND / 10), 0);
    usages_clear(&usages);
}

static void what_always_passes_leads_into_no_endless_debt(void **state)
{
    (void)state;
    struct usages usages = {0};
    struct usage *usage = usages_get(&usages, "petitions", &narrow, 0);
    for (int i = 0; i < 100000; i++)
        usage_charge(usage, &narrow, 1000, 0);
    assert_in_range(usage_take(usage, &narrow, 1, 0), 1, LIMIT_DEBT_MS + 100);
    usages_clear(&usages);
}

static void identities_do_not_pay_for_each_other(void **state)
{
    (void)state;
    struct usages usages = {0};
    struct usage *flooding = usages_get(&usages, "flooding", &narrow, 0);
    while (usage_take(flooding, &narrow, 100, 0) == 0)
        ;
    struct usage *other = usages_get(&usages, "other", &narrow, 0);
    assert_ptr_not_equal(flooding, other);
    assert_int_equal(usage_take(other, &narrow, 100, 0), 0);
    usages_clear(&usages);
}

static void a_debt_outlives_the_session(void **state)
{
    (void)state;
    struct usages usages = {0};
    struct usage *usage = usages_get(&usages, "petitions", &narrow, 0);
    while (usage_take(usage, &narrow, 100, 0) == 0)
        ;
    usages_forget_idle(&usages, &narrow, 0);
    assert_true(usage_take(usages_get(&usages, "petitions", &narrow, 0), &narrow, 1, 0) > 0);
    usages_forget_idle(&usages, &narrow, 3600 * SECOND);
    assert_null(usages.by_identity);
    usages_clear(&usages);
}

static void what_points_to_it_keeps_it(void **state)
{
    (void)state;
    struct usages usages = {0};
    struct usage *usage = usages_get(&usages, "petitions", &narrow, 0);
    assert_true(usage_lend(usage, 1));
    usages_forget_idle(&usages, &narrow, 3600 * SECOND);
    assert_non_null(usages.by_identity);
    usage_return(usage, 1);
    usages_forget_idle(&usages, &narrow, 3600 * SECOND);
    assert_null(usages.by_identity);
}

static void so_many_requests_are_with_the_reader(void **state)
{
    (void)state;
    struct usages usages = {0};
    struct usage *usage = usages_get(&usages, "petitions", &narrow, 0);
    for (int i = 0; i < LIMIT_LENT_MAX; i++)
        assert_true(usage_lend(usage, 1));
    assert_false(usage_lend(usage, 1));
    assert_true(usage_lend(usage, 2)); /* another kind */
    usage_return(usage, 1);
    assert_true(usage_lend(usage, 1));
    usages_clear(&usages);
}

static void a_long_silence_and_a_high_rate_fit(void **state)
{
    (void)state;
    const struct limits wide = {.messages_per_second = UINT32_MAX, .bytes_per_second = UINT32_MAX};
    struct usages usages = {0};
    struct usage *usage = usages_get(&usages, "petitions", &wide, 0);
    for (int64_t now_us = 0; now_us < INT64_MAX / 2; now_us += INT64_MAX / 64)
        assert_int_equal(usage_take(usage, &wide, UINT32_MAX, now_us), 0);
    usages_clear(&usages);
}

static void questions_that_cost_much_come_behind(void **state)
{
    (void)state;
    struct usages usages = {0};
    struct usage *usage = usages_get(&usages, "petitions", &narrow, 0);
    assert_false(usage_worked_much(usage, 0));
    usage_charge_work(usage, 2 * SECOND, 0);
    assert_true(usage_worked_much(usage, 0));
    assert_false(usage_worked_much(usage, 10 * SECOND));
    usages_clear(&usages);
}

static void zero_stands_for_the_default(void **state)
{
    (void)state;
    struct limits limits = {.sessions = 7};
    limits_complete(&limits);
    assert_int_equal(limits.sessions, 7);
    assert_int_equal(limits.messages_per_second, LIMIT_DEFAULT_MESSAGES_PER_SECOND);
    assert_int_equal(limits.bytes_per_second, LIMIT_DEFAULT_BYTES_PER_SECOND);
    assert_int_equal(limits.subscriptions, LIMIT_DEFAULT_SUBSCRIPTIONS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_burst_passes_and_then_the_rate_holds),
        cmocka_unit_test(what_waited_as_long_as_it_was_told_passes),
        cmocka_unit_test(the_largest_message_passes_at_the_smallest_rate),
        cmocka_unit_test(what_is_refused_costs_nothing),
        cmocka_unit_test(what_always_passes_leads_into_no_endless_debt),
        cmocka_unit_test(identities_do_not_pay_for_each_other),
        cmocka_unit_test(a_debt_outlives_the_session),
        cmocka_unit_test(what_points_to_it_keeps_it),
        cmocka_unit_test(so_many_requests_are_with_the_reader),
        cmocka_unit_test(a_long_silence_and_a_high_rate_fit),
        cmocka_unit_test(questions_that_cost_much_come_behind),
        cmocka_unit_test(zero_stands_for_the_default),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
