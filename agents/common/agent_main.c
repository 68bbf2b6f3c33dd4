#include "agent.h"

#include "attest_command.h"
#include "command_line.h"
#include "digest_try.h"
#include "intake.h"
#include "language.h"
#include "receipt.h"
#include "sealed_note.h"
#include "sealing_command.h"
#include "secrecy.h"
#include "suggest.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    OPTION_CHECK = 256,
    OPTION_ONCE,
    OPTION_TRY,
    OPTION_RESEND,
    OPTION_DIGEST_TRY,
    OPTION_SUGGEST,
    OPTION_HUB,
    OPTION_IDENTITY,
    OPTION_NEW_TOKEN,
    OPTION_SCOPE,
    OPTION_NEW_SEAL_KEY,
    OPTION_NEW_SIGNING_KEY,
    OPTION_OPEN_SEALED,
    OPTION_KEY,
    OPTION_OFFER_MATTER_KEY,
    OPTION_SEAL_NOTE,
    OPTION_ERASE,
    OPTION_TO,
    OPTION_IN,
    OPTION_RECEIPT,
    OPTION_OUT
};

enum { HELP_SIZE = 2048 };

enum command {
    COMMAND_SERVE,
    COMMAND_CHECK,
    COMMAND_ONCE,
    COMMAND_TRY,
    COMMAND_RESEND,
    COMMAND_DIGEST_TRY,
    COMMAND_SUGGEST,
    COMMAND_NEW_TOKEN,
    COMMAND_ATTEST,
    COMMAND_NEW_SEAL_KEY,
    COMMAND_NEW_SIGNING_KEY,
    COMMAND_OPEN_SEALED,
    COMMAND_SEALING,
    COMMAND_RECEIPT
};

struct options {
    const char *config;
    const char *file;
    const char *token;
    const char *scope;
    const char *key;
    const char *out;
    enum command command;
    struct attest_options attest;
    struct sealing_order sealing;
};

static void order_sealing(struct options *options, enum sealing_act act, const char *matter)
{
    options->command = COMMAND_SEALING;
    options->sealing.act = act;
    options->sealing.matter = matter;
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[1] = &options->attest;
        return 0;
    case 'c':
        options->config = argument;
        return 0;
    case OPTION_HUB: /* options beat the environment, which beats the file */
        setenv("SANLING_HUB", argument, 1);
        return 0;
    case OPTION_IDENTITY:
        setenv("SANLING_IDENTITY", argument, 1);
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
    case OPTION_RESEND:
        options->command = COMMAND_RESEND;
        options->file = argument;
        return 0;
    case OPTION_SUGGEST:
        options->command = COMMAND_SUGGEST;
        options->file = argument;
        return 0;
    case OPTION_NEW_TOKEN:
        options->command = COMMAND_NEW_TOKEN;
        options->token = argument;
        return 0;
    case OPTION_SCOPE:
        options->scope = argument;
        return 0;
    case OPTION_DIGEST_TRY:
        options->command = COMMAND_DIGEST_TRY;
        options->file = argument;
        return 0;
    case OPTION_NEW_SEAL_KEY:
        options->command = COMMAND_NEW_SEAL_KEY;
        options->file = argument;
        return 0;
    case OPTION_NEW_SIGNING_KEY:
        options->command = COMMAND_NEW_SIGNING_KEY;
        options->file = argument;
        return 0;
    case OPTION_OPEN_SEALED:
        options->command = COMMAND_OPEN_SEALED;
        options->file = argument;
        return 0;
    case OPTION_RECEIPT:
        options->command = COMMAND_RECEIPT;
        options->file = argument;
        return 0;
    case OPTION_OUT:
        options->out = argument;
        return 0;
    case OPTION_KEY:
        options->key = argument;
        return 0;
    case OPTION_OFFER_MATTER_KEY:
        order_sealing(options, SEALING_OFFER, argument);
        return 0;
    case OPTION_SEAL_NOTE:
        order_sealing(options, SEALING_SEND, argument);
        return 0;
    case OPTION_ERASE:
        order_sealing(options, SEALING_ERASE, argument);
        return 0;
    case OPTION_TO:
        options->sealing.to = argument;
        return 0;
    case OPTION_IN:
        options->sealing.in = argument;
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num == 0 && strcmp(argument, "attest") == 0) {
            options->command = COMMAND_ATTEST;
            return 0;
        }
        command_line_refuse("%s: '%s' is one word too many", state->name, argument);
    case ARGP_KEY_END:
        if (options->config == NULL && options->command != COMMAND_NEW_SEAL_KEY &&
            options->command != COMMAND_NEW_SIGNING_KEY)
            command_line_refuse("%s: wants --config FILE", state->name);
        return 0;
    }
    return ARGP_ERR_UNKNOWN;
}

