#include "block.h"

#include "language.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_MAGIC = 0x4B4C4E53, BLOCK_VERSION = 1 };

_Static_assert(sizeof(struct block_header) == 56, "on disk");
_Static_assert(sizeof(struct block_entry) == 40, "on disk");
_Static_assert(sizeof(struct block_publisher) == 88, "on disk");

void block_builder_init(struct block_builder *builder)
{
    *builder = (struct block_builder){0};
}

void block_builder_clear(struct block_builder *builder)
{
    free(builder->entries);
    free(builder->bytes);
    block_builder_init(builder);
}

void block_builder_reset(struct block_builder *builder, uint64_t first_position)
{
    builder->first_position = first_position;
    builder->count = 0;
    builder->publisher_count = 0;
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
        .first_position = builder->first_position,
    };
    memcpy(header->previous_digest, previous_digest, sizeof header->previous_digest);
    parts[0] = (struct block_part){header, sizeof *header};
    parts[1] = (struct block_part){builder->publishers, builder->publisher_count * sizeof *builder->publishers};
    parts[2] = (struct block_part){builder->entries, builder->count * sizeof *builder->entries};
    parts[3] = (struct block_part){builder->bytes, builder->bytes_size};
}

static bool damaged(uint64_t position, const char *what, struct fault *fault)
{
    return fault_set(fault, FAULT_DAMAGED, "log block at position %llu: %s", (unsigned long long)position,
                     translated(what));
}

bool block_open(const void *bytes, size_t size, uint64_t position, struct block_view *view, struct fault *fault)
{
    const struct block_header *header = bytes;
    if (size < sizeof *header || header->magic != BLOCK_MAGIC || header->version != BLOCK_VERSION)
        return damaged(position, "not a block of this version", fault);
    if (header->first_position != position || header->count == 0 || header->count > BLOCK_EVENTS_MAX)
        return damaged(position, "wrong position or count", fault);
    size_t publishers = header->publisher_count * sizeof(struct block_publisher);
    size_t entries = header->count * sizeof(struct block_entry);
    if (size != sizeof *header + publishers + entries + header->bytes_size)
        return damaged(position, "wrong size", fault);
    const uint8_t *at = (const uint8_t *)bytes + sizeof *header;
    *view = (struct block_view){
        .header = header,
        .publishers = (const struct block_publisher *)at,
        .entries = (const struct block_entry *)(at + publishers),
        .bytes = at + publishers + entries,
    };
    for (uint32_t i = 0; i < header->publisher_count; i++)
        if (view->publishers[i].identity[BLOCK_IDENTITY_SIZE - 1] || view->publishers[i].root[BLOCK_ROOT_SIZE - 1])
            return damaged(position, "a publisher's name does not end", fault);
    for (uint32_t i = 0; i < header->count; i++) {
        const struct block_entry *entry = &view->entries[i];
        if (entry->offset > header->bytes_size || entry->size > header->bytes_size - entry->offset ||
            entry->publisher >= header->publisher_count)
            return damaged(position, "an entry points outside", fault);
    }
    return true;
}
