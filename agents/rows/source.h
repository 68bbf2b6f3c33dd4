/* Where rows come from: one interface for every kind of file, so that whoever reads rows need not know which it was.
 * Kinds are text (csv_source.c) and workbooks (xlsx_source.c); what a file is, its first bytes say, not its name. One
 * thread uses a source. */
#ifndef SANLING_SOURCE_H
#define SANLING_SOURCE_H

#include "reason.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SOURCE_FILE_BYTES_MAX = 256 * 1024 * 1024,
    SOURCE_COLUMNS_MAX = 1024,
    SOURCE_CELL_BYTES_MAX = 64 * 1024,
    SOURCE_HASH_BYTES = 32
};

/* What makes a single cell unusable. It is the row's fault only where the mapping uses the cell's column. */
enum cell_flaw {
    CELL_SOUND,
    CELL_UNCALCULATED, /* a formula whose result was not saved, or is not to be trusted */
    CELL_ERROR,        /* #N/A and its like */
    CELL_DIGITS_LOST,  /* a number of more than 15 digits */
    CELL_NO_DATE,      /* shown as a date, but none that is certain */
    CELL_TOO_LONG,
    CELL_UNREADABLE /* what is stored does not fit what it says it is */
};

/* A row as the spreadsheet program numbers it. Cells are UTF-8 and end in NUL; what a cell only had for show, a
 * surrounding ="…" or a leading ', is gone. Borrowed until the next call on the source. */
struct row {
    uint64_t number;
    const char *const *cells;
    size_t cell_count;
    const struct reason *flaw;   /* why the row cannot be used; NULL: it can */
    const enum cell_flaw *flaws; /* by cell; NULL: all are sound */
    const bool *covered;         /* by cell: it lies under a merged one; NULL: this kind of file does not tell */
};

struct source;

enum source_opened {
    SOURCE_OPENED,
    SOURCE_REFUSED,  /* not a file we read: the reason advises */
    SOURCE_UNSETTLED /* it is still being copied or cannot be read now: try again */
};

/* Opens a file; *source is NULL unless OPENED, else *reason says why. */
enum source_opened source_open(const char *path, struct source **source, struct reason *reason);
/* Closes it and sets *source to NULL. A NULL source is fine. */
void source_close(struct source **source);
/* Which sheet of a workbook is read, before the first row is: the first of `patterns` (fnmatch) that fits a visible
 * sheet decides; without patterns it is the only visible one that is not empty. false: none or several fit, or the
 * sheet cannot be read to its end; *reason says which there are, or what is wrong. Text has no sheets: true. */
bool source_choose_sheet(struct source *source, const char *const *patterns, size_t pattern_count,
                         struct reason *reason);
/* The next row that is not blank; false at the end. */
bool source_next(struct source *source, struct row *row);
/* Whether source_next was false because memory ran out: there may be more rows. */
bool source_failed(const struct source *source);
/* Goes back before the first row. */
void source_rewind(struct source *source);
/* Takes the same bytes in the next way they can be read (encoding, delimiter) and goes back before the first row;
 * false: there is no other, the source then reads in the first way again. */
bool source_reread(struct source *source);
/* How it is read now, for people: "GB18030, tab" or "xlsx, 隐患台账". Borrowed as long as the source. */
const char *source_reading(const struct source *source);
/* Whether, read like this, the file is incomplete, its last character or a part of it: it may be still being copied.
 * *reason then says so. */
bool source_is_cut(const struct source *source, struct reason *reason);
/* SHA-256 of the file's bytes. Borrowed as long as the source. */
const uint8_t *source_hash(const struct source *source);
/* How much of the file was read, in thousandths: for showing progress. */
unsigned source_progress(const struct source *source);

#endif
