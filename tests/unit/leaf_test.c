/* What the tree holds of a record, byte by byte. */
#include "proof/leaf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

static const uint8_t event[] = "an event";

static struct leaf plain(void)
{
    return (struct leaf){
        .position = 0x0102030405060708,
        .recorded_at_us = 0x1112131415161718,
        .routed_to = 0x21222324,
        .office = 0x31323334,
        .identity = "safety-yu",
        .root = "140321",
        .event = event,
        .event_size = sizeof event - 1,
    };
}

static void assert_hash_of(const uint8_t *found, const void *bytes, size_t size)
{
    uint8_t expected[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(expected, bytes, size);
    assert_memory_equal(found, expected, sizeof expected);
}

static void its_bytes_are_those_of_the_layout(void **state)
{
    static const uint8_t numbers[] = "SANLING1\x01\x02\x03\x04\x05\x06\x07\x08\x11\x12\x13\x14\x15\x16\x17\x18"
                                     "\x21\x22\x23\x24\x31\x32\x33\x34";
    static const uint8_t zeros[32];
    const struct leaf leaf = plain();
    uint8_t entry[LEAF_SIZE];
    (void)state;
    leaf_write(&leaf, entry);
    assert_memory_equal(entry, numbers, 32);
    assert_hash_of(entry + 32,
                   "safety-yu\0"
                   "140321",
                   16);
    assert_hash_of(entry + 64, event, sizeof event - 1);
    assert_memory_equal(entry + 96, zeros, 32);
}

/* The example of PROTOCOL.md. */
static void the_example_of_the_protocol_comes_out(void **state)
{
    static const uint8_t sent[] = {0x0a, 0x02, 'y', 'u', 0x10, 0x01, 0x1a, 0x06, 0x08, 0x80, 0xfc, 0xf1, 0xf9, 0x05};
    static const char expected[] = "0e4d8ff92a58f3800451253b3e40028081cd0944da5d9fcf8d5d18f99178d90b";
    const struct leaf leaf = {
        .position = 7,
        .recorded_at_us = INT64_C(1597809600000000),
        .routed_to = 1u << 2 | 1u << 4,
        .office = 1,
        .identity = "petitions",
        .root = "140322000000",
        .event = sent,
        .event_size = sizeof sent,
    };
    uint8_t entry[LEAF_SIZE];
    char found[2 * MERKLE_HASH_SIZE + 1];
    (void)state;
    leaf_write(&leaf, entry);
    const struct merkle_hash hash = merkle_leaf(entry, sizeof entry);
    sodium_bin2hex(found, sizeof found, hash.bytes, sizeof hash.bytes);
    assert_string_equal(found, expected);
}

static void a_signature_is_held_by_its_hash(void **state)
{
    uint8_t signature[LEAF_SIGNATURE_SIZE];
    uint8_t entry[LEAF_SIZE];
    struct leaf leaf = plain();
    (void)state;
    memset(signature, 0x5a, sizeof signature);
    leaf.signature = signature;
    leaf_write(&leaf, entry);
    assert_hash_of(entry + 96, signature, sizeof signature);
}

static void the_whole_tree_has_an_empty_root(void **state)
{
    uint8_t entry[LEAF_SIZE];
    struct leaf leaf = plain();
    (void)state;
    leaf.root = "";
    leaf_write(&leaf, entry);
    assert_hash_of(entry + 32, "safety-yu", 10);
}

static void each_part_of_a_record_changes_it(void **state)
{
    enum { CHANGES = 8 };
    static const uint8_t other[] = "an Event";
    uint8_t entries[CHANGES][LEAF_SIZE];
    (void)state;
    for (int i = 0; i < CHANGES; i++) {
        struct leaf leaf = plain();
        leaf.position += i == 1;
        leaf.recorded_at_us += i == 2;
        leaf.routed_to += i == 3;
        leaf.office += i == 4;
        leaf.identity = i == 5 ? "safety-y" : leaf.identity;
        leaf.root = i == 6 ? "u140321" : leaf.root;
        leaf.event = i == 7 ? other : leaf.event;
        leaf_write(&leaf, entries[i]);
        for (int before = 0; before < i; before++)
            assert_memory_not_equal(entries[i], entries[before], LEAF_SIZE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(its_bytes_are_those_of_the_layout), cmocka_unit_test(the_example_of_the_protocol_comes_out),
        cmocka_unit_test(a_signature_is_held_by_its_hash),   cmocka_unit_test(the_whole_tree_has_an_empty_root),
        cmocka_unit_test(each_part_of_a_record_changes_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
