#include "confirmations.h"
#include "outbox_database.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static const char *const statement_texts[STATEMENT_COUNT] = {
    [STATEMENT_BEGIN] = "BEGIN IMMEDIATE",
    [STATEMENT_COMMIT] = "COMMIT",
    [STATEMENT_LEDGER_FIND] = ("SELECT event, content, file, row, rejected, position, envelope, standing, cells,"
                               " EXISTS(SELECT 1 FROM event WHERE event.sequence = ledger.sequence)"
                               " FROM ledger WHERE key = ?1"),
    [STATEMENT_LEDGER_PUT] = ("INSERT INTO ledger(key, event, content, file, row, sequence, rejected, envelope, cells)"
                              " VALUES(?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, ?8) ON CONFLICT(key, event) DO UPDATE SET"
                              " content = ?3, file = ?4, row = ?5, sequence = ?6, rejected = 0, envelope = ?7,"
                              " cells = ?8"),
    [STATEMENT_LEDGER_CORRECT] = ("UPDATE ledger SET standing = CASE rejected WHEN 0 THEN content ELSE standing END,"
                                  " content = ?3, file = ?4, row = ?5, sequence = ?6, rejected = 0, cells = ?7"
                                  " WHERE key = ?1 AND event = ?2"),
    [STATEMENT_LEDGER_REWORD] = "UPDATE ledger SET cells = ?3 WHERE key = ?1 AND event = ?2",
    [STATEMENT_EVENT_PUT] = "INSERT INTO event(sequence, file, row, key, event, bytes) VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
    [STATEMENT_ROW_PUT] = "INSERT OR REPLACE INTO kept_row(file, row, record) VALUES(?1, ?2, ?3)",
    [STATEMENT_FILE_OWES] = "UPDATE file SET pending = pending + ?2 WHERE id = ?1",
    [STATEMENT_EVENT_FIND] = "SELECT file, row, key, event FROM event WHERE sequence = ?1",
    [STATEMENT_EVENT_READ] = ("SELECT sequence, bytes FROM event WHERE sequence >= ?1 AND sequence < (SELECT"
                              " ifnull(min(sequence), 9223372036854775807) FROM reference WHERE sequence >= ?1)"
                              " ORDER BY sequence LIMIT ?2"),
    [STATEMENT_EVENT_DROP] = "DELETE FROM event WHERE sequence = ?1",
    [STATEMENT_FILE_REFUSED] = "UPDATE file SET pending = pending - 1, refused = refused + 1 WHERE id = ?1",
    [STATEMENT_SETTLE_REQUESTS] = "SELECT sequence FROM event WHERE sequence BETWEEN ?1 AND ?2 AND key = ?3",
    /* A correction's own position is not the original's. */
    [STATEMENT_SETTLE_LEDGER] = ("UPDATE ledger SET position = ?3 + answered.sequence - ?1 FROM event AS answered"
                                 " WHERE answered.sequence BETWEEN ?1 AND ?2 AND ledger.key = answered.key"
                                 " AND ledger.event = answered.event AND ledger.sequence = answered.sequence"
                                 " AND ledger.position = 0"),
    [STATEMENT_SETTLE_FILES] = ("UPDATE file SET pending = pending - answered.count,"
                                " recorded = recorded + CASE ?3 WHEN 0 THEN answered.count ELSE 0 END,"
                                " duplicate = duplicate + CASE ?3 WHEN 0 THEN 0 ELSE answered.count END"
                                " FROM (SELECT file, count(*) AS count FROM event WHERE sequence BETWEEN ?1 AND ?2"
                                " GROUP BY file) AS answered WHERE file.id = answered.file"),
    [STATEMENT_SETTLE_EVENTS] = "DELETE FROM event WHERE sequence BETWEEN ?1 AND ?2",
    [STATEMENT_NEXT_SAVE] = "UPDATE outbox SET next_sequence = ?1",
    [STATEMENT_OUTCOME_PUT] = ("INSERT OR IGNORE INTO request_outcome(sequence, outcome, position, code, zh, en)"
                               " VALUES(?1, ?2, ?3, ?4, ?5, ?6)"),
    [STATEMENT_SENT_KEEP] =
        ("INSERT OR REPLACE INTO sent(sequence, file, row, key, event, bytes, position, answered_at)"
         " SELECT sequence, file, row, key, event, bytes,"
         " CASE ?3 WHEN 0 THEN 0 ELSE ?3 + sequence - ?1 END, ?4 FROM event"
         " WHERE sequence BETWEEN ?1 AND ?2"),
};

enum { VERSION = 3 };

