#include "recovery.h"
#include "log/log_view.h"

#include <string.h>

#include "journal.h"
#include "policy_file.h"

/* Whether a stored state belongs to this log: the log's digest at its position must be the one it was written with. */
static bool state_belongs(struct event_log *log, const struct log_head *stored, bool *belongs, struct fault *fault)
{
    struct log_head head = event_log_head(log);
    *belongs = false;
    if (stored->position > head.position || stored->rejections > head.rejections)
        return fault_set(fault, FAULT_DAMAGED, "the state stands at position %llu, behind the log's end at %llu",
                         (unsigned long long)stored->position, (unsigned long long)head.position);
    if (stored->position == head.position) {
        *belongs = memcmp(stored->digest, head.digest, sizeof head.digest) == 0;
        return true;
    }
    CLEANUP(log_view_close) struct log_view *view = log_view_open(log);
    struct block_view block;
    if (!log_view_block(view, stored->position + 1, &block, fault))
        return false;
    *belongs = block.header->first_position == stored->position + 1 &&
               memcmp(block.header->previous_digest, stored->digest, sizeof stored->digest) == 0;
    return true;
}

static bool parse_policies(struct state *state, struct fault *fault)
{
    for (uint32_t i = 1; i < state->policies.count; i++) {
        const struct adopted_policy *adopted = table_row(&state->policies, i);
        const char *text = state_text(state, adopted->text);
        struct policy *policy = table_change(&state->rules, table_add(&state->rules));
        if (!policy_parse(text, strlen(text), policy, fault)) {
            if (fault->code != FAULT_SYSTEM) /* no memory to read it */
                fault->code = FAULT_DAMAGED;
            return false;
        }
    }
    return true;
}

/* *belongs: the ledger holds the stored state now; else it is as empty as before. */
static bool load_state(struct ledger *ledger, struct event_log *log, struct state_store *store, bool *belongs,
                       struct fault *fault)
{
    struct log_head stored;
    struct fault why;
    *belongs = false;
    if (!state_store_read(store, &ledger->state, &stored, &why)) {
        if (why.code != FAULT_NO)
            journal(JOURNAL_WARNING, "stored state left aside: %s; reading the whole log", why.text);
        return true;
    }
    if (!state_belongs(log, &stored, belongs, fault))
        return false;
    if (*belongs) {
        if (!parse_policies(&ledger->state, fault))
            return false;
        state_index(&ledger->state);
        return true;
    }
    journal(JOURNAL_WARNING, "stored state left aside: it belongs to another log; reading the whole log");
    state_store_forget(store);
    state_clear(&ledger->state);
    state_init(&ledger->state);
    return true;
}

bool recover_state(struct ledger *ledger, struct event_log *log, struct state_store *store, uint64_t *began,
                   void (*progress)(uint64_t position, uint64_t last), struct fault *fault)
{
    struct log_head head = event_log_head(log);
    CLEANUP(log_view_close) struct log_view *view = log_view_open(log);
    bool belongs = false;
    if (store && !load_state(ledger, log, store, &belongs, fault))
        return false;
    *began = ledger->state.heads.position;
    return ledger_read_log(ledger, view, &head, progress, fault);
}
