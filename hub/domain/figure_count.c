#include "figure_count.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "day.h"
#include "matter.h"
#include "unbroken.h"
#include "watch.h"

void day_before_clear(struct day_before *before)
{
    free(before->joint);
    free(before->unbroke);
    *before = (struct day_before){0};
}

/* Room for `count` bytes, what is new all zero. */
static uint8_t *more_bytes(uint8_t *bytes, uint32_t before, uint32_t count)
{
    bytes = realloc(bytes, count);
    if (!bytes)
        abort();
    memset(bytes + before, 0, count - before);
    return bytes;
}

static uint32_t first_amendment_behind(const struct state *state, uint64_t position)
{
    uint32_t first = state->amendments.count;
    while (first > 1 && ((const struct amendment *)table_row(&state->amendments, first - 1))->position > position)
        first--;
    return first;
}

/* Another day before, or another end of it: what was computed is of no use any more. */
static void day_before_take(struct day_before *before, const struct state *state)
{
    int32_t day = state->heads.today == DAY_NONE ? DAY_NONE : state->heads.today - 1;
    if (!before->joint || before->day != day || before->known_at != state->heads.day_opened_at) {
        day_before_clear(before);
        before->day = day;
        before->known_at = state->heads.day_opened_at;
        before->first_amendment = first_amendment_behind(state, before->known_at);
    }
    const uint32_t amendments = state->amendments.count - before->first_amendment;
    if (state->units.count > before->count)
        before->joint = more_bytes(before->joint, before->count, state->units.count);
    if (amendments > before->amendments)
        before->unbroke = more_bytes(before->unbroke, before->amendments, amendments);
    before->count = state->units.count;
    before->amendments = amendments;
}

void figure_count_turn(struct figure_count *count, int32_t year)
{
    int32_t today = count->state->heads.today;
    count->from = day_from_date(year, 1, 1);
    count->to = day_from_date(year, 12, 31);
    if (today < count->to)
        count->to = today;
    count->before_from = count->before_to = DAY_NONE;
    if (count->to == DAY_NONE)
        return;
    struct day_span before = days_year_before((struct day_span){count->from, count->to});
    count->before_from = before.from;
    count->before_to = before.to;
}

void figure_count_open(struct state *state, uint32_t root, int32_t year, struct day_before *before,
                       struct status_scratch *scratch, struct figure_count *count)
{
    *count = (struct figure_count){.state = state, .policy = state_policy(state), .before = before, .scratch = scratch};
    figure_count_turn(count, year);
    scope_open(state, root, count->to, POSITION_END, &count->scope);
    count->scope.tree.later = state->heads.today != DAY_NONE ? state->heads.today - count->to : 0;
    state_timeline(state, POSITION_END, &count->policies);
    state_timeline(state, state->heads.day_opened_at, &count->policies_before);
    day_before_take(before, state);
}

void figure_count_close(struct figure_count *count)
{
    scope_close(&count->scope);
    *count = (struct figure_count){0};
}

bool figure_in_period(const struct figure_count *count, int32_t day)
{
    return count->from <= day && day <= count->to;
}

static bool in_year_before(const struct figure_count *count, int32_t day)
{
    return count->before_from <= day && day <= count->before_to;
}

/* What happens on the open day belongs to the year that is running. */
static bool shows_today(const struct figure_count *count)
{
    return count->to == count->state->heads.today && count->state->heads.today != DAY_NONE;
}

static void hit_at(struct figure_row *row, enum figure figure, bool holds, uint64_t number, uint64_t position)
{
    assert(row->hit_count < FIGURE_HITS_MAX);
    if (holds)
        row->hits[row->hit_count++] = (struct figure_hit){.figure = figure, .position = position, .count = number};
}

static void hit(struct figure_row *row, enum figure figure, bool holds)
{
    hit_at(row, figure, holds, 1, row->position);
}

/* What is in hand counts whenever it began: in the running year all that stands open, in a year that is over what began
 * in it. A figure of it that left out last year's would call the work done. */
static bool in_hand(const struct figure_count *count, int32_t began)
{
    return figure_in_period(count, began) || (shows_today(count) && began <= count->to);
}

