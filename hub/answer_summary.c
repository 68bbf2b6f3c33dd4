#include <stdio.h>

#include "answer_parts.h"
#include "domain/day.h"
#include "domain/summary.h"

/* A figure of the contract, whose counts have 32 bits. */
static uint32_t figure_of(const struct summary *from, enum figure figure)
{
    return from->counts[figure] > UINT32_MAX ? UINT32_MAX : (uint32_t)from->counts[figure];
}

static void fill_hazards(struct hub *hub, const struct summary *from, Sanling__V1__Summary *to)
{
    Sanling__V1__HazardSummary *hazards = take(hub, sizeof *hazards);
    sanling__v1__hazard_summary__init(hazards);
    hazards->found = figure_of(from, FIGURE_HAZARDS_FOUND);
    hazards->general = figure_of(from, FIGURE_HAZARDS_GENERAL);
    hazards->major = figure_of(from, FIGURE_HAZARDS_MAJOR);
    hazards->fixed_on_spot = figure_of(from, FIGURE_HAZARDS_FIXED_ON_SPOT);
    hazards->ordered = figure_of(from, FIGURE_HAZARDS_ORDERED);
    hazards->struck_off = figure_of(from, FIGURE_HAZARDS_STRUCK_OFF);
    hazards->open = figure_of(from, FIGURE_HAZARDS_OPEN);
    hazards->overdue = figure_of(from, FIGURE_HAZARDS_OVERDUE);
    hazards->rate = take_rate(hub, hazards->struck_off, hazards->found, 1);
    hazards->placarded = figure_of(from, FIGURE_HAZARDS_PLACARDED);
    hazards->due_soon = figure_of(from, FIGURE_HAZARDS_DUE_SOON);
    to->hazards = hazards;
}

static void fill_petitions(struct hub *hub, const struct summary *from, Sanling__V1__Summary *to)
{
    Sanling__V1__PetitionSummary *petitions = take(hub, sizeof *petitions);
    sanling__v1__petition_summary__init(petitions);
    petitions->registered = figure_of(from, FIGURE_PETITIONS_REGISTERED);
    petitions->open = figure_of(from, FIGURE_PETITIONS_OPEN);
    petitions->overdue = figure_of(from, FIGURE_PETITIONS_OVERDUE);
    petitions->closed = figure_of(from, FIGURE_PETITIONS_CLOSED);
    petitions->due_soon = figure_of(from, FIGURE_PETITIONS_DUE_SOON);
    petitions->in_review = figure_of(from, FIGURE_PETITIONS_IN_REVIEW);
    petitions->in_final_review = figure_of(from, FIGURE_PETITIONS_IN_FINAL_REVIEW);
    petitions->on_time = take_rate(hub, figure_of(from, FIGURE_PETITIONS_ON_TIME), petitions->closed, 1);
    petitions->escalated = figure_of(from, FIGURE_PETITIONS_ESCALATED);
    petitions->joint = figure_of(from, FIGURE_PETITIONS_JOINT);
    to->petitions = petitions;
}

static void fill_disputes(struct hub *hub, const struct summary *from, Sanling__V1__Summary *to)
{
    Sanling__V1__DisputeSummary *disputes = take(hub, sizeof *disputes);
    sanling__v1__dispute_summary__init(disputes);
    disputes->opened = figure_of(from, FIGURE_DISPUTES_OPENED);
    disputes->both_agreed = figure_of(from, FIGURE_DISPUTES_BOTH_AGREED);
    disputes->succeeded = figure_of(from, FIGURE_DISPUTES_SUCCEEDED);
    disputes->mobile = figure_of(from, FIGURE_DISPUTES_MOBILE);
    disputes->ended = figure_of(from, FIGURE_DISPUTES_ENDED);
    disputes->performed = figure_of(from, FIGURE_DISPUTES_PERFORMED);
    disputes->mobile_share = take_rate(hub, disputes->mobile, disputes->succeeded, 0);
    disputes->followed_by_petition = figure_of(from, FIGURE_DISPUTES_FOLLOWED_BY_PETITION);
    disputes->court_confirmed = figure_of(from, FIGURE_DISPUTES_COURT_CONFIRMED);
    to->disputes = disputes;
}

