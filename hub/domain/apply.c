#include "apply.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "day.h"
#include "status.h"

static void set_unit_facts(struct state *state, uint32_t ordinal, const struct event *event)
{
    struct unit *unit = state_unit(state, ordinal);
    if (event->unit_facts.parent[0] != '\0')
        unit->parent = state_find_unit(state, event->unit_facts.parent);
    if (event->unit_facts.has_attributes)
        unit->attributes = event->unit_facts.attributes;
    state->tree_version++;
}

static uint32_t register_unit(struct state *state, const struct event *event, uint64_t position)
{
    uint32_t ordinal = state_add_unit(state, event->unit, event->unit_facts.name);
    struct unit *unit = state_unit(state, ordinal);
    unit->kind = event->unit_facts.kind;
    unit->valid_from = event->unit_facts.from_day;
    unit->valid_to = DAY_NEVER;
    unit->registered_at = position;
    set_unit_facts(state, ordinal, event);
    return ordinal;
}

static void change_unit(struct state *state, uint32_t ordinal, const struct event *event)
{
    if (event->unit_facts.name[0] != '\0') {
        uint32_t name = state_add_text(state, event->unit_facts.name);
        state_unit(state, ordinal)->name = name;
    }
    set_unit_facts(state, ordinal, event);
}

static void forget_unit(struct state *state, uint32_t ordinal)
{
    for (int zero = 0; zero < ZERO_COUNT; zero++)
        status_now_forget(state, ordinal, (enum zero)zero);
}

static void end_unit(struct state *state, uint32_t ordinal, const struct event *event)
{
    struct unit *unit = state_unit(state, ordinal);
    unit->valid_to = event->unit_end.valid_to;
    if (event->unit_end.successor[0] != '\0')
        unit->successor = state_find_unit(state, event->unit_end.successor);
    forget_unit(state, ordinal);
    state->tree_version++;
}

static void cover_unit(struct state *state, uint32_t attestation, uint32_t ordinal, enum zero zero)
{
    uint32_t coverage = table_add(&state->coverages);
    struct unit *unit = state_unit(state, ordinal);
    *(struct coverage *)table_row(&state->coverages, coverage) =
        (struct coverage){.attestation = attestation, .next = unit->coverages[zero]};
    unit->coverages[zero] = coverage;
    status_now_forget(state, ordinal, zero);
}

static void attest(struct state *state, const struct event *event, const struct publisher *publisher,
                   const struct ruling *ruling, uint64_t position)
{
    enum zero zero = event->attested.zero;
    uint32_t ordinal = table_add(&state->attestations);
    *(struct attestation *)table_row(&state->attestations, ordinal) = (struct attestation){
        .position = position,
        .unit = ruling->unit,
        .from_day = event->attested.from_day,
        .to_day = event->attested.to_day,
        .zero = (uint8_t)zero,
        .office = (uint8_t)publisher->office,
        .basis = (uint8_t)event->attested.basis,
        .scope = event->attested.scope,
        .level = (uint8_t)publisher_level(state, publisher),
    };
    if (event->attested.scope) {
        for (uint32_t unit = 1; unit < state->units.count; unit++)
            if (unit_kind_counted((enum unit_kind)state_unit(state, unit)->kind) &&
                state_unit_within(state, unit, ruling->unit))
                cover_unit(state, ordinal, unit, zero);
        return;
    }
    for (uint32_t i = 0; i < event->attested.unit_count; i++)
        cover_unit(state, ordinal, state_find_unit(state, event->attested.units[i]), zero);
    if (event->attested.unit_count == 0)
        cover_unit(state, ordinal, ruling->unit, zero);
}

/* Which units an attestation covers is not kept with it: all caches of its zero are computed again. */
static void forget_zero(struct state *state, enum zero zero)
{
    for (uint32_t unit = 1; unit < state->units.count; unit++)
        status_now_forget(state, unit, zero);
}

static void review(struct state *state, const struct event *event, const struct publisher *publisher, uint64_t position)
{
    uint32_t ordinal = state_find_attestation(state, event->target);
    uint32_t added = table_add(&state->reviews);
    struct attestation *attestation = table_row(&state->attestations, ordinal);
    *(struct review *)table_row(&state->reviews, added) = (struct review){
        .position = position,
        .next = attestation->newest_review,
        .accepted = event->variant == 1,
        .level = (uint8_t)publisher_level(state, publisher),
    };
    attestation->newest_review = added;
    forget_zero(state, (enum zero)attestation->zero);
}

static void withdraw(struct state *state, const struct event *event, uint64_t position)
{
    struct attestation *attestation = table_row(&state->attestations, state_find_attestation(state, event->target));
    attestation->withdrawn_at = position;
    forget_zero(state, (enum zero)attestation->zero);
}

