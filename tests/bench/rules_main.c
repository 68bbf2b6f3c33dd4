/* sanling-rules-bench: what the rules cost by themselves. `run` beside it gathers the figures. */
#include <argp.h>
#include <stdlib.h>
#include <string.h>

#include "argument.h"
#include "county.h"
#include "history.h"
#include "rules_commands.h"

enum { OPTION_POLICY = 256, OPTION_UNITS, OPTION_YEARS, OPTION_ROUNDS, OPTION_EVENTS };
enum { ROUNDS_MAX = 64, EVENTS_MAX = 1000000 };

static const struct argp_option option_list[] = {
    {"policy", OPTION_POLICY, "FILE", 0, "The rules to adopt", 0},
    {"units", OPTION_UNITS, "N", 0, "Units of the county, 200 to 5000000; default 5000", 0},
    {"years", OPTION_YEARS, "N", 0, "Years that lie behind, 1 to 4; default 1", 0},
    {"rounds", OPTION_ROUNDS, "N", 0, "rules: rounds, at most 64; default 5", 0},
    {"events", OPTION_EVENTS, "N", 0, "rules: events of a round; default 200000", 0},
    {0}};

struct arguments {
    struct rules_bench bench;
    int (*run)(const struct rules_bench *bench);
};

static void take_command(struct argp_state *state, const char *name, struct arguments *arguments)
{
    if (state->arg_num == 0 && strcmp(name, "rules") == 0)
        arguments->run = run_rules;
    else if (state->arg_num == 0 && strcmp(name, "asof") == 0)
        arguments->run = run_asof;
    else if (state->arg_num == 0 && strcmp(name, "page") == 0)
        arguments->run = run_page;
    else if (state->arg_num == 0 && strcmp(name, "summaries") == 0)
        arguments->run = run_summaries;
    else
        argp_error(state, "'%s': not a command here", name);
}

static error_t take_option(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    struct rules_bench *bench = &arguments->bench;
    switch (key) {
    case OPTION_POLICY:
        bench->policy = argument;
        return 0;
    case OPTION_UNITS:
        bench->units = (uint32_t)argument_number(state, argument, COUNTY_UNITS_MIN, COUNTY_UNITS_MAX);
        return 0;
    case OPTION_YEARS:
        bench->years = (uint32_t)argument_number(state, argument, 1, HISTORY_YEARS_MAX);
        return 0;
    case OPTION_ROUNDS:
        bench->rounds = (uint32_t)argument_number(state, argument, 1, ROUNDS_MAX);
        return 0;
    case OPTION_EVENTS:
        bench->events = (uint32_t)argument_number(state, argument, 1, EVENTS_MAX);
        return 0;
    case ARGP_KEY_ARG:
        take_command(state, argument, arguments);
        return 0;
    case ARGP_KEY_END:
        if (!arguments->run || !bench->policy)
            argp_error(state, "wants a command and --policy");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int main(int count, char **words)
{
    struct arguments arguments = {.bench = {.units = 5000, .years = 1, .rounds = 5, .events = 200000}};
    const struct argp parser = {.options = option_list,
                                .parser = take_option,
                                .args_doc = "COMMAND",
                                .doc = "Measures the rules in this process. Commands:\n"
                                       "  rules   nanoseconds of an event on the status path\n"
                                       "  asof    milliseconds of questions about a county and its years\n"
                                       "  page    milliseconds of the questions of the leadership's page\n"
                                       "  summaries  milliseconds of a summary after each round of events"};
    argp_err_exit_status = 2;
    argp_parse(&parser, count, words, 0, NULL, &arguments);
    return arguments.run(&arguments.bench);
}
