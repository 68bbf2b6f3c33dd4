/* What changed in the state since the last snapshot, taken at once, so that a writer works on it while the state goes
 * on. */
#ifndef HUB_STORE_SNAPSHOT_H
#define HUB_STORE_SNAPSHOT_H

#include <stddef.h>
#include <stdint.h>

#include "domain/state.h"

struct snapshot_chunk {
    uint32_t table; /* as in state_table */
    uint32_t chunk; /* of the table */
    size_t size;    /* TABLE_CHUNK_SIZE, or less at the table's end */
    const uint8_t *bytes;
};

struct snapshot {
    struct state_heads heads;
    uint32_t counts[STATE_TABLES];
    uint32_t row_sizes[STATE_TABLES];
    struct snapshot_chunk *chunks;
    size_t count;
    size_t chunks_capacity;
    uint8_t *bytes; /* NULL: the chunks are the state's own */
    size_t bytes_capacity;
};

/* Takes the marked chunks with their marks. */
struct snapshot *snapshot_open(void);
void snapshot_take(struct snapshot *snapshot, struct state *state);
/* The same without copying: good until the state changes. */
void snapshot_lend(struct snapshot *snapshot, struct state *state);
/* Marks its chunks again: it was not written. */
void snapshot_return(const struct snapshot *snapshot, struct state *state);
size_t snapshot_size(const struct snapshot *snapshot);
/* Frees it and sets it to NULL. */
void snapshot_close(struct snapshot **snapshot);

#endif
