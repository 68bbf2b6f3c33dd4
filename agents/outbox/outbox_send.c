#include "outbox_database.h"

#include "personal.h"

#include <stdlib.h>
#include <string.h>

void outbox_batch_clear(struct outbox_batch *batch)
{
    free(batch->bytes);
    *batch = (struct outbox_batch){0};
}

static bool batch_add(struct outbox_batch *batch, const void *bytes, size_t size)
{
    if (batch->capacity - batch->size < size) {
        size_t capacity = batch->capacity == 0 ? 64 * 1024 : batch->capacity;
        while (capacity - batch->size < size)
            capacity *= 2;
        uint8_t *grown = realloc(batch->bytes, capacity);
        if (grown == NULL)
            return false;
        batch->bytes = grown;
        batch->capacity = capacity;
    }
    memcpy(batch->bytes + batch->size, bytes, size);
    batch->offsets[batch->count] = batch->size;
    batch->sizes[batch->count] = size;
    batch->count++;
    batch->size += size;
    return true;
}

bool outbox_read(struct outbox *outbox, uint64_t from, size_t limit, size_t bytes_max, struct outbox_batch *batch,
                 struct fault *fault)
{
    sqlite3_stmt *read = outbox->statements[STATEMENT_EVENT_READ];
    batch->count = 0;
    batch->size = 0;
    outbox_bind_number(read, 1, from);
    outbox_bind_number(read, 2, limit < OUTBOX_BATCH_MAX ? limit : OUTBOX_BATCH_MAX);
    int result;
    bool added = true;
    while ((result = sqlite3_step(read)) == SQLITE_ROW) {
        const uint64_t sequence = outbox_column_number(read, 0);
        const size_t size = (size_t)sqlite3_column_bytes(read, 1);
        if (batch->count == 0)
            batch->first_sequence = sequence;
        /* Answered events leave no hole before unanswered ones of the same message, but a batch may begin behind one.
         */
        if (sequence != batch->first_sequence + batch->count || (batch->count > 0 && batch->size + size > bytes_max))
            break;
        added = batch_add(batch, sqlite3_column_blob(read, 1), size);
        if (!added)
            break;
    }
    sqlite3_reset(read);
    if (!added)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    return result == SQLITE_ROW || result == SQLITE_DONE || outbox_failed(outbox, "read", fault);
}

bool outbox_numbered_each(struct outbox *outbox, uint64_t from,
                          bool (*take)(const struct outbox_numbered *event, void *context), void *context,
                          struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *select =
        outbox_prepare(outbox, "SELECT row, event, bytes FROM event WHERE sequence >= ?1 ORDER BY sequence", fault);
    if (select == NULL)
        return false;
    outbox_bind_number(select, 1, from);
    int result;
    while ((result = sqlite3_step(select)) == SQLITE_ROW) {
        const struct outbox_numbered event = {.row = outbox_column_number(select, 0),
                                              .identity = outbox_column_text(select, 1),
                                              .bytes = sqlite3_column_blob(select, 2),
                                              .size = (size_t)sqlite3_column_bytes(select, 2)};
        if (!take(&event, context))
            return true;
    }
    return result == SQLITE_DONE || outbox_failed(outbox, "event", fault);
}

/* An event that the hub rejected is dealt with. */
static bool drop_refused(struct outbox *outbox, uint64_t sequence, int64_t file, struct fault *fault)
{
    sqlite3_stmt *drop = outbox->statements[STATEMENT_EVENT_DROP];
    outbox_bind_number(drop, 1, sequence);
    sqlite3_stmt *count = outbox->statements[STATEMENT_FILE_REFUSED];
    sqlite3_bind_int64(count, 1, file);
    if (!outbox_keep_sent(outbox, sequence, sequence, 0, fault) || !outbox_run(outbox, drop, "event", fault) ||
        !outbox_run(outbox, count, "file", fault))
        return false;
    outbox->pending--;
    return true;
}

static bool is_of_request(sqlite3_stmt *found)
{
    return sqlite3_column_int64(found, 0) == 0 && strcmp(outbox_column_text(found, 2), OUTBOX_REQUEST_EVENT) == 0;
}

