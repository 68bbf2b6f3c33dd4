#include "unbroken.h"

#include "day.h"
#include "evidence.h"
#include "unit.h"

/* An amendment, and the day of the break that it may have lifted. */
struct lifting {
    const struct state *state;
    uint64_t position;
    struct policy_timeline policies;
    int32_t as_of;
};

static bool is_broken(const struct lifting *lifting, uint32_t unit, uint32_t zero, uint64_t known_at)
{
    const struct status_question question = {
        .unit = unit, .as_of = lifting->as_of, .known_at = known_at, .policies = &lifting->policies};
    struct break_walk walk;
    struct break_found found;
    break_walk_open(lifting->state, &question, zero, &walk);
    return break_walk_next(&walk, &found);
}

static bool unit_turned(const struct lifting *lifting, uint32_t unit)
{
    if (!unit_kind_counted((enum unit_kind)state_unit(lifting->state, unit)->kind))
        return false;
    for (uint32_t zero = 0; zero < ZERO_COUNT; zero++)
        if (is_broken(lifting, unit, zero, lifting->position - 1) && !is_broken(lifting, unit, zero, lifting->position))
            return true;
    return false;
}

static uint32_t add_unit(uint32_t units[static STATUS_FAMILY_MAX], uint32_t count, uint32_t unit)
{
    for (uint32_t i = 0; i < count; i++)
        if (units[i] == unit)
            return count;
    if (unit != 0 && count < STATUS_FAMILY_MAX)
        units[count++] = unit;
    return count;
}

/* Whether a unit turned that the break counts for: where it happened, the ground of that, and what took their place. */
static bool any_turned(const struct lifting *lifting, const struct move *move)
{
    const struct state *state = lifting->state;
    uint32_t units[STATUS_FAMILY_MAX];
    uint32_t count = add_unit(units, 0, move->unit);
    count = add_unit(units, count, state->territorial ? move_territory(state, move) : 0);
    for (uint32_t i = 0; i < count; i++) {
        const struct succession *succession;
        if (unit_turned(lifting, units[i]))
            return true;
        for (uint32_t at = state_unit(state, units[i])->successors; at != 0; at = succession->next_of_predecessor) {
            succession = table_row(&state->successions, at);
            if (succession->position < lifting->position)
                count = add_unit(units, count, succession->successor);
        }
    }
    return false;
}

bool amendment_unbroke(const struct state *state, const struct amendment *amendment)
{
    uint32_t target = state_find_move(state, amendment->target);
    struct lifting lifting = {.state = state, .position = amendment->position};
    if (!amendment->approved || target == 0)
        return false;
    int32_t recorded = state_recorded_day(state, amendment->position);
    state_timeline(state, amendment->position, &lifting.policies);
    uint32_t at = state_matter(state, state_move(state, target)->matter)->moves;
    for (; at != 0; at = state_move(state, at)->next) {
        struct break_found found;
        if (!move_breaks(state, &lifting.policies, at, amendment->position - 1, &found))
            continue;
        int32_t last = day_from_date(day_year(found.day), 12, 31);
        lifting.as_of = recorded < last ? recorded : last;
        if (any_turned(&lifting, state_move(state, at)))
            return true;
    }
    return false;
}
