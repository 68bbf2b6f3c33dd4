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

static bool is_own(const struct sanling_record *record)
{
    const struct sanling_bytes source = sanling_event_source(record->event);
    return source.size == strlen(BENCH_SOURCE) && memcmp(source.bytes, BENCH_SOURCE, source.size) == 0;
}

static bool take_records(struct reading *reading, const struct sanling_records *records)
{
    for (size_t i = 0; i < records->count; i++) {
        if (!reading_take_position(reading, records->records[i].position))
            return false;
        reading->own += is_own(&records->records[i]);
    }
    reading_note_records(reading, records->count);
    return true;
}

/* Credit is topped up when half of it is used: what is left is enough until it arrives. */
static bool take_delivery(struct reading *reading, struct sanling *hub, const struct sanling_records *records)
{
    struct sanling_error error;
    if (!take_records(reading, records))
        return false;
    reading->reached = records->reached;
    reading->ended = records->ended;
    reading->credit_used += (uint32_t)records->count;
    if (records->ended || reading->credit_used < READING_CREDIT / 2)
        return true;
    const uint32_t used = reading->credit_used;
    reading->credit_used = 0;
    return sanling_credit(hub, READING_SUBSCRIPTION, used, &error) || bench_wrong("%s", error.text);
}

bool reading_take(struct reading *reading, struct sanling *hub, const struct sanling_happening *happening)
{
    if (happening->kind == SANLING_DELIVERY)
        return take_delivery(reading, hub, happening->records);
    if (happening->kind != SANLING_PROBLEM)
        return true;
    return bench_wrong("%s", happening->problem->text);
}
