/* Where rows come from: one interface for every kind of file, so that whoever reads rows need not know which it was.
 * Today's kind is text (csv_source.c); what a file is, its first bytes say, not its name. One thread uses a source. */
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

/* A row as the spreadsheet program numbers it. Cells are UTF-8 and end in NUL; what a cell only had for show, a
 * surrounding ="…" or a leading ', is gone. Borrowed until the next call on the source. */
struct row {
    uint64_t number;
    const char *const *cells;
    size_t cell_count;
    const struct reason *flaw; /* why the row cannot be used; NULL: it can */
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
/* The next row that is not blank; false at the end. */
bool source_next(struct source *source, struct row *row);
/* Goes back before the first row. */
void source_rewind(struct source *source);
/* Takes the same bytes in the next way they can be read (encoding, delimiter) and goes back before the first row;
 * false: there is no other, the source then reads in the first way again. */
bool source_reread(struct source *source);
/* How it is read now, for people: "GB18030, tab". Borrowed as long as the source. */
const char *source_reading(const struct source *source);
/* Whether, read like this, the last character is incomplete: the file is still being copied. */
bool source_is_cut(const struct source *source);
/* SHA-256 of the file's bytes. Borrowed as long as the source. */
const uint8_t *source_hash(const struct source *source);
/* How much of the file was read, in thousandths: for showing progress. */
unsigned source_progress(const struct source *source);

#endif
