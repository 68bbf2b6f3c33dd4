#include "moves.h"

#include <stdlib.h>
#include <string.h>

#include "breaks.h"
#include "day.h"
#include "deadline.h"

/* Ruling 22: late is what was told, or recorded here, after the limit; history never is (ruling 32). */
static bool accident_late(const struct policy *policy, const struct accident_facts *accident, int32_t day,
                          int64_t recorded_at_us)
{
    int64_t limit_us = (int64_t)policy->accident_limit_minutes * 60000000;
    return day >= policy->starts_on && (accident->reported_at_us - accident->known_at_us > limit_us ||
                                        recorded_at_us - accident->known_at_us > limit_us);
}

/* The policy of the day on which something happened: a later one changes no clock that runs (DOMAIN 4.11). */
static const struct policy *policy_of(const struct state *state, int32_t day)
{
    const struct policy *policy = timeline_on(&state->timeline, day);
    return policy ? policy : state_policy(state);
}

static int32_t due_by_limit(const struct policy *policy, int32_t day, enum clock clock)
{
    struct limit limit = policy->limits[clock];
    return limit.days > 0 ? calendar_due(&policy->calendar, day, limit) : DAY_NONE;
}

/* The last day of the clock that the event starts or moves; DAY_NONE: it does neither. */
static int32_t due_of(const struct state *state, const struct event *event, uint32_t matter, int32_t day)
{
    const struct policy *policy = policy_of(state, day);
    enum event_kind kind = event->kind;
    if (kind == EVENT_PETITION_REGISTERED || kind == EVENT_ASSIGNMENT_OBJECTED)
        return due_by_limit(policy, day, CLOCK_REGISTRATION);
    if (kind == EVENT_PETITION_FORWARDED || kind == EVENT_PETITION_ASSIGNED)
        return event->due_day != DAY_NONE ? event->due_day : due_by_limit(policy, day, CLOCK_ACCEPTANCE);
    if (kind == EVENT_PETITION_ACCEPTED || (kind == EVENT_MATTER_REOPENED && event->matter_kind == MATTER_PETITION))
        return due_by_limit(policy, day, CLOCK_HANDLING);
    if (kind == EVENT_HANDLING_EXTENDED) {
        int32_t due_day = state_matter(state, matter)->due_day; /* none where the policy sets no limit */
        return due_day == DAY_NONE ? DAY_NONE : calendar_roll(&policy->calendar, due_day + event->extended.days);
    }
    if (kind == EVENT_REVIEW_REQUESTED)
        return due_by_limit(policy, day, CLOCK_REVIEW);
    if (kind == EVENT_ACCIDENT_INVESTIGATION_OPENED) /* counted from the accident, order 493 art. 29 */
        return due_by_limit(policy, matter_opened_day(state, state_matter(state, matter)), CLOCK_INVESTIGATION);
    if (kind == EVENT_RECTIFICATION_ORDERED || kind == EVENT_RECTIFICATION_EXTENDED || kind == EVENT_GRID_DISPATCHED)
        return event->due_day;
    return DAY_NONE;
}

void accident_facts_take(const struct accident_facts *accident, struct new_facts *facts)
{
    facts->casualties = (struct casualties){
        .deaths = accident->deaths, .missing = accident->missing, .serious_injuries = accident->serious_injuries};
    facts->row.loss = (uint8_t)accident->loss;
}

enum accident_grade facts_grade(const struct facts *facts, const struct casualties *casualties)
{
    return accident_grade(casualties->deaths, casualties->serious_injuries, (enum loss_band)facts->loss);
}

bool move_states_facts(const struct state *state, const struct event *event, uint32_t matter, int32_t day,
                       int64_t recorded_at_us, struct new_facts *added)
{
    bool stated = true;
    struct facts *facts = &added->row;
    *added = (struct new_facts){
        .row = {.due_day = due_of(state, event, matter, day), .category = state_find_code(state, event->category)}};
    if (event->kind == EVENT_PETITION_REGISTERED) {
        facts->class = (uint8_t)event->petition.type;
        facts->channel = (uint8_t)event->petition.channel;
        facts->flags = event->petition.solvable_at_unit_level ? FACT_SOLVABLE : 0;
    } else if (event->kind == EVENT_PETITION_ESCALATED) {
        bool failed = !event->escalated.handled_below || event->escalated.overdue_below;
        facts->flags = failed ? FACT_FAILED_BELOW : 0;
    } else if (event->kind == EVENT_HAZARD_FOUND) {
        facts->class = (uint8_t)event->hazard.grade;
        facts->flags = event->hazard.explosives ? FACT_EXPLOSIVES : 0;
    } else if (event->kind == EVENT_ACCIDENT_REPORTED) {
        accident_facts_take(&event->accident, added);
        if (accident_late(policy_of(state, day), &event->accident, day, recorded_at_us))
            facts->flags = FACT_LATE;
    } else if (event->kind == EVENT_ACCIDENT_SUPPLEMENTED) {
        accident_facts_take(&event->accident, added);
    } else if (event->kind == EVENT_CASE_FILED) {
        facts->class = (uint8_t)event->filed.class;
        facts->channel = (uint8_t)event->filed.influence;
    } else if (event->kind == EVENT_DEADLINE_PASSED) {
        facts->class = (uint8_t)event->variant;
        facts->channel = (uint8_t)event->passed.level;
        facts->due_day = event->due_day;
    } else {
        stated = facts->due_day != DAY_NONE || event->category[0] != '\0';
    }
    return stated;
}

