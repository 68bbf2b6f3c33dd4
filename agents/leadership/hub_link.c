#include "hub_link.h"

#include "journal.h"
#include "sanling.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TAKEN_AT_ONCE = 200, REFUSED_PAUSE_MS = 2000, WATCH_RETRY_MS = 3000 };

/* A question on its way: a query, or a subscription to records that ends. */
struct conversation {
    uint32_t id;                              /* the query's or the subscription's; 0: not sent yet */
    Sanling__V1__RecordSubscription *records; /* NULL: a query */
    const ProtobufCMessageDescriptor *expected;
    hub_answered *answered;
    void *owner; /* NULL: nobody waits any more */
    unsigned slot;
    uint8_t *bytes; /* the parts so far, packed behind each other: together they are one message */
    size_t size;
    uint64_t credit; /* records still to come */
    bool too_large;
    struct conversation *next;
};

struct watch {
    uint32_t id;
    char unit[32];
    hub_watched *watched;
    void *owner;
    int64_t retry_ms; /* 0: it runs; else it ended, and is tried again then */
    struct watch *next;
};

struct hub_link {
    struct hub_links *links;
    char *identity;
    struct sanling *hub;
    bool connected;
    bool refused;
    char refusal[256];
    int64_t lost_since_ms;
    int64_t resume_ms; /* a refused key is not tried before */
    uint64_t position;
    uint64_t epoch;
    Google__Protobuf__Timestamp time;
    bool has_time;
    uint32_t last_subscription;
    unsigned fetches;
    struct conversation *conversations;
    struct watch *watches;
    struct hub_link *next;
};

struct hub_links {
    char *endpoint;
    hub_changed *changed;
    void *context;
    int64_t now_ms;
    size_t count;
    struct hub_link *first;
};

/* ---- conversations ---- */

static void conversation_free(struct conversation *conversation)
{
    sanling__v1__record_subscription__free_unpacked(conversation->records, NULL);
    free(conversation->bytes);
    free(conversation);
}

static void unlink_conversation(struct hub_link *link, struct conversation *conversation)
{
    struct conversation **at = &link->conversations;
    while (*at != conversation)
        at = &(*at)->next;
    *at = conversation->next;
    link->fetches -= conversation->records != NULL && conversation->id != 0 ? 1 : 0;
}

static struct conversation *find_conversation(const struct hub_link *link, uint32_t id, bool records)
{
    for (struct conversation *at = link->conversations; at != NULL; at = at->next)
        if (at->id == id && (at->records != NULL) == records)
            return at;
    return NULL;
}

/* Puts it last, so that those who came first are served first. */
static void append(struct hub_link *link, struct conversation *conversation)
{
    struct conversation **at = &link->conversations;
    while (*at != NULL)
        at = &(*at)->next;
    *at = conversation;
}

bool hub_link_ask(struct hub_link *link, const Sanling__V1__Query *query, const ProtobufCMessageDescriptor *expected,
                  hub_answered *answered, void *owner, unsigned slot)
{
    struct sanling_error error;
    struct conversation *conversation = calloc(1, sizeof *conversation);
    if (conversation == NULL)
        return false;
    *conversation = (struct conversation){.expected = expected, .answered = answered, .owner = owner, .slot = slot};
    if (!sanling_ask(link->hub, query, &conversation->id, &error)) {
        conversation_free(conversation);
        return false;
    }
    append(link, conversation);
    return true;
}

static Sanling__V1__RecordSubscription *copy_of(const Sanling__V1__RecordSubscription *records)
{
    const size_t size = sanling__v1__record_subscription__get_packed_size(records);
    uint8_t *bytes = malloc(size + 1);
    if (bytes == NULL)
        return NULL;
    sanling__v1__record_subscription__pack(records, bytes);
    Sanling__V1__RecordSubscription *copy = sanling__v1__record_subscription__unpack(NULL, size, bytes);
    free(bytes);
    return copy;
}

/* Sends subscriptions while there is room for them. */
static void send_fetches(struct hub_link *link)
{
    struct sanling_error error;
    for (struct conversation *at = link->conversations; at != NULL && link->fetches < HUB_FETCHES_MAX; at = at->next) {
        if (at->records == NULL || at->id != 0)
            continue;
        Sanling__V1__Subscribe subscribe = SANLING__V1__SUBSCRIBE__INIT;
        subscribe.id = ++link->last_subscription;
        subscribe.kind_case = SANLING__V1__SUBSCRIBE__KIND_RECORDS;
        subscribe.records = at->records;
        at->id = subscribe.id;
        link->fetches++;
        if (!sanling_subscribe(link->hub, &subscribe, &error))
            journal(JOURNAL_ERROR, "hub: %s", error.text);
    }
}