/* Version 3 of the tables. The ledger is keyed as an event's identity is: the source (the whole outbox), the row's key
 * and the event's type. Hashes in it: content, of the whole event as sent last; envelope, of what a correction cannot
 * change; standing, of the content before a correction that the hub may yet reject; cells, of what its row says.
 * `register` has the key hashes of a register's newest version, and those of the one being read. `kept_row` and `event`
 * shrink again; ledger, registers and files stay. */
static const char schema[] =
    "CREATE TABLE IF NOT EXISTS outbox(version INTEGER NOT NULL, source TEXT NOT NULL, next_sequence INTEGER NOT NULL);"
    "CREATE TABLE IF NOT EXISTS file(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, size INTEGER NOT NULL,"
    " mtime_ns INTEGER NOT NULL, hash BLOB NOT NULL, stage INTEGER NOT NULL, mapping TEXT NOT NULL,"
    " reading TEXT NOT NULL, header_row INTEGER NOT NULL, rows INTEGER NOT NULL, ignored INTEGER NOT NULL,"
    " eventless INTEGER NOT NULL, rejected INTEGER NOT NULL, events INTEGER NOT NULL, unchanged INTEGER NOT NULL,"
    " recorded INTEGER NOT NULL DEFAULT 0, duplicate INTEGER NOT NULL DEFAULT 0, refused INTEGER NOT NULL DEFAULT 0,"
    " pending INTEGER NOT NULL DEFAULT 0, failure_code TEXT NOT NULL, failure_zh TEXT NOT NULL,"
    " failure_en TEXT NOT NULL, warning_code TEXT NOT NULL, warning_zh TEXT NOT NULL, warning_en TEXT NOT NULL,"
    " attested TEXT NOT NULL, corrected INTEGER NOT NULL DEFAULT 0, ctime_ns INTEGER NOT NULL DEFAULT 0,"
    " last_row INTEGER NOT NULL DEFAULT 0, original INTEGER NOT NULL DEFAULT 0, held INTEGER NOT NULL DEFAULT 0,"
    " vanished INTEGER NOT NULL DEFAULT 0, mended INTEGER NOT NULL DEFAULT 0);"
    "CREATE INDEX IF NOT EXISTS file_by_name ON file(name, id);"
    "CREATE INDEX IF NOT EXISTS file_open ON file(stage) WHERE stage < 4;"
    "CREATE TABLE IF NOT EXISTS ledger(key TEXT NOT NULL, event TEXT NOT NULL, content BLOB NOT NULL,"
    " file INTEGER NOT NULL, row INTEGER NOT NULL, sequence INTEGER NOT NULL, rejected INTEGER NOT NULL,"
    " position INTEGER NOT NULL DEFAULT 0, envelope BLOB, standing BLOB, cells BLOB, PRIMARY KEY(key, event))"
    " WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS event(sequence INTEGER PRIMARY KEY, file INTEGER NOT NULL, row INTEGER NOT NULL,"
    " key TEXT NOT NULL, event TEXT NOT NULL, bytes BLOB NOT NULL);"
    "CREATE TABLE IF NOT EXISTS kept_row(file INTEGER NOT NULL, row INTEGER NOT NULL, record TEXT NOT NULL,"
    " PRIMARY KEY(file, row)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS rejected(file INTEGER NOT NULL, row INTEGER NOT NULL, event TEXT NOT NULL,"
    " record TEXT, code TEXT NOT NULL, zh TEXT NOT NULL, en TEXT NOT NULL, key TEXT);"
    "CREATE INDEX IF NOT EXISTS rejected_by_file ON rejected(file, row);"
    "CREATE TABLE IF NOT EXISTS register(name TEXT NOT NULL, file INTEGER NOT NULL, keys BLOB NOT NULL,"
    " PRIMARY KEY(name, file));"
    "CREATE TABLE IF NOT EXISTS note(file INTEGER NOT NULL, kind INTEGER NOT NULL, row INTEGER NOT NULL, key TEXT);"
    "CREATE INDEX IF NOT EXISTS note_by_file ON note(file, kind);"
    "CREATE TABLE IF NOT EXISTS mending(file INTEGER NOT NULL, row INTEGER NOT NULL, original_row INTEGER NOT NULL,"
    " given_back INTEGER NOT NULL DEFAULT 0, PRIMARY KEY(file, row)) WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS mending_by_original ON mending(file, original_row);"
    "CREATE TABLE IF NOT EXISTS resend(name TEXT PRIMARY KEY) WITHOUT ROWID;";

