#include "judge.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amend.h"
#include "catalogue.h"
#include "code.h"
#include "day.h"
#include "grant.h"
#include "judge_matter.h"
#include "tree.h"

bool ruling_refuse(struct ruling *ruling, enum verdict verdict, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    ruling->verdict = verdict;
    vsnprintf(ruling->text, sizeof ruling->text, format, arguments);
    va_end(arguments);
    return false;
}

/* Rules and what the hub itself says belong to no office's history: they come before the first day that counts. */
static bool of_the_hub(const struct event *event)
{
    return event->kind == EVENT_POLICY_ADOPTED ||
           (catalogue_type(event->kind)->publishers & OFFICE_BIT(OFFICE_HUB)) != 0;
}

static bool judge_time(const struct state *state, const struct event *event, int64_t recorded_at_us,
                       struct ruling *ruling)
{
    const struct policy *policy = state_policy(state);
    ruling->day = day_of_time(event->occurred_at_us, policy_zone(policy));
    if (!policy)
        return true;
    if (event->occurred_at_us > recorded_at_us + (int64_t)policy->future_tolerance_minutes * 60000000)
        return ruling_refuse(ruling, VERDICT_BAD_TIME,
                             "occurred_at lies ahead of the hub's clock by more than %d minutes",
                             policy->future_tolerance_minutes);
    if (ruling->day < policy->starts_on && !policy->history_accepted && !of_the_hub(event)) {
        char start[DAY_TEXT_SIZE];
        day_format(policy->starts_on, start);
        return ruling_refuse(ruling, VERDICT_BAD_TIME, "occurred_at lies before the policy's start on %s", start);
    }
    return true;
}

static bool refuse_unknown_unit(const char *field, const char *code, struct ruling *ruling)
{
    char text[UNIT_UNKNOWN_SIZE];
    return ruling_refuse(ruling, VERDICT_UNKNOWN_UNIT, "%s", unit_unknown(field, code, text));
}

/* Whether the event speaks of a matter that exists: what a unit left open is carried on after its end. */
static bool about_existing_matter(const struct state *state, const struct event *event)
{
    return event->matter[0] != '\0' && event->matter_kind != MATTER_NONE &&
           state_find_matter(state, event->matter_kind, event->matter) != 0;
}

/* The unit must exist, stand in the publisher's subtree and live on the day, but for what speaks of its past:
 * attestations, matters that it left behind, and contradictions about it that are found later. */
static bool judge_unit(const struct state *state, const struct event *event, const struct publisher *publisher,
                       struct ruling *ruling)
{
    if (event->unit[0] == '\0') {
        if (catalogue_type(event->kind)->needs_unit)
            return ruling_refuse(ruling, VERDICT_MISSING_FIELD, "unit: required for %s",
                                 catalogue_type(event->kind)->name);
        return true;
    }
    if (event->kind == EVENT_UNIT_REGISTERED)
        return true;
    ruling->unit = state_find_unit(state, event->unit);
    if (ruling->unit == 0)
        return refuse_unknown_unit("unit", event->unit, ruling);
    if (!state_unit_within(state, ruling->unit, publisher->root))
        return ruling_refuse(ruling, VERDICT_NOT_PERMITTED, "unit '%s' is outside the publisher's subtree",
                             event->unit);
    const struct unit *unit = state_unit(state, ruling->unit);
    bool of_the_past = event->kind == EVENT_ZERO_ATTESTED || event->kind == EVENT_DISCREPANCY_RAISED ||
                       event->kind == EVENT_DISCREPANCY_RESOLVED;
    if (of_the_past || unit_lives(unit, ruling->day, POSITION_END) || about_existing_matter(state, event))
        return true;
    const struct succession *succession = table_row(&state->successions, unit->successors);
    return ruling_refuse(ruling, VERDICT_NOT_VALID, "unit '%s' does not live on the day; successor: %s", event->unit,
                         unit->successors ? state_unit(state, succession->successor)->code : "none");
}

