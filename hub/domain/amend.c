#include "amend.h"

#include <string.h>

#include "breaks.h"
#include "catalogue.h"
#include "day.h"
#include "moves.h"
#include "status.h"
#include "watch.h"

/* What stands behind a position. */
struct amended {
    uint32_t move;
    uint32_t tally; /* its row, or that of its newest correction */
    uint32_t self_check;
    uint32_t unit;
    enum office office; /* whose it is */
    enum event_kind kind;
    int32_t day;
};

uint64_t amend_newest(const struct state *state, uint64_t target, enum amendment_kind kind)
{
    for (uint32_t i = state->amendments.count; i-- > 1;) { /* few, and asked for of what was amended only */
        const struct amendment *amendment = table_row(&state->amendments, i);
        if (amendment->target == target && amendment->kind == (uint8_t)kind)
            return amendment->position;
    }
    return 0;
}

/* The position under which the target's counts stand now: a correction writes them again under its own. */
static uint64_t newest_version(const struct state *state, uint64_t target)
{
    uint64_t corrected = amend_newest(state, target, AMENDMENT_CORRECTED);
    return corrected != 0 ? corrected : target;
}

/* Whether a correction is in force from the position on. */
static bool is_correction(const struct state *state, uint64_t position)
{
    for (uint32_t i = 1; i < state->amendments.count; i++) {
        const struct amendment *amendment = table_row(&state->amendments, i);
        if (amendment->position == position && amendment->kind == AMENDMENT_CORRECTED)
            return true;
    }
    return false;
}

static enum event_kind tally_event(enum tally_kind kind)
{
    if (kind <= TALLY_PUBLICITY_MEDIA)
        return EVENT_PUBLICITY_TALLIED;
    if (kind <= TALLY_PATROL_FINDINGS)
        return EVENT_PATROL_TALLIED;
    if (kind <= TALLY_VOLUNTEER_VOLUNTEER)
        return EVENT_VOLUNTEER_TALLIED;
    if (kind == TALLY_INSPECTIONS)
        return EVENT_INSPECTION_RECORDED;
    return kind == TALLY_SWEEPS ? EVENT_SWEEP_RECORDED : EVENT_EXPLOSIVES_CHECK_RECORDED;
}

static bool find_target(const struct state *state, uint64_t position, struct amended *target)
{
    *target = (struct amended){.move = state_find_move(state, position)};
    if (target->move != 0) {
        const struct move *move = state_move(state, target->move);
        target->unit = state_matter(state, move->matter)->unit;
        /* what the hub found out belongs to the office that has the matter */
        target->office = move->office == OFFICE_HUB ? (enum office)state_matter(state, move->matter)->office
                                                    : (enum office)move->office;
        target->kind = (enum event_kind)move->kind;
        target->day = move->day;
        return true;
    }
    uint64_t version = newest_version(state, position);
    target->tally = state_find_tally(state, version);
    target->self_check = state_find_self_check(state, version);
    const struct tally *tally = table_row(&state->tallies, target->tally);
    const struct self_check *check = table_row(&state->self_checks, target->self_check);
    if (target->tally != 0) {
        target->unit = tally->unit;
        target->office = (enum office)tally->office;
        target->kind = tally_event((enum tally_kind)tally->kind);
        target->day = tally->day;
    } else if (target->self_check != 0) {
        target->unit = check->unit;
        target->office = (enum office)check->office;
        target->kind = EVENT_SELF_CHECK_RECORDED;
        target->day = check->day;
    }
    return target->tally != 0 || target->self_check != 0;
}

uint32_t amend_matter_of(const struct state *state, uint64_t target)
{
    return state_move(state, state_find_move(state, target))->matter;
}

uint32_t amend_unit_of(const struct state *state, uint64_t position)
{
    struct amended target;
    uint32_t attestation = state_find_attestation(state, position);
    if (attestation != 0)
        return ((const struct attestation *)table_row(&state->attestations, attestation))->unit;
    return find_target(state, position, &target) ? target.unit : 0;
}

static bool retracted(const struct state *state, const struct amended *target)
{
    if (target->move != 0) {
        const struct move *move = state_move(state, target->move);
        return move->lifted || state_matter(state, move->matter)->step == STEP_RETRACTED;
    }
    if (target->tally != 0)
        return (((const struct tally *)table_row(&state->tallies, target->tally))->flags & TALLY_LIFTED) != 0;
    return ((const struct self_check *)table_row(&state->self_checks, target->self_check))->lifted_at != 0;
}

