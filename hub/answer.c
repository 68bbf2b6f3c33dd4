#include "answer.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain/catalogue.h"
#include "domain/day.h"
#include "domain/source.h"
#include "domain/summary.h"
#include "status_rows.h"

/* Rows of one message. A status row may have 900 fields, and a client unpacks 65,536 at most. */
enum { ROWS_MAX = 200, STATUS_ROWS_MAX = 64 };

/* Memory for one answer, from the arena of the message at hand. */
static void *take(struct hub *hub, size_t size)
{
    void *memory = wire_arena_take(hub->arena, size);
    if (!memory)
        abort(); /* answers are paged: ROWS_MAX rows fit many times over */
    memset(memory, 0, size);
    return memory;
}

static char *take_text(struct hub *hub, const char *text)
{
    char *copy = take(hub, strlen(text) + 1);
    strcpy(copy, text);
    return copy;
}

static char *take_day(struct hub *hub, int32_t day)
{
    char text[DAY_TEXT_SIZE];
    day_format(day, text);
    return take_text(hub, text);
}

static Google__Protobuf__Timestamp *take_time(struct hub *hub, int64_t time_us)
{
    Google__Protobuf__Timestamp *time = take(hub, sizeof *time);
    google__protobuf__timestamp__init(time);
    int64_t rest = time_us % 1000000;
    time->seconds = time_us / 1000000 - (rest < 0);
    time->nanos = (int32_t)((rest < 0 ? rest + 1000000 : rest) * 1000);
    return time;
}

/* An answer with its head filled; the caller sets the body and sends it. */
static Sanling__V1__Answer answer_head(struct hub *hub, uint32_t query)
{
    Sanling__V1__Answer answer = SANLING__V1__ANSWER__INIT;
    answer.id = query;
    answer.position = hub->ledger.state.heads.position;
    answer.time = take_time(hub, hub_now_us(hub));
    answer.demonstration = hub->ledger.state.heads.demonstration != 0;
    return answer;
}

static void send_answer(struct hub *hub, const struct session *session, Sanling__V1__Answer *answer)
{
    Sanling__V1__HubMessage message = SANLING__V1__HUB_MESSAGE__INIT;
    message.body_case = SANLING__V1__HUB_MESSAGE__BODY_ANSWER;
    message.answer = answer;
    reply_add(&hub->replies, &session->peer, &message);
}

static Sanling__V1__Rate *take_rate(struct hub *hub, uint64_t part, uint64_t whole, int decimals)
{
    char text[RATE_TEXT_SIZE];
    Sanling__V1__Rate *rate = take(hub, sizeof *rate);
    sanling__v1__rate__init(rate);
    rate_format(part, whole, decimals, text);
    rate->part = part;
    rate->whole = whole;
    rate->text = take_text(hub, text);
    return rate;
}

static Sanling__V1__ZeroCount *take_count(struct hub *hub, enum unit_group group, int zero,
                                          const struct status_count *from)
{
    Sanling__V1__ZeroCount *count = take(hub, sizeof *count);
    sanling__v1__zero_count__init(count);
    count->group = (Sanling__V1__UnitGroup__Kind)group;
    count->zero = (Sanling__V1__Zero__Kind)zero;
    count->total = from->total;
    count->zero_units = from->zero;
    count->broken = from->broken;
    count->unverified = from->unverified;
    count->lower = take_rate(hub, from->zero, from->total, 2);
    count->upper = take_rate(hub, from->total - from->broken, from->total, 2);
    count->coverage = take_rate(hub, from->zero + from->broken, from->total, 2);
    return count;
}

static Sanling__V1__RollUp *take_rollup(struct hub *hub, const struct rollup *from)
{
    Sanling__V1__RollUp *rollup = take(hub, sizeof *rollup);
    sanling__v1__roll_up__init(rollup);
    rollup->counts = take(hub, GROUP_COUNT * (ZERO_COUNT + 1) * sizeof *rollup->counts);
    for (int group = 0; group < GROUP_COUNT; group++) {
        for (int zero = 0; zero < ZERO_COUNT; zero++)
            rollup->counts[rollup->n_counts++] =
                take_count(hub, (enum unit_group)group, zero + 1, &from->zeros[group][zero]);
        rollup->counts[rollup->n_counts++] = take_count(hub, (enum unit_group)group, 0, &from->joint[group]);
    }
    return rollup;
}

enum { GAPS_MAX = 16, BREAKS_MAX = 100, ATTESTATIONS_MAX = 32 };

