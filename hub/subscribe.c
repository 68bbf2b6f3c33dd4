#include "subscribe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain/catalogue.h"
#include "domain/unit.h"
#include "journal.h"
#include "query.h"

enum {
    FILTER_TYPES_MAX = 64,
    CREDIT_MAX = 1000000,
    READS_MAX = 256,        /* requests with the reader at once */
    FEW_UNITS = 16,         /* one of so many, or fewer: most blocks, of 128 records, may still hold one at random */
    SILENT_PROGRESS = 4096, /* positions without a match after which the client is told how far it is */
};

struct stored_cursor {
    uint64_t acknowledged;
    char identity[ACCESS_NAME_SIZE];
    char unused[7];
};
_Static_assert(sizeof(struct stored_cursor) == 80, "on disk");

static void problem(struct hub *hub, const struct session *session, uint32_t id, Sanling__V1__Code__Kind code,
                    const char *text)
{
    hub_error(hub, &session->peer, code, 0, id, text);
}

/* The units that a subscription may see, as bits: those of the filter's subtree ("": any) within the identity's. */
static void select_units(const struct hub *hub, const struct identity *identity, const char *unit_asked,
                         struct record_filter *filter)
{
    const struct state *state = &hub->ledger.state;
    if (unit_asked[0] == '\0' && identity->root[0] == '\0')
        return; /* everything */
    uint32_t words = state->units.count / 64 + 1;
    free(filter->units);
    filter->units = calloc(words, sizeof *filter->units);
    if (!filter->units)
        abort();
    filter->unit_count = state->units.count;
    if (unit_asked[0] == '\0')
        filter->units[0] |= 1; /* records about no unit: policy, days */
    uint32_t root = identity->root[0] ? state_find_unit(state, identity->root) : 0;
    uint32_t wanted = unit_asked[0] ? state_find_unit(state, unit_asked) : root;
    bool nothing = (identity->root[0] && root == 0) || (unit_asked[0] && wanted == 0);
    uint32_t chosen = 0;
    for (uint32_t unit = 1; !nothing && unit < state->units.count; unit++)
        if (state_unit_within(state, unit, root) && state_unit_within(state, unit, wanted)) {
            filter->units[unit / 64] |= UINT64_C(1) << (unit % 64);
            chosen++;
        }
    filter->few_units = chosen <= state->units.count / FEW_UNITS;
}

void subscribe_readable(const struct hub *hub, const struct identity *identity, struct record_filter *filter)
{
    *filter = (struct record_filter){.all_kinds = true, .drills = true, .viewer = identity->office};
    select_units(hub, identity, "", filter);
}

static bool fill_filter(const Sanling__V1__Filter *from, const struct identity *identity, struct record_filter *filter,
                        char unit[static ACCESS_CODE_SIZE], Sanling__V1__Code__Kind *code, const char **wrong)
{
    *code = SANLING__V1__CODE__KIND__BAD_QUERY;
    filter->viewer = identity->office;
    filter->all_kinds = !from || from->n_types == 0;
    if (!from)
        return true;
    filter->drills = from->drills;
    *wrong = "types: an event type's name, at most 64 of them";
    if (from->n_types > FILTER_TYPES_MAX)
        return false;
    for (size_t i = 0; i < from->n_types; i++) {
        unsigned kind = catalogue_kind(from->types[i]);
        if (kind == 0)
            return false;
        filter->kinds[kind] = true;
    }
    for (size_t i = 0; i < from->n_publishers; i++)
        filter->publishers |= OFFICE_BIT(from->publishers[i]);
    if (from->inbox && identity->role == ROLE_PUBLISHER && (enum office)from->inbox != identity->office) {
        *code = SANLING__V1__CODE__KIND__NOT_PERMITTED;
        *wrong = "inbox: another office's";
        return false;
    }
    filter->inbox = from->inbox ? OFFICE_BIT(from->inbox) : 0;
    *wrong = "unit, matter: too long";
    if (strlen(from->unit) >= ACCESS_CODE_SIZE || strlen(from->matter) >= sizeof filter->matter)
        return false;
    strcpy(unit, from->unit);
    strcpy(filter->matter, from->matter);
    filter->matter_hash = from->matter[0] ? ordinal_hash(from->matter, strlen(from->matter), 0) : 0;
    return true;
}

