#include "confirmations.h"

#include "outbox_database.h"

#include <stdio.h>
#include <string.h>

/* A part is in the ledger under the statement's key and its own number: there the hub's answer is found. */
const char confirmations_schema[] =
    "CREATE TABLE IF NOT EXISTS confirmation(id INTEGER PRIMARY KEY AUTOINCREMENT, statement TEXT NOT NULL,"
    " part INTEGER NOT NULL, asked TEXT NOT NULL, content BLOB NOT NULL, envelope_size INTEGER NOT NULL,"
    " numbered INTEGER NOT NULL DEFAULT 0, UNIQUE(statement, part));"
    "CREATE INDEX IF NOT EXISTS confirmation_unnumbered ON confirmation(id) WHERE numbered = 0;";

enum { IDENTITY_SIZE = 48 };

/* The ledger's name of a part. */
static void part_identity(uint32_t part, char identity[static IDENTITY_SIZE])
{
    snprintf(identity, IDENTITY_SIZE, "ZeroAttested#confirmed.%u", part);
}

static bool insert_part(struct outbox *outbox, const char *key, const char *asked, uint32_t number,
                        const struct confirmation_part *part, struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *insert = outbox_prepare(
        outbox, "INSERT INTO confirmation(statement, part, asked, content, envelope_size) VALUES(?1, ?2, ?3, ?4, ?5)",
        fault);
    if (insert == NULL)
        return false;
    outbox_bind_text(insert, 1, key);
    outbox_bind_number(insert, 2, number);
    outbox_bind_text(insert, 3, asked);
    sqlite3_bind_blob64(insert, 4, part->content, part->size, SQLITE_STATIC);
    outbox_bind_number(insert, 5, part->envelope_size);
    return outbox_run(outbox, insert, "confirmation", fault);
}

bool confirmations_find(struct outbox *outbox, const char *key, const char *asked, enum confirmation_added *added,
                        struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *find = outbox_prepare(outbox, "SELECT asked FROM confirmation WHERE statement = ?1 LIMIT 1", fault);
    if (find == NULL)
        return false;
    outbox_bind_text(find, 1, key);
    const int result = sqlite3_step(find);
    *added = result != SQLITE_ROW                              ? CONFIRMATION_NEW
             : strcmp(outbox_column_text(find, 0), asked) == 0 ? CONFIRMATION_KNOWN
                                                               : CONFIRMATION_OTHER;
    return result == SQLITE_ROW || result == SQLITE_DONE || outbox_failed(outbox, "confirmation", fault);
}

static bool add_within(struct outbox *outbox, const char *key, const char *asked, const struct confirmation_part *parts,
                       size_t count, enum confirmation_added *added, struct fault *fault)
{
    if (!confirmations_find(outbox, key, asked, added, fault))
        return false;
    for (size_t i = 0; *added == CONFIRMATION_NEW && i < count; i++)
        if (!insert_part(outbox, key, asked, (uint32_t)i + 1, &parts[i], fault))
            return false;
    return true;
}

bool confirmations_add(struct outbox *outbox, const char *key, const char *asked, const struct confirmation_part *parts,
                       size_t count, enum confirmation_added *added, struct fault *fault)
{
    if (count == 0 || count > CONFIRMATION_PARTS_MAX || key[0] == '\0' || strlen(key) > CONFIRMATION_KEY_MAX)
        return fault_set(fault, FAULT_USAGE, "a confirmation has 1 to %d parts and a key of at most %d bytes",
                         CONFIRMATION_PARTS_MAX, CONFIRMATION_KEY_MAX);
    if (!outbox_begin(outbox, fault))
        return false;
    if (add_within(outbox, key, asked, parts, count, added, fault))
        return outbox_commit(outbox, fault);
    outbox_rollback(outbox);
    return false;
}

/* ---- the outbox's owner ---- */

