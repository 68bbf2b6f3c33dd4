/* Days are numbers: the calendar is that of every almanac, and nothing but a day reads as one. */
#include "domain/day.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static int32_t days_of_month(int32_t year, int32_t month)
{
    static const int32_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

static void every_day_from_1900_to_2199_reads_back_as_it_was_written(void **unused)
{
    (void)unused;
    int32_t expected = -25567; /* 1900-01-01 */
    for (int32_t year = 1900; year <= 2199; year++)
        for (int32_t month = 1; month <= 12; month++)
            for (int32_t day = 1; day <= days_of_month(year, month); day++, expected++) {
                char text[DAY_TEXT_SIZE];
                char written[32];
                int32_t parsed = DAY_NONE;
                snprintf(written, sizeof written, "%04d-%02d-%02d", year, month, day);
                assert_int_equal(day_from_date(year, month, day), expected);
                assert_true(day_parse(written, &parsed));
                assert_int_equal(parsed, expected);
                day_format(expected, text);
                assert_string_equal(text, written);
                assert_int_equal(day_year(expected), year);
                assert_int_equal(day_month_start(expected), expected - day + 1);
                assert_int_equal(day_month_end(expected), expected - day + days_of_month(year, month));
                assert_int_equal(day_year_start(expected), day_from_date(year, 1, 1));
                assert_int_equal(day_year_end(expected), day_from_date(year, 12, 31));
            }
}

static void nothing_but_a_day_reads_as_one(void **unused)
{
    static const char *const texts[] = {
        "",           "2020",       "2020-1-1",   "2020-01-1",  "2020-01-011", "2020/01/01", "20200101",
        "2020-00-01", "2020-13-01", "2020-01-00", "2020-01-32", "2019-02-29",  "1900-02-29", "2100-02-29",
        "2020-04-31", "1899-12-31", "2200-01-01", "-020-01-01", "2020-01-0a",  " 020-01-01", "2020-01-01 ",
    };
    (void)unused;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        int32_t day = 4711;
        if (day_parse(texts[i], &day) || day != 4711)
            fail_msg("'%s' read as day %d", texts[i], day);
    }
}

static void no_day_is_written_as_nothing(void **unused)
{
    char text[DAY_TEXT_SIZE] = "x";
    (void)unused;
    day_format(DAY_NONE, text);
    assert_string_equal(text, "");
    day_format(DAY_NEVER, text);
    assert_string_equal(text, "");
}

static void the_year_before_keeps_the_calendar_day(void **unused)
{
    static const struct {
        int32_t year, month, day, expected_month, expected_day;
    } rows[] = {
        {2020, 8, 19, 8, 19}, {2020, 2, 29, 2, 28}, {2021, 2, 28, 2, 28}, {2020, 1, 1, 1, 1}, {2021, 12, 31, 12, 31}};
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(day_year_before(day_from_date(rows[i].year, rows[i].month, rows[i].day)),
                         day_from_date(rows[i].year - 1, rows[i].expected_month, rows[i].expected_day));
}

/* Ruling 28: a whole February is compared with a whole one, and the days of a month together with all of that month. */
static void days_are_compared_with_the_same_days_of_the_year_before(void **unused)
{
    static const char *const rows[][4] = {
        {"2020-01-01", "2020-08-19", "2019-01-01", "2019-08-19"},
        {"2021-02-01", "2021-02-28", "2020-02-01", "2020-02-29"},
        {"2020-02-01", "2020-02-29", "2019-02-01", "2019-02-28"},
        {"2020-02-29", "2020-02-29", "2019-02-28", "2019-02-28"},
        {"2021-02-28", "2021-02-28", "2020-02-28", "2020-02-29"},
        {"2021-02-22", "2021-02-27", "2020-02-22", "2020-02-27"},
        {"2020-12-28", "2021-01-03", "2019-12-28", "2020-01-03"},
    };
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char from[DAY_TEXT_SIZE], to[DAY_TEXT_SIZE];
        struct day_span days;
        assert_true(day_parse(rows[i][0], &days.from) && day_parse(rows[i][1], &days.to));
        struct day_span before = days_year_before(days);
        day_format(before.from, from);
        day_format(before.to, to);
        assert_string_equal(from, rows[i][2]);
        assert_string_equal(to, rows[i][3]);
    }
}

static void a_week_begins_on_monday(void **unused)
{
    (void)unused;
    const int32_t monday = day_from_date(2020, 8, 17);
    for (int32_t weeks = -3000; weeks <= 3000; weeks += 7)
        for (int32_t day = 0; day < 7; day++)
            assert_int_equal(day_week_start(monday + 7 * weeks + day), monday + 7 * weeks);
}

static void a_moment_falls_on_the_day_of_its_zone(void **unused)
{
    static const int32_t offsets[] = {-840, -1, 0, 1, 480, 840};
    static const int32_t days[] = {-25567, -1, 0, 1, 18000, 84005};
    (void)unused;
    for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++)
        for (size_t j = 0; j < sizeof days / sizeof *days; j++) {
            int64_t start_us = day_start_time(days[j], offsets[i]);
            assert_int_equal(day_of_time(start_us - 1, offsets[i]), days[j] - 1);
            assert_int_equal(day_of_time(start_us, offsets[i]), days[j]);
            assert_int_equal(day_of_time(start_us + US_PER_DAY - 1, offsets[i]), days[j]);
        }
    /* 23:40 UTC on 04-03 is 07:40 of the next day in Shanghai. */
    assert_int_equal(day_of_time(day_start_time(day_from_date(2020, 4, 3), 0) + 1420 * 60000000LL, 480),
                     day_from_date(2020, 4, 4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_from_1900_to_2199_reads_back_as_it_was_written),
        cmocka_unit_test(nothing_but_a_day_reads_as_one),
        cmocka_unit_test(no_day_is_written_as_nothing),
        cmocka_unit_test(the_year_before_keeps_the_calendar_day),
        cmocka_unit_test(days_are_compared_with_the_same_days_of_the_year_before),
        cmocka_unit_test(a_week_begins_on_monday),
        cmocka_unit_test(a_moment_falls_on_the_day_of_its_zone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
