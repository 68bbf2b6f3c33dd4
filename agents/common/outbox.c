#include "outbox.h"

#include "event.pb-c.h"
#include "personal.h"
#include "wire.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* Statements used for every row stay prepared. */
enum statement {
    STATEMENT_BEGIN,
    STATEMENT_COMMIT,
    STATEMENT_LEDGER_FIND,
    STATEMENT_LEDGER_PUT,
    STATEMENT_LEDGER_CORRECT,
    STATEMENT_LEDGER_PLACE,
    STATEMENT_EVENT_PUT,
    STATEMENT_ROW_PUT,
    STATEMENT_FILE_OWES,
    STATEMENT_EVENT_FIND,
    STATEMENT_EVENT_READ,
    STATEMENT_EVENT_DROP,
    STATEMENT_FILE_ANSWERED,
    STATEMENT_NEXT_SAVE,
    STATEMENT_COUNT
};

static const char *const statement_texts[STATEMENT_COUNT] = {
    [STATEMENT_BEGIN] = "BEGIN IMMEDIATE",
    [STATEMENT_COMMIT] = "COMMIT",
    [STATEMENT_LEDGER_FIND] = ("SELECT content, file, row, rejected, position, envelope, standing FROM ledger"
                               " WHERE key = ?1 AND event = ?2"),
    [STATEMENT_LEDGER_PUT] = ("INSERT INTO ledger(key, event, content, file, row, sequence, rejected, envelope)"
                              " VALUES(?1, ?2, ?3, ?4, ?5, ?6, 0, ?7) ON CONFLICT(key, event) DO UPDATE SET"
                              " content = ?3, file = ?4, row = ?5, sequence = ?6, rejected = 0, envelope = ?7"),
    [STATEMENT_LEDGER_CORRECT] = ("UPDATE ledger SET standing = CASE rejected WHEN 0 THEN content ELSE standing END,"
                                  " content = ?3, file = ?4, row = ?5, sequence = ?6, rejected = 0"
                                  " WHERE key = ?1 AND event = ?2"),
    /* A correction's own position is not the original's. */
    [STATEMENT_LEDGER_PLACE] = ("UPDATE ledger SET position = ?4 WHERE key = ?1 AND event = ?2 AND sequence = ?3"
                                " AND position = 0"),
    [STATEMENT_EVENT_PUT] = "INSERT INTO event(sequence, file, row, key, event, bytes) VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
    [STATEMENT_ROW_PUT] = "INSERT OR REPLACE INTO kept_row(file, row, record) VALUES(?1, ?2, ?3)",
    [STATEMENT_FILE_OWES] = "UPDATE file SET pending = pending + 1 WHERE id = ?1",
    [STATEMENT_EVENT_FIND] = "SELECT file, row, key, event FROM event WHERE sequence = ?1",
    [STATEMENT_EVENT_READ] = "SELECT sequence, bytes FROM event WHERE sequence >= ?1 ORDER BY sequence LIMIT ?2",
    [STATEMENT_EVENT_DROP] = "DELETE FROM event WHERE sequence = ?1",
    [STATEMENT_FILE_ANSWERED] = ("UPDATE file SET pending = pending - 1, recorded = recorded + ?2,"
                                 " duplicate = duplicate + ?3, refused = refused + ?4 WHERE id = ?1"),
    [STATEMENT_NEXT_SAVE] = "UPDATE outbox SET next_sequence = ?1",
};

/* Version 2 of the tables. The ledger is keyed as an event's identity is: the source (the whole outbox), the row's key
 * and the event's type. Hashes in it: content, of the whole event as sent last; envelope, of what a correction cannot
 * change; standing, of the content before a correction that the hub may yet reject. `kept_row` and `event` shrink
 * again; ledger and files stay. */