static bool judge_parent(const struct state *state, const struct event *event, enum unit_kind kind,
                         const struct publisher *publisher, struct ruling *ruling)
{
    const char *code = event->unit_facts.parent;
    if (code[0] == '\0')
        return kind <= UNIT_COUNTY || ruling_refuse(ruling, VERDICT_MISSING_FIELD, "parent: required below a county");
    uint32_t parent = state_find_unit(state, code);
    if (parent == 0)
        return refuse_unknown_unit("parent", code, ruling);
    if (!state_unit_within(state, parent, publisher->root))
        return ruling_refuse(ruling, VERDICT_NOT_PERMITTED, "parent '%s' is outside the publisher's subtree", code);
    const struct unit *above = state_unit(state, parent);
    if (event->unit_facts.from_day >= above->valid_to && above->successors == 0)
        return ruling_refuse(ruling, VERDICT_NOT_VALID, "parent '%s' has ended by then; successor: none", code);
    if (!unit_kind_above((enum unit_kind)state_unit(state, parent)->kind, kind))
        return ruling_refuse(ruling, VERDICT_BAD_VALUE, "parent: '%s' cannot stand over a unit of this kind", code);
    return true;
}

static bool judge_registration(const struct state *state, const struct event *event, const struct publisher *publisher,
                               struct ruling *ruling)
{
    struct code_flaw flaw;
    enum unit_kind form = unit_code_kind(event->unit);
    if (!unit_code_check(event->unit, &flaw))
        return ruling_refuse(ruling, VERDICT_BAD_VALUE, "unit: character %zu: %s", flaw.position, flaw.text);
    if (!unit_kind_fits(event->unit_facts.kind, form))
        return ruling_refuse(ruling, VERDICT_BAD_VALUE, "kind: does not fit the code '%s'", event->unit);
    if (state_find_unit(state, event->unit))
        return ruling_refuse(ruling, VERDICT_DUPLICATE_UNIT, "unit '%s' was registered before", event->unit);
    if (event->unit_facts.parent[0] == '\0' && publisher->root != 0)
        return ruling_refuse(ruling, VERDICT_NOT_PERMITTED,
                             "a root is registered by an identity for the whole tree only");
    return judge_parent(state, event, event->unit_facts.kind, publisher, ruling);
}

static bool judge_change(const struct state *state, const struct event *event, const struct publisher *publisher,
                         struct ruling *ruling)
{
    const struct unit *unit = state_unit(state, ruling->unit);
    if (event->unit_facts.from_day <= unit->valid_from || event->unit_facts.from_day >= unit->valid_to)
        return ruling_refuse(ruling, VERDICT_BAD_VALUE,
                             "effective: not behind the unit's first day and within its life");
    if (event->unit_facts.parent[0] == '\0')
        return true;
    return judge_parent(state, event, (enum unit_kind)unit->kind, publisher, ruling);
}

/* Villages and communities may take each other's place, and so may enterprises and institutions. */
static bool kinds_succeed(enum unit_kind ended, enum unit_kind heir)
{
    bool places =
        (ended == UNIT_VILLAGE || ended == UNIT_COMMUNITY) && (heir == UNIT_VILLAGE || heir == UNIT_COMMUNITY);
    bool firms = (ended == UNIT_ENTERPRISE || ended == UNIT_INSTITUTION) &&
                 (heir == UNIT_ENTERPRISE || heir == UNIT_INSTITUTION);
    return ended == heir || places || firms;
}

static bool judge_successor(const struct state *state, const struct event *event, const char *code,
                            struct ruling *ruling)
{
    uint32_t successor = state_find_unit(state, code);
    const struct unit *heir = state_unit(state, successor);
    if (successor == 0)
        return refuse_unknown_unit("successor", code, ruling);
    if (successor == ruling->unit)
        return ruling_refuse(ruling, VERDICT_BAD_VALUE, "successor: the unit itself");
    if (!unit_lives(heir, event->unit_end.valid_to, POSITION_END))
        return ruling_refuse(ruling, VERDICT_NOT_VALID,
                             "successor '%s' does not live on the first day without the unit", code);
    if (!kinds_succeed((enum unit_kind)state_unit(state, ruling->unit)->kind, (enum unit_kind)heir->kind))
        return ruling_refuse(ruling, VERDICT_BAD_VALUE, "successor: '%s' is of another kind", code);
    return true;
}

