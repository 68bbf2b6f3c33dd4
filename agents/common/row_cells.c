#include "row_cells.h"

#include "fault.h"
#include "report.h"
#include "text.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_KEY_SIZE = crypto_shorthash_siphashx24_KEYBYTES };

_Static_assert(OUTBOX_CELLS_SIZE == crypto_shorthash_siphashx24_BYTES, "SipHash of 128 bits");
_Static_assert(NAME_KEY_SIZE == crypto_shorthash_siphashx24_BYTES, "a name's hash is the key of its cells'");

struct row_cells {
    const struct sheet *sheet;
    size_t count;
    uint8_t (*name_keys)[NAME_KEY_SIZE]; /* of the header's cells */
};

static bool hash_name(const char *name, uint8_t key[static NAME_KEY_SIZE])
{
    static const uint8_t no_secret[NAME_KEY_SIZE] = {0}; /* hashes are kept and compared later */
    CLEANUP(text_free) char *compared = text_compared(name);
    if (compared == NULL)
        return false;
    crypto_shorthash_siphashx24(key, (const uint8_t *)compared, strlen(compared), no_secret);
    return true;
}

struct row_cells *row_cells_open(const struct sheet *sheet)
{
    CLEANUP(row_cells_close) struct row_cells *cells = calloc(1, sizeof *cells);
    const char *const *names;
    if (cells == NULL)
        return NULL;
    cells->sheet = sheet;
    const size_t count = sheet_header(sheet, &names);
    cells->count = report_own_columns(names, count); /* a mended row says what it says in the register */
    cells->name_keys = calloc(cells->count + 1, sizeof *cells->name_keys);
    if (cells->name_keys == NULL)
        return NULL;
    for (size_t i = 0; i < cells->count; i++)
        if (!hash_name(names[i], cells->name_keys[i]))
            return NULL;
    struct row_cells *opened = cells;
    cells = NULL;
    return opened;
}

void row_cells_close(struct row_cells **cells)
{
    if (*cells != NULL)
        free((*cells)->name_keys);
    free(*cells);
    *cells = NULL;
}

/* Sums do not depend on the order of their terms. */
static void add_cell(uint64_t sum[static 2], const char *cell, const uint8_t key[static NAME_KEY_SIZE])
{
    uint64_t term[2];
    _Static_assert(sizeof term == OUTBOX_CELLS_SIZE, "two halves");
    if (cell[0] == '\0')
        return;
    crypto_shorthash_siphashx24((uint8_t *)term, (const uint8_t *)cell, strlen(cell), key);
    sum[0] += term[0];
    sum[1] += term[1];
}

void row_cells_hash(const struct row_cells *cells, const struct row *row, uint8_t hash[static OUTBOX_CELLS_SIZE])
{
    static const uint8_t filled_down[NAME_KEY_SIZE] = "filled down";
    const struct mapping *mapping = sheet_mapping(cells->sheet);
    uint64_t sum[2] = {0};
    for (size_t i = 0; i < cells->count && i < row->cell_count; i++)
        add_cell(sum, row->cells[i], cells->name_keys[i]);
    for (size_t i = 0; i < mapping->column_count; i++)
        if (mapping->columns[i].fill_down)
            add_cell(sum, sheet_cell(cells->sheet, row, i), filled_down);
    memcpy(hash, sum, OUTBOX_CELLS_SIZE);
}
