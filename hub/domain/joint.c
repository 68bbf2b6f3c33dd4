#include "joint.h"

#include <string.h>

#include "day.h"

bool joint_speaks(enum event_kind kind)
{
    return kind == EVENT_JOINT_HANDLING_OPENED || kind == EVENT_MEMBER_JOINED || kind == EVENT_JOINT_TASK_ASSIGNED ||
           kind == EVENT_JOINT_TASK_DONE || kind == EVENT_JOINT_HANDLING_CLOSED || kind == EVENT_CONSULTATION_HELD ||
           kind == EVENT_SUPERVISION_ISSUED || kind == EVENT_SUPERVISION_ANSWERED;
}

const struct joint *joint_of(const struct state *state, const struct matter *matter)
{
    uint32_t newest = state_annex(state, matter)->joint;
    const struct joint *joint = table_row(&state->joints, newest);
    return newest != 0 && joint->closed_at == 0 ? joint : NULL;
}

office_set joint_offices(const struct state *state, const struct matter *matter)
{
    const struct joint *joint = joint_of(state, matter);
    return joint ? joint->members | OFFICE_BIT(joint->lead) : 0;
}

const struct task *joint_open_task(const struct state *state, const struct matter *matter)
{
    const struct joint *joint = joint_of(state, matter);
    const struct task *task;
    for (uint32_t at = joint ? joint->tasks : 0; at != 0; at = task->next) {
        task = table_row(&state->tasks, at);
        if (task->done_at == 0)
            return task;
    }
    return NULL;
}

uint32_t joint_find_task(const struct state *state, const struct matter *matter, const char *code)
{
    const struct joint *joint = table_row(&state->joints, state_annex(state, matter)->joint);
    const struct task *task;
    for (uint32_t at = joint->tasks; at != 0; at = task->next) {
        task = table_row(&state->tasks, at);
        if (strcmp(state_text(state, task->code), code) == 0)
            return at;
    }
    return 0;
}

/* The newest supervision of the office that it has not answered; 0: none. */
static uint32_t unanswered(const struct state *state, const struct matter *matter, enum office office)
{
    const struct supervision *row;
    for (uint32_t at = state_annex(state, matter)->supervisions; at != 0; at = row->next) {
        row = table_row(&state->supervisions, at);
        if (row->answered_at == 0 && row->to_office == office)
            return at;
    }
    return 0;
}

static bool judge_opening(const struct state *state, const struct event *event, const struct publisher *publisher,
                          const struct matter *matter, struct ruling *ruling)
{
    const office_set may = OFFICE_BIT(matter->office) | OFFICE_BIT(matter->handler) | OFFICE_BIT(OFFICE_LEADERSHIP);
    if (joint_of(state, matter))
        return ruling_refuse(ruling, VERDICT_ILLEGAL_TRANSITION, "matter '%s' is under joint handling already",
                             event->matter);
    if (step_is_final((enum step)matter->step))
        return ruling_refuse(ruling, VERDICT_ILLEGAL_TRANSITION,
                             "matter '%s' cannot be opened jointly: it stands at %s", event->matter,
                             step_name((enum step)matter->step));
    if (event->joint.members & OFFICE_BIT(event->joint.lead))
        return ruling_refuse(ruling, VERDICT_BAD_VALUE, "members: the lead is no member");
    if (!(may & OFFICE_BIT(publisher->office)))
        return ruling_refuse(
            ruling, VERDICT_NOT_PERMITTED,
            "joint handling is opened by the office that has the matter, or by the leadership (art. 24)");
    return true;
}

static bool judge_task(const struct state *state, const struct event *event, const struct publisher *publisher,
                       const struct matter *matter, const struct joint *joint, struct ruling *ruling)
{
    uint32_t found = joint_find_task(state, matter, event->task.code);
    bool lead = publisher->office == joint->lead;
    if (event->kind == EVENT_JOINT_TASK_ASSIGNED) {
        if (!lead)
            return ruling_refuse(ruling, VERDICT_NOT_PERMITTED, "tasks are assigned by the lead");
        if (!(joint_offices(state, matter) & OFFICE_BIT(event->to_office)))
            return ruling_refuse(ruling, VERDICT_BAD_VALUE, "to_office: takes no part in the joint handling");
        return found == 0 ||
               ruling_refuse(ruling, VERDICT_BAD_VALUE, "task: '%s' was assigned before", event->task.code);
    }
    if (found == 0)
        return ruling_refuse(ruling, VERDICT_UNKNOWN_MATTER, "task: '%s' was never assigned", event->task.code);
    const struct task *task = table_row(&state->tasks, found);
    if (task->done_at != 0)
        return ruling_refuse(ruling, VERDICT_ILLEGAL_TRANSITION, "task '%s' stands at %s", event->task.code,
                             task->released ? "RELEASED" : "DONE");
    if (event->task.released ? !lead : task->office != publisher->office)
        return ruling_refuse(ruling, VERDICT_NOT_PERMITTED,
                             "a task is done by its own office, and released by the lead");
    return true;
}

static bool judge_joint(const struct state *state, const struct event *event, const struct publisher *publisher,
                        const struct matter *matter, struct ruling *ruling)
{
    const struct joint *joint = joint_of(state, matter);
    if (!joint)
        return ruling_refuse(ruling, VERDICT_ILLEGAL_TRANSITION, "matter '%s' is under no joint handling",
                             event->matter);
    if (event->kind == EVENT_JOINT_TASK_ASSIGNED || event->kind == EVENT_JOINT_TASK_DONE)
        return judge_task(state, event, publisher, matter, joint, ruling);
    if (publisher->office != joint->lead)
        return ruling_refuse(ruling, VERDICT_NOT_PERMITTED, "only the lead may say so");
    if (event->kind == EVENT_MEMBER_JOINED)
        return !(joint_offices(state, matter) & event->named) ||
               ruling_refuse(ruling, VERDICT_ILLEGAL_TRANSITION, "member: takes part already");
    const struct task *open = joint_open_task(state, matter);
    if (open)
        return ruling_refuse(ruling, VERDICT_ILLEGAL_TRANSITION, "task '%s' is neither done nor released",
                             state_text(state, open->code));
    return true;
}

