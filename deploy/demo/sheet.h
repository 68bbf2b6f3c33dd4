/* An office's file as its spreadsheet program exports it: title rows above the header, sum and signature rows below,
 * in UTF-8 with a byte-order mark or in GB18030, with the office's own way of writing days. */
#ifndef DEMO_SHEET_H
#define DEMO_SHEET_H

#include "calendar.h"
#include "fault.h"

#include <stdbool.h>
#include <stdint.h>

enum sheet_encoding { SHEET_UTF8, SHEET_GB18030 };

/* How one office writes in one month. */
struct sheet_style {
    enum sheet_encoding encoding;
    enum spelling spelling;
    bool titled;     /* title and reporting-unit rows above the header */
    bool signed_off; /* 合计 and 填表人 rows below */
    bool windows;    /* lines end in CR LF */
};

struct sheet;

/* A sheet that will be written to `path`. `header` holds the columns' names separated by commas. Strings are copied.
 * NULL only when memory ran out. */
struct sheet *sheet_open(const char *path, struct sheet_style style, const char *title, const char *office,
                         const char *header);
/* The next cell of the row. */
void sheet_text(struct sheet *sheet, const char *text);
void sheet_number(struct sheet *sheet, uint32_t number);
void sheet_day(struct sheet *sheet, int32_t day);
void sheet_time(struct sheet *sheet, int32_t day, int minute_of_day);
/* `count` empty cells. */
void sheet_skip(struct sheet *sheet, uint32_t count);
void sheet_row_end(struct sheet *sheet);

/* Writes the file, makes its folder, frees the sheet and sets *sheet to NULL. A sheet without rows is not written: an
 * empty file says nothing. */
MUST_CHECK bool sheet_close(struct sheet **sheet, struct fault *fault);

/* Makes the folder and those above it. */
MUST_CHECK bool folder_make(const char *path, struct fault *fault);

#endif
