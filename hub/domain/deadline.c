#include "deadline.h"

#include "day.h"
#include "matter.h"

enum clock deadline_clock(enum matter_kind kind, uint32_t step)
{
    switch (kind) {
    case MATTER_HAZARD:
        return step == STEP_ORDERED ? CLOCK_RECTIFICATION : CLOCK_NONE;
    case MATTER_ACCIDENT:
        return step == STEP_INVESTIGATED ? CLOCK_INVESTIGATION : CLOCK_NONE;
    case MATTER_SEVEN_STEPS:
        return step == STEP_DISPATCHED ? CLOCK_HANDLING : CLOCK_NONE;
    case MATTER_PETITION:
        if (step == STEP_REGISTERED || step == STEP_OBJECTED)
            return CLOCK_REGISTRATION;
        if (step == STEP_FORWARDED || step == STEP_ASSIGNED)
            return CLOCK_ACCEPTANCE;
        if (step == STEP_ACCEPTED || step == STEP_EXTENDED || step == STEP_MEDIATING)
            return CLOCK_HANDLING;
        return step == STEP_IN_REVIEW || step == STEP_IN_FINAL_REVIEW ? CLOCK_REVIEW : CLOCK_NONE;
    case MATTER_CASE:
    case MATTER_DISPUTE:
    case MATTER_NONE:
        break;
    }
    return CLOCK_NONE;
}

bool deadline_runs(const struct matter *matter)
{
    return matter->due_day != DAY_NONE && deadline_clock((enum matter_kind)matter->kind, matter->step) != CLOCK_NONE;
}

/* The next level to report of a clock that was reported up to `reported`; 0: none is reached. */
static uint32_t level_reached(const struct policy *policy, int32_t due_day, uint32_t reported, int32_t closed_day)
{
    if (due_day == DAY_NONE || reported >= ESCALATION_LEVELS)
        return 0;
    uint32_t level = reported + 1;
    int32_t after = policy->escalation.after_days[level];
    return after >= 0 && closed_day >= due_day + after ? level : 0;
}

static bool next_matter(const struct state *state, const struct policy *policy, int32_t closed_day, uint32_t *at,
                        struct deadline *deadline)
{
    for (; *at < state->matters.count; ++*at) {
        const struct matter *matter = state_matter(state, *at);
        if (!deadline_runs(matter))
            continue;
        uint32_t level = level_reached(policy, matter->due_day, matter->escalation, closed_day);
        if (level == 0)
            continue;
        *deadline = (struct deadline){
            .matter = *at,
            .clock = deadline_clock((enum matter_kind)matter->kind, matter->step),
            .office = (enum office)(matter->handler ? matter->handler : matter->office),
            .due_day = matter->due_day,
            .level = level,
        };
        return true;
    }
    return false;
}

static bool next_task(const struct state *state, const struct policy *policy, int32_t closed_day, uint32_t *at,
                      struct deadline *deadline)
{
    for (; *at < state->tasks.count; ++*at) {
        const struct task *task = table_row(&state->tasks, *at);
        uint32_t level = task->done_at ? 0 : level_reached(policy, task->due_day, task->escalation, closed_day);
        if (level == 0 || state_matter(state, task->matter)->step == STEP_RETRACTED)
            continue;
        *deadline = (struct deadline){.matter = task->matter,
                                      .task = *at,
                                      .clock = CLOCK_TASK,
                                      .office = (enum office)task->office,
                                      .due_day = task->due_day,
                                      .level = level};
        return true;
    }
    return false;
}

static bool next_supervision(const struct state *state, const struct policy *policy, int32_t closed_day, uint32_t *at,
                             struct deadline *deadline)
{
    for (; *at < state->supervisions.count; ++*at) {
        const struct supervision *row = table_row(&state->supervisions, *at);
        uint32_t level = row->answered_at ? 0 : level_reached(policy, row->due_day, row->escalation, closed_day);
        if (level == 0 || state_matter(state, row->matter)->step == STEP_RETRACTED)
            continue;
        *deadline = (struct deadline){.matter = row->matter,
                                      .supervision = *at,
                                      .clock = CLOCK_SUPERVISION,
                                      .office = (enum office)row->to_office,
                                      .due_day = row->due_day,
                                      .level = level};
        return true;
    }
    return false;
}

bool deadline_next(const struct state *state, int32_t closed_day, struct deadline_cursor *cursor,
                   struct deadline *deadline)
{
    const struct policy *policy = state_policy(state);
    if (!policy)
        return false;
    if (cursor->matter == 0)
        *cursor = (struct deadline_cursor){1, 1, 1};
    return next_matter(state, policy, closed_day, &cursor->matter, deadline) ||
           next_task(state, policy, closed_day, &cursor->task, deadline) ||
           next_supervision(state, policy, closed_day, &cursor->supervision, deadline);
}
