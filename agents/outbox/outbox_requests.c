#include "outbox_requests.h"

#include "outbox_database.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

const char outbox_requests_schema[] =
    "CREATE TABLE IF NOT EXISTS request(id TEXT PRIMARY KEY, sender TEXT NOT NULL, key TEXT NOT NULL,"
    " hash BLOB NOT NULL, taken_at INTEGER NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL,"
    " UNIQUE(sender, key)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS request_outcome(sequence INTEGER PRIMARY KEY, outcome INTEGER NOT NULL,"
    " position INTEGER NOT NULL, code TEXT, zh TEXT, en TEXT);";

/* As sent and as the status shows it again: the order and the length of each event count. */
static void hash_events(const struct outbox_content *events, size_t count, uint8_t hash[static OUTBOX_HASH_SIZE])
{
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    for (size_t i = 0; i < count; i++) {
        uint8_t size[8];
        for (size_t byte = 0; byte < sizeof size; byte++)
            size[byte] = (uint8_t)((uint64_t)events[i].size >> 8 * byte);
        crypto_hash_sha256_update(&state, size, sizeof size);
        crypto_hash_sha256_update(&state, events[i].bytes, events[i].size);
    }
    crypto_hash_sha256_final(&state, hash);
}

static void read_request(sqlite3_stmt *row, struct outbox_request *request)
{
    const void *hash = sqlite3_column_blob(row, 3);
    *request = (struct outbox_request){.taken_at_s = sqlite3_column_int64(row, 4),
                                       .first_sequence = outbox_column_number(row, 5),
                                       .count = outbox_column_number(row, 6)};
    snprintf(request->id, sizeof request->id, "%s", outbox_column_text(row, 0));
    snprintf(request->sender, sizeof request->sender, "%s", outbox_column_text(row, 1));
    snprintf(request->key, sizeof request->key, "%s", outbox_column_text(row, 2));
    if (hash != NULL && sqlite3_column_bytes(row, 3) == OUTBOX_HASH_SIZE)
        memcpy(request->hash, hash, OUTBOX_HASH_SIZE);
}

#define REQUEST_COLUMNS "SELECT id, sender, key, hash, taken_at, first, count FROM request "

/* Runs the statement, whose only row is the request; *found: there was one. */
static bool find_request(struct outbox *outbox, sqlite3_stmt *select, struct outbox_request *request, bool *found,
                         struct fault *fault)
{
    const int result = sqlite3_step(select);
    *found = result == SQLITE_ROW;
    if (*found)
        read_request(select, request);
    return *found || result == SQLITE_DONE || outbox_failed(outbox, "request", fault);
}

bool outbox_request_find(struct outbox *outbox, const char *id, struct outbox_request *request, bool *found,
                         struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *select = outbox_prepare(outbox, REQUEST_COLUMNS "WHERE id = ?1", fault);
    if (select == NULL)
        return false;
    outbox_bind_text(select, 1, id);
    return find_request(outbox, select, request, found, fault);
}

static bool find_by_key(struct outbox *outbox, const struct outbox_request *like, struct outbox_request *request,
                        bool *found, struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *select = outbox_prepare(outbox, REQUEST_COLUMNS "WHERE sender = ?1 AND key = ?2", fault);
    if (select == NULL)
        return false;
    outbox_bind_text(select, 1, like->sender);
    outbox_bind_text(select, 2, like->key);
    return find_request(outbox, select, request, found, fault);
}

