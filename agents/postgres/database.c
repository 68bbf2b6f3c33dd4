#include "database.h"

#include "database_intake.h"
#include "database_query.h"
#include "database_report.h"
#include "journal.h"
#include "postgres_link.h"
#include "postgres_name.h"
#include "text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    STATEMENT_TIMEOUT_MS = 60000,
    PENDING_MAX = 50000,    /* events that the hub has not answered: reading goes on when there are fewer */
    TIED_ROWS_MAX = 100000, /* rows that are equal in the cursor */
    UNANSWERED_MS = 100,    /* until a row that waits for the hub is looked at again */
    AWAY_MS = 5000,         /* the same while the hub is away, which may last */
    HELD_MS = 1000,         /* the same for changes behind an open transaction */
    HELD_LONG_MS = 600000,  /* then it is said */
    REPORT_MS = 1000,       /* between two looks at what the hub answered, and two reports */
    ONCE_TIMEOUT_MS = 30000 /* a run that is to end does not wait longer for the server */
};

/* Read only, whatever the account may; and every value in the form in which cells are read. Time-outs as far as the
 * server knows them: openGauss does not know all. */
static const char session_setup[] =
    "SET default_transaction_read_only = on; SET DateStyle = 'ISO, YMD'; SET TimeZone = 'UTC';"
    " SET IntervalStyle = 'iso_8601'; SET bytea_output = 'hex'; SET standard_conforming_strings = on;"
    " SELECT set_config(wanted.name, wanted.value, false) FROM (VALUES ('statement_timeout', '60000'),"
    " ('lock_timeout', '30000'), ('idle_in_transaction_session_timeout', '60000')) AS wanted(name, value)"
    " JOIN pg_catalog.pg_settings AS known ON known.name = wanted.name";

enum phase { PHASE_AWAY, PHASE_CHANGES, PHASE_COLUMNS, PHASE_LISTEN, PHASE_CHECK, PHASE_REST, PHASE_READ, PHASE_HELD };

struct database {
    const struct office *office;
    const struct database_config *config;
    char *journal_name;
    struct postgres_link *link;
    struct database_intake *intake;
    enum phase phase; /* what was sent last; REST: nothing */
    struct database_shape shape;
    struct place at;      /* of the pass; empty: it begins */
    bool whole;           /* the pass reads all */
    bool resends;         /* and what a changed mapping reads otherwise is sent */
    uint64_t held_before; /* rows, when the pass began */
    uint64_t held_rows;   /* of a pass, the most so far: a changed mapping reads them otherwise */
    int rows;             /* of a chunk; more where rows are tied */
    int64_t next_ms;      /* when reading goes on; 0: now */
    bool passed;          /* a pass ended since the start */
    int64_t opened_ms;
    int64_t held_since_ms; /* changes wait behind an open transaction; 0: none */
    bool lacks_cursor;     /* rows have none, and are not read */
    bool is_superuser;
    /* The report: */
    bool restless; /* there may be news */
    int64_t look_ms;
    struct database_facts reported;
    bool report_failed;
    uint64_t told_events; /* in the journal */
    uint64_t told_rejected;
};

struct database *database_open(const struct office *office, const struct database_config *config, int epoll,
                               struct fault *fault)
{
    CLEANUP(database_close) struct database *database = calloc(1, sizeof *database);
    if (database == NULL ||
        asprintf(&database->journal_name, "source %s: database %s", office->config->source, config->name) < 0) {
        free(database);
        database = NULL;
        fault_set(fault, FAULT_SYSTEM, "out of memory");
        return NULL;
    }
    database->office = office;
    database->config = config;
    database->rows = config->chunk_rows;
    database->restless = true;
    database->intake = database_intake_open(office, config, fault);
    if (database->intake == NULL)
        return NULL;
    database->link = postgres_link_open(&(struct postgres_link_options){.name = database->journal_name,
                                                                        .connection = config->connection,
                                                                        .setup = session_setup,
                                                                        .statement_timeout_ms = STATEMENT_TIMEOUT_MS,
                                                                        .epoll = epoll},
                                        fault);
    if (database->link == NULL)
        return NULL;
    struct database *opened = database;
    database = NULL;
    return opened;
}