static const char schema[] =
    "CREATE TABLE IF NOT EXISTS outbox(version INTEGER NOT NULL, source TEXT NOT NULL, next_sequence INTEGER NOT NULL);"
    "CREATE TABLE IF NOT EXISTS file(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, size INTEGER NOT NULL,"
    " mtime_ns INTEGER NOT NULL, hash BLOB NOT NULL, stage INTEGER NOT NULL, mapping TEXT NOT NULL,"
    " reading TEXT NOT NULL, header_row INTEGER NOT NULL, rows INTEGER NOT NULL, ignored INTEGER NOT NULL,"
    " eventless INTEGER NOT NULL, rejected INTEGER NOT NULL, events INTEGER NOT NULL, unchanged INTEGER NOT NULL,"
    " recorded INTEGER NOT NULL DEFAULT 0, duplicate INTEGER NOT NULL DEFAULT 0, refused INTEGER NOT NULL DEFAULT 0,"
    " pending INTEGER NOT NULL DEFAULT 0, failure_code TEXT NOT NULL, failure_zh TEXT NOT NULL,"
    " failure_en TEXT NOT NULL, warning_code TEXT NOT NULL, warning_zh TEXT NOT NULL, warning_en TEXT NOT NULL,"
    " attested TEXT NOT NULL, corrected INTEGER NOT NULL DEFAULT 0);"
    "CREATE INDEX IF NOT EXISTS file_by_name ON file(name, id);"
    "CREATE INDEX IF NOT EXISTS file_open ON file(stage) WHERE stage < 4;"
    "CREATE TABLE IF NOT EXISTS ledger(key TEXT NOT NULL, event TEXT NOT NULL, content BLOB NOT NULL,"
    " file INTEGER NOT NULL, row INTEGER NOT NULL, sequence INTEGER NOT NULL, rejected INTEGER NOT NULL,"
    " position INTEGER NOT NULL DEFAULT 0, envelope BLOB, standing BLOB, PRIMARY KEY(key, event)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS event(sequence INTEGER PRIMARY KEY, file INTEGER NOT NULL, row INTEGER NOT NULL,"
    " key TEXT NOT NULL, event TEXT NOT NULL, bytes BLOB NOT NULL);"
    "CREATE TABLE IF NOT EXISTS kept_row(file INTEGER NOT NULL, row INTEGER NOT NULL, record TEXT NOT NULL,"
    " PRIMARY KEY(file, row)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS rejected(file INTEGER NOT NULL, row INTEGER NOT NULL, event TEXT NOT NULL,"
    " record TEXT, code TEXT NOT NULL, zh TEXT NOT NULL, en TEXT NOT NULL);"
    "CREATE INDEX IF NOT EXISTS rejected_by_file ON rejected(file, row);";

/* From version 1: it did not ask where an event stands, so what it sent cannot be corrected from a file. */
static const char from_version_1[] = "BEGIN IMMEDIATE;"
                                     "ALTER TABLE file ADD COLUMN corrected INTEGER NOT NULL DEFAULT 0;"
                                     "ALTER TABLE ledger ADD COLUMN position INTEGER NOT NULL DEFAULT 0;"
                                     "ALTER TABLE ledger ADD COLUMN envelope BLOB;"
                                     "ALTER TABLE ledger ADD COLUMN standing BLOB;"
                                     "UPDATE outbox SET version = 2;"
                                     "COMMIT;";

struct outbox {
    sqlite3 *database;
    sqlite3_stmt *statements[STATEMENT_COUNT];
    char *source;
    uint64_t next_sequence;
    uint64_t pending;
    /* As they stood when the transaction began: a rollback takes them back too. */
    uint64_t next_sequence_before;
    uint64_t pending_before;
    struct wire_writer writer;
    int lock; /* held as long as the outbox is open; -1: a copy needs none */
};

/* ---- calling SQLite ---- */

static bool failed(const struct outbox *outbox, const char *doing, struct fault *fault)
{
    return fault_set(fault, FAULT_SYSTEM, "outbox of %s: %s: %s", outbox->source, doing,
                     sqlite3_errmsg(outbox->database));
}

static bool execute(struct outbox *outbox, const char *text, struct fault *fault)
{
    return sqlite3_exec(outbox->database, text, NULL, NULL, NULL) == SQLITE_OK || failed(outbox, "SQL", fault);
}

static void statement_free(sqlite3_stmt **statement)
{
    sqlite3_finalize(*statement);
    *statement = NULL;
}

/* A statement for rare use; CLEANUP(statement_free). */
static sqlite3_stmt *prepare(struct outbox *outbox, const char *text, struct fault *fault)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(outbox->database, text, -1, &statement, NULL) != SQLITE_OK)
        failed(outbox, "prepare", fault);
    return statement;
}

static void bind_text(sqlite3_stmt *statement, int place, const char *text)
{
    sqlite3_bind_text(statement, place, text, -1, SQLITE_STATIC);
}

static void bind_number(sqlite3_stmt *statement, int place, uint64_t number)
{
    sqlite3_bind_int64(statement, place, (sqlite3_int64)number);
}

