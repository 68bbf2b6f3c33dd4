/* The domain as a function: an event and a state in, a ruling out; then the record changes the state. No clock: time
 * passes by DayClosed and ClockSet records, and by the recorded time of each. */
#ifndef HUB_DOMAIN_APPLY_H
#define HUB_DOMAIN_APPLY_H

#include <stdbool.h>
#include <stdint.h>

#include "event.h"
#include "matter.h"
#include "state.h"

/* Who published, as the access file said at that moment. */
struct publisher {
    enum office office;
    uint32_t root; /* ordinal of the unit at the top of its subtree; 0: the whole tree */
};

enum verdict {
    VERDICT_ACCEPTED,
    VERDICT_UNKNOWN_UNIT,
    VERDICT_NOT_PERMITTED,
    VERDICT_BAD_TIME,
    VERDICT_ILLEGAL_TRANSITION,
    VERDICT_MISSING_FIELD,
    VERDICT_BAD_VALUE,
    VERDICT_UNKNOWN_MATTER,
    VERDICT_DAY_NOT_CLOSED,
    VERDICT_DUPLICATE_UNIT,
    VERDICT_CAMPAIGN_UNKNOWN,
    VERDICT_NOT_VALID,
};

struct ruling {
    enum verdict verdict;
    char text[192]; /* why not, one line; empty when accepted */
    /* What apply needs and judging found: */
    uint32_t unit;   /* ordinal, 0 for events about no unit */
    uint32_t matter; /* ordinal, 0: opened by this event, or none */
    enum step step;  /* where the matter goes; STEP_NONE: nowhere */
    int32_t day;     /* of occurrence, in the policy's zone */
};

/* Decides on the event; changes nothing. `recorded_at_us` is the time that it would be recorded with. */
void domain_judge(const struct state *state, const struct event *event, const struct publisher *publisher,
                  int64_t recorded_at_us, struct ruling *ruling);

/* What follows from a record beside the new state. */
struct effects {
    office_set routed_to;
    bool restricted; /* an accusation: for the offices concerned only (信访工作条例 art. 30) */
    bool summary_changed;
};

/* Applies an accepted event as record `position`, which must be the next one. */
void domain_apply(struct state *state, const struct event *event, const struct publisher *publisher,
                  const struct ruling *ruling, uint64_t position, int64_t recorded_at_us, struct effects *effects);

#endif
