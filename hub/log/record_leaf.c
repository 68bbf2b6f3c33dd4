#include "record_leaf.h"

#include <assert.h>
#include <string.h>

#include "proof/leaf.h"

static struct leaf leaf_of(const struct block_view *block, uint32_t index)
{
    const struct block_entry *entry = &block->entries[index];
    const struct block_publisher *publisher = &block->publishers[entry->publisher];
    const struct block_batch *batch = block_batch(block, index);
    return (struct leaf){
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
}

struct merkle_hash record_leaf(const struct block_view *block, uint32_t index)
{
    const struct leaf leaf = leaf_of(block, index);
    uint8_t bytes[LEAF_SIZE];
    leaf_write(&leaf, bytes);
    return merkle_leaf(bytes, sizeof bytes);
}

void record_leaves(struct many_hashes *hasher, const struct block_view *block, uint32_t index, uint32_t count,
                   struct merkle_hash leaves[static RECORD_LEAVES_MAX])
{
    uint8_t entries[RECORD_LEAVES_MAX][LEAF_SIZE];
    uint8_t identity[MERKLE_HASH_SIZE];
    const char *hashed = NULL; /* the identity whose hash is at hand */
    assert(count <= RECORD_LEAVES_MAX && index + count <= block->header->count);
    for (uint32_t i = 0; i < count; i++) {
        const struct leaf leaf = leaf_of(block, index + i);
        uint8_t *entry = entries[i];
        leaf_write_numbers(&leaf, entry);
        if (hashed != leaf.identity)
            leaf_hash_identity(leaf.identity, leaf.root, identity);
        hashed = leaf.identity;
        memcpy(entry + LEAF_IDENTITY_AT, identity, sizeof identity);
        many_hashes_add(hasher, leaf.event, leaf.event_size, entry + LEAF_EVENT_AT);
        if (leaf.signature)
            many_hashes_add(hasher, leaf.signature, LEAF_SIGNATURE_SIZE, entry + LEAF_SIGNATURE_AT);
        else
            memset(entry + LEAF_SIGNATURE_AT, 0, MERKLE_HASH_SIZE);
    }
    many_hashes_flush(hasher);
    for (uint32_t i = 0; i < count; i++)
        many_hashes_add_leaf(hasher, entries[i], LEAF_SIZE, "", 0, &leaves[i]);
    many_hashes_flush(hasher);
}