static void fill_gaps(struct hub *hub, const struct status_question *question, enum zero zero,
                      Sanling__V1__ZeroStatus *status)
{
    status->gaps = take(hub, GAPS_MAX * sizeof *status->gaps);
    for (uint32_t office = 1; office < OFFICE_LIMIT; office++) {
        if (!(question->policy->required[zero] & OFFICE_BIT(office)))
            continue;
        const struct span_set *gaps =
            status_gaps(&hub->ledger.state, question, zero, (enum office)office, &hub->scratch);
        for (uint32_t i = 0; i < gaps->count && status->n_gaps < GAPS_MAX; i++) {
            Sanling__V1__Gap *gap = take(hub, sizeof *gap);
            sanling__v1__gap__init(gap);
            gap->office = (Sanling__V1__Office__Kind)office;
            gap->from_day = take_day(hub, gaps->spans[i].from);
            gap->to_day = take_day(hub, gaps->spans[i].to);
            status->gaps[status->n_gaps++] = gap;
        }
    }
}

/* The breaks of the period that stand, newest first as they were recorded; *days gets the day of each. */
static size_t standing_breaks(const struct state *state, const struct status_question *question, enum zero zero,
                              uint64_t positions[static BREAKS_MAX], int32_t days[static BREAKS_MAX])
{
    size_t count = 0;
    const struct zero_break *row;
    for (uint32_t at = state_unit(state, question->unit)->breaks[zero]; at != 0 && count < BREAKS_MAX; at = row->next) {
        row = table_row(&state->breaks, at);
        bool lifted = row->lifted_at != 0 && row->lifted_at <= question->known_at;
        if (row->position > question->known_at || lifted || row->day > question->as_of ||
            row->day < day_year_start(question->as_of))
            continue;
        positions[count] = row->position;
        days[count++] = row->day;
    }
    return count;
}

static bool covers_a_break(const struct attestation *attestation, const int32_t *days, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (attestation->from_day <= days[i] && days[i] <= attestation->to_day)
            return true;
    return false;
}

static void fill_evidence(struct hub *hub, const struct status_question *question, enum zero zero,
                          Sanling__V1__ZeroStatus *status)
{
    const struct state *state = &hub->ledger.state;
    uint64_t positions[BREAKS_MAX];
    int32_t days[BREAKS_MAX];
    size_t breaks = standing_breaks(state, question, zero, positions, days);
    status->breaks = take(hub, breaks * sizeof *status->breaks);
    for (size_t i = 0; i < breaks; i++)
        status->breaks[i] = positions[breaks - 1 - i];
    status->n_breaks = breaks;
    status->attestations = take(hub, ATTESTATIONS_MAX * sizeof *status->attestations);
    status->contradicted = take(hub, ATTESTATIONS_MAX * sizeof *status->contradicted);
    const struct coverage *coverage;
    for (uint32_t at = state_unit(state, question->unit)->coverages[zero]; at != 0; at = coverage->next) {
        coverage = table_row(&state->coverages, at);
        const struct attestation *attestation = table_row(&state->attestations, coverage->attestation);
        bool withdrawn = attestation->withdrawn_at != 0 && attestation->withdrawn_at <= question->known_at;
        if (attestation->position > question->known_at || withdrawn || attestation->from_day > question->as_of)
            continue;
        if (status->basis == SANLING__V1__ATTESTATION__BASIS__UNSPECIFIED)
            status->basis = (Sanling__V1__Attestation__Basis)attestation->basis;
        if (status->n_attestations < ATTESTATIONS_MAX && attestation->to_day >= day_year_start(question->as_of))
            status->attestations[status->n_attestations++] = attestation->position;
        if (status->n_contradicted < ATTESTATIONS_MAX && covers_a_break(attestation, days, breaks))
            status->contradicted[status->n_contradicted++] = attestation->position;
    }
}

static Sanling__V1__ZeroStatus *take_zero(struct hub *hub, const struct status_question *question, enum zero zero)
{
    struct zero_status from = status_of_zero(&hub->ledger.state, question, zero, &hub->scratch);
    Sanling__V1__ZeroStatus *status = take(hub, sizeof *status);
    sanling__v1__zero_status__init(status);
    status->zero = (Sanling__V1__Zero__Kind)(zero + 1);
    status->status = (Sanling__V1__Status__Kind)from.status;
    status->since = take_day(hub, from.since);
    status->break_count = from.breaks;
    status->verified_until = take_day(hub, from.verified_until);
    status->streak_days = (uint32_t)from.streak_days;
    status->streak_until = take_day(hub, from.streak_until);
    status->claimed_days = (uint32_t)from.claimed_days;
    fill_gaps(hub, question, zero, status);
    fill_evidence(hub, question, zero, status);
    return status;
}

