/* Blocks come back as they were stored; bytes that are none, or none any more, are refused before they are read. */
#include "log/block.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"

static const uint8_t previous[32] = {1, 2, 3};

/* A block's bytes in memory of exactly their size, so that a sanitizer sees where they end. */
static uint8_t *stored(const struct block_builder *builder, size_t *size)
{
    struct block_header header;
    struct block_part parts[BLOCK_PARTS];
    *size = 0;
    block_parts(builder, previous, &header, parts);
    for (int i = 0; i < BLOCK_PARTS; i++)
        *size += parts[i].size;
    uint8_t *bytes = malloc(*size);
    assert_non_null(bytes);
    uint8_t *at = bytes;
    for (int i = 0; i < BLOCK_PARTS; i++) {
        if (parts[i].size > 0)
            memcpy(at, parts[i].bytes, parts[i].size);
        at += parts[i].size;
    }
    return bytes;
}

static void fill(struct block_builder *builder, struct draw *draw, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        char identity[BLOCK_IDENTITY_SIZE];
        uint8_t event[300];
        uint32_t size = draw_below(draw, sizeof event);
        snprintf(identity, sizeof identity, "identity-%u", draw_below(draw, 5));
        for (uint32_t j = 0; j < size; j++)
            event[j] = (uint8_t)draw_number(draw);
        const struct block_entry entry = {
            .recorded_at_us = (int64_t)draw_number(draw),
            .unit = (uint32_t)draw_number(draw),
            .matter_hash = (uint32_t)draw_number(draw),
            .routed_to = draw_below(draw, 512),
            .kind = (uint16_t)draw_below(draw, 200),
            .publisher =
                (uint8_t)block_builder_publisher(builder, identity, draw_once_in(draw, 2) ? "" : "140322000000"),
            .flags = (uint8_t)draw_below(draw, 4),
            .office = (uint8_t)draw_below(draw, 9),
        };
        block_builder_add(builder, &entry, event, size);
    }
}

static void a_block_comes_back_as_it_was_built(void **unused)
{
    struct draw draw = {.seed = 2};
    struct block_builder builder;
    (void)unused;
    block_builder_init(&builder);
    for (int run = 0; run < 200; run++) {
        uint64_t position = 1 + draw_number(&draw) / 2;
        struct block_view view;
        struct fault fault;
        size_t size;
        block_builder_reset(&builder, position); /* used again and again, as the hub does */
        fill(&builder, &draw, 1 + draw_below(&draw, 40));
        uint8_t *bytes = stored(&builder, &size);
        assert_true(block_open(bytes, size, position, &view, &fault));
        assert_int_equal(view.header->count, builder.count);
        assert_int_equal(view.header->first_position, position);
        assert_memory_equal(view.header->previous_digest, previous, sizeof previous);
        assert_int_equal(view.header->publisher_count, builder.publisher_count);
        assert_memory_equal(view.publishers, builder.publishers, builder.publisher_count * sizeof *view.publishers);
        assert_memory_equal(view.entries, builder.entries, builder.count * sizeof *view.entries);
        for (uint32_t i = 0; i < builder.count; i++)
            assert_memory_equal(view.bytes + view.entries[i].offset, builder.bytes + builder.entries[i].offset,
                                view.entries[i].size);
        free(bytes);
    }
    block_builder_clear(&builder);
}

static void a_publisher_stands_in_a_block_once(void **unused)
{
    struct block_builder builder;
    char name[16];
    (void)unused;
    block_builder_init(&builder);
    block_builder_reset(&builder, 1);
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < BLOCK_PUBLISHERS_MAX; i++) {
            snprintf(name, sizeof name, "p-%d", i);
            assert_int_equal(block_builder_publisher(&builder, name, "140322000000"), i);
        }
    assert_int_equal(block_builder_publisher(&builder, "p-0", ""), -1); /* the same name with another root is new */
    assert_int_equal(block_builder_publisher(&builder, "p-999", "140322000000"), -1);
    block_builder_clear(&builder);
}

/* Reads everything that a view promises; the sum keeps the reads. */
static uint64_t read_all(const struct block_view *view)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < view->header->count; i++) {
        const struct block_entry *entry = &view->entries[i];
        sum += strlen(view->publishers[entry->publisher].identity) + strlen(view->publishers[entry->publisher].root);
        for (uint32_t j = 0; j < entry->size; j++)
            sum += view->bytes[entry->offset + j];
    }
    return sum;
}

