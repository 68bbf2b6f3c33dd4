/* A mapping bound to one file: where its header is, which cell is which column. Rows are asked for by column then. One
 * thread uses a sheet; it borrows its mapping. */
#ifndef SANLING_SHEET_H
#define SANLING_SHEET_H

#include "mapping.h"
#include "reason.h"
#include "source.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Rows in which a header is looked for: titles and reporting-unit lines stand above it. */
enum { SHEET_HEADER_SEARCH_ROWS = 20 };

struct sheet;

/* Chooses the sheet that the mapping reads and finds the header in its first rows, trying every way in which the file
 * can be read; the source then stands before the first data row. NULL: *reason says which sheets there are, or what is
 * missing or twice in the header, what was found, and what is nearest. */
struct sheet *sheet_open(const struct mapping *mapping, struct source *source, struct reason *reason);
/* The header that has most of the mapping's columns, in whichever reading that is, however much is missing; where none
 * of them is there, the row of most texts. *found: how many columns it has. For suggesting; NULL: there is no row. */
struct sheet *sheet_open_nearest(const struct mapping *mapping, struct source *source, size_t *found);
/* The same for rows whose columns are known by name from elsewhere: a database's. */
struct sheet *sheet_of_columns(const struct mapping *mapping, const char *const *names, size_t count,
                               struct reason *reason);
/* Frees it and sets *sheet to NULL. A NULL sheet is fine. */
void sheet_close(struct sheet **sheet);
/* Goes back before the first data row; what was filled down is forgotten. */
void sheet_rewind(struct sheet *sheet, struct source *source);

/* Whether the row is none of data: it begins with an ignored word, or repeats the header. */
bool sheet_skips(const struct sheet *sheet, const struct row *row);
/* Takes what the row leaves empty from the rows above, for columns that fill down. Once a row, in order. */
void sheet_fill_down(struct sheet *sheet, const struct row *row);
/* The cell of a mapping's column, filled down; "" where the row or the header has none. Borrowed until the next row. */
const char *sheet_cell(const struct sheet *sheet, const struct row *row, size_t column);
/* What is wrong with that cell, or with the one above that it takes its text from. */
enum cell_flaw sheet_cell_flaw(const struct sheet *sheet, const struct row *row, size_t column);
/* Whether the header has the mapping's column. */
bool sheet_has_column(const struct sheet *sheet, size_t column);
/* A column's name as the mapping has it and the header shows it, for people. */
const char *sheet_column_name(const struct sheet *sheet, size_t column);

const struct mapping *sheet_mapping(const struct sheet *sheet);
/* Row number of the header, its last row if it has several. */
uint64_t sheet_header_row(const struct sheet *sheet);
/* Of how many rows it is. */
size_t sheet_header_rows(const struct sheet *sheet);
/* The header's names, several rows joined by `/`. */
size_t sheet_header(const struct sheet *sheet, const char *const **names);

#endif
