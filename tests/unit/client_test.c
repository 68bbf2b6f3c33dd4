/* libsanling against a hub that the test plays itself: a ROUTER in the same thread, answered by hand. */
#include "sanling.h"

#include "wire.h"

#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

#include <cmocka.h>

enum {
    PATIENCE_MS = 10000, /* how long a condition may take on a loaded machine */
    STEP_MS = 5
};

/* The hub's side, and what the client showed last. */
struct play {
    void *context;
    void *router;
    char endpoint[64];
    uint8_t peer[32]; /* routing id of who spoke last */
    size_t peer_size;
    Sanling__V1__ClientMessage *said; /* the last message, or NULL */
    struct sanling *client;
    struct sanling_happening happening;
    struct sanling_error error;
    bool failed; /* the last sanling_next */
};

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void bind_router(struct play *play, const char *endpoint)
{
    int zero = 0;
    play->router = zmq_socket(play->context, ZMQ_ROUTER);
    assert_non_null(play->router);
    zmq_setsockopt(play->router, ZMQ_LINGER, &zero, sizeof zero);
    assert_int_equal(zmq_bind(play->router, endpoint), 0);
    size_t size = sizeof play->endpoint;
    zmq_getsockopt(play->router, ZMQ_LAST_ENDPOINT, play->endpoint, &size);
}

/* The hub ends and comes back at the same place. */
static void stop_hub(struct play *play)
{
    zmq_close(play->router);
    play->router = NULL;
}

static void restart_hub(struct play *play)
{
    char endpoint[64];
    snprintf(endpoint, sizeof endpoint, "%s", play->endpoint);
    int zero = 0;
    play->router = zmq_socket(play->context, ZMQ_ROUTER);
    zmq_setsockopt(play->router, ZMQ_LINGER, &zero, sizeof zero);
    int64_t end = now_ms() + PATIENCE_MS;
    while (zmq_bind(play->router, endpoint) != 0) { /* the old listener is closed by another thread */
        assert_true(now_ms() < end);
        usleep(1000);
    }
}

static int open_play(void **state)
{
    struct play *play = calloc(1, sizeof *play);
    play->context = zmq_ctx_new();
    bind_router(play, "tcp://127.0.0.1:*");
    *state = play;
    return 0;
}

static int close_play(void **state)
{
    struct play *play = *state;
    sanling_close(&play->client);
    if (play->said != NULL)
        sanling__v1__client_message__free_unpacked(play->said, NULL);
    if (play->router != NULL)
        zmq_close(play->router);
    zmq_ctx_term(play->context);
    free(play);
    return 0;
}

/* Takes the next message that the client sent, if one is there. */
static bool hear(struct play *play)
{
    uint8_t bytes[64 * 1024];
    uint8_t peer[32];
    int peer_size = zmq_recv(play->router, peer, sizeof peer, ZMQ_DONTWAIT);
    if (peer_size < 0)
        return false;
    int size = zmq_recv(play->router, bytes, sizeof bytes, 0);
    assert_in_range(size, 1, (int)sizeof bytes);
    memcpy(play->peer, peer, sizeof peer);
    play->peer_size = (size_t)peer_size;
    if (play->said != NULL)
        sanling__v1__client_message__free_unpacked(play->said, NULL);
    play->said = sanling__v1__client_message__unpack(NULL, (size_t)size, bytes);
    assert_non_null(play->said);
    return true;
}

/* Gives the client its turn; `play->happening` is what it showed. */
static void turn(struct play *play)
{
    play->failed = !sanling_next(play->client, STEP_MS, &play->happening, &play->error);
}

/* Lets both sides run until the client says something of this kind. */
static void await_said(struct play *play, Sanling__V1__ClientMessage__BodyCase body)
{
    int64_t end = now_ms() + PATIENCE_MS;
    while (!hear(play)) {
        turn(play);
        assert_true(now_ms() < end);
    }
    assert_int_equal(play->said->body_case, body);
}

static void await_happening(struct play *play, enum sanling_kind kind)
{
    int64_t end = now_ms() + PATIENCE_MS;
    do {
        turn(play);
        assert_false(play->failed);
        assert_true(now_ms() < end);
    } while (play->happening.kind == SANLING_NOTHING);
    assert_int_equal(play->happening.kind, kind);
}

static void await_failure_or(struct play *play, enum sanling_kind kind)
{
    int64_t end = now_ms() + PATIENCE_MS;
    do {
        turn(play);
        assert_true(now_ms() < end);
    } while (!play->failed && play->happening.kind == SANLING_NOTHING);
    assert_true(play->failed || play->happening.kind == kind);
}

static void await_failure(struct play *play)
{
    await_failure_or(play, SANLING_NOTHING);
    assert_true(play->failed);
}

/* The client has nothing to say, for long enough to have said it. */
static void assert_silent(struct play *play, int turns)
{
    for (int i = 0; i < turns; i++) {
        turn(play);
        assert_false(hear(play));
    }
}

static void say(struct play *play, const Sanling__V1__HubMessage *message)
{
    size_t size = sanling__v1__hub_message__get_packed_size(message);
    uint8_t *bytes = malloc(size + 1);
    sanling__v1__hub_message__pack(message, bytes);
    zmq_send(play->router, play->peer, play->peer_size, ZMQ_SNDMORE);
    zmq_send(play->router, bytes, size, 0);
    free(bytes);
}

/* `restored`: positions at which backups ended, each of another restoration; 0 ends the list. */
static void say_restored_welcome(struct play *play, uint64_t epoch, uint64_t position, const uint64_t *restored)
{
    Sanling__V1__Restoration each[4];
    Sanling__V1__Restoration *restorations[4];
    char names[4][8];
    Sanling__V1__HubMessage message = SANLING__V1__HUB_MESSAGE__INIT;
    Sanling__V1__Welcome welcome = SANLING__V1__WELCOME__INIT;
    Sanling__V1__Limits limits = SANLING__V1__LIMITS__INIT;
    limits.publishes_in_flight = 16;
    limits.events_per_publish = 1000;
    limits.event_bytes = 1024;
    welcome.protocol = 1;
    welcome.epoch = epoch;
    welcome.position = position;
    welcome.limits = &limits;
    welcome.restorations = restorations;
    for (; restored[welcome.n_restorations] != 0; welcome.n_restorations++) {
        Sanling__V1__Restoration *one = restorations[welcome.n_restorations] = &each[welcome.n_restorations];
        sanling__v1__restoration__init(one);
        sprintf(names[welcome.n_restorations], "r%zu", welcome.n_restorations);
        one->restoration = names[welcome.n_restorations];
        one->position = restored[welcome.n_restorations];
    }
    message.body_case = SANLING__V1__HUB_MESSAGE__BODY_WELCOME;
    message.welcome = &welcome;
    say(play, &message);
}

