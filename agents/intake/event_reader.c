#include "event_reader.h"

#include "cell.h"
#include "event.pb-c.h"
#include "json.h"
#include "mapping.h"
#include "personal.h"
#include "text.h"
#include "utf8.h"
#include "wire.h"

#include <google/protobuf/timestamp.pb-c.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ENVELOPE_ROOM = 128, /* source and sequence come in front */
    NOTE_CHARACTERS_MAX = 200,
    OFFSET_MINUTES_MAX = 840
};

typedef Sanling__V1__Event Wire;

struct event_reader {
    struct wire_arena *arena;
    struct wire_arena *nested; /* for the event that a correction holds */
};

/* Where a text stands: a field, an element of it (-1: none), within another. */
struct place {
    const struct place *up;
    const ProtobufCFieldDescriptor *field;
    int element;
};

struct event_reader *event_reader_open(void)
{
    struct event_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL)
        return NULL;
    reader->arena = wire_arena_open(WIRE_EVENT_BUDGET);
    reader->nested = wire_arena_open(WIRE_EVENT_BUDGET);
    if (reader->arena == NULL || reader->nested == NULL)
        event_reader_close(&reader);
    return reader;
}

void event_reader_close(struct event_reader **reader)
{
    if (*reader != NULL) {
        wire_arena_close(&(*reader)->arena);
        wire_arena_close(&(*reader)->nested);
    }
    free(*reader);
    *reader = NULL;
}

void read_event_clear(struct read_event *event)
{
    free(event->content);
    *event = (struct read_event){0};
}

/* ---- flaws ---- */

bool event_flaw_set(struct event_flaw *flaw, const char *path, const char *code, const char *zh, const char *en, ...)
{
    char text_zh[sizeof flaw->reason.zh], text_en[sizeof flaw->reason.en];
    va_list for_zh;
    va_list for_en;
    va_start(for_zh, en);
    va_copy(for_en, for_zh);
    vsnprintf(text_zh, sizeof text_zh, zh, for_zh);
    vsnprintf(text_en, sizeof text_en, en, for_en);
    va_end(for_en);
    va_end(for_zh);
    snprintf(flaw->path, sizeof flaw->path, "%s", path);
    utf8_cut_broken(flaw->path);
    return reason_set(&flaw->reason, code, "%s%.0s", "%.0s%s", text_zh, text_en);
}

static bool out_of_memory(struct event_flaw *flaw)
{
    return event_flaw_set(flaw, "", REASON_TOO_LARGE, "内存不足", "out of memory");
}

static void show_place(const struct place *place, char path[static EVENT_PATH_SIZE])
{
    char member[JSON_MEMBER_SIZE], element[16] = "";
    if (place->up != NULL)
        show_place(place->up, path);
    if (place->element >= 0)
        snprintf(element, sizeof element, "[%d]", place->element);
    json_member_name(place->field->name, member);
    const size_t used = strlen(path);
    snprintf(path + used, EVENT_PATH_SIZE - used, "%s%s%s", used > 0 ? "." : "", member, element);
}

static bool refuse_personal(struct event_flaw *flaw, const struct place *place, enum personal_kind kind)
{
    char path[EVENT_PATH_SIZE] = "";
    show_place(place, path);
    return event_flaw_set(flaw, path, REASON_PERSONAL_DATA, "含有%s%.0s：个人信息不得上报",
                          "holds personal data (%.0s%s), which must not be sent", personal_name_zh(kind),
                          personal_name_en(kind));
}

/* What the JSON reader found: "hazardFound.gradee: unknown field", or "Event: …" of the whole. A key is the sender's
 * own text. */
static bool refuse_json(struct event_flaw *flaw, const char *found)
{
    const char *colon = strstr(found, ": ");
    char path[EVENT_PATH_SIZE] = "";
    if (personal_find(found) != PERSONAL_NONE)
        return event_flaw_set(flaw, "", REASON_PERSONAL_DATA, "字段名含有个人信息",
                              "the name of a field holds personal data");
    if (colon != NULL && strncmp(found, "Event: ", 7) != 0)
        snprintf(path, sizeof path, "%.*s", (int)(colon - found), found);
    const char *what = colon == NULL ? found : colon + 2;
    return event_flaw_set(flaw, path, REASON_BAD_VALUE, "不合约定：%s", "not as the contract says: %s", what);
}

/* ---- texts ---- */

