#include "policy.h"

#include <stdlib.h>
#include <string.h>

#include "day.h"

struct day_span policy_period(const struct policy *policy, int32_t day)
{
    switch (policy->cadence) {
    case CADENCE_DAILY:
        return (struct day_span){day, day};
    case CADENCE_MONTHLY:
        return (struct day_span){day_month_start(day), day_month_end(day)};
    }
    abort();
}

int32_t policy_due(const struct policy *policy, int32_t day)
{
    return policy_period(policy, day).to + policy->grace_days;
}

int32_t policy_zone(const struct policy *policy)
{
    enum { ASIA_SHANGHAI = 8 * 60 }; /* no summer time since 1991 */
    return policy ? policy->zone_offset_minutes : ASIA_SHANGHAI;
}

bool policy_must_sign(const struct policy *policy, enum office office)
{
    return policy && (policy->signed_by & OFFICE_BIT(office)) != 0;
}

int policy_campaign(const struct policy *policy, const char *code)
{
    for (uint32_t i = 0; i < policy->campaign_count; i++)
        if (strcmp(policy->campaigns[i].code, code) == 0)
            return (int)i;
    return -1;
}

const char *policy_label(const struct policy *policy, const char *code)
{
    for (uint32_t i = 0; i < policy->label_count; i++)
        if (strcmp(policy->labels[i].code, code) == 0)
            return policy->labels[i].name;
    return "";
}

bool categories_hold(const struct categories *categories, const char *code)
{
    for (uint32_t i = 0; i < categories->count; i++)
        if (strcmp(categories->codes[i], code) == 0)
            return true;
    return categories->count == 0;
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

static bool accident_counts(const struct break_rule *rule, const struct break_facts *facts)
{
    const bool casualty = facts->deaths > 0 || facts->missing > 0 || facts->serious_injuries > 0;
    if (rule->any_casualty && casualty)
        return true;
    if (rule->loss_at_least != 0 && facts->loss >= rule->loss_at_least)
        return true;
    return rule->grade_at_least != GRADE_NONE &&
           accident_grade(facts->deaths, facts->serious_injuries, facts->loss) >= rule->grade_at_least;
}

static bool case_counts(const struct break_rule *rule, const struct break_facts *facts)
{
    if (rule->case_classes >> facts->class & 1)
        return true;
    return facts->channel == INFLUENCE_MAJOR && (rule->case_classes_major >> facts->class & 1) != 0;
}

/* Ruling 23: of all clocks only handling and rectification can break, each its own zero; and only in passing first, for
 * the later levels report the same lateness again. */
static bool deadline_counts(const struct break_rule *rule, const struct break_facts *facts)
{
    if (facts->channel != 1)
        return false;
    if (facts->matter_kind == MATTER_PETITION)
        return rule->zero == ZERO_PETITION && facts->class == CLOCK_HANDLING;
    return facts->matter_kind == MATTER_HAZARD && rule->zero == ZERO_ACCIDENT && facts->class == CLOCK_RECTIFICATION;
}

/* An accusation breaks nothing, whatever is recorded about it (信访工作条例 art. 30). */
static bool petition_counts(const struct break_rule *rule, const struct break_facts *facts)
{
    return facts->petition_type != PETITION_ACCUSATION && in_mask(rule->petition_types, facts->petition_type) &&
           (!rule->only_if_solvable || facts->solvable);
}

static bool rule_holds(const struct break_rule *rule, const struct break_facts *facts)
{
    if (!categories_hold(&rule->categories, facts->category))
        return false;
    if (facts->matter_kind == MATTER_PETITION && !petition_counts(rule, facts))
        return false;
    if (facts->kind == EVENT_PETITION_REGISTERED)
        return in_mask(rule->channels, facts->channel);
    if (facts->kind == EVENT_PETITION_ESCALATED)
        return !rule->only_if_failed_below || facts->failed_below;
    if (facts->kind == EVENT_HAZARD_FOUND)
        return in_mask(rule->hazard_grades, facts->class);
    if (facts->kind == EVENT_ACCIDENT_REPORTED || facts->kind == EVENT_ACCIDENT_SUPPLEMENTED)
        return accident_counts(rule, facts);
    if (facts->kind == EVENT_CASE_FILED)
        return case_counts(rule, facts);
    if (facts->kind == EVENT_DEADLINE_PASSED)
        return deadline_counts(rule, facts);
    return true;
}

const struct break_rule *policy_breaks(const struct policy *policy, const struct break_facts *facts)
{
    for (uint32_t i = 0; i < policy->break_rule_count; i++) {
        const struct break_rule *rule = &policy->break_rules[i];
        if (rule->event == facts->kind && rule_holds(rule, facts))
            return rule;
    }
    return NULL;
}

uint32_t policy_looks_at(const struct policy *policy, enum event_kind kind)
{
    uint32_t zeros = 0;
    for (uint32_t i = 0; i < policy->break_rule_count; i++)
        if (policy->break_rules[i].event == kind)
            zeros |= 1u << policy->break_rules[i].zero;
    return zeros;
}

/* An accusation goes only where a route names it, never with "all" (信访工作条例 art. 30). */
static bool type_fits(const struct route *route, const struct event *event)
{
    if (event->kind != EVENT_PETITION_REGISTERED)
        return route->petition_types == 0;
    if (route->petition_types == 0)
        return event->petition.type != PETITION_ACCUSATION;
    return in_mask(route->petition_types, event->petition.type);
}

static bool level_fits(const struct route *route, const struct event *event)
{
    if (event->kind == EVENT_DEADLINE_PASSED)
        return in_mask(route->levels, event->passed.level);
    if (event->kind == EVENT_SUPERVISION_ISSUED)
        return in_mask(route->levels, event->supervision.level);
    return route->levels == 0;
}

static bool route_takes(const struct route *route, const struct event *event, const struct route_context *context)
{
    if (route->event != 0 && route->event != event->kind)
        return false;
    if (route->explosives_only && (event->kind != EVENT_HAZARD_FOUND || !event->hazard.explosives))
        return false;
    return in_mask(route->from, context->publisher) && in_mask(route->matter_kinds, context->matter_kind) &&
           type_fits(route, event) && level_fits(route, event) && categories_hold(&route->categories, event->category);
}

static uint64_t first_bits(uint32_t count)
{
    return count < 64 ? ((uint64_t)1 << count) - 1 : UINT64_MAX;
}

void policy_index(struct policy *policy)
{
    for (unsigned kind = 0; kind < EVENT_KIND_LIMIT; kind++) {
        policy->routes_of[kind] = 0;
        for (uint32_t i = 0; i < policy->route_count; i++)
            if (policy->routes[i].event == 0 || policy->routes[i].event == kind)
                policy->routes_of[kind] |= (uint64_t)1 << i;
    }
    policy->indexed = true;
}

office_set policy_routes(const struct policy *policy, const struct event *event, const struct route_context *context)
{
    office_set to = 0;
    uint64_t left = policy->indexed ? policy->routes_of[event->kind] : first_bits(policy->route_count);
    for (; left != 0; left &= left - 1) {
        const struct route *route = &policy->routes[__builtin_ctzll(left)];
        if (!route_takes(route, event, context))
            continue;
        to |= route->to;
        if (route->to_named)
            to |= event->named | OFFICE_BIT(event->to_office);
        if (route->to_handler)
            to |= OFFICE_BIT(context->handler);
        if (route->to_joint)
            to |= context->joint;
    }
    return to & ~OFFICE_BIT(OFFICE_NONE);
}