/* Of the events from ?1 to ?2. */
static sqlite3_stmt *settling(struct outbox *outbox, enum statement which, uint64_t first, uint64_t last)
{
    sqlite3_stmt *statement = outbox->statements[which];
    outbox_bind_number(statement, 1, first);
    outbox_bind_number(statement, 2, last);
    return statement;
}

/* Events that came in requests are answered one by one: who asked wants to know. */
static bool settle_requests(struct outbox *outbox, uint64_t first, uint64_t last, uint64_t first_position,
                            bool duplicate, struct fault *fault)
{
    const enum outbox_outcome outcome = duplicate ? OUTBOX_OUTCOME_DUPLICATE : OUTBOX_OUTCOME_RECORDED;
    sqlite3_stmt *select = settling(outbox, STATEMENT_SETTLE_REQUESTS, first, last);
    outbox_bind_text(select, 3, OUTBOX_REQUEST_EVENT);
    int result;
    while ((result = sqlite3_step(select)) == SQLITE_ROW) {
        const uint64_t sequence = outbox_column_number(select, 0);
        const uint64_t position = first_position == 0 ? 0 : first_position + sequence - first;
        if (!outbox_settle_request_event(outbox, sequence, outcome, position, NULL, fault))
            break;
    }
    sqlite3_reset(select);
    return result == SQLITE_DONE || (result != SQLITE_ROW && outbox_failed(outbox, "event", fault));
}

bool outbox_settle(struct outbox *outbox, uint64_t first, uint64_t count, uint64_t first_position, bool duplicate,
                   struct fault *fault)
{
    const uint64_t last = first + count - 1;
    if (!settle_requests(outbox, first, last, first_position, duplicate, fault))
        return false;
    sqlite3_stmt *ledger = settling(outbox, STATEMENT_SETTLE_LEDGER, first, last);
    outbox_bind_number(ledger, 3, first_position);
    if (first_position > 0 && !outbox_run(outbox, ledger, "ledger", fault))
        return false;
    sqlite3_stmt *files = settling(outbox, STATEMENT_SETTLE_FILES, first, last);
    sqlite3_bind_int(files, 3, duplicate ? 1 : 0);
    if (!outbox_keep_sent(outbox, first, last, first_position, fault) || !outbox_run(outbox, files, "file", fault) ||
        !outbox_run(outbox, settling(outbox, STATEMENT_SETTLE_EVENTS, first, last), "event", fault))
        return false;
    /* What was answered before, for the library sent it again after a reconnection, is not there any more. */
    outbox->pending -= (uint64_t)sqlite3_changes64(outbox->database);
    return outbox_settle_references(outbox, first, last, first_position, fault);
}

static void record_free(char **record)
{
    free(*record);
    *record = NULL;
}

/* The rejected row's text. What the hub found personal is hidden whole: it does not say which cell it was in. */
static char *rejected_record(struct outbox *outbox, int64_t file, uint64_t row, const struct reason *reason,
                             struct fault *fault)
{
    char *record = NULL;
    if (strcmp(reason->code, REASON_PERSONAL_DATA) == 0)
        return strdup(PERSONAL_HIDDEN);
    return outbox_kept_row(outbox, file, row, &record, fault) ? record : NULL;
}

static bool mark_rejected(struct outbox *outbox, uint64_t sequence, const char *key, const char *event,
                          struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *mark =
        outbox_prepare(outbox, "UPDATE ledger SET rejected = 1 WHERE key = ?1 AND event = ?2 AND sequence = ?3", fault);
    if (mark == NULL)
        return false;
    outbox_bind_text(mark, 1, key);
    outbox_bind_text(mark, 2, event);
    outbox_bind_number(mark, 3, sequence);
    return outbox_run(outbox, mark, "ledger", fault);
}

/* An event that is sent again is of no file any more, for it was counted in its own: which that was, the ledger knows.
 * 0: no file has it, or it stands among the file's rejected ones already. */