void database_close(struct database **database)
{
    struct database *gone = *database;
    *database = NULL;
    if (gone == NULL)
        return;
    postgres_link_close(&gone->link);
    database_intake_close(&gone->intake);
    database_shape_clear(&gone->shape);
    place_clear(&gone->at);
    free(gone->journal_name);
    free(gone);
}

/* ---- what goes wrong ---- */

static void give_up(struct database *database, const struct reason *reason, int64_t now_ms)
{
    struct postgres_problem problem = {.reason = *reason};
    snprintf(problem.reason.code, sizeof problem.reason.code, "%s", REASON_DATABASE_QUERY);
    postgres_link_give_up(database->link, &problem, "", now_ms);
    database->phase = PHASE_AWAY;
    database->restless = true; /* the report says so */
}

static void give_up_statement(struct database *database, const PGresult *result, int64_t now_ms)
{
    struct postgres_problem problem;
    char advice[512] = "";
    postgres_problem_of_result(result, &problem);
    if (strcmp(problem.sqlstate, "42501") == 0 && database->config->table != NULL)
        snprintf(advice, sizeof advice, "GRANT SELECT ON %s TO \"%s\";", database->config->table,
                 PQuser(postgres_link_connection(database->link)));
    postgres_link_give_up(database->link, &problem, advice, now_ms);
    database->phase = PHASE_AWAY;
    database->restless = true;
}

/* ---- a session begins ---- */

/* Sends a statement that was made for it, and frees it. */
static bool send(struct database *database, enum phase phase, char *statement, int64_t now_ms, struct fault *fault)
{
    if (statement == NULL)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    database->phase = phase;
    postgres_link_send(database->link, statement, 0, NULL, now_ms);
    free(statement);
    return true;
}

static bool begin_session(struct database *database, int64_t now_ms, struct fault *fault)
{
    PGconn *connection = postgres_link_connection(database->link);
    database_shape_clear(&database->shape);
    place_clear(&database->at);
    database->rows = database->config->chunk_rows;
    database->next_ms = 0;
    if (database->config->changes != NULL)
        return send(database, PHASE_CHANGES, database_describe_changes(connection, database->config), now_ms, fault);
    return send(database, PHASE_COLUMNS, database_describe(connection, database->config), now_ms, fault);
}

static bool take_changes_columns(struct database *database, const PGresult *result, int64_t now_ms, struct fault *fault)
{
    struct reason reason;
    PGconn *connection = postgres_link_connection(database->link);
    if (!database_shape_take_changes(&database->shape, connection, database->config, result, &reason)) {
        give_up(database, &reason, now_ms);
        return true;
    }
    return send(database, PHASE_COLUMNS, database_describe(connection, database->config), now_ms, fault);
}

static char *listen_statement(struct database *database)
{
    CLEANUP(text_free)
    char *channel = postgres_column_name(postgres_link_connection(database->link), database->config->listen);
    char *statement = NULL;
    return channel == NULL || asprintf(&statement, "LISTEN %s", channel) < 0 ? NULL : statement;
}

static bool take_columns(struct database *database, const PGresult *result, int64_t now_ms, struct fault *fault)
{
    struct reason reason;
    PGconn *connection = postgres_link_connection(database->link);
    if (!database_shape_take(&database->shape, connection, database->config, result, &reason) ||
        !database_intake_bind(database->intake, &database->shape, &reason, fault)) {
        if (fault->code != FAULT_NONE)
            return false;
        give_up(database, &reason, now_ms);
        return true;
    }
    return database->config->listen != NULL
               ? send(database, PHASE_LISTEN, listen_statement(database), now_ms, fault)
               : send(database, PHASE_CHECK, database_check(&database->shape), now_ms, fault);
}

/* A standby, or a server that is shared by a pooler, has no notifications. */
static bool take_listening(struct database *database, const PGresult *result, int64_t now_ms, struct fault *fault)
{
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        journal(JOURNAL_NOTICE, "%s: the server does not notify (%s); it is asked every %d s", database->journal_name,
                PQresultErrorField(result, PG_DIAG_SQLSTATE), database->config->poll_seconds);
    return send(database, PHASE_CHECK, database_check(&database->shape), now_ms, fault);
}

