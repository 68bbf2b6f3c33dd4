/* Blocks from the end of the log as deliveries have them: whoever follows the log gets the same bytes as all others who
 * do, so they are encoded once. One thread owns it. */
#ifndef HUB_ENCODED_BLOCKS_H
#define HUB_ENCODED_BLOCKS_H

#include <stddef.h>
#include <stdint.h>

#include "log/block.h"
#include "wire.h"

enum { ENCODED_BLOCKS = 128 /* that are kept, of some 32 KiB each; the oldest goes first */ };

struct encoded_block {
    uint64_t first_position;
    uint32_t count;             /* 0: none is here */
    struct wire_writer records; /* one behind the other, as delivery_add writes them */
    uint32_t *ends;             /* of each, in it */
};

struct encoded_blocks;
struct encoded_blocks *encoded_blocks_open(void);
void encoded_blocks_close(struct encoded_blocks **blocks);
/* The block that holds the position; NULL: it is not kept. Borrowed until the next that is added. */
const struct encoded_block *encoded_blocks_find(const struct encoded_blocks *blocks, uint64_t position);
/* Encodes the block and keeps it. NULL: some of its records are not for everybody, or it is too large. */
const struct encoded_block *encoded_blocks_add(struct encoded_blocks *blocks, const struct block_view *block);

#endif
