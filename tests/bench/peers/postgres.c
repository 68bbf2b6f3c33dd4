#include "postgres.h"

#include <stdlib.h>

static const char durable[] = "SET synchronous_commit = on; SET client_min_messages = warning";

static const char make_tables[] =
    "DROP TABLE IF EXISTS bench_event, bench_status; "
    "CREATE TABLE bench_event (source text NOT NULL, sequence bigint NOT NULL, unit integer NOT NULL, "
    "kind integer NOT NULL, occurred timestamptz NOT NULL, event bytea NOT NULL, PRIMARY KEY (source, sequence)); "
    /* Room in each page: a row's next version stays on it, and no index is touched. */
    "CREATE TABLE bench_status (unit integer PRIMARY KEY, last_sequence bigint NOT NULL, attested bigint NOT NULL, "
    "petitions bigint NOT NULL, safety bigint NOT NULL, cases bigint NOT NULL, disputes bigint NOT NULL, "
    "tallies bigint NOT NULL, updated_at timestamptz NOT NULL) WITH (fillfactor = 40)";

int postgres_failed(const PGconn *server)
{
    return peers_fail("%s", PQerrorMessage(server));
}

bool postgres_run(PGconn *server, const char *statement)
{
    PGresult *result = PQexec(server, statement);
    const ExecStatusType status = PQresultStatus(result);
    PQclear(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || postgres_failed(server) == 0;
}

long long postgres_ask(PGconn *server, const char *statement)
{
    PGresult *result = PQexec(server, statement);
    long long number = -1;
    if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1)
        number = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
    else
        postgres_failed(server);
    PQclear(result);
    return number;
}

PGconn *postgres_connect(const struct peers_options *options)
{
    if (!options->conninfo) {
        peers_fail("PostgreSQL wants --conninfo");
        return NULL;
    }
    PGconn *server = PQconnectdb(options->conninfo);
    if (PQstatus(server) != CONNECTION_OK)
        postgres_failed(server);
    else if (postgres_run(server, durable))
        return server;
    PQfinish(server);
    return NULL;
}

static void make_rows(struct postgres *postgres, const struct county *county)
{
    const int64_t epoch_s = 946684800; /* 2000-01-01 */
    postgres->rows = calloc(postgres->mix.count, sizeof *postgres->rows);
    if (!postgres->rows)
        abort();
    for (size_t i = 0; i < postgres->mix.count; i++) {
        const struct sanling_bytes *bytes = postgres->mix.events + i;
        Sanling__V1__Event *event = sanling__v1__event__unpack(NULL, bytes->size, bytes->bytes);
        if (!event)
            abort();
        postgres->rows[i] = (struct postgres_row){.occurred_us = (event->occurred_at->seconds - epoch_s) * 1000000,
                                                  .unit = mix_unit(county, postgres->mix.first + i),
                                                  .kind = (uint32_t)event->payload_case};
        sanling__v1__event__free_unpacked(event, NULL);
    }
}

bool postgres_open(struct postgres *postgres, const struct peers_options *options)
{
    *postgres = (struct postgres){.server = postgres_connect(options)};
    if (!postgres->server || !postgres_run(postgres->server, make_tables))
        return false;
    peers_make_events(options, &postgres->mix);
    make_rows(postgres, &options->county);
    return true;
}

void postgres_close(struct postgres *postgres)
{
    PQfinish(postgres->server);
    mix_clear(&postgres->mix);
    free(postgres->rows);
    *postgres = (struct postgres){0};
}

int postgres_look(const struct postgres *postgres, bool with_status)
{
    const long long expected = (long long)postgres->mix.count;
    const long long events = postgres_ask(postgres->server, "SELECT count(*) FROM bench_event");
    if (events != expected)
        return peers_fail("%lld events are stored of %lld", events, expected);
    const long long counted = with_status
                                  ? postgres_ask(postgres->server, "SELECT sum(attested + petitions + safety + cases + "
                                                                   "disputes + tallies) FROM bench_status")
                                  : expected;
    return counted == expected ? 0 : peers_fail("%lld events are counted of %lld", counted, expected);
}
