#include "wire.h"

#include "chinese.h"

#include <assert.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define WIRE_ARENA_POISONED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WIRE_ARENA_POISONED 1
#endif
#endif
#ifdef WIRE_ARENA_POISONED
#include <sanitizer/asan_interface.h>
#endif

const struct wire_limits wire_event_limits = {
    .size_bytes = WIRE_EVENT_SIZE_MAX, .depth = WIRE_DEPTH_MAX, .fields = WIRE_EVENT_FIELDS_MAX};
const struct wire_limits wire_message_limits = {
    .size_bytes = WIRE_MESSAGE_SIZE_MAX, .depth = WIRE_DEPTH_MAX, .fields = WIRE_MESSAGE_FIELDS_MAX};

enum {
    VARINT_BYTES_MAX = 10,
    SHORT_VARINT_BYTES_MAX = 5, /* tags and lengths: 32 bits, and protobuf-c reads no more */
    TAG_TYPE_BITS = 3,
    FIELD_NUMBER_MAX = (1 << 29) - 1,
    CONTENT_SIZE_MAX = INT32_MAX, /* protobuf's own limit */
    SEEN_WORDS = 4,               /* enough for a message type with 256 fields */
    ELEMENTS_FIRST = 4,           /* of a repeated field; a power of two */
    ARENA_ALIGNMENT = alignof(max_align_t),
    WRITER_CAPACITY_FIRST = 256,
};

/* ---- reading ---- */

/* A varint of at most `bytes_max` bytes that fits `bits_last` bits into the last of them. */
static bool read_long_varint(struct wire_reader *reader, unsigned bytes_max, unsigned bits_last, uint64_t *value)
{
    uint64_t sum = 0;
    const uint8_t *at = reader->next;
    for (unsigned i = 0; i < bytes_max; i++, at++) {
        if (at == reader->end) {
            reader->flaw = WIRE_TRUNCATED;
            return false;
        }
        sum |= (uint64_t)(*at & 0x7f) << (7 * i);
        if (*at >= 0x80)
            continue;
        if (i == bytes_max - 1 && *at >> bits_last != 0)
            break;
        reader->next = at + 1;
        *value = sum;
        return true;
    }
    reader->flaw = WIRE_BAD_TAG;
    return false;
}

static inline bool read_varint(struct wire_reader *reader, uint64_t *value)
{
    if (reader->next < reader->end && *reader->next < 0x80) {
        *value = *reader->next++;
        return true;
    }
    return read_long_varint(reader, VARINT_BYTES_MAX, 1, value);
}

static inline bool read_short_varint(struct wire_reader *reader, uint64_t *value)
{
    if (reader->next < reader->end && *reader->next < 0x80) {
        *value = *reader->next++;
        return true;
    }
    return read_long_varint(reader, SHORT_VARINT_BYTES_MAX, 4, value);
}

static bool read_fixed(struct wire_reader *reader, size_t size, uint64_t *value)
{
    if ((size_t)(reader->end - reader->next) < size) {
        reader->flaw = WIRE_TRUNCATED;
        return false;
    }
    uint64_t sum = 0;
    for (size_t i = 0; i < size; i++)
        sum |= (uint64_t)reader->next[i] << (8 * i);
    reader->next += size;
    *value = sum;
    return true;
}

static inline bool read_span(struct wire_reader *reader, struct wire_field *field)
{
    uint64_t size = 0;
    if (!read_short_varint(reader, &size))
        return false;
    if (size > (size_t)(reader->end - reader->next)) {
        reader->flaw = WIRE_TRUNCATED;
        return false;
    }
    field->bytes = reader->next;
    field->size = (size_t)size;
    reader->next += size;
    return true;
}

