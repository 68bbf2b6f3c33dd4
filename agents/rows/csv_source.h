/* Rows from text separated by commas, tabs or semicolons, in UTF-8, GB18030 or UTF-16. libcsv takes the records apart;
 * which lines are one record, their numbers, byte-order marks and limits are decided here, for libcsv knows none of
 * them and would swallow the rest of a file after one missing quote. */
#ifndef SANLING_CSV_SOURCE_H
#define SANLING_CSV_SOURCE_H

#include "source.h"

struct csv_source;

/* Takes over `bytes` (malloc'ed, *bytes becomes NULL). SOURCE_UNSETTLED: the last character is incomplete. */
enum source_opened csv_source_open(uint8_t **bytes, size_t size, struct csv_source **source, struct reason *reason);
void csv_source_close(struct csv_source **source);
bool csv_source_next(struct csv_source *source, struct row *row);
void csv_source_rewind(struct csv_source *source);
bool csv_source_reread(struct csv_source *source);
const char *csv_source_reading(const struct csv_source *source);
bool csv_source_is_cut(const struct csv_source *source);
unsigned csv_source_progress(const struct csv_source *source);

/* Appends a record as CSV with its line end to a growing buffer: quoted where needed, with a ' before cells that a
 * spreadsheet program would take for a formula. false: memory ran out. */
struct csv_text {
    char *text;
    size_t size;
    size_t capacity;
};
bool csv_append_cell(struct csv_text *csv, const char *cell, bool first);
bool csv_append(struct csv_text *csv, const char *text);
void csv_text_clear(struct csv_text *csv);

#endif
