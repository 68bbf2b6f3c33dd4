#include "delivery.h"

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

static enum wire_flaw scan_timestamp(struct sanling_bytes from, int64_t *time_us)
{
    struct wire_reader reader = wire_read(from.bytes, from.size);
    struct wire_field field;
    uint32_t seen = 0;
    int64_t seconds = 0;
    int64_t nanos = 0;
    while (wire_next_likely(&reader, &field)) {
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

/* The time read last: records that were recorded together have the same. */
struct time_read {
    struct sanling_bytes bytes;
    int64_t time_us;
};

static enum wire_flaw take_time(const struct wire_field *field, struct time_read *last, struct sanling_record *record)
{
    enum wire_flaw flaw = WIRE_OK;
    if (last->bytes.size != field->size || field->size == 0 ||
        memcmp(last->bytes.bytes, field->bytes, field->size) != 0) {
        last->bytes = (struct sanling_bytes){field->bytes, field->size};
        flaw = scan_timestamp(last->bytes, &last->time_us);
    }
    record->recorded_at_us = last->time_us;
    return flaw;
}

static enum wire_flaw scan_record(struct sanling_bytes whole, struct time_read *last, struct sanling_record *record)
{
    struct wire_reader reader = wire_read(whole.bytes, whole.size);
    struct wire_field field;
    uint32_t seen = 0;
    enum wire_flaw flaw = WIRE_OK;
    *record = (struct sanling_record){.whole = whole};
    while (flaw == WIRE_OK && wire_next_likely(&reader, &field)) {
        if (field.number == RECORD_POSITION) {
            flaw = singular(&field, PROTOBUF_C_WIRE_TYPE_VARINT, &seen);
            record->position = field.value;
        } else if (field.number == RECORD_RECORDED_AT) {
            flaw = singular(&field, PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED, &seen);
            if (flaw == WIRE_OK)
                flaw = take_time(&field, last, record);
        } else if (field.number == RECORD_EVENT) {
            flaw = singular(&field, PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED, &seen);
            record->event = (struct sanling_bytes){field.bytes, field.size};
        }
    }
    return flaw != WIRE_OK ? flaw : reader.flaw;
}

/* A field of the delivery other than its records. */
static enum wire_flaw take_word(const struct wire_field *field, uint32_t *seen, struct sanling_records *records)
{
    if (field->number > DELIVERY_ENDED)
        return WIRE_OK;
    if (field->number == DELIVERY_SUBSCRIPTION)
        records->subscription = (uint32_t)field->value;
    if (field->number == DELIVERY_REACHED)
        records->reached = field->value;
    if (field->number == DELIVERY_ENDED)
        records->ended = field->value != 0;
    return singular(field, PROTOBUF_C_WIRE_TYPE_VARINT, seen);
}

enum wire_flaw delivery_scan(struct wire_arena *arena, struct sanling_bytes delivery, struct sanling_records *records)
{
    /* Address space for the most that there can be: memory is used as far as records fill it. */
    const size_t room = delivery.size / 2 < WIRE_MESSAGE_FIELDS_MAX ? delivery.size / 2 : WIRE_MESSAGE_FIELDS_MAX;
    struct sanling_record *found = wire_arena_take(arena, room * sizeof *found);
    struct wire_reader reader = wire_read(delivery.bytes, delivery.size);
    struct wire_field field;
    struct time_read last = {0};
    uint32_t seen = 0;
    enum wire_flaw flaw = found != NULL ? WIRE_OK : WIRE_OVER_BUDGET;
    *records = (struct sanling_records){.records = found};
    while (flaw == WIRE_OK && wire_next_likely(&reader, &field)) {
        if (field.number != DELIVERY_RECORDS)
            flaw = take_word(&field, &seen, records);
        else if (field.wire_type != PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED)
            flaw = WIRE_BAD_TAG;
        else if (records->count == room)
            flaw = WIRE_TOO_MANY_FIELDS;
        else
            flaw = scan_record((struct sanling_bytes){field.bytes, field.size}, &last, &found[records->count++]);
    }
    return flaw != WIRE_OK ? flaw : reader.flaw;
}

struct sanling_bytes sanling_event_source(struct sanling_bytes event)
{
    struct wire_reader reader = wire_read(event.bytes, event.size);
    struct wire_field field;
    while (wire_next_likely(&reader, &field))
        if (field.number == EVENT_SOURCE && field.wire_type == PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED)
            return (struct sanling_bytes){field.bytes, field.size};
    return (struct sanling_bytes){0};
}
