/* Which positions hold records about a unit. Positions are cut into segments, and a segment that is complete has, in
 * the store, the list of its positions for each unit that occurs in it: as chunks of some kilobytes, ordered by unit. A
 * chunk is written with the records that complete its segment, in one write; the segment that is being filled is only
 * in memory, and who reads the end of the log notes its units (unit_tail.h).
 *
 *     key:   segment, then the chunk's first unit (of a segment's first chunk: 0), both big-endian
 *     value: count | count times (unit, end of its list) | lists: steps from position to position, as varints
 *
 * Behind a segment's chunks, under the highest unit there can be, is the list of the positions where blocks begin, so
 * that a record's block is found without a search. */
#ifndef HUB_LOG_UNIT_INDEX_H
#define HUB_LOG_UNIT_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "rocks.h"

enum { UNIT_SEGMENT = 65536 /* positions */, UNIT_KEY_SIZE = 8 };

static inline uint64_t unit_segment_of(uint64_t position)
{
    return (position - 1) / UNIT_SEGMENT;
}
static inline uint64_t unit_segment_last(uint64_t segment)
{
    return (segment + 1) * UNIT_SEGMENT;
}

/* The segment that is being filled. */
struct unit_index;
struct unit_index *unit_index_open(void);
void unit_index_close(struct unit_index **index);
/* Begins a segment: its first position is added next. */
void unit_index_begin(struct unit_index *index, uint64_t segment);
/* Adds the next position, whose record is about this unit (0: none) and may be the first of its block. true: the
 * segment is complete, for unit_index_complete; nothing more is added before that. */
bool unit_index_add(struct unit_index *index, uint32_t unit, bool begins_block);
/* Gives the segment's chunks in the order of their keys, borrowed for the call, and begins the next segment. `put`
 * NULL: they are not wanted. */
typedef void unit_index_put(const uint8_t key[static UNIT_KEY_SIZE], const uint8_t *value, size_t size, void *context);
void unit_index_complete(struct unit_index *index, unit_index_put *put, void *context);

/* Compares a complete segment with what the store has, and begins the next. A segment that the store has nothing of is
 * good. FAULT_DAMAGED: the store has something else. */
MUST_CHECK bool unit_index_compare(struct unit_index *index, const struct rocks *rocks, struct fault *fault);

/* Positions of a segment. */
struct unit_hits {
    uint64_t segment;
    bool indexed; /* false: nothing is known about the segment */
    uint64_t bits[UNIT_SEGMENT / 64];
    uint64_t blocks[UNIT_SEGMENT / 64]; /* where blocks begin */
};
/* Finds the segment's positions whose records are about one of the units: `units` has a bit for each ordinal below
 * `unit_count`. *iterator: over the index as it was when it was made, which is now where it is NULL; the caller
 * destroys it. FAULT_DAMAGED: a chunk is none. */
MUST_CHECK bool unit_index_find(const struct rocks *rocks, rocksdb_iterator_t **iterator, uint64_t segment,
                                const uint64_t *units, uint32_t unit_count, struct unit_hits *hits,
                                struct fault *fault);
/* The first hit at `position` or behind it; one past the segment if there is none. */
uint64_t unit_hits_next(const struct unit_hits *hits, uint64_t position);
/* Where the block begins that holds the position; 0 if that is before the segment. */
uint64_t unit_hits_block(const struct unit_hits *hits, uint64_t position);
/* Where the blocks begin that hold the hits from `position` on, which is one, at most `max` of them. 0: that of the
 * first is before the segment. */
size_t unit_hits_blocks(const struct unit_hits *hits, uint64_t position, uint64_t *firsts, size_t max);

#endif
