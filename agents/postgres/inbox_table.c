#include "inbox_table.h"

#include "inbox.h"
#include "journal.h"
#include "postgres_link.h"
#include "postgres_name.h"
#include "text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { STATEMENT_TIMEOUT_MS = 30000 };

/* A committed row must still be there after the server's crash, whatever its administrator chose for others. */
static const char session_setup[] = "SET synchronous_commit = on; SET statement_timeout = 30000; SET DateStyle = 'ISO, "
                                    "YMD'; SET TimeZone = 'UTC'; SET standard_conforming_strings = on";

/* Records as one JSON array, of which the server makes rows. */
struct held {
    char *json;
    size_t size;
    FILE *stream; /* while records are added */
    uint32_t count;
    uint64_t reached; /* in the hub's log */
};

struct inbox_table {
    const struct sink_config *config;
    char *journal_name;
    char *statement; /* made in each session, for a server may quote otherwise */
    struct inbox inbox;
    struct postgres_link *link;
    struct held coming; /* delivered */
    struct held going;  /* being written; empty: none */
};

struct inbox_tables {
    int epoll;
    struct inbox_table tables[SINKS_MAX];
    size_t count;
};

static void held_clear(struct held *held)
{
    if (held->stream != NULL)
        fclose(held->stream);
    free(held->json);
    *held = (struct held){0};
}

/* ---- records in ---- */

static const char *type_of(const Sanling__V1__Record *record)
{
    const Sanling__V1__Event *event = record->event;
    if (event == NULL || event->payload_case == SANLING__V1__EVENT__PAYLOAD__NOT_SET)
        return "?";                                                                   /* of a newer hub */
    return ((const ProtobufCMessage *)event->policy_adopted)->descriptor->short_name; /* all members are messages */
}

static bool hold_record(struct held *held, const Sanling__V1__Record *record)
{
    CLEANUP(text_free) char *json = sanling_json_from_message(&record->base);
    if (held->stream == NULL)
        held->stream = open_memstream(&held->json, &held->size);
    if (json == NULL || held->stream == NULL)
        return false;
    held->count++;
    return fprintf(held->stream, "%s{\"type\":\"%s\",\"record\":%s}", held->count == 1 ? "[" : ",", type_of(record),
                   json) > 0;
}

static bool hold_delivery(struct inbox_table *table, const Sanling__V1__Delivery *delivery, struct fault *fault)
{
    for (size_t i = 0; i < delivery->n_records; i++)
        if (!hold_record(&table->coming, delivery->records[i]))
            return fault_set(fault, FAULT_SYSTEM, "out of memory");
    table->coming.reached = delivery->reached;
    if (table->coming.count == 0 && table->going.count == 0) {
        inbox_settle(&table->inbox, delivery->reached, 0);
        table->coming.reached = 0;
    }
    return true;
}

static bool hear(void *self, const struct sanling_happening *happening, struct fault *fault)
{
    struct inbox_tables *tables = self;
    for (size_t i = 0; i < tables->count; i++) {
        struct inbox_table *table = &tables->tables[i];
        const Sanling__V1__Delivery *delivery = inbox_hear(&table->inbox, happening);
        if (delivery != NULL && !hold_delivery(table, delivery, fault))
            return false;
    }
    return true;
}

/* ---- rows out ---- */

/* The rows that were there before are compared: another hub counts positions from 1 as well. Its answer is how many are
 * not what the hub says now. */
