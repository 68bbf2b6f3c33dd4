#include "digests.h"

#include "agent.h"
#include "backoff.h"
#include "digest_question.h"
#include "digests_config.h"
#include "https_post.h"
#include "journal.h"
#include "notification_counts.h"
#include "outbox_digests.h"

#include <inttypes.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    CLOCK_MS = 2000, /* between two questions for the hub's clock: it may be set by hand */
    TIMEOUT_S = 30,
    BACKOFF_MOST_MS = 600000,
    LAST_ANSWER_MS = 3000, /* at the end */
    LAST_ANSWER_STEP_MS = 50
};

_Static_assert((int)OUTBOX_DIGEST_TEXT_SIZE > (int)DIGEST_TEXT_MAX, "a text fits");

struct digest {
    const struct digest_config *config;
    struct robot_keys keys;
    uint8_t robot[OUTBOX_ROBOT_SIZE];
    struct post_channel *channel;
    struct outbox_digest stored;
    bool wanted;       /* the hub is to be asked for it */
    int64_t announced; /* the next due time, as the journal said it last */
    int64_t slot;      /* the due time that it is asked for; DIGEST_SLOT_NONE: for a change */
    bool busy_noted;   /* the journal said that it waits for its minute */
    struct backoff backoff;
    struct notification_counts counts;
};

struct digests {
    const char *source;
    int32_t utc_offset_minutes;
    Sanling__V1__Office__Kind office;
    struct outbox *outbox;
    struct sanling *hub;
    struct poster *poster;
    struct digest list[DIGESTS_MAX];
    size_t count;
    uint32_t clock; /* the question for the hub's clock that is under way; 0: none */
    int64_t clock_ms;
    struct digest_question question;
    struct digest *asking; /* whom the question is for; NULL: nobody */
    int64_t counted_ms;
};

static int64_t real_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool save(struct digests *digests, const struct digest *digest, struct fault *fault)
{
    return outbox_digest_save(digests->outbox, digest->config->name, &digest->stored, fault);
}

/* ---- when ---- */

static void ask_clock(struct digests *digests, int64_t now_ms)
{
    struct sanling_error error;
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__ClockQuery clock = SANLING__V1__CLOCK_QUERY__INIT;
    query.ask_case = SANLING__V1__QUERY__ASK_CLOCK;
    query.clock = &clock;
    digests->clock_ms = now_ms;
    if (!sanling_ask(digests->hub, &query, &digests->clock, &error)) {
        digests->clock = 0;
        journal(JOURNAL_WARNING, "source %s: digests: the hub's clock: %s", digests->source, error.text);
    }
}

static void announce(const struct digests *digests, struct digest *digest, int64_t local_minutes)
{
    char time[DIGEST_SLOT_SIZE];
    const int64_t next = digest_times_next(digest->config->at, digest->config->at_count, local_minutes);
    if (next == digest->announced)
        return;
    digest->announced = next;
    digest_slot_format(next, time);
    journal(JOURNAL_INFO, "source %s: digest %s: next at %s by the hub's clock", digests->source, digest->config->name,
            time);
}

/* Times that passed before a digest was first there are nobody's. */
static bool look_at_times(struct digests *digests, struct digest *digest, int64_t local_minutes, struct fault *fault)
{
    const struct digest_config *config = digest->config;
    const int64_t latest = digest_times_latest(config->at, config->at_count, local_minutes);
    if (digest->stored.slot == DIGEST_SLOT_NONE && latest != DIGEST_SLOT_NONE) {
        digest->stored.slot = latest;
        if (!save(digests, digest, fault))
            return false;
    }
    if (latest > digest->stored.slot) {
        digest->wanted = true;
        digest->slot = latest;
        return true;
    }
    announce(digests, digest, local_minutes);
    return true;
}

/* A change is looked for by the clock on the wall: it is people that shall not be disturbed too often. */
static void look_for_change(struct digest *digest, int64_t real_ms)
{
    const int minutes = digest->config->on_change_minutes;
    const int64_t since_ms = real_ms - digest->stored.looked_ms;
    if (minutes == DIGEST_CHANGE_NEVER || digest->wanted ||
        (since_ms >= 0 && since_ms < (int64_t)minutes * ROBOT_MINUTE_MS))
        return;
    digest->wanted = true;
    digest->slot = DIGEST_SLOT_NONE;
}

static bool take_clock(struct digests *digests, const Sanling__V1__Answer *answer, struct fault *fault)
{
    const int64_t now_s = answer->time == NULL ? 0 : answer->time->seconds;
    const int64_t local_minutes = now_s / 60 + digests->utc_offset_minutes;
    digests->clock = 0;
    for (size_t i = 0; i < digests->count; i++) {
        if (&digests->list[i] == digests->asking)
            continue;
        if (!look_at_times(digests, &digests->list[i], local_minutes, fault))
            return false;
        look_for_change(&digests->list[i], real_now_ms());
    }
    return true;
}

