/* The office's files, as its agent's loop takes them: the folder is looked at, one settled file after the other is read
 * into the outbox in steps, and once the hub has answered all of a file it is attested, where its mapping says so, and
 * reported. A folder that is away and a file that cannot be read are waited for. One thread; borrows the office. */
#ifndef SANLING_FILES_H
#define SANLING_FILES_H

#include "part.h"

#include <stdbool.h>
#include <stdint.h>

struct files;

/* Borrows the office and what it lends. NULL: memory ran out. */
struct files *files_open(const struct office *office, struct fault *fault);
void files_close(struct files **files);
/* Looks at the folder when it is time, and goes on with a file; *busy: there is more to read at once. false: the outbox
 * failed. */
MUST_CHECK bool files_read(struct files *files, int64_t now_ms, bool *busy, struct fault *fault);
/* Attests and reports every file whose outcomes are all in; *any: there was one. */
MUST_CHECK bool files_finish(struct files *files, int64_t now_ms, bool *any, struct fault *fault);
/* How long until the folder is looked at again, at most `longest_ms`. */
int files_wait_ms(const struct files *files, int64_t now_ms, int longest_ms);
/* Whether all that is in the folder was read and reported. */
MUST_CHECK bool files_drained(struct files *files, bool *drained, struct fault *fault);

/* For showing progress: the file being read, NULL if there is none; its thousandths; data rows read in this run. */
const char *files_reading(const struct files *files, unsigned *thousandths);
uint64_t files_rows(const struct files *files);
/* Whether any row or file of this run was rejected. */
bool files_rejected_any(const struct files *files);

#endif
