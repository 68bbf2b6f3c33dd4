/* sanlingctl discrepancies: 疑似漏报, where offices' records contradict each other. */
#include "arguments.h"
#include "ask.h"
#include "commands.h"
#include "language.h"
#include "matter_words.h"
#include "table.h"
#include "words.h"

#include <inttypes.h>
#include <stdio.h>

enum { KEY_OPEN = 0x200 };

struct arguments {
    struct tool *tool;
    Sanling__V1__DiscrepanciesQuery query;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = arguments->tool;
        return 0;
    case KEY_OPEN:
        arguments->query.open = true;
        return 0;
    case ARGP_KEY_ARG:
        argument_take_word(state, argument, &arguments->query.unit);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {{.name = "open", .key = KEY_OPEN, .doc = N_("Not resolved yet 待核查")},
                                             {0}};

static const char help[] =
    N_("Examples:\n"
       "  sanlingctl discrepancies --open\n"
       "  sanlingctl discrepancies 140322102000\n"
       "\n"
       "Suspected omissions 疑似漏报: which rule, on which record, who must look into it, what was "
       "found. A suspicion is no finding.\v"
       "With --json: one sanling.v1.DiscrepanciesAnswer.");

static void add_discrepancy(struct libscols_table *table, const Sanling__V1__DiscrepanciesAnswer__Discrepancy *found)
{
    struct libscols_line *row = table_add_row(table, NULL);
    char offices[OFFICES_TEXT_SIZE];
    offices_format(found->offices, found->n_offices, offices);
    row_set(row, 0, "%s", found->discrepancy);
    row_set(row, 1, "%s", found->rule);
    row_set(row, 2, "%s %s", found->unit_name, found->unit);
    row_set_text(row, 3, found->day);
    row_set_position(row, 4, found->evidence);
    row_set_position(row, 5, found->raised_at);
    row_set_text(row, 6, offices);
    if (found->resolved_at == 0)
        row_set(row, 7, "待核查 open");
    else
        row_set(row, 7, "%s #%" PRIu64, finding_label(found->finding), found->resolved_at);
}

static void print_discrepancies(const struct answer *answer)
{
    static const struct column columns[] = {{"编号 Number", false},  {"规则 Rule", false},       {"单位 Unit", false},
                                            {"日期 Day", false},     {"证据 Evidence", true},    {"提出 Raised", true},
                                            {"部门 Offices", false}, {"核查结果 Finding", false}};
    const Sanling__V1__DiscrepanciesAnswer *body = (const Sanling__V1__DiscrepanciesAnswer *)answer->body;
    struct libscols_table *table = table_open(columns, sizeof columns / sizeof *columns);
    tool_print_demonstration(answer->demonstration);
    printf("疑似漏报 Suspected omissions  共 %zu 项 in all  截至位置 at position #%" PRIu64 "\n", body->n_discrepancies,
           answer->position);
    for (size_t i = 0; i < body->n_discrepancies; i++)
        add_discrepancy(table, body->discrepancies[i]);
    table_print(&table);
}

int run_discrepancies(struct tool *tool, int argc, char **argv)
{
    const struct argp_child children[] = {{.argp = &tool_argp}, {0}};
    const struct argp argp = {options, parse, "[UNIT]", help, children, NULL, NULL};
    struct arguments arguments = {.tool = tool, .query = SANLING__V1__DISCREPANCIES_QUERY__INIT};
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    struct answer answer;
    tool_parse(&argp, argc, argv, &arguments);
    query.ask_case = SANLING__V1__QUERY__ASK_DISCREPANCIES;
    query.discrepancies = &arguments.query;
    int status = tool_ask(tool, &query, &sanling__v1__discrepancies_answer__descriptor, &answer);
    if (status == STATUS_DONE && tool->json)
        tool_print_json(answer.body);
    if (status == STATUS_DONE && !tool->json)
        print_discrepancies(&answer);
    answer_clear(&answer);
    return status;
}
