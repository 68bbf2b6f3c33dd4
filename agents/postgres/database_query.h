/* The statements that read one configured table, and what was found of it. A statement reads, and reads once: each is
 * one snapshot of the database. */
#ifndef SANLING_DATABASE_QUERY_H
#define SANLING_DATABASE_QUERY_H

#include "database_config.h"
#include "outbox_lasting.h"
#include "reason.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>

enum database_type {
    DATABASE_OTHER_TYPE,
    DATABASE_INTEGER,
    DATABASE_NUMBER,
    DATABASE_DAY,
    DATABASE_TIME,
    DATABASE_TIME_ZONE
};

/* Empty when zeroed. Texts are SQL, quoted. */
struct database_shape {
    char *relation; /* the table, or the query as one */
    char *changes;  /* the table of changes; NULL: a cursor's columns grow */
    char *columns;  /* those that are read, with commas */
    char **names;   /* of those, as the database has them */
    size_t name_count;
    char *cursor[DATABASE_CURSOR_MAX];
    size_t cursor_count;
    enum database_type cursor_type; /* of the first */
    char **keys;                    /* columns that table and changes share, as the database has them */
    size_t key_count;
    char *key_columns; /* the same with commas */
    char *first_key;
};

void database_shape_clear(struct database_shape *shape);

/* Asks for the columns of the table; of its changes. malloc'ed, as all statements here; NULL: memory ran out. */
char *database_describe(PGconn *connection, const struct database_config *config);
char *database_describe_changes(PGconn *connection, const struct database_config *config);
/* Takes the answers: first the changes', if there are any, then the table's. false: *reason says what does not fit. */
bool database_shape_take_changes(struct database_shape *shape, PGconn *connection, const struct database_config *config,
                                 const PGresult *described, struct reason *reason);
bool database_shape_take(struct database_shape *shape, PGconn *connection, const struct database_config *config,
                         const PGresult *described, struct reason *reason);

/* Asks what an administrator should know: whether the account is a superuser; whether rows lack a cursor and are not
 * read (t, f), or, with changes, the number that the next transaction gets at least. */
char *database_check(const struct database_shape *shape);

/* How reading goes on: behind `at`; where that is empty, `overlap` before `head`; from the beginning where that is
 * empty too, or all is to be read. */
struct database_reading {
    const struct place *at;
    const struct place *head;
    const char *overlap; /* NULL: none */
    bool whole;
    int rows;
};

enum { DATABASE_VALUES_MAX = 2 * DATABASE_CURSOR_MAX + 2 };

/* A statement that reads the next rows, and its values (borrowed from the reading, or from `number`). The result has
 * the columns; then, of a cursor, its values and whether the row lies behind `head`; of changes, the transaction, the
 * change's number, and whether the row is gone. */
struct database_statement {
    char *text;
    const char *values[DATABASE_VALUES_MAX];
    int value_count;
    char number[32];
};
bool database_read(const struct database_shape *shape, const struct database_reading *reading,
                   struct database_statement *statement);
void database_statement_clear(struct database_statement *statement);
/* Whether changes wait behind a transaction that is still open: a row if so. */
char *database_held(const struct database_shape *shape);
/* The overlap that fits the cursor's type where none is configured; NULL: none does. */
const char *database_overlap(const struct database_shape *shape, const struct database_config *config);

#endif
