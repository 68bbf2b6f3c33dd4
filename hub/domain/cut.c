#include "cut.h"

#include <assert.h>

#include "breaks.h"
#include "day.h"
#include "figure_count.h"
#include "moves.h"
#include "tree.h"

/* Of a record that is told without a day of its own, the day on which it was recorded stands for it. */
static bool recorded_behind(const struct state *state, uint64_t position, int32_t day)
{
    return position != 0 && state_recorded_day(state, position) > day;
}

/* The day of a record about a matter. */
static bool moved_behind(const struct state *state, uint64_t position, int32_t day)
{
    uint32_t move = position ? state_find_move(state, position) : 0;
    return move ? state_move(state, move)->day > day : recorded_behind(state, position, day);
}

/* Takes the moves behind the day out of the matter's history; false: it had none. */
static bool unlink_moves(struct state *state, struct matter *matter, int32_t day)
{
    bool found = false;
    uint32_t *link = &matter->moves;
    while (*link != 0) {
        struct move *move = state_change_move(state, *link);
        if (move->day <= day) {
            link = &move->next;
            continue;
        }
        found = true;
        if (!move->lifted)
            move_lift(state, *link, state->heads.position);
        *link = move->next;
    }
    return found;
}

static void cut_matters(struct state *state, int32_t day)
{
    for (uint32_t at = 1; at < state->matters.count; at++) {
        struct matter *matter = state_change_matter(state, at);
        if (unlink_moves(state, matter, day))
            matter_refold(state, at);
    }
}

static uint32_t consultations_of(const struct state *state, uint32_t ordinal)
{
    const struct joint *joint = table_row(&state->joints, ordinal);
    uint32_t held = 0;
    for (uint32_t at = state_matter(state, joint->matter)->moves; at != 0; at = state_move(state, at)->next)
        held += figure_consults(state, ordinal, state_move(state, at));
    return held;
}

/* The newest joint handling of each matter that was opened by the day, as it stood. */
static void cut_joints(struct state *state, int32_t day)
{
    for (uint32_t at = 1; at < state->annexes.count; at++)
        ((struct annex *)table_change(&state->annexes, at))->joint = 0;
    for (uint32_t at = 1; at < state->joints.count; at++) {
        struct joint *joint = table_change(&state->joints, at);
        if (moved_behind(state, joint->opened_at, day))
            continue;
        state_change_annex(state, joint->matter)->joint = at;
        if (moved_behind(state, joint->closed_at, day))
            joint->closed_at = 0;
    }
    for (uint32_t at = 1; at < state->joints.count; at++)
        ((struct joint *)table_change(&state->joints, at))->consultations = consultations_of(state, at);
}

static void cut_tasks(struct state *state, int32_t day)
{
    for (uint32_t at = 1; at < state->joints.count; at++) {
        uint32_t *link = &((struct joint *)table_change(&state->joints, at))->tasks;
        while (*link != 0) {
            struct task *task = table_change(&state->tasks, *link);
            if (moved_behind(state, task->assigned_at, day)) {
                *link = task->next;
                continue;
            }
            link = &task->next;
            if (moved_behind(state, task->done_at, day)) {
                task->done_at = 0;
                task->released = 0;
            }
        }
    }
}

static void cut_supervisions(struct state *state, int32_t day)
{
    for (uint32_t at = 1; at < state->annexes.count; at++) {
        uint32_t *link = &((struct annex *)table_change(&state->annexes, at))->supervisions;
        while (*link != 0) {
            struct supervision *supervision = table_change(&state->supervisions, *link);
            if (moved_behind(state, supervision->issued_at, day)) {
                *link = supervision->next;
                continue;
            }
            link = &supervision->next;
            if (moved_behind(state, supervision->answered_at, day))
                supervision->answered_at = 0;
        }
    }
}