static void fill_zeros(struct hub *hub, const struct status_view *view, uint32_t ordinal, Sanling__V1__UnitStatus *row)
{
    struct status_question question = {
        .unit = ordinal, .as_of = view->as_of, .known_at = view->known_at, .policy = view->policy};
    enum status statuses[ZERO_COUNT];
    row->zeros = take(hub, ZERO_COUNT * sizeof *row->zeros);
    for (int zero = 0; zero < ZERO_COUNT; zero++) {
        row->zeros[zero] = take_zero(hub, &question, (enum zero)zero);
        statuses[zero] = (enum status)row->zeros[zero]->status;
    }
    row->n_zeros = ZERO_COUNT;
    row->joint = (Sanling__V1__Status__Kind)status_joint(statuses);
    row->joint_streak_days = (uint32_t)status_joint_streak(&hub->ledger.state, &question, &hub->scratch);
}

static Sanling__V1__UnitStatus *take_status(struct hub *hub, const struct status_view *view,
                                            const struct status_row *from)
{
    const struct state *state = &hub->ledger.state;
    Sanling__V1__UnitStatus *row = take(hub, sizeof *row);
    sanling__v1__unit_status__init(row);
    const struct unit *unit = from->unit ? state_unit(state, from->unit) : NULL;
    row->unit = unit ? take_text(hub, unit->code) : take_text(hub, "");
    row->name = unit ? take_text(hub, state_text(state, unit->name)) : take_text(hub, "");
    row->kind = unit ? (Sanling__V1__UnitKind__Kind)unit->kind : SANLING__V1__UNIT_KIND__KIND__UNSPECIFIED;
    row->parent = unit && unit->parent ? take_text(hub, state_unit(state, unit->parent)->code) : take_text(hub, "");
    row->level = from->level;
    row->joint = SANLING__V1__STATUS__KIND__NOT_COUNTED;
    row->as_of = take_day(hub, view->as_of);
    row->known_at = view->known_at == POSITION_END ? state->heads.position : view->known_at;
    row->policy_version = take_text(hub, view->policy->version);
    row->below = take_rollup(hub, &from->below);
    if (unit && !unit_lives(unit, view->as_of)) {
        char text[96];
        snprintf(text, sizeof text, "NOT_VALID on this day; successor: %s",
                 unit->successor ? state_unit(state, unit->successor)->code : "none");
        row->not_valid = take_text(hub, text);
    } else if (unit && unit_kind_counted((enum unit_kind)unit->kind)) {
        fill_zeros(hub, view, from->unit, row);
    }
    return row;
}

void answer_status(struct hub *hub, const struct session *session, uint32_t query, const struct status_view *view)
{
    struct status_rows rows;
    status_rows_open(&hub->ledger.state, view, &hub->scratch, &rows);
    for (size_t at = 0; at == 0 || at < rows.count; at += STATUS_ROWS_MAX) {
        wire_arena_reset(hub->arena);
        Sanling__V1__Answer answer = answer_head(hub, query);
        Sanling__V1__StatusAnswer status = SANLING__V1__STATUS_ANSWER__INIT;
        status.units = take(hub, STATUS_ROWS_MAX * sizeof *status.units);
        for (size_t i = at; i < rows.count && i < at + STATUS_ROWS_MAX; i++)
            status.units[status.n_units++] = take_status(hub, view, &rows.rows[i]);
        answer.more = at + STATUS_ROWS_MAX < rows.count;
        answer.body_case = SANLING__V1__ANSWER__BODY_STATUS;
        answer.status = &status;
        send_answer(hub, session, &answer);
    }
    status_rows_close(&rows);
}

static void fill_hazards(struct hub *hub, const struct hazard_counts *from, Sanling__V1__Summary *to)
{
    Sanling__V1__HazardSummary *hazards = take(hub, sizeof *hazards);
    sanling__v1__hazard_summary__init(hazards);
    hazards->found = from->found;
    hazards->general = from->general;
    hazards->major = from->major;
    hazards->fixed_on_spot = from->fixed_on_spot;
    hazards->ordered = from->ordered;
    hazards->struck_off = from->struck_off;
    hazards->open = from->open;
    hazards->overdue = from->overdue;
    hazards->rate = take_rate(hub, from->struck_off, from->found, 1);
    to->hazards = hazards;
}

