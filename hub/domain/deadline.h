/* The clocks that run on matters, and which of them ran out when a day was closed. */
#ifndef HUB_DOMAIN_DEADLINE_H
#define HUB_DOMAIN_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "state.h"

/* The clock that runs at this step, in the contract's numbers; 0: none does. */
uint32_t deadline_clock(enum matter_kind kind, uint32_t step);

struct deadline {
    uint32_t matter; /* ordinal */
    uint32_t clock;
    int32_t due_day;
};
/* The next matter behind ordinal *after (0: from the first) whose last day is `closed_day` or before and whose running
 * clock has not been reported yet; *after moves on to it. false: there is none. */
bool deadline_next(const struct state *state, int32_t closed_day, uint32_t *after, struct deadline *deadline);

#endif