static void count_hazard(const struct figure_count *count, const struct matter *matter, struct figure_row *row)
{
    int32_t today = count->state->heads.today;
    bool struck_off = matter->step == STEP_STRUCK_OFF;
    bool stands = in_hand(count, row->day);
    hit(row, FIGURE_HAZARDS_OPEN, stands && !struck_off);
    hit(row, FIGURE_HAZARDS_OVERDUE, stands && matter_overdue(matter, today));
    hit(row, FIGURE_HAZARDS_DUE_SOON, stands && matter_due_soon(matter, today, count->policy));
    if (!figure_in_period(count, row->day))
        return;
    hit(row, FIGURE_HAZARDS_FOUND, true);
    hit(row, FIGURE_HAZARDS_GENERAL, matter->grade == HAZARD_GENERAL);
    hit(row, FIGURE_HAZARDS_MAJOR, matter->grade == HAZARD_MAJOR);
    hit(row, FIGURE_HAZARDS_FIXED_ON_SPOT, (matter->flags & MATTER_ON_SPOT) != 0);
    hit(row, FIGURE_HAZARDS_ORDERED, (matter->flags & MATTER_ORDERED) != 0);
    hit(row, FIGURE_HAZARDS_STRUCK_OFF, struck_off);
    hit(row, FIGURE_HAZARDS_PLACARDED, (matter->flags & MATTER_PLACARDED) != 0);
}

static void count_petition(const struct figure_count *count, const struct matter *matter, struct figure_row *row)
{
    int32_t today = count->state->heads.today;
    bool closed = step_is_final((enum step)matter->step);
    bool stands = in_hand(count, row->day);
    hit(row, FIGURE_PETITIONS_OPEN, stands && !closed);
    hit(row, FIGURE_PETITIONS_OVERDUE, stands && matter_overdue(matter, today));
    hit(row, FIGURE_PETITIONS_DUE_SOON, stands && matter_due_soon(matter, today, count->policy));
    hit(row, FIGURE_PETITIONS_IN_REVIEW, stands && matter->step == STEP_IN_REVIEW);
    hit(row, FIGURE_PETITIONS_IN_FINAL_REVIEW, stands && matter->step == STEP_IN_FINAL_REVIEW);
    if (!figure_in_period(count, row->day))
        return;
    hit(row, FIGURE_PETITIONS_REGISTERED, true);
    hit(row, FIGURE_PETITIONS_CLOSED, closed);
    hit(row, FIGURE_PETITIONS_ON_TIME, closed && !(matter->flags & MATTER_OVERDUE));
    hit(row, FIGURE_PETITIONS_ESCALATED, (matter->flags & MATTER_ESCALATED) != 0);
    hit(row, FIGURE_PETITIONS_JOINT, state_annex(count->state, matter)->joint != 0);
}

static bool followed_by_petition(const struct state *state, const struct matter *dispute)
{
    uint32_t petition = state_find_matter(state, MATTER_PETITION, state_text(state, dispute->code));
    return petition != 0 && matter_is_shown(state_matter(state, petition));
}

static void count_dispute(const struct figure_count *count, const struct matter *matter, struct figure_row *row)
{
    enum { BOTH_SIDES = 1 << 1 | 1 << 2 };
    if (!figure_in_period(count, row->day))
        return;
    /* What must not be mediated is no success of mediation (反家庭暴力法). */
    bool succeeded = (matter->flags & MATTER_AGREED) != 0 && !(matter->flags & MATTER_VIOLENCE);
    hit(row, FIGURE_DISPUTES_OPENED, true);
    hit(row, FIGURE_DISPUTES_BOTH_AGREED, (matter->consents & BOTH_SIDES) == BOTH_SIDES);
    hit(row, FIGURE_DISPUTES_SUCCEEDED, succeeded);
    hit(row, FIGURE_DISPUTES_MOBILE, succeeded && matter->channel == CHANNEL_MOBILE_STATION);
    hit(row, FIGURE_DISPUTES_ENDED, matter->step == STEP_ENDED);
    hit(row, FIGURE_DISPUTES_PERFORMED, (matter->flags & MATTER_PERFORMED) != 0);
    hit(row, FIGURE_DISPUTES_FOLLOWED_BY_PETITION, followed_by_petition(count->state, matter));
    hit(row, FIGURE_DISPUTES_COURT_CONFIRMED,
        succeeded && matter_newest_move(count->state, matter, EVENT_COURT_CONFIRMATION_GRANTED) != 0);
}

