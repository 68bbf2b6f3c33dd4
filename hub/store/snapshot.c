#include "snapshot.h"

#include <stdlib.h>
#include <string.h>

struct snapshot *snapshot_open(void)
{
    struct snapshot *snapshot = calloc(1, sizeof *snapshot);
    if (!snapshot)
        abort();
    return snapshot;
}

static void add_chunk(struct snapshot *snapshot, uint32_t index, uint32_t chunk, const struct table *table)
{
    if (snapshot->count == snapshot->chunks_capacity) {
        snapshot->chunks_capacity = snapshot->chunks_capacity ? snapshot->chunks_capacity * 2 : 64;
        snapshot->chunks = realloc(snapshot->chunks, snapshot->chunks_capacity * sizeof *snapshot->chunks);
        if (!snapshot->chunks)
            abort();
    }
    const size_t at = (size_t)chunk << TABLE_CHUNK_SHIFT;
    const size_t left = table_size(table) - at;
    snapshot->chunks[snapshot->count++] =
        (struct snapshot_chunk){.table = index,
                                .chunk = chunk,
                                .size = left < TABLE_CHUNK_SIZE ? left : TABLE_CHUNK_SIZE,
                                .bytes = table->rows + at};
}

static void take_marked(struct snapshot *snapshot, uint32_t index, struct table *table)
{
    for (uint32_t chunk = 0; table_take_mark(table, TABLE_MARK_SNAPSHOT, &chunk); chunk++)
        add_chunk(snapshot, index, chunk, table);
}

void snapshot_lend(struct snapshot *snapshot, struct state *state)
{
    snapshot->heads = state->heads;
    snapshot->count = 0;
    for (uint32_t i = 0; i < STATE_TABLES; i++) {
        struct table *table = state_change_table(state, i);
        snapshot->counts[i] = table->count;
        snapshot->row_sizes[i] = table->row_size;
        take_marked(snapshot, i, table);
    }
}

size_t snapshot_size(const struct snapshot *snapshot)
{
    size_t size = 0;
    for (size_t i = 0; i < snapshot->count; i++)
        size += snapshot->chunks[i].size;
    return size;
}

/* Room for the copies, and some more: the next snapshot is about as large, and memory that is used again costs less
 * than such as the system must clear first. What nothing was copied to takes no memory. */
static void make_room(struct snapshot *snapshot, size_t size)
{
    if (size <= snapshot->bytes_capacity)
        return;
    snapshot->bytes_capacity = size + size / 2;
    snapshot->bytes = realloc(snapshot->bytes, snapshot->bytes_capacity);
    if (!snapshot->bytes)
        abort();
}

void snapshot_take(struct snapshot *snapshot, struct state *state)
{
    snapshot_lend(snapshot, state);
    make_room(snapshot, snapshot_size(snapshot));
    uint8_t *at = snapshot->bytes;
    for (size_t i = 0; i < snapshot->count; i++) {
        struct snapshot_chunk *chunk = &snapshot->chunks[i];
        memcpy(at, chunk->bytes, chunk->size);
        chunk->bytes = at;
        at += chunk->size;
    }
}

void snapshot_return(const struct snapshot *snapshot, struct state *state)
{
    for (size_t i = 0; i < snapshot->count; i++)
        state_change_table(state, snapshot->chunks[i].table)->marks[snapshot->chunks[i].chunk] |= TABLE_MARK_SNAPSHOT;
}

void snapshot_close(struct snapshot **snapshot)
{
    if (*snapshot) {
        free((*snapshot)->chunks);
        free((*snapshot)->bytes);
    }
    free(*snapshot);
    *snapshot = NULL;
}