/* The numbers of transactions only grow, unless an older copy of the database was put back. */
static bool is_older_copy(const struct database *database, const char *next_transaction)
{
    const struct place *head = database_intake_head(database->intake);
    return database->config->changes != NULL && head->count > 0 &&
           strtoll(head->values[0], NULL, 10) >= strtoll(next_transaction, NULL, 10);
}

static bool take_check(struct database *database, const PGresult *result, struct fault *fault)
{
    database->phase = PHASE_REST;
    if (PQresultStatus(result) != PGRES_TUPLES_OK || PQntuples(result) != 1 || PQnfields(result) != 2)
        return true; /* what it asks is good to know, no more */
    if (!database->is_superuser && strcmp(PQgetvalue(result, 0, 0), "t") == 0)
        journal(JOURNAL_WARNING, "%s: the account is a superuser; make one that may only read: see reader.sql",
                database->journal_name);
    database->is_superuser = strcmp(PQgetvalue(result, 0, 0), "t") == 0;
    const char *second = PQgetvalue(result, 0, 1);
    if (database->config->changes == NULL) {
        if (!database->lacks_cursor && strcmp(second, "t") == 0)
            journal(JOURNAL_WARNING, "%s: rows without a value in the cursor's columns are not read",
                    database->journal_name);
        database->lacks_cursor = strcmp(second, "t") == 0;
        return true;
    }
    if (!is_older_copy(database, second))
        return true;
    journal(JOURNAL_WARNING, "%s: an older copy of the database was put back; all changes are read again",
            database->journal_name);
    return database_intake_begin_anew(database->intake, fault);
}

/* ---- reading ---- */

static bool full_read_is_due(const struct database *database)
{
    if (database_intake_head(database->intake)->count == 0)
        return true;
    const int64_t since_s = (int64_t)time(NULL) - database_intake_full_read_s(database->intake);
    return database->config->changes == NULL && database->config->full_read_hours > 0 &&
           (since_s < 0 || since_s >= (int64_t)database->config->full_read_hours * 3600);
}

/* Reads all where that is due, or where a person asked to send what a changed mapping reads otherwise. */
static bool begin_pass(struct database *database, struct fault *fault)
{
    const bool resent_before = database->resends;
    if (!database_intake_asks_resend(database->intake, &database->resends, fault))
        return false;
    database->held_before = database_intake_file(database->intake)->held;
    database->whole = database->resends || full_read_is_due(database);
    return !database->resends || resent_before || database->config->changes == NULL ||
           database_intake_begin_anew(database->intake, fault);
}

static bool read_on(struct database *database, int64_t now_ms, struct fault *fault)
{
    struct database_statement statement;
    if (database->at.count == 0 && !begin_pass(database, fault))
        return false;
    const struct place *head = database_intake_head(database->intake);
    /* Changes are read once: a pass goes on where the last one ended. */
    const bool by_changes = database->config->changes != NULL;
    const struct database_reading reading = {.at = by_changes ? head : &database->at,
                                             .head = head,
                                             .overlap = database_overlap(&database->shape, database->config),
                                             .whole = database->whole,
                                             .rows = database->rows};
    if (!database_read(&database->shape, &reading, &statement))
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    database->phase = PHASE_READ;
    postgres_link_send(database->link, statement.text, statement.value_count, statement.values, now_ms);
    database_statement_clear(&statement);
    return true;
}

static void tell_pass(struct database *database)
{
    const struct outbox_file *file = database_intake_file(database->intake);
    if (file->events == database->told_events && file->rejected == database->told_rejected)
        return;
    journal(JOURNAL_INFO, "%s: read to its end: %" PRIu64 " events so far, %" PRIu64 " corrections among them",
            database->journal_name, file->events, file->corrected);
    database->told_events = file->events;
    database->told_rejected = file->rejected;
}

static bool end_pass(struct database *database, int64_t now_ms, struct fault *fault)
{
    const uint64_t held = database_intake_file(database->intake)->held - database->held_before;
    if (database->resends) {
        database->resends = false;
        database->held_rows = 0;
        database->restless = true;
        if (!database_intake_resent(database->intake, fault))
            return false;
    } else if (held > database->held_rows) {
        database->held_rows = held;
        database->restless = true;
    }
    place_clear(&database->at);
    database->rows = database->config->chunk_rows;
    database->restless |= !database->passed;
    database->passed = true;
    database->next_ms = now_ms + (int64_t)database->config->poll_seconds * 1000;
    tell_pass(database);
    return true;
}

