#include "subscribe.h"

#include "connection.h"

#include <stdlib.h>
#include <string.h>

static struct subscription *find(const struct subscription_list *list, uint32_t id)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->subscriptions[i].asked->id == id)
            return &list->subscriptions[i];
    return NULL;
}

static void forget(struct subscription_list *list, struct subscription *subscription)
{
    sanling__v1__subscribe__free_unpacked(subscription->asked, NULL);
    *subscription = list->subscriptions[--list->count];
}

void subscription_list_clear(struct subscription_list *list)
{
    while (list->count > 0)
        forget(list, &list->subscriptions[0]);
    free(list->subscriptions);
    *list = (struct subscription_list){0};
}

static Sanling__V1__Subscribe *copy_of(const Sanling__V1__Subscribe *subscribe)
{
    size_t size = sanling__v1__subscribe__get_packed_size(subscribe);
    uint8_t *bytes = malloc(size + 1);
    if (bytes == NULL)
        return NULL;
    sanling__v1__subscribe__pack(subscribe, bytes);
    Sanling__V1__Subscribe *copy = sanling__v1__subscribe__unpack(NULL, size, bytes);
    free(bytes);
    return copy;
}

static uint32_t clamp_credit(uint64_t credit)
{
    return credit < UINT32_MAX ? (uint32_t)credit : UINT32_MAX;
}

/* Where to go on: behind the last delivery; what "now" was; else where it was asked to begin. */
static void place_start(const struct subscription *subscription, Sanling__V1__RecordSubscription *records)
{
    if (subscription->reached > 0) {
        records->start_case = SANLING__V1__RECORD_SUBSCRIPTION__START_FROM_POSITION;
        records->from_position = subscription->reached + 1;
    } else if (subscription->sent && records->start_case == SANLING__V1__RECORD_SUBSCRIPTION__START_FROM_NOW) {
        records->start_case = SANLING__V1__RECORD_SUBSCRIPTION__START_FROM_POSITION;
        records->from_position = subscription->now_position + 1;
    }
}

static bool send_records(struct sanling *hub, const struct subscription *subscription, struct sanling_error *error)
{
    Sanling__V1__ClientMessage message = SANLING__V1__CLIENT_MESSAGE__INIT;
    Sanling__V1__Subscribe subscribe = *subscription->asked;
    Sanling__V1__RecordSubscription records = *subscription->asked->records;
    place_start(subscription, &records);
    records.credit = clamp_credit(subscription->credit);
    subscribe.records = &records;
    message.body_case = SANLING__V1__CLIENT_MESSAGE__BODY_SUBSCRIBE;
    message.subscribe = &subscribe;
    return connection_send(hub, &message, error);
}

static bool send_credit(struct sanling *hub, uint32_t id, uint32_t records, struct sanling_error *error)
{
    Sanling__V1__ClientMessage message = SANLING__V1__CLIENT_MESSAGE__INIT;
    Sanling__V1__Credit credit = SANLING__V1__CREDIT__INIT;
    credit.subscription = id;
    credit.records = records;
    message.body_case = SANLING__V1__CLIENT_MESSAGE__BODY_CREDIT;
    message.credit = &credit;
    return connection_send(hub, &message, error);
}

/* Subscribe grants one update by itself; the rest is given as credit. */
static bool send_summary(struct sanling *hub, const struct subscription *subscription, struct sanling_error *error)
{
    Sanling__V1__ClientMessage message = SANLING__V1__CLIENT_MESSAGE__INIT;
    message.body_case = SANLING__V1__CLIENT_MESSAGE__BODY_SUBSCRIBE;
    message.subscribe = subscription->asked;
    if (!connection_send(hub, &message, error))
        return false;
    return subscription->credit <= 1 ||
           send_credit(hub, subscription->asked->id, clamp_credit(subscription->credit - 1), error);
}

static bool send_acknowledge(struct sanling *hub, uint32_t id, uint64_t position, struct sanling_error *error)
{
    Sanling__V1__ClientMessage message = SANLING__V1__CLIENT_MESSAGE__INIT;
    Sanling__V1__Acknowledge acknowledge = SANLING__V1__ACKNOWLEDGE__INIT;
    acknowledge.subscription = id;
    acknowledge.position = position;
    message.body_case = SANLING__V1__CLIENT_MESSAGE__BODY_ACKNOWLEDGE;
    message.acknowledge = &acknowledge;
    return connection_send(hub, &message, error);
}

