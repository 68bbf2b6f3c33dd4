#include "outbox_database.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static void hash_content(const uint8_t *content, size_t size, uint8_t hash[static OUTBOX_HASH_SIZE])
{
    crypto_generichash(hash, OUTBOX_HASH_SIZE, content, size, NULL, 0);
}

static bool hash_is(sqlite3_stmt *statement, int place, const uint8_t hash[static OUTBOX_HASH_SIZE])
{
    return sqlite3_column_bytes(statement, place) == OUTBOX_HASH_SIZE &&
           memcmp(sqlite3_column_blob(statement, place), hash, OUTBOX_HASH_SIZE) == 0;
}

/* Columns of STATEMENT_LEDGER_FIND. */
enum {
    FOUND_EVENT,
    FOUND_CONTENT,
    FOUND_FILE,
    FOUND_ROW,
    FOUND_REJECTED,
    FOUND_POSITION,
    FOUND_ENVELOPE,
    FOUND_STANDING,
    FOUND_CELLS,
    FOUND_UNANSWERED
};

static bool was_rejected(sqlite3_stmt *found)
{
    return sqlite3_column_int(found, FOUND_REJECTED) != 0;
}

static bool says_the_same(sqlite3_stmt *found, const struct outbox_event *event)
{
    return event->cells != NULL && sqlite3_column_bytes(found, FOUND_CELLS) == OUTBOX_CELLS_SIZE &&
           memcmp(sqlite3_column_blob(found, FOUND_CELLS), event->cells, OUTBOX_CELLS_SIZE) == 0;
}

/* What a row of the ledger says of an event with this content. */
static enum outbox_taken compare_content(sqlite3_stmt *found, int64_t file, const uint8_t hash[static OUTBOX_HASH_SIZE])
{
    const bool same = hash_is(found, FOUND_CONTENT, hash);
    const bool own = sqlite3_column_int64(found, FOUND_FILE) == file;
    /* The original; what was rejected was its correction. */
    const bool stands = outbox_column_number(found, FOUND_POSITION) != 0;
    if (same && own)
        return OUTBOX_TAKEN;
    if (was_rejected(found) && !stands)
        return OUTBOX_NEW;
    return hash_is(found, was_rejected(found) ? FOUND_STANDING : FOUND_CONTENT, hash) ? OUTBOX_UNCHANGED
                                                                                      : OUTBOX_CHANGED;
}

static void look_at_found(sqlite3_stmt *found, int64_t file, const struct outbox_event *event, struct outbox_look *look)
{
    uint8_t hash[OUTBOX_HASH_SIZE];
    hash_content(event->content, event->size, hash);
    const bool same_cells = says_the_same(found, event);
    *look = (struct outbox_look){.taken = compare_content(found, file, hash)};
    switch (look->taken) {
    case OUTBOX_NEW:
        return; /* the hub rejected it: it may be tried again */
    case OUTBOX_TAKEN:
    case OUTBOX_UNCHANGED:
        look->other_cells = event->cells != NULL && !same_cells;
        return;
    case OUTBOX_CHANGED:
        hash_content(event->content, event->envelope_size, hash);
        look->earlier_row = outbox_column_number(found, FOUND_ROW);
        look->position = outbox_column_number(found, FOUND_POSITION);
        look->unanswered = sqlite3_column_int(found, FOUND_UNANSWERED) != 0;
        look->same_envelope = hash_is(found, FOUND_ENVELOPE, hash);
        look->same_cells = same_cells && !was_rejected(found);
        return;
    }
    abort();
}

bool outbox_look(struct outbox *outbox, int64_t file, const struct outbox_event *events, size_t count,
                 struct outbox_look *looks, struct fault *fault)
{
    sqlite3_stmt *find = outbox->statements[STATEMENT_LEDGER_FIND];
    bool same_row = false; /* it was taken before, saying what it says now */
    uint64_t known = 0;    /* a bit for each event that the ledger has */
    int result = SQLITE_DONE;
    assert(count <= 64);
    if (count > 0)
        outbox_bind_text(find, 1, events[0].key);
    while (count > 0 && (result = sqlite3_step(find)) == SQLITE_ROW) {
        const char *identity = outbox_column_text(find, FOUND_EVENT);
        same_row |= says_the_same(find, &events[0]) && !was_rejected(find);
        for (size_t i = 0; i < count; i++) {
            if (strcmp(events[i].identity, identity) == 0) {
                look_at_found(find, file, &events[i], &looks[i]);
                known |= UINT64_C(1) << i;
            }
        }
    }
    sqlite3_reset(find);
    for (size_t i = 0; i < count; i++)
        if ((known >> i & 1) == 0)
            looks[i] = (struct outbox_look){.taken = OUTBOX_NEW, .same_cells = same_row};
    return result == SQLITE_DONE || outbox_failed(outbox, "ledger", fault);
}

