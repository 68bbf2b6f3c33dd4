#include "outbox_database.h"

#include "event_reference.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* After a restoration of the hub. `former`: where events that are sent again stood, within one transaction only.
 * `reference`: an event that names the record of another one, which has no new position yet. `set_aside`: what an event
 * was that nobody can send. `lineage`: what is known of restorations, and by whom. */
const char outbox_references_schema[] =
    "CREATE TABLE IF NOT EXISTS former(position INTEGER PRIMARY KEY, sequence INTEGER NOT NULL);"
    "CREATE TABLE IF NOT EXISTS reference(sequence INTEGER PRIMARY KEY, target INTEGER NOT NULL);"
    "CREATE INDEX IF NOT EXISTS reference_by_target ON reference(target);"
    "CREATE TABLE IF NOT EXISTS set_aside(sequence INTEGER PRIMARY KEY, named INTEGER NOT NULL,"
    " since INTEGER NOT NULL, bytes BLOB NOT NULL);"
    "CREATE TABLE IF NOT EXISTS lineage(way TEXT PRIMARY KEY, restorations TEXT NOT NULL, size INTEGER NOT NULL,"
    " end INTEGER NOT NULL) WITHOUT ROWID;";

bool outbox_references_count(struct outbox *outbox, struct fault *fault)
{
    return outbox_read_number(outbox, "SELECT count(*) FROM reference", &outbox->references, fault) &&
           outbox_read_number(outbox, "SELECT count(*) FROM set_aside", &outbox->set_aside, fault);
}

/* Runs a statement about the event of this number, and perhaps a position. */
static bool change(struct outbox *outbox, const char *text, uint64_t sequence, uint64_t position, struct fault *fault)
{
    CLEANUP(outbox_statement_free) sqlite3_stmt *statement = outbox_prepare(outbox, text, fault);
    if (statement == NULL)
        return false;
    outbox_bind_number(statement, 1, sequence);
    if (sqlite3_bind_parameter_count(statement) > 1)
        outbox_bind_number(statement, 2, position);
    return outbox_run(outbox, statement, "reference", fault);
}

/* What the ledger says of a correction's original follows it. */
#define MOVE_LEDGER                                                                                                    \
    "UPDATE ledger SET position = ?2 FROM event WHERE event.sequence = ?1 AND ledger.key = event.key"                  \
    " AND ledger.event = event.event AND ledger.sequence = ?1 AND ledger.position > 0"

/* A waiting event's bytes, malloc'ed; NULL with no fault if it waits no more. */
static bool waiting_bytes(struct outbox *outbox, uint64_t sequence, uint8_t **bytes, size_t *size, struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *select = outbox_prepare(outbox, "SELECT bytes FROM event WHERE sequence = ?1", fault);
    *bytes = NULL;
    if (select == NULL)
        return false;
    outbox_bind_number(select, 1, sequence);
    const int result = sqlite3_step(select);
    if (result != SQLITE_ROW)
        return result == SQLITE_DONE || outbox_failed(outbox, "event", fault);
    *size = (size_t)sqlite3_column_bytes(select, 0);
    *bytes = malloc(*size + 1);
    if (*bytes == NULL)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    if (*size > 0)
        memcpy(*bytes, sqlite3_column_blob(select, 0), *size);
    return true;
}

static void bytes_free(uint8_t **bytes)
{
    free(*bytes);
    *bytes = NULL;
}

static bool put_bytes(struct outbox *outbox, const char *text, uint64_t sequence, const uint8_t *bytes, size_t size,
                      struct fault *fault)
{
    CLEANUP(outbox_statement_free) sqlite3_stmt *statement = outbox_prepare(outbox, text, fault);
    if (statement == NULL)
        return false;
    outbox_bind_number(statement, 1, sequence);
    sqlite3_bind_blob64(statement, 2, bytes, size, SQLITE_STATIC);
    return outbox_run(outbox, statement, "event", fault);
}

/* Nobody knows where the record stands now that the event is about. */
static bool set_aside(struct outbox *outbox, uint64_t sequence, struct fault *fault)
{
    CLEANUP(bytes_free) uint8_t *bytes = NULL;
    size_t size = 0;
    if (!waiting_bytes(outbox, sequence, &bytes, &size, fault))
        return false;
    if (bytes == NULL)
        return change(outbox, "DELETE FROM reference WHERE sequence = ?1", sequence, 0, fault);
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *put = outbox_prepare(
        outbox, "INSERT OR REPLACE INTO set_aside(sequence, named, since, bytes) VALUES(?1, ?2, ?3, ?4)", fault);
    if (put == NULL)
        return false;
    outbox_bind_number(put, 1, sequence);
    outbox_bind_number(put, 2, event_reference_find(bytes, size).position);
    sqlite3_bind_int64(put, 3, (sqlite3_int64)time(NULL));
    sqlite3_bind_blob64(put, 4, bytes, size, SQLITE_STATIC);
    return outbox_run(outbox, put, "event", fault) && change(outbox, MOVE_LEDGER, sequence, 0, fault) &&
           outbox_empty_event(outbox, sequence, fault) &&
           change(outbox, "DELETE FROM reference WHERE sequence = ?1", sequence, 0, fault);
}