static bool is_summary(const struct subscription *subscription)
{
    return subscription->asked->kind_case == SANLING__V1__SUBSCRIBE__KIND_SUMMARY;
}

static bool send_subscription(struct sanling *hub, struct subscription *subscription, struct sanling_error *error)
{
    bool first = !subscription->sent;
    subscription->again_ms = 0;
    bool sent =
        is_summary(subscription) ? send_summary(hub, subscription, error) : send_records(hub, subscription, error);
    if (!sent)
        return false;
    if (first)
        subscription->now_position = hub->position_seen;
    subscription->sent = true;
    return subscription->to_acknowledge == 0 ||
           send_acknowledge(hub, subscription->asked->id, subscription->to_acknowledge, error);
}

bool subscription_list_restart(struct sanling *hub, struct sanling_error *error)
{
    for (size_t i = 0; i < hub->subscriptions.count; i++)
        if (!send_subscription(hub, &hub->subscriptions.subscriptions[i], error))
            return false;
    return true;
}

void subscription_list_step_back(struct subscription_list *list, uint64_t position)
{
    for (size_t i = 0; i < list->count; i++) {
        struct subscription *subscription = &list->subscriptions[i];
        uint64_t *const known[] = {&subscription->reached, &subscription->now_position, &subscription->to_acknowledge};
        for (size_t k = 0; k < sizeof known / sizeof *known; k++)
            if (*known[k] > position)
                *known[k] = position;
    }
}

void subscription_list_wait(struct subscription_list *list, uint32_t id, int64_t again_ms)
{
    struct subscription *subscription = find(list, id);
    if (subscription != NULL)
        subscription->again_ms = again_ms;
}

bool subscription_list_send_again(struct sanling *hub, int64_t now, struct sanling_error *error)
{
    for (size_t i = 0; i < hub->subscriptions.count; i++) {
        struct subscription *subscription = &hub->subscriptions.subscriptions[i];
        if (subscription->again_ms > 0 && subscription->again_ms <= now && !send_subscription(hub, subscription, error))
            return false;
    }
    return true;
}

int64_t subscription_list_next_ms(const struct subscription_list *list)
{
    int64_t next = -1;
    for (size_t i = 0; i < list->count; i++)
        if (list->subscriptions[i].again_ms > 0)
            next = earlier_ms(next, list->subscriptions[i].again_ms);
    return next;
}

bool sanling_subscribe(struct sanling *hub, const Sanling__V1__Subscribe *subscribe, struct sanling_error *error)
{
    struct subscription_list *list = &hub->subscriptions;
    if (subscribe->id == 0 || find(list, subscribe->id) != NULL)
        return error_set(error, SANLING_USAGE, "subscription %u: the id is 0 or in use", subscribe->id);
    if (subscribe->kind_case != SANLING__V1__SUBSCRIBE__KIND_RECORDS &&
        subscribe->kind_case != SANLING__V1__SUBSCRIBE__KIND_SUMMARY)
        return error_set(error, SANLING_USAGE, "subscription %u: neither records nor summary", subscribe->id);
    struct subscription *grown = reallocarray(list->subscriptions, list->count + 1, sizeof *grown);
    if (grown == NULL)
        return error_set(error, SANLING_SYSTEM, "no memory for a subscription");
    list->subscriptions = grown;
    struct subscription subscription = {.asked = copy_of(subscribe)};
    if (subscription.asked == NULL)
        return error_set(error, SANLING_SYSTEM, "no memory for a subscription");
    subscription.credit = is_summary(&subscription) ? 1 : subscribe->records->credit;
    list->subscriptions[list->count++] = subscription;
    return hub->state != SESSION_OPEN || send_subscription(hub, &list->subscriptions[list->count - 1], error);
}

static struct subscription *require(struct sanling *hub, uint32_t id, struct sanling_error *error)
{
    struct subscription *subscription = find(&hub->subscriptions, id);
    if (subscription == NULL)
        error_set(error, SANLING_USAGE, "subscription %u is not known or has ended", id);
    return subscription;
}