bool hub_link_fetch(struct hub_link *link, const Sanling__V1__RecordSubscription *records, hub_answered *answered,
                    void *owner, unsigned slot)
{
    struct conversation *conversation = calloc(1, sizeof *conversation);
    if (conversation == NULL)
        return false;
    *conversation = (struct conversation){.expected = &sanling__v1__delivery__descriptor,
                                          .records = copy_of(records),
                                          .answered = answered,
                                          .owner = owner,
                                          .slot = slot,
                                          .credit = records->credit};
    if (conversation->records == NULL) {
        conversation_free(conversation);
        return false;
    }
    append(link, conversation);
    send_fetches(link);
    return true;
}

void hub_link_forget(struct hub_link *link, const void *owner)
{
    for (struct conversation *at = link->conversations; at != NULL; at = at->next)
        if (at->owner == owner)
            at->owner = NULL;
}

static void add_part(struct conversation *conversation, const ProtobufCMessage *part)
{
    const size_t size = protobuf_c_message_get_packed_size(part);
    conversation->too_large = conversation->too_large || conversation->size + size > HUB_REPLY_SIZE_MAX;
    if (conversation->owner == NULL || conversation->too_large)
        return;
    uint8_t *grown = realloc(conversation->bytes, conversation->size + size + 1);
    if (grown == NULL) {
        conversation->too_large = true;
        return;
    }
    conversation->bytes = grown;
    conversation->size += protobuf_c_message_pack(part, grown + conversation->size);
}

/* Hands the answer out; the conversation is over. */
static void finish(struct hub_link *link, struct conversation *conversation, struct hub_reply *reply)
{
    unlink_conversation(link, conversation);
    if (conversation->too_large && reply != NULL) {
        reply->code = SANLING__V1__CODE__KIND__TOO_MANY;
        snprintf(reply->text, sizeof reply->text, "the answer is larger than this program takes");
    } else if (reply != NULL && reply->code == SANLING__V1__CODE__KIND__UNSPECIFIED) {
        reply->body = protobuf_c_message_unpack(conversation->expected, NULL, conversation->size,
                                                conversation->bytes != NULL ? conversation->bytes : (uint8_t *)"");
        if (reply->body == NULL)
            reply->code = SANLING__V1__CODE__KIND__MALFORMED;
    }
    if (conversation->owner != NULL)
        conversation->answered(conversation->owner, conversation->slot, &reply);
    hub_reply_free(&reply);
    conversation_free(conversation);
    send_fetches(link);
}

static Sanling__V1__MomentShown *copy_moment(const Sanling__V1__MomentShown *moment)
{
    uint8_t bytes[512];
    const size_t size = moment != NULL ? sanling__v1__moment_shown__get_packed_size(moment) : sizeof bytes + 1;
    if (size > sizeof bytes)
        return NULL;
    sanling__v1__moment_shown__pack(moment, bytes);
    return sanling__v1__moment_shown__unpack(NULL, size, bytes);
}

static Google__Protobuf__Timestamp *copy_time(const Google__Protobuf__Timestamp *time)
{
    uint8_t bytes[32];
    if (time == NULL)
        return NULL;
    const size_t size = google__protobuf__timestamp__pack(time, bytes);
    return google__protobuf__timestamp__unpack(NULL, size, bytes);
}

static void see_position(struct hub_link *link, uint64_t position, const Google__Protobuf__Timestamp *time)
{
    if (position > link->position)
        link->position = position;
    if (time == NULL)
        return;
    google__protobuf__timestamp__init(&link->time);
    link->time.seconds = time->seconds;
    link->time.nanos = time->nanos;
    link->has_time = true;
}

static void take_answer(struct hub_link *link, const Sanling__V1__Answer *answer)
{
    struct conversation *conversation = find_conversation(link, answer->id, false);
    see_position(link, answer->position, answer->time);
    if (conversation == NULL)
        return;
    if (answer->body_case != SANLING__V1__ANSWER__BODY__NOT_SET) {
        const ProtobufCMessage *part = (const ProtobufCMessage *)answer->status; /* all members are messages */
        if (part->descriptor == conversation->expected)
            add_part(conversation, part);
        else
            conversation->too_large = true;
    }
    if (answer->more)
        return;
    struct hub_reply *reply = calloc(1, sizeof *reply);
    if (reply != NULL)
        *reply = (struct hub_reply){.position = answer->position,
                                    .moment = copy_moment(answer->moment),
                                    .time = copy_time(answer->time),
                                    .demonstration = answer->demonstration};
    finish(link, conversation, reply);
}

