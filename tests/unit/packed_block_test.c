/* What is packed comes back byte by byte, whole and record by record; bytes that are none any more are refused before
 * anything is read outside of them. */
#include "log/packed_block.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "drawn_block.h"

static struct drawn_bytes packed(struct block_packer *packer, const struct drawn_bytes *block)
{
    size_t size = block->size;
    const uint8_t *value = block_pack(packer, block->bytes, &size);
    return drawn_copy(value, size);
}

static void assert_same_record(const struct block_view *view, const struct block_view *expected, uint32_t index)
{
    const struct block_entry *entry = &expected->entries[index];
    assert_memory_equal(&view->entries[index], entry, sizeof *entry);
    assert_memory_equal(view->bytes + entry->offset, expected->bytes + entry->offset, entry->size);
}

static void assert_comes_back(struct draw *draw, const struct drawn_bytes *value, const struct drawn_bytes *block,
                              struct unpacked_block *unpacked)
{
    struct fault fault = {0};
    struct block_view expected, view;
    assert_true(block_is_packed(value->bytes, value->size));
    assert_true(block_open(block->bytes, block->size, DRAWN_POSITION, &expected, &fault));
    assert_true(block_unpack(unpacked, value->bytes, value->size, DRAWN_POSITION, &view, &fault));
    for (int i = 0; i < 5; i++) { /* of some the groups are known by now */
        const uint32_t index = draw_below(draw, expected.header->count);
        assert_true(unpacked_block_fetch(unpacked, &view, index, &fault));
        assert_same_record(&view, &expected, index);
    }
    assert_true(unpacked_block_fetch_all(unpacked, &view, &fault));
    assert_int_equal(unpacked->size, block->size);
    assert_memory_equal(unpacked->bytes, block->bytes, block->size);
}

static void a_block_comes_back_byte_by_byte(void **unused)
{
    struct draw draw = {.seed = 5};
    struct block_packer *packer = block_packer_open();
    struct unpacked_block unpacked = {0};
    (void)unused;
    for (int run = 0; run < 300; run++) {
        struct drawn_bytes block = draw_block(&draw, 16 + draw_below(&draw, 200));
        struct drawn_bytes value = packed(packer, &block);
        struct drawn_bytes older = packed_as_older(value.bytes, value.size);
        assert_true(value.size < block.size);
        assert_false(block_is_packed_older(value.bytes, value.size));
        assert_true(block_is_packed_older(older.bytes, older.size));
        assert_comes_back(&draw, &value, &block, &unpacked);
        assert_comes_back(&draw, &older, &block, &unpacked);
        free(older.bytes);
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
        struct drawn_bytes block = draw_block(&draw, count);
        struct drawn_bytes value = packed(packer, &block);
        assert_false(block_is_packed(value.bytes, value.size));
        assert_int_equal(value.size, block.size);
        assert_memory_equal(value.bytes, block.bytes, block.size);
        free(value.bytes);
        free(block.bytes);
    }
    block_packer_close(&packer);
}

static void spoil(struct draw *draw, struct drawn_bytes *value)
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

static void spoilt_bytes_are_refused_or_read_within_their_bounds(void **unused)
{
    struct draw draw = {.seed = 7};
    struct block_packer *packer = block_packer_open();
    struct unpacked_block unpacked = {0};
    uint32_t refused = 0;
    (void)unused;
    for (int run = 0; run < 60; run++) {
        struct drawn_bytes block = draw_block(&draw, 16 + draw_below(&draw, 100));
        struct drawn_bytes value = packed(packer, &block);
        if (run % 4 == 0) {
            struct drawn_bytes older = packed_as_older(value.bytes, value.size);
            free(value.bytes);
            value = older;
        }
        for (int round = 0; round < 200; round++) {
            struct drawn_bytes spoilt = drawn_copy(value.bytes, value.size);
            struct fault fault = {0};
            struct block_view view;
            spoil(&draw, &spoilt);
            struct drawn_bytes whole = drawn_copy(spoilt.bytes, spoilt.size); /* cut, too */
            const bool good = block_unpack(&unpacked, whole.bytes, whole.size, DRAWN_POSITION, &view, &fault) &&
                              unpacked_block_fetch(&unpacked, &view, draw_below(&draw, view.header->count), &fault) &&
                              unpacked_block_fetch_all(&unpacked, &view, &fault);
            if (good)
                (void)drawn_sum(&view);
            else
                assert_true(fault.code == FAULT_DAMAGED || fault.code == FAULT_NEWER || fault.code == FAULT_OLDER);
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
