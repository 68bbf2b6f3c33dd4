/* A value of a view's document as a cell to take along: enumerations as the office's word and the code, what is not
 * there as words or a dash, never as nothing. */
#ifndef LEADERSHIP_EXPORT_CELLS_H
#define LEADERSHIP_EXPORT_CELLS_H

#include "table_export.h"

#include <jansson.h>

enum cell {
    CELL_TEXT,
    CELL_INTEGER,
    CELL_POSITION, /* 0: none */
    CELL_DECIMAL,  /* a rate's text */
    CELL_DAY,
    CELL_TIME, /* in the offset that the header names */
    CELL_YES,  /* 是 yes, 否 no */
    CELL_LIST, /* texts or numbers, with a space between */
    CELL_OFFICE,
    CELL_OFFICES,
    CELL_UNIT_KIND,
    CELL_ZERO,        /* UNSPECIFIED: none */
    CELL_STATUS_WORD, /* 零, 破零, 未核实 */
    CELL_STATUS_CODE, /* ZERO, BROKEN, UNVERIFIED */
    CELL_MATTER_KIND,
    CELL_STEP_WORD, /* of a matter: its kind decides */
    CELL_CLOCK,
    CELL_FINDING,
    CELL_HAZARD_GRADE,
    CELL_ACCIDENT_GRADE,
    CELL_PETITION_TYPE,
    CELL_CASE_CLASS,
    CELL_CHANNEL
};

struct export_column {
    const char *head;
    unsigned width;
    enum cell cell;
    const char *key;       /* in the row's object, names joined by dots; with '@' in front in the object beside it */
    const char *only_with; /* a text of the row without which the cell says nothing; NULL: always */
};

/* Writes the heads of the columns. */
void export_heads(struct table_export *table, const struct export_column *columns, size_t count);
/* Writes a row. `beside` is a second object of the same row (NULL: none). */
void export_row(struct table_export *table, const struct export_column *columns, size_t count, const json_t *row,
                const json_t *beside, int utc_offset_minutes);

/* The value at a dotted key; NULL: not there. */
const json_t *export_value(const json_t *object, const char *key);
/* Its text; "" when it is none. Borrowed from the document. */
const char *export_string(const json_t *object, const char *key);
/* A number of either kind: canonical JSON writes 64-bit integers as text. 0 when it is none. */
int64_t export_number(const json_t *object, const char *key);

enum { EXPORT_TIME_SIZE = 48, EXPORT_DAY_SIZE = 16 };
/* "2020-08-19 09:41:07 +08:00" of a canonical time; "" of anything else. */
void export_time(const char *time, int utc_offset_minutes, char text[static EXPORT_TIME_SIZE]);
/* The day of a number of days since 1970-01-01; "" of 0, which the columns of the tree use for none. */
void export_day_of(int64_t days, char text[static EXPORT_DAY_SIZE]);

/* A status of the contract's name: "未核实", and its code; "不计" and NOT_COUNTED for what is none. */
const char *export_status_word(const char *code);
const char *export_status_code(const char *code);
const char *export_label(enum cell cell, const char *code);

#endif
