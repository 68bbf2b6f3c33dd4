#include "webhooks.h"

#include "backoff.h"
#include "https_post.h"
#include "inbox.h"
#include "inbox_lineage.h"
#include "inbox_sink.h"
#include "journal.h"
#include "notification_counts.h"
#include "webhook_signature.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    CREDIT = 32,              /* records in hand: a large one is a few hundred KiB of JSON */
    SETTLE_EVERY = 16,        /* of records taken one behind the other; so many may come again */
    BACKOFF_MOST_MS = 600000, /* a receiver that is away is found ten minutes after it is back, at the latest */
    REFUSALS_MAX = 5,         /* 400 or 422 for one record */
    ALARM_EVERY_MS = 3600 * 1000,
    HUB_NAME_SIZE = 64,
    WEBHOOK_ID_SIZE = HUB_NAME_SIZE + 32,
    WAY_SIZE = 80,
    RESTORATION_SHOWN = 8, /* characters of its name */
    STATUS_OK = 200,
    STATUS_REDIRECT = 300,
    STATUS_BAD_REQUEST = 400,
    STATUS_GONE = 410,
    STATUS_UNPROCESSABLE = 422
};

/* A record in hand. */
struct waiting {
    uint64_t position;
    uint64_t settles; /* up to which position the hub need keep nothing once this one is dealt with */
    char *json;
    bool of_before; /* of a log that was lost with the hub's data since it came */
    char id[WEBHOOK_ID_SIZE];
};

struct webhook {
    const struct sink_config *config;
    const char *source;
    struct inbox inbox;
    struct post_channel *channel;
    struct webhook_secrets secrets;
    struct inbox_sink *parked;
    struct outbox *outbox;
    char hub[HUB_NAME_SIZE];
    struct restorations restorations; /* of the hub */

    struct waiting waiting[CREDIT]; /* a ring: the hub delivers no more than the credit */
    size_t first;
    size_t count;
    uint64_t dealt_position; /* dealt with and not yet told to the hub; 0: nothing */
    uint32_t dealt;

    struct backoff backoff;
    unsigned refusals; /* of the first record */
    bool gone;
    int64_t alarm_ms;
    struct notification_counts counts;
};

enum { ONCE_LISTENS_MS = 1000 }; /* for records that the hub has for us */

struct webhooks {
    struct poster *poster;
    struct webhook *hooks[SINKS_MAX];
    size_t count;
    int64_t counted_ms; /* when the counts were last in the journal */
    struct sanling *hub;
    bool once;           /* the run is to end when all is brought */
    int64_t listened_ms; /* since when a session is open; 0: none was yet */
    int64_t now_ms;      /* of the last step */
};

/* ---- records in hand ---- */

static struct waiting *head(struct webhook *hook)
{
    return &hook->waiting[hook->first];
}

static void settle(struct webhook *hook)
{
    if (hook->dealt > 0 || hook->dealt_position > 0)
        inbox_settle(&hook->inbox, hook->dealt_position, hook->dealt);
    hook->dealt = 0;
    hook->dealt_position = 0;
}

/* The first record is where it belongs. */
static void deal_with_first(struct webhook *hook)
{
    struct waiting *done = head(hook);
    if (!done->of_before)
        hook->dealt_position = done->settles;
    hook->dealt++;
    free(done->json);
    done->json = NULL;
    hook->first = (hook->first + 1) % CREDIT;
    hook->count--;
    hook->refusals = 0;
    backoff_succeed(&hook->backoff);
    if (hook->count == 0 || hook->dealt >= SETTLE_EVERY)
        settle(hook);
}

/* Another one for each record: a restored hub gives positions to other records. */
static void set_id(const struct webhook *hook, struct waiting *record)
{
    const char *restoration = restorations_behind(&hook->restorations, record->position);
    snprintf(record->id, sizeof record->id, "%s-%" PRIu64 "%s%.*s", hook->hub, record->position,
             restoration[0] != '\0' ? "-" : "", RESTORATION_SHOWN, restoration);
}

static bool take_record(struct webhook *hook, const Sanling__V1__Record *record, struct fault *fault)
{
    if (record->position <= inbox_sink_position(hook->parked)) { /* dealt with before a crash, and not acknowledged */
        hook->dealt_position = record->position;
        hook->dealt++;
        return true;
    }
    if (hook->count == CREDIT)
        return fault_set(fault, FAULT_MALFORMED, "the hub delivers more records than it was given credit for");
    struct waiting *last = &hook->waiting[(hook->first + hook->count) % CREDIT];
    *last = (struct waiting){.position = record->position, .settles = record->position};
    last->json = sanling_json_from_message(&record->base);
    if (last->json == NULL)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    set_id(hook, last);
    hook->count++;
    return true;
}

