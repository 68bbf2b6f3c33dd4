/* PostgreSQL as an office would use it for the same: a table of events under source and number, and, where asked for, a
 * row of figures for each unit that is right with every commit. One connection. Rows go in as COPY takes them fastest,
 * in its binary form; units and kinds are numbers, as if the office had tables of them. */
#include <endian.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#include "measure.h"
#include "pace.h"
#include "peers.h"

enum { EPOCH_S = 946684800 /* 2000-01-01, from which the server counts */, COLUMNS = 6 };

static const char make_tables[] =
    "SET synchronous_commit = on; SET client_min_messages = warning; "
    "DROP TABLE IF EXISTS bench_event, bench_status; "
    "CREATE TABLE bench_event (source text NOT NULL, sequence bigint NOT NULL, unit integer NOT NULL, "
    "kind integer NOT NULL, occurred timestamptz NOT NULL, event bytea NOT NULL, PRIMARY KEY (source, sequence)); "
    /* Room in each page: a row's next version stays on it, and no index is touched. */
    "CREATE TABLE bench_status (unit integer PRIMARY KEY, last_sequence bigint NOT NULL, attested bigint NOT NULL, "
    "petitions bigint NOT NULL, safety bigint NOT NULL, cases bigint NOT NULL, disputes bigint NOT NULL, "
    "tallies bigint NOT NULL, updated_at timestamptz NOT NULL) WITH (fillfactor = 40)";

/* The rows of numbers $1 to $2, which this transaction has just copied in, added to their units'. The server knows
 * nothing yet of tables that were empty a moment ago, and could think that reading them whole is quick. */
static const char prepare_status[] =
    "SET enable_seqscan = off; PREPARE add_to_status (bigint, bigint) AS "
    "INSERT INTO bench_status AS s SELECT unit, max(sequence), count(*) FILTER (WHERE kind < 40), "
    "count(*) FILTER (WHERE kind BETWEEN 40 AND 69), count(*) FILTER (WHERE kind BETWEEN 70 AND 99), "
    "count(*) FILTER (WHERE kind BETWEEN 100 AND 119), count(*) FILTER (WHERE kind BETWEEN 120 AND 149), "
    "count(*) FILTER (WHERE kind >= 150), now() FROM bench_event "
    "WHERE source = '" PEERS_SOURCE "' AND sequence BETWEEN $1 AND $2 GROUP BY unit "
    "ON CONFLICT (unit) DO UPDATE SET last_sequence = excluded.last_sequence, "
    "attested = s.attested + excluded.attested, petitions = s.petitions + excluded.petitions, "
    "safety = s.safety + excluded.safety, cases = s.cases + excluded.cases, "
    "disputes = s.disputes + excluded.disputes, tallies = s.tallies + excluded.tallies, "
    "updated_at = excluded.updated_at";

static const char insert_event[] = "INSERT INTO bench_event VALUES ($1, $2, $3, $4, $5, $6)";

static const char copy_event[] = "COPY bench_event FROM STDIN (FORMAT binary)";

/* What a row says beside the event's bytes. */
struct row {
    int64_t occurred_us; /* since EPOCH_S */
    uint32_t unit;
    uint32_t kind;
};

struct load {
    PGconn *server;
    struct mix mix;
    struct row *rows;
    uint8_t *room; /* for the rows of a transaction */
    size_t batch;
};

static int server_failed(const struct load *load)
{
    return peers_fail("%s", PQerrorMessage(load->server));
}