/* Without a successor nothing may stand below it any more: it would count in no town, and in the county all the same.
 */
static bool judge_nothing_below(const struct state *state, const struct event *event, struct ruling *ruling)
{
    int32_t day = event->unit_end.valid_to;
    for (uint32_t i = 1; i < state->units.count; i++)
        if (unit_lives(state_unit(state, i), day, POSITION_END) &&
            unit_parent_on(state, i, day, POSITION_END) == ruling->unit)
            return ruling_refuse(ruling, VERDICT_BAD_VALUE, "successor: needed, for '%s' stands below the unit",
                                 state_unit(state, i)->code);
    return true;
}

static bool judge_end(const struct state *state, const struct event *event, struct ruling *ruling)
{
    const struct unit *unit = state_unit(state, ruling->unit);
    if (unit->ended_at != 0)
        return ruling_refuse(ruling, VERDICT_NOT_VALID, "unit '%s' has ended before", event->unit);
    if (event->unit_end.valid_to <= unit->valid_from)
        return ruling_refuse(ruling, VERDICT_BAD_VALUE, "valid_to: not after the unit's first day");
    /* What takes another's place lives on that day: so no chain of successors leads back to where it began. */
    const struct succession *taken;
    for (uint32_t at = unit->predecessors; at != 0; at = taken->next_of_successor) {
        taken = table_row(&state->successions, at);
        if (taken->day >= event->unit_end.valid_to)
            return ruling_refuse(ruling, VERDICT_BAD_VALUE,
                                 "valid_to: the unit takes the place of '%s' on that day or later",
                                 state_unit(state, taken->predecessor)->code);
    }
    if (event->unit_end.successor_count == 0 && !judge_nothing_below(state, event, ruling))
        return false;
    for (uint32_t i = 0; i < event->unit_end.successor_count; i++)
        if (!judge_successor(state, event, event->unit_end.successors[i], ruling))
            return false;
    return true;
}

/* A zero that nobody looked at is the exception that the policy must name. */
static bool judge_by_system(const struct state *state, const struct event *event, const struct publisher *publisher,
                            struct ruling *ruling)
{
    const struct policy *policy = state_policy(state);
    if (event->attested.basis != BASIS_REGISTER_CHECKED)
        return ruling_refuse(ruling, VERDICT_BAD_VALUE, "basis: a system attests REGISTER_CHECKED only");
    return (policy && policy->by_system & OFFICE_BIT(publisher->office)) ||
           ruling_refuse(ruling, VERDICT_NOT_PERMITTED,
                         "by_system: the policy wants a person of this office to confirm its attestations");
}

static bool judge_attestation(const struct state *state, const struct event *event, const struct publisher *publisher,
                              struct ruling *ruling)
{
    if (event->attested.from_day > event->attested.to_day)
        return ruling_refuse(ruling, VERDICT_BAD_VALUE, "to_day: before from_day");
    if (event->attested.to_day >= state->heads.today) {
        char today[DAY_TEXT_SIZE];
        day_format(state->heads.today, today);
        return ruling_refuse(ruling, VERDICT_DAY_NOT_CLOSED, "to_day: days from %s on are not closed", today);
    }
    if (event->attested.by_system && !judge_by_system(state, event, publisher, ruling))
        return false;
    if (event->attested.scope) {
        if (event->attested.basis != BASIS_REGISTER_CHECKED)
            return ruling_refuse(ruling, VERDICT_BAD_VALUE, "basis: a scope is attested with REGISTER_CHECKED only");
        if (event->attested.unit_count > 0)
            return ruling_refuse(ruling, VERDICT_BAD_VALUE, "units: not together with scope");
        return true;
    }
    if (event->attested.unit_count == 0 && !unit_kind_counted((enum unit_kind)state_unit(state, ruling->unit)->kind))
        return ruling_refuse(ruling, VERDICT_BAD_VALUE, "unit: '%s' is a sum of others; say scope, or name units",
                             event->unit);
    for (uint32_t i = 0; i < event->attested.unit_count; i++) {
        uint32_t unit = state_find_unit(state, event->attested.units[i]);
        if (unit == 0)
            return refuse_unknown_unit("units", event->attested.units[i], ruling);
        if (!state_unit_within(state, unit, publisher->root))
            return ruling_refuse(ruling, VERDICT_NOT_PERMITTED, "units: '%s' is outside the publisher's subtree",
                                 event->attested.units[i]);
        if (!unit_kind_counted((enum unit_kind)state_unit(state, unit)->kind))
            return ruling_refuse(ruling, VERDICT_BAD_VALUE, "units: '%s' is a sum of others", event->attested.units[i]);
    }
    return true;
}

