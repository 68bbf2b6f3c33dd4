/* Days as numbers: 0 is 1970-01-01, in the zone that the caller counts in. Pure arithmetic, no clock. */
#ifndef HUB_DOMAIN_DAY_H
#define HUB_DOMAIN_DAY_H

#include <stdbool.h>
#include <stdint.h>

#define DAY_NONE INT32_MIN       /* no such day */
#define DAY_NEVER INT32_MAX      /* beyond every day */
#define DAY_TEXT_SIZE 11         /* "YYYY-MM-DD" and its NUL */
#define US_PER_DAY 86400000000LL /* microseconds */

/* Days, both ends included. */
struct day_span {
    int32_t from;
    int32_t to;
};

/* The day of a civil date; the date must exist. */
int32_t day_from_date(int32_t year, int32_t month, int32_t day);
/* Reads "YYYY-MM-DD", years 1900 to 2199. false, and *day untouched, if the text is anything else. */
bool day_parse(const char *text, int32_t *day);
/* Writes "YYYY-MM-DD"; nothing ("") for DAY_NONE and DAY_NEVER. */
void day_format(int32_t day, char text[static DAY_TEXT_SIZE]);
int32_t day_year(int32_t day);
/* First and last day of the month, or of the year, that contains the day. */
int32_t day_month_start(int32_t day);
int32_t day_month_end(int32_t day);
int32_t day_year_start(int32_t day);
int32_t day_year_end(int32_t day);
/* The same calendar day of the year before; 02-29 becomes 02-28. */
int32_t day_year_before(int32_t day);
/* The same calendar days of the year before; days up to the end of a month are compared with days up to its end, so
 * that a whole February is with a whole one (ruling 28). */
struct day_span days_year_before(struct day_span days);
/* Monday of the day's week. */
int32_t day_week_start(int32_t day);
/* The day on which the moment (microseconds since 1970 UTC) falls, `offset_minutes` east of UTC. */
int32_t day_of_time(int64_t time_us, int32_t offset_minutes);
/* The moment at which the day begins there. */
int64_t day_start_time(int32_t day, int32_t offset_minutes);

#endif