static void fill_petitions(struct hub *hub, const struct petition_counts *from, Sanling__V1__Summary *to)
{
    Sanling__V1__PetitionSummary *petitions = take(hub, sizeof *petitions);
    sanling__v1__petition_summary__init(petitions);
    petitions->registered = from->registered;
    petitions->open = from->open;
    petitions->overdue = from->overdue;
    petitions->closed = from->closed;
    to->petitions = petitions;
}

static void fill_disputes(struct hub *hub, const struct dispute_counts *from, Sanling__V1__Summary *to)
{
    Sanling__V1__DisputeSummary *disputes = take(hub, sizeof *disputes);
    sanling__v1__dispute_summary__init(disputes);
    disputes->opened = from->opened;
    disputes->both_agreed = from->both_agreed;
    disputes->succeeded = from->succeeded;
    disputes->mobile = from->mobile;
    disputes->ended = from->ended;
    disputes->performed = from->performed;
    disputes->mobile_share = take_rate(hub, from->mobile, from->succeeded, 0);
    to->disputes = disputes;
}

static void fill_cases(struct hub *hub, const struct summary *from, Sanling__V1__Summary *to)
{
    char text[RATE_TEXT_SIZE];
    const struct case_counts *now = &from->cases;
    const struct case_counts *before = &from->cases_before;
    Sanling__V1__CaseSummary *cases = take(hub, sizeof *cases);
    sanling__v1__case_summary__init(cases);
    cases->filed = now->filed;
    cases->resolved = now->resolved;
    cases->previous_filed = before->filed;
    cases->previous_resolved = before->resolved;
    cases->clearance = take_rate(hub, now->resolved, now->filed, 1);
    cases->previous_clearance = take_rate(hub, before->resolved, before->filed, 1);
    change_format(now->filed, before->filed, text);
    cases->filed_change = take_text(hub, text);
    points_format(now->resolved, now->filed, before->resolved, before->filed, text);
    cases->clearance_change_points = take_text(hub, text);
    to->cases = cases;
}

static void fill_rest(struct hub *hub, const struct summary *from, Sanling__V1__Summary *to)
{
    Sanling__V1__AccidentSummary *accidents = take(hub, sizeof *accidents);
    sanling__v1__accident_summary__init(accidents);
    accidents->reported = from->accidents.reported;
    accidents->general = from->accidents.grades[GRADE_GENERAL];
    accidents->larger = from->accidents.grades[GRADE_LARGER];
    accidents->major = from->accidents.grades[GRADE_MAJOR];
    accidents->extra_major = from->accidents.grades[GRADE_EXTRA_MAJOR];
    accidents->late = from->accidents.late;
    to->accidents = accidents;
    Sanling__V1__CameraSummary *cameras = take(hub, sizeof *cameras);
    sanling__v1__camera_summary__init(cameras);
    cameras->in_service = from->cameras.in_service;
    cameras->owners = from->cameras.owners;
    cameras->sign_posted = from->cameras.sign_posted;
    to->cameras = cameras;
    Sanling__V1__TeamSummary *teams = take(hub, sizeof *teams);
    sanling__v1__team_summary__init(teams);
    teams->grids = from->teams.grids;
    teams->block_heads = from->teams.block_heads;
    teams->patrollers = from->teams.patrollers;
    teams->complete_teams = from->teams.complete_teams;
    teams->team_parts = from->teams.team_parts;
    to->teams = teams;
}

static void fill_tallies(struct hub *hub, const struct summary *from, const struct policy *policy,
                         Sanling__V1__Summary *to)
{
    to->tallies = take(hub, TALLY_KIND_LIMIT * sizeof *to->tallies);
    for (int kind = 1; kind < TALLY_KIND_LIMIT; kind++) {
        char text[RATE_TEXT_SIZE];
        Sanling__V1__Tally *tally = take(hub, sizeof *tally);
        sanling__v1__tally__init(tally);
        tally->kind = (char *)tally_name((enum tally_kind)kind);
        tally->count = from->tallies[kind];
        if (policy && (policy->rounded_tallies >> kind & 1))
            more_than_format(tally->count, text);
        else
            snprintf(text, sizeof text, "%llu", (unsigned long long)tally->count);
        tally->rounded = take_text(hub, text);
        to->tallies[to->n_tallies++] = tally;
    }
}