static inline bool read_field(struct wire_reader *reader, struct wire_field *field)
{
    uint64_t tag = 0;
    if (reader->next == reader->end || reader->flaw != WIRE_OK || !read_short_varint(reader, &tag))
        return false;
    *field = (struct wire_field){.number = (uint32_t)(tag >> TAG_TYPE_BITS)};
    if (field->number != 0) {
        switch (tag & ((1 << TAG_TYPE_BITS) - 1)) {
        case PROTOBUF_C_WIRE_TYPE_VARINT:
            field->wire_type = PROTOBUF_C_WIRE_TYPE_VARINT;
            return read_varint(reader, &field->value);
        case PROTOBUF_C_WIRE_TYPE_64BIT:
            field->wire_type = PROTOBUF_C_WIRE_TYPE_64BIT;
            return read_fixed(reader, sizeof(uint64_t), &field->value);
        case PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED:
            field->wire_type = PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED;
            return read_span(reader, field);
        case PROTOBUF_C_WIRE_TYPE_32BIT:
            field->wire_type = PROTOBUF_C_WIRE_TYPE_32BIT;
            return read_fixed(reader, sizeof(uint32_t), &field->value);
        default: /* groups, and two types that never were */
            break;
        }
    }
    reader->flaw = WIRE_BAD_TAG;
    return false;
}

struct wire_reader wire_read(const uint8_t *bytes, size_t size)
{
    return (struct wire_reader){.next = bytes, .end = size == 0 ? bytes : bytes + size, .flaw = WIRE_OK};
}

bool wire_next(struct wire_reader *reader, struct wire_field *field)
{
    return read_field(reader, field);
}

/* ---- text ---- */

/* Length of the well-formed sequence at `at` that starts with a byte above 0x7f; 0: there is none (RFC 3629). */
static size_t utf8_sequence(const uint8_t *at, size_t left)
{
    const uint8_t lead = at[0];
    if (lead >= 0xc2 && lead <= 0xdf)
        return left >= 2 && (at[1] & 0xc0) == 0x80 ? 2 : 0;
    uint8_t low = 0x80, high = 0xbf;
    switch (lead) {
    case 0xe0: /* below 0x800: overlong */
        low = 0xa0;
        break;
    case 0xed: /* surrogates */
        high = 0x9f;
        break;
    case 0xf0: /* below 0x10000: overlong */
        low = 0x90;
        break;
    case 0xf4: /* above 0x10ffff */
        high = 0x8f;
        break;
    default:
        break;
    }
    const size_t length = lead >= 0xf0 ? 4 : 3;
    if (lead < 0xe0 || lead > 0xf4 || left < length || at[1] < low || at[1] > high || (at[2] & 0xc0) != 0x80)
        return 0;
    return length == 3 || (at[3] & 0xc0) == 0x80 ? length : 0;
}

/* Eight bytes, all of them 0x01 to 0x7f? */
static inline bool is_plain_word(const uint8_t *at)
{
    const uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return ((word | (word - ones)) & highs) == 0;
}

/* Steps over characters of three bytes, which is nearly all of Chinese; stops at anything else. */
static inline size_t skip_three_byte_characters(const uint8_t *bytes, size_t i, size_t size)
{
    while (size - i >= CHINESE_READ && are_common_chinese(bytes + i))
        i += CHINESE_BYTES;
    while (size - i >= 3 && bytes[i] >= 0xe1 && bytes[i] <= 0xef && bytes[i] != 0xed &&
           ((bytes[i + 1] ^ 0x80) | (bytes[i + 2] ^ 0x80)) < 0x40)
        i += 3;
    return i;
}

enum wire_flaw wire_check_text(const void *text, size_t size)
{
    const uint8_t *bytes = text;
    size_t i = 0;
    while (i < size) {
        if (bytes[i] >= 0x80) {
            const size_t length = utf8_sequence(bytes + i, size - i);
            if (length == 0)
                return WIRE_BAD_UTF8;
            i = skip_three_byte_characters(bytes, i + length, size);
        } else if (size - i >= sizeof(uint64_t) && is_plain_word(bytes + i)) {
            i += sizeof(uint64_t);
            /* What is left of a word is mostly plain with what stands before it. */
            if (size - i < sizeof(uint64_t) && is_plain_word(bytes + size - sizeof(uint64_t)))
                return WIRE_OK;
        } else if (bytes[i++] == '\0') {
            return WIRE_NUL_IN_TEXT;
        }
    }
    return WIRE_OK;
}

