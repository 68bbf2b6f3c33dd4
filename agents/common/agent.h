/* An office agent: files of a folder → rows → events in the outbox → the hub; outcomes → reports; records routed to the
 * office → its inbox. One loop, one thread. What differs between the offices is in struct agent_program.
 *
 * What an office sees in its folder: for NAME.csv, when the hub has answered everything,
 *   reports/NAME.rejected.csv   the rows that were not taken, with reason; absent if there are none
 *   reports/NAME.report.txt     appears last, whole, and says what became of the file
 * (NAME is the file's name without `.csv`.) Mended and put into the folder under its name, NAME.rejected.csv is read as
 * NAME.csv was. Files that must go in a certain order are dropped in that order, or at once: those that settle together
 * are read by name. */
#ifndef SANLING_AGENT_H
#define SANLING_AGENT_H

#include "agent_config.h"
#include "fault.h"
#include "part.h"
#include "unit.pb-c.h"

#include <stdbool.h>

struct agent_program {
    const char *name; /* of the executable */
    Sanling__V1__Office__Kind office;
    const char *const *default_mappings; /* file names, NULL-terminated */
    part_open *open_desk;                /* the mediation desk; NULL: its configuration may not have `desk:` */
    bool (*check_desk)(const struct agent_config *config, struct fault *fault); /* with open_desk */
};

/* What the office agents' main() does: reads options and configuration, runs, returns the exit status (0 done, 1 a row
 * was rejected or the system failed, 2 usage, 3 hub not reached in time, 4 refused, 5 damaged). */
int agent_main(int argc, char **argv, const struct agent_program *program);

struct agent;

enum agent_mode {
    AGENT_SERVE, /* until SIGTERM or SIGINT */
    AGENT_ONCE   /* until all that is in the folder is answered and reported */
};

/* Opens the outbox, the inbox and the connection. Borrows program and config. Signals SIGTERM and SIGINT are taken
 * over. NULL: FAULT_SYSTEM, FAULT_USAGE, FAULT_DAMAGED. */
struct agent *agent_open(const struct agent_program *program, const struct agent_config *config, enum agent_mode mode,
                         struct fault *fault);
void agent_close(struct agent **agent);
/* Runs to its end. false: it had to stop; FAULT_DAMAGED when the hub and the outbox disagree about numbers. */
MUST_CHECK bool agent_run(struct agent *agent, struct fault *fault);
/* Whether any row or file of this run was rejected. */
bool agent_rejected_any(const struct agent *agent);

/* Has the agent of this configuration read a file of its folder again, and send what a changed mapping reads otherwise
 * in it: the one that runs, or else the next one. FAULT_USAGE: there is no such file. */
MUST_CHECK bool agent_resend(const struct agent_config *config, const char *path, struct fault *fault);
/* Shows what a file would do on stdout, without sending or writing anything: its report, then its first events; with
 * `json` a line for each event, each row that would be rejected, held or gone, and one for the file. *rejected_any as
 * above. */
MUST_CHECK bool agent_try(const struct agent_config *config, const char *path, bool json, bool *rejected_any,
                          struct fault *fault);

#endif