static bool run_statement(struct load *load, const char *statement)
{
    PGresult *result = PQexec(load->server, statement);
    const ExecStatusType status = PQresultStatus(result);
    PQclear(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || server_failed(load) == 0;
}

static void make_rows(struct load *load, const struct county *county)
{
    load->rows = calloc(load->mix.count, sizeof *load->rows);
    if (!load->rows)
        abort();
    for (size_t i = 0; i < load->mix.count; i++) {
        const struct sanling_bytes *bytes = load->mix.events + i;
        Sanling__V1__Event *event = sanling__v1__event__unpack(NULL, bytes->size, bytes->bytes);
        if (!event)
            abort();
        load->rows[i] = (struct row){.occurred_us = (event->occurred_at->seconds - EPOCH_S) * 1000000,
                                     .unit = mix_unit(county, load->mix.first + i),
                                     .kind = (uint32_t)event->payload_case};
        sanling__v1__event__free_unpacked(event, NULL);
    }
}

static uint8_t *put_bytes(uint8_t *at, const void *bytes, size_t size)
{
    const uint32_t length = htobe32((uint32_t)size);
    memcpy(at, &length, sizeof length);
    memcpy(at + sizeof length, bytes, size);
    return at + sizeof length + size;
}

static uint8_t *put_row(uint8_t *at, const struct load *load, size_t index)
{
    const struct row *row = load->rows + index;
    const uint16_t columns = htobe16(COLUMNS);
    const uint64_t sequence = htobe64(load->mix.first + index);
    const uint32_t unit = htobe32(row->unit);
    const uint32_t kind = htobe32(row->kind);
    const uint64_t occurred = htobe64((uint64_t)row->occurred_us);
    memcpy(at, &columns, sizeof columns);
    at = put_bytes(at + sizeof columns, PEERS_SOURCE, sizeof PEERS_SOURCE - 1);
    at = put_bytes(at, &sequence, sizeof sequence);
    at = put_bytes(at, &unit, sizeof unit);
    at = put_bytes(at, &kind, sizeof kind);
    at = put_bytes(at, &occurred, sizeof occurred);
    return put_bytes(at, load->mix.events[index].bytes, load->mix.events[index].size);
}

/* The bytes of COPY's binary form: signature, flags and extension, the rows, the end. */
static size_t write_rows(struct load *load, size_t first, size_t count)
{
    static const char signature[19] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0";
    uint8_t *at = load->room;
    memcpy(at, signature, sizeof signature);
    at += sizeof signature;
    for (size_t i = first; i < first + count; i++)
        at = put_row(at, load, i);
    memset(at, 0xff, 2);
    return (size_t)(at + 2 - load->room);
}

/* The answers up to the end of the statements; false, after a line, if one of them failed. */
static bool take_answers(struct load *load)
{
    bool good = true;
    PGresult *result;
    while ((result = PQgetResult(load->server)) != NULL) {
        if (PQresultStatus(result) != PGRES_COMMAND_OK && good)
            good = server_failed(load) == 0;
        PQclear(result);
    }
    return good;
}

/* Statements that are sent in one go are one transaction: COPY, and what follows it, are committed together when the
 * last has run, with one way to the server and back less than with BEGIN and COMMIT. */
static bool load_batch(struct load *load, const char *statements, size_t first, size_t count)
{
    if (!PQsendQuery(load->server, statements))
        return server_failed(load) == 0;
    const size_t size = write_rows(load, first, count); /* while the server reads the statement */
    PGresult *ready = PQgetResult(load->server);
    const bool copying = PQresultStatus(ready) == PGRES_COPY_IN;
    PQclear(ready);
    if (!copying || PQputCopyData(load->server, (const char *)load->room, (int)size) != 1 ||
        PQputCopyEnd(load->server, NULL) != 1)
        return server_failed(load) == 0;
    return take_answers(load);
}

static int load_all(struct load *load, bool with_status)
{
    char statements[256];
    const int64_t start_us = measure_now_us();
    for (size_t first = 0; first < load->mix.count; first += load->batch) {
        const size_t left = load->mix.count - first;
        const size_t count = left < load->batch ? left : load->batch;
        const unsigned long long sequence = load->mix.first + first;
        if (with_status)
            snprintf(statements, sizeof statements, "%s; EXECUTE add_to_status(%llu, %llu)", copy_event, sequence,
                     sequence + count - 1);
        if (!load_batch(load, with_status ? statements : copy_event, first, count))
            return 1;
    }
    peers_tell_rate(&load->mix, start_us);
    return 0;
}

/* -1 after a line. */
static long long ask_number(struct load *load, const char *statement)
{
    PGresult *result = PQexec(load->server, statement);
    long long number = -1;
    if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1)
        number = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
    else
        server_failed(load);
    PQclear(result);
    return number;
}

