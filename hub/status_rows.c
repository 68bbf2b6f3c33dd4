#include "status_rows.h"

#include <stdlib.h>

static uint32_t *ordinals(uint32_t count)
{
    uint32_t *memory = calloc(count, sizeof *memory);
    if (!memory)
        abort();
    return memory;
}

void tree_walk_open(const struct tree *tree, uint32_t root, uint32_t depth, struct tree_walk *walk)
{
    *walk = (struct tree_walk){.tree = tree, .root = root, .depth = depth};
    walk->first_child = ordinals(tree->count);
    walk->next_sibling = ordinals(tree->count);
    for (uint32_t i = tree->count; i-- > 1;) { /* backwards: each goes in front, so that the oldest comes first */
        uint32_t parent = tree->parents[i];
        walk->next_sibling[i] = walk->first_child[parent];
        walk->first_child[parent] = i;
    }
}

void tree_walk_close(struct tree_walk *walk)
{
    free(walk->first_child);
    free(walk->next_sibling);
    *walk = (struct tree_walk){0};
}

uint32_t tree_walk_next(struct tree_walk *walk, uint32_t *level)
{
    if (!walk->started) {
        walk->started = true;
        walk->at = walk->root;
        if (walk->root != 0) {
            *level = 0;
            return walk->at;
        }
    }
    uint32_t child = walk->level < walk->depth ? walk->first_child[walk->at] : 0;
    if (child != 0) {
        walk->at = child;
        walk->level++;
    } else {
        while (walk->at != walk->root && walk->next_sibling[walk->at] == 0) {
            walk->at = walk->tree->parents[walk->at];
            walk->level--;
        }
        if (walk->at == walk->root)
            return 0;
        walk->at = walk->next_sibling[walk->at];
    }
    *level = walk->level;
    return walk->at;
}

static void list_rows(const struct status_view *view, const struct tree *tree, struct status_rows *rows,
                      uint32_t *row_of)
{
    struct tree_walk walk;
    uint32_t level = 0;
    rows->rows = calloc(tree->count + 1, sizeof *rows->rows);
    if (!rows->rows)
        abort();
    rows->count = 0;
    if (view->root == 0)
        rows->rows[rows->count++] = (struct status_row){0};
    tree_walk_open(tree, view->root, view->depth, &walk);
    for (uint32_t unit = tree_walk_next(&walk, &level); unit != 0; unit = tree_walk_next(&walk, &level)) {
        if (level > 0 && !tree->lives[unit])
            continue;
        row_of[unit] = (uint32_t)rows->count + 1;
        rows->rows[rows->count++] = (struct status_row){.unit = unit, .level = level};
    }
    tree_walk_close(&walk);
}

/* The statuses of a unit; of one with a row of its own all that is to be shown of it. */
static void look_at(struct state *state, const struct status_view *view, const struct tree *tree, uint32_t unit,
                    struct status_row *row, enum status zeros[static ZERO_COUNT], struct status_scratch *scratch)
{
    if (!row) {
        rollup_statuses(state, tree, view->policies, unit, zeros, scratch);
        return;
    }
    const struct status_question question = {
        .unit = unit, .as_of = view->as_of, .known_at = view->known_at, .policies = view->policies};
    row->counted = true;
    for (int zero = 0; zero < ZERO_COUNT; zero++) {
        row->zeros[zero] = status_of_zero(state, &question, (enum zero)zero, scratch);
        zeros[zero] = row->zeros[zero].status;
    }
}

static void add_unit(struct status_row *row, enum unit_kind kind, const enum status zeros[static ZERO_COUNT],
                     uint32_t other_count, const bool other[static OTHER_RULES_MAX])
{
    rollup_add(&row->below, kind, zeros);
    for (uint32_t at = 0; at < other_count; at++)
        row->other_units[at] += other[at];
}

/* Whether other rules give the unit another status in any zero. */
static bool differs(struct state *state, const struct status_view *view, const struct policy_timeline *other,
                    uint32_t unit, const enum status zeros[static ZERO_COUNT], struct status_scratch *scratch)
{
    const struct status_question question = {
        .unit = unit, .as_of = view->as_of, .known_at = view->known_at, .policies = other};
    for (int zero = 0; zero < ZERO_COUNT; zero++)
        if (status_of_zero(state, &question, (enum zero)zero, scratch).status != zeros[zero])
            return true;
    return false;
}

void status_rows_open(struct state *state, const struct status_view *view, const struct other_rules *others,
                      const struct tree *tree, struct status_scratch *scratch, struct status_rows *rows)
{
    uint32_t *row_of = ordinals(tree->count);
    list_rows(view, tree, rows, row_of);
    for (uint32_t unit = 1; unit < tree->count; unit++) {
        enum unit_kind kind = (enum unit_kind)state_unit(state, unit)->kind;
        if (!unit_kind_counted(kind) || !tree->lives[unit] || !tree_within(tree, unit, view->root))
            continue;
        enum status zeros[ZERO_COUNT];
        struct status_row *own = row_of[unit] != 0 ? &rows->rows[row_of[unit] - 1] : NULL;
        bool other[OTHER_RULES_MAX];
        look_at(state, view, tree, unit, own, zeros, scratch);
        for (uint32_t at = 0; at < others->count; at++)
            other[at] = differs(state, view, &others->policies[at], unit, zeros, scratch);
        for (uint32_t above = unit; above != 0; above = tree->parents[above])
            if (row_of[above] != 0)
                add_unit(&rows->rows[row_of[above] - 1], kind, zeros, others->count, other);
        if (view->root == 0)
            add_unit(&rows->rows[0], kind, zeros, others->count, other);
    }
    free(row_of);
}

void status_rows_close(struct status_rows *rows)
{
    free(rows->rows);
    *rows = (struct status_rows){0};
}
