#include "sealing_command.h"

#include "confirmations.h"
#include "query.pb-c.h"
#include "sanling.h"
#include "seal.h"
#include "sealing.h"
#include "state_folder.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { REACH_MS = 5000, ANSWER_MS = 30000, OUTCOME_MS = 10000, LOOK_MS = 100 };

/* ---- which matter it is ---- */

struct look {
    struct matter_key *key;
    size_t found;
};

static bool take_matters(const Sanling__V1__Answer *answer, void *context)
{
    struct look *look = context;
    for (size_t i = 0; answer->matters != NULL && i < answer->matters->n_matters; i++) {
        const Sanling__V1__MattersAnswer__Matter *matter = answer->matters->matters[i];
        look->key->kind = matter->kind;
        snprintf(look->key->unit, sizeof look->key->unit, "%s", matter->unit);
        look->found++;
    }
    return true;
}

static bool ask(struct sanling *hub, struct matter_key *key, struct fault *fault)
{
    struct sanling_error error;
    struct look look = {.key = key};
    Sanling__V1__MattersQuery matters = SANLING__V1__MATTERS_QUERY__INIT;
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    matters.matter = key->matter;
    query.ask_case = SANLING__V1__QUERY__ASK_MATTERS;
    query.matters = &matters;
    if (!sanling_reach(hub, REACH_MS, ANSWER_MS, &error) ||
        !sanling_query(hub, &query, ANSWER_MS, take_matters, &look, &error))
        return fault_set(fault, error.code == SANLING_REFUSED ? FAULT_REFUSED : FAULT_UNREACHABLE, "%s", error.text);
    if (look.found == 0)
        return fault_set(fault, FAULT_NO, "matter %s: there is none that this office may see", key->matter);
    return look.found == 1 ||
           fault_set(fault, FAULT_NO, "matter %s: is the code of several matters: a key cannot be told from another",
                     key->matter);
}

/* The hub's clock, if it is a demonstration's and can be reached; an act can be written down without it. */
static int64_t clock_ahead_s(const struct agent_config *config)
{
    struct sanling_error error;
    struct sanling_happening happening;
    int64_t ahead_s = 0;
    struct sanling *hub = sanling_open(&(struct sanling_options){.endpoint = config->hub,
                                                                 .identity_file = config->identity,
                                                                 .software = "sealing " SANLING_VERSION},
                                       &error);
    if (hub == NULL)
        return 0;
    if (sanling_next(hub, REACH_MS, &happening, &error) && happening.kind == SANLING_CONNECTED &&
        happening.welcome->demonstration && happening.welcome->time != NULL)
        ahead_s = happening.welcome->time->seconds - time(NULL);
    sanling_close(&hub);
    return ahead_s;
}

static bool find_matter(const struct agent_config *config, struct matter_key *key, struct fault *fault)
{
    struct sanling_error error;
    struct sanling *hub = sanling_open(&(struct sanling_options){.endpoint = config->hub,
                                                                 .identity_file = config->identity,
                                                                 .software = "sealing " SANLING_VERSION},
                                       &error);
    if (hub == NULL)
        return fault_set(fault, FAULT_USAGE, "%s", error.text);
    const bool found = ask(hub, key, fault);
    sanling_close(&hub);
    return found;
}

/* ---- the acts ---- */

static bool send_file(const struct sealing *sealing, const struct sealing_order *order,
                      char act[static SEALING_KEY_SIZE], struct fault *fault)
{
    uint8_t text[SEAL_TEXT_MAX + 1];
    const ProtobufCEnumValue *office =
        order->to == NULL
            ? NULL
            : protobuf_c_enum_descriptor_get_value_by_name(&sanling__v1__office__kind__descriptor, order->to);
    if (office == NULL || office->value == 0 || order->in == NULL)
        return fault_set(fault, FAULT_USAGE, "--seal-note wants --to OFFICE, as WORK_SAFETY, and --in FILE");
    FILE *file = strcmp(order->in, "-") == 0 ? stdin : fopen(order->in, "re");
    if (file == NULL)
        return fault_set(fault, FAULT_USAGE, "%s: %s", order->in, strerror(errno));
    const size_t size = fread(text, 1, sizeof text, file);
    if (file != stdin)
        fclose(file);
    const bool sent =
        sealing_send(sealing, order->matter, (Sanling__V1__Office__Kind)office->value, text, size, act, fault);
    sodium_memzero(text, sizeof text);
    return sent;
}

static bool run_act(const struct sealing *sealing, const struct agent_config *config, const struct sealing_order *order,
                    char act[static SEALING_KEY_SIZE], struct fault *fault)
{
    struct matter_key key = {.matter = ""};
    size_t count;
    switch (order->act) {
    case SEALING_SEND:
        return send_file(sealing, order, act, fault);
    case SEALING_ERASE:
        return sealing_erase(sealing, order->matter, &count, act, fault);
    case SEALING_OFFER:
        snprintf(key.matter, sizeof key.matter, "%s", order->matter);
        return find_matter(config, &key, fault) && sealing_offer(sealing, &key, act, fault);
    }
    abort();
}

static bool wait_for_outcome(struct outbox *outbox, const char *folder, const char *act,
                             struct confirmation_state *state, struct fault *fault)
{
    const struct timespec look = {.tv_nsec = LOOK_MS * 1000000L};
    for (int waited = 0; waited < OUTCOME_MS; waited += LOOK_MS) {
        if (!confirmations_state(outbox, act, state, fault))
            return false;
        if (state->waiting == 0 || !outbox_is_in_use(folder))
            return true;
        nanosleep(&look, NULL);
    }
    return true;
}

static int show(const struct confirmation_state *state)
{
    if (state->rejected > 0)
        printf("中枢没有接受 the hub did not take it: %s %s [%s]\n", state->reason.zh, state->reason.en,
               state->reason.code);
    else if (state->waiting > 0)
        puts("已写入，代理运行并连上中枢后发出 written down; sent once the agent runs and reaches the hub");
    else
        printf("已登记，位置 recorded at position %" PRIu64 "\n", state->position);
    return state->rejected > 0 ? 1 : 0;
}

int sealing_command(const struct agent_config *config, const struct sealing_order *order, struct fault *fault)
{
    char act[SEALING_KEY_SIZE];
    struct confirmation_state state;
    if (config->sealing.keys == NULL)
        return fault_set(fault, FAULT_USAGE, "the configuration has no `sealing:`") ? 0 : -1;
    if (strlen(order->matter) > MATTER_CODE_MAX)
        return fault_set(fault, FAULT_USAGE, "a matter's code has %d bytes at most", MATTER_CODE_MAX) ? 0 : -1;
    if (!matter_keys_open(config->sealing.keys, fault) || !state_folder_make(config->state, false, fault))
        return -1;
    CLEANUP(outbox_close) struct outbox *outbox = outbox_open_beside(config->state, config->source, fault);
    const struct sealing sealing = {.config = &config->sealing,
                                    .outbox = outbox,
                                    .utc_offset_minutes = config->utc_offset_minutes,
                                    .clock_ahead_s = clock_ahead_s(config)};
    if (outbox == NULL || !run_act(&sealing, config, order, act, fault) ||
        !wait_for_outcome(outbox, config->state, act, &state, fault))
        return -1;
    return show(&state);
}
