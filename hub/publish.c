#include "publish.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain/source.h"
#include "journal.h"
#include "monitoring.h"
#include "outcome.h"
#include "refusing.h"

#define REFUSED SANLING__V1__OUTCOME__RUN__KIND__REFUSED

enum {
    PUBLISH_EVENTS_MAX = 10000,
    PUBLISH_SOURCE = 1,
    PUBLISH_FIRST_SEQUENCE = 2,
    PUBLISH_EVENTS = 3,
    PUBLISH_SIGNATURE = 4,
};

/* The message, walked without copying: where its events begin. */
struct publish {
    char source[65];
    uint64_t first_sequence;
    uint32_t count;
    struct wire_reader events;   /* at the first event or before it */
    struct wire_field signature; /* number 0: not signed */
};

/* The bytes came through another processor's cache, and a walk from event to event waits for each one's first: those
 * behind `field` are asked for while it is looked at. Nothing but time depends on it. */
static void expect_bytes(const struct wire_reader *reader, const struct wire_field *field)
{
    enum { AHEAD = 832, CACHE_LINE = 64 };
    if ((size_t)(reader->end - reader->next) < AHEAD + field->size)
        return;
    for (size_t at = 0; at < field->size; at += CACHE_LINE)
        __builtin_prefetch(reader->next + AHEAD + at);
}

static bool read_publish(const uint8_t *bytes, size_t size, struct publish *publish)
{
    struct wire_reader reader = wire_read(bytes, size);
    struct wire_field field;
    *publish = (struct publish){.events = reader};
    while (wire_next_likely(&reader, &field)) {
        if (field.number == PUBLISH_SOURCE) {
            if (field.size >= sizeof publish->source)
                return false;
            memcpy(publish->source, field.bytes, field.size);
        } else if (field.number == PUBLISH_FIRST_SEQUENCE) {
            publish->first_sequence = field.value;
        } else if (field.number == PUBLISH_EVENTS) {
            expect_bytes(&reader, &field);
            publish->count++;
        } else if (field.number == PUBLISH_SIGNATURE) {
            if (field.wire_type != PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED || publish->signature.number != 0)
                return false;
            publish->signature = field;
        }
    }
    return reader.flaw == WIRE_OK && name_valid(publish->source) && publish->first_sequence > 0 &&
           publish->first_sequence < UINT64_MAX / 2 && publish->count > 0 && publish->count <= PUBLISH_EVENTS_MAX;
}

/* read_publish counted them: there is one. */
static void next_event(struct publish *publish, struct wire_field *field)
{
    while (wire_next_likely(&publish->events, field))
        if (field->number == PUBLISH_EVENTS)
            break;
}

/* Ends the outcome; it is sent once what it says is durable. */
static void send_outcome(struct hub *hub, const struct peer *peer, struct outcome *outcome, uint64_t next_sequence,
                         uint32_t retry_after_ms)
{
    outcome_end(outcome, next_sequence, retry_after_ms);
    reply_add_bytes(&hub->replies, peer, outcome->writer.bytes, outcome->writer.size);
}

/* Refuses the whole message: nothing of it is consumed. */
static void refuse_all(struct hub *hub, const struct peer *peer, const struct publish *publish,
                       Sanling__V1__Code__Kind code, const char *text, uint64_t next_sequence, uint32_t retry_after_ms)
{
    struct outcome outcome;
    const bool by_signature =
        code == SANLING__V1__CODE__KIND__SIGNATURE_REQUIRED || code == SANLING__V1__CODE__KIND__BAD_SIGNATURE;
    if (refusing_note(hub, code) && by_signature)
        journal(JOURNAL_WARNING,
                "source %s: message from number %llu refused: %s [%s]; who sends is in sanlingctl refusals",
                publish->source, (unsigned long long)publish->first_sequence, text, hub_code_name(code));
    monitoring_refused(hub, code, publish->count);
    outcome_begin(&outcome, publish->source, publish->first_sequence);
    outcome_negative(&outcome, REFUSED, publish->count, code, text);
    send_outcome(hub, peer, &outcome, next_sequence, retry_after_ms);
}

