#include "answer.h"

#include <string.h>

#include "answer_parts.h"
#include "domain/catalogue.h"
#include "domain/day.h"
#include "domain/source.h"
#include "log/sha256.h"
#include "status_rows.h"

void answer_consumers(struct hub *hub, const struct session *session, uint32_t query)
{
    wire_arena_reset(hub->arena);
    Sanling__V1__Answer answer = answer_head(hub, query);
    Sanling__V1__ConsumersAnswer consumers = SANLING__V1__CONSUMERS_ANSWER__INIT;
    consumers.consumers = take(hub, (HASH_COUNT(hub->cursors.by_name) + 1) * sizeof *consumers.consumers);
    for (const struct cursor *cursor = hub->cursors.by_name; cursor; cursor = cursor->hh.next) {
        Sanling__V1__ConsumersAnswer__Consumer *row = take(hub, sizeof *row);
        sanling__v1__consumers_answer__consumer__init(row);
        row->name = (char *)cursor->name;
        row->identity = (char *)cursor->identity;
        row->acknowledged = cursor->acknowledged;
        row->lag = hub->durable.position - cursor->acknowledged;
        row->connected = cursor->reader != NULL;
        consumers.consumers[consumers.n_consumers++] = row;
    }
    answer.body_case = SANLING__V1__ANSWER__BODY_CONSUMERS;
    answer.consumers = &consumers;
    send_answer(hub, session, &answer);
}

static bool identity_connected(const struct hub *hub, const char *identity)
{
    for (const struct session *session = hub->sessions.by_peer; session; session = session->hh.next)
        if (strcmp(session->identity, identity) == 0)
            return true;
    return false;
}

static Sanling__V1__SourcesAnswer__Source *take_source(struct hub *hub, const struct source *source)
{
    const struct state *state = hub->shown.state;
    Sanling__V1__SourcesAnswer__Source *row = take(hub, sizeof *row);
    sanling__v1__sources_answer__source__init(row);
    row->name = take_text(hub, state_text(state, source->name));
    row->identity = take_text(hub, state_text(state, source->identity));
    row->office = (Sanling__V1__Office__Kind)source->office;
    row->next_sequence = source->next_sequence;
    row->recorded = source->recorded;
    row->rejected = source->rejected;
    row->last_recorded_at = take_time(hub, source->last_recorded_at_us);
    row->connected = identity_connected(hub, row->identity);
    const struct identity *identity = access_by_name(hub->access, row->identity);
    row->signs = identity && identity->signing_key[0] != '\0';
    row->must_sign = policy_must_sign(state_policy(state), source->office);
    return row;
}

void answer_sources(struct hub *hub, const struct session *session, uint32_t query)
{
    const struct state *state = hub->shown.state;
    for (uint32_t at = 1; at == 1 || at < state->sources.count; at += ROWS_MAX) {
        wire_arena_reset(hub->arena);
        Sanling__V1__Answer answer = answer_head(hub, query);
        Sanling__V1__SourcesAnswer sources = SANLING__V1__SOURCES_ANSWER__INIT;
        sources.sources = take(hub, ROWS_MAX * sizeof *sources.sources);
        for (uint32_t i = at; i < state->sources.count && i < at + ROWS_MAX; i++)
            sources.sources[sources.n_sources++] = take_source(hub, state_source(state, i));
        answer.more = at + ROWS_MAX < state->sources.count;
        answer.body_case = SANLING__V1__ANSWER__BODY_SOURCES;
        answer.sources = &sources;
        send_answer(hub, session, &answer);
    }
}

