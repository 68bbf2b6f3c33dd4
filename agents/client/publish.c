#include "publish.h"

#include "connection.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    WINDOW_DEFAULT = 32,
    WINDOW_MAX = 65536,
    PAUSE_FIRST_MS = 200, /* the hub was full or busy */
    PAUSE_MAX_MS = 5000,
    RETRY_AFTER_MAX_MS = 60000, /* longer than the hub ever says */
    PUBLISH_FIELD = 2,          /* of ClientMessage */
    SOURCE_FIELD = 1,           /* of Publish */
    FIRST_SEQUENCE_FIELD = 2,
    EVENTS_FIELD = 3,
    SIGNATURE_FIELD = 4,
    SOURCE_NAME_SIZE_MAX = 64,
    EVENTS_MAX = 16384 /* of a message, whatever the hub allows */
};

_Static_assert((int)EVENTS_MAX <= (int)BATCH_EVENTS_MAX, "every message can be signed");
_Static_assert((int)WIRE_MESSAGE_FIELDS_MAX > (int)EVENTS_MAX, "a full publish message passes the wire check");

bool publish_window_init(struct publish_window *window, uint32_t limit, struct sanling_error *error)
{
    if (limit > WINDOW_MAX)
        return error_set(error, SANLING_USAGE, "a window of %u messages is over %d", limit, WINDOW_MAX);
    *window = (struct publish_window){.limit = limit > 0 ? limit : WINDOW_DEFAULT,
                                      .capacity = 1,
                                      .event_bytes = WIRE_EVENT_SIZE_MAX,
                                      .message_bytes = WIRE_MESSAGE_SIZE_MAX,
                                      .events_per_publish = EVENTS_MAX};
    while (window->capacity < window->limit)
        window->capacity *= 2;
    window->messages = calloc(window->capacity, sizeof *window->messages);
    return window->messages != NULL || error_set(error, SANLING_SYSTEM, "no memory for the publish window");
}

static struct publish_message *message_at(const struct publish_window *window, uint64_t index)
{
    return &window->messages[index & (window->capacity - 1)];
}

static uint64_t end_of(const struct publish_message *message)
{
    return message->first + message->count;
}

static void set_due(struct publish_window *window, uint64_t index)
{
    struct publish_message *message = message_at(window, index);
    if (message->done || message->due)
        return;
    message->due = true;
    if (window->due++ == 0 || index < window->first_due)
        window->first_due = index;
}

/* The message leaves the window; its place is free once all before it left too. */
static void finish(struct publish_window *window, struct publish_message *message)
{
    if (message->due)
        window->due--;
    window->awaiting -= message->awaiting;
    window->live--;
    window->sources[message->source].held--;
    message->due = false;
    message->awaiting = 0;
    message->done = true;
    zmq_msg_close(&message->frame);
}

static void drop_finished(struct publish_window *window)
{
    while (window->head < window->tail && message_at(window, window->head)->done)
        window->head++;
}

void publish_window_clear(struct publish_window *window)
{
    for (uint64_t i = window->head; i < window->tail; i++)
        if (!message_at(window, i)->done)
            zmq_msg_close(&message_at(window, i)->frame);
    for (uint32_t i = 0; i < window->source_count; i++)
        free(window->sources[i].name);
    free(window->sources);
    free(window->messages);
    *window = (struct publish_window){0};
}

void publish_window_restart(struct publish_window *window, const Sanling__V1__Limits *limits)
{
    if (limits != NULL) {
        window->session_limit = limits->publishes_in_flight;
        window->event_bytes = limits->event_bytes > 0 ? limits->event_bytes : window->event_bytes;
        window->message_bytes = limits->message_bytes > 0 ? limits->message_bytes : window->message_bytes;
        if (limits->events_per_publish > 0 && limits->events_per_publish < EVENTS_MAX)
            window->events_per_publish = limits->events_per_publish;
    }
    for (uint32_t i = 0; i < window->source_count; i++) {
        window->sources[i].resume_ms = -1;
        window->sources[i].pause_ms = 0;
    }
    window->awaiting = 0;
    window->pace = 0;
    for (uint64_t i = window->head; i < window->tail; i++) {
        message_at(window, i)->awaiting = 0;
        set_due(window, i);
    }
}

