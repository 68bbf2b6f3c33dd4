#include "summary.h"

#include <stdlib.h>

#include "day.h"
#include "matter.h"
#include "tree.h"

struct period {
    int32_t from;
    int32_t to;
};

static bool in_period(struct period period, int32_t day)
{
    return period.from <= day && day <= period.to;
}

static void count_hazard(struct hazard_counts *counts, const struct matter *matter, struct period period)
{
    if (!in_period(period, matter->opened_day))
        return;
    bool struck_off = matter->step == STEP_STRUCK_OFF;
    counts->found++;
    counts->major += matter->grade == HAZARD_MAJOR;
    counts->general += matter->grade == HAZARD_GENERAL;
    counts->fixed_on_spot += (matter->flags & MATTER_ON_SPOT) != 0;
    counts->ordered += (matter->flags & MATTER_ORDERED) != 0;
    counts->struck_off += struck_off;
    counts->open += !struck_off;
    counts->overdue += !struck_off && matter->due_day != DAY_NONE && matter->due_day < period.to;
}

/* Whether a clock of the petition's still runs for an office. */
static bool clock_runs(enum step step)
{
    return step == STEP_REGISTERED || step == STEP_FORWARDED || step == STEP_ASSIGNED || step == STEP_ACCEPTED ||
           step == STEP_EXTENDED;
}

static void count_petition(struct petition_counts *counts, const struct matter *matter, struct period period)
{
    if (matter->grade == PETITION_ACCUSATION || !in_period(period, matter->opened_day))
        return;
    enum step step = (enum step)matter->step;
    counts->registered++;
    counts->open += !step_is_final(step);
    counts->closed += step_is_final(step);
    counts->overdue += clock_runs(step) && matter->due_day != DAY_NONE && matter->due_day < period.to;
}

static void count_dispute(struct dispute_counts *counts, const struct matter *matter, struct period period)
{
    enum { BOTH_SIDES = 1 << 1 | 1 << 2 };
    if (!in_period(period, matter->opened_day))
        return;
    bool succeeded = (matter->flags & MATTER_AGREED) != 0;
    counts->opened++;
    counts->both_agreed += (matter->consents & BOTH_SIDES) == BOTH_SIDES;
    counts->succeeded += succeeded;
    counts->mobile += succeeded && matter->channel == CHANNEL_MOBILE_STATION;
    counts->performed += (matter->flags & MATTER_PERFORMED) != 0;
    counts->ended += matter->step == STEP_ENDED;
}

static void count_case(struct case_counts *counts, const struct matter *matter, struct period period)
{
    counts->filed += in_period(period, matter->opened_day);
    counts->resolved += matter->step == STEP_RESOLVED && in_period(period, matter->closed_day);
}

static void count_accident(struct accident_counts *counts, const struct matter *matter, struct period period)
{
    if (!in_period(period, matter->opened_day))
        return;
    counts->reported++;
    counts->late += (matter->flags & MATTER_LATE) != 0;
    counts->grades[matter->grade]++;
}

static void count_matter(struct summary *summary, const struct matter *matter, struct period period,
                         struct period before)
{
    switch ((enum matter_kind)matter->kind) {
    case MATTER_PETITION:
        count_petition(&summary->petitions, matter, period);
        return;
    case MATTER_HAZARD:
        count_hazard(&summary->hazards, matter, period);
        return;
    case MATTER_ACCIDENT:
        count_accident(&summary->accidents, matter, period);
        return;
    case MATTER_CASE:
        count_case(&summary->cases, matter, period);
        count_case(&summary->cases_before, matter, before);
        return;
    case MATTER_DISPUTE:
        count_dispute(&summary->disputes, matter, period);
        return;
    case MATTER_SEVEN_STEPS:
    case MATTER_NONE:
        return;
    }
}