static void fill_freshness(struct hub *hub, Sanling__V1__Summary *to)
{
    const struct state *state = &hub->ledger.state;
    to->freshness = take(hub, OFFICE_LIMIT * sizeof *to->freshness);
    for (int office = 1; office < OFFICE_LIMIT; office++) {
        const struct office_news *news = &state->heads.offices[office];
        if (office == OFFICE_HUB || news->position == 0)
            continue;
        Sanling__V1__Freshness *freshness = take(hub, sizeof *freshness);
        sanling__v1__freshness__init(freshness);
        freshness->office = (Sanling__V1__Office__Kind)office;
        freshness->last_position = news->position;
        freshness->last_recorded_at = take_time(hub, news->recorded_at_us);
        to->freshness[to->n_freshness++] = freshness;
    }
}

static void fill_units(struct hub *hub, const struct rollup *from, Sanling__V1__Summary *to)
{
    to->units = take(hub, UNIT_KIND_LIMIT * sizeof *to->units);
    for (int kind = 1; kind < UNIT_KIND_LIMIT; kind++) {
        if (from->kinds[kind] == 0)
            continue;
        Sanling__V1__UnitCount *count = take(hub, sizeof *count);
        sanling__v1__unit_count__init(count);
        count->kind = (Sanling__V1__UnitKind__Kind)kind;
        count->count = from->kinds[kind];
        to->units[to->n_units++] = count;
    }
}

static Sanling__V1__Summary *take_summary(struct hub *hub, uint32_t root, int32_t year)
{
    struct state *state = &hub->ledger.state;
    const struct policy *policy = state_policy(state);
    struct summary from;
    Sanling__V1__Summary *to = take(hub, sizeof *to);
    sanling__v1__summary__init(to);
    bool open = state->heads.today != DAY_NONE;
    if (year == 0 && open)
        year = day_year(state->heads.today);
    summary_of(state, root, year ? year : 1970, &from, &hub->scratch);
    to->unit = root ? take_text(hub, state_unit(state, root)->code) : take_text(hub, "");
    to->name = root ? take_text(hub, state_text(state, state_unit(state, root)->name)) : take_text(hub, "");
    to->as_of = take_day(hub, open ? from.to : DAY_NONE);
    to->position = state->heads.position;
    to->time = take_time(hub, hub_now_us(hub));
    to->demonstration = state->heads.demonstration != 0;
    to->policy_version = take_text(hub, policy ? policy->version : "");
    to->policy_preset = take_text(hub, policy ? policy->preset : "");
    to->year = (uint32_t)year;
    to->zeros = take_rollup(hub, &from.zeros);
    to->rejected = state->heads.rejections;
    fill_hazards(hub, &from.hazards, to);
    fill_petitions(hub, &from.petitions, to);
    fill_disputes(hub, &from.disputes, to);
    fill_cases(hub, &from, to);
    fill_rest(hub, &from, to);
    fill_tallies(hub, &from, policy, to);
    fill_freshness(hub, to);
    fill_units(hub, &from.zeros, to);
    return to;
}

void answer_summary(struct hub *hub, const struct session *session, uint32_t query, uint32_t root, int32_t year)
{
    wire_arena_reset(hub->arena);
    Sanling__V1__Answer answer = answer_head(hub, query);
    answer.body_case = SANLING__V1__ANSWER__BODY_SUMMARY;
    answer.summary = take_summary(hub, root, year);
    send_answer(hub, session, &answer);
}

void answer_summary_update(struct hub *hub, const struct session *session, uint32_t subscription, uint32_t root,
                           int32_t year)
{
    wire_arena_reset(hub->arena);
    Sanling__V1__SummaryUpdate update = SANLING__V1__SUMMARY_UPDATE__INIT;
    Sanling__V1__HubMessage message = SANLING__V1__HUB_MESSAGE__INIT;
    update.subscription = subscription;
    update.summary = take_summary(hub, root, year);
    message.body_case = SANLING__V1__HUB_MESSAGE__BODY_SUMMARY;
    message.summary = &update;
    reply_add(&hub->replies, &session->peer, &message);
}

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
    const struct state *state = &hub->ledger.state;
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
    return row;
}

