/* sanlingctl witness: an office's own eye on the hub's log. It cosigns each checkpoint that goes on from the one
 * before, and never one that does not. */
#include "commands.h"
#include "log_check.h"
#include "witness_memory.h"

#include "language.h"
#include "query.pb-c.h"
#include "secret_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    KEY_KEY = 0x200,
    KEY_STATE,
    KEY_LOG_KEY,
    KEY_NEW_KEY,
    KEY_EVERY,
    KEY_ONCE,
    WITNESS_ANSWER_TIMEOUT_MS = 20000,
    EVERY_DEFAULT_S = 5,
    EVERY_MAX_S = 86400
};

struct arguments {
    struct tool *tool;
    const char *key;
    const char *state;
    const char *new_key;
    struct trusted_keys log_keys;
    unsigned every_s;
    bool once;
};

static unsigned seconds_of(const char *text)
{
    char *end;
    const unsigned long seconds = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || seconds == 0 || seconds > EVERY_MAX_S)
        command_line_refuse("sanlingctl witness: --every '%s' is no number of seconds from 1 to %d", text, EVERY_MAX_S);
    return (unsigned)seconds;
}

static void check_line(const struct arguments *arguments)
{
    if (arguments->key == NULL)
        command_line_refuse("sanlingctl witness: wants --key FILE, the witness's own key");
    if (arguments->new_key != NULL)
        return;
    if (arguments->state == NULL)
        command_line_refuse("sanlingctl witness: wants --state FILE, where it remembers what it cosigned");
    if (arguments->log_keys.count == 0)
        command_line_refuse("sanlingctl witness: wants --log-key, the log's verifier key");
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    struct fault fault = {0};
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = arguments->tool;
        return 0;
    case KEY_KEY:
        arguments->key = argument;
        return 0;
    case KEY_STATE:
        arguments->state = argument;
        return 0;
    case KEY_NEW_KEY:
        arguments->new_key = argument;
        return 0;
    case KEY_LOG_KEY:
        if (!trusted_keys_add(&arguments->log_keys, argument, &fault))
            command_line_refuse("sanlingctl witness: --log-key: %s", fault.text);
        return 0;
    case KEY_EVERY:
        arguments->every_s = seconds_of(argument);
        return 0;
    case KEY_ONCE:
        arguments->once = true;
        return 0;
    case ARGP_KEY_ARG:
        command_line_refuse("sanlingctl witness: '%s' is one word too many", argument);
    case ARGP_KEY_END:
        check_line(arguments);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "key", .key = KEY_KEY, .arg = "FILE", .doc = N_("The witness's own secret key")},
    {.name = "new-key",
     .key = KEY_NEW_KEY,
     .arg = "NAME",
     .doc = N_("Make that key: writes --key FILE and prints the verifier key, for `witnesses` in the hub's "
               "configuration")},
    {.name = "state",
     .key = KEY_STATE,
     .arg = "FILE",
     .doc = N_("Where it remembers the last checkpoint; a kept checkpoint may be put there before the first start")},
    {.name = "log-key",
     .key = KEY_LOG_KEY,
     .arg = "VKEY",
     .doc = N_("The log's verifier key, or a file with one or more; from somebody else than the hub")},
    {.name = "every", .key = KEY_EVERY, .arg = "SECONDS", .doc = N_("How often it looks; default 5")},
    {.name = "once", .key = KEY_ONCE, .doc = N_("Cosign the newest checkpoint and end")},
    {0},
};

static const char help[] = N_(
    "Examples:\n"
    "  sanlingctl witness --new-key petitions.example --key witness.key\n"
    "  sanlingctl witness --key witness.key --state witness.state --log-key log.key.pub\n"
    "\n"
    "Watches the hub's log for an office: cosigns each checkpoint that goes on from the last one, and so vouches that "
    "everybody is shown the same history.\v"
    "A hub that shows another history gets no signature any more: exit status 1, and both documents are kept beside "
    "the state file as evidence.");

static int report(const struct fault *fault)
{
    return command_line_fail("sanlingctl", fault);
}

static int make_key(const struct arguments *arguments)
{
    struct note_signer signer;
    struct fault fault = {0};
    char text[NOTE_KEY_TEXT_SIZE + 1], verifier[NOTE_KEY_TEXT_SIZE];
    if (!note_signer_new(arguments->new_key, NOTE_COSIGNATURE_V1, &signer, &fault))
        return report(&fault);
    note_signer_write(&signer, text);
    note_verifier_write(&signer.verifier, verifier);
    strcat(text, "\n");
    const bool written = evidence_secret_write(arguments->key, text, strlen(text), &fault);
    note_signer_wipe(&signer);
    explicit_bzero(text, sizeof text);
    if (!written)
        return report(&fault);
    printf("%s\n", verifier);
    fprintf(stderr, "私钥 secret: %s\n", arguments->key);
    return STATUS_DONE;
}

static bool read_key(const char *path, struct note_signer *signer, struct fault *fault)
{
    struct fault cause = {0};
    CLEANUP(secret_free) char *text = secret_file_read(path, fault);
    if (text == NULL)
        return false;
    if (!note_signer_read(text, signer, &cause))
        return fault_set(fault, FAULT_USAGE, "%s: %s", path, cause.text);
    if (signer->verifier.algorithm == NOTE_COSIGNATURE_V1)
        return true;
    note_signer_wipe(signer);
    return fault_set(fault, FAULT_USAGE, "%s: not the key of a witness; make one with --new-key NAME", path);
}

struct witness {
    const struct arguments *arguments;
    struct note_signer signer;
    struct witness_memory memory;
    bool unreached; /* said so already */
};

