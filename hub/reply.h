/* Messages to clients that wait until what they speak of is durable. */
#ifndef HUB_REPLY_H
#define HUB_REPLY_H

#include <stdint.h>

#include "endpoint.h"
#include "session.pb-c.h"

struct reply {
    struct reply *next;
    struct peer peer;
    uint8_t *bytes;
    size_t size;
};
/* How far publishers are told that their events are recorded and rejected, and how many bytes that is; 0: not at all.
 */
struct told {
    uint64_t position;
    uint64_t rejections;
    uint64_t bytes;
};
struct reply_list {
    struct reply *first;
    struct reply **end; /* where the next goes; NULL while empty */
    size_t count;
    struct told told; /* by all of them */
};

/* Encodes the message and adds it. */
void reply_add(struct reply_list *list, const struct peer *peer, const Sanling__V1__HubMessage *message);
/* Adds encoded bytes (malloc'ed), which become the list's. */
void reply_add_bytes(struct reply_list *list, const struct peer *peer, uint8_t *bytes, size_t size);
/* Moves everything from one list behind another. */
void reply_move(struct reply_list *to, struct reply_list *from);
/* Sends everything in order; what cannot be sent is dropped: its client reconnects and asks or sends again. */
void reply_send(struct reply_list *list, struct endpoint *endpoint);
void reply_clear(struct reply_list *list);
/* Encodes a message into malloc'ed bytes. */
uint8_t *reply_encode(const Sanling__V1__HubMessage *message, size_t *size);

#endif
