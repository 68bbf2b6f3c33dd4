#include "state.h"

#include <assert.h>
#include <string.h>

#include "breaks.h"
#include "day.h"
#include "matter.h"
#include "status.h"

/* The tables are written and digested as they stand: no row may have padding of the compiler's. */
_Static_assert(sizeof(struct unit) == 112, "no padding");
_Static_assert(sizeof(struct unit_version) == 48, "no padding");
_Static_assert(sizeof(struct succession) == 32, "no padding but the tail, which table_add zeroes");
_Static_assert(sizeof(struct attestation) == 40, "no padding");
_Static_assert(sizeof(struct coverage) == 16, "no padding");
_Static_assert(sizeof(struct review) == 24, "no padding");
_Static_assert(sizeof(struct approval) == 32, "no padding");
_Static_assert(sizeof(struct amendment) == 32, "no padding");
_Static_assert(sizeof(struct matter) == 56, "no padding");
_Static_assert(sizeof(struct annex) == 20, "no padding");
_Static_assert(sizeof(struct move) == 40, "no padding");
_Static_assert(EVENT_KIND_LIMIT <= UINT8_MAX + 1, "a move's kind");
_Static_assert(sizeof(struct retraction) == 24, "no padding");
_Static_assert(sizeof(struct facts_rest) == 24, "no padding");
_Static_assert(sizeof(struct facts) == 16, "no padding");
_Static_assert(sizeof(struct joint) == 40, "no padding");
_Static_assert(sizeof(struct task) == 40, "no padding");
_Static_assert(sizeof(struct supervision) == 32, "no padding");
_Static_assert(sizeof(struct suspicion) == 24, "no padding");
_Static_assert(sizeof(struct matter_key) == 40, "no padding");
_Static_assert(sizeof(struct discrepancy) == 48, "no padding");
_Static_assert(sizeof(struct tally) == 24, "no padding");
_Static_assert(sizeof(struct wide_tally) == 16, "no padding");
_Static_assert(sizeof(struct self_check) == 32, "no padding");
_Static_assert(sizeof(struct day_opened) == 16, "no padding");
_Static_assert(sizeof(struct campaign_progress) == 40, "no padding");
_Static_assert(sizeof(struct evaluation) == 32, "no padding");
_Static_assert(sizeof(struct camera) == 32, "no padding");
_Static_assert(sizeof(struct source) == 56, "no padding");
_Static_assert(sizeof(struct source_run) == 32, "no padding");
_Static_assert(sizeof(struct adopted_policy) == 16, "no padding");
_Static_assert(sizeof(struct access_change) == 64, "no padding");
_Static_assert(sizeof(struct proposal) == 64, "no padding");

struct table *state_change_table(struct state *state, size_t index)
{
    struct table *tables[] = {
        &state->texts,        &state->codes,       &state->units,          &state->unit_versions, &state->successions,
        &state->coverages,    &state->reviews,     &state->approvals,      &state->attestations,  &state->amendments,
        &state->matters,      &state->moves,       &state->facts,          &state->joints,        &state->tasks,
        &state->supervisions, &state->suspicions,  &state->discrepancies,  &state->tallies,       &state->self_checks,
        &state->campaigns,    &state->evaluations, &state->days,           &state->cameras,       &state->sources,
        &state->runs,         &state->policies,    &state->access_changes, &state->proposals,     &state->keys,
        &state->annexes,      &state->rests,       &state->retractions,    &state->wide_tallies,
    };
    _Static_assert(sizeof tables / sizeof *tables == STATE_TABLES, "all of them");
    return index < STATE_TABLES ? tables[index] : NULL;
}

const struct table *state_table(const struct state *state, size_t index)
{
    return state_change_table((struct state *)state, index);
}

