/* What the client library finds in a delivery without unpacking it lies within the message, and a delivery that unpacks
 * has the same records either way. */
#include "delivery.h"

#include "session.pb-c.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static bool is_within(struct sanling_bytes inner, const uint8_t *bytes, size_t size)
{
    return inner.size == 0 || (inner.bytes >= bytes && inner.size <= size && inner.bytes <= bytes + size - inner.size);
}

static void look_at_records(const struct sanling_records *records, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < records->count; i++) {
        const struct sanling_record *record = &records->records[i];
        must(is_within(record->whole, bytes, size));
        must(is_within(record->event, record->whole.bytes, record->whole.size));
        must(is_within(sanling_event_source(record->event), record->event.bytes, record->event.size));
    }
}

static void compare_record(const struct sanling_record *found, const Sanling__V1__Record *record)
{
    const struct sanling_bytes source = sanling_event_source(found->event);
    const char *unpacked = record->event != NULL ? record->event->source : "";
    must(found->position == record->position);
    must(source.size == strlen(unpacked) && (source.size == 0 || memcmp(source.bytes, unpacked, source.size) == 0));
    if (record->recorded_at != NULL)
        must(found->recorded_at_us == record->recorded_at->seconds * 1000000 + record->recorded_at->nanos / 1000);
}

static void compare(const struct sanling_records *found, const Sanling__V1__Delivery *delivery)
{
    must(found->subscription == delivery->subscription && found->reached == delivery->reached);
    must(found->ended == (delivery->ended != 0) && found->count == delivery->n_records);
    for (size_t i = 0; i < found->count; i++)
        compare_record(&found->records[i], delivery->records[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct wire_arena *arena = NULL; /* kept: opening one costs more than a run */
    struct sanling_bytes delivery;
    struct sanling_records records;
    if (arena == NULL && (arena = wire_arena_open(WIRE_EVENT_BUDGET)) == NULL)
        return 0;
    wire_arena_reset(arena);
    const Sanling__V1__HubMessage *message = (const Sanling__V1__HubMessage *)wire_unpack(
        arena, &sanling__v1__hub_message__descriptor, bytes, size, &wire_message_limits, NULL);
    const bool is_delivery = message != NULL && message->body_case == SANLING__V1__HUB_MESSAGE__BODY_DELIVERY;
    const bool found = delivery_find(bytes, size, &delivery);
    must(found || !is_delivery);
    if (!found)
        return 0;
    must(is_within(delivery, bytes, size));
    if (delivery_scan(arena, delivery, &records) != WIRE_OK)
        return 0; /* of a time that is none, unpacking says nothing */
    look_at_records(&records, bytes, size);
    if (is_delivery)
        compare(&records, message->delivery);
    return 0;
}
