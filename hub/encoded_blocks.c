#include "encoded_blocks.h"

#include <stdbool.h>
#include <stdlib.h>

#include "delivery.h"

enum { BYTES_MAX = 256 * 1024, RECORDS_MAX = 2 * BLOCK_RECORDS };

struct encoded_blocks {
    struct encoded_block all[ENCODED_BLOCKS];
    uint32_t next; /* place of the one that is added next */
};

struct encoded_blocks *encoded_blocks_open(void)
{
    struct encoded_blocks *blocks = calloc(1, sizeof *blocks);
    if (!blocks)
        abort();
    return blocks;
}

void encoded_blocks_close(struct encoded_blocks **blocks)
{
    if (!*blocks)
        return;
    for (int i = 0; i < ENCODED_BLOCKS; i++) {
        wire_writer_release(&(*blocks)->all[i].records);
        free((*blocks)->all[i].ends);
    }
    free(*blocks);
    *blocks = NULL;
}

const struct encoded_block *encoded_blocks_find(const struct encoded_blocks *blocks, uint64_t position)
{
    for (uint32_t i = 0; i < ENCODED_BLOCKS; i++) {
        const struct encoded_block *block = &blocks->all[i];
        if (position >= block->first_position && position - block->first_position < block->count)
            return block;
    }
    return NULL;
}

static bool is_for_everybody(const struct block_view *block)
{
    for (uint32_t i = 0; i < block->header->count; i++)
        if (block->entries[i].flags != 0)
            return false;
    return true;
}

const struct encoded_block *encoded_blocks_add(struct encoded_blocks *blocks, const struct block_view *block)
{
    const uint32_t count = block->header->count;
    if (count > RECORDS_MAX || block->header->bytes_size > BYTES_MAX || !is_for_everybody(block))
        return NULL;
    struct encoded_block *added = &blocks->all[blocks->next];
    struct delivery_origin origin = {0};
    blocks->next = (blocks->next + 1) % ENCODED_BLOCKS;
    added->first_position = block->header->first_position;
    added->count = count;
    if (!added->ends)
        added->ends = calloc(RECORDS_MAX, sizeof *added->ends);
    if (!added->ends)
        abort();
    wire_writer_clear(&added->records);
    for (uint32_t i = 0; i < count; i++) {
        delivery_add(&added->records, &origin, block, i);
        added->ends[i] = (uint32_t)added->records.size;
    }
    return added;
}