static void say_welcome(struct play *play, uint64_t epoch, uint64_t position)
{
    say_restored_welcome(play, epoch, position, (const uint64_t[]){0});
}

static void say_outcome(struct play *play, uint64_t first, Sanling__V1__Outcome__Run__Kind kind, uint32_t count,
                        uint64_t position, Sanling__V1__Code__Kind code, uint64_t next)
{
    Sanling__V1__HubMessage message = SANLING__V1__HUB_MESSAGE__INIT;
    Sanling__V1__Outcome outcome = SANLING__V1__OUTCOME__INIT;
    Sanling__V1__Outcome__Run run = SANLING__V1__OUTCOME__RUN__INIT;
    Sanling__V1__Outcome__Run *runs[] = {&run};
    char source[] = "yu";
    run.kind = kind;
    run.count = count;
    run.first_position = position;
    run.code = code;
    outcome.source = source;
    outcome.first_sequence = first;
    outcome.runs = runs;
    outcome.n_runs = 1;
    outcome.next_sequence = next;
    message.body_case = SANLING__V1__HUB_MESSAGE__BODY_OUTCOME;
    message.outcome = &outcome;
    say(play, &message);
}

static void say_recorded(struct play *play, uint64_t first, uint32_t count)
{
    say_outcome(play, first, SANLING__V1__OUTCOME__RUN__KIND__RECORDED, count, first, 0, first + count);
}

static void say_refused(struct play *play, uint64_t first, uint32_t count, Sanling__V1__Code__Kind code, uint64_t next)
{
    say_outcome(play, first, SANLING__V1__OUTCOME__RUN__KIND__REFUSED, count, 0, code, next);
}

static void say_error(struct play *play, Sanling__V1__Code__Kind code, uint32_t query, uint32_t subscription)
{
    Sanling__V1__HubMessage message = SANLING__V1__HUB_MESSAGE__INIT;
    Sanling__V1__Error problem = SANLING__V1__ERROR__INIT;
    char text[] = "no";
    problem.code = code;
    problem.text = text;
    problem.query = query;
    problem.subscription = subscription;
    message.body_case = SANLING__V1__HUB_MESSAGE__BODY_ERROR;
    message.error = &problem;
    say(play, &message);
}

static void say_answer(struct play *play, uint32_t id, bool more)
{
    Sanling__V1__HubMessage message = SANLING__V1__HUB_MESSAGE__INIT;
    Sanling__V1__Answer answer = SANLING__V1__ANSWER__INIT;
    answer.id = id;
    answer.more = more;
    message.body_case = SANLING__V1__HUB_MESSAGE__BODY_ANSWER;
    message.answer = &answer;
    say(play, &message);
}

static void say_delivery(struct play *play, uint32_t subscription, uint64_t position, uint64_t reached)
{
    Sanling__V1__HubMessage message = SANLING__V1__HUB_MESSAGE__INIT;
    Sanling__V1__Delivery delivery = SANLING__V1__DELIVERY__INIT;
    Sanling__V1__Record record = SANLING__V1__RECORD__INIT;
    Sanling__V1__Record *records[] = {&record};
    record.position = position;
    delivery.subscription = subscription;
    delivery.reached = reached;
    delivery.records = records;
    delivery.n_records = 1;
    message.body_case = SANLING__V1__HUB_MESSAGE__BODY_DELIVERY;
    message.delivery = &delivery;
    say(play, &message);
}

static void open_client(struct play *play, uint32_t window)
{
    play->client = sanling_open(&(struct sanling_options){.endpoint = play->endpoint, .window = window}, &play->error);
    assert_non_null(play->client);
}

/* Client open and welcomed. */
static void open_session(struct play *play, uint32_t window)
{
    open_client(play, window);
    await_said(play, SANLING__V1__CLIENT_MESSAGE__BODY_HELLO);
    say_welcome(play, play->said->hello->epoch, 100);
    await_happening(play, SANLING_CONNECTED);
}

static void reconnect(struct play *play, uint64_t position)
{
    stop_hub(play);
    await_happening(play, SANLING_DISCONNECTED);
    restart_hub(play);
    await_said(play, SANLING__V1__CLIENT_MESSAGE__BODY_HELLO);
    say_welcome(play, play->said->hello->epoch, position);
    await_happening(play, SANLING_CONNECTED);
}

static void reconnect_restored(struct play *play, uint64_t position, const uint64_t *restored)
{
    stop_hub(play);
    await_happening(play, SANLING_DISCONNECTED);
    restart_hub(play);
    await_said(play, SANLING__V1__CLIENT_MESSAGE__BODY_HELLO);
    say_restored_welcome(play, play->said->hello->epoch, position, restored);
    await_happening(play, SANLING_CONNECTED);
}

static bool publish(struct play *play, uint64_t first, size_t count)
{
    struct sanling_bytes events[8];
    for (size_t i = 0; i < count; i++)
        events[i] = (struct sanling_bytes){(const uint8_t *)"event", 5};
    return sanling_publish(play->client, "yu", first, events, count, &play->error);
}

static void await_publish(struct play *play, uint64_t first, size_t count)
{
    await_said(play, SANLING__V1__CLIENT_MESSAGE__BODY_PUBLISH);
    assert_string_equal(play->said->publish->source, "yu");
    assert_int_equal(play->said->publish->first_sequence, first);
    assert_int_equal(play->said->publish->n_events, count);
    assert_memory_equal(play->said->publish->events[0].data, "event", 5);
}

static void nothing_is_sent_before_the_welcome_of_this_session(void **state)
{
    struct play *play = *state;
    open_client(play, 0);
    assert_true(publish(play, 1, 1));
    await_said(play, SANLING__V1__CLIENT_MESSAGE__BODY_HELLO);
    uint64_t epoch = play->said->hello->epoch;
    say_welcome(play, epoch + 1, 100);
    say_recorded(play, 1, 1);
    assert_silent(play, 20);
    assert_false(sanling_connected(play->client));
    say_welcome(play, epoch, 100);
    await_publish(play, 1, 1);
}

static void outcomes_free_the_window_and_are_shown(void **state)
{
    struct play *play = *state;
    open_session(play, 2);
    assert_true(publish(play, 1, 3));
    assert_true(publish(play, 4, 1));
    assert_false(publish(play, 5, 1));
    assert_int_equal(play->error.code, SANLING_WINDOW_FULL);
    await_publish(play, 1, 3);
    await_publish(play, 4, 1);
    say_recorded(play, 1, 2); /* a message may be answered in parts */
    await_happening(play, SANLING_OUTCOME);
    assert_int_equal(sanling_in_flight(play->client), 2);
    say_recorded(play, 3, 1);
    await_happening(play, SANLING_OUTCOME);
    assert_int_equal(sanling_in_flight(play->client), 1);
    assert_true(publish(play, 5, 1));
    await_publish(play, 5, 1);
}

