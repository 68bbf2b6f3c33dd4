/* What a sender signed is kept with its records and shown again; whoever changes the one or the other is found out. */
#include "signed_batch.h"

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
#include "publish.pb-c.h"

enum { EVENTS = 7, FIRST = 100, MESSAGE_SIZE = 512, EVENT_SIZE = 96 };

struct sent {
    uint8_t key[BATCH_KEY_SIZE], secret[BATCH_SECRET_SIZE], signature[BATCH_SIGNATURE_SIZE];
    uint8_t salts[EVENTS * BATCH_SALT_SIZE];
    uint8_t events[EVENTS][EVENT_SIZE];
    size_t sizes[EVENTS];
    uint8_t message[MESSAGE_SIZE]; /* the encoded BatchSignature */
    size_t size;
    struct batch_tree tree;
};

static void send_batch(struct sent *sent)
{
    Sanling__V1__BatchSignature message = SANLING__V1__BATCH_SIGNATURE__INIT;
    *sent = (struct sent){.size = 0};
    crypto_sign_keypair(sent->key, sent->secret);
    randombytes_buf(sent->salts, sizeof sent->salts);
    batch_tree_begin(&sent->tree, EVENTS);
    for (uint32_t i = 0; i < EVENTS; i++) {
        Sanling__V1__Event event = SANLING__V1__EVENT__INIT;
        event.source = "safety-yu";
        event.sequence = FIRST + i;
        sent->sizes[i] = sanling__v1__event__pack(&event, sent->events[i]);
        batch_tree_set(&sent->tree, i, sent->salts + i * BATCH_SALT_SIZE, sent->events[i], sent->sizes[i]);
    }
    const struct batch_claim claim = {
        .source = "safety-yu", .first_sequence = FIRST, .count = EVENTS, .root = batch_tree_root(&sent->tree)};
    batch_sign(&claim, sent->secret, sent->signature);
    message.key = (ProtobufCBinaryData){.data = sent->key, .len = sizeof sent->key};
    message.signature = (ProtobufCBinaryData){.data = sent->signature, .len = sizeof sent->signature};
    message.salts = (ProtobufCBinaryData){.data = sent->salts, .len = sizeof sent->salts};
    sent->size = sanling__v1__batch_signature__pack(&message, sent->message);
    assert_true(sent->size <= sizeof sent->message);
}

/* As the hub takes it. */
static bool take(struct sent *sent, struct signed_batch *batch)
{
    if (!signed_batch_read(sent->message, sent->size, EVENTS, batch))
        return false;
    batch->tree = &sent->tree;
    batch->hasher = many_hashes_open();
    batch->claim = (struct batch_claim){.source = "safety-yu", .first_sequence = FIRST, .count = EVENTS};
    for (uint32_t i = 0; i < EVENTS; i++)
        signed_batch_set(batch, i, sent->events[i], sent->sizes[i]);
    const bool verified = signed_batch_verify(batch, sent->key);
    many_hashes_close(&batch->hasher);
    return verified;
}

/* A block with every second event of the batch, and an unsigned one between them. */
static uint8_t *store(struct sent *sent, size_t *size)
{
    static const uint8_t previous[32];
    struct block_builder builder;
    struct block_header header;
    struct block_part parts[BLOCK_PARTS];
    struct signed_batch batch;
    assert_true(take(sent, &batch));
    block_builder_init(&builder);
    block_builder_reset(&builder, 1);
    for (uint32_t i = 0; i < EVENTS; i++) {
        struct block_entry entry = {.publisher = (uint8_t)block_builder_publisher(&builder, "safety", "")};
        if (i % 2 == 0) {
            entry.batch = signed_batch_keep(&batch, i, &builder);
            entry.batch_leaf = i;
        }
        block_builder_add(&builder, &entry, sent->events[i], sent->sizes[i]);
    }
    assert_int_equal(builder.batch_count, 1);
    block_parts(&builder, 0, previous, &header, parts);
    *size = 0;
    for (int i = 0; i < BLOCK_PARTS; i++)
        *size += parts[i].size;
    uint8_t *bytes = malloc(*size), *at = bytes;
    assert_non_null(bytes);
    for (int i = 0; i < BLOCK_PARTS; i++) {
        memcpy(at, parts[i].bytes, parts[i].size);
        at += parts[i].size;
    }
    block_builder_clear(&builder);
    return bytes;
}

