#include "apply.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "amend.h"
#include "breaks.h"
#include "day.h"
#include "grant.h"
#include "joint.h"
#include "matter_key.h"
#include "moves.h"
#include "status.h"
#include "tree.h"
#include "triangulation.h"

/* ---- the tree ---- */

static void add_version(struct state *state, uint32_t ordinal, const struct unit_version *said)
{
    uint32_t added = table_add(&state->unit_versions);
    struct unit *unit = state_change_unit(state, ordinal);
    struct unit_version *row = table_change(&state->unit_versions, added);
    *row = *said;
    row->unit = ordinal;
    row->next = unit->versions;
    unit->versions = added;
}

static uint32_t register_unit(struct state *state, const struct event *event, uint64_t position)
{
    uint32_t ordinal = state_add_unit(state, event->unit, event->unit_facts.name);
    struct unit *unit = state_change_unit(state, ordinal);
    unit->kind = event->unit_facts.kind;
    unit->valid_from = event->unit_facts.from_day;
    unit->valid_to = DAY_NEVER;
    unit->registered_at = position;
    const struct unit_version said = {.position = position,
                                      .from_day = unit->valid_from,
                                      .parent = state_find_unit(state, event->unit_facts.parent),
                                      .name = unit->name,
                                      .says = SAYS_PARENT | SAYS_NAME | SAYS_ATTRIBUTES,
                                      .attributes = event->unit_facts.attributes};
    add_version(state, ordinal, &said);
    tree_refresh_unit(state, ordinal);
    state->tree_version++;
    return ordinal;
}

static void change_unit(struct state *state, uint32_t ordinal, const struct event *event, uint64_t position)
{
    struct unit_version said = {.position = position, .from_day = event->unit_facts.from_day};
    if (event->unit_facts.parent[0] != '\0') {
        said.parent = state_find_unit(state, event->unit_facts.parent);
        said.says |= SAYS_PARENT;
    }
    if (event->unit_facts.name[0] != '\0') {
        said.name = state_add_text(state, event->unit_facts.name);
        said.says |= SAYS_NAME;
    }
    if (event->unit_facts.has_attributes) {
        said.attributes = event->unit_facts.attributes;
        said.says |= SAYS_ATTRIBUTES;
    }
    add_version(state, ordinal, &said);
    tree_refresh_unit(state, ordinal);
    state->tree_version++;
}

static void forget_unit(struct state *state, uint32_t ordinal)
{
    for (int zero = 0; zero < ZERO_COUNT; zero++)
        status_now_forget(state, ordinal, (enum zero)zero);
}

static void succeed(struct state *state, uint32_t ended, uint32_t heir, int32_t day, uint64_t position)
{
    uint32_t added = table_add(&state->successions);
    struct unit *predecessor = state_change_unit(state, ended);
    struct unit *successor = state_change_unit(state, heir);
    *(struct succession *)table_change(&state->successions, added) = (struct succession){
        .position = position,
        .predecessor = ended,
        .successor = heir,
        .day = day,
        .next_of_predecessor = predecessor->successors,
        .next_of_successor = successor->predecessors,
    };
    predecessor->successors = added;
    successor->predecessors = added;
}

static void end_unit(struct state *state, uint32_t ordinal, const struct event *event, uint64_t position)
{
    struct unit *unit = state_change_unit(state, ordinal);
    unit->valid_to = event->unit_end.valid_to;
    unit->ended_at = position;
    /* The chain runs from the newest on: the first named shall head it, for territories go there. */
    for (uint32_t i = event->unit_end.successor_count; i-- > 0;)
        succeed(state, ordinal, state_find_unit(state, event->unit_end.successors[i]), unit->valid_to, position);
    forget_unit(state, ordinal);
    tree_refresh(state);
}

/* ---- attestations ---- */

static void cover_unit(struct state *state, uint32_t attestation, uint32_t ordinal, enum zero zero,
                       struct day_span days)
{
    struct unit *unit = state_change_unit(state, ordinal);
    struct coverage *newest = table_change(&state->coverages, unit->coverages[zero]);
    status_now_uncover(state, ordinal, zero);
    if (newest->attestation == attestation && newest->to_day + 1 == days.from) { /* it stayed where it was */
        newest->to_day = days.to;
        return;
    }
    uint32_t coverage = table_add(&state->coverages);
    *(struct coverage *)table_change(&state->coverages, coverage) = (struct coverage){
        .attestation = attestation, .next = unit->coverages[zero], .from_day = days.from, .to_day = days.to};
    unit->coverages[zero] = coverage;
}

