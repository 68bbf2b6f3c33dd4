#include "delivery.h"

#include <stdlib.h>
#include <string.h>

#include "domain/event.h"

enum { WIRE_VARINT = 0, WIRE_BYTES = 2 };
/* Tags of the fields: all numbers are below 16, so that a tag is one byte. */
enum {
    HUB_DELIVERY = 3 << 3 | WIRE_BYTES,
    DELIVERY_SUBSCRIPTION = 1 << 3 | WIRE_VARINT,
    DELIVERY_RECORDS = 2 << 3 | WIRE_BYTES,
    DELIVERY_REACHED = 3 << 3 | WIRE_VARINT,
    DELIVERY_ENDED = 4 << 3 | WIRE_VARINT,
    RECORD_POSITION = 1 << 3 | WIRE_VARINT,
    RECORD_RECORDED_AT = 2 << 3 | WIRE_BYTES,
    RECORD_PUBLISHER = 3 << 3 | WIRE_BYTES,
    RECORD_EVENT = 4 << 3 | WIRE_BYTES,
    RECORD_ROUTED_TO = 5 << 3 | WIRE_VARINT,
    TIMESTAMP_SECONDS = 1 << 3 | WIRE_VARINT,
    TIMESTAMP_NANOS = 2 << 3 | WIRE_VARINT,
    PUBLISHER_IDENTITY = 1 << 3 | WIRE_BYTES,
    PUBLISHER_OFFICE = 2 << 3 | WIRE_VARINT,
    PUBLISHER_UNIT = 3 << 3 | WIRE_BYTES,
};
enum {
    VARINT_SIZE_MAX = 10,
    LENGTH_SIZE_LIKELY = 3,   /* of a delivery of 16 KiB to 2 MiB */
    RECORD_LENGTH_LIKELY = 2, /* of a record of 128 bytes to 16 KiB */
    FRAME_SIZE_MAX = 64,      /* what a delivery has around its records */
    /* What a record has around its event. */
    RECORD_FRAME_SIZE_MAX =
        6 + (1 + VARINT_SIZE_MAX) + DELIVERY_TIME_SIZE_MAX + DELIVERY_PUBLISHER_SIZE_MAX + 6 + 2 * OFFICE_LIMIT,
};
/* 0 is no office. */
#define OFFICES (OFFICE_BIT(OFFICE_LIMIT) - OFFICE_BIT(1))
_Static_assert(OFFICE_LIMIT <= 31, "a set of offices, and each is one byte");
_Static_assert(BLOCK_IDENTITY_SIZE + BLOCK_ROOT_SIZE + 9 < 128, "the size of a publisher is one byte");

static uint8_t *put_varint(uint8_t *at, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        *at++ = (uint8_t)(value | 0x80);
    *at++ = (uint8_t)value;
    return at;
}

static size_t varint_size(uint64_t value)
{
    size_t size = 1;
    for (; value >= 0x80; value >>= 7)
        size++;
    return size;
}

/* Writes the length of what ends at `end` behind its tag, where room for a length of the likely size was left. Returns
 * the end. */
static uint8_t *put_length(uint8_t *tag, size_t likely, uint8_t *end)
{
    const uint8_t *content = tag + 1 + likely;
    const size_t size = (size_t)(end - content);
    const size_t length_size = varint_size(size);
    if (length_size != likely)
        memmove(tag + 1 + length_size, content, size);
    put_varint(tag + 1, size);
    return tag + 1 + length_size + size;
}

static uint8_t *put_number(uint8_t *at, uint8_t tag, uint64_t value)
{
    *at++ = tag;
    return put_varint(at, value);
}

static uint8_t *put_bytes(uint8_t *at, uint8_t tag, const void *bytes, size_t size)
{
    at = put_number(at, tag, size);
    memcpy(at, bytes, size);
    return at + size;
}

static uint8_t *put_time(uint8_t *at, int64_t time_us)
{
    int64_t seconds = time_us / 1000000;
    int64_t rest = time_us % 1000000;
    if (rest < 0) {
        seconds--;
        rest += 1000000;
    }
    *at++ = RECORD_RECORDED_AT;
    uint8_t *length = at++;
    at = put_number(at, TIMESTAMP_SECONDS, (uint64_t)seconds);
    if (rest != 0)
        at = put_number(at, TIMESTAMP_NANOS, (uint64_t)rest * 1000);
    *length = (uint8_t)(at - length - 1);
    return at;
}