static void count_case(const struct figure_count *count, const struct matter *matter, struct figure_row *row)
{
    bool cohort = count->policy && count->policy->clearance == CLEARANCE_COHORT;
    bool filed = figure_in_period(count, row->day);
    bool filed_before = in_year_before(count, row->day);
    bool resolved = matter->step == STEP_RESOLVED;
    hit(row, FIGURE_CASES_FILED, filed);
    hit(row, FIGURE_CASES_RESOLVED, resolved && figure_in_period(count, matter->closed_day) && (filed || !cohort));
    hit(row, FIGURE_CASES_PREVIOUS_FILED, filed_before);
    hit(row, FIGURE_CASES_PREVIOUS_RESOLVED,
        resolved && in_year_before(count, matter->closed_day) && (filed_before || !cohort));
}

static void count_accident(const struct figure_count *count, const struct matter *matter, struct figure_row *row)
{
    bool late = (matter->flags & MATTER_LATE) != 0;
    hit(row, FIGURE_CHANGES_LATE, late && shows_today(count) && row->position > count->before->known_at);
    if (!figure_in_period(count, row->day))
        return;
    hit(row, FIGURE_ACCIDENTS_REPORTED, true);
    hit(row, FIGURE_ACCIDENTS_GENERAL, matter->grade == GRADE_GENERAL);
    hit(row, FIGURE_ACCIDENTS_LARGER, matter->grade == GRADE_LARGER);
    hit(row, FIGURE_ACCIDENTS_MAJOR, matter->grade == GRADE_MAJOR);
    hit(row, FIGURE_ACCIDENTS_EXTRA_MAJOR, matter->grade == GRADE_EXTRA_MAJOR);
    hit(row, FIGURE_ACCIDENTS_LATE, late);
}

/* The move that settled a dispute or petition: the agreement, or the opinion that the petitioner left it at. 0: it is
 * not settled. */
static uint32_t settled_by(const struct state *state, const struct matter *matter)
{
    if (matter->kind == MATTER_DISPUTE)
        return matter->flags & MATTER_AGREED ? matter_newest_move(state, matter, EVENT_AGREEMENT_REACHED) : 0;
    if (matter->kind != MATTER_PETITION || (matter->step != STEP_CLOSED && matter->step != STEP_CONCLUDED))
        return 0;
    uint32_t opinion = matter_newest_move(state, matter, EVENT_OPINION_ISSUED);
    uint32_t review = matter_newest_move(state, matter, EVENT_REVIEW_ISSUED);
    return opinion > review ? opinion : review;
}

static void count_level(const struct figure_count *count, const struct matter *matter, struct figure_row *row)
{
    uint32_t ordinal = figure_in_period(count, row->day) ? settled_by(count->state, matter) : 0;
    if (ordinal == 0)
        return;
    const struct move *move = state_move(count->state, ordinal);
    bool county = move->level <= UNIT_COUNTY;
    bool town = move->level == UNIT_TOWN;
    hit_at(row, FIGURE_LEVELS_SETTLED, true, 1, move->position);
    hit_at(row, FIGURE_LEVELS_AT_VILLAGE, !county && !town, 1, move->position);
    hit_at(row, FIGURE_LEVELS_AT_TOWN, town, 1, move->position);
    hit_at(row, FIGURE_LEVELS_AT_COUNTY, county, 1, move->position);
}

bool figure_escalates(const struct state *state, const struct move *move)
{
    const struct facts *facts = table_row(&state->facts, move->facts);
    if (move->kind != EVENT_DEADLINE_PASSED || move->lifted || facts->channel < 2)
        return false;
    const struct move *older;
    for (uint32_t at = move->next; at != 0; at = older->next) {
        older = state_move(state, at);
        const struct facts *said = table_row(&state->facts, older->facts);
        if (older->kind == EVENT_DEADLINE_PASSED && !older->lifted && said->channel >= 2 &&
            said->class == facts->class && said->due_day == facts->due_day)
            return false;
    }
    return true;
}

