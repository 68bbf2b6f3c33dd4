#include <stdio.h>

#include "answer_parts.h"
#include "domain/day.h"
#include "domain/summary.h"

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
