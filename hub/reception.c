#include "reception.h"

#include <stdlib.h>
#include <string.h>

#include "committing.h"
#include "domain/source.h"
#include "journal.h"
#include "publish.h"
#include "query.h"
#include "refusing.h"
#include "subscribe.h"

enum {
    PROTOCOL_VERSION = 1,
    TURN_MESSAGES_MAX = 64, /* received in one turn, so that answers and deliveries get theirs */
    TURN_US_MAX = 20000,    /* and no more when they took so long */
};

static void welcome(struct hub *hub, struct session *session, const struct identity *identity,
                    const Sanling__V1__Hello *hello)
{
    const struct state *state = &hub->ledger.state;
    Sanling__V1__Welcome welcome = SANLING__V1__WELCOME__INIT;
    Sanling__V1__Limits limits = SANLING__V1__LIMITS__INIT;
    Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    Sanling__V1__SourceState states[64];
    Sanling__V1__SourceState *sources[64];
    Sanling__V1__Restoration restored[RESTORATIONS_MAX];
    Sanling__V1__Restoration *restorations[RESTORATIONS_MAX];
    Sanling__V1__HubMessage message = SANLING__V1__HUB_MESSAGE__INIT;
    int64_t now_us = hub_now_us(hub);
    time.seconds = now_us / 1000000;
    time.nanos = (int32_t)(now_us % 1000000 * 1000);
    limits.message_bytes = WIRE_MESSAGE_SIZE_MAX;
    limits.event_bytes = WIRE_EVENT_SIZE_MAX;
    limits.events_per_publish = 10000;
    limits.publishes_in_flight = SESSION_PUBLISHES_MAX;
    limits.subscriptions = SESSION_SUBSCRIPTIONS_MAX;
    limits.rows_per_answer = 200;
    limits.messages_per_second = hub->config->limits.messages_per_second;
    limits.bytes_per_second = hub->config->limits.bytes_per_second;
    limits.identity_subscriptions = hub->config->limits.subscriptions;
    limits.identity_sessions = hub->config->limits.sessions;
    for (size_t i = 0; i < hello->n_sources && i < 64; i++) {
        uint32_t source = state_find_source(state, hello->sources[i]);
        sanling__v1__source_state__init(&states[i]);
        states[i].source = hello->sources[i];
        states[i].next_sequence = source ? state_source(state, source)->next_sequence : 1;
        sources[i] = &states[i];
        welcome.n_sources = i + 1;
    }
    welcome.sources = sources;
    welcome.protocol = PROTOCOL_VERSION;
    welcome.epoch = hello->epoch;
    welcome.hub = (char *)state_text(state, state->heads.hub);
    welcome.demonstration = state->heads.demonstration != 0;
    welcome.time = &time;
    welcome.position = state->heads.position;
    welcome.limits = &limits;
    welcome.identity = (char *)identity->name;
    welcome.role = (char *)role_name(identity->role);
    welcome.office = (Sanling__V1__Office__Kind)identity->office;
    welcome.unit = (char *)identity->root;
    for (size_t i = 0; i < hub->restorations.count; i++) {
        sanling__v1__restoration__init(&restored[i]);
        restored[i].restoration = hub->restorations.each[i].name;
        restored[i].position = hub->restorations.each[i].position;
        restorations[i] = &restored[i];
        welcome.restored_position = restored[i].position;
        welcome.restoration = restored[i].restoration;
    }
    welcome.restorations = restorations;
    welcome.n_restorations = hub->restorations.count;
    welcome.software = "sanling-hub " SANLING_VERSION;
    message.body_case = SANLING__V1__HUB_MESSAGE__BODY_WELCOME;
    message.welcome = &welcome;
    reply_add(&hub->replies, &session->peer, &message);
}