static void count_escalations(const struct figure_count *count, const struct matter *matter, struct figure_row *row)
{
    const struct state *state = count->state;
    uint64_t number = 0;
    const struct annex *annex = state_annex(state, matter);
    if (!(matter->flags & MATTER_OVERDUE) && annex->joint == 0 && annex->supervisions == 0)
        return; /* no clock of it ever ran out: most matters */
    const struct move *move;
    for (uint32_t at = matter->moves; at != 0; at = move->next) {
        move = state_move(state, at);
        number += figure_in_period(count, move->day) && figure_escalates(state, move);
    }
    hit_at(row, FIGURE_SUPERVISIONS_ESCALATED, number > 0, number, row->position);
}

static void count_matter(const struct figure_count *count, uint32_t ordinal, struct figure_row *row)
{
    const struct matter *matter = state_matter(count->state, ordinal);
    if (!matter_is_shown(matter) || !scope_holds(&count->scope, matter->unit))
        return;
    row->position = matter_opened_at(count->state, matter);
    row->unit = matter->unit;
    row->matter = ordinal;
    row->day = matter_opened_day(count->state, matter);
    switch ((enum matter_kind)matter->kind) {
    case MATTER_PETITION:
        count_petition(count, matter, row);
        break;
    case MATTER_HAZARD:
        count_hazard(count, matter, row);
        break;
    case MATTER_ACCIDENT:
        count_accident(count, matter, row);
        break;
    case MATTER_CASE:
        count_case(count, matter, row);
        break;
    case MATTER_DISPUTE:
        count_dispute(count, matter, row);
        break;
    case MATTER_SEVEN_STEPS:
    case MATTER_NONE:
        break;
    }
    count_level(count, matter, row);
    count_escalations(count, matter, row);
}

/* A record about a matter that is in hand or of the period; fills the row. false: it counts nowhere, or the record was
 * retracted. */
static bool begin_of_matter(const struct figure_count *count, uint32_t ordinal, uint64_t position,
                            struct figure_row *row)
{
    const struct matter *matter = state_matter(count->state, ordinal);
    if (!matter_is_shown(matter) || !scope_holds(&count->scope, matter->unit))
        return false;
    uint32_t found = state_find_move(count->state, position);
    const struct move *move = state_move(count->state, found);
    row->position = position;
    row->unit = matter->unit;
    row->matter = ordinal;
    row->day = found != 0 ? move->day : matter_opened_day(count->state, matter);
    return (found == 0 || !move->lifted) && in_hand(count, row->day);
}

bool figure_consults(const struct state *state, uint32_t ordinal, const struct move *move)
{
    const struct joint *joint = table_row(&state->joints, ordinal);
    bool newest = state_annex(state, state_matter(state, joint->matter))->joint == ordinal;
    return move->kind == EVENT_CONSULTATION_HELD && !move->lifted && move->position > joint->opened_at &&
           (newest || move->position < joint->closed_at);
}

static void count_joint(const struct figure_count *count, uint32_t ordinal, struct figure_row *row)
{
    const struct joint *joint = table_row(&count->state->joints, ordinal);
    if (!begin_of_matter(count, joint->matter, joint->opened_at, row))
        return;
    uint64_t consultations = 0;
    const struct move *move;
    for (uint32_t at = state_matter(count->state, joint->matter)->moves; at != 0; at = move->next) {
        move = state_move(count->state, at);
        consultations += figure_consults(count->state, ordinal, move);
    }
    row->joint = ordinal;
    hit(row, FIGURE_JOINT_OPEN, joint->closed_at == 0);
    if (!figure_in_period(count, row->day))
        return;
    hit_at(row, FIGURE_JOINT_CLOSED, joint->closed_at != 0, 1, joint->closed_at);
    hit_at(row, FIGURE_JOINT_CONSULTATIONS, consultations > 0, consultations, row->position);
}

static void count_task(const struct figure_count *count, uint32_t ordinal, struct figure_row *row)
{
    const struct task *task = table_row(&count->state->tasks, ordinal);
    if (!begin_of_matter(count, task->matter, task->assigned_at, row))
        return;
    hit(row, FIGURE_JOINT_TASKS_OVERDUE, task_overdue(task, count->state->heads.today));
    if (!figure_in_period(count, row->day))
        return;
    hit(row, FIGURE_JOINT_TASKS, true);
    hit_at(row, FIGURE_JOINT_TASKS_DONE, task->done_at != 0, 1, task->done_at);
}

