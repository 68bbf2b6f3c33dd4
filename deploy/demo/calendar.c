#include "calendar.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Howard Hinnant's civil calendar arithmetic, for years after 0. */
int32_t day_of(int year, int month, int day)
{
    const int shifted = month <= 2 ? year - 1 : year;
    const int era = shifted / 400;
    const int year_of_era = shifted - era * 400;
    const int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

struct date date_of(int32_t day)
{
    const int32_t shifted = day + 719468;
    const int era = shifted / 146097;
    const int day_of_era = shifted - era * 146097;
    const int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const int shifted_month = (5 * day_of_year + 2) / 153;
    const int month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
    return (struct date){
        .year = year_of_era + era * 400 + (month <= 2 ? 1 : 0),
        .month = month,
        .day = day_of_year - (153 * shifted_month + 2) / 5 + 1,
    };
}

int32_t month_end(int year, int month)
{
    return month == 12 ? day_of(year, 12, 31) : day_of(year, month + 1, 1) - 1;
}

/* Digits as full-width characters. */
static void widen(const char *narrow, char text[static SPELLED_SIZE])
{
    size_t used = 0;

    for (; *narrow != '\0' && used + 4 < SPELLED_SIZE; narrow++) {
        if (*narrow >= '0' && *narrow <= '9') {
            /* U+FF10 is EF BC 90 */
            text[used++] = (char)0xef;
            text[used++] = (char)0xbc;
            text[used++] = (char)(0x90 + (*narrow - '0'));
        } else {
            text[used++] = *narrow;
        }
    }
    text[used] = '\0';
}

static const char *const numerals[] = {"〇", "一", "二", "三", "四", "五", "六", "七", "八", "九"};

/* 1 to 31 as 一 … 三十一. */
static void small_number(int number, char text[static 16])
{
    assert(number >= 1 && number <= 39);
    const char *tens = number < 10 ? "" : number < 20 ? "十" : number < 30 ? "二十" : "三十";
    snprintf(text, 16, "%s%s", tens, number % 10 == 0 ? "" : numerals[number % 10]);
}

static void spell_in_numerals(struct date date, char text[static SPELLED_SIZE])
{
    char month[16];
    char day[16];

    small_number(date.month, month);
    small_number(date.day, day);
    snprintf(text, SPELLED_SIZE, "%s%s%s%s年%s月%s日", numerals[date.year / 1000 % 10], numerals[date.year / 100 % 10],
             numerals[date.year / 10 % 10], numerals[date.year % 10], month, day);
}

void day_spell(int32_t day, enum spelling spelling, char text[static SPELLED_SIZE])
{
    const struct date date = date_of(day);
    char narrow[SPELLED_SIZE];

    switch (spelling) {
    case SPELLING_ISO:
        snprintf(text, SPELLED_SIZE, "%04d-%02d-%02d", date.year, date.month, date.day);
        return;
    case SPELLING_SLASH:
        snprintf(text, SPELLED_SIZE, "%d/%d/%d", date.year, date.month, date.day);
        return;
    case SPELLING_DOT:
        snprintf(text, SPELLED_SIZE, "%d.%d.%d", date.year, date.month, date.day);
        return;
    case SPELLING_PLAIN:
        snprintf(text, SPELLED_SIZE, "%04d%02d%02d", date.year, date.month, date.day);
        return;
    case SPELLING_CHINESE:
        snprintf(text, SPELLED_SIZE, "%d年%d月%d日", date.year, date.month, date.day);
        return;
    case SPELLING_FULL_WIDTH:
        snprintf(narrow, sizeof narrow, "%d年%d月%d日", date.year, date.month, date.day);
        widen(narrow, text);
        return;
    case SPELLING_NUMERALS:
        spell_in_numerals(date, text);
        return;
    case SPELLING_COUNT:
        break;
    }
    assert(false);
}

void time_spell(int32_t day, int minute_of_day, enum spelling spelling, char text[static SPELLED_SIZE])
{
    const struct date date = date_of(day);
    const int hour = minute_of_day / 60;
    const int minute = minute_of_day % 60;

    if (spelling == SPELLING_SLASH)
        snprintf(text, SPELLED_SIZE, "%d/%d/%d %d:%02d", date.year, date.month, date.day, hour, minute);
    else if (spelling == SPELLING_CHINESE && hour >= 13)
        snprintf(text, SPELLED_SIZE, "%d年%d月%d日下午%d时%d分", date.year, date.month, date.day, hour - 12, minute);
    else if (spelling == SPELLING_CHINESE)
        snprintf(text, SPELLED_SIZE, "%d年%d月%d日%d时%d分", date.year, date.month, date.day, hour, minute);
    else
        snprintf(text, SPELLED_SIZE, "%04d-%02d-%02d %02d:%02d", date.year, date.month, date.day, hour, minute);
}