/* The fields that hold units' codes, by their names in the contract. */
static bool is_unit_field(const char *name)
{
    static const char *const names[] = {"unit", "units", "parent", "successor", "successors"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static bool check_unit(const struct place *place, const char *text, struct event_flaw *flaw)
{
    CLEANUP(text_free) char *code = NULL;
    char path[EVENT_PATH_SIZE] = "";
    struct reason reason;
    show_place(place, path);
    if (!cell_unit_code(text, &code, &reason))
        return event_flaw_set(flaw, path, reason.code, "%s%.0s", "%.0s%s", reason.zh, reason.en);
    return strcmp(code, text) == 0 ||
           event_flaw_set(flaw, path, REASON_BAD_VALUE, "编码须用半角数字和大写字母，不带空格",
                          "a code is written in ASCII digits and capitals, without spaces");
}

static bool check_text(const struct place *place, const char *text, struct event_flaw *flaw)
{
    const bool is_note = place->up == NULL && strcmp(place->field->name, "note") == 0;
    char path[EVENT_PATH_SIZE] = "";
    if (text[0] == '\0')
        return true;
    if (text_has_controls(text)) {
        show_place(place, path);
        return event_flaw_set(flaw, path, REASON_BAD_VALUE, "含有控制字符", "holds a control character");
    }
    if (is_unit_field(place->field->name))
        return check_unit(place, text, flaw);
    const enum personal_kind kind = is_note ? personal_find(text) : personal_find_in_code(text);
    return kind == PERSONAL_NONE || refuse_personal(flaw, place, kind);
}

static bool check_message(const struct place *up, const ProtobufCMessage *message, struct event_flaw *flaw);

static bool check_value(const struct place *place, const void *value, struct event_flaw *flaw)
{
    if (place->field->type == PROTOBUF_C_TYPE_STRING)
        return check_text(place, *(const char *const *)value, flaw);
    const ProtobufCMessage *inner = *(ProtobufCMessage *const *)value;
    return inner == NULL || check_message(place, inner, flaw);
}

static bool check_field(struct place *place, const ProtobufCMessage *message, struct event_flaw *flaw)
{
    const ProtobufCFieldDescriptor *field = place->field;
    const uint8_t *base = (const uint8_t *)message;
    const bool is_member = (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
    if (field->type != PROTOBUF_C_TYPE_STRING && field->type != PROTOBUF_C_TYPE_MESSAGE)
        return true;
    if (is_member && *(const uint32_t *)(const void *)(base + field->quantifier_offset) != field->id)
        return true;
    const void *at = base + field->offset;
    if (field->label != PROTOBUF_C_LABEL_REPEATED)
        return check_value(place, at, flaw);
    const size_t count = *(const size_t *)(const void *)(base + field->quantifier_offset);
    const void *const *elements = *(const void *const *const *)at;
    for (size_t i = 0; i < count; i++) {
        place->element = (int)i;
        if (!check_value(place, &elements[i], flaw))
            return false;
    }
    return true;
}

/* All texts within; messages nest as deep as the contract does, which is bounded. */
static bool check_message(const struct place *up, const ProtobufCMessage *message, struct event_flaw *flaw)
{
    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        struct place place = {.up = up, .field = &message->descriptor->fields[i], .element = -1};
        if (!check_field(&place, message, flaw))
            return false;
    }
    return true;
}

/* The event that a correction puts in another's place is bytes on the wire: what is in it is looked at, too. */
static bool check_replacement(struct event_reader *reader, const Wire *event, unsigned *payload,
                              struct event_flaw *flaw)
{
    static const char path[] = "eventCorrected.replacement";
    if (event->payload_case != SANLING__V1__EVENT__PAYLOAD_EVENT_CORRECTED)
        return true;
    const ProtobufCBinaryData *bytes = &event->event_corrected->replacement;
    struct event_flaw inner;
    wire_arena_reset(reader->nested);
    const ProtobufCMessage *replacement =
        wire_unpack(reader->nested, &sanling__v1__event__descriptor, bytes->data, bytes->len, &wire_event_limits, NULL);
    if (replacement == NULL)
        return event_flaw_set(flaw, path, REASON_BAD_VALUE, "不是编码后的 Event", "no encoded Event");
    *payload = (unsigned)((const Wire *)replacement)->payload_case;
    return check_message(NULL, replacement, &inner) ||
           event_flaw_set(flaw, path, inner.reason.code, "%s%.0s：%s%.0s", "%.0s%s: %.0s%s", inner.path, inner.path,
                          inner.reason.zh, inner.reason.en);
}

/* ---- the envelope ---- */

static size_t characters_of(const char *text)
{
    size_t count = 0;
    for (; *text != '\0'; text++)
        count += ((unsigned char)*text & 0xC0) != 0x80 ? 1 : 0;
    return count;
}

static bool check_time(const Wire *event, struct event_flaw *flaw)
{
    enum { YEAR_1900 = -2208988800, DAY_S = 86400, YEAR_2200_DAYS = 84006 };
    if (event->occurred_at == NULL)
        return event_flaw_set(flaw, "occurredAt", REASON_MISSING_FIELD, "没有填写发生时间", "is missing");
    if (event->occurred_at->seconds < YEAR_1900 || event->occurred_at->seconds >= (int64_t)YEAR_2200_DAYS * DAY_S)
        return event_flaw_set(flaw, "occurredAt", REASON_BAD_VALUE, "应在 1900 年至 2199 年之间",
                              "lies outside the years 1900 to 2199");
    return abs(event->utc_offset_minutes) <= OFFSET_MINUTES_MAX ||
           event_flaw_set(flaw, "utcOffsetMinutes", REASON_BAD_VALUE, "应在 -840 至 840 之间", "not from -840 to 840");
}

static const ProtobufCFieldDescriptor *payload_field(const Wire *event)
{
    return event->payload_case == SANLING__V1__EVENT__PAYLOAD__NOT_SET
               ? NULL
               : protobuf_c_message_descriptor_get_field(&sanling__v1__event__descriptor,
                                                         (unsigned)event->payload_case);
}

static bool check_envelope(const Wire *event, struct event_flaw *flaw)
{
    const ProtobufCFieldDescriptor *payload = payload_field(event);
    if (event->source[0] != '\0')
        return event_flaw_set(flaw, "source", REASON_BAD_VALUE, "不得填写：由代理编号",
                              "must be absent: the agent numbers the events");
    if (event->sequence != 0)
        return event_flaw_set(flaw, "sequence", REASON_BAD_VALUE, "不得填写：由代理编号",
                              "must be absent: the agent numbers the events");
    if (payload == NULL)
        return event_flaw_set(flaw, "", REASON_MISSING_FIELD, "没有事件内容，例如 petitionRegistered",
                              "has no payload, as petitionRegistered");
    const ProtobufCMessageDescriptor *type = payload->descriptor;
    if (event->unit[0] == '\0' && !mapping_is_about_no_unit(type->short_name))
        return event_flaw_set(flaw, "unit", REASON_MISSING_FIELD, "没有填写单位编码", "is missing");
    if (characters_of(event->note) > NOTE_CHARACTERS_MAX)
        return event_flaw_set(flaw, "note", REASON_BAD_VALUE, "超过 %d 个字", "more than %d characters",
                              NOTE_CHARACTERS_MAX);
    return check_time(event, flaw);
}

static bool encode(const Wire *message, struct read_event *event, struct event_flaw *flaw)
{
    const size_t size = sanling__v1__event__get_packed_size(message);
    if (size > WIRE_EVENT_SIZE_MAX - ENVELOPE_ROOM)
        return event_flaw_set(flaw, "", REASON_TOO_LARGE, "事件超过 %d 字节", "the event has more than %d bytes",
                              WIRE_EVENT_SIZE_MAX - ENVELOPE_ROOM);
    event->content = malloc(size + 1);
    if (event->content == NULL)
        return out_of_memory(flaw);
    event->size = sanling__v1__event__pack(message, event->content);
    event->payload = (unsigned)message->payload_case;
    return true;
}

bool event_read(struct event_reader *reader, const json_t *json, struct read_event *event, struct event_flaw *flaw)
{
    struct fault fault;
    *event = (struct read_event){0};
    wire_arena_reset(reader->arena);
    const Wire *message = (const Wire *)json_to_message(&sanling__v1__event__descriptor, json, reader->arena, &fault);
    if (message == NULL)
        return refuse_json(flaw, fault.text);
    /* Personal data first: it outweighs whatever else is wrong. */
    return check_message(NULL, &message->base, flaw) && check_replacement(reader, message, &event->replacement, flaw) &&
           check_envelope(message, flaw) && encode(message, event, flaw);
}