static void count_supervision(const struct figure_count *count, uint32_t ordinal, struct figure_row *row)
{
    const struct supervision *supervision = table_row(&count->state->supervisions, ordinal);
    if (!begin_of_matter(count, supervision->matter, supervision->issued_at, row))
        return;
    hit(row, FIGURE_SUPERVISIONS_OVERDUE, supervision_overdue(supervision, count->state->heads.today));
    if (!figure_in_period(count, row->day))
        return;
    hit(row, FIGURE_SUPERVISIONS_ISSUED, true);
    hit_at(row, FIGURE_SUPERVISIONS_ANSWERED, supervision->answered_at != 0, 1, supervision->answered_at);
}

static void count_discrepancy(const struct figure_count *count, uint32_t ordinal, struct figure_row *row)
{
    enum { CONFIRMED = 1, EXPLAINED = 2 };
    const struct discrepancy *found = table_row(&count->state->discrepancies, ordinal);
    if (!scope_holds(&count->scope, found->unit) || !in_hand(count, found->day))
        return;
    row->position = found->raised_at;
    row->unit = found->unit;
    row->day = found->day;
    bool resolved = found->resolved_at != 0;
    hit(row, FIGURE_DISCREPANCIES_OPEN, !resolved);
    if (!figure_in_period(count, found->day))
        return;
    hit(row, FIGURE_DISCREPANCIES_RAISED, true);
    hit_at(row, FIGURE_DISCREPANCIES_CONFIRMED, resolved && found->finding == CONFIRMED, 1, found->resolved_at);
    hit_at(row, FIGURE_DISCREPANCIES_EXPLAINED, resolved && found->finding == EXPLAINED, 1, found->resolved_at);
}

bool figure_check_counts(const struct figure_count *count, const struct self_check *check)
{
    return check->lifted_at == 0 && figure_in_period(count, check->day) && scope_holds(&count->scope, check->unit);
}

/* Of each unit that of the newest day counts, of several of one day the one recorded last. */
static void find_newest_checks(const struct figure_count *count, struct figure_walk *walk)
{
    const struct state *state = count->state;
    walk->newest_checks = calloc(state->units.count, sizeof *walk->newest_checks);
    if (!walk->newest_checks)
        abort();
    for (uint32_t at = 1; at < state->self_checks.count; at++) {
        const struct self_check *check = table_row(&state->self_checks, at);
        uint32_t *newest = &walk->newest_checks[check->unit];
        const struct self_check *other = table_row(&state->self_checks, *newest);
        if (figure_check_counts(count, check) && (*newest == 0 || check->day >= other->day))
            *newest = at;
    }
}

static bool is_newest_check(const struct figure_count *count, struct figure_walk *walk)
{
    const struct self_check *check = table_row(&count->state->self_checks, walk->at);
    if (!walk->newest_checks)
        find_newest_checks(count, walk);
    return walk->newest_checks[check->unit] == walk->at;
}

static void count_self_check(const struct figure_count *count, uint32_t ordinal, struct figure_row *row)
{
    const struct self_check *check = table_row(&count->state->self_checks, ordinal);
    row->position = check->position;
    row->unit = check->unit;
    row->day = check->day;
    uint64_t yes = (uint64_t)__builtin_popcount(check->answers);
    hit(row, FIGURE_PROGRAMME_SELF_CHECKED, true);
    hit_at(row, FIGURE_PROGRAMME_SELF_CHECK_YES, yes > 0, yes, row->position);
    hit_at(row, FIGURE_PROGRAMME_SELF_CHECK_ITEMS, true, SELF_CHECK_ITEMS, row->position);
    hit(row, FIGURE_PROGRAMME_COMPLETE, yes == SELF_CHECK_ITEMS);
}

/* Of an amendment of the open day. */
static bool is_known_to_unbreak(const struct figure_count *count, uint32_t ordinal)
{
    enum { NO = 1, YES = 2 };
    const struct amendment *amendment = table_row(&count->state->amendments, ordinal);
    uint8_t *known = &count->before->unbroke[ordinal - count->before->first_amendment];
    if (*known == 0)
        *known = amendment_unbroke(count->state, amendment) ? YES : NO;
    return *known == YES;
}

