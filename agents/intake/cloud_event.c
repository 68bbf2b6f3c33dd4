#include "cloud_event.h"

#include "event.pb-c.h"
#include "fault.h"
#include "json.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { NAME_SIZE = 32, VALUE_SIZE = 2048 };

static void json_release(json_t **json)
{
    json_decref(*json);
    *json = NULL;
}

/* Which member of the Event an attribute becomes. */
static const struct attribute {
    const char *name;
    const char *member; /* NULL: looked at here, or let through */
    bool required;
} attributes[] = {
    {"specversion", NULL, true},      {"id", NULL, true},
    {"source", NULL, true},           {"type", NULL, true},
    {"time", "occurredAt", true},     {"subject", "matter", false},
    {"unit", "unit", false},          {"campaign", "campaign", false},
    {"mode", "mode", false},          {"note", "note", false},
    {"datacontenttype", NULL, false}, {"dataschema", NULL, false},
    {"traceparent", NULL, false},     {"tracestate", NULL, false},
};

static const struct attribute *find_attribute(const char *name)
{
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++)
        if (strcmp(attributes[i].name, name) == 0)
            return &attributes[i];
    return NULL;
}

static const char *text_of(const json_t *cloud, const char *name)
{
    const char *text = json_string_value(json_object_get(cloud, name));
    return text != NULL ? text : "";
}

/* The payload whose message is `type`; NULL: none. */
static const ProtobufCFieldDescriptor *payload_of_type(const char *type)
{
    static const char package[] = "sanling.v1.";
    const ProtobufCMessageDescriptor *event = &sanling__v1__event__descriptor;
    if (strncmp(type, package, sizeof package - 1) != 0)
        return NULL;
    for (unsigned i = 0; i < event->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &event->fields[i];
        if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0 &&
            strcmp(((const ProtobufCMessageDescriptor *)field->descriptor)->name, type) == 0)
            return field;
    }
    return NULL;
}

/* ---- attributes ---- */

/* Every attribute is known and a text; a name is repeated only as far as CloudEvents lets it be one. */
static bool check_known(const json_t *cloud, struct event_flaw *flaw)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)cloud, name, value)
    {
        char shown[NAME_SIZE];
        snprintf(shown, sizeof shown, "%s",
                 strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name) && !isdigit(name[0]) ? name
                                                                                                            : "");
        if (strcmp(name, "data") == 0)
            continue;
        if (find_attribute(name) == NULL)
            return event_flaw_set(flaw, shown, REASON_BAD_VALUE, "没有这个属性：认不得的不能丢掉，也不能收下",
                                  "no attribute that is known here: it can be neither kept nor dropped");
        if (!json_is_string(value))
            return event_flaw_set(flaw, shown, REASON_BAD_VALUE, "应为文字", "must be a string");
    }
    return true;
}

static bool check_required(const json_t *cloud, struct event_flaw *flaw)
{
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++)
        if (attributes[i].required && text_of(cloud, attributes[i].name)[0] == '\0')
            return event_flaw_set(flaw, attributes[i].name, REASON_MISSING_FIELD, "没有填写", "is missing");
    if (strcmp(text_of(cloud, "specversion"), "1.0") != 0)
        return event_flaw_set(flaw, "specversion", REASON_BAD_VALUE, "应为 1.0", "must be 1.0");
    const char *type = text_of(cloud, "datacontenttype");
    if (type[0] != '\0' && (strncasecmp(type, "application/json", 16) != 0 || (type[16] != '\0' && type[16] != ';')))
        return event_flaw_set(flaw, "datacontenttype", REASON_BAD_VALUE, "应为 application/json",
                              "must be application/json");
    return json_is_object(json_object_get(cloud, "data")) ||
           event_flaw_set(flaw, "data", REASON_MISSING_FIELD, "应为事件内容（JSON 对象）",
                          "must be the payload, a JSON object");
}

