#include "state.h"

#include <assert.h>
#include <string.h>

#include "day.h"
#include "status.h"

/* The tables are written and digested as they stand: no row may have padding of the compiler's. */
_Static_assert(sizeof(struct unit) == 96, "no padding");
_Static_assert(sizeof(struct attestation) == 40, "no padding");
_Static_assert(sizeof(struct review) == 16, "no padding");
_Static_assert(sizeof(struct zero_break) == 32, "no padding");
_Static_assert(sizeof(struct matter) == 48, "no padding but the tail, which table_add zeroes");
_Static_assert(sizeof(struct tally) == 24, "no padding");
_Static_assert(sizeof(struct camera) == 24, "no padding");
_Static_assert(sizeof(struct source) == 56, "no padding");
_Static_assert(sizeof(struct source_run) == 32, "no padding");
_Static_assert(sizeof(struct adopted_policy) == 16, "no padding");
_Static_assert(sizeof(struct approval) == 24, "no padding");

struct table *state_table(struct state *state, size_t index)
{
    struct table *tables[] = {
        &state->texts,  &state->units,    &state->attestations, &state->coverages, &state->reviews,
        &state->breaks, &state->matters,  &state->tallies,      &state->cameras,   &state->sources,
        &state->runs,   &state->policies, &state->approvals,
    };
    return index < sizeof tables / sizeof *tables ? tables[index] : NULL;
}

void state_init(struct state *state)
{
    *state = (struct state){.heads = {.today = DAY_NONE}, .tree_version = 1};
    table_init(&state->texts, 1);
    table_init(&state->units, sizeof(struct unit));
    table_init(&state->attestations, sizeof(struct attestation));
    table_init(&state->coverages, sizeof(struct coverage));
    table_init(&state->reviews, sizeof(struct review));
    table_init(&state->breaks, sizeof(struct zero_break));
    table_init(&state->matters, sizeof(struct matter));
    table_init(&state->tallies, sizeof(struct tally));
    table_init(&state->cameras, sizeof(struct camera));
    table_init(&state->sources, sizeof(struct source));
    table_init(&state->runs, sizeof(struct source_run));
    table_init(&state->policies, sizeof(struct adopted_policy));
    table_init(&state->approvals, sizeof(struct approval));
    table_init(&state->rules, sizeof(struct policy));
    table_init(&state->now, sizeof(struct unit_now));
}

void state_clear(struct state *state)
{
    for (size_t i = 0; state_table(state, i); i++)
        table_clear(state_table(state, i));
    table_clear(&state->rules);
    table_clear(&state->now);
    ordinal_index_clear(&state->unit_index);
    ordinal_index_clear(&state->matter_index);
    ordinal_index_clear(&state->tally_index);
    ordinal_index_clear(&state->camera_index);
    ordinal_index_clear(&state->source_index);
}

static uint32_t text_hash(const char *text, uint32_t seed)
{
    return ordinal_hash(text, strlen(text), seed);
}

static uint32_t tally_hash(uint32_t unit, int32_t day, uint32_t kind)
{
    uint32_t key[3] = {unit, (uint32_t)day, kind};
    return ordinal_hash(key, sizeof key, 0);
}

void state_index(struct state *state)
{
    for (uint32_t i = 1; i < state->units.count; i++)
        ordinal_index_add(&state->unit_index, text_hash(state_unit(state, i)->code, 0), i);
    for (uint32_t i = 1; i < state->matters.count; i++) {
        const struct matter *matter = state_matter(state, i);
        ordinal_index_add(&state->matter_index, text_hash(state_text(state, matter->code), matter->kind), i);
    }
    for (uint32_t i = 1; i < state->tallies.count; i++) {
        const struct tally *tally = table_row(&state->tallies, i);
        ordinal_index_add(&state->tally_index, tally_hash(tally->unit, tally->day, tally->kind), i);
    }
    for (uint32_t i = 1; i < state->cameras.count; i++) {
        const struct camera *camera = table_row(&state->cameras, i);
        ordinal_index_add(&state->camera_index, text_hash(state_text(state, camera->site), 0), i);
    }
    for (uint32_t i = 1; i < state->sources.count; i++) {
        const struct source *source = table_row(&state->sources, i);
        ordinal_index_add(&state->source_index, text_hash(state_text(state, source->name), 0), i);
    }
    if (state->now.count < state->units.count)
        table_add_many(&state->now, state->units.count - state->now.count);
}

uint32_t state_find_unit(const struct state *state, const char *code)
{
    uint32_t cursor = 0;
    uint32_t hash = text_hash(code, 0);
    uint32_t found;
    while ((found = ordinal_index_next(&state->unit_index, hash, &cursor)) != 0)
        if (strcmp(state_unit(state, found)->code, code) == 0)
            break;
    return found;
}

uint32_t state_find_matter(const struct state *state, enum matter_kind kind, const char *code)
{
    uint32_t cursor = 0;
    uint32_t hash = text_hash(code, kind);
    uint32_t found;
    while ((found = ordinal_index_next(&state->matter_index, hash, &cursor)) != 0) {
        const struct matter *matter = state_matter(state, found);
        if (matter->kind == kind && strcmp(state_text(state, matter->code), code) == 0)
            break;
    }
    return found;
}

uint32_t state_find_camera(const struct state *state, const char *site)
{
    uint32_t cursor = 0;
    uint32_t hash = text_hash(site, 0);
    uint32_t found;
    while ((found = ordinal_index_next(&state->camera_index, hash, &cursor)) != 0) {
        const struct camera *camera = table_row(&state->cameras, found);
        if (strcmp(state_text(state, camera->site), site) == 0)
            break;
    }
    return found;
}