static void fill_cases(struct hub *hub, const struct summary *from, Sanling__V1__Summary *to)
{
    char text[RATE_TEXT_SIZE];
    Sanling__V1__CaseSummary *cases = take(hub, sizeof *cases);
    sanling__v1__case_summary__init(cases);
    uint32_t filed = cases->filed = figure_of(from, FIGURE_CASES_FILED);
    uint32_t resolved = cases->resolved = figure_of(from, FIGURE_CASES_RESOLVED);
    uint32_t filed_before = cases->previous_filed = figure_of(from, FIGURE_CASES_PREVIOUS_FILED);
    uint32_t resolved_before = cases->previous_resolved = figure_of(from, FIGURE_CASES_PREVIOUS_RESOLVED);
    cases->clearance = take_rate(hub, resolved, filed, 1);
    cases->previous_clearance = take_rate(hub, resolved_before, filed_before, 1);
    change_format(filed, filed_before, text);
    cases->filed_change = take_text(hub, text);
    points_format(resolved, filed, resolved_before, filed_before, text);
    cases->clearance_change_points = take_text(hub, text);
    cases->basis = take_text(hub, from->clearance == CLEARANCE_COHORT ? "COHORT" : "PERIOD");
    cases->other_definition = from->other_definition;
    to->cases = cases;
}

static void fill_accidents(struct hub *hub, const struct summary *from, Sanling__V1__Summary *to)
{
    Sanling__V1__AccidentSummary *accidents = take(hub, sizeof *accidents);
    sanling__v1__accident_summary__init(accidents);
    accidents->reported = figure_of(from, FIGURE_ACCIDENTS_REPORTED);
    accidents->general = figure_of(from, FIGURE_ACCIDENTS_GENERAL);
    accidents->larger = figure_of(from, FIGURE_ACCIDENTS_LARGER);
    accidents->major = figure_of(from, FIGURE_ACCIDENTS_MAJOR);
    accidents->extra_major = figure_of(from, FIGURE_ACCIDENTS_EXTRA_MAJOR);
    accidents->late = figure_of(from, FIGURE_ACCIDENTS_LATE);
    to->accidents = accidents;
}

static void fill_inventory(struct hub *hub, const struct summary *from, Sanling__V1__Summary *to)
{
    Sanling__V1__CameraSummary *cameras = take(hub, sizeof *cameras);
    sanling__v1__camera_summary__init(cameras);
    cameras->in_service = figure_of(from, FIGURE_CAMERAS_IN_SERVICE);
    cameras->owners = figure_of(from, FIGURE_CAMERAS_OWNERS);
    cameras->sign_posted = figure_of(from, FIGURE_CAMERAS_SIGN_POSTED);
    to->cameras = cameras;
    Sanling__V1__TeamSummary *teams = take(hub, sizeof *teams);
    sanling__v1__team_summary__init(teams);
    teams->grids = figure_of(from, FIGURE_TEAMS_GRIDS);
    teams->block_heads = figure_of(from, FIGURE_TEAMS_BLOCK_HEADS);
    teams->patrollers = figure_of(from, FIGURE_TEAMS_PATROLLERS);
    teams->complete_teams = figure_of(from, FIGURE_TEAMS_COMPLETE_TEAMS);
    teams->team_parts = figure_of(from, FIGURE_TEAMS_TEAM_PARTS);
    to->teams = teams;
}

static void fill_joint(struct hub *hub, const struct summary *from, Sanling__V1__Summary *to)
{
    Sanling__V1__JointSummary *joint = take(hub, sizeof *joint);
    sanling__v1__joint_summary__init(joint);
    joint->open = figure_of(from, FIGURE_JOINT_OPEN);
    joint->closed = figure_of(from, FIGURE_JOINT_CLOSED);
    joint->consultations = figure_of(from, FIGURE_JOINT_CONSULTATIONS);
    joint->tasks = figure_of(from, FIGURE_JOINT_TASKS);
    joint->tasks_done = figure_of(from, FIGURE_JOINT_TASKS_DONE);
    joint->tasks_overdue = figure_of(from, FIGURE_JOINT_TASKS_OVERDUE);
    to->joint = joint;
    Sanling__V1__SupervisionSummary *supervisions = take(hub, sizeof *supervisions);
    sanling__v1__supervision_summary__init(supervisions);
    supervisions->issued = figure_of(from, FIGURE_SUPERVISIONS_ISSUED);
    supervisions->answered = figure_of(from, FIGURE_SUPERVISIONS_ANSWERED);
    supervisions->overdue = figure_of(from, FIGURE_SUPERVISIONS_OVERDUE);
    supervisions->escalated = figure_of(from, FIGURE_SUPERVISIONS_ESCALATED);
    to->supervisions = supervisions;
    Sanling__V1__DiscrepancySummary *discrepancies = take(hub, sizeof *discrepancies);
    sanling__v1__discrepancy_summary__init(discrepancies);
    discrepancies->raised = figure_of(from, FIGURE_DISCREPANCIES_RAISED);
    discrepancies->open = figure_of(from, FIGURE_DISCREPANCIES_OPEN);
    discrepancies->confirmed = figure_of(from, FIGURE_DISCREPANCIES_CONFIRMED);
    discrepancies->explained = figure_of(from, FIGURE_DISCREPANCIES_EXPLAINED);
    to->discrepancies = discrepancies;
}