void reception_end_sessions(struct hub *hub, const char *identity)
{
    struct session *session;
    struct session *next;
    HASH_ITER(hh, hub->sessions.by_peer, session, next)
    {
        if (identity && strcmp(session->identity, identity) != 0)
            continue;
        hub_tell(hub, &session->peer, SANLING__V1__CODE__KIND__HELLO_FIRST, 0, 0, "access changed: say hello again");
        sessions_remove(&hub->sessions, session);
    }
}

/* A message without a body, which tells a client nothing, shows whether it is there. */
static bool peer_stands(struct hub *hub, const struct peer *peer)
{
    uint8_t *nothing = malloc(1);
    if (!nothing)
        abort();
    return endpoint_send(hub->endpoint, peer, nothing, 0) != SEND_GONE;
}

/* Who only listens says nothing. */
static bool session_stands(struct hub *hub, const struct session *session)
{
    return session->subscription_count > 0 && peer_stands(hub, &session->peer);
}

void reception_forget_silent(struct hub *hub, int64_t now_ms)
{
    struct session *session;
    struct session *next;
    HASH_ITER(hh, hub->sessions.by_peer, session, next)
    {
        if (now_ms - session->heard_ms <= IDLE_MS)
            continue;
        session->heard_ms = now_ms;
        if (!session_stands(hub, session))
            sessions_remove(&hub->sessions, session);
    }
}

static struct usage *usage_of(struct hub *hub, const struct identity *identity)
{
    return usages_get(&hub->usages, identity->name, &hub->config->limits, hub_monotonic_us());
}

/* Whether the identity may have one more session. Those whose client is gone are found first, but not for each hello
 * of a flood of them. */
static bool has_room(struct hub *hub, struct usage *usage)
{
    enum { SEARCH_US = 100000 };
    const int64_t now_us = hub_monotonic_us();
    struct session *session;
    struct session *next;
    if (usage->sessions < hub->config->limits.sessions)
        return true;
    if (usage->searched_us != 0 && now_us - usage->searched_us < SEARCH_US)
        return false;
    usage->searched_us = now_us;
    HASH_ITER(hh, hub->sessions.by_peer, session, next)
    {
        if (session->usage == usage && !peer_stands(hub, &session->peer))
            sessions_remove(&hub->sessions, session);
    }
    return usage->sessions < hub->config->limits.sessions;
}

static void greet(struct hub *hub, const struct peer *peer, const struct identity *identity,
                  const Sanling__V1__Hello *hello)
{
    struct session *session = sessions_find(&hub->sessions, peer);
    if (hello->protocol != PROTOCOL_VERSION) {
        hub_error(hub, peer, SANLING__V1__CODE__KIND__VERSION_UNSUPPORTED, 0, 0, "this hub speaks version 1");
        return;
    }
    if (session) /* a new start on the same connection */
        sessions_remove(&hub->sessions, session);
    struct usage *usage = usage_of(hub, identity);
    if (!has_room(hub, usage)) {
        hub_busy(hub, peer, 0, 0, LIMIT_ROOM_MS, "the identity has too many sessions");
        return;
    }
    session = sessions_add(&hub->sessions, peer, identity->name, usage);
    if (!session) {
        reception_forget_silent(hub, hub_monotonic_ms());
        hub_error(hub, peer, SANLING__V1__CODE__KIND__TOO_MANY, 0, 0, "too many sessions");
        return;
    }
    session->heard_ms = hub_monotonic_ms();
    if (usage_may_tell(usage, hub_monotonic_us()))
        journal(JOURNAL_INFO, "session of %s opened", identity->name);
    welcome(hub, session, identity, hello);
}

void reception_ask_later(struct hub *hub, const struct session *session, const Sanling__V1__Query *query)
{
    struct usage *usage = session->usage;
    if (usage->waiting >= LIMIT_WAITING_MAX) {
        hub_busy(hub, &session->peer, query->id, 0, bucket_debt_ms(&usage->work, LIMIT_WORK_US_PER_SECOND),
                 "too many questions of this identity wait");
        return;
    }
    size_t size = sanling__v1__query__get_packed_size(query);
    struct waiting_question *question = malloc(sizeof *question + size);
    if (!question)
        abort();
    *question = (struct waiting_question){.usage = usage, .peer = session->peer, .size = size};
    sanling__v1__query__pack(query, question->query);
    *(hub->questions ? hub->questions_end : &hub->questions) = question;
    hub->questions_end = &question->next;
    usage->waiting++;
}