void state_init(struct state *state)
{
    *state = (struct state){.heads = {.today = DAY_NONE}, .tree_version = 1};
    table_init(&state->texts, 1);
    table_init(&state->codes, sizeof(struct code));
    table_init(&state->units, sizeof(struct unit));
    table_init(&state->unit_versions, sizeof(struct unit_version));
    table_init(&state->successions, sizeof(struct succession));
    table_init(&state->attestations, sizeof(struct attestation));
    table_init(&state->coverages, sizeof(struct coverage));
    table_init(&state->reviews, sizeof(struct review));
    table_init(&state->approvals, sizeof(struct approval));
    table_init(&state->amendments, sizeof(struct amendment));
    table_init(&state->matters, sizeof(struct matter));
    table_init(&state->annexes, sizeof(struct annex));
    table_init(&state->moves, sizeof(struct move));
    table_init(&state->facts, sizeof(struct facts));
    table_init(&state->rests, sizeof(struct facts_rest));
    table_init(&state->retractions, sizeof(struct retraction));
    table_init(&state->joints, sizeof(struct joint));
    table_init(&state->tasks, sizeof(struct task));
    table_init(&state->keys, sizeof(struct matter_key));
    table_init(&state->supervisions, sizeof(struct supervision));
    table_init(&state->suspicions, sizeof(struct suspicion));
    table_init(&state->discrepancies, sizeof(struct discrepancy));
    table_init(&state->tallies, sizeof(struct tally));
    table_init(&state->wide_tallies, sizeof(struct wide_tally));
    table_init(&state->self_checks, sizeof(struct self_check));
    table_init(&state->campaigns, sizeof(struct campaign_progress));
    table_init(&state->evaluations, sizeof(struct evaluation));
    table_init(&state->days, sizeof(struct day_opened));
    table_init(&state->cameras, sizeof(struct camera));
    table_init(&state->sources, sizeof(struct source));
    table_init(&state->runs, sizeof(struct source_run));
    table_init(&state->policies, sizeof(struct adopted_policy));
    table_init(&state->access_changes, sizeof(struct access_change));
    table_init(&state->proposals, sizeof(struct proposal));
    table_init(&state->rules, sizeof(struct policy));
    table_init(&state->now, sizeof(struct unit_now));
    table_init(&state->candidates, sizeof(struct candidate));
    state->timeline.rules = &state->rules;
}

void state_clear(struct state *state)
{
    for (size_t i = 0; i < STATE_TABLES; i++)
        table_clear(state_change_table(state, i));
    table_clear(&state->rules);
    table_clear(&state->now);
    table_clear(&state->candidates);
    ordinal_index_clear(&state->unit_index);
    ordinal_index_clear(&state->matter_index);
    ordinal_index_clear(&state->camera_index);
    ordinal_index_clear(&state->source_index);
    ordinal_index_clear(&state->code_index);
    ordinal_index_clear(&state->discrepancy_index);
}

static void table_copy(const struct table *from, struct table *to)
{
    if (from->count > to->count)
        table_add_many(to, from->count - to->count);
    memcpy(to->rows, from->rows, (size_t)from->count * from->row_size);
}

void state_copy(const struct state *from, struct state *to)
{
    state_init(to);
    to->heads = from->heads;
    for (size_t i = 0; i < STATE_TABLES; i++)
        table_copy(state_table(from, i), state_change_table(to, i));
    table_copy(&from->rules, &to->rules);
    state_index(to);
}

static uint32_t text_hash(const char *text, uint32_t seed)
{
    return ordinal_hash(text, strlen(text), seed);
}

void state_index(struct state *state)
{
    for (uint32_t i = 1; i < state->units.count; i++)
        ordinal_index_add(&state->unit_index, text_hash(state_unit(state, i)->code, 0), i);
    for (uint32_t i = 1; i < state->matters.count; i++) {
        const struct matter *matter = state_matter(state, i);
        ordinal_index_add(&state->matter_index, text_hash(state_text(state, matter->code), matter->kind), i);
    }
    for (uint32_t i = 1; i < state->cameras.count; i++) {
        const struct camera *camera = table_row(&state->cameras, i);
        ordinal_index_add(&state->camera_index, text_hash(state_text(state, camera->site), 0), i);
    }
    for (uint32_t i = 1; i < state->sources.count; i++) {
        const struct source *source = table_row(&state->sources, i);
        ordinal_index_add(&state->source_index, text_hash(state_text(state, source->name), 0), i);
    }
    for (uint32_t i = 1; i < state->codes.count; i++)
        ordinal_index_add(&state->code_index, text_hash(state_code(state, i), 0), i);
    for (uint32_t i = 1; i < state->discrepancies.count; i++) {
        const struct discrepancy *discrepancy = table_row(&state->discrepancies, i);
        ordinal_index_add(&state->discrepancy_index, text_hash(state_text(state, discrepancy->code), 0), i);
    }
    if (state->now.count < state->units.count)
        table_add_many(&state->now, state->units.count - state->now.count);
    for (uint32_t i = 1; i < state->rules.count; i++)
        policy_index(table_change(&state->rules, i));
    state_timeline(state, POSITION_END, &state->timeline);
    breaks_rebuild(state);
}

