#include "outbox_database.h"

#include <stdio.h>
#include <string.h>

#define FILE_COLUMNS                                                                                                   \
    "id, name, size, mtime_ns, hash, stage, mapping, reading, header_row, rows, ignored, eventless, rejected, events," \
    " unchanged, recorded, duplicate, refused, failure_code, failure_zh, failure_en, warning_code, warning_zh, "       \
    "warning_en,"                                                                                                      \
    " attested, corrected, ctime_ns, last_row, original, held, vanished, mended"

static void take_reason(sqlite3_stmt *statement, int place, struct reason *reason)
{
    snprintf(reason->code, sizeof reason->code, "%s", outbox_column_text(statement, place));
    snprintf(reason->zh, sizeof reason->zh, "%s", outbox_column_text(statement, place + 1));
    snprintf(reason->en, sizeof reason->en, "%s", outbox_column_text(statement, place + 2));
}

static void take_file(sqlite3_stmt *statement, struct outbox_file *file)
{
    int at = 0;
    *file = (struct outbox_file){.id = sqlite3_column_int64(statement, at++)};
    snprintf(file->name, sizeof file->name, "%s", outbox_column_text(statement, at++));
    file->size = sqlite3_column_int64(statement, at++);
    file->mtime_ns = sqlite3_column_int64(statement, at++);
    if (sqlite3_column_bytes(statement, at) == OUTBOX_HASH_SIZE)
        memcpy(file->hash, sqlite3_column_blob(statement, at), OUTBOX_HASH_SIZE);
    at++;
    file->stage = (enum outbox_stage)sqlite3_column_int(statement, at++);
    snprintf(file->mapping, sizeof file->mapping, "%s", outbox_column_text(statement, at++));
    snprintf(file->reading, sizeof file->reading, "%s", outbox_column_text(statement, at++));
    uint64_t *const numbers[] = {&file->header_row, &file->rows,   &file->ignored,   &file->eventless,
                                 &file->rejected,   &file->events, &file->unchanged, &file->recorded,
                                 &file->duplicate,  &file->refused};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        *numbers[i] = outbox_column_number(statement, at++);
    take_reason(statement, at, &file->failure);
    take_reason(statement, at + 3, &file->warning);
    snprintf(file->attested, sizeof file->attested, "%s", outbox_column_text(statement, at + 6));
    at += 7;
    file->corrected = outbox_column_number(statement, at++);
    file->ctime_ns = sqlite3_column_int64(statement, at++);
    file->last_row = outbox_column_number(statement, at++);
    file->original = sqlite3_column_int64(statement, at++);
    file->held = outbox_column_number(statement, at++);
    file->vanished = outbox_column_number(statement, at++);
    file->mended = outbox_column_number(statement, at++);
}

/* At most one file; id 0 if the statement gives none. */
static bool find_file(struct outbox *outbox, sqlite3_stmt *statement, struct outbox_file *file, struct fault *fault)
{
    *file = (struct outbox_file){0};
    const int result = sqlite3_step(statement);
    if (result == SQLITE_ROW)
        take_file(statement, file);
    return result == SQLITE_ROW || result == SQLITE_DONE || outbox_failed(outbox, "file", fault);
}

bool outbox_file_find(struct outbox *outbox, const char *name, struct outbox_file *file, struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *statement =
        outbox_prepare(outbox, "SELECT " FILE_COLUMNS " FROM file WHERE name = ?1 ORDER BY id DESC LIMIT 1", fault);
    if (statement == NULL)
        return false;
    outbox_bind_text(statement, 1, name);
    return find_file(outbox, statement, file, fault);
}

bool outbox_file_settled(struct outbox *outbox, int64_t after, struct outbox_file *file, struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *statement = outbox_prepare(
        outbox,
        "SELECT " FILE_COLUMNS " FROM file WHERE stage IN (2, 3) AND pending = 0 AND id > ?1 ORDER BY id LIMIT 1",
        fault);
    if (statement == NULL)
        return false;
    sqlite3_bind_int64(statement, 1, after);
    return find_file(outbox, statement, file, fault);
}

bool outbox_file_reading(struct outbox *outbox, struct outbox_file *file, struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *statement =
        outbox_prepare(outbox, "SELECT " FILE_COLUMNS " FROM file WHERE stage = 1 ORDER BY id LIMIT 1", fault);
    return statement != NULL && find_file(outbox, statement, file, fault);
}

