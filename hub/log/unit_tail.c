#include "unit_tail.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { WORD_BITS = 64 };

struct unit_tail {
    uint64_t segment;
    uint32_t count; /* places known, from the segment's start */
    uint32_t units[UNIT_SEGMENT];
    uint64_t blocks[UNIT_SEGMENT / WORD_BITS]; /* where blocks begin */
};

struct unit_tail *unit_tail_open(void)
{
    struct unit_tail *tail = calloc(1, sizeof *tail);
    if (!tail)
        abort();
    return tail;
}

void unit_tail_close(struct unit_tail **tail)
{
    free(*tail);
    *tail = NULL;
}

static uint64_t first_of(uint64_t segment)
{
    return segment * UNIT_SEGMENT + 1;
}

static void begin(struct unit_tail *tail, uint64_t segment)
{
    tail->segment = segment;
    tail->count = 0;
    memset(tail->blocks, 0, sizeof tail->blocks);
}

void unit_tail_take(struct unit_tail *tail, const struct block_view *block)
{
    const uint64_t block_first = block->header->first_position;
    const uint64_t block_last = block_first + block->header->count - 1;
    const uint64_t segment = unit_segment_of(block_last);
    if (segment > tail->segment && block_first <= first_of(segment))
        begin(tail, segment);
    const uint64_t first = first_of(tail->segment);
    const uint64_t next = first + tail->count;
    if (next < block_first || next > block_last)
        return;
    if (next == block_first)
        tail->blocks[tail->count / WORD_BITS] |= UINT64_C(1) << (tail->count % WORD_BITS);
    for (uint64_t i = next - block_first; i < block->header->count && tail->count < UNIT_SEGMENT; i++)
        tail->units[tail->count++] = block->entries[i].unit;
}

uint64_t unit_tail_next(struct unit_tail *tail, uint64_t segment)
{
    if (tail->segment != segment)
        begin(tail, segment);
    return first_of(segment) + tail->count;
}

void unit_tail_find(const struct unit_tail *tail, uint64_t from, uint64_t until, const uint64_t *units,
                    uint32_t unit_count, struct unit_hits *hits)
{
    const uint64_t first = first_of(tail->segment);
    assert(from >= first && until < first + tail->count);
    memset(hits->bits, 0, sizeof hits->bits);
    memcpy(hits->blocks, tail->blocks, sizeof hits->blocks);
    hits->segment = tail->segment;
    hits->indexed = true;
    for (uint64_t position = from; position <= until; position++) {
        const uint32_t place = (uint32_t)(position - first);
        const uint32_t unit = tail->units[place];
        if (unit < unit_count && (units[unit / WORD_BITS] >> (unit % WORD_BITS) & 1))
            hits->bits[place / WORD_BITS] |= UINT64_C(1) << (place % WORD_BITS);
    }
}
