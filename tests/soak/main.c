/* sanling-soak: publishes at a pace for hours, follows, and checks at the end what was promised. `run` beside it starts
 * the hub, what else there is in a county, and the faults. */
#include <argp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "argument.h"
#include "commands.h"

enum { CONNECT_LIMIT_MS = 60000, RATE_MAX = 10000000, WINDOW = 64 };

static const struct command {
    const char *name;
    int (*run)(const struct soak *soak);
    const char *help;
} commands[] = {
    {"publish", run_publish, "events of --units at a --rate that may change; writes down what was acknowledged"},
    {"follow", run_follow, "under a durable --name, at most at a --rate; writes down what came"},
    {"check", run_check, "compare the whole log with what was --acknowledged"},
};

enum { OPTION_HUB = 256, OPTION_IDENTITY, OPTION_UNITS, OPTION_RATE, OPTION_NAME, OPTION_TYPE, OPTION_ACKNOWLEDGED };

static const struct argp_option option_list[] = {
    {"hub", OPTION_HUB, "ENDPOINT", 0, "Where the hub listens", 0},
    {"identity", OPTION_IDENTITY, "FILE", 0, "Key file", 0},
    {"units", OPTION_UNITS, "N", 0, "Units of the county; default 5000", 0},
    {"rate", OPTION_RATE, "N", 0, "A second; 0: none (publish), all (follow)", 0},
    {"name", OPTION_NAME, "NAME", 0, "Durable name", 0},
    {"type", OPTION_TYPE, "TYPE", 0, "Only events of this type", 0},
    {"acknowledged", OPTION_ACKNOWLEDGED, "FILE", 0, "The lines of publish", 0},
    {0}};

struct arguments {
    struct soak soak;
    const struct command *command;
};

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

static error_t take_option(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    struct soak *soak = &arguments->soak;
    switch (key) {
    case OPTION_HUB:
        soak->endpoint = argument;
        return 0;
    case OPTION_IDENTITY:
        soak->identity = argument;
        return 0;
    case OPTION_UNITS:
        soak->county.units = (uint32_t)argument_number(state, argument, COUNTY_UNITS_MIN, COUNTY_UNITS_MAX);
        return 0;
    case OPTION_RATE:
        soak->rate = argument_number(state, argument, 0, RATE_MAX);
        return 0;
    case OPTION_NAME:
        soak->name = argument;
        return 0;
    case OPTION_TYPE:
        soak->type = argument;
        return 0;
    case OPTION_ACKNOWLEDGED:
        soak->acknowledged = argument;
        return 0;
    case ARGP_KEY_ARG:
        arguments->command = state->arg_num == 0 ? find_command(argument) : NULL;
        if (!arguments->command)
            argp_error(state, "'%s': not a command here", argument);
        return 0;
    case ARGP_KEY_END:
        if (!arguments->command)
            argp_error(state, "wants a command");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static void print_line(const char *format, va_list arguments)
{
    fputs("sanling-soak: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
}

int soak_fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print_line(format, arguments);
    va_end(arguments);
    return 1;
}

bool soak_wrong(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print_line(format, arguments);
    va_end(arguments);
    return false;
}

struct sanling *soak_connect(const struct soak *soak)
{
    struct sanling_error error;
    const char *sources[] = {SOAK_SOURCE, NULL};
    const struct sanling_options options = {.endpoint = soak->endpoint,
                                            .identity_file = soak->identity,
                                            .software = "sanling-soak",
                                            .sources = sources,
                                            .window = WINDOW,
                                            .packed_records = true};
    struct sanling *hub = sanling_open(&options, &error);
    if (hub && sanling_wait(hub, CONNECT_LIMIT_MS, &error))
        return hub;
    sanling_close(&hub);
    soak_fail("%s", error.text);
    return NULL;
}

int main(int count, char **words)
{
    struct arguments arguments = {.soak = {.county = {.units = 5000}, .rate = 0}};
    char help[1024] = "The quick parts of a soak. Commands:\n";
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        size_t used = strlen(help);
        snprintf(help + used, sizeof help - used, "  %-10s%s\n", commands[i].name, commands[i].help);
    }
    const struct argp parser = {.options = option_list, .parser = take_option, .args_doc = "COMMAND", .doc = help};
    argp_err_exit_status = 2;
    argp_parse(&parser, count, words, 0, NULL, &arguments);
    return arguments.command->run(&arguments.soak);
}
