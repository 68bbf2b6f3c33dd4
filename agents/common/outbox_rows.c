#include "outbox_database.h"

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

/* What a row of the ledger says of an event with this content. */
static enum outbox_taken compare_content(sqlite3_stmt *found, int64_t file, const uint8_t hash[static OUTBOX_HASH_SIZE])
{
    const bool same = hash_is(found, 0, hash);
    const bool own = sqlite3_column_int64(found, 1) == file;
    const bool was_rejected = sqlite3_column_int(found, 3) != 0;
    const bool stands = outbox_column_number(found, 4) != 0; /* the original; what was rejected was its correction */
    if (same && own)
        return OUTBOX_TAKEN;
    if (was_rejected && !stands)
        return OUTBOX_NEW;
    return hash_is(found, was_rejected ? 6 : 0, hash) ? OUTBOX_UNCHANGED : OUTBOX_CHANGED;
}

bool outbox_look(struct outbox *outbox, int64_t file, const struct outbox_event *event, struct outbox_look *look,
                 struct fault *fault)
{
    uint8_t hash[OUTBOX_HASH_SIZE];
    uint8_t envelope[OUTBOX_HASH_SIZE];
    hash_content(event->content, event->size, hash);
    hash_content(event->content, event->envelope_size, envelope);
    sqlite3_stmt *find = outbox->statements[STATEMENT_LEDGER_FIND];
    outbox_bind_text(find, 1, event->key);
    outbox_bind_text(find, 2, event->identity);
    *look = (struct outbox_look){.taken = OUTBOX_NEW};
    const int result = sqlite3_step(find);
    if (result == SQLITE_ROW)
        *look = (struct outbox_look){.taken = compare_content(find, file, hash),
                                     .earlier_row = outbox_column_number(find, 2),
                                     .position = outbox_column_number(find, 4),
                                     .unanswered = sqlite3_column_int(find, 7) != 0,
                                     .same_envelope = hash_is(find, 5, envelope)};
    sqlite3_reset(find);
    return result == SQLITE_ROW || result == SQLITE_DONE || outbox_failed(outbox, "ledger", fault);
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
    sqlite3_stmt *owes = outbox->statements[STATEMENT_FILE_OWES];
    sqlite3_bind_int64(owes, 1, file);
    if (!outbox_run(outbox, put, "event", fault) || !outbox_run(outbox, owes, "file", fault))
        return false;
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
    return outbox_run(outbox, ledger, "ledger", fault) &&
           outbox_number_event(outbox, file, row, event, event->content, event->size, fault);
}

bool outbox_correct(struct outbox *outbox, int64_t file, uint64_t row, const struct outbox_event *event,
                    const uint8_t *correction, size_t correction_size, struct fault *fault)
{
    uint8_t hash[OUTBOX_HASH_SIZE];
    sqlite3_stmt *ledger = outbox->statements[STATEMENT_LEDGER_CORRECT];
    bind_ledger(outbox, ledger, file, row, event, hash);
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

bool outbox_put_rejected(struct outbox *outbox, int64_t file, uint64_t row, const char *event, const char *record,
                         const struct reason *reason, struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *insert = outbox_prepare(
        outbox, "INSERT INTO rejected(file, row, event, record, code, zh, en) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
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
    return outbox_run(outbox, insert, "rejected", fault);
}

bool outbox_reject(struct outbox *outbox, int64_t file, uint64_t row, const char *record, const struct reason *reason,
                   struct fault *fault)
{
    return outbox_put_rejected(outbox, file, row, "", record, reason, fault);
}

bool outbox_rejected_each(struct outbox *outbox, int64_t file,
                          bool (*take)(const struct outbox_rejected *rejected, void *context), void *context,
                          struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *select = outbox_prepare(
        outbox, "SELECT row, event, record, code, zh, en FROM rejected WHERE file = ?1 ORDER BY row, rowid", fault);
    if (select == NULL)
        return false;
    sqlite3_bind_int64(select, 1, file);
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
    sqlite3_stmt *forget = outbox_prepare(outbox, "DELETE FROM kept_row WHERE file = ?1", fault);
    if (forget == NULL)
        return false;
    sqlite3_bind_int64(forget, 1, file);
    return outbox_run(outbox, forget, "row", fault);
}
