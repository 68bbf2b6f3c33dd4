#include "mapping.h"

#include "cell.h"
#include "event.pb-c.h"
#include "language.h"
#include "text.h"
#include "yaml_file.h"

#include <fnmatch.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the file's shape ---- */

struct word_entry {
    char **is;
    unsigned is_count;
    char *to;
};

struct condition_entry {
    char *column;
    char **is;
    unsigned is_count;
    enum yaml_boolean *filled;
};

struct field_entry {
    char *field;
    char **column;
    unsigned column_count;
    char **within;
    unsigned within_count;
    enum field_kind *as;
    struct word_entry *values;
    unsigned values_count;
    char *constant;
    enum yaml_boolean optional;
    enum yaml_boolean serial;
    int year;
};

struct event_entry {
    char *type;
    char *part;
    enum yaml_boolean optional;
    struct condition_entry *when;
    unsigned when_count;
    struct field_entry *fields;
    unsigned fields_count;
};

struct attest_entry {
    char *zero;
    char *basis;
    char *unit;
    enum yaml_boolean scope;
};

enum on_change { ON_CHANGE_REJECT, ON_CHANGE_CORRECT };
enum same_register { REGISTER_NAMED, REGISTER_UNDATED };

struct mapping_file {
    unsigned version;
    char **files;
    unsigned files_count;
    char **sheet;
    unsigned sheet_count;
    unsigned header_rows;
    char **key;
    unsigned key_count;
    enum on_change on_change;
    char *correct_reason;
    enum same_register same_register;
    char **ignore_rows;
    unsigned ignore_rows_count;
    char **empty;
    unsigned empty_count;
    char **fill_down;
    unsigned fill_down_count;
    struct event_entry *events;
    unsigned events_count;
    struct attest_entry *attest;
};

#define REQUIRED_LIST CYAML_FLAG_POINTER
#define OPTIONAL_LIST (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)
#define OPTIONAL_WORD (CYAML_FLAG_STRICT | CYAML_FLAG_OPTIONAL)

static const cyaml_strval_t kind_names[] = {
    {"text", FIELD_TEXT},       {"unit_code", FIELD_UNIT_CODE}, {"unit_name", FIELD_UNIT_NAME},
    {"date", FIELD_DATE},       {"datetime", FIELD_DATETIME},   {"count", FIELD_COUNT},
    {"boolean", FIELD_BOOLEAN}, {"list", FIELD_LIST},           {"unit_codes", FIELD_UNIT_CODES},
    {"pairs", FIELD_PAIRS},     {"base64", FIELD_BASE64},       {"hex", FIELD_HEX}};
static const cyaml_strval_t on_change_names[] = {{"reject", ON_CHANGE_REJECT}, {"correct", ON_CHANGE_CORRECT}};
static const cyaml_strval_t register_names[] = {{"named", REGISTER_NAMED}, {"undated", REGISTER_UNDATED}};

static const cyaml_schema_value_t text_schema = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 0, 1024)};

static const cyaml_schema_field_t word_fields[] = {
    CYAML_FIELD_SEQUENCE("is", REQUIRED_LIST, struct word_entry, is, &text_schema, 1, 256),
    CYAML_FIELD_STRING_PTR("to", CYAML_FLAG_POINTER, struct word_entry, to, 0, 256), CYAML_FIELD_END};
static const cyaml_schema_value_t word_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct word_entry, word_fields)};

static const cyaml_schema_field_t condition_fields[] = {
    CYAML_FIELD_STRING_PTR("column", CYAML_FLAG_POINTER, struct condition_entry, column, 1, 256),
    CYAML_FIELD_SEQUENCE("is", OPTIONAL_LIST, struct condition_entry, is, &text_schema, 1, 256),
    CYAML_FIELD_ENUM_PTR("filled", CYAML_FLAG_POINTER | OPTIONAL_WORD, struct condition_entry, filled, yaml_booleans,
                         2),
    CYAML_FIELD_END};
static const cyaml_schema_value_t condition_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct condition_entry, condition_fields)};