bool move_correctable(enum event_kind kind)
{
    return kind == EVENT_PETITION_REGISTERED || kind == EVENT_PETITION_FORWARDED || kind == EVENT_PETITION_ASSIGNED ||
           kind == EVENT_PETITION_ESCALATED || kind == EVENT_HAZARD_FOUND || kind == EVENT_RECTIFICATION_ORDERED ||
           kind == EVENT_RECTIFICATION_EXTENDED || kind == EVENT_ACCIDENT_REPORTED || kind == EVENT_CASE_FILED ||
           kind == EVENT_DISPUTE_OPENED || kind == EVENT_GRID_REPORTED || kind == EVENT_GRID_DISPATCHED;
}

static void set_flag(struct matter *matter, uint16_t flag, bool set)
{
    matter->flags = (uint16_t)(set ? matter->flags | flag : matter->flags & ~flag);
}

/* What the matter was opened as, by the newest version of its opening's facts. */
static void fold_opening(const struct state *state, struct matter *matter, const struct move *move,
                         const struct facts *facts)
{
    if (!facts)
        return;
    matter->category = facts->category;
    matter->grade = facts->class;
    if (move->kind == EVENT_ACCIDENT_REPORTED)
        matter->grade = (uint8_t)facts_grade(facts, facts_casualties(state, facts));
    set_flag(matter, MATTER_LATE, (facts->flags & FACT_LATE) != 0);
    set_flag(matter, MATTER_EXPLOSIVES, (facts->flags & FACT_EXPLOSIVES) != 0);
}

/* Who must act from this move on. */
static void fold_handler(struct matter *matter, const struct move *move)
{
    if (move->kind == EVENT_PETITION_FORWARDED || move->kind == EVENT_PETITION_ASSIGNED ||
        move->kind == EVENT_GRID_DISPATCHED || move->kind == EVENT_MATTER_TRANSFERRED)
        matter->handler = move->to_office;
    else if (move->kind == EVENT_ASSIGNMENT_OBJECTED)
        matter->handler = matter->office;
    else if (move->kind == EVENT_PETITION_ACCEPTED && (move->office != matter->office || matter->handler == 0))
        matter->handler = move->office; /* the office that registered it may note the acceptance of another's */
}

static void fold_consent(struct matter *matter, const struct move *move)
{
    if (move->variant == ANSWER_AGREED)
        matter->consents |= (uint8_t)(1u << move->detail);
    else
        set_flag(matter, MATTER_REFUSED, true);
}

/* Marks that single moves leave on their matter. */
static void fold_marks(struct state *state, struct matter *matter, const struct move *move)
{
    uint32_t kind = move->kind;
    if (kind == EVENT_HAZARD_FIXED_ON_SPOT)
        set_flag(matter, MATTER_ON_SPOT, true);
    else if (kind == EVENT_RECTIFICATION_ORDERED)
        set_flag(matter, MATTER_ORDERED, true);
    else if (kind == EVENT_HAZARD_PLACARDED)
        set_flag(matter, MATTER_PLACARDED, true);
    else if (kind == EVENT_DISPUTE_OPENED)
        set_flag(matter, MATTER_VIOLENCE, strcmp(state_code(state, matter->category), "DOMESTIC_VIOLENCE") == 0);
    else if (kind == EVENT_MEDIATION_CHANNEL_SELECTED)
        matter->channel = move->detail;
    else if (kind == EVENT_CONSENT_RECORDED)
        fold_consent(matter, move);
    else if (kind == EVENT_AGREEMENT_REACHED)
        set_flag(matter, MATTER_AGREED, true);
    else if (kind == EVENT_AGREEMENT_PERFORMED)
        set_flag(matter, MATTER_PERFORMED, true);
    else if (kind == EVENT_HANDLING_EXTENDED)
        set_flag(matter, MATTER_EXTENDED, true);
    else if (kind == EVENT_MATTER_REOPENED)
        set_flag(matter, MATTER_EXTENDED, false); /* that was of the handling which has ended */
    else if (kind == EVENT_PETITION_ESCALATED)
        set_flag(matter, MATTER_ESCALATED, true);
    else if (kind == EVENT_MATTER_TRANSFERRED)
        set_flag(matter, MATTER_TRANSFERRED, true);
    else if (kind == EVENT_MEDIATION_ENDED && matter->kind == MATTER_PETITION)
        matter->consents = 0; /* another attempt asks both again */
    if (kind == EVENT_HAZARD_FIXED_ON_SPOT || kind == EVENT_RECTIFICATION_REPORTED || kind == EVENT_GRID_HANDLED) {
        matter->worker = move->office;
        matter->worker_level = move->level;
        if (move->role != state_annex(state, matter)->handler_role)
            state_change_annex(state, move->matter)->handler_role = move->role;
    }
}

