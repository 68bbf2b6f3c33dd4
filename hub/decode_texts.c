#include <stdlib.h>
#include <string.h>

#include "decode_parts.h"
#include "domain/catalogue.h"
#include "domain/unit.h"
#include "personal.h"

static enum text_use text_use(const char *name)
{
    static const struct {
        const char *name;
        enum text_use use;
    } uses[] = {{"unit", TEXT_UNIT},      {"units", TEXT_UNIT},      {"parent", TEXT_UNIT},
                {"successor", TEXT_UNIT}, {"successors", TEXT_UNIT}, {"name", TEXT_NAME},
                {"note", TEXT_NOTE},      {"text", TEXT_POLICY},     {"verifier_key", TEXT_VERIFIER_KEY}};
    for (size_t i = 0; i < sizeof uses / sizeof *uses; i++)
        if (strcmp(uses[i].name, name) == 0)
            return uses[i].use;
    return TEXT_CODE;
}

/* Payloads nest, but none within itself. */
struct content decode_content_of(const ProtobufCMessageDescriptor *type)
{
    struct content content = {.fields = calloc(type->n_fields + 1, sizeof *content.fields)};
    if (!content.fields)
        abort();
    for (unsigned i = 0; i < type->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &type->fields[i];
        struct content_field *kept = &content.fields[content.count];
        *kept = (struct content_field){.field = field, .use = text_use(field->name)};
        if (field->type == PROTOBUF_C_TYPE_MESSAGE)
            kept->nested = decode_content_of(field->descriptor);
        content.count += field->type == PROTOBUF_C_TYPE_MESSAGE || field->type == PROTOBUF_C_TYPE_STRING ||
                         field->type == PROTOBUF_C_TYPE_BYTES;
    }
    return content;
}

void decode_content_clear(struct content *content)
{
    for (size_t i = 0; i < content->count; i++)
        decode_content_clear(&content->fields[i].nested);
    free(content->fields);
}

/* No white space, no control characters, at most so many bytes. */
static bool word_valid(const char *code, size_t limit)
{
    size_t size = 0;
    while ((unsigned char)code[size] > ' ' && code[size] != 0x7F)
        size++;
    return code[size] == '\0' && size <= limit;
}

bool decode_code_valid(const char *code)
{
    return word_valid(code, CODE_SIZE_MAX);
}

static bool line_valid(const char *text, size_t limit)
{
    size_t size = 0;
    for (; text[size] != '\0'; size++)
        if ((unsigned char)text[size] < ' ' || text[size] == 0x7F || size >= limit)
            return false;
    return true;
}

static bool check_text(const char *field, enum text_use use, const char *text, struct decoded *decoded)
{
    if (use == TEXT_POLICY)
        return true;
    const size_t limit = use == TEXT_NAME           ? NAME_SIZE_MAX
                         : use == TEXT_VERIFIER_KEY ? VERIFIER_KEY_SIZE_MAX
                                                    : CODE_SIZE_MAX;
    return (use == TEXT_NAME ? line_valid(text, limit) : word_valid(text, limit)) ||
           decode_refuse(decoded, BAD_VALUE, "%s: longer than %zu bytes, or with white space or control characters",
                         field, limit);
}

/* How many values a field of the kinds that a content has holds, and the first of them. */
static size_t values_of(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field, const void **values)
{
    *values = (const char *)message + field->offset;
    if (field->label != PROTOBUF_C_LABEL_REPEATED)
        return 1;
    *values = *(const void *const *)*values;
    return *(const size_t *)((const char *)message + field->quantifier_offset);
}

/* Every text of a payload, in lists and in messages of it too, is a code, but for a unit's name, a policy's text and
 * days, which are looked at below. */
bool decode_check_texts(const struct content *content, const ProtobufCMessage *payload, struct decoded *decoded)
{
    for (size_t i = 0; i < content->count; i++) {
        const struct content_field *part = &content->fields[i];
        const void *values;
        if (part->field->type == PROTOBUF_C_TYPE_BYTES)
            continue;
        size_t count = values_of(payload, part->field, &values);
        for (size_t j = 0; j < count; j++) {
            const void *value = ((const void *const *)values)[j];
            if (part->field->type == PROTOBUF_C_TYPE_STRING
                    ? !check_text(part->field->name, part->use, value, decoded)
                    : value && !decode_check_texts(&part->nested, value, decoded))
                return false;
        }
    }
    return true;
}

/* ---- personal data ---- */

/* What an event must not hold, wherever a sender can put something: in its texts, in bytes, in fields that this hub
 * does not know. */
struct person_search {
    struct decoded *decoded;
    const ProtobufCBinaryData *nested; /* the event is the replacement that a correction holds as these bytes */
};