/* Runs a statement that gives no rows. */
static bool run(struct outbox *outbox, sqlite3_stmt *statement, const char *doing, struct fault *fault)
{
    const int result = sqlite3_step(statement);
    sqlite3_reset(statement);
    return result == SQLITE_DONE || failed(outbox, doing, fault);
}

static uint64_t column_number(sqlite3_stmt *statement, int place)
{
    return (uint64_t)sqlite3_column_int64(statement, place);
}

static const char *column_text(sqlite3_stmt *statement, int place)
{
    const unsigned char *text = sqlite3_column_text(statement, place);
    return text == NULL ? "" : (const char *)text;
}

/* ---- opening ---- */

static bool read_number(struct outbox *outbox, const char *text, uint64_t *number, struct fault *fault)
{
    CLEANUP(statement_free) sqlite3_stmt *statement = prepare(outbox, text, fault);
    if (statement == NULL)
        return false;
    if (sqlite3_step(statement) != SQLITE_ROW)
        return failed(outbox, text, fault);
    *number = column_number(statement, 0);
    return true;
}

static bool claim(struct outbox *outbox, struct fault *fault)
{
    CLEANUP(statement_free)
    sqlite3_stmt *insert =
        prepare(outbox, "INSERT INTO outbox SELECT 2, ?1, 1 WHERE NOT EXISTS(SELECT 1 FROM outbox)", fault);
    if (insert == NULL)
        return false;
    bind_text(insert, 1, outbox->source);
    if (!run(outbox, insert, "claim", fault))
        return false;
    CLEANUP(statement_free)
    sqlite3_stmt *select = prepare(outbox, "SELECT version, source, next_sequence FROM outbox", fault);
    if (select == NULL)
        return false;
    if (sqlite3_step(select) != SQLITE_ROW)
        return failed(outbox, "claim", fault);
    const uint64_t version = column_number(select, 0);
    if (version > 2)
        return fault_set(fault, FAULT_USAGE, "the outbox was written by a newer program: update this one");
    if (strcmp(column_text(select, 1), outbox->source) != 0)
        return fault_set(fault, FAULT_USAGE, "the outbox belongs to source %s, not %s: give each source its own state",
                         column_text(select, 1), outbox->source);
    outbox->next_sequence = column_number(select, 2);
    sqlite3_reset(select); /* an open statement holds the tables */
    return version == 2 || execute(outbox, from_version_1, fault);
}

static bool set_up(struct outbox *outbox, struct fault *fault)
{
    if (!execute(outbox, schema, fault) || !claim(outbox, fault))
        return false;
    for (int i = 0; i < STATEMENT_COUNT; i++) {
        if (sqlite3_prepare_v3(outbox->database, statement_texts[i], -1, SQLITE_PREPARE_PERSISTENT,
                               &outbox->statements[i], NULL) != SQLITE_OK)
            return failed(outbox, statement_texts[i], fault);
    }
    return read_number(outbox, "SELECT count(*) FROM event", &outbox->pending, fault);
}

static struct outbox *outbox_new(const char *source, struct fault *fault)
{
    struct outbox *outbox = calloc(1, sizeof *outbox);
    if (outbox != NULL) {
        outbox->lock = -1;
        outbox->source = strdup(source);
    }
    if (outbox == NULL || outbox->source == NULL) {
        free(outbox);
        fault_set(fault, FAULT_SYSTEM, "out of memory");
        return NULL;
    }
    return outbox;
}

/* The database itself stays readable for `--try` and for operators: the lock is a file of its own. */
static bool take_lock(struct outbox *outbox, const char *dir, struct fault *fault)
{
    char path[4096];
    if (snprintf(path, sizeof path, "%s/outbox.lock", dir) >= (int)sizeof path)
        return fault_set(fault, FAULT_USAGE, "%s: too long for a folder's name", dir);
    outbox->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (outbox->lock < 0)
        return fault_set(fault, FAULT_SYSTEM, "%s: %s", path, strerror(errno));
    return flock(outbox->lock, LOCK_EX | LOCK_NB) == 0 ||
           fault_set(fault, FAULT_USAGE, "%s: another agent is using this outbox", dir);
}

static bool database_path(const char *dir, char path[static 4096], struct fault *fault)
{
    if (snprintf(path, 4096, "%s/outbox.sqlite", dir) >= 4096)
        return fault_set(fault, FAULT_USAGE, "%s: too long for a folder's name", dir);
    return true;
}

enum { BUSY_TIMEOUT_MS = 2000 }; /* the agent and an operator's look at its file may hold each other up for a moment */

