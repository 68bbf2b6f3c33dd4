/* Days as numbers (days since 1970-01-01), and the ways in which offices write them. */
#ifndef DEMO_CALENDAR_H
#define DEMO_CALENDAR_H

#include <stddef.h>
#include <stdint.h>

struct date {
    int year;
    int month; /* 1-12 */
    int day;   /* 1-31 */
};

int32_t day_of(int year, int month, int day);
struct date date_of(int32_t day);
/* The last day of the month. */
int32_t month_end(int year, int month);

enum spelling {
    SPELLING_ISO,        /* 2020-04-03 */
    SPELLING_SLASH,      /* 2020/4/3 */
    SPELLING_DOT,        /* 2020.4.3 */
    SPELLING_PLAIN,      /* 20200403 */
    SPELLING_CHINESE,    /* 2020年4月3日 */
    SPELLING_FULL_WIDTH, /* ２０２０年４月３日 */
    SPELLING_NUMERALS,   /* 二〇二〇年四月三日 */
    SPELLING_COUNT
};

enum { SPELLED_SIZE = 64 };

/* The day as such an office writes it, UTF-8. */
void day_spell(int32_t day, enum spelling spelling, char text[static SPELLED_SIZE]);
/* Day and time; spellings that offices do not use with a time write it as 2020-04-03 14:30. */
void time_spell(int32_t day, int minute_of_day, enum spelling spelling, char text[static SPELLED_SIZE]);

#endif
