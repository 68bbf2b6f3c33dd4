#include "outbox_database.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- versions of a register ---- */

bool outbox_register_put(struct outbox *outbox, const char *name, int64_t file, const void *keys, size_t size,
                         struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *put =
        outbox_prepare(outbox, "INSERT OR REPLACE INTO register(name, file, keys) VALUES(?1, ?2, ?3)", fault);
    if (put == NULL)
        return false;
    outbox_bind_text(put, 1, name);
    sqlite3_bind_int64(put, 2, file);
    sqlite3_bind_blob64(put, 3, size == 0 ? "" : keys, size, SQLITE_STATIC);
    return outbox_run(outbox, put, "register", fault);
}

bool outbox_register_former(struct outbox *outbox, const char *name, int64_t file, void **keys, size_t *size,
                            struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    /* The one that was read to its end is the oldest: those begun after it were replaced while they were read. */
    sqlite3_stmt *select =
        outbox_prepare(outbox, "SELECT keys FROM register WHERE name = ?1 AND file <> ?2 ORDER BY file LIMIT 1", fault);
    if (select == NULL)
        return false;
    outbox_bind_text(select, 1, name);
    sqlite3_bind_int64(select, 2, file);
    const int result = sqlite3_step(select);
    *keys = NULL;
    *size = 0;
    if (result == SQLITE_DONE)
        return true;
    if (result != SQLITE_ROW)
        return outbox_failed(outbox, "register", fault);
    *size = (size_t)sqlite3_column_bytes(select, 0);
    *keys = malloc(*size + 1);
    if (*keys == NULL)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    if (*size > 0)
        memcpy(*keys, sqlite3_column_blob(select, 0), *size);
    return true;
}

bool outbox_register_keep(struct outbox *outbox, const char *name, int64_t file, struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *forget = outbox_prepare(outbox, "DELETE FROM register WHERE name = ?1 AND file <> ?2", fault);
    if (forget == NULL)
        return false;
    outbox_bind_text(forget, 1, name);
    sqlite3_bind_int64(forget, 2, file);
    return outbox_run(outbox, forget, "register", fault);
}

bool outbox_keys_each(struct outbox *outbox, bool (*take)(const char *key, void *context), void *context,
                      struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *select = outbox_prepare(outbox, "SELECT DISTINCT key FROM ledger", fault);
    if (select == NULL)
        return false;
    int result;
    while ((result = sqlite3_step(select)) == SQLITE_ROW)
        if (!take(outbox_column_text(select, 0), context))
            return true;
    return result == SQLITE_DONE || outbox_failed(outbox, "ledger", fault);
}

/* ---- rows to be named ---- */

bool outbox_note(struct outbox *outbox, int64_t file, enum outbox_note kind, uint64_t row, const char *key,
                 struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *insert =
        outbox_prepare(outbox, "INSERT INTO note(file, kind, row, key) VALUES(?1, ?2, ?3, ?4)", fault);
    if (insert == NULL)
        return false;
    sqlite3_bind_int64(insert, 1, file);
    sqlite3_bind_int(insert, 2, (int)kind);
    outbox_bind_number(insert, 3, row);
    outbox_bind_text(insert, 4, key);
    return outbox_run(outbox, insert, "note", fault);
}

bool outbox_notes_forget(struct outbox *outbox, int64_t file, enum outbox_note kind, struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *forget = outbox_prepare(outbox, "DELETE FROM note WHERE file = ?1 AND kind = ?2", fault);
    if (forget == NULL)
        return false;
    sqlite3_bind_int64(forget, 1, file);
    sqlite3_bind_int(forget, 2, (int)kind);
    return outbox_run(outbox, forget, "note", fault);
}

bool outbox_notes_each(struct outbox *outbox, int64_t file, enum outbox_note kind,
                       bool (*take)(uint64_t row, const char *key, void *context), void *context, struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *select =
        outbox_prepare(outbox, "SELECT row, key FROM note WHERE file = ?1 AND kind = ?2 ORDER BY row, rowid", fault);
    if (select == NULL)
        return false;
    sqlite3_bind_int64(select, 1, file);
    sqlite3_bind_int(select, 2, (int)kind);
    int result;
    while ((result = sqlite3_step(select)) == SQLITE_ROW)
        if (!take(outbox_column_number(select, 0), outbox_column_text(select, 1), context))
            return true;
    return result == SQLITE_DONE || outbox_failed(outbox, "note", fault);
}

/* ---- mended rows ---- */

bool outbox_mends(struct outbox *outbox, int64_t file, uint64_t row, int64_t original, uint64_t original_row,
                  const char *key, const char *told, struct fault *fault)
{
    /* A number alone proves nothing: a spreadsheet program counts on when a cell is dragged. The first to name a row
     * has it. */
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *insert = outbox_prepare(
        outbox,
        "INSERT OR REPLACE INTO mending(file, row, original_row) SELECT ?1, ?2, ?4 WHERE EXISTS(SELECT 1 FROM rejected"
        " WHERE file = ?3 AND row = ?4 AND row > 0 AND CASE WHEN key IS NULL THEN instr(?6, en) > 0 ELSE key = ?5 END)"
        " AND NOT EXISTS(SELECT 1 FROM mending WHERE file = ?1 AND original_row = ?4)",
        fault);
    if (insert == NULL)
        return false;
    sqlite3_bind_int64(insert, 1, file);
    outbox_bind_number(insert, 2, row);
    sqlite3_bind_int64(insert, 3, original);
    outbox_bind_number(insert, 4, original_row);
    outbox_bind_text(insert, 5, key);
    outbox_bind_text(insert, 6, told);
    return outbox_run(outbox, insert, "mending", fault);
}

