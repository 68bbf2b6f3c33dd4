/* A table to take along, as CSV or .xlsx: lines about it first, then one row of column heads, then the rows, written in
 * this order and kept in memory. No cell is ever empty: what has no value says so.
 * CSV is UTF-8 with a byte order mark and CRLF, as spreadsheet programs on an office's computer read it; text that such
 * a program would take for a formula gets an apostrophe in front. In .xlsx text is text, numbers are numbers. */
#ifndef LEADERSHIP_TABLE_EXPORT_H
#define LEADERSHIP_TABLE_EXPORT_H

#include "fault.h"

#include <stddef.h>
#include <stdint.h>

enum table_format { TABLE_CSV, TABLE_XLSX };

enum {
    TABLE_COLUMNS_MAX = 64,
    TABLE_ROWS_MAX = 200000,
    TABLE_TEXT_MAX = 8000,              /* bytes of a cell; the rest is cut */
    TABLE_SIZE_MAX = 256 * 1024 * 1024, /* of the CSV */
    TABLE_DECIMALS_MAX = 4
};

struct table_column {
    const char *head; /* "单位代码 Unit code" */
    unsigned width;   /* of the column in .xlsx, in characters */
};

struct table_export;

/* `sheet` is the .xlsx sheet's name, at most 31 characters. NULL: FAULT_SYSTEM. */
struct table_export *table_export_open(enum table_format format, const char *sheet, struct fault *fault);
void table_export_close(struct table_export **table);

/* A line about the table: before the heads only. */
void table_export_line(struct table_export *table, const char *label, const char *text);
/* The heads, after an empty line. They stay the caller's and are needed no longer. */
void table_export_heads(struct table_export *table, const struct table_column *columns, size_t count);

/* The cells of a row from the left, then the end of the row. NULL and "" are written as "–". */
void table_export_text(struct table_export *table, const char *text);
void table_export_integer(struct table_export *table, int64_t number);
/* A decimal as the server rounded it, "99.98" or "+21.4": a number with as many decimals. What is none stays text. */
void table_export_decimal(struct table_export *table, const char *text);
/* A day, "2020-08-19". What is none stays text. */
void table_export_day(struct table_export *table, const char *day);
void table_export_row_end(struct table_export *table);

/* The whole file, which the caller frees. false: FAULT_FULL: over a limit of rows or size; FAULT_SYSTEM. Either way
 * nothing more may be written. */
MUST_CHECK bool table_export_finish(struct table_export *table, uint8_t **bytes, size_t *size, struct fault *fault);

#endif
