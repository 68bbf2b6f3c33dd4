/* The tree of units as of a day and as known at a position: who lives, what stands above what. */
#ifndef HUB_DOMAIN_TREE_H
#define HUB_DOMAIN_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "state.h"

/* Whether the unit lives on the day, as known at the position. */
bool unit_lives(const struct unit *unit, int32_t day, uint64_t known_at);
/* The first day on which it lives no more, as known at the position; DAY_NEVER while it lives. */
int32_t unit_end(const struct unit *unit, uint64_t known_at);
/* Whose word on one of its properties (SAYS_ bit) holds on the day: the last change of it that holds then, of several
 * on one day the one said last. Before its first day: its registration, which has a word on each. */
const struct unit_version *unit_said_on(const struct state *state, uint32_t unit, uint32_t property, int32_t day,
                                        uint64_t known_at);
/* What stands above it: its parent, or where that has ended what took the parent's place. 0: a root. */
uint32_t unit_parent_on(const struct state *state, uint32_t unit, int32_t day, uint64_t known_at);

/* Sets what a unit, or every unit, shows of itself on the open day: name, attributes, place. */
void tree_refresh_unit(struct state *state, uint32_t unit);
void tree_refresh(struct state *state);

/* The whole tree of one day, for questions about many units. */
struct tree {
    const struct state *state;
    int32_t day;
    uint64_t known_at;
    int32_t later;     /* days behind it at which dues are looked at: of a period that is over (ruling 10) */
    uint32_t count;    /* of units */
    uint32_t *parents; /* by ordinal */
    bool *lives;       /* on the day */
};
void tree_open(const struct state *state, int32_t day, uint64_t known_at, struct tree *tree);
void tree_close(struct tree *tree);
bool tree_within(const struct tree *tree, uint32_t unit, uint32_t root);

/* Days from `from` to `to` on which something of what `says` has the SAYS_ bits of, or which units live, may differ
 * from the day before, rising, `from` itself first. Returns their number; `days` holds `capacity`, the rest is left out
 * only where more changed than fit. */
uint32_t tree_changes(const struct state *state, uint32_t says, int32_t from, int32_t to, int32_t *days,
                      uint32_t capacity);

#endif
