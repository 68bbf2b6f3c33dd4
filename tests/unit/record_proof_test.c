/* Proofs of records, checked without the hub: right ones hold, and no part of one can be altered. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "proof/batch.h"
#include "proof/leaf.h"
#include "record_proof.h"

enum { RECORDS = 7, POSITION = 5, BATCH = 3, BATCH_INDEX = 1 };

/* A small log of which one record is proven, as the hub would answer. */
struct world {
    struct note_signer log;
    struct trusted_keys keys;
    uint8_t office_key[BATCH_KEY_SIZE];
    uint8_t event[256];
    size_t event_size;
    Sanling__V1__Publisher publisher;
    Google__Protobuf__Timestamp time;
    Sanling__V1__Office__Kind routed[2];
    Sanling__V1__RawRecord record;
    Sanling__V1__SenderSignature signature;
    uint8_t signature_bytes[BATCH_SIGNATURE_SIZE];
    uint8_t salt[BATCH_SALT_SIZE];
    ProtobufCBinaryData batch_hashes[BATCH_LEVELS_MAX];
    struct batch_tree batch;
    struct merkle_hash leaves[RECORDS];
    struct merkle_proof proof;
    ProtobufCBinaryData hashes[MERKLE_PROOF_MAX];
    char *checkpoint;
    Sanling__V1__ProofAnswer answer;
};

static void make_event(struct world *world)
{
    Sanling__V1__Event event = SANLING__V1__EVENT__INIT;
    event.source = "safety-yu";
    event.sequence = 100 + BATCH_INDEX;
    event.unit = "140322102200";
    world->event_size = sanling__v1__event__pack(&event, world->event);
}

static void sign_batch(struct world *world)
{
    uint8_t secret[BATCH_SECRET_SIZE];
    const struct merkle_hash *path[BATCH_LEVELS_MAX];
    struct batch_claim claim = {.source = "safety-yu", .first_sequence = 100, .count = BATCH};
    crypto_sign_keypair(world->office_key, secret);
    batch_tree_begin(&world->batch, BATCH);
    for (uint32_t i = 0; i < BATCH; i++)
        batch_tree_set(&world->batch, i, world->salt, world->event, world->event_size - (i == BATCH_INDEX ? 0 : 1 + i));
    claim.root = batch_tree_root(&world->batch);
    batch_sign(&claim, secret, world->signature_bytes);
    Sanling__V1__SenderSignature *signature = &world->signature;
    *signature = (Sanling__V1__SenderSignature)SANLING__V1__SENDER_SIGNATURE__INIT;
    signature->source = "safety-yu";
    signature->first_sequence = 100;
    signature->count = BATCH;
    signature->key = (ProtobufCBinaryData){sizeof world->office_key, world->office_key};
    signature->signature = (ProtobufCBinaryData){sizeof world->signature_bytes, world->signature_bytes};
    signature->salt = (ProtobufCBinaryData){sizeof world->salt, world->salt};
    signature->n_hashes = (size_t)batch_tree_path(&world->batch, BATCH_INDEX, path);
    for (size_t i = 0; i < signature->n_hashes; i++)
        world->batch_hashes[i] = (ProtobufCBinaryData){MERKLE_HASH_SIZE, (uint8_t *)path[i]->bytes};
    signature->hashes = world->batch_hashes;
}

static void make_record(struct world *world)
{
    world->publisher = (Sanling__V1__Publisher)SANLING__V1__PUBLISHER__INIT;
    world->publisher.identity = "safety";
    world->publisher.office = SANLING__V1__OFFICE__KIND__WORK_SAFETY;
    world->publisher.unit = "140322000000";
    world->time = (Google__Protobuf__Timestamp)GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    world->time.seconds = 1597809600;
    world->time.nanos = 123456000;
    world->routed[0] = SANLING__V1__OFFICE__KIND__PETITIONS;
    world->routed[1] = SANLING__V1__OFFICE__KIND__GOVERNANCE;
    world->record = (Sanling__V1__RawRecord)SANLING__V1__RAW_RECORD__INIT;
    world->record.position = POSITION;
    world->record.recorded_at = &world->time;
    world->record.publisher = &world->publisher;
    world->record.event = (ProtobufCBinaryData){world->event_size, world->event};
    world->record.n_routed_to = 2;
    world->record.routed_to = world->routed;
}

