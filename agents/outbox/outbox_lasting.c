#include "outbox_lasting.h"

#include "outbox_database.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum lasting_statement {
    LASTING_FIND_ROW,
    LASTING_FIND_LEDGER,
    LASTING_PUT_ROW,
    LASTING_DROP_ROW,
    LASTING_FIND_REJECTED,
    LASTING_DROP_REJECTED,
    LASTING_MEND,
    LASTING_STATEMENTS
};

/* `lasting_row` has the rows that are rejected here; those that were taken have their number in the ledger. */
static const char *const statement_texts[LASTING_STATEMENTS] = {
    [LASTING_FIND_ROW] = "SELECT row FROM lasting_row WHERE file = ?1 AND key = ?2",
    [LASTING_FIND_LEDGER] = "SELECT row FROM ledger WHERE key = ?2 AND file = ?1 LIMIT 1",
    [LASTING_PUT_ROW] = "INSERT OR REPLACE INTO lasting_row(file, key, row) VALUES(?1, ?2, ?3)",
    [LASTING_DROP_ROW] = "DELETE FROM lasting_row WHERE file = ?1 AND key = ?2",
    [LASTING_FIND_REJECTED] = "SELECT event, code, zh, record FROM rejected WHERE file = ?1 AND row = ?2",
    [LASTING_DROP_REJECTED] = "DELETE FROM rejected WHERE file = ?1 AND row = ?2",
    [LASTING_MEND] = ("DELETE FROM rejected WHERE file = ?1 AND row = ?3 AND NOT EXISTS(SELECT 1 FROM ledger"
                      " WHERE ledger.key = ?2 AND ledger.event = rejected.event AND ledger.rejected = 1)"),
};

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS lasting(name TEXT PRIMARY KEY, shape TEXT NOT NULL, place TEXT NOT NULL,"
    " full_read_s INTEGER NOT NULL, last_number INTEGER NOT NULL);"
    "CREATE TABLE IF NOT EXISTS lasting_row(file INTEGER NOT NULL, key TEXT NOT NULL, row INTEGER NOT NULL,"
    " PRIMARY KEY(file, key)) WITHOUT ROWID;";

struct outbox_lasting {
    struct outbox *outbox;
    char *name;
    char *shape;
    int64_t file;
    uint64_t last_number;
    sqlite3_stmt *statements[LASTING_STATEMENTS];
};

/* ---- places ---- */

void place_clear(struct place *place)
{
    for (size_t i = 0; i < place->count; i++)
        free(place->values[i]);
    *place = (struct place){0};
}

bool place_set(struct place *place, const char *const *values, size_t count)
{
    struct place copy = {.count = count};
    bool copied = true;
    for (size_t i = 0; i < count; i++) {
        copy.values[i] = strdup(values[i]);
        copied &= copy.values[i] != NULL;
    }
    struct place *gone = copied ? place : &copy;
    place_clear(gone);
    if (copied)
        *place = copy;
    return copied;
}

static char *place_text(const struct place *place)
{
    json_t *values = json_array();
    for (size_t i = 0; i < place->count; i++)
        json_array_append_new(values, json_string_nocheck(place->values[i]));
    char *text = json_dumps(values, JSON_COMPACT);
    json_decref(values);
    return text;
}

static bool place_load(const char *text, struct place *place)
{
    const char *values[PLACE_VALUES_MAX];
    json_t *array = json_loads(text, 0, NULL);
    const size_t count = json_array_size(array);
    bool whole = count <= PLACE_VALUES_MAX;
    for (size_t i = 0; whole && i < count; i++) {
        values[i] = json_string_value(json_array_get(array, i));
        whole = values[i] != NULL;
    }
    whole = whole && place_set(place, values, count);
    json_decref(array);
    return whole;
}

static void text_release(char **text)
{
    free(*text);
    *text = NULL;
}

/* ---- opening ---- */

static bool load(struct outbox_lasting *lasting, struct place *place, int64_t *full_read_s, struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *select = outbox_prepare(
        lasting->outbox, "SELECT shape, place, full_read_s, last_number FROM lasting WHERE name = ?1", fault);
    if (select == NULL)
        return false;
    outbox_bind_text(select, 1, lasting->name);
    *full_read_s = 0;
    const int result = sqlite3_step(select);
    if (result != SQLITE_ROW)
        return result == SQLITE_DONE || outbox_failed(lasting->outbox, "lasting", fault);
    lasting->last_number = outbox_column_number(select, 3);
    if (strcmp(outbox_column_text(select, 0), lasting->shape) != 0)
        return true;
    *full_read_s = sqlite3_column_int64(select, 2);
    return place_load(outbox_column_text(select, 1), place) ||
           fault_set(fault, FAULT_DAMAGED, "the outbox's place of %s cannot be read", lasting->name);
}

/* Its entry among the files: no file's name has a slash. */
static bool find_file(struct outbox_lasting *lasting, struct outbox_file *file, struct fault *fault)
{
    char name[sizeof file->name];
    snprintf(name, sizeof name, "database/%s", lasting->name);
    if (!outbox_file_find(lasting->outbox, name, file, fault))
        return false;
    if (file->id == 0) {
        file->stage = OUTBOX_LASTING;
        memcpy(file->name, name, sizeof name);
        if (!outbox_begin(lasting->outbox, fault))
            return false;
        if (!outbox_file_add(lasting->outbox, file, fault)) {
            outbox_rollback(lasting->outbox);
            return false;
        }
        if (!outbox_commit(lasting->outbox, fault))
            return false;
    }
    lasting->file = file->id;
    return true;
}

static bool prepare(struct outbox_lasting *lasting, struct fault *fault)
{
    for (int i = 0; i < LASTING_STATEMENTS; i++)
        if (sqlite3_prepare_v3(lasting->outbox->database, statement_texts[i], -1, SQLITE_PREPARE_PERSISTENT,
                               &lasting->statements[i], NULL) != SQLITE_OK)
            return outbox_failed(lasting->outbox, statement_texts[i], fault);
    return true;
}

struct outbox_lasting *outbox_lasting_open(struct outbox *outbox, const char *name, const char *shape,
                                           struct outbox_file *file, struct place *place, int64_t *full_read_s,
                                           struct fault *fault)
{
    CLEANUP(outbox_lasting_close) struct outbox_lasting *lasting = calloc(1, sizeof *lasting);
    if (lasting != NULL) {
        lasting->outbox = outbox;
        lasting->name = strdup(name);
        lasting->shape = strdup(shape);
    }
    if (lasting == NULL || lasting->name == NULL || lasting->shape == NULL) {
        fault_set(fault, FAULT_SYSTEM, "out of memory");
        return NULL;
    }
    if (!outbox_execute(outbox, schema, fault) || !prepare(lasting, fault) || !find_file(lasting, file, fault) ||
        !load(lasting, place, full_read_s, fault))
        return NULL;
    struct outbox_lasting *opened = lasting;
    lasting = NULL;
    return opened;
}

void outbox_lasting_close(struct outbox_lasting **lasting)
{
    struct outbox_lasting *gone = *lasting;
    *lasting = NULL;
    if (gone == NULL)
        return;
    for (int i = 0; i < LASTING_STATEMENTS; i++)
        sqlite3_finalize(gone->statements[i]);
    free(gone->name);
    free(gone->shape);
    free(gone);
}

bool outbox_lasting_save(struct outbox_lasting *lasting, const struct outbox_file *file, const struct place *place,
                         int64_t full_read_s, struct fault *fault)
{
    CLEANUP(text_release) char *text = place_text(place);
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *put = outbox_prepare(lasting->outbox,
                                       "INSERT OR REPLACE INTO lasting(name, shape, place, full_read_s, last_number)"
                                       " VALUES(?1, ?2, ?3, ?4, ?5)",
                                       fault);
    if (text == NULL || put == NULL)
        return text != NULL ? false : fault_set(fault, FAULT_SYSTEM, "out of memory");
    outbox_bind_text(put, 1, lasting->name);
    outbox_bind_text(put, 2, lasting->shape);
    outbox_bind_text(put, 3, text);
    sqlite3_bind_int64(put, 4, full_read_s);
    outbox_bind_number(put, 5, lasting->last_number);
    return outbox_run(lasting->outbox, put, "lasting", fault) && outbox_file_save(lasting->outbox, file, fault);
}

/* ---- rows ---- */

/* A statement with the source and a key bound. */
static sqlite3_stmt *statement_of(const struct outbox_lasting *lasting, enum lasting_statement which, const char *key)
{
    sqlite3_stmt *statement = lasting->statements[which];
    sqlite3_bind_int64(statement, 1, lasting->file);
    outbox_bind_text(statement, 2, key);
    return statement;
}

/* The number that one of the two places has for a key; 0: none. */
static bool find_number(struct outbox_lasting *lasting, enum lasting_statement which, const char *key, uint64_t *number,
                        struct fault *fault)
{
    sqlite3_stmt *find = statement_of(lasting, which, key);
    const int result = sqlite3_step(find);
    *number = result == SQLITE_ROW ? outbox_column_number(find, 0) : 0;
    sqlite3_reset(find);
    return result == SQLITE_ROW || result == SQLITE_DONE || outbox_failed(lasting->outbox, "row", fault);
}

bool outbox_lasting_number(struct outbox_lasting *lasting, const char *key, uint64_t *number, struct fault *fault)
{
    if (!find_number(lasting, LASTING_FIND_ROW, key, number, fault))
        return false;
    if (*number == 0 && !find_number(lasting, LASTING_FIND_LEDGER, key, number, fault))
        return false;
    if (*number == 0)
        *number = ++lasting->last_number;
    return true;
}

bool outbox_lasting_knows(struct outbox_lasting *lasting, const char *key, bool *known, struct fault *fault)
{
    uint64_t number;
    const bool asked = find_number(lasting, LASTING_FIND_LEDGER, key, &number, fault);
    *known = asked && number != 0;
    return asked;
}

/* Whether just this is said of the row, and nothing else. */
static bool is_said(struct outbox_lasting *lasting, uint64_t number, const char *record, const struct reason *reason)
{
    sqlite3_stmt *find = lasting->statements[LASTING_FIND_REJECTED];
    sqlite3_bind_int64(find, 1, lasting->file);
    outbox_bind_number(find, 2, number);
    size_t same = 0;
    size_t others = 0;
    while (sqlite3_step(find) == SQLITE_ROW) {
        const bool is_same =
            outbox_column_text(find, 0)[0] == '\0' && strcmp(outbox_column_text(find, 1), reason->code) == 0 &&
            strcmp(outbox_column_text(find, 2), reason->zh) == 0 && strcmp(outbox_column_text(find, 3), record) == 0;
        same += is_same ? 1 : 0;
        others += is_same ? 0 : 1;
    }
    sqlite3_reset(find);
    return same == 1 && others == 0;
}

bool outbox_lasting_reject(struct outbox_lasting *lasting, uint64_t number, const char *key, const char *record,
                           const struct reason *reason, bool *changed, struct fault *fault)
{
    *changed = !is_said(lasting, number, record, reason);
    if (!*changed)
        return true;
    sqlite3_stmt *drop = lasting->statements[LASTING_DROP_REJECTED];
    sqlite3_bind_int64(drop, 1, lasting->file);
    outbox_bind_number(drop, 2, number);
    sqlite3_stmt *put = statement_of(lasting, LASTING_PUT_ROW, key);
    outbox_bind_number(put, 3, number);
    return outbox_run(lasting->outbox, drop, "rejected", fault) && outbox_run(lasting->outbox, put, "row", fault) &&
           outbox_reject(lasting->outbox, lasting->file, number, key, record, reason, fault);
}

bool outbox_lasting_mend(struct outbox_lasting *lasting, uint64_t number, const char *key, bool *changed,
                         struct fault *fault)
{
    sqlite3_stmt *mend = statement_of(lasting, LASTING_MEND, key);
    outbox_bind_number(mend, 3, number);
    if (!outbox_run(lasting->outbox, mend, "rejected", fault))
        return false;
    *changed = sqlite3_changes(lasting->outbox->database) > 0;
    return !*changed || outbox_run(lasting->outbox, statement_of(lasting, LASTING_DROP_ROW, key), "row", fault);
}

bool outbox_lasting_tally(struct outbox_lasting *lasting, struct lasting_tally *tally, struct fault *fault)
{
    CLEANUP(outbox_statement_free)
    sqlite3_stmt *count = outbox_prepare(lasting->outbox,
                                         "SELECT (SELECT count(DISTINCT row) FROM rejected WHERE file = ?1),"
                                         " (SELECT ifnull(sum(rowid), 0) FROM rejected WHERE file = ?1), pending,"
                                         " recorded, duplicate, refused FROM file WHERE id = ?1",
                                         fault);
    if (count == NULL)
        return false;
    sqlite3_bind_int64(count, 1, lasting->file);
    if (sqlite3_step(count) != SQLITE_ROW)
        return outbox_failed(lasting->outbox, "tally", fault);
    *tally = (struct lasting_tally){.rejected = outbox_column_number(count, 0),
                                    .rejected_mark = outbox_column_number(count, 1),
                                    .pending = outbox_column_number(count, 2),
                                    .recorded = outbox_column_number(count, 3),
                                    .duplicate = outbox_column_number(count, 4),
                                    .refused = outbox_column_number(count, 5)};
    return true;
}
