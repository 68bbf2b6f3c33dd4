/* A receipt: the proof that the hub recorded an event of the office, under the hub's signature, asked for with the
 * agent's own identity and checked before it is given out. It is the file that `sanlingctl prove --check` reads. */
#ifndef SANLING_RECEIPT_H
#define SANLING_RECEIPT_H

#include "agent_config.h"
#include "fault.h"

/* Of the record at `position`, a number as text; to the file `out`, or to standard output where that is NULL. FAULT_NO:
 * the hub has no such record, or its proof does not hold. */
MUST_CHECK bool receipt_get(const struct agent_config *config, const char *position, const char *out,
                            struct fault *fault);

#endif
