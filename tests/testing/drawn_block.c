#include "drawn_block.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct drawn_bytes drawn_copy(const uint8_t *bytes, size_t size)
{
    struct drawn_bytes copy = {.bytes = malloc(size ? size : 1), .size = size};
    if (!copy.bytes)
        abort();
    if (size > 0)
        memcpy(copy.bytes, bytes, size);
    return copy;
}

static struct drawn_bytes stored(const struct block_builder *builder)
{
    static const uint8_t previous[32] = {9};
    struct block_header header;
    struct block_part parts[BLOCK_PARTS];
    struct drawn_bytes block = {0};
    block_parts(builder, 0, previous, &header, parts);
    for (int i = 0; i < BLOCK_PARTS; i++)
        block.size += parts[i].size;
    uint8_t *at = block.bytes = malloc(block.size);
    if (!at)
        abort();
    for (int i = 0; i < BLOCK_PARTS; i++) {
        if (parts[i].size > 0)
            memcpy(at, parts[i].bytes, parts[i].size);
        at += parts[i].size;
    }
    return block;
}

/* As offices write: most is as in the event before. */
static size_t draw_event(struct draw *draw, uint8_t event[static 400])
{
    const int size = snprintf((char *)event, 400, "safety-yu/2020-08-19/InspectionRecorded/%u/unit %u/nothing found",
                              draw_below(draw, 100000), draw_below(draw, 5000));
    if (draw_once_in(draw, 20))
        return 0;
    for (int i = 0; i < 200 && draw_once_in(draw, 2); i++)
        event[draw_below(draw, (uint32_t)size)] = (uint8_t)draw_number(draw);
    return (size_t)size;
}

static uint16_t sign(struct block_builder *builder, uint32_t count)
{
    static const uint8_t hashes[300][BLOCK_HASH_SIZE] = {{1, 2, 3}};
    const struct block_batch batch = {.first_sequence = 7, .count = count, .source = "safety-yu"};
    return block_builder_batch(builder, &batch, hashes);
}

struct drawn_bytes draw_block(struct draw *draw, uint32_t count)
{
    struct block_builder builder;
    block_builder_init(&builder);
    block_builder_reset(&builder, DRAWN_POSITION);
    const uint16_t batch = draw_once_in(draw, 2) ? sign(&builder, count) : 0;
    const bool alike = draw_once_in(draw, 2);
    for (uint32_t i = 0; i < count; i++) {
        uint8_t event[400];
        struct block_entry entry = {
            .recorded_at_us = alike ? 1597806000000000 : (int64_t)draw_number(draw),
            .unit = alike ? draw_below(draw, 5000) : (uint32_t)draw_number(draw),
            .matter_hash = draw_once_in(draw, 3) ? (uint32_t)draw_number(draw) : 0,
            .routed_to = alike ? 4 : (uint32_t)draw_number(draw),
            .kind = (uint16_t)draw_number(draw),
            .publisher = (uint8_t)block_builder_publisher(&builder, draw_once_in(draw, 9) ? "safety" : "police", ""),
            .flags = (uint8_t)draw_below(draw, 4),
            .office = (uint8_t)draw_below(draw, 9),
            .batch = batch,
            .batch_leaf = batch ? i : 0,
        };
        block_builder_add(&builder, &entry, event, draw_event(draw, event));
    }
    const struct drawn_bytes block = stored(&builder);
    block_builder_clear(&builder);
    return block;
}

uint64_t drawn_sum(const struct block_view *view)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < view->header->count; i++)
        for (uint32_t j = 0; j < view->entries[i].size; j++)
            sum += view->bytes[view->entries[i].offset + j];
    return sum;
}

struct drawn_bytes packed_as_older(const void *packed, size_t size)
{
    enum { KIND_SIZE = 6, SIZES_SIZE = 10 }; /* magic number and version; sizes, which stood before the header */
    const uint8_t *from = packed;
    const uint16_t older = BLOCK_PACKED_OLDER;
    struct drawn_bytes value = {.bytes = malloc(KIND_SIZE + size), .size = KIND_SIZE + size};
    struct block_header header;
    if (!value.bytes)
        abort();
    memcpy(&header, from, sizeof header);
    header.version = BLOCK_VERSION;
    memcpy(value.bytes, from, KIND_SIZE);
    memcpy(value.bytes + offsetof(struct block_header, version), &older, sizeof older);
    memcpy(value.bytes + KIND_SIZE, from + sizeof header, SIZES_SIZE);
    memcpy(value.bytes + KIND_SIZE + SIZES_SIZE, &header, sizeof header);
    memcpy(value.bytes + KIND_SIZE + SIZES_SIZE + sizeof header, from + sizeof header + SIZES_SIZE,
           size - sizeof header - SIZES_SIZE);
    return value;
}