bool amend_pending(const struct state *state, uint32_t approval, struct amendment *pending)
{
    const struct approval *first = table_row(&state->approvals, approval);
    struct amended target;
    if (first->done || !find_target(state, first->target, &target) || retracted(state, &target))
        return false;
    enum amendment_kind kind = first->content != 0 ? AMENDMENT_CORRECTED : AMENDMENT_RETRACTED;
    if (state_find_move(state, first->position) !=
        0) /* of the amendments a supplement alone is an event of its matter */
        kind = AMENDMENT_SUPPLEMENTED;
    *pending = (struct amendment){.position = first->position,
                                  .target = first->target,
                                  .unit = target.unit,
                                  .day = target.day,
                                  .office = target.office, /* the first approver's: another one is never the first */
                                  .kind = (uint8_t)kind};
    return true;
}

uint64_t amend_pending_of(const struct state *state, uint64_t position)
{
    for (uint32_t i = state->approvals.count; i-- > 1;) { /* few */
        const struct approval *approval = table_row(&state->approvals, i);
        struct amendment pending;
        if ((approval->target == position || approval->position == position) && amend_pending(state, i, &pending))
            return pending.position;
    }
    return 0;
}

/* Whether some break, or the grade of an accident, disappears with the move; with an opening all of its matter goes. */
static bool unbreaks(const struct state *state, uint32_t ordinal)
{
    const struct move *move = state_move(state, ordinal);
    const struct matter *matter = state_matter(state, move->matter);
    struct break_found found;
    if (matter->kind == MATTER_ACCIDENT && matter->opening == ordinal)
        return true; /* its grade goes with it, whatever it breaks */
    if (matter->opening != ordinal)
        return move_breaks(state, &state->timeline, ordinal, POSITION_END, &found);
    for (uint32_t at = matter->moves; at != 0; at = state_move(state, at)->next)
        if (move_breaks(state, &state->timeline, at, POSITION_END, &found))
            return true;
    return false;
}

/* Steps rest on those before them: the last one goes first. Side events may go at any time. */
static bool judge_rests(const struct state *state, uint32_t ordinal, struct ruling *ruling)
{
    const struct move *move = state_move(state, ordinal);
    const struct matter *matter = state_matter(state, move->matter);
    if (ordinal == matter->opening || move->step == STEP_NONE)
        return true;
    for (uint32_t at = matter->moves; at != ordinal; at = state_move(state, at)->next) {
        const struct move *later = state_move(state, at);
        if (!later->lifted && later->step != STEP_NONE)
            return ruling_refuse(ruling, VERDICT_ILLEGAL_TRANSITION,
                                 "target: %s at %llu rests on it; retract that first",
                                 catalogue_type(later->kind)->name, (unsigned long long)later->position);
    }
    return true;
}

static bool grade_falls(const struct state *state, const struct facts *before, const struct new_facts *after,
                        enum event_kind kind)
{
    if (kind == EVENT_HAZARD_FOUND)
        return after->row.class < before->class;
    return kind == EVENT_ACCIDENT_REPORTED &&
           facts_grade(&after->row, &after->casualties) < facts_grade(before, facts_casualties(state, before));
}

/* Whether the move breaks now, and would no more, or another zero, if the corrected one had said `after`. */
static bool would_unbreak(const struct state *state, uint32_t ordinal, uint32_t corrected,
                          const struct new_facts *after, const char *category)
{
    struct break_found found;
    const struct move *move = state_move(state, ordinal);
    if (!move_breaks(state, &state->timeline, ordinal, POSITION_END, &found))
        return false;
    struct stated stated = move_states(state, move, POSITION_END);
    bool opening = state_matter(state, move->matter)->opening == corrected;
    if (ordinal == corrected) {
        stated.own = &after->row;
        stated.casualties = &after->casualties;
    }
    if (opening)
        stated.opening = &after->row;
    if (ordinal == corrected || (opening && (!stated.own || stated.own->category == 0)))
        stated.category = category;
    const struct break_rule *rule = stated_break(state, &state->timeline, move, &stated);
    return !rule || rule->zero != found.zero;
}

/* Whether reading the move with other facts needs two identities: a grade falls, or a break of its matter disappears.
 * The category is given as text, for it may be new. */
