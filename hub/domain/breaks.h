/* What breaks a zero: the recorded events that some adopted policy looks at, each judged by the policy of its day and
 * by its facts as they were known. So a rule can change, a fact be corrected and a record be retracted, and yesterday's
 * question keeps yesterday's answer. */
#ifndef HUB_DOMAIN_BREAKS_H
#define HUB_DOMAIN_BREAKS_H

#include <stdbool.h>
#include <stdint.h>

#include "state.h"

/* A move in the chain of a unit; built, never written. */
struct candidate {
    uint32_t move;
    uint32_t next;       /* the unit's older one */
    uint8_t territorial; /* 1: it happened at an enterprise that stands on the unit's ground */
    uint8_t zeros;       /* bits of those that it may break */
    uint8_t unused[2];
};

/* The facts of a move as known at the position; false: it has none that rules look at beyond its kind. */
const struct facts *move_facts(const struct state *state, const struct move *move, uint64_t known_at);
/* Whether the move was recorded and stands at the position. */
bool move_stands(const struct state *state, const struct move *move, uint64_t known_at);

/* A break as a question meets it. */
struct break_found {
    uint32_t move; /* ordinal */
    uint64_t position;
    int32_t day;
    enum zero zero;
    const struct policy *policy; /* of its day */
    const struct break_rule *rule;
};
/* Whether the move breaks a zero under the policy of its day, as known at the position. */
bool move_breaks(const struct state *state, const struct policy_timeline *policies, uint32_t move, uint64_t known_at,
                 struct break_found *found);

/* What a move says, and what the opening of its matter says, which much depends on; either may be taken otherwise. */
struct stated {
    const struct facts *own; /* NULL: nothing beyond its kind */
    const struct facts *opening;
    const struct casualties *casualties; /* its own */
    const char *category;                /* its own, else the opening's; "" for none */
};
struct stated move_states(const struct state *state, const struct move *move, uint64_t known_at);
/* The rule by which the move would break a zero if it and its matter's opening said this; NULL: none would. */
const struct break_rule *stated_break(const struct state *state, const struct policy_timeline *policies,
                                      const struct move *move, const struct stated *stated);
/* The ground on which what happened at an enterprise happened, as it was known when it was recorded; 0: none. */
uint32_t move_territory(const struct state *state, const struct move *move);

/* Walks the breaks of a unit, newest record first. Start with a cursor that is zeroed but for `zeros`. */
struct break_cursor {
    uint32_t next; /* candidate */
    bool started;
    uint8_t
        zeros; /* bits of those that are asked about; breaks of others are left out as far as that is quick; 0: all */
};
bool breaks_next(const struct state *state, const struct policy_timeline *policies, uint32_t unit, uint64_t known_at,
                 struct break_cursor *cursor, struct break_found *found);

/* Enters a move that was just recorded, if any adopted policy looks at its kind. */
void breaks_enter(struct state *state, uint32_t move);
/* Builds all chains anew: after reading the state, and when a policy looks at kinds that none looked at before. */
void breaks_rebuild(struct state *state);

#endif
