#include "difference.h"

#include <stdlib.h>

#include "day.h"
#include "evidence.h"

/* ---- which differ ---- */

/* The day as it was known at one of the two positions. */
struct side {
    struct tree tree;
    struct policy_timeline policies;
    uint32_t root;
};

static void side_open(const struct state *state, uint32_t root, int32_t day, uint64_t known_at, struct side *side)
{
    side->root = root;
    tree_open(state, day, known_at, &side->tree);
    state_timeline(state, known_at, &side->policies);
}

static bool side_statuses(struct state *state, const struct side *side, uint32_t unit,
                          enum status zeros[static ZERO_COUNT], struct status_scratch *scratch)
{
    const struct tree *tree = &side->tree;
    const struct status_question question = {
        .unit = unit, .as_of = tree->day, .known_at = tree->known_at, .policies = &side->policies};
    bool counts = tree->lives[unit] && tree_within(tree, unit, side->root);
    for (int zero = 0; zero < ZERO_COUNT; zero++) {
        zeros[zero] = STATUS_NOT_COUNTED;
        if (counts)
            status_on_days(state, &question, (enum zero)zero, &tree->day, 1, &zeros[zero], scratch);
    }
    return counts;
}

static void add_row(struct difference *difference, struct difference_row row)
{
    if (difference->count == difference->capacity) {
        difference->capacity = difference->capacity ? difference->capacity * 2 : 64;
        difference->rows = realloc(difference->rows, difference->capacity * sizeof *difference->rows);
        if (!difference->rows)
            abort();
    }
    difference->rows[difference->count++] = row;
}

void difference_open(struct state *state, uint32_t root, int32_t day, uint64_t known_at, struct status_scratch *scratch,
                     struct difference *difference)
{
    struct side then, now;
    *difference = (struct difference){0};
    if (known_at == POSITION_END) { /* there is nothing behind it */
        rollup_on(state, root, day, known_at, &difference->now, scratch);
        difference->then = difference->now;
        return;
    }
    side_open(state, root, day, known_at, &then);
    side_open(state, root, day, POSITION_END, &now);
    for (uint32_t unit = 1; unit < state->units.count; unit++) {
        enum unit_kind kind = (enum unit_kind)state_unit(state, unit)->kind;
        enum status before[ZERO_COUNT], after[ZERO_COUNT];
        if (!unit_kind_counted(kind))
            continue;
        if (side_statuses(state, &then, unit, before, scratch))
            rollup_add(&difference->then, kind, before);
        if (side_statuses(state, &now, unit, after, scratch))
            rollup_add(&difference->now, kind, after);
        for (int zero = 0; zero < ZERO_COUNT; zero++)
            if (before[zero] != after[zero])
                add_row(difference, (struct difference_row){unit, (enum zero)zero, before[zero], after[zero]});
    }
    tree_close(&then.tree);
    tree_close(&now.tree);
}

void difference_close(struct difference *difference)
{
    free(difference->rows);
    *difference = (struct difference){0};
}

/* ---- what made it ---- */

struct look {
    const struct state *state;
    const struct difference_row *row;
    int32_t day;
    uint64_t known_at;
    struct difference_cause *causes;
    uint32_t count;
    struct policy_timeline policies; /* known now */
};

/* Keeps them rising and each once; what was known then is no cause. */
static void add_cause(struct look *look, uint64_t position, enum event_kind kind)
{
    uint32_t at = look->count;
    if (position <= look->known_at || look->count == DIFFERENCE_CAUSES_MAX)
        return;
    for (uint32_t i = 0; i < look->count; i++)
        if (look->causes[i].position == position)
            return;
    for (; at > 0 && look->causes[at - 1].position > position; at--)
        look->causes[at] = look->causes[at - 1];
    look->causes[at] = (struct difference_cause){position, kind};
    look->count++;
}

/* What the record that changed facts was: a supplement is a move, a correction is none. */
static enum event_kind amendment_at(const struct state *state, uint64_t position)
{
    uint32_t move = state_find_move(state, position);
    if (move != 0)
        return (enum event_kind)state_move(state, move)->kind;
    for (uint32_t at = state->amendments.count; at-- > 1;) { /* few */
        const struct amendment *amendment = table_row(&state->amendments, at);
        if (amendment->position == position && amendment->kind == AMENDMENT_RETRACTED)
            return EVENT_EVENT_RETRACTED;
    }
    return EVENT_EVENT_CORRECTED;
}

static void add_amendments(struct look *look, const struct move *move)
{
    const struct facts_rest *rest;
    if (move->lifted)
        add_cause(look, move_lifted_at(look->state, move), EVENT_EVENT_RETRACTED);
    for (uint32_t at = move->facts; at != 0; at = rest->older) {
        const struct facts *facts = table_row(&look->state->facts, at);
        rest = table_row(&look->state->rests, facts->rest);
        if (rest->since > look->known_at)
            add_cause(look, rest->since, amendment_at(look->state, rest->since));
    }
}

