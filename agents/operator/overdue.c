/* sanlingctl overdue: what is past its day, by days. */
#include "overdue.h"

#include "arguments.h"
#include "ask.h"
#include "commands.h"
#include "language.h"
#include "matter_filter.h"
#include "matter_table.h"
#include "matter_words.h"
#include "moment.h"
#include "table.h"
#include "words.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add_row(struct overdue_list *list, struct overdue_row row)
{
    list->rows[list->count++] = row;
}

static int32_t days_over(const char *due_day, int32_t today)
{
    int32_t due;
    return day_parse(due_day, &due) ? today - due : 0;
}

static void add_tasks(struct overdue_list *list, const Sanling__V1__MattersAnswer__Matter *matter, int32_t today)
{
    for (size_t i = 0; i < matter->n_tasks; i++) {
        const Sanling__V1__MattersAnswer__Task *task = matter->tasks[i];
        if (task->overdue && task->done_at == 0)
            add_row(list, (struct overdue_row){.matter = matter,
                                               .kind = OVERDUE_TASK,
                                               .task = task->task,
                                               .office = task->office,
                                               .due_day = task->due_day,
                                               .days_over = days_over(task->due_day, today)});
    }
}

static void add_supervisions(struct overdue_list *list, const Sanling__V1__MattersAnswer__Matter *matter, int32_t today)
{
    for (size_t i = 0; i < matter->n_supervisions; i++) {
        const Sanling__V1__MattersAnswer__Supervision *supervision = matter->supervisions[i];
        if (supervision->overdue && supervision->answered_at == 0)
            add_row(list, (struct overdue_row){.matter = matter,
                                               .kind = OVERDUE_SUPERVISION,
                                               .level = supervision->level,
                                               .office = supervision->to_office,
                                               .due_day = supervision->due_day,
                                               .days_over = days_over(supervision->due_day, today)});
    }
}

static void add_clock(struct overdue_list *list, const Sanling__V1__MattersAnswer__Matter *matter, bool soon)
{
    if (matter->due_day[0] == '\0' || soon != (matter->days_left >= 0))
        return;
    add_row(list, (struct overdue_row){.matter = matter,
                                       .kind = OVERDUE_CLOCK,
                                       .level = matter->escalation,
                                       .office = matter->handler != SANLING__V1__OFFICE__KIND__UNSPECIFIED
                                                     ? matter->handler
                                                     : matter->opened_by,
                                       .due_day = matter->due_day,
                                       .days_over = -matter->days_left});
}

static int compare_rows(const void *left, const void *right)
{
    const struct overdue_row *a = left;
    const struct overdue_row *b = right;
    if (a->days_over != b->days_over)
        return a->days_over > b->days_over ? -1 : 1;
    int order = strcmp(a->matter->matter, b->matter->matter);
    return order != 0 ? order : (int)a->kind - (int)b->kind;
}

struct overdue_list overdue_list_of(const Sanling__V1__MattersAnswer *matters, int32_t today, bool soon)
{
    struct overdue_list list = {0};
    size_t most = 0;
    for (size_t i = 0; i < matters->n_matters; i++)
        most += 1 + matters->matters[i]->n_tasks + matters->matters[i]->n_supervisions;
    list.rows = calloc(most + 1, sizeof *list.rows);
    if (list.rows == NULL)
        exit(tool_report(STATUS_NO, "SYSTEM", "no memory for a list"));
    for (size_t i = 0; i < matters->n_matters; i++) {
        add_clock(&list, matters->matters[i], soon);
        if (!soon) {
            add_tasks(&list, matters->matters[i], today);
            add_supervisions(&list, matters->matters[i], today);
        }
    }
    qsort(list.rows, list.count, sizeof *list.rows, compare_rows);
    return list;
}

void overdue_list_clear(struct overdue_list *list)
{
    free(list->rows);
    *list = (struct overdue_list){0};
}

enum { KEY_SOON = 0x200 };

struct arguments {
    struct tool *tool;
    Sanling__V1__MattersQuery query;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = arguments->tool;
        state->child_inputs[1] = &arguments->query;
        state->child_inputs[2] = &arguments->query;
        return 0;
    case KEY_SOON:
        arguments->query.overdue = false;
        arguments->query.due_soon = true;
        return 0;
    case ARGP_KEY_ARG:
        argument_take_word(state, argument, &arguments->query.unit);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "soon", .key = KEY_SOON, .doc = N_("What will run out within the policy's warning days 将到期, instead")},
    {0},
};

