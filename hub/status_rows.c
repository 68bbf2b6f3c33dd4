#include "status_rows.h"

#include <stdlib.h>

static uint32_t *ordinals(uint32_t count)
{
    uint32_t *memory = calloc(count, sizeof *memory);
    if (!memory)
        abort();
    return memory;
}

void tree_walk_open(const struct state *state, uint32_t root, uint32_t depth, struct tree_walk *walk)
{
    *walk = (struct tree_walk){.state = state, .root = root, .depth = depth};
    walk->first_child = ordinals(state->units.count);
    walk->next_sibling = ordinals(state->units.count);
    for (uint32_t i = state->units.count;
         i-- > 1;) { /* backwards: each goes in front, so that the oldest comes first */
        uint32_t parent = state_unit(state, i)->parent;
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
            walk->at = state_unit(walk->state, walk->at)->parent;
            walk->level--;
        }
        if (walk->at == walk->root)
            return 0;
        walk->at = walk->next_sibling[walk->at];
    }
    *level = walk->level;
    return walk->at;
}

static void list_rows(const struct state *state, const struct status_view *view, struct status_rows *rows,
                      uint32_t *row_of)
{
    struct tree_walk walk;
    uint32_t level = 0;
    rows->rows = calloc(state->units.count + 1, sizeof *rows->rows);
    if (!rows->rows)
        abort();
    rows->count = 0;
    if (view->root == 0)
        rows->rows[rows->count++] = (struct status_row){0};
    tree_walk_open(state, view->root, view->depth, &walk);
    for (uint32_t unit = tree_walk_next(&walk, &level); unit != 0; unit = tree_walk_next(&walk, &level)) {
        if (level > 0 && !unit_lives(state_unit(state, unit), view->as_of))
            continue;
        row_of[unit] = (uint32_t)rows->count + 1;
        rows->rows[rows->count++] = (struct status_row){.unit = unit, .level = level};
    }
    tree_walk_close(&walk);
}

static void unit_statuses(struct state *state, const struct status_view *view, uint32_t unit,
                          enum status zeros[static ZERO_COUNT], struct status_scratch *scratch)
{
    if (view->as_of == state->heads.today && view->known_at == POSITION_END) {
        status_now(state, unit, zeros, scratch);
        return;
    }
    struct status_question question = {
        .unit = unit, .as_of = view->as_of, .known_at = view->known_at, .policy = view->policy};
    for (int zero = 0; zero < ZERO_COUNT; zero++)
        zeros[zero] = status_of_zero(state, &question, (enum zero)zero, scratch).status;
}

void status_rows_open(struct state *state, const struct status_view *view, struct status_scratch *scratch,
                      struct status_rows *rows)
{
    uint32_t *row_of = ordinals(state->units.count);
    list_rows(state, view, rows, row_of);
    for (uint32_t ordinal = 1; ordinal < state->units.count; ordinal++) {
        const struct unit *unit = state_unit(state, ordinal);
        bool counted = unit_kind_counted((enum unit_kind)unit->kind) && unit_lives(unit, view->as_of) &&
                       (view->known_at == POSITION_END || unit->registered_at <= view->known_at);
        if (!counted || !state_unit_within(state, ordinal, view->root))
            continue;
        enum status zeros[ZERO_COUNT];
        unit_statuses(state, view, ordinal, zeros, scratch);
        for (uint32_t above = ordinal; above != 0; above = state_unit(state, above)->parent)
            if (row_of[above] != 0)
                rollup_add(&rows->rows[row_of[above] - 1].below, (enum unit_kind)unit->kind, zeros);
        if (view->root == 0)
            rollup_add(&rows->rows[0].below, (enum unit_kind)unit->kind, zeros);
    }
    free(row_of);
}

void status_rows_close(struct status_rows *rows)
{
    free(rows->rows);
    *rows = (struct status_rows){0};
}
