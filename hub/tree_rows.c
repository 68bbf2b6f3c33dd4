#include "tree_rows.h"

#include <stdlib.h>

#include "domain/unit.h"
#include "hub.h"

void tree_rows_clear(struct tree_rows *tree)
{
    for (int i = 0; i < TREE_MOMENTS_MAX; i++)
        unit_rows_clear(&tree->moments[i]);
    while (tree->waiting) {
        struct past_question *next = tree->waiting->next;
        past_question_free(&tree->waiting);
        tree->waiting = next;
    }
    *tree = (struct tree_rows){0};
}

static struct unit_rows *take_over(struct tree_rows *tree, int place, int32_t as_of, uint64_t known_at)
{
    struct unit_rows *rows = &tree->moments[place];
    if (rows->as_of != as_of || rows->known_at != known_at) {
        unit_rows_clear(rows);
        *rows = (struct unit_rows){.as_of = as_of, .known_at = known_at};
    }
    tree->used[place] = ++tree->uses;
    return rows;
}

struct unit_rows *tree_rows_of(struct tree_rows *tree, int32_t as_of, uint64_t known_at, bool live)
{
    int oldest = -1; /* the one that was not asked for longest */
    if (live)
        return take_over(tree, 0, as_of, known_at);
    for (int i = 1; i < TREE_MOMENTS_MAX; i++) {
        const struct unit_rows *rows = &tree->moments[i];
        if (rows->as_of == as_of && rows->known_at == known_at)
            return take_over(tree, i, as_of, known_at);
        if (rows != tree->making && (oldest < 0 || tree->used[i] < tree->used[oldest]))
            oldest = i;
    }
    return take_over(tree, oldest, as_of, known_at);
}

/* Whether the unit has a row below the root, in the tree of the open day, and it is not kept. */
static bool lacks(const struct state *state, const struct unit_rows *rows, uint32_t unit, uint32_t root)
{
    return unit_kind_counted((enum unit_kind)state_unit(state, unit)->kind) && !unit_rows_hold(state, rows, unit) &&
           state_unit_within(state, unit, root);
}

bool tree_rows_lack(const struct tree_rows *tree, const struct state *state, const struct unit_rows *rows,
                    uint32_t root)
{
    uint32_t count = 0;
    for (uint32_t unit = 1; unit < state->units.count && count <= TREE_ROWS_AT_ONCE; unit++)
        count += lacks(state, rows, unit, root);
    return count > TREE_ROWS_AT_ONCE && rows != tree->made;
}

bool tree_rows_wait(struct tree_rows *tree, struct unit_rows *rows, uint32_t root, struct past_question **question)
{
    struct past_question **end = &tree->waiting;
    if (tree->waiting_count == TREE_WAITING_MAX)
        return false;
    while (*end)
        end = &(*end)->next;
    (*question)->next = NULL;
    *end = *question;
    *question = NULL;
    tree->waiting_count++;
    if (tree->making)
        return true;
    tree->making = rows;
    tree->root = root;
    tree->next = 1;
    return true;
}

struct past_question *tree_rows_turn(struct tree_rows *tree, const struct state *state, struct status_scratch *scratch)
{
    enum { LOOK_AT_CLOCK_EVERY = 64 };
    if (!tree->making)
        return NULL;
    int64_t until_ms = hub_monotonic_ms() + TREE_SLICE_MS;
    state_timeline(state, tree->making->known_at, &tree->policies);
    for (uint32_t done = 1; tree->next < state->units.count; tree->next++, done++) {
        if (done % LOOK_AT_CLOCK_EVERY == 0 && hub_monotonic_ms() >= until_ms)
            return NULL;
        if (lacks(state, tree->making, tree->next, tree->root))
            (void)unit_rows_take(state, tree->making, &tree->policies, tree->next, scratch);
    }
    struct past_question *waiting = tree->waiting;
    tree->made = tree->making;
    tree->making = NULL;
    tree->waiting = NULL;
    tree->waiting_count = 0;
    return waiting;
}
