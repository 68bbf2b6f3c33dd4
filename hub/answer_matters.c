#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer_parts.h"
#include "domain/amend.h"
#include "domain/day.h"
#include "domain/deadline.h"
#include "domain/joint.h"
#include "domain/matter.h"
#include "domain/matter_key.h"
#include "domain/watch.h"

/* A client unpacks 65,536 fields at most: what hangs on one of 200 rows is short, on one that is asked for by its code
 * it is not; but matters of all six kinds may have that code. */
enum { PARTS_OF_ROW = 8, PARTS_ALONE = 128, MOVES_MAX = 700 };

/* What is asked, with its texts looked up once. */
struct matters_ask {
    const Sanling__V1__MattersQuery *query;
    const struct viewer *viewer;
    struct scope scope;
    uint32_t campaign; /* row of `campaigns`; 0: not asked for, or there is none */
};

static bool any_task_overdue(const struct state *state, const struct matter *matter)
{
    const struct joint *joint = table_row(&state->joints, state_annex(state, matter)->joint);
    const struct task *task;
    for (uint32_t at = joint->tasks; at != 0; at = task->next) {
        task = table_row(&state->tasks, at);
        if (task_overdue(task, state->heads.today))
            return true;
    }
    return false;
}

static bool any_supervision(const struct state *state, const struct matter *matter, bool overdue)
{
    const struct supervision *supervision;
    for (uint32_t at = state_annex(state, matter)->supervisions; at != 0; at = supervision->next) {
        supervision = table_row(&state->supervisions, at);
        if (supervision->answered_at == 0 && (!overdue || supervision_overdue(supervision, state->heads.today)))
            return true;
    }
    return false;
}

static bool office_takes_part(const struct state *state, const struct matter *matter, uint32_t office)
{
    const struct viewer as_office = {.office = (enum office)office};
    return office == OFFICE_NONE || viewer_sees(state, &as_office, matter);
}

/* A clock, a task or a supervision of it ran out. */
static bool ran_out(const struct state *state, const struct matter *matter)
{
    return matter_overdue(matter, state->heads.today) || any_task_overdue(state, matter) ||
           any_supervision(state, matter, true);
}

static bool conditions_hold(const struct state *state, const struct matters_ask *ask, const struct matter *matter)
{
    const Sanling__V1__MattersQuery *query = ask->query;
    if (query->open && step_is_final((enum step)matter->step))
        return false;
    if (query->overdue && !ran_out(state, matter))
        return false;
    if (query->due_soon && !matter_due_soon(matter, state->heads.today, state_policy(state)))
        return false;
    if (query->joint && !joint_of(state, matter))
        return false;
    if (query->supervised && !any_supervision(state, matter, false))
        return false;
    if (query->campaign[0] && (ask->campaign == 0 || matter->campaign != ask->campaign))
        return false;
    return office_takes_part(state, matter, (uint32_t)query->office);
}

static bool fits(const struct state *state, const struct matters_ask *ask, const struct matter *matter)
{
    const Sanling__V1__MattersQuery *query = ask->query;
    if (query->kind != 0 && matter->kind != (uint32_t)query->kind)
        return false;
    if (matter_opened_day(state, matter) > state->heads.today) /* of a day behind the moment that is shown */
        return false;
    if (query->matter[0] && strcmp(state_text(state, matter->code), query->matter) != 0)
        return false;
    const char *step = step_name((enum step)matter->step);
    if (query->step[0] && strcmp(step, query->step) != 0)
        return false;
    /* What was retracted is history of one matter, and in a list only where it is asked for. */
    if (matter->step == STEP_RETRACTED && !query->matter[0] && !query->step[0])
        return false;
    return scope_holds(&ask->scope, matter->unit) && viewer_sees(state, ask->viewer, matter) &&
           conditions_hold(state, ask, matter);
}

