#include "judge.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue.h"
#include "day.h"

/* A refusal: the verdict and one line that says why. Returns false so that it ends the judging function. */
__attribute__((format(printf, 3, 4))) static bool refuse(struct ruling *ruling, enum verdict verdict,
                                                         const char *format, ...)
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
        return refuse(ruling, VERDICT_BAD_TIME, "occurred_at lies ahead of the hub's clock by more than %d minutes",
                      policy->future_tolerance_minutes);
    if (ruling->day < policy->starts_on && !policy->history_accepted && !of_the_hub(event)) {
        char start[DAY_TEXT_SIZE];
        day_format(policy->starts_on, start);
        return refuse(ruling, VERDICT_BAD_TIME, "occurred_at lies before the policy's start on %s", start);
    }
    return true;
}

/* The unit must exist, stand in the publisher's subtree and live on the day, but for what speaks of its past:
 * attestations, and clocks that run out later. */
static bool judge_unit(const struct state *state, const struct event *event, const struct publisher *publisher,
                       struct ruling *ruling)
{
    if (event->unit[0] == '\0') {
        if (catalogue_type(event->kind)->needs_unit)
            return refuse(ruling, VERDICT_MISSING_FIELD, "unit: required for %s", catalogue_type(event->kind)->name);
        return true;
    }
    if (event->kind == EVENT_UNIT_REGISTERED)
        return true;
    ruling->unit = state_find_unit(state, event->unit);
    if (ruling->unit == 0)
        return refuse(ruling, VERDICT_UNKNOWN_UNIT, "unit '%s' is not in the tree", event->unit);
    if (!state_unit_within(state, ruling->unit, publisher->root))
        return refuse(ruling, VERDICT_NOT_PERMITTED, "unit '%s' is outside the publisher's subtree", event->unit);
    const struct unit *unit = state_unit(state, ruling->unit);
    bool of_the_past = event->kind == EVENT_ZERO_ATTESTED || event->kind == EVENT_DEADLINE_PASSED;
    if (!of_the_past && !unit_lives(unit, ruling->day)) {
        const char *successor = unit->successor ? state_unit(state, unit->successor)->code : "none";
        return refuse(ruling, VERDICT_NOT_VALID, "unit '%s' does not live on the day; successor: %s", event->unit,
                      successor);
    }
    return true;
}

static bool judge_parent(const struct state *state, const struct event *event, enum unit_kind kind,
                         const struct publisher *publisher, struct ruling *ruling)
{
    const char *code = event->unit_facts.parent;
    if (code[0] == '\0')
        return kind <= UNIT_COUNTY || refuse(ruling, VERDICT_MISSING_FIELD, "parent: required below a county");
    uint32_t parent = state_find_unit(state, code);
    if (parent == 0)
        return refuse(ruling, VERDICT_UNKNOWN_UNIT, "parent '%s' is not in the tree", code);
    if (!state_unit_within(state, parent, publisher->root))
        return refuse(ruling, VERDICT_NOT_PERMITTED, "parent '%s' is outside the publisher's subtree", code);
    if (!unit_kind_above((enum unit_kind)state_unit(state, parent)->kind, kind))
        return refuse(ruling, VERDICT_BAD_VALUE, "parent: '%s' cannot stand over a unit of this kind", code);
    return true;
}

static bool judge_registration(const struct state *state, const struct event *event, const struct publisher *publisher,
                               struct ruling *ruling)
{
    enum unit_kind form = unit_code_kind(event->unit);
    if (form == UNIT_NONE)
        return refuse(ruling, VERDICT_BAD_VALUE, "unit: '%s' is no valid code", event->unit);
    if (!unit_kind_fits(event->unit_facts.kind, form))
        return refuse(ruling, VERDICT_BAD_VALUE, "kind: does not fit the code '%s'", event->unit);
    if (state_find_unit(state, event->unit))
        return refuse(ruling, VERDICT_DUPLICATE_UNIT, "unit '%s' was registered before", event->unit);
    if (event->unit_facts.parent[0] == '\0' && publisher->root != 0)
        return refuse(ruling, VERDICT_NOT_PERMITTED, "a root is registered by an identity for the whole tree only");
    return judge_parent(state, event, event->unit_facts.kind, publisher, ruling);
}

static bool judge_change(const struct state *state, const struct event *event, const struct publisher *publisher,
                         struct ruling *ruling)
{
    if (event->unit_facts.parent[0] == '\0')
        return true;
    return judge_parent(state, event, (enum unit_kind)state_unit(state, ruling->unit)->kind, publisher, ruling);
}

