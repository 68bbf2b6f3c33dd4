#include "record_leaf.h"

#include "proof/leaf.h"

struct merkle_hash record_leaf(const struct block_view *block, uint32_t index)
{
    const struct block_entry *entry = &block->entries[index];
    const struct block_publisher *publisher = &block->publishers[entry->publisher];
    const struct block_batch *batch = block_batch(block, index);
    const struct leaf leaf = {
        .position = block->header->first_position + index,
        .recorded_at_us = entry->recorded_at_us,
        .routed_to = entry->routed_to,
        .office = entry->office,
        .identity = publisher->identity,
        .root = publisher->root,
        .event = block->bytes + entry->offset,
        .event_size = entry->size,
        .signature = batch ? batch->signature : NULL,
    };
    uint8_t bytes[LEAF_SIZE];
    leaf_write(&leaf, bytes);
    return merkle_leaf(bytes, sizeof bytes);
}