static bool claim_name(struct hub *hub, struct subscription *subscription, const struct identity *identity,
                       const char *name)
{
    struct session *session = subscription->session;
    if (!name_valid(name)) {
        problem(hub, session, subscription->id, SANLING__V1__CODE__KIND__BAD_QUERY, "name: 1-64 of [A-Za-z0-9._/-]");
        return false;
    }
    struct cursor *cursor = cursors_get(&hub->cursors, name, identity->name);
    if (!cursor || strcmp(cursor->identity, identity->name) != 0) {
        problem(hub, session, subscription->id,
                cursor ? SANLING__V1__CODE__KIND__NOT_PERMITTED : SANLING__V1__CODE__KIND__TOO_MANY,
                cursor ? "name: belongs to another identity" : "too many durable names");
        return false;
    }
    if (cursor->reader) {
        /* The same identity again: its old connection is dead, or soon will be. The new one takes over. */
        struct subscription *old = cursor->reader;
        hub_tell(hub, &old->session->peer, SANLING__V1__CODE__KIND__NAME_IN_USE, 0, old->id,
                 "name: read by a newer session");
        subscription_give_up(&old);
    }
    cursor->reader = subscription;
    subscription->cursor = cursor;
    return true;
}

static int64_t microseconds(const Google__Protobuf__Timestamp *time)
{
    return time->seconds * 1000000 + time->nanos / 1000;
}

static void search_start(struct hub *hub, struct subscription *subscription, int64_t time_us)
{
    struct read_request *request = read_request_open(READ_START, &subscription->session->peer);
    request->subscription = subscription;
    request->start = (struct start_search){.time_us = time_us, .last_position = hub->durable.position};
    if (usage_lend(subscription->session->usage, READ_START))
        request->usage = subscription->session->usage;
    subscription->searching_start = true;
    subscription->reading = true;
    reader_submit(hub->reader, &request);
}

/* Where to begin and to stop. false: an answer was given. */
static bool set_range(struct hub *hub, struct subscription *subscription, const struct identity *identity,
                      const Sanling__V1__RecordSubscription *from)
{
    struct replay *replay = &subscription->request->replay;
    replay->next = 1;
    if (from->name[0] && !claim_name(hub, subscription, identity, from->name))
        return false;
    if (from->start_case == SANLING__V1__RECORD_SUBSCRIPTION__START_FROM_POSITION)
        replay->next = from->from_position ? from->from_position : 1;
    if (from->start_case == SANLING__V1__RECORD_SUBSCRIPTION__START_FROM_NOW)
        replay->next = hub->ledger.state.heads.position + 1;
    if (from->start_case == SANLING__V1__RECORD_SUBSCRIPTION__START_FROM_ACKNOWLEDGED) {
        if (!subscription->cursor) {
            problem(hub, subscription->session, subscription->id, SANLING__V1__CODE__KIND__BAD_QUERY,
                    "from_acknowledged: needs a name");
            return false;
        }
        replay->next = subscription->cursor->acknowledged + 1;
    }
    subscription->reached = replay->next - 1;
    replay->stop = UINT64_MAX;
    replay->until_time_us = INT64_MAX;
    if (from->stop_case == SANLING__V1__RECORD_SUBSCRIPTION__STOP_TO_POSITION)
        replay->stop = from->to_position;
    if (from->stop_case == SANLING__V1__RECORD_SUBSCRIPTION__STOP_TO_END)
        replay->stop = hub->durable.position;
    if (from->stop_case == SANLING__V1__RECORD_SUBSCRIPTION__STOP_TO_TIME) {
        replay->until_time_us = microseconds(from->to_time);
        if (replay->until_time_us < hub_now_us(hub)) /* time never goes back: nothing more can come before it */
            replay->stop = hub->durable.position;
    }
    if (from->start_case == SANLING__V1__RECORD_SUBSCRIPTION__START_FROM_TIME)
        search_start(hub, subscription, microseconds(from->from_time));
    return true;
}