static bool judge_end(const struct state *state, const struct event *event, struct ruling *ruling)
{
    const struct unit *unit = state_unit(state, ruling->unit);
    if (unit->valid_to != DAY_NEVER)
        return refuse(ruling, VERDICT_NOT_VALID, "unit '%s' has ended before", event->unit);
    if (event->unit_end.valid_to <= unit->valid_from)
        return refuse(ruling, VERDICT_BAD_VALUE, "valid_to: not after the unit's first day");
    if (event->unit_end.successor[0] != '\0' && state_find_unit(state, event->unit_end.successor) == 0)
        return refuse(ruling, VERDICT_UNKNOWN_UNIT, "successor '%s' is not in the tree", event->unit_end.successor);
    if (strcmp(event->unit_end.successor, event->unit) == 0)
        return refuse(ruling, VERDICT_BAD_VALUE, "successor: the unit itself");
    return true;
}

static bool judge_attestation(const struct state *state, const struct event *event, const struct publisher *publisher,
                              struct ruling *ruling)
{
    if (event->attested.from_day > event->attested.to_day)
        return refuse(ruling, VERDICT_BAD_VALUE, "to_day: before from_day");
    if (event->attested.to_day >= state->heads.today) {
        char today[DAY_TEXT_SIZE];
        day_format(state->heads.today, today);
        return refuse(ruling, VERDICT_DAY_NOT_CLOSED, "to_day: days from %s on are not closed", today);
    }
    if (event->attested.scope) {
        if (event->attested.basis != BASIS_REGISTER_CHECKED)
            return refuse(ruling, VERDICT_BAD_VALUE, "basis: a scope is attested with REGISTER_CHECKED only");
        if (event->attested.unit_count > 0)
            return refuse(ruling, VERDICT_BAD_VALUE, "units: not together with scope");
        return true;
    }
    if (event->attested.unit_count == 0 && !unit_kind_counted((enum unit_kind)state_unit(state, ruling->unit)->kind))
        return refuse(ruling, VERDICT_BAD_VALUE, "unit: '%s' is a sum of others; say scope, or name units",
                      event->unit);
    for (uint32_t i = 0; i < event->attested.unit_count; i++) {
        uint32_t unit = state_find_unit(state, event->attested.units[i]);
        if (unit == 0)
            return refuse(ruling, VERDICT_UNKNOWN_UNIT, "units: '%s' is not in the tree", event->attested.units[i]);
        if (!state_unit_within(state, unit, publisher->root))
            return refuse(ruling, VERDICT_NOT_PERMITTED, "units: '%s' is outside the publisher's subtree",
                          event->attested.units[i]);
        if (!unit_kind_counted((enum unit_kind)state_unit(state, unit)->kind))
            return refuse(ruling, VERDICT_BAD_VALUE, "units: '%s' is a sum of others", event->attested.units[i]);
    }
    return true;
}

static bool judge_review(const struct state *state, const struct event *event, const struct publisher *publisher,
                         struct ruling *ruling)
{
    uint32_t ordinal = state_find_attestation(state, event->target);
    if (ordinal == 0)
        return refuse(ruling, VERDICT_UNKNOWN_MATTER, "attestation: none at position %llu",
                      (unsigned long long)event->target);
    const struct attestation *attestation = table_row(&state->attestations, ordinal);
    if (!state_unit_within(state, attestation->unit, publisher->root))
        return refuse(ruling, VERDICT_NOT_PERMITTED, "attestation: outside the publisher's subtree");
    if (event->kind == EVENT_ATTESTATION_WITHDRAWN) {
        if (attestation->office != publisher->office)
            return refuse(ruling, VERDICT_NOT_PERMITTED, "attestation: given by another office");
        if (attestation->withdrawn_at != 0)
            return refuse(ruling, VERDICT_ILLEGAL_TRANSITION, "attestation: stands at WITHDRAWN");
    } else if (publisher_level(state, publisher) >= attestation->level) {
        return refuse(ruling, VERDICT_NOT_PERMITTED, "attestation: reviewed by a higher level only");
    }
    return true;
}