static uint8_t *put_publisher(uint8_t *at, const struct block_publisher *publisher, uint8_t office)
{
    *at++ = RECORD_PUBLISHER;
    uint8_t *length = at++;
    at = put_bytes(at, PUBLISHER_IDENTITY, publisher->identity, strlen(publisher->identity));
    at = put_number(at, PUBLISHER_OFFICE, office);
    if (publisher->root[0])
        at = put_bytes(at, PUBLISHER_UNIT, publisher->root, strlen(publisher->root));
    *length = (uint8_t)(at - length - 1);
    return at;
}

static void reserve(struct wire_writer *message, size_t extra)
{
    if (extra <= message->capacity - message->size)
        return;
    size_t capacity = message->capacity * 2 > message->size + extra ? message->capacity * 2 : message->size + extra;
    uint8_t *bytes = realloc(message->bytes, capacity);
    if (!bytes)
        abort();
    message->bytes = bytes;
    message->capacity = capacity;
}

void delivery_begin(struct wire_writer *message, uint32_t subscription, size_t expected)
{
    wire_writer_clear(message);
    reserve(message, FRAME_SIZE_MAX + expected);
    uint8_t *at = message->bytes;
    *at = HUB_DELIVERY; /* its size comes behind it, when it is known */
    at = put_number(at + 1 + LENGTH_SIZE_LIKELY, DELIVERY_SUBSCRIPTION, subscription);
    message->size = (size_t)(at - message->bytes);
}

static bool is_same(const struct delivery_origin *origin, const struct block_view *block,
                    const struct block_entry *entry)
{
    if (origin->size == 0 || origin->recorded_at_us != entry->recorded_at_us || origin->office != entry->office)
        return false;
    if (origin->block == block->header->first_position && origin->index == entry->publisher)
        return true;
    /* By content: another block has its own. */
    return memcmp(&origin->publisher, &block->publishers[entry->publisher], sizeof origin->publisher) == 0;
}

static void take_origin(struct delivery_origin *origin, const struct block_view *block, const struct block_entry *entry)
{
    const bool same = is_same(origin, block, entry);
    origin->block = block->header->first_position;
    origin->index = entry->publisher;
    if (same)
        return;
    origin->recorded_at_us = entry->recorded_at_us;
    origin->office = entry->office;
    origin->publisher = block->publishers[entry->publisher];
    uint8_t *at = put_time(origin->bytes, entry->recorded_at_us);
    at = put_publisher(at, &origin->publisher, entry->office);
    origin->size = (size_t)(at - origin->bytes);
}

void delivery_add(struct wire_writer *message, struct delivery_origin *origin, const struct block_view *block,
                  uint32_t index)
{
    const struct block_entry *entry = &block->entries[index];
    const uint64_t position = block->header->first_position + index;
    take_origin(origin, block, entry);
    reserve(message, RECORD_FRAME_SIZE_MAX + entry->size);
    uint8_t *tag = message->bytes + message->size;
    *tag = DELIVERY_RECORDS;
    uint8_t *at = put_number(tag + 1 + RECORD_LENGTH_LIKELY, RECORD_POSITION, position);
    memcpy(at, origin->bytes, origin->size);
    at = put_bytes(at + origin->size, RECORD_EVENT, block->bytes + entry->offset, entry->size);
    for (office_set left = entry->routed_to & OFFICES; left != 0; left &= left - 1)
        at = put_number(at, RECORD_ROUTED_TO, (uint64_t)__builtin_ctz(left));
    message->size = (size_t)(put_length(tag, RECORD_LENGTH_LIKELY, at) - message->bytes);
}

void delivery_add_written(struct wire_writer *message, const uint8_t *records, size_t size)
{
    reserve(message, size);
    memcpy(message->bytes + message->size, records, size);
    message->size += size;
}

void delivery_end(struct wire_writer *message, uint64_t reached, bool ended)
{
    reserve(message, FRAME_SIZE_MAX);
    uint8_t *at = put_number(message->bytes + message->size, DELIVERY_REACHED, reached);
    if (ended)
        at = put_number(at, DELIVERY_ENDED, 1);
    message->size = (size_t)(put_length(message->bytes, LENGTH_SIZE_LIKELY, at) - message->bytes);
}