static void take_delivery(struct hub_link *link, const Sanling__V1__Delivery *delivery)
{
    struct sanling_error error;
    struct conversation *conversation = find_conversation(link, delivery->subscription, true);
    see_position(link, delivery->reached, NULL);
    if (conversation == NULL)
        return;
    add_part(conversation, &delivery->base);
    conversation->credit -= delivery->n_records < conversation->credit ? delivery->n_records : conversation->credit;
    if (!delivery->ended && conversation->credit > 0)
        return;
    if (!delivery->ended && !sanling_unsubscribe(link->hub, delivery->subscription, &error))
        journal(JOURNAL_ERROR, "hub: %s", error.text);
    finish(link, conversation, calloc(1, sizeof(struct hub_reply)));
}

/* ---- watching summaries ---- */

static void send_watch(struct hub_link *link, struct watch *watch)
{
    struct sanling_error error;
    Sanling__V1__Subscribe subscribe = SANLING__V1__SUBSCRIBE__INIT;
    Sanling__V1__SummarySubscription summary = SANLING__V1__SUMMARY_SUBSCRIPTION__INIT;
    watch->id = ++link->last_subscription;
    watch->retry_ms = 0;
    summary.unit = watch->unit;
    subscribe.id = watch->id;
    subscribe.kind_case = SANLING__V1__SUBSCRIBE__KIND_SUMMARY;
    subscribe.summary = &summary;
    if (!sanling_subscribe(link->hub, &subscribe, &error))
        journal(JOURNAL_ERROR, "hub: %s", error.text);
}

static struct watch *find_watch(const struct hub_link *link, uint32_t id)
{
    for (struct watch *watch = link->watches; watch != NULL; watch = watch->next)
        if (watch->id == id)
            return watch;
    return NULL;
}

bool hub_link_watch(struct hub_link *link, const char *unit, hub_watched *watched, void *owner)
{
    unsigned count = 0;
    for (const struct watch *watch = link->watches; watch != NULL; watch = watch->next)
        count++;
    struct watch *watch = count <= HUB_WATCHES_MAX ? calloc(1, sizeof *watch) : NULL;
    if (watch == NULL)
        return false;
    *watch = (struct watch){.watched = watched, .owner = owner, .next = link->watches};
    snprintf(watch->unit, sizeof watch->unit, "%s", unit);
    link->watches = watch;
    send_watch(link, watch);
    return true;
}

void hub_link_unwatch(struct hub_link *link, const void *owner)
{
    struct sanling_error error;
    for (struct watch **at = &link->watches; *at != NULL; at = &(*at)->next) {
        struct watch *watch = *at;
        if (watch->owner != owner)
            continue;
        if (watch->retry_ms == 0 && !sanling_unsubscribe(link->hub, watch->id, &error))
            journal(JOURNAL_WARNING, "hub: %s", error.text);
        *at = watch->next;
        free(watch);
        return;
    }
}

static void take_summary(struct hub_link *link, const Sanling__V1__SummaryUpdate *update)
{
    struct sanling_error error;
    struct watch *watch = find_watch(link, update->subscription);
    if (update->summary == NULL || watch == NULL)
        return;
    see_position(link, update->summary->position, update->summary->time);
    if (!sanling_credit(link->hub, update->subscription, 1, &error))
        journal(JOURNAL_ERROR, "hub: %s", error.text);
    watch->watched(watch->owner, update->summary, SANLING__V1__CODE__KIND__UNSPECIFIED, "");
}

/* The subscription is over. Where only time is missing (no policy yet) it is tried again. */
static void take_watch_problem(struct hub_link *link, const Sanling__V1__Error *problem)
{
    struct watch *watch = find_watch(link, problem->subscription);
    if (watch == NULL)
        return;
    watch->retry_ms = link->links->now_ms + WATCH_RETRY_MS;
    watch->watched(watch->owner, NULL, problem->code, problem->text);
}

static void take_problem(struct hub_link *link, const Sanling__V1__Error *problem)
{
    const bool records = problem->subscription != 0;
    struct conversation *conversation =
        problem->query != 0 || records
            ? find_conversation(link, records ? problem->subscription : problem->query, records)
            : NULL;
    if (problem->query == 0 && !records)
        journal(JOURNAL_WARNING, "hub: %s: %s", link->identity, problem->text);
    if (conversation == NULL) {
        take_watch_problem(link, problem);
        return;
    }
    struct hub_reply *reply = calloc(1, sizeof *reply);
    if (reply != NULL) {
        reply->code = problem->code;
        snprintf(reply->text, sizeof reply->text, "%s", problem->text);
    }
    finish(link, conversation, reply);
}

