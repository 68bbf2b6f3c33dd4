/* Which rows belong below a node: a unit stands where the tree of the day has it, and one that has ended stands where
 * its successor does, so that what happened at it is counted once, and by those who answer for it now. */
#ifndef HUB_DOMAIN_SCOPE_H
#define HUB_DOMAIN_SCOPE_H

#include <stdbool.h>
#include <stdint.h>

#include "tree.h"

struct scope {
    struct tree tree;
    uint32_t root; /* 0: everything */
    bool *holds;   /* by ordinal */
};
void scope_open(const struct state *state, uint32_t root, int32_t day, uint64_t known_at, struct scope *scope);
void scope_close(struct scope *scope);
/* A row about no unit (0) belongs to the whole tree only. */
static inline bool scope_holds(const struct scope *scope, uint32_t unit)
{
    return scope->holds[unit];
}
/* Whether the unit is counted there: it has a status of its own and lives on the day. */
bool scope_counts(const struct scope *scope, uint32_t unit);

#endif
