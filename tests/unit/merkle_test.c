/* The tree of RFC 6962: its published vectors, and each proof of all trees of up to 130 leaves. */
#include "proof/merkle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { LEAVES_MAX = 130, LEVELS = 8, FLIPPED_SIZES_MAX = 13 };

/* All leaves, and above them the whole subtrees. */
struct leaves {
    struct merkle_hash hashes[LEAVES_MAX];
    struct merkle_hash above[LEVELS][LEAVES_MAX];
};

static void fill(struct leaves *leaves)
{
    for (unsigned i = 0; i < LEAVES_MAX; i++)
        leaves->hashes[i] = leaves->above[0][i] = merkle_leaf(&i, sizeof i);
    for (int level = 1; level < LEVELS; level++)
        for (int i = 0; i < LEAVES_MAX >> level; i++)
            leaves->above[level][i] =
                merkle_node(&leaves->above[level - 1][2 * i], &leaves->above[level - 1][2 * i + 1]);
}

/* MTH of RFC 6962 2.1, as it stands there. */
static struct merkle_hash defined_root(const struct merkle_hash *leaves, size_t count)
{
    if (count == 0)
        return merkle_empty();
    if (count == 1)
        return leaves[0];
    size_t half = 1;
    while (half * 2 < count)
        half *= 2;
    const struct merkle_hash left = defined_root(leaves, half);
    const struct merkle_hash right = defined_root(leaves + half, count - half);
    return merkle_node(&left, &right);
}

static bool read_subtree(void *context, int level, uint64_t index, struct merkle_hash *hash, struct fault *fault)
{
    const struct leaves *leaves = context;
    (void)fault;
    assert_in_range((index + 1) << level, 1, LEAVES_MAX);
    *hash = leaves->above[level][index];
    return true;
}

static bool read_nothing(void *context, int level, uint64_t index, struct merkle_hash *hash, struct fault *fault)
{
    (void)context;
    (void)level;
    (void)index;
    (void)hash;
    return fault_set(fault, FAULT_SYSTEM, "no tile");
}

static struct merkle_hash of_hex(const char *hex)
{
    struct merkle_hash hash;
    for (int i = 0; i < MERKLE_HASH_SIZE; i++) {
        unsigned byte;
        assert_int_equal(sscanf(hex + 2 * i, "%2x", &byte), 1);
        hash.bytes[i] = (uint8_t)byte;
    }
    return hash;
}

#define assert_hash_equal(one, other) assert_memory_equal((one).bytes, (other).bytes, MERKLE_HASH_SIZE)

static void the_empty_tree_has_the_hash_of_nothing(void **state)
{
    const struct merkle_hash expected = of_hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    const struct merkle_edge edge = {0};
    struct fault fault;
    struct merkle_hash root;
    (void)state;
    assert_hash_equal(merkle_empty(), expected);
    assert_hash_equal(merkle_edge_root(&edge), expected);
    assert_true(merkle_root(0, read_nothing, NULL, &root, &fault));
    assert_hash_equal(root, expected);
}