/* ---- the connection ---- */

static void take_connected(struct hub_link *link, const Sanling__V1__Welcome *welcome)
{
    link->connected = true;
    link->refused = false;
    link->lost_since_ms = 0;
    link->epoch++;
    link->position = welcome->position; /* also where it is another hub with a shorter log */
    see_position(link, welcome->position, welcome->time);
    link->links->changed(link->links->context, link);
}

static void take_disconnected(struct hub_link *link, const char *text)
{
    link->connected = false;
    link->lost_since_ms = link->links->now_ms;
    journal(JOURNAL_WARNING, "hub: %s: lost: %s; connecting again", link->identity, text != NULL ? text : "");
    link->links->changed(link->links->context, link);
}

static void take(struct hub_link *link, const struct sanling_happening *happening)
{
    switch (happening->kind) {
    case SANLING_CONNECTED:
        take_connected(link, happening->welcome);
        return;
    case SANLING_DISCONNECTED:
        take_disconnected(link, happening->text);
        return;
    case SANLING_DELIVERY:
        take_delivery(link, happening->delivery);
        return;
    case SANLING_SUMMARY:
        take_summary(link, happening->summary);
        return;
    case SANLING_ANSWER:
        take_answer(link, happening->answer);
        return;
    case SANLING_PROBLEM:
        take_problem(link, happening->problem);
        return;
    case SANLING_NOTHING:
    case SANLING_OUTCOME:
    case SANLING_ACKNOWLEDGED:
        return;
    }
}

static void take_failure(struct hub_link *link, const struct sanling_error *error)
{
    if (error->code != SANLING_REFUSED) {
        journal(JOURNAL_ERROR, "hub: %s: %s", link->identity, error->text);
        return;
    }
    if (!link->refused)
        journal(JOURNAL_ERROR, "hub: %s: %s", link->identity, error->text);
    link->refused = true;
    link->resume_ms = link->links->now_ms + REFUSED_PAUSE_MS;
    snprintf(link->refusal, sizeof link->refusal, "%.255s", error->text);
}

/* Watches that ended are begun again when their time has come; nothing to do while the hub is away. */
static void retry_watches(struct hub_link *link)
{
    for (struct watch *watch = link->watches; watch != NULL; watch = watch->next)
        if (watch->retry_ms != 0 && link->connected && watch->retry_ms <= link->links->now_ms)
            send_watch(link, watch);
}

static bool run_link(struct hub_link *link)
{
    bool any = false;
    if (link->refused && link->links->now_ms < link->resume_ms)
        return false;
    retry_watches(link);
    for (unsigned i = 0; i < TAKEN_AT_ONCE; i++) {
        struct sanling_happening happening;
        struct sanling_error error;
        if (!sanling_next(link->hub, 0, &happening, &error)) {
            take_failure(link, &error);
            return false;
        }
        if (happening.kind == SANLING_NOTHING)
            return any;
        any = true;
        take(link, &happening);
    }
    return true;
}

bool hub_links_run(struct hub_links *links, int64_t now_ms)
{
    bool any = false;
    links->now_ms = now_ms;
    for (struct hub_link *link = links->first; link != NULL; link = link->next)
        any = run_link(link) || any;
    return any;
}

size_t hub_links_poll_room(const struct hub_links *links)
{
    return links->count * SANLING_POLL_FDS_MAX;
}

static int sooner(int a, int b)
{
    if (a < 0 || b < 0)
        return a < 0 ? b : a;
    return a < b ? a : b;
}

static int link_wait_ms(const struct hub_link *link)
{
    int wait_ms = sanling_wait_ms(link->hub);
    for (const struct watch *watch = link->watches; watch != NULL; watch = watch->next)
        if (watch->retry_ms != 0 && link->connected)
            wait_ms = sooner(wait_ms,
                             watch->retry_ms > link->links->now_ms ? (int)(watch->retry_ms - link->links->now_ms) : 0);
    return wait_ms;
}

size_t hub_links_poll(const struct hub_links *links, struct pollfd *polls, size_t room, int *wait_ms)
{
    size_t count = 0;
    for (const struct hub_link *link = links->first; link != NULL; link = link->next) {
        int fds[SANLING_POLL_FDS_MAX];
        if (link->refused && links->now_ms < link->resume_ms) {
            *wait_ms = sooner(*wait_ms, (int)(link->resume_ms - links->now_ms));
            continue;
        }
        const size_t found = sanling_poll_fds(link->hub, fds);
        for (size_t i = 0; i < found && count < room; i++)
            polls[count++] = (struct pollfd){.fd = fds[i], .events = POLLIN};
        *wait_ms = sooner(*wait_ms, link_wait_ms(link));
    }
    return count;
}

