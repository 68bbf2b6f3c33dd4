/* PostgreSQL as an office would use it for what the hub does: a connection, a table of events under source and number,
 * a table with a row of figures for each unit, and the rows that are to go in. Units and kinds are numbers, as if the
 * office had tables of them. */
#ifndef BENCH_POSTGRES_H
#define BENCH_POSTGRES_H

#include <libpq-fe.h>

#include "peers.h"

enum { POSTGRES_COLUMNS = 6 };

/* What a row says beside the event's bytes. */
struct postgres_row {
    int64_t occurred_us; /* since 2000, as the server counts */
    uint32_t unit;
    uint32_t kind;
};

struct postgres {
    PGconn *server;
    struct mix mix;
    struct postgres_row *rows; /* of the mix's events */
};

/* A connection whose commits are durable. NULL after a line. */
PGconn *postgres_connect(const struct peers_options *options);
/* Connects, makes the tables anew, then the events and their rows. false after a line; it is to be closed either way.
 */
bool postgres_open(struct postgres *postgres, const struct peers_options *options);
void postgres_close(struct postgres *postgres);

/* Each prints the server's words where it says no. postgres_failed returns 1, postgres_ask then -1. */
int postgres_failed(const PGconn *server);
bool postgres_run(PGconn *server, const char *statement);
long long postgres_ask(PGconn *server, const char *statement);
/* All events are in the table, and where there are to be, in the units' rows: 0, or 1 after a line. */
int postgres_look(const struct postgres *postgres, bool with_status);

#endif
