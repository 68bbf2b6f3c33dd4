/* Rows of one fixed size in one growing block, addressed by ordinal. Row 0 is "none" and all zero, so that an ordinal
 * of 0 means absent. Rows hold no pointers: a table is written, read and digested as it stands in memory. A row pointer
 * is good until the next table_add. Memory running out ends the program: the state would be no longer the log's. */
#ifndef HUB_DOMAIN_TABLE_H
#define HUB_DOMAIN_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct table {
    unsigned char *rows;
    uint32_t count; /* rows in use, row 0 included */
    uint32_t capacity;
    uint32_t row_size; /* bytes */
};

/* Makes an empty table (row 0 only). table_clear frees it. */
void table_init(struct table *table, size_t row_size);
void table_clear(struct table *table);
/* Adds an all-zero row and returns its ordinal. */
uint32_t table_add(struct table *table);
/* Adds `count` all-zero rows and returns the ordinal of the first. */
uint32_t table_add_many(struct table *table, uint32_t count);

static inline void *table_row(const struct table *table, uint32_t ordinal)
{
    return table->rows + (size_t)ordinal * table->row_size;
}

#endif