/* The counted units that stand below the root on each of the days, in the tree as it is known now (ruling 13). */
static void cover_scope(struct state *state, uint32_t attestation, uint32_t root, enum zero zero, struct day_span days)
{
    enum { CHANGES_MAX = 1024 };
    int32_t changes[CHANGES_MAX];
    uint32_t count = tree_changes(state, SAYS_PARENT, days.from, days.to, changes, CHANGES_MAX);
    for (uint32_t i = 0; i < count; i++) {
        const struct day_span part = {changes[i], i + 1 < count ? changes[i + 1] - 1 : days.to};
        struct tree tree;
        tree_open(state, part.from, POSITION_END, &tree);
        for (uint32_t unit = 1; unit < tree.count; unit++)
            if (unit_kind_counted((enum unit_kind)state_unit(state, unit)->kind) && tree_within(&tree, unit, root))
                cover_unit(state, attestation, unit, zero, part);
        tree_close(&tree);
    }
}

/* How many days after the due of one of its days it is given (ruling 22): dues rise, so the first day that is no
 * history under the policy of its day is the latest. */
static uint16_t days_late(const struct state *state, const struct event *event)
{
    if (event->attested.basis == BASIS_HISTORIC)
        return 0;
    int32_t most = 0;
    for (uint32_t i = 0; i < state->timeline.count; i++) {
        const struct policy_span *held = &state->timeline.spans[i];
        const struct policy *policy = table_row(&state->rules, held->row);
        int32_t first = event->attested.from_day > held->from ? event->attested.from_day : held->from;
        int32_t last = event->attested.to_day < held->to ? event->attested.to_day : held->to;
        if (first < policy->starts_on)
            first = policy->starts_on;
        if (first <= last && state->heads.today - policy_due(policy, first) > most)
            most = state->heads.today - policy_due(policy, first);
    }
    return (uint16_t)(most > UINT16_MAX ? UINT16_MAX : most);
}

static void attest(struct state *state, const struct event *event, const struct publisher *publisher,
                   const struct ruling *ruling, uint64_t position)
{
    enum zero zero = event->attested.zero;
    const struct day_span days = {event->attested.from_day, event->attested.to_day};
    uint32_t ordinal = table_add(&state->attestations);
    *(struct attestation *)table_change(&state->attestations, ordinal) = (struct attestation){
        .position = position,
        .unit = ruling->unit,
        .from_day = days.from,
        .to_day = days.to,
        .zero = (uint8_t)zero,
        .office = (uint8_t)publisher->office,
        .basis = (uint8_t)event->attested.basis,
        .by_system = event->attested.by_system,
        .scope = event->attested.scope,
        .level = (uint8_t)publisher_level(state, publisher),
        .days_late = days_late(state, event),
    };
    if (event->attested.scope) {
        cover_scope(state, ordinal, ruling->unit, zero, days);
        return;
    }
    for (uint32_t i = 0; i < event->attested.unit_count; i++)
        cover_unit(state, ordinal, state_find_unit(state, event->attested.units[i]), zero, days);
    if (event->attested.unit_count == 0)
        cover_unit(state, ordinal, ruling->unit, zero, days);
}

/* Which units an attestation covers is not kept with it: all caches of its zero are computed again. */
static void forget_zero(struct state *state, enum zero zero)
{
    for (uint32_t unit = 1; unit < state->units.count; unit++)
        status_now_uncover(state, unit, zero);
}

/* Behind the newest review the one of a higher level than this that was said last. */
static uint32_t higher_than(const struct state *state, uint32_t newest, uint8_t level)
{
    const struct review *review = table_row(&state->reviews, newest);
    while (newest != 0 && review->level >= level) {
        newest = review->higher;
        review = table_row(&state->reviews, newest);
    }
    return newest;
}

static void review(struct state *state, const struct event *event, const struct publisher *publisher, uint64_t position)
{
    uint32_t ordinal = state_find_attestation(state, event->target);
    uint32_t added = table_add(&state->reviews);
    uint8_t level = (uint8_t)publisher_level(state, publisher);
    struct attestation *attestation = table_change(&state->attestations, ordinal);
    *(struct review *)table_change(&state->reviews, added) = (struct review){
        .position = position,
        .next = attestation->newest_review,
        .higher = higher_than(state, attestation->newest_review, level),
        .accepted = event->variant == 1,
        .level = level,
    };
    attestation->newest_review = added;
    forget_zero(state, (enum zero)attestation->zero);
}

