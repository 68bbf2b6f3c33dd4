#include "record_proof.h"

#include "proof/batch.h"
#include "proof/leaf.h"
#include "proof/merkle.h"
#include "wire.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MICROSECONDS = 1000000, NANOSECONDS_IN_ONE = 1000, OFFICES_MAX = 32 };

/* Unpacks what came from a stranger. NULL: no such message. */
static ProtobufCMessage *unpack(const ProtobufCMessageDescriptor *type, const struct wire_limits *limits,
                                const uint8_t *bytes, size_t size)
{
    if (wire_check(type, bytes, size, limits, NULL) != WIRE_OK)
        return NULL;
    return protobuf_c_message_unpack(type, NULL, size, bytes);
}

/* The file's parts are there; what they say is taken out of the extra one. */
static bool read_record(struct record_proof *proof, struct fault *fault)
{
    proof->said = (Sanling__V1__ProofAnswer *)unpack(&sanling__v1__proof_answer__descriptor, &wire_message_limits,
                                                     proof->file.extra, proof->file.extra_size);
    const Sanling__V1__RawRecord *record = proof->said != NULL ? proof->said->record : NULL;
    if (record == NULL || record->publisher == NULL || record->recorded_at == NULL)
        return fault_set(fault, FAULT_USAGE, "extra: no record in it");
    proof->event = (Sanling__V1__Event *)unpack(&sanling__v1__event__descriptor, &wire_event_limits, record->event.data,
                                                record->event.len);
    return proof->event != NULL || fault_set(fault, FAULT_USAGE, "extra: its event is none");
}

bool record_proof_read(const char *bytes, size_t size, struct record_proof *proof, struct fault *fault)
{
    *proof = (struct record_proof){0};
    if (!proof_file_read(bytes, size, &proof->file, fault))
        return false;
    if (read_record(proof, fault))
        return true;
    record_proof_clear(proof);
    return false;
}

static bool take_hashes(const Sanling__V1__ProofAnswer *answer, struct merkle_proof *proof)
{
    if (answer->n_hashes > MERKLE_PROOF_MAX)
        return false;
    for (size_t i = 0; i < answer->n_hashes; i++) {
        if (answer->hashes[i].len != MERKLE_HASH_SIZE)
            return false;
        memcpy(proof->hashes[i].bytes, answer->hashes[i].data, MERKLE_HASH_SIZE);
    }
    proof->count = (int)answer->n_hashes;
    return true;
}

/* The answer's record and signature, packed. */
static bool take_extra(const Sanling__V1__ProofAnswer *answer, struct proof_file *file)
{
    Sanling__V1__ProofAnswer said = SANLING__V1__PROOF_ANSWER__INIT;
    said.record = answer->record;
    said.signature = answer->signature;
    file->extra_size = sanling__v1__proof_answer__get_packed_size(&said);
    file->extra = malloc(file->extra_size);
    return file->extra != NULL && sanling__v1__proof_answer__pack(&said, file->extra) == file->extra_size;
}

bool record_proof_take(const Sanling__V1__ProofAnswer *answer, struct record_proof *proof, struct fault *fault)
{
    *proof = (struct record_proof){0};
    if (answer->record == NULL || answer->record->position == 0 || !take_hashes(answer, &proof->file.proof))
        return fault_set(fault, FAULT_MALFORMED, "the hub's answer is no proof");
    proof->file.index = answer->record->position - 1;
    proof->file.checkpoint = strdup(answer->checkpoint);
    proof->file.checkpoint_size = strlen(answer->checkpoint);
    if (proof->file.checkpoint == NULL || !take_extra(answer, &proof->file))
        abort(); /* no memory */
    if (read_record(proof, fault))
        return true;
    record_proof_clear(proof);
    return false;
}

static bool recorded_at(const Google__Protobuf__Timestamp *time, int64_t *microseconds)
{
    if (time->nanos < 0 || time->nanos % NANOSECONDS_IN_ONE != 0 ||
        __builtin_mul_overflow(time->seconds, (int64_t)MICROSECONDS, microseconds))
        return false;
    return !__builtin_add_overflow(*microseconds, (int64_t)(time->nanos / NANOSECONDS_IN_ONE), microseconds);
}