static void fill_tasks(struct hub *hub, const struct matter *matter, size_t most,
                       Sanling__V1__MattersAnswer__Matter *row)
{
    const struct state *state = hub->shown.state;
    const uint32_t newest = state_annex(state, matter)->joint;
    const struct joint *joint = table_row(&state->joints, newest);
    const struct task *task;
    if (newest == 0)
        return;
    row->lead = (Sanling__V1__Office__Kind)joint->lead;
    row->members = take_offices(hub, joint->members, &row->n_members);
    row->consultations = joint->consultations;
    row->tasks = take(hub, most * sizeof *row->tasks);
    for (uint32_t at = joint->tasks; at != 0 && row->n_tasks < most; at = task->next) {
        task = table_row(&state->tasks, at);
        Sanling__V1__MattersAnswer__Task *to = take(hub, sizeof *to);
        sanling__v1__matters_answer__task__init(to);
        to->task = take_text(hub, state_text(state, task->code));
        to->office = (Sanling__V1__Office__Kind)task->office;
        to->due_day = take_day(hub, task->due_day);
        to->assigned_at = task->assigned_at;
        to->done_at = task->done_at;
        to->released = task->released != 0;
        to->overdue = task_overdue(task, state->heads.today);
        row->tasks[row->n_tasks++] = to;
    }
}

static void fill_supervisions(struct hub *hub, const struct matter *matter, size_t most,
                              Sanling__V1__MattersAnswer__Matter *row)
{
    const struct state *state = hub->shown.state;
    const struct supervision *supervision;
    const uint32_t newest = state_annex(state, matter)->supervisions;
    if (newest == 0)
        return;
    row->supervisions = take(hub, most * sizeof *row->supervisions);
    for (uint32_t at = newest; at != 0 && row->n_supervisions < most; at = supervision->next) {
        supervision = table_row(&state->supervisions, at);
        Sanling__V1__MattersAnswer__Supervision *to = take(hub, sizeof *to);
        sanling__v1__matters_answer__supervision__init(to);
        to->level = supervision->level;
        to->by_office = (Sanling__V1__Office__Kind)supervision->by_office;
        to->to_office = (Sanling__V1__Office__Kind)supervision->to_office;
        to->due_day = take_day(hub, supervision->due_day);
        to->issued_at = supervision->issued_at;
        to->answered_at = supervision->answered_at;
        to->overdue = supervision_overdue(supervision, state->heads.today);
        row->supervisions[row->n_supervisions++] = to;
    }
}

static void fill_seal_keys(struct hub *hub, const struct matter *matter, Sanling__V1__MattersAnswer__Matter *row)
{
    const struct state *state = hub->shown.state;
    const struct matter_key *key;
    const uint32_t newest = state_annex(state, matter)->keys;
    if (newest == 0)
        return;
    row->seal_keys = take(hub, MATTER_KEYS_MAX * sizeof *row->seal_keys);
    for (uint32_t at = newest; at != 0 && row->n_seal_keys < MATTER_KEYS_MAX; at = key->next) {
        enum { ID_SIZE = 17 };
        key = table_row(&state->keys, at);
        Sanling__V1__MattersAnswer__SealKey *to = take(hub, sizeof *to);
        sanling__v1__matters_answer__seal_key__init(to);
        to->key = take(hub, ID_SIZE);
        snprintf(to->key, ID_SIZE, "%016" PRIx64, key->id);
        to->office = (Sanling__V1__Office__Kind)key->office;
        to->offered_at = key->offered_at;
        to->destroyed_at = key->destroyed_at;
        to->notes = key->notes;
        row->seal_keys[row->n_seal_keys++] = to;
    }
}

/* What became of the record since, and what waits to become of it. */
static void fill_amended(const struct state *state, const struct move *move, Sanling__V1__MattersAnswer__Move *to)
{
    const struct facts *newest = table_row(&state->facts, move->facts);
    to->retracted_at = move_lifted_at(state, move);
    to->pending_at = amend_pending_of(state, move->position);
    if (((const struct facts_rest *)table_row(&state->rests, newest->rest))->since == 0)
        return; /* it reads as it was recorded */
    to->corrected_at = amend_newest(state, move->position, AMENDMENT_CORRECTED);
    to->supplemented_at = amend_newest(state, move->position, AMENDMENT_SUPPLEMENTED);
}

