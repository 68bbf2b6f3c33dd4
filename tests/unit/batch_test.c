/* Signed by the sender: what was signed is found so, event by event, and nothing else is. */
#include "proof/batch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "event.pb-c.h"

enum { EVENTS_MAX = 130, EVENT_SIZE_MAX = 128, FIRST = 41 };

static const char source[] = "petitions-yu";

/* A batch as its sender has it. */
struct sent {
    uint8_t key[BATCH_KEY_SIZE];
    uint8_t secret[BATCH_SECRET_SIZE];
    uint32_t count;
    uint8_t events[EVENTS_MAX][EVENT_SIZE_MAX];
    size_t sizes[EVENTS_MAX];
    uint8_t salts[EVENTS_MAX][BATCH_SALT_SIZE];
    struct batch_tree tree;
    struct batch_claim claim;
    uint8_t signature[BATCH_SIGNATURE_SIZE];
};

static void send_batch(struct sent *sent, uint32_t count)
{
    static const uint8_t seed[crypto_sign_SEEDBYTES] = {7};
    crypto_sign_seed_keypair(sent->key, sent->secret, seed);
    sent->count = count;
    batch_tree_begin(&sent->tree, count);
    for (uint32_t i = 0; i < count; i++) {
        Sanling__V1__Event event = SANLING__V1__EVENT__INIT;
        event.source = (char *)source;
        event.sequence = FIRST + i;
        event.unit = "140322102000";
        sent->sizes[i] = sanling__v1__event__pack(&event, sent->events[i]);
        memset(sent->salts[i], (int)i + 1, BATCH_SALT_SIZE);
        batch_tree_set(&sent->tree, i, sent->salts[i], sent->events[i], sent->sizes[i]);
    }
    sent->claim = (struct batch_claim){
        .source = source, .first_sequence = FIRST, .count = count, .root = batch_tree_root(&sent->tree)};
    batch_sign(&sent->claim, sent->secret, sent->signature);
}

/* The message about one event; its parts are copies that may be changed. */
struct shown {
    Sanling__V1__SenderSignature message;
    char source[65];
    uint8_t key[BATCH_KEY_SIZE], signature[BATCH_SIGNATURE_SIZE], salt[BATCH_SALT_SIZE];
    uint8_t hashes[BATCH_LEVELS_MAX + 1][MERKLE_HASH_SIZE];
    ProtobufCBinaryData pointers[BATCH_LEVELS_MAX + 1];
    uint8_t event[EVENT_SIZE_MAX];
    size_t size;
};

static void show(const struct sent *sent, uint32_t index, struct shown *shown)
{
    const struct merkle_hash *path[BATCH_LEVELS_MAX];
    *shown = (struct shown){.message = SANLING__V1__SENDER_SIGNATURE__INIT, .size = sent->sizes[index]};
    Sanling__V1__SenderSignature *message = &shown->message;
    strcpy(shown->source, source);
    memcpy(shown->key, sent->key, sizeof shown->key);
    memcpy(shown->signature, sent->signature, sizeof shown->signature);
    memcpy(shown->salt, sent->salts[index], sizeof shown->salt);
    memcpy(shown->event, sent->events[index], sent->sizes[index]);
    message->source = shown->source;
    message->first_sequence = FIRST;
    message->count = sent->count;
    message->key = (ProtobufCBinaryData){.data = shown->key, .len = sizeof shown->key};
    message->signature = (ProtobufCBinaryData){.data = shown->signature, .len = sizeof shown->signature};
    message->salt = (ProtobufCBinaryData){.data = shown->salt, .len = sizeof shown->salt};
    message->n_hashes = (size_t)batch_tree_path(&sent->tree, index, path);
    message->hashes = shown->pointers;
    for (size_t i = 0; i <= BATCH_LEVELS_MAX; i++)
        shown->pointers[i] = (ProtobufCBinaryData){.data = shown->hashes[i], .len = MERKLE_HASH_SIZE};
    for (size_t i = 0; i < message->n_hashes; i++)
        memcpy(shown->hashes[i], path[i]->bytes, MERKLE_HASH_SIZE);
}