/* What was sent again is compared with what the log holds, by the reader. */
static void compare_resent(struct hub *hub, const struct session *session, struct publish *publish, uint32_t source,
                           uint32_t count, zmq_msg_t *message)
{
    const struct state *state = &hub->ledger.state;
    struct read_request *request = read_request_open(READ_COMPARISON, &session->peer);
    request->usage = session->usage;
    struct comparison *comparison = &request->comparison;
    snprintf(comparison->source, sizeof comparison->source, "%s", publish->source);
    comparison->first_sequence = publish->first_sequence;
    comparison->next_sequence = state_source(state, source)->next_sequence;
    comparison->count = count;
    hub->counts.comparing += count;
    comparison->events = calloc(count, sizeof *comparison->events);
    if (!comparison->events)
        abort();
    struct source_place place = {.count = 0};
    for (uint32_t i = 0; i < count; i++) {
        struct wire_field field;
        next_event(publish, &field);
        if (place.count == 0 && !source_find(state, source, publish->first_sequence + i, &place))
            abort(); /* the caller counted numbers below the next one */
        uint64_t *needs = place.rejected ? &request->needs_rejections : &request->needs_position;
        if (place.place > *needs)
            *needs = place.place;
        comparison->events[i] = (struct resent){
            .place = place.place++, .rejected = place.rejected, .bytes = field.bytes, .size = field.size};
        place.count--;
    }
    zmq_msg_init(&comparison->message);
    zmq_msg_copy(&comparison->message, message); /* shares the bytes */
    hub_read(hub, &request);
}

void publish_compared(struct hub *hub, struct read_request *request)
{
    if (request->comparison.reused) {
        const struct session *session = sessions_find(&hub->sessions, &request->peer);
        refusing_begin(hub, session ? REFUSED_IDENTITY : REFUSED_NOBODY, session ? session->identity : "",
                       REFUSED_PUBLISH);
        (void)refusing_note(hub, SANLING__V1__CODE__KIND__SEQUENCE_REUSED);
        hub->asking.what = 0;
        const struct comparison *comparison = &request->comparison;
        const uint64_t reused = comparison->first_sequence + comparison->duplicate + comparison->rejected_again;
        journal(JOURNAL_ERROR,
                "source %s: a number was used again for other bytes [SEQUENCE_REUSED]: event %" PRIu64
                "; the first ones stand. See whether two programs have this source, or its agent's state was set back",
                comparison->source, reused);
    }
    reply_add_bytes(&hub->replies, &request->peer, request->message.bytes, request->message.size);
    monitoring_tells_of(hub, request->needs_position, request->needs_rejections);
    request->message = (struct wire_writer){0};
}

/* Refuses one event as MALFORMED; what is behind it in the message is not looked at. */
static void refuse_from(struct hub *hub, struct outcome *outcome, const struct publish *publish, uint32_t index,
                        const char *text)
{
    (void)refusing_note(hub, SANLING__V1__CODE__KIND__MALFORMED);
    outcome_negative(outcome, REFUSED, 1, SANLING__V1__CODE__KIND__MALFORMED, text);
    monitoring_refused(hub, SANLING__V1__CODE__KIND__MALFORMED, 1);
    hub->counts.not_reached += publish->count - index - 1;
}

/* An event of the message, decoded. */
struct read_event {
    struct wire_field field;
    struct decoded decoded;
    bool good;
    struct expected expected;
};

/* Decodes the next event and asks for what the state will be asked about it. */
static void read_event(const struct ledger *ledger, struct decoder *decoder, struct publish *publish,
                       struct read_event *event)
{
    next_event(publish, &event->field);
    event->good = decode_event(decoder, event->field.bytes, event->field.size, &event->decoded);
    event->expected = (struct expected){0};
    if (event->good)
        event->expected = state_expect(&ledger->state, &event->decoded.event);
}

/* Why it is none of the message's events, its number being `sequence`; NULL: it is one. */
static const char *flaw_of(const struct read_event *event, const struct publish *publish, uint64_t sequence)
{
    if (!event->good && event->decoded.code == SANLING__V1__CODE__KIND__MALFORMED)
        return event->decoded.text;
    if (strcmp(event->decoded.source, publish->source) != 0 || event->decoded.sequence != sequence)
        return "event: its source and sequence are not those of the message";
    return NULL;
}

/* Those of one message that were rejected. */
struct rejected_events {
    unsigned count;
    bool told;
};

