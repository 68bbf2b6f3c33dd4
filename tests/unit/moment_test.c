/* Times and days as operators type them. */
#include "moment.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void a_plain_day_is_its_first_or_last_moment_in_the_zone(void **state)
{
    (void)state;
    Google__Protobuf__Timestamp time;
    assert_true(moment_parse("2020-02-01", false, &time));
    assert_int_equal(time.seconds, 1580486400); /* 2020-01-31T16:00:00Z */
    assert_int_equal(time.nanos, 0);
    assert_true(moment_parse("2020-02-01", true, &time));
    assert_int_equal(time.seconds, 1580572799);
    assert_int_equal(time.nanos, 999999999);
}

static void a_time_has_its_own_offset(void **state)
{
    (void)state;
    Google__Protobuf__Timestamp time;
    assert_true(moment_parse("2020-02-01T08:00:00+08:00", true, &time));
    assert_int_equal(time.seconds, 1580515200);
}

static void what_is_no_time_is_refused(void **state)
{
    (void)state;
    Google__Protobuf__Timestamp time;
    const char *const wrong[] = {"", "2020-02-30", "2020-2-1", "now", "2020-02-01 08:00:00", "2020-02-01T08:00:00"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (moment_parse(wrong[i], false, &time))
            fail_msg("'%s' was taken for a time", wrong[i]);
    assert_false(day_is_valid("2020-02-01T08:00:00Z"));
    assert_true(day_is_valid("2020-02-29"));
}

static void a_position_is_digits_above_zero(void **state)
{
    (void)state;
    uint64_t position = 7;
    assert_true(position_parse("18446744073709551615", &position));
    assert_true(position == UINT64_MAX);
    const char *const wrong[] = {"", "0", "-1", "+1", "1x", "18446744073709551616"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (position_parse(wrong[i], &position))
            fail_msg("'%s' was taken for a position", wrong[i]);
}

static void times_are_shown_in_the_zone(void **state)
{
    (void)state;
    char text[MOMENT_TEXT_SIZE];
    Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    time.seconds = 1580486400;
    moment_format(&time, text);
    assert_string_equal(text, "2020-02-01 00:00:00");
    moment_format(NULL, text);
    assert_string_equal(text, "–");
}

static void days_are_counted_without_gaps(void **state)
{
    (void)state;
    int32_t first;
    int32_t last;
    assert_true(day_parse("1970-01-01", &first));
    assert_int_equal(first, 0);
    assert_true(day_parse("2020-02-28", &first));
    assert_true(day_parse("2020-03-01", &last));
    assert_int_equal(last - first, 2);
    assert_false(day_parse("2020-02-30", &first));
    assert_false(day_parse("", &first));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_day_is_its_first_or_last_moment_in_the_zone),
        cmocka_unit_test(a_time_has_its_own_offset),
        cmocka_unit_test(what_is_no_time_is_refused),
        cmocka_unit_test(a_position_is_digits_above_zero),
        cmocka_unit_test(days_are_counted_without_gaps),
        cmocka_unit_test(times_are_shown_in_the_zone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