static void withdraw(struct state *state, const struct event *event, uint64_t position)
{
    struct attestation *attestation = table_change(&state->attestations, state_find_attestation(state, event->target));
    attestation->withdrawn_at = position;
    forget_zero(state, (enum zero)attestation->zero);
}

/* ---- counts ---- */

static void tally(struct state *state, const struct event *event, const struct publisher *publisher,
                  const struct ruling *ruling, uint64_t position)
{
    const struct tally whose = {
        .position = position,
        .unit = ruling->unit,
        .day = event->tally.day != DAY_NONE ? event->tally.day : ruling->day,
        .office = (uint8_t)publisher->office,
    };
    const struct tally *added = tally_record(state, event, &whose, ruling_campaign(state, event, ruling));
    if (added)
        unit_swept(state_change_unit(state, ruling->unit), added);
}

static void self_check(struct state *state, const struct event *event, const struct publisher *publisher,
                       const struct ruling *ruling, uint64_t position)
{
    uint32_t added = table_add(&state->self_checks);
    *(struct self_check *)table_change(&state->self_checks, added) =
        (struct self_check){.position = position,
                            .unit = ruling->unit,
                            .day = ruling->day,
                            .answers = event->self_check.answers,
                            .office = publisher->office};
}

static void apply_camera(struct state *state, const struct event *event, const struct ruling *ruling, uint64_t position)
{
    if (event->kind == EVENT_CAMERA_RETIRED) {
        struct camera *retired = table_change(&state->cameras, state_find_camera(state, event->camera.site));
        retired->to_day = ruling->day;
        return;
    }
    struct camera *camera = table_change(&state->cameras, state_add_camera(state, event->camera.site));
    camera->position = position;
    camera->unit = ruling->unit;
    camera->from_day = ruling->day;
    camera->to_day = DAY_NEVER;
    camera->owner = event->camera.owner;
    camera->sign_posted = event->camera.sign_posted;
}

/* ---- the programme ---- */

/* The campaign that an event names; the first event that does makes its row. */
static struct campaign_progress *take_campaign(struct state *state, const char *code)
{
    uint32_t found = state_find_campaign(state, code);
    if (found == 0) {
        uint32_t text = state_take_code(state, code);
        found = table_add(&state->campaigns);
        *(struct campaign_progress *)table_change(&state->campaigns, found) =
            (struct campaign_progress){.code = text, .from_day = DAY_NONE, .to_day = DAY_NONE};
    }
    return table_change(&state->campaigns, found);
}

static void apply_campaign(struct state *state, const struct event *event, uint64_t position)
{
    struct campaign_progress *campaign = take_campaign(state, event->campaign_days.code);
    if (event->kind == EVENT_CAMPAIGN_CLOSED) {
        campaign->closed_at = position;
        return;
    }
    campaign->started_at = position;
    campaign->closed_at = 0;
    campaign->from_day = event->campaign_days.from_day;
    campaign->to_day = event->campaign_days.to_day;
}

static void apply_discrepancy(struct state *state, const struct event *event, const struct ruling *ruling,
                              uint64_t position)
{
    if (event->kind == EVENT_DISCREPANCY_RESOLVED) {
        struct discrepancy *found =
            table_change(&state->discrepancies, state_find_discrepancy(state, event->discrepancy.code));
        found->resolved_at = position;
        found->finding = event->variant;
        return;
    }
    uint32_t rule = state_take_code(state, event->discrepancy.rule);
    uint32_t added = state_add_discrepancy(state, event->discrepancy.code);
    struct discrepancy *raised = table_change(&state->discrepancies, added);
    *raised = (struct discrepancy){.raised_at = position,
                                   .evidence = event->discrepancy.evidence,
                                   .code = raised->code,
                                   .rule = rule,
                                   .unit = ruling->unit,
                                   .offices = event->named,
                                   .day = ruling->day};
    for (uint32_t i = state_find_suspicion(state, raised->evidence); i != 0 && i < state->suspicions.count; i++) {
        const struct suspicion *suspicion = table_row(&state->suspicions, i);
        if (suspicion->evidence != raised->evidence)
            return;
        if (suspicion->rule != rule)
            continue;
        ((struct suspicion *)table_change(&state->suspicions, i))->settled = 1;
        raised->day = suspicion->day;
    }
}

