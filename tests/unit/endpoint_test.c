/* The door: who is let in, and that nobody is while no handler says so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <zmq.h>

#include "access.h"
#include "endpoint.h"

enum { PATIENCE_MS = 5000, REFUSAL_MS = 1000 };

struct keys {
    char public_key[41];
    char secret_key[41];
};

struct door {
    void *context;
    struct keys hub, known, stranger;
    struct access *access;
    struct endpoint *endpoint;
    struct knock knock; /* the last one */
    char folder[64];
    char access_file[128];
};

static void write_access(const struct door *door)
{
    FILE *file = fopen(door->access_file, "w");
    assert_non_null(file);
    fprintf(file, "identities:\n  - {name: known, key: '%s', role: publisher, office: PETITIONS}\n",
            door->known.public_key);
    fclose(file);
}

static int open_door(void **state)
{
    struct door *door = calloc(1, sizeof *door);
    struct fault fault;
    strcpy(door->folder, "/tmp/endpoint_test.XXXXXX");
    assert_non_null(mkdtemp(door->folder));
    snprintf(door->access_file, sizeof door->access_file, "%s/access.yaml", door->folder);
    zmq_curve_keypair(door->hub.public_key, door->hub.secret_key);
    zmq_curve_keypair(door->known.public_key, door->known.secret_key);
    zmq_curve_keypair(door->stranger.public_key, door->stranger.secret_key);
    write_access(door);
    door->access = access_read(door->access_file, &fault);
    assert_non_null(door->access);
    door->context = zmq_ctx_new();
    const struct endpoint_options options = {
        .listen = "tcp://127.0.0.1:*", .public_key = door->hub.public_key, .secret_key = door->hub.secret_key};
    door->endpoint = endpoint_open(door->context, &options, &fault);
    assert_non_null(door->endpoint);
    *state = door;
    return 0;
}

static int close_door(void **state)
{
    struct door *door = *state;
    endpoint_close(&door->endpoint);
    access_close(&door->access);
    zmq_ctx_term(door->context);
    unlink(door->access_file);
    rmdir(door->folder);
    free(door);
    return 0;
}

/* A client with these keys (NULL: none, plain) that has sent one message. */
static void *knock(const struct door *door, const struct keys *keys)
{
    void *client = zmq_socket(door->context, ZMQ_DEALER);
    int none = 0;
    zmq_setsockopt(client, ZMQ_LINGER, &none, sizeof none);
    if (keys) {
        zmq_setsockopt(client, ZMQ_CURVE_SERVERKEY, door->hub.public_key, 41);
        zmq_setsockopt(client, ZMQ_CURVE_PUBLICKEY, keys->public_key, 41);
        zmq_setsockopt(client, ZMQ_CURVE_SECRETKEY, keys->secret_key, 41);
    }
    assert_int_equal(zmq_connect(client, endpoint_address(door->endpoint)), 0);
    assert_int_equal(zmq_send(client, "hello", 5, 0), 5);
    return client;
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Turns the door until a message came in, at most so long. */
static bool comes_in(struct door *door, int patience_ms, char key[static 41])
{
    for (int64_t end = now_ms() + patience_ms; now_ms() < end;) {
        void *handler = endpoint_handler_socket(door->endpoint);
        zmq_pollitem_t items[] = {{.socket = endpoint_socket(door->endpoint), .events = ZMQ_POLLIN},
                                  {.socket = handler, .events = ZMQ_POLLIN}};
        zmq_poll(items, handler ? 2 : 1, 20);
        while (endpoint_admit(door->endpoint, door->access, &door->knock) != ADMISSION_NONE)
            ;
        struct peer peer;
        zmq_msg_t message;
        const char *user;
        enum received received = endpoint_receive(door->endpoint, &peer, &message, &user);
        if (received == RECEIVED_SCRAP)
            zmq_msg_close(&message);
        if (received != RECEIVED_MESSAGE)
            continue;
        snprintf(key, 41, "%s", user);
        zmq_msg_close(&message);
        return true;
    }
    return false;
}

static void a_known_key_comes_in_and_is_named(void **state)
{
    struct door *door = *state;
    char key[41] = "";
    void *client = knock(door, &door->known);
    assert_true(comes_in(door, PATIENCE_MS, key));
    assert_string_equal(key, door->known.public_key);
    zmq_close(client);
}

static void an_unknown_key_is_refused(void **state)
{
    struct door *door = *state;
    char key[41];
    void *client = knock(door, &door->stranger);
    assert_false(comes_in(door, REFUSAL_MS, key));
    zmq_close(client);
}

static void a_client_without_encryption_is_refused(void **state)
{
    struct door *door = *state;
    char key[41];
    void *client = knock(door, NULL);
    assert_false(comes_in(door, REFUSAL_MS, key));
    zmq_close(client);
}

static void without_a_live_handler_nobody_gets_in(void **state)
{
    struct door *door = *state;
    char key[41] = "";
    endpoint_end_handler(door->endpoint);
    void *known = knock(door, &door->known);
    void *stranger = knock(door, &door->stranger);
    assert_false(comes_in(door, REFUSAL_MS, key));
    zmq_close(known);
    zmq_close(stranger);
}

static void a_message_of_several_frames_is_dropped_and_counted(void **state)
{
    struct door *door = *state;
    char key[41] = "";
    void *client = knock(door, &door->known);
    assert_true(comes_in(door, PATIENCE_MS, key));
    zmq_send(client, "one", 3, ZMQ_SNDMORE);
    zmq_send(client, "two", 3, 0);
    zmq_send(client, "alone", 5, 0);
    assert_true(comes_in(door, PATIENCE_MS, key)); /* the one that came alone */
    assert_int_equal(endpoint_dropped(door->endpoint), 1);
    zmq_close(client);
}

static void an_answer_to_a_gone_client_is_told(void **state)
{
    struct door *door = *state;
    struct peer peer = {.size = 5, .id = {0, 1, 2, 3, 4}};
    assert_int_equal(endpoint_send(door->endpoint, &peer, (uint8_t *)strdup("x"), 1), SEND_GONE);
}

static void an_address_in_use_is_named(void **state)
{
    struct door *door = *state;
    struct fault fault;
    void *context = zmq_ctx_new();
    const struct endpoint_options options = {.listen = endpoint_address(door->endpoint),
                                             .public_key = door->hub.public_key,
                                             .secret_key = door->hub.secret_key};
    assert_null(endpoint_open(context, &options, &fault));
    assert_int_equal(fault.code, FAULT_USAGE);
    assert_non_null(strstr(fault.text, endpoint_address(door->endpoint)));
    zmq_ctx_term(context);
}

#define DOOR_TEST(name) cmocka_unit_test_setup_teardown(name, open_door, close_door)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DOOR_TEST(a_known_key_comes_in_and_is_named),
        DOOR_TEST(an_unknown_key_is_refused),
        DOOR_TEST(a_client_without_encryption_is_refused),
        DOOR_TEST(without_a_live_handler_nobody_gets_in),
        DOOR_TEST(a_message_of_several_frames_is_dropped_and_counted),
        DOOR_TEST(an_answer_to_a_gone_client_is_told),
        DOOR_TEST(an_address_in_use_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