static void count_amendment(const struct figure_count *count, uint32_t ordinal, struct figure_row *row)
{
    const struct amendment *amendment = table_row(&count->state->amendments, ordinal);
    if (!amendment->approved || !shows_today(count) || amendment->position <= count->before->known_at ||
        !scope_holds(&count->scope, amendment->unit) || !is_known_to_unbreak(count, ordinal) ||
        record_of_accusation(count->state, amendment->target))
        return;
    row->position = amendment->position;
    row->unit = amendment->unit;
    row->day = amendment->day;
    hit(row, FIGURE_CHANGES_UNBROKEN, true);
}

static void count_attestation(const struct figure_count *count, uint32_t ordinal, struct figure_row *row)
{
    const struct attestation *attestation = table_row(&count->state->attestations, ordinal);
    if (attestation->days_late == 0 || attestation->withdrawn_at != 0 || !shows_today(count) ||
        attestation->position <= count->before->known_at || !scope_holds(&count->scope, attestation->unit))
        return;
    row->position = attestation->position;
    row->unit = attestation->unit;
    row->day = attestation->from_day;
    hit(row, FIGURE_CHANGES_LATE, true);
}

static void count_tally(const struct figure_count *count, uint32_t ordinal, struct figure_row *row)
{
    const struct tally *tally = table_row(&count->state->tallies, ordinal);
    if ((tally->flags & TALLY_LIFTED) != 0 || !figure_in_period(count, tally->day) ||
        !scope_holds(&count->scope, tally->unit))
        return;
    row->position = tally->position;
    row->unit = tally->unit;
    row->day = tally->day;
    const struct wide_tally wide = state_tally_wide(count->state, ordinal);
    enum tally_kind kind = (enum tally_kind)tally->kind;
    for (int i = 0; i < TALLIES_PER_EVENT && kind != TALLY_NONE; i++, kind = tally_second(kind))
        hit_at(row, (enum figure)(FIGURE_TALLIES + kind), wide.counts[i] > 0, wide.counts[i], tally->position);
}

static void count_camera(const struct figure_count *count, struct figure_walk *walk, uint32_t ordinal,
                         struct figure_row *row)
{
    const struct camera *camera = table_row(&count->state->cameras, ordinal);
    if (camera->from_day > count->to || camera->to_day <= count->to || !scope_holds(&count->scope, camera->unit))
        return;
    row->position = camera->position;
    row->unit = camera->unit;
    row->day = camera->from_day;
    hit(row, FIGURE_CAMERAS_IN_SERVICE, true);
    hit(row, FIGURE_CAMERAS_OWNERS, !(walk->owners >> camera->owner & 1)); /* the first of each category */
    hit(row, FIGURE_CAMERAS_SIGN_POSTED, camera->sign_posted != 0);
    walk->owners |= 1u << camera->owner;
}

static void count_campaign(const struct figure_count *count, uint32_t ordinal, struct figure_row *row)
{
    const struct campaign_progress *campaign = table_row(&count->state->campaigns, ordinal);
    row->position = campaign->started_at;
    row->day = campaign->from_day;
    hit(row, FIGURE_PROGRAMME_CAMPAIGNS_RUNNING, campaign_runs(campaign, count->state->heads.today));
    hit_at(row, FIGURE_PROGRAMME_CAMPAIGNS_CLOSED, campaign->closed_at != 0, 1, campaign->closed_at);
}

static enum status joint_before(const struct figure_count *count, uint32_t ordinal)
{
    struct day_before *before = count->before;
    if (before->joint[ordinal] != 0)
        return (enum status)before->joint[ordinal];
    enum status joint = STATUS_NOT_COUNTED;
    if (unit_lives(state_unit(count->state, ordinal), before->day, before->known_at)) {
        enum status zeros[ZERO_COUNT];
        const struct status_question question = {
            .unit = ordinal, .as_of = before->day, .known_at = before->known_at, .policies = &count->policies_before};
        for (int zero = 0; zero < ZERO_COUNT; zero++)
            zeros[zero] = status_of_zero(count->state, &question, (enum zero)zero, count->scratch).status;
        joint = status_joint(zeros);
    }
    before->joint[ordinal] = (uint8_t)joint;
    return joint;
}