static bool grow_chunk(struct database *database, int64_t now_ms)
{
    struct reason reason;
    if (database->rows >= TIED_ROWS_MAX) {
        reason_set(&reason, REASON_BAD_VALUE, "有 %d 行以上的游标值完全相同：请把主键加到 cursor 里",
                   "more than %d rows are equal in the cursor: add the primary key to it", TIED_ROWS_MAX);
        give_up(database, &reason, now_ms);
        return true;
    }
    database->rows *= 2;
    database->next_ms = 0;
    return true;
}

static bool take_rows(struct database *database, const PGresult *result, int64_t now_ms, struct fault *fault)
{
    const bool more = PQntuples(result) >= database->rows;
    enum chunk_end end;
    struct reason reason;
    if (!database_intake_fits(database->intake, result)) { /* something that is no PostgreSQL answers */
        reason_set(&reason, REASON_DATABASE_QUERY, "数据库的回答不是所问的",
                   "the database answers something else than it was asked");
        give_up(database, &reason, now_ms);
        return true;
    }
    if (!database_intake_take(database->intake, result, more, database->whole, &database->at, &end, fault))
        return false;
    database->phase = PHASE_REST;
    database->restless |= PQntuples(result) > 0 || postgres_link_problem(database->link) != NULL;
    postgres_link_is_well(database->link);
    switch (end) {
    case CHUNK_TIED:
        return grow_chunk(database, now_ms);
    case CHUNK_UNANSWERED:
        database->next_ms = now_ms + (sanling_connected(database->office->hub) ? UNANSWERED_MS : AWAY_MS);
        return true;
    case CHUNK_TAKEN:
        break;
    }
    database->next_ms = 0;
    if (more)
        return true;
    if (!end_pass(database, now_ms, fault))
        return false;
    return database->config->changes == NULL ||
           send(database, PHASE_HELD, database_held(&database->shape), now_ms, fault);
}

static void take_held(struct database *database, const PGresult *result, int64_t now_ms)
{
    database->phase = PHASE_REST;
    if (PQresultStatus(result) != PGRES_TUPLES_OK || PQntuples(result) == 0) {
        if (database->held_since_ms != 0)
            database->restless = true;
        database->held_since_ms = 0;
        return;
    }
    if (database->held_since_ms == 0)
        database->held_since_ms = now_ms;
    if (database->next_ms > now_ms + HELD_MS)
        database->next_ms = now_ms + HELD_MS;
    database->restless |= now_ms - database->held_since_ms >= HELD_LONG_MS;
}

/* ---- the report ---- */

static bool gather_facts(struct database *database, int64_t now_ms, struct database_facts *facts, struct fault *fault)
{
    const struct outbox_file *file = database_intake_file(database->intake);
    const struct postgres_problem *problem = postgres_link_problem(database->link);
    *facts = (struct database_facts){
        .reading = !database->passed,
        .held_rows = database->held_rows,
        .events = file->events,
        .corrected = file->corrected,
        .unknown_gone = database_intake_unknown_gone(database->intake),
        .lacks_cursor = database->lacks_cursor,
        .held = database->held_since_ms != 0 && now_ms - database->held_since_ms >= HELD_LONG_MS,
    };
    if (problem != NULL)
        facts->problem = problem->reason;
    return database_intake_tally(database->intake, &facts->tally, fault);
}

/* Writes it when it would say something else than the last one. */
static bool report(struct database *database, int64_t now_ms, struct fault *fault)
{
    struct database_facts facts;
    struct fault cause;
    if (now_ms < database->look_ms)
        return true;
    database->look_ms = now_ms + REPORT_MS;
    if (!gather_facts(database, now_ms, &facts, fault))
        return false;
    const bool is_news = !database->reported.written || !database_facts_equal(&facts, &database->reported);
    if (is_news) {
        if (!database_report_write(database->office, database->config, database_intake_file(database->intake), &facts,
                                   &cause)) {
            if (!database->report_failed)
                journal(JOURNAL_ERROR, "%s: report: %s; trying again", database->journal_name, cause.text);
            database->report_failed = true;
            return true;
        }
        database->report_failed = false;
        database->reported = facts;
        database->reported.written = true;
    }
    if (facts.tally.pending > 0)
        return true;
    database->restless = false;
    return database_intake_forget_rows(database->intake, fault);
}

