#include "judge.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amend.h"
#include "catalogue.h"
#include "code.h"
#include "day.h"
#include "joint.h"
#include "status.h"
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
        return ruling_refuse(ruling, VERDICT_BAD_TIME, "occurred_at lies ahead of the hub's clock by more than %d minutes",
                      policy->future_tolerance_minutes);
    if (ruling->day < policy->starts_on && !policy->history_accepted && !of_the_hub(event)) {
        char start[DAY_TEXT_SIZE];
        day_format(policy->starts_on, start);
        return ruling_refuse(ruling, VERDICT_BAD_TIME, "occurred_at lies before the policy's start on %s", start);
    }
    return true;
}

/* A code of 18 characters may be an identity number that slipped in: it is quoted nowhere. */
static const char *quoted(const char *code)
{
    return strlen(code) > GRID_DIGITS ? "of 18 characters" : code;
}

/* Whether the event speaks of a matter that exists: what a unit left open is carried on after its end. */
static bool about_existing_matter(const struct state *state, const struct event *event)
{
    return event->matter[0] != '\0' && event->matter_kind != MATTER_NONE &&
           state_find_matter(state, event->matter_kind, event->matter) != 0;
}

/* The unit must exist, stand in the publisher's subtree and live on the day, but for what speaks of its past:
 * attestations, and matters that it left behind. */
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
        return ruling_refuse(ruling, VERDICT_UNKNOWN_UNIT, "unit '%s' is not in the tree", quoted(event->unit));
    if (!state_unit_within(state, ruling->unit, publisher->root))
        return ruling_refuse(ruling, VERDICT_NOT_PERMITTED, "unit '%s' is outside the publisher's subtree", event->unit);
    const struct unit *unit = state_unit(state, ruling->unit);
    if (unit_lives(unit, ruling->day, POSITION_END) || event->kind == EVENT_ZERO_ATTESTED ||
        about_existing_matter(state, event))
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
        return ruling_refuse(ruling, VERDICT_UNKNOWN_UNIT, "parent '%s' is not in the tree", code);
    if (!state_unit_within(state, parent, publisher->root))
        return ruling_refuse(ruling, VERDICT_NOT_PERMITTED, "parent '%s' is outside the publisher's subtree", code);
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
        return ruling_refuse(ruling, VERDICT_BAD_VALUE, "unit: '%s': character %zu: %s", quoted(event->unit),
                             flaw.position, flaw.text);
    if (!unit_kind_fits(event->unit_facts.kind, form))
        return ruling_refuse(ruling, VERDICT_BAD_VALUE, "kind: does not fit the code '%s'", event->unit);
    if (state_find_unit(state, event->unit))
        return ruling_refuse(ruling, VERDICT_DUPLICATE_UNIT, "unit '%s' was registered before", event->unit);
    if (event->unit_facts.parent[0] == '\0' && publisher->root != 0)
        return ruling_refuse(ruling, VERDICT_NOT_PERMITTED, "a root is registered by an identity for the whole tree only");
    return judge_parent(state, event, event->unit_facts.kind, publisher, ruling);
}

static bool judge_change(const struct state *state, const struct event *event, const struct publisher *publisher,
                         struct ruling *ruling)
{
    const struct unit *unit = state_unit(state, ruling->unit);
    if (event->unit_facts.from_day <= unit->valid_from || event->unit_facts.from_day >= unit->valid_to)
        return ruling_refuse(ruling, VERDICT_BAD_VALUE, "effective: not behind the unit's first day and within its life");
    if (event->unit_facts.parent[0] == '\0')
        return true;
    return judge_parent(state, event, (enum unit_kind)unit->kind, publisher, ruling);
}

/* Villages and communities may take each other's place, and so may enterprises and institutions. */
static bool kinds_succeed(enum unit_kind ended, enum unit_kind heir)
{
    bool places = (ended == UNIT_VILLAGE || ended == UNIT_COMMUNITY) && (heir == UNIT_VILLAGE || heir == UNIT_COMMUNITY);
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
        return ruling_refuse(ruling, VERDICT_UNKNOWN_UNIT, "successor '%s' is not in the tree", quoted(code));
    if (successor == ruling->unit)
        return ruling_refuse(ruling, VERDICT_BAD_VALUE, "successor: the unit itself");
    if (!unit_lives(heir, event->unit_end.valid_to, POSITION_END))
        return ruling_refuse(ruling, VERDICT_NOT_VALID, "successor '%s' does not live on the first day without the unit",
                             code);
    if (!kinds_succeed((enum unit_kind)state_unit(state, ruling->unit)->kind, (enum unit_kind)heir->kind))
        return ruling_refuse(ruling, VERDICT_BAD_VALUE, "successor: '%s' is of another kind", code);
    return true;
}