/* Finds the source; makes it when `make` is set. NULL: unknown, or no memory. */
static struct publish_source *find_source(struct publish_window *window, const char *name, bool make)
{
    for (uint32_t i = 0; i < window->source_count; i++)
        if (strcmp(window->sources[i].name, name) == 0)
            return &window->sources[i];
    if (!make)
        return NULL;
    struct publish_source *grown = reallocarray(window->sources, window->source_count + 1, sizeof *grown);
    if (grown == NULL)
        return NULL;
    window->sources = grown;
    char *copy = strdup(name);
    if (copy == NULL)
        return NULL;
    grown[window->source_count] = (struct publish_source){.name = copy, .resume_ms = -1};
    return &grown[window->source_count++];
}

static uint8_t *put_bytes(uint8_t *at, uint8_t field, const void *bytes, size_t size)
{
    *at++ = (uint8_t)(field << 3 | PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED);
    at = put_varint(at, size);
    if (size > 0)
        memcpy(at, bytes, size);
    return at + size;
}

/* The size of the Publish message, or 0 when an event is over the limit: then *too_large is its index. */
static size_t publish_size(const struct publish_window *window, size_t source_size, uint64_t first_sequence,
                           const struct sanling_bytes *events, size_t count, size_t *too_large)
{
    size_t size = 1 + varint_size(source_size) + source_size + 1 + varint_size(first_sequence);
    for (size_t i = 0; i < count; i++) {
        if (events[i].size > window->event_bytes) {
            *too_large = i;
            return 0;
        }
        size += 1 + varint_size(events[i].size) + events[i].size;
    }
    return size;
}

/* Writes the ClientMessage into the frame: the only copy that the library makes of an event. */
static bool encode(zmq_msg_t *frame, size_t body_size, struct signing *signing, const char *source,
                   uint64_t first_sequence, const struct sanling_bytes *events, size_t count)
{
    size_t size = 1 + varint_size(body_size) + body_size;
    if (zmq_msg_init_size(frame, size) != 0)
        return false;
    uint8_t *start = zmq_msg_data(frame);
    uint8_t *at = start;
    *at++ = PUBLISH_FIELD << 3 | PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED;
    at = put_varint(at, body_size);
    at = put_bytes(at, SOURCE_FIELD, source, strlen(source));
    *at++ = FIRST_SEQUENCE_FIELD << 3 | PROTOBUF_C_WIRE_TYPE_VARINT;
    at = put_varint(at, first_sequence);
    for (size_t i = 0; i < count; i++)
        at = put_bytes(at, EVENTS_FIELD, events[i].bytes, events[i].size);
    if (signing->on) {
        *at++ = SIGNATURE_FIELD << 3 | PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED;
        at = put_varint(at, signing_size(count));
        at = signing_write(signing, source, first_sequence, events, count, at);
    }
    assert((size_t)(at - start) == size);
    return true;
}

static bool check_call(const struct publish_window *window, const char *source, uint64_t first_sequence, size_t count,
                       struct sanling_error *error)
{
    size_t length = strlen(source);
    if (length == 0 || length > SOURCE_NAME_SIZE_MAX)
        return error_set(error, SANLING_USAGE, "a source's name has 1 to %d characters", SOURCE_NAME_SIZE_MAX);
    if (count == 0 || count > window->events_per_publish)
        return error_set(error, SANLING_USAGE, "source %s: %zu events in a message; 1 to %u are possible", source,
                         count, window->events_per_publish);
    if (first_sequence == 0 || first_sequence > UINT64_MAX - count)
        return error_set(error, SANLING_USAGE, "source %s: events are numbered from 1", source);
    return true;
}