static void the_halves_of_a_message_may_be_answered_in_any_order(void **state)
{
    struct play *play = *state;
    open_session(play, 0);
    assert_true(publish(play, 1, 8));
    await_publish(play, 1, 8);
    say_recorded(play, 4, 5);
    await_happening(play, SANLING_OUTCOME);
    assert_int_equal(sanling_in_flight(play->client), 1);
    say_outcome(play, 1, SANLING__V1__OUTCOME__RUN__KIND__DUPLICATE, 3, 1, 0, 9);
    await_happening(play, SANLING_OUTCOME);
    assert_int_equal(sanling_in_flight(play->client), 0);
}

static void no_more_than_the_hubs_limit_is_in_flight(void **state)
{
    struct play *play = *state;
    open_session(play, 64);
    for (uint64_t i = 1; i <= 20; i++)
        assert_true(publish(play, i, 1));
    for (uint64_t i = 1; i <= 16; i++)
        await_publish(play, i, 1);
    assert_silent(play, 10);
    say_recorded(play, 1, 1);
    await_happening(play, SANLING_OUTCOME);
    await_publish(play, 17, 1);
}

static void wrong_numbers_are_refused_at_the_call(void **state)
{
    struct play *play = *state;
    open_session(play, 0);
    assert_false(publish(play, 0, 1));
    assert_int_equal(play->error.code, SANLING_USAGE);
    assert_true(publish(play, 7, 1));
    assert_false(publish(play, 9, 1));
    assert_int_equal(play->error.code, SANLING_USAGE);
}

static void unanswered_messages_are_sent_again_in_order(void **state)
{
    struct play *play = *state;
    open_session(play, 0);
    for (uint64_t i = 1; i <= 3; i++) {
        assert_true(publish(play, i, 1));
        await_publish(play, i, 1);
    }
    say_recorded(play, 1, 1);
    await_happening(play, SANLING_OUTCOME);
    reconnect(play, 100);
    await_publish(play, 2, 1);
    await_publish(play, 3, 1);
    assert_silent(play, 10);
}

static void a_gap_is_answered_by_one_rewind(void **state)
{
    struct play *play = *state;
    open_session(play, 0);
    for (uint64_t i = 1; i <= 3; i++) {
        assert_true(publish(play, i, 1));
        await_publish(play, i, 1);
    }
    /* The hub lost what it had: all three come too early for it, the first one too. */
    say_refused(play, 2, 1, SANLING__V1__CODE__KIND__SEQUENCE_GAP, 1);
    say_refused(play, 3, 1, SANLING__V1__CODE__KIND__SEQUENCE_GAP, 1);
    await_publish(play, 1, 1);
    await_publish(play, 2, 1);
    await_publish(play, 3, 1);
    assert_silent(play, 20);
    assert_int_equal(sanling_in_flight(play->client), 3);
}

static void a_gap_before_what_is_held_is_the_users(void **state)
{
    struct play *play = *state;
    open_session(play, 0);
    assert_true(publish(play, 5, 1));
    await_publish(play, 5, 1);
    say_refused(play, 5, 1, SANLING__V1__CODE__KIND__SEQUENCE_GAP, 2);
    await_happening(play, SANLING_OUTCOME);
    assert_int_equal(play->happening.outcome->next_sequence, 2);
    assert_int_equal(sanling_in_flight(play->client), 0);
    assert_true(publish(play, 2, 1));
    await_publish(play, 2, 1);
}

static void a_reused_number_stops_the_source(void **state)
{
    struct play *play = *state;
    open_session(play, 0);
    assert_true(publish(play, 1, 1));
    assert_true(publish(play, 2, 1));
    await_publish(play, 1, 1);
    await_publish(play, 2, 1);
    say_refused(play, 1, 1, SANLING__V1__CODE__KIND__SEQUENCE_REUSED, 1);
    say_refused(play, 2, 1, SANLING__V1__CODE__KIND__SEQUENCE_GAP, 1);
    await_happening(play, SANLING_OUTCOME);
    assert_int_equal(play->happening.outcome->runs[0]->code, SANLING__V1__CODE__KIND__SEQUENCE_REUSED);
    assert_int_equal(sanling_in_flight(play->client), 0);
    assert_silent(play, 20);
    assert_int_equal(play->happening.kind, SANLING_NOTHING);
}

static void a_busy_hub_is_tried_again_after_a_pause(void **state)
{
    struct play *play = *state;
    open_session(play, 0);
    assert_true(publish(play, 1, 1));
    assert_true(publish(play, 2, 1));
    await_publish(play, 1, 1);
    await_publish(play, 2, 1);
    int64_t before = now_ms();
    say_refused(play, 1, 1, SANLING__V1__CODE__KIND__BUSY, 1);
    say_refused(play, 2, 1, SANLING__V1__CODE__KIND__SEQUENCE_GAP, 1);
    await_publish(play, 1, 1);
    assert_true(now_ms() - before >= 200);
    await_publish(play, 2, 1);
    say_recorded(play, 1, 1);
    await_happening(play, SANLING_OUTCOME);
    assert_int_equal(sanling_in_flight(play->client), 1);
}

/* Over a limit from this number on: what the hub says then. */
static void say_over_limit(struct play *play, uint64_t first, uint32_t retry_after_ms)
{
    Sanling__V1__HubMessage message = SANLING__V1__HUB_MESSAGE__INIT;
    Sanling__V1__Outcome outcome = SANLING__V1__OUTCOME__INIT;
    Sanling__V1__Outcome__Run run = SANLING__V1__OUTCOME__RUN__INIT;
    Sanling__V1__Outcome__Run *runs[] = {&run};
    run.kind = SANLING__V1__OUTCOME__RUN__KIND__REFUSED;
    run.count = 1;
    run.code = SANLING__V1__CODE__KIND__BUSY;
    outcome.source = (char *)"yu";
    outcome.first_sequence = first;
    outcome.next_sequence = 1;
    outcome.retry_after_ms = retry_after_ms;
    outcome.runs = runs;
    outcome.n_runs = 1;
    message.body_case = SANLING__V1__HUB_MESSAGE__BODY_OUTCOME;
    message.outcome = &outcome;
    say(play, &message);
}

static void over_a_limit_it_waits_as_long_as_it_was_told_and_begins_slowly(void **state)
{
    struct play *play = *state;
    open_session(play, 0);
    for (uint64_t first = 1; first <= 4; first++) {
        assert_true(publish(play, first, 1));
        await_publish(play, first, 1);
    }
    int64_t before = now_ms();
    for (uint64_t first = 1; first <= 4; first++)
        say_over_limit(play, first, 700);
    await_publish(play, 1, 1);
    assert_true(now_ms() - before >= 700);
    assert_silent(play, 5); /* one, until it is known that it passes */
    say_recorded(play, 1, 1);
    await_happening(play, SANLING_OUTCOME);
    await_publish(play, 2, 1);
    await_publish(play, 3, 1);
    assert_silent(play, 5);
    say_recorded(play, 2, 1);
    await_publish(play, 4, 1);
}

