/* Rows that a database gave, into the outbox, and the place behind them with them: in one transaction. */
#ifndef SANLING_DATABASE_INTAKE_H
#define SANLING_DATABASE_INTAKE_H

#include "database_query.h"
#include "outbox_lasting.h"
#include "part.h"
#include "sheet.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

#define REASON_VANISHED "VANISHED"

struct database_intake;

/* Goes on where the outbox says. Borrows office and configuration. NULL: FAULT_SYSTEM. */
struct database_intake *database_intake_open(const struct office *office, const struct database_config *config,
                                             struct fault *fault);
void database_intake_close(struct database_intake **intake);

/* The table's columns are known: binds the mapping to them. false: *reason says what does not fit. */
bool database_intake_bind(struct database_intake *intake, const struct database_shape *shape, struct reason *reason,
                          struct fault *fault);
/* Whether a person asked that what a changed mapping reads otherwise is sent, too (--resend database/NAME); it is until
 * database_intake_resent. A changed mapping alone sends nothing anew. */
MUST_CHECK bool database_intake_asks_resend(struct database_intake *intake, bool *asked, struct fault *fault);
MUST_CHECK bool database_intake_resent(struct database_intake *intake, struct fault *fault);
/* How far all was read, and when (seconds since 1970; 0: never). Borrowed. */
const struct place *database_intake_head(const struct database_intake *intake);
int64_t database_intake_full_read_s(const struct database_intake *intake);
/* The database is an older copy of itself: reading begins anew. */
MUST_CHECK bool database_intake_begin_anew(struct database_intake *intake, struct fault *fault);

enum chunk_end {
    CHUNK_TAKEN,      /* all of its rows */
    CHUNK_TIED,       /* none: they are all equal in the cursor, and there may be more of them; ask for more rows */
    CHUNK_UNANSWERED, /* those before one that waits for the hub's answer */
};

/* Whether a result has the columns that were asked for, and a place in each row. */
bool database_intake_fits(const struct database_intake *intake, const PGresult *result);
/* Takes what a read statement gave, if it fits. `more`: there may be further rows. `ends_full`: with this chunk all was
 * read, if it is TAKEN and there is no more. `at` moves behind what was taken. */
MUST_CHECK bool database_intake_take(struct database_intake *intake, const PGresult *result, bool more, bool ends_full,
                                     struct place *at, enum chunk_end *end, struct fault *fault);

/* The source's entry in the outbox. Borrowed. */
const struct outbox_file *database_intake_file(const struct database_intake *intake);
/* Rows that are gone from the table, without a key that says which they were; since the agent's start. */
uint64_t database_intake_unknown_gone(const struct database_intake *intake);
MUST_CHECK bool database_intake_tally(struct database_intake *intake, struct lasting_tally *tally, struct fault *fault);
/* All events are answered: the texts of their rows are not needed any more. */
MUST_CHECK bool database_intake_forget_rows(struct database_intake *intake, struct fault *fault);

#endif
