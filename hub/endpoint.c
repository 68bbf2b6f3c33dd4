#include "endpoint.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire.h"

/* Enforces the ZAP domain: without it a CURVE server without a live handler lets everyone in. The library has the
 * option; Debian's header shows it to draft builds only. */
enum { OPTION_ZAP_ENFORCE_DOMAIN = 93 };
static const char zap_domain[] = "sanling";

enum {
    HEARTBEAT_MS = 2000,
    HEARTBEAT_TIMEOUT_MS = 8000,
    HIGH_WATER_MESSAGES = 1000, /* to a peer: far above the window that a session may have in flight */
    WAITING_MESSAGES = 128, /* of a peer, when the hub does not read: its window, twice. The rest waits over there */
    BACKLOG = 1024,
    /* Over it libzmq ends the connection. CURVE adds to a frame, and what is over the message's own limit is answered.
     */
    FRAME_SIZE_MAX = 2 * WIRE_MESSAGE_SIZE_MAX,
    ZAP_FRAMES = 7, /* version, request, domain, address, identity, mechanism, CURVE key */
    KEY_BYTES = 32,
};

struct endpoint {
    void *router;
    void *handler;
    void *monitor; /* tells of handshakes that failed */
    bool encrypted;
    char address[256];
    uint64_t dropped;
};

static bool set_number(void *socket, int option, int value)
{
    return zmq_setsockopt(socket, option, &value, sizeof value) == 0;
}

static bool set_common(void *router)
{
    int64_t limit = FRAME_SIZE_MAX;
    return zmq_setsockopt(router, ZMQ_MAXMSGSIZE, &limit, sizeof limit) == 0 &&
           set_number(router, ZMQ_ROUTER_MANDATORY, 1) && set_number(router, ZMQ_LINGER, 200) &&
           set_number(router, ZMQ_SNDHWM, HIGH_WATER_MESSAGES) && set_number(router, ZMQ_RCVHWM, WAITING_MESSAGES) &&
           set_number(router, ZMQ_BACKLOG, BACKLOG) && set_number(router, ZMQ_HEARTBEAT_IVL, HEARTBEAT_MS) &&
           set_number(router, ZMQ_HEARTBEAT_TIMEOUT, HEARTBEAT_TIMEOUT_MS) &&
           set_number(router, ZMQ_HANDSHAKE_IVL, 10000);
}

static bool set_curve(void *router, const struct endpoint_options *options)
{
    int enforced = 0;
    size_t size = sizeof enforced;
    return set_number(router, ZMQ_CURVE_SERVER, 1) &&
           zmq_setsockopt(router, ZMQ_CURVE_SECRETKEY, options->secret_key, strlen(options->secret_key) + 1) == 0 &&
           zmq_setsockopt(router, ZMQ_ZAP_DOMAIN, zap_domain, strlen(zap_domain)) == 0 &&
           set_number(router, OPTION_ZAP_ENFORCE_DOMAIN, 1) &&
           zmq_getsockopt(router, OPTION_ZAP_ENFORCE_DOMAIN, &enforced, &size) == 0 && enforced == 1;
}

/* The library's thread tells through a queue without end: it must never wait for us. The key that the handler refused
 * is told by the handler. */
static bool open_monitor(struct endpoint *endpoint, void *context)
{
    char name[64];
    snprintf(name, sizeof name, "inproc://sanling-monitor-%p", (void *)endpoint);
    endpoint->monitor = zmq_socket(context, ZMQ_PAIR);
    return endpoint->monitor && set_number(endpoint->monitor, ZMQ_RCVHWM, 0) &&
           set_number(endpoint->monitor, ZMQ_LINGER, 0) &&
           zmq_socket_monitor(endpoint->router, name,
                              ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL) == 0 &&
           zmq_connect(endpoint->monitor, name) == 0;
}

static bool fill(struct endpoint *endpoint, void *context, const struct endpoint_options *options, struct fault *fault)
{
    endpoint->encrypted = options->secret_key != NULL;
    endpoint->handler = zmq_socket(context, ZMQ_REP);
    endpoint->router = zmq_socket(context, ZMQ_ROUTER);
    if (!endpoint->handler || !endpoint->router || zmq_bind(endpoint->handler, "inproc://zeromq.zap.01") != 0 ||
        !set_number(endpoint->handler, ZMQ_LINGER, 0) || !set_common(endpoint->router) ||
        (endpoint->encrypted && !set_curve(endpoint->router, options)) || !open_monitor(endpoint, context))
        return fault_set(fault, FAULT_SYSTEM, "socket: %s", zmq_strerror(errno));
    if (zmq_bind(endpoint->router, options->listen) != 0)
        return fault_set(fault, FAULT_USAGE, "cannot listen at %s: %s", options->listen, zmq_strerror(errno));
    size_t size = sizeof endpoint->address;
    zmq_getsockopt(endpoint->router, ZMQ_LAST_ENDPOINT, endpoint->address, &size);
    return true;
}

struct endpoint *endpoint_open(void *context, const struct endpoint_options *options, struct fault *fault)
{
    struct endpoint *endpoint = calloc(1, sizeof *endpoint);
    if (!endpoint)
        abort();
    if (!fill(endpoint, context, options, fault))
        endpoint_close(&endpoint);
    return endpoint;
}

void endpoint_end_handler(struct endpoint *endpoint)
{
    if (endpoint->handler)
        zmq_close(endpoint->handler);
    endpoint->handler = NULL;
}

