#include "connection.h"

#include "delivery.h"
#include "language.h"
#include "restorations.h"
#include "utf8.h"
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

enum { PROTOCOL_VERSION = 1, BACK_OFF_FIRST_MS = 50, BACK_OFF_MAX_MS = 5000, RETRY_AFTER_MAX_MS = 60000 };

bool error_set(struct sanling_error *error, enum sanling_code code, const char *format, ...)
{
    if (error == NULL)
        return false;
    va_list arguments;
    va_start(arguments, format);
    *error = (struct sanling_error){.code = code};
    vsnprintf(error->text, sizeof error->text, translated(format), arguments);
    va_end(arguments);
    utf8_cut_broken(error->text);
    return false;
}

int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t earlier_ms(int64_t a, int64_t b)
{
    if (a < 0 || b < 0)
        return a < 0 ? b : a;
    return a < b ? a : b;
}

static uint64_t random_number(void)
{
    uint64_t number;
    if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number)
        abort(); /* the kernel does not fail for so few bytes */
    return number;
}

static bool copy_sources(struct sanling *hub, const char *const *sources)
{
    while (sources != NULL && sources[hub->source_count] != NULL)
        hub->source_count++;
    hub->sources = calloc(hub->source_count + 1, sizeof *hub->sources);
    for (size_t i = 0; hub->sources != NULL && i < hub->source_count; i++)
        if ((hub->sources[i] = strdup(sources[i])) == NULL)
            return false;
    return hub->sources != NULL;
}

static bool copy_options(struct sanling *hub, const struct sanling_options *options, struct sanling_error *error)
{
    hub->endpoint = strdup(options->endpoint != NULL ? options->endpoint : SANLING_DEFAULT_ENDPOINT);
    hub->software = strdup(options->software != NULL ? options->software : "libsanling " SANLING_VERSION);
    if (hub->endpoint == NULL || hub->software == NULL || !copy_sources(hub, options->sources))
        return error_set(error, SANLING_SYSTEM, "no memory for a connection");
    return options->identity_file == NULL || identity_read(&hub->identity, options->identity_file, error);
}

static bool start_attempt(struct sanling *hub, struct sanling_error *error)
{
    if (!transport_open(&hub->transport, hub->endpoint, &hub->identity, error))
        return false;
    hub->state = SESSION_CONNECTING;
    return true;
}

struct sanling *sanling_open(const struct sanling_options *options, struct sanling_error *error)
{
    struct sanling *hub = calloc(1, sizeof *hub);
    if (hub == NULL) {
        error_set(error, SANLING_SYSTEM, "no memory for a connection");
        return NULL;
    }
    zmq_msg_init(&hub->frame);
    hub->back_off_ms = BACK_OFF_FIRST_MS;
    hub->packed_records = options->packed_records;
    hub->drops_when_restored = options->drops_when_restored;
    snprintf(hub->broken_text, sizeof hub->broken_text, "the connection ended amid the answer; ask again");
    hub->arena = wire_arena_open(WIRE_MESSAGE_BUDGET);
    if (hub->arena == NULL)
        error_set(error, SANLING_SYSTEM, "no memory for a connection");
    if (hub->arena != NULL && copy_options(hub, options, error) &&
        publish_window_init(&hub->window, options->window, error) && transport_init(&hub->transport, error) &&
        start_attempt(hub, error))
        return hub;
    sanling_close(&hub);
    return NULL;
}

void sanling_close(struct sanling **hub)
{
    struct sanling *closing = *hub;
    if (closing == NULL)
        return;
    *hub = NULL;
    zmq_msg_close(&closing->frame);
    publish_window_clear(&closing->window);
    subscription_list_clear(&closing->subscriptions);
    question_list_clear(&closing->questions);
    transport_clear(&closing->transport);
    wire_arena_close(&closing->arena);
    sanling__v1__welcome__free_unpacked(closing->welcome, NULL);
    identity_clear(&closing->identity);
    signing_clear(&closing->signing);
    for (size_t i = 0; closing->sources != NULL && i < closing->source_count; i++)
        free(closing->sources[i]);
    free(closing->sources);
    free(closing->endpoint);
    free(closing->software);
    free(closing);
}

