#include "decode.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode_parts.h"
#include "domain/catalogue.h"
#include "domain/day.h"
#include "domain/ordinal_index.h"
#include "domain/unit.h"
#include "personal.h"

static const ProtobufCMessageDescriptor *payload_type(unsigned kind)
{
    return protobuf_c_message_descriptor_get_field(&sanling__v1__event__descriptor, kind)->descriptor;
}

/* The catalogue names required fields; decoding wants their indexes. A name that the contract does not have is a bug.
 */
static void resolve_required(struct decoder *decoder, unsigned kind)
{
    const struct event_type *type = catalogue_type(kind);
    const ProtobufCMessageDescriptor *message = payload_type(kind);
    char names[256];
    char *rest = names;
    snprintf(names, sizeof names, "%s", type->required);
    for (char *name = strsep(&rest, " "); name && *name; name = strsep(&rest, " ")) {
        const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field_by_name(message, name);
        struct required_fields *required = &decoder->required[kind];
        if (!field || required->count == REQUIRED_MAX)
            abort();
        required->index[required->count++] = (uint8_t)(field - message->fields);
    }
}

struct decoder *decoder_open(void)
{
    struct decoder *decoder = calloc(1, sizeof *decoder);
    if (!decoder)
        abort();
    decoder->arena = wire_arena_open((size_t)WIRE_EVENT_BUDGET * 4);
    if (!decoder->arena)
        abort();
    for (unsigned kind = 0; kind < EVENT_KIND_LIMIT; kind++)
        if (catalogue_type(kind)) {
            resolve_required(decoder, kind);
            decoder->contents[kind] = decode_content_of(payload_type(kind));
        }
    return decoder;
}

void decoder_close(struct decoder **decoder)
{
    if (!*decoder)
        return;
    wire_arena_close(&(*decoder)->arena);
    for (unsigned kind = 0; kind < EVENT_KIND_LIMIT; kind++)
        decode_content_clear(&(*decoder)->contents[kind]);
    free(*decoder);
    *decoder = NULL;
}

void decoder_reset(struct decoder *decoder)
{
    wire_arena_reset(decoder->arena);
}

bool decode_refuse(struct decoded *decoded, Sanling__V1__Code__Kind code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    decoded->code = code;
    vsnprintf(decoded->text, sizeof decoded->text, format, arguments);
    va_end(arguments);
    return false;
}

bool name_valid(const char *name)
{
    size_t size = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._/-");
    return size >= 1 && size <= CODE_SIZE_MAX && name[size] == '\0' && personal_find_in_code(name) == PERSONAL_NONE;
}

static bool field_present(const ProtobufCMessage *payload, const ProtobufCFieldDescriptor *field)
{
    const char *at = (const char *)payload + field->offset;
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return *(const size_t *)((const char *)payload + field->quantifier_offset) > 0;
    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
        return (*(char *const *)at)[0] != '\0';
    case PROTOBUF_C_TYPE_BYTES:
        return ((const ProtobufCBinaryData *)at)->len > 0;
    case PROTOBUF_C_TYPE_MESSAGE:
        return *(const void *const *)at != NULL;
    case PROTOBUF_C_TYPE_BOOL:
        return *(const protobuf_c_boolean *)at;
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
        return *(const uint64_t *)at != 0;
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_FLOAT:
    case PROTOBUF_C_TYPE_ENUM:
        return *(const uint32_t *)at != 0;
    }
    abort();
}

static bool check_required(const struct decoder *decoder, unsigned kind, const ProtobufCMessage *payload,
                           struct decoded *decoded)
{
    const struct required_fields *required = &decoder->required[kind];
    for (unsigned i = 0; i < required->count; i++) {
        const ProtobufCFieldDescriptor *field = &payload->descriptor->fields[required->index[i]];
        if (!field_present(payload, field))
            return decode_refuse(decoded, MISSING_FIELD, "%s: required for %s", field->name,
                                 catalogue_type(kind)->name);
    }
    return true;
}

/* All members of the oneof are pointers at the same place. */
const ProtobufCMessage *decode_payload_of(const Wire *wire)
{
    return (const ProtobufCMessage *)wire->hazard_found;
}

static bool characters_within(const char *text, size_t limit)
{
    size_t count = 0;
    if (strlen(text) <= limit) /* no character is shorter than a byte */
        return true;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xC0) != 0x80;
    return count <= limit;
}

