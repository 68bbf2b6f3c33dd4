/* Stored records as leaves of the log's tree (proto/proof/leaf.h). */
#ifndef HUB_LOG_RECORD_LEAF_H
#define HUB_LOG_RECORD_LEAF_H

#include <stdint.h>

#include "block.h"
#include "proof/many_hashes.h"
#include "proof/merkle.h"

/* Of the record at that index of the block. */
struct merkle_hash record_leaf(const struct block_view *block, uint32_t index);
/* Of `count` records of it from that index on, at most RECORD_LEAVES_MAX. */
enum { RECORD_LEAVES_MAX = 256 };
void record_leaves(struct many_hashes *hasher, const struct block_view *block, uint32_t index, uint32_t count,
                   struct merkle_hash leaves[static RECORD_LEAVES_MAX]);

#endif