static bool softens(const struct state *state, uint32_t corrected, const struct new_facts *after, const char *category)
{
    const struct move *move = state_move(state, corrected);
    const struct matter *matter = state_matter(state, move->matter);
    const struct facts *before = move_facts(state, move, POSITION_END);
    if (before && grade_falls(state, before, after, (enum event_kind)move->kind))
        return true;
    for (uint32_t at = matter->moves; at != 0; at = state_move(state, at)->next)
        if (would_unbreak(state, at, corrected, after, category))
            return true;
    return false;
}

/* Whether an accusation would be a petition like others, which the accused unit may be told of (信访工作条例 art. 30).
 */
static bool uncovers(const struct state *state, uint32_t corrected, const struct event *replacement)
{
    const struct matter *matter = state_matter(state, state_move(state, corrected)->matter);
    return matter_is_accusation(matter) && replacement->kind == EVENT_PETITION_REGISTERED &&
           replacement->petition.type != PETITION_ACCUSATION;
}

/* The first approval waits; the second, of another identity and the same content, puts it in force. */
static bool judge_approval(const struct state *state, uint64_t target, uint64_t content,
                           const struct publisher *publisher, struct ruling *ruling)
{
    uint32_t first = state_find_approval(state, target, content);
    const struct approval *approval = table_row(&state->approvals, first);
    if (first && strcmp(state_text(state, approval->identity), publisher->identity) == 0)
        return ruling_refuse(ruling, VERDICT_SECOND_APPROVER, "target: the second approval needs another identity");
    ruling->waits = first == 0;
    ruling->approved = first != 0;
    return true;
}

/* The office that recorded it amends it; of an amendment that waits, the leadership may be the second. */
static bool judge_owner(const struct state *state, const struct amended *target, uint64_t position, uint64_t content,
                        const struct publisher *publisher, struct ruling *ruling)
{
    bool second = state_find_approval(state, position, content) != 0;
    if (!state_unit_within(state, target->unit, publisher->root))
        return ruling_refuse(ruling, VERDICT_NOT_PERMITTED, "target: its unit is outside the publisher's subtree");
    if (target->office != publisher->office && !(second && publisher->office == OFFICE_LEADERSHIP))
        return ruling_refuse(ruling, VERDICT_NOT_PERMITTED, "target: recorded by another office");
    return true;
}

/* A correction says nothing about when the original was recorded: its lateness is judged by what it tells alone. */
static int64_t told_at(const struct event *replacement)
{
    return replacement->kind == EVENT_ACCIDENT_REPORTED ? replacement->accident.known_at_us : 0;
}

static bool judge_correction(const struct state *state, const struct event *event, const struct amended *target,
                             const struct publisher *publisher, struct ruling *ruling)
{
    const struct event *replacement = event->correction.replacement;
    const char *type = catalogue_type(target->kind)->name;
    if (replacement->kind != target->kind)
        return ruling_refuse(ruling, VERDICT_BAD_VALUE, "replacement: a %s, the target is a %s",
                             catalogue_type(replacement->kind)->name, type);
    if (target->move == 0)
        return true;
    if (!move_correctable(target->kind))
        return ruling_refuse(ruling, VERDICT_BAD_VALUE,
                             "target: nothing in a %s is corrected; retract it and publish anew", type);
    struct new_facts after;
    const struct move *move = state_move(state, target->move);
    (void)move_states_facts(state, replacement, move->matter, move->day, told_at(replacement), &after);
    if (!softens(state, target->move, &after, replacement->category) && !uncovers(state, target->move, replacement))
        return true;
    return judge_approval(state, event->target, event->correction.content, publisher, ruling);
}