/* All events are in the table, and in the units' rows if there are any. */
static int look(struct load *load, bool with_status)
{
    const long long expected = (long long)load->mix.count;
    const long long events = ask_number(load, "SELECT count(*) FROM bench_event");
    if (events != expected)
        return peers_fail("%lld events are stored of %lld", events, expected);
    const long long counted = with_status ? ask_number(load, "SELECT sum(attested + petitions + safety + cases + "
                                                             "disputes + tallies) FROM bench_status")
                                          : expected;
    return counted == expected ? 0 : peers_fail("%lld events are counted of %lld", counted, expected);
}

/* Connects, makes empty tables, then the events and rows. false after a line; the load is to be closed either way. */
static bool open_load(struct load *load, const struct peers_options *options)
{
    *load = (struct load){.batch = options->batch};
    if (!options->conninfo)
        return peers_fail("postgres wants --conninfo") == 0;
    load->server = PQconnectdb(options->conninfo);
    if (PQstatus(load->server) != CONNECTION_OK)
        return server_failed(load) == 0;
    if (!run_statement(load, make_tables))
        return false;
    peers_make_events(options, &load->mix);
    make_rows(load, &options->county);
    enum { BESIDE_EVENT = 64 }; /* a row's other columns, all lengths, and the form's beginning and end */
    load->room = calloc(load->batch + 1, MIX_EVENT_SIZE_MAX + BESIDE_EVENT);
    if (!load->room)
        abort();
    return true;
}

static void close_load(struct load *load)
{
    PQfinish(load->server);
    mix_clear(&load->mix);
    free(load->rows);
    free(load->room);
    *load = (struct load){0};
}

static int copy_events(const struct peers_options *options, bool with_status)
{
    struct load load;
    const bool ready = open_load(&load, options) && (!with_status || run_statement(&load, prepare_status));
    int status = ready ? load_all(&load, with_status) : 1;
    if (status == 0)
        status = look(&load, with_status);
    close_load(&load);
    return status;
}

int run_postgres_copy(const struct peers_options *options)
{
    return copy_events(options, false);
}

int run_postgres_upsert(const struct peers_options *options)
{
    return copy_events(options, true);
}

static bool insert_one(struct load *load, size_t index)
{
    const struct row *row = load->rows + index;
    const uint64_t sequence = htobe64(load->mix.first + index);
    const uint32_t unit = htobe32(row->unit);
    const uint32_t kind = htobe32(row->kind);
    const uint64_t occurred = htobe64((uint64_t)row->occurred_us);
    const char *const values[COLUMNS] = {
        PEERS_SOURCE,        (const char *)&sequence, (const char *)&unit,
        (const char *)&kind, (const char *)&occurred, (const char *)load->mix.events[index].bytes};
    const int sizes[COLUMNS] = {
        sizeof PEERS_SOURCE - 1,          sizeof sequence, sizeof unit, sizeof kind, sizeof occurred,
        (int)load->mix.events[index].size};
    const int binary[COLUMNS] = {1, 1, 1, 1, 1, 1};
    PGresult *result = PQexecPrepared(load->server, "insert_event", COLUMNS, values, sizes, binary, 1);
    const bool inserted = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
    return inserted || server_failed(load) == 0;
}

static int insert_all(struct load *load, struct pace *pace)
{
    while (pace->sent < pace->count) {
        const size_t index = pace_next_event(pace);
        if (!pace_is_due(pace))
            pace_sleep(pace);
        pace_note_sent(pace);
        if (!insert_one(load, index))
            return 1;
        pace_note_answered(pace, 1);
    }
    pace_tell(pace);
    return 0;
}

static bool prepare_insert(struct load *load)
{
    PGresult *result = PQprepare(load->server, "insert_event", insert_event, 0, NULL);
    const bool prepared = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
    return prepared || server_failed(load) == 0;
}

int run_postgres_commit(const struct peers_options *options)
{
    struct load load;
    int status = 1;
    if (open_load(&load, options) && prepare_insert(&load)) {
        struct pace pace;
        pace_start(&pace, load.mix.count, options->rate, 1);
        status = insert_all(&load, &pace);
        if (status == 0)
            status = look(&load, false);
        pace_clear(&pace);
    }
    close_load(&load);
    return status;
}
