/* Working days and legal limits: the vectors of the domain's time rules. */
#include "calendar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "day.h"

static int32_t on(const char *text)
{
    int32_t day = DAY_NONE;
    assert_true(day_parse(text, &day));
    return day;
}

/* Qingming and Labour Day of 2020, with their make-up days. */
static struct calendar spring_of_2020(void)
{
    return (struct calendar){
        .start_next_day = true,
        .holiday_count = 8,
        .holidays = {on("2020-04-04"), on("2020-04-05"), on("2020-04-06"), on("2020-05-01"), on("2020-05-02"),
                     on("2020-05-03"), on("2020-05-04"), on("2020-05-05")},
        .workday_count = 2,
        .workdays = {on("2020-04-26"), on("2020-05-09")},
    };
}

struct due_row {
    const char *from;
    struct limit limit;
    const char *due;
};

static void check_due(const struct calendar *calendar, const struct due_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char due[DAY_TEXT_SIZE];
        day_format(calendar_due(calendar, on(rows[i].from), rows[i].limit), due);
        if (strcmp(due, rows[i].due) != 0)
            fail_msg("%s + %d%s is %s, expected %s", rows[i].from, rows[i].limit.days,
                     rows[i].limit.working ? " working days" : " days", due, rows[i].due);
    }
}

static void the_day_of_start_is_not_counted(void **state)
{
    static const struct due_row rows[] = {
        {"2020-04-03", {15, false}, "2020-04-18"}, {"2020-04-18", {60, false}, "2020-06-17"},
        {"2020-06-17", {30, false}, "2020-07-17"}, {"2020-02-28", {1, false}, "2020-02-29"},
        {"2019-12-31", {1, false}, "2020-01-01"},
    };
    const struct calendar calendar = spring_of_2020();
    (void)state;
    check_due(&calendar, rows, sizeof rows / sizeof *rows);
}

static void the_day_of_start_is_the_first_if_the_policy_counts_it(void **state)
{
    static const struct due_row rows[] = {
        {"2020-04-03", {15, false}, "2020-04-17"}, {"2020-04-03", {1, false}, "2020-04-03"},
        {"2020-04-03", {5, true}, "2020-04-10"},   {"2020-04-04", {1, true}, "2020-04-07"},
        {"2020-04-03", {1, true}, "2020-04-03"},
    };
    struct calendar calendar = spring_of_2020();
    (void)state;
    calendar.start_next_day = false;
    check_due(&calendar, rows, sizeof rows / sizeof *rows);
}

/* Ruling 27. */
static void a_last_day_on_a_weekend_or_holiday_moves_only_if_the_policy_rolls_it_over(void **state)
{
    static const struct due_row off[] = {
        {"2020-04-03", {15, false}, "2020-04-18"},
        {"2020-04-03", {1, false}, "2020-04-04"},
        {"2020-04-16", {15, false}, "2020-05-01"},
    };
    static const struct due_row on_rows[] = {
        {"2020-04-03", {15, false}, "2020-04-20"}, /* a Saturday, to Monday */
        {"2020-04-03", {1, false}, "2020-04-07"},  /* a holiday on a Saturday, behind all of it */
        {"2020-04-16", {15, false}, "2020-05-06"}, /* a holiday on a Friday */
        {"2020-04-18", {60, false}, "2020-06-17"}, /* a Wednesday stays */
        {"2020-04-11", {15, false}, "2020-04-26"}, /* a Sunday on which work is made up stays */
    };
    struct calendar calendar = spring_of_2020();
    (void)state;
    check_due(&calendar, off, sizeof off / sizeof *off);
    calendar.roll_over_holiday = true;
    check_due(&calendar, on_rows, sizeof on_rows / sizeof *on_rows);
    assert_int_equal(calendar_roll(&calendar, on("2020-04-18")), on("2020-04-20"));
    assert_int_equal(calendar_roll(&calendar, on("2020-04-17")), on("2020-04-17"));
    calendar.roll_over_holiday = false;
    assert_int_equal(calendar_roll(&calendar, on("2020-04-18")), on("2020-04-18"));
}

static void working_days_leave_out_weekends_and_holidays_and_count_made_up_ones(void **state)
{
    static const struct due_row rows[] = {
        {"2020-04-03", {5, true}, "2020-04-13"}, /* Qingming is 4 to 6 April */
        {"2020-04-13", {5, true}, "2020-04-20"},
        {"2020-04-24", {1, true}, "2020-04-26"}, /* a Friday; the Sunday is made up */
        {"2020-04-30", {3, true}, "2020-05-08"},
        {"2020-04-30", {4, true}, "2020-05-09"}, /* and this Saturday */
        {"2020-04-30", {5, true}, "2020-05-11"},
        {"2020-04-05", {1, true}, "2020-04-07"},
    };
    struct calendar calendar = spring_of_2020();
    (void)state;
    check_due(&calendar, rows, sizeof rows / sizeof *rows);
    calendar.roll_over_holiday = true; /* a working day has nothing to roll over */
    check_due(&calendar, rows, sizeof rows / sizeof *rows);
}

static void without_holidays_given_only_weekends_are_off(void **state)
{
    static const struct calendar none = {.start_next_day = true};
    (void)state;
    /* 1969-12-29 was a Monday; the count must hold on both sides of day 0. */
    for (int32_t day = on("1969-12-29"), n = 0; n < 7 * 60; day++, n++)
        assert_int_equal(calendar_is_workday(&none, day), n % 7 < 5);
    assert_true(calendar_is_workday(&none, on("1970-01-01")));
    assert_false(calendar_is_workday(&none, on("2020-08-22")));
    assert_int_equal(calendar_due(&none, on("2020-04-03"), (struct limit){5, true}), on("2020-04-10"));
}

static void each_day_given_is_found(void **state)
{
    struct calendar calendar = {.holiday_count = CALENDAR_DAYS, .workday_count = CALENDAR_DAYS};
    const int32_t monday = on("2020-01-06");
    (void)state;
    for (int32_t i = 0; i < CALENDAR_DAYS; i++) {
        calendar.holidays[i] = monday + 7 * i;
        calendar.workdays[i] = monday + 7 * i + 5;
    }
    for (int32_t day = monday; day < monday + 7 * CALENDAR_DAYS; day++)
        assert_int_equal(calendar_is_workday(&calendar, day), (day - monday) % 7 != 0 && (day - monday) % 7 != 6);
}

static void no_limit_has_no_last_day(void **state)
{
    const struct calendar calendar = spring_of_2020();
    (void)state;
    assert_int_equal(calendar_due(&calendar, on("2020-04-03"), (struct limit){0, false}), DAY_NONE);
    assert_int_equal(calendar_due(&calendar, on("2020-04-03"), (struct limit){0, true}), DAY_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_day_of_start_is_not_counted),
        cmocka_unit_test(the_day_of_start_is_the_first_if_the_policy_counts_it),
        cmocka_unit_test(a_last_day_on_a_weekend_or_holiday_moves_only_if_the_policy_rolls_it_over),
        cmocka_unit_test(working_days_leave_out_weekends_and_holidays_and_count_made_up_ones),
        cmocka_unit_test(without_holidays_given_only_weekends_are_off),
        cmocka_unit_test(each_day_given_is_found),
        cmocka_unit_test(no_limit_has_no_last_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