static void the_vectors_of_certificate_transparency_come_out(void **state)
{
    static const char entries[] = "\x00\x10\x20\x21\x30\x31\x40\x41\x42\x43\x50\x51\x52\x53\x54\x55\x56\x57"
                                  "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f";
    static const struct {
        size_t size;
        const char *root;
    } vectors[] = {
        {0, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
        {1, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
        {1, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
        {2, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
        {2, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
        {4, "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
        {8, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
        {16, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
    };
    struct merkle_edge edge = {0};
    const char *entry = entries;
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        const struct merkle_hash leaf = merkle_leaf(entry, vectors[i].size);
        const struct merkle_hash expected = of_hex(vectors[i].root);
        entry += vectors[i].size;
        merkle_edge_add(&edge, &leaf);
        assert_int_equal(edge.size, i + 1);
        assert_hash_equal(merkle_edge_root(&edge), expected);
    }
}

static void growing_and_reading_give_the_root_of_the_definition(void **state)
{
    struct leaves *leaves = *state;
    struct merkle_edge edge = {0};
    for (size_t size = 1; size <= LEAVES_MAX; size++) {
        struct fault fault;
        struct merkle_hash root;
        const struct merkle_hash expected = defined_root(leaves->hashes, size);
        merkle_edge_add(&edge, &leaves->hashes[size - 1]);
        assert_int_equal(edge.count, __builtin_popcountll(size));
        assert_hash_equal(merkle_edge_root(&edge), expected);
        assert_true(merkle_root(size, read_subtree, leaves, &root, &fault));
        assert_hash_equal(root, expected);
    }
}

static void each_leaf_is_proven_in_each_tree_and_nowhere_else(void **state)
{
    struct leaves *leaves = *state;
    for (uint64_t size = 1; size <= LEAVES_MAX; size++) {
        const struct merkle_hash root = defined_root(leaves->hashes, size);
        for (uint64_t index = 0; index < size; index++) {
            const struct merkle_hash *leaf = &leaves->hashes[index];
            struct merkle_proof proof;
            struct fault fault;
            assert_true(merkle_inclusion(index, size, read_subtree, leaves, &proof, &fault));
            assert_true(merkle_check_inclusion(index, size, leaf, &proof, &root));
            assert_false(merkle_check_inclusion(index + 1, size, leaf, &proof, &root));
            assert_false(merkle_check_inclusion(index ^ 1, size, leaf, &proof, &root));
            assert_false(merkle_check_inclusion(index, size, &leaves->hashes[(index + 1) % LEAVES_MAX], &proof, &root));
            assert_false(merkle_check_inclusion(index, size, leaf, &proof, leaf) && size > 1);
        }
    }
}

static void each_tree_is_proven_to_go_on_from_each_before_it(void **state)
{
    struct leaves *leaves = *state;
    struct merkle_hash roots[LEAVES_MAX + 1];
    for (size_t size = 0; size <= LEAVES_MAX; size++)
        roots[size] = defined_root(leaves->hashes, size);
    for (uint64_t size = 1; size <= LEAVES_MAX; size++)
        for (uint64_t from = 1; from <= size; from++) {
            struct merkle_proof proof;
            struct fault fault;
            assert_true(merkle_consistency(from, size, read_subtree, leaves, &proof, &fault));
            assert_true(merkle_check_consistency(from, size, &roots[from], &roots[size], &proof));
            assert_false(merkle_check_consistency(from, size, &roots[from - 1], &roots[size], &proof));
            assert_false(merkle_check_consistency(from, size, &roots[from], &roots[size - 1], &proof));
            assert_false(merkle_check_consistency(from - 1, size, &roots[from], &roots[size], &proof));
        }
}

static void a_proof_says_nothing_about_another_size(void **state)
{
    struct leaves *leaves = *state;
    for (uint64_t size = 1; size <= 40; size++) {
        const struct merkle_hash root = defined_root(leaves->hashes, size);
        for (uint64_t other = 0; other <= 40; other++) {
            const struct merkle_hash other_root = defined_root(leaves->hashes, other);
            struct merkle_proof proof;
            struct fault fault;
            assert_true(merkle_inclusion(size - 1, size, read_subtree, leaves, &proof, &fault));
            if (other != size)
                assert_false(merkle_check_inclusion(size - 1, other, &leaves->hashes[size - 1], &proof, &other_root));
            assert_true(merkle_consistency(size, 40, read_subtree, leaves, &proof, &fault));
            if (other != size && other > 0)
                assert_false(merkle_check_consistency(other, 40, &root, &leaves->hashes[0], &proof));
        }
    }
}

static void flip(struct merkle_proof *proof, int bit)
{
    proof->hashes[bit / 256].bytes[bit / 8 % MERKLE_HASH_SIZE] ^= (uint8_t)(1 << bit % 8);
}

static void every_changed_bit_of_a_proof_is_refused(void **state)
{
    struct leaves *leaves = *state;
    for (uint64_t size = 1; size <= FLIPPED_SIZES_MAX; size++) {
        const struct merkle_hash root = defined_root(leaves->hashes, size);
        for (uint64_t at = 0; at < size; at++) {
            const struct merkle_hash old_root = defined_root(leaves->hashes, at + 1);
            struct merkle_proof inclusion;
            struct merkle_proof consistency;
            struct fault fault;
            assert_true(merkle_inclusion(at, size, read_subtree, leaves, &inclusion, &fault));
            assert_true(merkle_consistency(at + 1, size, read_subtree, leaves, &consistency, &fault));
            for (int bit = 0; bit < inclusion.count * 256; bit++) {
                flip(&inclusion, bit);
                assert_false(merkle_check_inclusion(at, size, &leaves->hashes[at], &inclusion, &root));
                flip(&inclusion, bit);
            }
            for (int bit = 0; bit < consistency.count * 256; bit++) {
                flip(&consistency, bit);
                assert_false(merkle_check_consistency(at + 1, size, &old_root, &root, &consistency));
                flip(&consistency, bit);
            }
        }
    }
}

static void a_shorter_and_a_longer_proof_are_refused(void **state)
{
    struct leaves *leaves = *state;
    for (uint64_t size = 1; size <= LEAVES_MAX; size++) {
        const struct merkle_hash root = defined_root(leaves->hashes, size);
        const struct merkle_hash old_root = defined_root(leaves->hashes, (size + 1) / 2);
        struct merkle_proof proof = {0};
        struct fault fault;
        assert_true(merkle_inclusion(size / 2, size, read_subtree, leaves, &proof, &fault));
        for (int change = -1; change <= 1; change += 2) {
            proof.count += change;
            assert_false(merkle_check_inclusion(size / 2, size, &leaves->hashes[size / 2], &proof, &root));
            proof.count -= change;
        }
        assert_true(merkle_consistency((size + 1) / 2, size, read_subtree, leaves, &proof, &fault));
        for (int change = -1; change <= 1; change += 2) {
            proof.count += change;
            assert_false(merkle_check_consistency((size + 1) / 2, size, &old_root, &root, &proof));
            proof.count -= change;
        }
    }
}

static void hostile_numbers_are_refused(void **state)
{
    const struct leaves *leaves = *state;
    static const int counts[] = {INT32_MIN, -1, 0, 1, 63, 64, 65, 127, 128, 129, INT32_MAX};
    static const uint64_t numbers[] = {0, 1, 2, 3, 1u << 31, UINT64_C(1) << 63, UINT64_MAX - 1, UINT64_MAX};
    const struct merkle_hash *leaf = &leaves->hashes[0];
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++)
        for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
            for (size_t j = 0; j < sizeof numbers / sizeof *numbers; j++) {
                static struct merkle_proof proof;
                const bool only_leaf = numbers[i] == 0 && numbers[j] == 1 && counts[c] == 0;
                const bool the_same = numbers[i] == numbers[j] && numbers[i] > 0 && counts[c] == 0;
                proof.count = counts[c];
                assert_int_equal(merkle_check_inclusion(numbers[i], numbers[j], leaf, &proof, leaf), only_leaf);
                assert_int_equal(merkle_check_consistency(numbers[i], numbers[j], leaf, leaf, &proof), the_same);
            }
}

/* The longest ways there are. */
static void the_largest_sizes_are_checked(void **state)
{
    const struct leaves *leaves = *state;
    struct merkle_proof proof = {.count = 64};
    struct merkle_hash root = leaves->hashes[0];
    for (int i = 0; i < proof.count; i++) {
        proof.hashes[i] = leaves->hashes[i + 1];
        root = merkle_node(&root, &proof.hashes[i]);
    }
    assert_true(merkle_check_inclusion(0, UINT64_MAX, &leaves->hashes[0], &proof, &root));
    root = leaves->hashes[0];
    for (int i = 0; i < proof.count; i++)
        root = merkle_node(&proof.hashes[i], &root);
    assert_false(merkle_check_inclusion(UINT64_MAX - 1, UINT64_MAX, &leaves->hashes[0], &proof, &root));
    proof.count = 63;
    root = leaves->hashes[0];
    for (int i = 0; i < proof.count; i++)
        root = merkle_node(&proof.hashes[i], &root);
    assert_true(merkle_check_inclusion(UINT64_MAX - 1, UINT64_MAX, &leaves->hashes[0], &proof, &root));
}

static void of_the_empty_log_only_its_root_is_believed(void **state)
{
    const struct leaves *leaves = *state;
    const struct merkle_hash empty = merkle_empty();
    struct merkle_proof proof = {.count = 0};
    assert_true(merkle_check_consistency(0, 5, &empty, &leaves->hashes[3], &proof));
    assert_true(merkle_check_consistency(0, 0, &empty, &empty, &proof));
    assert_false(merkle_check_consistency(0, 0, &empty, &leaves->hashes[3], &proof));
    assert_false(merkle_check_consistency(0, 5, &leaves->hashes[3], &leaves->hashes[3], &proof));
    proof.count = 1;
    assert_false(merkle_check_consistency(0, 5, &empty, &leaves->hashes[3], &proof));
}

static void a_hash_that_cannot_be_read_fails_the_proof(void **state)
{
    struct merkle_proof proof = {.count = 77};
    struct merkle_hash root;
    struct fault fault = {0};
    (void)state;
    assert_false(merkle_root(3, read_nothing, NULL, &root, &fault));
    assert_int_equal(fault.code, FAULT_SYSTEM);
    assert_false(merkle_inclusion(2, 3, read_nothing, NULL, &proof, &fault));
    assert_false(merkle_consistency(2, 3, read_nothing, NULL, &proof, &fault));
    assert_int_equal(proof.count, 77);
}

static int make_leaves(void **state)
{
    struct leaves *leaves = malloc(sizeof *leaves);
    assert_non_null(leaves);
    fill(leaves);
    *state = leaves;
    return 0;
}
static int free_leaves(void **state)
{
    free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_empty_tree_has_the_hash_of_nothing),
        cmocka_unit_test(the_vectors_of_certificate_transparency_come_out),
        cmocka_unit_test(growing_and_reading_give_the_root_of_the_definition),
        cmocka_unit_test(each_leaf_is_proven_in_each_tree_and_nowhere_else),
        cmocka_unit_test(each_tree_is_proven_to_go_on_from_each_before_it),
        cmocka_unit_test(a_proof_says_nothing_about_another_size),
        cmocka_unit_test(every_changed_bit_of_a_proof_is_refused),
        cmocka_unit_test(a_shorter_and_a_longer_proof_are_refused),
        cmocka_unit_test(hostile_numbers_are_refused),
        cmocka_unit_test(the_largest_sizes_are_checked),
        cmocka_unit_test(of_the_empty_log_only_its_root_is_believed),
        cmocka_unit_test(a_hash_that_cannot_be_read_fails_the_proof),
    };
    return cmocka_run_group_tests(tests, make_leaves, free_leaves);
}
