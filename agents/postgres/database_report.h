/* What became of a database's rows, for the office: reports/database-NAME.report.txt in both languages and, where rows
 * are rejected, reports/database-NAME.rejected.csv with each as it was read, its number, code and reason. Both show how
 * things stand now: a row that is mended in the database leaves them. Both appear whole or not at all. */
#ifndef SANLING_DATABASE_REPORT_H
#define SANLING_DATABASE_REPORT_H

#include "database_config.h"
#include "outbox_lasting.h"
#include "part.h"

struct database_facts {
    bool written;          /* a report said so */
    struct reason problem; /* why the database cannot be read now; code "" if it can */
    bool reading;          /* since the agent's start it was not read to its end yet */
    struct lasting_tally tally;
    uint64_t events; /* given since the beginning */
    uint64_t corrected;
    uint64_t unknown_gone;
    uint64_t held_rows; /* a changed mapping reads them otherwise than they were sent */
    bool lacks_cursor;
    bool held;
};

/* Whether two reports would say the same. */
bool database_facts_equal(const struct database_facts *facts, const struct database_facts *others);
MUST_CHECK bool database_report_write(const struct office *office, const struct database_config *config,
                                      const struct outbox_file *file, const struct database_facts *facts,
                                      struct fault *fault);

#endif