static bool read_leaf(void *context, int level, uint64_t index, struct merkle_hash *hash, struct fault *fault)
{
    const struct world *world = context;
    if (level == 0) {
        *hash = world->leaves[index];
        return true;
    }
    struct merkle_hash left, right;
    if (!read_leaf(context, level - 1, index * 2, &left, fault) ||
        !read_leaf(context, level - 1, index * 2 + 1, &right, fault))
        return false;
    *hash = merkle_node(&left, &right);
    return true;
}

static void grow_tree(struct world *world, bool signed_record)
{
    uint8_t entry[LEAF_SIZE];
    const struct leaf leaf = {.position = POSITION,
                              .recorded_at_us = 1597809600123456,
                              .routed_to = 1u << world->routed[0] | 1u << world->routed[1],
                              .office = (uint32_t)world->publisher.office,
                              .identity = "safety",
                              .root = "140322000000",
                              .event = world->event,
                              .event_size = world->event_size,
                              .signature = signed_record ? world->signature_bytes : NULL};
    struct fault fault;
    struct checkpoint checkpoint = {.origin = "sanling/test", .size = RECORDS};
    char text[CHECKPOINT_TEXT_SIZE];
    leaf_write(&leaf, entry);
    for (uint8_t i = 0; i < RECORDS; i++)
        world->leaves[i] = i + 1 == POSITION ? merkle_leaf(entry, sizeof entry) : merkle_leaf(&i, 1);
    assert_true(merkle_root(RECORDS, read_leaf, world, &checkpoint.root, &fault));
    assert_true(merkle_inclusion(POSITION - 1, RECORDS, read_leaf, world, &world->proof, &fault));
    checkpoint_write(&checkpoint, text);
    char *line = note_sign(&world->log, text, strlen(text), 0);
    world->checkpoint = calloc(1, strlen(text) + strlen(line) + 2);
    strcat(strcat(strcat(world->checkpoint, text), "\n"), line);
    free(line);
}

static struct world *make_world(bool signed_record)
{
    struct world *world = calloc(1, sizeof *world);
    struct fault fault;
    char verifier[NOTE_KEY_TEXT_SIZE];
    assert_true(note_signer_new("sanling/test", NOTE_ED25519, &world->log, &fault));
    note_verifier_write(&world->log.verifier, verifier);
    assert_true(trusted_keys_add(&world->keys, verifier, &fault));
    make_event(world);
    make_record(world);
    sign_batch(world);
    grow_tree(world, signed_record);
    world->answer = (Sanling__V1__ProofAnswer)SANLING__V1__PROOF_ANSWER__INIT;
    world->answer.record = &world->record;
    world->answer.signature = signed_record ? &world->signature : NULL;
    world->answer.n_hashes = (size_t)world->proof.count;
    for (int i = 0; i < world->proof.count; i++)
        world->hashes[i] = (ProtobufCBinaryData){MERKLE_HASH_SIZE, world->proof.hashes[i].bytes};
    world->answer.hashes = world->hashes;
    world->answer.checkpoint = world->checkpoint;
    return world;
}

static void end_world(struct world *world)
{
    batch_tree_clear(&world->batch);
    free(world->checkpoint);
    free(world);
}

/* Whether the answer's proof holds, through its file. */
static bool holds(const struct world *world, const uint8_t *office_key, struct fault *fault)
{
    struct record_proof proof;
    *fault = (struct fault){0};
    if (!record_proof_take(&world->answer, &proof, fault))
        return false;
    char *text = proof_file_write(&proof.file);
    record_proof_clear(&proof);
    bool good = record_proof_read(text, strlen(text), &proof, fault);
    free(text);
    good = good && record_proof_check(&proof, &world->keys, office_key, fault);
    record_proof_clear(&proof);
    return good;
}

static void a_proof_survives_its_file_and_holds(void **state)
{
    (void)state;
    for (int signed_record = 0; signed_record < 2; signed_record++) {
        struct world *world = make_world(signed_record == 1);
        struct fault fault;
        const bool good = holds(world, signed_record ? world->office_key : NULL, &fault);
        assert_string_equal(fault.text, "");
        assert_true(good);
        end_world(world);
    }
}

static void expect_refusal(const struct world *world, const uint8_t *office_key, const char *part)
{
    struct fault fault;
    assert_false(holds(world, office_key, &fault));
    if (strstr(fault.text, part) == NULL)
        fail_msg("'%s' does not name '%s'", fault.text, part);
    assert_int_equal(fault.code, FAULT_NO);
}