static void a_cut_block_is_refused_at_every_length(void **unused)
{
    struct draw draw = {.seed = 4};
    struct block_builder builder;
    size_t size;
    (void)unused;
    block_builder_init(&builder);
    block_builder_reset(&builder, 100);
    fill(&builder, &draw, 12);
    uint8_t *bytes = stored(&builder, &size);
    for (size_t cut = 0; cut < size; cut++) {
        struct block_view view;
        struct fault fault = {0};
        uint8_t *part = malloc(cut ? cut : 1);
        assert_non_null(part);
        memcpy(part, bytes, cut);
        assert_false(block_open(part, cut, 100, &view, &fault));
        assert_int_equal(fault.code, FAULT_DAMAGED);
        assert_non_null(strstr(fault.text, "100"));
        free(part);
    }
    free(bytes);
    block_builder_clear(&builder);
}

static void every_turned_bit_is_refused_or_harmless(void **unused)
{
    struct draw draw = {.seed = 6};
    struct block_builder builder;
    size_t size;
    uint64_t sum = 0;
    int refused = 0;
    (void)unused;
    block_builder_init(&builder);
    block_builder_reset(&builder, 100);
    fill(&builder, &draw, 6);
    uint8_t *bytes = stored(&builder, &size);
    size_t looked_at = size - builder.bytes_size; /* header, publishers, entries */
    for (size_t bit = 0; bit < looked_at * 8; bit++) {
        struct block_view view;
        struct fault fault = {0};
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (block_open(bytes, size, 100, &view, &fault))
            sum += read_all(&view);
        else
            refused += fault.code == FAULT_DAMAGED;
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_true(sum > 0);
    assert_true(refused > 100);
    free(bytes);
    block_builder_clear(&builder);
}

static void an_entry_that_points_outside_is_refused(void **unused)
{
    struct draw draw = {.seed = 9};
    struct block_builder builder;
    (void)unused;
    block_builder_init(&builder);
    block_builder_reset(&builder, 100);
    fill(&builder, &draw, 5);
    for (int what = 0; what < 3; what++) {
        struct block_entry *entry = &builder.entries[2];
        const struct block_entry good = *entry;
        struct block_view view;
        struct fault fault = {0};
        size_t size;
        if (what == 0)
            entry->publisher = (uint8_t)builder.publisher_count;
        else if (what == 1)
            entry->offset = (uint32_t)builder.bytes_size + 1;
        else
            entry->size = (uint32_t)builder.bytes_size - entry->offset + 1;
        uint8_t *bytes = stored(&builder, &size);
        assert_false(block_open(bytes, size, 100, &view, &fault));
        assert_int_equal(fault.code, FAULT_DAMAGED);
        free(bytes);
        *entry = good;
    }
    block_builder_clear(&builder);
}

static void a_block_at_another_position_is_refused(void **unused)
{
    struct draw draw = {.seed = 8};
    struct block_builder builder;
    struct block_view view;
    struct fault fault = {0};
    size_t size;
    (void)unused;
    block_builder_init(&builder);
    block_builder_reset(&builder, 100);
    fill(&builder, &draw, 3);
    uint8_t *bytes = stored(&builder, &size);
    assert_false(block_open(bytes, size, 101, &view, &fault));
    assert_int_equal(fault.code, FAULT_DAMAGED);
    free(bytes);
    block_builder_clear(&builder);
}

static void a_block_without_records_is_refused(void **unused)
{
    struct block_builder builder;
    struct block_view view;
    struct fault fault = {0};
    size_t size;
    (void)unused;
    block_builder_init(&builder);
    block_builder_reset(&builder, 1);
    uint8_t *bytes = stored(&builder, &size);
    assert_false(block_open(bytes, size, 1, &view, &fault));
    free(bytes);
    block_builder_clear(&builder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_block_comes_back_as_it_was_built),
        cmocka_unit_test(a_publisher_stands_in_a_block_once),
        cmocka_unit_test(a_cut_block_is_refused_at_every_length),
        cmocka_unit_test(every_turned_bit_is_refused_or_harmless),
        cmocka_unit_test(an_entry_that_points_outside_is_refused),
        cmocka_unit_test(a_block_at_another_position_is_refused),
        cmocka_unit_test(a_block_without_records_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