static void fold_deadline(struct matter *matter, const struct facts *facts)
{
    if (facts->class == CLOCK_TASK || facts->class == CLOCK_SUPERVISION)
        return; /* of a task or a supervision: kept with those */
    set_flag(matter, MATTER_OVERDUE, true);
    matter->escalation = facts->channel;
}

static void fold_step(struct matter *matter, const struct move *move, uint32_t ordinal)
{
    enum clock before = deadline_clock((enum matter_kind)matter->kind, matter->step);
    matter->step = move->step;
    matter->moved = ordinal;
    if (deadline_clock((enum matter_kind)matter->kind, matter->step) != before)
        matter->escalation = 0;
    if (!step_is_final((enum step)move->step))
        matter->closed_day = DAY_NONE;
    else if (matter->closed_day == DAY_NONE)
        matter->closed_day = move->day;
}

static void fold(struct state *state, struct matter *matter, uint32_t ordinal)
{
    const struct move *move = state_move(state, ordinal);
    const struct facts *facts = move->facts ? table_row(&state->facts, move->facts) : NULL;
    if (ordinal == matter->opening)
        fold_opening(state, matter, move, facts);
    fold_handler(matter, move);
    fold_marks(state, matter, move);
    if (move->kind == EVENT_DEADLINE_PASSED) {
        fold_deadline(matter, facts);
    } else if (facts && facts->due_day != DAY_NONE) {
        if (facts->due_day != matter->due_day) /* another clock, or another last day */
            matter->escalation = 0;
        matter->due_day = facts->due_day;
        matter->clock_from = move->day;
    }
    if (move->step != STEP_NONE)
        fold_step(matter, move, ordinal);
}

static uint32_t open_matter(struct state *state, const struct event *event, const struct publisher *publisher,
                            const struct ruling *ruling)
{
    uint32_t ordinal = state_add_matter(state, event->matter_kind, event->matter);
    struct matter *matter = state_change_matter(state, ordinal);
    matter->closed_day = DAY_NONE;
    matter->due_day = DAY_NONE;
    matter->clock_from = ruling->day;
    matter->unit = ruling->unit;
    matter->office = (uint8_t)publisher->office;
    matter->campaign = ruling_campaign(state, event, ruling);
    return ordinal;
}

static uint32_t add_facts(struct state *state, const struct facts *facts, const struct facts_rest *rest)
{
    uint32_t added = table_add(&state->facts);
    struct facts *row = table_change(&state->facts, added);
    *row = *facts;
    if (rest->since == 0 && rest->casualties.deaths == 0 && rest->casualties.missing == 0 &&
        rest->casualties.serious_injuries == 0)
        return added;
    row->rest = table_add(&state->rests);
    *(struct facts_rest *)table_change(&state->rests, row->rest) = *rest;
    return added;
}

static uint32_t take_facts(struct state *state, const struct event *event, const struct ruling *ruling,
                           int64_t recorded_at_us)
{
    struct new_facts facts;
    if (!move_states_facts(state, event, ruling->matter, ruling->day, recorded_at_us, &facts))
        return 0;
    if (facts.row.category == 0) /* new, or none: a move with a category states it */
        facts.row.category = state_take_code(state, event->category);
    return add_facts(state, &facts.row, &(struct facts_rest){.casualties = facts.casualties});
}

uint32_t move_record(struct state *state, const struct event *event, const struct publisher *publisher,
                     const struct ruling *ruling, uint64_t position, int64_t recorded_at_us)
{
    uint32_t facts = take_facts(state, event, ruling, recorded_at_us);
    bool opens = ruling->matter == 0;
    uint32_t ordinal = opens ? open_matter(state, event, publisher, ruling) : ruling->matter;
    uint32_t added = table_add(&state->moves);
    struct matter *matter = state_change_matter(state, ordinal);
    struct move *move = state_change_move(state, added);
    *move = (struct move){
        .position = position,
        .matter = ordinal,
        .unit = ruling->unit,
        .next = matter->moves,
        .facts = facts,
        .role = event->role,
        .day = ruling->day,
        .kind = (uint8_t)event->kind,
        .variant = (uint8_t)event->variant,
        .office = (uint8_t)publisher->office,
        .level = (uint8_t)publisher_level(state, publisher),
        .step = (uint8_t)ruling->step,
        .to_office = (uint8_t)event->to_office,
    };
    if (event->kind == EVENT_CONSENT_RECORDED)
        move->detail = (uint8_t)event->consent.side;
    else if (event->kind == EVENT_MEDIATION_CHANNEL_SELECTED)
        move->detail = (uint8_t)event->mediation.channel;
    matter->moves = added;
    if (opens)
        matter->opening = added;
    fold(state, matter, added);
    breaks_enter(state, added);
    return added;
}