const Sanling__V1__Welcome *sanling_welcome(const struct sanling *hub)
{
    return hub->welcome;
}

bool sanling_connected(const struct sanling *hub)
{
    return hub->state == SESSION_OPEN;
}

static bool send_packed(struct sanling *hub, const Sanling__V1__ClientMessage *message, struct sanling_error *error)
{
    zmq_msg_t frame;
    if (zmq_msg_init_size(&frame, sanling__v1__client_message__get_packed_size(message)) != 0)
        return error_set(error, SANLING_SYSTEM, "no memory for a message");
    sanling__v1__client_message__pack(message, zmq_msg_data(&frame));
    transport_send(&hub->transport, &frame);
    return true;
}

bool connection_send(struct sanling *hub, const Sanling__V1__ClientMessage *message, struct sanling_error *error)
{
    return hub->state != SESSION_OPEN || send_packed(hub, message, error);
}

static bool send_hello(struct sanling *hub, struct sanling_error *error)
{
    Sanling__V1__ClientMessage message = SANLING__V1__CLIENT_MESSAGE__INIT;
    Sanling__V1__Hello hello = SANLING__V1__HELLO__INIT;
    hub->epoch = random_number();
    hub->state = SESSION_GREETING;
    hello.protocol = PROTOCOL_VERSION;
    hello.software = hub->software;
    hello.epoch = hub->epoch;
    hello.sources = hub->sources;
    hello.n_sources = hub->source_count;
    message.body_case = SANLING__V1__CLIENT_MESSAGE__BODY_HELLO;
    message.hello = &hello;
    return send_packed(hub, &message, error);
}

/* The session is over: what was sent in it counts as not sent. */
static void end_session(struct sanling *hub)
{
    if (hub->state != SESSION_OPEN)
        return;
    hub->state = SESSION_GREETING;
    hub->show_disconnected = !hub->show_connected;
    hub->show_connected = false;
    question_list_interrupt(&hub->questions);
}

/* Half of the back-off is certain, half by chance, so that the agents of a county do not come back at once. */
static void lose_transport(struct sanling *hub, const char *reason)
{
    end_session(hub);
    transport_close(&hub->transport);
    hub->state = SESSION_CLOSED;
    hub->ended = NULL;
    if (reason != hub->reason)
        snprintf(hub->reason, sizeof hub->reason, "%s", reason);
    hub->next_attempt_ms =
        now_ms() + hub->back_off_ms / 2 + (int64_t)(random_number() % (uint64_t)(hub->back_off_ms / 2 + 1));
    hub->back_off_ms = hub->back_off_ms * 2 < BACK_OFF_MAX_MS ? hub->back_off_ms * 2 : BACK_OFF_MAX_MS;
}

static Sanling__V1__Welcome *copy_welcome(const Sanling__V1__Welcome *welcome)
{
    size_t size = sanling__v1__welcome__get_packed_size(welcome);
    uint8_t *bytes = malloc(size + 1);
    if (bytes == NULL)
        return NULL;
    sanling__v1__welcome__pack(welcome, bytes);
    Sanling__V1__Welcome *copy = sanling__v1__welcome__unpack(NULL, size, bytes);
    free(bytes);
    return copy;
}

static void see_position(struct sanling *hub, uint64_t position)
{
    if (position > hub->position_seen)
        hub->position_seen = position;
}

/* The hub may have been restored from a backup since the last session: then positions behind some point are those of
 * other records now, and nothing may be taken for known there. */
static void meet_restorations(struct sanling *hub, const Sanling__V1__Welcome *welcome)
{
    struct restorations before, now;
    if (hub->welcome == NULL)
        return;
    restorations_of_welcome(hub->welcome, &before);
    restorations_of_welcome(welcome, &now);
    uint64_t same = restorations_same_up_to(&before, &now);
    if (same == UINT64_MAX && welcome->position >= hub->position_seen)
        return;
    if (welcome->position < same)
        same = welcome->position; /* also where somebody copied the data by hand, and nobody knows where it ended */
    if (hub->position_seen > same)
        hub->position_seen = same;
    subscription_list_step_back(&hub->subscriptions, same);
    if (hub->drops_when_restored)
        publish_window_drop(&hub->window);
}

