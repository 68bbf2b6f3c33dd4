/* sanlingctl prove: that a record is in the log, as a file, and the check of such a file without the hub. */
#include "ask.h"
#include "commands.h"
#include "key_file.h"
#include "proof_table.h"

#include "evidence_file.h"
#include "language.h"
#include "moment.h"
#include "proof/batch.h"
#include "record_proof.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_OUT = 0x200, KEY_CHECK, KEY_KEY, KEY_OFFICE_KEY, KEY_WITNESS };

struct arguments {
    struct tool *tool;
    uint64_t position; /* 0: none */
    const char *out;
    const char *check;
    struct trusted_keys keys;
    const uint8_t *office_key; /* NULL: any */
    uint8_t office_key_bytes[BATCH_KEY_SIZE];
    struct proof_witnesses witnesses;
};

static void take_office_key(struct arguments *arguments, const char *text)
{
    char base64[SIGNING_KEY_TEXT_SIZE];
    struct fault fault = {0};
    if (!signing_key_find(text, base64) || !batch_key_read(base64, arguments->office_key_bytes, &fault))
        command_line_refuse("sanlingctl prove: --office-key '%s' is no key of 44 characters and no file that has one",
                            text);
    arguments->office_key = arguments->office_key_bytes;
}

static void take_witness(struct arguments *arguments, const char *text)
{
    struct fault fault = {0};
    if (!proof_witness_add(&arguments->witnesses, text, &fault))
        command_line_refuse("sanlingctl prove: --witness: %s", fault.text);
}

static void check_line(const struct arguments *arguments)
{
    if (arguments->check == NULL && arguments->position == 0)
        command_line_refuse("sanlingctl prove: wants a POSITION, or --check FILE");
    if (arguments->check != NULL && arguments->position != 0)
        command_line_refuse("sanlingctl prove: a POSITION or --check FILE, not both");
    if (arguments->check != NULL && arguments->keys.count == 0)
        command_line_refuse("sanlingctl prove: --check wants --key, the log's verifier key");
    if (arguments->check != NULL && arguments->out != NULL)
        command_line_refuse("sanlingctl prove: --check writes nothing: --out does not belong to it");
    if (arguments->check == NULL && (arguments->office_key != NULL || arguments->witnesses.count > 0))
        command_line_refuse("sanlingctl prove: --office-key and --witness belong to --check");
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    struct fault fault = {0};
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = arguments->tool;
        return 0;
    case KEY_OUT:
        arguments->out = argument;
        return 0;
    case KEY_CHECK:
        arguments->check = argument;
        return 0;
    case KEY_KEY:
        if (!trusted_keys_add(&arguments->keys, argument, &fault))
            command_line_refuse("sanlingctl prove: --key: %s", fault.text);
        return 0;
    case KEY_OFFICE_KEY:
        take_office_key(arguments, argument);
        return 0;
    case KEY_WITNESS:
        take_witness(arguments, argument);
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num > 0)
            command_line_refuse("sanlingctl prove: '%s' is one word too many", argument);
        if (!position_parse(argument, &arguments->position))
            command_line_refuse("sanlingctl prove: '%s' is no position", argument);
        return 0;
    case ARGP_KEY_END:
        check_line(arguments);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "out", .key = KEY_OUT, .arg = "FILE", .doc = N_("Write the proof to FILE; default: standard output")},
    {.name = "check", .key = KEY_CHECK, .arg = "FILE", .doc = N_("Check a proof, without the hub")},
    {.name = "key",
     .key = KEY_KEY,
     .arg = "VKEY",
     .doc = N_("The log's verifier key, or a file with one or more; with a POSITION the proof is checked before it is "
               "written")},
    {.name = "office-key",
     .key = KEY_OFFICE_KEY,
     .arg = "KEY",
     .doc = N_("With --check: the record must be signed by its sender with this key, 44 characters, or the .pub file "
               "that has it")},
    {.name = "witness",
     .key = KEY_WITNESS,
     .arg = "VKEY",
     .doc =
         N_("With --check: this witness must have cosigned the checkpoint; a verifier key or its file (repeatable)")},
    {0},
};

