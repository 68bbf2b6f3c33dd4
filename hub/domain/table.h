/* Rows of one fixed size in one growing block, addressed by ordinal. Row 0 is "none" and all zero, so that an ordinal
 * of 0 means absent. Rows hold no pointers: a table is written, read and digested as it stands in memory. A row pointer
 * is good until the next table_add. Memory running out ends the program: the state would be no longer the log's.
 *
 * A table knows which chunks of its block changed, so that a snapshot takes what changed since the last one. Whoever
 * writes to a row asks for it with table_change; the compiler sees to that. */
#ifndef HUB_DOMAIN_TABLE_H
#define HUB_DOMAIN_TABLE_H

#include <stddef.h>
#include <stdint.h>

/* Small enough that a changed row takes little with it, large enough that a list of chunks costs nothing. */
enum { TABLE_CHUNK_SHIFT = 14, TABLE_CHUNK_SIZE = 1 << TABLE_CHUNK_SHIFT };

struct table {
    unsigned char *rows;
    uint8_t *marks; /* of each chunk of the capacity: 1 if it changed since the mark was taken away */
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

static inline const void *table_row(const struct table *table, uint32_t ordinal)
{
    return table->rows + (size_t)ordinal * table->row_size;
}

/* The row to be written to: its chunks are marked. */
static inline void *table_change(struct table *table, uint32_t ordinal)
{
    const size_t at = (size_t)ordinal * table->row_size;
    table->marks[at >> TABLE_CHUNK_SHIFT] = 1;
    table->marks[(at + table->row_size - 1) >> TABLE_CHUNK_SHIFT] = 1;
    return table->rows + at;
}

/* Bytes in use, and chunks that hold them. */
static inline size_t table_size(const struct table *table)
{
    return (size_t)table->count * table->row_size;
}
static inline uint32_t table_chunks(const struct table *table)
{
    return (uint32_t)((table_size(table) + TABLE_CHUNK_SIZE - 1) >> TABLE_CHUNK_SHIFT);
}

#endif