static void note_rejected(struct hub *hub, const struct session *session, const struct publish *publish,
                          uint64_t sequence, const struct decision *decision, struct rejected_events *rejected)
{
    bool first = refusing_note_all(hub, REFUSED_EVENT, decision->code, 1);
    if (rejected->count++ == 0 && (first || usage_may_tell(session->usage, hub_monotonic_ms() * 1000))) {
        rejected->told = true;
        journal(JOURNAL_NOTICE, "source %s: event %llu rejected: %s", publish->source, (unsigned long long)sequence,
                hub_code_name(decision->code));
    }
}

/* Decides on the events that are next in line, up to the first that is no event. Each is decoded before the one before
 * it is decided on, so that memory is waited for and worked meanwhile. */
static void take_new(struct hub *hub, const struct session *session, const struct identity *identity,
                     struct publish *publish, struct signed_batch *batch, uint32_t source, uint32_t from)
{
    struct ledger *ledger = &hub->ledger;
    const struct author author = {
        .identity = identity->name, .root = identity->root, .office = identity->office, .batch = batch};
    struct decoder *const decoders[2] = {ledger->decoder, hub->decoder_ahead};
    struct read_event events[2];
    struct outcome outcome;
    uint64_t sequence = publish->first_sequence + from;
    struct rejected_events rejected = {0};
    int64_t now_us = hub_now_us(hub);
    outcome_begin(&outcome, publish->source, sequence);
    read_event(ledger, decoders[from % 2], publish, &events[from % 2]);
    for (uint32_t i = from; i < publish->count; i++, sequence++) {
        const struct read_event *event = &events[i % 2];
        struct read_event *next = &events[(i + 1) % 2];
        struct decision decision;
        if (i + 1 < publish->count)
            read_event(ledger, decoders[(i + 1) % 2], publish, next);
        const char *flaw = flaw_of(event, publish, sequence);
        if (flaw) {
            refuse_from(hub, &outcome, publish, i, flaw);
            break;
        }
        ledger_take(ledger, &source, &author, &event->decoded,
                    event->good && !identity->types[event->decoded.event.kind], event->field.bytes, event->field.size,
                    now_us, &decision);
        decoder_reset(decoders[i % 2]);
        if (i + 1 < publish->count)
            state_expect_rows(&ledger->state, &next->expected);
        monitoring_decided(hub, &decision, event->field.size);
        if (decision.recorded) {
            outcome_positive(&outcome, SANLING__V1__OUTCOME__RUN__KIND__RECORDED, decision.place, decision.pending);
        } else {
            outcome_negative(&outcome, SANLING__V1__OUTCOME__RUN__KIND__REJECTED, 1, decision.code, decision.text);
            note_rejected(hub, session, publish, sequence, &decision, &rejected);
        }
    }
    decoder_reset(decoders[0]); /* what ended the loop left its events there */
    decoder_reset(decoders[1]);
    if (rejected.count > 1 && rejected.told)
        journal(JOURNAL_NOTICE, "source %s: %u events of one message rejected", publish->source, rejected.count);
    send_outcome(hub, &session->peer, &outcome, source ? state_source(&ledger->state, source)->next_sequence : 1, 0);
    monitoring_tells(hub);
}

/* Why the message cannot be taken at all now; UNSPECIFIED if it can. */
static Sanling__V1__Code__Kind obstacle(const struct hub *hub, const struct identity *identity, uint32_t source,
                                        const char **text)
{
    const struct state *state = &hub->ledger.state;
    if (identity->role != ROLE_PUBLISHER && identity->role != ROLE_OPERATOR && identity->role != ROLE_LEADER) {
        *text = "the identity's role does not publish";
        return SANLING__V1__CODE__KIND__NOT_PERMITTED;
    }
    if (source != 0 && strcmp(state_text(state, state_source(state, source)->identity), identity->name) != 0) {
        *text = "the source belongs to another identity";
        return SANLING__V1__CODE__KIND__SOURCE_TAKEN;
    }
    if (hub->disk_full) {
        *text = "the hub's disk is full";
        return SANLING__V1__CODE__KIND__STORE_FULL;
    }
    if (!state_policy(state) && identity->office != OFFICE_OPERATOR) {
        *text = "no policy is adopted yet";
        return SANLING__V1__CODE__KIND__BUSY;
    }
    return SANLING__V1__CODE__KIND__UNSPECIFIED;
}

static void refuse_malformed(struct hub *hub, const struct session *session)
{
    hub_error(hub, &session->peer, SANLING__V1__CODE__KIND__MALFORMED, 0, 0,
              "publish: source, first_sequence, signature or the number of events is out of range");
}

