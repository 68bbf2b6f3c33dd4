#include "log_check.h"

#include "query.pb-c.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

bool log_statement_open(struct log_statement *statement, struct evidence_text *document,
                        const struct trusted_keys *keys, struct fault *fault)
{
    *statement = (struct log_statement){.document = *document};
    *document = (struct evidence_text){0};
    return trusted_keys_open(keys, statement->document.text, statement->document.size, &statement->checkpoint,
                             &statement->note, fault);
}

void log_statement_clear(struct log_statement *statement)
{
    evidence_text_clear(&statement->document);
}

/* An answer is borrowed by the callback: what is wanted of it is copied there. */
struct taking {
    struct evidence_text *document;
    char **key;
    struct merkle_proof *proof;
    uint64_t from;
    uint64_t to;
    bool taken;
};

static char *copy(const char *text)
{
    char *copied = strdup(text);
    if (copied == NULL)
        abort();
    return copied;
}

static bool take_checkpoint(const Sanling__V1__Answer *part, void *context)
{
    struct taking *taking = context;
    if (part->body_case != SANLING__V1__ANSWER__BODY_CHECKPOINT || taking->taken)
        return false;
    *taking->document = (struct evidence_text){.text = copy(part->checkpoint->checkpoint),
                                               .size = strlen(part->checkpoint->checkpoint)};
    if (taking->key != NULL)
        *taking->key = copy(part->checkpoint->verifier_key);
    taking->taken = true;
    return true;
}

static bool take_proof(const Sanling__V1__Answer *part, void *context)
{
    struct taking *taking = context;
    if (part->body_case != SANLING__V1__ANSWER__BODY_CONSISTENCY)
        return false;
    const Sanling__V1__ConsistencyAnswer *answer = part->consistency;
    if (answer->from != taking->from || answer->to != taking->to || answer->n_hashes > MERKLE_CONSISTENCY_MAX)
        return false;
    for (size_t i = 0; i < answer->n_hashes; i++) {
        if (answer->hashes[i].len != MERKLE_HASH_SIZE)
            return false;
        memcpy(taking->proof->hashes[i].bytes, answer->hashes[i].data, MERKLE_HASH_SIZE);
    }
    taking->proof->count = (int)answer->n_hashes;
    taking->taken = true;
    return true;
}

/* `take` fills `taking`; an answer of another kind is none. */
static bool ask(struct log_asking *asking, const Sanling__V1__Query *query,
                bool (*take)(const Sanling__V1__Answer *part, void *context), struct taking *taking)
{
    asking->error = (struct sanling_error){.code = SANLING_OK};
    if (!sanling_query(asking->hub, query, asking->timeout_ms, take, taking, &asking->error))
        return false;
    if (taking->taken)
        return true;
    asking->error.code = SANLING_MALFORMED;
    snprintf(asking->error.text, sizeof asking->error.text, "the hub's answer is none to the question");
    return false;
}

bool log_ask_checkpoint(struct log_asking *asking, struct evidence_text *document, char **key)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__CheckpointQuery wanted = SANLING__V1__CHECKPOINT_QUERY__INIT;
    struct taking taking = {.document = document, .key = key};
    query.ask_case = SANLING__V1__QUERY__ASK_CHECKPOINT;
    query.checkpoint = &wanted;
    return ask(asking, &query, take_checkpoint, &taking);
}

static bool ask_consistency(struct log_asking *asking, uint64_t from, uint64_t to, struct merkle_proof *proof)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__ConsistencyQuery wanted = SANLING__V1__CONSISTENCY_QUERY__INIT;
    struct taking taking = {.proof = proof, .from = from, .to = to};
    wanted.from = from;
    wanted.to = to;
    query.ask_case = SANLING__V1__QUERY__ASK_CONSISTENCY;
    query.consistency = &wanted;
    return ask(asking, &query, take_proof, &taking);
}

enum log_judgement log_judge(struct log_asking *asking, const struct checkpoint *earlier,
                             const struct checkpoint *later, struct merkle_proof *proof, struct fault *fault)
{
    *proof = (struct merkle_proof){0};
    if (strcmp(earlier->origin, later->origin) != 0) {
        fault_set(fault, FAULT_NO, "the checkpoint is of the log %s, the hub's log is %s", earlier->origin,
                  later->origin);
        return LOG_CHANGED;
    }
    if (later->size < earlier->size) {
        fault_set(fault, FAULT_NO,
                  "the past was changed: %" PRIu64 " records were signed for, and the log has %" PRIu64 " now",
                  earlier->size, later->size);
        return LOG_CHANGED;
    }
    if (later->size == earlier->size && !merkle_equal(&later->root, &earlier->root)) {
        fault_set(fault, FAULT_NO, "the past was changed: two roots are signed for the same %" PRIu64 " records",
                  earlier->size);
        return LOG_CHANGED;
    }
    if (earlier->size > 0 && later->size > earlier->size && !ask_consistency(asking, earlier->size, later->size, proof))
        return LOG_UNKNOWN;
    if (merkle_check_consistency(earlier->size, later->size, &earlier->root, &later->root, proof))
        return LOG_GOES_ON;
    fault_set(fault, FAULT_NO,
              "the past was changed: the log of %" PRIu64 " records does not begin with the %" PRIu64
              " records that were signed for before",
              later->size, earlier->size);
    return LOG_CHANGED;
}
