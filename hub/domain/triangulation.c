#include "triangulation.h"

#include <stdlib.h>
#include <string.h>

#include "day.h"
#include "matter.h"

static const struct triangulation *rule_of(const struct policy *policy, const char *code)
{
    for (uint32_t i = 0; policy && i < policy->triangulation_count; i++)
        if (strcmp(policy->triangulations[i].code, code) == 0)
            return &policy->triangulations[i];
    return NULL;
}

static bool rule_takes(const struct triangulation *rule, const struct event *event, const struct unit *unit)
{
    switch (rule->kind) {
    case ALERT_WITHOUT_ACCIDENT:
        return event->kind == EVENT_ALERTS_TALLIED && event->alerts.work_casualties > 0;
    case CASE_WITHOUT_ACCIDENT:
        return event->kind == EVENT_CASE_FILED && categories_hold(&rule->categories, event->category);
    case ESCALATION_WITHOUT_DISPUTES:
        return event->kind == EVENT_PETITION_ESCALATED && unit->last_sweep_day != DAY_NONE &&
               unit->last_sweep_disputes == 0;
    }
    abort(); /* the policy's check lets no other through */
}

void triangulation_suspect(struct state *state, const struct event *event, uint32_t unit, int32_t day,
                           uint64_t position)
{
    const struct policy *policy = state_policy(state);
    for (uint32_t i = 0; policy && i < policy->triangulation_count; i++) {
        const struct triangulation *rule = &policy->triangulations[i];
        if (!rule_takes(rule, event, state_unit(state, unit)))
            continue;
        uint32_t code = state_take_code(state, rule->code);
        uint32_t added = table_add(&state->suspicions);
        *(struct suspicion *)table_change(&state->suspicions, added) =
            (struct suspicion){.evidence = position, .unit = unit, .rule = code, .day = day};
    }
}

/* The accidents that stand: few among all matters, and looked through for each suspicion. */
struct accidents {
    uint32_t *matters;
    uint32_t count;
};

static struct accidents accidents_of(const struct state *state)
{
    struct accidents accidents = {0};
    for (uint32_t i = 1; i < state->matters.count; i++)
        accidents.count += state_matter(state, i)->kind == MATTER_ACCIDENT;
    accidents.matters = malloc((accidents.count + 1) * sizeof *accidents.matters);
    if (!accidents.matters)
        abort();
    accidents.count = 0;
    for (uint32_t i = 1; i < state->matters.count; i++)
        if (state_matter(state, i)->kind == MATTER_ACCIDENT && state_matter(state, i)->step != STEP_RETRACTED)
            accidents.matters[accidents.count++] = i;
    return accidents;
}

static bool accident_near(const struct state *state, const struct accidents *accidents, uint32_t unit, int32_t from,
                          int32_t to)
{
    for (uint32_t i = 0; i < accidents->count; i++) {
        const struct matter *matter = state_matter(state, accidents->matters[i]);
        if (matter->unit == unit && matter_opened_day(state, matter) >= from && matter_opened_day(state, matter) <= to)
            return true;
    }
    return false;
}

static bool days_are_over(const struct suspicion *suspicion, const struct triangulation *rule, int32_t closed_day)
{
    return closed_day >= suspicion->day + rule->within_days;
}

static bool explained(const struct state *state, const struct accidents *accidents, const struct suspicion *suspicion,
                      const struct triangulation *rule)
{
    switch (rule->kind) {
    case ALERT_WITHOUT_ACCIDENT:
    case CASE_WITHOUT_ACCIDENT:
        return accident_near(state, accidents, suspicion->unit, suspicion->day - rule->within_days,
                             suspicion->day + rule->within_days);
    case ESCALATION_WITHOUT_DISPUTES:
        return false; /* the sweep has been made */
    }
    abort();
}

void triangulation_settle(struct state *state, int32_t closed_day)
{
    const struct policy *policy = state_policy(state);
    struct accidents accidents = {0};
    for (uint32_t i = 1; i < state->suspicions.count; i++) {
        const struct suspicion *suspicion = table_row(&state->suspicions, i);
        if (suspicion->settled)
            continue;
        const struct triangulation *rule = rule_of(policy, state_code(state, suspicion->rule));
        if (!accidents.matters)
            accidents = accidents_of(state);
        if (!rule || (days_are_over(suspicion, rule, closed_day) && explained(state, &accidents, suspicion, rule)))
            ((struct suspicion *)table_change(&state->suspicions, i))->settled = 1; /* no rule: nothing is asked */
    }
    free(accidents.matters);
}

bool triangulation_next(const struct state *state, int32_t closed_day, uint32_t *after, struct suspected *suspected)
{
    const struct policy *policy = state_policy(state);
    while (++*after < state->suspicions.count) {
        const struct suspicion *suspicion = table_row(&state->suspicions, *after);
        const struct triangulation *rule = rule_of(policy, state_code(state, suspicion->rule));
        if (suspicion->settled || !rule || !days_are_over(suspicion, rule, closed_day))
            continue;
        *suspected = (struct suspected){.suspicion = *after, .rule = rule};
        return true;
    }
    return false;
}