static bool take_nothing(const Sanling__V1__Answer *part, void *context)
{
    (void)part;
    (void)context;
    return true;
}

/* Gives the cosignature of what is remembered. */
static bool offer(struct witness *witness, struct log_asking *asking)
{
    const struct log_statement *last = &witness->memory.last;
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__CosignatureOffer cosignature = SANLING__V1__COSIGNATURE_OFFER__INIT;
    char *text = strndup(last->note.text, last->note.text_size);
    char *line = note_sign(&witness->signer, last->note.text, last->note.text_size, (uint64_t)time(NULL));
    if (text == NULL || line == NULL)
        abort();
    cosignature.checkpoint = text;
    cosignature.cosignature = line;
    query.ask_case = SANLING__V1__QUERY__ASK_COSIGNATURE;
    query.cosignature = &cosignature;
    const bool given = sanling_query(asking->hub, &query, asking->timeout_ms, take_nothing, NULL, &asking->error);
    free(text);
    free(line);
    return given;
}

/* Two histories: says so so that nobody overlooks it, and keeps both. */
static int accuse(const struct witness *witness, const struct log_statement *shown, const struct merkle_proof *proof,
                  const struct fault *judged)
{
    struct fault fault = {0};
    const bool kept = witness_memory_accuse(&witness->memory, shown, proof, &fault);
    fputs("!!! 日志被改动：中枢出示了两种历史，不予联署\n"
          "!!! THE LOG WAS CHANGED: the hub shows two histories; nothing is cosigned\n",
          stderr);
    if (!kept)
        report(&fault);
    else
        fprintf(stderr, "证据 evidence: %s.remembered-%" PRIu64 "  %s.shown-%" PRIu64 "\n", witness->memory.path,
                witness->memory.last.checkpoint.size, witness->memory.path, shown->checkpoint.size);
    return report(judged);
}

/* The hub could not be asked: a witness that goes on says it once. Only what time does not mend ends it. */
static int not_reached(struct witness *witness, const struct log_asking *asking)
{
    const bool mends = asking->error.code == SANLING_UNREACHABLE || asking->error.code == SANLING_SYSTEM;
    if (witness->arguments->once || !mends)
        return tool_fail(&asking->error);
    if (!witness->unreached)
        tool_fail(&asking->error);
    witness->unreached = true;
    return STATUS_DONE;
}

static void say_remembered(const struct witness *witness, bool first)
{
    const struct checkpoint *checkpoint = &witness->memory.last.checkpoint;
    if (first)
        fprintf(stderr, "首次见到日志 first sight of the log: %s, %" PRIu64 "\n", checkpoint->origin, checkpoint->size);
    if (witness->arguments->once)
        printf("已联署 cosigned: %s, %" PRIu64 "\n", checkpoint->origin, checkpoint->size);
}

/* One look. The exit status, STATUS_DONE: go on. */
static int look(struct witness *witness, struct log_asking *asking)
{
    CLEANUP(evidence_text_clear) struct evidence_text document = {0};
    CLEANUP(log_statement_clear) struct log_statement shown = {0};
    struct merkle_proof proof;
    struct fault fault = {0};
    struct witness_memory *memory = &witness->memory;
    const bool first = !memory->any;
    if (!log_ask_checkpoint(asking, &document, NULL))
        return not_reached(witness, asking);
    if (!log_statement_open(&shown, &document, &witness->arguments->log_keys, &fault))
        return report(&fault);
    if (!first) {
        const enum log_judgement judgement =
            log_judge(asking, &memory->last.checkpoint, &shown.checkpoint, &proof, &fault);
        if (judgement == LOG_UNKNOWN)
            return not_reached(witness, asking);
        if (judgement == LOG_CHANGED)
            return accuse(witness, &shown, &proof, &fault);
    }
    const bool new_to_us = first || shown.checkpoint.size != memory->last.checkpoint.size;
    if (new_to_us && !witness_memory_keep(memory, &shown, &fault))
        return report(&fault);
    if (!offer(witness, asking))
        return not_reached(witness, asking);
    say_remembered(witness, first);
    witness->unreached = false;
    return STATUS_DONE;
}

static int watch(struct witness *witness)
{
    const struct arguments *arguments = witness->arguments;
    int status = tool_connect(arguments->tool, NULL);
    if (status != STATUS_DONE && (arguments->once || status != STATUS_UNREACHABLE || arguments->tool->hub == NULL))
        return status;
    witness->unreached = status != STATUS_DONE;
    struct log_asking asking = {.hub = arguments->tool->hub, .timeout_ms = WITNESS_ANSWER_TIMEOUT_MS};
    for (;;) {
        status = look(witness, &asking);
        if (status != STATUS_DONE || arguments->once)
            return status;
        sleep(arguments->every_s);
    }
}

int run_witness(struct tool *tool, int argc, char **argv)
{
    const struct argp_child children[] = {{.argp = &tool_argp}, {0}};
    const struct argp argp = {options, parse, NULL, help, children, NULL, NULL};
    struct arguments arguments = {.tool = tool, .every_s = EVERY_DEFAULT_S};
    struct witness witness = {.arguments = &arguments, .memory = {.lock = -1}};
    struct fault fault = {0};
    tool_parse(&argp, argc, argv, &arguments);
    if (arguments.new_key != NULL)
        return make_key(&arguments);
    if (!read_key(arguments.key, &witness.signer, &fault))
        return report(&fault);
    int status = witness_memory_open(arguments.state, &arguments.log_keys, &witness.memory, &fault) ? watch(&witness)
                                                                                                    : report(&fault);
    witness_memory_close(&witness.memory);
    note_signer_wipe(&witness.signer);
    return status;
}
