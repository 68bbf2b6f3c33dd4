#include "lean.h"

#include <czmq.h>
#include <stdlib.h>
#include <string.h>

enum { WELCOME_LIMIT_MS = 30000, CLIENT_MESSAGE_MAX = 256, HEARTBEAT_MS = 2000, HEARTBEAT_TIMEOUT_MS = 6000 };

struct lean {
    void *socket;
    uint64_t position;
};

/* ---- what is said ---- */

static bool send_message(struct lean *lean, const Sanling__V1__ClientMessage *message)
{
    uint8_t bytes[CLIENT_MESSAGE_MAX];
    if (sanling__v1__client_message__get_packed_size(message) > sizeof bytes)
        abort();
    size_t size = sanling__v1__client_message__pack(message, bytes);
    return zmq_send(lean->socket, bytes, size, 0) == (int)size || bench_wrong("cannot send: %s", zmq_strerror(errno));
}

static bool say_hello(struct lean *lean)
{
    Sanling__V1__ClientMessage message = SANLING__V1__CLIENT_MESSAGE__INIT;
    Sanling__V1__Hello hello = SANLING__V1__HELLO__INIT;
    hello.protocol = 1;
    hello.software = (char *)"sanling-bench";
    hello.epoch = 1;
    message.body_case = SANLING__V1__CLIENT_MESSAGE__BODY_HELLO;
    message.hello = &hello;
    return send_message(lean, &message);
}

static bool give_credit(struct lean *lean, size_t records)
{
    Sanling__V1__ClientMessage message = SANLING__V1__CLIENT_MESSAGE__INIT;
    Sanling__V1__Credit credit = SANLING__V1__CREDIT__INIT;
    credit.subscription = READING_SUBSCRIPTION;
    credit.records = (uint32_t)records;
    message.body_case = SANLING__V1__CLIENT_MESSAGE__BODY_CREDIT;
    message.credit = &credit;
    return send_message(lean, &message);
}

static bool ask_clock(struct lean *lean)
{
    Sanling__V1__ClientMessage message = SANLING__V1__CLIENT_MESSAGE__INIT;
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__ClockQuery clock = SANLING__V1__CLOCK_QUERY__INIT;
    query.id = 1;
    query.ask_case = SANLING__V1__QUERY__ASK_CLOCK;
    query.clock = &clock;
    message.body_case = SANLING__V1__CLIENT_MESSAGE__BODY_QUERY;
    message.query = &query;
    return send_message(lean, &message);
}

bool lean_begin(struct lean *lean, struct reading *reading, uint64_t from)
{
    Sanling__V1__ClientMessage message = SANLING__V1__CLIENT_MESSAGE__INIT;
    Sanling__V1__Subscribe subscribe = SANLING__V1__SUBSCRIBE__INIT;
    Sanling__V1__RecordSubscription records = SANLING__V1__RECORD_SUBSCRIPTION__INIT;
    *reading = (struct reading){.position = from - 1};
    records.start_case = SANLING__V1__RECORD_SUBSCRIPTION__START_FROM_POSITION;
    records.from_position = from;
    records.credit = READING_CREDIT;
    subscribe.id = READING_SUBSCRIPTION;
    subscribe.kind_case = SANLING__V1__SUBSCRIBE__KIND_RECORDS;
    subscribe.records = &records;
    message.body_case = SANLING__V1__CLIENT_MESSAGE__BODY_SUBSCRIBE;
    message.subscribe = &subscribe;
    return send_message(lean, &message) && ask_clock(lean);
}

/* ---- what is heard: fields of a message, one after the other ---- */

struct scan {
    const uint8_t *at;
    const uint8_t *end;
    bool broken;
};

struct field {
    unsigned number;
    uint64_t value;     /* of a varint */
    struct scan inside; /* of bytes */
};