static const cyaml_schema_field_t field_fields[] = {
    CYAML_FIELD_STRING_PTR("field", CYAML_FLAG_POINTER, struct field_entry, field, 1, 128),
    CYAML_FIELD_SEQUENCE("column", OPTIONAL_LIST, struct field_entry, column, &text_schema, 1, 16),
    CYAML_FIELD_SEQUENCE("within", OPTIONAL_LIST, struct field_entry, within, &text_schema, 1, 16),
    CYAML_FIELD_ENUM_PTR("as", CYAML_FLAG_POINTER | OPTIONAL_WORD, struct field_entry, as, kind_names,
                         sizeof kind_names / sizeof kind_names[0]),
    CYAML_FIELD_SEQUENCE("values", OPTIONAL_LIST, struct field_entry, values, &word_schema, 1, 256),
    CYAML_FIELD_STRING_PTR("constant", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct field_entry, constant, 1, 256),
    CYAML_FIELD_ENUM("optional", OPTIONAL_WORD, struct field_entry, optional, yaml_booleans, 2),
    CYAML_FIELD_ENUM("serial", OPTIONAL_WORD, struct field_entry, serial, yaml_booleans, 2),
    CYAML_FIELD_INT("year", CYAML_FLAG_OPTIONAL, struct field_entry, year),
    CYAML_FIELD_END};
static const cyaml_schema_value_t field_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct field_entry, field_fields)};

static const cyaml_schema_field_t event_fields[] = {
    CYAML_FIELD_STRING_PTR("type", CYAML_FLAG_POINTER, struct event_entry, type, 1, 64),
    CYAML_FIELD_STRING_PTR("part", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct event_entry, part, 1, 64),
    CYAML_FIELD_ENUM("optional", OPTIONAL_WORD, struct event_entry, optional, yaml_booleans, 2),
    CYAML_FIELD_SEQUENCE("when", OPTIONAL_LIST, struct event_entry, when, &condition_schema, 1, 16),
    CYAML_FIELD_SEQUENCE("fields", REQUIRED_LIST, struct event_entry, fields, &field_schema, 1, MAPPING_FIELDS_MAX),
    CYAML_FIELD_END};
static const cyaml_schema_value_t event_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct event_entry, event_fields)};

static const cyaml_schema_field_t attest_fields[] = {
    CYAML_FIELD_STRING_PTR("zero", CYAML_FLAG_POINTER, struct attest_entry, zero, 1, 64),
    CYAML_FIELD_STRING_PTR("basis", CYAML_FLAG_POINTER, struct attest_entry, basis, 1, 64),
    CYAML_FIELD_STRING_PTR("unit", CYAML_FLAG_POINTER, struct attest_entry, unit, 1, 64),
    CYAML_FIELD_ENUM("scope", OPTIONAL_WORD, struct attest_entry, scope, yaml_booleans, 2), CYAML_FIELD_END};

static const cyaml_schema_field_t file_fields[] = {
    CYAML_FIELD_UINT("version", CYAML_FLAG_DEFAULT, struct mapping_file, version),
    CYAML_FIELD_SEQUENCE("files", OPTIONAL_LIST, struct mapping_file, files, &text_schema, 1, 32),
    CYAML_FIELD_SEQUENCE("sheet", OPTIONAL_LIST, struct mapping_file, sheet, &text_schema, 1, 32),
    CYAML_FIELD_UINT("header_rows", CYAML_FLAG_OPTIONAL, struct mapping_file, header_rows),
    CYAML_FIELD_SEQUENCE("key", REQUIRED_LIST, struct mapping_file, key, &text_schema, 1, MAPPING_KEY_MAX),
    CYAML_FIELD_ENUM("on_change", OPTIONAL_WORD, struct mapping_file, on_change, on_change_names, 2),
    CYAML_FIELD_STRING_PTR("correct_reason", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct mapping_file,
                           correct_reason, 1, 64),
    CYAML_FIELD_ENUM("register", OPTIONAL_WORD, struct mapping_file, same_register, register_names, 2),
    CYAML_FIELD_SEQUENCE("ignore_rows", OPTIONAL_LIST, struct mapping_file, ignore_rows, &text_schema, 0, 64),
    CYAML_FIELD_SEQUENCE("empty", OPTIONAL_LIST, struct mapping_file, empty, &text_schema, 0, 64),
    CYAML_FIELD_SEQUENCE("fill_down", OPTIONAL_LIST, struct mapping_file, fill_down, &text_schema, 0, 32),
    CYAML_FIELD_SEQUENCE("events", REQUIRED_LIST, struct mapping_file, events, &event_schema, 1, MAPPING_EVENTS_MAX),
    CYAML_FIELD_MAPPING_PTR("attest", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct mapping_file, attest,
                            attest_fields),
    CYAML_FIELD_END};
