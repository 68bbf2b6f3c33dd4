#include "outbox_digests.h"

#include "outbox_database.h"

#include <stdio.h>
#include <string.h>

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS digest(name TEXT PRIMARY KEY, slot INTEGER NOT NULL, content BLOB,"
    " looked_ms INTEGER NOT NULL, stage INTEGER NOT NULL, repeated INTEGER NOT NULL, merged INTEGER NOT NULL,"
    " text TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS robot_sent(robot BLOB NOT NULL, sent_ms INTEGER NOT NULL);";

bool outbox_digests_open(struct outbox *outbox, struct fault *fault)
{
    return outbox_execute(outbox, schema, fault);
}

bool outbox_digest_load(struct outbox *outbox, const char *name, struct outbox_digest *digest, struct fault *fault)
{
    memset(digest, 0, sizeof *digest);
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *select = outbox_prepare(
        outbox, "SELECT slot, content, looked_ms, stage, repeated, merged, text FROM digest WHERE name = ?1", fault);
    if (select == NULL)
        return false;
    outbox_bind_text(select, 1, name);
    const int result = sqlite3_step(select);
    if (result == SQLITE_DONE)
        return true;
    if (result != SQLITE_ROW)
        return outbox_failed(outbox, "digest", fault);
    const void *content = sqlite3_column_blob(select, 1);
    digest->slot = sqlite3_column_int64(select, 0);
    digest->has_content = content != NULL && sqlite3_column_bytes(select, 1) == OUTBOX_DIGEST_HASH_SIZE;
    if (digest->has_content)
        memcpy(digest->content, content, OUTBOX_DIGEST_HASH_SIZE);
    digest->looked_ms = sqlite3_column_int64(select, 2);
    const int stage = sqlite3_column_int(select, 3);
    digest->stage = stage == OUTBOX_DIGEST_READY || stage == OUTBOX_DIGEST_SENDING ? (enum outbox_digest_stage)stage
                                                                                   : OUTBOX_DIGEST_NONE;
    digest->repeated = sqlite3_column_int(select, 4) != 0;
    digest->merged = sqlite3_column_int(select, 5) != 0;
    snprintf(digest->text, sizeof digest->text, "%s", outbox_column_text(select, 6));
    return true;
}

static bool put(struct outbox *outbox, const char *name, const struct outbox_digest *digest, struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *insert = outbox_prepare(outbox,
                                          "INSERT OR REPLACE INTO digest(name, slot, content, looked_ms, stage,"
                                          " repeated, merged, text) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                                          fault);
    if (insert == NULL)
        return false;
    outbox_bind_text(insert, 1, name);
    sqlite3_bind_int64(insert, 2, digest->slot);
    if (digest->has_content)
        sqlite3_bind_blob(insert, 3, digest->content, OUTBOX_DIGEST_HASH_SIZE, SQLITE_STATIC);
    sqlite3_bind_int64(insert, 4, digest->looked_ms);
    sqlite3_bind_int(insert, 5, (int)digest->stage);
    sqlite3_bind_int(insert, 6, digest->repeated);
    sqlite3_bind_int(insert, 7, digest->merged);
    outbox_bind_text(insert, 8, digest->text);
    return outbox_run(outbox, insert, "digest", fault);
}

bool outbox_digest_save(struct outbox *outbox, const char *name, const struct outbox_digest *digest,
                        struct fault *fault)
{
    if (!outbox_begin(outbox, fault))
        return false;
    if (put(outbox, name, digest, fault))
        return outbox_commit(outbox, fault);
    outbox_rollback(outbox);
    return false;
}

/* A statement with a robot and a time. */
static sqlite3_stmt *prepare_robot(struct outbox *outbox, const char *text, const uint8_t *robot, int64_t time_ms,
                                   struct fault *fault)
{
    sqlite3_stmt *statement = outbox_prepare(outbox, text, fault);
    if (statement != NULL) {
        sqlite3_bind_blob(statement, 1, robot, OUTBOX_ROBOT_SIZE, SQLITE_STATIC);
        sqlite3_bind_int64(statement, 2, time_ms);
    }
    return statement;
}

bool outbox_digest_send(struct outbox *outbox, const char *name, const struct outbox_digest *digest,
                        const uint8_t robot[static OUTBOX_ROBOT_SIZE], int64_t now_ms, struct fault *fault)
{
    if (!outbox_begin(outbox, fault))
        return false;
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *insert =
        prepare_robot(outbox, "INSERT INTO robot_sent(robot, sent_ms) VALUES(?1, ?2)", robot, now_ms, fault);
    if (insert != NULL && put(outbox, name, digest, fault) && outbox_run(outbox, insert, "robot", fault))
        return outbox_commit(outbox, fault);
    outbox_rollback(outbox);
    return false;
}

bool outbox_robot_sent(struct outbox *outbox, const uint8_t robot[static OUTBOX_ROBOT_SIZE], int64_t since_ms,
                       int64_t now_ms, uint64_t *count, int64_t *first_ms, struct fault *fault)
{
    /* Those of a clock that was set back meanwhile are forgotten, too. */
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *forget = prepare_robot(
        outbox, "DELETE FROM robot_sent WHERE robot = ?1 AND (sent_ms <= ?2 OR sent_ms > ?3)", robot, since_ms, fault);
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *select =
        prepare_robot(outbox, "SELECT count(*), min(sent_ms) FROM robot_sent WHERE robot = ?1 AND sent_ms > ?2", robot,
                      since_ms, fault);
    if (forget == NULL || select == NULL)
        return false;
    sqlite3_bind_int64(forget, 3, now_ms);
    if (!outbox_run(outbox, forget, "robot", fault))
        return false;
    if (sqlite3_step(select) != SQLITE_ROW)
        return outbox_failed(outbox, "robot", fault);
    *count = outbox_column_number(select, 0);
    *first_ms = sqlite3_column_int64(select, 1);
    return true;
}