static bool first_file(struct outbox *outbox, uint64_t sequence, const char *key, const char *event, int64_t *file,
                       struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *select = outbox_prepare(
        outbox,
        "SELECT ledger.file FROM ledger JOIN file ON file.id = ledger.file WHERE ledger.key = ?1 AND ledger.event = ?2"
        " AND ledger.sequence = ?3 AND NOT EXISTS(SELECT 1 FROM rejected WHERE rejected.file = ledger.file"
        " AND rejected.row = ledger.row AND rejected.event = ?2)",
        fault);
    *file = 0;
    if (select == NULL)
        return false;
    outbox_bind_text(select, 1, key);
    outbox_bind_text(select, 2, event);
    outbox_bind_number(select, 3, sequence);
    const int result = sqlite3_step(select);
    if (result == SQLITE_ROW)
        *file = sqlite3_column_int64(select, 0);
    return result == SQLITE_ROW || result == SQLITE_DONE || outbox_failed(outbox, "ledger", fault);
}

/* The file's report said that the event was recorded: it is to be written anew. */
static bool report_anew(struct outbox *outbox, int64_t file, struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *update = outbox_prepare(outbox,
                                          "UPDATE file SET refused = refused + 1, recorded = recorded - (recorded > 0),"
                                          " stage = CASE stage WHEN 4 THEN 2 ELSE stage END WHERE id = ?1",
                                          fault);
    if (update == NULL)
        return false;
    sqlite3_bind_int64(update, 1, file);
    return outbox_run(outbox, update, "file", fault);
}

/* A row's event that the hub rejected. `found` is at its row. */
static bool settle_rejected_row(struct outbox *outbox, uint64_t sequence, sqlite3_stmt *found,
                                const struct reason *reason, struct fault *fault)
{
    const int64_t owing = sqlite3_column_int64(found, 0);
    const uint64_t row = outbox_column_number(found, 1);
    const char *key = outbox_column_text(found, 2);
    const char *event = outbox_column_text(found, 3);
    int64_t file = owing;
    if (owing == 0 && !first_file(outbox, sequence, key, event, &file, fault))
        return false;
    CLEANUP(record_free) char *record = rejected_record(outbox, file, row, reason, fault);
    return record != NULL && mark_rejected(outbox, sequence, key, event, fault) &&
           outbox_put_rejected(outbox, file, row, event, key, record, reason, fault) &&
           (file == owing || report_anew(outbox, file, fault)) && drop_refused(outbox, sequence, owing, fault);
}

static bool settle_rejected(struct outbox *outbox, uint64_t sequence, sqlite3_stmt *found, const struct reason *reason,
                            struct fault *fault)
{
    if (strcmp(reason->code, REASON_PERSONAL_DATA) == 0 && !outbox_empty_event(outbox, sequence, fault))
        return false;
    if (!is_of_request(found))
        return settle_rejected_row(outbox, sequence, found, reason, fault);
    return outbox_settle_request_event(outbox, sequence, OUTBOX_OUTCOME_REJECTED, 0, reason, fault) &&
           drop_refused(outbox, sequence, 0, fault);
}

/* What was sent in place of an event that was set aside had to be rejected: why, we know better than the hub. */
static bool why_rejected(struct outbox *outbox, uint64_t sequence, const struct reason *told, struct reason *reason,
                         struct fault *fault)
{
    uint64_t named = 0;
    bool aside;
    *reason = *told;
    if (!outbox_set_aside_find(outbox, sequence, &named, &aside, fault))
        return false;
    if (aside)
        reason_set(
            reason, REASON_RECORD_LOST,
            "中枢由备份恢复过：本事件所指的记录原在位置 %llu，现在何处不得而知，所以没有发送；"
            "请找到该记录现在的位置，重新报送",
            "the hub was restored from a backup: the record that this is about stood at position %llu, and where "
            "it stands now is not known, so it was not sent; find the record and report it anew",
            (unsigned long long)named);
    return true;
}

bool outbox_settle_rejected(struct outbox *outbox, uint64_t sequence, const struct reason *reason, struct fault *fault)
{
    struct reason why;
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *find = outbox_prepare(outbox, sqlite3_sql(outbox->statements[STATEMENT_EVENT_FIND]), fault);
    if (find == NULL)
        return false;
    outbox_bind_number(find, 1, sequence);
    const int result = sqlite3_step(find);
    if (result == SQLITE_DONE)
        return true; /* answered before */
    if (result != SQLITE_ROW)
        return outbox_failed(outbox, "event", fault);
    return why_rejected(outbox, sequence, reason, &why, fault) &&
           settle_rejected(outbox, sequence, find, &why, fault) &&
           outbox_settle_references(outbox, sequence, sequence, 0, fault);
}