bool joint_judge(const struct state *state, const struct event *event, const struct publisher *publisher,
                 struct ruling *ruling)
{
    const struct matter *matter = state_matter(state, ruling->matter);
    if (matter->step == STEP_RETRACTED)
        return ruling_refuse(ruling, VERDICT_ILLEGAL_TRANSITION, "matter '%s' stands at RETRACTED", event->matter);
    if (event->kind == EVENT_JOINT_HANDLING_OPENED)
        return judge_opening(state, event, publisher, matter, ruling);
    if (event->kind == EVENT_SUPERVISION_ISSUED)
        return true;
    if (event->kind == EVENT_SUPERVISION_ANSWERED)
        return unanswered(state, matter, publisher->office) != 0 ||
               ruling_refuse(ruling, VERDICT_ILLEGAL_TRANSITION, "no supervision of matter '%s' waits for this office",
                             event->matter);
    if (event->kind == EVENT_CONSULTATION_HELD) {
        office_set may = joint_offices(state, matter) | OFFICE_BIT(matter->office) | OFFICE_BIT(matter->handler) |
                         OFFICE_BIT(OFFICE_LEADERSHIP);
        return (may & OFFICE_BIT(publisher->office)) ||
               ruling_refuse(ruling, VERDICT_NOT_PERMITTED, "a consultation is recorded by an office that takes part");
    }
    return judge_joint(state, event, publisher, matter, ruling);
}

static void open_joint(struct state *state, const struct event *event, uint32_t ordinal, uint64_t position)
{
    uint32_t added = table_add(&state->joints);
    *(struct joint *)table_change(&state->joints, added) = (struct joint){
        .opened_at = position, .matter = ordinal, .members = event->joint.members, .lead = event->joint.lead};
    state_change_annex(state, ordinal)->joint = added;
}

static void assign_task(struct state *state, const struct event *event, struct joint *joint, uint32_t ordinal,
                        uint64_t position)
{
    uint32_t code = state_add_text(state, event->task.code);
    uint32_t added = table_add(&state->tasks);
    *(struct task *)table_change(&state->tasks, added) = (struct task){.assigned_at = position,
                                                                       .matter = ordinal,
                                                                       .code = code,
                                                                       .next = joint->tasks,
                                                                       .due_day = event->due_day,
                                                                       .office = (uint8_t)event->to_office};
    joint->tasks = added;
}

static void issue_supervision(struct state *state, const struct event *event, const struct publisher *publisher,
                              uint32_t ordinal, uint64_t position)
{
    uint32_t added = table_add(&state->supervisions);
    struct annex *annex = state_change_annex(state, ordinal);
    *(struct supervision *)table_change(&state->supervisions, added) =
        (struct supervision){.issued_at = position,
                             .matter = ordinal,
                             .next = annex->supervisions,
                             .due_day = event->due_day,
                             .level = (uint8_t)event->supervision.level,
                             .to_office = (uint8_t)event->to_office,
                             .by_office = (uint8_t)publisher->office};
    annex->supervisions = added;
}

void joint_apply(struct state *state, const struct event *event, const struct publisher *publisher,
                 const struct ruling *ruling, uint64_t position)
{
    const struct matter *matter = state_matter(state, ruling->matter);
    const uint32_t newest = state_annex(state, matter)->joint;
    struct joint *joint = table_change(&state->joints, newest);
    if (event->kind == EVENT_JOINT_HANDLING_OPENED) {
        open_joint(state, event, ruling->matter, position);
    } else if (event->kind == EVENT_MEMBER_JOINED) {
        joint->members |= event->named;
    } else if (event->kind == EVENT_JOINT_TASK_ASSIGNED) {
        assign_task(state, event, joint, ruling->matter, position);
    } else if (event->kind == EVENT_JOINT_TASK_DONE) {
        struct task *task = table_change(&state->tasks, joint_find_task(state, matter, event->task.code));
        task->done_at = position;
        task->released = event->task.released;
    } else if (event->kind == EVENT_JOINT_HANDLING_CLOSED) {
        joint->closed_at = position;
    } else if (event->kind == EVENT_CONSULTATION_HELD) {
        if (newest != 0)
            joint->consultations++;
    } else if (event->kind == EVENT_SUPERVISION_ISSUED) {
        issue_supervision(state, event, publisher, ruling->matter, position);
    } else if (event->kind == EVENT_SUPERVISION_ANSWERED) {
        struct supervision *row = table_change(&state->supervisions, unanswered(state, matter, publisher->office));
        row->answered_at = position;
    }
}

void joint_escalate(struct state *state, const struct event *event, uint32_t ordinal)
{
    const struct matter *matter = state_matter(state, ordinal);
    if (event->variant == CLOCK_TASK) {
        uint32_t task = joint_find_task(state, matter, event->passed.task);
        if (task != 0)
            ((struct task *)table_change(&state->tasks, task))->escalation = (uint8_t)event->passed.level;
        return;
    }
    const struct supervision *row;
    for (uint32_t at = state_annex(state, matter)->supervisions; at != 0; at = row->next) {
        row = table_row(&state->supervisions, at);
        if (row->answered_at == 0 && row->to_office == event->to_office && row->due_day == event->due_day)
            ((struct supervision *)table_change(&state->supervisions, at))->escalation = (uint8_t)event->passed.level;
    }
}
