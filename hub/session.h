/* Connected clients, their subscriptions, and the durable names that outlive them. */
#ifndef HUB_SESSION_H
#define HUB_SESSION_H

#include <stdbool.h>
#include <stdint.h>
#include <uthash.h>

#include "access.h"
#include "endpoint.h"
#include "reader.h"
#include "usage.h"

enum {
    SESSION_SUBSCRIPTIONS_MAX = 32,
    SESSION_PUBLISHES_MAX = 64, /* in flight; told to the client */
    SESSIONS_MAX = 4096,
    NAMES_MAX = 4096, /* durable names */
    IDLE_MS = 60000,  /* silent that long, a session is asked whether it is still there */
};

/* A durable name and how far its reader got. */
struct cursor {
    UT_hash_handle hh;
    char name[65];
    char identity[ACCESS_NAME_SIZE];
    uint64_t acknowledged;
    struct subscription *reader; /* NULL while nobody reads it */
    uint64_t timed_position;     /* the oldest that was not acknowledged when it was looked up; 0: never */
    int64_t timed_us;            /* when that was recorded */
};
struct cursors {
    struct cursor *by_name;
};
/* The cursor of that name, made if it is new (NULL then if there are NAMES_MAX). */
struct cursor *cursors_get(struct cursors *cursors, const char *name, const char *identity);
struct cursor *cursors_find(const struct cursors *cursors, const char *name);
void cursors_clear(struct cursors *cursors);

enum acknowledgement { ACKNOWLEDGED_MOVED, ACKNOWLEDGED_REPEATED, ACKNOWLEDGED_AHEAD };
/* A cursor never moves back, and not ahead of what was looked at. */
enum acknowledgement cursor_acknowledge(struct cursor *cursor, uint64_t position, uint64_t reached);

struct session;

struct subscription {
    struct session *session;
    uint32_t id;
    bool summary;
    bool over; /* ended or given up; freed when its request is back */
    uint32_t credit;
    /* Records: */
    struct read_request *request; /* here, or with the reader */
    bool reading;                 /* with the reader */
    uint64_t reached;             /* position up to which all was looked at and delivered */
    bool searching_start;         /* a start time is being looked up */
    char unit[ACCESS_CODE_SIZE];  /* filter */
    uint64_t tree_version;        /* of request's filter.units */
    struct cursor *cursor;
    /* Summaries: */
    int32_t year;
    uint64_t version; /* of the figures that were sent last; 0: none */
};

struct session {
    UT_hash_handle hh;
    struct peer peer;
    char identity[ACCESS_NAME_SIZE];
    struct subscription *subscriptions[SESSION_SUBSCRIPTIONS_MAX];
    int subscription_count;
    int64_t heard_ms;    /* monotonic */
    struct usage *usage; /* of the identity; NULL: not counted */
};

struct sessions {
    struct session *by_peer;
};
struct session *sessions_find(const struct sessions *sessions, const struct peer *peer);
/* A new session, counted in `usage` (NULL: nowhere); NULL if there are SESSIONS_MAX. */
struct session *sessions_add(struct sessions *sessions, const struct peer *peer, const char *identity,
                             struct usage *usage);
/* Ends a session and gives up its subscriptions. */
void sessions_remove(struct sessions *sessions, struct session *session);
void sessions_clear(struct sessions *sessions);

struct subscription *session_subscription(const struct session *session, uint32_t id);
/* NULL if the session has SESSION_SUBSCRIPTIONS_MAX. */
struct subscription *session_add_subscription(struct session *session, uint32_t id);
/* Takes it out of its session. It is freed now, or when its request comes back from the reader. */
void subscription_give_up(struct subscription **subscription);

#endif