static bool judge_review(const struct state *state, const struct event *event, const struct publisher *publisher,
                         struct ruling *ruling)
{
    uint32_t ordinal = state_find_attestation(state, event->target);
    if (ordinal == 0)
        return ruling_refuse(ruling, VERDICT_UNKNOWN_MATTER, "attestation: none at position %llu",
                             (unsigned long long)event->target);
    const struct attestation *attestation = table_row(&state->attestations, ordinal);
    if (!state_unit_within(state, attestation->unit, publisher->root))
        return ruling_refuse(ruling, VERDICT_NOT_PERMITTED, "attestation: outside the publisher's subtree");
    if (event->kind == EVENT_ATTESTATION_WITHDRAWN) {
        if (attestation->office != publisher->office)
            return ruling_refuse(ruling, VERDICT_NOT_PERMITTED, "attestation: given by another office");
        if (attestation->withdrawn_at != 0)
            return ruling_refuse(ruling, VERDICT_ILLEGAL_TRANSITION, "attestation: stands at WITHDRAWN");
    } else if (publisher_level(state, publisher) >= attestation->level) {
        return ruling_refuse(ruling, VERDICT_NOT_PERMITTED, "attestation: reviewed by a higher level only");
    }
    return true;
}

static bool judge_camera(const struct state *state, const struct event *event, struct ruling *ruling)
{
    uint32_t ordinal = state_find_camera(state, event->camera.site);
    const struct camera *camera = table_row(&state->cameras, ordinal);
    bool in_service = ordinal != 0 && camera->to_day == DAY_NEVER;
    if (event->kind == EVENT_CAMERA_INTEGRATED)
        return ordinal == 0 || ruling_refuse(ruling, VERDICT_ILLEGAL_TRANSITION, "site '%s' stands at %s",
                                             event->camera.site, in_service ? "INTEGRATED" : "RETIRED");
    if (ordinal == 0)
        return ruling_refuse(ruling, VERDICT_UNKNOWN_MATTER, "site '%s' does not exist", event->camera.site);
    return in_service ||
           ruling_refuse(ruling, VERDICT_ILLEGAL_TRANSITION, "site '%s' stands at RETIRED", event->camera.site);
}

static bool judge_tally(const struct state *state, const struct event *event, struct ruling *ruling)
{
    int32_t day = event->kind == EVENT_ALERTS_TALLIED ? event->alerts.day : event->tally.day;
    if (day > state->heads.today)
        return ruling_refuse(ruling, VERDICT_BAD_TIME, "day: lies ahead");
    return true;
}

static bool judge_policy(const struct state *state, const struct event *event, struct ruling *ruling)
{
    const struct policy *policy = event->adopted.policy;
    if (state->policies.count > POLICIES_MAX)
        return ruling_refuse(ruling, VERDICT_BAD_VALUE, "version: %d policies are adopted, no more fit", POLICIES_MAX);
    for (uint32_t i = 1; i < state->rules.count; i++) {
        const struct policy *before = table_row(&state->rules, i);
        const struct adopted_policy *adopted = table_row(&state->policies, i);
        if (strcmp(before->version, policy->version) == 0 &&
            strcmp(state_text(state, adopted->text), event->adopted.text) != 0)
            return ruling_refuse(ruling, VERDICT_BAD_VALUE, "version: '%s' was adopted before with another text",
                                 policy->version);
    }
    /* An older one may be taken up again; the same one twice would differ from itself. */
    const struct policy *newest = state->rules.count > 1 ? table_row(&state->rules, state->rules.count - 1) : NULL;
    if (newest && strcmp(newest->version, policy->version) == 0)
        return ruling_refuse(ruling, VERDICT_BAD_VALUE, "version: '%s' is the one adopted last", policy->version);
    if (newest && policy->effective_from < state->heads.today && !policy->retroactive)
        return ruling_refuse(ruling, VERDICT_BAD_VALUE,
                             "effective_from: lies before the open day; say `retroactive: true` if that is meant");
    return true;
}