static bool judge_end(const struct state *state, const struct event *event, struct ruling *ruling)
{
    const struct unit *unit = state_unit(state, ruling->unit);
    if (unit->ended_at != 0)
        return ruling_refuse(ruling, VERDICT_NOT_VALID, "unit '%s' has ended before", event->unit);
    if (event->unit_end.valid_to <= unit->valid_from)
        return ruling_refuse(ruling, VERDICT_BAD_VALUE, "valid_to: not after the unit's first day");
    for (uint32_t i = 0; i < event->unit_end.successor_count; i++)
        if (!judge_successor(state, event, event->unit_end.successors[i], ruling))
            return false;
    return true;
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
            return ruling_refuse(ruling, VERDICT_UNKNOWN_UNIT, "units: '%s' is not in the tree", event->attested.units[i]);
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

static bool stands_at(struct ruling *ruling, const struct matter *matter, const char *why)
{
    return ruling_refuse(ruling, VERDICT_ILLEGAL_TRANSITION, "%s; it stands at %s", why,
                         step_name((enum step)matter->step));
}

static bool judge_hazard_rules(const struct state *state, const struct event *event, const struct publisher *publisher,
                               const struct matter *matter, struct ruling *ruling)
{
    bool major = matter->grade == HAZARD_MAJOR;
    if (event->kind == EVENT_HAZARD_FIXED_ON_SPOT && major)
        return stands_at(ruling, matter, "a MAJOR hazard is never fixed on the spot");
    if (event->kind == EVENT_RECTIFICATION_REPORTED && major && !(matter->flags & MATTER_PLACARDED))
        return stands_at(ruling, matter, "a MAJOR hazard is placarded first");
    if (event->kind == EVENT_HAZARD_PLACARDED && !major)
        return stands_at(ruling, matter, "only MAJOR hazards are placarded");
    if (event->kind == EVENT_RECTIFICATION_EXTENDED && event->due_day <= matter->due_day)
        return ruling_refuse(ruling, VERDICT_BAD_VALUE, "new_due_day: not behind the last day that holds now");
    bool checks = event->kind == EVENT_HAZARD_VERIFIED || event->kind == EVENT_GRID_CHECKED;
    bool same_visit = (matter->flags & MATTER_ON_SPOT) && state_policy(state)->verify_on_spot;
    if (!checks || same_visit || matter->worker == 0)
        return true;
    bool another = matter->worker != publisher->office ||
                   matter->worker_level != (uint8_t)publisher_level(state, publisher) ||
                   (event->role != 0 && matter->handler_role != 0 && event->role != matter->handler_role);
    return another || ruling_refuse(ruling, VERDICT_NOT_PERMITTED,
                                    "the checker is not the handler: another office, level or role must check");
}

static bool judge_mediation_rules(const struct state *state, const struct event *event, const struct matter *matter,
                                  struct ruling *ruling)
{
    enum { BOTH_SIDES = 1 << 1 | 1 << 2 };
    if (matter->kind == MATTER_DISPUTE && (matter->flags & MATTER_VIOLENCE) && ruling->step != STEP_ENDED)
        return ruling_refuse(ruling, VERDICT_ILLEGAL_TRANSITION, "domestic violence is not mediated");
    if (event->kind == EVENT_CONSENT_RECORDED && (matter->consents >> event->consent.side & 1))
        return stands_at(ruling, matter, "this side agreed before");
    if (event->kind == EVENT_CONSENT_RECORDED && (matter->flags & MATTER_REFUSED))
        return stands_at(ruling, matter, "a side refused mediation");
    if (event->kind == EVENT_MEDIATION_REGISTERED && (matter->consents & BOTH_SIDES) != BOTH_SIDES)
        return stands_at(ruling, matter, "mediation needs the consent of both sides");
    if (event->kind == EVENT_MEDIATION_REGISTERED && (matter->flags & MATTER_REFUSED))
        return stands_at(ruling, matter, "a side refused mediation");
    if (event->kind == EVENT_COURT_CONFIRMATION_REQUESTED && matter->closed_day != DAY_NONE &&
        ruling->day > matter->closed_day + state_policy(state)->court_confirmation_days)
        return stands_at(ruling, matter, "the days to ask for court confirmation are over");
    return true;
}

static bool judge_petition_rules(const struct state *state, const struct event *event, const struct publisher *publisher,
                                 const struct matter *matter, struct ruling *ruling)
{
    const struct policy *policy = state_policy(state);
    struct limit objection = policy->limits[CLOCK_OBJECTION];
    if (matter->step == STEP_OBJECTED && event->kind == EVENT_PETITION_ACCEPTED &&
        !(joint_of(state, matter) && publisher->office == joint_of(state, matter)->lead))
        return stands_at(ruling, matter, "after an objection only the lead of a joint handling accepts");
    if (event->kind == EVENT_ASSIGNMENT_OBJECTED && objection.days > 0 &&
        ruling->day > calendar_due(&policy->calendar, matter->clock_from, objection))
        return stands_at(ruling, matter, "the days to object are over");
    if (event->kind == EVENT_HANDLING_EXTENDED && event->extended.days > policy->extension_days_max)
        return ruling_refuse(ruling, VERDICT_BAD_VALUE, "days: more than the policy's %d", policy->extension_days_max);
    if (event->kind == EVENT_REVIEW_REQUESTED) {
        const struct move *reply = state_move(state, matter->moves);
        while (reply->position != matter->moved_at)
            reply = state_move(state, reply->next);
        if (ruling->day > reply->day + policy->ask_review_days)
            return stands_at(ruling, matter, "the days to ask for a review are over");
    }
    return true;
}

/* What every office may publish, it may about matters that it opened, handles or leads. */
static bool judge_competence(const struct state *state, const struct event *event, const struct publisher *publisher,
                             const struct matter *matter, struct ruling *ruling)
{
    const struct joint *joint = joint_of(state, matter);
    bool by_any = event->kind == EVENT_ASSIGNMENT_OBJECTED || event->kind == EVENT_PETITION_ACCEPTED ||
                  event->kind == EVENT_PETITION_NOT_ACCEPTED || event->kind == EVENT_PETITION_DIVERTED ||
                  event->kind == EVENT_HANDLING_EXTENDED || event->kind == EVENT_OPINION_ISSUED ||
                  event->kind == EVENT_MATTER_CLOSED || event->kind == EVENT_MATTER_REOPENED ||
                  event->kind == EVENT_MATTER_TRANSFERRED || event->kind == EVENT_GRID_HANDLED ||
                  event->kind == EVENT_GRID_ANSWERED;
    bool concerned = matter->office == publisher->office || matter->handler == publisher->office ||
                     (joint && (joint_offices(state, matter) & OFFICE_BIT(publisher->office)));
    return !by_any || concerned ||
           ruling_refuse(ruling, VERDICT_NOT_PERMITTED, "matter '%s' is another office's", event->matter);
}

/* Rules of a move beyond the table. */
static bool judge_move_rules(const struct state *state, const struct event *event, const struct publisher *publisher,
                             const struct matter *matter, struct ruling *ruling)
{
    if (matter->kind == MATTER_PETITION && event->kind == EVENT_MEDIATION_ENDED && (matter->flags & MATTER_EXTENDED))
        ruling->step = STEP_EXTENDED;
    if (!judge_hazard_rules(state, event, publisher, matter, ruling) ||
        !judge_mediation_rules(state, event, matter, ruling) ||
        !judge_petition_rules(state, event, publisher, matter, ruling))
        return false;
    const struct task *open = step_is_final(ruling->step) ? joint_open_task(state, matter) : NULL;
    if (open)
        return ruling_refuse(ruling, VERDICT_ILLEGAL_TRANSITION,
                             "joint task '%s' is neither done nor released; it stands at %s",
                             state_text(state, open->code), step_name((enum step)matter->step));
    return event->kind != EVENT_ACCIDENT_SUPPLEMENTED || supplement_judge(state, event, publisher, ruling);
}

/* 一案一码: a code of that form must carry the right check character, and the policy may ask for the form. */
static bool judge_matter_code(const struct state *state, const struct event *event, struct ruling *ruling)
{
    struct code_flaw flaw;
    bool registered = event->matter_kind == MATTER_PETITION || event->matter_kind == MATTER_DISPUTE ||
                      event->matter_kind == MATTER_SEVEN_STEPS;
    if (!matter_code_is_formed(event->matter) && !(registered && state_policy(state)->matter_codes_required))
        return true;
    return matter_code_check(event->matter, &flaw) ||
           ruling_refuse(ruling, VERDICT_BAD_VALUE, "matter: character %zu: %s", flaw.position, flaw.text);
}

static bool judge_opening(const struct state *state, const struct event *event, bool moves, struct ruling *ruling)
{
    ruling->step = moves ? matter_next(event->matter_kind, STEP_NONE, event->kind, event->variant) : STEP_NONE;
    if (ruling->step == STEP_NONE)
        return ruling_refuse(ruling, VERDICT_UNKNOWN_MATTER, "matter '%s' does not exist", event->matter);
    return judge_matter_code(state, event, ruling);
}

/* The unit that the event names: the matter's, or what took its place since. */
static bool judge_matter_unit(const struct state *state, const struct event *event, const struct matter *matter,
                              struct ruling *ruling)
{
    uint32_t unit = matter->unit;
    for (int i = 0; i < STATUS_FAMILY_MAX && unit != 0 && unit != ruling->unit; i++) {
        const struct succession *succession = table_row(&state->successions, state_unit(state, unit)->successors);
        unit = state_unit(state, unit)->successors ? succession->successor : 0;
    }
    return unit == ruling->unit ||
           ruling_refuse(ruling, VERDICT_BAD_VALUE, "unit: matter '%s' belongs to another unit", event->matter);
}

static bool judge_matter(const struct state *state, const struct event *event, const struct publisher *publisher,
                         struct ruling *ruling)
{
    if (event->matter[0] == '\0' || event->matter_kind == MATTER_NONE)
        return ruling_refuse(ruling, VERDICT_MISSING_FIELD, "matter: required for %s", catalogue_type(event->kind)->name);
    ruling->matter = state_find_matter(state, event->matter_kind, event->matter);
    bool moves = matter_moved_by(event->kind);
    if (ruling->matter == 0)
        return judge_opening(state, event, moves, ruling);
    const struct matter *matter = state_matter(state, ruling->matter);
    if (!judge_matter_unit(state, event, matter, ruling) ||
        !judge_competence(state, event, publisher, matter, ruling))
        return false;
    if (joint_speaks(event->kind))
        return joint_judge(state, event, publisher, ruling);
    if (!moves)
        return matter->step != STEP_RETRACTED || stands_at(ruling, matter, "its opening was retracted");
    ruling->step = matter_next(event->matter_kind, (enum step)matter->step, event->kind, event->variant);
    if (ruling->step == STEP_NONE)
        return ruling_refuse(ruling, VERDICT_ILLEGAL_TRANSITION, "matter '%s' cannot take %s: it stands at %s",
                             event->matter, catalogue_type(event->kind)->name, step_name((enum step)matter->step));
    return judge_move_rules(state, event, publisher, matter, ruling);
}

/* Who receives a matter may not have it already, and an accusation goes to discipline alone (art. 30). */
static bool judge_transfer(const struct state *state, const struct event *event, struct ruling *ruling)
{
    const struct matter *matter = state_matter(state, ruling->matter);
    uint32_t holder = matter->handler ? matter->handler : matter->office;
    if (step_is_final((enum step)matter->step))
        return stands_at(ruling, matter, "only an open matter is transferred");
    if (holder == event->to_office)
        return ruling_refuse(ruling, VERDICT_BAD_VALUE, "to_office: has the matter already");
    if (matter->kind == MATTER_PETITION && matter->grade == PETITION_ACCUSATION &&
        event->to_office != OFFICE_DISCIPLINE)
        return ruling_refuse(ruling, VERDICT_NOT_PERMITTED, "to_office: an accusation goes to DISCIPLINE only");
    return true;
}

static bool judge_camera(const struct state *state, const struct event *event, struct ruling *ruling)
{
    uint32_t ordinal = state_find_camera(state, event->camera.site);
    const struct camera *camera = table_row(&state->cameras, ordinal);
    bool in_service = ordinal != 0 && camera->to_day == DAY_NEVER;
    if (event->kind == EVENT_CAMERA_INTEGRATED)
        return ordinal == 0 || ruling_refuse(ruling, VERDICT_ILLEGAL_TRANSITION, "site '%s' stands at %s", event->camera.site,
                                      in_service ? "INTEGRATED" : "RETIRED");
    if (ordinal == 0)
        return ruling_refuse(ruling, VERDICT_UNKNOWN_MATTER, "site '%s' does not exist", event->camera.site);
    return in_service || ruling_refuse(ruling, VERDICT_ILLEGAL_TRANSITION, "site '%s' stands at RETIRED", event->camera.site);
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
    if (state->rules.count > 1 && policy->effective_from < state->heads.today && !policy->retroactive)
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
        return ruling_refuse(ruling, VERDICT_UNKNOWN_MATTER, "discrepancy '%s' does not exist", event->discrepancy.code);
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
            return ruling_refuse(ruling, VERDICT_UNKNOWN_UNIT, "results: '%s' is not in the tree",
                                 quoted(event->evaluation.results[i].unit));
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
        return judge_matter(state, event, publisher, ruling);
    case EVENT_MATTER_TRANSFERRED:
        return judge_matter(state, event, publisher, ruling) && judge_transfer(state, event, ruling);
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
        return judge_policy(state, event, ruling);
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
        (void)judge_kind(state, event, publisher, ruling); /* the ruling itself is the answer */
}
