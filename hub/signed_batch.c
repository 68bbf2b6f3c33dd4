#include "signed_batch.h"

#include <assert.h>
#include <string.h>

#include "language.h"
#include "wire.h"

enum { SIGNATURE_KEY = 1, SIGNATURE_SIGNATURE, SIGNATURE_SALTS };

_Static_assert((int)BLOCK_KEY_SIZE == (int)BATCH_KEY_SIZE && (int)BLOCK_SIGNATURE_SIZE == (int)BATCH_SIGNATURE_SIZE &&
                   (int)BLOCK_SALT_SIZE == (int)BATCH_SALT_SIZE && (int)BLOCK_HASH_SIZE == (int)MERKLE_HASH_SIZE &&
                   (int)BLOCK_BATCH_EVENTS_MAX == (int)BATCH_EVENTS_MAX,
               "what is stored is what is signed");
_Static_assert(sizeof(struct merkle_hash) == BLOCK_HASH_SIZE, "hashes lie close");

/* As batch_tree_root, level by level. */
static struct merkle_hash root_of(struct many_hashes *hasher, struct batch_tree *tree)
{
    many_hashes_flush(hasher);
    for (int level = 1; level < tree->levels; level++) {
        const struct merkle_hash *below = tree->hashes + tree->begin[level - 1];
        struct merkle_hash *here = tree->hashes + tree->begin[level];
        const uint32_t pairs = tree->width[level - 1] / 2;
        for (uint32_t i = 0; i < pairs; i++)
            many_hashes_add_node(hasher, &below[2 * i], &below[2 * i + 1], &here[i]);
        if (tree->width[level] > pairs) /* the last one, without a neighbour, goes up as it is */
            here[pairs] = below[2 * pairs];
        many_hashes_flush(hasher);
    }
    return tree->hashes[tree->begin[tree->levels - 1]];
}

bool signed_batch_read(const uint8_t *bytes, size_t size, uint32_t count, struct signed_batch *batch)
{
    struct wire_reader reader = wire_read(bytes, size);
    struct wire_field field;
    const uint8_t **const parts[] = {&batch->key, &batch->signature, &batch->salts};
    const size_t sizes[] = {BATCH_KEY_SIZE, BATCH_SIGNATURE_SIZE, (size_t)count * BATCH_SALT_SIZE};
    int found = 0;
    *batch = (struct signed_batch){0};
    while (wire_next(&reader, &field)) {
        if (field.number < SIGNATURE_KEY || field.number > SIGNATURE_SALTS)
            continue;
        if (field.wire_type != PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED || field.size != sizes[field.number - 1])
            return false;
        *parts[field.number - 1] = field.bytes;
        found++;
    }
    return reader.flaw == WIRE_OK && found == 3 && batch->key && batch->signature && batch->salts;
}

const uint8_t *signed_batch_salt(const struct signed_batch *batch, uint32_t index)
{
    return batch->salts + (size_t)index * BATCH_SALT_SIZE;
}

void signed_batch_set(struct signed_batch *batch, uint32_t index, const void *event, size_t size)
{
    assert(index < batch->tree->width[0]);
    many_hashes_add_leaf(batch->hasher, signed_batch_salt(batch, index), BATCH_SALT_SIZE, event, size,
                         &batch->tree->hashes[index]);
}

bool signed_batch_verify(struct signed_batch *batch, const uint8_t key[static BATCH_KEY_SIZE])
{
    if (memcmp(key, batch->key, BATCH_KEY_SIZE) != 0)
        return false;
    batch->claim.root = root_of(batch->hasher, batch->tree);
    return batch_verify(&batch->claim, batch->key, batch->signature);
}

uint16_t signed_batch_keep(struct signed_batch *batch, uint32_t index, struct block_builder *block)
{
    if (batch->number == 0) {
        struct block_batch stored = {.first_sequence = batch->claim.first_sequence, .count = batch->claim.count};
        assert(strlen(batch->claim.source) < sizeof stored.source);
        memcpy(stored.key, batch->key, sizeof stored.key);
        memcpy(stored.signature, batch->signature, sizeof stored.signature);
        strcpy(stored.source, batch->claim.source);
        batch->number =
            block_builder_batch(block, &stored, (const uint8_t(*)[BLOCK_HASH_SIZE])(const void *)batch->tree->hashes);
    }
    block_builder_salt(block, batch->number, index, signed_batch_salt(batch, index));
    return batch->number;
}

/* ---- shown ---- */

static ProtobufCBinaryData bytes_at(const void *bytes, size_t size)
{
    return (ProtobufCBinaryData){.data = (uint8_t *)bytes, .len = size};
}

