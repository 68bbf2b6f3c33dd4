/* The state after a start: the stored one if it belongs to the log, and then the log from there up to its head. */
#ifndef HUB_RECOVERY_H
#define HUB_RECOVERY_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"
#include "ledger.h"
#include "log/event_log.h"
#include "store/state_store.h"

/* Fills an empty ledger. Without a store the whole log is read. *began: the position of the stored state that it
 * began with, 0 without one. `progress` may be NULL. FAULT_DAMAGED: the log or the state cannot be what was
 * acknowledged. */
MUST_CHECK bool recover_state(struct ledger *ledger, struct event_log *log, struct state_store *store, uint64_t *began,
                              void (*progress)(uint64_t position, uint64_t last), struct fault *fault);

#endif
