#include "desk_numbers.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

enum { BUSY_MS = 2000 };

struct desk_numbers {
    sqlite3 *database;
    sqlite3_stmt *take;
    sqlite3_stmt *find;
};

/* A block ends where the next begins: `count` numbers from `first` on. */
static const char schema[] = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                             "CREATE TABLE IF NOT EXISTS block(first INTEGER PRIMARY KEY, count INTEGER NOT NULL,"
                             " token TEXT NOT NULL);";

/* One statement is one transaction. */
static const char take_text[] =
    "INSERT INTO block(first, count, token)"
    " SELECT next, min(?3, ?2 - next + 1), ?4 FROM"
    " (SELECT max(?1, coalesce((SELECT first + count FROM block ORDER BY first DESC LIMIT 1), 0)) AS next)"
    " WHERE next <= ?2 RETURNING first, count";
static const char find_text[] = "SELECT token = ?2 AND first + count > ?1 FROM block WHERE first <= ?1"
                                " ORDER BY first DESC LIMIT 1";

static bool failed(const struct desk_numbers *numbers, struct fault *fault)
{
    return fault_set(fault, FAULT_SYSTEM, "desk.sqlite: %s", sqlite3_errmsg(numbers->database));
}

struct desk_numbers *desk_numbers_open(const char *dir, struct fault *fault)
{
    char path[4096];
    CLEANUP(desk_numbers_close) struct desk_numbers *numbers = calloc(1, sizeof *numbers);
    if (numbers == NULL || snprintf(path, sizeof path, "%s/desk.sqlite", dir) >= (int)sizeof path) {
        fault_set(fault, FAULT_SYSTEM, "%s/desk.sqlite: no memory, or too long a path", dir);
        return NULL;
    }
    if (sqlite3_open_v2(path, &numbers->database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) != SQLITE_OK ||
        sqlite3_busy_timeout(numbers->database, BUSY_MS) != SQLITE_OK ||
        sqlite3_exec(numbers->database, schema, NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(numbers->database, take_text, -1, &numbers->take, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(numbers->database, find_text, -1, &numbers->find, NULL) != SQLITE_OK) {
        failed(numbers, fault);
        return NULL;
    }
    struct desk_numbers *opened = numbers;
    numbers = NULL;
    return opened;
}

void desk_numbers_close(struct desk_numbers **numbers)
{
    struct desk_numbers *gone = *numbers;
    *numbers = NULL;
    if (gone == NULL)
        return;
    sqlite3_finalize(gone->take);
    sqlite3_finalize(gone->find);
    sqlite3_close(gone->database);
    free(gone);
}

bool desk_numbers_take(struct desk_numbers *numbers, const char *token, uint32_t from, uint32_t to, uint32_t *first,
                       uint32_t *count, struct fault *fault)
{
    sqlite3_stmt *take = numbers->take;
    uint32_t given = 0, size = 0;
    sqlite3_bind_int64(take, 1, from);
    sqlite3_bind_int64(take, 2, to);
    sqlite3_bind_int64(take, 3, DESK_NUMBERS_BLOCK);
    sqlite3_bind_text(take, 4, token, -1, SQLITE_TRANSIENT);
    int result;
    while ((result = sqlite3_step(take)) == SQLITE_ROW) { /* until it is done, that is committed */
        given = (uint32_t)sqlite3_column_int64(take, 0);
        size = (uint32_t)sqlite3_column_int64(take, 1);
    }
    sqlite3_reset(take);
    if (result != SQLITE_DONE)
        return failed(numbers, fault);
    if (size == 0)
        return fault_set(fault, FAULT_FULL, "desk: all numbers from %u to %u are given: widen desk.codes", from, to);
    *first = given;
    *count = size;
    return true;
}

bool desk_numbers_has(struct desk_numbers *numbers, const char *token, uint32_t number, bool *has, struct fault *fault)
{
    sqlite3_stmt *find = numbers->find;
    sqlite3_bind_int64(find, 1, number);
    sqlite3_bind_text(find, 2, token, -1, SQLITE_TRANSIENT);
    const int result = sqlite3_step(find);
    const bool found = result == SQLITE_ROW && sqlite3_column_int(find, 0) != 0;
    sqlite3_reset(find);
    if (result != SQLITE_ROW && result != SQLITE_DONE)
        return failed(numbers, fault);
    *has = found;
    return true;
}
