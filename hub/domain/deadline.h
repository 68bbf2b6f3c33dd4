/* The clocks that run on matters, joint tasks and supervisions, and which of them ran out, and how long ago, when a day
 * was closed. */
#ifndef HUB_DOMAIN_DEADLINE_H
#define HUB_DOMAIN_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "state.h"

/* The clock that runs at this step. */
enum clock deadline_clock(enum matter_kind kind, uint32_t step);
/* Whether a clock runs on the matter with a last day. */
bool deadline_runs(const struct matter *matter);

struct deadline {
    uint32_t matter;      /* ordinal */
    uint32_t task;        /* ordinal, of CLOCK_TASK */
    uint32_t supervision; /* ordinal, of CLOCK_SUPERVISION */
    enum clock clock;
    enum office office; /* that it runs for */
    int32_t due_day;
    uint32_t level; /* that is to be reported now */
};
/* Where a walk over everything that has a last day stands; zeroed: before the first. */
struct deadline_cursor {
    uint32_t matter, task, supervision;
};
/* The next clock that is to be reported once `closed_day` is closed: it ran out on it or before, and a level of the
 * policy's escalation is reached that was not reported yet. After it is reported (domain_apply of DeadlinePassed) the
 * same row is looked at again for its next level. false: there is none. */
bool deadline_next(const struct state *state, int32_t closed_day, struct deadline_cursor *cursor,
                   struct deadline *deadline);

#endif
