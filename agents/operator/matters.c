/* sanlingctl matters, and petitions, hazards, accidents, cases, mediation and grid: the same list with its kind fixed.
 */
#include "arguments.h"
#include "ask.h"
#include "commands.h"
#include "language.h"
#include "matter_filter.h"
#include "matter_table.h"
#include "matter_words.h"

#include <inttypes.h>
#include <stdio.h>

enum { KEY_MATTER = 0x200, KEY_STEP, KEY_OPEN, KEY_OVERDUE, KEY_DUE_SOON };

struct arguments {
    struct tool *tool;
    bool any_kind; /* --kind is an option */
    Sanling__V1__MattersQuery query;
};

static void take_word(const struct argp_state *state, char *argument, Sanling__V1__MattersQuery *query)
{
    char *word = NULL;
    argument_take_word(state, argument, &word);
    if (unit_code_is_plausible(word))
        query->unit = word;
    else
        query->matter = word;
}

static char *argument_step(const struct argp_state *state, const char *text)
{
    const char *step = step_parse(text);
    if (step == NULL)
        command_line_refuse("%s: --step '%s' is no step; take one that the list shows, e.g. ORDERED or 限期整改",
                            state->name, text);
    return (char *)step; /* a query's strings are only read */
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = arguments->tool;
        state->child_inputs[1] = &arguments->query;
        if (arguments->any_kind)
            state->child_inputs[2] = &arguments->query;
        return 0;
    case KEY_MATTER:
        arguments->query.matter = argument;
        return 0;
    case KEY_STEP:
        arguments->query.step = argument_step(state, argument);
        return 0;
    case KEY_OPEN:
        arguments->query.open = true;
        return 0;
    case KEY_OVERDUE:
        arguments->query.overdue = true;
        return 0;
    case KEY_DUE_SOON:
        arguments->query.due_soon = true;
        return 0;
    case ARGP_KEY_ARG:
        take_word(state, argument, &arguments->query);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "matter", .key = KEY_MATTER, .arg = "MATTER", .doc = N_("This one with its whole history")},
    {.name = "step", .key = KEY_STEP, .arg = "STEP", .doc = N_("That stand at this step, e.g. ORDERED or 限期整改")},
    {.name = "open", .key = KEY_OPEN, .doc = N_("Not at a final step 在办")},
    {.name = "overdue", .key = KEY_OVERDUE, .doc = N_("A clock, a task or a supervision ran out 逾期")},
    {.name = "due-soon",
     .key = KEY_DUE_SOON,
     .doc = N_("The running clock ends within the policy's warning days 将到期")},
    {0},
};

/* "隐患 HAZARD  共 3 项 in all  截至位置 at position #184203" */
static void print_heading(const struct answer *answer, Sanling__V1__MatterKind__Kind kind)
{
    const Sanling__V1__MattersAnswer *matters = (const Sanling__V1__MattersAnswer *)answer->body;
    bool any = kind == SANLING__V1__MATTER_KIND__KIND__UNSPECIFIED;
    tool_print_demonstration(answer->demonstration);
    printf("%s  共 %zu 项 in all  截至位置 at position #%" PRIu64 "\n", any ? "事项 Matters" : matter_kind_label(kind),
           matters->n_matters, answer->position);
}

static void print_histories(const struct answer *answer, const struct matter_names *names)
{
    const Sanling__V1__MattersAnswer *matters = (const Sanling__V1__MattersAnswer *)answer->body;
    tool_print_demonstration(answer->demonstration);
    for (size_t i = 0; i < matters->n_matters; i++) {
        if (i > 0)
            putchar('\n');
        matter_print(matters->matters[i], names);
    }
}

/* What only the screen needs: the names of types, for a history, and of codes. */
static int ask_names(struct tool *tool, bool history, struct matter_names *names)
{
    int status = ask_labels(tool, &names->labels);
    return status == STATUS_DONE && history ? ask_catalogue(tool, &names->catalogue) : status;
}

static int print(const struct arguments *arguments, const struct answer *answer)
{
    const Sanling__V1__MattersAnswer *matters = (const Sanling__V1__MattersAnswer *)answer->body;
    bool history = arguments->query.matter[0] != '\0';
    struct matter_names names = {0};
    int status = ask_names(arguments->tool, history, &names);
    if (status == STATUS_DONE && history)
        print_histories(answer, &names);
    if (status == STATUS_DONE && !history) {
        print_heading(answer, arguments->query.kind);
        matter_table_print(matters, arguments->query.kind, &names);
    }
    answer_clear(&names.labels);
    answer_clear(&names.catalogue);
    return status;
}