void sender_signature_of_event(const struct signed_batch *batch, uint32_t index, struct sender_signature *signature)
{
    Sanling__V1__SenderSignature *message = &signature->message;
    const struct merkle_hash *path[BATCH_LEVELS_MAX];
    sanling__v1__sender_signature__init(message);
    message->source = (char *)batch->claim.source;
    message->first_sequence = batch->claim.first_sequence;
    message->count = batch->claim.count;
    message->key = bytes_at(batch->key, BATCH_KEY_SIZE);
    message->signature = bytes_at(batch->signature, BATCH_SIGNATURE_SIZE);
    message->salt = bytes_at(signed_batch_salt(batch, index), BATCH_SALT_SIZE);
    message->hashes = signature->hashes;
    message->n_hashes = (size_t)batch_tree_path(batch->tree, index, path);
    for (size_t i = 0; i < message->n_hashes; i++)
        signature->hashes[i] = bytes_at(path[i], MERKLE_HASH_SIZE);
}

/* ---- stored ---- */

static struct batch_claim claim_of(const struct block_view *block, const struct block_batch *batch,
                                   struct many_hashes *hasher, struct batch_tree *tree)
{
    batch_tree_begin(tree, batch->count);
    for (uint32_t i = 0; i < batch->count; i++) {
        struct merkle_hash hash;
        memcpy(hash.bytes, block->leaves[batch->first_leaf + i].hash, sizeof hash.bytes);
        batch_tree_set_hash(tree, i, &hash);
    }
    return (struct batch_claim){.source = batch->source,
                                .first_sequence = batch->first_sequence,
                                .count = batch->count,
                                .root = root_of(hasher, tree)};
}

static bool damaged(uint64_t position, const char *what, struct fault *fault)
{
    return fault_set(fault, FAULT_DAMAGED, "position %llu: %s", (unsigned long long)position, translated(what));
}

/* The index of the first record that came in the batch; the block's first if none did. */
static uint32_t first_of(const struct block_view *block, uint32_t batch)
{
    for (uint32_t i = 0; i < block->header->count; i++)
        if (block->entries[i].batch == batch + 1)
            return i;
    return 0;
}

enum { CHECKED_AT_ONCE = 256 };

static const struct block_leaf *leaf_of(const struct block_view *block, uint32_t index)
{
    const struct block_batch *batch = block_batch(block, index);
    return batch ? &block->leaves[batch->first_leaf + block->entries[index].batch_leaf] : NULL;
}

/* The first of the records from `index` to before `end` that is not the event that was signed; `end`: each is. */
static uint32_t first_wrong(const struct block_view *block, struct many_hashes *hasher, uint32_t index, uint32_t end)
{
    struct merkle_hash hashes[CHECKED_AT_ONCE];
    for (uint32_t i = index; i < end; i++) {
        const struct block_entry *entry = &block->entries[i];
        const struct block_leaf *leaf = leaf_of(block, i);
        if (leaf)
            many_hashes_add_leaf(hasher, leaf->salt, sizeof leaf->salt, block->bytes + entry->offset, entry->size,
                                 &hashes[i - index]);
    }
    many_hashes_flush(hasher);
    for (uint32_t i = index; i < end; i++) {
        const struct block_leaf *leaf = leaf_of(block, i);
        if (leaf && memcmp(hashes[i - index].bytes, leaf->hash, sizeof leaf->hash) != 0)
            return i;
    }
    return end;
}

bool signed_block_check(const struct block_view *block, struct many_hashes *hasher, struct batch_tree *tree,
                        uint64_t *position, struct fault *fault)
{
    const uint64_t first = block->header->first_position;
    const uint32_t count = block->header->batch_count > 0 ? block->header->count : 0;
    for (uint32_t index = 0; index < count; index += CHECKED_AT_ONCE) {
        const uint32_t end = count - index < CHECKED_AT_ONCE ? count : index + CHECKED_AT_ONCE;
        const uint32_t wrong = first_wrong(block, hasher, index, end);
        *position = first + wrong;
        if (wrong < end)
            return damaged(*position, "is not the event that its sender signed", fault);
    }
    for (uint32_t i = 0; i < block->header->batch_count; i++) {
        const struct block_batch *batch = &block->batches[i];
        const struct batch_claim claim = claim_of(block, batch, hasher, tree);
        if (batch_verify(&claim, batch->key, batch->signature))
            continue;
        *position = first + first_of(block, i);
        return damaged(*position, "the batch that it came in is not signed as it says", fault);
    }
    return true;
}