static Sanling__V1__MattersAnswer__Move *take_move(struct hub *hub, const struct move *move)
{
    const struct state *state = hub->shown.state;
    const struct facts *newest = table_row(&state->facts, move->facts);
    Sanling__V1__MattersAnswer__Move *to = take(hub, sizeof *to);
    sanling__v1__matters_answer__move__init(to);
    to->position = move->position;
    to->type = take_type(hub, move->kind);
    to->office = (Sanling__V1__Office__Kind)move->office;
    to->day = take_day(hub, move->day);
    to->step = take_text(hub, step_name((enum step)move->step));
    to->due_day = take_day(hub, move->facts ? newest->due_day : DAY_NONE);
    if (move->kind == EVENT_DEADLINE_PASSED) {
        to->clock = (Sanling__V1__DeadlinePassed__Clock__Kind)newest->class;
        to->level = newest->channel;
    }
    fill_amended(state, move, to);
    return to;
}

/* Its history, oldest first; of a very long one the newest. */
static void fill_moves(struct hub *hub, const struct matter *matter, Sanling__V1__MattersAnswer__Matter *row)
{
    const struct state *state = hub->shown.state;
    size_t count = 0;
    for (uint32_t at = matter->moves; at != 0 && count < MOVES_MAX; at = state_move(state, at)->next)
        count++;
    row->moves = take(hub, count * sizeof *row->moves);
    row->n_moves = count;
    for (uint32_t at = matter->moves; count > 0; at = state_move(state, at)->next)
        row->moves[--count] = take_move(hub, state_move(state, at));
}

static char *take_grade(struct hub *hub, uint32_t grade)
{
    static const char *const names[] = {[GRADE_NONE] = "",
                                        [GRADE_GENERAL] = "GENERAL",
                                        [GRADE_LARGER] = "LARGER",
                                        [GRADE_MAJOR] = "MAJOR",
                                        [GRADE_EXTRA_MAJOR] = "EXTRA_MAJOR"};
    return take_text(hub, grade < sizeof names / sizeof *names ? names[grade] : "");
}

/* What is said of one kind of matter only. */
static void fill_kind(struct hub *hub, const struct matter *matter, Sanling__V1__MattersAnswer__Matter *row)
{
    row->consents = (uint32_t)__builtin_popcount(matter->consents);
    switch ((enum matter_kind)matter->kind) {
    case MATTER_PETITION:
        row->petition_type = (Sanling__V1__Petition__Type)matter->grade;
        return;
    case MATTER_HAZARD:
        row->hazard_grade = (Sanling__V1__Hazard__Grade)matter->grade;
        row->placarded = (matter->flags & MATTER_PLACARDED) != 0;
        return;
    case MATTER_ACCIDENT:
        row->accident_grade = take_grade(hub, matter->grade);
        row->late = (matter->flags & MATTER_LATE) != 0;
        return;
    case MATTER_CASE:
        row->case_class = matter->grade;
        return;
    case MATTER_DISPUTE:
        row->channel = (Sanling__V1__Mediation__Channel)matter->channel;
        return;
    case MATTER_SEVEN_STEPS:
    case MATTER_NONE:
        return;
    }
}

static void fill_clock(struct hub *hub, const struct matter *matter, Sanling__V1__MattersAnswer__Matter *row)
{
    int32_t due_day;
    if (!matter_due(matter, &due_day))
        return;
    row->due_day = take_day(hub, due_day);
    row->clock = (Sanling__V1__DeadlinePassed__Clock__Kind)deadline_clock((enum matter_kind)matter->kind, matter->step);
    row->days_left = due_day - hub->shown.state->heads.today;
    row->escalation = matter->escalation;
}