static void fill_programme(struct hub *hub, const struct summary *from, Sanling__V1__Summary *to)
{
    Sanling__V1__ProgrammeSummary *programme = take(hub, sizeof *programme);
    sanling__v1__programme_summary__init(programme);
    programme->self_checked = figure_of(from, FIGURE_PROGRAMME_SELF_CHECKED);
    programme->self_check_yes = figure_of(from, FIGURE_PROGRAMME_SELF_CHECK_YES);
    programme->self_check_items = figure_of(from, FIGURE_PROGRAMME_SELF_CHECK_ITEMS);
    programme->complete = figure_of(from, FIGURE_PROGRAMME_COMPLETE);
    programme->unswept = figure_of(from, FIGURE_PROGRAMME_UNSWEPT);
    programme->silent = figure_of(from, FIGURE_PROGRAMME_SILENT);
    programme->campaigns_running = figure_of(from, FIGURE_PROGRAMME_CAMPAIGNS_RUNNING);
    programme->campaigns_closed = figure_of(from, FIGURE_PROGRAMME_CAMPAIGNS_CLOSED);
    to->programme = programme;
    Sanling__V1__ChangeSummary *changes = take(hub, sizeof *changes);
    sanling__v1__change_summary__init(changes);
    changes->newly_broken = figure_of(from, FIGURE_CHANGES_NEWLY_BROKEN);
    changes->newly_verified = figure_of(from, FIGURE_CHANGES_NEWLY_VERIFIED);
    changes->newly_unverified = figure_of(from, FIGURE_CHANGES_NEWLY_UNVERIFIED);
    changes->unbroken = figure_of(from, FIGURE_CHANGES_UNBROKEN);
    changes->late = figure_of(from, FIGURE_CHANGES_LATE);
    to->changes = changes;
    Sanling__V1__LevelSummary *levels = take(hub, sizeof *levels);
    sanling__v1__level_summary__init(levels);
    levels->settled = figure_of(from, FIGURE_LEVELS_SETTLED);
    levels->at_village = figure_of(from, FIGURE_LEVELS_AT_VILLAGE);
    levels->at_town = figure_of(from, FIGURE_LEVELS_AT_TOWN);
    levels->at_county = figure_of(from, FIGURE_LEVELS_AT_COUNTY);
    levels->passed_up = take_rate(hub, levels->at_county, levels->settled, 1);
    to->levels = levels;
}

static void fill_targets(struct hub *hub, const struct summary *from, const struct policy *policy, int32_t year,
                         Sanling__V1__Summary *to)
{
    struct target_result results[TARGET_RESULTS_MAX];
    uint32_t count = summary_targets(policy, year, &from->zeros, results);
    to->targets = take(hub, TARGET_RESULTS_MAX * sizeof *to->targets);
    for (uint32_t i = 0; i < count; i++) {
        const struct status_count *joint = &from->zeros.joint[results[i].group];
        Sanling__V1__TargetResult *target = take(hub, sizeof *target);
        sanling__v1__target_result__init(target);
        target->group = (Sanling__V1__UnitGroup__Kind)results[i].group;
        target->percent = results[i].percent;
        target->joint = take_rate(hub, joint->zero, joint->total, 2);
        target->met = results[i].met;
        to->targets[to->n_targets++] = target;
    }
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
        tally->count = from->counts[FIGURE_TALLIES + kind];
        if (policy && (policy->rounded_tallies >> kind & 1))
            more_than_format(tally->count, text);
        else
            snprintf(text, sizeof text, "%llu", (unsigned long long)tally->count);
        tally->rounded = take_text(hub, text);
        to->tallies[to->n_tallies++] = tally;
    }
}

/* The zeros that the policy requires the office to attest. */
static void fill_attests(struct hub *hub, const struct policy *policy, enum office office, Sanling__V1__Freshness *to)
{
    to->attests = take(hub, ZERO_COUNT * sizeof *to->attests);
    for (int zero = 0; policy && zero < ZERO_COUNT; zero++)
        if (policy->required[zero] & OFFICE_BIT(office))
            to->attests[to->n_attests++] = (Sanling__V1__Zero__Kind)(zero + 1);
}

static void fill_age(struct hub *hub, const struct office_news *news, Sanling__V1__Freshness *to)
{
    const int64_t us_per_hour = 3600000000;
    if (news->position == 0) {
        to->late = to->allowed_hours > 0;
        return;
    }
    int64_t age_us = hub->shown.time_us - news->recorded_at_us;
    to->last_position = news->position;
    to->last_recorded_at = take_time(hub, news->recorded_at_us);
    to->age_hours = age_us > 0 ? (uint32_t)(age_us / us_per_hour) : 0;
    to->late = to->allowed_hours > 0 && age_us > to->allowed_hours * us_per_hour;
}

