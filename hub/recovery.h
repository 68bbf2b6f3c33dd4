/* The state after a start: the stored one if it belongs to the log, and then the log from there up to its head. */
#ifndef HUB_RECOVERY_H
#define HUB_RECOVERY_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"
#include "ledger.h"
#include "log/event_log.h"

/* Fills an empty ledger. `data` is the folder. *stored: whether it began with the stored state; NULL leaves that aside
 * and reads the whole log. `progress` may be NULL. FAULT_DAMAGED: the log or the state cannot be what was acknowledged.
 */
MUST_CHECK bool recover_state(struct ledger *ledger, struct event_log *log, const char *data, bool *stored,
                              void (*progress)(uint64_t position, uint64_t last), struct fault *fault);

#endif