static bool accident_late(const struct policy *policy, const struct accident_facts *accident)
{
    return accident->reported_at_us - accident->known_at_us > (int64_t)policy->accident_limit_minutes * 60000000;
}

/* Facts that a new matter, or a later event about it, brings along. */
static void note_matter_facts(struct matter *matter, const struct event *event, const struct policy *policy,
                              int32_t day)
{
    if (event->kind == EVENT_PETITION_REGISTERED) {
        matter->grade = (uint8_t)event->petition.type;
        matter->due_day = day + policy->petition_registration_days;
    } else if (event->kind == EVENT_PETITION_FORWARDED || event->kind == EVENT_PETITION_ASSIGNED) {
        matter->due_day = event->due_day != DAY_NONE ? event->due_day : day + policy->petition_registration_days;
    } else if (event->kind == EVENT_PETITION_ACCEPTED) {
        matter->due_day = day + policy->petition_handling_days;
    } else if (event->kind == EVENT_HANDLING_EXTENDED) {
        matter->due_day += event->extended.days;
    } else if (event->kind == EVENT_HAZARD_FOUND) {
        matter->grade = (uint8_t)event->hazard.grade;
    } else if (event->kind == EVENT_HAZARD_FIXED_ON_SPOT) {
        matter->flags |= MATTER_ON_SPOT;
    } else if (event->kind == EVENT_RECTIFICATION_ORDERED || event->kind == EVENT_RECTIFICATION_EXTENDED) {
        matter->flags |= MATTER_ORDERED;
        matter->due_day = event->due_day;
    } else if (event->kind == EVENT_HAZARD_PLACARDED) {
        matter->flags |= MATTER_PLACARDED;
    } else if (event->kind == EVENT_ACCIDENT_REPORTED || event->kind == EVENT_ACCIDENT_SUPPLEMENTED) {
        matter->grade =
            (uint8_t)accident_grade(event->accident.deaths, event->accident.serious_injuries, event->accident.loss);
        if (event->kind == EVENT_ACCIDENT_REPORTED && accident_late(policy, &event->accident))
            matter->flags |= MATTER_LATE;
    } else if (event->kind == EVENT_CASE_FILED) {
        matter->grade = (uint8_t)event->filed.class;
    } else if (event->kind == EVENT_DISPUTE_OPENED) {
        if (strcmp(event->category, "DOMESTIC_VIOLENCE") == 0)
            matter->flags |= MATTER_VIOLENCE;
    } else if (event->kind == EVENT_MEDIATION_CHANNEL_SELECTED) {
        matter->channel = (uint8_t)event->mediation.channel;
    } else if (event->kind == EVENT_CONSENT_RECORDED && event->variant == 1) {
        matter->consents |= (uint8_t)(1u << event->consent.side);
    } else if (event->kind == EVENT_AGREEMENT_REACHED) {
        matter->flags |= MATTER_AGREED;
    } else if (event->kind == EVENT_AGREEMENT_PERFORMED) {
        matter->flags |= MATTER_PERFORMED;
    }
}

static uint32_t move_matter(struct state *state, const struct event *event, const struct publisher *publisher,
                            const struct ruling *ruling, uint64_t position)
{
    uint32_t ordinal = ruling->matter;
    if (ordinal == 0) {
        ordinal = state_add_matter(state, event->matter_kind, event->matter);
        struct matter *opened = state_matter(state, ordinal);
        opened->opened_at = position;
        opened->opened_day = ruling->day;
        opened->closed_day = DAY_NONE;
        opened->due_day = DAY_NONE;
        opened->unit = ruling->unit;
        opened->office = (uint8_t)publisher->office;
    }
    struct matter *matter = state_matter(state, ordinal);
    int32_t due_day = matter->due_day;
    note_matter_facts(matter, event, state_policy(state), ruling->day);
    if (matter->due_day != due_day) /* another clock, or another last day */
        matter->flags &= (uint8_t)~MATTER_OVERDUE;
    if (ruling->step == STEP_NONE)
        return ordinal;
    matter->step = (uint8_t)ruling->step;
    matter->moved_at = position;
    if (!step_is_final(ruling->step))
        matter->closed_day = DAY_NONE;
    else if (matter->closed_day == DAY_NONE)
        matter->closed_day = ruling->day;
    return ordinal;
}

static void tally(struct state *state, const struct event *event, const struct ruling *ruling)
{
    int32_t day = event->tally.day != DAY_NONE ? event->tally.day : ruling->day;
    for (int i = 0; i < TALLIES_PER_EVENT && event->tally.kinds[i] != TALLY_NONE; i++)
        state_tally(state, ruling->unit, day, event->tally.kinds[i])->count += event->tally.counts[i];
}