static void evaluate(struct state *state, const struct event *event, uint64_t position)
{
    uint32_t policy = state_take_code(state, event->evaluation.policy_version);
    for (uint32_t i = 0; i < event->evaluation.count; i++) {
        uint32_t added = table_add(&state->evaluations);
        *(struct evaluation *)table_change(&state->evaluations, added) =
            (struct evaluation){.position = position,
                                .known_at = event->target,
                                .unit = state_find_unit(state, event->evaluation.results[i].unit),
                                .year = event->evaluation.year,
                                .met = event->evaluation.results[i].met,
                                .policy = policy};
    }
}

/* ---- rules and time ---- */

static void open_day(struct state *state, uint64_t position)
{
    uint32_t added = table_add(&state->days);
    *(struct day_opened *)table_change(&state->days, added) =
        (struct day_opened){.position = position, .day = state->heads.today};
}

static void adopt_policy(struct state *state, const struct event *event, uint64_t position, int64_t recorded_at_us)
{
    uint32_t text = state_add_text(state, event->adopted.text);
    uint32_t ordinal = table_add(&state->policies);
    *(struct adopted_policy *)table_change(&state->policies, ordinal) = (struct adopted_policy){
        .position = position, .text = text, .effective_from = event->adopted.policy->effective_from};
    uint32_t rules = table_add(&state->rules);
    struct policy *policy = table_change(&state->rules, rules);
    *policy = *event->adopted.policy;
    policy_index(policy);
    if (state->heads.today == DAY_NONE) {
        state->heads.today = day_of_time(recorded_at_us, event->adopted.policy->zone_offset_minutes);
        open_day(state, position);
        tree_refresh(state);
    }
    state_timeline(state, POSITION_END, &state->timeline);
    breaks_rebuild(state); /* it may look at kinds of events that no policy looked at before */
    for (uint32_t unit = 1; unit < state->units.count; unit++)
        forget_unit(state, unit);
}

/* A change of the tree that was announced holds from this day on. */
static bool tree_changes_on(const struct state *state, int32_t day)
{
    int32_t days[2];
    return tree_changes(state, SAYS_PARENT | SAYS_NAME | SAYS_ATTRIBUTES, day - 1, day, days, 2) > 1;
}

static void close_day(struct state *state, const struct event *event, uint64_t position)
{
    state->heads.today = event->closed.day + 1;
    state->heads.day_opened_at = position;
    open_day(state, position);
    if (tree_changes_on(state, state->heads.today))
        tree_refresh(state);
    triangulation_settle(state, event->closed.day);
}

/* ---- matters ---- */

/* A break that has just been recorded; everything else about statuses was forgotten where it changed. */
static void note_break(struct state *state, uint32_t move)
{
    struct break_found found;
    if (!state->looked_at[state_move(state, move)->kind] ||
        !move_breaks(state, &state->timeline, move, POSITION_END, &found))
        return;
    status_now_break(state, state_move(state, move)->unit, found.zero, found.day);
    uint32_t territory = found.policy->territory_too ? move_territory(state, state_move(state, move)) : 0;
    if (territory != 0)
        status_now_forget(state, territory, found.zero);
}

static void apply_matter(struct state *state, const struct event *event, const struct publisher *publisher,
                         const struct ruling *ruling, uint64_t position, int64_t recorded_at_us)
{
    uint32_t move = move_record(state, event, publisher, ruling, position, recorded_at_us);
    if (joint_speaks(event->kind))
        joint_apply(state, event, publisher, ruling, position);
    else if (matter_key_speaks(event->kind))
        matter_key_apply(state, event, publisher, ruling, position);
    else if (event->kind == EVENT_ACCIDENT_SUPPLEMENTED)
        supplement_apply(state, event, publisher, ruling, position);
    else if (event->kind == EVENT_DEADLINE_PASSED &&
             (event->variant == CLOCK_TASK || event->variant == CLOCK_SUPERVISION))
        joint_escalate(state, event, ruling->matter);
    note_break(state, move);
}

