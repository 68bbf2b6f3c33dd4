#include "scope.h"

#include <stdlib.h>

/* What took the unit's place by the day of the tree, of several the one named first; 0: nothing, or it has not ended.
 */
static uint32_t heir_of(const struct tree *tree, uint32_t ordinal)
{
    const struct state *state = tree->state;
    const struct unit *unit = state_unit(state, ordinal);
    const struct succession *first = table_row(&state->successions, unit->successors);
    if (unit_end(unit, tree->known_at) > tree->day || unit->successors == 0)
        return 0;
    return first->successor;
}

static uint32_t place_above(const struct tree *tree, uint32_t unit)
{
    uint32_t heir = heir_of(tree, unit);
    return heir != 0 ? heir : tree->parents[unit];
}

/* Each unit is walked over once: the way up ends where the answer is known. */
static void settle(const struct scope *scope, bool *known, uint32_t unit)
{
    uint32_t top = unit;
    for (uint32_t steps = 0; top != 0 && !known[top] && steps < scope->tree.count; steps++)
        top = place_above(&scope->tree, top);
    bool holds = top != 0 && known[top] && scope->holds[top];
    for (uint32_t at = unit; at != top && !known[at]; at = place_above(&scope->tree, at)) {
        scope->holds[at] = holds;
        known[at] = true;
    }
}

void scope_open(const struct state *state, uint32_t root, int32_t day, uint64_t known_at, struct scope *scope)
{
    *scope = (struct scope){.root = root};
    tree_open(state, day, known_at, &scope->tree);
    scope->holds = calloc(scope->tree.count, sizeof *scope->holds);
    bool *known = calloc(scope->tree.count, sizeof *known);
    if (!scope->holds || !known)
        abort();
    scope->holds[root] = true;
    known[root] = true;
    for (uint32_t unit = 1; unit < scope->tree.count; unit++) {
        if (root == 0)
            scope->holds[unit] = true;
        else
            settle(scope, known, unit);
    }
    free(known);
}

void scope_close(struct scope *scope)
{
    tree_close(&scope->tree);
    free(scope->holds);
    *scope = (struct scope){0};
}

bool scope_counts(const struct scope *scope, uint32_t unit)
{
    return scope->holds[unit] && scope->tree.lives[unit] &&
           unit_kind_counted((enum unit_kind)state_unit(scope->tree.state, unit)->kind);
}
