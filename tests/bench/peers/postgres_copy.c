/* Rows go into PostgreSQL as COPY takes them fastest, in its binary form, so many a transaction; where asked for, the
 * units' rows of figures are right with every commit. One connection: a source's events have an order. */
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "block.h"
#include "measure.h"
#include "postgres.h"

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

static const char copy_event[] = "COPY bench_event FROM STDIN (FORMAT binary)";

/* What is to go in, and room for the rows of a transaction. */
struct load {
    struct postgres postgres;
    uint8_t *room;
    uint32_t batch;
};

static uint8_t *put_bytes(uint8_t *at, const void *bytes, size_t size)
{
    const uint32_t length = htobe32((uint32_t)size);
    memcpy(at, &length, sizeof length);
    memcpy(at + sizeof length, bytes, size);
    return at + sizeof length + size;
}

static uint8_t *put_row(uint8_t *at, const struct postgres *postgres, size_t index)
{
    const struct postgres_row *row = postgres->rows + index;
    const uint16_t columns = htobe16(POSTGRES_COLUMNS);
    const uint64_t sequence = htobe64(postgres->mix.first + index);
    const uint32_t unit = htobe32(row->unit);
    const uint32_t kind = htobe32(row->kind);
    const uint64_t occurred = htobe64((uint64_t)row->occurred_us);
    memcpy(at, &columns, sizeof columns);
    at = put_bytes(at + sizeof columns, PEERS_SOURCE, sizeof PEERS_SOURCE - 1);
    at = put_bytes(at, &sequence, sizeof sequence);
    at = put_bytes(at, &unit, sizeof unit);
    at = put_bytes(at, &kind, sizeof kind);
    at = put_bytes(at, &occurred, sizeof occurred);
    return put_bytes(at, postgres->mix.events[index].bytes, postgres->mix.events[index].size);
}

/* The bytes of COPY's binary form: signature, flags and extension, the rows, the end. */
static size_t write_rows(struct load *load, size_t first, size_t count)
{
    static const char signature[19] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0";
    uint8_t *at = load->room;
    memcpy(at, signature, sizeof signature);
    at += sizeof signature;
    for (size_t i = first; i < first + count; i++)
        at = put_row(at, &load->postgres, i);
    memset(at, 0xff, 2);
    return (size_t)(at + 2 - load->room);
}

/* The answers up to the end of the statements; false, after a line, if one of them failed. */
static bool take_answers(struct load *load)
{
    bool good = true;
    PGresult *result;
    while ((result = PQgetResult(load->postgres.server)) != NULL) {
        if (PQresultStatus(result) != PGRES_COMMAND_OK && good)
            good = postgres_failed(load->postgres.server) == 0;
        PQclear(result);
    }
    return good;
}

/* Statements that are sent in one go are one transaction: COPY, and what follows it, are committed together when the
 * last has run, with one way to the server and back less than with BEGIN and COMMIT. */
static bool load_batch(struct load *load, const char *statements, size_t first, size_t count)
{
    if (!PQsendQuery(load->postgres.server, statements))
        return postgres_failed(load->postgres.server) == 0;
    const size_t size = write_rows(load, first, count); /* while the server reads the statement */
    PGresult *ready = PQgetResult(load->postgres.server);
    const bool copying = PQresultStatus(ready) == PGRES_COPY_IN;
    PQclear(ready);
    if (!copying || PQputCopyData(load->postgres.server, (const char *)load->room, (int)size) != 1 ||
        PQputCopyEnd(load->postgres.server, NULL) != 1)
        return postgres_failed(load->postgres.server) == 0;
    return take_answers(load);
}

static int load_all(struct load *load, bool with_status)
{
    char statements[256];
    const struct mix *mix = &load->postgres.mix;
    const int64_t start_us = measure_now_us();
    for (size_t first = 0; first < mix->count; first += load->batch) {
        const size_t count = block_count(mix, first, load->batch);
        const unsigned long long sequence = mix->first + first;
        if (with_status)
            snprintf(statements, sizeof statements, "%s; EXECUTE add_to_status(%llu, %llu)", copy_event, sequence,
                     sequence + count - 1);
        if (!load_batch(load, with_status ? statements : copy_event, first, count))
            return 1;
    }
    peers_tell_rate(mix, start_us);
    return 0;
}

static uint8_t *make_room(uint32_t batch)
{
    enum { BESIDE_EVENT = 64 }; /* a row's other columns, all lengths, and the form's beginning and end */
    uint8_t *room = calloc(batch + 1, MIX_EVENT_SIZE_MAX + BESIDE_EVENT);
    if (!room)
        abort();
    return room;
}

static int copy_events(const struct peers_options *options, bool with_status)
{
    struct load load = {.batch = options->batch};
    int status = 1;
    if (postgres_open(&load.postgres, options) &&
        (!with_status || postgres_run(load.postgres.server, prepare_status))) {
        load.room = make_room(options->batch);
        status = load_all(&load, with_status);
        if (status == 0)
            status = postgres_look(&load.postgres, with_status);
    }
    free(load.room);
    postgres_close(&load.postgres);
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