static bool prepare_statement(struct inbox_table *table)
{
    CLEANUP(text_free) char *name = postgres_table_name(postgres_link_connection(table->link), table->config->table);
    text_free(&table->statement);
    if (name == NULL ||
        asprintf(&table->statement,
                 "WITH came AS (SELECT (r->'record'->>'position')::bigint AS position,"
                 " (r->'record'->>'recordedAt')::timestamptz AS recorded_at, r->>'type' AS type,"
                 " r->'record'->'event'->>'unit' AS unit, r->'record'->'event'->>'matter' AS matter,"
                 " r->'record'->'publisher'->>'office' AS office, r->'record' AS record"
                 " FROM jsonb_array_elements($1::jsonb) AS r),"
                 " written AS (INSERT INTO %s (position, recorded_at, type, unit, matter, office, record)"
                 " SELECT position, recorded_at, type, unit, matter, office, record FROM came"
                 " ON CONFLICT (position) DO NOTHING)"
                 " SELECT count(*) FROM came JOIN %s AS present USING (position)"
                 " WHERE present.record->'event'->'source' IS DISTINCT FROM came.record->'event'->'source'"
                 " OR present.record->'event'->'sequence' IS DISTINCT FROM came.record->'event'->'sequence'"
                 " OR present.recorded_at IS DISTINCT FROM came.recorded_at",
                 name, name) < 0)
        table->statement = NULL;
    return table->statement != NULL;
}

static bool send_held(struct inbox_table *table, int64_t now_ms, struct fault *fault)
{
    if (table->going.count == 0) {
        if (table->coming.count == 0)
            return true;
        fputc(']', table->coming.stream);
        const bool whole = fclose(table->coming.stream) == 0;
        table->coming.stream = NULL;
        table->going = table->coming;
        table->coming = (struct held){0};
        if (!whole)
            return fault_set(fault, FAULT_SYSTEM, "out of memory");
    }
    const char *const values[] = {table->going.json};
    postgres_link_send(table->link, table->statement, 1, values, now_ms);
    return true;
}

/* What the administrator of the office's database can run. */
static void advise(const struct inbox_table *table, const char *sqlstate, char *advice, size_t size)
{
    const char *name = table->config->table;
    const char *user = PQuser(postgres_link_connection(table->link));
    advice[0] = '\0';
    if (strcmp(sqlstate, "42P01") == 0)
        snprintf(advice, size,
                 "CREATE TABLE %s (position bigint PRIMARY KEY, recorded_at timestamptz NOT NULL, type text NOT NULL, "
                 "unit text, matter text, office text, record jsonb NOT NULL); GRANT SELECT, INSERT ON %s TO \"%s\";",
                 name, name, user);
    if (strcmp(sqlstate, "42501") == 0)
        snprintf(advice, size, "GRANT SELECT, INSERT ON %s TO \"%s\";", name, user);
}

static void take_result(struct inbox_table *table, const PGresult *result, int64_t now_ms)
{
    struct postgres_problem problem = {0};
    char advice[512] = "";
    if (PQresultStatus(result) != PGRES_TUPLES_OK) {
        postgres_problem_of_result(result, &problem);
        advise(table, problem.sqlstate, advice, sizeof advice);
        postgres_link_give_up(table->link, &problem, advice, now_ms);
        return;
    }
    if (PQntuples(result) != 1 || PQnfields(result) != 1) { /* something that is no PostgreSQL answers */
        reason_set(&problem.reason, REASON_DATABASE_QUERY, "数据库的回答不是所问的",
                   "the database answers something else than it was asked");
        postgres_link_give_up(table->link, &problem, "", now_ms);
        return;
    }
    if (strcmp(PQgetvalue(result, 0, 0), "0") != 0) {
        reason_set(&problem.reason, REASON_DATABASE_QUERY,
                   "这张表里已有别的中枢的记录，或记录被改过：请为这个中枢另建一张表",
                   "the table holds other records under the same positions, of another hub or changed: give this hub a "
                   "table of its own");
        postgres_link_give_up(table->link, &problem, "", now_ms);
        return;
    }
    postgres_link_is_well(table->link);
    inbox_settle(&table->inbox, table->going.reached, table->going.count);
    held_clear(&table->going);
    if (table->coming.count == 0 && table->coming.reached > 0) {
        inbox_settle(&table->inbox, table->coming.reached, 0);
        table->coming.reached = 0;
    }
}

static bool step_table(struct inbox_table *table, int64_t now_ms, struct fault *fault)
{
    for (;;) {
        PGresult *result;
        const enum postgres_event event = postgres_link_next(table->link, now_ms, &result);
        if (event == POSTGRES_UP && !prepare_statement(table))
            return fault_set(fault, FAULT_SYSTEM, "out of memory");
        if (event == POSTGRES_RESULT)
            take_result(table, result, now_ms);
        PQclear(result);
        if (postgres_link_is_up(table->link) && !postgres_link_is_busy(table->link) && !send_held(table, now_ms, fault))
            return false;
        if (event == POSTGRES_NOTHING)
            return true;
    }
}