static bool verify(const struct shown *shown, const uint8_t *key, enum fault_code *code)
{
    struct fault fault = {0};
    const bool good = batch_entry_verify(&shown->message, shown->event, shown->size, key, &fault);
    if (code)
        *code = fault.code;
    return good;
}

static void the_tree_is_that_of_rfc_6962_and_so_is_every_way_in_it(void **unused)
{
    struct sent sent = {.tree = {0}};
    (void)unused;
    for (uint32_t count = 1; count <= EVENTS_MAX; count++) {
        struct merkle_edge edge = {0};
        send_batch(&sent, count);
        for (uint32_t i = 0; i < count; i++) {
            uint8_t entry[BATCH_SALT_SIZE + EVENT_SIZE_MAX];
            memcpy(entry, sent.salts[i], BATCH_SALT_SIZE);
            memcpy(entry + BATCH_SALT_SIZE, sent.events[i], sent.sizes[i]);
            const struct merkle_hash leaf = merkle_leaf(entry, BATCH_SALT_SIZE + sent.sizes[i]);
            const struct merkle_hash *path[BATCH_LEVELS_MAX];
            struct merkle_proof proof = {.count = batch_tree_path(&sent.tree, i, path)};
            for (int j = 0; j < proof.count; j++)
                proof.hashes[j] = *path[j];
            assert_true(merkle_check_inclusion(i, count, &leaf, &proof, &sent.claim.root));
            merkle_edge_add(&edge, &leaf);
        }
        const struct merkle_hash root = merkle_edge_root(&edge);
        assert_true(merkle_equal(&root, &sent.claim.root));
    }
    batch_tree_clear(&sent.tree);
}

static void each_event_of_a_signed_batch_is_verified_alone(void **unused)
{
    static const uint32_t counts[] = {1, 2, 3, 7, 8, 100, EVENTS_MAX};
    struct sent sent = {.tree = {0}};
    (void)unused;
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        send_batch(&sent, counts[c]);
        assert_true(batch_verify(&sent.claim, sent.key, sent.signature));
        for (uint32_t i = 0; i < counts[c]; i++) {
            struct shown shown;
            show(&sent, i, &shown);
            assert_true(verify(&shown, sent.key, NULL));
            assert_true(verify(&shown, NULL, NULL)); /* by whoever it names */
        }
    }
    batch_tree_clear(&sent.tree);
}

