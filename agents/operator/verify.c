/* sanlingctl verify: that the log is what its checkpoints say, of a running hub or of a data folder. */
#include "commands.h"
#include "log_check.h"
#include "offline.h"
#include "table.h"

#include "language.h"

#include <inttypes.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    KEY_DATA = 0x200,
    KEY_FROM,
    KEY_CHECKPOINT,
    KEY_KEY,
    KEY_OUT,
    OFFLINE_WORDS_MAX = 8 + 2 * TRUSTED_KEYS_MAX,
    BASE64_SIZE = sodium_base64_ENCODED_LEN(MERKLE_HASH_SIZE, sodium_base64_VARIANT_ORIGINAL)
};

struct arguments {
    struct tool *tool;
    char *data;
    char *from;
    char *out;
    char *key_texts[TRUSTED_KEYS_MAX];
    size_t key_count;
    struct trusted_keys keys;
};

static void add_key(struct arguments *arguments, char *text)
{
    struct fault fault = {0};
    if (arguments->key_count == TRUSTED_KEYS_MAX)
        command_line_refuse("sanlingctl verify: more than %d keys", TRUSTED_KEYS_MAX);
    if (!trusted_keys_add(&arguments->keys, text, &fault))
        command_line_refuse("sanlingctl verify: --key: %s", fault.text);
    arguments->key_texts[arguments->key_count++] = text;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = arguments->tool;
        return 0;
    case KEY_DATA:
        arguments->data = argument;
        return 0;
    case KEY_FROM:
    case KEY_CHECKPOINT:
        if (arguments->from != NULL)
            command_line_refuse("sanlingctl verify: more than one checkpoint to verify from");
        arguments->from = argument;
        return 0;
    case KEY_OUT:
        arguments->out = argument;
        return 0;
    case KEY_KEY:
        add_key(arguments, argument);
        return 0;
    case ARGP_KEY_ARG:
        command_line_refuse("sanlingctl verify: '%s' is one word too many", argument);
    case ARGP_KEY_END:
        if (arguments->data == NULL && arguments->from == NULL && arguments->out == NULL)
            command_line_refuse("sanlingctl verify: wants --data DIR, or --from FILE, or --out FILE");
        if (arguments->data != NULL && arguments->out != NULL)
            command_line_refuse("sanlingctl verify: --out is for a running hub; in a data folder it is "
                                "tiles/checkpoint");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "data", .key = KEY_DATA, .arg = "DIR", .doc = N_("The hub's data folder, or a copy of it")},
    {.name = "from",
     .key = KEY_FROM,
     .arg = "FILE",
     .doc = N_("A checkpoint that was kept: the log must go on from it unchanged")},
    {.name = "checkpoint", .key = KEY_CHECKPOINT, .arg = "FILE", .doc = N_("The same as --from")},
    {.name = "key",
     .key = KEY_KEY,
     .arg = "VKEY",
     .doc =
         N_("The log's verifier key, or a file with one or more; default: what the hub, or the folder, says itself")},
    {.name = "out",
     .key = KEY_OUT,
     .arg = "FILE",
     .doc = N_("Keep the newest checkpoint in FILE, once it is found good: for the next time")},
    {0},
};

static const char help[] = N_(
    "Examples:\n"
    "  sanlingctl verify --data /var/lib/sanling-hub --key log.key.pub\n"
    "  sanlingctl verify --from 2020-08-01.checkpoint --key log.key.pub --out today.checkpoint\n"
    "\n"
    "With --data: recomputes the whole log of a stopped hub's folder, or of a copy, and compares it with its tree, "
    "its chain and every checkpoint kept there; exit status 5 with the position of the first damage. With --from: the "
    "records that the checkpoint was signed for are unchanged; exit status 1 if not.\v"
    "The verifier key must come from somebody else than the hub: without --key the hub is only held to itself.");

static int verify_offline(struct arguments *arguments)
{
    char *line[OFFLINE_WORDS_MAX] = {"sanling-hub", "--verify", "--data", arguments->data};
    size_t count = 4;
    if (arguments->from != NULL) {
        line[count++] = "--from";
        line[count++] = arguments->from;
    }
    for (size_t i = 0; i < arguments->key_count; i++) {
        line[count++] = "--log-key";
        line[count++] = arguments->key_texts[i];
    }
    if (arguments->tool->json)
        line[count++] = "--json";
    return become_hub(line);
}