/* The minutes of "+08:00" at the end of a time; 0 with Z. What is no time, the reader of the event refuses. */
static int offset_of(const char *time)
{
    const size_t size = strlen(time);
    const char *at = size > 6 ? time + size - 6 : "";
    if ((at[0] != '+' && at[0] != '-') || at[3] != ':' || strspn(at + 1, "0123456789") != 2 ||
        strspn(at + 4, "0123456789") != 2)
        return 0;
    const int minutes = (int)strtol(at + 1, NULL, 10) * 60 + (int)strtol(at + 4, NULL, 10);
    return at[0] == '-' ? -minutes : minutes;
}

static bool put_members(const json_t *cloud, json_t *event)
{
    const int offset = offset_of(text_of(cloud, "time"));
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++) {
        json_t *value = json_object_get(cloud, attributes[i].name);
        if (attributes[i].member != NULL && value != NULL && json_object_set(event, attributes[i].member, value) != 0)
            return false;
    }
    return offset == 0 || json_object_set_new(event, "utcOffsetMinutes", json_integer(offset)) == 0;
}

json_t *cloud_event_to_event(const json_t *cloud, struct event_flaw *flaw)
{
    char member[JSON_MEMBER_SIZE];
    if (!json_is_object(cloud)) {
        event_flaw_set(flaw, "", REASON_BAD_VALUE, "应为 JSON 对象", "must be a JSON object");
        return NULL;
    }
    if (!check_known(cloud, flaw) || !check_required(cloud, flaw))
        return NULL;
    const ProtobufCFieldDescriptor *payload = payload_of_type(text_of(cloud, "type"));
    if (payload == NULL) {
        event_flaw_set(flaw, "type", REASON_BAD_VALUE, "没有这种事件，应如 sanling.v1.PetitionRegistered",
                       "no event type: sanling.v1.PetitionRegistered, for one, is");
        return NULL;
    }
    CLEANUP(json_release) json_t *event = json_object();
    json_member_name(payload->name, member);
    if (event == NULL || !put_members(cloud, event) ||
        json_object_set(event, member, json_object_get(cloud, "data")) != 0) {
        event_flaw_set(flaw, "", REASON_TOO_LARGE, "内存不足", "out of memory");
        return NULL;
    }
    return json_incref(event);
}

void cloud_event_place(const json_t *cloud, struct event_flaw *flaw)
{
    char member[JSON_MEMBER_SIZE], rest[EVENT_PATH_SIZE];
    const ProtobufCFieldDescriptor *payload = payload_of_type(text_of(cloud, "type"));
    if (payload == NULL)
        return;
    json_member_name(payload->name, member);
    const size_t size = strlen(member);
    if (strncmp(flaw->path, member, size) == 0 && strchr(".[", flaw->path[size]) != NULL) {
        snprintf(rest, sizeof rest, "%s", flaw->path + size);
        snprintf(flaw->path, sizeof flaw->path, "data%.150s", rest);
    }
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++)
        if (attributes[i].member != NULL && strcmp(flaw->path, attributes[i].member) == 0)
            snprintf(flaw->path, sizeof flaw->path, "%s", attributes[i].name);
}

/* ---- binary mode ---- */

static int digit_of(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10 : -1;
}

bool cloud_event_add_header(json_t *cloud, const char *name, const char *value)
{
    char lower[NAME_SIZE], text[VALUE_SIZE];
    size_t size = 0;
    if (strlen(name) >= sizeof lower || strlen(value) >= sizeof text)
        return false;
    for (size_t i = 0; i <= strlen(name); i++)
        lower[i] = (char)tolower((unsigned char)name[i]);
    for (const char *at = value; *at != '\0'; at++) {
        const bool coded = at[0] == '%' && digit_of(at[1]) >= 0 && digit_of(at[2]) >= 0;
        text[size++] = coded ? (char)(digit_of(at[1]) * 16 + digit_of(at[2])) : *at;
        at += coded ? 2 : 0;
    }
    json_t *string = json_stringn(text, size); /* NULL: no UTF-8 */
    if (string == NULL || json_object_get(cloud, lower) != NULL) {
        json_decref(string);
        return false;
    }
    return json_object_set_new(cloud, lower, string) == 0;
}
