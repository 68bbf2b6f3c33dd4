/* A clock that leaps ahead is not followed; one that rests, drifts, is set back, or was behind and is set right is. */
#include "wall_clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "domain/day.h"

#define SECOND 1000000LL
#define HOUR (3600 * SECOND)
#define BEGAN (20000 * US_PER_DAY)
#define STEADY (77 * SECOND)

/* The machine's clock relative to BEGAN, so long after the start, and the hub's time then, relative to BEGAN. */
struct look {
    int64_t after_us;
    int64_t machine_us;
    int64_t now_us;
};

static void follow(int64_t recorded_us, int64_t confirmed_us, const struct look *looks, int count)
{
    struct wall_clock clock;
    wall_clock_begin(&clock, recorded_us, STEADY, confirmed_us);
    for (int i = 0; i < count; i++) {
        const int64_t machine_us = BEGAN + looks[i].machine_us;
        const int64_t steady_us = STEADY + looks[i].after_us;
        const int64_t now_us = wall_clock_now_us(&clock, machine_us, steady_us);
        if (now_us != BEGAN + looks[i].now_us)
            fail_msg("look %d: %lld s, not %lld s", i, (long long)((now_us - BEGAN) / SECOND),
                     (long long)(looks[i].now_us / SECOND));
        assert_int_equal(wall_clock_leap_us(&clock, machine_us, steady_us), machine_us - now_us);
        wall_clock_look(&clock, machine_us, steady_us);
    }
}

#define FOLLOW(recorded_us, confirmed_us, ...)                                                                         \
    follow(recorded_us, confirmed_us, (const struct look[]){__VA_ARGS__},                                              \
           (int)(sizeof((const struct look[]){__VA_ARGS__}) / sizeof(struct look)))

static void the_machines_clock_is_the_time(void **state)
{
    (void)state;
    FOLLOW(BEGAN, 0, {HOUR, HOUR, HOUR}, {2 * HOUR, 2 * HOUR + SECOND, 2 * HOUR + SECOND},
           {3 * HOUR, 3 * HOUR - SECOND, 3 * HOUR - SECOND});
}

static void a_rest_over_the_holidays_is_no_leap(void **state)
{
    (void)state;
    FOLLOW(BEGAN, 0, {0, 9 * US_PER_DAY, 9 * US_PER_DAY});
    FOLLOW(BEGAN, 0, {0, 10 * US_PER_DAY, 10 * US_PER_DAY});
}

static void a_leap_is_not_followed_and_time_goes_on_without_it(void **state)
{
    (void)state;
    FOLLOW(BEGAN, 0, {HOUR, HOUR, HOUR}, {2 * HOUR, 2 * HOUR + 900 * US_PER_DAY, 2 * HOUR},
           {26 * HOUR, 26 * HOUR + 900 * US_PER_DAY, 26 * HOUR}, {27 * HOUR, 27 * HOUR, 27 * HOUR});
    FOLLOW(BEGAN, 0, {0, 10 * US_PER_DAY + SECOND, 0});
}

static void a_leap_that_lasts_is_never_believed(void **state)
{
    struct wall_clock clock;
    (void)state;
    wall_clock_begin(&clock, BEGAN, STEADY, 0);
    for (int64_t after = 0; after < 100 * US_PER_DAY; after += HOUR) {
        const int64_t machine_us = BEGAN + after + 30 * US_PER_DAY;
        assert_int_equal(wall_clock_now_us(&clock, machine_us, STEADY + after), BEGAN + after);
        wall_clock_look(&clock, machine_us, STEADY + after);
    }
}

static void a_clock_that_was_behind_is_followed_when_it_is_set_right(void **state)
{
    (void)state;
    FOLLOW(BEGAN, 0, {HOUR, -2000 * US_PER_DAY, -2000 * US_PER_DAY}, {2 * HOUR, 2 * HOUR, 2 * HOUR});
}

static void what_an_operator_confirmed_is_believed_and_no_more(void **state)
{
    (void)state;
    FOLLOW(BEGAN, BEGAN + 41 * US_PER_DAY, {0, 40 * US_PER_DAY, 40 * US_PER_DAY},
           {HOUR, 40 * US_PER_DAY + HOUR, 40 * US_PER_DAY + HOUR},
           {2 * HOUR, 400 * US_PER_DAY, 40 * US_PER_DAY + 2 * HOUR});
    FOLLOW(BEGAN, BEGAN - US_PER_DAY, {0, 40 * US_PER_DAY, 0});
}

static void a_log_without_a_record_believes_every_clock(void **state)
{
    (void)state;
    FOLLOW(0, 0, {0, 0, 0}, {HOUR, HOUR + 900 * US_PER_DAY, HOUR});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_machines_clock_is_the_time),
        cmocka_unit_test(a_rest_over_the_holidays_is_no_leap),
        cmocka_unit_test(a_leap_is_not_followed_and_time_goes_on_without_it),
        cmocka_unit_test(a_leap_that_lasts_is_never_believed),
        cmocka_unit_test(a_clock_that_was_behind_is_followed_when_it_is_set_right),
        cmocka_unit_test(what_an_operator_confirmed_is_believed_and_no_more),
        cmocka_unit_test(a_log_without_a_record_believes_every_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