static void ask_status(struct play *play, uint32_t *id)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__StatusQuery status = SANLING__V1__STATUS_QUERY__INIT;
    query.ask_case = SANLING__V1__QUERY__ASK_STATUS;
    query.status = &status;
    assert_true(sanling_ask(play->client, &query, id, &play->error));
    await_said(play, SANLING__V1__CLIENT_MESSAGE__BODY_QUERY);
    assert_int_equal(play->said->query->id, *id);
}

static void say_busy(struct play *play, uint32_t query, uint32_t subscription, uint32_t retry_after_ms)
{
    Sanling__V1__HubMessage message = SANLING__V1__HUB_MESSAGE__INIT;
    Sanling__V1__Error problem = SANLING__V1__ERROR__INIT;
    problem.code = SANLING__V1__CODE__KIND__BUSY;
    problem.query = query;
    problem.subscription = subscription;
    problem.retry_after_ms = retry_after_ms;
    message.body_case = SANLING__V1__HUB_MESSAGE__BODY_ERROR;
    message.error = &problem;
    say(play, &message);
}

static void a_question_over_a_limit_is_asked_again_when_the_hub_says(void **state)
{
    struct play *play = *state;
    uint32_t id;
    open_session(play, 0);
    ask_status(play, &id);
    int64_t before = now_ms();
    say_busy(play, id, 0, 300);
    await_said(play, SANLING__V1__CLIENT_MESSAGE__BODY_QUERY);
    assert_true(now_ms() - before >= 300);
    assert_int_equal(play->said->query->id, id);
    say_answer(play, id, false);
    await_happening(play, SANLING_ANSWER);
    say_busy(play, id, 0, 300); /* nobody waits for it any more */
    assert_silent(play, 5);
}

static void a_question_that_is_refused_without_a_time_is_the_callers(void **state)
{
    struct play *play = *state;
    uint32_t id;
    open_session(play, 0);
    ask_status(play, &id);
    say_busy(play, id, 0, 0);
    await_happening(play, SANLING_PROBLEM);
    assert_int_equal(play->happening.problem->query, id);
}

static void an_unanswered_question_is_asked_again(void **state)
{
    struct play *play = *state;
    uint32_t id;
    open_session(play, 0);
    ask_status(play, &id);
    reconnect(play, 100);
    await_said(play, SANLING__V1__CLIENT_MESSAGE__BODY_QUERY);
    assert_int_equal(play->said->query->id, id);
    say_answer(play, id, false);
    await_happening(play, SANLING_ANSWER);
}

static void half_an_answer_is_reported_and_not_asked_again(void **state)
{
    struct play *play = *state;
    uint32_t id;
    open_session(play, 0);
    ask_status(play, &id);
    say_answer(play, id, true);
    await_happening(play, SANLING_ANSWER);
    stop_hub(play);
    await_happening(play, SANLING_DISCONNECTED);
    await_happening(play, SANLING_PROBLEM);
    assert_int_equal(play->happening.problem->query, id);
    assert_int_equal(play->happening.problem->code, SANLING__V1__CODE__KIND__UNREACHABLE);
    restart_hub(play);
    await_said(play, SANLING__V1__CLIENT_MESSAGE__BODY_HELLO);
}

static void subscribe(struct play *play, Sanling__V1__RecordSubscription *records)
{
    Sanling__V1__Subscribe subscribe = SANLING__V1__SUBSCRIBE__INIT;
    subscribe.id = 9;
    subscribe.kind_case = SANLING__V1__SUBSCRIBE__KIND_RECORDS;
    subscribe.records = records;
    assert_true(sanling_subscribe(play->client, &subscribe, &play->error));
    await_said(play, SANLING__V1__CLIENT_MESSAGE__BODY_SUBSCRIBE);
}

static void a_subscription_over_a_limit_is_tried_again_when_the_hub_says(void **state)
{
    struct play *play = *state;
    Sanling__V1__RecordSubscription records = SANLING__V1__RECORD_SUBSCRIPTION__INIT;
    open_session(play, 0);
    records.credit = 10;
    subscribe(play, &records);
    int64_t before = now_ms();
    say_busy(play, 0, 9, 300);
    await_said(play, SANLING__V1__CLIENT_MESSAGE__BODY_SUBSCRIBE);
    assert_true(now_ms() - before >= 300);
    assert_int_equal(play->said->subscribe->records->credit, 10);
    say_delivery(play, 9, 30, 41);
    await_happening(play, SANLING_DELIVERY);
}

/* Under a durable name, up to the first delivery: to position 41, of a credit of 10. */
static void follow_as_inbox(struct play *play)
{
    Sanling__V1__RecordSubscription records = SANLING__V1__RECORD_SUBSCRIPTION__INIT;
    char name[] = "inbox";
    open_session(play, 0);
    records.start_case = SANLING__V1__RECORD_SUBSCRIPTION__START_FROM_ACKNOWLEDGED;
    records.from_acknowledged = true;
    records.name = name;
    records.credit = 10;
    subscribe(play, &records);
    say_delivery(play, 9, 30, 41);
    await_happening(play, SANLING_DELIVERY);
}

static void a_subscription_goes_on_behind_its_last_delivery(void **state)
{
    struct play *play = *state;
    follow_as_inbox(play);
    assert_true(sanling_credit(play->client, 9, 5, &play->error));
    await_said(play, SANLING__V1__CLIENT_MESSAGE__BODY_CREDIT);
    assert_true(sanling_acknowledge(play->client, 9, 41, &play->error));
    await_said(play, SANLING__V1__CLIENT_MESSAGE__BODY_ACKNOWLEDGE);
    reconnect(play, 100);
    await_said(play, SANLING__V1__CLIENT_MESSAGE__BODY_SUBSCRIBE);
    assert_int_equal(play->said->subscribe->id, 9);
    const Sanling__V1__RecordSubscription *again = play->said->subscribe->records;
    assert_int_equal(again->start_case, SANLING__V1__RECORD_SUBSCRIPTION__START_FROM_POSITION);
    assert_int_equal(again->from_position, 42);
    assert_int_equal(again->credit, 14);
    assert_string_equal(again->name, "inbox");
    await_said(play, SANLING__V1__CLIENT_MESSAGE__BODY_ACKNOWLEDGE);
    assert_int_equal(play->said->acknowledge->position, 41);
}