/* The session opens: everything unanswered goes out again. */
static bool take_welcome(struct sanling *hub, const Sanling__V1__Welcome *welcome, struct sanling_error *error)
{
    if (hub->state != SESSION_GREETING || welcome->epoch != hub->epoch)
        return true;
    Sanling__V1__Welcome *copy = copy_welcome(welcome);
    if (copy == NULL)
        return error_set(error, SANLING_SYSTEM, "no memory for the hub's welcome");
    meet_restorations(hub, welcome);
    sanling__v1__welcome__free_unpacked(hub->welcome, NULL);
    hub->welcome = copy;
    hub->state = SESSION_OPEN;
    hub->back_off_ms = BACK_OFF_FIRST_MS;
    hub->reason[0] = '\0';
    hub->show_connected = true;
    see_position(hub, welcome->position);
    publish_window_restart(&hub->window, welcome->limits);
    publish_window_pump(&hub->window, &hub->transport, now_ms());
    return question_list_restart(hub, error) && subscription_list_restart(hub, error);
}

enum turn {
    TURN_IDLE,     /* nothing came */
    TURN_AGAIN,    /* something came and was dealt with */
    TURN_HAPPENED, /* *happening is filled */
    TURN_FAILED    /* *error is filled */
};

static const char *code_name(Sanling__V1__Code__Kind code)
{
    const ProtobufCEnumValue *value =
        protobuf_c_enum_descriptor_get_value(&sanling__v1__code__kind__descriptor, (int)code);
    return value != NULL ? value->name : "unknown code";
}

/* When the hub said that it may be tried again; 0: it did not. */
static int64_t retry_at_ms(const Sanling__V1__Error *problem)
{
    if (problem->code != SANLING__V1__CODE__KIND__BUSY || problem->retry_after_ms == 0)
        return 0;
    return now_ms() + (problem->retry_after_ms < RETRY_AFTER_MAX_MS ? problem->retry_after_ms : RETRY_AFTER_MAX_MS);
}

/* The hub's word about the session itself. */
static enum turn take_session_error(struct sanling *hub, const Sanling__V1__Error *problem,
                                    struct sanling_happening *happening, struct sanling_error *error)
{
    if (problem->code == SANLING__V1__CODE__KIND__HELLO_FIRST) {
        /* It does not know us any more; a hello on its way is answered by itself. */
        if (hub->state != SESSION_OPEN)
            return TURN_AGAIN;
        end_session(hub);
        return send_hello(hub, error) ? TURN_AGAIN : TURN_FAILED;
    }
    if (problem->code == SANLING__V1__CODE__KIND__SHUTTING_DOWN) {
        snprintf(hub->reason, sizeof hub->reason, "the hub is shutting down");
        return TURN_AGAIN;
    }
    if (hub->state == SESSION_OPEN) {
        happening->kind = SANLING_PROBLEM;
        happening->problem = problem;
        return TURN_HAPPENED;
    }
    if (problem->code == SANLING__V1__CODE__KIND__BUSY) {
        lose_transport(hub, "the hub is busy");
        if (retry_at_ms(problem) > hub->next_attempt_ms)
            hub->next_attempt_ms = retry_at_ms(problem);
        return TURN_AGAIN;
    }
    error_set(error, SANLING_REFUSED, "%s: %s", code_name(problem->code), problem->text);
    if (error != NULL)
        error->hub_code = problem->code;
    lose_transport(hub, code_name(problem->code));
    return TURN_FAILED;
}

static enum turn take_error(struct sanling *hub, const Sanling__V1__Error *problem, struct sanling_happening *happening,
                            struct sanling_error *error)
{
    if (problem->query == 0 && problem->subscription == 0)
        return take_session_error(hub, problem, happening, error);
    if (hub->state != SESSION_OPEN)
        return TURN_AGAIN;
    const int64_t again_ms = retry_at_ms(problem);
    if (again_ms > 0) { /* over a limit: it is tried again when the hub says */
        question_list_wait(&hub->questions, problem->query, again_ms);
        subscription_list_wait(&hub->subscriptions, problem->subscription, again_ms);
        return TURN_AGAIN;
    }
    bool show = problem->query != 0 ? question_list_take_error(&hub->questions, problem)
                                    : subscription_list_take_error(hub, problem);
    if (!show)
        return TURN_AGAIN;
    happening->kind = SANLING_PROBLEM;
    happening->problem = problem;
    return TURN_HAPPENED;
}

