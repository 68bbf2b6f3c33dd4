/* sanlingctl figure: every figure leads back to its records. */
#include "arguments.h"
#include "ask.h"
#include "commands.h"
#include "language.h"
#include "table.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>

enum {
    KEY_PERIOD = 0x200,
    FIGURE_NAME_SIZE = 64, /* no figure has a name so long */
};

struct arguments {
    struct tool *tool;
    Sanling__V1__FigureQuery query;
    char name[FIGURE_NAME_SIZE];
};

/* JSON writes struckOff where the figure is called struck_off: both are understood. */
static void take_name(const char *argument, char name[static FIGURE_NAME_SIZE])
{
    size_t size = 0;
    for (const char *at = argument; *at != '\0' && size < FIGURE_NAME_SIZE - 2; at++) {
        const bool new_word = at > argument && islower((unsigned char)at[-1]) && isupper((unsigned char)*at);
        if (new_word)
            name[size++] = '_';
        name[size++] = new_word ? (char)tolower((unsigned char)*at) : *at;
    }
    name[size] = '\0';
}

static void take_word(const struct argp_state *state, char *argument, struct arguments *arguments)
{
    if (state->arg_num == 0) {
        take_name(argument, arguments->name);
        arguments->query.figure = arguments->name;
    } else if (state->arg_num == 1) {
        arguments->query.unit = argument;
    } else {
        command_line_refuse("%s: '%s' is one word too many", state->name, argument);
    }
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
        take_word(state, argument, arguments);
        return 0;
    case ARGP_KEY_NO_ARGS:
        command_line_refuse("%s: wants the name of a figure, e.g. hazards.struck_off", state->name);
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
    "  sanlingctl figure hazards.struck_off\n"
    "  sanlingctl figure zeros.CASE.broken 140322102000 --period 2020\n"
    "  sanlingctl figure publicity.LEAFLETS\n"
    "\n"
    "The records behind a figure of the summary. Their counts add up to it, but for those that you may not see.\v"
    "NAME is the figure's place in the summary as `sanlingctl --json summary` has it: subject.figure, units.KIND, the "
    "kind of a tally, or "
    "zeros.ZERO.STATUS and zeros.ZERO.GROUP.STATUS with ZERO PETITION, ACCIDENT, CASE or JOINT, GROUP AREA or "
    "ENTERPRISE, STATUS total, zero, broken or unverified. With --json: one sanling.v1.FigureAnswer. A record in full: "
    "sanlingctl replay "
    "--from POSITION --to POSITION.");

static void print_figure(const struct answer *answer, const Sanling__V1__FigureQuery *query)
{
    static const struct column columns[] = {{"位置 Position", true},
                                            {"日期 Day", false},
                                            {"单位 Unit", false},
                                            {"编号 Matter", false},
                                            {"计数 Count", true}};
    const Sanling__V1__FigureAnswer *figure = (const Sanling__V1__FigureAnswer *)answer->body;
    struct libscols_table *table = table_open(columns, sizeof columns / sizeof *columns);
    tool_print_demonstration(answer->demonstration);
    printf("%s = %" PRIu64 "  形成此数的事件 records behind it: %zu  截至位置 at position #%" PRIu64 "\n",
           query->figure, figure->total, figure->n_rows, answer->position);
    uint64_t shown = 0;
    for (size_t i = 0; i < figure->n_rows; i++) {
        const Sanling__V1__FigureAnswer__Row *counted = figure->rows[i];
        struct libscols_line *row = table_add_row(table, NULL);
        row_set_position(row, 0, counted->position);
        row_set_text(row, 1, counted->day);
        row_set_text(row, 2, counted->unit);
        row_set_text(row, 3, counted->matter);
        row_set(row, 4, "%" PRIu64, counted->count);
        shown += counted->count;
    }
    if (figure->n_rows > 0 || figure->total == 0)
        table_print(&table);
    else
        table_close(&table);
    if (shown < figure->total)
        printf("其余计数 %" PRIu64 " 的记录不在可见范围内 records for %" PRIu64 " of it are not for you to see\n",
               figure->total - shown, figure->total - shown);
}

int run_figure(struct tool *tool, int argc, char **argv)
{
    const struct argp_child children[] = {{.argp = &tool_argp}, {0}};
    const struct argp argp = {options, parse, "NAME [UNIT]", help, children, NULL, NULL};
    struct arguments arguments = {.tool = tool, .query = SANLING__V1__FIGURE_QUERY__INIT};
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    struct answer answer;
    tool_parse(&argp, argc, argv, &arguments);
    query.ask_case = SANLING__V1__QUERY__ASK_FIGURE;
    query.figure = &arguments.query;
    int status = tool_ask_all(tool, &query, &sanling__v1__figure_answer__descriptor, &answer);
    if (status == STATUS_DONE && tool->json)
        tool_print_json(answer.body);
    if (status == STATUS_DONE && !tool->json)
        print_figure(&answer, &arguments.query);
    answer_clear(&answer);
    return status;
}
