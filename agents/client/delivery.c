#include "delivery.h"

#include "connection.h"

#include <string.h>

/* Field numbers of what is walked here by hand. */
enum {
    HUB_DELIVERY = 3,
    HUB_BODY_LAST = 7, /* of the bodies that this library knows */
    DELIVERY_SUBSCRIPTION = 1,
    DELIVERY_RECORDS = 2,
    DELIVERY_REACHED = 3,
    DELIVERY_ENDED = 4,
    RECORD_POSITION = 1,
    RECORD_RECORDED_AT = 2,
    RECORD_EVENT = 4,
    TIMESTAMP_SECONDS = 1,
    TIMESTAMP_NANOS = 2,
    EVENT_SOURCE = 1,
};
enum { NANOS_PER_SECOND = 1000000000, US_PER_SECOND = 1000000, NANOS_PER_US = 1000 };

bool delivery_find(const uint8_t *bytes, size_t size, struct sanling_bytes *delivery)
{
    struct wire_reader reader = wire_read(bytes, size);
    struct wire_field field;
    bool found = false;
    if (size > WIRE_MESSAGE_SIZE_MAX)
        return false;
    while (wire_next(&reader, &field)) {
        if (field.number > HUB_BODY_LAST)
            continue;
        if (found || field.number != HUB_DELIVERY || field.wire_type != PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED)
            return false;
        *delivery = (struct sanling_bytes){field.bytes, field.size};
        found = true;
    }
    return found && reader.flaw == WIRE_OK;
}

/* A singular field: of this type, and seen once. */
static enum wire_flaw singular(const struct wire_field *field, ProtobufCWireType expected, uint32_t *seen)
{
    if (field->wire_type != expected)
        return WIRE_BAD_TAG;
    if (*seen >> field->number & 1)
        return WIRE_REPEATED_SINGULAR;
    *seen |= UINT32_C(1) << field->number;
    return WIRE_OK;
}

static enum wire_flaw scan_timestamp(const struct wire_field *from, int64_t *time_us)
{
    struct wire_reader reader = wire_read(from->bytes, from->size);
    struct wire_field field;
    uint32_t seen = 0;
    int64_t seconds = 0;
    int64_t nanos = 0;
    while (wire_next(&reader, &field)) {
        if (field.number > TIMESTAMP_NANOS)
            continue;
        enum wire_flaw flaw = singular(&field, PROTOBUF_C_WIRE_TYPE_VARINT, &seen);
        if (flaw != WIRE_OK)
            return flaw;
        *(field.number == TIMESTAMP_SECONDS ? &seconds : &nanos) = (int64_t)field.value;
    }
    if (seconds < INT64_MIN / US_PER_SECOND || seconds >= INT64_MAX / US_PER_SECOND || nanos < 0 ||
        nanos >= NANOS_PER_SECOND)
        return WIRE_BAD_TAG;
    *time_us = seconds * US_PER_SECOND + nanos / NANOS_PER_US;
    return reader.flaw;
}

static enum wire_flaw scan_record(const struct wire_field *from, struct sanling_record *record)
{
    struct wire_reader reader = wire_read(from->bytes, from->size);
    struct wire_field field;
    uint32_t seen = 0;
    enum wire_flaw flaw = WIRE_OK;
    *record = (struct sanling_record){.whole = {from->bytes, from->size}};
    while (flaw == WIRE_OK && wire_next(&reader, &field)) {
        if (field.number == RECORD_POSITION) {
            flaw = singular(&field, PROTOBUF_C_WIRE_TYPE_VARINT, &seen);
            record->position = field.value;
        } else if (field.number == RECORD_RECORDED_AT) {
            flaw = singular(&field, PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED, &seen);
            if (flaw == WIRE_OK)
                flaw = scan_timestamp(&field, &record->recorded_at_us);
        } else if (field.number == RECORD_EVENT) {
            flaw = singular(&field, PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED, &seen);
            record->event = (struct sanling_bytes){field.bytes, field.size};
        }
    }
    return flaw != WIRE_OK ? flaw : reader.flaw;
}

/* All but the records; how many those are. */
static enum wire_flaw scan_frame(struct sanling_bytes delivery, struct sanling_records *records)
{
    struct wire_reader reader = wire_read(delivery.bytes, delivery.size);
    struct wire_field field;
    uint32_t seen = 0;
    enum wire_flaw flaw = WIRE_OK;
    while (flaw == WIRE_OK && wire_next(&reader, &field)) {
        if (field.number == DELIVERY_RECORDS) {
            flaw = field.wire_type == PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED ? WIRE_OK : WIRE_BAD_TAG;
            records->count++;
        } else if (field.number <= DELIVERY_ENDED) {
            flaw = singular(&field, PROTOBUF_C_WIRE_TYPE_VARINT, &seen);
            if (field.number == DELIVERY_SUBSCRIPTION)
                records->subscription = (uint32_t)field.value;
            if (field.number == DELIVERY_REACHED)
                records->reached = field.value;
            if (field.number == DELIVERY_ENDED)
                records->ended = field.value != 0;
        }
    }
    return flaw != WIRE_OK ? flaw : reader.flaw;
}

enum wire_flaw delivery_scan(struct wire_arena *arena, struct sanling_bytes delivery, struct sanling_records *records)
{
    *records = (struct sanling_records){0};
    enum wire_flaw flaw = scan_frame(delivery, records);
    if (flaw != WIRE_OK)
        return flaw;
    if (records->count > WIRE_MESSAGE_FIELDS_MAX)
        return WIRE_TOO_MANY_FIELDS;
    struct sanling_record *record = wire_arena_take(arena, records->count * sizeof *record);
    if (record == NULL)
        return WIRE_OVER_BUDGET;
    records->records = record;
    struct wire_reader reader = wire_read(delivery.bytes, delivery.size);
    struct wire_field field;
    while (flaw == WIRE_OK && wire_next(&reader, &field))
        if (field.number == DELIVERY_RECORDS)
            flaw = scan_record(&field, record++);
    return flaw;
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

struct sanling_bytes sanling_event_source(struct sanling_bytes event)
{
    struct wire_reader reader = wire_read(event.bytes, event.size);
    struct wire_field field;
    while (wire_next(&reader, &field))
        if (field.number == EVENT_SOURCE && field.wire_type == PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED)
            return (struct sanling_bytes){field.bytes, field.size};
    return (struct sanling_bytes){0};
}
