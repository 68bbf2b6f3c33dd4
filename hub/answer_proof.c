#include "answer_proof.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer_parts.h"
#include "subscribe.h"

static void refuse(struct hub *hub, const struct session *session, uint32_t query, Sanling__V1__Code__Kind code,
                   const char *text)
{
    hub_error(hub, &session->peer, code, query, 0, text);
}

/* ---- asking ---- */

static void ask(struct hub *hub, const struct session *session, struct notary_request *request)
{
    const uint32_t query = request->query;
    if (notary_ask(hub->notary, &request))
        return;
    notary_request_close(&request);
    refuse(hub, session, query, SANLING__V1__CODE__KIND__BUSY, "too many questions wait for a checkpoint");
}

static void ask_checkpoint(struct hub *hub, const struct session *session, const Sanling__V1__Query *query)
{
    struct notary_request *request = notary_request_open(NOTARY_CHECKPOINT, &session->peer, query->id);
    request->needs = 1; /* a new log has none yet, but soon */
    ask(hub, session, request);
}

static void ask_proof(struct hub *hub, const struct session *session, const struct identity *identity,
                      const Sanling__V1__Query *query)
{
    const uint64_t position = query->proof->position;
    if (position == 0 || position > hub->ledger.state.heads.position) {
        refuse(hub, session, query->id,
               position == 0 ? SANLING__V1__CODE__KIND__BAD_QUERY : SANLING__V1__CODE__KIND__POSITION_AHEAD,
               position == 0 ? "position: the first is 1" : "position: beyond the log");
        return;
    }
    struct notary_request *request = notary_request_open(NOTARY_PROOF, &session->peer, query->id);
    request->needs = request->position = position;
    subscribe_readable(hub, identity, &request->filter);
    snprintf(request->identity, sizeof request->identity, "%s", identity->name);
    ask(hub, session, request);
}

static void ask_consistency(struct hub *hub, const struct session *session, const Sanling__V1__Query *query)
{
    const uint64_t from = query->consistency->from;
    const uint64_t to = query->consistency->to;
    const uint64_t last = to > from ? to : from;
    if (from == 0 || (to != 0 && from > to)) {
        refuse(hub, session, query->id, SANLING__V1__CODE__KIND__BAD_QUERY, "from: at least 1, and not behind `to`");
        return;
    }
    if (last > hub->ledger.state.heads.position) {
        refuse(hub, session, query->id, SANLING__V1__CODE__KIND__POSITION_AHEAD, "from, to: beyond the log");
        return;
    }
    struct notary_request *request = notary_request_open(NOTARY_CONSISTENCY, &session->peer, query->id);
    request->needs = last;
    request->from = from;
    request->to = to;
    ask(hub, session, request);
}

static void ask_cosignature(struct hub *hub, const struct session *session, const Sanling__V1__Query *query)
{
    struct notary_request *request = notary_request_open(NOTARY_COSIGNATURE, &session->peer, query->id);
    request->needs = 1;
    request->text = strdup(query->cosignature->checkpoint);
    request->line = strdup(query->cosignature->cosignature);
    if (!request->text || !request->line)
        abort();
    ask(hub, session, request);
}

void proof_ask(struct hub *hub, const struct session *session, const struct identity *identity,
               const Sanling__V1__Query *query)
{
    if (query->ask_case == SANLING__V1__QUERY__ASK_CHECKPOINT)
        ask_checkpoint(hub, session, query);
    else if (query->ask_case == SANLING__V1__QUERY__ASK_PROOF)
        ask_proof(hub, session, identity, query);
    else if (query->ask_case == SANLING__V1__QUERY__ASK_CONSISTENCY)
        ask_consistency(hub, session, query);
    else
        ask_cosignature(hub, session, query);
}

/* ---- answering ---- */

static ProtobufCBinaryData *take_hashes(struct hub *hub, const struct merkle_proof *proof, size_t *count)
{
    *count = (size_t)proof->count;
    ProtobufCBinaryData *hashes = take(hub, (*count + 1) * sizeof *hashes);
    for (size_t i = 0; i < *count; i++)
        hashes[i] = (ProtobufCBinaryData){.data = (uint8_t *)proof->hashes[i].bytes, .len = MERKLE_HASH_SIZE};
    return hashes;
}

static Sanling__V1__RawRecord *take_record(struct hub *hub, const struct notary_request *request)
{
    const struct proven_record *from = &request->record;
    Sanling__V1__RawRecord *record = take(hub, sizeof *record);
    Sanling__V1__Publisher *publisher = take(hub, sizeof *publisher);
    sanling__v1__raw_record__init(record);
    sanling__v1__publisher__init(publisher);
    publisher->identity = (char *)from->identity;
    publisher->office = (Sanling__V1__Office__Kind)from->office;
    publisher->unit = (char *)from->root;
    record->position = request->position;
    record->recorded_at = take_time(hub, from->recorded_at_us);
    record->publisher = publisher;
    record->event = (ProtobufCBinaryData){.data = from->event, .len = from->event_size};
    record->routed_to = take_offices(hub, from->routed_to, &record->n_routed_to);
    return record;
}

