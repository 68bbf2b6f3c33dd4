/* What is packed comes back byte by byte, whole and record by record; bytes that are none any more are refused before
 * anything is read outside of them. */
#include "log/packed_block.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"

enum { POSITION = 1000 };

/* A block's bytes in memory of exactly their size, so that a sanitizer sees where they end. */
struct bytes {
    uint8_t *bytes;
    size_t size;
};

static struct bytes copy_of(const uint8_t *bytes, size_t size)
{
    struct bytes copy = {.bytes = malloc(size ? size : 1), .size = size};
    assert_non_null(copy.bytes);
    memcpy(copy.bytes, bytes, size);
    return copy;
}

static struct bytes stored(const struct block_builder *builder)
{
    static const uint8_t previous[32] = {9};
    struct block_header header;
    struct block_part parts[BLOCK_PARTS];
    struct bytes block = {0};
    block_parts(builder, 0, previous, &header, parts);
    for (int i = 0; i < BLOCK_PARTS; i++)
        block.size += parts[i].size;
    uint8_t *at = block.bytes = malloc(block.size);
    assert_non_null(at);
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

static struct bytes draw_block(struct draw *draw, uint32_t count)
{
    struct block_builder builder;
    block_builder_init(&builder);
    block_builder_reset(&builder, POSITION);
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
    const struct bytes block = stored(&builder);
    block_builder_clear(&builder);
    return block;
}

static struct bytes packed(struct block_packer *packer, const struct bytes *block)
{
    size_t size = block->size;
    const uint8_t *value = block_pack(packer, block->bytes, &size);
    return copy_of(value, size);
}

static void assert_same_record(const struct block_view *view, const struct block_view *expected, uint32_t index)
{
    const struct block_entry *entry = &expected->entries[index];
    assert_memory_equal(&view->entries[index], entry, sizeof *entry);
    assert_memory_equal(view->bytes + entry->offset, expected->bytes + entry->offset, entry->size);
}

static void a_block_comes_back_byte_by_byte(void **unused)
{
    struct draw draw = {.seed = 5};
    struct block_packer *packer = block_packer_open();
    struct unpacked_block unpacked = {0};
    struct fault fault = {0};
    (void)unused;
    for (int run = 0; run < 300; run++) {
        struct bytes block = draw_block(&draw, 16 + draw_below(&draw, 200));
        struct bytes value = packed(packer, &block);
        struct block_view expected, view;
        assert_true(value.size < block.size);
        assert_true(block_is_packed(value.bytes, value.size));
        assert_true(block_open(block.bytes, block.size, POSITION, &expected, &fault));
        assert_true(block_unpack(&unpacked, value.bytes, value.size, POSITION, &view, &fault));
        for (int i = 0; i < 5; i++) { /* of some the groups are known by now */
            const uint32_t index = draw_below(&draw, expected.header->count);
            assert_true(unpacked_block_fetch(&unpacked, &view, index, &fault));
            assert_same_record(&view, &expected, index);
        }
        assert_true(unpacked_block_fetch_all(&unpacked, &view, &fault));
        assert_int_equal(unpacked.size, block.size);
        assert_memory_equal(unpacked.bytes, block.bytes, block.size);
        free(value.bytes);
        free(block.bytes);
    }
    unpacked_block_clear(&unpacked);
    block_packer_close(&packer);
}

static void a_block_of_few_records_is_stored_as_it_is(void **unused)
{
    struct draw draw = {.seed = 6};
    struct block_packer *packer = block_packer_open();
    (void)unused;
    for (uint32_t count = 1; count < 16; count++) {
        struct bytes block = draw_block(&draw, count);
        struct bytes value = packed(packer, &block);
        assert_false(block_is_packed(value.bytes, value.size));
        assert_int_equal(value.size, block.size);
        assert_memory_equal(value.bytes, block.bytes, block.size);
        free(value.bytes);
        free(block.bytes);
    }
    block_packer_close(&packer);
}

static void spoil(struct draw *draw, struct bytes *value)
{
    if (draw_once_in(draw, 4))
        value->size = draw_below(draw, (uint32_t)value->size);
    for (int i = 0; i < 4 && value->size > 0; i++) {
        /* Headers, ends and entries more often than what is compressed. */
        const uint32_t reach = draw_once_in(draw, 2) ? 200 : (uint32_t)value->size;
        const uint32_t at = draw_below(draw, reach < value->size ? reach : (uint32_t)value->size);
        value->bytes[at] = (uint8_t)(draw_once_in(draw, 2) ? draw_number(draw) : value->bytes[at] ^ 1u << at % 8);
        if (draw_once_in(draw, 2))
            break;
    }
}

/* Reads all that the view names. */
static uint64_t sum_of(const struct block_view *view)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < view->header->count; i++)
        for (uint32_t j = 0; j < view->entries[i].size; j++)
            sum += view->bytes[view->entries[i].offset + j];
    return sum;
}

static void spoilt_bytes_are_refused_or_read_within_their_bounds(void **unused)
{
    struct draw draw = {.seed = 7};
    struct block_packer *packer = block_packer_open();
    struct unpacked_block unpacked = {0};
    uint32_t refused = 0;
    (void)unused;
    for (int run = 0; run < 60; run++) {
        struct bytes block = draw_block(&draw, 16 + draw_below(&draw, 100));
        struct bytes value = packed(packer, &block);
        for (int round = 0; round < 200; round++) {
            struct bytes spoilt = copy_of(value.bytes, value.size);
            struct fault fault = {0};
            struct block_view view;
            spoil(&draw, &spoilt);
            struct bytes whole = copy_of(spoilt.bytes, spoilt.size); /* cut, too */
            const bool good = block_unpack(&unpacked, whole.bytes, whole.size, POSITION, &view, &fault) &&
                              unpacked_block_fetch(&unpacked, &view, draw_below(&draw, view.header->count), &fault) &&
                              unpacked_block_fetch_all(&unpacked, &view, &fault);
            if (good)
                (void)sum_of(&view);
            else
                assert_true(fault.code == FAULT_DAMAGED || fault.code == FAULT_NEWER);
            refused += !good;
            free(whole.bytes);
            free(spoilt.bytes);
        }
        free(value.bytes);
        free(block.bytes);
    }
    assert_true(refused > 5000);
    unpacked_block_clear(&unpacked);
    block_packer_close(&packer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_block_comes_back_byte_by_byte),
        cmocka_unit_test(a_block_of_few_records_is_stored_as_it_is),
        cmocka_unit_test(spoilt_bytes_are_refused_or_read_within_their_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