bool sanling_publish(struct sanling *hub, const char *source, uint64_t first_sequence,
                     const struct sanling_bytes *events, size_t count, struct sanling_error *error)
{
    struct publish_window *window = &hub->window;
    size_t too_large = 0;
    if (window->tail - window->head >= window->limit)
        return error_set(error, SANLING_WINDOW_FULL, "%u publish messages are in flight", window->live);
    if (!check_call(window, source, first_sequence, count, error))
        return false;
    size_t size = publish_size(window, strlen(source), first_sequence, events, count, &too_large);
    if (size == 0)
        return error_set(error, SANLING_USAGE, "source %s: event %" PRIu64 " has %zu bytes; %zu are possible", source,
                         first_sequence + too_large, events[too_large].size, window->event_bytes);
    if (hub->signing.on)
        size += 1 + varint_size(signing_size(count)) + signing_size(count);
    if (size + 8 > window->message_bytes)
        return error_set(error, SANLING_USAGE, "source %s: %zu events have %zu bytes; a message takes %zu", source,
                         count, size, window->message_bytes);
    struct publish_source *owner = find_source(window, source, true);
    if (owner == NULL)
        return error_set(error, SANLING_SYSTEM, "no memory");
    if (owner->held > 0 && owner->next != first_sequence)
        return error_set(error, SANLING_USAGE, "source %s: event %" PRIu64 " was expected next, not %" PRIu64, source,
                         owner->next, first_sequence);
    struct publish_message *message = message_at(window, window->tail);
    *message = (struct publish_message){

        .first = first_sequence,
        .count = (uint32_t)count,
        .answered_from = (uint32_t)count,
        .source = (uint32_t)(owner - window->sources)};
    if (!encode(&message->frame, size, &hub->signing, source, first_sequence, events, count))
        return error_set(error, SANLING_SYSTEM, "no memory for a message of %zu bytes", size);
    owner->held++;
    owner->next = first_sequence + count;
    window->live++;
    set_due(window, window->tail++);
    if (hub->state == SESSION_OPEN)
        publish_window_pump(window, &hub->transport, -1);
    return true;
}

size_t sanling_in_flight(const struct sanling *hub)
{
    return hub->window.live;
}

static bool send_message(struct publish_window *window, struct publish_message *message, struct transport *transport)
{
    zmq_msg_t shared;
    zmq_msg_init(&shared);
    if (zmq_msg_copy(&shared, &message->frame) != 0 || !transport_send(transport, &shared))
        return false;
    message->due = false;
    message->awaiting++;
    window->due--;
    window->awaiting++;
    return true;
}

/* now -1: sources that wait go on waiting. */
static void resume_sources(struct publish_window *window, int64_t now)
{
    for (uint32_t i = 0; i < window->source_count; i++) {
        if (window->sources[i].resume_ms < 0 || window->sources[i].resume_ms > now)
            continue;
        window->sources[i].resume_ms = -1;
        for (uint64_t m = window->head; m < window->tail; m++)
            if (message_at(window, m)->source == i)
                set_due(window, m);
    }
}

void publish_window_pump(struct publish_window *window, struct transport *transport, int64_t now)
{
    resume_sources(window, now);
    bool skipped = false;
    for (uint64_t i = window->first_due > window->head ? window->first_due : window->head;
         window->due > 0 && i < window->tail; i++) {
        struct publish_message *message = message_at(window, i);
        if (message->due && window->sources[message->source].resume_ms >= 0) {
            skipped = true;
        } else if (message->due) {
            if ((window->session_limit > 0 && window->awaiting >= window->session_limit) ||
                (window->pace > 0 && window->awaiting >= window->pace))
                return;
            if (!send_message(window, message, transport))
                return;
        }
        if (!skipped)
            window->first_due = i + 1;
    }
}

/* Events [first, end) of the message, which it has, have their final answer. true: some were waiting for it. */
static bool settle_message(struct publish_window *window, struct publish_message *message, uint64_t first, uint64_t end)
{
    uint32_t from = (uint32_t)(first - message->first);
    uint32_t to = (uint32_t)(end - message->first);
    bool waited = from < message->answered_from && to > message->answered;
    if (from <= message->answered && to > message->answered)
        message->answered = to;
    if (to >= message->answered_from && from < message->answered_from)
        message->answered_from = from;
    if (message->answered >= message->answered_from)
        finish(window, message);
    return waited;
}

/* Events [first, end) of the source have their final answer. true: some of them were waiting for it. */
static bool settle(struct publish_window *window, uint32_t source, uint64_t first, uint64_t end)
{
    bool waited = false;
    for (uint64_t i = window->head; i < window->tail; i++) {
        struct publish_message *message = message_at(window, i);
        if (message->source != source || message->done || end_of(message) <= first)
            continue;
        if (message->first >= end)
            break;
        uint64_t from = first > message->first ? first : message->first;
        uint64_t to = end < end_of(message) ? end : end_of(message);
        if (settle_message(window, message, from, to))
            waited = true;
    }
    return waited;
}

static struct publish_message *find_message(const struct publish_window *window, uint32_t source, uint64_t sequence)
{
    for (uint64_t i = window->head; i < window->tail; i++) {
        struct publish_message *message = message_at(window, i);
        if (message->source == source && !message->done && sequence >= message->first && sequence < end_of(message))
            return message;
    }
    return NULL;
}