/* ---- what ---- */

static void ask_next(struct digests *digests)
{
    struct sanling_error error;
    for (size_t i = 0; i < digests->count && digests->asking == NULL; i++) {
        struct digest *digest = &digests->list[i];
        if (!digest->wanted || digest->stored.stage == OUTBOX_DIGEST_SENDING)
            continue;
        digest->wanted = false; /* if it comes to nothing, the next look at the clock wants it again */
        if (digest_question_begin(&digests->question, digests->hub, digests->office, digest->config->unit, &error))
            digests->asking = digest;
        else
            journal(JOURNAL_WARNING, "source %s: digest %s: %s", digests->source, digest->config->name, error.text);
    }
}

/* Stores the message that the facts make, if they make one. */
static bool prepare(struct digests *digests, struct digest *digest, struct fault *fault)
{
    const struct digest_facts *facts = &digests->question.facts;
    const bool waiting = digest->stored.stage == OUTBOX_DIGEST_READY;
    const struct digest_style style = {.language = digest->config->language,
                                       .link = digest->config->page_url,
                                       .utc_offset_minutes = digests->utc_offset_minutes,
                                       .merged = waiting};
    char text[DIGEST_TEXT_MAX + 1];
    uint8_t content[OUTBOX_DIGEST_HASH_SIZE];
    const size_t body = digest_text(facts, &style, text);
    crypto_generichash(content, sizeof content, (const unsigned char *)text + body, strlen(text + body), NULL, 0);
    const bool changed = !digest->stored.has_content || memcmp(content, digest->stored.content, sizeof content) != 0;
    digest->stored.looked_ms = real_now_ms();
    if (digest->slot != DIGEST_SLOT_NONE)
        digest->stored.slot = digest->slot;
    memcpy(digest->stored.content, content, sizeof content);
    digest->stored.has_content = true;
    const bool tells = digest_facts_any(facts) || digest->config->also_when_nothing;
    if (tells && (changed || digest->slot != DIGEST_SLOT_NONE)) {
        digest->counts.merged += waiting ? 1 : 0;
        digest->stored.stage = OUTBOX_DIGEST_READY;
        digest->stored.merged = waiting;
        digest->stored.repeated = false;
        memcpy(digest->stored.text, text, strlen(text) + 1);
        journal(JOURNAL_INFO, "source %s: digest %s: a message of %zu bytes%s", digests->source, digest->config->name,
                strlen(text), waiting ? ", in place of the one that waits" : "");
    }
    return save(digests, digest, fault);
}

static bool hear_question(struct digests *digests, const struct sanling_happening *happening, struct fault *fault)
{
    struct sanling_error error;
    struct digest *digest = digests->asking;
    switch (digest_question_hear(&digests->question, happening, &error)) {
    case DIGEST_HEARD_NOTHING:
    case DIGEST_HEARD_PART:
        return true;
    case DIGEST_HEARD_FAILURE:
        digests->asking = NULL;
        journal(JOURNAL_WARNING, "source %s: digest %s: %s; asking again", digests->source, digest->config->name,
                error.text);
        return true;
    case DIGEST_HEARD_ALL:
        digests->asking = NULL;
        return prepare(digests, digest, fault);
    }
    abort();
}

static bool hear(void *self, const struct sanling_happening *happening, struct fault *fault)
{
    struct digests *digests = self;
    if (happening->kind == SANLING_ANSWER && happening->answer->id == digests->clock && digests->clock != 0)
        return take_clock(digests, happening->answer, fault);
    if (happening->kind == SANLING_PROBLEM && happening->problem->query == digests->clock && digests->clock != 0)
        digests->clock = 0;
    return digests->asking == NULL || hear_question(digests, happening, fault);
}

/* ---- sending ---- */

/* Whether the robot may get one more message in this minute; if not, *until_ms of the monotonic clock says when. */
static bool may_send(struct digests *digests, struct digest *digest, int64_t now_ms, bool *may, struct fault *fault)
{
    uint64_t count;
    int64_t first_ms;
    const int64_t real_ms = real_now_ms();
    if (!outbox_robot_sent(digests->outbox, digest->robot, real_ms - ROBOT_MINUTE_MS, real_ms, &count, &first_ms,
                           fault))
        return false;
    *may = count < ROBOT_MESSAGES_A_MINUTE;
    if (*may)
        return true;
    digest->backoff.until_ms = now_ms + first_ms + ROBOT_MINUTE_MS - real_ms + 1;
    if (!digest->busy_noted)
        journal(JOURNAL_NOTICE, "source %s: digest %s: the robot has had %d messages in a minute; waiting",
                digests->source, digest->config->name, ROBOT_MESSAGES_A_MINUTE);
    digest->busy_noted = true;
    return true;
}

