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
static uint8_t *stored_block(const struct block_builder *builder, uint32_t block, size_t *size)
{
    struct block_header header;
    struct block_part parts[BLOCK_PARTS];
    *size = 0;
    block_parts(builder, block, previous, &header, parts);
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

static uint8_t *stored(const struct block_builder *builder, size_t *size)
{
    assert_int_equal(block_builder_blocks(builder), 1);
    return stored_block(builder, 0, size);
}

/* A batch of up to 9 events, of which it tells how many may be recorded. */
static uint16_t sign(struct block_builder *builder, struct draw *draw, uint32_t *count)
{
    uint8_t hashes[9][BLOCK_HASH_SIZE];
    struct block_batch batch = {.first_sequence = 1 + draw_below(draw, 1000), .count = 1 + draw_below(draw, 9)};
    for (uint32_t i = 0; i < batch.count; i++)
        for (int j = 0; j < BLOCK_HASH_SIZE; j++)
            hashes[i][j] = (uint8_t)draw_number(draw);
    for (int j = 0; j < BLOCK_SIGNATURE_SIZE; j++)
        batch.signature[j] = (uint8_t)draw_number(draw);
    snprintf(batch.source, sizeof batch.source, "source-%u", draw_below(draw, 5));
    *count = batch.count;
    return block_builder_batch(builder, &batch, (const uint8_t(*)[BLOCK_HASH_SIZE])hashes);
}

static void fill(struct block_builder *builder, struct draw *draw, uint32_t count)
{
    uint16_t batch = 0;
    uint32_t signed_count = 0, leaf = 0;
    for (uint32_t i = 0; i < count; i++) {
        char identity[BLOCK_IDENTITY_SIZE];
        uint8_t event[300];
        uint32_t size = draw_below(draw, sizeof event);
        snprintf(identity, sizeof identity, "identity-%u", draw_below(draw, 5));
        for (uint32_t j = 0; j < size; j++)
            event[j] = (uint8_t)draw_number(draw);
        block_builder_next(builder, leaf < signed_count);
        if (leaf == signed_count) {
            leaf = signed_count = 0;
            batch = draw_once_in(draw, 3) ? 0 : sign(builder, draw, &signed_count);
        }
        if (batch > 0) {
            const uint8_t salt[BLOCK_SALT_SIZE] = {1, (uint8_t)i};
            block_builder_salt(builder, batch, leaf, salt);
        }
        const struct block_entry entry = {
            .batch = batch,
            .batch_leaf = batch > 0 ? leaf++ : 0,
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
        assert_int_equal(view.header->batch_count, builder.batch_count);
        assert_int_equal(view.header->leaf_count, builder.leaf_count);
        if (builder.batch_count > 0) {
            assert_memory_equal(view.batches, builder.batches, builder.batch_count * sizeof *view.batches);
            assert_memory_equal(view.leaves, builder.leaves, builder.leaf_count * sizeof *view.leaves);
        }
        assert_memory_equal(view.entries, builder.entries, builder.count * sizeof *view.entries);
        for (uint32_t i = 0; i < builder.count; i++)
            assert_memory_equal(view.bytes + view.entries[i].offset, builder.bytes + builder.entries[i].offset,
                                view.entries[i].size);
        free(bytes);
    }
    block_builder_clear(&builder);
}

/* What of the lists of all blocks was seen. */
struct seen {
    uint32_t records;
    uint32_t batches;
    uint32_t leaves;
    size_t bytes;
};

/* The block holds what comes next in the lists. */
static void assert_next(const struct block_builder *builder, const struct block_view *view, struct seen *seen)
{
    const struct block_header *header = view->header;
    for (uint32_t i = 0; i < header->batch_count; i++) {
        const struct block_batch *batch = &builder->batches[seen->batches + i];
        assert_memory_equal(&view->batches[i].signature, &batch->signature, sizeof batch->signature);
    }
    if (header->leaf_count > 0)
        assert_memory_equal(view->leaves, builder->leaves + seen->leaves, header->leaf_count * sizeof *view->leaves);
    assert_memory_equal(view->entries, builder->entries + seen->records, header->count * sizeof *view->entries);
    assert_memory_equal(view->bytes, builder->bytes + seen->bytes, header->bytes_size);
    seen->records += header->count;
    seen->batches += header->batch_count;
    seen->leaves += header->leaf_count;
    seen->bytes += header->bytes_size;
}

/* A batch has 9 events at most. */
static void a_block_ends_at_so_many_records_but_never_within_a_signed_batch(void **unused)
{
    struct draw draw = {.seed = 11};
    struct block_builder builder;
    (void)unused;
    block_builder_init(&builder);
    for (int run = 0; run < 20; run++) {
        struct seen seen = {0};
        block_builder_reset(&builder, 1000);
        fill(&builder, &draw, 1 + draw_below(&draw, 2000));
        const uint32_t count = block_builder_blocks(&builder);
        for (uint32_t block = 0; block < count; block++) {
            struct block_view view;
            struct fault fault;
            size_t size;
            uint8_t *bytes = stored_block(&builder, block, &size);
            assert_true(block_open(bytes, size, 1000 + seen.records, &view, &fault));
            assert_in_range(view.header->count, block + 1 < count ? BLOCK_RECORDS : 1, BLOCK_RECORDS + 8);
            assert_next(&builder, &view, &seen);
            free(bytes);
        }
        assert_int_equal(seen.records, builder.count);
        assert_int_equal(seen.batches, builder.batch_count);
        assert_int_equal(seen.leaves, builder.leaf_count);
        assert_int_equal(seen.bytes, builder.bytes_size);
    }
    block_builder_clear(&builder);
}

static void a_block_without_room_for_a_publisher_is_followed_by_another(void **unused)
{
    struct block_builder builder;
    struct block_entry entry = {0};
    (void)unused;
    block_builder_init(&builder);
    block_builder_reset(&builder, 1);
    for (int i = 0; i < 3 * BLOCK_PUBLISHERS_MAX; i++) {
        char name[16];
        snprintf(name, sizeof name, "p-%d", i);
        block_builder_next(&builder, false);
        const int publisher = block_builder_publisher(&builder, name, "");
        assert_in_range(publisher, 0, BLOCK_PUBLISHERS_MAX - 2);
        entry.publisher = (uint8_t)publisher;
        block_builder_add(&builder, &entry, (const uint8_t *)"", 0);
        block_builder_next(&builder, true); /* as of the same batch: the hub itself may follow */
    }
    assert_int_equal(builder.publisher_count, 3 * BLOCK_PUBLISHERS_MAX);
    assert_true(block_builder_blocks(&builder) > 3);
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
        const struct block_batch *batch = block_batch(view, i);
        for (uint32_t j = 0; batch && j < batch->count; j++)
            sum += view->leaves[batch->first_leaf + j].hash[BLOCK_HASH_SIZE - 1];
        sum += batch ? strlen(batch->source) + view->leaves[batch->first_leaf + entry->batch_leaf].salt[0] : 0;
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

/* Bytes that no builder writes: each must be found before a reader follows it. */
static void a_batch_that_points_outside_is_refused(void **unused)
{
    struct block_builder builder;
    (void)unused;
    block_builder_init(&builder);
    for (int what = 0; what < 7; what++) {
        struct draw draw = {.seed = 9};
        struct block_view view;
        struct fault fault = {0};
        size_t size;
        block_builder_reset(&builder, 100);
        fill(&builder, &draw, 30);
        assert_true(builder.batch_count > 1);
        struct block_batch *batch = &builder.batches[builder.batch_count - 1];
        uint32_t index = 0;
        while (builder.entries[index].batch == 0)
            index++;
        struct block_entry *entry = &builder.entries[index];
        const uint32_t counts[2] = {builder.batch_count, builder.leaf_count};
        if (what == 0)
            batch->count = 0;
        else if (what == 1)
            batch->count++;
        else if (what == 2)
            batch->first_leaf = builder.leaf_count + 1;
        else if (what == 3)
            memset(batch->source, 's', sizeof batch->source);
        else if (what == 4)
            entry->batch = (uint16_t)(builder.batch_count + 1);
        else if (what == 5)
            entry->batch_leaf = builder.batches[entry->batch - 1].count;
        else
            builder.leaf_count--;
        uint8_t *bytes = stored(&builder, &size);
        assert_false(block_open(bytes, size, 100, &view, &fault));
        assert_int_equal(fault.code, FAULT_DAMAGED);
        builder.batch_count = counts[0];
        builder.leaf_count = counts[1];
        free(bytes);
    }
    block_builder_clear(&builder);
}

static void check_version_refused(uint16_t version, enum fault_code code, const char *text)
{
    struct draw draw = {.seed = 8};
    struct block_builder builder;
    struct block_view view;
    struct fault fault = {0};
    size_t size;
    block_builder_init(&builder);
    block_builder_reset(&builder, 100);
    fill(&builder, &draw, 3);
    uint8_t *bytes = stored(&builder, &size);
    ((struct block_header *)bytes)->version = version;
    assert_false(block_open(bytes, size, 100, &view, &fault));
    assert_int_equal(fault.code, code);
    assert_non_null(strstr(fault.text, text));
    free(bytes);
    block_builder_clear(&builder);
}

static void a_block_of_another_version_is_refused_by_name(void **unused)
{
    (void)unused;
    check_version_refused(2, FAULT_OLDER, "older version of the hub");
    check_version_refused(BLOCK_PACKED_VERSION + 1, FAULT_NEWER, "written by a newer version");
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
    const struct block_entry entry = {.publisher = (uint8_t)block_builder_publisher(&builder, "safety", "")};
    block_builder_add(&builder, &entry, (const uint8_t *)"", 0);
    uint8_t *bytes = stored(&builder, &size);
    assert_true(block_open(bytes, size, 1, &view, &fault));
    ((struct block_header *)bytes)->count = 0;
    assert_false(block_open(bytes, size - sizeof entry, 1, &view, &fault));
    free(bytes);
    block_builder_clear(&builder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_block_comes_back_as_it_was_built),
        cmocka_unit_test(a_block_ends_at_so_many_records_but_never_within_a_signed_batch),
        cmocka_unit_test(a_block_without_room_for_a_publisher_is_followed_by_another),
        cmocka_unit_test(a_publisher_stands_in_a_block_once),
        cmocka_unit_test(a_cut_block_is_refused_at_every_length),
        cmocka_unit_test(every_turned_bit_is_refused_or_harmless),
        cmocka_unit_test(an_entry_that_points_outside_is_refused),
        cmocka_unit_test(a_batch_that_points_outside_is_refused),
        cmocka_unit_test(a_block_of_another_version_is_refused_by_name),
        cmocka_unit_test(a_block_at_another_position_is_refused),
        cmocka_unit_test(a_block_without_records_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