/* ---- all of them ---- */

struct hub_links *hub_links_open(const char *endpoint, hub_changed *changed, void *context, int64_t now_ms)
{
    struct hub_links *links = calloc(1, sizeof *links);
    if (links == NULL)
        return NULL;
    *links = (struct hub_links){.endpoint = strdup(endpoint), .changed = changed, .context = context, .now_ms = now_ms};
    if (links->endpoint == NULL)
        hub_links_close(&links);
    return links;
}

static void link_free(struct hub_link *link)
{
    while (link->conversations != NULL) {
        struct conversation *conversation = link->conversations;
        link->conversations = conversation->next;
        conversation_free(conversation);
    }
    while (link->watches != NULL) {
        struct watch *watch = link->watches;
        link->watches = watch->next;
        free(watch);
    }
    sanling_close(&link->hub);
    free(link->identity);
    free(link);
}

void hub_links_close(struct hub_links **links)
{
    struct hub_links *closing = *links;
    *links = NULL;
    if (closing == NULL)
        return;
    while (closing->first != NULL) {
        struct hub_link *link = closing->first;
        closing->first = link->next;
        link_free(link);
    }
    free(closing->endpoint);
    free(closing);
}

static struct hub_link *open_link(struct hub_links *links, const char *identity_file, struct fault *fault)
{
    struct sanling_error error;
    struct hub_link *link = calloc(1, sizeof *link);
    if (link == NULL) {
        fault_set(fault, FAULT_SYSTEM, "out of memory");
        return NULL;
    }
    *link = (struct hub_link){.links = links, .identity = strdup(identity_file), .lost_since_ms = links->now_ms};
    link->hub = sanling_open(&(struct sanling_options){.endpoint = links->endpoint,
                                                       .identity_file = identity_file,
                                                       .software = "sanling-leadership " SANLING_VERSION},
                             &error);
    if (link->identity != NULL && link->hub != NULL)
        return link;
    fault_set(fault, FAULT_USAGE, "%s", link->hub == NULL ? error.text : "out of memory");
    link_free(link);
    return NULL;
}

static struct hub_link *find_link(const struct hub_links *links, const char *identity_file)
{
    struct hub_link *link = links->first;
    while (link != NULL && strcmp(link->identity, identity_file) != 0)
        link = link->next;
    return link;
}

bool hub_links_connected(const struct hub_links *links, const char *identity_file)
{
    const struct hub_link *link = find_link(links, identity_file);
    return link != NULL && link->connected;
}

size_t hub_links_count(const struct hub_links *links, size_t *connected)
{
    *connected = 0;
    for (const struct hub_link *link = links->first; link != NULL; link = link->next)
        *connected += link->connected ? 1 : 0;
    return links->count;
}

struct hub_link *hub_links_get(struct hub_links *links, const char *identity_file, struct fault *fault)
{
    struct hub_link *known = find_link(links, identity_file);
    if (known != NULL)
        return known;
    if (links->count >= HUB_LINKS_MAX) {
        fault_set(fault, FAULT_FULL, "more than %d identities are in use", HUB_LINKS_MAX);
        return NULL;
    }
    struct hub_link *link = open_link(links, identity_file, fault);
    if (link == NULL)
        return NULL;
    link->next = links->first;
    links->first = link;
    links->count++;
    return link;
}

const char *hub_link_identity(const struct hub_link *link)
{
    return link->identity;
}

bool hub_link_connected(const struct hub_link *link)
{
    return link->connected;
}

bool hub_link_gone(const struct hub_link *link, int64_t since_ms)
{
    const int64_t from_ms = link->lost_since_ms > since_ms ? link->lost_since_ms : since_ms;
    return !link->connected && link->links->now_ms - from_ms >= HUB_LOST_PATIENCE_MS;
}

const char *hub_link_refusal(const struct hub_link *link)
{
    return link->refused ? link->refusal : NULL;
}

const Sanling__V1__Welcome *hub_link_welcome(const struct hub_link *link)
{
    return sanling_welcome(link->hub);
}

uint64_t hub_link_position(const struct hub_link *link)
{
    return link->position;
}

uint64_t hub_link_epoch(const struct hub_link *link)
{
    return link->epoch;
}

const Google__Protobuf__Timestamp *hub_link_time(const struct hub_link *link)
{
    return link->has_time ? &link->time : NULL;
}