static void apply_camera(struct state *state, const struct event *event, const struct ruling *ruling)
{
    if (event->kind == EVENT_CAMERA_RETIRED) {
        struct camera *retired = table_row(&state->cameras, state_find_camera(state, event->camera.site));
        retired->to_day = ruling->day;
        return;
    }
    struct camera *camera = table_row(&state->cameras, state_add_camera(state, event->camera.site));
    camera->unit = ruling->unit;
    camera->from_day = ruling->day;
    camera->to_day = DAY_NEVER;
    camera->owner = event->camera.owner;
    camera->sign_posted = event->camera.sign_posted;
}

static void adopt_policy(struct state *state, const struct event *event, uint64_t position, int64_t recorded_at_us)
{
    uint32_t text = state_add_text(state, event->adopted.text);
    uint32_t ordinal = table_add(&state->policies);
    *(struct adopted_policy *)table_row(&state->policies, ordinal) = (struct adopted_policy){
        .position = position, .text = text, .effective_from = event->adopted.policy->effective_from};
    uint32_t rules = table_add(&state->rules);
    *(struct policy *)table_row(&state->rules, rules) = *event->adopted.policy;
    if (state->heads.today == DAY_NONE)
        state->heads.today = day_of_time(recorded_at_us, event->adopted.policy->zone_offset_minutes);
    for (uint32_t unit = 1; unit < state->units.count; unit++)
        forget_unit(state, unit);
}

static void lift_break(struct state *state, uint32_t ordinal, uint64_t position)
{
    struct zero_break *row = table_row(&state->breaks, ordinal);
    row->lifted_at = position;
    forget_unit(state, row->unit);
}

/* The opening of a matter is retracted at once; a break only by the second of two identities, at whose position it is
 * in force. */
static void retract(struct state *state, const struct event *event, const struct publisher *publisher,
                    uint64_t position)
{
    uint32_t at = state_find_break(state, event->target);
    uint32_t opened = state_find_opened(state, event->target);
    if (at && !state_find_approval(state, event->target)) {
        uint32_t identity = state_add_text(state, publisher->identity);
        uint32_t approval = table_add(&state->approvals);
        *(struct approval *)table_row(&state->approvals, approval) =
            (struct approval){.target = event->target, .position = position, .identity = identity};
        return;
    }
    if (at)
        lift_break(state, at, position);
    if (opened) {
        state_matter(state, opened)->step = STEP_RETRACTED;
        state_matter(state, opened)->moved_at = position;
    }
}

static void apply_kind(struct state *state, const struct event *event, const struct publisher *publisher,
                       const struct ruling *ruling, uint64_t position, int64_t recorded_at_us)
{
    switch (event->kind) {
    case EVENT_UNIT_REGISTERED:
        (void)register_unit(state, event, position);
        return;
    case EVENT_UNIT_CHANGED:
        change_unit(state, ruling->unit, event);
        return;
    case EVENT_UNIT_MERGED:
    case EVENT_UNIT_SPLIT:
    case EVENT_UNIT_RETIRED:
        end_unit(state, ruling->unit, event);
        return;
    case EVENT_ZERO_ATTESTED:
        attest(state, event, publisher, ruling, position);
        return;
    case EVENT_ATTESTATION_REVIEWED:
        review(state, event, publisher, position);
        return;
    case EVENT_ATTESTATION_WITHDRAWN:
        withdraw(state, event, position);
        return;
    case EVENT_CAMERA_INTEGRATED:
    case EVENT_CAMERA_RETIRED:
        apply_camera(state, event, ruling);
        return;
    case EVENT_PATROL_TALLIED:
    case EVENT_VOLUNTEER_TALLIED:
    case EVENT_PUBLICITY_TALLIED:
    case EVENT_INSPECTION_RECORDED:
    case EVENT_SWEEP_RECORDED:
        tally(state, event, ruling);
        return;
    case EVENT_POLICY_ADOPTED:
        adopt_policy(state, event, position, recorded_at_us);
        return;
    case EVENT_HUB_CREATED: {
        uint32_t hub = state_add_text(state, event->created.hub);
        state->heads.hub = hub;
        state->heads.demonstration = event->created.demonstration;
        return;
    }
    case EVENT_CLOCK_SET:
        if (event->clock.time_us > state->heads.recorded_at_us)
            state->heads.recorded_at_us = event->clock.time_us;
        return;
    case EVENT_EVENT_RETRACTED:
        retract(state, event, publisher, position);
        return;
    case EVENT_DEADLINE_PASSED:
        if (ruling->matter != 0)
            state_matter(state, ruling->matter)->flags |= MATTER_OVERDUE;
        return;
    case EVENT_DAY_CLOSED:
        state->heads.today = event->closed.day + 1;
        return;
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
    case EVENT_GRID_REPORTED:
    case EVENT_GRID_REGISTERED:
    case EVENT_GRID_DISPATCHED:
    case EVENT_GRID_HANDLED:
    case EVENT_GRID_ANSWERED:
    case EVENT_GRID_CHECKED:
    case EVENT_GRID_CLOSED:
        (void)move_matter(state, event, publisher, ruling, position);
        return;
    case EVENT_COUNSELLING_GIVEN:
    case EVENT_LEGAL_AID_OFFERED:
    case EVENT_JOINT_HANDLING_OPENED:
    case EVENT_MEMBER_JOINED:
    case EVENT_JOINT_TASK_ASSIGNED:
    case EVENT_JOINT_TASK_DONE:
    case EVENT_JOINT_HANDLING_CLOSED:
    case EVENT_CONSULTATION_HELD:
    case EVENT_SUPERVISION_ISSUED:
    case EVENT_SUPERVISION_ANSWERED:
    case EVENT_SUMMARY_NOTED:
    case EVENT_SEALED_NOTE_ADDED:
    case EVENT_MATTER_KEY_DESTROYED:
    case EVENT_ALERTS_TALLIED:
    case EVENT_EXPLOSIVES_CHECK_RECORDED:
    case EVENT_SELF_CHECK_RECORDED:
    case EVENT_DISCREPANCY_RAISED:
    case EVENT_DISCREPANCY_RESOLVED:
    case EVENT_CAMPAIGN_STARTED:
    case EVENT_CAMPAIGN_CLOSED:
    case EVENT_EVALUATION_PUBLISHED:
    case EVENT_PERIOD_CLOSED:
    case EVENT_EVENT_CORRECTED:
        return; /* kept and routed; they move no figure yet */
    }
    abort(); /* decode lets no other kind through */
}

