#include "policy.h"

#include <stdlib.h>
#include <string.h>

#include "day.h"

int32_t policy_due(const struct policy *policy, int32_t day)
{
    switch (policy->cadence) {
    case CADENCE_DAILY:
        return day + policy->grace_days;
    case CADENCE_MONTHLY:
        return day_month_end(day) + policy->grace_days;
    }
    abort();
}

int32_t policy_zone(const struct policy *policy)
{
    enum { ASIA_SHANGHAI = 8 * 60 }; /* no summer time since 1991 */
    return policy ? policy->zone_offset_minutes : ASIA_SHANGHAI;
}

bool policy_has_campaign(const struct policy *policy, const char *code)
{
    for (uint32_t i = 0; i < policy->campaign_count; i++)
        if (strcmp(policy->campaigns[i].code, code) == 0)
            return true;
    return false;
}

static bool in_mask(uint32_t mask, uint32_t value)
{
    return mask == 0 || (mask >> value & 1) != 0;
}

enum accident_grade accident_grade(uint32_t deaths, uint32_t serious_injuries, enum loss_band loss)
{
    if (deaths >= 30 || serious_injuries >= 100 || loss == LOSS_FROM_100M)
        return GRADE_EXTRA_MAJOR;
    if (deaths >= 10 || serious_injuries >= 50 || loss == LOSS_FROM_50M)
        return GRADE_MAJOR;
    if (deaths >= 3 || serious_injuries >= 10 || loss == LOSS_FROM_10M)
        return GRADE_LARGER;
    return GRADE_GENERAL;
}

static bool accident_counts(const struct break_rule *rule, const struct accident_facts *accident)
{
    bool casualty = accident->deaths > 0 || accident->missing > 0 || accident->serious_injuries > 0;
    if (rule->any_casualty && casualty)
        return true;
    if (rule->loss_at_least != 0 && accident->loss >= rule->loss_at_least)
        return true;
    return rule->grade_at_least != GRADE_NONE &&
           accident_grade(accident->deaths, accident->serious_injuries, accident->loss) >= rule->grade_at_least;
}

static bool case_counts(const struct break_rule *rule, enum case_class class, uint32_t influence)
{
    if (rule->case_classes >> class & 1)
        return true;
    return influence == INFLUENCE_MAJOR && (rule->case_classes_major >> class & 1) != 0;
}

/* Ruling 23: of all clocks only handling and rectification can break, and each its own zero. */
static bool deadline_counts(const struct break_rule *rule, const struct event *event)
{
    if (event->matter_kind == MATTER_PETITION)
        return rule->zero == ZERO_PETITION && event->variant == CLOCK_HANDLING;
    return event->matter_kind == MATTER_HAZARD && rule->zero == ZERO_ACCIDENT && event->variant == CLOCK_RECTIFICATION;
}

static bool rule_holds(const struct break_rule *rule, const struct event *event)
{
    if (event->kind == EVENT_PETITION_REGISTERED)
        return in_mask(rule->petition_types, event->petition.type) &&
               in_mask(rule->channels, event->petition.channel) && event->petition.type != PETITION_ACCUSATION &&
               (!rule->only_if_solvable || event->petition.solvable_at_unit_level);
    if (event->kind == EVENT_PETITION_ESCALATED)
        return !rule->only_if_failed_below || !event->escalated.handled_below || event->escalated.overdue_below;
    if (event->kind == EVENT_ACCIDENT_REPORTED)
        return accident_counts(rule, &event->accident);
    if (event->kind == EVENT_CASE_FILED)
        return case_counts(rule, event->filed.class, event->filed.influence);
    if (event->kind == EVENT_DEADLINE_PASSED)
        return deadline_counts(rule, event);
    return true;
}

bool policy_breaks(const struct policy *policy, const struct event *event, enum zero *zero)
{
    for (uint32_t i = 0; i < policy->break_rule_count; i++) {
        const struct break_rule *rule = &policy->break_rules[i];
        if (rule->event == event->kind && rule_holds(rule, event)) {
            *zero = rule->zero;
            return true;
        }
    }
    return false;
}

static bool route_takes(const struct route *route, const struct event *event)
{
    if (route->event != event->kind)
        return false;
    if (event->kind == EVENT_PETITION_REGISTERED) {
        if (route->petition_types == 0 && event->petition.type == PETITION_ACCUSATION)
            return false;
        if (!in_mask(route->petition_types, event->petition.type))
            return false;
    }
    if (route->explosives_only && event->kind == EVENT_HAZARD_FOUND && !event->hazard.explosives)
        return false;
    for (uint32_t i = 0; i < route->category_count; i++)
        if (strcmp(route->categories[i], event->category) == 0)
            return true;
    return route->category_count == 0;
}

office_set policy_routes(const struct policy *policy, const struct event *event)
{
    office_set to = 0;
    for (uint32_t i = 0; i < policy->route_count; i++)
        if (route_takes(&policy->routes[i], event))
            to |= policy->routes[i].to;
    return to;
}