/* Questions of an identity that asked much wait until nobody else wants something. */
static void take_question(struct hub *hub, const struct session *session, const struct identity *identity,
                          const Sanling__V1__Query *query)
{
    struct usage *usage = session->usage;
    int64_t began_us = hub_monotonic_us();
    if (usage_worked_much(usage, began_us)) {
        reception_ask_later(hub, session, query);
        return;
    }
    query_take(hub, session, identity, query);
    int64_t ended_us = hub_monotonic_us();
    usage_charge_work(usage, ended_us - began_us, ended_us);
}

void reception_answer_waiting(struct hub *hub)
{
    struct waiting_question *question = hub->questions;
    if (!question)
        return;
    hub->questions = question->next;
    question->usage->waiting--; /* it may have to wait again */
    int64_t began_us = hub_monotonic_us();
    query_ask_again(hub, &question->peer, question->query, question->size);
    int64_t ended_us = hub_monotonic_us();
    usage_charge_work(question->usage, ended_us - began_us, ended_us);
    free(question);
}

/* Everything but Publish, unpacked. */
static void take_message(struct hub *hub, const struct peer *peer, struct session *session,
                         const struct identity *identity, const uint8_t *bytes, size_t size)
{
    struct wire_finding finding;
    wire_arena_reset(hub->arena);
    const Sanling__V1__ClientMessage *message = (const void *)wire_unpack(
        hub->arena, &sanling__v1__client_message__descriptor, bytes, size, &wire_message_limits, &finding);
    if (!message || message->body_case == SANLING__V1__CLIENT_MESSAGE__BODY__NOT_SET) {
        if (refusing_note(hub, SANLING__V1__CODE__KIND__MALFORMED))
            journal(JOURNAL_NOTICE, "session of %s: message refused: %s", identity->name,
                    finding.flaw == WIRE_OK ? "no body that this hub knows" : wire_flaw_text(finding.flaw));
        hub_tell(hub, peer, SANLING__V1__CODE__KIND__MALFORMED, 0, 0, "not a message of this protocol");
        return;
    }
    if (message->body_case == SANLING__V1__CLIENT_MESSAGE__BODY_HELLO) {
        greet(hub, peer, identity, message->hello);
        return;
    }
    if (!session) {
        hub_error(hub, peer, SANLING__V1__CODE__KIND__HELLO_FIRST, 0, 0, "say hello first");
        return;
    }
    switch (message->body_case) {
    case SANLING__V1__CLIENT_MESSAGE__BODY_SUBSCRIBE:
        subscribe_start(hub, session, identity, message->subscribe);
        return;
    case SANLING__V1__CLIENT_MESSAGE__BODY_UNSUBSCRIBE:
        subscribe_end(hub, session, message->unsubscribe);
        return;
    case SANLING__V1__CLIENT_MESSAGE__BODY_CREDIT:
        subscribe_credit(hub, session, message->credit);
        return;
    case SANLING__V1__CLIENT_MESSAGE__BODY_ACKNOWLEDGE:
        subscribe_acknowledge(hub, session, message->acknowledge);
        return;
    case SANLING__V1__CLIENT_MESSAGE__BODY_QUERY:
        take_question(hub, session, identity, message->query);
        return;
    case SANLING__V1__CLIENT_MESSAGE__BODY_HELLO:
    case SANLING__V1__CLIENT_MESSAGE__BODY_PUBLISH: /* taken before, without unpacking */
    case SANLING__V1__CLIENT_MESSAGE__BODY__NOT_SET:
    case _SANLING__V1__CLIENT_MESSAGE__BODY__CASE_IS_INT_SIZE:
        break;
    }
    hub_error(hub, peer, SANLING__V1__CODE__KIND__MALFORMED, 0, 0, "not a message that this hub knows");
}