uint32_t state_find_unit(const struct state *state, const char *code)
{
    uint32_t cursor = 0;
    uint32_t hash = text_hash(code, 0);
    uint32_t found;
    while ((found = ordinal_index_next(&state->unit_index, hash, &cursor)) != 0) {
        /* Thousands of units do not fit into the nearest caches. Whoever finds one looks at the rest of its row, at
         * what stands above it and at what is kept of it: all that comes together, not one behind the other. */
        const struct unit *unit = state_unit(state, found);
        __builtin_prefetch(&unit->last_event_day, 1);
        __builtin_prefetch(state_unit(state, unit->parent));
        __builtin_prefetch(table_row(&state->now, found), 1);
        if (strcmp(unit->code, code) == 0)
            break;
    }
    return found;
}

struct expected state_expect(const struct state *state, const struct event *event)
{
    const struct expected expected = {.unit = text_hash(event->unit, 0),
                                      .matter = text_hash(event->matter, event->matter_kind)};
    ordinal_index_expect(&state->unit_index, expected.unit);
    ordinal_index_expect(&state->matter_index, expected.matter);
    return expected;
}

void state_expect_rows(const struct state *state, const struct expected *expected)
{
    uint32_t cursor = 0;
    const struct unit *unit = state_unit(state, ordinal_index_next(&state->unit_index, expected->unit, &cursor));
    __builtin_prefetch(unit->code);
    __builtin_prefetch(&unit->last_event_day, 1);
    cursor = 0;
    const struct matter *matter =
        state_matter(state, ordinal_index_next(&state->matter_index, expected->matter, &cursor));
    __builtin_prefetch(&matter->code);
    __builtin_prefetch(&matter->kind, 1);
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

uint32_t state_find_code(const struct state *state, const char *code)
{
    uint32_t cursor = 0;
    uint32_t hash = text_hash(code, 0);
    uint32_t found;
    while ((found = ordinal_index_next(&state->code_index, hash, &cursor)) != 0)
        if (strcmp(state_code(state, found), code) == 0)
            break;
    return found;
}

uint32_t state_find_campaign(const struct state *state, const char *text)
{
    uint32_t code = state_find_code(state, text);
    for (uint32_t i = 1; code != 0 && i < state->campaigns.count; i++) /* a dozen */
        if (((const struct campaign_progress *)table_row(&state->campaigns, i))->code == code)
            return i;
    return 0;
}

static bool is_open(const struct campaign_progress *campaign)
{
    return campaign->started_at != 0 && campaign->closed_at == 0;
}

bool campaign_ended(const struct campaign_progress *campaign, int32_t today)
{
    return is_open(campaign) && campaign->to_day != DAY_NONE && campaign->to_day < today;
}

bool campaign_runs(const struct campaign_progress *campaign, int32_t today)
{
    return is_open(campaign) && campaign->from_day <= today && !campaign_ended(campaign, today);
}

uint32_t state_find_discrepancy(const struct state *state, const char *code)
{
    uint32_t cursor = 0;
    uint32_t hash = text_hash(code, 0);
    uint32_t found;
    while ((found = ordinal_index_next(&state->discrepancy_index, hash, &cursor)) != 0) {
        const struct discrepancy *discrepancy = table_row(&state->discrepancies, found);
        if (strcmp(state_text(state, discrepancy->code), code) == 0)
            break;
    }
    return found;
}

/* Rows that begin with the position they were recorded at are in its order: finds the first one by it. */
static uint32_t find_by_position(const struct table *table, uint64_t position)
{
    uint32_t low = 1;
    uint32_t high = table->count;
    uint64_t found = 0;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        memcpy(&found, table_row(table, middle), sizeof found);
        if (found < position)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < table->count)
        memcpy(&found, table_row(table, low), sizeof found);
    return low < table->count && found == position ? low : 0;
}
_Static_assert(offsetof(struct attestation, position) == 0 && offsetof(struct move, position) == 0 &&
                   offsetof(struct tally, position) == 0 && offsetof(struct self_check, position) == 0 &&
                   offsetof(struct suspicion, evidence) == 0 && offsetof(struct joint, opened_at) == 0,
               "found by position");