static void bind_cells(sqlite3_stmt *statement, int place, const struct outbox_event *event)
{
    if (event->cells == NULL)
        sqlite3_bind_null(statement, place);
    else
        sqlite3_bind_blob(statement, place, event->cells, OUTBOX_CELLS_SIZE, SQLITE_STATIC);
}

bool outbox_reword(struct outbox *outbox, const struct outbox_event *event, struct fault *fault)
{
    sqlite3_stmt *reword = outbox->statements[STATEMENT_LEDGER_REWORD];
    outbox_bind_text(reword, 1, event->key);
    outbox_bind_text(reword, 2, event->identity);
    bind_cells(reword, 3, event);
    return outbox_run(outbox, reword, "ledger", fault);
}

/* The event as it goes out: source and sequence are its first fields, so they can stand in front of the rest. */
static bool encode_event(struct outbox *outbox, const uint8_t *content, size_t size, struct fault *fault)
{
    enum { SOURCE_FIELD = 1, SEQUENCE_FIELD = 2 };
    struct wire_writer *writer = &outbox->writer;
    wire_writer_clear(writer);
    wire_put_bytes_field(writer, SOURCE_FIELD, outbox->source, strlen(outbox->source));
    wire_put_varint_field(writer, SEQUENCE_FIELD, outbox->next_sequence);
    if (writer->failed)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    uint8_t *bytes = writer->bytes;
    if (writer->capacity - writer->size < size) {
        bytes = realloc(writer->bytes, writer->size + size);
        if (bytes == NULL)
            return fault_set(fault, FAULT_SYSTEM, "out of memory");
        writer->bytes = bytes;
        writer->capacity = writer->size + size;
    }
    memcpy(bytes + writer->size, content, size);
    writer->size += size;
    return true;
}

bool outbox_number_event(struct outbox *outbox, int64_t file, uint64_t row, const struct outbox_event *event,
                         const uint8_t *content, size_t size, struct fault *fault)
{
    if (!encode_event(outbox, content, size, fault))
        return false;
    sqlite3_stmt *put = outbox->statements[STATEMENT_EVENT_PUT];
    outbox_bind_number(put, 1, outbox->next_sequence);
    sqlite3_bind_int64(put, 2, file);
    outbox_bind_number(put, 3, row);
    outbox_bind_text(put, 4, event->key);
    outbox_bind_text(put, 5, event->identity);
    sqlite3_bind_blob64(put, 6, outbox->writer.bytes, outbox->writer.size, SQLITE_STATIC);
    if (!outbox_run(outbox, put, "event", fault) || (file != outbox->owing_file && !outbox_count_owing(outbox, fault)))
        return false;
    outbox->owing_file = file;
    outbox->owing++;
    outbox->next_sequence++;
    outbox->pending++;
    return true;
}

/* Binds ?1 to ?6 of a statement that changes the ledger; `hash` must last until it ran. */
static void bind_ledger(const struct outbox *outbox, sqlite3_stmt *ledger, int64_t file, uint64_t row,
                        const struct outbox_event *event, uint8_t hash[static OUTBOX_HASH_SIZE])
{
    hash_content(event->content, event->size, hash);
    outbox_bind_text(ledger, 1, event->key);
    outbox_bind_text(ledger, 2, event->identity);
    sqlite3_bind_blob(ledger, 3, hash, OUTBOX_HASH_SIZE, SQLITE_STATIC);
    sqlite3_bind_int64(ledger, 4, file);
    outbox_bind_number(ledger, 5, row);
    outbox_bind_number(ledger, 6, outbox->next_sequence);
}

bool outbox_take(struct outbox *outbox, int64_t file, uint64_t row, const struct outbox_event *event,
                 struct fault *fault)
{
    uint8_t hash[OUTBOX_HASH_SIZE];
    uint8_t envelope[OUTBOX_HASH_SIZE];
    sqlite3_stmt *ledger = outbox->statements[STATEMENT_LEDGER_PUT];
    hash_content(event->content, event->envelope_size, envelope);
    bind_ledger(outbox, ledger, file, row, event, hash);
    sqlite3_bind_blob(ledger, 7, envelope, OUTBOX_HASH_SIZE, SQLITE_STATIC);
    bind_cells(ledger, 8, event);
    return outbox_run(outbox, ledger, "ledger", fault) &&
           outbox_number_event(outbox, file, row, event, event->content, event->size, fault);
}

