/* Shows a digest without sending it. */
#ifndef SANLING_DIGEST_TRY_H
#define SANLING_DIGEST_TRY_H

#include "agent_config.h"
#include "fault.h"

struct agent_program;

/* Prints on stdout the message that the digest of that name would send now; sends and writes nothing. FAULT_USAGE:
 * there is none of that name; FAULT_UNREACHABLE, FAULT_REFUSED: what the hub says. */
MUST_CHECK bool digest_try(const struct agent_program *program, const struct agent_config *config, const char *name,
                           struct fault *fault);

#endif