int32_t state_recorded_day(const struct state *state, uint64_t position)
{
    uint32_t low = 1;
    uint32_t high = state->days.count;
    while (low < high) { /* the first row behind the position */
        uint32_t middle = low + (high - low) / 2;
        const struct day_opened *row = table_row(&state->days, middle);
        if (row->position <= position)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 1 ? ((const struct day_opened *)table_row(&state->days, low - 1))->day : DAY_NONE;
}

uint32_t state_find_attestation(const struct state *state, uint64_t position)
{
    return find_by_position(&state->attestations, position);
}

uint32_t state_find_move(const struct state *state, uint64_t position)
{
    return find_by_position(&state->moves, position);
}

uint32_t state_find_tally(const struct state *state, uint64_t position)
{
    return find_by_position(&state->tallies, position);
}

uint32_t state_find_self_check(const struct state *state, uint64_t position)
{
    return find_by_position(&state->self_checks, position);
}

uint32_t state_find_joint(const struct state *state, uint64_t position)
{
    return find_by_position(&state->joints, position);
}

uint32_t state_find_suspicion(const struct state *state, uint64_t evidence)
{
    return find_by_position(&state->suspicions, evidence);
}

uint32_t state_find_approval(const struct state *state, uint64_t target, uint64_t content)
{
    for (uint32_t i = state->approvals.count; i-- > 1;) { /* few, and asked for by amendments only */
        const struct approval *approval = table_row(&state->approvals, i);
        if (approval->target == target && approval->content == content && !approval->done)
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
    memcpy(table_change(&state->texts, offset), text, size);
    return offset;
}

uint32_t state_take_code(struct state *state, const char *code)
{
    if (code[0] == '\0')
        return 0;
    uint32_t found = state_find_code(state, code);
    if (found != 0)
        return found;
    uint32_t text = state_add_text(state, code);
    uint32_t added = table_add(&state->codes);
    *(struct code *)table_change(&state->codes, added) = (struct code){.text = text};
    ordinal_index_add(&state->code_index, text_hash(code, 0), added);
    return added;
}

uint32_t state_add_unit(struct state *state, const char *code, const char *name)
{
    uint32_t ordinal = table_add(&state->units);
    table_add(&state->now);
    struct unit *unit = state_change_unit(state, ordinal);
    size_t size = strlen(code);
    assert(size < UNIT_CODE_SIZE);
    memcpy(unit->code, code, size);
    unit->name = state_add_text(state, name);
    unit->last_event_day = DAY_NONE;
    unit->last_sweep_day = DAY_NONE;
    ordinal_index_add(&state->unit_index, text_hash(code, 0), ordinal);
    return ordinal;
}

uint32_t state_add_matter(struct state *state, enum matter_kind kind, const char *code)
{
    uint32_t ordinal = table_add(&state->matters);
    uint32_t text = state_add_text(state, code);
    struct matter *matter = state_change_matter(state, ordinal);
    matter->kind = (uint8_t)kind;
    matter->code = text;
    ordinal_index_add(&state->matter_index, text_hash(code, kind), ordinal);
    return ordinal;
}

struct annex *state_change_annex(struct state *state, uint32_t ordinal)
{
    struct matter *matter = state_change_matter(state, ordinal);
    if (matter->annex == 0)
        matter->annex = table_add(&state->annexes);
    return table_change(&state->annexes, matter->annex);
}

uint64_t matter_moved_at(const struct state *state, const struct matter *matter)
{
    if (matter->step == STEP_RETRACTED)
        return move_lifted_at(state, state_move(state, matter->opening));
    return state_move(state, matter->moved)->position;
}

uint64_t move_lifted_at(const struct state *state, const struct move *move)
{
    const struct retraction *retraction;
    uint32_t at = move->lifted ? state_annex(state, state_matter(state, move->matter))->retractions : 0;
    for (; at != 0; at = retraction->next) {
        retraction = table_row(&state->retractions, at);
        if (retraction->position == move->position)
            return retraction->lifted_at;
    }
    return 0;
}

struct wide_tally state_tally_wide(const struct state *state, uint32_t ordinal)
{
    const struct tally *tally = table_row(&state->tallies, ordinal);
    const struct table *wide = &state->wide_tallies;
    uint32_t low = 1;
    uint32_t high = wide->count;
    if (!(tally->flags & TALLY_WIDE))
        return (struct wide_tally){ordinal, tally->campaign, {tally->counts[0], tally->counts[1]}};
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (((const struct wide_tally *)table_row(wide, middle))->tally < ordinal)
            low = middle + 1;
        else
            high = middle;
    }
    return *(const struct wide_tally *)table_row(wide, low);
}

uint32_t state_add_camera(struct state *state, const char *site)
{
    uint32_t ordinal = table_add(&state->cameras);
    struct camera *camera = table_change(&state->cameras, ordinal);
    camera->site = state_add_text(state, site);
    ordinal_index_add(&state->camera_index, text_hash(site, 0), ordinal);
    return ordinal;
}

uint32_t state_add_discrepancy(struct state *state, const char *code)
{
    uint32_t text = state_add_text(state, code);
    uint32_t ordinal = table_add(&state->discrepancies);
    struct discrepancy *discrepancy = table_change(&state->discrepancies, ordinal);
    discrepancy->code = text;
    ordinal_index_add(&state->discrepancy_index, text_hash(code, 0), ordinal);
    return ordinal;
}

uint32_t state_add_source(struct state *state, const char *name, const char *identity)
{
    uint32_t ordinal = table_add(&state->sources);
    struct source *source = table_change(&state->sources, ordinal);
    source->next_sequence = 1;
    source->name = state_add_text(state, name);
    source->identity = state_add_text(state, identity);
    ordinal_index_add(&state->source_index, text_hash(name, 0), ordinal);
    return ordinal;
}

bool state_unit_within(const struct state *state, uint32_t unit, uint32_t root)
{
    if (root == 0)
        return true;
    for (; unit != 0; unit = state_unit(state, unit)->parent)
        if (unit == root)
            return true;
    return false;
}

/* The policy adopted later takes everything from its first day on. */
static void take_over(struct policy_timeline *timeline, uint32_t row, int32_t from)
{
    while (timeline->count > 0 && timeline->spans[timeline->count - 1].from >= from)
        timeline->count--;
    if (timeline->count > 0)
        timeline->spans[timeline->count - 1].to = from - 1;
    timeline->spans[timeline->count++] = (struct policy_span){.from = from, .to = DAY_NEVER, .row = row};
}

void state_timeline(const struct state *state, uint64_t known_at, struct policy_timeline *timeline)
{
    timeline->rules = &state->rules;
    timeline->count = 0;
    for (uint32_t i = 1; i < state->policies.count; i++) {
        const struct adopted_policy *adopted = table_row(&state->policies, i);
        if (adopted->position <= known_at)
            take_over(timeline, i, adopted->effective_from);
    }
}

const struct policy *timeline_on(const struct policy_timeline *timeline, int32_t day)
{
    for (uint32_t i = timeline->count; i-- > 0;)
        if (timeline->spans[i].from <= day)
            return table_row(timeline->rules, timeline->spans[i].row);
    return NULL;
}

const struct policy *state_policy(const struct state *state)
{
    const struct policy *policy = timeline_on(&state->timeline, state->heads.today);
    if (!policy && state->rules.count > 1)
        policy = table_row(&state->rules, 1);
    return policy;
}
