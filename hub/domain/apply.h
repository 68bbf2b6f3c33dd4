/* The domain as a function: a record changes the state, and what follows from it comes out. No clock: time passes by
 * DayClosed and ClockSet records, and by the recorded time of each. */
#ifndef HUB_DOMAIN_APPLY_H
#define HUB_DOMAIN_APPLY_H

#include <stdbool.h>
#include <stdint.h>

#include "event.h"
#include "judge.h"
#include "state.h"

/* What follows from a record beside the new state. */
struct effects {
    uint32_t unit; /* what the record is about, 0: no unit. A registration is about the unit that it made */
    office_set routed_to;
    bool restricted; /* for the offices concerned only: an accusation (信访工作条例 art. 30), a change of access */
    bool summary_changed;
};

/* Applies an accepted event as record `position`, which must be the next one. */
void domain_apply(struct state *state, const struct event *event, const struct publisher *publisher,
                  const struct ruling *ruling, uint64_t position, int64_t recorded_at_us, struct effects *effects);

#endif