static uint64_t take_varint(struct scan *scan)
{
    uint64_t value = 0;
    for (unsigned shift = 0; scan->at < scan->end && shift < 64; shift += 7) {
        uint8_t byte = *scan->at++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return value;
    }
    scan->broken = true;
    return 0;
}

/* false: that was the last, or the bytes are no message. Messages of the hub have varints and bytes only, here. */
static bool take_field(struct scan *scan, struct field *field)
{
    enum { VARINT = 0, BYTES = 2 };
    if (scan->at == scan->end)
        return false;
    uint64_t tag = take_varint(scan);
    uint64_t value = take_varint(scan);
    *field = (struct field){.number = (unsigned)(tag >> 3), .value = value};
    if ((tag & 7) == BYTES && value <= (uint64_t)(scan->end - scan->at)) {
        field->inside = (struct scan){.at = scan->at, .end = scan->at + value};
        scan->at += value;
    } else if ((tag & 7) != VARINT) {
        scan->broken = true;
    }
    return !scan->broken;
}

/* Position is the first field of a record as the hub writes it, and of more than one the last counts. */
static bool take_record(struct reading *reading, struct scan record)
{
    enum { RECORD_POSITION = 1 };
    struct field field;
    if (take_field(&record, &field) && field.number == RECORD_POSITION)
        return reading_take_position(reading, field.value);
    return bench_wrong("a record behind %llu is without a position", (unsigned long long)reading->position);
}

static bool take_delivery(struct lean *lean, struct reading *reading, struct scan delivery)
{
    enum { DELIVERY_RECORDS = 2, DELIVERY_REACHED = 3, DELIVERY_ENDED = 4 };
    struct field field;
    size_t records = 0;
    while (take_field(&delivery, &field)) {
        if (field.number == DELIVERY_RECORDS && ++records && !take_record(reading, field.inside))
            return false;
        if (field.number == DELIVERY_REACHED)
            reading->reached = field.value;
        if (field.number == DELIVERY_ENDED)
            reading->ended = field.value != 0;
    }
    if (delivery.broken)
        return bench_wrong("a delivery behind %llu is no message", (unsigned long long)reading->position);
    reading_note_records(reading, records);
    reading->credit_used += (uint32_t)records;
    if (reading->credit_used < READING_CREDIT / 2)
        return true;
    records = reading->credit_used;
    reading->credit_used = 0;
    return give_credit(lean, records);
}

/* The hub says no: its message is read as a whole. */
static bool take_error(const struct scan *message)
{
    Sanling__V1__HubMessage *whole =
        sanling__v1__hub_message__unpack(NULL, (size_t)(message->end - message->at), message->at);
    bool known = whole && whole->body_case == SANLING__V1__HUB_MESSAGE__BODY_ERROR;
    bench_wrong("the hub says: %s", known ? whole->error->text : "an error that is no message");
    sanling__v1__hub_message__free_unpacked(whole, NULL);
    return false;
}

static bool take_message(struct lean *lean, struct reading *reading, const struct scan *message, bool *answered)
{
    struct scan scan = *message;
    struct field body;
    if (!take_field(&scan, &body))
        return !scan.broken || bench_wrong("the hub sent no message");
    *answered = body.number == SANLING__V1__HUB_MESSAGE__BODY_ANSWER;
    if (body.number == SANLING__V1__HUB_MESSAGE__BODY_ERROR)
        return take_error(message);
    return body.number != SANLING__V1__HUB_MESSAGE__BODY_DELIVERY || take_delivery(lean, reading, body.inside);
}

bool lean_take(struct lean *lean, struct reading *reading, bool *came, bool *answered)
{
    zmq_msg_t frame;
    zmq_msg_init(&frame);
    bool right = true;
    *answered = false;
    *came = zmq_msg_recv(&frame, lean->socket, ZMQ_DONTWAIT) >= 0;
    if (*came) {
        const uint8_t *bytes = zmq_msg_data(&frame);
        right = take_message(lean, reading, &(struct scan){.at = bytes, .end = bytes + zmq_msg_size(&frame)}, answered);
    } else if (errno != EAGAIN && errno != EINTR) {
        right = bench_wrong("cannot receive: %s", zmq_strerror(errno));
    }
    zmq_msg_close(&frame);
    return right;
}

