/* The inside of a connection: its parts and what they ask of each other. Private to libsanling; one thread. */
#ifndef SANLING_CONNECTION_H
#define SANLING_CONNECTION_H

#include "identity.h"
#include "publish.h"
#include "query.h"
#include "sanling.h"
#include "signing.h"
#include "subscribe.h"
#include "transport.h"

#include "wire.h"

enum session_state {
    SESSION_CLOSED,     /* no socket; the next attempt is at next_attempt_ms */
    SESSION_CONNECTING, /* a socket, no handshake yet */
    SESSION_GREETING,   /* hello sent */
    SESSION_OPEN        /* welcomed */
};

struct sanling {
    char *endpoint;
    char *software;
    char **sources; /* what Hello asks for, `source_count` names */
    size_t source_count;
    struct identity identity;
    struct signing signing;

    struct transport transport;
    enum session_state state;
    uint64_t epoch;
    int64_t next_attempt_ms;
    int32_t back_off_ms;
    const char *ended;   /* the transport is lost for this reason, but not all that came was taken; or NULL */
    char reason[128];    /* why the last attempt or session ended; empty: not known */
    bool show_connected; /* happenings that wait for sanling_next */
    bool show_disconnected;
    Sanling__V1__Welcome *welcome; /* the last one; NULL before the first */
    uint64_t position_seen;        /* the highest log position that the hub named */

    bool drops_when_restored;
    bool packed_records;            /* deliveries are shown as `records` */
    struct sanling_records records; /* the last one; its records are in the arena */

    struct publish_window window;
    struct subscription_list subscriptions;
    struct question_list questions;

    struct wire_arena *arena;   /* the message shown last */
    zmq_msg_t frame;            /* its bytes */
    Sanling__V1__Error problem; /* one that the library itself reports, */
    char broken_text[64];       /* and its text */
};

/* Fills *error if there is one; returns false, so that it ends the failing function. */
bool error_set(struct sanling_error *error, enum sanling_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Milliseconds of a clock that never goes back. */
int64_t now_ms(void);
/* The earlier of two times, where -1 is never. */
int64_t earlier_ms(int64_t a, int64_t b);
/* Packs and sends a message if a session is open; otherwise the resumption will send what matters. */
bool connection_send(struct sanling *hub, const Sanling__V1__ClientMessage *message, struct sanling_error *error);

#endif