/* What a message is about, as far as its refusal must know: looked for without unpacking, for refusing must be cheap.
 * All zero: nothing that this hub knows. */
struct subject {
    uint32_t body;   /* field of ClientMessage */
    uint32_t number; /* of the query or subscription */
};
enum {
    CLIENT_HELLO = 1,
    CLIENT_PUBLISH,
    CLIENT_SUBSCRIBE,
    CLIENT_UNSUBSCRIBE,
    CLIENT_CREDIT,
    CLIENT_ACKNOWLEDGE,
    CLIENT_QUERY
};

static struct subject find_subject(const uint8_t *bytes, size_t size)
{
    struct wire_reader reader = wire_read(bytes, size);
    struct wire_field field;
    struct subject subject = {0};
    while (subject.body == 0 && wire_next(&reader, &field))
        if (field.wire_type == PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED && field.number <= CLIENT_QUERY)
            subject.body = field.number;
    if (subject.body < CLIENT_SUBSCRIBE)
        return subject;
    reader = wire_read(field.bytes, field.size);
    while (wire_next(&reader, &field)) /* of all of them the first field is the number */
        if (field.number == 1 && field.wire_type == PROTOBUF_C_WIRE_TYPE_VARINT)
            subject.number = (uint32_t)field.value;
    return subject;
}

static enum refused_what what_of(const struct subject *subject)
{
    static const enum refused_what whats[] = {[0] = REFUSED_MESSAGE,
                                              [CLIENT_HELLO] = REFUSED_HELLO,
                                              [CLIENT_PUBLISH] = REFUSED_PUBLISH,
                                              [CLIENT_SUBSCRIBE] = REFUSED_SUBSCRIBE,
                                              [CLIENT_UNSUBSCRIBE] = REFUSED_UNSUBSCRIBE,
                                              [CLIENT_CREDIT] = REFUSED_CREDIT,
                                              [CLIENT_ACKNOWLEDGE] = REFUSED_ACKNOWLEDGE,
                                              [CLIENT_QUERY] = REFUSED_QUERY};
    return whats[subject->body];
}

/* These cost little and end or free something: refused, they would have to be sent again. */
static bool always_passes(uint32_t body)
{
    return body == CLIENT_UNSUBSCRIBE || body == CLIENT_CREDIT || body == CLIENT_ACKNOWLEDGE;
}

/* The Publish within a frame, if the frame is one: that field once, none of the others, and whatever is unknown. */
static bool find_publish(const uint8_t *bytes, size_t size, struct wire_field *publish)
{
    struct wire_reader reader = wire_read(bytes, size);
    struct wire_field field;
    int found = 0;
    while (wire_next(&reader, &field)) {
        if (field.number == CLIENT_PUBLISH && field.wire_type == PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED) {
            *publish = field;
            found++;
        } else if (field.number <= CLIENT_QUERY) {
            return false;
        }
    }
    return found == 1 && reader.flaw == WIRE_OK;
}

/* Whether the message is within the identity's limits; else it was refused with the time to wait. */
static bool within_limits(struct hub *hub, const struct peer *peer, const struct session *session, struct usage *usage,
                          const struct subject *subject, const uint8_t *bytes, size_t size)
{
    const struct limits *limits = &hub->config->limits;
    uint32_t wait_ms = usage_take(usage, limits, size, hub_monotonic_us());
    if (wait_ms == 0)
        return true;
    if (always_passes(subject->body)) {
        usage_charge(usage, limits, size, hub_monotonic_us());
        return true;
    }
    if (!session && subject->body > CLIENT_HELLO) { /* what it says then, it says in a session */
        hub_error(hub, peer, SANLING__V1__CODE__KIND__HELLO_FIRST, 0, 0, "say hello first");
        return false;
    }
    struct wire_field publish = {0};
    if (session && size <= WIRE_MESSAGE_SIZE_MAX && find_publish(bytes, size, &publish))
        publish_refuse(hub, session, publish.bytes, publish.size, wait_ms);
    else
        hub_busy(hub, peer, subject->body == CLIENT_QUERY ? subject->number : 0,
                 subject->body == CLIENT_SUBSCRIBE ? subject->number : 0, wait_ms,
                 "over this identity's messages or bytes a second");
    return false;
}