struct outbox *outbox_open(const char *dir, const char *source, struct fault *fault)
{
    char path[4096];
    CLEANUP(outbox_close) struct outbox *outbox = outbox_new(source, fault);
    if (outbox == NULL || !take_lock(outbox, dir, fault) || !database_path(dir, path, fault))
        return NULL;
    if (sqlite3_open_v2(path, &outbox->database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) != SQLITE_OK) {
        fault_set(fault, FAULT_SYSTEM, "%s: %s", path, sqlite3_errmsg(outbox->database));
        return NULL;
    }
    sqlite3_busy_timeout(outbox->database, BUSY_TIMEOUT_MS);
    /* FULL: a number once sent must be durable, or it would be given to another event. */
    if (!execute(outbox, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;", fault) || !set_up(outbox, fault))
        return NULL;
    struct outbox *opened = outbox;
    outbox = NULL;
    return opened;
}

/* Copies what is committed in `path`, if it is there. */
static bool copy_from(struct outbox *outbox, const char *path, struct fault *fault)
{
    sqlite3 *original = NULL;
    bool copied = true;
    if (sqlite3_open_v2(path, &original, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK) {
        sqlite3_busy_timeout(original, BUSY_TIMEOUT_MS);
        sqlite3_backup *backup = sqlite3_backup_init(outbox->database, "main", original, "main");
        copied = backup != NULL && sqlite3_backup_step(backup, -1) == SQLITE_DONE;
        if (backup != NULL)
            sqlite3_backup_finish(backup);
    }
    sqlite3_close(original);
    return copied || fault_set(fault, FAULT_SYSTEM, "%s: cannot be read: is the agent running?", path);
}

struct outbox *outbox_open_copy(const char *dir, const char *source, struct fault *fault)
{
    char path[4096];
    CLEANUP(outbox_close) struct outbox *outbox = outbox_new(source, fault);
    if (outbox == NULL || !database_path(dir, path, fault))
        return NULL;
    if (sqlite3_open(":memory:", &outbox->database) != SQLITE_OK) {
        failed(outbox, "open", fault);
        return NULL;
    }
    if (!copy_from(outbox, path, fault) || !set_up(outbox, fault))
        return NULL;
    struct outbox *opened = outbox;
    outbox = NULL;
    return opened;
}

void outbox_close(struct outbox **outbox)
{
    struct outbox *gone = *outbox;
    *outbox = NULL;
    if (gone == NULL)
        return;
    for (int i = 0; i < STATEMENT_COUNT; i++)
        sqlite3_finalize(gone->statements[i]);
    sqlite3_close(gone->database);
    if (gone->lock >= 0)
        close(gone->lock);
    wire_writer_release(&gone->writer);
    free(gone->source);
    free(gone);
}

uint64_t outbox_next_sequence(const struct outbox *outbox)
{
    return outbox->next_sequence;
}

uint64_t outbox_pending(const struct outbox *outbox)
{
    return outbox->pending;
}

bool outbox_first_pending(struct outbox *outbox, uint64_t *sequence, struct fault *fault)
{
    *sequence = outbox->next_sequence;
    return outbox->pending == 0 || read_number(outbox, "SELECT min(sequence) FROM event", sequence, fault);
}

bool outbox_begin(struct outbox *outbox, struct fault *fault)
{
    outbox->next_sequence_before = outbox->next_sequence;
    outbox->pending_before = outbox->pending;
    return run(outbox, outbox->statements[STATEMENT_BEGIN], "begin", fault);
}

bool outbox_commit(struct outbox *outbox, struct fault *fault)
{
    sqlite3_stmt *save = outbox->statements[STATEMENT_NEXT_SAVE];
    bind_number(save, 1, outbox->next_sequence);
    if ((outbox->next_sequence == outbox->next_sequence_before || run(outbox, save, "number", fault)) &&
        run(outbox, outbox->statements[STATEMENT_COMMIT], "commit", fault))
        return true;
    outbox_rollback(outbox);
    return false;
}

void outbox_rollback(struct outbox *outbox)
{
    sqlite3_exec(outbox->database, "ROLLBACK", NULL, NULL, NULL);
    outbox->next_sequence = outbox->next_sequence_before;
    outbox->pending = outbox->pending_before;
}

/* ---- files ---- */

#define FILE_COLUMNS                                                                                                   \
    "id, name, size, mtime_ns, hash, stage, mapping, reading, header_row, rows, ignored, eventless, rejected, events," \
    " unchanged, recorded, duplicate, refused, failure_code, failure_zh, failure_en, warning_code, warning_zh, "       \
    "warning_en,"                                                                                                      \
    " attested, corrected"

static void take_reason(sqlite3_stmt *statement, int place, struct reason *reason)
{
    snprintf(reason->code, sizeof reason->code, "%s", column_text(statement, place));
    snprintf(reason->zh, sizeof reason->zh, "%s", column_text(statement, place + 1));
    snprintf(reason->en, sizeof reason->en, "%s", column_text(statement, place + 2));
}

static void take_file(sqlite3_stmt *statement, struct outbox_file *file)
{
    int at = 0;
    *file = (struct outbox_file){.id = sqlite3_column_int64(statement, at++)};
    snprintf(file->name, sizeof file->name, "%s", column_text(statement, at++));
    file->size = sqlite3_column_int64(statement, at++);
    file->mtime_ns = sqlite3_column_int64(statement, at++);
    if (sqlite3_column_bytes(statement, at) == OUTBOX_HASH_SIZE)
        memcpy(file->hash, sqlite3_column_blob(statement, at), OUTBOX_HASH_SIZE);
    at++;
    file->stage = (enum outbox_stage)sqlite3_column_int(statement, at++);
    snprintf(file->mapping, sizeof file->mapping, "%s", column_text(statement, at++));
    snprintf(file->reading, sizeof file->reading, "%s", column_text(statement, at++));
    uint64_t *const numbers[] = {&file->header_row, &file->rows,   &file->ignored,   &file->eventless,
                                 &file->rejected,   &file->events, &file->unchanged, &file->recorded,
                                 &file->duplicate,  &file->refused};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        *numbers[i] = column_number(statement, at++);
    take_reason(statement, at, &file->failure);
    take_reason(statement, at + 3, &file->warning);
    snprintf(file->attested, sizeof file->attested, "%s", column_text(statement, at + 6));
    file->corrected = column_number(statement, at + 7);
}

/* At most one file; id 0 if the statement gives none. */
static bool find_file(struct outbox *outbox, sqlite3_stmt *statement, struct outbox_file *file, struct fault *fault)
{
    *file = (struct outbox_file){0};
    const int result = sqlite3_step(statement);
    if (result == SQLITE_ROW)
        take_file(statement, file);
    return result == SQLITE_ROW || result == SQLITE_DONE || failed(outbox, "file", fault);
}

bool outbox_file_find(struct outbox *outbox, const char *name, struct outbox_file *file, struct fault *fault)
{
    CLEANUP(statement_free)
    sqlite3_stmt *statement =
        prepare(outbox, "SELECT " FILE_COLUMNS " FROM file WHERE name = ?1 ORDER BY id DESC LIMIT 1", fault);
    if (statement == NULL)
        return false;
    bind_text(statement, 1, name);
    return find_file(outbox, statement, file, fault);
}

bool outbox_file_settled(struct outbox *outbox, struct outbox_file *file, struct fault *fault)
{
    CLEANUP(statement_free)
    sqlite3_stmt *statement = prepare(
        outbox, "SELECT " FILE_COLUMNS " FROM file WHERE stage IN (2, 3) AND pending = 0 ORDER BY id LIMIT 1", fault);
    return statement != NULL && find_file(outbox, statement, file, fault);
}

bool outbox_file_reading(struct outbox *outbox, struct outbox_file *file, struct fault *fault)
{
    CLEANUP(statement_free)
    sqlite3_stmt *statement =
        prepare(outbox, "SELECT " FILE_COLUMNS " FROM file WHERE stage = 1 ORDER BY id LIMIT 1", fault);
    return statement != NULL && find_file(outbox, statement, file, fault);
}

bool outbox_files_open(struct outbox *outbox, uint64_t *count, struct fault *fault)
{
    return read_number(outbox, "SELECT count(*) FROM file WHERE stage < 4", count, fault);
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
        bind_text(statement, at++, texts[i]);
    const uint64_t numbers[] = {file->header_row, file->rows,   file->ignored,   file->eventless,
                                file->rejected,   file->events, file->unchanged, file->corrected};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        bind_number(statement, at++, numbers[i]);
    return at;
}

bool outbox_file_add(struct outbox *outbox, struct outbox_file *file, struct fault *fault)
{
    CLEANUP(statement_free)
    sqlite3_stmt *forget_rejected = prepare(
        outbox, "DELETE FROM rejected WHERE file IN (SELECT id FROM file WHERE name = ?1 AND stage = 4)", fault);
    CLEANUP(statement_free)
    sqlite3_stmt *forget = prepare(outbox, "DELETE FROM file WHERE name = ?1 AND stage = 4", fault);
    CLEANUP(statement_free)
    sqlite3_stmt *insert = prepare(
        outbox,
        "INSERT INTO file(size, mtime_ns, hash, stage, mapping, reading, failure_code, failure_zh, failure_en,"
        " warning_code, warning_zh, warning_en, attested, header_row, rows, ignored, eventless, rejected, events,"
        " unchanged, corrected, name) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,"
        " ?17, ?18, ?19, ?20, ?21, ?22)",
        fault);
    if (forget_rejected == NULL || forget == NULL || insert == NULL)
        return false;
    bind_text(forget_rejected, 1, file->name);
    bind_text(forget, 1, file->name);
    bind_text(insert, bind_file(insert, file), file->name);
    if (!run(outbox, forget_rejected, "file", fault) || !run(outbox, forget, "file", fault) ||
        !run(outbox, insert, "file", fault))
        return false;
    file->id = sqlite3_last_insert_rowid(outbox->database);
    return true;
}

bool outbox_file_save(struct outbox *outbox, const struct outbox_file *file, struct fault *fault)
{
    CLEANUP(statement_free)
    sqlite3_stmt *update =
        prepare(outbox,
                "UPDATE file SET size = ?1, mtime_ns = ?2, hash = ?3, stage = ?4, mapping = ?5, reading = ?6,"
                " failure_code = ?7, failure_zh = ?8, failure_en = ?9, warning_code = ?10, warning_zh = ?11,"
                " warning_en = ?12, attested = ?13, header_row = ?14, rows = ?15, ignored = ?16, eventless = ?17,"
                " rejected = ?18, events = ?19, unchanged = ?20, corrected = ?21 WHERE id = ?22",
                fault);
    if (update == NULL)
        return false;
    sqlite3_bind_int64(update, bind_file(update, file), file->id);
    return run(outbox, update, "file", fault);
}

bool outbox_file_restart(struct outbox *outbox, struct outbox_file *file, struct fault *fault)
{
    CLEANUP(statement_free)
    sqlite3_stmt *forget = prepare(outbox, "DELETE FROM rejected WHERE file = ?1 AND event = ''", fault);
    if (forget == NULL)
        return false;
    sqlite3_bind_int64(forget, 1, file->id);
    file->rows = 0;
    file->ignored = 0;
    file->eventless = 0;
    file->rejected = 0;
    file->events = 0;
    file->unchanged = 0;
    file->corrected = 0;
    return run(outbox, forget, "file", fault) && outbox_file_save(outbox, file, fault);
}

/* ---- rows ---- */

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
    const bool stands = column_number(found, 4) != 0; /* the original; what was rejected was its correction */
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
    bind_text(find, 1, event->key);
    bind_text(find, 2, event->identity);
    *look = (struct outbox_look){.taken = OUTBOX_NEW};
    const int result = sqlite3_step(find);
    if (result == SQLITE_ROW)
        *look = (struct outbox_look){.taken = compare_content(find, file, hash),
                                     .earlier_row = column_number(find, 2),
                                     .position = column_number(find, 4),
                                     .same_envelope = hash_is(find, 5, envelope)};
    sqlite3_reset(find);
    return result == SQLITE_ROW || result == SQLITE_DONE || failed(outbox, "ledger", fault);
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

/* Gives the next number to `content` and puts it where it is sent from. */
static bool number_event(struct outbox *outbox, int64_t file, uint64_t row, const struct outbox_event *event,
                         const uint8_t *content, size_t size, struct fault *fault)
{
    if (!encode_event(outbox, content, size, fault))
        return false;
    sqlite3_stmt *put = outbox->statements[STATEMENT_EVENT_PUT];
    bind_number(put, 1, outbox->next_sequence);
    sqlite3_bind_int64(put, 2, file);
    bind_number(put, 3, row);
    bind_text(put, 4, event->key);
    bind_text(put, 5, event->identity);
    sqlite3_bind_blob64(put, 6, outbox->writer.bytes, outbox->writer.size, SQLITE_STATIC);
    sqlite3_stmt *owes = outbox->statements[STATEMENT_FILE_OWES];
    sqlite3_bind_int64(owes, 1, file);
    if (!run(outbox, put, "event", fault) || !run(outbox, owes, "file", fault))
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
    bind_text(ledger, 1, event->key);
    bind_text(ledger, 2, event->identity);
    sqlite3_bind_blob(ledger, 3, hash, OUTBOX_HASH_SIZE, SQLITE_STATIC);
    sqlite3_bind_int64(ledger, 4, file);
    bind_number(ledger, 5, row);
    bind_number(ledger, 6, outbox->next_sequence);
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
    return run(outbox, ledger, "ledger", fault) &&
           number_event(outbox, file, row, event, event->content, event->size, fault);
}

bool outbox_correct(struct outbox *outbox, int64_t file, uint64_t row, const struct outbox_event *event,
                    const uint8_t *correction, size_t correction_size, struct fault *fault)
{
    uint8_t hash[OUTBOX_HASH_SIZE];
    sqlite3_stmt *ledger = outbox->statements[STATEMENT_LEDGER_CORRECT];
    bind_ledger(outbox, ledger, file, row, event, hash);
    return run(outbox, ledger, "ledger", fault) &&
           number_event(outbox, file, row, event, correction, correction_size, fault);
}

bool outbox_keep_row(struct outbox *outbox, int64_t file, uint64_t row, const char *record, struct fault *fault)
{
    sqlite3_stmt *put = outbox->statements[STATEMENT_ROW_PUT];
    sqlite3_bind_int64(put, 1, file);
    bind_number(put, 2, row);
    bind_text(put, 3, record);
    return run(outbox, put, "row", fault);
}

bool outbox_kept_row(struct outbox *outbox, int64_t file, uint64_t row, char **record, struct fault *fault)
{
    CLEANUP(statement_free)
    sqlite3_stmt *select = prepare(outbox, "SELECT record FROM kept_row WHERE file = ?1 AND row = ?2", fault);
    if (select == NULL)
        return false;
    sqlite3_bind_int64(select, 1, file);
    bind_number(select, 2, row);
    *record = strdup(sqlite3_step(select) == SQLITE_ROW ? column_text(select, 0) : "");
    return *record != NULL || fault_set(fault, FAULT_SYSTEM, "out of memory");
}

static bool put_rejected(struct outbox *outbox, int64_t file, uint64_t row, const char *event, const char *record,
                         const struct reason *reason, struct fault *fault)
{
    CLEANUP(statement_free)
    sqlite3_stmt *insert = prepare(
        outbox, "INSERT INTO rejected(file, row, event, record, code, zh, en) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        fault);
    if (insert == NULL)
        return false;
    sqlite3_bind_int64(insert, 1, file);
    bind_number(insert, 2, row);
    bind_text(insert, 3, event);
    if (record != NULL)
        bind_text(insert, 4, record);
    bind_text(insert, 5, reason->code);
    bind_text(insert, 6, reason->zh);
    bind_text(insert, 7, reason->en);
    return run(outbox, insert, "rejected", fault);
}

bool outbox_reject(struct outbox *outbox, int64_t file, uint64_t row, const char *record, const struct reason *reason,
                   struct fault *fault)
{
    return put_rejected(outbox, file, row, "", record, reason, fault);
}

bool outbox_rejected_each(struct outbox *outbox, int64_t file,
                          bool (*take)(const struct outbox_rejected *rejected, void *context), void *context,
                          struct fault *fault)
{
    CLEANUP(statement_free)
    sqlite3_stmt *select = prepare(
        outbox, "SELECT row, event, record, code, zh, en FROM rejected WHERE file = ?1 ORDER BY row, rowid", fault);
    if (select == NULL)
        return false;
    sqlite3_bind_int64(select, 1, file);
    int result;
    while ((result = sqlite3_step(select)) == SQLITE_ROW) {
        const struct outbox_rejected rejected = {
            .row = column_number(select, 0),
            .event = column_text(select, 1),
            .record = sqlite3_column_type(select, 2) == SQLITE_NULL ? NULL : column_text(select, 2),
            .code = column_text(select, 3),
            .zh = column_text(select, 4),
            .en = column_text(select, 5),
        };
        if (!take(&rejected, context))
            return true;
    }
    return result == SQLITE_DONE || failed(outbox, "rejected", fault);
}

bool outbox_forget_rows(struct outbox *outbox, int64_t file, struct fault *fault)
{
    CLEANUP(statement_free)
    sqlite3_stmt *forget = prepare(outbox, "DELETE FROM kept_row WHERE file = ?1", fault);
    if (forget == NULL)
        return false;
    sqlite3_bind_int64(forget, 1, file);
    return run(outbox, forget, "row", fault);
}

/* ---- sending ---- */

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
    bind_number(read, 1, from);
    bind_number(read, 2, limit < OUTBOX_BATCH_MAX ? limit : OUTBOX_BATCH_MAX);
    int result;
    bool added = true;
    while ((result = sqlite3_step(read)) == SQLITE_ROW) {
        const uint64_t sequence = column_number(read, 0);
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
    return result == SQLITE_ROW || result == SQLITE_DONE || failed(outbox, "read", fault);
}

enum answer { ANSWER_RECORDED, ANSWER_DUPLICATE, ANSWER_REJECTED };

static bool answered(struct outbox *outbox, uint64_t sequence, int64_t file, enum answer answer, struct fault *fault)
{
    sqlite3_stmt *drop = outbox->statements[STATEMENT_EVENT_DROP];
    bind_number(drop, 1, sequence);
    sqlite3_stmt *count = outbox->statements[STATEMENT_FILE_ANSWERED];
    sqlite3_bind_int64(count, 1, file);
    sqlite3_bind_int(count, 2, answer == ANSWER_RECORDED ? 1 : 0);
    sqlite3_bind_int(count, 3, answer == ANSWER_DUPLICATE ? 1 : 0);
    sqlite3_bind_int(count, 4, answer == ANSWER_REJECTED ? 1 : 0);
    if (!run(outbox, drop, "event", fault) || !run(outbox, count, "file", fault))
        return false;
    outbox->pending--;
    return true;
}

static bool place_original(struct outbox *outbox, sqlite3_stmt *found, uint64_t sequence, uint64_t position,
                           struct fault *fault)
{
    sqlite3_stmt *place = outbox->statements[STATEMENT_LEDGER_PLACE];
    /* Copied: the found row is left before the statement runs again. */
    sqlite3_bind_text(place, 1, column_text(found, 2), -1, SQLITE_TRANSIENT);
    sqlite3_bind_text(place, 2, column_text(found, 3), -1, SQLITE_TRANSIENT);
    bind_number(place, 3, sequence);
    bind_number(place, 4, position);
    return run(outbox, place, "ledger", fault);
}

bool outbox_settle(struct outbox *outbox, uint64_t first, uint64_t count, uint64_t first_position, bool duplicate,
                   struct fault *fault)
{
    sqlite3_stmt *find = outbox->statements[STATEMENT_EVENT_FIND];
    for (uint64_t i = 0; i < count; i++) {
        bind_number(find, 1, first + i);
        const int result = sqlite3_step(find);
        const int64_t file = result == SQLITE_ROW ? sqlite3_column_int64(find, 0) : 0;
        const bool placed = result != SQLITE_ROW || first_position == 0 ||
                            place_original(outbox, find, first + i, first_position + i, fault);
        sqlite3_reset(find);
        if (result == SQLITE_DONE)
            continue; /* answered before: the library sent it again after a reconnection */
        if (result != SQLITE_ROW)
            return failed(outbox, "event", fault);
        if (!placed || !answered(outbox, first + i, file, duplicate ? ANSWER_DUPLICATE : ANSWER_RECORDED, fault))
            return false;
    }
    return true;
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
    CLEANUP(statement_free)
    sqlite3_stmt *mark =
        prepare(outbox, "UPDATE ledger SET rejected = 1 WHERE key = ?1 AND event = ?2 AND sequence = ?3", fault);
    if (mark == NULL)
        return false;
    bind_text(mark, 1, key);
    bind_text(mark, 2, event);
    bind_number(mark, 3, sequence);
    return run(outbox, mark, "ledger", fault);
}

bool outbox_settle_rejected(struct outbox *outbox, uint64_t sequence, const struct reason *reason, struct fault *fault)
{
    CLEANUP(statement_free)
    sqlite3_stmt *find = prepare(outbox, statement_texts[STATEMENT_EVENT_FIND], fault);
    if (find == NULL)
        return false;
    bind_number(find, 1, sequence);
    const int result = sqlite3_step(find);
    if (result == SQLITE_DONE)
        return true; /* answered before */
    if (result != SQLITE_ROW)
        return failed(outbox, "event", fault);
    const int64_t file = sqlite3_column_int64(find, 0);
    const uint64_t row = column_number(find, 1);
    const char *event = column_text(find, 3);
    CLEANUP(record_free) char *record = rejected_record(outbox, file, row, reason, fault);
    return record != NULL && mark_rejected(outbox, sequence, column_text(find, 2), event, fault) &&
           put_rejected(outbox, file, row, event, record, reason, fault) &&
           answered(outbox, sequence, file, ANSWER_REJECTED, fault);
}