static bool move(struct outbox *outbox, uint64_t sequence, uint64_t position, struct fault *fault)
{
    CLEANUP(bytes_free) uint8_t *bytes = NULL;
    CLEANUP(bytes_free) uint8_t *moved = NULL;
    size_t size = 0;
    if (!waiting_bytes(outbox, sequence, &bytes, &size, fault))
        return false;
    if (bytes != NULL) {
        moved = event_reference_move(bytes, size, position, &size);
        if (moved == NULL)
            return fault_set(fault, FAULT_SYSTEM, "out of memory");
    }
    return (moved == NULL ||
            put_bytes(outbox, "UPDATE event SET bytes = ?2 WHERE sequence = ?1", sequence, moved, size, fault)) &&
           change(outbox, MOVE_LEDGER, sequence, position, fault) &&
           change(outbox, "DELETE FROM reference WHERE sequence = ?1", sequence, 0, fault);
}

/* The first reference to an event from `first` to `last`; *sequence is 0 if there is none. */
static bool find_reference(struct outbox *outbox, uint64_t first, uint64_t last, uint64_t *sequence, uint64_t *target,
                           struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *select =
        outbox_prepare(outbox, "SELECT sequence, target FROM reference WHERE target BETWEEN ?1 AND ?2 LIMIT 1", fault);
    *sequence = 0;
    if (select == NULL)
        return false;
    outbox_bind_number(select, 1, first);
    outbox_bind_number(select, 2, last);
    const int result = sqlite3_step(select);
    if (result != SQLITE_ROW)
        return result == SQLITE_DONE || outbox_failed(outbox, "reference", fault);
    *sequence = outbox_column_number(select, 0);
    *target = outbox_column_number(select, 1);
    return true;
}

bool outbox_settle_references(struct outbox *outbox, uint64_t first, uint64_t last, uint64_t first_position,
                              struct fault *fault)
{
    uint64_t sequence, target = 0;
    if (outbox->references == 0)
        return true;
    for (;;) {
        if (!find_reference(outbox, first, last, &sequence, &target, fault))
            return false;
        if (sequence == 0)
            return outbox_references_count(outbox, fault);
        if (first_position == 0 ? !set_aside(outbox, sequence, fault)
                                : !move(outbox, sequence, first_position + target - first, fault))
            return false;
    }
}

/* ---- after a restoration ---- */

bool outbox_known_up_to(struct outbox *outbox, uint64_t next, uint64_t *position, struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *select =
        outbox_prepare(outbox, "SELECT ifnull(max(position), 0) FROM sent WHERE sequence < ?1", fault);
    if (select == NULL)
        return false;
    outbox_bind_number(select, 1, next);
    if (sqlite3_step(select) != SQLITE_ROW)
        return outbox_failed(outbox, "event", fault);
    *position = outbox_column_number(select, 0);
    return true;
}

/* The event that stood at the position, if it is an earlier one of this outbox; 0: it is not. */
static bool former_sequence(struct outbox *outbox, uint64_t position, uint64_t before, uint64_t *sequence,
                            struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *select =
        outbox_prepare(outbox, "SELECT sequence FROM former WHERE position = ?1 AND sequence < ?2", fault);
    *sequence = 0;
    if (select == NULL)
        return false;
    outbox_bind_number(select, 1, position);
    outbox_bind_number(select, 2, before);
    const int result = sqlite3_step(select);
    if (result == SQLITE_ROW)
        *sequence = outbox_column_number(select, 0);
    return result == SQLITE_ROW || result == SQLITE_DONE || outbox_failed(outbox, "event", fault);
}

/* Notes what a waiting event names, if that lies behind the end. One that was noted before means the same event still,
 * whatever position it names: that is of even before. */
static bool note_reference(struct outbox *outbox, uint64_t end, uint64_t sequence, const uint8_t *bytes, size_t size,
                           struct fault *fault)
{
    const struct event_reference reference = event_reference_find(bytes, size);
    uint64_t target = 0;
    if (reference.position <= end)
        return true;
    return (!reference.is_record || former_sequence(outbox, reference.position, sequence, &target, fault)) &&
           change(outbox, "INSERT OR IGNORE INTO reference(sequence, target) VALUES(?1, ?2)", sequence, target, fault);
}

