#include "deadline.h"

#include "day.h"
#include "matter.h"

/* Numbers of DeadlinePassed.Clock beside those of event.h. */
enum { CLOCK_REGISTRATION = 1, CLOCK_ACCEPTANCE = 3 };

uint32_t deadline_clock(enum matter_kind kind, uint32_t step)
{
    if (kind == MATTER_HAZARD)
        return step == STEP_ORDERED ? CLOCK_RECTIFICATION : 0;
    if (kind != MATTER_PETITION)
        return 0;
    if (step == STEP_REGISTERED || step == STEP_OBJECTED)
        return CLOCK_REGISTRATION;
    if (step == STEP_FORWARDED || step == STEP_ASSIGNED)
        return CLOCK_ACCEPTANCE;
    return step == STEP_ACCEPTED || step == STEP_EXTENDED ? CLOCK_HANDLING : 0;
}

bool deadline_next(const struct state *state, int32_t closed_day, uint32_t *after, struct deadline *deadline)
{
    while (++*after < state->matters.count) {
        const struct matter *matter = state_matter(state, *after);
        uint32_t clock = deadline_clock((enum matter_kind)matter->kind, matter->step);
        if (clock == 0 || (matter->flags & MATTER_OVERDUE) || matter->due_day == DAY_NONE ||
            matter->due_day > closed_day)
            continue;
        *deadline = (struct deadline){.matter = *after, .clock = clock, .due_day = matter->due_day};
        return true;
    }
    return false;
}