static bool step(void *self, int64_t now_ms, struct fault *fault)
{
    struct inbox_tables *tables = self;
    for (size_t i = 0; i < tables->count; i++)
        if (!step_table(&tables->tables[i], now_ms, fault))
            return false;
    return true;
}

/* ---- the part ---- */

static int descriptor(const void *self)
{
    return ((const struct inbox_tables *)self)->epoll;
}

static int wait_ms(const void *self, int64_t now_ms)
{
    const struct inbox_tables *tables = self;
    int wait = -1;
    for (size_t i = 0; i < tables->count; i++) {
        const int own = postgres_link_wait_ms(tables->tables[i].link, now_ms);
        if (own >= 0 && (wait < 0 || own < wait))
            wait = own;
    }
    return wait;
}

/* A run that is to end does not wait for a server that is away: the hub keeps what is not acknowledged. */
static bool is_drained(const void *self)
{
    const struct inbox_tables *tables = self;
    for (size_t i = 0; i < tables->count; i++) {
        const struct inbox_table *table = &tables->tables[i];
        if (postgres_link_is_up(table->link) && (table->coming.count > 0 || table->going.count > 0))
            return false;
    }
    return true;
}

static void close_tables(void *self)
{
    struct inbox_tables *tables = self;
    for (size_t i = 0; i < tables->count; i++) {
        struct inbox_table *table = &tables->tables[i];
        postgres_link_close(&table->link);
        held_clear(&table->coming);
        held_clear(&table->going);
        free(table->statement);
        free(table->journal_name);
    }
    if (tables->epoll >= 0)
        close(tables->epoll);
    free(tables);
}

static const struct part_ops ops = {.descriptor = descriptor,
                                    .wait_ms = wait_ms,
                                    .step = step,
                                    .hear = hear,
                                    .is_drained = is_drained,
                                    .close = close_tables};

static bool open_table(struct inbox_tables *tables, struct office *office, const struct sink_config *config,
                       struct fault *fault)
{
    struct inbox_table *table = &tables->tables[tables->count++];
    table->config = config;
    if (asprintf(&table->journal_name, "source %s: sink %s", office->config->source, config->name) < 0) {
        table->journal_name = NULL;
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    }
    inbox_init(&table->inbox, office, config->name, INBOX_TABLE_CREDIT);
    table->link = postgres_link_open(&(struct postgres_link_options){.name = table->journal_name,
                                                                     .connection = config->connection,
                                                                     .setup = session_setup,
                                                                     .statement_timeout_ms = STATEMENT_TIMEOUT_MS,
                                                                     .epoll = tables->epoll},
                                     fault);
    return table->link != NULL;
}

static bool open_tables(struct inbox_tables *tables, struct office *office, struct fault *fault)
{
    tables->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (tables->epoll < 0)
        return fault_set(fault, FAULT_SYSTEM, "epoll: %s", strerror(errno));
    for (size_t i = 0; i < office->config->sink_count; i++)
        if (office->config->sinks[i].kind == SINK_POSTGRES &&
            !open_table(tables, office, &office->config->sinks[i], fault))
            return false;
    return true;
}

static bool is_asked_for(const struct agent_config *config)
{
    for (size_t i = 0; i < config->sink_count; i++)
        if (config->sinks[i].kind == SINK_POSTGRES)
            return true;
    return false;
}

bool inbox_table_open(struct office *office, struct part *part, struct fault *fault)
{
    if (!is_asked_for(office->config))
        return true;
    struct inbox_tables *tables = calloc(1, sizeof *tables);
    if (tables == NULL)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    tables->epoll = -1;
    if (!open_tables(tables, office, fault)) {
        close_tables(tables);
        return false;
    }
    *part = (struct part){.ops = &ops, .self = tables};
    return true;
}
