#include "receipt.h"

#include "evidence_file.h"
#include "query.pb-c.h"
#include "record_proof.h"
#include "sanling.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REACH_MS = 10000, ANSWER_MS = 30000 /* a checkpoint must cover the record first: seconds */ };

static enum fault_code code_of(const struct sanling_error *error)
{
    if (error->hub_code == SANLING__V1__CODE__KIND__POSITION_AHEAD)
        return FAULT_NO;
    switch (error->code) {
    case SANLING_REFUSED:
        return FAULT_REFUSED;
    case SANLING_UNREACHABLE:
        return FAULT_UNREACHABLE;
    case SANLING_MALFORMED:
        return FAULT_MALFORMED;
    case SANLING_USAGE:
        return FAULT_USAGE;
    case SANLING_OK:
    case SANLING_WINDOW_FULL:
    case SANLING_SYSTEM:
        return FAULT_SYSTEM;
    }
    abort();
}

/* The answer is borrowed by the callback. */
struct taking {
    struct record_proof proof;
    bool taken;
    struct fault fault;
};

static bool take_proof(const Sanling__V1__Answer *part, void *context)
{
    struct taking *taking = context;
    if (part->body_case == SANLING__V1__ANSWER__BODY_PROOF && !taking->taken)
        taking->taken = record_proof_take(part->proof, &taking->proof, &taking->fault);
    else
        fault_set(&taking->fault, FAULT_MALFORMED, "the hub's answer is no proof");
    return true;
}

static bool ask(struct sanling *hub, uint64_t position, struct taking *taking, struct fault *fault)
{
    struct sanling_error error;
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__ProofQuery wanted = SANLING__V1__PROOF_QUERY__INIT;
    wanted.position = position;
    query.ask_case = SANLING__V1__QUERY__ASK_PROOF;
    query.proof = &wanted;
    if (!sanling_reach(hub, REACH_MS, ANSWER_MS, &error) ||
        !sanling_query(hub, &query, ANSWER_MS, take_proof, taking, &error))
        return fault_set(fault, code_of(&error), "%s", error.text);
    if (!taking->taken)
        *fault = taking->fault;
    return taking->taken;
}

static bool write_proof(const struct record_proof *proof, const char *out, struct fault *fault)
{
    char *text = proof_file_write(&proof->file);
    if (text == NULL)
        abort();
    const bool written =
        out != NULL ? evidence_file_write(out, text, strlen(text), fault)
                    : fputs(text, stdout) >= 0 || fault_set(fault, FAULT_SYSTEM, "standard output cannot be written");
    free(text);
    return written;
}

static bool is_of(const struct record_proof *proof, uint64_t position, struct fault *fault)
{
    return proof->said->record->position == position ||
           fault_set(fault, FAULT_NO, "the hub gave the proof of another record");
}

bool receipt_get(const struct agent_config *config, const char *position, const char *out, struct fault *fault)
{
    struct sanling_error error;
    struct taking taking = {.taken = false};
    char *end;
    errno = 0;
    const uint64_t number = strtoull(position, &end, 10);
    if (position[0] < '1' || position[0] > '9' || *end != '\0' || errno != 0)
        return fault_set(fault, FAULT_USAGE, "--receipt '%s': is no position of the log", position);
    if (config->log_keys.count == 0)
        return fault_set(fault, FAULT_USAGE,
                         "--receipt wants the log's verifier key in the configuration, log_key: nobody could check "
                         "it otherwise");
    struct sanling *hub = sanling_open(&(struct sanling_options){.endpoint = config->hub,
                                                                 .identity_file = config->identity,
                                                                 .software = "receipt " SANLING_VERSION},
                                       &error);
    if (hub == NULL)
        return fault_set(fault, FAULT_USAGE, "%s", error.text);
    const bool got = ask(hub, number, &taking, fault) && is_of(&taking.proof, number, fault) &&
                     record_proof_check(&taking.proof, &config->log_keys, NULL, fault) &&
                     write_proof(&taking.proof, out, fault);
    record_proof_clear(&taking.proof);
    sanling_close(&hub);
    return got;
}
