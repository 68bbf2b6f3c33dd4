/* sanling-leadership: options, exit status; nothing else. */
#include "command_line.h"
#include "exporter.h"
#include "gateway.h"
#include "journal.h"
#include "language.h"
#include "secrecy.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OPTION_CHECK = 256, OPTION_HASH_PASSWORD, OPTION_HUB };

struct options {
    const char *config;
    bool check;
    bool hash_password;
};

static const struct argp_option option_list[] = {
    {"config", 'c', "FILE", 0, N_("Configuration (YAML)"), 0},
    {"hub", OPTION_HUB, "ENDPOINT", 0,
     N_("Where the hub listens; environment SANLING_HUB; both beat the configuration"), 0},
    {"check", OPTION_CHECK, NULL, 0, N_("Check configuration, accounts, certificate and page, and end; exit 0 or 2"),
     0},
    {"hash-password", OPTION_HASH_PASSWORD, NULL, 0,
     N_("Read a password (terminal, or the first line of standard input) and print what the accounts file takes"), 0},
    {0}};

static error_t take_option(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case 'c':
        options->config = argument;
        return 0;
    case OPTION_HUB: /* options beat the environment, which beats the file */
        setenv("SANLING_HUB", argument, 1);
        return 0;
    case OPTION_CHECK:
        options->check = true;
        return 0;
    case OPTION_HASH_PASSWORD:
        options->hash_password = true;
        return 0;
    case ARGP_KEY_ARG:
        command_line_refuse("%s: '%s' is one word too many", state->name, argument);
    case ARGP_KEY_END:
        if (options->config == NULL && !options->hash_password)
            command_line_refuse("%s: wants --config FILE", state->name);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child every_program[] = {{.argp = &command_line_argp}, {0}};

static const struct argp parser = {
    .options = option_list,
    .parser = take_option,
    .children = every_program,
    .doc = N_("Examples:\n"
              "  sanling-leadership --config /etc/sanling/leadership.yaml\n"
              "  sanling-leadership --config /etc/sanling/leadership.yaml --check\n"
              "  sanling-leadership --hash-password\n"
              "\n"
              "Serves the leadership group's page and its HTTP interface, live from a Sanling hub.\v"
              "SIGTERM ends cleanly, SIGHUP reads the accounts file anew.\n"
              "Exit status: 0 done, 1 failed, 2 wrong usage or configuration."),
};

static int report(const struct fault *fault)
{
    return command_line_fail("sanling-leadership", fault);
}

static int check(const struct config *config, const char *path)
{
    struct fault fault = {0};
    CLEANUP(static_files_free) struct static_files *files = static_files_read(config->page, &fault);
    if (files == NULL)
        return report(&fault);
    CLEANUP(article_close) struct article *article = NULL;
    if (config->article != NULL && (article = article_read(config->article, &fault)) == NULL)
        return report(&fault);
    printf(translated("%s: %s: good; %zu accounts, %zu files of the page\n"), "sanling-leadership", path,
           accounts_count(config->accounts), static_files_count(files));
    return 0;
}

static int serve(struct config *config)
{
    struct fault fault = {0};
    CLEANUP(gateway_close) struct gateway *gateway = gateway_open(config, &fault);
    if (gateway == NULL || !gateway_run(gateway, &fault))
        return report(&fault);
    gateway_close(&gateway);
    journal(JOURNAL_NOTICE, "ended");
    return 0;
}

int main(int argc, char **argv)
{
    struct options options = {0};
    struct fault fault = {0};
    secrecy_begin();
    /* Started by ourselves for one table (exporter.h): no option for people, so none of --help. */
    if (argc == 3 && strcmp(argv[1], "--export") == 0)
        return export_command(argv[2], stdin, stdout);
    language_choose();
    command_line_parse(&parser, argc, argv, 0, &options);
    if (!options.check && !options.hash_password)
        language_english(); /* from here on the journal reads */
    if (sodium_init() < 0) {
        fprintf(stderr, translated("%s: libsodium cannot be used here\n"), "sanling-leadership");
        return 1;
    }
    if (options.hash_password)
        return account_hash_command("sanling-leadership");
    CLEANUP(config_free) struct config *config = config_read(options.config, &fault);
    if (config == NULL)
        return report(&fault);
    return options.check ? check(config, options.config) : serve(config);
}
