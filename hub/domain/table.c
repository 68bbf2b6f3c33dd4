#include "table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 16 };

static size_t chunks_of(size_t size)
{
    return (size + TABLE_CHUNK_SIZE - 1) >> TABLE_CHUNK_SHIFT;
}

static void grow(struct table *table, uint32_t needed)
{
    uint32_t capacity = table->capacity ? table->capacity : FIRST_CAPACITY;
    while (capacity < needed) {
        assert(capacity < UINT32_MAX / 2);
        capacity *= 2;
    }
    const size_t chunks = chunks_of((size_t)table->capacity * table->row_size);
    const size_t chunks_new = chunks_of((size_t)capacity * table->row_size);
    unsigned char *rows = realloc(table->rows, (size_t)capacity * table->row_size);
    uint8_t *marks = realloc(table->marks, chunks_new);
    if (!rows || !marks)
        abort();
    memset(marks + chunks, 0, chunks_new - chunks);
    table->rows = rows;
    table->marks = marks;
    table->capacity = capacity;
}

void table_init(struct table *table, size_t row_size)
{
    *table = (struct table){.row_size = (uint32_t)row_size};
    table_add(table);
}

void table_clear(struct table *table)
{
    free(table->rows);
    free(table->marks);
    *table = (struct table){0};
}

uint32_t table_add_many(struct table *table, uint32_t count)
{
    assert(count <= UINT32_MAX - table->count);
    if (table->count + count > table->capacity)
        grow(table, table->count + count);
    uint32_t first = table->count;
    const size_t at = (size_t)first * table->row_size;
    const size_t size = (size_t)count * table->row_size;
    if (size > 0) {
        memset(table->rows + at, 0, size);
        memset(table->marks + (at >> TABLE_CHUNK_SHIFT), TABLE_MARKS, chunks_of(at + size) - (at >> TABLE_CHUNK_SHIFT));
    }
    table->count += count;
    return first;
}

uint32_t table_add(struct table *table)
{
    return table_add_many(table, 1);
}

bool table_take_mark(struct table *table, uint8_t mark, uint32_t *chunk)
{
    const uint32_t chunks = table_chunks(table);
    const uint64_t any = mark * UINT64_C(0x0101010101010101);
    for (uint32_t at = *chunk; at < chunks; at++) {
        uint64_t eight;
        if (chunks - at >= sizeof eight) { /* most of them are unmarked */
            memcpy(&eight, table->marks + at, sizeof eight);
            if (!(eight & any)) {
                at += sizeof eight - 1;
                continue;
            }
        }
        if (table->marks[at] & mark) {
            table->marks[at] &= (uint8_t)~mark;
            *chunk = at;
            return true;
        }
    }
    return false;
}