/* ---- the connection ---- */

static bool wait_for_welcome(struct lean *lean)
{
    zmq_msg_t frame;
    zmq_msg_init(&frame);
    int size = zmq_msg_recv(&frame, lean->socket, 0);
    Sanling__V1__HubMessage *message =
        size < 0 ? NULL : sanling__v1__hub_message__unpack(NULL, (size_t)size, zmq_msg_data(&frame));
    bool welcome = message && message->body_case == SANLING__V1__HUB_MESSAGE__BODY_WELCOME;
    if (welcome)
        lean->position = message->welcome->position;
    sanling__v1__hub_message__free_unpacked(message, NULL);
    zmq_msg_close(&frame);
    return welcome || bench_wrong("no welcome");
}

static bool set_number(void *socket, int option, int value)
{
    return zmq_setsockopt(socket, option, &value, sizeof value) == 0;
}

/* Key files are certificates of CZMQ, with the hub's key in their metadata. */
static bool set_keys(void *socket, const char *identity)
{
    if (!identity)
        return true;
    zcert_t *keys = zcert_load(identity);
    const char *hub_key = keys ? zcert_meta(keys, "hub-key") : NULL;
    bool set = hub_key && zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, hub_key, strlen(hub_key) + 1) == 0 &&
               zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, zcert_public_key(keys), 32) == 0 &&
               zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, zcert_secret_key(keys), 32) == 0;
    zcert_destroy(&keys);
    return set || bench_wrong("%s: no key file", identity);
}

/* Credit bounds what comes, as it does in libsanling. */
static bool set_options(void *socket)
{
    return (set_number(socket, ZMQ_LINGER, 0) && set_number(socket, ZMQ_SNDHWM, 0) &&
            set_number(socket, ZMQ_RCVHWM, 0) && set_number(socket, ZMQ_HEARTBEAT_IVL, HEARTBEAT_MS) &&
            set_number(socket, ZMQ_HEARTBEAT_TIMEOUT, HEARTBEAT_TIMEOUT_MS) &&
            set_number(socket, ZMQ_RCVTIMEO, WELCOME_LIMIT_MS)) ||
           bench_wrong("cannot set a socket: %s", zmq_strerror(errno));
}

static bool connect_to(void *socket, const char *endpoint)
{
    return zmq_connect(socket, endpoint) == 0 || bench_wrong("%s: %s", endpoint, zmq_strerror(errno));
}

struct lean *lean_open(void *context, const struct bench *bench)
{
    struct lean *lean = calloc(1, sizeof *lean);
    if (!lean)
        abort();
    lean->socket = zmq_socket(context, ZMQ_DEALER);
    if (!lean->socket)
        bench_wrong("no socket: %s", zmq_strerror(errno));
    else if (set_options(lean->socket) && set_keys(lean->socket, bench->identity) &&
             connect_to(lean->socket, bench->endpoint) && say_hello(lean) && wait_for_welcome(lean))
        return lean;
    lean_close(&lean);
    return NULL;
}

void lean_close(struct lean **lean)
{
    if (!*lean)
        return;
    if ((*lean)->socket)
        zmq_close((*lean)->socket);
    free(*lean);
    *lean = NULL;
}

uint64_t lean_position(const struct lean *lean)
{
    return lean->position;
}

int lean_descriptor(const struct lean *lean)
{
    int descriptor = -1;
    size_t size = sizeof descriptor;
    if (zmq_getsockopt(lean->socket, ZMQ_FD, &descriptor, &size) != 0)
        abort();
    return descriptor;
}