void endpoint_close(struct endpoint **endpoint)
{
    if (!*endpoint)
        return;
    if ((*endpoint)->router) {
        zmq_socket_monitor((*endpoint)->router, NULL, 0);
        zmq_close((*endpoint)->router);
    }
    if ((*endpoint)->monitor)
        zmq_close((*endpoint)->monitor);
    endpoint_end_handler(*endpoint);
    free(*endpoint);
    *endpoint = NULL;
}

const char *endpoint_address(const struct endpoint *endpoint)
{
    return endpoint->address;
}

void *endpoint_socket(const struct endpoint *endpoint)
{
    return endpoint->router;
}

void *endpoint_handler_socket(const struct endpoint *endpoint)
{
    return endpoint->handler;
}

uint64_t endpoint_dropped(const struct endpoint *endpoint)
{
    return endpoint->dropped;
}

static bool more_frames(void *socket)
{
    int more = 0;
    size_t size = sizeof more;
    zmq_getsockopt(socket, ZMQ_RCVMORE, &more, &size);
    return more != 0;
}

static void drop_frames(void *socket)
{
    while (more_frames(socket)) {
        zmq_msg_t rest;
        zmq_msg_init(&rest);
        zmq_msg_recv(&rest, socket, 0);
        zmq_msg_close(&rest);
    }
}

/* One ZAP question (RFC 27). Returns false when none waits. */
static bool receive_question(void *handler, char request[static 256], struct knock *knock)
{
    *knock = (struct knock){0};
    request[0] = '\0';
    for (int frame = 0; frame < ZAP_FRAMES; frame++) {
        uint8_t bytes[256];
        int size = zmq_recv(handler, bytes, sizeof bytes, frame == 0 ? ZMQ_DONTWAIT : 0);
        if (size < 0)
            return false;
        if (frame == 1 && size < 255) {
            memcpy(request, bytes, (size_t)size);
            request[size] = '\0';
        }
        if (frame == 3 && size < (int)sizeof knock->address)
            memcpy(knock->address, bytes, (size_t)size);
        if (frame == 6 && size == KEY_BYTES)
            zmq_z85_encode(knock->key, bytes, KEY_BYTES);
        if (!more_frames(handler))
            return true;
    }
    drop_frames(handler);
    return true;
}

/* One frame of the answer. Without memory the process ends: an answer that lacks a frame turns away who may come in. */
static void answer_frame(struct endpoint *endpoint, const char *text, int more)
{
    if (zmq_send(endpoint->handler, text, strlen(text), more) < 0 && errno == ENOMEM)
        abort();
}

enum admission endpoint_admit(struct endpoint *endpoint, const struct access *access, struct knock *knock)
{
    char request[256];
    if (!endpoint->handler || !receive_question(endpoint->handler, request, knock))
        return ADMISSION_NONE;
    const struct identity *identity = access_by_key(access, knock->key);
    const char *code = identity ? "200" : "400";
    const char *user = identity ? knock->key : "";
    answer_frame(endpoint, "1.0", ZMQ_SNDMORE);
    answer_frame(endpoint, request, ZMQ_SNDMORE);
    answer_frame(endpoint, code, ZMQ_SNDMORE);
    answer_frame(endpoint, "", ZMQ_SNDMORE);
    answer_frame(endpoint, user, ZMQ_SNDMORE);
    answer_frame(endpoint, "", 0);
    return identity ? ADMISSION_GRANTED : ADMISSION_REFUSED;
}

uint32_t endpoint_take_failed(struct endpoint *endpoint)
{
    uint32_t failed = 0;
    uint8_t event[6]; /* number and value; a second frame has our own address */
    while (zmq_recv(endpoint->monitor, event, sizeof event, ZMQ_DONTWAIT) >= 0) {
        failed++;
        drop_frames(endpoint->monitor);
    }
    return failed;
}

enum received endpoint_receive(struct endpoint *endpoint, struct peer *peer, zmq_msg_t *message, const char **key)
{
    int size = zmq_recv(endpoint->router, peer->id, sizeof peer->id, ZMQ_DONTWAIT);
    if (size < 0)
        return RECEIVED_NOTHING;
    peer->size = (uint8_t)size;
    zmq_msg_init(message);
    *key = NULL;
    if (more_frames(endpoint->router) && zmq_msg_recv(message, endpoint->router, 0) >= 0) {
        *key = endpoint->encrypted ? zmq_msg_gets(message, "User-Id") : "";
        if (*key && !more_frames(endpoint->router))
            return RECEIVED_MESSAGE;
    }
    drop_frames(endpoint->router);
    endpoint->dropped++;
    return RECEIVED_SCRAP;
}

static void free_bytes(void *bytes, void *hint)
{
    (void)hint;
    free(bytes);
}

enum send_result endpoint_send(struct endpoint *endpoint, const struct peer *peer, uint8_t *bytes, size_t size)
{
    zmq_msg_t message;
    if (zmq_msg_init_data(&message, bytes, size, free_bytes, NULL) != 0)
        abort();
    if (zmq_send(endpoint->router, peer->id, peer->size, ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0) {
        int error = errno;
        zmq_msg_close(&message);
        return error == EAGAIN ? SEND_FULL : SEND_GONE;
    }
    if (zmq_msg_send(&message, endpoint->router, ZMQ_DONTWAIT) < 0)
        zmq_msg_close(&message);
    return SEND_DONE;
}
