/* Working days and legal limits in days: weekends and the statutory holidays and make-up days of the policy, which are
 * data. Pure arithmetic on day numbers. */
#ifndef HUB_DOMAIN_CALENDAR_H
#define HUB_DOMAIN_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

enum { CALENDAR_DAYS = 512 }; /* holidays, and make-up working days: about ten years of each */

struct calendar {
    bool start_next_day;    /* the day of start is not counted (民法典 art. 201) */
    bool roll_over_holiday; /* a last day that is no working day moves on to the next one (art. 203) */
    uint32_t holiday_count;
    uint32_t workday_count;
    int32_t holidays[CALENDAR_DAYS]; /* rising */
    int32_t workdays[CALENDAR_DAYS]; /* Saturdays and Sundays on which work is made up, rising */
};

/* A limit of so many days, or of so many working days; 0 days: there is none. */
struct limit {
    int32_t days;
    bool working;
};

bool calendar_is_workday(const struct calendar *calendar, int32_t day);
/* The last day of a limit that starts on `day`; DAY_NONE if there is none. */
int32_t calendar_due(const struct calendar *calendar, int32_t day, struct limit limit);
/* The same last day moved on to a working day, if the calendar says so. */
int32_t calendar_roll(const struct calendar *calendar, int32_t day);

#endif