static void apply_kind(struct state *state, const struct event *event, const struct publisher *publisher,
                       const struct ruling *ruling, uint64_t position, int64_t recorded_at_us)
{
    switch (event->kind) {
    case EVENT_UNIT_REGISTERED:
        (void)register_unit(state, event, position);
        return;
    case EVENT_UNIT_CHANGED:
        change_unit(state, ruling->unit, event, position);
        return;
    case EVENT_UNIT_MERGED:
    case EVENT_UNIT_SPLIT:
    case EVENT_UNIT_RETIRED:
        end_unit(state, ruling->unit, event, position);
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
        apply_camera(state, event, ruling, position);
        return;
    case EVENT_PATROL_TALLIED:
    case EVENT_VOLUNTEER_TALLIED:
    case EVENT_PUBLICITY_TALLIED:
    case EVENT_INSPECTION_RECORDED:
    case EVENT_SWEEP_RECORDED:
    case EVENT_EXPLOSIVES_CHECK_RECORDED:
        tally(state, event, publisher, ruling, position);
        return;
    case EVENT_SELF_CHECK_RECORDED:
        self_check(state, event, publisher, ruling, position);
        return;
    case EVENT_POLICY_ADOPTED:
        if (ruling->waits) {
            grant_propose_policy(state, event, publisher, position, recorded_at_us);
            return;
        }
        grant_confirm_policy(state, event, position, recorded_at_us);
        adopt_policy(state, event, position, recorded_at_us);
        return;
    case EVENT_ACCESS_GRANTED:
    case EVENT_ACCESS_REVOKED:
    case EVENT_ACCESS_PROPOSED:
    case EVENT_LOG_KEY_REPLACED:
    case EVENT_PROPOSAL_WITHDRAWN:
        grant_apply(state, event, position, recorded_at_us);
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
    case EVENT_EVENT_CORRECTED:
    case EVENT_EVENT_RETRACTED:
        amend_apply(state, event, publisher, ruling, position);
        return;
    case EVENT_DAY_CLOSED:
        close_day(state, event, position);
        return;
    case EVENT_CAMPAIGN_STARTED:
    case EVENT_CAMPAIGN_CLOSED:
        apply_campaign(state, event, position);
        return;
    case EVENT_DISCREPANCY_RAISED:
    case EVENT_DISCREPANCY_RESOLVED:
        apply_discrepancy(state, event, ruling, position);
        return;
    case EVENT_EVALUATION_PUBLISHED:
        evaluate(state, event, position);
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
    case EVENT_MATTER_TRANSFERRED:
    case EVENT_HAZARD_FOUND:
    case EVENT_HAZARD_FIXED_ON_SPOT:
    case EVENT_RECTIFICATION_ORDERED:
    case EVENT_HAZARD_PLACARDED:
    case EVENT_RECTIFICATION_REPORTED:
    case EVENT_HAZARD_VERIFIED:
    case EVENT_RECTIFICATION_EXTENDED:
    case EVENT_ACCIDENT_REPORTED:
    case EVENT_ACCIDENT_SUPPLEMENTED:
    case EVENT_ACCIDENT_CONCLUDED:
    case EVENT_HAZARD_REOPENED:
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
        apply_matter(state, event, publisher, ruling, position, recorded_at_us);
        return;
    case EVENT_ALERTS_TALLIED: /* for triangulation only */
    case EVENT_PERIOD_CLOSED:
        return;
    }
    abort(); /* decode lets no other kind through */
}

static bool makes_accusation(const struct event *event)
{
    return event->kind == EVENT_PETITION_REGISTERED && event->petition.type == PETITION_ACCUSATION;
}

/* Whether the event speaks of an accusation, which never counts and never reaches the accused unit. */
static bool about_accusation(const struct state *state, const struct event *event, uint32_t matter)
{
    if (event->kind == EVENT_EVENT_CORRECTED && makes_accusation(event->correction.replacement))
        return true;
    if (event->kind == EVENT_EVENT_RETRACTED || event->kind == EVENT_EVENT_CORRECTED)
        matter = amend_matter_of(state, event->target);
    else if (event->matter_kind != MATTER_PETITION)
        return false;
    else if (event->kind == EVENT_PETITION_REGISTERED)
        return makes_accusation(event);
    const struct matter *row = state_matter(state, matter);
    return matter != 0 && row->kind == MATTER_PETITION && row->grade == PETITION_ACCUSATION;
}