static const cyaml_schema_value_t file_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct mapping_file, file_fields)};

/* ---- building what is used from what was loaded ---- */

/* A file being checked: where we are, to name the line. */
struct check {
    struct mapping *mapping;
    const char *text;
    size_t fields_seen; /* `field:` keys before the one at hand */
    struct fault *fault;
};

static bool refuse(const struct check *check, const char *key, size_t n, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static bool refuse(const struct check *check, const char *key, size_t n, const char *format, ...)
{
    char what[320];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, translated(format), arguments);
    va_end(arguments);
    const unsigned line = yaml_file_line_of(check->text, key, n);
    return fault_set(check->fault, FAULT_USAGE, "%s: line %u: %s", check->mapping->path, line, what);
}

static bool out_of_memory(const struct check *check)
{
    return fault_set(check->fault, FAULT_SYSTEM, "out of memory");
}

static void words_free(char ***words, size_t count)
{
    for (size_t i = 0; *words != NULL && i < count; i++)
        free((*words)[i]);
    free(*words);
    *words = NULL;
}

/* Compared forms of a list; NULL: memory ran out. */
static char **compared_list(char *const *words, size_t count)
{
    char **list = calloc(count + 1, sizeof *list);
    for (size_t i = 0; list != NULL && i < count; i++) {
        list[i] = text_compared(words[i]);
        if (list[i] == NULL)
            words_free(&list, count);
    }
    return list;
}

static bool same_names(const struct mapping_column *column, char *const *names, size_t count)
{
    if (column->name_count != count)
        return false;
    for (size_t i = 0; i < count; i++)
        if (strcmp(column->names[i], names[i]) != 0)
            return false;
    return true;
}

/* The column with exactly these names, made if it is new. */
static bool column_of(struct check *check, char *const *names, size_t count, bool required, size_t *index)
{
    struct mapping *mapping = check->mapping;
    for (size_t i = 0; i < mapping->column_count; i++) {
        if (same_names(&mapping->columns[i], names, count)) {
            mapping->columns[i].required |= required;
            *index = i;
            return true;
        }
    }
    struct mapping_column *columns = realloc(mapping->columns, (mapping->column_count + 1) * sizeof *columns);
    if (columns == NULL)
        return out_of_memory(check);
    mapping->columns = columns;
    struct mapping_column *column = &columns[mapping->column_count];
    *column = (struct mapping_column){.name_count = count, .required = required};
    column->names = calloc(count, sizeof *column->names);
    column->compared = compared_list(names, count);
    mapping->column_count++;
    if (column->names == NULL || column->compared == NULL)
        return out_of_memory(check);
    for (size_t i = 0; i < count; i++) {
        column->names[i] = strdup(names[i]);
        if (column->names[i] == NULL)
            return out_of_memory(check);
    }
    *index = mapping->column_count - 1;
    return true;
}

/* The column that a single name means: the one of the first field that lists it among its names, else its own. */
static bool column_named(struct check *check, char *name, bool required, size_t *index)
{
    CLEANUP(text_free) char *compared = text_compared(name);
    if (compared == NULL)
        return out_of_memory(check);
    for (size_t i = 0; i < check->mapping->column_count; i++) {
        struct mapping_column *column = &check->mapping->columns[i];
        for (size_t n = 0; n < column->name_count; n++) {
            if (strcmp(column->compared[n], compared) == 0) {
                column->required |= required;
                *index = i;
                return true;
            }
        }
    }
    return column_of(check, &name, 1, required, index);
}

/* ---- paths into the contract ---- */

static const ProtobufCFieldDescriptor *payload_of(const char *type)
{
    const ProtobufCMessageDescriptor *event = &sanling__v1__event__descriptor;
    for (unsigned i = 0; i < event->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &event->fields[i];
        if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) == 0 || field->type != PROTOBUF_C_TYPE_MESSAGE)
            continue;
        const ProtobufCMessageDescriptor *message = field->descriptor;
        if (strcmp(message->short_name, type) == 0)
            return field;
    }
    return NULL;
}