/* The move, and what was said since of it and of what opened its matter. */
static void add_move(struct look *look, uint32_t ordinal)
{
    const struct move *move = state_move(look->state, ordinal);
    const struct move *opening = state_move(look->state, state_matter(look->state, move->matter)->opening);
    add_cause(look, move->position, (enum event_kind)move->kind);
    add_amendments(look, move);
    if (opening != move)
        add_amendments(look, opening);
}

/* The breaks as they were known at a position. */
static void add_breaks(struct look *look, uint64_t known_at, const struct policy_timeline *policies)
{
    const struct status_question question = {
        .unit = look->row->unit, .as_of = look->day, .known_at = known_at, .policies = policies};
    struct break_walk walk;
    struct break_found found;
    break_walk_open(look->state, &question, (uint32_t)look->row->zero, &walk);
    while (break_walk_next(&walk, &found))
        add_move(look, found.move);
}

/* What made the attestation count, or count no more, if that changed. */
static void add_attestation(struct look *look, const struct attestation *attestation, const struct policy *before,
                            const struct policy *now)
{
    const struct state *state = look->state;
    bool counted = before && attestation_counts(state, attestation, look->known_at, before);
    bool counts = now && attestation_counts(state, attestation, POSITION_END, now);
    if (counted == counts)
        return;
    add_cause(look, attestation->position, EVENT_ZERO_ATTESTED);
    if (attestation->withdrawn_at != 0)
        add_cause(look, attestation->withdrawn_at, EVENT_ATTESTATION_WITHDRAWN);
    const struct review *review;
    for (uint32_t at = attestation->newest_review; at != 0; at = review->next) {
        review = table_row(&state->reviews, at);
        if (review->position <= look->known_at)
            break;
        add_cause(look, review->position, EVENT_ATTESTATION_REVIEWED);
    }
}

static void add_attestations(struct look *look, const struct policy_timeline *before)
{
    const struct state *state = look->state;
    const struct coverage *coverage;
    for (uint32_t at = state_unit(state, look->row->unit)->coverages[look->row->zero]; at != 0; at = coverage->next) {
        coverage = table_row(&state->coverages, at);
        if (coverage->from_day > look->day || coverage->to_day < day_year_start(look->day))
            continue;
        int32_t last = coverage->to_day < look->day ? coverage->to_day : look->day;
        add_attestation(look, table_row(&state->attestations, coverage->attestation), timeline_on(before, last),
                        timeline_on(&look->policies, last));
    }
}

static void add_unit(struct look *look)
{
    const struct state *state = look->state;
    const struct unit *unit = state_unit(state, look->row->unit);
    const struct succession *successor = table_row(&state->successions, unit->successors);
    const struct unit_version *version;
    enum event_kind end = unit->successors == 0                 ? EVENT_UNIT_RETIRED
                          : successor->next_of_predecessor != 0 ? EVENT_UNIT_SPLIT
                                                                : EVENT_UNIT_MERGED;
    add_cause(look, unit->registered_at, EVENT_UNIT_REGISTERED);
    if (unit->ended_at != 0)
        add_cause(look, unit->ended_at, end);
    for (uint32_t at = unit->versions; at != 0; at = version->next) {
        version = table_row(&state->unit_versions, at);
        if (version->next != 0 && (version->says & SAYS_PARENT))
            add_cause(look, version->position, EVENT_UNIT_CHANGED);
    }
    const struct succession *succession;
    for (uint32_t at = unit->predecessors; at != 0; at = succession->next_of_successor) {
        succession = table_row(&state->successions, at);
        add_cause(look, succession->position, EVENT_UNIT_MERGED);
    }
}

static void add_policies(struct look *look)
{
    for (uint32_t at = 1; at < look->state->policies.count; at++)
        add_cause(look, ((const struct adopted_policy *)table_row(&look->state->policies, at))->position,
                  EVENT_POLICY_ADOPTED);
}

uint32_t difference_causes(const struct state *state, const struct difference_row *row, int32_t day, uint64_t known_at,
                           struct difference_cause causes[static DIFFERENCE_CAUSES_MAX])
{
    struct look look = {.state = state, .row = row, .day = day, .known_at = known_at, .causes = causes};
    struct policy_timeline before;
    state_timeline(state, known_at, &before);
    state_timeline(state, POSITION_END, &look.policies);
    if (row->now == STATUS_BROKEN)
        add_breaks(&look, POSITION_END, &look.policies);
    else if (row->then == STATUS_BROKEN)
        add_breaks(&look, known_at, &before);
    if (row->now != STATUS_BROKEN && row->now != STATUS_NOT_COUNTED)
        add_attestations(&look, &before);
    if (row->now == STATUS_NOT_COUNTED || row->then == STATUS_NOT_COUNTED || look.count == 0)
        add_unit(&look);
    if (look.count == 0)
        add_policies(&look);
    return look.count;
}