bool outbox_correct(struct outbox *outbox, int64_t file, uint64_t row, const struct outbox_event *event,
                    const uint8_t *correction, size_t correction_size, struct fault *fault)
{
    uint8_t hash[OUTBOX_HASH_SIZE];
    sqlite3_stmt *ledger = outbox->statements[STATEMENT_LEDGER_CORRECT];
    bind_ledger(outbox, ledger, file, row, event, hash);
    bind_cells(ledger, 7, event);
    return outbox_run(outbox, ledger, "ledger", fault) &&
           outbox_number_event(outbox, file, row, event, correction, correction_size, fault);
}

bool outbox_keep_row(struct outbox *outbox, int64_t file, uint64_t row, const char *record, struct fault *fault)
{
    sqlite3_stmt *put = outbox->statements[STATEMENT_ROW_PUT];
    sqlite3_bind_int64(put, 1, file);
    outbox_bind_number(put, 2, row);
    outbox_bind_text(put, 3, record);
    return outbox_run(outbox, put, "row", fault);
}

bool outbox_kept_row(struct outbox *outbox, int64_t file, uint64_t row, char **record, struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *select = outbox_prepare(outbox, "SELECT record FROM kept_row WHERE file = ?1 AND row = ?2", fault);
    if (select == NULL)
        return false;
    sqlite3_bind_int64(select, 1, file);
    outbox_bind_number(select, 2, row);
    *record = strdup(sqlite3_step(select) == SQLITE_ROW ? outbox_column_text(select, 0) : "");
    return *record != NULL || fault_set(fault, FAULT_SYSTEM, "out of memory");
}

bool outbox_put_rejected(struct outbox *outbox, int64_t file, uint64_t row, const char *event, const char *key,
                         const char *record, const struct reason *reason, struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *insert = outbox_prepare(
        outbox,
        "INSERT INTO rejected(file, row, event, record, code, zh, en, key) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        fault);
    if (insert == NULL)
        return false;
    sqlite3_bind_int64(insert, 1, file);
    outbox_bind_number(insert, 2, row);
    outbox_bind_text(insert, 3, event);
    if (record != NULL)
        outbox_bind_text(insert, 4, record);
    outbox_bind_text(insert, 5, reason->code);
    outbox_bind_text(insert, 6, reason->zh);
    outbox_bind_text(insert, 7, reason->en);
    if (key != NULL)
        outbox_bind_text(insert, 8, key);
    return outbox_run(outbox, insert, "rejected", fault);
}

bool outbox_reject(struct outbox *outbox, int64_t file, uint64_t row, const char *key, const char *record,
                   const struct reason *reason, struct fault *fault)
{
    return outbox_put_rejected(outbox, file, row, "", key, record, reason, fault);
}

bool outbox_rejected_rows(struct outbox *outbox, int64_t file, uint64_t *count, struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *select = outbox_prepare(outbox, "SELECT count(DISTINCT row) FROM rejected WHERE file = ?1", fault);
    if (select == NULL)
        return false;
    sqlite3_bind_int64(select, 1, file);
    if (sqlite3_step(select) != SQLITE_ROW)
        return outbox_failed(outbox, "rejected", fault);
    *count = outbox_column_number(select, 0);
    return true;
}

bool outbox_rejected_each(struct outbox *outbox, int64_t file, bool all,
                          bool (*take)(const struct outbox_rejected *rejected, void *context), void *context,
                          struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *select =
        outbox_prepare(outbox,
                       "SELECT row, event, record, code, zh, en FROM rejected WHERE file = ?1 AND (?2 OR NOT EXISTS("
                       "SELECT 1 FROM mending WHERE mending.file = ?1 AND mending.row = rejected.row AND given_back))"
                       " ORDER BY row, rowid",
                       fault);
    if (select == NULL)
        return false;
    sqlite3_bind_int64(select, 1, file);
    sqlite3_bind_int(select, 2, all ? 1 : 0);
    int result;
    while ((result = sqlite3_step(select)) == SQLITE_ROW) {
        const struct outbox_rejected rejected = {
            .row = outbox_column_number(select, 0),
            .event = outbox_column_text(select, 1),
            .record = sqlite3_column_type(select, 2) == SQLITE_NULL ? NULL : outbox_column_text(select, 2),
            .code = outbox_column_text(select, 3),
            .zh = outbox_column_text(select, 4),
            .en = outbox_column_text(select, 5),
        };
        if (!take(&rejected, context))
            return true;
    }
    return result == SQLITE_DONE || outbox_failed(outbox, "rejected", fault);
}

bool outbox_forget_rows(struct outbox *outbox, int64_t file, struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *forget = outbox_prepare(outbox, "DELETE FROM kept_row WHERE file = ?1 AND row > 0", fault);
    if (forget == NULL)
        return false;
    sqlite3_bind_int64(forget, 1, file);
    return outbox_run(outbox, forget, "row", fault);
}