static void count_changes(const struct figure_count *count, uint32_t ordinal, enum status joint, struct figure_row *row)
{
    if (!shows_today(count) || count->policies_before.count == 0)
        return;
    enum status before = joint_before(count, ordinal);
    bool changed = before != joint;
    hit(row, FIGURE_CHANGES_NEWLY_BROKEN, changed && joint == STATUS_BROKEN);
    hit(row, FIGURE_CHANGES_NEWLY_VERIFIED, changed && joint == STATUS_ZERO);
    /* A unit that did not count the day before was not verified then. */
    hit(row, FIGURE_CHANGES_NEWLY_UNVERIFIED, changed && joint == STATUS_UNVERIFIED && before != STATUS_NOT_COUNTED);
}

static enum figure_status figure_status_of(enum status status)
{
    switch (status) {
    case STATUS_ZERO:
        return FIGURE_STATUS_ZERO;
    case STATUS_BROKEN:
        return FIGURE_STATUS_BROKEN;
    case STATUS_UNVERIFIED:
        return FIGURE_STATUS_UNVERIFIED;
    case STATUS_NOT_COUNTED:
        break;
    }
    abort(); /* only counted units come here */
}

static void count_zeros(const struct figure_count *count, uint32_t ordinal, struct figure_row *row)
{
    enum status zeros[ZERO_COUNT + 1];
    rollup_statuses(count->state, &count->scope.tree, &count->policies, ordinal, zeros, count->scratch);
    zeros[FIGURE_JOINT] = status_joint(zeros);
    const enum unit_group groups[] = {GROUP_ALL,
                                      unit_group_of((enum unit_kind)state_unit(count->state, ordinal)->kind)};
    for (size_t group = 0; group < 2; group++)
        for (uint32_t zero = 0; zero <= ZERO_COUNT; zero++) {
            hit(row, figure_of_zeros(groups[group], zero, FIGURE_STATUS_TOTAL), true);
            hit(row, figure_of_zeros(groups[group], zero, figure_status_of(zeros[zero])), true);
        }
    count_changes(count, ordinal, zeros[FIGURE_JOINT], row);
}

static void count_team(const struct unit_version *version, struct figure_row *row)
{
    const struct unit_attributes *team = &version->attributes;
    uint32_t parts = (uint32_t)__builtin_popcount(team->team);
    uint64_t said = version->position;
    hit_at(row, FIGURE_TEAMS_GRIDS, team->grids > 0, team->grids, said);
    hit_at(row, FIGURE_TEAMS_BLOCK_HEADS, team->block_heads > 0, team->block_heads, said);
    hit_at(row, FIGURE_TEAMS_PATROLLERS, team->patrollers > 0, team->patrollers, said);
    hit_at(row, FIGURE_TEAMS_COMPLETE_TEAMS, parts == TEAM_PARTS, 1, said);
    hit_at(row, FIGURE_TEAMS_TEAM_PARTS, parts > 0, parts, said);
}

static void count_unit(const struct figure_count *count, uint32_t ordinal, struct figure_row *row)
{
    struct state *state = count->state;
    if (!scope_holds(&count->scope, ordinal) || !count->scope.tree.lives[ordinal])
        return;
    const struct unit *unit = state_unit(state, ordinal);
    row->position = unit->registered_at;
    row->unit = ordinal;
    row->day = unit->valid_from;
    hit(row, (enum figure)(FIGURE_UNITS + unit->kind), true);
    count_team(unit_said_on(state, ordinal, SAYS_ATTRIBUTES, count->to, POSITION_END), row);
    if (!unit_kind_counted((enum unit_kind)unit->kind))
        return;
    row->position = 0; /* of its status: what was said of it, or nothing; expanded where a list is asked for */
    if (shows_today(count)) {
        hit(row, FIGURE_PROGRAMME_UNSWEPT, unit_unswept_days(unit, count->to, count->policy) > 0);
        hit(row, FIGURE_PROGRAMME_SILENT, unit_silent_days(unit, count->to, count->policy) > 0);
    }
    count_zeros(count, ordinal, row);
}