static void start_records(struct hub *hub, struct subscription *subscription, const struct identity *identity,
                          const Sanling__V1__RecordSubscription *from)
{
    const char *wrong = NULL;
    char text[UNIT_UNKNOWN_SIZE];
    Sanling__V1__Code__Kind code;
    struct session *session = subscription->session;
    subscription->request = read_request_open(READ_REPLAY, &session->peer);
    subscription->request->subscription = subscription;
    subscription->request->replay.subscription = subscription->id;
    subscription->credit = from->credit < CREDIT_MAX ? from->credit : CREDIT_MAX;
    bool good =
        fill_filter(from->filter, identity, &subscription->request->replay.filter, subscription->unit, &code, &wrong);
    if (!good)
        problem(hub, session, subscription->id, code, wrong);
    if (good && subscription->unit[0] && !state_find_unit(&hub->ledger.state, subscription->unit)) {
        problem(hub, session, subscription->id, SANLING__V1__CODE__KIND__UNKNOWN_UNIT,
                unit_unknown("unit", subscription->unit, text));
        good = false;
    }
    if (!good || !set_range(hub, subscription, identity, from)) {
        subscription_give_up(&subscription);
        return;
    }
    hub->wake = true;
}

void subscribe_start(struct hub *hub, struct session *session, const struct identity *identity,
                     const Sanling__V1__Subscribe *subscribe)
{
    struct subscription *old = session_subscription(session, subscribe->id);
    if (old)
        subscription_give_up(&old);
    if (subscribe->id == 0 || subscribe->kind_case == SANLING__V1__SUBSCRIBE__KIND__NOT_SET) {
        problem(hub, session, subscribe->id, SANLING__V1__CODE__KIND__BAD_QUERY, "subscribe: needs an id and a kind");
        return;
    }
    if (session->usage && session->usage->subscriptions >= hub->config->limits.subscriptions) {
        hub_busy(hub, &session->peer, 0, subscribe->id, LIMIT_ROOM_MS, "the identity has too many subscriptions");
        return;
    }
    struct subscription *subscription = session_add_subscription(session, subscribe->id);
    if (!subscription) {
        problem(hub, session, subscribe->id, SANLING__V1__CODE__KIND__TOO_MANY, "too many subscriptions");
        return;
    }
    if (subscribe->kind_case == SANLING__V1__SUBSCRIBE__KIND_RECORDS) {
        start_records(hub, subscription, identity, subscribe->records);
        return;
    }
    const Sanling__V1__SummarySubscription *summary = subscribe->summary;
    const char *unit = summary->unit[0] ? summary->unit : identity->root;
    if (!query_may_see(hub, identity, unit)) {
        problem(hub, session, subscribe->id, SANLING__V1__CODE__KIND__NOT_PERMITTED,
                "unit: unknown, or outside the identity's subtree");
        subscription_give_up(&subscription);
        return;
    }
    char text[YEAR_FAULT_SIZE];
    const char *fault = query_year_fault(hub, summary->year, text);
    if (fault) {
        problem(hub, session, subscribe->id, SANLING__V1__CODE__KIND__BAD_QUERY, fault);
        subscription_give_up(&subscription);
        return;
    }
    subscription->summary = true;
    snprintf(subscription->unit, sizeof subscription->unit, "%s", unit);
    subscription->year = (int32_t)summary->year;
    subscription->credit = 1;
}

static struct subscription *wanted(struct hub *hub, const struct session *session, uint32_t id)
{
    struct subscription *subscription = session_subscription(session, id);
    if (!subscription)
        problem(hub, session, id, SANLING__V1__CODE__KIND__UNKNOWN_SUBSCRIPTION, "no such subscription");
    return subscription;
}

void subscribe_end(struct hub *hub, struct session *session, const Sanling__V1__Unsubscribe *unsubscribe)
{
    struct subscription *subscription = wanted(hub, session, unsubscribe->id);
    if (subscription)
        subscription_give_up(&subscription);
}

void subscribe_credit(struct hub *hub, struct session *session, const Sanling__V1__Credit *credit)
{
    struct subscription *subscription = session_subscription(session, credit->subscription);
    if (!subscription)
        return; /* it ended while the credit was under way */
    uint64_t sum = (uint64_t)subscription->credit + credit->records;
    subscription->credit = sum < CREDIT_MAX ? (uint32_t)sum : CREDIT_MAX;
    hub->wake = true;
}

