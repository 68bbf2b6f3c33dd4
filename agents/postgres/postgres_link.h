/* A session with a PostgreSQL server that keeps itself up: connects, sets itself up, carries one statement at a time
 * and comes back after a failure, with growing pauses. It never waits; it belongs to a part of the agent's loop, whose
 * epoll descriptor watches its socket. What goes wrong is said in the journal once, not at each attempt. */
#ifndef SANLING_POSTGRES_LINK_H
#define SANLING_POSTGRES_LINK_H

#include "fault.h"
#include "postgres_problem.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct postgres_link;

struct postgres_link_options {
    const char *name;       /* for the journal and the server's administrators, e.g. "safety-yu: database hazards" */
    const char *connection; /* a conninfo that was checked (postgres_settings.h) */
    const char *setup;      /* SQL that begins every session */
    int statement_timeout_ms;
    int epoll; /* watches the socket */
};

enum postgres_event {
    POSTGRES_NOTHING,
    POSTGRES_UP,     /* a session is open, and carries statements */
    POSTGRES_RESULT, /* the statement was carried out, or refused: see the result */
    POSTGRES_DOWN    /* the session is gone, and with it what was in it: nobody knows whether it was carried out */
};

/* Copies what it is given. NULL: FAULT_SYSTEM. */
struct postgres_link *postgres_link_open(const struct postgres_link_options *options, struct fault *fault);
void postgres_link_close(struct postgres_link **link);
/* Goes on; *result is the caller's with RESULT, to be cleared with PQclear, and NULL else. `now_ms` is monotonic. */
enum postgres_event postgres_link_next(struct postgres_link *link, int64_t now_ms, PGresult **result);
/* Sends a statement; only in a session that is up and has none on the way. Values are text, or NULL. What fails shows
 * as DOWN. */
void postgres_link_send(struct postgres_link *link, const char *statement, int count, const char *const *values,
                        int64_t now_ms);
bool postgres_link_is_up(const struct postgres_link *link);
/* Whether a statement is on the way. */
bool postgres_link_is_busy(const struct postgres_link *link);
/* The session does not do what it should: it is ended, and begun anew after a pause. `advice` (may be "") is what the
 * administrator can run, for the journal alone. */
void postgres_link_give_up(struct postgres_link *link, const struct postgres_problem *problem, const char *advice,
                           int64_t now_ms);
/* It does: the next pause is short again. */
void postgres_link_is_well(struct postgres_link *link);
/* Why it does not, since it last did; NULL: it does, or was not tried yet. Borrowed until the next call. */
const struct postgres_problem *postgres_link_problem(const struct postgres_link *link);
/* Whether the server notified this session since the last call. */
bool postgres_link_was_notified(struct postgres_link *link);
/* In how many milliseconds there is something to do without the socket; -1: nothing. */
int postgres_link_wait_ms(const struct postgres_link *link, int64_t now_ms);
/* For quoting names; NULL while there is no session. Borrowed. */
PGconn *postgres_link_connection(const struct postgres_link *link);

#endif
