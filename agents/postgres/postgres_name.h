/* Names of tables and columns as SQL takes them, quoted whatever is in them. */
#ifndef SANLING_POSTGRES_NAME_H
#define SANLING_POSTGRES_NAME_H

#include <libpq-fe.h>

/* TABLE or SCHEMA.TABLE, each part quoted; the first dot parts them. malloc'ed; NULL: memory ran out, or the name is
 * not UTF-8. */
char *postgres_table_name(PGconn *connection, const char *table);
char *postgres_column_name(PGconn *connection, const char *column);

#endif