bool amend_judge(const struct state *state, const struct event *event, const struct publisher *publisher,
                 struct ruling *ruling)
{
    struct amended target;
    bool correction = event->kind == EVENT_EVENT_CORRECTED;
    uint64_t content = correction ? event->correction.content : 0;
    if (event->target > state->heads.position)
        return ruling_refuse(ruling, VERDICT_UNKNOWN_MATTER, "target: nothing is recorded at position %llu",
                             (unsigned long long)event->target);
    if (state_find_attestation(state, event->target))
        return ruling_refuse(ruling, VERDICT_ILLEGAL_TRANSITION, "target: an attestation is withdrawn, not %s",
                             correction ? "corrected" : "retracted");
    if (is_correction(state, event->target)) /* of counts: those stand under it */
        return ruling_refuse(ruling, VERDICT_BAD_VALUE, "target: a correction; name the record that it corrected");
    if (!find_target(state, event->target, &target))
        return ruling_refuse(ruling, VERDICT_BAD_VALUE,
                             "target: no event about a matter, no tally and no self-check stands there");
    if (retracted(state, &target))
        return ruling_refuse(ruling, VERDICT_ILLEGAL_TRANSITION, "target: stands at RETRACTED");
    if (!judge_owner(state, &target, event->target, content, publisher, ruling))
        return false;
    if (correction)
        return judge_correction(state, event, &target, publisher, ruling);
    if (target.move == 0)
        return true;
    if (target.kind == EVENT_ACCIDENT_SUPPLEMENTED)
        return ruling_refuse(ruling, VERDICT_BAD_VALUE, "target: totals are said anew by another supplement");
    if (!judge_rests(state, target.move, ruling))
        return false;
    return !unbreaks(state, target.move) || judge_approval(state, event->target, 0, publisher, ruling);
}

static void add_approval(struct state *state, uint64_t target, uint64_t content, const struct publisher *publisher,
                         uint64_t position)
{
    uint32_t identity = state_add_text(state, publisher->identity);
    uint32_t added = table_add(&state->approvals);
    *(struct approval *)table_change(&state->approvals, added) =
        (struct approval){.target = target, .position = position, .content = content, .identity = identity};
}

static void add_amendment(struct state *state, const struct amended *target, uint64_t at, enum amendment_kind kind,
                          const struct publisher *publisher, const struct ruling *ruling, uint64_t position)
{
    uint32_t added = table_add(&state->amendments);
    *(struct amendment *)table_change(&state->amendments, added) = (struct amendment){.position = position,
                                                                                      .target = at,
                                                                                      .unit = target->unit,
                                                                                      .day = target->day,
                                                                                      .office = publisher->office,
                                                                                      .kind = (uint8_t)kind,
                                                                                      .approved = ruling->approved};
}

static void forget_unit(struct state *state, uint32_t unit)
{
    for (int zero = 0; zero < ZERO_COUNT; zero++)
        status_now_forget(state, unit, (enum zero)zero);
}

/* All units that the matter's moves are laid to, and the ground that an enterprise stands on. */
static void forget_matter(struct state *state, uint32_t ordinal)
{
    const struct matter *matter = state_matter(state, ordinal);
    for (uint32_t at = matter->moves; at != 0; at = state_move(state, at)->next) {
        const struct move *move = state_move(state, at);
        uint32_t territory = state->territorial ? move_territory(state, move) : 0;
        forget_unit(state, move->unit);
        if (territory != 0)
            forget_unit(state, territory);
    }
}

static void lift_counts(struct state *state, const struct amended *target, uint64_t position)
{
    if (target->tally != 0)
        ((struct tally *)table_change(&state->tallies, target->tally))->flags |= TALLY_LIFTED;
    if (target->self_check != 0)
        ((struct self_check *)table_change(&state->self_checks, target->self_check))->lifted_at = position;
}

/* What is left says when the unit was swept last. */
static void refold_sweeps(struct state *state, uint32_t ordinal)
{
    struct unit *unit = state_change_unit(state, ordinal);
    unit->last_sweep_day = DAY_NONE;
    unit->last_sweep_disputes = 0;
    for (uint32_t i = 1; i < state->tallies.count; i++) {
        const struct tally *tally = table_row(&state->tallies, i);
        if (tally->unit == ordinal && !(tally->flags & TALLY_LIFTED))
            unit_swept(unit, tally);
    }
}

static void correct_counts(struct state *state, const struct event *replacement, const struct amended *target,
                           uint64_t position)
{
    lift_counts(state, target, position);
    if (target->self_check != 0) {
        uint32_t added = table_add(&state->self_checks);
        *(struct self_check *)table_change(&state->self_checks, added) =
            (struct self_check){.position = position,
                                .unit = target->unit,
                                .day = target->day,
                                .answers = replacement->self_check.answers,
                                .office = target->office};
        return;
    }
    const struct tally whose = {
        .position = position, .unit = target->unit, .day = target->day, .office = (uint8_t)target->office};
    (void)tally_record(state, replacement, &whose, state_tally_wide(state, target->tally).campaign);
    refold_sweeps(state, target->unit);
}