/* Every office that was heard, or that the policy expects to be. */
static void fill_freshness(struct hub *hub, const struct policy *policy, Sanling__V1__Summary *to)
{
    const struct state *state = hub->shown.state;
    to->freshness = take(hub, OFFICE_LIMIT * sizeof *to->freshness);
    for (int office = 1; office < OFFICE_LIMIT; office++) {
        const struct office_news *news = &state->heads.offices[office];
        Sanling__V1__Freshness *freshness = take(hub, sizeof *freshness);
        sanling__v1__freshness__init(freshness);
        freshness->office = (Sanling__V1__Office__Kind)office;
        freshness->allowed_hours = policy ? (uint32_t)policy->fresh_hours[office] : 0;
        fill_attests(hub, policy, (enum office)office, freshness);
        fill_age(hub, news, freshness);
        bool expected = freshness->allowed_hours > 0 || freshness->n_attests > 0;
        if (office != OFFICE_HUB && (news->position != 0 || expected))
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

/* Of the open day, if none is named; 0: no day is open. */
static int32_t year_of(const struct hub *hub, int32_t year)
{
    const int32_t today = hub->shown.state->heads.today;
    return year == 0 && today != DAY_NONE ? day_year(today) : year;
}

static Sanling__V1__Summary *take_summary(struct hub *hub, uint32_t root, int32_t year)
{
    struct state *state = hub->shown.state;
    const struct policy *policy = state_policy(state);
    struct summary from;
    Sanling__V1__Summary *to = take(hub, sizeof *to);
    sanling__v1__summary__init(to);
    const bool open = state->heads.today != DAY_NONE;
    summary_count(state, root, year ? year : 1970, hub->shown.day_before, hub->shown.sums, &from, &hub->scratch);
    to->unit = take_code(hub, root);
    to->name = take_name(hub, root);
    to->as_of = take_day(hub, open ? from.to : DAY_NONE);
    to->position = state->heads.position;
    to->time = take_time(hub, hub->shown.time_us);
    to->demonstration = state->heads.demonstration != 0;
    to->policy_version = take_text(hub, policy ? policy->version : "");
    to->policy_preset = take_text(hub, policy ? policy->preset : "");
    to->year = (uint32_t)year;
    to->zeros = take_rollup(hub, &from.zeros);
    to->rejected = state->heads.rejections;
    fill_hazards(hub, &from, to);
    fill_petitions(hub, &from, to);
    fill_disputes(hub, &from, to);
    fill_cases(hub, &from, to);
    fill_accidents(hub, &from, to);
    fill_inventory(hub, &from, to);
    fill_joint(hub, &from, to);
    fill_programme(hub, &from, to);
    fill_targets(hub, &from, policy, year, to);
    fill_tallies(hub, &from, policy, to);
    fill_freshness(hub, policy, to);
    fill_units(hub, &from.zeros, to);
    return to;
}

/* Whether a summary takes little time now. Of a past state nothing is kept: that is counted at once, in all. */
static bool is_counted(struct hub *hub, uint32_t root, int32_t year)
{
    enum { ROWS_AT_ONCE = 20000 }; /* some milliseconds */
    return !hub->shown.sums || summary_prepare(hub->shown.state, root, year ? year : 1970, hub->shown.day_before,
                                               hub->shown.sums, ROWS_AT_ONCE, &hub->scratch);
}

bool answer_summary(struct hub *hub, const struct session *session, uint32_t query, uint32_t root, int32_t year)
{
    year = year_of(hub, year);
    if (!is_counted(hub, root, year))
        return false;
    wire_arena_reset(hub->arena);
    Sanling__V1__Answer answer = answer_head(hub, query);
    answer.body_case = SANLING__V1__ANSWER__BODY_SUMMARY;
    answer.summary = take_summary(hub, root, year);
    send_answer(hub, session, &answer);
    return true;
}

bool answer_summary_update(struct hub *hub, const struct session *session, uint32_t subscription, uint32_t root,
                           int32_t year)
{
    year = year_of(hub, year);
    if (!is_counted(hub, root, year))
        return false;
    wire_arena_reset(hub->arena);
    Sanling__V1__SummaryUpdate update = SANLING__V1__SUMMARY_UPDATE__INIT;
    Sanling__V1__HubMessage message = SANLING__V1__HUB_MESSAGE__INIT;
    update.subscription = subscription;
    update.summary = take_summary(hub, root, year);
    message.body_case = SANLING__V1__HUB_MESSAGE__BODY_SUMMARY;
    message.summary = &update;
    reply_add(&hub->replies, &session->peer, &message);
    return true;
}