/* An outcome settles part of the window; what is due after it, also what waited for room, goes out at once. */
static bool take_outcome(struct sanling *hub, Sanling__V1__Outcome *outcome)
{
    int64_t now = now_ms();
    for (size_t i = 0; i < outcome->n_runs; i++)
        if (outcome->runs[i]->kind == SANLING__V1__OUTCOME__RUN__KIND__RECORDED)
            see_position(hub, outcome->runs[i]->first_position + outcome->runs[i]->count - 1);
    bool show = publish_window_take_outcome(&hub->window, outcome, now);
    publish_window_pump(&hub->window, &hub->transport, now);
    return show;
}

static enum turn shown(struct sanling_happening *happening, enum sanling_kind kind, bool show)
{
    if (!show)
        return TURN_AGAIN;
    happening->kind = kind;
    return TURN_HAPPENED;
}

static bool take_delivery(struct sanling *hub, const Sanling__V1__Delivery *delivery)
{
    return subscription_list_take_delivery(hub, delivery->subscription, delivery->n_records, delivery->reached,
                                           delivery->ended);
}

static enum turn dispatch(struct sanling *hub, const Sanling__V1__HubMessage *message,
                          struct sanling_happening *happening, struct sanling_error *error)
{
    if (message->body_case == SANLING__V1__HUB_MESSAGE__BODY_WELCOME)
        return take_welcome(hub, message->welcome, error) ? TURN_AGAIN : TURN_FAILED;
    if (message->body_case == SANLING__V1__HUB_MESSAGE__BODY_ERROR)
        return take_error(hub, message->error, happening, error);
    if (hub->state != SESSION_OPEN)
        return TURN_AGAIN;
    switch (message->body_case) {
    case SANLING__V1__HUB_MESSAGE__BODY_OUTCOME:
        happening->outcome = message->outcome;
        return shown(happening, SANLING_OUTCOME, take_outcome(hub, message->outcome));
    case SANLING__V1__HUB_MESSAGE__BODY_DELIVERY:
        happening->delivery = message->delivery;
        return shown(happening, SANLING_DELIVERY, take_delivery(hub, message->delivery));
    case SANLING__V1__HUB_MESSAGE__BODY_SUMMARY:
        happening->summary = message->summary;
        return shown(happening, SANLING_SUMMARY, subscription_list_take_summary(hub, message->summary));
    case SANLING__V1__HUB_MESSAGE__BODY_ACKNOWLEDGED:
        happening->acknowledged = message->acknowledged;
        return shown(happening, SANLING_ACKNOWLEDGED, subscription_list_take_acknowledged(hub, message->acknowledged));
    case SANLING__V1__HUB_MESSAGE__BODY_ANSWER:
        see_position(hub, message->answer->position);
        happening->answer = message->answer;
        return shown(happening, SANLING_ANSWER, question_list_take_answer(&hub->questions, message->answer));
    case SANLING__V1__HUB_MESSAGE__BODY_WELCOME:
    case SANLING__V1__HUB_MESSAGE__BODY_ERROR:
    case SANLING__V1__HUB_MESSAGE__BODY__NOT_SET: /* of a later protocol: nothing for us */
    case _SANLING__V1__HUB_MESSAGE__BODY__CASE_IS_INT_SIZE:
        break;
    }
    return TURN_AGAIN;
}

static enum turn malformed(const struct sanling *hub, size_t size, enum wire_flaw flaw, const char *field,
                           struct sanling_error *error)
{
    error_set(error, SANLING_MALFORMED, "a message of %s with %zu bytes was dropped: %s%s%s", hub->endpoint, size,
              wire_flaw_text(flaw), field != NULL ? " in " : "", field != NULL ? field : "");
    return TURN_FAILED;
}

