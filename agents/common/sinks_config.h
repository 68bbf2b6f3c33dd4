/* `sinks:` of an office agent's configuration: where the office's inbox goes beside the file of `inbox:`. A list;
 * `kind` says which keys an entry needs, and a key of another kind is refused:
 *
 *   sinks:
 *     - kind: postgres            rows of a table in the office's own PostgreSQL (inbox_table.h)
 *       name: register            optional, default: the kind. What the hub remembers this way out by, unique here and
 *                                 with the source's name at most 63 of [A-Za-z0-9._-]: never change it lightly, for
 * under a new name everything is delivered again connection: service=desk  conninfo of libpq, without a password
 * (postgres_settings.h) table: sanling_inbox      default; may be SCHEMA.TABLE; made by
 * deploy/postgresql/inbox-table.sql
 *
 * One more kind: a value of enum sink_kind and its name, its keys in struct sink_entry and the schema, and what it must
 * and may not have in check_kind. */
#ifndef SANLING_SINKS_CONFIG_H
#define SANLING_SINKS_CONFIG_H

#include "fault.h"

#include <cyaml/cyaml.h>
#include <stddef.h>

enum sink_kind { SINK_POSTGRES };

enum { SINKS_MAX = 8, SINK_NAME_AND_SOURCE_MAX = 63 /* NAME-SOURCE is a durable name of at most 64 */ };

/* As loaded; texts that are not given are NULL. */
struct sink_entry {
    enum sink_kind kind;
    char *name;
    char *connection;
    char *table;
};
extern const cyaml_schema_value_t sink_schema;

struct sink_config {
    enum sink_kind kind;
    char *name;
    char *connection; /* POSTGRES */
    char *table;
};

/* Checks the entries and copies them with their defaults. `source` is the agent's. false: FAULT_USAGE says which entry
 * and key, without file and line, or FAULT_SYSTEM; *sinks is then NULL. */
MUST_CHECK bool sinks_config_take(const struct sink_entry *entries, size_t count, const char *source,
                                  struct sink_config **sinks, struct fault *fault);
/* Frees them and sets *sinks to NULL. NULL is fine. */
void sinks_config_free(struct sink_config **sinks, size_t count);

#endif