static void every_altered_part_is_refused(void **unused)
{
    struct sent sent = {.tree = {0}};
    struct shown shown;
    (void)unused;
    send_batch(&sent, 11);
    show(&sent, 6, &shown);
    struct {
        uint8_t *bytes;
        size_t size;
    } parts[] = {
        {shown.key, sizeof shown.key},
        {shown.signature, sizeof shown.signature},
        {shown.salt, sizeof shown.salt},
        {shown.event, shown.size},
        {(uint8_t *)shown.source, strlen(source)},
        {(uint8_t *)shown.hashes, shown.message.n_hashes * MERKLE_HASH_SIZE},
        {(uint8_t *)&shown.message.first_sequence, sizeof shown.message.first_sequence},
        {(uint8_t *)&shown.message.count, sizeof shown.message.count},
    };
    for (size_t p = 0; p < sizeof parts / sizeof *parts; p++)
        for (size_t bit = 0; bit < parts[p].size * 8; bit++) {
            parts[p].bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
            if (verify(&shown, sent.key, NULL) || verify(&shown, NULL, NULL))
                fail_msg("part %zu: bit %zu is turned, and the signature still holds", p, bit);
            parts[p].bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
    assert_true(verify(&shown, sent.key, NULL));
    batch_tree_clear(&sent.tree);
}

static void an_event_is_not_shown_as_another_of_its_batch(void **unused)
{
    struct sent sent = {.tree = {0}};
    (void)unused;
    send_batch(&sent, 9);
    for (uint32_t i = 0; i < 9; i++)
        for (uint32_t j = 0; j < 9; j++) {
            struct shown shown;
            show(&sent, i, &shown);
            memcpy(shown.event, sent.events[j], sent.sizes[j]);
            shown.size = sent.sizes[j];
            assert_int_equal(verify(&shown, sent.key, NULL), i == j);
        }
    batch_tree_clear(&sent.tree);
}

static void a_message_of_other_sizes_is_no_signature(void **unused)
{
    struct sent sent = {.tree = {0}};
    enum fault_code code;
    (void)unused;
    send_batch(&sent, 5);
    for (int what = 0; what < 8; what++) {
        struct shown shown;
        show(&sent, 2, &shown);
        if (what == 0)
            shown.message.key.len = 0;
        else if (what == 1)
            shown.message.signature.len--;
        else if (what == 2)
            shown.message.salt.len = 0;
        else if (what == 3)
            shown.message.count = 0;
        else if (what == 4)
            shown.message.count = BATCH_EVENTS_MAX + 1;
        else if (what == 5)
            shown.message.n_hashes = BATCH_LEVELS_MAX;
        else if (what == 6)
            shown.pointers[0].len = 31;
        else
            shown.message.first_sequence = UINT64_MAX;
        assert_false(verify(&shown, sent.key, &code));
        assert_int_equal(code, FAULT_USAGE);
    }
    for (int more = 0; more < 2; more++) { /* a hash missing, or one too many */
        struct shown shown;
        show(&sent, 2, &shown);
        shown.message.n_hashes += more ? 1 : (size_t)-1;
        assert_false(verify(&shown, sent.key, &code));
        assert_int_equal(code, FAULT_NO);
    }
    batch_tree_clear(&sent.tree);
}

static void another_offices_key_is_said_to_be_another(void **unused)
{
    struct sent sent = {.tree = {0}};
    struct shown shown;
    struct fault fault = {0};
    uint8_t other[BATCH_KEY_SIZE] = {1};
    (void)unused;
    send_batch(&sent, 3);
    show(&sent, 0, &shown);
    assert_false(batch_entry_verify(&shown.message, shown.event, shown.size, other, &fault));
    assert_int_equal(fault.code, FAULT_NO);
    assert_non_null(strstr(fault.text, "another key"));
    batch_tree_clear(&sent.tree);
}

static void a_key_has_one_text(void **unused)
{
    /* RFC 8032, 7.1, test 1 */
    static const char good[] = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
    static const char *const bad[] = {"",
                                      "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURp=",  /* an unused bit */
                                      "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo",   /* no padding */
                                      " 11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", /* more than it */
                                      "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo=",  /* for addresses */
                                      "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",  /* of small order */
                                      "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPc="};
    uint8_t key[BATCH_KEY_SIZE];
    char text[BATCH_KEY_TEXT_SIZE];
    struct fault fault = {0};
    (void)unused;
    assert_true(batch_key_read(good, key, &fault));
    batch_key_write(key, text);
    assert_string_equal(text, good);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        fault.code = FAULT_NONE;
        assert_false(batch_key_read(bad[i], key, &fault));
        assert_int_equal(fault.code, FAULT_USAGE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tree_is_that_of_rfc_6962_and_so_is_every_way_in_it),
        cmocka_unit_test(each_event_of_a_signed_batch_is_verified_alone),
        cmocka_unit_test(every_altered_part_is_refused),
        cmocka_unit_test(an_event_is_not_shown_as_another_of_its_batch),
        cmocka_unit_test(a_message_of_other_sizes_is_no_signature),
        cmocka_unit_test(another_offices_key_is_said_to_be_another),
        cmocka_unit_test(a_key_has_one_text),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
