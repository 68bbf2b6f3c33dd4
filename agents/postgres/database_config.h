/* `databases:` of an office agent's configuration: tables that are read row by row, as files are. A list:
 *
 *   databases:
 *     - name: hazards                required: 1-40 of [A-Za-z0-9._-]; reports/database-NAME.report.txt and
 *                                    reports/database-NAME.rejected.csv say what became of its rows
 *       connection: service=desk     required: conninfo of libpq, without a password (postgres_settings.h)
 *       table: desk.hazards          TABLE or SCHEMA.TABLE, also a view; or
 *       query: SELECT ...            one SELECT, without ; at its end, of which rows are taken like a table's
 *       mapping: mappings/hazards.yaml   required: which column is which field (mapping.h). Only the columns that it
 *                                    names are asked for.
 *       changes: sanling.hazards_change  the table's changes (deploy/postgresql/change-table.sql); or
 *       cursor: [changed_at, id]     1 to 8 columns that grow together with each new row: better with the primary key
 *                                    last, so that no two rows are equal
 *       overlap: 10 minutes          with cursor: what lies this far behind its first column is read again each time,
 * for rows become visible out of turn. A number for numbers (default 1000), an interval for times (default 10 minutes)
 * and days (default 2 days) full_read_hours: 24          with cursor: all is read again this often; 0: never. 0 to
 * 8760, default 24 poll_seconds: 10             1 to 86400, default 10 listen: sanling_hazards      a channel on which
 * the server says at once that there is something (NOTIFY) chunk_rows: 1000             rows asked for at once, 1 to
 * 10000, default 1000
 */
#ifndef SANLING_DATABASE_CONFIG_H
#define SANLING_DATABASE_CONFIG_H

#include "fault.h"
#include "mapping.h"

#include <cyaml/cyaml.h>
#include <stddef.h>

enum { DATABASES_MAX = 16, DATABASE_CURSOR_MAX = 8, DATABASE_NAME_MAX = 40 };

/* As loaded; what is not given is NULL. */
struct database_entry {
    char *name;
    char *connection;
    char *table;
    char *query;
    char *mapping;
    char *changes;
    char **cursor;
    unsigned cursor_count;
    char *overlap;
    int *full_read_hours;
    int *poll_seconds;
    char *listen;
    int *chunk_rows;
};
extern const cyaml_schema_value_t database_schema;

struct database_config {
    char *name;
    char *connection;
    char *table; /* NULL: `query` is given */
    char *query;
    struct mapping *mapping;
    char *changes; /* NULL: `cursor` is given */
    char *cursor[DATABASE_CURSOR_MAX];
    size_t cursor_count;
    char *overlap; /* NULL: as fits the type */
    int full_read_hours;
    int poll_seconds;
    char *listen; /* NULL: none */
    int chunk_rows;
};

/* Checks one entry and copies it with its defaults; `mapping_path` is the mapping's, resolved. false: FAULT_USAGE says
 * which key, without file and line, or FAULT_SYSTEM; clear it then, too. */
MUST_CHECK bool database_config_take(const struct database_entry *entry, const char *mapping_path,
                                     struct database_config *config, struct fault *fault);
void database_config_clear(struct database_config *config);

#endif