static void a_subscription_of_a_restored_hub_goes_on_behind_what_still_holds(void **state)
{
    struct play *play = *state;
    follow_as_inbox(play);
    assert_true(sanling_acknowledge(play->client, 9, 41, &play->error));
    await_said(play, SANLING__V1__CLIENT_MESSAGE__BODY_ACKNOWLEDGE);
    reconnect_restored(play, 100, (const uint64_t[]){25, 38, 0}); /* twice meanwhile; the first cut more */
    await_said(play, SANLING__V1__CLIENT_MESSAGE__BODY_SUBSCRIBE);
    assert_int_equal(play->said->subscribe->records->from_position, 26);
    await_said(play, SANLING__V1__CLIENT_MESSAGE__BODY_ACKNOWLEDGE);
    assert_int_equal(play->said->acknowledge->position, 25);      /* what stands behind it nobody has seen */
    reconnect_restored(play, 100, (const uint64_t[]){25, 38, 0}); /* nothing new */
    await_said(play, SANLING__V1__CLIENT_MESSAGE__BODY_SUBSCRIBE);
    assert_int_equal(play->said->subscribe->records->from_position, 26);
}

static void what_is_in_flight_to_a_restored_hub_is_dropped_for_who_wants_it(void **state)
{
    struct play *play = *state;
    play->client =
        sanling_open(&(struct sanling_options){.endpoint = play->endpoint, .drops_when_restored = true}, &play->error);
    assert_non_null(play->client);
    await_said(play, SANLING__V1__CLIENT_MESSAGE__BODY_HELLO);
    say_welcome(play, play->said->hello->epoch, 100);
    await_happening(play, SANLING_CONNECTED);
    for (uint64_t i = 1; i <= 3; i++) {
        assert_true(publish(play, i, 1));
        await_publish(play, i, 1);
    }
    reconnect(play, 100);
    for (uint64_t i = 1; i <= 3; i++)
        await_publish(play, i, 1); /* it was away, no more */
    reconnect_restored(play, 100, (const uint64_t[]){90, 0});
    assert_silent(play, 10);
    assert_int_equal(sanling_in_flight(play->client), 0);
    assert_true(publish(play, 1, 2));
    await_publish(play, 1, 2);
    say_recorded(play, 1, 2);
    await_happening(play, SANLING_OUTCOME);
}

/* A session whose deliveries are shown packed, with a subscription of id 9. */
static void open_packed(struct play *play)
{
    Sanling__V1__RecordSubscription records = SANLING__V1__RECORD_SUBSCRIPTION__INIT;
    play->client =
        sanling_open(&(struct sanling_options){.endpoint = play->endpoint, .packed_records = true}, &play->error);
    assert_non_null(play->client);
    await_said(play, SANLING__V1__CLIENT_MESSAGE__BODY_HELLO);
    say_welcome(play, play->said->hello->epoch, 100);
    await_happening(play, SANLING_CONNECTED);
    records.credit = 10;
    subscribe(play, &records);
}

/* Says a HubMessage that is the delivery of these bytes. */
static void say_delivery_bytes(struct play *play, const void *delivery, size_t size)
{
    struct wire_writer writer = {0};
    wire_put_bytes_field(&writer, 3, delivery, size);
    zmq_send(play->router, play->peer, play->peer_size, ZMQ_SNDMORE);
    zmq_send(play->router, writer.bytes, writer.size, 0);
    wire_writer_release(&writer);
}

static void packed_records_say_what_unpacked_ones_do(void **state)
{
    struct play *play = *state;
    Sanling__V1__HubMessage message = SANLING__V1__HUB_MESSAGE__INIT;
    Sanling__V1__Delivery delivery = SANLING__V1__DELIVERY__INIT;
    Sanling__V1__Record records[2] = {SANLING__V1__RECORD__INIT, SANLING__V1__RECORD__INIT};
    Sanling__V1__Record *pointers[] = {&records[0], &records[1]};
    Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    Sanling__V1__Event event = SANLING__V1__EVENT__INIT;
    char source[] = "petitions-yu";
    time.seconds = 1600000000;
    time.nanos = 123456000;
    event.source = source;
    event.sequence = 7;
    records[0].position = 30;
    records[0].recorded_at = &time;
    records[0].event = &event;
    records[1].position = UINT64_MAX;
    delivery.subscription = 9;
    delivery.reached = 41;
    delivery.records = pointers;
    delivery.n_records = 2;
    message.body_case = SANLING__V1__HUB_MESSAGE__BODY_DELIVERY;
    message.delivery = &delivery;
    open_packed(play);
    say(play, &message);
    await_happening(play, SANLING_DELIVERY);
    assert_null(play->happening.delivery);
    const struct sanling_records *found = play->happening.records;
    assert_int_equal(found->subscription, 9);
    assert_int_equal(found->reached, 41);
    assert_false(found->ended);
    assert_int_equal(found->count, 2);
    assert_int_equal(found->records[0].position, 30);
    assert_int_equal(found->records[0].recorded_at_us, INT64_C(1600000000123456));
    struct sanling_bytes name = sanling_event_source(found->records[0].event);
    assert_int_equal(name.size, strlen(source));
    assert_memory_equal(name.bytes, source, name.size);
    const Sanling__V1__Record *record = sanling_record_unpack(play->client, &found->records[0], &play->error);
    assert_non_null(record);
    assert_int_equal(record->event->sequence, 7);
    assert_int_equal(record->recorded_at->nanos, 123456000);
    assert_int_equal(found->records[1].position, UINT64_MAX);
    assert_int_equal(found->records[1].event.size, 0);
    assert_int_equal(sanling_event_source(found->records[1].event).size, 0);
}

static void a_packed_delivery_uses_credit_and_is_gone_on_behind(void **state)
{
    struct play *play = *state;
    open_packed(play);
    say_delivery(play, 9, 30, 41);
    await_happening(play, SANLING_DELIVERY);
    reconnect(play, 100);
    await_said(play, SANLING__V1__CLIENT_MESSAGE__BODY_SUBSCRIBE);
    assert_int_equal(play->said->subscribe->records->from_position, 42);
    assert_int_equal(play->said->subscribe->records->credit, 9);
}

static void a_packed_delivery_that_is_no_message_is_dropped_whole(void **state)
{
    struct play *play = *state;
    static const struct {
        const char *bytes;
        size_t size;
    } broken[] = {
        {"\x08\x09\x08\x09", 4},                 /* subscription twice */
        {"\x08\x09\x10\x01", 4},                 /* records, as a varint */
        {"\x08\x09\x1a\x00", 4},                 /* reached, as bytes */
        {"\x08\x09\x12\x02\x08", 5},             /* a record that reaches beyond the end */
        {"\x08\x09\x12\x00\x12\x01\x08", 7},     /* a position that is cut off, in the second record */
        {"\x08\x09\x12\x04\x08\x01\x08\x01", 8}, /* position twice */
        {"\x08\x09\x12\x02\x10\x01", 6},         /* recorded_at, as a varint */
        {"\x08\x09\x12\x02\x20\x01", 6},         /* an event, as a varint */
        {"\x08\x09\x12\x04\x12\x02\x10\xff", 8}, /* nanos that are cut off */
        {"\x08\x09\x12\x0d\x12\x0b\x08\xff\xff\xff\xff\xff\xff\xff\xff\x7f\x00", 17}, /* a time beyond all times */
        {"\x08\x09\x12\x08\x12\x06\x10\x80\x94\xeb\xdc\x03", 12}, /* a thousand million nanoseconds */
        {"\x08\x09\x12\x01\x00", 5},                              /* field 0 */
    };
    open_packed(play);
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        say_delivery_bytes(play, broken[i].bytes, broken[i].size);
        await_failure(play);
        assert_int_equal(play->error.code, SANLING_MALFORMED);
    }
    say_delivery(play, 9, 30, 41);
    await_happening(play, SANLING_DELIVERY);
    assert_int_equal(play->happening.records->count, 1);
}