static void each_event_of_a_message_shows_its_senders_signature(void **unused)
{
    struct sent sent;
    struct signed_batch batch;
    struct sender_signature shown;
    struct fault fault;
    (void)unused;
    send_batch(&sent);
    assert_true(take(&sent, &batch));
    for (uint32_t i = 0; i < EVENTS; i++) {
        sender_signature_of_event(&batch, i, &shown);
        if (!batch_entry_verify(&shown.message, sent.events[i], sent.sizes[i], sent.key, &fault))
            fail_msg("event %u: %s", i, fault.text);
    }
    batch_tree_clear(&sent.tree);
}

/* An identity number has few possible values: with its salt, the hash of the event would tell which. */
static void of_what_is_no_record_no_salt_is_kept(void **unused)
{
    static const uint8_t zero[BLOCK_SALT_SIZE];
    struct sent sent;
    struct block_view view;
    struct fault fault;
    size_t size;
    (void)unused;
    send_batch(&sent);
    uint8_t *bytes = store(&sent, &size);
    assert_true(block_open(bytes, size, 1, &view, &fault));
    for (uint32_t i = 0; i < EVENTS; i++)
        assert_int_equal(memcmp(view.leaves[i].salt, zero, sizeof zero) == 0, i % 2 == 1);
    batch_tree_clear(&sent.tree);
    free(bytes);
}

static void whoever_changes_a_signed_record_is_found_out(void **unused)
{
    struct sent sent;
    struct block_view view;
    struct fault fault;
    size_t size;
    (void)unused;
    send_batch(&sent);
    uint8_t *bytes = store(&sent, &size);
    struct batch_tree tree = {0};
    struct many_hashes *hasher = many_hashes_open();
    uint64_t position = 0;
    assert_true(block_open(bytes, size, 1, &view, &fault));
    const struct block_entry *third = &view.entries[2];
    uint8_t *const places[] = {
        bytes + (view.bytes - bytes) + third->offset + 3, /* the event */
        (uint8_t *)view.leaves[2].hash,
        (uint8_t *)view.leaves[2].salt,
        (uint8_t *)view.leaves[1].hash, /* beside the way */
        (uint8_t *)view.batches[0].key,
        (uint8_t *)view.batches[0].signature,
        (uint8_t *)view.batches[0].source,
        (uint8_t *)&view.batches[0].first_sequence,
    };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        *places[i] ^= 1;
        fault.code = FAULT_NONE;
        assert_true(block_open(bytes, size, 1, &view, &fault));
        if (signed_block_check(&view, hasher, &tree, &position, &fault))
            fail_msg("change %zu was not found", i);
        assert_int_equal(fault.code, FAULT_DAMAGED);
        assert_int_equal(position, i < 3 ? 3 : 1); /* the record itself, or the first of its batch */
        *places[i] ^= 1;
    }
    assert_true(signed_block_check(&view, hasher, &tree, &position, &fault));
    batch_tree_clear(&tree);
    many_hashes_close(&hasher);
    batch_tree_clear(&sent.tree);
    free(bytes);
}

static void a_message_that_is_cut_or_changed_is_no_signature(void **unused)
{
    struct sent sent;
    struct signed_batch batch;
    (void)unused;
    send_batch(&sent);
    assert_true(take(&sent, &batch));
    for (size_t cut = 0; cut < sent.size; cut++)
        assert_false(signed_batch_read(sent.message, cut, EVENTS, &batch));
    assert_false(signed_batch_read(sent.message, sent.size, EVENTS - 1, &batch));
    assert_false(signed_batch_read(sent.message, sent.size, EVENTS + 1, &batch));
    for (size_t at = 0; at < sent.size; at++) {
        sent.message[at] ^= 1;
        assert_false(take(&sent, &batch));
        sent.message[at] ^= 1;
        assert_true(take(&sent, &batch));
    }
    batch_tree_clear(&sent.tree);
}

static void a_part_that_comes_twice_is_no_signature(void **unused)
{
    struct sent sent;
    struct signed_batch batch;
    (void)unused;
    send_batch(&sent);
    memcpy(sent.message + sent.size, sent.message, 2 + BATCH_KEY_SIZE);
    assert_false(signed_batch_read(sent.message, sent.size + 2 + BATCH_KEY_SIZE, EVENTS, &batch));
    batch_tree_clear(&sent.tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_event_of_a_message_shows_its_senders_signature),
        cmocka_unit_test(of_what_is_no_record_no_salt_is_kept),
        cmocka_unit_test(whoever_changes_a_signed_record_is_found_out),
        cmocka_unit_test(a_message_that_is_cut_or_changed_is_no_signature),
        cmocka_unit_test(a_part_that_comes_twice_is_no_signature),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
