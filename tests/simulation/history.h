/* A random history of a small county: acts in the order of the days, drawn from a seed before anything is decided. An
 * act names what it speaks of by the act that made it, so acts can be left out, added and taken in another order. */
#ifndef SIMULATION_HISTORY_H
#define SIMULATION_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "draw.h"
#include "event.h"
#include "policy.h"

enum {
    HISTORY_ACTS = 4096,
    HISTORY_POLICIES = 8,
    ACT_UNITS = 4,
    ACT_MATTER_SIZE = 16,
    ACT_NONE = -1,
};

struct act {
    struct event event;
    struct event replacement; /* of a correction */
    enum office office;
    const char *root; /* code of the unit at the top of the publisher's subtree; "" for the whole tree */
    const char *identity;
    int32_t target; /* the act whose position the event names; ACT_NONE */
    int32_t day;    /* the open day that it was drawn for */
    char matter[ACT_MATTER_SIZE];
    const char *units[ACT_UNITS];
};

struct history {
    uint64_t seed;
    uint32_t count;
    int32_t first_day;
    int32_t last_day;
    struct act acts[HISTORY_ACTS];
    uint32_t policy_count;
    struct policy policies[HISTORY_POLICIES];
};

/* Fills the history from the seed. Its acts point into it: it must not be moved or copied. */
void history_draw(struct history *history, uint64_t seed);
/* Appends an act of that kind by an office of the whole county, at noon of the day; the caller fills the rest. NULL:
 * there is no more room. */
struct act *history_add(struct history *history, enum event_kind kind, int32_t day, enum office office);
/* Appends the same act once more; what points into it points into the copy. */
struct act *history_repeat(struct history *history, uint32_t act);

/* The codes that units of histories may have, registered in this one or not; NULL behind the last. */
const char *history_unit(uint32_t index);

#endif