static void correct(struct state *state, const struct event *event, const struct amended *target, uint64_t position)
{
    const struct event *replacement = event->correction.replacement;
    if (target->move == 0) {
        correct_counts(state, replacement, target, position);
        return;
    }
    struct new_facts facts;
    uint32_t matter = state_move(state, target->move)->matter;
    state_take_code(state, replacement->category);
    (void)move_states_facts(state, replacement, matter, target->day, told_at(replacement), &facts);
    move_restate(state, target->move, &facts, position);
    matter_refold(state, matter);
    forget_matter(state, matter);
}

static void retract(struct state *state, const struct amended *target, uint64_t position)
{
    if (target->move == 0) {
        lift_counts(state, target, position);
        refold_sweeps(state, target->unit);
        return;
    }
    uint32_t matter = state_move(state, target->move)->matter;
    move_lift(state, target->move, position);
    matter_refold(state, matter);
    forget_matter(state, matter);
}

void amend_apply(struct state *state, const struct event *event, const struct publisher *publisher,
                 const struct ruling *ruling, uint64_t position)
{
    struct amended target;
    bool correction = event->kind == EVENT_EVENT_CORRECTED;
    uint64_t content = correction ? event->correction.content : 0;
    if (ruling->waits) {
        add_approval(state, event->target, content, publisher, position);
        return;
    }
    if (ruling->approved)
        ((struct approval *)table_change(&state->approvals, state_find_approval(state, event->target, content)))->done =
            1;
    (void)find_target(state, event->target, &target);
    add_amendment(state, &target, event->target, correction ? AMENDMENT_CORRECTED : AMENDMENT_RETRACTED, publisher,
                  ruling, position);
    if (correction)
        correct(state, event, &target, position);
    else
        retract(state, &target, position);
}

/* ---- supplements ---- */

static uint64_t content_of(const struct new_facts *facts)
{
    const struct casualties *casualties = &facts->casualties;
    const uint32_t said[4] = {casualties->deaths, casualties->missing, casualties->serious_injuries, facts->row.loss};
    return (uint64_t)ordinal_hash(said, sizeof said, 1) << 32 | ordinal_hash(said, sizeof said, 2) | 1;
}

/* The facts that the report reads with from the supplement on. */
static struct new_facts supplemented(const struct state *state, const struct event *event, const struct matter *matter)
{
    struct new_facts facts = {.row = *move_facts(state, state_move(state, matter->opening), POSITION_END)};
    accident_facts_take(&event->accident, &facts);
    return facts;
}

/* Ruling 24: after its window a supplement is kept and listed, and changes nothing. */
static bool in_window(const struct state *state, const struct matter *matter, int32_t day)
{
    const struct policy *policy = state_policy(state);
    bool is_short = policy->short_industries.count > 0 &&
                    categories_hold(&policy->short_industries, state_code(state, matter->category));
    return day <=
           matter_opened_day(state, matter) + (is_short ? policy->supplement_days_short : policy->supplement_days);
}

bool supplement_judge(const struct state *state, const struct event *event, const struct publisher *publisher,
                      struct ruling *ruling)
{
    const struct matter *matter = state_matter(state, ruling->matter);
    if (!in_window(state, matter, ruling->day))
        return true;
    const struct new_facts after = supplemented(state, event, matter);
    if (!softens(state, matter->opening, &after, state_code(state, after.row.category)))
        return true;
    return judge_approval(state, matter_opened_at(state, matter), content_of(&after), publisher, ruling);
}

void supplement_apply(struct state *state, const struct event *event, const struct publisher *publisher,
                      const struct ruling *ruling, uint64_t position)
{
    const struct matter *matter = state_matter(state, ruling->matter);
    if (!in_window(state, matter, ruling->day))
        return;
    const struct new_facts after = supplemented(state, event, matter);
    uint64_t content = content_of(&after);
    if (ruling->waits) {
        add_approval(state, matter_opened_at(state, matter), content, publisher, position);
        return;
    }
    if (ruling->approved)
        ((struct approval *)table_change(&state->approvals,
                                         state_find_approval(state, matter_opened_at(state, matter), content)))
            ->done = 1;
    const struct amended target = {
        .move = matter->opening, .unit = matter->unit, .day = matter_opened_day(state, matter)};
    add_amendment(state, &target, matter_opened_at(state, matter), AMENDMENT_SUPPLEMENTED, publisher, ruling, position);
    move_restate(state, matter->opening, &after, position);
    matter_refold(state, ruling->matter);
    forget_matter(state, ruling->matter);
}
