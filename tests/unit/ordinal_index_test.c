/* The index hands out every row that was added under a hash, and no other. */
#include "domain/ordinal_index.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "draw.h"

/* Few hashes for many rows: chains meet and wrap around the end. */
static void every_row_of_a_hash_is_found_and_no_other(void **unused)
{
    enum { ROWS = 3000, HASHES = 97 };
    struct ordinal_index index = {0};
    struct draw draw = {.seed = 1};
    uint32_t hash_of[ROWS + 1];
    uint32_t spread[HASHES];
    (void)unused;
    for (int i = 0; i < HASHES; i++)
        spread[i] = draw_once_in(&draw, 2) ? (uint32_t)draw_number(&draw) : UINT32_MAX - draw_below(&draw, 4);
    for (uint32_t row = 1; row <= ROWS; row++) {
        hash_of[row] = spread[draw_below(&draw, HASHES)];
        ordinal_index_add(&index, hash_of[row], row);
    }
    for (int i = 0; i < HASHES; i++) {
        bool seen[ROWS + 1] = {false};
        uint32_t cursor = 0;
        uint32_t found;
        while ((found = ordinal_index_next(&index, spread[i], &cursor)) != 0) {
            assert_int_equal(hash_of[found], spread[i]);
            assert_false(seen[found]);
            seen[found] = true;
        }
        for (uint32_t row = 1; row <= ROWS; row++)
            assert_int_equal(seen[row], hash_of[row] == spread[i]);
    }
    ordinal_index_clear(&index);
}

static void an_empty_index_has_nothing(void **unused)
{
    const struct ordinal_index index = {0};
    uint32_t cursor = 0;
    (void)unused;
    assert_int_equal(ordinal_index_next(&index, 0, &cursor), 0);
}

static void a_hash_depends_on_bytes_size_and_seed(void **unused)
{
    static const char bytes[] = "140322102200\0\0";
    (void)unused;
    assert_int_equal(ordinal_hash(bytes, 12, 0), ordinal_hash("140322102200", 12, 0));
    assert_int_not_equal(ordinal_hash(bytes, 12, 0), ordinal_hash(bytes, 13, 0));
    assert_int_not_equal(ordinal_hash(bytes, 12, 0), ordinal_hash(bytes, 12, 1));
    assert_int_not_equal(ordinal_hash(bytes, 12, 0), ordinal_hash("140322102201", 12, 0));
}

/* Logs have hashes of matters in them: they are the same in every version. */
static void a_hash_never_changes(void **unused)
{
    static const struct {
        size_t size;
        uint32_t hash;
    } known[] = {{0, 0x55C72E9D},  {1, 0xBF6B3C85},  {5, 0x2ADDDC84},  {7, 0x5D100295},
                 {8, 0xFC3B97B5},  {9, 0x901863C7},  {12, 0xD9CB8E2A}, {15, 0x9A4BF15F},
                 {16, 0x9C8B27C0}, {18, 0x96B7CB33}, {24, 0x8CAB08A8}};
    (void)unused;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        assert_int_equal(ordinal_hash("140322102200-H-2020-0017", known[i].size, 3), known[i].hash);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_of_a_hash_is_found_and_no_other),
        cmocka_unit_test(an_empty_index_has_nothing),
        cmocka_unit_test(a_hash_depends_on_bytes_size_and_seed),
        cmocka_unit_test(a_hash_never_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
