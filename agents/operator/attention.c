/* sanlingctl attention: who owes what, what was changed afterwards. */
#include "arguments.h"
#include "ask.h"
#include "attention_words.h"
#include "commands.h"
#include "language.h"
#include "table.h"
#include "words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { KEY_PERIOD = 0x200 };

struct arguments {
    struct tool *tool;
    Sanling__V1__AttentionQuery query;
};

static void take_word(const struct argp_state *state, char *argument, Sanling__V1__AttentionQuery *query)
{
    if (state->arg_num == 0 && !attention_parse(argument, &query->list))
        command_line_refuse(
            "%s: '%s' is no list; one of unverified, silent, unswept, late, contradicted, unbroken, amended, "
            "withdrawn, evaluations",
            state->name, argument);
    if (state->arg_num == 1)
        query->unit = argument;
    if (state->arg_num > 1)
        command_line_refuse("%s: '%s' is one word too many", state->name, argument);
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = arguments->tool;
        return 0;
    case KEY_PERIOD:
        arguments->query.year = argument_year(state, argument);
        return 0;
    case ARGP_KEY_ARG:
        take_word(state, argument, &arguments->query);
        return 0;
    case ARGP_KEY_NO_ARGS:
        command_line_refuse(
            "%s: wants a list: unverified, silent, unswept, late, contradicted, unbroken, amended, withdrawn or "
            "evaluations",
            state->name);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "period", .key = KEY_PERIOD, .arg = "YEAR", .doc = N_("The evaluation period; default: the current one")},
    {0},
};

static const char help[] = N_(
    "Examples:\n"
    "  sanlingctl attention unverified 140322102000\n"
    "  sanlingctl attention 由破转零 --period 2020\n"
    "  sanlingctl --json attention evaluations --period 2020\n"
    "\n"
    "What the leadership looks at first.\v"
    "LIST: unverified 未核实 (days owed), silent 静默 (no event of any kind), unswept 未摸排, late "
    "迟报, contradicted 被否定 (attestations that cover a break), unbroken 由破转零 (a zero was BROKEN and, by an "
    "amendment that two approved, is no more), amended 更正撤销 (all, also what waits for its second approval 待复核), "
    "withdrawn 撤回信访 (for a spot check), evaluations 年度评定 (as published, and what holds now). With --json: one "
    "sanling.v1.AttentionAnswer.");

typedef Sanling__V1__AttentionAnswer__Row attention_row;

static void set_unit(struct libscols_line *row, size_t at, const attention_row *found)
{
    row_set(row, at, "%s %s", found->name, found->unit);
}

static void set_kind(struct libscols_line *row, size_t at, const attention_row *found)
{
    row_set(row, at, "%s", unit_kind_label(found->kind));
}

static void set_zero(struct libscols_line *row, size_t at, const attention_row *found)
{
    bool none = found->zero == SANLING__V1__ZERO__KIND__UNSPECIFIED;
    row_set(row, at, "%s", none ? "–" : zero_label(found->zero));
}

static void set_office(struct libscols_line *row, size_t at, const attention_row *found)
{
    row_set(row, at, "%s", office_label(found->office));
}

static void set_day(struct libscols_line *row, size_t at, const attention_row *found)
{
    row_set_text(row, at, found->day);
}

static void set_to_day(struct libscols_line *row, size_t at, const attention_row *found)
{
    row_set_text(row, at, found->to_day);
}

static void set_days(struct libscols_line *row, size_t at, const attention_row *found)
{
    row_set(row, at, "%u", found->days);
}

static void set_position(struct libscols_line *row, size_t at, const attention_row *found)
{
    row_set_position(row, at, found->position);
}

static void set_target(struct libscols_line *row, size_t at, const attention_row *found)
{
    row_set_position(row, at, found->target);
}

static void set_text(struct libscols_line *row, size_t at, const attention_row *found)
{
    row_set_text(row, at, found->text);
}

static const char *approval_label(const attention_row *found)
{
    if (found->pending)
        return "，待复核 pending second approval";
    return found->by_two ? "，两人批准 approved by two" : "";
}

/* A kind of amendment; one that a newer hub knows stays as it says it. */
static void set_change(struct libscols_line *row, size_t at, const attention_row *found)
{
    static const struct {
        const char *kind;
        const char *label;
    } changes[] = {{"RETRACTED", "撤销"}, {"CORRECTED", "更正"}, {"SUPPLEMENTED", "补报"}};
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
        if (strcmp(changes[i].kind, found->text) == 0) {
            row_set(row, at, "%s %s%s", changes[i].label, found->text, approval_label(found));
            return;
        }
    row_set(row, at, "%s%s", found->text, approval_label(found));
}

static const char *met_label(bool met)
{
    return met ? "是 met" : "否 not met";
}

static void set_met(struct libscols_line *row, size_t at, const attention_row *found)
{
    row_set(row, at, "%s", met_label(found->met));
}

static void set_met_now(struct libscols_line *row, size_t at, const attention_row *found)
{
    row_set(row, at, "%s%s", met_label(found->met_now), found->met != found->met_now ? " 修订 revised" : "");
}

struct attention_column {
    struct column column;
    void (*set)(struct libscols_line *row, size_t at, const attention_row *found);
};

enum { COLUMNS_MAX = 8 };

/* Ends with a column without a heading. */
struct attention_columns {
    struct attention_column columns[COLUMNS_MAX + 1];
};