static bool number_part(struct outbox *outbox, sqlite3_stmt *row, struct fault *fault)
{
    char identity[IDENTITY_SIZE];
    part_identity((uint32_t)outbox_column_number(row, 2), identity);
    const struct outbox_event event = {.key = outbox_column_text(row, 1),
                                       .identity = identity,
                                       .content = sqlite3_column_blob(row, 3),
                                       .size = (size_t)sqlite3_column_bytes(row, 3),
                                       .envelope_size = (size_t)outbox_column_number(row, 4)};
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *mark = outbox_prepare(outbox, "UPDATE confirmation SET numbered = 1 WHERE id = ?1", fault);
    if (mark == NULL)
        return false;
    outbox_bind_number(mark, 1, outbox_column_number(row, 0));
    return outbox_take(outbox, 0, outbox_column_number(row, 0), &event, fault) &&
           outbox_run(outbox, mark, "confirmation", fault);
}

static bool take_within(struct outbox *outbox, bool *any, struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *select = outbox_prepare(
        outbox, "SELECT id, statement, part, content, envelope_size FROM confirmation WHERE numbered = 0 ORDER BY id",
        fault);
    if (select == NULL)
        return false;
    int result;
    while ((result = sqlite3_step(select)) == SQLITE_ROW) {
        *any = true;
        if (!number_part(outbox, select, fault))
            return false;
    }
    return result == SQLITE_DONE || outbox_failed(outbox, "confirmation", fault);
}

bool confirmations_take(struct outbox *outbox, bool *any, struct fault *fault)
{
    uint64_t waiting = 0;
    *any = false;
    if (!outbox_read_number(outbox, "SELECT count(*) FROM confirmation WHERE numbered = 0", &waiting, fault))
        return false;
    if (waiting == 0)
        return true;
    if (!outbox_begin(outbox, fault))
        return false;
    if (take_within(outbox, any, fault))
        return outbox_commit(outbox, fault);
    outbox_rollback(outbox);
    return false;
}

/* ---- what became of them ---- */

/* The ledger's answer to one part. */
static bool add_part_state(struct outbox *outbox, const char *key, uint64_t id, uint32_t part,
                           struct confirmation_state *state, struct fault *fault)
{
    char identity[IDENTITY_SIZE];
    part_identity(part, identity);
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *find = outbox_prepare(outbox,
                                        "SELECT ledger.position, ledger.rejected, rejected.code, rejected.zh,"
                                        " rejected.en FROM ledger LEFT JOIN rejected ON rejected.file = 0 AND"
                                        " rejected.row = ?3 AND rejected.event = ledger.event"
                                        " WHERE ledger.key = ?1 AND ledger.event = ?2",
                                        fault);
    if (find == NULL)
        return false;
    outbox_bind_text(find, 1, key);
    outbox_bind_text(find, 2, identity);
    outbox_bind_number(find, 3, id);
    const int result = sqlite3_step(find);
    state->parts++;
    if (result == SQLITE_ROW && outbox_column_number(find, 0) > 0) {
        state->recorded++;
        state->position = outbox_column_number(find, 0);
    } else if (result == SQLITE_ROW && outbox_column_number(find, 1) != 0) {
        if (state->rejected++ == 0)
            reason_set(&state->reason, outbox_column_text(find, 2), "%s%.0s", "%.0s%s", outbox_column_text(find, 3),
                       outbox_column_text(find, 4));
    } else {
        state->waiting++;
    }
    return result == SQLITE_ROW || result == SQLITE_DONE || outbox_failed(outbox, "confirmation", fault);
}

bool confirmations_state(struct outbox *outbox, const char *key, struct confirmation_state *state, struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *select =
        outbox_prepare(outbox, "SELECT id, part FROM confirmation WHERE statement = ?1 ORDER BY part", fault);
    *state = (struct confirmation_state){0};
    if (select == NULL)
        return false;
    outbox_bind_text(select, 1, key);
    int result;
    while ((result = sqlite3_step(select)) == SQLITE_ROW)
        if (!add_part_state(outbox, key, outbox_column_number(select, 0), (uint32_t)outbox_column_number(select, 1),
                            state, fault))
            return false;
    return result == SQLITE_DONE || outbox_failed(outbox, "confirmation", fault);
}

bool confirmations_waiting(struct outbox *outbox, uint64_t *count, struct fault *fault)
{
    return outbox_read_number(
        outbox,
        "SELECT count(DISTINCT statement) FROM confirmation WHERE numbered = 0 OR EXISTS(SELECT 1 FROM ledger"
        " WHERE ledger.key = confirmation.statement AND ledger.position = 0 AND ledger.rejected = 0)",
        count, fault);
}
