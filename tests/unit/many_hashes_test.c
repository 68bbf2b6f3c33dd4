/* Hashes of many strings are those that each has alone, whatever else is hashed beside it. */
#include "proof/many_hashes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/sha.h>

#include "draw.h"

enum { STRINGS = 700, BYTES = 1 << 20, LONGEST = 200000 };

/* Strings lie anywhere in the bytes, and over one another. */
struct strings {
    uint8_t bytes[BYTES];
    size_t at[STRINGS];
    size_t sizes[STRINGS];
    struct merkle_hash found[STRINGS];
};

static int open_strings(void **state)
{
    struct strings *strings = calloc(1, sizeof *strings);
    struct draw draw = {2026};
    assert_non_null(strings);
    for (size_t i = 0; i < BYTES; i++)
        strings->bytes[i] = (uint8_t)draw_number(&draw);
    *state = strings;
    return 0;
}

static int close_strings(void **state)
{
    free(*state);
    return 0;
}

static void assert_alone(const struct strings *strings, int i)
{
    struct merkle_hash expected;
    SHA256(strings->bytes + strings->at[i], strings->sizes[i], expected.bytes);
    if (!merkle_equal(&expected, &strings->found[i]))
        fail_msg("string %d of %zu bytes has another hash among others than alone", i, strings->sizes[i]);
}

/* Adds `count` strings of up to `longest` bytes each. */
static void hash_strings(struct many_hashes *hasher, struct strings *strings, struct draw *draw, int count,
                         uint32_t longest)
{
    for (int i = 0; i < count; i++) {
        strings->sizes[i] = draw_below(draw, longest + 1);
        strings->at[i] = draw_below(draw, BYTES - longest);
        many_hashes_add(hasher, strings->bytes + strings->at[i], strings->sizes[i], strings->found[i].bytes);
    }
    many_hashes_flush(hasher);
    for (int i = 0; i < count; i++)
        assert_alone(strings, i);
}

static void strings_of_any_length_have_their_hash(void **state)
{
    struct draw draw = {1};
    struct many_hashes *hasher = many_hashes_open();
    for (int round = 0; round < 40; round++)
        hash_strings(hasher, *state, &draw, (int)draw_below(&draw, STRINGS), 2000);
    many_hashes_close(&hasher);
    assert_null(hasher);
}

static void every_length_about_the_ends_of_blocks_has_its_hash(void **state)
{
    struct strings *strings = *state;
    struct many_hashes *hasher = many_hashes_open();
    for (int i = 0; i < STRINGS; i++) {
        strings->at[i] = (size_t)i;
        strings->sizes[i] = (size_t)i % 331;
        many_hashes_add(hasher, strings->bytes + i, strings->sizes[i], strings->found[i].bytes);
    }
    many_hashes_flush(hasher);
    for (int i = 0; i < STRINGS; i++)
        assert_alone(strings, i);
    many_hashes_close(&hasher);
}

/* Some are too long for the lanes, the shortest wait for the longest. */
static void long_strings_have_their_hash_beside_short_ones(void **state)
{
    struct draw draw = {3};
    struct many_hashes *hasher = many_hashes_open();
    for (int round = 0; round < 4; round++) {
        hash_strings(hasher, *state, &draw, 40, LONGEST);
        hash_strings(hasher, *state, &draw, 40, 66000);
        hash_strings(hasher, *state, &draw, 1, 66000);
    }
    many_hashes_close(&hasher);
}

static void leaves_and_nodes_are_those_of_the_tree(void **state)
{
    struct strings *strings = *state;
    struct draw draw = {4};
    struct many_hashes *hasher = many_hashes_open();
    for (int round = 0; round < 20; round++) {
        for (int i = 0; i < STRINGS; i++) {
            strings->at[i] = draw_below(&draw, BYTES / 2);
            strings->sizes[i] = draw_once_in(&draw, 100) ? draw_below(&draw, 100000) : draw_below(&draw, 300);
            many_hashes_add_leaf(hasher, strings->bytes + strings->at[i], 16, strings->bytes + strings->at[i] + 16,
                                 strings->sizes[i], &strings->found[i]);
        }
        many_hashes_flush(hasher);
        for (int i = 0; i < STRINGS; i++) {
            const struct merkle_hash leaf = merkle_leaf(strings->bytes + strings->at[i], 16 + strings->sizes[i]);
            assert_memory_equal(&leaf, &strings->found[i], sizeof leaf);
        }
    }
    many_hashes_close(&hasher);
}

/* A tile's levels are made each in the place of the one below it. */
static void the_root_of_a_subtree_is_that_of_its_tree(void **state)
{
    struct merkle_hash leaves[MANY_HASHES_ROOT_MAX];
    struct merkle_edge edge = {0};
    struct many_hashes *hasher = many_hashes_open();
    (void)state;
    for (uint32_t i = 0; i < MANY_HASHES_ROOT_MAX; i++) {
        leaves[i] = merkle_leaf(&i, sizeof i);
        merkle_edge_add(&edge, &leaves[i]);
        if ((edge.size & (edge.size - 1)) != 0)
            continue;
        const struct merkle_hash expected = merkle_edge_root(&edge);
        const struct merkle_hash root = many_hashes_root(hasher, leaves, (int)edge.size);
        assert_memory_equal(&root, &expected, sizeof root);
    }
    many_hashes_close(&hasher);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_of_any_length_have_their_hash),
        cmocka_unit_test(every_length_about_the_ends_of_blocks_has_its_hash),
        cmocka_unit_test(long_strings_have_their_hash_beside_short_ones),
        cmocka_unit_test(leaves_and_nodes_are_those_of_the_tree),
        cmocka_unit_test(the_root_of_a_subtree_is_that_of_its_tree),
    };
    return cmocka_run_group_tests(tests, open_strings, close_strings);
}
