#include "block.h"

#include "language.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

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
    free(builder->publishers);
    free(builder->batches);
    free(builder->leaves);
    free(builder->bytes);
    free(builder->ended);
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
    builder->ended_count = 0;
    builder->at_hand = (struct block_start){0};
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

/* Where a block begins that begins now. */
static struct block_start here(const struct block_builder *builder)
{
    return (struct block_start){.record = builder->count,
                                .publisher = builder->publisher_count,
                                .batch = builder->batch_count,
                                .leaf = builder->leaf_count,
                                .bytes = builder->bytes_size};
}

void block_builder_next(struct block_builder *builder, bool within)
{
    const bool full = builder->count - builder->at_hand.record >= BLOCK_RECORDS ||
                      builder->publisher_count - builder->at_hand.publisher >= BLOCK_PUBLISHERS_MAX - 1;
    if (within || !full)
        return;
    builder->ended =
        grown(builder->ended, (builder->ended_count + 1) * sizeof *builder->ended, &builder->ended_capacity);
    builder->ended[builder->ended_count++] = builder->at_hand;
    builder->at_hand = here(builder);
}

int block_builder_publisher(struct block_builder *builder, const char *identity, const char *root)
{
    const uint32_t count = builder->publisher_count - builder->at_hand.publisher;
    const struct block_publisher *first = count > 0 ? &builder->publishers[builder->at_hand.publisher] : NULL;
    for (uint32_t i = count; i-- > 0;)
        if (strcmp(first[i].identity, identity) == 0 && strcmp(first[i].root, root) == 0)
            return (int)i;
    if (count == BLOCK_PUBLISHERS_MAX)
        return -1;
    builder->publishers = grown(builder->publishers, (builder->publisher_count + 1) * sizeof *builder->publishers,
                                &builder->publisher_capacity);
    struct block_publisher *added = &builder->publishers[builder->publisher_count++];
    assert(strlen(identity) < sizeof added->identity && strlen(root) < sizeof added->root);
    memset(added, 0, sizeof *added);
    strcpy(added->identity, identity);
    strcpy(added->root, root);
    return (int)count;
}

uint16_t block_builder_batch(struct block_builder *builder, const struct block_batch *batch,
                             const uint8_t (*hashes)[BLOCK_HASH_SIZE])
{
    const uint32_t number = builder->batch_count - builder->at_hand.batch + 1;
    assert(number <= BLOCK_BATCHES_MAX && batch->count > 0 && batch->count <= BLOCK_BATCH_EVENTS_MAX);
    builder->batches =
        grown(builder->batches, (builder->batch_count + 1) * sizeof *builder->batches, &builder->batch_capacity);
    builder->leaves = grown(builder->leaves, ((size_t)builder->leaf_count + batch->count) * sizeof *builder->leaves,
                            &builder->leaf_capacity);
    struct block_batch *added = &builder->batches[builder->batch_count++];
    *added = *batch;
    added->first_leaf = builder->leaf_count - builder->at_hand.leaf;
    for (uint32_t i = 0; i < batch->count; i++) {
        struct block_leaf *leaf = &builder->leaves[builder->leaf_count++];
        memcpy(leaf->hash, hashes[i], sizeof leaf->hash);
        memset(leaf->salt, 0, sizeof leaf->salt);
    }
    return (uint16_t)number;
}

void block_builder_salt(struct block_builder *builder, uint16_t batch, uint32_t leaf,
                        const uint8_t salt[static BLOCK_SALT_SIZE])
{
    const struct block_start *start = &builder->at_hand;
    assert(batch >= 1 && batch <= builder->batch_count - start->batch);
    const struct block_batch *of = &builder->batches[start->batch + batch - 1];
    assert(leaf < of->count);
    memcpy(builder->leaves[start->leaf + of->first_leaf + leaf].salt, salt, BLOCK_SALT_SIZE);
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
    builder->entries =
        grown(builder->entries, (builder->count + 1) * sizeof *builder->entries, &builder->entry_capacity);
    builder->bytes = grown(builder->bytes, builder->bytes_size + size, &builder->bytes_capacity);
    struct block_entry *added = &builder->entries[builder->count++];
    *added = *entry;
    added->offset = (uint32_t)(builder->bytes_size - builder->at_hand.bytes);
    added->size = (uint32_t)size;
    if (size > 0)
        memcpy(builder->bytes + builder->bytes_size, event, size);
    builder->bytes_size += size;
}

uint32_t block_builder_blocks(const struct block_builder *builder)
{
    return builder->ended_count + (builder->count > builder->at_hand.record);
}

/* Where the block begins, and where the next one does. */
static void find_block(const struct block_builder *builder, uint32_t block, struct block_start *start,
                       struct block_start *end)
{
    assert(block < block_builder_blocks(builder));
    *start = block < builder->ended_count ? builder->ended[block] : builder->at_hand;
    if (block == builder->ended_count)
        *end = here(builder);
    else
        *end = block + 1 < builder->ended_count ? builder->ended[block + 1] : builder->at_hand;
}

/* Rows of a list, which may have no memory while it is empty. */
static struct block_part part(const void *list, size_t first, size_t count, size_t row_size)
{
    return (struct block_part){.bytes = count > 0 ? (const uint8_t *)list + first * row_size : NULL,
                               .size = count * row_size};
}

void block_parts(const struct block_builder *builder, uint32_t block, const uint8_t previous_digest[32],
                 struct block_header *header, struct block_part parts[static BLOCK_PARTS])
{
    struct block_start start;
    struct block_start end;
    find_block(builder, block, &start, &end);
    *header = (struct block_header){
        .magic = BLOCK_MAGIC,
        .version = BLOCK_VERSION,
        .publisher_count = (uint16_t)(end.publisher - start.publisher),
        .count = end.record - start.record,
        .bytes_size = (uint32_t)(end.bytes - start.bytes),
        .batch_count = end.batch - start.batch,
        .leaf_count = end.leaf - start.leaf,
        .first_position = builder->first_position + start.record,
    };
    memcpy(header->previous_digest, previous_digest, sizeof header->previous_digest);
    parts[0] = part(header, 0, 1, sizeof *header);
    parts[1] = part(builder->publishers, start.publisher, header->publisher_count, sizeof *builder->publishers);
    parts[2] = part(builder->batches, start.batch, header->batch_count, sizeof *builder->batches);
    parts[3] = part(builder->leaves, start.leaf, header->leaf_count, sizeof *builder->leaves);
    parts[4] = part(builder->entries, start.record, header->count, sizeof *builder->entries);
    parts[5] = part(builder->bytes, start.bytes, header->bytes_size, 1);
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
        return fault_set(fault, FAULT_OLDER,
                         "log block at position %llu: written by an older version of the hub, whose log this one does "
                         "not read; use that version",
                         (unsigned long long)position);
    if (header->version > BLOCK_VERSION)
        return fault_set(fault, FAULT_NEWER,
                         "log block at position %llu: written by a newer version of the hub; start that version, this "
                         "one changes nothing",
                         (unsigned long long)position);
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