/* Under which its file remembers what it knows of the hub. */
static void set_way(const struct webhook *hook, char way[static WAY_SIZE])
{
    snprintf(way, WAY_SIZE, "webhook %.64s", hook->config->name);
}

/* What is in hand from behind the point where the hub was restored is brought, for it was so; but the hub knows nothing
 * of it, and is not told that it need not keep what stands there now. */
static bool take_hub(struct webhook *hook, const Sanling__V1__Welcome *welcome, struct fault *fault)
{
    uint64_t same;
    char way[WAY_SIZE];
    set_way(hook, way);
    if (!inbox_lineage_meet(hook->outbox, way, hook->parked, welcome, &same, fault))
        return false;
    snprintf(hook->hub, sizeof hook->hub, "%s", welcome->hub);
    restorations_of_welcome(welcome, &hook->restorations);
    for (size_t i = 0; i < hook->count; i++) {
        struct waiting *record = &hook->waiting[(hook->first + i) % CREDIT];
        record->of_before |= record->position > same;
        if (record->settles > same)
            record->settles = same;
    }
    if (hook->dealt_position > same)
        hook->dealt_position = same;
    return true;
}

static bool hook_hear(struct webhook *hook, const struct sanling_happening *happening, struct fault *fault)
{
    if (happening->kind == SANLING_CONNECTED && !take_hub(hook, happening->welcome, fault))
        return false;
    const Sanling__V1__Delivery *delivery = inbox_hear(&hook->inbox, happening);
    if (delivery == NULL)
        return true;
    for (size_t i = 0; i < delivery->n_records; i++)
        if (!take_record(hook, delivery->records[i], fault))
            return false;
    if (hook->count > 0) {
        hook->waiting[(hook->first + hook->count - 1) % CREDIT].settles = delivery->reached;
        return true;
    }
    hook->dealt_position = delivery->reached;
    settle(hook);
    return true;
}

/* ---- sending ---- */

static bool send_first(struct webhook *hook, struct fault *fault)
{
    char id_header[WEBHOOK_ID_SIZE + 32];
    char timestamp_header[64];
    char signature[WEBHOOK_SIGNATURE_SIZE];
    char signature_header[sizeof signature + 32];
    const struct waiting *record = head(hook);
    const int64_t now_s = time(NULL); /* the receiver compares it with its own clock, not with the hub's */
    const size_t size = strlen(record->json);
    webhook_sign(&hook->secrets, record->id, now_s, record->json, size, signature);
    snprintf(id_header, sizeof id_header, "webhook-id: %s", record->id);
    snprintf(timestamp_header, sizeof timestamp_header, "webhook-timestamp: %" PRId64, now_s);
    snprintf(signature_header, sizeof signature_header, "webhook-signature: %s", signature);
    const struct post_request request = {.url = hook->config->url,
                                         .headers = {id_header, timestamp_header, signature_header},
                                         .body = record->json,
                                         .size = size};
    return post_start(hook->channel, &request, fault);
}

/* Kept where the office can look at it and send it again by hand. */
static bool park_first(struct webhook *hook)
{
    struct fault fault;
    const struct waiting *record = head(hook);
    if (!record->of_before && !inbox_sink_append_json(hook->parked, record->position, record->json, &fault)) {
        journal(JOURNAL_ERROR, "source %s: webhook %s: %s", hook->source, hook->config->name, fault.text);
        return false;
    }
    journal(JOURNAL_WARNING,
            "source %s: webhook %s: record %" PRIu64 " refused %u times: %s sink-%s.refused.jsonl, going on with the "
            "next",
            hook->source, hook->config->name, record->position, hook->refusals,
            record->of_before ? "of before the hub was restored, so not kept in" : "kept in", hook->config->name);
    hook->counts.parked++;
    deal_with_first(hook);
    return true;
}

static void note_failure(struct webhook *hook, const struct post_answer *answer, int64_t now_ms)
{
    char cause[64];
    if (answer->outcome == POST_ANSWERED)
        snprintf(cause, sizeof cause, "HTTP %ld", answer->status);
    const int64_t wait_ms = backoff_fail(&hook->backoff, now_ms, answer->retry_after_s);
    journal(JOURNAL_WARNING,
            "source %s: webhook %s: record %" PRIu64 " not taken: %s; failure %u, again in %" PRId64 ".%" PRId64 " s",
            hook->source, hook->config->name, head(hook)->position,
            answer->outcome == POST_ANSWERED ? cause : answer->cause, hook->backoff.failures, wait_ms / 1000,
            wait_ms % 1000 / 100);
}