static bool refuse_person(const struct person_search *search, const char *field, size_t size, enum personal_kind kind)
{
    struct decoded *decoded = search->decoded;
    decoded->field = search->nested ? "replacement" : field;
    decoded->field_size = search->nested ? search->nested->len : size;
    return decode_refuse(decoded, SANLING__V1__CODE__KIND__PERSONAL_DATA,
                         "%s%s: carries an identity, telephone or bank card "
                         "number or a plate (%s)",
                         search->nested ? "replacement: its " : "", field, personal_name_en(kind));
}

/* A unit's code may look like an identity number; a unit's name and a note are prose. */
static enum personal_kind find_in_text(enum text_use use, const char *text)
{
    enum personal_kind kind = PERSONAL_NONE;
    switch (use) {
    case TEXT_NOTE:
        return personal_find(text);
    case TEXT_NAME:
        kind = personal_find(text);
        return kind == PERSONAL_PLATE ? PERSONAL_NONE : kind;
    case TEXT_UNIT:
        kind = personal_find_in_code(text); /* mostly nothing, and then its check characters need not be computed */
        return kind != PERSONAL_NONE && unit_code_kind(text) != UNIT_NONE ? PERSONAL_NONE : kind;
    case TEXT_CODE:
    case TEXT_POLICY:
    case TEXT_VERIFIER_KEY:
        return personal_find_in_code(text);
    }
    abort();
}

static bool check_unknown(const struct person_search *search, const ProtobufCMessage *message)
{
    for (unsigned i = 0; i < message->n_unknown_fields; i++) {
        const ProtobufCMessageUnknownField *field = &message->unknown_fields[i];
        const enum personal_kind kind = personal_find_in_bytes(field->data, field->len);
        if (kind != PERSONAL_NONE)
            return refuse_person(search, "unknown field", field->len, kind);
    }
    return true;
}

static bool check_person_text(const struct person_search *search, const char *field, enum text_use use,
                              const char *text)
{
    const enum personal_kind kind = find_in_text(use, text);
    return kind == PERSONAL_NONE || refuse_person(search, field, strlen(text), kind);
}

static bool check_person_bytes(const struct person_search *search, const char *field, const ProtobufCBinaryData *bytes)
{
    const enum personal_kind kind = personal_find_in_bytes(bytes->data, bytes->len);
    return kind == PERSONAL_NONE || refuse_person(search, field, bytes->len, kind);
}

static bool check_person_message(const struct person_search *search, const struct content *content,
                                 const ProtobufCMessage *message);

static bool check_person_field(const struct person_search *search, const struct content_field *part,
                               const ProtobufCMessage *message)
{
    const void *values;
    const size_t count = values_of(message, part->field, &values);
    for (size_t i = 0; i < count; i++) {
        if (part->field->type == PROTOBUF_C_TYPE_BYTES) {
            if (!check_person_bytes(search, part->field->name, (const ProtobufCBinaryData *)values + i))
                return false;
            continue;
        }
        const void *value = ((const void *const *)values)[i];
        if (part->field->type == PROTOBUF_C_TYPE_STRING
                ? !check_person_text(search, part->field->name, part->use, value)
                : value && !check_person_message(search, &part->nested, value))
            return false;
    }
    return true;
}

/* Every text and all bytes of a payload, in lists and in messages of it too. */
static bool check_person_message(const struct person_search *search, const struct content *content,
                                 const ProtobufCMessage *message)
{
    for (size_t i = 0; i < content->count; i++)
        if (!check_person_field(search, &content->fields[i], message))
            return false;
    return check_unknown(search, message);
}

/* All of the event, or of the one that it nests; its source is looked at where its stream is opened. What the hub says
 * itself holds random names and keys, whose digits are nobody's number, and nothing that was not screened before; its
 * source is nobody else's. */
bool decode_check_persons(const struct decoder *decoder, const Wire *wire, const ProtobufCBinaryData *nested,
                          struct decoded *decoded)
{
    if (!nested && strcmp(wire->source, HUB_SOURCE) == 0)
        return true;
    const struct person_search search = {.decoded = decoded, .nested = nested};
    const unsigned kind = (unsigned)wire->payload_case;
    return check_person_text(&search, "note", TEXT_NOTE, wire->note) &&
           check_person_text(&search, "unit", TEXT_UNIT, wire->unit) &&
           check_person_text(&search, "matter", TEXT_CODE, wire->matter) &&
           check_person_text(&search, "campaign", TEXT_CODE, wire->campaign) &&
           (!nested || check_person_text(&search, "source", TEXT_CODE, wire->source)) &&
           check_unknown(&search, &wire->base) &&
           (!wire->occurred_at || check_unknown(&search, &wire->occurred_at->base)) &&
           (!catalogue_type(kind) || check_person_message(&search, &decoder->contents[kind], decode_payload_of(wire)));
}