void answer_sources(struct hub *hub, const struct session *session, uint32_t query)
{
    const struct state *state = &hub->ledger.state;
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

static Sanling__V1__UnitsAnswer__Unit *take_unit(struct hub *hub, uint32_t ordinal, uint32_t level)
{
    const struct state *state = &hub->ledger.state;
    const struct unit *unit = state_unit(state, ordinal);
    Sanling__V1__UnitsAnswer__Unit *row = take(hub, sizeof *row);
    sanling__v1__units_answer__unit__init(row);
    row->code = take_text(hub, unit->code);
    row->kind = (Sanling__V1__UnitKind__Kind)unit->kind;
    row->name = take_text(hub, state_text(state, unit->name));
    row->parent = take_text(hub, unit->parent ? state_unit(state, unit->parent)->code : "");
    row->valid_from = take_day(hub, unit->valid_from);
    row->valid_to = take_day(hub, unit->valid_to);
    row->attributes = take_attributes(hub, &unit->attributes);
    row->level = level;
    if (unit->successor) {
        row->successors = take(hub, sizeof *row->successors);
        row->successors[0] = take_text(hub, state_unit(state, unit->successor)->code);
        row->n_successors = 1;
    }
    return row;
}

void answer_units(struct hub *hub, const struct session *session, uint32_t query, uint32_t root, enum unit_kind kind)
{
    const struct state *state = &hub->ledger.state;
    struct tree_walk walk;
    tree_walk_open(state, root, UINT32_MAX, &walk);
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
}

void answer_digest(struct hub *hub, const struct session *session, uint32_t query)
{
    uint8_t bytes[32];
    wire_arena_reset(hub->arena);
    ledger_digest(&hub->ledger, bytes);
    Sanling__V1__Answer answer = answer_head(hub, query);
    Sanling__V1__DigestAnswer digest = SANLING__V1__DIGEST_ANSWER__INIT;
    digest.position = hub->ledger.state.heads.position;
    digest.rejections = hub->ledger.state.heads.rejections;
    digest.digest = (ProtobufCBinaryData){.data = bytes, .len = sizeof bytes};
    answer.body_case = SANLING__V1__ANSWER__BODY_DIGEST;
    answer.digest = &digest;
    send_answer(hub, session, &answer);
}

static Sanling__V1__AccessEntry *take_entry(struct hub *hub, const struct identity *identity)
{
    Sanling__V1__AccessEntry *entry = take(hub, sizeof *entry);
    sanling__v1__access_entry__init(entry);
    entry->name = (char *)identity->name;
    entry->key = (char *)identity->key;
    entry->role = (char *)role_name(identity->role);
    entry->office = (Sanling__V1__Office__Kind)identity->office;
    entry->unit = (char *)identity->root;
    entry->types = identity->named_types;
    for (char **type = identity->named_types; type && *type; type++)
        entry->n_types++;
    return entry;
}

void answer_access(struct hub *hub, const struct session *session, uint32_t query)
{
    size_t count = access_count(hub->access);
    for (size_t at = 0; at == 0 || at < count; at += ROWS_MAX) {
        wire_arena_reset(hub->arena);
        Sanling__V1__Answer answer = answer_head(hub, query);
        Sanling__V1__AccessAnswer access = SANLING__V1__ACCESS_ANSWER__INIT;
        access.entries = take(hub, ROWS_MAX * sizeof *access.entries);
        for (size_t i = at; i < count && i < at + ROWS_MAX; i++)
            access.entries[access.n_entries++] = take_entry(hub, access_at(hub->access, i));
        answer.more = at + ROWS_MAX < count;
        answer.body_case = SANLING__V1__ANSWER__BODY_ACCESS;
        answer.access = &access;
        send_answer(hub, session, &answer);
    }
}

void answer_policy(struct hub *hub, const struct session *session, uint32_t query)
{
    const struct state *state = &hub->ledger.state;
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
        SHA256((const unsigned char *)body.text, strlen(body.text), sha256);
        body.sha256 = (ProtobufCBinaryData){.data = sha256, .len = sizeof sha256};
    }
    answer.body_case = SANLING__V1__ANSWER__BODY_POLICY;
    answer.policy = &body;
    send_answer(hub, session, &answer);
}

void answer_clock(struct hub *hub, const struct session *session, uint32_t query)
{
    const struct state *state = &hub->ledger.state;
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

static Sanling__V1__CatalogueAnswer__Type *take_type(struct hub *hub, const struct event_type *type)
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
            catalogue.types[catalogue.n_types++] = take_type(hub, catalogue_type(kind));
    answer.body_case = SANLING__V1__ANSWER__BODY_CATALOGUE;
    answer.catalogue = &catalogue;
    send_answer(hub, session, &answer);
}