bool outbox_files_open(struct outbox *outbox, uint64_t *count, struct fault *fault)
{
    return outbox_read_number(outbox, "SELECT count(*) FROM file WHERE stage < 4", count, fault);
}

/* Binds what may change, from ?1 on; returns the next place. */
static int bind_file(sqlite3_stmt *statement, const struct outbox_file *file)
{
    int at = 1;
    sqlite3_bind_int64(statement, at++, file->size);
    sqlite3_bind_int64(statement, at++, file->mtime_ns);
    sqlite3_bind_blob(statement, at++, file->hash, OUTBOX_HASH_SIZE, SQLITE_STATIC);
    sqlite3_bind_int(statement, at++, (int)file->stage);
    const char *const texts[] = {file->mapping,    file->reading,    file->failure.code,
                                 file->failure.zh, file->failure.en, file->warning.code,
                                 file->warning.zh, file->warning.en, file->attested};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        outbox_bind_text(statement, at++, texts[i]);
    const uint64_t numbers[] = {file->header_row, file->rows,   file->ignored,   file->eventless,
                                file->rejected,   file->events, file->unchanged, file->corrected,
                                file->last_row,   file->held,   file->vanished,  file->mended};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        outbox_bind_number(statement, at++, numbers[i]);
    sqlite3_bind_int64(statement, at++, file->ctime_ns);
    sqlite3_bind_int64(statement, at++, file->original);
    return at;
}

/* Runs a statement about the finished files of that name. */
static bool forget_of(struct outbox *outbox, const char *text, const char *name, struct fault *fault)
{
    CLEANUP(outbox_statement_free) sqlite3_stmt *forget = outbox_prepare(outbox, text, fault);
    if (forget == NULL)
        return false;
    outbox_bind_text(forget, 1, name);
    return outbox_run(outbox, forget, "file", fault);
}

#define OF_FINISHED " WHERE file IN (SELECT id FROM file WHERE name = ?1 AND stage = 4)"

static bool forget_finished(struct outbox *outbox, const char *name, struct fault *fault)
{
    return forget_of(outbox, "DELETE FROM rejected" OF_FINISHED, name, fault) &&
           forget_of(outbox, "DELETE FROM note" OF_FINISHED, name, fault) &&
           forget_of(outbox, "DELETE FROM mending" OF_FINISHED, name, fault) &&
           forget_of(outbox, "DELETE FROM kept_row" OF_FINISHED, name, fault) &&
           forget_of(outbox, "DELETE FROM file WHERE name = ?1 AND stage = 4", name, fault);
}

bool outbox_file_add(struct outbox *outbox, struct outbox_file *file, struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *insert = outbox_prepare(
        outbox,
        "INSERT INTO file(size, mtime_ns, hash, stage, mapping, reading, failure_code, failure_zh, failure_en,"
        " warning_code, warning_zh, warning_en, attested, header_row, rows, ignored, eventless, rejected, events,"
        " unchanged, corrected, last_row, held, vanished, mended, ctime_ns, original, name) VALUES(?1, ?2, ?3, ?4, ?5,"
        " ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27,"
        " ?28)",
        fault);
    if (insert == NULL || !forget_finished(outbox, file->name, fault))
        return false;
    outbox_bind_text(insert, bind_file(insert, file), file->name);
    if (!outbox_run(outbox, insert, "file", fault))
        return false;
    file->id = sqlite3_last_insert_rowid(outbox->database);
    return true;
}

bool outbox_file_save(struct outbox *outbox, const struct outbox_file *file, struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *update = outbox_prepare(
        outbox,
        "UPDATE file SET size = ?1, mtime_ns = ?2, hash = ?3, stage = ?4, mapping = ?5, reading = ?6,"
        " failure_code = ?7, failure_zh = ?8, failure_en = ?9, warning_code = ?10, warning_zh = ?11,"
        " warning_en = ?12, attested = ?13, header_row = ?14, rows = ?15, ignored = ?16, eventless = ?17,"
        " rejected = ?18, events = ?19, unchanged = ?20, corrected = ?21, last_row = ?22, held = ?23, vanished = ?24,"
        " mended = ?25, ctime_ns = ?26, original = ?27 WHERE id = ?28",
        fault);
    if (update == NULL)
        return false;
    sqlite3_bind_int64(update, bind_file(update, file), file->id);
    return outbox_run(outbox, update, "file", fault);
}