static Sanling__V1__SenderSignature *take_signature(struct hub *hub, const struct proven_signature *from)
{
    const struct block_batch *batch = &from->batch;
    if (!from->there)
        return NULL;
    Sanling__V1__SenderSignature *signature = take(hub, sizeof *signature);
    sanling__v1__sender_signature__init(signature);
    signature->source = (char *)batch->source;
    signature->first_sequence = batch->first_sequence;
    signature->count = batch->count;
    signature->key = (ProtobufCBinaryData){.data = (uint8_t *)batch->key, .len = sizeof batch->key};
    signature->signature = (ProtobufCBinaryData){.data = (uint8_t *)batch->signature, .len = sizeof batch->signature};
    signature->salt = (ProtobufCBinaryData){.data = (uint8_t *)from->salt, .len = sizeof from->salt};
    signature->hashes = take_hashes(hub, &from->proof, &signature->n_hashes);
    return signature;
}

static void answer_checkpoint(struct hub *hub, const struct session *session, const struct notary_request *request)
{
    Sanling__V1__Answer answer = answer_head(hub, request->query);
    Sanling__V1__CheckpointAnswer checkpoint = SANLING__V1__CHECKPOINT_ANSWER__INIT;
    checkpoint.checkpoint = request->note;
    checkpoint.verifier_key = (char *)request->verifier;
    checkpoint.size = request->size;
    checkpoint.cosigned = (char **)request->cosigned;
    checkpoint.n_cosigned = (size_t)request->cosigned_count;
    answer.body_case = SANLING__V1__ANSWER__BODY_CHECKPOINT;
    answer.checkpoint = &checkpoint;
    send_answer(hub, session, &answer);
}

static void answer_proof(struct hub *hub, const struct session *session, const struct notary_request *request)
{
    if (!request->permitted) {
        refuse(hub, session, request->query, SANLING__V1__CODE__KIND__NOT_PERMITTED,
               "position: a record that the identity may not read");
        return;
    }
    Sanling__V1__Answer answer = answer_head(hub, request->query);
    Sanling__V1__ProofAnswer proof = SANLING__V1__PROOF_ANSWER__INIT;
    proof.record = take_record(hub, request);
    proof.signature = take_signature(hub, &request->record.signature);
    proof.hashes = take_hashes(hub, &request->proof, &proof.n_hashes);
    proof.checkpoint = request->note;
    answer.body_case = SANLING__V1__ANSWER__BODY_PROOF;
    answer.proof = &proof;
    send_answer(hub, session, &answer);
}

static void answer_consistency(struct hub *hub, const struct session *session, const struct notary_request *request)
{
    Sanling__V1__Answer answer = answer_head(hub, request->query);
    Sanling__V1__ConsistencyAnswer consistency = SANLING__V1__CONSISTENCY_ANSWER__INIT;
    consistency.from = request->from;
    consistency.to = request->to;
    consistency.hashes = take_hashes(hub, &request->proof, &consistency.n_hashes);
    consistency.checkpoint = request->note;
    answer.body_case = SANLING__V1__ANSWER__BODY_CONSISTENCY;
    answer.consistency = &consistency;
    send_answer(hub, session, &answer);
}

static void answer_cosignature(struct hub *hub, const struct session *session, const struct notary_request *request)
{
    Sanling__V1__Answer answer = answer_head(hub, request->query);
    Sanling__V1__CosignatureAnswer taken = SANLING__V1__COSIGNATURE_ANSWER__INIT;
    switch (request->cosigning) {
    case COSIGNING_TAKEN:
        taken.cosignatures = (uint32_t)request->cosignatures;
        answer.body_case = SANLING__V1__ANSWER__BODY_COSIGNATURE;
        answer.cosignature = &taken;
        send_answer(hub, session, &answer);
        return;
    case COSIGNING_STRANGER:
        refuse(hub, session, request->query, SANLING__V1__CODE__KIND__NOT_PERMITTED,
               "cosignature: of no witness that the hub's configuration names");
        return;
    case COSIGNING_WRONG:
        refuse(hub, session, request->query, SANLING__V1__CODE__KIND__BAD_SIGNATURE, "cosignature: it does not verify");
        return;
    case COSIGNING_MALFORMED:
        refuse(hub, session, request->query, SANLING__V1__CODE__KIND__BAD_QUERY, "checkpoint: the text is none");
        return;
    case COSIGNING_UNKNOWN:
        refuse(hub, session, request->query, SANLING__V1__CODE__KIND__UNKNOWN_CHECKPOINT,
               "checkpoint: this log did not sign it");
        return;
    }
    abort();
}

void proof_answered(struct hub *hub, const struct notary_request *request)
{
    const struct session *session = sessions_find(&hub->sessions, &request->peer);
    if (!session)
        return;
    wire_arena_reset(hub->arena);
    hub_show_now(hub);
    switch (request->kind) {
    case NOTARY_CHECKPOINT:
        answer_checkpoint(hub, session, request);
        return;
    case NOTARY_PROOF:
        answer_proof(hub, session, request);
        return;
    case NOTARY_CONSISTENCY:
        answer_consistency(hub, session, request);
        return;
    case NOTARY_COSIGNATURE:
        answer_cosignature(hub, session, request);
        return;
    case NOTARY_GROW:
    case NOTARY_CHECK:
        break;
    }
    abort(); /* is no question */
}