static bool is_envelope_field(const char *name)
{
    static const char *const names[] = {"unit", "matter", "occurred_at", "campaign", "note", "mode"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static bool is_time(const ProtobufCFieldDescriptor *field)
{
    return field->type == PROTOBUF_C_TYPE_MESSAGE &&
           strcmp(((const ProtobufCMessageDescriptor *)field->descriptor)->name, "google.protobuf.Timestamp") == 0;
}

/* The number that a path's part is; -1: it is none. */
static int element_number(const char *part)
{
    return *part == '\0' || strlen(part) > 4 || strspn(part, "0123456789") != strlen(part) ? -1 : atoi(part);
}

/* Follows one dotted part from `message`; *inside gets the message it leads into, if any. */
static bool take_step(struct mapping_field *field, const char *part, const ProtobufCMessageDescriptor **message)
{
    const int element = element_number(part);
    struct mapping_step *last = field->step_count == 0 ? NULL : &field->steps[field->step_count - 1];
    if (element >= 0) {
        const bool fits = last != NULL && last->field->label == PROTOBUF_C_LABEL_REPEATED && last->element < 0;
        if (fits)
            last->element = element;
        return fits;
    }
    const bool past_list = last != NULL && last->field->label == PROTOBUF_C_LABEL_REPEATED && last->element < 0;
    if (*message == NULL || past_list || field->step_count == MAPPING_PATH_MAX)
        return false;
    const ProtobufCFieldDescriptor *found = protobuf_c_message_descriptor_get_field_by_name(*message, part);
    if (found == NULL)
        return false;
    field->steps[field->step_count++] = (struct mapping_step){.field = found, .element = -1};
    *message = found->type == PROTOBUF_C_TYPE_MESSAGE && !is_time(found) ? found->descriptor : NULL;
    return true;
}

static bool resolve_path(struct check *check, const struct mapping_event *event, struct mapping_field *field)
{
    const ProtobufCMessageDescriptor *message = event->payload->descriptor;
    CLEANUP(text_free) char *parts = strdup(field->path);
    if (parts == NULL)
        return out_of_memory(check);
    if (is_envelope_field(field->path) &&
        protobuf_c_message_descriptor_get_field_by_name(message, field->path) == NULL) {
        message = &sanling__v1__event__descriptor;
        field->envelope = true;
    }
    char *rest = parts;
    for (char *part = strsep(&rest, "."); part != NULL; part = strsep(&rest, "."))
        if (!take_step(field, part, &message))
            return refuse(check, "field", check->fields_seen, "field: unknown field '%s' of %s", field->path,
                          event->type);
    return true;
}

static const struct mapping_step *last_step(const struct mapping_field *field)
{
    return &field->steps[field->step_count - 1];
}

static bool is_list(const struct mapping_field *field)
{
    return last_step(field)->field->label == PROTOBUF_C_LABEL_REPEATED && last_step(field)->element < 0;
}

static bool is_number(const ProtobufCFieldDescriptor *field)
{
    return field->type == PROTOBUF_C_TYPE_UINT32 || field->type == PROTOBUF_C_TYPE_UINT64;
}

static bool is_list_kind(enum field_kind kind)
{
    return kind == FIELD_LIST || kind == FIELD_UNIT_CODES || kind == FIELD_PAIRS;
}

static bool is_scalar(const ProtobufCFieldDescriptor *field)
{
    return field->label != PROTOBUF_C_LABEL_REPEATED &&
           (field->type == PROTOBUF_C_TYPE_STRING || field->type == PROTOBUF_C_TYPE_ENUM ||
            field->type == PROTOBUF_C_TYPE_BOOL || is_number(field));
}

static bool is_message(const ProtobufCFieldDescriptor *field)
{
    return field->type == PROTOBUF_C_TYPE_MESSAGE && !is_time(field);
}

/* A list of messages that an item like 盗窃:2 can fill; the members take one more step. */
static bool is_list_of_pairs(const struct mapping_field *field)
{
    const ProtobufCFieldDescriptor *target = last_step(field)->field;
    if (!is_message(target) || field->step_count == MAPPING_PATH_MAX)
        return false;
    const ProtobufCMessageDescriptor *message = target->descriptor;
    return message->n_fields == 2 && is_scalar(&message->fields[0]) && is_scalar(&message->fields[1]);
}

enum field_kind mapping_pair_kind(const ProtobufCFieldDescriptor *member)
{
    if (member->type == PROTOBUF_C_TYPE_BOOL)
        return FIELD_BOOLEAN;
    if (is_number(member))
        return FIELD_COUNT;
    return strcmp(member->name, "unit") == 0 ? FIELD_UNIT_CODE : FIELD_TEXT;
}

static enum field_kind default_kind(const struct mapping_field *field)
{
    const ProtobufCFieldDescriptor *target = last_step(field)->field;
    if (is_list(field))
        return FIELD_LIST;
    if (is_time(target))
        return FIELD_DATETIME;
    if (target->type == PROTOBUF_C_TYPE_BOOL)
        return FIELD_BOOLEAN;
    if (is_number(target))
        return FIELD_COUNT;
    if (target->type == PROTOBUF_C_TYPE_BYTES)
        return FIELD_BASE64;
    return field->envelope && strcmp(field->path, "unit") == 0 ? FIELD_UNIT_CODE : FIELD_TEXT;
}

static bool kind_fits(const struct mapping_field *field)
{
    const ProtobufCFieldDescriptor *target = last_step(field)->field;
    const bool is_text = target->type == PROTOBUF_C_TYPE_STRING;
    if (is_list(field) != is_list_kind(field->kind))
        return false;
    switch (field->kind) {
    case FIELD_TEXT:
        return is_text || target->type == PROTOBUF_C_TYPE_ENUM;
    case FIELD_UNIT_CODE:
    case FIELD_UNIT_NAME:
    case FIELD_UNIT_CODES:
        return is_text;
    case FIELD_DATE:
        return is_text || is_time(target);
    case FIELD_DATETIME:
        return is_time(target);
    case FIELD_COUNT:
        return is_number(target);
    case FIELD_BOOLEAN:
        return target->type == PROTOBUF_C_TYPE_BOOL;
    case FIELD_LIST:
        return is_text || target->type == PROTOBUF_C_TYPE_ENUM || is_number(target);
    case FIELD_PAIRS:
        return is_list_of_pairs(field);
    case FIELD_BASE64:
    case FIELD_HEX:
        return target->type == PROTOBUF_C_TYPE_BYTES;
    }
    abort();
}

/* What stands in the file for a value of the field must be one: `to` and `constant`. */
static bool value_fits(const struct check *check, const struct mapping_field *field, const char *value, const char *key)
{
    const ProtobufCFieldDescriptor *target = last_step(field)->field;
    enum field_kind kind = field->kind;
    if (kind == FIELD_PAIRS) { /* the words are those of the first member */
        const ProtobufCMessageDescriptor *message = target->descriptor;
        target = &message->fields[0];
        kind = mapping_pair_kind(target);
    }
    struct reason reason;
    uint64_t count;
    bool yes;
    struct moment moment;
    char *code = NULL;
    uint8_t *bytes = NULL;
    size_t size;
    bool fits = true;
    if (target->type == PROTOBUF_C_TYPE_ENUM) {
        const ProtobufCEnumValue *found = protobuf_c_enum_descriptor_get_value_by_name(target->descriptor, value);
        fits = found != NULL;
    } else if (target->type == PROTOBUF_C_TYPE_BOOL) {
        fits = cell_boolean(value, &yes, &reason);
    } else if (is_number(target)) {
        fits = cell_count(value, target->type == PROTOBUF_C_TYPE_UINT32 ? UINT32_MAX : UINT64_MAX, &count, &reason);
    } else if (kind == FIELD_DATE || kind == FIELD_DATETIME) {
        fits = cell_moment(value, &(struct date_style){0}, &moment, &reason);
    } else if (kind == FIELD_UNIT_CODE || kind == FIELD_UNIT_NAME || kind == FIELD_UNIT_CODES) {
        fits = cell_unit_code(value, &code, &reason);
    } else if (kind == FIELD_BASE64 || kind == FIELD_HEX) {
        fits = cell_bytes(value, kind == FIELD_HEX, &bytes, &size, &reason);
    }
    free(code);
    free(bytes);
    return fits || refuse(check, "field", check->fields_seen, "%s: '%s' is no value of %s", key, value, field->path);
}

/* ---- fields, events, file ---- */

static bool build_words(const struct check *check, const struct field_entry *entry, struct mapping_field *field)
{
    size_t count = 0;
    for (unsigned i = 0; i < entry->values_count; i++)
        count += entry->values[i].is_count;
    field->words = calloc(count + 1, sizeof *field->words);
    if (field->words == NULL)
        return out_of_memory(check);
    for (unsigned i = 0; i < entry->values_count; i++) {
        const struct word_entry *word = &entry->values[i];
        if (!value_fits(check, field, word->to, "to"))
            return false;
        for (unsigned n = 0; n < word->is_count; n++) {
            char *is = text_compared(word->is[n]);
            if (is == NULL)
                return out_of_memory(check);
            field->words[field->word_count++] = (struct mapping_word){.is = is, .to = word->to};
        }
    }
    return true;
}

static bool build_within(struct check *check, const struct field_entry *entry, bool required,
                         struct mapping_field *field)
{
    field->has_within = entry->within_count > 0;
    if (!field->has_within)
        return true;
    if (field->kind != FIELD_UNIT_NAME)
        return refuse(check, "field", check->fields_seen, "within: only with as: unit_name");
    return column_of(check, entry->within, entry->within_count, required, &field->within);
}

static bool build_field(struct check *check, const struct mapping_event *event, const struct field_entry *entry,
                        struct mapping_field *field)
{
    *field = (struct mapping_field){
        .path = entry->field,
        .constant = entry->constant,
        .optional = entry->optional == YAML_TRUE,
        .serial = entry->serial == YAML_TRUE,
        .year = entry->year,
    };
    if (!resolve_path(check, event, field))
        return false;
    field->kind = entry->as != NULL ? *entry->as : default_kind(field);
    if (is_message(last_step(field)->field) && field->kind != FIELD_PAIRS)
        return refuse(check, "field", check->fields_seen, "field: '%s' of %s has fields of its own: name one of them",
                      field->path, event->type);
    if (!kind_fits(field))
        return refuse(check, "field", check->fields_seen, "as: does not fit the type of %s", field->path);
    field->has_column = entry->column_count > 0;
    if (field->has_column == (field->constant != NULL))
        return refuse(check, "field", check->fields_seen, "%s needs either column or constant", field->path);
    if (!field->has_column)
        return value_fits(check, field, field->constant, "constant");
    const bool required = !field->optional && !event->optional;
    return column_of(check, entry->column, entry->column_count, required, &field->column) &&
           build_within(check, entry, required, field) && build_words(check, entry, field);
}

static bool field_is_before(const struct mapping_event *event, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (strcmp(event->fields[i].path, event->fields[index].path) == 0)
            return true;
    return false;
}

static bool has_field(const struct mapping_event *event, const char *path)
{
    for (size_t i = 0; i < event->field_count; i++)
        if (event->fields[i].envelope && strcmp(event->fields[i].path, path) == 0)
            return true;
    return false;
}

bool mapping_is_about_no_unit(const char *type)
{
    static const char *const types[] = {"CampaignStarted",     "CampaignClosed",      "PolicyAdopted",
                                        "EvaluationPublished", "EventCorrected",      "EventRetracted",
                                        "AttestationReviewed", "AttestationWithdrawn"};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strcmp(types[i], type) == 0)
            return true;
    return false;
}

static bool build_event(struct check *check, size_t index)
{
    const struct event_entry *entry = &check->mapping->file->events[index];
    struct mapping_event *event = &check->mapping->events[index];
    event->type = entry->type;
    event->part = entry->part != NULL ? entry->part : "";
    event->optional = entry->optional == YAML_TRUE;
    if (event->optional && entry->when_count == 0)
        return refuse(check, "type", index, "optional: %s without when would happen on every row", event->type);
    event->payload = payload_of(entry->type);
    if (event->payload == NULL)
        return refuse(check, "type", index, "type: unknown event type '%s'", entry->type);
    event->fields = calloc(entry->fields_count, sizeof *event->fields);
    if (event->fields == NULL)
        return out_of_memory(check);
    for (unsigned i = 0; i < entry->fields_count; i++, check->fields_seen++) {
        event->field_count++;
        if (!build_field(check, event, &entry->fields[i], &event->fields[i]))
            return false;
        if (field_is_before(event, i))
            return refuse(check, "field", check->fields_seen, "field: '%s' is there twice", event->fields[i].path);
    }
    if (!has_field(event, "occurred_at") || (!has_field(event, "unit") && !mapping_is_about_no_unit(event->type)))
        return refuse(check, "type", index, "%s needs the field%s occurred_at", event->type,
                      mapping_is_about_no_unit(event->type) ? "" : "s unit and");
    return true;
}

static bool build_conditions(struct check *check, size_t index)
{
    const struct event_entry *entry = &check->mapping->file->events[index];
    struct mapping_event *event = &check->mapping->events[index];
    event->conditions = calloc(entry->when_count + 1u, sizeof *event->conditions);
    if (event->conditions == NULL)
        return out_of_memory(check);
    for (unsigned i = 0; i < entry->when_count; i++) {
        const struct condition_entry *from = &entry->when[i];
        struct mapping_condition *condition = &event->conditions[event->condition_count++];
        if ((from->is_count > 0) == (from->filled != NULL))
            return refuse(check, "type", index, "when: '%s' needs either is or filled", from->column);
        condition->by_filled = from->filled != NULL;
        condition->filled = from->filled != NULL && *from->filled == YAML_TRUE;
        condition->is = compared_list(from->is, from->is_count);
        condition->is_count = from->is_count;
        if (condition->is == NULL)
            return out_of_memory(check);
        if (!column_named(check, from->column, !event->optional, &condition->column))
            return false;
    }
    return true;
}

static bool build_key_and_fill(struct check *check)
{
    struct mapping *mapping = check->mapping;
    const struct mapping_file *file = mapping->file;
    for (unsigned i = 0; i < file->key_count; i++) {
        if (!column_named(check, file->key[i], true, &mapping->key[mapping->key_count]))
            return false;
        mapping->key_count++;
    }
    for (unsigned i = 0; i < file->fill_down_count; i++) {
        size_t column;
        if (!column_named(check, file->fill_down[i], true, &column))
            return false;
        /* The same header may be listed by other columns too. */
        for (size_t c = 0; c < mapping->column_count; c++)
            for (size_t n = 0; n < mapping->columns[c].name_count; n++)
                if (strcmp(mapping->columns[c].names[n], file->fill_down[i]) == 0)
                    mapping->columns[c].fill_down = true;
    }
    return true;
}

static bool build_lists(struct check *check)
{
    char *const empty_default[] = {(char[]){""}, (char[]){"/"}, (char[]){"—"}};
    struct mapping *mapping = check->mapping;
    const struct mapping_file *file = mapping->file;
    const bool given = file->empty != NULL;
    mapping->ignored = compared_list(file->ignore_rows, file->ignore_rows_count);
    mapping->ignored_count = file->ignore_rows_count;
    mapping->empty_count = given ? file->empty_count : sizeof empty_default / sizeof empty_default[0];
    mapping->empty = compared_list(given ? file->empty : empty_default, mapping->empty_count);
    if (mapping->ignored == NULL || mapping->empty == NULL)
        return out_of_memory(check);
    for (size_t i = 0; i < mapping->ignored_count; i++)
        if (mapping->ignored[i][0] == '\0')
            return refuse(check, "ignore_rows", 0, "ignore_rows: an empty word would skip every row");
    return true;
}

static bool enum_has(const ProtobufCEnumDescriptor *type, const char *name)
{
    const ProtobufCEnumValue *value = protobuf_c_enum_descriptor_get_value_by_name(type, name);
    return value != NULL && value->value != 0;
}

static bool build_attest(struct check *check)
{
    const struct attest_entry *entry = check->mapping->file->attest;
    if (entry == NULL)
        return true;
    struct reason reason;
    CLEANUP(text_free) char *code = NULL;
    if (!enum_has(&sanling__v1__zero__kind__descriptor, entry->zero))
        return refuse(check, "attest", 0, "attest: zero: '%s' is not PETITION, ACCIDENT or CASE", entry->zero);
    if (strcmp(entry->basis, "REGISTER_CHECKED") != 0)
        return refuse(
            check, "attest", 0,
            "attest: basis: '%s': a file can only say REGISTER_CHECKED; for a visit or a unit's word a person "
            "attests",
            entry->basis);
    if (!cell_unit_code(entry->unit, &code, &reason))
        return refuse(check, "attest", 0, "attest: unit: %s", reason.en);
    struct mapping_attest *attest = malloc(sizeof *attest);
    if (attest == NULL)
        return out_of_memory(check);
    *attest = (struct mapping_attest){
        .zero = entry->zero, .basis = entry->basis, .unit = entry->unit, .scope = entry->scope == YAML_TRUE};
    check->mapping->attest = attest;
    return true;
}

static bool build_correction(struct check *check)
{
    const struct mapping_file *file = check->mapping->file;
    const bool corrects = file->on_change == ON_CHANGE_CORRECT;
    if (corrects && file->correct_reason == NULL)
        return refuse(check, "on_change", 0, "on_change: correct needs correct_reason, a reason code of the policy");
    if (!corrects && file->correct_reason != NULL)
        return refuse(check, "correct_reason", 0, "correct_reason: only with on_change: correct");
    check->mapping->correct_reason = file->correct_reason;
    check->mapping->undated = file->same_register == REGISTER_UNDATED;
    return true;
}

static bool build(struct check *check)
{
    struct mapping *mapping = check->mapping;
    const struct mapping_file *file = mapping->file;
    if (file->version != 1)
        return refuse(check, "version", 0, "version: %u is not known here, only 1", file->version);
    mapping->header_rows = file->header_rows == 0 ? 1 : file->header_rows;
    if (mapping->header_rows > MAPPING_HEADER_ROWS_MAX)
        return refuse(check, "header_rows", 0, "header_rows: at most %d", MAPPING_HEADER_ROWS_MAX);
    mapping->globs = (const char *const *)file->files;
    mapping->glob_count = file->files_count;
    mapping->sheets = (const char *const *)file->sheet;
    mapping->sheet_count = file->sheet_count;
    for (size_t i = 0; i < mapping->sheet_count; i++)
        if (mapping->sheets[i][0] == '\0')
            return refuse(check, "sheet", 0, "sheet: a name is empty");
    mapping->events = calloc(file->events_count, sizeof *mapping->events);
    if (mapping->events == NULL)
        return out_of_memory(check);
    mapping->event_count = file->events_count;
    /* All fields first: a key or a condition may mean a column by any of its names. */
    for (size_t i = 0; i < mapping->event_count; i++)
        if (!build_event(check, i))
            return false;
    for (size_t i = 0; i < mapping->event_count; i++)
        if (!build_conditions(check, i))
            return false;
    return build_key_and_fill(check) && build_lists(check) && build_correction(check) && build_attest(check);
}

struct mapping *mapping_load(const char *path, struct fault *fault)
{
    CLEANUP(mapping_free) struct mapping *mapping = calloc(1, sizeof *mapping);
    if (mapping == NULL || (mapping->path = strdup(path)) == NULL) {
        fault_set(fault, FAULT_SYSTEM, "out of memory");
        return NULL;
    }
    CLEANUP(text_free) char *text = NULL;
    mapping->file = yaml_file_load(path, &file_schema, &text, fault);
    struct check check = {.mapping = mapping, .text = text, .fault = fault};
    if (mapping->file == NULL || !build(&check))
        return NULL;
    struct mapping *loaded = mapping;
    mapping = NULL;
    return loaded;
}

static void event_clear(struct mapping_event *event)
{
    for (size_t i = 0; i < event->condition_count; i++)
        words_free(&event->conditions[i].is, event->conditions[i].is_count);
    free(event->conditions);
    for (size_t i = 0; event->fields != NULL && i < event->field_count; i++) {
        for (size_t n = 0; n < event->fields[i].word_count; n++)
            free(event->fields[i].words[n].is);
        free(event->fields[i].words);
    }
    free(event->fields);
}

void mapping_free(struct mapping **mapping)
{
    struct mapping *gone = *mapping;
    *mapping = NULL;
    if (gone == NULL)
        return;
    for (size_t i = 0; gone->events != NULL && i < gone->event_count; i++)
        event_clear(&gone->events[i]);
    free(gone->events);
    for (size_t i = 0; i < gone->column_count; i++) {
        words_free(&gone->columns[i].names, gone->columns[i].name_count);
        words_free(&gone->columns[i].compared, gone->columns[i].name_count);
    }
    free(gone->columns);
    words_free(&gone->ignored, gone->ignored_count);
    words_free(&gone->empty, gone->empty_count);
    free((void *)(uintptr_t)gone->attest);
    if (gone->file != NULL)
        yaml_file_free(&file_schema, gone->file);
    free(gone->path);
    free(gone);
}

const char *mapping_kind_name(enum field_kind kind)
{
    for (size_t i = 0; i < sizeof kind_names / sizeof kind_names[0]; i++)
        if (kind_names[i].val == (int64_t)kind)
            return kind_names[i].str;
    abort();
}

bool mapping_needs_units(const struct mapping *mapping)
{
    for (size_t i = 0; i < mapping->event_count; i++)
        for (size_t f = 0; f < mapping->events[i].field_count; f++)
            if (mapping->events[i].fields[f].kind == FIELD_UNIT_NAME)
                return true;
    return false;
}

bool mapping_reads(const struct mapping *mapping, const char *file_name)
{
    for (size_t i = 0; i < mapping->glob_count; i++)
        if (fnmatch(mapping->globs[i], file_name, FNM_PERIOD) == 0)
            return true;
    return false;
}
