#include "calendar.h"

#include "day.h"

enum { WEEK = 7 };

/* Day 0 was a Thursday. */
static bool is_weekend(int32_t day)
{
    const int32_t since_monday = ((day % WEEK) + WEEK + 3) % WEEK;
    return since_monday >= 5;
}

/* `days` rise. */
static bool holds(const int32_t *days, uint32_t count, int32_t day)
{
    uint32_t from = 0;
    while (from < count) {
        const uint32_t middle = from + (count - from) / 2;
        if (days[middle] == day)
            return true;
        if (days[middle] < day)
            from = middle + 1;
        else
            count = middle;
    }
    return false;
}

bool calendar_is_workday(const struct calendar *calendar, int32_t day)
{
    if (holds(calendar->holidays, calendar->holiday_count, day))
        return false;
    return !is_weekend(day) || holds(calendar->workdays, calendar->workday_count, day);
}

int32_t calendar_due(const struct calendar *calendar, int32_t day, struct limit limit)
{
    const int32_t first = calendar->start_next_day ? day + 1 : day;
    if (limit.days <= 0)
        return DAY_NONE;
    if (!limit.working)
        return calendar_roll(calendar, first + limit.days - 1);
    int32_t last = first;
    for (int32_t left = limit.days;; last++)
        if (calendar_is_workday(calendar, last) && --left == 0)
            return last;
}

int32_t calendar_roll(const struct calendar *calendar, int32_t day)
{
    if (calendar->roll_over_holiday)
        while (!calendar_is_workday(calendar, day))
            day++;
    return day;
}