static const struct argp_option option_list[] = {
    {"config", 'c', "FILE", 0, N_("The agent's configuration (YAML)"), 0},
    {"hub", OPTION_HUB, "ENDPOINT", 0,
     N_("Where the hub listens; environment SANLING_HUB; both beat the configuration"), 0},
    {"identity", OPTION_IDENTITY, "FILE", 0,
     N_("The agent's key file; environment SANLING_IDENTITY; both beat the configuration"), 0},
    {"check", OPTION_CHECK, NULL, 0, N_("Check configuration and mappings, write nothing; exit 0 or 2"), 0},
    {"once", OPTION_ONCE, NULL, 0,
     N_("Take what is in the folder, wait for all outcomes, write the reports; exit 1 if anything was rejected"), 0},
    {"try", OPTION_TRY, "FILE", 0, N_("Show what FILE would do; send and write nothing; exit 1 if a row is rejected"),
     0},
    {"resend", OPTION_RESEND, "FILE", 0,
     N_("Have FILE of the folder read again, and what a changed mapping reads otherwise in it sent; by the agent that "
        "runs, or when it starts next"),
     0},
    {"suggest", OPTION_SUGGEST, "FILE", 0,
     N_("Draft a mapping for FILE from its headers, on the standard output; exit 1 if something required is missing"),
     0},
    {"new-token", OPTION_NEW_TOKEN, "NAME", 0,
     N_("Make a token for the HTTP intake and print it: it is shown this once; wants --scope"), 0},
    {"scope", OPTION_SCOPE, "LIST", 0, N_("What the new token may do: publish, desk, attest, read; with commas"), 0},
    {"digest-try", OPTION_DIGEST_TRY, "NAME", 0,
     N_("Show the message that the digest NAME would send now; send and write nothing"), 0},
    {"new-seal-key", OPTION_NEW_SEAL_KEY, "FILE", 0,
     N_("Make the key pair that sealed notes are sealed to: FILE, and FILE.pub for who seals"), 0},
    {"new-signing-key", OPTION_NEW_SIGNING_KEY, "FILE", 0,
     N_("Make the key pair that signs what is published: FILE, and FILE.pub for the operator, who grants it; prints "
        "the "
        "public half"),
     0},
    {"open-sealed", OPTION_OPEN_SEALED, "POSITION|FILE", 0,
     N_("Show the sealed note at this position of the log, or those among the records of FILE (-: stdin); wants --key"),
     0},
    {"receipt", OPTION_RECEIPT, "POSITION", 0,
     N_("Get the proof that the hub recorded this office's event at this position of the log, and check it; wants "
        "log_key in the configuration"),
     0},
    {"out", OPTION_OUT, "FILE", 0, N_("With --receipt: write it to FILE; default: standard output"), 0},
    {"key", OPTION_KEY, "FILE", 0, N_("The secret half of the key that the notes are sealed to"), 0},
    {"offer-matter-key", OPTION_OFFER_MATTER_KEY, "MATTER", 0,
     N_("Make a key of this office for the matter and offer it, so that others can seal notes to it"), 0},
    {"seal-note", OPTION_SEAL_NOTE, "MATTER", 0,
     N_("Seal a text to the key that an office offered for the matter, and send it; wants --to and --in"), 0},
    {"to", OPTION_TO, "OFFICE", 0, N_("The office that shall read it: PETITIONS, WORK_SAFETY, PUBLIC_SECURITY …"), 0},
    {"in", OPTION_IN, "FILE", 0, N_("The text to be sealed (-: stdin); it stays where it is"), 0},
    {"erase", OPTION_ERASE, "MATTER", 0,
     N_("Destroy this office's key of the matter and what was opened with it, and record that"), 0},
    {0}};

static void parse(int argc, char **argv, const struct agent_program *program, struct options *options)
{
    static const struct argp_child every_program[] = {{.argp = &command_line_argp}, {.argp = &attest_argp}, {0}};
    static const char help[] =
        N_("Examples:\n"
           "  %s -c FILE\n"
           "      watch the office's folder until SIGTERM\n"
           "  %s -c FILE --check\n"
           "      is the configuration right?\n"
           "  %s -c FILE --try SHEET.xlsx\n"
           "      what would this file do?\n"
           "  %s -c FILE attest\n"
           "      which zero reports are due?\n"
           "\n"
           "Sends an office's files to Sanling Hub as events, and writes what the hub routes to the office into its "
           "inbox.\v"
           "SIGTERM ends cleanly.\n"
           "Exit status: 0 done, 1 failed or something was rejected, 2 wrong usage or configuration, 3 hub not "
           "reached, 4 refused, 5 damaged.");
    char text[HELP_SIZE];
    snprintf(text, sizeof text, translated(help), program->name, program->name, program->name, program->name);
    const struct argp argp = {
        .options = option_list, .parser = parse_option, .args_doc = "[attest]", .children = every_program, .doc = text};
    command_line_parse(&argp, argc, argv, 0, options);
}

static int serve(const struct agent_program *program, const struct agent_config *config, enum agent_mode mode,
                 struct fault *fault)
{
    CLEANUP(agent_close) struct agent *agent = agent_open(program, config, mode, fault);
    if (agent == NULL || !agent_run(agent, fault))
        return -1;
    return mode == AGENT_ONCE && agent_rejected_any(agent) ? 1 : 0;
}