static Sanling__V1__UnitAttributes *take_attributes(struct hub *hub, const struct unit_attributes *from)
{
    Sanling__V1__UnitAttributes *attributes = take(hub, sizeof *attributes);
    sanling__v1__unit_attributes__init(attributes);
    attributes->grid_count = from->grids;
    attributes->block_head_count = from->block_heads;
    attributes->patroller_count = from->patrollers;
    attributes->team_cadres = (from->team & 1) != 0;
    attributes->team_grid_head = (from->team & 2) != 0;
    attributes->team_grid_worker = (from->team & 4) != 0;
    attributes->team_property = (from->team & 8) != 0;
    attributes->team_building_head = (from->team & 16) != 0;
    return attributes;
}

static void fill_successors(struct hub *hub, const struct unit *unit, Sanling__V1__UnitsAnswer__Unit *row)
{
    enum { SUCCESSORS_MAX = 64 };
    const struct state *state = hub->shown.state;
    const struct succession *succession;
    row->successors = take(hub, unit->successors ? SUCCESSORS_MAX * sizeof *row->successors : 0);
    for (uint32_t at = unit->successors; at != 0 && row->n_successors < SUCCESSORS_MAX;
         at = succession->next_of_predecessor) {
        succession = table_row(&state->successions, at);
        row->successors[row->n_successors++] = take_code(hub, succession->successor);
    }
}

static Sanling__V1__UnitsAnswer__Unit *take_unit(struct hub *hub, uint32_t ordinal, uint32_t level)
{
    const struct state *state = hub->shown.state;
    const struct unit *unit = state_unit(state, ordinal);
    Sanling__V1__UnitsAnswer__Unit *row = take(hub, sizeof *row);
    sanling__v1__units_answer__unit__init(row);
    row->code = take_text(hub, unit->code);
    row->kind = (Sanling__V1__UnitKind__Kind)unit->kind;
    row->name = take_text(hub, state_text(state, unit->name));
    row->parent = take_code(hub, unit->parent);
    row->valid_from = take_day(hub, unit->valid_from);
    row->valid_to = take_day(hub, unit->valid_to);
    row->attributes = take_attributes(hub, &unit->attributes);
    row->level = level;
    fill_successors(hub, unit, row);
    return row;
}

void answer_units(struct hub *hub, const struct session *session, uint32_t query, uint32_t root, enum unit_kind kind)
{
    const struct state *state = hub->shown.state;
    struct tree tree;
    struct tree_walk walk;
    tree_open(state, state->heads.today, POSITION_END, &tree);
    tree_walk_open(&tree, root, UINT32_MAX, &walk);
    uint32_t ordinal;
    uint32_t level = 0;
    bool rest = (ordinal = tree_walk_next(&walk, &level)) != 0;
    do {
        wire_arena_reset(hub->arena);
        Sanling__V1__Answer answer = answer_head(hub, query);
        Sanling__V1__UnitsAnswer units = SANLING__V1__UNITS_ANSWER__INIT;
        units.units = take(hub, ROWS_MAX * sizeof *units.units);
        while (rest && units.n_units < ROWS_MAX) {
            if (kind == UNIT_NONE || state_unit(state, ordinal)->kind == (uint32_t)kind)
                units.units[units.n_units++] = take_unit(hub, ordinal, level);
            rest = (ordinal = tree_walk_next(&walk, &level)) != 0;
        }
        answer.more = rest;
        answer.body_case = SANLING__V1__ANSWER__BODY_UNITS;
        answer.units = &units;
        send_answer(hub, session, &answer);
    } while (rest);
    tree_walk_close(&walk);
    tree_close(&tree);
}

void answer_digest(struct hub *hub, const struct session *session, uint32_t query)
{
    uint8_t bytes[32];
    wire_arena_reset(hub->arena);
    ledger_digest(&hub->ledger, bytes);
    Sanling__V1__Answer answer = answer_head(hub, query);
    Sanling__V1__DigestAnswer digest = SANLING__V1__DIGEST_ANSWER__INIT;
    digest.position = hub->shown.state->heads.position;
    digest.rejections = hub->shown.state->heads.rejections;
    digest.digest = (ProtobufCBinaryData){.data = bytes, .len = sizeof bytes};
    digest.form = STATE_FORM;
    answer.body_case = SANLING__V1__ANSWER__BODY_DIGEST;
    answer.digest = &digest;
    send_answer(hub, session, &answer);
}

