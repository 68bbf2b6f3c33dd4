/* Summaries keep their distance, and one alone that costs much does not hold up the next. */
#include "summary_pace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { CHEAP_US = 10000, DEAR_US = 3000000, CHEAP_WAIT_MS = 400, DEAR_WAIT_MS = 60200 };

/* How long the next one waits behind one that is sent at once. */
static int64_t wait_behind(struct summary_pace *pace, int64_t cost_us)
{
    const int64_t now_ms = pace->after_ms;
    assert_true(summary_pace_may(pace, now_ms));
    summary_pace_note(pace, now_ms, cost_us);
    assert_false(summary_pace_may(pace, pace->after_ms - 1));
    return pace->after_ms - now_ms;
}

static void summaries_take_a_twentieth_of_the_time(void **unused)
{
    struct summary_pace pace = {0};
    (void)unused;
    (void)wait_behind(&pace, CHEAP_US);
    for (int i = 0; i < 5; i++)
        assert_int_equal(wait_behind(&pace, CHEAP_US), CHEAP_WAIT_MS);
}

static void one_that_is_dear_does_not_hold_up_the_next(void **unused)
{
    struct summary_pace pace = {0};
    (void)unused;
    assert_int_equal(wait_behind(&pace, DEAR_US), SUMMARY_INTERVAL_MS); /* the first one of all counts everything */
    assert_int_equal(wait_behind(&pace, CHEAP_US), CHEAP_WAIT_MS);
    assert_int_equal(wait_behind(&pace, DEAR_US), CHEAP_WAIT_MS);
    assert_int_equal(wait_behind(&pace, CHEAP_US), CHEAP_WAIT_MS);
}

static void those_that_stay_dear_are_rare(void **unused)
{
    struct summary_pace pace = {0};
    (void)unused;
    (void)wait_behind(&pace, DEAR_US);
    assert_int_equal(wait_behind(&pace, DEAR_US), DEAR_WAIT_MS);
    assert_int_equal(wait_behind(&pace, DEAR_US), DEAR_WAIT_MS);
}

static void parts_leave_as_much_time_as_they_take(void **unused)
{
    struct summary_pace pace = {0};
    (void)unused;
    summary_pace_go_on(&pace, 1000, 5000);
    assert_false(summary_pace_may(&pace, 1009));
    assert_int_equal(summary_pace_left_ms(&pace, 1003), 7); /* five to count, and five for everything else */
    assert_true(summary_pace_may(&pace, 1010));
    assert_int_equal(summary_pace_left_ms(&pace, 1020), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(summaries_take_a_twentieth_of_the_time),
        cmocka_unit_test(one_that_is_dear_does_not_hold_up_the_next),
        cmocka_unit_test(those_that_stay_dear_are_rare),
        cmocka_unit_test(parts_leave_as_much_time_as_they_take),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
