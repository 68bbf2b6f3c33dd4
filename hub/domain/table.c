#include "table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 16 };

static void grow(struct table *table, uint32_t needed)
{
    uint32_t capacity = table->capacity ? table->capacity : FIRST_CAPACITY;
    while (capacity < needed) {
        assert(capacity < UINT32_MAX / 2);
        capacity *= 2;
    }
    unsigned char *rows = realloc(table->rows, (size_t)capacity * table->row_size);
    if (!rows)
        abort();
    table->rows = rows;
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
    *table = (struct table){0};
}

uint32_t table_add_many(struct table *table, uint32_t count)
{
    assert(count <= UINT32_MAX - table->count);
    if (table->count + count > table->capacity)
        grow(table, table->count + count);
    uint32_t first = table->count;
    memset(table_row(table, first), 0, (size_t)count * table->row_size);
    table->count += count;
    return first;
}

uint32_t table_add(struct table *table)
{
    return table_add_many(table, 1);
}