static int show(const struct arguments *arguments, const struct answer *answer)
{
    const Sanling__V1__MattersAnswer *matters = (const Sanling__V1__MattersAnswer *)answer->body;
    if (arguments->query.matter[0] != '\0' && matters->n_matters == 0)
        return tool_report(STATUS_NO, "UNKNOWN_MATTER",
                           "'%s' is no matter that you may see; a list without it shows the codes",
                           arguments->query.matter);
    if (!arguments->tool->json)
        return print(arguments, answer);
    tool_print_json(answer->body);
    return STATUS_DONE;
}

static int list_matters(struct tool *tool, int argc, char **argv, Sanling__V1__MatterKind__Kind kind, const char *help)
{
    bool any = kind == SANLING__V1__MATTER_KIND__KIND__UNSPECIFIED;
    const struct argp_child children[] = {
        {.argp = &tool_argp}, {.argp = &matter_filter_argp}, {.argp = any ? &matter_kind_argp : NULL}, {0}};
    const struct argp argp = {options, parse, "[UNIT|MATTER]", help, children, NULL, NULL};
    struct arguments arguments = {.tool = tool, .any_kind = any, .query = SANLING__V1__MATTERS_QUERY__INIT};
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    struct answer answer;
    arguments.query.kind = kind;
    tool_parse(&argp, argc, argv, &arguments);
    query.ask_case = SANLING__V1__QUERY__ASK_MATTERS;
    query.matters = &arguments.query;
    int status = tool_ask_all(tool, &query, &sanling__v1__matters_answer__descriptor, &answer);
    if (status == STATUS_DONE)
        status = show(&arguments, &answer);
    answer_clear(&answer);
    return status;
}

#define JSON_HELP                                                                                                      \
    "\v"                                                                                                               \
    "UNIT is a unit's code: its matters and those of the units below it. Any other word is a matter's code. With "     \
    "--json: one sanling.v1.MattersAnswer."

int run_matters(struct tool *tool, int argc, char **argv)
{
    return list_matters(tool, argc, argv, SANLING__V1__MATTER_KIND__KIND__UNSPECIFIED,
                        "Examples:\n"
                        "  sanlingctl matters --open --office petitions\n"
                        "  sanlingctl matters 140322102000 --joint --overdue\n"
                        "  sanlingctl matters --matter 140322-2020-P-000017-7\n"
                        "\n"
                        "Matters in hand, of all kinds; or one matter with its whole history." JSON_HELP);
}

int run_petitions(struct tool *tool, int argc, char **argv)
{
    return list_matters(tool, argc, argv, SANLING__V1__MATTER_KIND__KIND__PETITION,
                        "Examples:\n"
                        "  sanlingctl petitions --open --due-soon\n"
                        "  sanlingctl petitions 140322102000 --step ACCEPTED\n"
                        "\n"
                        "Petitions 信访事项 by step and legal deadline; accusations are in no list." JSON_HELP);
}

int run_hazards(struct tool *tool, int argc, char **argv)
{
    return list_matters(tool, argc, argv, SANLING__V1__MATTER_KIND__KIND__HAZARD,
                        "Examples:\n"
                        "  sanlingctl hazards --step 限期整改 --overdue\n"
                        "  sanlingctl hazards 140322102000 --open --campaign C03\n"
                        "\n"
                        "Hazards 隐患: found, ordered, rectified, struck off." JSON_HELP);
}

int run_accidents(struct tool *tool, int argc, char **argv)
{
    return list_matters(tool, argc, argv, SANLING__V1__MATTER_KIND__KIND__ACCIDENT,
                        "Examples:\n"
                        "  sanlingctl accidents\n"
                        "  sanlingctl accidents 140322102000 --open\n"
                        "\n"
                        "Accidents 事故, their grades and whether they were reported in time." JSON_HELP);
}

int run_cases(struct tool *tool, int argc, char **argv)
{
    return list_matters(tool, argc, argv, SANLING__V1__MATTER_KIND__KIND__CASE,
                        "Examples:\n"
                        "  sanlingctl cases --open\n"
                        "  sanlingctl cases 140322102000 --step RESOLVED\n"
                        "\n"
                        "Cases 案件: filed, resolved, withdrawn." JSON_HELP);
}

int run_mediation(struct tool *tool, int argc, char **argv)
{
    return list_matters(tool, argc, argv, SANLING__V1__MATTER_KIND__KIND__DISPUTE,
                        "Examples:\n"
                        "  sanlingctl mediation --open\n"
                        "  sanlingctl mediation 140322102000 --step AGREED\n"
                        "\n"
                        "Disputes 矛盾纠纷 and their mediation: channel, consents of both sides, outcome." JSON_HELP);
}

int run_grid(struct tool *tool, int argc, char **argv)
{
    return list_matters(tool, argc, argv, SANLING__V1__MATTER_KIND__KIND__SEVEN_STEPS,
                        "Examples:\n"
                        "  sanlingctl grid --open\n"
                        "  sanlingctl grid 140322102000 --step DISPATCHED\n"
                        "\n"
                        "Matters of the grids in the seven steps 七步闭环." JSON_HELP);
}