void publish_refuse(struct hub *hub, const struct session *session, const uint8_t *bytes, size_t size,
                    uint32_t retry_after_ms)
{
    struct publish publish;
    if (!read_publish(bytes, size, &publish)) {
        refuse_malformed(hub, session);
        return;
    }
    hub->counts.received += publish.count;
    uint32_t source = state_find_source(&hub->ledger.state, publish.source);
    refuse_all(hub, &session->peer, &publish, SANLING__V1__CODE__KIND__BUSY,
               "over this identity's messages or bytes a second",
               source ? state_source(&hub->ledger.state, source)->next_sequence : 1, retry_after_ms);
}

/* Whether what the message says of its signature is true; *batch is then filled, but for a message without one. */
static Sanling__V1__Code__Kind check_signature(struct hub *hub, const struct identity *identity,
                                               const struct publish *publish, struct signed_batch *batch,
                                               const char **text)
{
    uint8_t key[BATCH_KEY_SIZE];
    struct fault fault;
    if (publish->signature.number == 0) {
        *text = "the policy takes this office's events only signed by the sender";
        return policy_must_sign(state_policy(&hub->ledger.state), identity->office)
                   ? SANLING__V1__CODE__KIND__SIGNATURE_REQUIRED
                   : SANLING__V1__CODE__KIND__UNSPECIFIED;
    }
    *text = "the identity has no signing key";
    if (identity->signing_key[0] == '\0' || !batch_key_read(identity->signing_key, key, &fault))
        return SANLING__V1__CODE__KIND__BAD_SIGNATURE;
    *text = "key, signature or salts are missing or of a wrong size";
    if (!signed_batch_read(publish->signature.bytes, publish->signature.size, publish->count, batch))
        return SANLING__V1__CODE__KIND__BAD_SIGNATURE;
    struct publish walked = *publish;
    batch->tree = &hub->batch_tree;
    batch->hasher = hub->hasher;
    batch->claim = (struct batch_claim){
        .source = publish->source, .first_sequence = publish->first_sequence, .count = publish->count};
    batch_tree_begin(batch->tree, publish->count);
    for (uint32_t i = 0; i < publish->count; i++) {
        struct wire_field field;
        next_event(&walked, &field);
        signed_batch_set(batch, i, field.bytes, field.size);
    }
    *text = "it is not the signature of the identity's key over these events";
    return signed_batch_verify(batch, key) ? SANLING__V1__CODE__KIND__UNSPECIFIED
                                           : SANLING__V1__CODE__KIND__BAD_SIGNATURE;
}

void publish_take(struct hub *hub, const struct session *session, const struct identity *identity, zmq_msg_t *message,
                  const uint8_t *bytes, size_t size)
{
    struct publish publish;
    struct signed_batch batch;
    const char *text = NULL;
    if (!read_publish(bytes, size, &publish)) {
        refuse_malformed(hub, session);
        return;
    }
    hub->counts.received += publish.count;
    uint32_t source = state_find_source(&hub->ledger.state, publish.source);
    uint64_t next = source ? state_source(&hub->ledger.state, source)->next_sequence : 1;
    Sanling__V1__Code__Kind code = obstacle(hub, identity, source, &text);
    if (code == SANLING__V1__CODE__KIND__UNSPECIFIED && publish.first_sequence > next) {
        code = SANLING__V1__CODE__KIND__SEQUENCE_GAP;
        text = "numbers before the first one are missing";
    }
    if (code == SANLING__V1__CODE__KIND__UNSPECIFIED)
        code = check_signature(hub, identity, &publish, &batch, &text);
    if (code != SANLING__V1__CODE__KIND__UNSPECIFIED) {
        refuse_all(hub, &session->peer, &publish, code, text, next, 0);
        return;
    }
    uint64_t used = next - publish.first_sequence;
    uint32_t resent = used < publish.count ? (uint32_t)used : publish.count;
    if (resent > 0 && !usage_lend(session->usage, READ_COMPARISON)) {
        refuse_all(hub, &session->peer, &publish, SANLING__V1__CODE__KIND__BUSY,
                   "too much that was sent again is being compared", next, LIMIT_LENT_MS);
        return;
    }
    if (resent > 0)
        compare_resent(hub, session, &publish, source, resent, message);
    if (resent < publish.count)
        take_new(hub, session, identity, &publish, publish.signature.number ? &batch : NULL, source, resent);
}