static bool note_references(struct outbox *outbox, uint64_t end, struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *select = outbox_prepare(outbox, "SELECT sequence, bytes FROM event ORDER BY sequence", fault);
    if (select == NULL)
        return false;
    int result;
    while ((result = sqlite3_step(select)) == SQLITE_ROW)
        if (!note_reference(outbox, end, outbox_column_number(select, 0), sqlite3_column_blob(select, 1),
                            (size_t)sqlite3_column_bytes(select, 1), fault))
            return false;
    return result == SQLITE_DONE || outbox_failed(outbox, "event", fault);
}

bool outbox_map_references(struct outbox *outbox, uint64_t end, struct outbox_mapped *mapped, struct fault *fault)
{
    const uint64_t aside = outbox->set_aside;
    uint64_t sequence, target;
    if (!note_references(outbox, end, fault) || !outbox_execute(outbox, "DELETE FROM former", fault))
        return false;
    do {
        if (!find_reference(outbox, 0, 0, &sequence, &target, fault) ||
            (sequence != 0 && !set_aside(outbox, sequence, fault)))
            return false;
    } while (sequence != 0);
    if (!outbox_references_count(outbox, fault))
        return false;
    mapped->waiting += outbox->references;
    mapped->set_aside += outbox->set_aside - aside;
    return true;
}

/* ---- what was set aside ---- */

bool outbox_set_aside_find(struct outbox *outbox, uint64_t sequence, uint64_t *named, bool *found, struct fault *fault)
{
    CLEANUP(outbox_statement_free) sqlite3_stmt *select = NULL;
    *found = false;
    if (outbox->set_aside == 0)
        return true;
    select = outbox_prepare(outbox, "SELECT named FROM set_aside WHERE sequence = ?1", fault);
    if (select == NULL)
        return false;
    outbox_bind_number(select, 1, sequence);
    const int result = sqlite3_step(select);
    *found = result == SQLITE_ROW;
    if (*found)
        *named = outbox_column_number(select, 0);
    return *found || result == SQLITE_DONE || outbox_failed(outbox, "event", fault);
}

uint64_t outbox_set_aside_count(const struct outbox *outbox)
{
    return outbox->set_aside;
}

bool outbox_set_aside_each(struct outbox *outbox, bool (*take)(const struct outbox_set_aside *event, void *context),
                           void *context, struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *select =
        outbox_prepare(outbox, "SELECT sequence, named, since, bytes FROM set_aside ORDER BY sequence", fault);
    if (select == NULL)
        return false;
    int result;
    while ((result = sqlite3_step(select)) == SQLITE_ROW) {
        const struct outbox_set_aside event = {.sequence = outbox_column_number(select, 0),
                                               .named = outbox_column_number(select, 1),
                                               .since_s = sqlite3_column_int64(select, 2),
                                               .bytes = sqlite3_column_blob(select, 3),
                                               .size = (size_t)sqlite3_column_bytes(select, 3)};
        if (!take(&event, context))
            return true;
    }
    return result == SQLITE_DONE || outbox_failed(outbox, "event", fault);
}

/* ---- what is known of restorations ---- */

bool outbox_lineage_find(struct outbox *outbox, const char *way, struct outbox_lineage *lineage, bool *found,
                         struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *select = outbox_prepare(outbox, "SELECT restorations, size, end FROM lineage WHERE way = ?1", fault);
    *found = false;
    *lineage = (struct outbox_lineage){.end = UINT64_MAX};
    if (select == NULL)
        return false;
    outbox_bind_text(select, 1, way);
    const int result = sqlite3_step(select);
    if (result != SQLITE_ROW)
        return result == SQLITE_DONE || outbox_failed(outbox, "restoration", fault);
    *found = restorations_read(outbox_column_text(select, 0), &lineage->restorations);
    lineage->size = outbox_column_number(select, 1);
    lineage->end = outbox_column_number(select, 2);
    return true;
}

bool outbox_lineage_put(struct outbox *outbox, const char *way, const struct outbox_lineage *lineage,
                        struct fault *fault)
{
    char text[RESTORATIONS_TEXT_SIZE];
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *put = outbox_prepare(outbox, "INSERT OR REPLACE INTO lineage VALUES(?1, ?2, ?3, ?4)", fault);
    if (put == NULL)
        return false;
    restorations_write(&lineage->restorations, text);
    outbox_bind_text(put, 1, way);
    outbox_bind_text(put, 2, text);
    outbox_bind_number(put, 3, lineage->size);
    outbox_bind_number(put, 4, lineage->end);
    return outbox_run(outbox, put, "restoration", fault);
}