void answer_policy(struct hub *hub, const struct session *session, uint32_t query)
{
    const struct state *state = hub->shown.state;
    const struct policy *policy = state_policy(state);
    uint8_t sha256[32];
    wire_arena_reset(hub->arena);
    Sanling__V1__Answer answer = answer_head(hub, query);
    Sanling__V1__PolicyAnswer body = SANLING__V1__POLICY_ANSWER__INIT;
    if (policy) {
        uint32_t row = (uint32_t)(((const unsigned char *)policy - state->rules.rows) / state->rules.row_size);
        const struct adopted_policy *adopted = table_row(&state->policies, row);
        body.version = take_text(hub, policy->version);
        body.preset = take_text(hub, policy->preset);
        body.effective_from = take_day(hub, policy->effective_from);
        body.text = (char *)state_text(state, adopted->text);
        body.position = adopted->position;
        sha256_of(body.text, strlen(body.text), sha256);
        body.sha256 = (ProtobufCBinaryData){.data = sha256, .len = sizeof sha256};
    }
    answer.body_case = SANLING__V1__ANSWER__BODY_POLICY;
    answer.policy = &body;
    send_answer(hub, session, &answer);
}

void answer_clock(struct hub *hub, const struct session *session, uint32_t query)
{
    const struct state *state = hub->shown.state;
    wire_arena_reset(hub->arena);
    Sanling__V1__Answer answer = answer_head(hub, query);
    Sanling__V1__ClockAnswer clock = SANLING__V1__CLOCK_ANSWER__INIT;
    clock.time = answer.time;
    clock.today = take_day(hub, state->heads.today);
    clock.last_closed_day = take_day(hub, state->heads.today == DAY_NONE ? DAY_NONE : state->heads.today - 1);
    answer.body_case = SANLING__V1__ANSWER__BODY_CLOCK;
    answer.clock = &clock;
    send_answer(hub, session, &answer);
}

static Sanling__V1__CatalogueAnswer__Type *take_catalogue_type(struct hub *hub, const struct event_type *type)
{
    Sanling__V1__CatalogueAnswer__Type *row = take(hub, sizeof *row);
    sanling__v1__catalogue_answer__type__init(row);
    row->name = (char *)type->name;
    row->label = (char *)type->label;
    row->publishers = take(hub, OFFICE_LIMIT * sizeof *row->publishers);
    for (uint32_t office = 1; office < OFFICE_LIMIT; office++)
        if (type->publishers & OFFICE_BIT(office))
            row->publishers[row->n_publishers++] = (Sanling__V1__Office__Kind)office;
    char *rest = take_text(hub, type->required);
    row->required = take(hub, 8 * sizeof *row->required);
    for (char *name = strsep(&rest, " "); name && *name; name = strsep(&rest, " "))
        row->required[row->n_required++] = name;
    return row;
}

void answer_catalogue(struct hub *hub, const struct session *session, uint32_t query)
{
    wire_arena_reset(hub->arena);
    Sanling__V1__Answer answer = answer_head(hub, query);
    Sanling__V1__CatalogueAnswer catalogue = SANLING__V1__CATALOGUE_ANSWER__INIT;
    catalogue.types = take(hub, EVENT_KIND_LIMIT * sizeof *catalogue.types);
    for (unsigned kind = 0; kind < EVENT_KIND_LIMIT; kind++)
        if (catalogue_type(kind))
            catalogue.types[catalogue.n_types++] = take_catalogue_type(hub, catalogue_type(kind));
    answer.body_case = SANLING__V1__ANSWER__BODY_CATALOGUE;
    answer.catalogue = &catalogue;
    send_answer(hub, session, &answer);
}