/* The value of a durable name in the log's store. */
static void store_cursor(struct hub *hub, const struct cursor *cursor)
{
    struct stored_cursor stored = {.acknowledged = cursor->acknowledged};
    snprintf(stored.identity, sizeof stored.identity, "%s", cursor->identity);
    commit_put_cursor(hub->ledger.gathering, cursor->name, &stored, sizeof stored);
}

void subscribe_load_cursor(const struct log_cursor *from, void *cursors)
{
    struct stored_cursor stored;
    if (from->size != sizeof stored)
        return;
    memcpy(&stored, from->value, sizeof stored);
    stored.identity[sizeof stored.identity - 1] = '\0';
    struct cursor *cursor = cursors_get(cursors, from->name, stored.identity);
    if (cursor)
        cursor->acknowledged = stored.acknowledged;
}

void subscribe_acknowledge(struct hub *hub, struct session *session, const Sanling__V1__Acknowledge *acknowledge)
{
    struct subscription *subscription = wanted(hub, session, acknowledge->subscription);
    if (!subscription)
        return;
    struct cursor *cursor = subscription->cursor;
    if (!cursor) {
        problem(hub, session, acknowledge->subscription, SANLING__V1__CODE__KIND__UNKNOWN_NAME,
                "the subscription has no durable name");
        return;
    }
    switch (cursor_acknowledge(cursor, acknowledge->position, subscription->reached)) {
    case ACKNOWLEDGED_AHEAD:
        problem(hub, session, acknowledge->subscription, SANLING__V1__CODE__KIND__POSITION_AHEAD,
                "acknowledged beyond what was delivered");
        return;
    case ACKNOWLEDGED_MOVED:
        store_cursor(hub, cursor);
        break;
    case ACKNOWLEDGED_REPEATED:
        break;
    }
    Sanling__V1__Acknowledged acknowledged = SANLING__V1__ACKNOWLEDGED__INIT;
    Sanling__V1__HubMessage message = SANLING__V1__HUB_MESSAGE__INIT;
    acknowledged.subscription = acknowledge->subscription;
    acknowledged.position = cursor->acknowledged;
    message.body_case = SANLING__V1__HUB_MESSAGE__BODY_ACKNOWLEDGED;
    message.acknowledged = &acknowledged;
    reply_add(&hub->replies, &session->peer, &message);
}

/* Lends the subscription's request to the reader if there is something to read and credit for it. */
static void read_on(struct hub *hub, struct subscription *subscription, const struct identity *identity)
{
    struct replay *replay = subscription->request ? &subscription->request->replay : NULL;
    if (!replay || subscription->reading || subscription->summary || reader_busy(hub->reader) >= READS_MAX)
        return;
    bool over = replay->next > replay->stop;
    if (!over && (subscription->credit == 0 || replay->next > hub->durable.position))
        return;
    if (!usage_lend(subscription->session->usage, READ_REPLAY))
        return;
    if (subscription->tree_version != hub->ledger.state.tree_version) {
        select_units(hub, identity, subscription->unit, &replay->filter);
        subscription->tree_version = hub->ledger.state.tree_version;
    }
    replay->until = replay->stop < hub->durable.position ? replay->stop : hub->durable.position;
    replay->credit = subscription->credit;
    subscription->reading = true;
    struct read_request *request = subscription->request;
    subscription->request = NULL;
    request->usage = subscription->session->usage;
    reader_submit(hub->reader, &request);
}

void subscribe_wake(struct hub *hub)
{
    struct session *session;
    struct session *next;
    HASH_ITER(hh, hub->sessions.by_peer, session, next)
    {
        const struct identity *identity = access_by_name(hub->access, session->identity);
        for (int i = session->subscription_count; identity && i-- > 0;)
            read_on(hub, session->subscriptions[i], identity);
    }
}

static void start_found(struct hub *hub, struct subscription *subscription, struct read_request *search)
{
    struct replay *replay = &subscription->request->replay;
    subscription->searching_start = false;
    replay->next = search->start.position;
    subscription->reached = replay->next - 1;
    hub->wake = true;
}

