#include "agent.h"

#include <argp.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

enum { OPTION_CHECK = 256, OPTION_ONCE, OPTION_TRY };

enum command { COMMAND_SERVE, COMMAND_CHECK, COMMAND_ONCE, COMMAND_TRY };

struct options {
    const char *config;
    const char *file;
    enum command command;
};

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case 'h':
        argp_state_help(state, stdout, ARGP_HELP_STD_HELP);
        return 0;
    case 'c':
        options->config = argument;
        return 0;
    case OPTION_CHECK:
        options->command = COMMAND_CHECK;
        return 0;
    case OPTION_ONCE:
        options->command = COMMAND_ONCE;
        return 0;
    case OPTION_TRY:
        options->command = COMMAND_TRY;
        options->file = argument;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "unknown argument '%s'", argument);
        return 0;
    case ARGP_KEY_END:
        if (options->config == NULL)
            argp_error(state, "--config FILE is required");
        return 0;
    }
    return ARGP_ERR_UNKNOWN;
}

static void parse(int argc, char **argv, const struct agent_program *program, struct options *options)
{
    static const struct argp_option option_list[] = {
        {"config", 'c', "FILE", 0, "the agent's configuration (YAML)", 0},
        {NULL, 'h', NULL, OPTION_HIDDEN, NULL, 0},
        {"check", OPTION_CHECK, NULL, 0, "check configuration and mappings, write nothing; exit 0 or 2", 0},
        {"once", OPTION_ONCE, NULL, 0,
         "take what is in the folder, wait for all outcomes, write the reports; exit 1 if anything was rejected", 0},
        {"try", OPTION_TRY, "FILE", 0, "show what FILE would do; send and write nothing; exit 1 if a row is rejected",
         0},
        {0}};
    char text[1024];
    snprintf(text, sizeof text,
             "Sends an office's files to Sanling Hub as events, and writes what the hub routes to the office into its "
             "inbox.\n\nExamples:\n"
             "  %s -c FILE\n    watch the office's folder until SIGTERM\n"
             "  %s -c FILE --check\n    is the configuration right?\n"
             "  %s -c FILE --try SHEET.csv\n    what would this file do?\n",
             program->name, program->name, program->name);
    const struct argp argp = {.options = option_list, .parser = parse_option, .doc = text};
    argp_err_exit_status = 2;
    argp_parse(&argp, argc, argv, 0, NULL, options);
}

static int serve(const struct agent_program *program, const struct agent_config *config, enum agent_mode mode,
                 struct fault *fault)
{
    CLEANUP(agent_close) struct agent *agent = agent_open(program, config, mode, fault);
    if (agent == NULL || !agent_run(agent, fault))
        return -1;
    return mode == AGENT_ONCE && agent_rejected_any(agent) ? 1 : 0;
}

/* The exit status, or -1 with the fault. */
static int run(const struct agent_program *program, const struct options *options, struct fault *fault)
{
    CLEANUP(agent_config_free)
    struct agent_config *config = agent_config_load(options->config, program->default_mappings, fault);
    if (config == NULL)
        return -1;
    bool rejected_any = false;
    switch (options->command) {
    case COMMAND_CHECK:
        printf("%s: %s: ok, %zu mappings\n", program->name, options->config, config->mapping_count);
        return 0;
    case COMMAND_TRY:
        return agent_try(config, options->file, &rejected_any, fault) ? rejected_any : -1;
    case COMMAND_ONCE:
        return serve(program, config, AGENT_ONCE, fault);
    case COMMAND_SERVE:
        return serve(program, config, AGENT_SERVE, fault);
    }
    abort();
}

static void print_version(FILE *stream, struct argp_state *state)
{
    fprintf(stream, "%s %s\n", state->name, SANLING_VERSION);
}

int agent_main(int argc, char **argv, const struct agent_program *program)
{
    struct options options = {0};
    struct fault fault = {0};
    argp_program_version_hook = print_version;
    parse(argc, argv, program, &options);
    if (sodium_init() < 0) {
        fprintf(stderr, "%s: libsodium cannot be used here\n", program->name);
        return 1;
    }
    const int status = run(program, &options, &fault);
    if (status >= 0)
        return status;
    fprintf(stderr, "%s: %s [%s]\n", program->name, fault.text, fault_name(fault.code));
    return fault_exit_status(fault.code);
}