static bool send_message(struct digests *digests, struct digest *digest, struct fault *fault)
{
    char message[DIGEST_MESSAGE_MAX + 1];
    char address[ROBOT_SIGNED_URL_SIZE];
    const int64_t real_ms = real_now_ms();
    digest->busy_noted = false;
    digest->stored.stage = OUTBOX_DIGEST_SENDING;
    if (!outbox_digest_send(digests->outbox, digest->config->name, &digest->stored, digest->robot, real_ms, fault))
        return false;
    digest_message(digest->stored.text, digest->stored.repeated, digest->config->language, message);
    robot_address(digest->config->kind, digest->keys.url, digest->keys.secret, real_ms, address);
    char *payload = robot_payload(message);
    if (payload == NULL)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    const bool started = post_start(
        digest->channel, &(struct post_request){.url = address, .body = payload, .size = strlen(payload)}, fault);
    free(payload);
    sodium_memzero(address, sizeof address);
    return started;
}

static bool note_answer(struct digests *digests, struct digest *digest, const struct post_answer *answer,
                        int64_t now_ms, struct fault *fault)
{
    struct robot_verdict verdict;
    robot_judge(digest->config->kind, answer, &verdict);
    if (verdict.outcome == ROBOT_TAKEN) {
        digest->counts.accepted++;
        digest->stored.stage = OUTBOX_DIGEST_NONE;
        digest->stored.repeated = false;
        digest->stored.merged = false;
        digest->stored.text[0] = '\0';
        backoff_succeed(&digest->backoff);
        journal(JOURNAL_INFO, "source %s: digest %s: sent", digests->source, digest->config->name);
        return save(digests, digest, fault);
    }
    digest->counts.refused += verdict.outcome == ROBOT_REFUSED ? 1 : 0;
    digest->counts.failed += verdict.outcome == ROBOT_UNKNOWN ? 1 : 0;
    digest->stored.stage = OUTBOX_DIGEST_READY;
    digest->stored.repeated |= verdict.outcome == ROBOT_UNKNOWN;
    const int64_t wait_ms = backoff_fail(&digest->backoff, now_ms, verdict.wait_s);
    journal(JOURNAL_WARNING, "source %s: digest %s: %s: %s; failure %u, again in %" PRId64 ".%" PRId64 " s",
            digests->source, digest->config->name,
            verdict.outcome == ROBOT_REFUSED ? "not taken" : "nobody knows whether it was taken", verdict.cause,
            digest->backoff.failures, wait_ms / 1000, wait_ms % 1000 / 100);
    return save(digests, digest, fault);
}

static bool step_digest(struct digests *digests, struct digest *digest, int64_t now_ms, struct fault *fault)
{
    struct post_answer answer;
    bool may;
    if (post_take_answer(digest->channel, &answer) && !note_answer(digests, digest, &answer, now_ms, fault))
        return false;
    if (digest->stored.stage != OUTBOX_DIGEST_READY || digests->asking == digest ||
        !backoff_is_over(&digest->backoff, now_ms))
        return true;
    if (!may_send(digests, digest, now_ms, &may, fault))
        return false;
    return !may || send_message(digests, digest, fault);
}

/* ---- the part ---- */

static void journal_counts(const struct digests *digests)
{
    for (size_t i = 0; i < digests->count; i++)
        notification_counts_journal(&digests->list[i].counts, digests->source, "digest", digests->list[i].config->name);
}

static bool step(void *self, int64_t now_ms, struct fault *fault)
{
    struct digests *digests = self;
    poster_step(digests->poster);
    if (sanling_connected(digests->hub)) {
        if (digests->clock == 0 && (digests->clock_ms == 0 || now_ms - digests->clock_ms >= CLOCK_MS))
            ask_clock(digests, now_ms);
        ask_next(digests);
    }
    for (size_t i = 0; i < digests->count; i++)
        if (!step_digest(digests, &digests->list[i], now_ms, fault))
            return false;
    if (digests->counted_ms == 0)
        digests->counted_ms = now_ms;
    if (now_ms - digests->counted_ms >= NOTIFICATION_JOURNAL_MS) {
        digests->counted_ms = now_ms;
        journal_counts(digests);
    }
    return true;
}

static int descriptor(const void *self)
{
    const struct digests *digests = self;
    return poster_descriptor(digests->poster);
}

static int shorter(int wait, int64_t left)
{
    const int own = left <= 0 ? 0 : left > BACKOFF_MOST_MS ? BACKOFF_MOST_MS : (int)left;
    return wait < 0 || own < wait ? own : wait;
}

