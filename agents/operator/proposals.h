/* What waits for a second operator. */
#ifndef SANLINGCTL_PROPOSALS_H
#define SANLINGCTL_PROPOSALS_H

#include "tool.h"

/* Says on standard output that a proposal waits at the position, and what is missing to confirm it. Returns 0 or the
 * exit status. */
int proposal_print_waiting(struct tool *tool, uint64_t position);

/* Publishes a policy's text (policy.c): to adopt it, or to confirm that another operator did. `path` names it where it
 * is wrong. Returns the exit status. */
int policy_publish(struct tool *tool, const char *path, const char *text);

#endif
