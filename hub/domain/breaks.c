#include "breaks.h"

#include "status.h"
#include "tree.h"

bool move_stands(const struct state *state, const struct move *move, uint64_t known_at)
{
    return move->position <= known_at && (!move->lifted || move_lifted_at(state, move) > known_at);
}

const struct facts *move_facts(const struct state *state, const struct move *move, uint64_t known_at)
{
    const struct facts_rest *rest;
    for (uint32_t at = move->facts; at != 0; at = rest->older) {
        const struct facts *facts = table_row(&state->facts, at);
        rest = table_row(&state->rests, facts->rest);
        if (rest->since <= known_at)
            return facts;
    }
    return NULL;
}

struct stated move_states(const struct state *state, const struct move *move, uint64_t known_at)
{
    const struct matter *matter = state_matter(state, move->matter);
    struct stated stated = {.own = move_facts(state, move, known_at),
                            .opening = move_facts(state, state_move(state, matter->opening), known_at)};
    uint32_t category = stated.own ? stated.own->category : 0;
    stated.casualties = stated.own ? facts_casualties(state, stated.own) : NULL;
    if (category == 0 && stated.opening)
        category = stated.opening->category;
    stated.category = state_code(state, category);
    return stated;
}

static struct break_facts facts_of(const struct state *state, const struct move *move, const struct stated *stated)
{
    struct break_facts found = {.kind = (enum event_kind)move->kind,
                                .matter_kind = (enum matter_kind)state_matter(state, move->matter)->kind,
                                .category = stated->category};
    const struct facts *opening = stated->opening;
    if (found.matter_kind == MATTER_PETITION && opening) {
        found.petition_type = opening->class;
        found.solvable = (opening->flags & FACT_SOLVABLE) != 0;
    }
    const struct facts *own = stated->own;
    if (!own)
        return found;
    found.class = own->class;
    found.channel = own->channel;
    found.failed_below = (own->flags & FACT_FAILED_BELOW) != 0;
    found.deaths = stated->casualties->deaths;
    found.missing = stated->casualties->missing;
    found.serious_injuries = stated->casualties->serious_injuries;
    found.loss = (enum loss_band)own->loss;
    return found;
}

const struct break_rule *stated_break(const struct state *state, const struct policy_timeline *policies,
                                      const struct move *move, const struct stated *stated)
{
    const struct policy *policy = timeline_on(policies, move->day);
    if (!policy || move->day < policy->starts_on)
        return NULL; /* history breaks nothing (ruling 32) */
    const struct break_facts found = facts_of(state, move, stated);
    return policy_breaks(policy, &found);
}

uint32_t move_territory(const struct state *state, const struct move *move)
{
    uint32_t kind = state_unit(state, move->unit)->kind;
    if (kind != UNIT_ENTERPRISE && kind != UNIT_INSTITUTION)
        return 0;
    return unit_parent_on(state, move->unit, move->day, move->position);
}

bool move_breaks(const struct state *state, const struct policy_timeline *policies, uint32_t ordinal, uint64_t known_at,
                 struct break_found *found)
{
    const struct move *move = state_move(state, ordinal);
    if (!move_stands(state, move, known_at))
        return false;
    const struct matter *matter = state_matter(state, move->matter);
    if (!move_stands(state, state_move(state, matter->opening), known_at))
        return false; /* the whole matter was retracted */
    const struct stated stated = move_states(state, move, known_at);
    const struct break_rule *rule = stated_break(state, policies, move, &stated);
    if (!rule)
        return false;
    *found = (struct break_found){.move = ordinal,
                                  .position = move->position,
                                  .day = move->day,
                                  .zero = rule->zero,
                                  .policy = timeline_on(policies, move->day),
                                  .rule = rule};
    return true;
}

bool breaks_next(const struct state *state, const struct policy_timeline *policies, uint32_t unit, uint64_t known_at,
                 struct break_cursor *cursor, struct break_found *found)
{
    if (!cursor->started) {
        cursor->started = true;
        cursor->next = ((const struct unit_now *)table_row(&state->now, unit))->candidates;
    }
    while (cursor->next != 0) {
        const struct candidate *candidate = table_row(&state->candidates, cursor->next);
        cursor->next = candidate->next;
        if (cursor->zeros != 0 && !(candidate->zeros & cursor->zeros))
            continue;
        if (!move_breaks(state, policies, candidate->move, known_at, found))
            continue;
        if (!candidate->territorial || found->policy->territory_too)
            return true;
    }
    return false;
}

static void enter(struct state *state, uint32_t unit, uint32_t move, bool territorial)
{
    uint32_t added = table_add(&state->candidates);
    struct unit_now *now = table_change(&state->now, unit);
    *(struct candidate *)table_change(&state->candidates, added) =
        (struct candidate){.move = move,
                           .next = now->candidates,
                           .territorial = territorial,
                           .zeros = state->looked_at[state_move(state, move)->kind]};
    now->candidates = added;
}

void breaks_enter(struct state *state, uint32_t ordinal)
{
    const struct move *move = state_move(state, ordinal);
    if (!state->looked_at[move->kind])
        return;
    enter(state, move->unit, ordinal, false);
    uint32_t territory = state->territorial ? move_territory(state, move) : 0;
    if (territory != 0)
        enter(state, territory, ordinal, true);
}

void breaks_rebuild(struct state *state)
{
    for (unsigned kind = 0; kind < EVENT_KIND_LIMIT; kind++)
        state->looked_at[kind] = 0;
    state->territorial = false;
    for (uint32_t i = 1; i < state->rules.count; i++) {
        const struct policy *policy = table_row(&state->rules, i);
        for (unsigned kind = 0; kind < EVENT_KIND_LIMIT; kind++)
            state->looked_at[kind] |= (uint8_t)policy_looks_at(policy, (enum event_kind)kind);
        state->territorial = state->territorial || policy->territory_too;
    }
    table_clear(&state->candidates);
    table_init(&state->candidates, sizeof(struct candidate));
    for (uint32_t i = 1; i < state->now.count; i++)
        ((struct unit_now *)table_change(&state->now, i))->candidates = 0;
    for (uint32_t i = 1; i < state->moves.count; i++)
        breaks_enter(state, i);
}
