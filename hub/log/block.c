#include "block.h"

#include "language.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_MAGIC = 0x4B4C4E53, BLOCK_VERSION = 2 };

_Static_assert(sizeof(struct block_header) == 64, "on disk");
_Static_assert(sizeof(struct block_batch) == 184, "on disk");
_Static_assert(sizeof(struct block_leaf) == 48, "on disk");
_Static_assert(sizeof(struct block_entry) == 40, "on disk");
_Static_assert(sizeof(struct block_publisher) == 88, "on disk");

void block_builder_init(struct block_builder *builder)
{
    *builder = (struct block_builder){0};
}

void block_builder_clear(struct block_builder *builder)
{
    free(builder->entries);
    free(builder->batches);
    free(builder->leaves);
    free(builder->bytes);
    block_builder_init(builder);
}

void block_builder_reset(struct block_builder *builder, uint64_t first_position)
{
    builder->first_position = first_position;
    builder->count = 0;
    builder->publisher_count = 0;
    builder->batch_count = 0;
    builder->leaf_count = 0;
    builder->bytes_size = 0;
}

int block_builder_publisher(struct block_builder *builder, const char *identity, const char *root)
{
    for (int i = builder->publisher_count; i-- > 0;)
        if (strcmp(builder->publishers[i].identity, identity) == 0 && strcmp(builder->publishers[i].root, root) == 0)
            return i;
    if (builder->publisher_count == BLOCK_PUBLISHERS_MAX)
        return -1;
    struct block_publisher *added = &builder->publishers[builder->publisher_count];
    assert(strlen(identity) < sizeof added->identity && strlen(root) < sizeof added->root);
    memset(added, 0, sizeof *added);
    strcpy(added->identity, identity);
    strcpy(added->root, root);
    return builder->publisher_count++;
}

static void *grown(void *memory, size_t needed, size_t *capacity)
{
    if (needed <= *capacity)
        return memory;
    size_t size = *capacity ? *capacity : 4096;
    while (size < needed)
        size *= 2;
    void *larger = realloc(memory, size);
    if (!larger)
        abort();
    *capacity = size;
    return larger;
}

uint16_t block_builder_batch(struct block_builder *builder, const struct block_batch *batch,
                             const uint8_t (*hashes)[BLOCK_HASH_SIZE])
{
    assert(builder->batch_count < BLOCK_BATCHES_MAX && batch->count > 0 && batch->count <= BLOCK_BATCH_EVENTS_MAX);
    builder->batches =
        grown(builder->batches, (builder->batch_count + 1) * sizeof *builder->batches, &builder->batch_capacity);
    builder->leaves = grown(builder->leaves, ((size_t)builder->leaf_count + batch->count) * sizeof *builder->leaves,
                            &builder->leaf_capacity);
    struct block_batch *added = &builder->batches[builder->batch_count++];
    *added = *batch;
    added->first_leaf = builder->leaf_count;
    for (uint32_t i = 0; i < batch->count; i++) {
        struct block_leaf *leaf = &builder->leaves[builder->leaf_count++];
        memcpy(leaf->hash, hashes[i], sizeof leaf->hash);
        memset(leaf->salt, 0, sizeof leaf->salt);
    }
    return (uint16_t)builder->batch_count;
}

void block_builder_salt(struct block_builder *builder, uint16_t batch, uint32_t leaf,
                        const uint8_t salt[static BLOCK_SALT_SIZE])
{
    assert(batch >= 1 && batch <= builder->batch_count && leaf < builder->batches[batch - 1].count);
    memcpy(builder->leaves[builder->batches[batch - 1].first_leaf + leaf].salt, salt, BLOCK_SALT_SIZE);
}

size_t block_builder_size(const struct block_builder *builder)
{
    return builder->bytes_size + builder->batch_count * sizeof *builder->batches +
           builder->leaf_count * sizeof *builder->leaves;
}

void block_builder_add(struct block_builder *builder, const struct block_entry *entry, const uint8_t *event,
                       size_t size)
{
    assert(builder->count < BLOCK_EVENTS_MAX);
    size_t entries_capacity = builder->entry_capacity * sizeof *builder->entries;
    builder->entries = grown(builder->entries, (builder->count + 1) * sizeof *builder->entries, &entries_capacity);
    builder->entry_capacity = (uint32_t)(entries_capacity / sizeof *builder->entries);
    builder->bytes = grown(builder->bytes, builder->bytes_size + size, &builder->bytes_capacity);
    struct block_entry *added = &builder->entries[builder->count++];
    *added = *entry;
    added->offset = (uint32_t)builder->bytes_size;
    added->size = (uint32_t)size;
    memcpy(builder->bytes + builder->bytes_size, event, size);
    builder->bytes_size += size;
}

