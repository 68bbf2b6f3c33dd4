#include "tree.h"

#include <stdlib.h>
#include <string.h>

#include "day.h"

/* Successors of successors: more than a log can hold sensibly, and an end to a chain that should not exist. */
enum { GENERATIONS_MAX = 64 };

int32_t unit_end(const struct unit *unit, uint64_t known_at)
{
    return unit->ended_at != 0 && unit->ended_at <= known_at ? unit->valid_to : DAY_NEVER;
}

bool unit_lives(const struct unit *unit, int32_t day, uint64_t known_at)
{
    return unit->registered_at <= known_at && unit->valid_from <= day && day < unit_end(unit, known_at);
}

const struct unit_version *unit_said_on(const struct state *state, uint32_t unit, uint32_t property, int32_t day,
                                        uint64_t known_at)
{
    const struct unit_version *best = NULL;
    const struct unit_version *version = NULL;
    for (uint32_t at = state_unit(state, unit)->versions; at != 0; at = version->next) {
        version = table_row(&state->unit_versions, at);
        bool holds = (version->says & property) && version->position <= known_at && version->from_day <= day;
        if (holds && (!best || version->from_day > best->from_day))
            best = version;
    }
    return best ? best : version;
}

/* What took the place of a unit that has ended by the day: of several the one named first. */
static uint32_t heir_on(const struct state *state, uint32_t ended, uint64_t known_at)
{
    uint32_t first = state_unit(state, ended)->successors;
    const struct succession *succession = table_row(&state->successions, first);
    return first != 0 && succession->position <= known_at ? succession->successor : 0;
}

uint32_t unit_parent_on(const struct state *state, uint32_t unit, int32_t day, uint64_t known_at)
{
    uint32_t parent = unit_said_on(state, unit, SAYS_PARENT, day, known_at)->parent;
    for (int i = 0; parent != 0 && i < GENERATIONS_MAX && day >= unit_end(state_unit(state, parent), known_at); i++) {
        uint32_t heir = heir_on(state, parent, known_at);
        if (heir == 0 || heir == unit)
            break; /* it ended without a successor: what stood below still hangs there */
        parent = heir;
    }
    return parent;
}

void tree_refresh_unit(struct state *state, uint32_t ordinal)
{
    const int32_t today = state->heads.today;
    struct unit unit = *state_unit(state, ordinal);
    unit.name = unit_said_on(state, ordinal, SAYS_NAME, today, POSITION_END)->name;
    unit.attributes = unit_said_on(state, ordinal, SAYS_ATTRIBUTES, today, POSITION_END)->attributes;
    unit.parent = unit_parent_on(state, ordinal, today, POSITION_END);
    if (memcmp(&unit, state_unit(state, ordinal), sizeof unit) != 0) /* on most days nothing of a unit changes */
        *state_change_unit(state, ordinal) = unit;
}

void tree_refresh(struct state *state)
{
    for (uint32_t i = 1; i < state->units.count; i++)
        tree_refresh_unit(state, i);
    state->tree_version++;
}

static void *rows_of(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    if (!memory)
        abort();
    return memory;
}

void tree_open(const struct state *state, int32_t day, uint64_t known_at, struct tree *tree)
{
    *tree = (struct tree){.state = state, .day = day, .known_at = known_at, .count = state->units.count};
    tree->parents = rows_of(tree->count, sizeof *tree->parents);
    tree->lives = rows_of(tree->count, sizeof *tree->lives);
    bool now = day == state->heads.today && known_at == POSITION_END;
    for (uint32_t i = 1; i < tree->count; i++) {
        const struct unit *unit = state_unit(state, i);
        tree->lives[i] = unit_lives(unit, day, known_at);
        tree->parents[i] = now ? unit->parent : unit_parent_on(state, i, day, known_at);
    }
}

void tree_close(struct tree *tree)
{
    free(tree->parents);
    free(tree->lives);
    *tree = (struct tree){0};
}

bool tree_within(const struct tree *tree, uint32_t unit, uint32_t root)
{
    if (root == 0)
        return true;
    for (int i = 0; unit != 0 && i < GENERATIONS_MAX; i++) {
        if (unit == root)
            return true;
        unit = tree->parents[unit];
    }
    return false;
}

static int by_day(const void *left, const void *right)
{
    int32_t a = *(const int32_t *)left;
    int32_t b = *(const int32_t *)right;
    return (a > b) - (a < b);
}

/* Adds a day behind the first, once; false: there is no room for it. */
static bool add_change(int32_t *days, uint32_t *count, uint32_t capacity, int32_t day)
{
    for (uint32_t i = *count; i-- > 0;)
        if (days[i] == day)
            return true;
    if (*count == capacity)
        return false;
    days[(*count)++] = day;
    return true;
}

uint32_t tree_changes(const struct state *state, uint32_t says, int32_t from, int32_t to, int32_t *days,
                      uint32_t capacity)
{
    uint32_t count = 1;
    bool fits = true;
    days[0] = from;
    for (uint32_t i = 1; fits && i < state->unit_versions.count; i++) {
        const struct unit_version *version = table_row(&state->unit_versions, i);
        if ((version->says & says) && version->from_day > from && version->from_day <= to && version->next != 0)
            fits = add_change(days, &count, capacity, version->from_day);
    }
    for (uint32_t i = 1; fits && i < state->successions.count; i++) {
        const struct succession *succession = table_row(&state->successions, i);
        if (succession->day > from && succession->day <= to)
            fits = add_change(days, &count, capacity, succession->day);
    }
    qsort(days, count, sizeof *days, by_day);
    return count;
}
