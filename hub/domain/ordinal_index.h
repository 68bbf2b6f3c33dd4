/* Finds a table's row by key: open addressing over (hash, ordinal) pairs, so that a million rows cost twelve megabytes
 * and no allocation each. The key itself stays in the row; the caller compares. */
#ifndef HUB_DOMAIN_ORDINAL_INDEX_H
#define HUB_DOMAIN_ORDINAL_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ordinal_slot {
    uint32_t hash;
    uint32_t ordinal; /* 0: free */
};

struct ordinal_index {
    struct ordinal_slot *slots;
    uint32_t mask; /* slots - 1, a power of two less one; 0: none yet */
    uint32_t count;
};

void ordinal_index_clear(struct ordinal_index *index);
/* Adds a row whose key is not in the index yet. */
void ordinal_index_add(struct ordinal_index *index, uint32_t hash, uint32_t ordinal);
/* Walks the candidates of a hash: *cursor starts at 0; returns 0 when there are no more. Any candidate may be another
 * key with the same hash: compare. */
uint32_t ordinal_index_next(const struct ordinal_index *index, uint32_t hash, uint32_t *cursor);
/* Has the processor bring what ordinal_index_next will look at first. */
static inline void ordinal_index_expect(const struct ordinal_index *index, uint32_t hash)
{
    if (index->slots)
        __builtin_prefetch(&index->slots[hash & index->mask]);
}
/* Hash of bytes, 32 bits, well mixed; not secret: keys come from authenticated offices. */
uint32_t ordinal_hash(const void *bytes, size_t size, uint32_t seed);

#endif