static void take_frame(struct hub *hub, const struct peer *peer, const char *key, zmq_msg_t *frame)
{
    const struct identity *identity =
        hub->config->plain ? access_by_name(hub->access, hub->config->plain_identity) : access_by_key(hub->access, key);
    const uint8_t *bytes = zmq_msg_data(frame);
    size_t size = zmq_msg_size(frame);
    struct session *session = sessions_find(&hub->sessions, peer);
    const struct subject subject = find_subject(bytes, size);
    if (!identity) { /* its key was withdrawn while it was connected */
        refusing_begin(hub, key[0] ? REFUSED_KEY : REFUSED_NOBODY, key, what_of(&subject));
        hub_error(hub, peer, SANLING__V1__CODE__KIND__NOT_PERMITTED, 0, 0, "this key has no access");
        if (session)
            sessions_remove(&hub->sessions, session);
        return;
    }
    refusing_begin(hub, REFUSED_IDENTITY, identity->name, what_of(&subject));
    const int64_t heard_ms = hub_monotonic_ms();
    hub->counts.heard_ms[identity->office] = heard_ms;
    if (session)
        session->heard_ms = heard_ms;
    if (!within_limits(hub, peer, session, session ? session->usage : usage_of(hub, identity), &subject, bytes, size))
        return;
    struct wire_field publish = {0};
    if (size <= WIRE_MESSAGE_SIZE_MAX && find_publish(bytes, size, &publish)) {
        if (session)
            publish_take(hub, session, identity, frame, publish.bytes, publish.size);
        else
            hub_error(hub, peer, SANLING__V1__CODE__KIND__HELLO_FIRST, 0, 0, "say hello first");
    } else {
        take_message(hub, peer, session, identity, bytes, size);
    }
}

/* It is no message, and gets no answer. */
static void note_scrap(struct hub *hub, const char *key)
{
    const struct identity *identity = key ? access_by_key(hub->access, key) : NULL;
    if (identity)
        refusing_begin(hub, REFUSED_IDENTITY, identity->name, REFUSED_MESSAGE);
    else
        refusing_begin(hub, key && key[0] ? REFUSED_KEY : REFUSED_NOBODY, key ? key : "", REFUSED_MESSAGE);
    (void)refusing_note(hub, SANLING__V1__CODE__KIND__MALFORMED);
}

void reception_admit(struct hub *hub)
{
    struct knock knock;
    enum admission admission;
    for (int i = 0; i < TURN_MESSAGES_MAX; i++) {
        admission = endpoint_admit(hub->endpoint, hub->access, &knock);
        if (admission == ADMISSION_REFUSED)
            refusing_note_knock(hub, &knock);
        else if (admission == ADMISSION_NONE)
            break;
    }
    refusing_note_failed(hub, endpoint_take_failed(hub->endpoint));
}

void reception_receive(struct hub *hub)
{
    struct peer peer;
    zmq_msg_t frame;
    const char *key;
    const int64_t end_us = hub_monotonic_us() + TURN_US_MAX;
    for (int i = 0; i < TURN_MESSAGES_MAX && !committing_is_full(hub) && hub_monotonic_us() < end_us; i++) {
        switch (endpoint_receive(hub->endpoint, &peer, &frame, &key)) {
        case RECEIVED_NOTHING:
            return;
        case RECEIVED_MESSAGE:
            take_frame(hub, &peer, key, &frame);
            break;
        case RECEIVED_SCRAP:
            note_scrap(hub, key);
            break;
        }
        hub->asking.what = 0;
        zmq_msg_close(&frame);
    }
}