static uint32_t stage_rows(const struct state *state, enum figure_stage stage)
{
    switch (stage) {
    case FIGURE_STAGE_MATTERS:
        return state->matters.count;
    case FIGURE_STAGE_JOINTS:
        return state->joints.count;
    case FIGURE_STAGE_TASKS:
        return state->tasks.count;
    case FIGURE_STAGE_SUPERVISIONS:
        return state->supervisions.count;
    case FIGURE_STAGE_DISCREPANCIES:
        return state->discrepancies.count;
    case FIGURE_STAGE_SELF_CHECKS:
        return state->self_checks.count;
    case FIGURE_STAGE_AMENDMENTS:
        return state->amendments.count;
    case FIGURE_STAGE_ATTESTATIONS:
        return state->attestations.count;
    case FIGURE_STAGE_TALLIES:
        return state->tallies.count;
    case FIGURE_STAGE_CAMERAS:
        return state->cameras.count;
    case FIGURE_STAGE_CAMPAIGNS:
        return state->campaigns.count;
    case FIGURE_STAGE_UNITS:
        return state->units.count;
    case FIGURE_STAGE_LIMIT:
        break;
    }
    abort();
}

static void row_clear(struct figure_row *row)
{
    row->position = 0;
    row->unit = row->matter = row->joint = 0;
    row->day = DAY_NONE;
    row->hit_count = 0;
}

void figure_count_row(const struct figure_count *count, enum figure_stage stage, uint32_t at, struct figure_row *row)
{
    row_clear(row);
    switch (stage) {
    case FIGURE_STAGE_MATTERS:
        count_matter(count, at, row);
        return;
    case FIGURE_STAGE_JOINTS:
        count_joint(count, at, row);
        return;
    case FIGURE_STAGE_TASKS:
        count_task(count, at, row);
        return;
    case FIGURE_STAGE_SUPERVISIONS:
        count_supervision(count, at, row);
        return;
    case FIGURE_STAGE_DISCREPANCIES:
        count_discrepancy(count, at, row);
        return;
    case FIGURE_STAGE_SELF_CHECKS:
        count_self_check(count, at, row);
        return;
    case FIGURE_STAGE_AMENDMENTS:
        count_amendment(count, at, row);
        return;
    case FIGURE_STAGE_ATTESTATIONS:
        count_attestation(count, at, row);
        return;
    case FIGURE_STAGE_TALLIES:
        count_tally(count, at, row);
        return;
    case FIGURE_STAGE_CAMPAIGNS:
        count_campaign(count, at, row);
        return;
    case FIGURE_STAGE_UNITS:
        count_unit(count, at, row);
        return;
    case FIGURE_STAGE_CAMERAS: /* whose owner was met before, the walk knows */
    case FIGURE_STAGE_LIMIT:
        break;
    }
    abort();
}

static void count_walked(const struct figure_count *count, struct figure_walk *walk, struct figure_row *row)
{
    enum figure_stage stage = (enum figure_stage)walk->stage;
    if (stage == FIGURE_STAGE_CAMERAS) {
        row_clear(row);
        count_camera(count, walk, walk->at, row);
    } else if (stage == FIGURE_STAGE_SELF_CHECKS && !is_newest_check(count, walk)) {
        row_clear(row);
    } else {
        figure_count_row(count, stage, walk->at, row);
    }
}

void figure_walk_open(struct figure_walk *walk)
{
    *walk = (struct figure_walk){.stage = FIGURE_STAGE_MATTERS, .last_stage = FIGURE_STAGE_LIMIT - 1};
}

void figure_walk_close(struct figure_walk *walk)
{
    free(walk->newest_checks);
    *walk = (struct figure_walk){0};
}

bool figure_walk_next(const struct figure_count *count, struct figure_walk *walk, struct figure_row *row)
{
    while (walk->stage <= walk->last_stage) {
        if (++walk->at >= stage_rows(count->state, (enum figure_stage)walk->stage)) {
            walk->stage++;
            walk->at = 0;
            continue;
        }
        count_walked(count, walk, row);
        if (row->hit_count > 0)
            return true;
    }
    return false;
}