/* ---- arena ---- */

struct wire_arena {
    size_t budget; /* a multiple of ARENA_ALIGNMENT */
    size_t used;   /* so is this */
    alignas(max_align_t) uint8_t memory[];
};

/* Moves the end of what is handed out, and tells the address sanitizer, which sees only one allocation here. */
static inline void arena_set_used(struct wire_arena *arena, size_t used)
{
#ifdef WIRE_ARENA_POISONED
    if (used < arena->used)
        ASAN_POISON_MEMORY_REGION(arena->memory + used, arena->used - used);
#endif
    arena->used = used;
}

struct wire_arena *wire_arena_open(size_t budget_bytes)
{
    if (budget_bytes > SIZE_MAX - sizeof(struct wire_arena) - ARENA_ALIGNMENT)
        return NULL;
    const size_t budget = (budget_bytes + ARENA_ALIGNMENT - 1) & ~(size_t)(ARENA_ALIGNMENT - 1);
    struct wire_arena *arena = malloc(sizeof *arena + budget);
    if (arena == NULL)
        return NULL;
    *arena = (struct wire_arena){.budget = budget, .used = budget};
    arena_set_used(arena, 0);
    return arena;
}

void wire_arena_close(struct wire_arena **arena)
{
#ifdef WIRE_ARENA_POISONED
    if (*arena != NULL)
        ASAN_UNPOISON_MEMORY_REGION((*arena)->memory, (*arena)->budget);
#endif
    free(*arena);
    *arena = NULL;
}

void wire_arena_reset(struct wire_arena *arena)
{
    arena_set_used(arena, 0);
}

static inline void *arena_take(struct wire_arena *arena, size_t size_bytes)
{
    if (size_bytes > arena->budget - arena->used)
        return NULL;
    uint8_t *piece = arena->memory + arena->used;
#ifdef WIRE_ARENA_POISONED
    ASAN_UNPOISON_MEMORY_REGION(piece, size_bytes);
#endif
    arena->used += (size_bytes + ARENA_ALIGNMENT - 1) & ~(size_t)(ARENA_ALIGNMENT - 1);
    return piece;
}

void *wire_arena_take(struct wire_arena *arena, size_t size_bytes)
{
    return arena_take(arena, size_bytes);
}

/* ---- checking and unpacking: one pass ---- */

/* One message under way; what it leaves is for all levels together. */
struct pass {
    struct wire_arena *arena; /* NULL: nothing is unpacked */
    uint32_t depth_left;
    uint32_t fields_left;
    const char *field; /* where the flaw was found, set on the way back up by the innermost */
};

/* The fields that occurred in one message, by their index in the descriptor. */
struct seen {
    uint64_t words[SEEN_WORDS];
    bool any_of_oneof;
};

static enum wire_flaw take_message(struct pass *pass, const ProtobufCMessageDescriptor *type, const uint8_t *bytes,
                                   size_t size, ProtobufCMessage **made);

static bool seen_has(const struct seen *seen, unsigned index)
{
    return seen->words[index / 64] >> (index % 64) & 1;
}