/* A delivery without records: how far the hub has looked. */
static void tell_progress(struct hub *hub, struct subscription *subscription)
{
    Sanling__V1__Delivery delivery = SANLING__V1__DELIVERY__INIT;
    Sanling__V1__HubMessage message = SANLING__V1__HUB_MESSAGE__INIT;
    size_t size;
    subscription->reached = subscription->request->replay.next - 1;
    delivery.subscription = subscription->id;
    delivery.reached = subscription->reached;
    message.body_case = SANLING__V1__HUB_MESSAGE__BODY_DELIVERY;
    message.delivery = &delivery;
    uint8_t *bytes = reply_encode(&message, &size);
    (void)endpoint_send(hub->endpoint, &subscription->session->peer, bytes, size);
}

void subscribe_tell_progress(struct hub *hub)
{
    for (const struct session *session = hub->sessions.by_peer; session; session = session->hh.next)
        for (int i = 0; i < session->subscription_count; i++) {
            struct subscription *subscription = session->subscriptions[i];
            bool idle = !subscription->summary && !subscription->reading && !subscription->searching_start;
            if (idle && subscription->request->replay.next > subscription->reached + 1)
                tell_progress(hub, subscription);
        }
}

/* Sends the delivery unless it says nothing. false: the client is gone. */
static bool deliver(struct hub *hub, struct subscription *subscription, struct read_request *request)
{
    const struct replay *replay = &request->replay;
    uint64_t reached = replay->next - 1;
    bool silent = replay->delivered == 0 && !replay->ended && reached < subscription->reached + SILENT_PROGRESS;
    if (silent)
        return true;
    struct wire_writer message = request->message;
    request->message = (struct wire_writer){0};
    subscription->reached = reached;
    subscription->credit -= replay->delivered;
    hub->counts.delivered += replay->delivered;
    switch (endpoint_send(hub->endpoint, &request->peer, message.bytes, message.size)) {
    case SEND_DONE:
        return true;
    case SEND_FULL: /* within its credit a client takes everything: one that does not is dead or broken */
        journal(
            JOURNAL_WARNING,
            "session %s: does not read what it gave credit for; ended. Its client may come again and goes on where it "
            "acknowledged; look at that program",
            subscription->session->identity);
        return false;
    case SEND_GONE:
        return false;
    }
    abort();
}

void subscribe_returned(struct hub *hub, struct read_request *request)
{
    struct subscription *subscription = request->subscription;
    subscription->reading = false;
    bool found_start = request->kind == READ_START;
    if (!found_start)
        subscription->request = request;
    if (subscription->over) {
        if (found_start)
            read_request_close(&request);
        subscription_give_up(&subscription);
        return;
    }
    if (request->failed) {
        hub->failed = true;
        hub->fault = request->fault;
    } else if (found_start) {
        start_found(hub, subscription, request);
    } else if (!deliver(hub, subscription, request)) {
        sessions_remove(&hub->sessions, subscription->session);
        return;
    } else if (request->replay.ended) {
        subscription_give_up(&subscription);
    } else {
        hub->wake = true;
    }
    if (found_start)
        read_request_close(&request);
}

/* Rises with all that may change figures, durable or not: a summary goes out behind the commit that it counts. */
static uint64_t figures_version(const struct hub *hub)
{
    const struct state_heads *heads = &hub->ledger.state.heads;
    return hub->clock_version + heads->position + heads->rejections;
}

static bool summary_wanted(const struct hub *hub, const struct subscription *subscription)
{
    return subscription->summary && subscription->credit > 0 && subscription->version != figures_version(hub);
}

bool subscribe_summaries_due(const struct hub *hub)
{
    for (const struct session *session = hub->sessions.by_peer; session; session = session->hh.next)
        for (int i = 0; i < session->subscription_count; i++)
            if (summary_wanted(hub, session->subscriptions[i]))
                return true;
    return false;
}

bool subscribe_send_summaries(struct hub *hub)
{
    for (const struct session *session = hub->sessions.by_peer; session; session = session->hh.next)
        for (int i = 0; i < session->subscription_count; i++) {
            struct subscription *subscription = session->subscriptions[i];
            if (!summary_wanted(hub, subscription))
                continue;
            if (!query_send_summary(hub, subscription))
                return false;
            subscription->version = figures_version(hub);
            subscription->credit--;
        }
    return true;
}
