/* What a cell says: days and times, counts, unit codes, booleans, in the ways offices write them (OFFICES.md §1). What
 * cannot be read with certainty is a reason, never a guess. Every function takes the cell's text as UTF-8. */
#ifndef SANLING_CELL_H
#define SANLING_CELL_H

#include "reason.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A day, perhaps with a time of that day; days count from 1970-01-01. */
struct moment {
    int32_t day;
    int32_t second; /* 0..86399, of the day */
    bool has_time;
    bool has_offset;        /* the cell names its own offset from UTC */
    int32_t offset_minutes; /* then this one */
};

struct date_style {
    bool serial;  /* a bare number is a spreadsheet's day number (1900 system) */
    int32_t year; /* of days written without one; 0: such days are refused */
};

/* Room for YYYY-MM-DD with its NUL, and for a time in UTC as RFC 3339. */
enum { DAY_TEXT_SIZE = 11, TIME_TEXT_SIZE = 21 };

bool cell_moment(const char *text, const struct date_style *style, struct moment *moment, struct reason *reason);
/* A whole number from 0 to `limit`: 1,234 １２３ 3起 十二. */
bool cell_count(const char *text, uint64_t limit, uint64_t *count, struct reason *reason);
bool cell_boolean(const char *text, bool *value, struct reason *reason);
/* 12 or 15 digits, or 18 characters of GB 32100 whose two check characters hold; *code is malloc'ed, in capitals and
 * ASCII. */
bool cell_unit_code(const char *text, char **code, struct reason *reason);
/* Bytes as base64 (RFC 4648) or hexadecimal digits, at least one; *bytes is malloc'ed. */
bool cell_bytes(const char *text, bool hex, uint8_t **bytes, size_t *size, struct reason *reason);
/* Whether a spreadsheet program shortened a long code to something like 1.40322E+11. */
bool cell_is_shortened_code(const char *text);

/* Days since 1970-01-01 of a civil date; false if there is no such day or it lies outside 1900-2199. */
bool day_from_civil(int year, int month, int day, int32_t *days);
void day_format(int32_t days, char text[static DAY_TEXT_SIZE]);
/* The moment as UTC; a cell without an offset of its own is local to offset_minutes. */
void moment_format_utc(const struct moment *moment, int32_t offset_minutes, char text[static TIME_TEXT_SIZE]);

/* The day on which it is, or was, in the place where offset_minutes holds. */
int32_t moment_local_day(const struct moment *moment, int32_t offset_minutes);

/* The period that a file's name holds: one month or one day. false: none, or different ones. */
bool period_from_name(const char *name, int32_t *from_day, int32_t *to_day);

#endif
