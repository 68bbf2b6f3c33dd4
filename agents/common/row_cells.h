/* What a row says, however a mapping reads it: a hash of its filled cells, each under its column's name. Where it
 * stands, in which order its columns stand and empty columns make no difference. With it, a row that changed is told
 * from a mapping that changed. */
#ifndef SANLING_ROW_CELLS_H
#define SANLING_ROW_CELLS_H

#include "outbox.h"
#include "sheet.h"

struct row_cells;

/* Borrows the sheet. NULL: memory ran out. */
struct row_cells *row_cells_open(const struct sheet *sheet);
void row_cells_close(struct row_cells **cells);
void row_cells_hash(const struct row_cells *cells, const struct row *row, uint8_t hash[static OUTBOX_CELLS_SIZE]);

#endif
