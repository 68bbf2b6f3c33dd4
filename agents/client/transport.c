#include "transport.h"

#include "connection.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    CONNECT_TIMEOUT_MS = 5000,
    HANDSHAKE_TIMEOUT_MS = 5000,
    HEARTBEAT_MS = 2000, /* a dead hub is noticed within three of them */
    HEARTBEAT_TIMEOUT_MS = 6000,
    FRAME_SIZE_MAX = 2 * WIRE_MESSAGE_SIZE_MAX /* over it libzmq ends the connection */
};

bool transport_init(struct transport *transport, struct sanling_error *error)
{
    *transport = (struct transport){.context = zmq_ctx_new()};
    if (transport->context == NULL)
        return error_set(error, SANLING_SYSTEM, "no ZeroMQ context: %s", zmq_strerror(zmq_errno()));
    zmq_ctx_set(transport->context, ZMQ_BLOCKY, 0);
    return true;
}

void transport_clear(struct transport *transport)
{
    transport_close(transport);
    if (transport->context != NULL)
        zmq_ctx_term(transport->context);
    transport->context = NULL;
}

void transport_close(struct transport *transport)
{
    if (transport->socket != NULL) {
        zmq_socket_monitor(transport->socket, NULL, 0);
        zmq_close(transport->socket);
    }
    if (transport->monitor != NULL)
        zmq_close(transport->monitor);
    transport->socket = NULL;
    transport->monitor = NULL;
}

static bool set_number(void *socket, int option, int value)
{
    return zmq_setsockopt(socket, option, &value, sizeof value) == 0;
}

static bool set_options(void *socket)
{
    int64_t frame_size_max = FRAME_SIZE_MAX;
    return set_number(socket, ZMQ_LINGER, 0) && set_number(socket, ZMQ_RECONNECT_IVL, -1) &&
           set_number(socket, ZMQ_CONNECT_TIMEOUT, CONNECT_TIMEOUT_MS) &&
           set_number(socket, ZMQ_HANDSHAKE_IVL, HANDSHAKE_TIMEOUT_MS) &&
           set_number(socket, ZMQ_HEARTBEAT_IVL, HEARTBEAT_MS) &&
           set_number(socket, ZMQ_HEARTBEAT_TIMEOUT, HEARTBEAT_TIMEOUT_MS) &&
           /* Bounded by the window and by credit, not by libzmq: what it refuses to queue would be lost. */
           set_number(socket, ZMQ_SNDHWM, 0) && set_number(socket, ZMQ_RCVHWM, 0) &&
           zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &frame_size_max, sizeof frame_size_max) == 0;
}

static bool set_keys(void *socket, const struct identity *identity)
{
    if (identity->public_key[0] == '\0')
        return true;
    return zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, identity->hub_key, KEY_TEXT_SIZE) == 0 &&
           zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, identity->public_key, KEY_TEXT_SIZE) == 0 &&
           zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, identity->secret_key, KEY_TEXT_SIZE) == 0;
}

static bool open_monitor(struct transport *transport)
{
    char address[64];
    snprintf(address, sizeof address, "inproc://monitor-%u", ++transport->attempts);
    if (zmq_socket_monitor(transport->socket, address, ZMQ_EVENT_ALL) != 0)
        return false;
    transport->monitor = zmq_socket(transport->context, ZMQ_PAIR);
    return transport->monitor != NULL && set_number(transport->monitor, ZMQ_LINGER, 0) &&
           zmq_connect(transport->monitor, address) == 0;
}

bool transport_open(struct transport *transport, const char *endpoint, const struct identity *identity,
                    struct sanling_error *error)
{
    transport->socket = zmq_socket(transport->context, ZMQ_DEALER);
    if (transport->socket != NULL && set_options(transport->socket) && set_keys(transport->socket, identity) &&
        open_monitor(transport) && zmq_connect(transport->socket, endpoint) == 0)
        return true;
    int cause = zmq_errno();
    transport_close(transport);
    return error_set(error, cause == EINVAL || cause == EPROTONOSUPPORT ? SANLING_USAGE : SANLING_SYSTEM,
                     "cannot connect to %s: %s", endpoint, zmq_strerror(cause));
}

static enum transport_event translate_event(uint16_t event, const char **reason)
{
    switch (event) {
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
        return TRANSPORT_READY;
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
        *reason = "the hub does not know this key";
        return TRANSPORT_REFUSED;
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
    case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
        *reason = "the handshake failed; is the hub's key the right one?";
        return TRANSPORT_LOST;
    case ZMQ_EVENT_DISCONNECTED:
        *reason = "the connection ended";
        return TRANSPORT_LOST;
    case ZMQ_EVENT_CLOSED:
        *reason = "the connection was refused";
        return TRANSPORT_LOST;
    case ZMQ_EVENT_MONITOR_STOPPED:
        *reason = "the socket ended";
        return TRANSPORT_LOST;
    default: /* connecting, delayed, retried: libzmq's numbers, and news of no consequence */
        return TRANSPORT_NOTHING;
    }
}

enum transport_event transport_next_event(struct transport *transport, const char **reason)
{
    uint8_t news[6]; /* event and value, in the machine's byte order */
    char address[256];
    while (zmq_recv(transport->monitor, news, sizeof news, ZMQ_DONTWAIT) == (int)sizeof news) {
        zmq_recv(transport->monitor, address, sizeof address, ZMQ_DONTWAIT);
        uint16_t event;
        memcpy(&event, news, sizeof event);
        enum transport_event translated = translate_event(event, reason);
        if (translated != TRANSPORT_NOTHING)
            return translated;
    }
    return TRANSPORT_NOTHING;
}

bool transport_send(struct transport *transport, zmq_msg_t *frame)
{
    if (zmq_msg_send(frame, transport->socket, ZMQ_DONTWAIT) >= 0)
        return true;
    /* The peer went while we wrote: the monitor will say so, and the next session sends again. */
    zmq_msg_close(frame);
    return false;
}

bool transport_receive(struct transport *transport, zmq_msg_t *frame)
{
    bool whole;
    do {
        if (zmq_msg_recv(frame, transport->socket, ZMQ_DONTWAIT) < 0)
            return false;
        whole = !zmq_msg_more(frame);
        while (zmq_msg_more(frame) && zmq_msg_recv(frame, transport->socket, ZMQ_DONTWAIT) >= 0)
            ;
    } while (!whole);
    return true;
}

void transport_wait(const struct transport *transport, int64_t timeout_ms)
{
    zmq_pollitem_t items[] = {{.socket = transport->socket, .events = ZMQ_POLLIN},
                              {.socket = transport->monitor, .events = ZMQ_POLLIN}};
    zmq_poll(items, transport->socket != NULL ? 2 : 0, (long)timeout_ms);
}

size_t transport_poll_fds(const struct transport *transport, int fds[2])
{
    void *const sockets[] = {transport->socket, transport->monitor};
    for (size_t i = 0; transport->socket != NULL && i < 2; i++) {
        size_t size = sizeof fds[i];
        if (zmq_getsockopt(sockets[i], ZMQ_FD, &fds[i], &size) != 0)
            return 0;
    }
    return transport->socket != NULL ? 2 : 0;
}