static bool seen_has_oneof_of(const struct seen *seen, const ProtobufCMessageDescriptor *type,
                              const ProtobufCFieldDescriptor *known)
{
    for (unsigned i = 0; i < type->n_fields; i++)
        if (seen_has(seen, i) && (type->fields[i].flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0 &&
            type->fields[i].quantifier_offset == known->quantifier_offset)
            return true;
    return false;
}

static inline enum wire_flaw note_singular(struct seen *seen, const ProtobufCMessageDescriptor *type, unsigned index)
{
    const ProtobufCFieldDescriptor *known = &type->fields[index];
    if (seen_has(seen, index))
        return WIRE_REPEATED_SINGULAR;
    if ((known->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0) {
        /* The members of a oneof share the place that says which one it is. Looking for another costs a walk over
         * the type's fields, so the first one of a message, mostly the only one, does not look. */
        if (seen->any_of_oneof && seen_has_oneof_of(seen, type, known))
            return WIRE_REPEATED_SINGULAR;
        seen->any_of_oneof = true;
    }
    seen->words[index / 64] |= UINT64_C(1) << (index % 64);
    return WIRE_OK;
}

static inline ProtobufCWireType wire_type_of(ProtobufCType type)
{
    switch (type) {
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_BOOL:
    case PROTOBUF_C_TYPE_ENUM:
        return PROTOBUF_C_WIRE_TYPE_VARINT;
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_FLOAT:
        return PROTOBUF_C_WIRE_TYPE_32BIT;
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
        return PROTOBUF_C_WIRE_TYPE_64BIT;
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_BYTES:
    case PROTOBUF_C_TYPE_MESSAGE:
        return PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED;
    }
    abort(); /* descriptors have no other */
}

/* What a value of the type takes in the unpacked message. */
static size_t width_of(ProtobufCType type)
{
    switch (type) {
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_ENUM:
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_FLOAT:
        return sizeof(uint32_t);
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
        return sizeof(uint64_t);
    case PROTOBUF_C_TYPE_BOOL:
        return sizeof(protobuf_c_boolean);
    case PROTOBUF_C_TYPE_BYTES:
        return sizeof(ProtobufCBinaryData);
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_MESSAGE:
        return sizeof(void *);
    }
    abort();
}

/* Of as many bits as the type has; what a number has above them is dropped, as protobuf-c does. */
static inline void put_number(void *at, ProtobufCType type, uint64_t value)
{
    const uint32_t low = (uint32_t)value;
    switch (type) {
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_ENUM:
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_FLOAT:
        memcpy(at, &low, sizeof low);
        return;
    case PROTOBUF_C_TYPE_SINT32:
        memcpy(at, &(uint32_t){low >> 1 ^ (0 - (low & 1))}, sizeof low);
        return;
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
        memcpy(at, &value, sizeof value);
        return;
    case PROTOBUF_C_TYPE_SINT64:
        memcpy(at, &(uint64_t){value >> 1 ^ (0 - (value & 1))}, sizeof value);
        return;
    case PROTOBUF_C_TYPE_BOOL:
        memcpy(at, &(protobuf_c_boolean){value != 0}, sizeof(protobuf_c_boolean));
        return;
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_BYTES:
    case PROTOBUF_C_TYPE_MESSAGE:
        break;
    }
    abort(); /* no numbers */
}

/* protobuf-c keeps the low 32 bits of an enum: a larger number must not come out as a known one. */
static enum wire_flaw check_enum(const ProtobufCFieldDescriptor *known, uint64_t value)
{
    const int64_t number = (int64_t)value;
    if (number < INT32_MIN || number > INT32_MAX ||
        protobuf_c_enum_descriptor_get_value(known->descriptor, (int)number) == NULL)
        return WIRE_UNKNOWN_ENUM;
    return WIRE_OK;
}

static inline enum wire_flaw count_fields(struct pass *pass, size_t count)
{
    if (count > pass->fields_left)
        return WIRE_TOO_MANY_FIELDS;
    pass->fields_left -= (uint32_t)count;
    return WIRE_OK;
}

/* Room for one element more behind `count` of them. NULL: the budget is exhausted. An array has the capacity that its
 * count says by itself: a power of two, so that nothing needs to remember it. */
static void *lengthen(struct wire_arena *arena, void **elements, size_t count, size_t width)
{
    if (count == 0 || (count >= ELEMENTS_FIRST && (count & (count - 1)) == 0)) {
        void *longer = arena_take(arena, (count == 0 ? ELEMENTS_FIRST : 2 * count) * width);
        if (longer == NULL)
            return NULL;
        if (count > 0)
            memcpy(longer, *elements, count * width);
        *elements = longer;
    }
    return (char *)*elements + count * width;
}

/* Where the field's next value goes: a repeated one's element is counted already. NULL: the budget is exhausted. */
static inline void *place_of(struct wire_arena *arena, ProtobufCMessage *message, const ProtobufCFieldDescriptor *known)
{
    char *base = (char *)message;
    if (known->label == PROTOBUF_C_LABEL_REPEATED) {
        size_t *count = (size_t *)(void *)(base + known->quantifier_offset);
        void *place = lengthen(arena, (void **)(void *)(base + known->offset), *count, width_of(known->type));
        *count += place != NULL;
        return place;
    }
    if ((known->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0)
        memcpy(base + known->quantifier_offset, &known->id, sizeof known->id);
    else if (known->label == PROTOBUF_C_LABEL_OPTIONAL && known->quantifier_offset != 0)
        memcpy(base + known->quantifier_offset, &(protobuf_c_boolean){1}, sizeof(protobuf_c_boolean));
    return base + known->offset;
}

static inline enum wire_flaw take_number(struct pass *pass, const ProtobufCFieldDescriptor *known, uint64_t value,
                                         ProtobufCMessage *message)
{
    if (known->type == PROTOBUF_C_TYPE_ENUM && check_enum(known, value) != WIRE_OK)
        return WIRE_UNKNOWN_ENUM;
    if (message == NULL)
        return WIRE_OK;
    void *place = place_of(pass->arena, message, known);
    if (place == NULL)
        return WIRE_OVER_BUDGET;
    put_number(place, known->type, value);
    return WIRE_OK;
}

static enum wire_flaw take_packed(struct pass *pass, const ProtobufCFieldDescriptor *known,
                                  const struct wire_field *field, ProtobufCMessage *message)
{
    const ProtobufCWireType each = wire_type_of(known->type);
    const size_t fixed = each == PROTOBUF_C_WIRE_TYPE_VARINT  ? 0
                         : each == PROTOBUF_C_WIRE_TYPE_32BIT ? sizeof(uint32_t)
                                                              : sizeof(uint64_t);
    struct wire_reader reader = wire_read(field->bytes, field->size);
    if (fixed != 0 && field->size % fixed != 0)
        return WIRE_TRUNCATED;
    while (reader.next < reader.end) {
        uint64_t value = 0;
        enum wire_flaw flaw = count_fields(pass, 1);
        if (flaw == WIRE_OK && !(fixed != 0 ? read_fixed(&reader, fixed, &value) : read_varint(&reader, &value)))
            flaw = reader.flaw;
        if (flaw == WIRE_OK)
            flaw = take_number(pass, known, value, message);
        if (flaw != WIRE_OK)
            return flaw;
    }
    return WIRE_OK;
}

static inline enum wire_flaw take_text(struct pass *pass, const struct wire_field *field, char **place)
{
    const enum wire_flaw flaw = wire_check_text(field->bytes, field->size);
    if (flaw != WIRE_OK || place == NULL)
        return flaw;
    char *text = arena_take(pass->arena, field->size + 1);
    if (text == NULL)
        return WIRE_OVER_BUDGET;
    memcpy(text, field->bytes, field->size);
    text[field->size] = '\0';
    *place = text;
    return WIRE_OK;
}

static enum wire_flaw take_bytes(struct pass *pass, const struct wire_field *field, ProtobufCBinaryData *place)
{
    if (place == NULL)
        return WIRE_OK;
    *place = (ProtobufCBinaryData){.len = field->size};
    if (field->size == 0)
        return WIRE_OK;
    place->data = arena_take(pass->arena, field->size);
    if (place->data == NULL)
        return WIRE_OVER_BUDGET;
    memcpy(place->data, field->bytes, field->size);
    return WIRE_OK;
}

static inline enum wire_flaw take_field(struct pass *pass, const ProtobufCFieldDescriptor *known,
                                        const struct wire_field *field, ProtobufCMessage *message)
{
    const ProtobufCWireType expected = wire_type_of(known->type);
    if (field->wire_type != expected)
        return known->label == PROTOBUF_C_LABEL_REPEATED && expected != PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED &&
                       field->wire_type == PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED
                   ? take_packed(pass, known, field, message)
                   : WIRE_BAD_TAG;
    if (expected != PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED)
        return take_number(pass, known, field->value, message);
    void *place = message == NULL ? NULL : place_of(pass->arena, message, known);
    if (message != NULL && place == NULL)
        return WIRE_OVER_BUDGET;
    if (known->type == PROTOBUF_C_TYPE_STRING)
        return take_text(pass, field, place);
    return known->type == PROTOBUF_C_TYPE_BYTES
               ? take_bytes(pass, field, place)
               : take_message(pass, known->descriptor, field->bytes, field->size, place);
}

/* A field that the descriptor does not know is kept as it came: `bytes` up to `end`, with its tag. */
static enum wire_flaw keep_unknown(struct pass *pass, const struct wire_field *field, const uint8_t *bytes,
                                   const uint8_t *end, ProtobufCMessage *message)
{
    uint64_t tag;
    struct wire_reader behind_tag = wire_read(bytes, (size_t)(end - bytes));
    if (message == NULL || !read_short_varint(&behind_tag, &tag))
        return WIRE_OK;
    void *unknown = message->unknown_fields;
    const size_t size = (size_t)(end - behind_tag.next);
    ProtobufCMessageUnknownField *kept = lengthen(pass->arena, &unknown, message->n_unknown_fields, sizeof *kept);
    uint8_t *copy = arena_take(pass->arena, size);
    if (kept == NULL || copy == NULL)
        return WIRE_OVER_BUDGET;
    memcpy(copy, behind_tag.next, size);
    *kept =
        (ProtobufCMessageUnknownField){.tag = field->number, .wire_type = field->wire_type, .len = size, .data = copy};
    message->unknown_fields = unknown;
    message->n_unknown_fields++;
    return WIRE_OK;
}

/* The field's index in the descriptor, n_fields if it is unknown. Senders write fields in the order of their numbers,
 * and numbers mostly go on without gaps, so the one after the last found is tried first, then as many further as the
 * number is. */
static inline unsigned find_field(const ProtobufCMessageDescriptor *type, unsigned likely, uint32_t number)
{
    const ProtobufCFieldDescriptor *fields = type->fields;
    if (likely < type->n_fields) {
        if (fields[likely].id == number)
            return likely;
        const uint32_t further = number - fields[likely].id;
        if (further < type->n_fields - likely && fields[likely + further].id == number)
            return likely + further;
    }
    const ProtobufCFieldDescriptor *known = protobuf_c_message_descriptor_get_field(type, number);
    return known != NULL ? (unsigned)(known - fields) : type->n_fields;
}

static ProtobufCMessage *empty_message(struct wire_arena *arena, const ProtobufCMessageDescriptor *type)
{
    ProtobufCMessage *message = arena_take(arena, type->sizeof_message);
    if (message == NULL)
        return NULL;
    if (type->message_init != NULL) {
        type->message_init(message);
    } else {
        memset(message, 0, type->sizeof_message);
        message->descriptor = type;
    }
    return message;
}

static enum wire_flaw take_fields(struct pass *pass, const ProtobufCMessageDescriptor *type, struct wire_reader *reader,
                                  ProtobufCMessage *message)
{
    struct seen seen = {0};
    struct wire_field field;
    unsigned likely = 0;
    for (const uint8_t *start = reader->next; wire_next_likely(reader, &field); start = reader->next) {
        if (count_fields(pass, 1) != WIRE_OK)
            return WIRE_TOO_MANY_FIELDS;
        const unsigned index = find_field(type, likely, field.number);
        enum wire_flaw flaw = WIRE_OK;
        if (index == type->n_fields) {
            flaw = keep_unknown(pass, &field, start, reader->next, message);
            if (flaw != WIRE_OK)
                return flaw;
            continue;
        }
        const ProtobufCFieldDescriptor *known = &type->fields[index];
        const bool repeated = known->label == PROTOBUF_C_LABEL_REPEATED;
        likely = repeated ? index : index + 1;
        if (!repeated)
            flaw = note_singular(&seen, type, index);
        if (flaw == WIRE_OK)
            flaw = take_field(pass, known, &field, message);
        if (flaw != WIRE_OK) {
            if (pass->field == NULL && flaw != WIRE_OVER_BUDGET)
                pass->field = known->name;
            return flaw;
        }
    }
    return reader->flaw;
}

/* *made gets the message; NULL: it is only checked. */
static enum wire_flaw take_message(struct pass *pass, const ProtobufCMessageDescriptor *type, const uint8_t *bytes,
                                   size_t size, ProtobufCMessage **made)
{
    assert(type->n_fields <= SEEN_WORDS * 64);
    if (pass->depth_left == 0)
        return WIRE_TOO_DEEP;
    if (made != NULL && (*made = empty_message(pass->arena, type)) == NULL)
        return WIRE_OVER_BUDGET;
    pass->depth_left--;
    struct wire_reader reader = wire_read(bytes, size);
    const enum wire_flaw flaw = take_fields(pass, type, &reader, made != NULL ? *made : NULL);
    pass->depth_left++;
    return flaw;
}

static enum wire_flaw run_pass(struct wire_arena *arena, const ProtobufCMessageDescriptor *type, const uint8_t *bytes,
                               size_t size, const struct wire_limits *limits, struct wire_finding *finding,
                               ProtobufCMessage **made)
{
    struct pass pass = {.arena = arena, .depth_left = limits->depth, .fields_left = limits->fields};
    const enum wire_flaw flaw =
        size > limits->size_bytes ? WIRE_TOO_LARGE : take_message(&pass, type, bytes, size, made);
    if (finding != NULL)
        *finding = (struct wire_finding){.flaw = flaw, .field = pass.field};
    return flaw;
}

enum wire_flaw wire_check(const ProtobufCMessageDescriptor *type, const uint8_t *bytes, size_t size,
                          const struct wire_limits *limits, struct wire_finding *finding)
{
    return run_pass(NULL, type, bytes, size, limits, finding, NULL);
}

ProtobufCMessage *wire_unpack(struct wire_arena *arena, const ProtobufCMessageDescriptor *type, const uint8_t *bytes,
                              size_t size, const struct wire_limits *limits, struct wire_finding *finding)
{
    const size_t before = arena->used;
    ProtobufCMessage *message;
    if (run_pass(arena, type, bytes, size, limits, finding, &message) == WIRE_OK)
        return message;
    arena_set_used(arena, before);
    return NULL;
}

const char *wire_flaw_text(enum wire_flaw flaw)
{
    switch (flaw) {
    case WIRE_OK:
        return "well formed";
    case WIRE_TOO_LARGE:
        return "larger than the limit";
    case WIRE_TOO_DEEP:
        return "messages nested deeper than the limit";
    case WIRE_TOO_MANY_FIELDS:
        return "more fields than the limit";
    case WIRE_TRUNCATED:
        return "a field reaches beyond the end";
    case WIRE_BAD_TAG:
        return "a field's number, wire type or varint is invalid";
    case WIRE_BAD_UTF8:
        return "text is not UTF-8";
    case WIRE_NUL_IN_TEXT:
        return "text contains NUL";
    case WIRE_UNKNOWN_ENUM:
        return "a number that the enum does not name";
    case WIRE_REPEATED_SINGULAR:
        return "a field, or members of one oneof, occur more than once";
    case WIRE_OVER_BUDGET:
        return "needs more memory than one may";
    }
    abort();
}

/* ---- writing ---- */

static bool writer_reserve(struct wire_writer *writer, size_t extra)
{
    if (writer->failed)
        return false;
    if (extra <= writer->capacity - writer->size)
        return true;
    size_t capacity = writer->capacity == 0 ? WRITER_CAPACITY_FIRST : writer->capacity;
    while (capacity - writer->size < extra && capacity <= SIZE_MAX / 2)
        capacity *= 2;
    uint8_t *bytes = capacity - writer->size < extra ? NULL : realloc(writer->bytes, capacity);
    if (bytes == NULL) {
        writer->failed = true;
        return false;
    }
    writer->bytes = bytes;
    writer->capacity = capacity;
    return true;
}

static size_t put_varint(uint8_t *at, uint64_t value)
{
    size_t size = 0;
    for (; value >= 0x80; value >>= 7)
        at[size++] = (uint8_t)(value | 0x80);
    at[size++] = (uint8_t)value;
    return size;
}

/* The caller has reserved the room. */
static void put_tag(struct wire_writer *writer, uint32_t number, ProtobufCWireType wire_type)
{
    assert(number >= 1 && number <= FIELD_NUMBER_MAX);
    writer->size += put_varint(writer->bytes + writer->size, (uint64_t)number << TAG_TYPE_BITS | wire_type);
}

void wire_put_varint_field(struct wire_writer *writer, uint32_t number, uint64_t value)
{
    if (!writer_reserve(writer, SHORT_VARINT_BYTES_MAX + VARINT_BYTES_MAX))
        return;
    put_tag(writer, number, PROTOBUF_C_WIRE_TYPE_VARINT);
    writer->size += put_varint(writer->bytes + writer->size, value);
}

void wire_put_bytes_field(struct wire_writer *writer, uint32_t number, const void *bytes, size_t size)
{
    if (size > CONTENT_SIZE_MAX)
        writer->failed = true;
    if (!writer_reserve(writer, 2 * SHORT_VARINT_BYTES_MAX + size))
        return;
    put_tag(writer, number, PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED);
    writer->size += put_varint(writer->bytes + writer->size, size);
    if (size > 0)
        memcpy(writer->bytes + writer->size, bytes, size);
    writer->size += size;
}

size_t wire_begin_message(struct wire_writer *writer, uint32_t number)
{
    if (writer_reserve(writer, SHORT_VARINT_BYTES_MAX + 1)) {
        put_tag(writer, number, PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED);
        writer->size++;
    }
    return writer->size;
}

void wire_end_message(struct wire_writer *writer, size_t start)
{
    if (writer->failed)
        return;
    assert(start >= 2 && start <= writer->size);
    const size_t size = writer->size - start;
    if (size > CONTENT_SIZE_MAX)
        writer->failed = true;
    if (!writer_reserve(writer, SHORT_VARINT_BYTES_MAX))
        return;
    uint8_t length[SHORT_VARINT_BYTES_MAX];
    const size_t length_bytes = put_varint(length, size);
    if (length_bytes > 1)
        memmove(writer->bytes + start - 1 + length_bytes, writer->bytes + start, size);
    memcpy(writer->bytes + start - 1, length, length_bytes);
    writer->size += length_bytes - 1;
}

void wire_writer_clear(struct wire_writer *writer)
{
    writer->size = 0;
    writer->failed = false;
}

void wire_writer_release(struct wire_writer *writer)
{
    free(writer->bytes);
    *writer = (struct wire_writer){0};
}