/* The token alone on stdout, so that it can be piped to where it belongs. */
static int make_token(const struct agent_config *config, const struct options *options, struct fault *fault)
{
    char token[TOKEN_TEXT_SIZE];
    if (options->scope == NULL)
        return fault_set(fault, FAULT_USAGE, "--new-token wants --scope, as publish or publish,read") ? 0 : -1;
    if (config->http.tokens == NULL)
        return fault_set(fault, FAULT_USAGE, "%s: has no `http:` with `tokens:`", options->config) ? 0 : -1;
    if (!token_new(config->http.tokens, options->token, options->scope, token, fault))
        return -1;
    printf("%s\n", token);
    return 0;
}

static int make_seal_key(const char *path, struct fault *fault)
{
    struct seal_key key;
    const bool made = seal_key_new(path, &key, fault);
    if (made)
        printf("%s\n", key.id);
    seal_key_clear(&key);
    return made ? 0 : -1;
}

static int make_signing_key(const char *path, struct fault *fault)
{
    char public_key[45];
    struct sanling_error error;
    if (!sanling_signing_key_new(path, public_key, &error))
        return fault_set(fault, error.code == SANLING_USAGE ? FAULT_USAGE : FAULT_SYSTEM, "%s", error.text) ? 0 : -1;
    printf("%s\n", public_key);
    return 0;
}

static int open_sealed(const struct agent_config *config, const struct options *options, struct fault *fault)
{
    if (options->key == NULL)
        return fault_set(fault, FAULT_USAGE, "--open-sealed wants --key FILE") ? 0 : -1;
    return sealed_note_show(config, options->file, options->key, fault) ? 0 : -1;
}

static bool check(const struct agent_program *program, const struct agent_config *config, struct fault *fault)
{
    return intake_check(&config->http, fault) && (program->check_desk == NULL || program->check_desk(config, fault));
}

/* The exit status, or -1 with the fault. */
static int run(const struct agent_program *program, const struct options *options, struct fault *fault)
{
    if (options->command == COMMAND_NEW_SEAL_KEY)
        return make_seal_key(options->file, fault);
    if (options->command == COMMAND_NEW_SIGNING_KEY)
        return make_signing_key(options->file, fault);
    CLEANUP(agent_config_free)
    struct agent_config *config = agent_config_load(options->config, program->default_mappings, fault);
    if (config == NULL)
        return -1;
    if (config->desk.wanted && program->open_desk == NULL)
        return fault_set(fault, FAULT_USAGE, "%s: desk: only sanling-public-security serves one", options->config) ? 0
                                                                                                                   : -1;
    bool rejected_any = false;
    bool complete = false;
    switch (options->command) {
    case COMMAND_NEW_SEAL_KEY:
    case COMMAND_NEW_SIGNING_KEY:
        break;
    case COMMAND_OPEN_SEALED:
        return open_sealed(config, options, fault);
    case COMMAND_SEALING:
        return sealing_command(config, &options->sealing, fault);
    case COMMAND_RECEIPT:
        return receipt_get(config, options->file, options->out, fault) ? 0 : -1;
    case COMMAND_NEW_TOKEN:
        return make_token(config, options, fault);
    case COMMAND_CHECK:
        if (!check(program, config, fault))
            return -1;
        printf(translated("%s: %s: good; %zu mappings\n"), program->name, options->config, config->mapping_count);
        return 0;
    case COMMAND_DIGEST_TRY:
        return digest_try(program, config, options->file, fault) ? 0 : -1;
    case COMMAND_TRY:
        return agent_try(config, options->file, options->attest.json, &rejected_any, fault) ? rejected_any : -1;
    case COMMAND_RESEND:
        return agent_resend(config, options->file, fault) ? 0 : -1;
    case COMMAND_SUGGEST:
        return suggest_mapping(config, options->file, stdout, &complete, fault) ? !complete : -1;
    case COMMAND_ATTEST:
        if (options->attest.json)
            language_english();
        return attest_command(config, &options->attest, fault);
    case COMMAND_ONCE:
        return serve(program, config, AGENT_ONCE, fault);
    case COMMAND_SERVE:
        return serve(program, config, AGENT_SERVE, fault);
    }
    abort();
}

int agent_main(int argc, char **argv, const struct agent_program *program)
{
    struct options options = {0};
    struct fault fault = {0};
    secrecy_begin();
    language_choose();
    parse(argc, argv, program, &options);
    if (options.command == COMMAND_SERVE || options.command == COMMAND_ONCE)
        language_english(); /* from here on the journal reads */
    if (sodium_init() < 0) {
        fprintf(stderr, translated("%s: libsodium cannot be used here\n"), program->name);
        return 1;
    }
    const int status = run(program, &options, &fault);
    if (status >= 0)
        return status;
    return command_line_fail(program->name, &fault);
}