static const char help[] = N_(
    "Examples:\n"
    "  sanlingctl prove 184203 --out 184203.proof\n"
    "  sanlingctl prove --check 184203.proof --key log.key.pub\n"
    "\n"
    "A proof that a record stands in the log at its position: the record, its way to the root of the log's tree, and "
    "the signed checkpoint that names the root. It is checked offline.\v"
    "Exit status 1 if a proof does not hold; the text says which part. The log's verifier key must come from "
    "somebody else than the proof.");

static int prove(const struct arguments *arguments, const Sanling__V1__ProofAnswer *answer, struct fault *fault)
{
    CLEANUP(record_proof_clear) struct record_proof proof;
    if (!record_proof_take(answer, &proof, fault))
        return -1;
    if (arguments->keys.count > 0 && !record_proof_check(&proof, &arguments->keys, NULL, fault))
        return -1;
    CLEANUP(proof_text_free) char *text = proof_file_write(&proof.file);
    if (text == NULL)
        return fault_set(fault, FAULT_SYSTEM, "out of memory") ? 0 : -1;
    if (arguments->out != NULL && !evidence_file_write(arguments->out, text, strlen(text), fault))
        return -1;
    if (arguments->tool->json)
        tool_print_json(&answer->base);
    else if (arguments->out == NULL)
        fputs(text, stdout);
    else
        fprintf(stderr, "证明 proof: %s\n", arguments->out);
    return STATUS_DONE;
}

static int ask_proof(const struct arguments *arguments)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__ProofQuery ask = SANLING__V1__PROOF_QUERY__INIT;
    struct answer answer;
    struct fault fault = {0};
    ask.position = arguments->position;
    query.ask_case = SANLING__V1__QUERY__ASK_PROOF;
    query.proof = &ask;
    int status = tool_ask(arguments->tool, &query, &sanling__v1__proof_answer__descriptor, &answer);
    if (status != STATUS_DONE)
        return status;
    status = prove(arguments, (const Sanling__V1__ProofAnswer *)answer.body, &fault);
    answer_clear(&answer);
    return status >= 0 ? status : command_line_fail("sanlingctl", &fault);
}

/* The answer is no, whatever is wrong with the document. */
static int refuse(const struct arguments *arguments, struct fault *fault)
{
    fault->code = FAULT_NO;
    if (arguments->tool->json)
        proof_table_print_refusal(fault->text);
    return command_line_fail("sanlingctl", fault);
}

static int check(const struct arguments *arguments)
{
    CLEANUP(evidence_text_clear) struct evidence_text text = {0};
    CLEANUP(record_proof_clear) struct record_proof proof = {0};
    struct fault fault = {0};
    if (!evidence_file_read(arguments->check, PROOF_FILE_SIZE_MAX, &text, &fault))
        return command_line_fail("sanlingctl", &fault);
    if (!record_proof_read(text.text, text.size, &proof, &fault) ||
        !record_proof_check(&proof, &arguments->keys, arguments->office_key, &fault) ||
        !proof_witnesses_check(&arguments->witnesses, &proof.note, &fault))
        return refuse(arguments, &fault);
    proof_table_print(&proof, &arguments->witnesses, arguments->tool->json);
    return STATUS_DONE;
}

int run_prove(struct tool *tool, int argc, char **argv)
{
    const struct argp_child children[] = {{.argp = &tool_argp}, {0}};
    const struct argp argp = {options, parse, "[POSITION]", help, children, NULL, NULL};
    struct arguments arguments = {.tool = tool};
    tool_parse(&argp, argc, argv, &arguments);
    return arguments.check != NULL ? check(&arguments) : ask_proof(&arguments);
}
