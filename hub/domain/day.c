#include "day.h"

#include <stdio.h>
#include <string.h>

struct date {
    int32_t year;
    int32_t month;
    int32_t day;
};

/* Proleptic Gregorian calendar in eras of 400 years, counted from March so that the leap day comes last. */
static struct date date_of(int32_t day)
{
    int32_t shifted = day + 719468;
    int32_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int32_t day_of_era = shifted - era * 146097;
    int32_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int32_t month_from_march = (5 * day_of_year + 2) / 153;
    int32_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    return (struct date){
        .year = year_of_era + era * 400 + (month <= 2),
        .month = month,
        .day = day_of_year - (153 * month_from_march + 2) / 5 + 1,
    };
}

int32_t day_from_date(int32_t year, int32_t month, int32_t day)
{
    int32_t from_march = month <= 2 ? year - 1 : year;
    int32_t era = (from_march >= 0 ? from_march : from_march - 399) / 400;
    int32_t year_of_era = from_march - era * 400;
    int32_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int32_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static bool read_digits(const char *text, int count, int32_t *number)
{
    int32_t value = 0;
    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        value = value * 10 + (text[i] - '0');
    }
    *number = value;
    return true;
}

bool day_parse(const char *text, int32_t *day)
{
    struct date date;
    if (strnlen(text, DAY_TEXT_SIZE) != DAY_TEXT_SIZE - 1 || text[4] != '-' || text[7] != '-')
        return false;
    if (!read_digits(text, 4, &date.year) || !read_digits(text + 5, 2, &date.month) ||
        !read_digits(text + 8, 2, &date.day))
        return false;
    if (date.year < 1900 || date.year > 2199 || date.month < 1 || date.month > 12 || date.day < 1)
        return false;
    int32_t first = day_from_date(date.year, date.month, 1);
    if (first + date.day - 1 > day_month_end(first))
        return false;
    *day = first + date.day - 1;
    return true;
}

void day_format(int32_t day, char text[static DAY_TEXT_SIZE])
{
    text[0] = '\0';
    if (day == DAY_NONE || day == DAY_NEVER)
        return;
    struct date date = date_of(day);
    snprintf(text, DAY_TEXT_SIZE, "%04u-%02u-%02u", (uint32_t)date.year % 10000, (uint32_t)date.month % 100,
             (uint32_t)date.day % 100);
}

int32_t day_year(int32_t day)
{
    return date_of(day).year;
}

int32_t day_month_start(int32_t day)
{
    return day - date_of(day).day + 1;
}

int32_t day_month_end(int32_t day)
{
    struct date date = date_of(day);
    return date.month == 12 ? day_from_date(date.year, 12, 31) : day_from_date(date.year, date.month + 1, 1) - 1;
}

int32_t day_year_start(int32_t day)
{
    return day_from_date(day_year(day), 1, 1);
}

int32_t day_year_end(int32_t day)
{
    return day_from_date(day_year(day), 12, 31);
}

int32_t day_year_before(int32_t day)
{
    struct date date = date_of(day);
    if (date.month == 2 && date.day == 29)
        date.day = 28;
    return day_from_date(date.year - 1, date.month, date.day);
}

struct day_span days_year_before(struct day_span days)
{
    struct day_span before = {day_year_before(days.from), day_year_before(days.to)};
    if (days.to == day_month_end(days.to))
        before.to = day_month_end(before.to);
    return before;
}

int32_t day_week_start(int32_t day)
{
    enum { MONDAY_OF_DAY_0 = -3, WEEK = 7 }; /* it is a Thursday */
    int32_t past = (day - MONDAY_OF_DAY_0) % WEEK;
    return day - (past < 0 ? past + WEEK : past);
}

int32_t day_of_time(int64_t time_us, int32_t offset_minutes)
{
    int64_t local = time_us + (int64_t)offset_minutes * 60000000;
    int64_t day = local / US_PER_DAY;
    if (local % US_PER_DAY < 0)
        day--;
    return (int32_t)day;
}

int64_t day_start_time(int32_t day, int32_t offset_minutes)
{
    return (int64_t)day * US_PER_DAY - (int64_t)offset_minutes * 60000000;
}
