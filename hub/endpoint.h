/* The hub's one door: a ROUTER socket with CURVE, and the handler that says which keys may come in. Without a live
 * handler nobody gets in: the socket demands one, and every message without an authenticated key is dropped. */
#ifndef HUB_ENDPOINT_H
#define HUB_ENDPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zmq.h>

#include "access.h"
#include "fault.h"

/* A connected peer, as the router names it. */
struct peer {
    uint8_t size;
    uint8_t id[255];
};

struct endpoint;

struct endpoint_options {
    const char *listen;     /* tcp://ADDRESS:PORT; * as port takes a free one */
    const char *public_key; /* Z85; NULL: no encryption */
    const char *secret_key;
};

/* Starts the handler's socket, then binds. Key texts are copied by the library. NULL: FAULT_USAGE (address),
 * FAULT_SYSTEM. */
struct endpoint *endpoint_open(void *context, const struct endpoint_options *options, struct fault *fault);
void endpoint_close(struct endpoint **endpoint);
/* The address as bound, e.g. tcp://127.0.0.1:40001. */
const char *endpoint_address(const struct endpoint *endpoint);

/* Sockets to poll: messages of clients, and questions to the handler. */
void *endpoint_socket(const struct endpoint *endpoint);
void *endpoint_handler_socket(const struct endpoint *endpoint);
/* Somebody who wants to come in. */
struct knock {
    char key[ACCESS_KEY_SIZE]; /* public, Z85; "" without */
    char address[64];          /* that it comes from; "" if the library does not say */
};
enum admission { ADMISSION_NONE /* nobody waits */, ADMISSION_GRANTED, ADMISSION_REFUSED };
/* Answers one question to the handler: 200 and the key as User-Id for a known key, 400 for any other. */
enum admission endpoint_admit(struct endpoint *endpoint, const struct access *access, struct knock *knock);
/* How many connections since the last call ended before they had a key to show: without CURVE, made for another hub's
 * key, no ZeroMQ at all, or broken off. */
uint32_t endpoint_take_failed(struct endpoint *endpoint);
/* For tests: ends the handler. */
void endpoint_end_handler(struct endpoint *endpoint);

enum received { RECEIVED_NOTHING, RECEIVED_MESSAGE, RECEIVED_SCRAP };
/* The next message, one frame of content. *key is the sender's public key ("" without encryption), borrowed from the
 * message. SCRAP: a message without a key (*key is NULL), or of other than one frame: it is dropped and counted. Unless
 * there is NOTHING, the caller closes *message. */
enum received endpoint_receive(struct endpoint *endpoint, struct peer *peer, zmq_msg_t *message, const char **key);

enum send_result { SEND_DONE, SEND_GONE /* the peer is no longer there */, SEND_FULL /* it reads too slowly */ };
/* Sends the bytes, which become the library's (freed by free()), even on failure. */
enum send_result endpoint_send(struct endpoint *endpoint, const struct peer *peer, uint8_t *bytes, size_t size);
/* Messages dropped so far: without a key, or more frames than the protocol has. */
uint64_t endpoint_dropped(const struct endpoint *endpoint);

#endif
