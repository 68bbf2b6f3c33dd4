/* One attempt to reach the hub: a DEALER of its own, so that nothing stale is queued in it, and the monitor that tells
 * what becomes of it. libzmq does not reconnect it: a lost transport is closed and another one opened. */
#ifndef SANLING_TRANSPORT_H
#define SANLING_TRANSPORT_H

#include "identity.h"
#include "sanling.h"

#include <zmq.h>

struct transport {
    void *context; /* lives as long as the connection */
    void *socket;  /* NULL: closed */
    void *monitor;
    uint32_t attempts; /* numbers the monitors' addresses */
};

enum transport_event {
    TRANSPORT_NOTHING,
    TRANSPORT_READY,   /* the handshake is done */
    TRANSPORT_REFUSED, /* the hub does not know the key */
    TRANSPORT_LOST     /* connection refused, ended or timed out */
};

bool transport_init(struct transport *transport, struct sanling_error *error);
/* Closes and frees everything. An all-zero transport is fine. */
void transport_clear(struct transport *transport);
/* Starts connecting; `identity` without keys: unencrypted. The transport must be closed. */
bool transport_open(struct transport *transport, const char *endpoint, const struct identity *identity,
                    struct sanling_error *error);
void transport_close(struct transport *transport);
/* What happened, without waiting. *reason is set with REFUSED and LOST and lives for ever. */
enum transport_event transport_next_event(struct transport *transport, const char **reason);
/* Sends a frame and takes it, also on failure. */
bool transport_send(struct transport *transport, zmq_msg_t *frame);
/* Receives one message of one frame without waiting; others are dropped. *frame must be initialised. */
bool transport_receive(struct transport *transport, zmq_msg_t *frame);
/* Waits until something came or timeout_ms are over (-1: for ever); works on a closed transport too. */
void transport_wait(const struct transport *transport, int64_t timeout_ms);
/* The descriptors that become readable when something came; returns how many: 2, or 0 of a closed transport. They tell
 * changes only: take all there is first. */
size_t transport_poll_fds(const struct transport *transport, int fds[2]);

#endif