static enum turn receive_packed(struct sanling *hub, struct sanling_bytes delivery, struct sanling_happening *happening,
                                struct sanling_error *error)
{
    struct sanling_records *records = &hub->records;
    enum wire_flaw flaw = delivery_scan(hub->arena, delivery, records);
    if (flaw != WIRE_OK)
        return malformed(hub, happening->message.size, flaw, "delivery", error);
    happening->records = records;
    return shown(happening, SANLING_DELIVERY,
                 hub->state == SESSION_OPEN &&
                     subscription_list_take_delivery(hub, records->subscription, records->count, records->reached,
                                                     records->ended));
}

static enum turn receive(struct sanling *hub, struct sanling_happening *happening, struct sanling_error *error)
{
    if (!transport_receive(&hub->transport, &hub->frame))
        return TURN_IDLE;
    const uint8_t *bytes = zmq_msg_data(&hub->frame);
    size_t size = zmq_msg_size(&hub->frame);
    struct sanling_bytes delivery;
    struct wire_finding finding;
    wire_arena_reset(hub->arena);
    happening->message = (struct sanling_bytes){bytes, size};
    if (hub->packed_records && delivery_find(bytes, size, &delivery))
        return receive_packed(hub, delivery, happening, error);
    ProtobufCMessage *message =
        wire_unpack(hub->arena, &sanling__v1__hub_message__descriptor, bytes, size, &wire_message_limits, &finding);
    if (message == NULL)
        return malformed(hub, size, finding.flaw, finding.field, error);
    return dispatch(hub, (const Sanling__V1__HubMessage *)message, happening, error);
}

static enum turn take_event(struct sanling *hub, struct sanling_error *error)
{
    const char *reason = "";
    switch (transport_next_event(&hub->transport, &reason)) {
    case TRANSPORT_NOTHING:
        return TURN_IDLE;
    case TRANSPORT_READY:
        return send_hello(hub, error) ? TURN_AGAIN : TURN_FAILED;
    case TRANSPORT_REFUSED:
        lose_transport(hub, reason);
        error_set(error, SANLING_REFUSED, "the hub at %s does not know this key", hub->endpoint);
        return TURN_FAILED;
    case TRANSPORT_LOST:
        hub->ended = reason; /* what arrived before the end is still taken */
        return TURN_AGAIN;
    }
    abort();
}

/* When something that the hub put off is due; -1: nothing is. */
static int64_t put_off_ms(const struct sanling *hub)
{
    int64_t asked = earlier_ms(question_list_next_ms(&hub->questions), subscription_list_next_ms(&hub->subscriptions));
    return earlier_ms(publish_window_next_ms(&hub->window), asked);
}

/* Sends again what the hub put off until now. */
static bool try_again(struct sanling *hub, struct sanling_error *error)
{
    const int64_t due_ms = put_off_ms(hub);
    const int64_t now = now_ms();
    if (due_ms < 0 || due_ms > now)
        return true;
    publish_window_pump(&hub->window, &hub->transport, now);
    return question_list_ask_again(hub, now, error) && subscription_list_send_again(hub, now, error);
}

static enum turn take_turn(struct sanling *hub, struct sanling_happening *happening, struct sanling_error *error)
{
    if (hub->state == SESSION_CLOSED) {
        if (now_ms() < hub->next_attempt_ms)
            return TURN_IDLE;
        return start_attempt(hub, error) ? TURN_AGAIN : TURN_FAILED;
    }
    enum turn turn = receive(hub, happening, error);
    if (turn != TURN_IDLE)
        return turn;
    if (hub->ended != NULL) {
        /* Within a session the reason is the hub's own word, if it said any. */
        lose_transport(hub, hub->state == SESSION_OPEN && hub->reason[0] != '\0' ? hub->reason : hub->ended);
        return TURN_AGAIN;
    }
    turn = take_event(hub, error);
    if (turn == TURN_IDLE && hub->state == SESSION_OPEN)
        return try_again(hub, error) ? TURN_IDLE : TURN_FAILED;
    return turn;
}

/* The next thing that is ours to do, whatever comes; -1: nothing. */
static int64_t own_work_ms(const struct sanling *hub)
{
    if (hub->state == SESSION_CLOSED)
        return hub->next_attempt_ms;
    return hub->state == SESSION_OPEN ? put_off_ms(hub) : -1;
}

