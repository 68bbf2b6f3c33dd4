#include "judge_matter.h"

#include "amend.h"
#include "catalogue.h"
#include "code.h"
#include "day.h"
#include "joint.h"
#include "matter_key.h"
#include "status.h"
#include "watch.h"

static bool stands_at(struct ruling *ruling, const struct matter *matter, const char *why)
{
    return ruling_refuse(ruling, VERDICT_ILLEGAL_TRANSITION, "%s; it stands at %s", why,
                         step_name((enum step)matter->step));
}

/* Whether the last repair was one on the spot, which the policy lets the same visit verify. */
static bool same_visit(const struct state *state, const struct matter *matter)
{
    return state_policy(state)->verify_on_spot && matter_newest_move(state, matter, EVENT_HAZARD_FIXED_ON_SPOT) >
                                                      matter_newest_move(state, matter, EVENT_RECTIFICATION_REPORTED);
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
    if (!checks || matter->worker == 0 || same_visit(state, matter))
        return true;
    uint32_t handler_role = state_annex(state, matter)->handler_role;
    bool another = matter->worker != publisher->office ||
                   matter->worker_level != (uint8_t)publisher_level(state, publisher) ||
                   (event->role != 0 && handler_role != 0 && event->role != handler_role);
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

static bool judge_petition_rules(const struct state *state, const struct event *event,
                                 const struct publisher *publisher, const struct matter *matter, struct ruling *ruling)
{
    const struct policy *since = timeline_on(&state->timeline, matter->clock_from); /* that the clock started under */
    const struct policy *policy = since ? since : state_policy(state);
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
        if (ruling->day > state_move(state, matter->moved)->day + policy->ask_review_days)
            return stands_at(ruling, matter, "the days to ask for a review are over");
    }
    return true;
}

/* The steps of a mediation are the mediator's office's; court confirmation goes its own way. */
static bool mediates(enum event_kind kind)
{
    return kind == EVENT_MEDIATION_CHANNEL_SELECTED || kind == EVENT_MEDIATION_EXPLAINED ||
           kind == EVENT_CONSENT_RECORDED || kind == EVENT_MEDIATION_REGISTERED ||
           kind == EVENT_MEDIATION_SESSION_HELD || kind == EVENT_AGREEMENT_REACHED || kind == EVENT_MEDIATION_ENDED ||
           kind == EVENT_AGREEMENT_PERFORMED || kind == EVENT_AGREEMENT_BROKEN;
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
                  event->kind == EVENT_GRID_ANSWERED || mediates(event->kind);
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

/* 信访工作条例 art. 30: whom an accusation does not concern is told of it what would be told if there were none. */
static bool is_kept_from(const struct publisher *publisher, const struct matter *matter)
{
    office_set concerned = OFFICE_BIT(matter->office) | OFFICE_BIT(matter->handler) | OFFICE_BIT(OFFICE_DISCIPLINE) |
                           OFFICE_BIT(OFFICE_LEADERSHIP) | OFFICE_BIT(OFFICE_HUB);
    return matter_is_accusation(matter) && !(concerned & OFFICE_BIT(publisher->office));
}

bool judge_matter(const struct state *state, const struct event *event, const struct publisher *publisher,
                  struct ruling *ruling)
{
    if (event->matter[0] == '\0' || event->matter_kind == MATTER_NONE)
        return ruling_refuse(ruling, VERDICT_MISSING_FIELD, "matter: required for %s",
                             catalogue_type(event->kind)->name);
    ruling->matter = state_find_matter(state, event->matter_kind, event->matter);
    bool moves = matter_moved_by(event->kind);
    if (ruling->matter != 0 && is_kept_from(publisher, state_matter(state, ruling->matter)))
        ruling->matter = 0;
    if (ruling->matter == 0)
        return judge_opening(state, event, moves, ruling);
    const struct matter *matter = state_matter(state, ruling->matter);
    if (!judge_matter_unit(state, event, matter, ruling) || !judge_competence(state, event, publisher, matter, ruling))
        return false;
    if (joint_speaks(event->kind))
        return joint_judge(state, event, publisher, ruling);
    if (!moves && matter->step == STEP_RETRACTED)
        return stands_at(ruling, matter, "its opening was retracted");
    if (matter_key_speaks(event->kind))
        return matter_key_judge(state, event, publisher, ruling);
    if (!moves)
        return event->kind != EVENT_MATTER_TRANSFERRED || judge_transfer(state, event, ruling);
    ruling->step = matter_next(event->matter_kind, (enum step)matter->step, event->kind, event->variant);
    if (ruling->step == STEP_NONE)
        return ruling_refuse(ruling, VERDICT_ILLEGAL_TRANSITION, "matter '%s' cannot take %s: it stands at %s",
                             event->matter, catalogue_type(event->kind)->name, step_name((enum step)matter->step));
    return judge_move_rules(state, event, publisher, matter, ruling);
}