/* Whether the event speaks of an accusation, which never counts and never reaches the accused unit. */
static bool about_accusation(const struct state *state, const struct event *event, uint32_t matter)
{
    if (event->kind == EVENT_EVENT_RETRACTED || event->kind == EVENT_EVENT_CORRECTED) {
        const struct matter *opened = state_matter(state, state_find_opened(state, event->target));
        return opened->kind == MATTER_PETITION && opened->grade == PETITION_ACCUSATION;
    }
    if (event->matter_kind != MATTER_PETITION)
        return false;
    if (event->kind == EVENT_PETITION_REGISTERED)
        return event->petition.type == PETITION_ACCUSATION;
    return matter != 0 && state_matter(state, matter)->grade == PETITION_ACCUSATION;
}

static void break_zero(struct state *state, const struct ruling *ruling, uint32_t matter, enum zero zero,
                       uint64_t position)
{
    uint32_t ordinal = table_add(&state->breaks);
    struct unit *unit = state_unit(state, ruling->unit);
    *(struct zero_break *)table_row(&state->breaks, ordinal) = (struct zero_break){
        .position = position,
        .unit = ruling->unit,
        .day = ruling->day,
        .next = unit->breaks[zero],
        .matter = matter,
    };
    unit->breaks[zero] = ordinal;
    status_now_break(state, ruling->unit, zero, ruling->day);
}

void domain_apply(struct state *state, const struct event *event, const struct publisher *publisher,
                  const struct ruling *ruling, uint64_t position, int64_t recorded_at_us, struct effects *effects)
{
    assert(position == state->heads.position + 1 && ruling->verdict == VERDICT_ACCEPTED);
    state->heads.position = position;
    state->heads.recorded_at_us = recorded_at_us;
    state->heads.offices[publisher->office] =
        (struct office_news){.position = position, .recorded_at_us = recorded_at_us};
    *effects = (struct effects){.unit = ruling->unit, .summary_changed = true};
    const struct policy *policy = state_policy(state);
    effects->restricted = about_accusation(state, event, ruling->matter);
    if (policy && (!effects->restricted || event->kind == EVENT_PETITION_REGISTERED))
        effects->routed_to = policy_routes(policy, event);
    if (event_is_drill(event))
        return;
    enum zero zero; /* by the policy before the event: adopting another one may move it in memory */
    bool breaks = policy && ruling->unit != 0 && !effects->restricted && policy_breaks(policy, event, &zero);
    apply_kind(state, event, publisher, ruling, position, recorded_at_us);
    if (event->kind == EVENT_UNIT_REGISTERED)
        effects->unit = state_find_unit(state, event->unit);
    if (breaks)
        break_zero(state, ruling, state_find_matter(state, event->matter_kind, event->matter), zero, position);
}