static bool judge_campaign(const struct state *state, const struct event *event, struct ruling *ruling)
{
    const struct policy *policy = state_policy(state);
    const char *code = event->campaign_days.code;
    uint32_t ordinal = state_find_campaign(state, code);
    const struct campaign_progress *campaign = table_row(&state->campaigns, ordinal);
    bool runs = ordinal != 0 && campaign->started_at != 0 && campaign->closed_at == 0;
    if (!policy || policy_campaign(policy, code) < 0)
        return ruling_refuse(ruling, VERDICT_CAMPAIGN_UNKNOWN, "campaign '%s' is not in the policy", code);
    if (event->kind == EVENT_CAMPAIGN_CLOSED)
        return runs || ruling_refuse(ruling, VERDICT_ILLEGAL_TRANSITION, "campaign '%s' does not run", code);
    if (runs)
        return ruling_refuse(ruling, VERDICT_ILLEGAL_TRANSITION, "campaign '%s' stands at STARTED", code);
    if (event->campaign_days.to_day != DAY_NONE && event->campaign_days.to_day < event->campaign_days.from_day)
        return ruling_refuse(ruling, VERDICT_BAD_VALUE, "to_day: before from_day");
    return true;
}

static bool judge_discrepancy(const struct state *state, const struct event *event, const struct publisher *publisher,
                              struct ruling *ruling)
{
    uint32_t ordinal = state_find_discrepancy(state, event->discrepancy.code);
    const struct discrepancy *discrepancy = table_row(&state->discrepancies, ordinal);
    if (event->kind == EVENT_DISCREPANCY_RAISED)
        return ordinal == 0 || ruling_refuse(ruling, VERDICT_ILLEGAL_TRANSITION, "discrepancy: was raised before");
    if (ordinal == 0)
        return ruling_refuse(ruling, VERDICT_UNKNOWN_MATTER, "discrepancy '%s' does not exist",
                             event->discrepancy.code);
    if (discrepancy->unit != ruling->unit)
        return ruling_refuse(ruling, VERDICT_BAD_VALUE, "unit: the discrepancy is about another unit");
    if (discrepancy->resolved_at != 0)
        return ruling_refuse(ruling, VERDICT_ILLEGAL_TRANSITION, "discrepancy '%s' stands at RESOLVED",
                             event->discrepancy.code);
    return ((discrepancy->offices | OFFICE_BIT(OFFICE_LEADERSHIP)) & OFFICE_BIT(publisher->office)) ||
           ruling_refuse(ruling, VERDICT_NOT_PERMITTED, "discrepancy: other offices must look into it");
}

/* Ruling 10: an evaluation is published only after the last due of its year. */
static bool judge_evaluation(const struct state *state, const struct event *event, struct ruling *ruling)
{
    int32_t last = day_from_date(event->evaluation.year, 12, 31);
    const struct policy *policy = timeline_on(&state->timeline, last);
    if (!policy || policy_due(policy, last) >= state->heads.today)
        return ruling_refuse(ruling, VERDICT_DAY_NOT_CLOSED, "year: reports on it are still due");
    if (event->target > state->heads.position)
        return ruling_refuse(ruling, VERDICT_UNKNOWN_MATTER, "position: beyond the log");
    for (uint32_t i = 0; i < event->evaluation.count; i++)
        if (state_find_unit(state, event->evaluation.results[i].unit) == 0)
            return refuse_unknown_unit("results", event->evaluation.results[i].unit, ruling);
    return true;
}

