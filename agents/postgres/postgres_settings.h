/* Where a PostgreSQL server is, from the configuration: a conninfo of libpq, `host=/run/postgresql dbname=desk user=…`,
 * `service=NAME` or a postgresql:// address.
 *
 * A password in it is refused: the configuration holds no secret. libpq finds one in `passfile=FILE` (default: .pgpass
 * in the home of the agent's user; mode 0600) or in the service file.
 *
 * A host must be a folder of a socket, an address in digits or `localhost`; for a name `hostaddr` stands beside it (the
 * certificate is still compared with the name): looking a name up would hold up the agent's loop. In a service file
 * nobody sees to that but who writes it. */
#ifndef SANLING_POSTGRES_SETTINGS_H
#define SANLING_POSTGRES_SETTINGS_H

#include "fault.h"

#include <stddef.h>

/* Whether a conninfo can be used. false: FAULT_USAGE says why, without quoting it. Connects to nothing. */
MUST_CHECK bool postgres_settings_check(const char *connection, struct fault *fault);

enum { POSTGRES_SETTINGS_MAX = 64 };

/* What PQconnectStartParams takes: those of the conninfo with ours behind, which no file can overrule. */
struct postgres_settings {
    const char *keywords[POSTGRES_SETTINGS_MAX + 1]; /* NULL-terminated */
    const char *values[POSTGRES_SETTINGS_MAX + 1];
    void *options; /* of libpq, which hold the texts above */
    char *application;
};

/* Fills the settings of a conninfo that was checked; `application` is what the server's administrators see. */
MUST_CHECK bool postgres_settings_fill(struct postgres_settings *settings, const char *connection,
                                       const char *application, struct fault *fault);
void postgres_settings_clear(struct postgres_settings *settings);

#endif