/* From version 1: it did not ask where an event stands, so what it sent cannot be corrected from a file. */
static const char from_version_1[] = "BEGIN IMMEDIATE;"
                                     "ALTER TABLE file ADD COLUMN corrected INTEGER NOT NULL DEFAULT 0;"
                                     "ALTER TABLE ledger ADD COLUMN position INTEGER NOT NULL DEFAULT 0;"
                                     "ALTER TABLE ledger ADD COLUMN envelope BLOB;"
                                     "ALTER TABLE ledger ADD COLUMN standing BLOB;"
                                     "UPDATE outbox SET version = 2;"
                                     "COMMIT;";

/* From version 2: it did not remember rows. They are told apart from the next time on that they come. */
static const char from_version_2[] = "BEGIN IMMEDIATE;"
                                     "ALTER TABLE file ADD COLUMN ctime_ns INTEGER NOT NULL DEFAULT 0;"
                                     "ALTER TABLE file ADD COLUMN last_row INTEGER NOT NULL DEFAULT 0;"
                                     "ALTER TABLE file ADD COLUMN original INTEGER NOT NULL DEFAULT 0;"
                                     "ALTER TABLE file ADD COLUMN held INTEGER NOT NULL DEFAULT 0;"
                                     "ALTER TABLE file ADD COLUMN vanished INTEGER NOT NULL DEFAULT 0;"
                                     "ALTER TABLE file ADD COLUMN mended INTEGER NOT NULL DEFAULT 0;"
                                     "ALTER TABLE ledger ADD COLUMN cells BLOB;"
                                     "ALTER TABLE rejected ADD COLUMN key TEXT;"
                                     /* What was being read is read from its first row, for the last time. */
                                     "DELETE FROM rejected WHERE event = '' AND file IN (SELECT id FROM file WHERE"
                                     " stage = 1);"
                                     "UPDATE file SET rows = 0, ignored = 0, eventless = 0, rejected = 0, events = 0,"
                                     " unchanged = 0, corrected = 0 WHERE stage = 1;"
                                     "UPDATE outbox SET version = 3;"
                                     "COMMIT;";

/* ---- calling SQLite ---- */

bool outbox_failed(const struct outbox *outbox, const char *doing, struct fault *fault)
{
    return fault_set(fault, FAULT_SYSTEM, "outbox of %s: %s: %s", outbox->source, doing,
                     sqlite3_errmsg(outbox->database));
}

bool outbox_execute(struct outbox *outbox, const char *text, struct fault *fault)
{
    return sqlite3_exec(outbox->database, text, NULL, NULL, NULL) == SQLITE_OK || outbox_failed(outbox, "SQL", fault);
}

void outbox_statement_free(sqlite3_stmt **statement)
{
    sqlite3_finalize(*statement);
    *statement = NULL;
}

/* A statement for rare use; CLEANUP(outbox_statement_free). */
sqlite3_stmt *outbox_prepare(struct outbox *outbox, const char *text, struct fault *fault)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(outbox->database, text, -1, &statement, NULL) != SQLITE_OK)
        outbox_failed(outbox, "prepare", fault);
    return statement;
}

void outbox_bind_text(sqlite3_stmt *statement, int place, const char *text)
{
    sqlite3_bind_text(statement, place, text, -1, SQLITE_STATIC);
}

void outbox_bind_number(sqlite3_stmt *statement, int place, uint64_t number)
{
    sqlite3_bind_int64(statement, place, (sqlite3_int64)number);
}

/* Runs a statement that gives no rows. */
bool outbox_run(struct outbox *outbox, sqlite3_stmt *statement, const char *doing, struct fault *fault)
{
    const int result = sqlite3_step(statement);
    sqlite3_reset(statement);
    return result == SQLITE_DONE || outbox_failed(outbox, doing, fault);
}

uint64_t outbox_column_number(sqlite3_stmt *statement, int place)
{
    return (uint64_t)sqlite3_column_int64(statement, place);
}

const char *outbox_column_text(sqlite3_stmt *statement, int place)
{
    const unsigned char *text = sqlite3_column_text(statement, place);
    return text == NULL ? "" : (const char *)text;
}
bool outbox_read_number(struct outbox *outbox, const char *text, uint64_t *number, struct fault *fault)
{
    CLEANUP(outbox_statement_free) sqlite3_stmt *statement = outbox_prepare(outbox, text, fault);
    if (statement == NULL)
        return false;
    if (sqlite3_step(statement) != SQLITE_ROW)
        return outbox_failed(outbox, text, fault);
    *number = outbox_column_number(statement, 0);
    return true;
}

/* ---- opening ---- */

static bool refuse_newer(struct fault *fault)
{
    return fault_set(fault, FAULT_NEWER,
                     "the outbox was written by a newer version of this program; start that version, this one changes "
                     "nothing");
}