/* Waits for news until `end` (-1: for ever), but not past the next thing that is ours to do. */
static void wait_for_news(const struct sanling *hub, int64_t end)
{
    int64_t until = earlier_ms(end, own_work_ms(hub));
    int64_t left = until - now_ms();
    transport_wait(&hub->transport, until < 0 ? -1 : left > 0 ? left : 0);
}

size_t sanling_poll_fds(const struct sanling *hub, int fds[SANLING_POLL_FDS_MAX])
{
    return transport_poll_fds(&hub->transport, fds);
}

int sanling_wait_ms(const struct sanling *hub)
{
    int64_t until = own_work_ms(hub);
    int64_t left = until - now_ms();
    if (until < 0)
        return -1;
    return left < 0 ? 0 : left < INT_MAX ? (int)left : INT_MAX;
}

/* Happenings of the connection itself, in the order in which they came about. */
static bool take_notice(struct sanling *hub, struct sanling_happening *happening)
{
    if (hub->show_disconnected) {
        hub->show_disconnected = false;
        happening->kind = SANLING_DISCONNECTED;
        happening->text = hub->reason;
        return true;
    }
    uint32_t broken = question_list_take_broken(&hub->questions);
    if (broken != 0) {
        sanling__v1__error__init(&hub->problem);
        hub->problem.code = SANLING__V1__CODE__KIND__UNREACHABLE;
        hub->problem.text = hub->broken_text;
        hub->problem.query = broken;
        happening->kind = SANLING_PROBLEM;
        happening->problem = &hub->problem;
        return true;
    }
    if (hub->show_connected) {
        hub->show_connected = false;
        happening->kind = SANLING_CONNECTED;
        happening->welcome = hub->welcome;
        return true;
    }
    return false;
}

bool sanling_next(struct sanling *hub, int timeout_ms, struct sanling_happening *happening, struct sanling_error *error)
{
    int64_t end = timeout_ms < 0 ? -1 : now_ms() + timeout_ms;
    for (;;) {
        *happening = (struct sanling_happening){.kind = SANLING_NOTHING};
        if (take_notice(hub, happening))
            return true;
        enum turn turn = take_turn(hub, happening, error);
        if (turn == TURN_HAPPENED)
            return true;
        if (turn == TURN_FAILED)
            return false;
        if (turn == TURN_IDLE) {
            if (end >= 0 && now_ms() >= end)
                return true;
            wait_for_news(hub, end);
        }
    }
}

static bool not_reached(const struct sanling *hub, int timeout_ms, struct sanling_error *error)
{
    bool tells = hub->reason[0] != '\0' && strstr(hub->reason, "handshake") != NULL;
    char seconds[32];
    snprintf(seconds, sizeof seconds, timeout_ms % 1000 == 0 ? "%.0f" : "%.1f", timeout_ms / 1000.0);
    if (hub->state == SESSION_GREETING)
        return error_set(error, SANLING_UNREACHABLE,
                         "the hub at %s was reached but gave no answer in %s s; its disk may be slow", hub->endpoint,
                         seconds);
    return error_set(error, SANLING_UNREACHABLE, "hub not reached at %s in %s s%s%s%s", hub->endpoint, seconds,
                     tells ? " (" : "", tells ? hub->reason : "", tells ? ")" : "");
}

bool sanling_wait(struct sanling *hub, int timeout_ms, struct sanling_error *error)
{
    int64_t end = timeout_ms < 0 ? -1 : now_ms() + timeout_ms;
    while (hub->state != SESSION_OPEN) {
        struct sanling_happening happening; /* none comes outside a session */
        enum turn turn = take_turn(hub, &happening, error);
        if (turn == TURN_FAILED)
            return false;
        if (turn == TURN_IDLE) {
            if (end >= 0 && now_ms() >= end)
                return not_reached(hub, timeout_ms, error);
            wait_for_news(hub, end);
        }
    }
    return true;
}

bool sanling_reach(struct sanling *hub, int reach_ms, int welcome_ms, struct sanling_error *error)
{
    return sanling_wait(hub, reach_ms, error) ||
           (error->code == SANLING_UNREACHABLE && hub->state == SESSION_GREETING &&
            sanling_wait(hub, welcome_ms, error));
}