static void more_packed_records_than_a_message_may_have_fields_are_dropped(void **state)
{
    struct play *play = *state;
    const size_t count = WIRE_MESSAGE_FIELDS_MAX + 1;
    uint8_t *delivery = calloc(count, 2);
    assert_non_null(delivery);
    for (size_t i = 0; i < count; i++)
        delivery[2 * i] = 0x12;
    open_packed(play);
    say_delivery_bytes(play, delivery, 2 * count);
    free(delivery);
    await_failure(play);
    assert_int_equal(play->error.code, SANLING_MALFORMED);
}

/* Changes some bytes of it, as chance will, but for the body's tag, its length and the subscription: so that the client
 * has something to say. */
static void damage(uint64_t *chance, uint8_t *bytes, size_t size)
{
    enum { BEHIND_SUBSCRIPTION = 5 };
    for (int i = 0; i < 3; i++) {
        *chance = *chance * UINT64_C(6364136223846793005) + 1442695040888963407u;
        bytes[BEHIND_SUBSCRIPTION + (*chance >> 33) % (size - BEHIND_SUBSCRIPTION)] ^=
            (uint8_t)(1 << (*chance >> 20 & 7));
    }
}

/* What unpacks whole must be found packed, with the same positions; what does not may be shown or dropped. */
static void assert_found_as_unpacked(struct play *play, const uint8_t *bytes, size_t size)
{
    struct wire_finding finding;
    if (play->failed) {
        assert_int_equal(play->error.code, SANLING_MALFORMED);
        assert_int_not_equal(wire_check(&sanling__v1__hub_message__descriptor, bytes, size, &wire_message_limits, NULL),
                             WIRE_OK);
        return;
    }
    if (wire_check(&sanling__v1__hub_message__descriptor, bytes, size, &wire_message_limits, &finding) != WIRE_OK)
        return;
    Sanling__V1__HubMessage *whole = sanling__v1__hub_message__unpack(NULL, size, bytes);
    assert_non_null(whole);
    assert_int_equal(whole->body_case, SANLING__V1__HUB_MESSAGE__BODY_DELIVERY);
    assert_int_equal(play->happening.records->count, whole->delivery->n_records);
    assert_int_equal(play->happening.records->reached, whole->delivery->reached);
    assert_int_equal(play->happening.records->ended, whole->delivery->ended);
    for (size_t i = 0; i < whole->delivery->n_records; i++)
        assert_int_equal(play->happening.records->records[i].position, whole->delivery->records[i]->position);
    sanling__v1__hub_message__free_unpacked(whole, NULL);
}

static void damaged_deliveries_are_found_as_they_unpack_or_dropped(void **state)
{
    struct play *play = *state;
    Sanling__V1__HubMessage message = SANLING__V1__HUB_MESSAGE__INIT;
    Sanling__V1__Delivery delivery = SANLING__V1__DELIVERY__INIT;
    Sanling__V1__Record record = SANLING__V1__RECORD__INIT;
    Sanling__V1__Record *records[] = {&record, &record, &record};
    Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    Sanling__V1__Event event = SANLING__V1__EVENT__INIT;
    uint8_t bytes[256];
    uint64_t chance = 1;
    time.seconds = 1600000000;
    time.nanos = 123456000;
    event.source = (char *)"petitions-yu";
    record.position = 300;
    record.recorded_at = &time;
    record.event = &event;
    delivery.subscription = 9;
    delivery.reached = 300;
    delivery.records = records;
    delivery.n_records = 3;
    message.body_case = SANLING__V1__HUB_MESSAGE__BODY_DELIVERY;
    message.delivery = &delivery;
    const size_t size = sanling__v1__hub_message__get_packed_size(&message);
    assert_true(size <= sizeof bytes);
    open_packed(play);
    for (int i = 0; i < 2000; i++) {
        sanling__v1__hub_message__pack(&message, bytes);
        damage(&chance, bytes, size);
        zmq_send(play->router, play->peer, play->peer_size, ZMQ_SNDMORE);
        zmq_send(play->router, bytes, size, 0);
        await_failure_or(play, SANLING_DELIVERY);
        assert_found_as_unpacked(play, bytes, size);
        if (!play->failed && play->happening.records->ended) {
            sanling_close(&play->client);
            while (hear(play))
                ;
            open_packed(play);
        }
    }
}

static void an_event_is_looked_into_when_it_is_unpacked(void **state)
{
    struct play *play = *state;
    open_packed(play);
    say_delivery_bytes(play, "\x08\x09\x12\x04\x22\x02\x0a\x05", 8); /* its source is cut off */
    await_happening(play, SANLING_DELIVERY);
    const struct sanling_record *record = play->happening.records->records;
    assert_int_equal(sanling_event_source(record->event).size, 0);
    assert_null(sanling_record_unpack(play->client, record, &play->error));
    assert_int_equal(play->error.code, SANLING_MALFORMED);
}

static void now_stays_the_now_of_the_first_request(void **state)
{
    struct play *play = *state;
    Sanling__V1__RecordSubscription records = SANLING__V1__RECORD_SUBSCRIPTION__INIT;
    open_session(play, 0);
    records.start_case = SANLING__V1__RECORD_SUBSCRIPTION__START_FROM_NOW;
    records.from_now = true;
    subscribe(play, &records);
    assert_int_equal(play->said->subscribe->records->start_case, SANLING__V1__RECORD_SUBSCRIPTION__START_FROM_NOW);
    reconnect(play, 150);
    await_said(play, SANLING__V1__CLIENT_MESSAGE__BODY_SUBSCRIBE);
    assert_int_equal(play->said->subscribe->records->from_position, 101);
}

static void a_name_that_a_newer_session_took_is_the_users(void **state)
{
    struct play *play = *state;
    Sanling__V1__RecordSubscription records = SANLING__V1__RECORD_SUBSCRIPTION__INIT;
    char name[] = "inbox";
    open_session(play, 0);
    records.name = name;
    subscribe(play, &records);
    say_error(play, SANLING__V1__CODE__KIND__NAME_IN_USE, 0, 9);
    await_happening(play, SANLING_PROBLEM);
    assert_int_equal(play->happening.problem->code, SANLING__V1__CODE__KIND__NAME_IN_USE);
    reconnect(play, 100);
    assert_silent(play, 10); /* it is not taken back */
}