uint32_t state_find_source(const struct state *state, const char *name)
{
    uint32_t cursor = 0;
    uint32_t hash = text_hash(name, 0);
    uint32_t found;
    while ((found = ordinal_index_next(&state->source_index, hash, &cursor)) != 0) {
        const struct source *source = table_row(&state->sources, found);
        if (strcmp(state_text(state, source->name), name) == 0)
            break;
    }
    return found;
}

/* Rows that begin with the position they were recorded at are in its order: finds one by it. */
static uint32_t find_by_position(const struct table *table, uint64_t position)
{
    uint32_t low = 1;
    uint32_t high = table->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        uint64_t found;
        memcpy(&found, table_row(table, middle), sizeof found);
        if (found == position)
            return middle;
        if (found < position)
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}
_Static_assert(offsetof(struct attestation, position) == 0 && offsetof(struct zero_break, position) == 0 &&
                   offsetof(struct matter, opened_at) == 0,
               "found by position");

uint32_t state_find_attestation(const struct state *state, uint64_t position)
{
    return find_by_position(&state->attestations, position);
}

uint32_t state_find_break(const struct state *state, uint64_t position)
{
    return find_by_position(&state->breaks, position);
}

uint32_t state_find_opened(const struct state *state, uint64_t position)
{
    return find_by_position(&state->matters, position);
}

uint32_t state_find_approval(const struct state *state, uint64_t target)
{
    for (uint32_t i = state->approvals.count; i-- > 1;) { /* few, and asked for by retractions only */
        const struct approval *approval = table_row(&state->approvals, i);
        if (approval->target == target)
            return i;
    }
    return 0;
}

uint32_t state_add_text(struct state *state, const char *text)
{
    size_t size = strlen(text) + 1;
    if (size == 1)
        return 0;
    uint32_t offset = table_add_many(&state->texts, (uint32_t)size);
    memcpy(table_row(&state->texts, offset), text, size);
    return offset;
}

uint32_t state_add_unit(struct state *state, const char *code, const char *name)
{
    uint32_t ordinal = table_add(&state->units);
    table_add(&state->now);
    struct unit *unit = state_unit(state, ordinal);
    size_t size = strlen(code);
    assert(size < UNIT_CODE_SIZE);
    memcpy(unit->code, code, size);
    unit->name = state_add_text(state, name);
    ordinal_index_add(&state->unit_index, text_hash(code, 0), ordinal);
    return ordinal;
}

uint32_t state_add_matter(struct state *state, enum matter_kind kind, const char *code)
{
    uint32_t ordinal = table_add(&state->matters);
    uint32_t text = state_add_text(state, code);
    struct matter *matter = state_matter(state, ordinal);
    matter->kind = (uint8_t)kind;
    matter->code = text;
    ordinal_index_add(&state->matter_index, text_hash(code, kind), ordinal);
    return ordinal;
}

uint32_t state_add_camera(struct state *state, const char *site)
{
    uint32_t ordinal = table_add(&state->cameras);
    struct camera *camera = table_row(&state->cameras, ordinal);
    camera->site = state_add_text(state, site);
    ordinal_index_add(&state->camera_index, text_hash(site, 0), ordinal);
    return ordinal;
}

uint32_t state_add_source(struct state *state, const char *name, const char *identity)
{
    uint32_t ordinal = table_add(&state->sources);
    struct source *source = table_row(&state->sources, ordinal);
    source->next_sequence = 1;
    source->name = state_add_text(state, name);
    source->identity = state_add_text(state, identity);
    ordinal_index_add(&state->source_index, text_hash(name, 0), ordinal);
    return ordinal;
}

struct tally *state_tally(struct state *state, uint32_t unit, int32_t day, enum tally_kind kind)
{
    uint32_t cursor = 0;
    uint32_t hash = tally_hash(unit, day, kind);
    uint32_t found;
    while ((found = ordinal_index_next(&state->tally_index, hash, &cursor)) != 0) {
        struct tally *tally = table_row(&state->tallies, found);
        if (tally->unit == unit && tally->day == day && tally->kind == (uint32_t)kind)
            return tally;
    }
    uint32_t ordinal = table_add(&state->tallies);
    struct tally *tally = table_row(&state->tallies, ordinal);
    *tally = (struct tally){.unit = unit, .day = day, .kind = kind};
    ordinal_index_add(&state->tally_index, hash, ordinal);
    return tally;
}

bool state_unit_within(const struct state *state, uint32_t unit, uint32_t root)
{
    if (root == 0)
        return true;
    while (unit != 0 && unit != root)
        unit = state_unit(state, unit)->parent;
    return unit == root;
}

const struct policy *state_policy_on(const struct state *state, int32_t day, uint64_t known_at)
{
    for (uint32_t i = state->rules.count; i-- > 1;) {
        const struct policy *policy = table_row(&state->rules, i);
        const struct adopted_policy *adopted = table_row(&state->policies, i);
        if (policy->effective_from <= day && adopted->position <= known_at)
            return policy;
    }
    return NULL;
}

const struct policy *state_policy(const struct state *state)
{
    const struct policy *policy = state_policy_on(state, state->heads.today, POSITION_END);
    if (!policy && state->rules.count > 1)
        policy = table_row(&state->rules, 1);
    return policy;
}