static bool check_envelope(const struct decoder *decoder, const Wire *wire, struct decoded *decoded)
{
    struct event *event = &decoded->event;
    /* First of all: what is refused for anything else is kept with its bytes. */
    if (!decode_check_persons(decoder, wire, NULL, decoded) ||
        (decoder->nested &&
         !decode_check_persons(decoder, decoder->nested, &wire->event_corrected->replacement, decoded)))
        return false;
    if (!decode_time("occurred_at", wire->occurred_at, &event->occurred_at_us, decoded))
        return false;
    if (wire->utc_offset_minutes < -840 || wire->utc_offset_minutes > 840)
        return decode_refuse(decoded, BAD_VALUE, "utc_offset_minutes: not between -840 and 840");
    if (!decode_code_valid(wire->unit) || strlen(wire->unit) >= UNIT_CODE_SIZE)
        return decode_refuse(decoded, BAD_VALUE, "unit: no code of 12, 15 or 18 characters");
    if (!decode_code_valid(wire->matter))
        return decode_refuse(decoded, BAD_VALUE, "matter: longer than %d bytes, or with white space", CODE_SIZE_MAX);
    if (!decode_code_valid(wire->campaign))
        return decode_refuse(decoded, BAD_VALUE, "campaign: longer than %d bytes, or with white space", CODE_SIZE_MAX);
    return characters_within(wire->note, NOTE_CHARACTERS_MAX) ||
           decode_refuse(decoded, BAD_VALUE, "note: more than %d characters", NOTE_CHARACTERS_MAX);
}

/* An event with nothing but its envelope. It is large, and written once where it stands. */
static void open_event(struct event *event, unsigned kind, const Wire *wire)
{
    memset(event, 0, sizeof *event);
    event->kind = (enum event_kind)kind;
    event->mode = (enum event_mode)wire->mode;
    event->unit = wire->unit;
    event->campaign = wire->campaign;
    event->matter_kind = catalogue_type(kind)->matter;
    event->matter = wire->matter;
    event->category = "";
    event->due_day = DAY_NONE;
}

/* What the target of a correction shall read: its envelope counts for nothing, so that only its payload is looked at,
 * and its note, which is kept with it. */
bool decode_replacement(struct decoder *decoder, const ProtobufCBinaryData *bytes, struct decoded *decoded)
{
    const struct event outer = decoded->event;
    const Wire *wire = decoder->nested;
    if (decoder->flaw != WIRE_OK)
        return decode_refuse(decoded, BAD_VALUE, "replacement: no event: %s", wire_flaw_text(decoder->flaw));
    unsigned kind = wire ? (unsigned)wire->payload_case : 0;
    if (!wire || !catalogue_type(kind) || kind == EVENT_EVENT_CORRECTED || kind == EVENT_POLICY_ADOPTED)
        return decode_refuse(decoded, BAD_VALUE, "replacement: no event of a type that can be corrected");
    open_event(&decoded->event, kind, wire);
    if (!check_required(decoder, kind, decode_payload_of(wire), decoded) ||
        !decode_check_texts(&decoder->contents[kind], decode_payload_of(wire), decoded) ||
        !decode_payload(decoder, wire, decoded))
        return false;
    decoder->replacement = decoded->event;
    decoded->event = outer;
    decoded->event.correction.replacement = &decoder->replacement;
    decoded->event.correction.content =
        (uint64_t)ordinal_hash(bytes->data, bytes->len, 1) << 32 | ordinal_hash(bytes->data, bytes->len, 2) | 1;
    return true;
}

static void open_nested(struct decoder *decoder, const Wire *wire)
{
    struct wire_finding finding;
    decoder->nested = NULL;
    decoder->flaw = WIRE_OK;
    if (wire->payload_case != SANLING__V1__EVENT__PAYLOAD_EVENT_CORRECTED)
        return;
    const ProtobufCBinaryData *bytes = &wire->event_corrected->replacement;
    decoder->nested = (const Wire *)wire_unpack(decoder->arena, &sanling__v1__event__descriptor, bytes->data,
                                                bytes->len, &wire_event_limits, &finding);
    decoder->flaw = finding.flaw;
}

bool decode_event(struct decoder *decoder, const uint8_t *bytes, size_t size, struct decoded *decoded)
{
    struct wire_finding finding;
    decoded->code = SANLING__V1__CODE__KIND__UNSPECIFIED;
    decoded->text[0] = '\0';
    decoded->field = NULL;
    decoded->field_size = 0;
    const Wire *wire = (const Wire *)wire_unpack(decoder->arena, &sanling__v1__event__descriptor, bytes, size,
                                                 &wire_event_limits, &finding);
    if (!wire)
        return decode_refuse(decoded, MALFORMED, "event: %s%s%s", wire_flaw_text(finding.flaw),
                             finding.field ? " in " : "", finding.field ? finding.field : "");
    decoded->source = wire->source;
    decoded->sequence = wire->sequence;
    unsigned kind = (unsigned)wire->payload_case;
    if (!catalogue_type(
            kind)) /* a newer type, which this hub does not know: nothing is consumed, the agent waits for an upgrade */
        return decode_refuse(decoded, MALFORMED, "event: no payload, or of a type that this hub does not know");
    open_event(&decoded->event, kind, wire);
    const ProtobufCMessage *payload = decode_payload_of(wire);
    open_nested(decoder, wire);
    return check_envelope(decoder, wire, decoded) && check_required(decoder, kind, payload, decoded) &&
           decode_check_texts(&decoder->contents[kind], payload, decoded) && decode_payload(decoder, wire, decoded);
}
