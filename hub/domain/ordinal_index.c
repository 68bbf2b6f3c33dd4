#include "ordinal_index.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 64 };

void ordinal_index_clear(struct ordinal_index *index)
{
    free(index->slots);
    *index = (struct ordinal_index){0};
}

static void place(struct ordinal_slot *slots, uint32_t mask, struct ordinal_slot slot)
{
    uint32_t at = slot.hash & mask;
    while (slots[at].ordinal)
        at = (at + 1) & mask;
    slots[at] = slot;
}

static void grow(struct ordinal_index *index)
{
    uint32_t size = index->slots ? (index->mask + 1) * 2 : FIRST_SLOTS;
    struct ordinal_slot *slots = calloc(size, sizeof *slots);
    if (!slots)
        abort();
    for (uint32_t i = 0; index->slots && i <= index->mask; i++)
        if (index->slots[i].ordinal)
            place(slots, size - 1, index->slots[i]);
    free(index->slots);
    index->slots = slots;
    index->mask = size - 1;
}

void ordinal_index_add(struct ordinal_index *index, uint32_t hash, uint32_t ordinal)
{
    if (!index->slots || index->count >= index->mask / 4 * 3)
        grow(index);
    place(index->slots, index->mask, (struct ordinal_slot){.hash = hash, .ordinal = ordinal});
    index->count++;
}

uint32_t ordinal_index_next(const struct ordinal_index *index, uint32_t hash, uint32_t *cursor)
{
    if (!index->slots)
        return 0;
    for (;;) {
        const struct ordinal_slot *slot = &index->slots[(hash + (*cursor)++) & index->mask];
        if (!slot->ordinal || slot->hash == hash)
            return slot->ordinal;
    }
}

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0xFF51AFD7ED558CCDu;
    return hash ^ hash >> 32;
}

static uint64_t word_at(const unsigned char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word); /* a size that the compiler knows: one load, no call */
    return word;
}

/* The bytes that are left behind the last whole word, as a word. Copied into one byte by byte they could not be loaded
 * before all of them had been stored. */
static uint64_t last_word(const unsigned char *at, size_t left, bool behind_others)
{
    uint64_t word = 0;
    if (behind_others)
        return word_at(at + left - sizeof word) >> (8 * (sizeof word - left));
    for (size_t i = 0; i < left; i++)
        word |= (uint64_t)at[i] << (8 * i);
    return word;
}

uint32_t ordinal_hash(const void *bytes, size_t size, uint32_t seed)
{
    const unsigned char *at = bytes;
    const size_t left = size % sizeof(uint64_t);
    uint64_t hash = (seed + (uint64_t)size * 31) ^ 0x9E3779B97F4A7C15u;
    for (const unsigned char *const end = at + size - left; at < end; at += sizeof(uint64_t))
        hash = mix(hash, word_at(at));
    if (left > 0)
        hash = mix(hash, last_word(at, left, size > left));
    hash *= 0xC4CEB9FE1A85EC53u;
    return (uint32_t)(hash >> 32);
}