void move_restate(struct state *state, uint32_t ordinal, const struct new_facts *facts, uint64_t position)
{
    struct move *move = state_change_move(state, ordinal);
    const struct facts_rest rest = {.since = position, .older = move->facts, .casualties = facts->casualties};
    move->facts = add_facts(state, &facts->row, &rest);
}

void move_lift(struct state *state, uint32_t ordinal, uint64_t position)
{
    struct move *move = state_change_move(state, ordinal);
    struct annex *annex = state_change_annex(state, move->matter);
    uint32_t added = table_add(&state->retractions);
    *(struct retraction *)table_change(&state->retractions, added) =
        (struct retraction){.position = move->position, .lifted_at = position, .next = annex->retractions};
    annex->retractions = added;
    move->lifted = 1;
}

/* The matter's moves, the oldest first; the caller frees them. */
static uint32_t *moves_in_order(const struct state *state, const struct matter *matter, uint32_t *count)
{
    *count = 0;
    for (uint32_t at = matter->moves; at != 0; at = state_move(state, at)->next)
        ++*count;
    uint32_t *moves = malloc(*count * sizeof *moves);
    if (!moves)
        abort();
    uint32_t left = *count;
    for (uint32_t at = matter->moves; at != 0; at = state_move(state, at)->next)
        moves[--left] = at;
    return moves;
}

void matter_refold(struct state *state, uint32_t ordinal)
{
    struct matter *matter = state_change_matter(state, ordinal);
    uint32_t count;
    uint32_t *moves = moves_in_order(state, matter, &count);
    matter->step = STEP_NONE;
    matter->flags = 0;
    matter->closed_day = DAY_NONE;
    matter->due_day = DAY_NONE;
    matter->clock_from = matter_opened_day(state, matter);
    matter->channel = 0;
    matter->consents = 0;
    matter->handler = 0;
    matter->worker = 0;
    matter->worker_level = 0;
    matter->escalation = 0;
    if (matter->annex != 0)
        state_change_annex(state, ordinal)->handler_role = 0;
    for (uint32_t i = 0; i < count; i++)
        if (!state_move(state, moves[i])->lifted)
            fold(state, matter, moves[i]);
    if (state_move(state, matter->opening)->lifted)
        matter->step = STEP_RETRACTED;
    free(moves);
}

/* Whether a tally's row has room for it. */
static bool fits(const struct wide_tally *wide)
{
    bool fits = wide->campaign <= UINT8_MAX;
    for (int i = 0; i < TALLIES_PER_EVENT; i++)
        fits = fits && wide->counts[i] <= UINT16_MAX;
    return fits;
}

const struct tally *tally_record(struct state *state, const struct event *event, const struct tally *whose,
                                 uint32_t campaign)
{
    if (event->tally.kind == TALLY_NONE)
        return NULL;
    uint32_t ordinal = table_add(&state->tallies);
    struct tally *tally = table_change(&state->tallies, ordinal);
    *tally = *whose;
    tally->kind = (uint8_t)event->tally.kind;
    tally->flags = event->tally.disputes > 0 ? TALLY_DISPUTES : 0;
    const struct wide_tally wide = {ordinal, campaign, {event->tally.counts[0], event->tally.counts[1]}};
    if (fits(&wide)) {
        tally->campaign = (uint8_t)campaign;
        for (int i = 0; i < TALLIES_PER_EVENT; i++)
            tally->counts[i] = (uint16_t)wide.counts[i];
    } else {
        tally->flags |= TALLY_WIDE;
        *(struct wide_tally *)table_change(&state->wide_tallies, table_add(&state->wide_tallies)) = wide;
    }
    return tally;
}

void unit_swept(struct unit *unit, const struct tally *tally)
{
    bool sweep = tally->kind == TALLY_SWEEPS;
    if ((!sweep && tally->kind != TALLY_INSPECTIONS) || tally->day < unit->last_sweep_day)
        return;
    unit->last_sweep_day = tally->day;
    if (sweep)
        unit->last_sweep_disputes = (tally->flags & TALLY_DISPUTES) != 0;
}
