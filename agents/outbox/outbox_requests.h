/* Events that came as a request, not from a file: all of a request's events are numbered in one transaction, one behind
 * the other, and the request is remembered for ever under its key, with what became of each event. So a request that is
 * sent again, for whatever reason, is answered and never taken twice. Nothing here is pruned: a request is about 200
 * bytes, an event's outcome 30. */
#ifndef SANLING_OUTBOX_REQUESTS_H
#define SANLING_OUTBOX_REQUESTS_H

#include "outbox.h"

enum {
    OUTBOX_REQUEST_ID_SIZE = 33,   /* 32 hexadecimal digits and a NUL */
    OUTBOX_REQUEST_NAME_SIZE = 65, /* of who sent it */
    OUTBOX_REQUEST_KEY_SIZE = 201
};

struct outbox_request {
    char id[OUTBOX_REQUEST_ID_SIZE]; /* not to be guessed */
    char sender[OUTBOX_REQUEST_NAME_SIZE];
    char key[OUTBOX_REQUEST_KEY_SIZE];
    uint8_t hash[OUTBOX_HASH_SIZE]; /* of its events */
    int64_t taken_at_s;             /* since 1970 */
    uint64_t first_sequence;
    uint64_t count;
};

/* An encoded Event without source and sequence. */
struct outbox_content {
    const uint8_t *bytes;
    size_t size;
};

enum outbox_request_taken {
    OUTBOX_REQUEST_NEW,      /* numbered */
    OUTBOX_REQUEST_REPEATED, /* taken before: *request is as it was then */
    OUTBOX_REQUEST_OTHER     /* the sender used the key for other events: nothing was taken */
};

/* Takes a request with `count` events (one at least), within a transaction. Fills request->id, hash, first_sequence and
 * count. */
MUST_CHECK bool outbox_request_take(struct outbox *outbox, struct outbox_request *request,
                                    const struct outbox_content *events, size_t count, enum outbox_request_taken *taken,
                                    struct fault *fault);
/* *found: whether there is one of this id. */
MUST_CHECK bool outbox_request_find(struct outbox *outbox, const char *id, struct outbox_request *request, bool *found,
                                    struct fault *fault);
/* How many of its events the hub has not answered. */
MUST_CHECK bool outbox_request_waiting(struct outbox *outbox, const struct outbox_request *request, uint64_t *waiting,
                                       struct fault *fault);

enum outbox_outcome {
    OUTBOX_OUTCOME_WAITING,
    OUTBOX_OUTCOME_RECORDED,
    OUTBOX_OUTCOME_DUPLICATE,
    OUTBOX_OUTCOME_REJECTED
};

struct outbox_request_event {
    uint64_t sequence;
    enum outbox_outcome outcome;
    uint64_t position;           /* RECORDED and DUPLICATE */
    const struct reason *reason; /* REJECTED; NULL otherwise */
};

/* Shows its events in their order; `take` returns false to stop. */
MUST_CHECK bool outbox_request_each(struct outbox *outbox, const struct outbox_request *request,
                                    bool (*take)(const struct outbox_request_event *event, void *context),
                                    void *context, struct fault *fault);

#endif
