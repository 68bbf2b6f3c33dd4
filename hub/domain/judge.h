/* Whether an event may be recorded: a pure decision on the state as it stands, with the reason where it may not. */
#ifndef HUB_DOMAIN_JUDGE_H
#define HUB_DOMAIN_JUDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "event.h"
#include "matter.h"
#include "state.h"
#include "unit.h"

/* Who published, as the access file said at that moment. */
struct publisher {
    const char *identity; /* its name: two approvals need two of them */
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
    VERDICT_SECOND_APPROVER,
    VERDICT_KEY_DESTROYED,
    VERDICT_PROPOSAL_CLOSED,
};

struct ruling {
    enum verdict verdict;
    char text[192]; /* why not, one line; empty when accepted */
    /* What apply needs and judging found: */
    uint32_t unit;     /* ordinal, 0 for events about no unit */
    uint32_t matter;   /* ordinal, 0: opened by this event, or none */
    uint32_t campaign; /* row of `campaigns`, 0: this event is the first to name it, or names none */
    enum step step;    /* where the matter goes; STEP_NONE: nowhere */
    int32_t day;       /* of occurrence, in the policy's zone */
    bool waits;        /* an amendment or a policy that needs a second approval: recorded, not in force */
    bool approved;     /* that second approval: in force now */
};

/* A refusal: the verdict and one line that says why. Returns false so that it ends the judging function. */
__attribute__((format(printf, 3, 4))) bool ruling_refuse(struct ruling *ruling, enum verdict verdict,
                                                         const char *format, ...);

/* Decides on the event; changes nothing. `recorded_at_us` is the time that it would be recorded with. */
void domain_judge(const struct state *state, const struct event *event, const struct publisher *publisher,
                  int64_t recorded_at_us, struct ruling *ruling);

/* The level that stands behind a publisher: the kind of its subtree's root, communities and enterprises as villages
 * (ruling 19); the highest for the whole tree. */
static inline enum unit_kind publisher_level(const struct state *state, const struct publisher *publisher)
{
    enum unit_kind kind = publisher->root ? (enum unit_kind)state_unit(state, publisher->root)->kind : UNIT_PROVINCE;
    return unit_kind_counted(kind) ? UNIT_VILLAGE : kind;
}
/* The campaign that an accepted event names, once apply has made its row; 0: none. */
static inline uint32_t ruling_campaign(const struct state *state, const struct event *event,
                                       const struct ruling *ruling)
{
    bool first = ruling->campaign == 0 && event->campaign[0] != '\0';
    return first ? state_find_campaign(state, event->campaign) : ruling->campaign;
}
/* EXERCISE and TEST are logged and routed, and move nothing: there is no matter of theirs to judge. */
static inline bool event_is_drill(const struct event *event)
{
    return event->mode != MODE_ACTUAL;
}

#endif