static bool claim(struct outbox *outbox, struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *insert =
        outbox_prepare(outbox, "INSERT INTO outbox SELECT 3, ?1, 1 WHERE NOT EXISTS(SELECT 1 FROM outbox)", fault);
    if (insert == NULL)
        return false;
    outbox_bind_text(insert, 1, outbox->source);
    if (!outbox_run(outbox, insert, "claim", fault))
        return false;
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *select = outbox_prepare(outbox, "SELECT version, source, next_sequence FROM outbox", fault);
    if (select == NULL)
        return false;
    if (sqlite3_step(select) != SQLITE_ROW)
        return outbox_failed(outbox, "claim", fault);
    const uint64_t version = outbox_column_number(select, 0);
    if (version > VERSION)
        return refuse_newer(fault);
    if (strcmp(outbox_column_text(select, 1), outbox->source) != 0)
        return fault_set(fault, FAULT_USAGE, "the outbox belongs to source %s, not %s: give each source its own state",
                         outbox_column_text(select, 1), outbox->source);
    outbox->next_sequence = outbox_column_number(select, 2);
    sqlite3_reset(select); /* an open statement holds the tables */
    return (version >= 2 || outbox_execute(outbox, from_version_1, fault)) &&
           (version >= VERSION || outbox_execute(outbox, from_version_2, fault));
}