static void hello_is_said_again_when_the_hub_forgot_us(void **state)
{
    struct play *play = *state;
    open_session(play, 0);
    assert_true(publish(play, 1, 1));
    await_publish(play, 1, 1);
    say_error(play, SANLING__V1__CODE__KIND__HELLO_FIRST, 0, 0);
    await_said(play, SANLING__V1__CLIENT_MESSAGE__BODY_HELLO);
    say_welcome(play, play->said->hello->epoch, 100);
    await_publish(play, 1, 1);
}

static void bytes_that_are_no_message_are_reported_and_survived(void **state)
{
    struct play *play = *state;
    open_session(play, 0);
    zmq_send(play->router, play->peer, play->peer_size, ZMQ_SNDMORE);
    zmq_send(play->router, "\xff\xff\xff", 3, 0);
    int64_t end = now_ms() + PATIENCE_MS;
    do {
        turn(play);
        assert_true(now_ms() < end);
    } while (!play->failed);
    assert_int_equal(play->error.code, SANLING_MALFORMED);
    assert_true(publish(play, 1, 1));
    await_publish(play, 1, 1);
}

static void a_hub_that_is_not_there_is_named(void **state)
{
    struct play *play = *state;
    stop_hub(play);
    open_client(play, 0);
    assert_false(sanling_wait(play->client, 300, &play->error));
    assert_int_equal(play->error.code, SANLING_UNREACHABLE);
    assert_non_null(strstr(play->error.text, play->endpoint));
    restart_hub(play);
    await_said(play, SANLING__V1__CLIENT_MESSAGE__BODY_HELLO);
}

static void a_hub_that_is_there_is_given_time_for_its_welcome(void **state)
{
    struct play *play = *state;
    open_client(play, 0);
    await_said(play, SANLING__V1__CLIENT_MESSAGE__BODY_HELLO);
    assert_false(sanling_reach(play->client, 50, 100, &play->error));
    assert_int_equal(play->error.code, SANLING_UNREACHABLE);
    assert_non_null(strstr(play->error.text, "was reached but gave no answer in 0.1 s"));
    say_welcome(play, play->said->hello->epoch, 100);
    assert_true(sanling_reach(play->client, 0, PATIENCE_MS, &play->error));
    assert_true(sanling_connected(play->client));
}

/* Admits one key. One thread, ended by an empty message. */
struct doorkeeper {
    void *socket;
    char admitted[41];
};

static void *keep_door(void *argument)
{
    struct doorkeeper *door = argument;
    char frames[8][64] = {{0}};
    for (;;) {
        size_t count = 0;
        int more = 1;
        size_t more_size = sizeof more;
        int last = 0;
        while (more && count < 8) {
            memset(frames[count], 0, sizeof frames[count]);
            last = zmq_recv(door->socket, frames[count], sizeof frames[count], 0);
            zmq_getsockopt(door->socket, ZMQ_RCVMORE, &more, &more_size);
            count++;
        }
        if (last < 0)
            break; /* the context ended */
        char key[41];
        zmq_z85_encode(key, (const uint8_t *)frames[6], 32);
        bool admitted = strcmp(key, door->admitted) == 0;
        zmq_send(door->socket, "1.0", 3, ZMQ_SNDMORE);
        zmq_send(door->socket, frames[1], strlen(frames[1]), ZMQ_SNDMORE);
        zmq_send(door->socket, admitted ? "200" : "400", 3, ZMQ_SNDMORE);
        zmq_send(door->socket, "", 0, ZMQ_SNDMORE);
        zmq_send(door->socket, key, strlen(key), ZMQ_SNDMORE);
        zmq_send(door->socket, "", 0, 0);
    }
    zmq_close(door->socket);
    return NULL;
}

static void a_key_opens_the_door_and_an_unknown_one_is_refused(void **state)
{
    struct play *play = *state;
    struct doorkeeper door;
    char folder[] = "/tmp/sanling-client-XXXXXX";
    char known[64], unknown[64], path[80], hub_public[41], hub_secret[41], key[41];
    pthread_t thread;
    int one = 1;
    assert_non_null(mkdtemp(folder));
    snprintf(known, sizeof known, "%s/known.key", folder);
    snprintf(unknown, sizeof unknown, "%s/unknown.key", folder);
    zmq_curve_keypair(hub_public, hub_secret);
    assert_true(sanling_keys_new(known, "known", hub_public, door.admitted, &play->error));
    assert_true(sanling_keys_new(unknown, "unknown", hub_public, key, &play->error));
    door.socket = zmq_socket(play->context, ZMQ_REP);
    assert_int_equal(zmq_bind(door.socket, "inproc://zeromq.zap.01"), 0);
    pthread_create(&thread, NULL, keep_door, &door);
    stop_hub(play);
    play->router = zmq_socket(play->context, ZMQ_ROUTER);
    zmq_setsockopt(play->router, ZMQ_CURVE_SERVER, &one, sizeof one);
    zmq_setsockopt(play->router, ZMQ_CURVE_SECRETKEY, hub_secret, 41);
    zmq_setsockopt(play->router, ZMQ_ZAP_DOMAIN, "sanling", 7);
    assert_int_equal(zmq_bind(play->router, "tcp://127.0.0.1:*"), 0);
    size_t size = sizeof play->endpoint;
    zmq_getsockopt(play->router, ZMQ_LAST_ENDPOINT, play->endpoint, &size);

    play->client =
        sanling_open(&(struct sanling_options){.endpoint = play->endpoint, .identity_file = unknown}, &play->error);
    assert_non_null(play->client);
    assert_false(sanling_wait(play->client, PATIENCE_MS, &play->error));
    assert_int_equal(play->error.code, SANLING_REFUSED);
    assert_false(sanling_next(play->client, PATIENCE_MS, &play->happening, &play->error));
    assert_int_equal(play->error.code, SANLING_REFUSED);
    sanling_close(&play->client);

    play->client =
        sanling_open(&(struct sanling_options){.endpoint = play->endpoint, .identity_file = known}, &play->error);
    assert_non_null(play->client);
    await_said(play, SANLING__V1__CLIENT_MESSAGE__BODY_HELLO);
    sanling_close(&play->client);

    int zero = 0;
    zmq_setsockopt(play->router, ZMQ_LINGER, &zero, sizeof zero);
    zmq_close(play->router);
    play->router = NULL;
    zmq_ctx_shutdown(play->context);
    pthread_join(thread, NULL);
    const char *files[] = {"known.key", "known.key.pub", "unknown.key", "unknown.key.pub"};
    for (size_t i = 0; i < 4; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        assert_int_equal(unlink(path), 0);
    }
    rmdir(folder);
}