bool sanling_unsubscribe(struct sanling *hub, uint32_t id, struct sanling_error *error)
{
    struct subscription *subscription = require(hub, id, error);
    if (subscription == NULL)
        return false;
    Sanling__V1__ClientMessage message = SANLING__V1__CLIENT_MESSAGE__INIT;
    Sanling__V1__Unsubscribe unsubscribe = SANLING__V1__UNSUBSCRIBE__INIT;
    unsubscribe.id = id;
    message.body_case = SANLING__V1__CLIENT_MESSAGE__BODY_UNSUBSCRIBE;
    message.unsubscribe = &unsubscribe;
    forget(&hub->subscriptions, subscription);
    return connection_send(hub, &message, error);
}

bool sanling_credit(struct sanling *hub, uint32_t id, uint32_t records, struct sanling_error *error)
{
    struct subscription *subscription = require(hub, id, error);
    if (subscription == NULL)
        return false;
    subscription->credit += records;
    return send_credit(hub, id, records, error);
}

bool sanling_acknowledge(struct sanling *hub, uint32_t id, uint64_t position, struct sanling_error *error)
{
    struct subscription *subscription = require(hub, id, error);
    if (subscription == NULL)
        return false;
    if (position > subscription->to_acknowledge)
        subscription->to_acknowledge = position;
    if (subscription->again_ms > 0)
        return true; /* it goes out with the subscription */
    return send_acknowledge(hub, id, position, error);
}

static void use_credit(struct subscription *subscription, size_t records)
{
    subscription->credit = subscription->credit > records ? subscription->credit - records : 0;
}

bool subscription_list_take_delivery(struct sanling *hub, uint32_t id, size_t records, uint64_t reached, bool ended)
{
    struct subscription *subscription = find(&hub->subscriptions, id);
    if (subscription == NULL)
        return false;
    use_credit(subscription, records);
    if (reached > subscription->reached)
        subscription->reached = reached;
    if (reached > hub->position_seen)
        hub->position_seen = reached;
    if (ended)
        forget(&hub->subscriptions, subscription);
    return true;
}

bool subscription_list_take_summary(struct sanling *hub, const Sanling__V1__SummaryUpdate *update)
{
    struct subscription *subscription = find(&hub->subscriptions, update->subscription);
    if (subscription == NULL)
        return false;
    use_credit(subscription, 1);
    return true;
}

bool subscription_list_take_acknowledged(struct sanling *hub, const Sanling__V1__Acknowledged *acknowledged)
{
    struct subscription *subscription = find(&hub->subscriptions, acknowledged->subscription);
    if (subscription == NULL)
        return false;
    if (acknowledged->position >= subscription->to_acknowledge)
        subscription->to_acknowledge = 0;
    return true;
}

bool subscription_list_take_error(struct sanling *hub, const Sanling__V1__Error *problem)
{
    struct subscription *subscription = find(&hub->subscriptions, problem->subscription);
    if (subscription == NULL)
        return false;
    if (problem->code == SANLING__V1__CODE__KIND__POSITION_AHEAD)
        subscription->to_acknowledge = 0; /* the acknowledgement was wrong; the subscription stands */
    else
        forget(&hub->subscriptions, subscription);
    return true;
}

const Sanling__V1__Record *sanling_record_unpack(struct sanling *hub, const struct sanling_record *record,
                                                 struct sanling_error *error)
{
    const ProtobufCMessageDescriptor *type = &sanling__v1__record__descriptor;
    const struct sanling_bytes whole = record->whole;
    struct wire_finding finding;
    const ProtobufCMessage *message =
        wire_unpack(hub->arena, type, whole.bytes, whole.size, &wire_message_limits, &finding);
    if (message == NULL)
        error_set(error, SANLING_MALFORMED, "the record at position %llu is no message: %s%s%s",
                  (unsigned long long)record->position, wire_flaw_text(finding.flaw),
                  finding.field != NULL ? " in " : "", finding.field != NULL ? finding.field : "");
    return (const Sanling__V1__Record *)message;
}