static void say_gone(struct webhook *hook, int64_t now_ms)
{
    hook->gone = true;
    hook->alarm_ms = now_ms;
    journal(JOURNAL_ALARM,
            "source %s: webhook %s: the receiver says 410 Gone: nothing is sent; what comes waits at the hub. Mend the "
            "receiver or its url, then start the agent again",
            hook->source, hook->config->name);
}

static void note_answer(struct webhook *hook, const struct post_answer *answer, int64_t now_ms)
{
    const bool answered = answer->outcome == POST_ANSWERED;
    if (answered && answer->status >= STATUS_OK && answer->status < STATUS_REDIRECT) {
        if (hook->backoff.failures > 0)
            journal(JOURNAL_NOTICE, "source %s: webhook %s: taken again after %u failures", hook->source,
                    hook->config->name, hook->backoff.failures);
        hook->counts.accepted++;
        deal_with_first(hook);
        return;
    }
    hook->counts.refused += answered ? 1 : 0;
    hook->counts.failed += answered ? 0 : 1;
    if (answered && answer->status == STATUS_GONE) {
        say_gone(hook, now_ms);
        return;
    }
    if (answered && (answer->status == STATUS_BAD_REQUEST || answer->status == STATUS_UNPROCESSABLE) &&
        ++hook->refusals >= REFUSALS_MAX && park_first(hook))
        return;
    note_failure(hook, answer, now_ms);
}

static bool hook_step(struct webhook *hook, int64_t now_ms, struct fault *fault)
{
    struct post_answer answer;
    if (post_take_answer(hook->channel, &answer))
        note_answer(hook, &answer, now_ms);
    if (hook->gone && now_ms - hook->alarm_ms >= ALARM_EVERY_MS)
        say_gone(hook, now_ms);
    if (hook->gone || hook->count == 0 || post_is_busy(hook->channel) || !backoff_is_over(&hook->backoff, now_ms))
        return true;
    return send_first(hook, fault);
}

/* ---- the part ---- */

static int descriptor(const void *self)
{
    const struct webhooks *hooks = self;
    return poster_descriptor(hooks->poster);
}

static int wait_ms(const void *self, int64_t now_ms)
{
    const struct webhooks *hooks = self;
    int wait = poster_wait_ms(hooks->poster);
    if (hooks->once && (wait < 0 || wait > ONCE_LISTENS_MS))
        wait = ONCE_LISTENS_MS; /* to see that nothing more comes */
    for (size_t i = 0; i < hooks->count; i++) {
        const struct webhook *hook = hooks->hooks[i];
        if (hook->gone || hook->count == 0 || post_is_busy(hook->channel))
            continue;
        const int64_t left = hook->backoff.until_ms - now_ms;
        const int own = left <= 0 ? 0 : left > BACKOFF_MOST_MS ? BACKOFF_MOST_MS : (int)left;
        wait = wait < 0 || own < wait ? own : wait;
    }
    return wait;
}

static void journal_counts(const struct webhooks *hooks)
{
    for (size_t i = 0; i < hooks->count; i++)
        notification_counts_journal(&hooks->hooks[i]->counts, hooks->hooks[i]->source, "webhook",
                                    hooks->hooks[i]->config->name);
}

static bool step(void *self, int64_t now_ms, struct fault *fault)
{
    struct webhooks *hooks = self;
    hooks->now_ms = now_ms;
    if (hooks->listened_ms == 0 && sanling_connected(hooks->hub))
        hooks->listened_ms = now_ms;
    poster_step(hooks->poster);
    for (size_t i = 0; i < hooks->count; i++)
        if (!hook_step(hooks->hooks[i], now_ms, fault))
            return false;
    if (hooks->counted_ms == 0)
        hooks->counted_ms = now_ms;
    if (now_ms - hooks->counted_ms >= NOTIFICATION_JOURNAL_MS) {
        hooks->counted_ms = now_ms;
        journal_counts(hooks);
    }
    return true;
}

static bool hear(void *self, const struct sanling_happening *happening, struct fault *fault)
{
    struct webhooks *hooks = self;
    for (size_t i = 0; i < hooks->count; i++)
        if (!hook_hear(hooks->hooks[i], happening, fault))
            return false;
    return true;
}

/* The hub says nothing where nothing waits: a run that is to end listens for a while first. A receiver that does not
 * take what it is given holds up no run that is to end: it comes again at the next one. */