static int wait_ms(const void *self, int64_t now_ms)
{
    const struct digests *digests = self;
    int wait = poster_wait_ms(digests->poster);
    if (digests->clock == 0 && sanling_connected(digests->hub))
        wait = shorter(wait, digests->clock_ms + CLOCK_MS - now_ms);
    for (size_t i = 0; i < digests->count; i++) {
        const struct digest *digest = &digests->list[i];
        if (digest->stored.stage == OUTBOX_DIGEST_READY && digests->asking != digest)
            wait = shorter(wait, digest->backoff.until_ms - now_ms);
    }
    return wait;
}

/* A robot that refuses holds up no run that is to end: its message waits in the outbox. */
static bool is_drained(const void *self)
{
    const struct digests *digests = self;
    for (size_t i = 0; i < digests->count; i++) {
        const struct digest *digest = &digests->list[i];
        if (digest->wanted || post_is_busy(digest->channel) ||
            (digest->stored.stage == OUTBOX_DIGEST_READY && digest->backoff.until_ms == 0))
            return false;
    }
    return digests->asking == NULL;
}

static bool any_busy(const struct digests *digests)
{
    for (size_t i = 0; i < digests->count; i++)
        if (digests->list[i].channel != NULL && post_is_busy(digests->list[i].channel))
            return true;
    return false;
}

/* What is on its way when the agent is asked to end: its answer is waited for a little, or the message would have to be
 * sent again. */
static void await_answers(struct digests *digests)
{
    struct fault fault;
    struct post_answer answer;
    for (int waited_ms = 0; any_busy(digests) && waited_ms < LAST_ANSWER_MS; waited_ms += LAST_ANSWER_STEP_MS) {
        poll(&(struct pollfd){.fd = poster_descriptor(digests->poster), .events = POLLIN}, 1, LAST_ANSWER_STEP_MS);
        poster_step(digests->poster);
    }
    for (size_t i = 0; i < digests->count; i++)
        if (digests->list[i].channel != NULL && post_take_answer(digests->list[i].channel, &answer) &&
            !note_answer(digests, &digests->list[i], &answer, 0, &fault))
            journal(JOURNAL_ERROR, "source %s: digest %s: %s", digests->source, digests->list[i].config->name,
                    fault.text);
}

static void close_digests(void *self)
{
    struct digests *digests = self;
    await_answers(digests);
    journal_counts(digests);
    for (size_t i = 0; i < digests->count; i++) {
        post_channel_close(&digests->list[i].channel);
        robot_keys_clear(&digests->list[i].keys);
    }
    poster_close(&digests->poster);
    free(digests);
}

static bool open_digest(struct digests *digests, const struct digest_config *config, struct fault *fault)
{
    struct digest *digest = &digests->list[digests->count++];
    digest->config = config;
    digest->backoff = (struct backoff){.first_ms = config->retry_ms, .most_ms = BACKOFF_MOST_MS};
    if (!robot_keys_load(config, &digest->keys, fault) ||
        !outbox_digest_load(digests->outbox, config->name, &digest->stored, fault))
        return false;
    crypto_generichash(digest->robot, sizeof digest->robot, (const unsigned char *)digest->keys.url,
                       strlen(digest->keys.url), NULL, 0);
    if (digest->stored.stage == OUTBOX_DIGEST_SENDING) { /* the program ended before the answer came */
        digest->stored.stage = OUTBOX_DIGEST_READY;
        digest->stored.repeated = true;
    }
    const struct post_target target = {.ca_file = config->ca_file, .timeout_s = TIMEOUT_S};
    digest->channel = post_channel_open(digests->poster, &target, fault);
    return digest->channel != NULL;
}

static bool open_all(struct digests *digests, const struct office *office, struct fault *fault)
{
    const struct agent_config *config = office->config;
    digests->source = config->source;
    digests->utc_offset_minutes = config->utc_offset_minutes;
    digests->office = office->program->office;
    digests->outbox = office->outbox;
    digests->hub = office->hub;
    digests->poster = poster_open(fault);
    if (digests->poster == NULL || !outbox_digests_open(office->outbox, fault))
        return false;
    for (size_t i = 0; i < config->digest_count; i++)
        if (!open_digest(digests, &config->digests[i], fault))
            return false;
    return true;
}

static const struct part_ops ops = {.descriptor = descriptor,
                                    .wait_ms = wait_ms,
                                    .step = step,
                                    .hear = hear,
                                    .is_drained = is_drained,
                                    .close = close_digests};

bool digests_open(struct office *office, struct part *part, struct fault *fault)
{
    if (office->config->digest_count == 0)
        return true;
    struct digests *digests = calloc(1, sizeof *digests);
    if (digests == NULL)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    *part = (struct part){.ops = &ops, .self = digests};
    if (open_all(digests, office, fault))
        return true;
    close_digests(digests);
    *part = (struct part){0};
    return false;
}