static void print_unchanged(const struct tool *tool, const struct checkpoint *from, const struct checkpoint *to)
{
    char root[BASE64_SIZE];
    sodium_bin2base64(root, sizeof root, to->root.bytes, sizeof to->root.bytes, sodium_base64_VARIANT_ORIGINAL);
    if (tool->json) {
        json_t *document =
            json_pack("{s:b, s:s, s:o, s:o, s:s}", "unchanged", 1, "origin", to->origin, "from",
                      json_sprintf("%" PRIu64, from->size), "to", json_sprintf("%" PRIu64, to->size), "root", root);
        json_dumpf(document, stdout, JSON_COMPACT);
        putchar('\n');
        json_decref(document);
        return;
    }
    printf("日志 %s：前 %" PRIu64 " 条未改动，现有 %" PRIu64 " 条\n"
           "Log %s: the first %" PRIu64 " records are unchanged; it has %" PRIu64 " now\n树根 Root %s\n",
           to->origin, from->size, to->size, to->origin, from->size, to->size, root);
}

static int report(const struct fault *fault)
{
    return command_line_fail("sanlingctl", fault);
}

/* The hub's newest checkpoint, and its key where no other was given. */
static int ask_newest(struct arguments *arguments, struct log_asking *asking, struct log_statement *newest)
{
    struct evidence_text document = {0};
    struct fault fault = {0};
    char *key = NULL;
    if (!log_ask_checkpoint(asking, &document, &key))
        return tool_fail(&asking->error);
    bool good = true;
    if (arguments->keys.count == 0) {
        fputs(translated("sanlingctl: no --key: the hub's own word is taken for its verifier key\n"), stderr);
        good = trusted_keys_add(&arguments->keys, key, &fault);
    }
    free(key);
    good = good && log_statement_open(newest, &document, &arguments->keys, &fault);
    evidence_text_clear(&document);
    return good ? STATUS_DONE : report(&fault);
}

static int compare(const struct arguments *arguments, struct log_asking *asking, const struct log_statement *newest)
{
    CLEANUP(log_statement_clear) struct log_statement kept = {0};
    CLEANUP(evidence_text_clear) struct evidence_text document = {0};
    struct merkle_proof proof;
    struct fault fault = {0};
    if (!evidence_file_read(arguments->from, NOTE_SIZE_MAX, &document, &fault))
        return report(&fault);
    if (!log_statement_open(&kept, &document, &arguments->keys, &fault)) {
        struct fault cause = fault;
        fault_set(&fault, cause.code, "%s: %s", arguments->from, cause.text);
        return report(&fault);
    }
    switch (log_judge(asking, &kept.checkpoint, &newest->checkpoint, &proof, &fault)) {
    case LOG_UNKNOWN:
        return tool_fail(&asking->error);
    case LOG_CHANGED:
        return report(&fault);
    case LOG_GOES_ON:
        print_unchanged(arguments->tool, &kept.checkpoint, &newest->checkpoint);
        return STATUS_DONE;
    }
    abort();
}

static int verify_running(struct arguments *arguments)
{
    CLEANUP(log_statement_clear) struct log_statement newest = {0};
    struct fault fault = {0};
    int status = tool_connect(arguments->tool, NULL);
    struct log_asking asking = {.hub = arguments->tool->hub, .timeout_ms = ANSWER_TIMEOUT_MS};
    if (status == STATUS_DONE)
        status = ask_newest(arguments, &asking, &newest);
    if (status == STATUS_DONE && arguments->from != NULL)
        status = compare(arguments, &asking, &newest);
    if (status == STATUS_DONE && arguments->out != NULL &&
        !evidence_file_write(arguments->out, newest.document.text, newest.document.size, &fault))
        status = report(&fault);
    return status;
}

int run_verify(struct tool *tool, int argc, char **argv)
{
    const struct argp_child children[] = {{.argp = &tool_argp}, {0}};
    const struct argp argp = {options, parse, NULL, help, children, NULL, NULL};
    struct arguments arguments = {.tool = tool};
    tool_parse(&argp, argc, argv, &arguments);
    return arguments.data != NULL ? verify_offline(&arguments) : verify_running(&arguments);
}