static const char help[] = N_("Examples:\n"
                              "  sanlingctl overdue\n"
                              "  sanlingctl overdue 140322102000 --office work_safety\n"
                              "  sanlingctl overdue --soon --kind petition\n"
                              "\n"
                              "Open matters, joint tasks and supervisions past their day, most days over first.\v"
                              "With --json: one sanling.v1.MattersAnswer with the matters in the hub's order.");

static void set_what(struct libscols_line *row, size_t at, const struct overdue_row *overdue)
{
    switch (overdue->kind) {
    case OVERDUE_CLOCK:
        row_set(row, at, "时限 %s", clock_label(overdue->matter->clock));
        return;
    case OVERDUE_TASK:
        row_set(row, at, "联合任务 task %s", overdue->task);
        return;
    case OVERDUE_SUPERVISION:
        row_set(row, at, "%s 未回复 unanswered", supervision_label(overdue->level));
        return;
    }
}

static void add_line(struct libscols_table *table, const struct overdue_row *overdue, const struct answer *labels)
{
    struct libscols_line *row = table_add_row(table, NULL);
    bool reported = overdue->kind == OVERDUE_CLOCK && overdue->level > 0;
    row_set(row, 0, "%" PRId32, overdue->days_over < 0 ? -overdue->days_over : overdue->days_over);
    row_set_text(row, 1, overdue->due_day);
    set_what(row, 2, overdue);
    row_set(row, 3, "%s", office_label(overdue->office));
    row_set(row, 4, "%s", matter_kind_label(overdue->matter->kind));
    row_set(row, 5, "%s", overdue->matter->matter);
    row_set(row, 6, "%s %s", overdue->matter->unit_name, overdue->matter->unit);
    row_set(row, 7, "%s %s", matter_step_name(overdue->matter->kind, overdue->matter->step, labels),
            overdue->matter->step);
    row_set(row, 8, "%s", reported ? supervision_label(overdue->level) : "–");
}

static void print_rows(const struct answer *answer, const struct answer *labels, int32_t today, bool soon)
{
    const struct column columns[] = {{soon ? "剩余天数 Days left" : "逾期天数 Days over", true},
                                     {"到期 Due", false},
                                     {"何事 What", false},
                                     {"部门 Office", false},
                                     {"类别 Kind", false},
                                     {"编号 Matter", false},
                                     {"单位 Unit", false},
                                     {"步骤 Step", false},
                                     {"已报至 Reported to", false}};
    struct libscols_table *table = table_open(columns, sizeof columns / sizeof *columns);
    struct overdue_list list = overdue_list_of((const Sanling__V1__MattersAnswer *)answer->body, today, soon);
    tool_print_demonstration(answer->demonstration);
    printf("%s  共 %zu 项 in all  截至位置 at position #%" PRIu64 "\n", soon ? "将到期 Due soon" : "逾期 Overdue",
           list.count, answer->position);
    for (size_t i = 0; i < list.count; i++)
        add_line(table, &list.rows[i], labels);
    table_print(&table);
    overdue_list_clear(&list);
}

static int show(struct tool *tool, const struct answer *answer, bool soon)
{
    struct answer labels = {0};
    int32_t today;
    int status = ask_today(tool, &today);
    if (status == STATUS_DONE)
        status = ask_labels(tool, &labels);
    if (status == STATUS_DONE)
        print_rows(answer, &labels, today, soon);
    answer_clear(&labels);
    return status;
}

int run_overdue(struct tool *tool, int argc, char **argv)
{
    const struct argp_child children[] = {
        {.argp = &tool_argp}, {.argp = &matter_filter_argp}, {.argp = &matter_kind_argp}, {0}};
    const struct argp argp = {options, parse, "[UNIT]", help, children, NULL, NULL};
    struct arguments arguments = {.tool = tool, .query = SANLING__V1__MATTERS_QUERY__INIT};
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    struct answer answer;
    arguments.query.overdue = true;
    tool_parse(&argp, argc, argv, &arguments);
    query.ask_case = SANLING__V1__QUERY__ASK_MATTERS;
    query.matters = &arguments.query;
    int status = tool_ask_all(tool, &query, &sanling__v1__matters_answer__descriptor, &answer);
    if (status == STATUS_DONE && tool->json)
        tool_print_json(answer.body);
    if (status == STATUS_DONE && !tool->json)
        status = show(tool, &answer, arguments.query.due_soon);
    answer_clear(&answer);
    return status;
}