/* Rules of a move beyond the table. */
static bool judge_move_rules(const struct event *event, const struct matter *matter, struct ruling *ruling)
{
    bool violence = (matter->flags & MATTER_VIOLENCE) != 0;
    if (matter->kind == MATTER_DISPUTE && violence && ruling->step != STEP_ENDED)
        return refuse(ruling, VERDICT_ILLEGAL_TRANSITION, "domestic violence is not mediated");
    if (event->kind == EVENT_HAZARD_FIXED_ON_SPOT && matter->grade == HAZARD_MAJOR)
        return refuse(ruling, VERDICT_ILLEGAL_TRANSITION, "a MAJOR hazard is never fixed on the spot; it stands at %s",
                      step_name((enum step)matter->step));
    if (event->kind == EVENT_RECTIFICATION_REPORTED && matter->grade == HAZARD_MAJOR &&
        !(matter->flags & MATTER_PLACARDED))
        return refuse(ruling, VERDICT_ILLEGAL_TRANSITION, "a MAJOR hazard is placarded first; it stands at %s",
                      step_name((enum step)matter->step));
    if (event->kind == EVENT_HAZARD_PLACARDED && matter->grade != HAZARD_MAJOR)
        return refuse(ruling, VERDICT_ILLEGAL_TRANSITION, "only MAJOR hazards are placarded; it stands at %s",
                      step_name((enum step)matter->step));
    if (event->kind == EVENT_CONSENT_RECORDED && (matter->consents >> event->consent.side & 1))
        return refuse(ruling, VERDICT_ILLEGAL_TRANSITION, "this side agreed before; it stands at %s",
                      step_name((enum step)matter->step));
    return true;
}

static bool judge_matter(const struct state *state, const struct event *event, struct ruling *ruling)
{
    if (event->matter[0] == '\0')
        return refuse(ruling, VERDICT_MISSING_FIELD, "matter: required for %s", catalogue_type(event->kind)->name);
    ruling->matter = state_find_matter(state, event->matter_kind, event->matter);
    bool moves = matter_moved_by(event->kind);
    if (ruling->matter == 0) {
        ruling->step = moves ? matter_next(event->matter_kind, STEP_NONE, event->kind, event->variant) : STEP_NONE;
        return ruling->step != STEP_NONE ||
               refuse(ruling, VERDICT_UNKNOWN_MATTER, "matter '%s' does not exist", event->matter);
    }
    const struct matter *matter = state_matter(state, ruling->matter);
    if (matter->unit != ruling->unit)
        return refuse(ruling, VERDICT_BAD_VALUE, "unit: matter '%s' belongs to another unit", event->matter);
    if (!moves)
        return true;
    ruling->step = matter_next(event->matter_kind, (enum step)matter->step, event->kind, event->variant);
    if (ruling->step == STEP_NONE)
        return refuse(ruling, VERDICT_ILLEGAL_TRANSITION, "matter '%s' cannot take %s: it stands at %s", event->matter,
                      catalogue_type(event->kind)->name, step_name((enum step)matter->step));
    return judge_move_rules(event, matter, ruling);
}

static bool judge_camera(const struct state *state, const struct event *event, struct ruling *ruling)
{
    uint32_t ordinal = state_find_camera(state, event->camera.site);
    const struct camera *camera = table_row(&state->cameras, ordinal);
    bool in_service = ordinal != 0 && camera->to_day == DAY_NEVER;
    if (event->kind == EVENT_CAMERA_INTEGRATED)
        return ordinal == 0 || refuse(ruling, VERDICT_ILLEGAL_TRANSITION, "site '%s' stands at %s", event->camera.site,
                                      in_service ? "INTEGRATED" : "RETIRED");
    if (ordinal == 0)
        return refuse(ruling, VERDICT_UNKNOWN_MATTER, "site '%s' does not exist", event->camera.site);
    return in_service || refuse(ruling, VERDICT_ILLEGAL_TRANSITION, "site '%s' stands at RETIRED", event->camera.site);
}

static bool judge_tally(const struct state *state, const struct event *event, struct ruling *ruling)
{
    if (event->tally.day > state->heads.today)
        return refuse(ruling, VERDICT_BAD_TIME, "day: lies ahead");
    return true;
}

static bool judge_target(const struct state *state, const struct event *event, struct ruling *ruling)
{
    if (event->target > state->heads.position)
        return refuse(ruling, VERDICT_UNKNOWN_MATTER, "target: nothing is recorded at position %llu",
                      (unsigned long long)event->target);
    if (state_find_attestation(state, event->target))
        return refuse(ruling, VERDICT_ILLEGAL_TRANSITION, "target: an attestation is withdrawn, not retracted");
    return true;
}