static bool offices(const Sanling__V1__RawRecord *record, uint32_t *routed_to)
{
    *routed_to = 0;
    for (size_t i = 0; i < record->n_routed_to; i++) {
        const uint32_t office = (uint32_t)record->routed_to[i];
        if (office >= OFFICES_MAX)
            return false;
        *routed_to |= (uint32_t)1 << office;
    }
    return true;
}

/* What the tree must hold of the record. */
static bool leaf_of(const struct record_proof *proof, struct merkle_hash *hash, struct fault *fault)
{
    const Sanling__V1__RawRecord *record = proof->said->record;
    const Sanling__V1__SenderSignature *signature = proof->said->signature;
    uint8_t entry[LEAF_SIZE];
    struct leaf leaf = {
        .position = record->position,
        .office = (uint32_t)record->publisher->office,
        .identity = record->publisher->identity,
        .root = record->publisher->unit,
        .event = record->event.data,
        .event_size = record->event.len,
        .signature = signature != NULL ? signature->signature.data : NULL,
    };
    if (!recorded_at(record->recorded_at, &leaf.recorded_at_us))
        return fault_set(fault, FAULT_NO, "record: its time is none of the hub's");
    if (!offices(record, &leaf.routed_to))
        return fault_set(fault, FAULT_NO, "record: it is routed to an office that there cannot be");
    if (signature != NULL && signature->signature.len != LEAF_SIGNATURE_SIZE)
        return fault_set(fault, FAULT_NO, "sender's signature: not of %d bytes", LEAF_SIGNATURE_SIZE);
    leaf_write(&leaf, entry);
    *hash = merkle_leaf(entry, sizeof entry);
    return true;
}

static bool check_inclusion(const struct record_proof *proof, struct fault *fault)
{
    struct merkle_hash leaf;
    const uint64_t position = proof->said->record->position;
    if (position == 0 || proof->file.index != position - 1)
        return fault_set(fault, FAULT_NO, "index: %" PRIu64 " is not that of a record at position %" PRIu64,
                         proof->file.index, position);
    if (!leaf_of(proof, &leaf, fault))
        return false;
    if (proof->checkpoint.size <= proof->file.index)
        return fault_set(fault, FAULT_NO,
                         "checkpoint: it covers %" PRIu64 " records, and the record stands behind them",
                         proof->checkpoint.size);
    return merkle_check_inclusion(proof->file.index, proof->checkpoint.size, &leaf, &proof->file.proof,
                                  &proof->checkpoint.root) ||
           fault_set(fault, FAULT_NO,
                     "record or hashes: this record at this position is not in the log that the checkpoint names");
}

static bool check_sender(const struct record_proof *proof, const uint8_t *office_key, struct fault *fault)
{
    const ProtobufCBinaryData event = proof->said->record->event;
    struct fault cause = {0};
    if (proof->said->signature == NULL)
        return office_key == NULL || fault_set(fault, FAULT_NO, "sender's signature: there is none");
    return batch_entry_verify(proof->said->signature, event.data, event.len, office_key, &cause) ||
           fault_set(fault, FAULT_NO, "sender's signature: %s", cause.text);
}

bool record_proof_check(struct record_proof *proof, const struct trusted_keys *keys, const uint8_t *office_key,
                        struct fault *fault)
{
    struct fault cause = {0};
    if (!trusted_keys_open(keys, proof->file.checkpoint, proof->file.checkpoint_size, &proof->checkpoint, &proof->note,
                           &cause))
        return fault_set(fault, FAULT_NO, "checkpoint: %s", cause.text);
    return check_inclusion(proof, fault) && check_sender(proof, office_key, fault);
}

void record_proof_clear(struct record_proof *proof)
{
    proof_file_clear(&proof->file);
    if (proof->said != NULL)
        sanling__v1__proof_answer__free_unpacked(proof->said, NULL);
    if (proof->event != NULL)
        sanling__v1__event__free_unpacked(proof->event, NULL);
    *proof = (struct record_proof){0};
}