static const struct attention_columns gap_columns = {{{{"单位 Unit", false}, set_unit},
                                                      {{"类别 Kind", false}, set_kind},
                                                      {{"零 Zero", false}, set_zero},
                                                      {{"应报部门 Owed by", false}, set_office},
                                                      {{"缺口自 From", false}, set_day},
                                                      {{"至 To", false}, set_to_day},
                                                      {{"天数 Days", true}, set_days}}};

static const struct attention_columns silence_columns = {{{{"单位 Unit", false}, set_unit},
                                                          {{"类别 Kind", false}, set_kind},
                                                          {{"最近 Last", false}, set_day},
                                                          {{"天数 Days", true}, set_days}}};

static const struct attention_columns late_columns = {{{{"单位 Unit", false}, set_unit},
                                                       {{"零 Zero", false}, set_zero},
                                                       {{"部门 Office", false}, set_office},
                                                       {{"日期 Day", false}, set_day},
                                                       {{"至 To", false}, set_to_day},
                                                       {{"迟报天数 Days late", true}, set_days},
                                                       {{"位置 Position", true}, set_position},
                                                       {{"内容 What", false}, set_text}}};

static const struct attention_columns contradicted_columns = {{{{"单位 Unit", false}, set_unit},
                                                               {{"零 Zero", false}, set_zero},
                                                               {{"部门 Office", false}, set_office},
                                                               {{"零报告自 From", false}, set_day},
                                                               {{"至 To", false}, set_to_day},
                                                               {{"位置 Position", true}, set_position},
                                                               {{"破零 Break", true}, set_target},
                                                               {{"天数 Days", true}, set_days}}};

static const struct attention_columns amendment_columns = {{{{"单位 Unit", false}, set_unit},
                                                            {{"部门 Office", false}, set_office},
                                                            {{"原日期 Day", false}, set_day},
                                                            {{"内容 What", false}, set_change},
                                                            {{"原记录 Target", true}, set_target},
                                                            {{"位置 Position", true}, set_position}}};

static const struct attention_columns withdrawal_columns = {{{{"单位 Unit", false}, set_unit},
                                                             {{"编号 Matter", false}, set_text},
                                                             {{"日期 Day", false}, set_day},
                                                             {{"部门 Office", false}, set_office},
                                                             {{"位置 Position", true}, set_position}}};

static const struct attention_columns evaluation_columns = {{{{"单位 Unit", false}, set_unit},
                                                             {{"类别 Kind", false}, set_kind},
                                                             {{"规则 Policy", false}, set_text},
                                                             {{"公布 As published", false}, set_met},
                                                             {{"现在 Now", false}, set_met_now},
                                                             {{"位置 Position", true}, set_position}}};

static const struct attention_column *columns_of(Sanling__V1__Attention__List list)
{
    switch (list) {
    case SANLING__V1__ATTENTION__LIST__SILENT:
    case SANLING__V1__ATTENTION__LIST__UNSWEPT:
        return silence_columns.columns;
    case SANLING__V1__ATTENTION__LIST__LATE:
        return late_columns.columns;
    case SANLING__V1__ATTENTION__LIST__CONTRADICTED:
        return contradicted_columns.columns;
    case SANLING__V1__ATTENTION__LIST__UNBROKEN:
    case SANLING__V1__ATTENTION__LIST__AMENDED:
        return amendment_columns.columns;
    case SANLING__V1__ATTENTION__LIST__WITHDRAWN:
        return withdrawal_columns.columns;
    case SANLING__V1__ATTENTION__LIST__EVALUATIONS:
        return evaluation_columns.columns;
    case SANLING__V1__ATTENTION__LIST__UNVERIFIED:
    case SANLING__V1__ATTENTION__LIST__UNSPECIFIED:
    case _SANLING__V1__ATTENTION__LIST_IS_INT_SIZE:
        break;
    }
    return gap_columns.columns;
}

static void print_list(const struct answer *answer, Sanling__V1__Attention__List list)
{
    const Sanling__V1__AttentionAnswer *body = (const Sanling__V1__AttentionAnswer *)answer->body;
    const struct attention_column *chosen = columns_of(list);
    struct column columns[COLUMNS_MAX];
    size_t count = 0;
    for (; chosen[count].column.heading != NULL; count++)
        columns[count] = chosen[count].column;
    struct libscols_table *table = table_open(columns, count);
    for (size_t i = 0; i < body->n_rows; i++) {
        struct libscols_line *row = table_add_row(table, NULL);
        for (size_t c = 0; c < count; c++)
            chosen[c].set(row, c, body->rows[i]);
    }
    tool_print_demonstration(answer->demonstration);
    printf("%s  共 %zu 项 in all  截至位置 at position #%" PRIu64 "\n", attention_label(list), body->n_rows,
           answer->position);
    table_print(&table);
    if (list == SANLING__V1__ATTENTION__LIST__UNVERIFIED)
        puts("\n未报不等于零 No report is not zero");
}

int run_attention(struct tool *tool, int argc, char **argv)
{
    const struct argp_child children[] = {{.argp = &tool_argp}, {0}};
    const struct argp argp = {options, parse, "LIST [UNIT]", help, children, NULL, NULL};
    struct arguments arguments = {.tool = tool, .query = SANLING__V1__ATTENTION_QUERY__INIT};
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    struct answer answer;
    tool_parse(&argp, argc, argv, &arguments);
    query.ask_case = SANLING__V1__QUERY__ASK_ATTENTION;
    query.attention = &arguments.query;
    int status = tool_ask_all(tool, &query, &sanling__v1__attention_answer__descriptor, &answer);
    if (status == STATUS_DONE && tool->json)
        tool_print_json(answer.body);
    if (status == STATUS_DONE && !tool->json)
        print_list(&answer, arguments.query.list);
    answer_clear(&answer);
    return status;
}