/* Whose a break or an opened matter is: the office that recorded it retracts it, or approves that as the second. */
static bool judge_owner(const struct state *state, uint32_t unit, uint32_t office, const struct publisher *publisher,
                        bool second, struct ruling *ruling)
{
    if (!state_unit_within(state, unit, publisher->root))
        return refuse(ruling, VERDICT_NOT_PERMITTED, "target: its unit is outside the publisher's subtree");
    bool owner = office == (uint32_t)publisher->office;
    if (!owner && !(second && publisher->office == OFFICE_LEADERSHIP))
        return refuse(ruling, VERDICT_NOT_PERMITTED, "target: recorded by another office");
    return true;
}

/* Whenever a break disappears two distinct identities are needed, each with its own event (ruling 20). */
static bool judge_retraction(const struct state *state, const struct event *event, const struct publisher *publisher,
                             struct ruling *ruling)
{
    uint32_t at = state_find_break(state, event->target);
    uint32_t opened = state_find_opened(state, event->target);
    if (at == 0 && opened == 0)
        return refuse(ruling, VERDICT_BAD_VALUE, "target: neither a break nor the opening of a matter");
    const struct zero_break *row = table_row(&state->breaks, at);
    const struct matter *matter = state_matter(state, at ? row->matter : opened);
    if ((at && row->lifted_at != 0) || (opened && state_matter(state, opened)->step == STEP_RETRACTED))
        return refuse(ruling, VERDICT_ILLEGAL_TRANSITION, "target: stands at RETRACTED");
    uint32_t first = at ? state_find_approval(state, event->target) : 0;
    if (!judge_owner(state, matter->unit, matter->office, publisher, first != 0, ruling))
        return false;
    const struct approval *approval = table_row(&state->approvals, first);
    if (first && strcmp(state_text(state, approval->identity), publisher->identity) == 0)
        return refuse(ruling, VERDICT_SECOND_APPROVER, "target: the second approval needs another identity");
    return true;
}

static bool judge_kind(const struct state *state, const struct event *event, const struct publisher *publisher,
                       struct ruling *ruling)
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
        return judge_matter(state, event, ruling);
    case EVENT_CAMERA_INTEGRATED:
    case EVENT_CAMERA_RETIRED:
        return judge_camera(state, event, ruling);
    case EVENT_ALERTS_TALLIED:
    case EVENT_PATROL_TALLIED:
    case EVENT_VOLUNTEER_TALLIED:
    case EVENT_PUBLICITY_TALLIED:
        return judge_tally(state, event, ruling);
    case EVENT_EVENT_CORRECTED:
        return judge_target(state, event, ruling);
    case EVENT_EVENT_RETRACTED:
        return judge_target(state, event, ruling) && judge_retraction(state, event, publisher, ruling);
    case EVENT_INSPECTION_RECORDED:
    case EVENT_SWEEP_RECORDED:
    case EVENT_EXPLOSIVES_CHECK_RECORDED:
    case EVENT_SELF_CHECK_RECORDED:
    case EVENT_DISCREPANCY_RAISED:
    case EVENT_DISCREPANCY_RESOLVED:
    case EVENT_CAMPAIGN_STARTED:
    case EVENT_CAMPAIGN_CLOSED:
    case EVENT_EVALUATION_PUBLISHED:
    case EVENT_POLICY_ADOPTED:
    case EVENT_HUB_CREATED:
    case EVENT_CLOCK_SET:
    case EVENT_DAY_CLOSED:
    case EVENT_PERIOD_CLOSED:
        return true;
    }
    abort(); /* decode lets no other kind through */
}

void domain_judge(const struct state *state, const struct event *event, const struct publisher *publisher,
                  int64_t recorded_at_us, struct ruling *ruling)
{
    *ruling = (struct ruling){.verdict = VERDICT_ACCEPTED};
    const struct policy *policy = state_policy(state);
    const office_set without_policy = OFFICE_BIT(OFFICE_OPERATOR) | OFFICE_BIT(OFFICE_HUB);
    if (!policy && !(catalogue_type(event->kind)->publishers & without_policy)) {
        refuse(ruling, VERDICT_NOT_PERMITTED, "no policy is adopted yet");
        return;
    }
    if (event->campaign[0] != '\0' && policy && !policy_has_campaign(policy, event->campaign)) {
        refuse(ruling, VERDICT_CAMPAIGN_UNKNOWN, "campaign '%s' is not in the policy", event->campaign);
        return;
    }
    if (!judge_time(state, event, recorded_at_us, ruling) || !judge_unit(state, event, publisher, ruling))
        return;
    if (!event_is_drill(event))
        (void)judge_kind(state, event, publisher, ruling); /* the ruling itself is the answer */
}