static bool set_up(struct outbox *outbox, struct fault *fault)
{
    if (!outbox_execute(outbox, schema, fault) || !outbox_execute(outbox, outbox_requests_schema, fault) ||
        !outbox_execute(outbox, outbox_sent_schema, fault) ||
        !outbox_execute(outbox, outbox_references_schema, fault) ||
        !outbox_execute(outbox, confirmations_schema, fault) || !claim(outbox, fault))
        return false;
    for (int i = 0; i < STATEMENT_COUNT; i++) {
        if (sqlite3_prepare_v3(outbox->database, statement_texts[i], -1, SQLITE_PREPARE_PERSISTENT,
                               &outbox->statements[i], NULL) != SQLITE_OK)
            return outbox_failed(outbox, statement_texts[i], fault);
    }
    return outbox_read_number(outbox, "SELECT count(*) FROM event", &outbox->pending, fault) &&
           outbox_requests_count(outbox, fault) && outbox_references_count(outbox, fault);
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

bool outbox_is_in_use(const char *dir)
{
    char path[4096];
    if (snprintf(path, sizeof path, "%s/outbox.lock", dir) >= (int)sizeof path)
        return false;
    const int lock = open(path, O_RDONLY | O_CLOEXEC);
    if (lock < 0)
        return false;
    const bool in_use = flock(lock, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    close(lock);
    return in_use;
}

static bool database_path(const char *dir, char path[static 4096], struct fault *fault)
{
    if (snprintf(path, 4096, "%s/outbox.sqlite", dir) >= 4096)
        return fault_set(fault, FAULT_USAGE, "%s: too long for a folder's name", dir);
    return true;
}

/* One thread owns an outbox: SQLite's locks against others are for nothing. */
enum { OPEN_FLAGS = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX };

static bool open_database(struct outbox *outbox, const char *dir, struct fault *fault)
{
    char path[4096];
    if (!database_path(dir, path, fault))
        return false;
    if (sqlite3_open_v2(path, &outbox->database, OPEN_FLAGS, NULL) != SQLITE_OK)
        return fault_set(fault, FAULT_SYSTEM, "%s: %s", path, sqlite3_errmsg(outbox->database));
    sqlite3_busy_timeout(outbox->database, OUTBOX_BUSY_TIMEOUT_MS);
    /* FULL: a number once sent must be durable, or it would be given to another event. A page that many rows change is
     * copied back seldom; the rows of a big ledger are looked up in memory. */
    static const char settings[] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000;"
                                   " PRAGMA cache_size=-8192;";
    return outbox_execute(outbox, settings, fault) && set_up(outbox, fault);
}

/* Opens an outbox to look at it. Where no agent left its log of changes beside it, SQLite is told that nobody writes,
 * or it would make one and leave it there. */
static int open_to_look(const char *path, sqlite3 **original)
{
    char beside[4096 + 8];
    char uri[3 * 4096 + 32] = "file:";
    size_t used = strlen(uri);
    snprintf(beside, sizeof beside, "%s-wal", path);
    if (access(beside, F_OK) == 0)
        return sqlite3_open_v2(path, original, SQLITE_OPEN_READONLY, NULL);
    for (const char *at = path; *at != '\0'; at++)
        used += (size_t)snprintf(uri + used, sizeof uri - used, strchr("%?#", *at) == NULL ? "%c" : "%%%02X", *at);
    snprintf(uri + used, sizeof uri - used, "?immutable=1");
    return sqlite3_open_v2(uri, original, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL);
}

/* Asked before anything is opened for writing, or tables of ours would be made among those of a newer version. What
 * cannot be read says why when it is opened. */
static bool is_not_newer(const char *dir, struct fault *fault)
{
    char path[4096];
    sqlite3 *database = NULL;
    sqlite3_stmt *select = NULL;
    if (!database_path(dir, path, fault))
        return false;
    const bool newer = open_to_look(path, &database) == SQLITE_OK &&
                       sqlite3_prepare_v2(database, "SELECT version FROM outbox", -1, &select, NULL) == SQLITE_OK &&
                       sqlite3_step(select) == SQLITE_ROW && outbox_column_number(select, 0) > VERSION;
    sqlite3_finalize(select);
    sqlite3_close(database);
    return !newer || refuse_newer(fault);
}

static struct outbox *open_outbox(const char *dir, const char *source, bool owned, struct fault *fault)
{
    CLEANUP(outbox_close) struct outbox *outbox = outbox_new(source, fault);
    if (outbox == NULL || !is_not_newer(dir, fault) || (owned && !take_lock(outbox, dir, fault)) ||
        !open_database(outbox, dir, fault))
        return NULL;
    struct outbox *opened = outbox;
    outbox = NULL;
    return opened;
}

struct outbox *outbox_open(const char *dir, const char *source, struct fault *fault)
{
    return open_outbox(dir, source, true, fault);
}

struct outbox *outbox_open_beside(const char *dir, const char *source, struct fault *fault)
{
    return open_outbox(dir, source, false, fault);
}

/* Copies what is committed in `path`, if it is there. */
static bool copy_from(struct outbox *outbox, const char *path, struct fault *fault)
{
    sqlite3 *original = NULL;
    bool copied = true;
    if (open_to_look(path, &original) == SQLITE_OK) {
        sqlite3_busy_timeout(original, OUTBOX_BUSY_TIMEOUT_MS);
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
    if (sqlite3_open_v2(":memory:", &outbox->database, OPEN_FLAGS, NULL) != SQLITE_OK) {
        outbox_failed(outbox, "open", fault);
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

uint64_t outbox_pending_rows(const struct outbox *outbox)
{
    return outbox->pending - outbox->pending_in_requests;
}

bool outbox_first_pending(struct outbox *outbox, uint64_t *sequence, struct fault *fault)
{
    *sequence = outbox->next_sequence;
    return outbox->pending == 0 || outbox_read_number(outbox, "SELECT min(sequence) FROM event", sequence, fault);
}

bool outbox_begin(struct outbox *outbox, struct fault *fault)
{
    outbox->next_sequence_before = outbox->next_sequence;
    outbox->pending_before = outbox->pending;
    outbox->pending_in_requests_before = outbox->pending_in_requests;
    outbox->references_before = outbox->references;
    outbox->set_aside_before = outbox->set_aside;
    return outbox_run(outbox, outbox->statements[STATEMENT_BEGIN], "begin", fault);
}

bool outbox_count_owing(struct outbox *outbox, struct fault *fault)
{
    sqlite3_stmt *owes = outbox->statements[STATEMENT_FILE_OWES];
    if (outbox->owing == 0)
        return true;
    sqlite3_bind_int64(owes, 1, outbox->owing_file);
    outbox_bind_number(owes, 2, outbox->owing);
    outbox->owing = 0;
    return outbox_run(outbox, owes, "file", fault);
}

bool outbox_commit(struct outbox *outbox, struct fault *fault)
{
    sqlite3_stmt *save = outbox->statements[STATEMENT_NEXT_SAVE];
    outbox_bind_number(save, 1, outbox->next_sequence);
    if (outbox_count_owing(outbox, fault) &&
        (outbox->next_sequence == outbox->next_sequence_before || outbox_run(outbox, save, "number", fault)) &&
        outbox_run(outbox, outbox->statements[STATEMENT_COMMIT], "commit", fault))
        return true;
    outbox_rollback(outbox);
    return false;
}

void outbox_rollback(struct outbox *outbox)
{
    sqlite3_exec(outbox->database, "ROLLBACK", NULL, NULL, NULL);
    outbox->next_sequence = outbox->next_sequence_before;
    outbox->pending = outbox->pending_before;
    outbox->pending_in_requests = outbox->pending_in_requests_before;
    outbox->references = outbox->references_before;
    outbox->set_aside = outbox->set_aside_before;
    outbox->owing = 0;
}
