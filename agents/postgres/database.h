/* One table of an office's database, read as its files are: a session with the server, what is read when, and the
 * report of it. It never waits for the server; what the server does not do now is done later. Owned by the part of all
 * databases (databases.h). */
#ifndef SANLING_DATABASE_H
#define SANLING_DATABASE_H

#include "part.h"

#include <stdbool.h>
#include <stdint.h>

struct database;

/* `epoll` watches its socket. Borrows office and configuration. NULL: FAULT_SYSTEM. */
struct database *database_open(const struct office *office, const struct database_config *config, int epoll,
                               struct fault *fault);
void database_close(struct database **database);
/* Goes on with what there is to do now. false: the agent must stop (the outbox failed). */
MUST_CHECK bool database_step(struct database *database, int64_t now_ms, struct fault *fault);
/* In how many milliseconds there is something to do anyhow; -1: nothing. */
int database_wait_ms(const struct database *database, int64_t now_ms);
/* Whether all that was there is read, answered and reported. */
bool database_is_drained(const struct database *database);
/* Whether rows of it are rejected now. */
bool database_rejected_any(const struct database *database);

#endif