/* Runs a statement about file ?1 and its original ?2. */
static bool change_both(struct outbox *outbox, const char *text, const struct outbox_file *file, struct fault *fault)
{
    CLEANUP(outbox_statement_free) sqlite3_stmt *statement = outbox_prepare(outbox, text, fault);
    if (statement == NULL)
        return false;
    sqlite3_bind_int64(statement, 1, file->id);
    sqlite3_bind_int64(statement, 2, file->original);
    return outbox_run(outbox, statement, "mending", fault);
}

#define REJECTED_AGAIN "SELECT 1 FROM rejected WHERE rejected.file = ?1 AND rejected.row = mending.row"

/* What is rejected again stands under its original's row, as it reads now, and no more under its own. */
static bool give_back(struct outbox *outbox, const struct outbox_file *file, struct fault *fault)
{
    return change_both(outbox,
                       "DELETE FROM rejected WHERE file = ?2 AND row IN (SELECT original_row FROM mending WHERE"
                       " mending.file = ?1 AND EXISTS(" REJECTED_AGAIN "))",
                       file, fault) &&
           change_both(
               outbox,
               "INSERT INTO rejected(file, row, event, record, code, zh, en, key) SELECT ?2, original_row, event,"
               " record, code, zh, en, key FROM rejected JOIN mending ON mending.file = ?1"
               " AND mending.row = rejected.row WHERE rejected.file = ?1 ORDER BY rejected.row, rejected.rowid",
               file, fault) &&
           change_both(outbox,
                       "UPDATE mending SET given_back = 1 WHERE file = ?1 AND ?2 AND EXISTS(" REJECTED_AGAIN ")", file,
                       fault);
}

bool outbox_mend(struct outbox *outbox, const struct outbox_file *file, bool same_header, struct fault *fault)
{
#define MENDED "(SELECT original_row FROM mending WHERE mending.file = ?1 AND NOT EXISTS(" REJECTED_AGAIN "))"
    return change_both(outbox,
                       "UPDATE file SET mended = mended + (SELECT count(DISTINCT row) FROM rejected WHERE file = ?2"
                       " AND row IN " MENDED ") WHERE id = ?2",
                       file, fault) &&
           change_both(outbox, "DELETE FROM rejected WHERE file = ?2 AND row IN " MENDED, file, fault) &&
           (!same_header || give_back(outbox, file, fault)) &&
           change_both(outbox,
                       "UPDATE file SET stage = 2, warning_code = '', warning_zh = '', warning_en = '' WHERE id = ?2"
                       " AND ?1 AND stage = 4 AND warning_code IN ('', 'NOT_ATTESTED')",
                       file, fault);
#undef MENDED
}

bool outbox_mended_each(struct outbox *outbox, int64_t file, bool (*take)(uint64_t row, bool mended, void *context),
                        void *context, struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *select = outbox_prepare(outbox,
                                          "SELECT original_row, NOT EXISTS(" REJECTED_AGAIN
                                          ") FROM mending WHERE file = ?1 ORDER BY original_row",
                                          fault);
    if (select == NULL)
        return false;
    sqlite3_bind_int64(select, 1, file);
    int result;
    while ((result = sqlite3_step(select)) == SQLITE_ROW)
        if (!take(outbox_column_number(select, 0), sqlite3_column_int(select, 1) != 0, context))
            return true;
    return result == SQLITE_DONE || outbox_failed(outbox, "mending", fault);
}

/* ---- files to be sent again ---- */

bool outbox_ask_resend(struct outbox *outbox, const char *name, struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *insert = outbox_prepare(outbox, "INSERT OR IGNORE INTO resend(name) VALUES(?1)", fault);
    if (insert == NULL)
        return false;
    outbox_bind_text(insert, 1, name);
    return outbox_run(outbox, insert, "resend", fault);
}

bool outbox_resends_each(struct outbox *outbox, void (*take)(const char *name, void *context), void *context,
                         struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *select = outbox_prepare(outbox, "SELECT name FROM resend", fault);
    if (select == NULL)
        return false;
    int result;
    while ((result = sqlite3_step(select)) == SQLITE_ROW)
        take(outbox_column_text(select, 0), context);
    return result == SQLITE_DONE || outbox_failed(outbox, "resend", fault);
}

bool outbox_resends(struct outbox *outbox, const char *name, bool *asked, struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *select = outbox_prepare(outbox, "SELECT 1 FROM resend WHERE name = ?1", fault);
    if (select == NULL)
        return false;
    outbox_bind_text(select, 1, name);
    const int result = sqlite3_step(select);
    *asked = result == SQLITE_ROW;
    return *asked || result == SQLITE_DONE || outbox_failed(outbox, "resend", fault);
}

bool outbox_resend_done(struct outbox *outbox, const char *name, struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *forget = outbox_prepare(outbox, "DELETE FROM resend WHERE name = ?1", fault);
    if (forget == NULL)
        return false;
    outbox_bind_text(forget, 1, name);
    return outbox_run(outbox, forget, "resend", fault);
}