static bool judge_kind(const struct state *state, const struct event *event, const struct publisher *publisher,
                       int64_t recorded_at_us, struct ruling *ruling)
{
    switch (event->kind) {
    case EVENT_UNIT_REGISTERED:
        return judge_registration(state, event, publisher, ruling);
    case EVENT_UNIT_CHANGED:
        return judge_change(state, event, publisher, ruling);
    case EVENT_UNIT_MERGED:
    case EVENT_UNIT_SPLIT:
    case EVENT_UNIT_RETIRED:
        return judge_end(state, event, ruling);
    case EVENT_ZERO_ATTESTED:
        return judge_attestation(state, event, publisher, ruling);
    case EVENT_ATTESTATION_REVIEWED:
    case EVENT_ATTESTATION_WITHDRAWN:
        return judge_review(state, event, publisher, ruling);
    case EVENT_PETITION_REGISTERED:
    case EVENT_PETITION_FORWARDED:
    case EVENT_PETITION_ASSIGNED:
    case EVENT_ASSIGNMENT_OBJECTED:
    case EVENT_PETITION_ACCEPTED:
    case EVENT_PETITION_NOT_ACCEPTED:
    case EVENT_PETITION_DIVERTED:
    case EVENT_HANDLING_EXTENDED:
    case EVENT_OPINION_ISSUED:
    case EVENT_REVIEW_REQUESTED:
    case EVENT_REVIEW_ISSUED:
    case EVENT_PETITION_WITHDRAWN:
    case EVENT_PETITION_ESCALATED:
    case EVENT_MATTER_CLOSED:
    case EVENT_MATTER_REOPENED:
    case EVENT_MATTER_TRANSFERRED:
    case EVENT_HAZARD_FOUND:
    case EVENT_HAZARD_FIXED_ON_SPOT:
    case EVENT_RECTIFICATION_ORDERED:
    case EVENT_HAZARD_PLACARDED:
    case EVENT_RECTIFICATION_REPORTED:
    case EVENT_HAZARD_VERIFIED:
    case EVENT_RECTIFICATION_EXTENDED:
    case EVENT_HAZARD_REOPENED:
    case EVENT_ACCIDENT_REPORTED:
    case EVENT_ACCIDENT_SUPPLEMENTED:
    case EVENT_ACCIDENT_CONCLUDED:
    case EVENT_ACCIDENT_INVESTIGATION_OPENED:
    case EVENT_CASE_FILED:
    case EVENT_CASE_RESOLVED:
    case EVENT_CASE_WITHDRAWN:
    case EVENT_CASE_REOPENED:
    case EVENT_DISPUTE_OPENED:
    case EVENT_MEDIATION_CHANNEL_SELECTED:
    case EVENT_MEDIATION_EXPLAINED:
    case EVENT_CONSENT_RECORDED:
    case EVENT_MEDIATION_REGISTERED:
    case EVENT_MEDIATION_SESSION_HELD:
    case EVENT_AGREEMENT_REACHED:
    case EVENT_MEDIATION_ENDED:
    case EVENT_AGREEMENT_PERFORMED:
    case EVENT_AGREEMENT_BROKEN:
    case EVENT_COURT_CONFIRMATION_REQUESTED:
    case EVENT_COURT_CONFIRMATION_GRANTED:
    case EVENT_COURT_CONFIRMATION_REFUSED:
    case EVENT_COUNSELLING_GIVEN:
    case EVENT_LEGAL_AID_OFFERED:
    case EVENT_GRID_REPORTED:
    case EVENT_GRID_REGISTERED:
    case EVENT_GRID_DISPATCHED:
    case EVENT_GRID_HANDLED:
    case EVENT_GRID_ANSWERED:
    case EVENT_GRID_CHECKED:
    case EVENT_GRID_CLOSED:
    case EVENT_JOINT_HANDLING_OPENED:
    case EVENT_MEMBER_JOINED:
    case EVENT_JOINT_TASK_ASSIGNED:
    case EVENT_JOINT_TASK_DONE:
    case EVENT_JOINT_HANDLING_CLOSED:
    case EVENT_CONSULTATION_HELD:
    case EVENT_SUPERVISION_ISSUED:
    case EVENT_SUPERVISION_ANSWERED:
    case EVENT_SUMMARY_NOTED:
    case EVENT_DEADLINE_PASSED:
    case EVENT_SEALED_NOTE_ADDED:
    case EVENT_MATTER_KEY_DESTROYED:
    case EVENT_MATTER_KEY_OFFERED:
        return judge_matter(state, event, publisher, ruling);
    case EVENT_CAMERA_INTEGRATED:
    case EVENT_CAMERA_RETIRED:
        return judge_camera(state, event, ruling);
    case EVENT_ALERTS_TALLIED:
    case EVENT_PATROL_TALLIED:
    case EVENT_VOLUNTEER_TALLIED:
    case EVENT_PUBLICITY_TALLIED:
        return judge_tally(state, event, ruling);
    case EVENT_EVENT_CORRECTED:
    case EVENT_EVENT_RETRACTED:
        return amend_judge(state, event, publisher, ruling);
    case EVENT_POLICY_ADOPTED:
        return judge_policy(state, event, ruling) &&
               grant_judge_policy(state, event, publisher, recorded_at_us, ruling);
    case EVENT_ACCESS_GRANTED:
    case EVENT_ACCESS_REVOKED:
    case EVENT_ACCESS_PROPOSED:
    case EVENT_LOG_KEY_REPLACED:
    case EVENT_PROPOSAL_WITHDRAWN:
        return grant_judge(state, event, recorded_at_us, ruling);
    case EVENT_CAMPAIGN_STARTED:
    case EVENT_CAMPAIGN_CLOSED:
        return judge_campaign(state, event, ruling);
    case EVENT_DISCREPANCY_RAISED:
    case EVENT_DISCREPANCY_RESOLVED:
        return judge_discrepancy(state, event, publisher, ruling);
    case EVENT_EVALUATION_PUBLISHED:
        return judge_evaluation(state, event, ruling);
    case EVENT_INSPECTION_RECORDED:
    case EVENT_SWEEP_RECORDED:
    case EVENT_EXPLOSIVES_CHECK_RECORDED:
    case EVENT_SELF_CHECK_RECORDED:
    case EVENT_HUB_CREATED:
    case EVENT_CLOCK_SET:
    case EVENT_DAY_CLOSED:
    case EVENT_PERIOD_CLOSED:
        return true;
    }
    abort(); /* decode lets no other kind through */
}