static void every_field_of_the_record_is_proven(void **state)
{
    (void)state;
    struct world *world = make_world(true);
    static const char not_in_log[] = "is not in the log";
    world->event[world->event_size - 1] ^= 1;
    expect_refusal(world, NULL, not_in_log);
    world->event[world->event_size - 1] ^= 1;
    world->time.nanos += 1000;
    expect_refusal(world, NULL, not_in_log);
    world->time.nanos -= 999; /* not even microseconds */
    expect_refusal(world, NULL, "its time");
    world->time.nanos -= 1;
    world->publisher.identity = "petitions";
    expect_refusal(world, NULL, not_in_log);
    world->publisher.identity = "safety";
    world->publisher.unit = "";
    expect_refusal(world, NULL, not_in_log);
    world->publisher.unit = "140322000000";
    world->publisher.office = SANLING__V1__OFFICE__KIND__PETITIONS;
    expect_refusal(world, NULL, not_in_log);
    world->publisher.office = SANLING__V1__OFFICE__KIND__WORK_SAFETY;
    world->record.n_routed_to = 1;
    expect_refusal(world, NULL, not_in_log);
    world->record.n_routed_to = 2;
    world->record.position = POSITION + 1;
    expect_refusal(world, NULL, not_in_log);
    world->record.position = RECORDS + 1;
    expect_refusal(world, NULL, "stands behind");
    end_world(world);
}

static void the_way_and_the_checkpoint_are_proven(void **state)
{
    (void)state;
    struct world *world = make_world(false);
    struct note_signer other;
    struct fault fault;
    world->hashes[0].data[3] ^= 0x40;
    expect_refusal(world, NULL, "is not in the log");
    world->hashes[0].data[3] ^= 0x40;
    world->answer.n_hashes--;
    expect_refusal(world, NULL, "is not in the log");
    world->answer.n_hashes++;
    char *digit = strchr(world->checkpoint, '\n') + 1;
    *digit = '8';
    expect_refusal(world, NULL, "checkpoint");
    *digit = '7';
    assert_true(note_signer_new("sanling/test", NOTE_ED25519, &other, &fault));
    world->keys.keys[0] = other.verifier;
    expect_refusal(world, NULL, "checkpoint");
    end_world(world);
}

static void the_senders_signature_is_proven(void **state)
{
    (void)state;
    struct world *world = make_world(true);
    uint8_t other[BATCH_KEY_SIZE] = {1};
    expect_refusal(world, other, "sender's signature");
    world->salt[0] ^= 1;
    expect_refusal(world, NULL, "sender's signature");
    world->salt[0] ^= 1;
    world->signature.first_sequence = 101;
    expect_refusal(world, NULL, "sender's signature");
    world->signature.first_sequence = 100;
    world->answer.signature = NULL; /* stripping it changes the record, too */
    expect_refusal(world, NULL, "is not in the log");
    end_world(world);
}

static void a_signature_that_is_wanted_must_be_there(void **state)
{
    (void)state;
    struct world *world = make_world(false);
    expect_refusal(world, world->office_key, "there is none");
    end_world(world);
}

static void bytes_that_are_no_proof_are_refused(void **state)
{
    (void)state;
    struct world *world = make_world(true);
    struct record_proof proof;
    struct fault fault;
    assert_true(record_proof_take(&world->answer, &proof, &fault));
    char *text = proof_file_write(&proof.file);
    record_proof_clear(&proof);
    const size_t size = strlen(text);
    for (size_t i = 0; i < size; i++) { /* cut anywhere, and one letter altered anywhere */
        assert_false(record_proof_read(text, i, &proof, &fault) &&
                     record_proof_check(&proof, &world->keys, NULL, &fault));
        record_proof_clear(&proof);
        text[i] ^= 2;
        assert_false(record_proof_read(text, size, &proof, &fault) &&
                     record_proof_check(&proof, &world->keys, NULL, &fault));
        record_proof_clear(&proof);
        text[i] ^= 2;
    }
    free(text);
    end_world(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_proof_survives_its_file_and_holds),
        cmocka_unit_test(every_field_of_the_record_is_proven),
        cmocka_unit_test(the_way_and_the_checkpoint_are_proven),
        cmocka_unit_test(the_senders_signature_is_proven),
        cmocka_unit_test(a_signature_that_is_wanted_must_be_there),
        cmocka_unit_test(bytes_that_are_no_proof_are_refused),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