static void rewind_to(struct publish_window *window, uint32_t source, uint64_t sequence)
{
    for (uint64_t i = window->head; i < window->tail; i++)
        if (message_at(window, i)->source == source && end_of(message_at(window, i)) > sequence)
            set_due(window, i);
}

/* Without a time from the hub, longer and longer. */
static void pause_source(struct publish_source *source, uint32_t retry_after_ms, int64_t now)
{
    if (retry_after_ms > 0) {
        source->resume_ms = now + (retry_after_ms < RETRY_AFTER_MAX_MS ? retry_after_ms : RETRY_AFTER_MAX_MS);
        return;
    }
    source->pause_ms = source->pause_ms == 0                 ? PAUSE_FIRST_MS
                       : source->pause_ms * 2 < PAUSE_MAX_MS ? source->pause_ms * 2
                                                             : PAUSE_MAX_MS;
    source->resume_ms = now + source->pause_ms;
}

static void give_up_source(struct publish_window *window, uint32_t source)
{
    for (uint64_t i = window->head; i < window->tail; i++)
        if (message_at(window, i)->source == source && !message_at(window, i)->done)
            finish(window, message_at(window, i));
    window->sources[source].resume_ms = -1;
    window->sources[source].pause_ms = 0;
}

void publish_window_drop(struct publish_window *window)
{
    for (uint32_t i = 0; i < window->source_count; i++)
        give_up_source(window, i);
    drop_finished(window);
}

/* true: the user must know; the source's messages are then dropped. A message that was sent again since is not judged
 * by the refusal of its former sending: the messages behind a gap are all refused, and one rewind answers them all. */
static bool take_refusal(struct publish_window *window, uint32_t source, uint64_t sequence,
                         const Sanling__V1__Outcome *outcome, Sanling__V1__Code__Kind code, int64_t now)
{
    struct publish_message *message = find_message(window, source, sequence);
    if (message == NULL || message->awaiting == 0)
        return false;
    message->awaiting--;
    window->awaiting--;
    if (message->awaiting > 0 || message->due)
        return false;
    struct publish_source *owner = &window->sources[source];
    if (code == SANLING__V1__CODE__KIND__BUSY || code == SANLING__V1__CODE__KIND__STORE_FULL) {
        if (owner->resume_ms < 0)
            pause_source(owner, outcome->retry_after_ms, now);
        if (outcome->retry_after_ms > 0)
            window->pace = 1;
        return false;
    }
    if (code == SANLING__V1__CODE__KIND__SEQUENCE_GAP) {
        if (owner->resume_ms >= 0)
            return false;
        /* Asked for what it just got, the hub would be asked again for ever; what is not held cannot be sent. */
        if (message->first > outcome->next_sequence && find_message(window, source, outcome->next_sequence) != NULL) {
            rewind_to(window, source, outcome->next_sequence);
            return false;
        }
    }
    give_up_source(window, source);
    return true;
}

bool publish_window_take_outcome(struct publish_window *window, Sanling__V1__Outcome *outcome, int64_t now)
{
    struct publish_source *owner = find_source(window, outcome->source, false);
    if (owner == NULL)
        return false;
    uint32_t source = (uint32_t)(owner - window->sources);
    uint64_t sequence = outcome->first_sequence;
    size_t final = 0;
    while (final < outcome->n_runs && outcome->runs[final]->kind != SANLING__V1__OUTCOME__RUN__KIND__REFUSED)
        sequence += outcome->runs[final++]->count;
    bool show = final > 0 && settle(window, source, outcome->first_sequence, sequence);
    if (show)
        owner->pause_ms = 0;
    if (show && window->pace > 0)
        window->pace = window->pace < window->limit ? window->pace + 1 : 0;
    if (final < outcome->n_runs) {
        bool shown = take_refusal(window, source, sequence, outcome, outcome->runs[final]->code, now);
        outcome->n_runs = shown ? final + 1 : final;
        show = show || shown;
    }
    drop_finished(window);
    return show;
}

int64_t publish_window_next_ms(const struct publish_window *window)
{
    int64_t next = -1;
    for (uint32_t i = 0; i < window->source_count; i++)
        next = earlier_ms(next, window->sources[i].resume_ms);
    return next;
}
