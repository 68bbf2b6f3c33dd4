/* Rows of one fixed size in one growing block, addressed by ordinal. Row 0 is "none" and all zero, so that an ordinal
 * of 0 means absent. Rows hold no pointers: a table is written, read and digested as it stands in memory. A row pointer
 * is good until the next table_add. Memory running out ends the program: the state would be no longer the log's.
 *
 * A table knows which chunks of its block changed, so that a snapshot takes what changed since the last one, and
 * figures are counted anew where something changed (figure_sums.h). Whoever writes to a row asks for it with
 * table_change; the compiler sees to that. */
#ifndef HUB_DOMAIN_TABLE_H
#define HUB_DOMAIN_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Small enough that a changed row takes little with it, large enough that a list of chunks costs nothing. */
enum { TABLE_CHUNK_SHIFT = 14, TABLE_CHUNK_SIZE = 1 << TABLE_CHUNK_SHIFT };

/* A change leaves both marks with one write; each of the two takes its own away. */
enum { TABLE_MARK_SNAPSHOT = 1, TABLE_MARK_COUNTED = 2, TABLE_MARKS = TABLE_MARK_SNAPSHOT | TABLE_MARK_COUNTED };

struct table {
    unsigned char *rows;
    uint8_t *marks; /* of each chunk of the capacity: what it changed since, TABLE_MARK_ bits */
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
/* Finds a chunk that has the mark, *chunk or a later one, takes the mark away, and tells it in *chunk. */
bool table_take_mark(struct table *table, uint8_t mark, uint32_t *chunk);

static inline const void *table_row(const struct table *table, uint32_t ordinal)
{
    return table->rows + (size_t)ordinal * table->row_size;
}

/* The row to be written to: its chunks are marked. */
static inline void *table_change(struct table *table, uint32_t ordinal)
{
    const size_t at = (size_t)ordinal * table->row_size;
    table->marks[at >> TABLE_CHUNK_SHIFT] = TABLE_MARKS;
    table->marks[(at + table->row_size - 1) >> TABLE_CHUNK_SHIFT] = TABLE_MARKS;
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

/* The rows that begin in a chunk: from *first to before *end. */
static inline void table_chunk_rows(const struct table *table, uint32_t chunk, uint32_t *first, uint32_t *end)
{
    const size_t size = table->row_size;
    const size_t behind = ((((size_t)chunk + 1) << TABLE_CHUNK_SHIFT) + size - 1) / size;
    *first = (uint32_t)((((size_t)chunk << TABLE_CHUNK_SHIFT) + size - 1) / size);
    *end = behind < table->count ? (uint32_t)behind : table->count;
}

#endif