void block_parts(const struct block_builder *builder, const uint8_t previous_digest[32], struct block_header *header,
                 struct block_part parts[static BLOCK_PARTS])
{
    *header = (struct block_header){
        .magic = BLOCK_MAGIC,
        .version = BLOCK_VERSION,
        .publisher_count = builder->publisher_count,
        .count = builder->count,
        .bytes_size = (uint32_t)builder->bytes_size,
        .batch_count = builder->batch_count,
        .leaf_count = builder->leaf_count,
        .first_position = builder->first_position,
    };
    memcpy(header->previous_digest, previous_digest, sizeof header->previous_digest);
    parts[0] = (struct block_part){header, sizeof *header};
    parts[1] = (struct block_part){builder->publishers, builder->publisher_count * sizeof *builder->publishers};
    parts[2] = (struct block_part){builder->batches, builder->batch_count * sizeof *builder->batches};
    parts[3] = (struct block_part){builder->leaves, builder->leaf_count * sizeof *builder->leaves};
    parts[4] = (struct block_part){builder->entries, builder->count * sizeof *builder->entries};
    parts[5] = (struct block_part){builder->bytes, builder->bytes_size};
}

static bool damaged(uint64_t position, const char *what, struct fault *fault)
{
    return fault_set(fault, FAULT_DAMAGED, "log block at position %llu: %s", (unsigned long long)position,
                     translated(what));
}

static bool check_header(const struct block_header *header, size_t size, uint64_t position, struct fault *fault)
{
    if (size < sizeof *header || header->magic != BLOCK_MAGIC)
        return damaged(position, "not a block", fault);
    if (header->version < BLOCK_VERSION)
        return damaged(position, "written by an older hub, whose log this one does not read; use that version", fault);
    if (header->version != BLOCK_VERSION)
        return damaged(position, "not a block of this version", fault);
    if (header->first_position != position || header->count == 0 || header->count > BLOCK_EVENTS_MAX)
        return damaged(position, "wrong position or count", fault);
    return header->batch_count <= BLOCK_BATCHES_MAX || damaged(position, "too many signed batches", fault);
}

static bool check_batches(const struct block_view *view, struct fault *fault)
{
    const struct block_header *header = view->header;
    for (uint32_t i = 0; i < header->batch_count; i++) {
        const struct block_batch *batch = &view->batches[i];
        if (batch->source[BLOCK_SOURCE_SIZE - 1])
            return damaged(header->first_position, "the source of a signed batch does not end", fault);
        if (batch->count == 0 || batch->count > BLOCK_BATCH_EVENTS_MAX || batch->first_leaf > header->leaf_count ||
            batch->count > header->leaf_count - batch->first_leaf)
            return damaged(header->first_position, "a signed batch points outside", fault);
    }
    return true;
}

static bool check_entries(const struct block_view *view, struct fault *fault)
{
    const struct block_header *header = view->header;
    for (uint32_t i = 0; i < header->count; i++) {
        const struct block_entry *entry = &view->entries[i];
        if (entry->offset > header->bytes_size || entry->size > header->bytes_size - entry->offset ||
            entry->publisher >= header->publisher_count || entry->batch > header->batch_count ||
            (entry->batch > 0 && entry->batch_leaf >= view->batches[entry->batch - 1].count))
            return damaged(header->first_position, "an entry points outside", fault);
    }
    return true;
}

bool block_open(const void *bytes, size_t size, uint64_t position, struct block_view *view, struct fault *fault)
{
    const struct block_header *header = bytes;
    if (!check_header(header, size, position, fault))
        return false;
    size_t publishers = header->publisher_count * sizeof(struct block_publisher);
    size_t batches = header->batch_count * sizeof(struct block_batch);
    size_t leaves = header->leaf_count * sizeof(struct block_leaf);
    size_t entries = header->count * sizeof(struct block_entry);
    if (size != sizeof *header + publishers + batches + leaves + entries + header->bytes_size)
        return damaged(position, "wrong size", fault);
    const uint8_t *at = (const uint8_t *)bytes + sizeof *header;
    *view = (struct block_view){
        .header = header,
        .publishers = (const struct block_publisher *)at,
        .batches = (const struct block_batch *)(at + publishers),
        .leaves = (const struct block_leaf *)(at + publishers + batches),
        .entries = (const struct block_entry *)(at + publishers + batches + leaves),
        .bytes = at + publishers + batches + leaves + entries,
    };
    for (uint32_t i = 0; i < header->publisher_count; i++)
        if (view->publishers[i].identity[BLOCK_IDENTITY_SIZE - 1] || view->publishers[i].root[BLOCK_ROOT_SIZE - 1])
            return damaged(position, "a publisher's name does not end", fault);
    return check_batches(view, fault) && check_entries(view, fault);
}

const struct block_batch *block_batch(const struct block_view *view, uint32_t index)
{
    uint16_t batch = view->entries[index].batch;
    return batch > 0 ? &view->batches[batch - 1] : NULL;
}