/* Counts, self-checks and attestations of days behind it. */
static void cut_reports(struct state *state, int32_t day)
{
    const uint64_t gone_at = state->heads.position;
    for (uint32_t at = 1; at < state->tallies.count; at++) {
        struct tally *tally = table_change(&state->tallies, at);
        if (tally->day > day)
            tally->flags |= TALLY_LIFTED;
    }
    for (uint32_t at = 1; at < state->self_checks.count; at++) {
        struct self_check *check = table_change(&state->self_checks, at);
        if (check->day > day && check->lifted_at == 0)
            check->lifted_at = gone_at;
    }
    for (uint32_t at = 1; at < state->attestations.count; at++) {
        struct attestation *attestation = table_change(&state->attestations, at);
        if (attestation->from_day > day && attestation->withdrawn_at == 0)
            attestation->withdrawn_at = gone_at;
    }
    for (uint32_t at = 1; at < state->campaigns.count; at++) {
        struct campaign_progress *campaign = table_change(&state->campaigns, at);
        if (recorded_behind(state, campaign->closed_at, day))
            campaign->closed_at = 0;
    }
    while (state->evaluations.count > 1 &&
           recorded_behind(
               state,
               ((const struct evaluation *)table_row(&state->evaluations, state->evaluations.count - 1))->position,
               day))
        state->evaluations.count--;
}

static void note_heard(struct state *state, uint32_t unit, int32_t day)
{
    struct unit *row = state_change_unit(state, unit);
    if (unit != 0 && day > row->last_event_day)
        row->last_event_day = day;
}

/* Units that were heard of behind the day: when they were heard of last up to it. What a site visit attested is heard
 * on the day on which it was recorded, for the attestation does not keep its own. */
static void cut_last_heard(struct state *state, int32_t day)
{
    for (uint32_t at = 1; at < state->units.count; at++) {
        struct unit *unit = state_change_unit(state, at);
        unit->last_sweep_day = DAY_NONE;
        unit->last_sweep_disputes = 0;
        if (unit->last_event_day > day)
            unit->last_event_day = DAY_NONE;
    }
    for (uint32_t at = 1; at < state->matters.count; at++) {
        const struct matter *matter = state_matter(state, at);
        bool restricted = matter->kind == MATTER_PETITION && matter->grade == PETITION_ACCUSATION;
        for (uint32_t move = restricted ? 0 : matter->moves; move != 0; move = state_move(state, move)->next)
            note_heard(state, matter->unit, state_move(state, move)->day);
    }
    for (uint32_t at = 1; at < state->tallies.count; at++) {
        const struct tally *tally = table_row(&state->tallies, at);
        if (tally->day > day)
            continue;
        note_heard(state, tally->unit, tally->day);
        if (!(tally->flags & TALLY_LIFTED))
            unit_swept(state_change_unit(state, tally->unit), tally);
    }
    for (uint32_t at = 1; at < state->self_checks.count; at++) {
        const struct self_check *check = table_row(&state->self_checks, at);
        if (check->day <= day)
            note_heard(state, check->unit, check->day);
    }
    for (uint32_t at = 1; at < state->attestations.count; at++) {
        const struct attestation *attestation = table_row(&state->attestations, at);
        int32_t recorded = state_recorded_day(state, attestation->position);
        if (attestation->basis == BASIS_SITE_VISIT && recorded <= day)
            note_heard(state, attestation->unit, recorded);
    }
}

/* What was amended behind the day is no news of it. */
static void cut_amendments(struct state *state, int32_t day)
{
    uint32_t kept = 1;
    for (uint32_t at = 1; at < state->amendments.count; at++) {
        const struct amendment *amendment = table_row(&state->amendments, at);
        if (amendment->day > day)
            continue;
        if (kept != at)
            *(struct amendment *)table_change(&state->amendments, kept) = *amendment;
        kept++;
    }
    state->amendments.count = kept;
}

void state_cut(struct state *state, int32_t day, const struct office_news offices[static OFFICE_LIMIT])
{
    assert(day != DAY_NONE && day <= state->heads.today);
    cut_matters(state, day);
    cut_joints(state, day);
    cut_tasks(state, day);
    cut_supervisions(state, day);
    cut_reports(state, day);
    cut_last_heard(state, day);
    cut_amendments(state, day);
    for (int office = 0; office < OFFICE_LIMIT; office++)
        state->heads.offices[office] = offices[office];
    state->heads.today = day;
    state->heads.day_opened_at = state->heads.position;
    tree_refresh(state);
    breaks_rebuild(state);
}