static bool put_request(struct outbox *outbox, const struct outbox_request *request, struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *insert = outbox_prepare(outbox,
                                          "INSERT INTO request(id, sender, key, hash, taken_at, first, count)"
                                          " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                                          fault);
    if (insert == NULL)
        return false;
    outbox_bind_text(insert, 1, request->id);
    outbox_bind_text(insert, 2, request->sender);
    outbox_bind_text(insert, 3, request->key);
    sqlite3_bind_blob(insert, 4, request->hash, OUTBOX_HASH_SIZE, SQLITE_STATIC);
    sqlite3_bind_int64(insert, 5, request->taken_at_s);
    outbox_bind_number(insert, 6, request->first_sequence);
    outbox_bind_number(insert, 7, request->count);
    return outbox_run(outbox, insert, "request", fault);
}

bool outbox_request_take(struct outbox *outbox, struct outbox_request *request, const struct outbox_content *events,
                         size_t count, enum outbox_request_taken *taken, struct fault *fault)
{
    enum { ID_BYTES = (OUTBOX_REQUEST_ID_SIZE - 1) / 2 };
    struct outbox_request known;
    uint8_t id[ID_BYTES];
    bool found;
    hash_events(events, count, request->hash);
    if (!find_by_key(outbox, request, &known, &found, fault))
        return false;
    if (found) {
        *taken =
            memcmp(known.hash, request->hash, OUTBOX_HASH_SIZE) == 0 ? OUTBOX_REQUEST_REPEATED : OUTBOX_REQUEST_OTHER;
        *request = known;
        return true;
    }
    randombytes_buf(id, sizeof id);
    sodium_bin2hex(request->id, sizeof request->id, id, sizeof id);
    request->first_sequence = outbox_next_sequence(outbox);
    request->count = count;
    *taken = OUTBOX_REQUEST_NEW;
    for (size_t i = 0; i < count; i++) {
        const struct outbox_event event = {.key = OUTBOX_REQUEST_EVENT, .identity = request->id};
        if (!outbox_number_event(outbox, 0, i, &event, events[i].bytes, events[i].size, fault))
            return false;
    }
    outbox->pending_in_requests += count;
    return put_request(outbox, request, fault);
}

bool outbox_requests_count(struct outbox *outbox, struct fault *fault)
{
    return outbox_read_number(outbox, "SELECT count(*) FROM event WHERE file = 0 AND key = '" OUTBOX_REQUEST_EVENT "'",
                              &outbox->pending_in_requests, fault);
}

bool outbox_request_waiting(struct outbox *outbox, const struct outbox_request *request, uint64_t *waiting,
                            struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *count =
        outbox_prepare(outbox, "SELECT count(*) FROM event WHERE sequence >= ?1 AND sequence < ?2", fault);
    if (count == NULL)
        return false;
    outbox_bind_number(count, 1, request->first_sequence);
    outbox_bind_number(count, 2, request->first_sequence + request->count);
    if (sqlite3_step(count) != SQLITE_ROW)
        return outbox_failed(outbox, "request", fault);
    *waiting = outbox_column_number(count, 0);
    return true;
}

bool outbox_settle_request_event(struct outbox *outbox, uint64_t sequence, enum outbox_outcome outcome,
                                 uint64_t position, const struct reason *reason, struct fault *fault)
{
    sqlite3_stmt *insert = outbox->statements[STATEMENT_OUTCOME_PUT];
    sqlite3_clear_bindings(insert);
    outbox_bind_number(insert, 1, sequence);
    sqlite3_bind_int(insert, 2, (int)outcome);
    outbox_bind_number(insert, 3, position);
    if (reason != NULL) {
        outbox_bind_text(insert, 4, reason->code);
        outbox_bind_text(insert, 5, reason->zh);
        outbox_bind_text(insert, 6, reason->en);
    }
    outbox->pending_in_requests--;
    return outbox_run(outbox, insert, "outcome", fault);
}

static enum outbox_outcome outcome_of(int number)
{
    switch (number) {
    case OUTBOX_OUTCOME_RECORDED:
        return OUTBOX_OUTCOME_RECORDED;
    case OUTBOX_OUTCOME_DUPLICATE:
        return OUTBOX_OUTCOME_DUPLICATE;
    case OUTBOX_OUTCOME_REJECTED:
        return OUTBOX_OUTCOME_REJECTED;
    }
    return OUTBOX_OUTCOME_WAITING;
}

static void read_event(sqlite3_stmt *row, struct outbox_request_event *event, struct reason *reason)
{
    *event = (struct outbox_request_event){.sequence = outbox_column_number(row, 0),
                                           .outcome = outcome_of(sqlite3_column_int(row, 1)),
                                           .position = outbox_column_number(row, 2)};
    if (event->outcome != OUTBOX_OUTCOME_REJECTED)
        return;
    *reason = (struct reason){.code = ""};
    snprintf(reason->code, sizeof reason->code, "%s", outbox_column_text(row, 3));
    snprintf(reason->zh, sizeof reason->zh, "%s", outbox_column_text(row, 4));
    snprintf(reason->en, sizeof reason->en, "%s", outbox_column_text(row, 5));
    event->reason = reason;
}

bool outbox_request_each(struct outbox *outbox, const struct outbox_request *request,
                         bool (*take)(const struct outbox_request_event *event, void *context), void *context,
                         struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *select = outbox_prepare(outbox,
                                          "SELECT sequence, outcome, position, code, zh, en FROM request_outcome"
                                          " WHERE sequence >= ?1 AND sequence < ?2 ORDER BY sequence",
                                          fault);
    if (select == NULL)
        return false;
    const uint64_t end = request->first_sequence + request->count;
    outbox_bind_number(select, 1, request->first_sequence);
    outbox_bind_number(select, 2, end);
    int result = sqlite3_step(select);
    for (uint64_t sequence = request->first_sequence; sequence < end; sequence++) {
        struct outbox_request_event event = {.sequence = sequence, .outcome = OUTBOX_OUTCOME_WAITING};
        struct reason reason;
        if (result == SQLITE_ROW && outbox_column_number(select, 0) == sequence) {
            read_event(select, &event, &reason);
            result = sqlite3_step(select);
        }
        if (!take(&event, context))
            return true;
    }
    return result == SQLITE_DONE || outbox_failed(outbox, "outcome", fault);
}
