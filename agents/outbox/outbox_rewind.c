#include "outbox_database.h"

#include "event.pb-c.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Answered events are kept for a while: a hub that is restored from a backup has forgotten the newest of them. */
const char outbox_sent_schema[] =
    "CREATE TABLE IF NOT EXISTS sent(sequence INTEGER PRIMARY KEY, file INTEGER NOT NULL, row INTEGER NOT NULL,"
    " key TEXT NOT NULL, event TEXT NOT NULL, bytes BLOB NOT NULL, position INTEGER NOT NULL,"
    " answered_at INTEGER NOT NULL);";

bool outbox_keep_sent(struct outbox *outbox, uint64_t first, uint64_t last, uint64_t first_position,
                      struct fault *fault)
{
    sqlite3_stmt *keep = outbox->statements[STATEMENT_SENT_KEEP];
    outbox_bind_number(keep, 1, first);
    outbox_bind_number(keep, 2, last);
    outbox_bind_number(keep, 3, first_position);
    sqlite3_bind_int64(keep, 4, (sqlite3_int64)time(NULL));
    return outbox_run(outbox, keep, "event", fault);
}

/* An event of the same number and kind that says nothing, and that no hub records. */
static uint8_t *emptied(const Sanling__V1__Event *event, size_t *size)
{
    Sanling__V1__Event empty = SANLING__V1__EVENT__INIT;
    empty.source = event->source;
    empty.sequence = event->sequence;
    empty.occurred_at = event->occurred_at;
    empty.payload_case = event->payload_case;
    const ProtobufCMessage *payload = (const ProtobufCMessage *)event->hazard_found; /* all members are messages */
    ProtobufCMessage *nothing = payload != NULL ? malloc(payload->descriptor->sizeof_message) : NULL;
    if (nothing == NULL)
        return NULL;
    protobuf_c_message_init(payload->descriptor, nothing);
    empty.hazard_found = (Sanling__V1__HazardFound *)nothing;
    *size = sanling__v1__event__get_packed_size(&empty);
    uint8_t *bytes = malloc(*size + 1);
    if (bytes != NULL)
        sanling__v1__event__pack(&empty, bytes);
    free(nothing);
    return bytes;
}

bool outbox_empty_event(struct outbox *outbox, uint64_t sequence, struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *select = outbox_prepare(outbox, "SELECT bytes FROM event WHERE sequence = ?1", fault);
    if (select == NULL)
        return false;
    outbox_bind_number(select, 1, sequence);
    if (sqlite3_step(select) != SQLITE_ROW)
        return outbox_failed(outbox, "event", fault);
    Sanling__V1__Event *event =
        sanling__v1__event__unpack(NULL, (size_t)sqlite3_column_bytes(select, 0), sqlite3_column_blob(select, 0));
    size_t size = 0;
    uint8_t *bytes = event != NULL ? emptied(event, &size) : NULL;
    sqlite3_reset(select);
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *update = outbox_prepare(outbox, "UPDATE event SET bytes = ?2 WHERE sequence = ?1", fault);
    bool done = update != NULL;
    if (done) {
        outbox_bind_number(update, 1, sequence);
        sqlite3_bind_blob64(update, 2, bytes != NULL ? bytes : (const uint8_t *)"", size, SQLITE_STATIC);
        done = outbox_run(outbox, update, "event", fault);
    }
    free(bytes);
    if (event != NULL)
        sanling__v1__event__free_unpacked(event, NULL);
    return done;
}

bool outbox_last_sent(struct outbox *outbox, uint64_t *sequence, struct fault *fault)
{
    return outbox_read_number(outbox, "SELECT ifnull(max(sequence), 0) FROM sent", sequence, fault);
}

/* Of the numbers from ?1 on. What a correction stands for keeps its place: it was not sent under that number. */
static const char *const going_back[] = {
    "INSERT OR REPLACE INTO former(position, sequence)"
    " SELECT position, sequence FROM sent WHERE sequence >= ?1 AND position > 0",
    "UPDATE ledger SET position = 0 WHERE position > 0 AND sequence >= ?1"
    " AND position = (SELECT position FROM sent WHERE sent.sequence = ledger.sequence)",
    "UPDATE ledger SET rejected = 0 WHERE rejected = 1 AND sequence >= ?1"
    " AND EXISTS(SELECT 1 FROM sent WHERE sent.sequence = ledger.sequence)",
    "DELETE FROM request_outcome WHERE sequence >= ?1",
    /* Of no file: each was counted in its own once. */
    "INSERT INTO event(sequence, file, row, key, event, bytes)"
    " SELECT sequence, 0, row, key, event, bytes FROM sent WHERE sequence >= ?1",
    "DELETE FROM sent WHERE sequence >= ?1",
};

bool outbox_rewind(struct outbox *outbox, uint64_t next, uint64_t *again, bool *whole, struct fault *fault)
{
    const uint64_t before = outbox->pending;
    for (size_t i = 0; i < sizeof going_back / sizeof *going_back; i++) {
        CLEANUP(outbox_statement_free) sqlite3_stmt *statement = outbox_prepare(outbox, going_back[i], fault);
        if (statement == NULL)
            return false;
        outbox_bind_number(statement, 1, next);
        if (!outbox_run(outbox, statement, "event", fault))
            return false;
    }
    uint64_t first = 0;
    if (!outbox_read_number(outbox, "SELECT count(*) FROM event", &outbox->pending, fault) ||
        !outbox_read_number(outbox, "SELECT ifnull(min(sequence), 0) FROM event", &first, fault) ||
        !outbox_requests_count(outbox, fault))
        return false;
    *again = outbox->pending - before;
    *whole = first == next && outbox->pending == outbox->next_sequence - next;
    return true;
}

bool outbox_tidy_sent(struct outbox *outbox, int days, bool *more, struct fault *fault)
{
    enum { AT_ONCE = 20000, DAY_S = 86400 };
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *tidy =
        outbox_prepare(outbox,
                       "DELETE FROM sent WHERE sequence <= (SELECT ifnull(max(sequence), 0) FROM"
                       " (SELECT sequence, answered_at FROM sent ORDER BY sequence LIMIT ?3) WHERE answered_at <= ?1"
                       " OR sequence < ?2)",
                       fault);
    if (tidy == NULL)
        return false;
    const uint64_t next = outbox->next_sequence;
    sqlite3_bind_int64(tidy, 1, (sqlite3_int64)time(NULL) - (sqlite3_int64)days * DAY_S);
    outbox_bind_number(tidy, 2, next > OUTBOX_SENT_MAX ? next - OUTBOX_SENT_MAX : 0);
    sqlite3_bind_int(tidy, 3, AT_ONCE);
    if (!outbox_run(outbox, tidy, "event", fault))
        return false;
    *more = sqlite3_changes(outbox->database) == AT_ONCE;
    return true;
}
