#include <stdlib.h>

#include "answer_parts.h"
#include "domain/day.h"
#include "domain/unit_row.h"
#include "domain/watch.h"

/* Of one part: a client unpacks 65,536 fields, and each element of a column is one. */
enum { PART_UNITS = 3600, COLUMNS = 16, HEAD_FIELDS = 64 };
_Static_assert(PART_UNITS *COLUMNS + HEAD_FIELDS < WIRE_MESSAGE_FIELDS_MAX, "a client unpacks so many fields at most");

/* Which units are shown, in the order of the answer, and where the parent of each stands. */
struct tree_list {
    uint32_t *units;
    uint32_t *parents; /* place of the parent and 1; 0: it is not shown */
    uint32_t count;
};

static void list_open(const struct status_view *view, const struct tree *tree, struct tree_list *list)
{
    struct tree_walk walk;
    uint32_t level = 0;
    uint32_t *place_of = calloc(tree->count, sizeof *place_of); /* of the unit and 1, or of what stands above it */
    *list = (struct tree_list){.units = calloc(tree->count, sizeof *list->units),
                               .parents = calloc(tree->count, sizeof *list->parents)};
    if (!place_of || !list->units || !list->parents)
        abort();
    tree_walk_open(tree, view->root, UINT32_MAX, &walk);
    for (uint32_t unit = tree_walk_next(&walk, &level); unit != 0; unit = tree_walk_next(&walk, &level)) {
        uint32_t above = level > 0 || view->root == 0 ? place_of[tree->parents[unit]] : 0;
        place_of[unit] = above;
        if (!tree->lives[unit])
            continue; /* what still hangs below it is shown below what stands above it */
        list->units[list->count] = unit;
        list->parents[list->count] = above;
        place_of[unit] = ++list->count;
    }
    tree_walk_close(&walk);
    free(place_of);
}

static void list_close(struct tree_list *list)
{
    free(list->units);
    free(list->parents);
    *list = (struct tree_list){0};
}

/* The columns of one part, all of one length. */
static void take_columns(struct hub *hub, uint32_t count, Sanling__V1__TreeAnswer *part)
{
    part->codes = take(hub, count * sizeof *part->codes);
    part->names = take(hub, count * sizeof *part->names);
    part->parents = take(hub, count * sizeof *part->parents);
    part->kinds = take(hub, count * sizeof *part->kinds);
    part->joint = take(hub, count * sizeof *part->joint);
    part->petition_status = take(hub, count * sizeof *part->petition_status);
    part->accident_status = take(hub, count * sizeof *part->accident_status);
    part->case_status = take(hub, count * sizeof *part->case_status);
    part->petition_streaks = take(hub, count * sizeof *part->petition_streaks);
    part->accident_streaks = take(hub, count * sizeof *part->accident_streaks);
    part->case_streaks = take(hub, count * sizeof *part->case_streaks);
    part->verified_until = take(hub, count * sizeof *part->verified_until);
    part->gap_offices = take(hub, count * sizeof *part->gap_offices);
    part->gap_from = take(hub, count * sizeof *part->gap_from);
    part->gap_to = take(hub, count * sizeof *part->gap_to);
    part->silent = take(hub, count * sizeof *part->silent);
    part->n_codes = part->n_names = part->n_parents = part->n_kinds = count;
    part->n_joint = part->n_petition_status = part->n_accident_status = part->n_case_status = count;
    part->n_petition_streaks = part->n_accident_streaks = part->n_case_streaks = count;
    part->n_verified_until = part->n_gap_offices = part->n_gap_from = part->n_gap_to = part->n_silent = count;
}

static void fill_counted(const struct unit_row *row, size_t at, Sanling__V1__TreeAnswer *part)
{
    part->joint[at] = (Sanling__V1__Status__Kind)status_joint(row->zeros);
    part->petition_status[at] = (Sanling__V1__Status__Kind)row->zeros[ZERO_PETITION];
    part->accident_status[at] = (Sanling__V1__Status__Kind)row->zeros[ZERO_ACCIDENT];
    part->case_status[at] = (Sanling__V1__Status__Kind)row->zeros[ZERO_CASE];
    part->petition_streaks[at] = (uint32_t)row->streak_days[ZERO_PETITION];
    part->accident_streaks[at] = (uint32_t)row->streak_days[ZERO_ACCIDENT];
    part->case_streaks[at] = (uint32_t)row->streak_days[ZERO_CASE];
    part->verified_until[at] = row->verified_until == DAY_NONE ? 0 : row->verified_until;
    if (row->gap_office == OFFICE_NONE)
        return;
    part->gap_offices[at] = (Sanling__V1__Office__Kind)row->gap_office;
    part->gap_from[at] = row->gap.from;
    part->gap_to[at] = row->gap.to;
}

static void fill_sum(size_t at, Sanling__V1__TreeAnswer *part)
{
    part->joint[at] = part->petition_status[at] = part->accident_status[at] = part->case_status[at] =
        SANLING__V1__STATUS__KIND__NOT_COUNTED;
}

static void fill_unit(struct hub *hub, const struct status_view *view, struct unit_rows *rows, uint32_t ordinal,
                      size_t at, Sanling__V1__TreeAnswer *part)
{
    const struct state *state = hub->shown.state;
    const struct unit *unit = state_unit(state, ordinal);
    part->codes[at] = take_code(hub, ordinal);
    part->names[at] =
        take_text(hub, state_text(state, unit_said_on(state, ordinal, SAYS_NAME, view->as_of, view->known_at)->name));
    part->kinds[at] = (Sanling__V1__UnitKind__Kind)unit->kind;
    if (!unit_kind_counted((enum unit_kind)unit->kind)) {
        fill_sum(at, part);
        return;
    }
    part->silent[at] = unit_silent_days(unit, view->as_of, timeline_on(view->policies, view->as_of)) > 0;
    fill_counted(unit_rows_take(state, rows, view->policies, ordinal, &hub->scratch), at, part);
}

void answer_tree(struct hub *hub, const struct session *session, uint32_t query, const struct status_view *view,
                 struct unit_rows *rows)
{
    struct tree tree;
    struct tree_list list;
    tree_open(hub->shown.state, view->as_of, view->known_at, &tree);
    list_open(view, &tree, &list);
    for (uint32_t first = 0; first == 0 || first < list.count; first += PART_UNITS) {
        wire_arena_reset(hub->arena);
        uint32_t count = list.count - first < PART_UNITS ? list.count - first : PART_UNITS;
        Sanling__V1__Answer answer = answer_head(hub, query);
        Sanling__V1__TreeAnswer part = SANLING__V1__TREE_ANSWER__INIT;
        take_columns(hub, count, &part);
        part.total = list.count;
        for (uint32_t at = 0; at < count; at++) {
            part.parents[at] = list.parents[first + at];
            fill_unit(hub, view, rows, list.units[first + at], at, &part);
        }
        answer.more = first + PART_UNITS < list.count;
        answer.body_case = SANLING__V1__ANSWER__BODY_TREE;
        answer.tree = &part;
        send_answer(hub, session, &answer);
    }
    list_close(&list);
    tree_close(&tree);
}