static Sanling__V1__MattersAnswer__Matter *take_matter(struct hub *hub, const struct matter *matter, bool alone)
{
    const struct state *state = hub->shown.state;
    const struct campaign_progress *campaign = table_row(&state->campaigns, matter->campaign);
    size_t most = alone ? PARTS_ALONE : PARTS_OF_ROW;
    Sanling__V1__MattersAnswer__Matter *row = take(hub, sizeof *row);
    sanling__v1__matters_answer__matter__init(row);
    row->kind = (Sanling__V1__MatterKind__Kind)matter->kind;
    row->matter = take_text(hub, state_text(state, matter->code));
    row->unit = take_code(hub, matter->unit);
    row->unit_name = take_name(hub, matter->unit);
    row->step = take_text(hub, step_name((enum step)matter->step));
    row->opened_day = take_day(hub, matter_opened_day(state, matter));
    row->closed_day = take_day(hub, matter->closed_day);
    row->opened_by = (Sanling__V1__Office__Kind)matter->office;
    row->handler = (Sanling__V1__Office__Kind)matter->handler;
    row->category = take_text(hub, state_code(state, matter->category));
    row->ever_overdue = (matter->flags & MATTER_OVERDUE) != 0;
    row->campaign = take_text(hub, matter->campaign ? state_code(state, campaign->code) : "");
    row->opened_at = matter_opened_at(state, matter);
    row->moved_at = matter_moved_at(state, matter);
    fill_kind(hub, matter, row);
    fill_clock(hub, matter, row);
    fill_tasks(hub, matter, most, row);
    fill_supervisions(hub, matter, most, row);
    if (alone)
        fill_moves(hub, matter, row);
    if (alone)
        fill_seal_keys(hub, matter, row);
    return row;
}

/* The running clock that ran out longest ago first, matters without a clock last; else in the order of their opening.
 */
struct due_matter {
    int32_t due_day;
    uint32_t ordinal;
};

static int by_due_day(const void *left, const void *right)
{
    const struct due_matter *a = left;
    const struct due_matter *b = right;
    if (a->due_day != b->due_day)
        return a->due_day < b->due_day ? -1 : 1;
    return (a->ordinal > b->ordinal) - (a->ordinal < b->ordinal);
}

/* What fits, in the order asked for; the list is the caller's to free. */
static struct due_matter *list_matters(const struct state *state, const struct matters_ask *ask, size_t *count)
{
    struct due_matter *list = malloc(state->matters.count * sizeof *list);
    if (!list)
        abort();
    *count = 0;
    for (uint32_t at = 1; at < state->matters.count; at++) {
        const struct matter *matter = state_matter(state, at);
        int32_t due_day;
        if (!fits(state, ask, matter))
            continue;
        list[(*count)++] = (struct due_matter){matter_due(matter, &due_day) ? due_day : DAY_NEVER, at};
    }
    if (ask->query->by_due_day && *count > 1)
        qsort(list, *count, sizeof *list, by_due_day);
    return list;
}

void answer_matters(struct hub *hub, const struct session *session, uint32_t query, const struct viewer *viewer,
                    const Sanling__V1__MattersQuery *asked)
{
    const struct state *state = hub->shown.state;
    const size_t limit = rows_limit(asked->limit);
    struct matters_ask ask = {.query = asked, .viewer = viewer};
    size_t count;
    Sanling__V1__Answer answer = answer_head(hub, query); /* the question stays in the arena beside it */
    Sanling__V1__MattersAnswer matters = SANLING__V1__MATTERS_ANSWER__INIT;
    matters.matters = take(hub, limit * sizeof *matters.matters);
    if (asked->campaign[0])
        ask.campaign = state_find_campaign(state, asked->campaign);
    scope_open(state, viewer->root, state->heads.today, POSITION_END, &ask.scope);
    struct due_matter *list = list_matters(state, &ask, &count);
    matters.total = (uint32_t)count;
    for (size_t at = 0; at < count && matters.n_matters < limit; at++) {
        const struct matter *matter = state_matter(state, list[at].ordinal);
        if (asked->by_due_day ? at >= asked->after : matter_opened_at(state, matter) > asked->after)
            matters.matters[matters.n_matters++] = take_matter(hub, matter, asked->matter[0] != '\0');
    }
    free(list);
    scope_close(&ask.scope);
    answer.body_case = SANLING__V1__ANSWER__BODY_MATTERS;
    answer.matters = &matters;
    send_answer(hub, session, &answer);
}