static void keys_are_private_and_never_overwritten(void **state)
{
    struct play *play = *state;
    char folder[] = "/tmp/sanling-client-XXXXXX";
    char path[64], public_path[64], key[41], second[41] = "";
    struct stat about;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/office.key", folder);
    snprintf(public_path, sizeof public_path, "%s/office.key.pub", folder);
    assert_true(sanling_keys_new(path, "office", NULL, key, &play->error));
    assert_int_equal(strlen(key), 40);
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    assert_false(sanling_keys_new(path, "office", NULL, second, &play->error));
    assert_int_equal(play->error.code, SANLING_USAGE);
    assert_string_equal(second, "");
    /* Without the hub's key it cannot be used yet, and says so. */
    assert_null(sanling_open(&(struct sanling_options){.identity_file = path}, &play->error));
    assert_int_equal(play->error.code, SANLING_USAGE);
    unlink(path);
    unlink(public_path);
    rmdir(folder);
}

/* Takes all there is without waiting; the kind of the last happening. */
static enum sanling_kind drain(struct play *play)
{
    enum sanling_kind last = SANLING_NOTHING;
    do {
        assert_true(sanling_next(play->client, 0, &play->happening, &play->error));
        last = play->happening.kind != SANLING_NOTHING ? play->happening.kind : last;
    } while (play->happening.kind != SANLING_NOTHING);
    return last;
}

/* Waits as a program with a loop of its own does. false: nothing came in that time. */
static bool wait_outside(struct play *play, int timeout_ms)
{
    int fds[SANLING_POLL_FDS_MAX];
    const int own_ms = sanling_wait_ms(play->client);
    const size_t count = sanling_poll_fds(play->client, fds);
    struct pollfd polls[SANLING_POLL_FDS_MAX];
    for (size_t i = 0; i < count; i++)
        polls[i] = (struct pollfd){.fd = fds[i], .events = POLLIN};
    const bool own = own_ms >= 0 && own_ms < timeout_ms;
    return poll(polls, (nfds_t)count, own ? own_ms : timeout_ms) > 0 || own;
}

/* Lets both sides run, the client only when its descriptors or its time call for it. */
static void await_outside(struct play *play, enum sanling_kind kind)
{
    const int64_t end = now_ms() + PATIENCE_MS;
    while (drain(play) != kind) {
        if (hear(play) && play->said->body_case == SANLING__V1__CLIENT_MESSAGE__BODY_HELLO)
            say_welcome(play, play->said->hello->epoch, 0);
        wait_outside(play, STEP_MS);
        assert_true(now_ms() < end);
    }
}

static void a_loop_of_ones_own_is_called_when_there_is_something(void **state)
{
    struct play *play = *state;
    Sanling__V1__HubMessage message = SANLING__V1__HUB_MESSAGE__INIT;
    Sanling__V1__Answer answer = SANLING__V1__ANSWER__INIT;
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__ClockQuery clock = SANLING__V1__CLOCK_QUERY__INIT;
    enum { QUIET_MS = 100 };
    play->client = sanling_open(&(struct sanling_options){.endpoint = play->endpoint}, &play->error);
    assert_non_null(play->client);
    await_outside(play, SANLING_CONNECTED);
    drain(play);
    while (wait_outside(play, QUIET_MS)) /* what the handshake left; then nothing calls */
        drain(play);
    assert_int_equal(sanling_wait_ms(play->client), -1);

    query.ask_case = SANLING__V1__QUERY__ASK_CLOCK;
    query.clock = &clock;
    assert_true(sanling_ask(play->client, &query, &answer.id, &play->error));
    drain(play);
    while (!hear(play))
        usleep(1000);
    message.body_case = SANLING__V1__HUB_MESSAGE__BODY_ANSWER;
    message.answer = &answer;
    say(play, &message);
    enum sanling_kind came = SANLING_NOTHING;
    while (came == SANLING_NOTHING) {
        assert_true(wait_outside(play, PATIENCE_MS)); /* an answer is never slept over */
        came = drain(play);
    }
    assert_int_equal(came, SANLING_ANSWER);

    stop_hub(play);
    while (came != SANLING_DISCONNECTED) {
        assert_true(wait_outside(play, PATIENCE_MS));
        came = drain(play);
    }
    restart_hub(play);
    await_outside(play, SANLING_CONNECTED);
}

int main(void)
{
#define PROMISE(test) cmocka_unit_test_setup_teardown(test, open_play, close_play)
    const struct CMUnitTest tests[] = {
        PROMISE(nothing_is_sent_before_the_welcome_of_this_session),
        PROMISE(outcomes_free_the_window_and_are_shown),
        PROMISE(the_halves_of_a_message_may_be_answered_in_any_order),
        PROMISE(no_more_than_the_hubs_limit_is_in_flight),
        PROMISE(wrong_numbers_are_refused_at_the_call),
        PROMISE(unanswered_messages_are_sent_again_in_order),
        PROMISE(a_gap_is_answered_by_one_rewind),
        PROMISE(a_gap_before_what_is_held_is_the_users),
        PROMISE(a_reused_number_stops_the_source),
        PROMISE(a_busy_hub_is_tried_again_after_a_pause),
        PROMISE(over_a_limit_it_waits_as_long_as_it_was_told_and_begins_slowly),
        PROMISE(a_question_over_a_limit_is_asked_again_when_the_hub_says),
        PROMISE(a_question_that_is_refused_without_a_time_is_the_callers),
        PROMISE(a_subscription_over_a_limit_is_tried_again_when_the_hub_says),
        PROMISE(an_unanswered_question_is_asked_again),
        PROMISE(half_an_answer_is_reported_and_not_asked_again),
        PROMISE(a_subscription_goes_on_behind_its_last_delivery),
        PROMISE(a_subscription_of_a_restored_hub_goes_on_behind_what_still_holds),
        PROMISE(what_is_in_flight_to_a_restored_hub_is_dropped_for_who_wants_it),
        PROMISE(an_event_is_looked_into_when_it_is_unpacked),
        PROMISE(damaged_deliveries_are_found_as_they_unpack_or_dropped),
        PROMISE(more_packed_records_than_a_message_may_have_fields_are_dropped),
        PROMISE(a_packed_delivery_that_is_no_message_is_dropped_whole),
        PROMISE(a_packed_delivery_uses_credit_and_is_gone_on_behind),
        PROMISE(packed_records_say_what_unpacked_ones_do),
        PROMISE(now_stays_the_now_of_the_first_request),
        PROMISE(a_name_that_a_newer_session_took_is_the_users),
        PROMISE(hello_is_said_again_when_the_hub_forgot_us),
        PROMISE(bytes_that_are_no_message_are_reported_and_survived),
        PROMISE(a_hub_that_is_not_there_is_named),
        PROMISE(a_hub_that_is_there_is_given_time_for_its_welcome),
        PROMISE(a_key_opens_the_door_and_an_unknown_one_is_refused),
        PROMISE(keys_are_private_and_never_overwritten),
        PROMISE(a_loop_of_ones_own_is_called_when_there_is_something),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