/* ---- the loop ---- */

static bool take_result(struct database *database, const PGresult *result, int64_t now_ms, struct fault *fault)
{
    const bool must_succeed =
        database->phase == PHASE_CHANGES || database->phase == PHASE_COLUMNS || database->phase == PHASE_READ;
    if (must_succeed && PQresultStatus(result) != PGRES_TUPLES_OK) {
        give_up_statement(database, result, now_ms);
        return true;
    }
    switch (database->phase) {
    case PHASE_CHANGES:
        return take_changes_columns(database, result, now_ms, fault);
    case PHASE_COLUMNS:
        return take_columns(database, result, now_ms, fault);
    case PHASE_LISTEN:
        return take_listening(database, result, now_ms, fault);
    case PHASE_CHECK:
        return take_check(database, result, fault);
    case PHASE_READ:
        return take_rows(database, result, now_ms, fault);
    case PHASE_HELD:
        take_held(database, result, now_ms);
        return true;
    case PHASE_AWAY:
    case PHASE_REST:
        return true;
    }
    abort();
}

static bool may_read(struct database *database, int64_t now_ms)
{
    if (database->phase != PHASE_REST || !postgres_link_is_up(database->link) ||
        postgres_link_is_busy(database->link) || outbox_pending(database->office->outbox) > PENDING_MAX)
        return false;
    const bool told = postgres_link_was_notified(database->link);
    return told || now_ms >= database->next_ms;
}

static bool go_on(struct database *database, enum postgres_event event, const PGresult *result, int64_t now_ms,
                  struct fault *fault)
{
    switch (event) {
    case POSTGRES_UP:
        return begin_session(database, now_ms, fault);
    case POSTGRES_RESULT:
        return take_result(database, result, now_ms, fault);
    case POSTGRES_DOWN:
        database->phase = PHASE_AWAY;
        database->restless = true; /* the report says so */
        return true;
    case POSTGRES_NOTHING:
        return true;
    }
    abort();
}

bool database_step(struct database *database, int64_t now_ms, struct fault *fault)
{
    const struct postgres_problem *problem = postgres_link_problem(database->link);
    if (database->opened_ms == 0)
        database->opened_ms = now_ms;
    PGresult *result;
    enum postgres_event event;
    do {
        event = postgres_link_next(database->link, now_ms, &result);
        const bool went_on = go_on(database, event, result, now_ms, fault);
        PQclear(result);
        if (!went_on || (may_read(database, now_ms) && !read_on(database, now_ms, fault)))
            return false;
    } while (event != POSTGRES_NOTHING && event != POSTGRES_RESULT);
    if (database->office->once && problem != NULL && !database->passed &&
        now_ms - database->opened_ms > ONCE_TIMEOUT_MS)
        return fault_set(fault, FAULT_UNREACHABLE, "database %s: %s", database->config->name, problem->reason.en);
    return !database->restless || report(database, now_ms, fault);
}

int database_wait_ms(const struct database *database, int64_t now_ms)
{
    int wait = postgres_link_wait_ms(database->link, now_ms);
    int64_t until = INT64_MAX;
    if (database->phase == PHASE_REST && outbox_pending(database->office->outbox) <= PENDING_MAX)
        until = database->next_ms;
    if (database->restless && database->look_ms < until)
        until = database->look_ms;
    const int own = until == INT64_MAX ? -1 : until <= now_ms ? 0 : (int)(until - now_ms);
    return wait < 0 || (own >= 0 && own < wait) ? own : wait;
}

bool database_is_drained(const struct database *database)
{
    return database->passed && database->phase == PHASE_REST && database->at.count == 0 && !database->restless;
}

bool database_rejected_any(const struct database *database)
{
    return database->reported.tally.rejected > 0;
}
