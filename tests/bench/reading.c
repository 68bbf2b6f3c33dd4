#include "reading.h"

#include <string.h>

#include "commands.h"
#include "measure.h"

bool reading_begin(struct reading *reading, struct sanling *hub, const struct reading_plan *plan)
{
    struct sanling_error error;
    Sanling__V1__RecordSubscription records = SANLING__V1__RECORD_SUBSCRIPTION__INIT;
    Sanling__V1__Subscribe subscribe = SANLING__V1__SUBSCRIBE__INIT;
    Sanling__V1__Filter filter = SANLING__V1__FILTER__INIT;
    char *types[] = {(char *)plan->type};
    *reading = (struct reading){.position = plan->from - 1, .filtered = plan->unit || plan->type};
    if (plan->unit)
        filter.unit = (char *)plan->unit;
    filter.types = types;
    filter.n_types = plan->type ? 1 : 0;
    records.start_case = SANLING__V1__RECORD_SUBSCRIPTION__START_FROM_POSITION;
    records.from_position = plan->from;
    if (plan->to_end)
        records.stop_case = SANLING__V1__RECORD_SUBSCRIPTION__STOP_TO_END;
    records.to_end = plan->to_end;
    records.filter = reading->filtered ? &filter : NULL;
    records.credit = READING_CREDIT;
    subscribe.id = READING_SUBSCRIPTION;
    subscribe.kind_case = SANLING__V1__SUBSCRIBE__KIND_RECORDS;
    subscribe.records = &records;
    return sanling_subscribe(hub, &subscribe, &error) || bench_wrong("%s", error.text);
}

bool reading_take_position(struct reading *reading, uint64_t position)
{
    if (reading->filtered ? position <= reading->position : position != reading->position + 1)
        return bench_wrong("position %llu came after %llu", (unsigned long long)position,
                           (unsigned long long)reading->position);
    reading->position = position;
    return true;
}

void reading_note_records(struct reading *reading, size_t records)
{
    if (records == 0)
        return;
    reading->last_us = measure_now_us();
    if (reading->records == 0)
        reading->first_us = reading->last_us;
    reading->records += records;
}

static bool take_records(struct reading *reading, const Sanling__V1__Delivery *delivery)
{
    for (size_t i = 0; i < delivery->n_records; i++) {
        if (!reading_take_position(reading, delivery->records[i]->position))
            return false;
        reading->own += strcmp(delivery->records[i]->event->source, BENCH_SOURCE) == 0;
    }
    reading_note_records(reading, delivery->n_records);
    return true;
}

static bool take_delivery(struct reading *reading, struct sanling *hub, const Sanling__V1__Delivery *delivery)
{
    struct sanling_error error;
    if (!take_records(reading, delivery))
        return false;
    reading->reached = delivery->reached;
    reading->ended = delivery->ended;
    if (delivery->ended || delivery->n_records == 0 ||
        sanling_credit(hub, READING_SUBSCRIPTION, (uint32_t)delivery->n_records, &error))
        return true;
    return bench_wrong("%s", error.text);
}

bool reading_take(struct reading *reading, struct sanling *hub, const struct sanling_happening *happening)
{
    if (happening->kind == SANLING_DELIVERY)
        return take_delivery(reading, hub, happening->delivery);
    if (happening->kind != SANLING_PROBLEM)
        return true;
    return bench_wrong("%s", happening->problem->text);
}
