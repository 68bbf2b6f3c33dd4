#include "openapi_schema.h"

#include "json.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static void set(json_t *object, const char *name, json_t *value)
{
    if (value == NULL || json_object_set_new(object, name, value) != 0)
        abort();
}

/* "MattersAnswer.Matter" of "sanling.v1.MattersAnswer.Matter". */
static const char *schema_name(const char *name)
{
    static const char package[] = "sanling.v1.";
    return strncmp(name, package, sizeof package - 1) == 0 ? name + sizeof package - 1 : name;
}

static json_t *reference(const char *name)
{
    return json_pack("{s:o}", "$ref", json_sprintf("#/components/schemas/%s", name));
}

static json_t *enum_schema(const ProtobufCEnumDescriptor *type)
{
    json_t *names = json_array();
    for (unsigned i = 0; i < type->n_values; i++)
        json_array_append_new(names, json_string(type->values[i].name));
    return json_pack("{s:s, s:o}", "type", "string", "enum", names);
}

static bool is_time(const ProtobufCFieldDescriptor *field)
{
    const ProtobufCMessageDescriptor *type = field->descriptor;
    return field->type == PROTOBUF_C_TYPE_MESSAGE && strcmp(type->name, "google.protobuf.Timestamp") == 0;
}

static json_t *wide_integer(const char *pattern)
{
    return json_pack("{s:s, s:s}", "type", "string", "pattern", pattern);
}

/* One value of the field, as canonical JSON writes it. */
static json_t *value_schema(const ProtobufCFieldDescriptor *field)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
        return wide_integer("^-?[0-9]+$");
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
        return wide_integer("^[0-9]+$");
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
        return json_pack("{s:s}", "type", "integer");
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
        return json_pack("{s:s, s:i}", "type", "integer", "minimum", 0);
    case PROTOBUF_C_TYPE_FLOAT:
    case PROTOBUF_C_TYPE_DOUBLE:
        return json_pack("{s:s}", "type", "number");
    case PROTOBUF_C_TYPE_BOOL:
        return json_pack("{s:s}", "type", "boolean");
    case PROTOBUF_C_TYPE_STRING:
        return json_pack("{s:s}", "type", "string");
    case PROTOBUF_C_TYPE_BYTES:
        return json_pack("{s:s, s:s}", "type", "string", "contentEncoding", "base64");
    case PROTOBUF_C_TYPE_ENUM:
        return enum_schema(field->descriptor);
    case PROTOBUF_C_TYPE_MESSAGE:
        break;
    }
    if (is_time(field))
        return json_pack("{s:s, s:s}", "type", "string", "format", "date-time");
    return reference(schema_name(((const ProtobufCMessageDescriptor *)field->descriptor)->name));
}

static json_t *field_schema(const ProtobufCFieldDescriptor *field)
{
    json_t *value = value_schema(field);
    return field->label == PROTOBUF_C_LABEL_REPEATED ? json_pack("{s:s, s:o}", "type", "array", "items", value) : value;
}

/* Defaults are written out: what is no message and no member of a oneof is always there. */
static bool is_always_there(const ProtobufCFieldDescriptor *field)
{
    return (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) == 0 &&
           (field->label == PROTOBUF_C_LABEL_REPEATED || field->type != PROTOBUF_C_TYPE_MESSAGE);
}

void openapi_add_message(json_t *schemas, const ProtobufCMessageDescriptor *type, enum openapi_use use)
{
    const char *name = schema_name(type->name);
    if (json_object_get(schemas, name) != NULL)
        return;
    json_t *properties = json_object();
    json_t *required = json_array();
    set(schemas, name, json_pack("{s:s, s:o, s:o}", "type", "object", "properties", properties, "required", required));
    if (use == OPENAPI_REQUEST)
        set(json_object_get(schemas, name), "additionalProperties", json_false());
    for (unsigned i = 0; i < type->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &type->fields[i];
        char member[JSON_MEMBER_SIZE];
        json_member_name(field->name, member);
        set(properties, member, field_schema(field));
        if (use == OPENAPI_ANSWER && is_always_there(field))
            json_array_append_new(required, json_string(member));
        if (field->type == PROTOBUF_C_TYPE_MESSAGE && !is_time(field))
            openapi_add_message(schemas, field->descriptor, use);
    }
}