static bool is_drained(const void *self)
{
    const struct webhooks *hooks = self;
    if (hooks->listened_ms == 0 || hooks->now_ms - hooks->listened_ms < ONCE_LISTENS_MS)
        return false;
    for (size_t i = 0; i < hooks->count; i++) {
        const struct webhook *hook = hooks->hooks[i];
        if (post_is_busy(hook->channel) || (hook->count > 0 && !hook->gone && hook->backoff.failures == 0))
            return false;
    }
    return true;
}

static void hook_free(struct webhook **hook)
{
    struct webhook *gone = *hook;
    *hook = NULL;
    if (gone == NULL)
        return;
    post_channel_close(&gone->channel);
    inbox_sink_close(&gone->parked);
    webhook_secrets_clear(&gone->secrets);
    for (size_t i = 0; i < CREDIT; i++)
        free(gone->waiting[i].json);
    free(gone);
}

static void close_hooks(void *self)
{
    struct webhooks *hooks = self;
    journal_counts(hooks);
    for (size_t i = 0; i < hooks->count; i++) {
        settle(hooks->hooks[i]);
        hook_free(&hooks->hooks[i]);
    }
    poster_close(&hooks->poster);
    free(hooks);
}

static struct inbox_sink *open_parked(const struct office *office, const char *name, struct fault *fault)
{
    char path[4096];
    if (snprintf(path, sizeof path, "%s/sink-%s.refused.jsonl", office->config->state, name) >= (int)sizeof path) {
        fault_set(fault, FAULT_USAGE, "%s: too long for a folder's name", office->config->state);
        return NULL;
    }
    return inbox_sink_open(path, fault);
}

static bool step_back(struct webhook *hook, struct fault *fault)
{
    char way[WAY_SIZE];
    set_way(hook, way);
    return inbox_lineage_open(hook->outbox, way, hook->parked, fault);
}

static struct webhook *hook_open(struct office *office, const struct sink_config *config, struct poster *poster,
                                 struct fault *fault)
{
    CLEANUP(hook_free) struct webhook *hook = calloc(1, sizeof *hook);
    if (hook == NULL) {
        fault_set(fault, FAULT_SYSTEM, "out of memory");
        return NULL;
    }
    hook->config = config;
    hook->source = office->config->source;
    hook->backoff = (struct backoff){.first_ms = config->retry_ms, .most_ms = BACKOFF_MOST_MS};
    const struct post_target target = {
        .ca_file = config->ca_file, .timeout_s = config->timeout_seconds, .keep_alive = true};
    if (!webhook_secrets_load(config->secret_file, &hook->secrets, fault))
        return NULL;
    hook->outbox = office->outbox;
    hook->parked = open_parked(office, config->name, fault);
    hook->channel = hook->parked == NULL || !step_back(hook, fault) ? NULL : post_channel_open(poster, &target, fault);
    if (hook->channel == NULL)
        return NULL;
    inbox_init(&hook->inbox, office, config->name, CREDIT);
    struct webhook *opened = hook;
    hook = NULL;
    return opened;
}

static const struct part_ops ops = {.descriptor = descriptor,
                                    .wait_ms = wait_ms,
                                    .step = step,
                                    .hear = hear,
                                    .is_drained = is_drained,
                                    .close = close_hooks};

static size_t count_hooks(const struct agent_config *config)
{
    size_t count = 0;
    for (size_t i = 0; i < config->sink_count; i++)
        count += config->sinks[i].kind == SINK_WEBHOOK ? 1 : 0;
    return count;
}

static bool open_hooks(struct webhooks *hooks, struct office *office, struct fault *fault)
{
    hooks->hub = office->hub;
    hooks->once = office->once;
    hooks->poster = poster_open(fault);
    if (hooks->poster == NULL)
        return false;
    for (size_t i = 0; i < office->config->sink_count; i++) {
        const struct sink_config *config = &office->config->sinks[i];
        if (config->kind != SINK_WEBHOOK)
            continue;
        hooks->hooks[hooks->count] = hook_open(office, config, hooks->poster, fault);
        if (hooks->hooks[hooks->count] == NULL)
            return false;
        hooks->count++;
    }
    return true;
}

bool webhooks_open(struct office *office, struct part *part, struct fault *fault)
{
    if (count_hooks(office->config) == 0)
        return true;
    struct webhooks *hooks = calloc(1, sizeof *hooks);
    if (hooks == NULL)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    *part = (struct part){.ops = &ops, .self = hooks};
    if (open_hooks(hooks, office, fault))
        return true;
    close_hooks(hooks);
    *part = (struct part){0};
    return false;
}
