#include "read_together.h"

#include <assert.h>
#include <stdlib.h>

struct read_together {
    const struct rocks *rocks;
    rocksdb_column_family_handle_t *family;
    size_t count; /* that were got; those that were taken since are NULL */
    uint64_t keys[READ_TOGETHER_MAX];
    rocksdb_pinnableslice_t *slices[READ_TOGETHER_MAX];
};

struct read_together *read_together_open(const struct rocks *rocks, enum rocks_family family)
{
    struct read_together *together = calloc(1, sizeof *together);
    if (!together)
        abort();
    together->rocks = rocks;
    together->family = rocks->families[family];
    return together;
}

void read_together_close(struct read_together **together)
{
    if (!*together)
        return;
    read_together_rest(*together);
    free(*together);
    *together = NULL;
}

void read_together_rest(struct read_together *together)
{
    for (size_t i = 0; i < together->count; i++)
        rocks_slice_destroy(&together->slices[i]);
    together->count = 0;
}

bool read_together_rests(const struct read_together *together)
{
    return together->count == 0;
}

void read_together_get(struct read_together *together, const uint64_t *keys, size_t count)
{
    uint8_t written[READ_TOGETHER_MAX][8];
    const char *starts[READ_TOGETHER_MAX];
    size_t sizes[READ_TOGETHER_MAX];
    char *errors[READ_TOGETHER_MAX];
    assert(count <= READ_TOGETHER_MAX);
    read_together_rest(together);
    for (size_t i = 0; i < count; i++) {
        rocks_number_key(keys[i], written[i]);
        starts[i] = (const char *)written[i];
        sizes[i] = sizeof written[i];
        together->keys[i] = keys[i];
    }
    rocksdb_batched_multi_get_cf(together->rocks->db, together->rocks->reading_past, together->family, count, starts,
                                 sizes, together->slices, errors, true);
    for (size_t i = 0; i < count; i++)
        rocks_error_free(&errors[i]);
    together->count = count;
}

/* Where it is among those that were got and not taken; READ_TOGETHER_MAX: it is not. */
static size_t find(const struct read_together *together, uint64_t key)
{
    for (size_t i = 0; i < together->count; i++)
        if (together->slices[i] && together->keys[i] == key)
            return i;
    return READ_TOGETHER_MAX;
}

bool read_together_has(const struct read_together *together, uint64_t key)
{
    return find(together, key) < READ_TOGETHER_MAX;
}

rocksdb_pinnableslice_t *read_together_take(struct read_together *together, uint64_t key)
{
    const size_t at = find(together, key);
    if (at == READ_TOGETHER_MAX)
        return NULL;
    rocksdb_pinnableslice_t *slice = together->slices[at];
    together->slices[at] = NULL;
    return slice;
}
