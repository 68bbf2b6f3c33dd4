#include "inbox.h"

#include "hub_reason.h"
#include "journal.h"

#include <stdio.h>

void inbox_init(struct inbox *inbox, struct office *office, const char *name, uint32_t credit)
{
    *inbox = (struct inbox){.hub = office->hub,
                            .source = office->config->source,
                            .subscription = office->next_subscription++,
                            .credit = credit};
    snprintf(inbox->name, sizeof inbox->name, "%s-%s", name, inbox->source);
}

static void subscribe(struct inbox *inbox, const Sanling__V1__Welcome *welcome)
{
    struct sanling_error error;
    Sanling__V1__Filter filter = SANLING__V1__FILTER__INIT;
    filter.inbox = welcome->office;
    Sanling__V1__RecordSubscription records = SANLING__V1__RECORD_SUBSCRIPTION__INIT;
    records.start_case = SANLING__V1__RECORD_SUBSCRIPTION__START_FROM_ACKNOWLEDGED;
    records.from_acknowledged = true;
    records.filter = &filter;
    records.credit = inbox->credit;
    records.name = inbox->name;
    Sanling__V1__Subscribe subscribe = SANLING__V1__SUBSCRIBE__INIT;
    subscribe.id = inbox->subscription;
    subscribe.kind_case = SANLING__V1__SUBSCRIBE__KIND_RECORDS;
    subscribe.records = &records;
    inbox->subscribed = sanling_subscribe(inbox->hub, &subscribe, &error);
    if (!inbox->subscribed)
        journal(JOURNAL_ERROR, "source %s: no inbox %s: %s", inbox->source, inbox->name, error.text);
}

const Sanling__V1__Delivery *inbox_hear(struct inbox *inbox, const struct sanling_happening *happening)
{
    char code[32];
    if (happening->kind == SANLING_CONNECTED && !inbox->subscribed)
        subscribe(inbox, happening->welcome); /* later sessions go on with it by themselves */
    if (happening->kind == SANLING_PROBLEM && happening->problem->subscription == inbox->subscription)
        journal(JOURNAL_WARNING, "source %s: inbox %s is not delivered: %s [%s]", inbox->source, inbox->name,
                happening->problem->text, hub_code_name(happening->problem->code, code));
    return happening->kind == SANLING_DELIVERY && happening->delivery->subscription == inbox->subscription
               ? happening->delivery
               : NULL;
}

void inbox_settle(struct inbox *inbox, uint64_t position, uint32_t records)
{
    struct sanling_error error;
    if (position > 0 && !sanling_acknowledge(inbox->hub, inbox->subscription, position, &error))
        journal(JOURNAL_WARNING, "source %s: inbox %s: %s", inbox->source, inbox->name, error.text);
    if (records > 0 && !sanling_credit(inbox->hub, inbox->subscription, records, &error))
        journal(JOURNAL_WARNING, "source %s: inbox %s: %s", inbox->source, inbox->name, error.text);
}