static void count_cameras(const struct state *state, uint32_t root, struct period period, struct camera_counts *counts)
{
    uint32_t owners = 0;
    for (uint32_t i = 1; i < state->cameras.count; i++) {
        const struct camera *camera = table_row(&state->cameras, i);
        if (camera->from_day > period.to || camera->to_day <= period.to ||
            !state_unit_within(state, camera->unit, root))
            continue;
        counts->in_service++;
        counts->sign_posted += camera->sign_posted != 0;
        owners |= 1u << camera->owner;
    }
    counts->owners = (uint32_t)__builtin_popcount(owners);
}

static void count_teams(const struct state *state, uint32_t root, struct period period, struct team_counts *counts)
{
    for (uint32_t i = 1; i < state->units.count; i++) {
        const struct unit *unit = state_unit(state, i);
        if (!unit_lives(unit, period.to, POSITION_END) || !state_unit_within(state, i, root))
            continue;
        uint32_t parts = (uint32_t)__builtin_popcount(unit->attributes.team);
        counts->grids += unit->attributes.grids;
        counts->block_heads += unit->attributes.block_heads;
        counts->patrollers += unit->attributes.patrollers;
        counts->team_parts += parts;
        counts->complete_teams += parts == TEAM_PARTS;
    }
}

/* The same calendar days of the year before; a whole February is compared with a whole one (ruling 28). */
static struct period year_before(struct period period)
{
    struct period before = {.from = day_year_before(period.from), .to = day_year_before(period.to)};
    if (period.to == day_month_end(period.to))
        before.to = day_month_end(before.to);
    return before;
}

void summary_of(struct state *state, uint32_t root, int32_t year, struct summary *summary,
                struct status_scratch *scratch)
{
    struct period period = {.from = day_from_date(year, 1, 1), .to = day_from_date(year, 12, 31)};
    if (state->heads.today < period.to)
        period.to = state->heads.today;
    struct period before = year_before(period);
    *summary = (struct summary){.from = period.from, .to = period.to};
    rollup_now(state, root, &summary->zeros, scratch);
    for (uint32_t i = 1; i < state->matters.count; i++) {
        const struct matter *matter = state_matter(state, i);
        if (matter->step != STEP_RETRACTED && state_unit_within(state, matter->unit, root))
            count_matter(summary, matter, period, before);
    }
    for (uint32_t i = 1; i < state->tallies.count; i++) {
        const struct tally *tally = table_row(&state->tallies, i);
        if (in_period(period, tally->day) && state_unit_within(state, tally->unit, root))
            summary->tallies[tally->kind] += tally->count;
    }
    count_cameras(state, root, period, &summary->cameras);
    count_teams(state, root, period, &summary->teams);
}

const char *tally_name(enum tally_kind kind)
{
    switch (kind) {
    case TALLY_PUBLICITY_PEOPLE:
        return "publicity.PEOPLE";
    case TALLY_PUBLICITY_VEHICLES:
        return "publicity.VEHICLES";
    case TALLY_PUBLICITY_LEAFLETS:
        return "publicity.LEAFLETS";
    case TALLY_PUBLICITY_BANNERS:
        return "publicity.BANNERS";
    case TALLY_PUBLICITY_MEDIA:
        return "publicity.MEDIA";
    case TALLY_PATROL_ROUNDS:
        return "patrol.rounds";
    case TALLY_PATROL_FINDINGS:
        return "patrol.findings";
    case TALLY_VOLUNTEER_GRID_WORKER:
        return "volunteer.GRID_WORKER";
    case TALLY_VOLUNTEER_POLICE:
        return "volunteer.POLICE";
    case TALLY_VOLUNTEER_GUARD:
        return "volunteer.GUARD";
    case TALLY_VOLUNTEER_PROPERTY_STAFF:
        return "volunteer.PROPERTY_STAFF";
    case TALLY_VOLUNTEER_VOLUNTEER:
        return "volunteer.VOLUNTEER";
    case TALLY_INSPECTIONS:
        return "inspections";
    case TALLY_SWEEPS:
        return "sweeps";
    case TALLY_EXPLOSIVES_CHECKS:
        return "explosives.checks";
    case TALLY_EXPLOSIVES_PROBLEMS:
        return "explosives.problems";
    case TALLY_NONE:
    case TALLY_KIND_LIMIT:
        break;
    }
    abort();
}
