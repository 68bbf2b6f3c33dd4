#include "postgres_name.h"

#include "fault.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What libpq quoted must be freed by it; ours is malloc'ed. */
static char *quoted(PGconn *connection, const char *name, size_t size)
{
    char *escaped = PQescapeIdentifier(connection, name, size);
    char *copy = escaped == NULL ? NULL : strdup(escaped);
    PQfreemem(escaped);
    return copy;
}

char *postgres_column_name(PGconn *connection, const char *column)
{
    return quoted(connection, column, strlen(column));
}

char *postgres_table_name(PGconn *connection, const char *table)
{
    const char *dot = strchr(table, '.');
    if (dot == NULL)
        return quoted(connection, table, strlen(table));
    CLEANUP(text_free) char *schema = quoted(connection, table, (size_t)(dot - table));
    CLEANUP(text_free) char *name = quoted(connection, dot + 1, strlen(dot + 1));
    char *both = NULL;
    if (schema == NULL || name == NULL || asprintf(&both, "%s.%s", schema, name) < 0)
        return NULL;
    return both;
}
