/* Why a PostgreSQL server cannot be used now, in words that say what to do: in both languages for a report, and as one
 * line for the journal. The server's own words stand behind, but for errors about values: those quote cells. */
#ifndef SANLING_POSTGRES_PROBLEM_H
#define SANLING_POSTGRES_PROBLEM_H

#include "reason.h"

#include <libpq-fe.h>

#define REASON_DATABASE_UNREACHABLE "DATABASE_UNREACHABLE" /* nobody answers, or not yet: it is tried again */
#define REASON_DATABASE_REFUSED "DATABASE_REFUSED"         /* it does not let us in */
#define REASON_DATABASE_QUERY "DATABASE_QUERY"             /* it does not do what is asked */

enum { SQLSTATE_SIZE = 6 };

struct postgres_problem {
    struct reason reason;
    char sqlstate[SQLSTATE_SIZE]; /* "" if the server gave none */
};

/* What a connection that failed says. Its verbosity must be PQERRORS_VERBOSE, for the code is in the text. */
void postgres_problem_of_connection(const PGconn *connection, struct postgres_problem *problem);
/* What a failed statement says. */
void postgres_problem_of_result(const PGresult *result, struct postgres_problem *problem);

#endif