/* Accepted so far. The room for the text is not cleared: most rulings never have one. */
static void open_ruling(struct ruling *ruling)
{
    ruling->verdict = VERDICT_ACCEPTED;
    ruling->text[0] = '\0';
    ruling->unit = 0;
    ruling->matter = 0;
    ruling->campaign = 0;
    ruling->step = STEP_NONE;
    ruling->day = 0;
    ruling->waits = false;
    ruling->approved = false;
}

void domain_judge(const struct state *state, const struct event *event, const struct publisher *publisher,
                  int64_t recorded_at_us, struct ruling *ruling)
{
    open_ruling(ruling);
    const struct policy *policy = state_policy(state);
    const office_set without_policy = OFFICE_BIT(OFFICE_OPERATOR) | OFFICE_BIT(OFFICE_HUB);
    if (!policy && !(catalogue_type(event->kind)->publishers & without_policy)) {
        ruling_refuse(ruling, VERDICT_NOT_PERMITTED, "no policy is adopted yet");
        return;
    }
    if (event->campaign[0] != '\0' && policy && policy_campaign(policy, event->campaign) < 0) {
        ruling_refuse(ruling, VERDICT_CAMPAIGN_UNKNOWN, "campaign '%s' is not in the policy", event->campaign);
        return;
    }
    if (event->campaign[0] != '\0')
        ruling->campaign = state_find_campaign(state, event->campaign);
    if (!judge_time(state, event, recorded_at_us, ruling) || !judge_unit(state, event, publisher, ruling))
        return;
    if (!event_is_drill(event))
        (void)judge_kind(state, event, publisher, recorded_at_us, ruling); /* the ruling itself is the answer */
}
