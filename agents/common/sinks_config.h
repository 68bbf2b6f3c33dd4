/* `sinks:` of an office agent's configuration: where the office's inbox goes beside the file of `inbox:`. A list;
 * `kind` says which keys an entry needs, and a key of another kind is refused. `name` is what the hub remembers a way
 * out by, unique here and with the source's name at most 63 of [A-Za-z0-9._-]; default: the kind. Never change it
 * lightly: under a new name everything is delivered again.
 *
 *   sinks:
 *     - kind: postgres            rows of a table in the office's own PostgreSQL (inbox_table.h)
 *       name: register
 *       connection: service=desk  conninfo of libpq, without a password (postgres_settings.h)
 *       table: sanling_inbox      default; may be SCHEMA.TABLE; made by deploy/postgresql/inbox-table.sql
 *     - kind: webhook             each record posted and signed (outward/webhooks.h)
 *       name: desk
 *       url: https://desk.example/sanling   https only
 *       secret_file: keys/desk.whsec        whsec_BASE64, one a line (outward/webhook_signature.h)
 *       ca_file: keys/county-ca.pem         optional: the authorities that may vouch for the receiver; else the
 * system's timeout_seconds: 30                 default; 1 to 300, of a whole request retry_ms: 1000 default; 20 to
 * 600000: the wait after a first failure
 *
 * One more kind: a value of enum sink_kind and its name, its keys in struct sink_entry, the schema and key_kinds, and
 * what it must have in check_kind. */
#ifndef SANLING_SINKS_CONFIG_H
#define SANLING_SINKS_CONFIG_H

#include "fault.h"

#include <cyaml/cyaml.h>
#include <stddef.h>

enum sink_kind { SINK_POSTGRES, SINK_WEBHOOK };

enum { SINKS_MAX = 8, SINK_NAME_AND_SOURCE_MAX = 63 /* NAME-SOURCE is a durable name of at most 64 */ };

enum {
    SINK_TIMEOUT_S_DEFAULT = 30,
    SINK_TIMEOUT_S_MAX = 300,
    SINK_RETRY_MS_DEFAULT = 1000,
    SINK_RETRY_MS_MIN = 20,
    SINK_RETRY_MS_MAX = 600000
};

/* As loaded; what is not given is NULL. */
struct sink_entry {
    enum sink_kind kind;
    char *name;
    char *connection;
    char *table;
    char *url;
    char *secret_file;
    char *ca_file;
    int *timeout_seconds;
    int *retry_ms;
};
extern const cyaml_schema_value_t sink_schema;

struct sink_config {
    enum sink_kind kind;
    char *name;
    char *connection; /* POSTGRES */
    char *table;
    char *url; /* WEBHOOK */
    char *secret_file;
    char *ca_file; /* NULL: the system's */
    int timeout_seconds;
    int retry_ms;
};

/* Checks the entries and copies them with their defaults. `source` is the agent's. false: FAULT_USAGE says which entry
 * and key, without file and line, or FAULT_SYSTEM; *sinks is then NULL. */
MUST_CHECK bool sinks_config_take(const struct sink_entry *entries, size_t count, const char *source,
                                  struct sink_config **sinks, struct fault *fault);
/* Frees them and sets *sinks to NULL. NULL is fine. */
void sinks_config_free(struct sink_config **sinks, size_t count);

#endif
