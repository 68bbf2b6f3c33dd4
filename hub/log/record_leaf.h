/* A stored record as a leaf of the log's tree (proto/proof/leaf.h). */
#ifndef HUB_LOG_RECORD_LEAF_H
#define HUB_LOG_RECORD_LEAF_H

#include <stdint.h>

#include "block.h"
#include "proof/merkle.h"

/* Of the record at that index of the block. */
struct merkle_hash record_leaf(const struct block_view *block, uint32_t index);

#endif