/* Who is told: by the policy, with what the matter's handling says once the event is applied. */
static office_set routes_of(const struct state *state, const struct event *event, enum office publisher,
                            uint32_t matter, bool restricted)
{
    const struct policy *policy = state_policy(state);
    if (!policy || (restricted && event->kind != EVENT_PETITION_REGISTERED &&
                    !(event->kind == EVENT_MATTER_TRANSFERRED && event->to_office == OFFICE_DISCIPLINE)))
        return 0;
    const struct matter *row = state_matter(state, matter);
    const struct route_context context = {
        .publisher = publisher,
        .matter_kind = event->matter_kind,
        .handler = (enum office)row->handler,
        .joint = matter ? joint_offices(state, row) : 0,
    };
    return policy_routes(policy, event, &context) | matter_key_routes(state, event, publisher, matter);
}

/* The day that a record is evidence of: a tally names its own. */
static int32_t suspect_day(const struct event *event, const struct ruling *ruling)
{
    bool tallied = event->kind == EVENT_ALERTS_TALLIED && event->alerts.day != DAY_NONE;
    return tallied ? event->alerts.day : ruling->day;
}

/* When the unit was last heard of. A zero report from the desk says nothing of it (静默单位), and an accusation leaves
 * no trace at the unit (信访工作条例 art. 30). */
static void note_heard(struct state *state, const struct event *event, const struct ruling *ruling, bool restricted)
{
    bool desk = event->kind == EVENT_ZERO_ATTESTED && event->attested.basis != BASIS_SITE_VISIT;
    if (ruling->unit != 0 && !desk && !restricted && ruling->day > state_unit(state, ruling->unit)->last_event_day)
        state_change_unit(state, ruling->unit)->last_event_day = ruling->day;
}

/* Whose record it is: one that speaks of another record is of that one's unit, whatever its envelope names or leaves
 * out, so that nobody reads it outside that unit's subtree. */
static uint32_t unit_of(const struct state *state, const struct event *event, const struct ruling *ruling)
{
    bool of_another = event->kind == EVENT_EVENT_CORRECTED || event->kind == EVENT_EVENT_RETRACTED ||
                      event->kind == EVENT_ATTESTATION_REVIEWED || event->kind == EVENT_ATTESTATION_WITHDRAWN;
    uint32_t unit = of_another ? amend_unit_of(state, event->target) : 0;
    return unit != 0 ? unit : ruling->unit;
}

void domain_apply(struct state *state, const struct event *event, const struct publisher *publisher,
                  const struct ruling *ruling, uint64_t position, int64_t recorded_at_us, struct effects *effects)
{
    assert(position == state->heads.position + 1 && ruling->verdict == VERDICT_ACCEPTED);
    state->heads.position = position;
    state->heads.recorded_at_us = recorded_at_us;
    state->heads.offices[publisher->office] =
        (struct office_news){.position = position, .recorded_at_us = recorded_at_us};
    *effects = (struct effects){.unit = unit_of(state, event, ruling), .summary_changed = true};
    effects->restricted = about_accusation(state, event, ruling->matter);
    if (event_is_drill(event)) {
        effects->routed_to = routes_of(state, event, publisher->office, ruling->matter, effects->restricted);
        return;
    }
    if (event->campaign[0] != '\0' && !effects->restricted) {
        struct campaign_progress *campaign = ruling->campaign ? table_change(&state->campaigns, ruling->campaign)
                                                              : take_campaign(state, event->campaign);
        campaign->events++;
        campaign->last_event_at = position;
    }
    note_heard(state, event, ruling, effects->restricted);
    apply_kind(state, event, publisher, ruling, position, recorded_at_us);
    if (ruling->unit != 0 && !effects->restricted) /* a question about an accusation would be one about the accused */
        triangulation_suspect(state, event, ruling->unit, suspect_day(event, ruling), position);
    if (event->kind == EVENT_UNIT_REGISTERED)
        effects->unit = state_find_unit(state, event->unit);
    uint32_t matter = ruling->matter;
    if (matter == 0 && event->matter[0] != '\0') /* opened by this event */
        matter = state_find_matter(state, event->matter_kind, event->matter);
    effects->routed_to = routes_of(state, event, publisher->office, matter, effects->restricted);
    if (grant_is_private(event->kind)) { /* who has which key is no other office's business */
        effects->restricted = true;
        effects->routed_to = OFFICE_BIT(OFFICE_OPERATOR);
    }
}
