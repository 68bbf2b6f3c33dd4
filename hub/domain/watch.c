#include "watch.h"

#include "day.h"
#include "deadline.h"
#include "matter.h"

bool matter_is_accusation(const struct matter *matter)
{
    return matter->kind == MATTER_PETITION && matter->grade == PETITION_ACCUSATION;
}

bool matter_is_shown(const struct matter *matter)
{
    return matter->step != STEP_RETRACTED && !matter_is_accusation(matter);
}

bool record_of_accusation(const struct state *state, uint64_t position)
{
    uint32_t move = state_find_move(state, position);
    return move != 0 && matter_is_accusation(state_matter(state, state_move(state, move)->matter));
}

bool matter_due(const struct matter *matter, int32_t *due_day)
{
    *due_day = matter->due_day;
    return deadline_runs(matter);
}

bool matter_overdue(const struct matter *matter, int32_t today)
{
    int32_t due_day;
    return matter_due(matter, &due_day) && due_day < today;
}

bool matter_due_soon(const struct matter *matter, int32_t today, const struct policy *policy)
{
    int32_t due_day;
    return policy && matter_due(matter, &due_day) && due_day >= today &&
           due_day - today <= policy->escalation.warn_days;
}

bool task_overdue(const struct task *task, int32_t today)
{
    return task->done_at == 0 && task->due_day != DAY_NONE && task->due_day < today;
}

bool supervision_overdue(const struct supervision *supervision, int32_t today)
{
    return supervision->answered_at == 0 && supervision->due_day != DAY_NONE && supervision->due_day < today;
}

uint32_t matter_newest_move(const struct state *state, const struct matter *matter, enum event_kind kind)
{
    const struct move *move;
    for (uint32_t at = matter->moves; at != 0; at = move->next) {
        move = state_move(state, at);
        if (move->kind == kind && !move->lifted)
            return at;
    }
    return 0;
}

/* Days since the day; since its enrolment if there was none. */
static int32_t days_since(const struct unit *unit, int32_t day, int32_t today, const struct policy *policy)
{
    int32_t enrolled = unit->valid_from > policy->starts_on ? unit->valid_from : policy->starts_on;
    return today - (day == DAY_NONE ? enrolled : day);
}

int32_t unit_silent_days(const struct unit *unit, int32_t today, const struct policy *policy)
{
    if (!policy || policy->silent_after_days == 0)
        return 0;
    int32_t days = days_since(unit, unit->last_event_day, today, policy);
    return days > policy->silent_after_days ? days : 0;
}

int32_t unit_unswept_days(const struct unit *unit, int32_t today, const struct policy *policy)
{
    if (!policy || policy->sweep_cadence_days == 0)
        return 0;
    int32_t days = days_since(unit, unit->last_sweep_day, today, policy);
    return days > policy->sweep_cadence_days ? days : 0;
}
