#include "json.h"
#include "language.h"

#include <assert.h>
#include <float.h>
#include <google/protobuf/timestamp.pb-c.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PATH_SIZE = 160,       /* of the path in a fault; a longer one is cut */
    KEY_SHOWN_SIZE = 65,   /* of a sender's own key in a fault, with NUL */
    NAMES_SHOWN_SIZE = 300 /* of an enum's names in a fault */
};

static void json_release(json_t **json)
{
    json_decref(*json);
    *json = NULL;
}

/* ---- names ---- */

void json_member_name(const char *name, char camel[static JSON_MEMBER_SIZE])
{
    size_t size = 0;
    bool capital = false;
    assert(strlen(name) < JSON_MEMBER_SIZE);
    for (; *name != '\0'; name++) {
        if (*name != '_')
            camel[size++] = capital && *name >= 'a' && *name <= 'z' ? (char)(*name - 'a' + 'A') : *name;
        capital = *name == '_';
    }
    camel[size] = '\0';
}

static bool is_timestamp(const ProtobufCMessageDescriptor *type)
{
    return type == &google__protobuf__timestamp__descriptor;
}

static bool is_oneof_member(const ProtobufCFieldDescriptor *field)
{
    return (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
}

/* What one value of the field occupies in the message or in an array. */
static size_t value_size(ProtobufCType type)
{
    switch (type) {
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_FLOAT:
    case PROTOBUF_C_TYPE_ENUM:
        return sizeof(uint32_t);
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
        return sizeof(uint64_t);
    case PROTOBUF_C_TYPE_BOOL:
        return sizeof(protobuf_c_boolean);
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_MESSAGE:
        return sizeof(void *);
    case PROTOBUF_C_TYPE_BYTES:
        return sizeof(ProtobufCBinaryData);
    }
    abort(); /* descriptors have no other */
}

/* ---- memory ---- */

static void *take_or_end(size_t size)
{
    void *memory = malloc(size);
    if (memory == NULL)
        abort();
    return memory;
}

void json_end_without_memory(void)
{
    json_set_alloc_funcs(take_or_end, free);
}

/* ---- base64 ---- */

static const char base64_letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static json_t *json_from_bytes(const ProtobufCBinaryData *bytes)
{
    char *text = malloc(bytes->len / 3 * 4 + 4);
    if (text == NULL)
        return NULL;
    size_t size = 0;
    for (size_t i = 0; i < bytes->len; i += 3) {
        const size_t left = bytes->len - i;
        const uint32_t group = (uint32_t)bytes->data[i] << 16 | (left > 1 ? (uint32_t)bytes->data[i + 1] << 8 : 0) |
                               (left > 2 ? bytes->data[i + 2] : 0);
        text[size++] = base64_letters[group >> 18];
        text[size++] = base64_letters[group >> 12 & 63];
        text[size++] = left > 1 ? base64_letters[group >> 6 & 63] : '=';
        text[size++] = left > 2 ? base64_letters[group & 63] : '=';
    }
    json_t *json = json_stringn_nocheck(text, size);
    free(text);
    return json;
}

/* The six bits of a letter of either alphabet; -1: it is none. */
static int base64_value(char letter)
{
    if (letter >= 'A' && letter <= 'Z')
        return letter - 'A';
    if (letter >= 'a' && letter <= 'z')
        return letter - 'a' + 26;
    if (letter >= '0' && letter <= '9')
        return letter - '0' + 52;
    if (letter == '+' || letter == '-')
        return 62;
    return letter == '/' || letter == '_' ? 63 : -1;
}

/* `bytes` has room for three quarters of `size`. */
static bool base64_decode(const char *text, size_t size, uint8_t *bytes, size_t *decoded)
{
    if (size % 4 == 0 && size > 0 && text[size - 1] == '=')
        size -= text[size - 2] == '=' ? 2 : 1;
    if (size % 4 == 1)
        return false;
    uint32_t bits = 0;
    unsigned held = 0;
    size_t count = 0;
    for (size_t i = 0; i < size; i++) {
        const int value = base64_value(text[i]);
        if (value < 0)
            return false;
        bits = bits << 6 | (uint32_t)value;
        held += 6;
        if (held >= 8) {
            held -= 8;
            bytes[count++] = (uint8_t)(bits >> held);
        }
    }
    *decoded = count;
    return true;
}

/* ---- timestamps ---- */

enum {
    SECONDS_PER_DAY = 86400,
    NANOS_PER_SECOND = 1000000000,
    NANOS_PER_MILLI = 1000000,
    NANOS_PER_MICRO = 1000,
    DAYS_PER_ERA = 146097, /* 400 years of the Gregorian calendar */
    EPOCH_DAY = 719468     /* 1970-01-01, counted from 0000-03-01 */
};
static const int64_t timestamp_first = -62135596800; /* 0001-01-01T00:00:00Z */
static const int64_t timestamp_last = 253402300799;  /* 9999-12-31T23:59:59Z */

/* Days since 1970. Years are taken to begin in March, so that the leap day is the last of its year. */
static int64_t day_from_date(int64_t year, int64_t month, int64_t day)
{
    const int64_t march_year = month <= 2 ? year - 1 : year;
    const int64_t era = march_year / 400; /* never negative here: year >= 1 */
    const int64_t year_of_era = march_year - era * 400;
    const int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return era * DAYS_PER_ERA + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - EPOCH_DAY;
}

static void date_from_day(int64_t days, unsigned *year, unsigned *month, unsigned *day)
{
    const int64_t shifted = days + EPOCH_DAY; /* never negative here: not before year 1 */
    const int64_t era = shifted / DAYS_PER_ERA;
    const int64_t day_of_era = shifted % DAYS_PER_ERA;
    const int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / (DAYS_PER_ERA - 1)) / 365;
    const int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const int64_t march_month = (5 * day_of_year + 2) / 153;
    *day = (unsigned)(day_of_year - (153 * march_month + 2) / 5 + 1);
    *month = (unsigned)(march_month < 10 ? march_month + 3 : march_month - 9);
    *year = (unsigned)(year_of_era + era * 400 + (*month <= 2 ? 1 : 0));
}

static unsigned days_of_month(unsigned year, unsigned month)
{
    static const unsigned days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap ? 1 : 0);
}

/* Exactly `count` digits with a value from `low` to `high`, followed by `end` (NUL: by anything). */
static bool take_number(const char **at, unsigned count, char end, unsigned low, unsigned high, unsigned *number)
{
    unsigned sum = 0;
    for (unsigned i = 0; i < count; i++, (*at)++) {
        if (**at < '0' || **at > '9')
            return false;
        sum = sum * 10 + (unsigned)(**at - '0');
    }
    if (end != '\0' && *(*at)++ != end)
        return false;
    *number = sum;
    return sum >= low && sum <= high;
}

/* Nothing, or a point and one to nine digits. */
static bool take_fraction(const char **at, int32_t *nanos)
{
    *nanos = 0;
    if (**at != '.')
        return true;
    int32_t unit = NANOS_PER_SECOND;
    for ((*at)++; **at >= '0' && **at <= '9'; (*at)++) {
        if (unit == 1)
            return false;
        unit /= 10;
        *nanos += unit * (**at - '0');
    }
    return unit < NANOS_PER_SECOND;
}

/* Z, or +hh:mm or -hh:mm; then the end of the text. */
static bool take_offset(const char *at, int64_t *offset_seconds)
{
    *offset_seconds = 0;
    if (*at == 'Z')
        return at[1] == '\0';
    const char sign = *at++;
    unsigned hours = 0, minutes = 0;
    if ((sign != '+' && sign != '-') || !take_number(&at, 2, ':', 0, 23, &hours) ||
        !take_number(&at, 2, '\0', 0, 59, &minutes))
        return false;
    *offset_seconds = (int64_t)(hours * 3600 + minutes * 60) * (sign == '-' ? -1 : 1);
    return *at == '\0';
}

bool timestamp_parse(const char *text, int64_t *seconds, int32_t *nanos)
{
    const char *at = text;
    unsigned year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
    int32_t fraction = 0;
    int64_t offset = 0;
    if (!take_number(&at, 4, '-', 1, 9999, &year) || !take_number(&at, 2, '-', 1, 12, &month) ||
        !take_number(&at, 2, 'T', 1, days_of_month(year, month), &day) || !take_number(&at, 2, ':', 0, 23, &hour) ||
        !take_number(&at, 2, ':', 0, 59, &minute) || !take_number(&at, 2, '\0', 0, 59, &second) ||
        !take_fraction(&at, &fraction) || !take_offset(at, &offset))
        return false;
    const int64_t local =
        day_from_date(year, month, day) * SECONDS_PER_DAY + (int64_t)(hour * 3600 + minute * 60 + second);
    if (local - offset < timestamp_first || local - offset > timestamp_last)
        return false;
    *seconds = local - offset;
    *nanos = fraction;
    return true;
}

bool timestamp_format(int64_t seconds, int32_t nanos, char text[static TIMESTAMP_TEXT_SIZE])
{
    if (seconds < timestamp_first || seconds > timestamp_last || nanos < 0 || nanos >= NANOS_PER_SECOND)
        return false;
    const int64_t from_first = seconds - timestamp_first;
    const int64_t days = from_first / SECONDS_PER_DAY + timestamp_first / SECONDS_PER_DAY;
    const unsigned left = (unsigned)(from_first % SECONDS_PER_DAY);
    unsigned year = 0, month = 0, day = 0;
    date_from_day(days, &year, &month, &day);
    char whole[TIMESTAMP_TEXT_SIZE], fraction[TIMESTAMP_TEXT_SIZE] = "";
    snprintf(whole, sizeof whole, "%04u-%02u-%02uT%02u:%02u:%02u", year % 10000, month % 100, day % 100, left / 3600,
             left / 60 % 60, left % 60);
    const unsigned parts = (unsigned)nanos % NANOS_PER_SECOND;
    if (parts % NANOS_PER_MILLI == 0 && parts != 0)
        snprintf(fraction, sizeof fraction, ".%03u", parts / NANOS_PER_MILLI);
    else if (parts % NANOS_PER_MICRO == 0 && parts != 0)
        snprintf(fraction, sizeof fraction, ".%06u", parts / NANOS_PER_MICRO);
    else if (parts != 0)
        snprintf(fraction, sizeof fraction, ".%09u", parts);
    snprintf(text, TIMESTAMP_TEXT_SIZE, "%.19s%.10sZ", whole, fraction);
    return true;
}

static json_t *json_from_timestamp(const ProtobufCMessage *message)
{
    const Google__Protobuf__Timestamp *time = (const Google__Protobuf__Timestamp *)message;
    char text[TIMESTAMP_TEXT_SIZE];
    return timestamp_format(time->seconds, time->nanos, text) ? json_string(text) : NULL;
}

/* ---- messages to JSON ---- */

static json_t *json_from_double(double value)
{
    if (isnan(value))
        return json_string("NaN");
    if (isinf(value))
        return json_string(value > 0 ? "Infinity" : "-Infinity");
    return json_real(value);
}

/* The shortest decimal that reads back as the same float, as other libraries write it: 0.1, not 0.100000001. */
static json_t *json_from_float(float value)
{
    char text[32];
    for (int digits = FLT_DIG; isfinite(value) && digits <= FLT_DECIMAL_DIG; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, (double)value);
        if (strtof(text, NULL) == value)
            return json_real(strtod(text, NULL));
    }
    return json_from_double((double)value);
}

static json_t *json_from_enum(const ProtobufCEnumDescriptor *type, int number)
{
    const ProtobufCEnumValue *value = protobuf_c_enum_descriptor_get_value(type, number);
    return value != NULL ? json_string(value->name) : json_integer(number);
}

static json_t *message_to_json(const ProtobufCMessage *message, enum json_defaults defaults);

static json_t *json_from_value(const ProtobufCFieldDescriptor *field, const void *at, enum json_defaults defaults)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
        return json_integer(*(const int32_t *)at);
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
        return json_integer(*(const uint32_t *)at);
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
        return json_sprintf("%lld", (long long)*(const int64_t *)at);
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
        return json_sprintf("%llu", (unsigned long long)*(const uint64_t *)at);
    case PROTOBUF_C_TYPE_FLOAT:
        return json_from_float(*(const float *)at);
    case PROTOBUF_C_TYPE_DOUBLE:
        return json_from_double(*(const double *)at);
    case PROTOBUF_C_TYPE_BOOL:
        return json_boolean(*(const protobuf_c_boolean *)at);
    case PROTOBUF_C_TYPE_ENUM:
        return json_from_enum(field->descriptor, *(const int *)at);
    case PROTOBUF_C_TYPE_STRING:
        return json_string(*(char *const *)at);
    case PROTOBUF_C_TYPE_BYTES:
        return json_from_bytes(at);
    case PROTOBUF_C_TYPE_MESSAGE:
        return message_to_json(*(ProtobufCMessage *const *)at, defaults);
    }
    abort(); /* descriptors have no other */
}

static json_t *json_from_array(const ProtobufCFieldDescriptor *field, const uint8_t *values, size_t count,
                               enum json_defaults defaults)
{
    CLEANUP(json_release) json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        if (json_array_append_new(array, json_from_value(field, values + i * value_size(field->type), defaults)) != 0)
            return NULL;
    return json_incref(array);
}

/* proto3: has the value been set to anything but its default? */
static bool is_set(const ProtobufCFieldDescriptor *field, const void *at)
{
    static const uint8_t zeros[sizeof(uint64_t)];
    if (field->type == PROTOBUF_C_TYPE_STRING)
        return *(char *const *)at != NULL && **(char *const *)at != '\0';
    if (field->type == PROTOBUF_C_TYPE_BYTES)
        return ((const ProtobufCBinaryData *)at)->len != 0;
    if (field->type == PROTOBUF_C_TYPE_MESSAGE)
        return *(ProtobufCMessage *const *)at != NULL;
    return memcmp(at, zeros, value_size(field->type)) != 0;
}

/* Is the field written? What has presence only if it is there; an array or a plain value also where defaults are. */
static bool is_written(const ProtobufCFieldDescriptor *field, const void *at, const void *quantifier,
                       enum json_defaults defaults)
{
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return *(const size_t *)quantifier > 0 || defaults == JSON_DEFAULTS_WRITTEN;
    if (is_oneof_member(field))
        return *(const uint32_t *)quantifier == field->id;
    return is_set(field, at) || (defaults == JSON_DEFAULTS_WRITTEN && field->type != PROTOBUF_C_TYPE_MESSAGE);
}

static bool add_field(json_t *object, const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field,
                      enum json_defaults defaults)
{
    const uint8_t *at = (const uint8_t *)message + field->offset;
    const void *quantifier = (const uint8_t *)message + field->quantifier_offset;
    char name[JSON_MEMBER_SIZE];
    if (!is_written(field, at, quantifier, defaults))
        return true;
    json_member_name(field->name, name);
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return json_object_set_new(object, name,
                                   json_from_array(field, *(uint8_t *const *)(const void *)at,
                                                   *(const size_t *)quantifier, defaults)) == 0;
    return json_object_set_new(object, name, json_from_value(field, at, defaults)) == 0;
}

static json_t *message_to_json(const ProtobufCMessage *message, enum json_defaults defaults)
{
    const ProtobufCMessageDescriptor *type = message->descriptor;
    if (is_timestamp(type))
        return json_from_timestamp(message);
    CLEANUP(json_release) json_t *object = json_object();
    for (unsigned i = 0; i < type->n_fields; i++)
        if (!add_field(object, message, &type->fields[i], defaults))
            return NULL;
    return json_incref(object);
}

json_t *json_from_message(const ProtobufCMessage *message)
{
    return message_to_json(message, JSON_DEFAULTS_LEFT_OUT);
}

json_t *json_from_message_with(const ProtobufCMessage *message, enum json_defaults defaults)
{
    return message_to_json(message, defaults);
}

char *json_text_from_message(const ProtobufCMessage *message)
{
    CLEANUP(json_release) json_t *json = json_from_message(message);
    return json == NULL ? NULL : json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY);
}

/* ---- JSON to messages ---- */

/* A value's place: steps from the outermost message, the innermost first. */
struct place {
    const struct place *above; /* NULL: the outermost message */
    const char *key;           /* NULL: an element of an array */
    size_t index;
};

struct reading {
    const ProtobufCMessageDescriptor *outermost;
    struct wire_arena *arena;
    struct fault *fault;
};

static ProtobufCMessage *message_from_json(struct reading *reading, const struct place *place,
                                           const ProtobufCMessageDescriptor *type, const json_t *json, unsigned depth);

/* A sender's key, cut between characters; what could move a terminal's cursor or end a line becomes '?'. */
static void show_key(const char *key, char shown[static KEY_SHOWN_SIZE])
{
    size_t size = 0;
    for (; key[size] != '\0' && size < KEY_SHOWN_SIZE - 1; size++) {
        const unsigned char letter = (unsigned char)key[size], next = (unsigned char)key[size + 1];
        const unsigned char before = size > 0 ? (unsigned char)key[size - 1] : 0;
        const bool control =
            letter < 0x20 || letter == 0x7f || (letter == 0xc2 && next < 0xa0) || (before == 0xc2 && letter < 0xa0);
        shown[size] = control ? '?' : key[size];
    }
    while (key[size] != '\0' && size > 0 && ((unsigned char)key[size] & 0xc0) == 0x80)
        size--;
    shown[size] = '\0';
}

/* Appends the path, from the outermost step on; a step that does not fit is left out. */
static void show_path(const struct place *place, char path[static PATH_SIZE], size_t *size)
{
    if (place == NULL)
        return;
    show_path(place->above, path, size);
    char key[KEY_SHOWN_SIZE] = "";
    if (place->key != NULL)
        show_key(place->key, key);
    int added = 0;
    if (place->key == NULL)
        added = snprintf(path + *size, PATH_SIZE - *size, "[%zu]", place->index);
    else
        added = snprintf(path + *size, PATH_SIZE - *size, "%s%s", place->above == NULL ? "" : ".", key);
    if (added > 0 && (size_t)added < PATH_SIZE - *size)
        *size += (size_t)added;
    path[*size] = '\0';
}

static bool refuse(struct reading *reading, const struct place *place, const char *expected)
{
    char path[PATH_SIZE] = "";
    size_t size = 0;
    show_path(place, path, &size);
    return fault_set(reading->fault, FAULT_MALFORMED, "%s: %s", size == 0 ? reading->outermost->short_name : path,
                     translated(expected));
}

static void *take(struct reading *reading, const struct place *place, size_t size)
{
    void *piece = wire_arena_take(reading->arena, size);
    if (piece == NULL)
        refuse(reading, place, "no room: the message is larger than the memory for one");
    return piece;
}

struct integer {
    bool negative;
    uint64_t magnitude;
};

static bool integer_from_text(const char *text, struct integer *integer)
{
    *integer = (struct integer){.negative = *text == '-'};
    const char *at = integer->negative ? text + 1 : text;
    if (*at == '\0')
        return false;
    for (; *at != '\0'; at++) {
        if (*at < '0' || *at > '9' || __builtin_mul_overflow(integer->magnitude, 10u, &integer->magnitude) ||
            __builtin_add_overflow(integer->magnitude, (unsigned)(*at - '0'), &integer->magnitude))
            return false;
    }
    return true;
}

/* A number, also written as 1.0 or 1e3 if it is whole, or a string of decimal digits. */
static bool integer_from_json(const json_t *json, struct integer *integer)
{
    if (json_is_string(json))
        return integer_from_text(json_string_value(json), integer);
    if (json_is_real(json)) {
        const double value = json_real_value(json), magnitude = value < 0 ? -value : value;
        if (!(magnitude < 0x1p64) || magnitude != (double)(uint64_t)magnitude)
            return false;
        *integer = (struct integer){.negative = value < 0, .magnitude = (uint64_t)magnitude};
        return true;
    }
    const json_int_t value = json_integer_value(json);
    *integer = (struct integer){.negative = value < 0,
                                .magnitude = value < 0 ? UINT64_C(0) - (uint64_t)value : (uint64_t)value};
    return json_is_integer(json);
}

static bool signed_from_json(struct reading *reading, const struct place *place, const json_t *json, uint64_t max,
                             int64_t *value)
{
    struct integer integer;
    if (!integer_from_json(json, &integer) || integer.magnitude > max + (integer.negative ? 1 : 0)) {
        char expected[96];
        snprintf(expected, sizeof expected, translated("expected an integer from -%llu to %llu"),
                 (unsigned long long)max + 1, (unsigned long long)max);
        return refuse(reading, place, expected);
    }
    *value = (int64_t)(integer.negative ? UINT64_C(0) - integer.magnitude : integer.magnitude);
    return true;
}

static bool unsigned_from_json(struct reading *reading, const struct place *place, const json_t *json, uint64_t max,
                               uint64_t *value)
{
    struct integer integer;
    if (!integer_from_json(json, &integer) || integer.magnitude > max || (integer.negative && integer.magnitude > 0)) {
        char expected[96];
        snprintf(expected, sizeof expected, translated("expected an integer from 0 to %llu"), (unsigned long long)max);
        return refuse(reading, place, expected);
    }
    *value = integer.magnitude;
    return true;
}

/* A number, or a string with a number, NaN, Infinity or -Infinity. */
static bool double_from_json(const json_t *json, double *value)
{
    *value = json_number_value(json);
    if (!json_is_string(json))
        return json_is_number(json);
    const char *text = json_string_value(json);
    char *end = NULL;
    if (strcmp(text, "NaN") == 0 || strcmp(text, "Infinity") == 0 || strcmp(text, "-Infinity") == 0) {
        *value = strtod(text, NULL);
        return true;
    }
    if (*text == '\0' || strspn(text, "+-.0123456789eE") != strlen(text))
        return false;
    *value = strtod(text, &end);
    return *end == '\0' && isfinite(*value);
}

static bool refuse_enum(struct reading *reading, const struct place *place, const ProtobufCEnumDescriptor *type)
{
    char expected[NAMES_SHOWN_SIZE];
    size_t size = (size_t)snprintf(expected, sizeof expected, "%s", translated("expected one of "));
    for (unsigned i = 0; i < type->n_values; i++) {
        const int added =
            snprintf(expected + size, sizeof expected - size, "%s%s", i == 0 ? "" : ", ", type->values[i].name);
        if (added < 0 || (size_t)added >= sizeof expected - size) {
            snprintf(expected + sizeof expected - 4, 4, "...");
            break;
        }
        size += (size_t)added;
    }
    return refuse(reading, place, expected);
}

static bool enum_from_json(struct reading *reading, const struct place *place, const ProtobufCEnumDescriptor *type,
                           const json_t *json, int *number)
{
    const ProtobufCEnumValue *value = NULL;
    const json_int_t integer = json_integer_value(json);
    if (json_is_string(json))
        value = protobuf_c_enum_descriptor_get_value_by_name(type, json_string_value(json));
    else if (json_is_integer(json) && integer >= INT32_MIN && integer <= INT32_MAX)
        value = protobuf_c_enum_descriptor_get_value(type, (int)integer);
    if (value == NULL)
        return refuse_enum(reading, place, type);
    *number = value->value;
    return true;
}

static bool string_from_json(struct reading *reading, const struct place *place, const json_t *json, char **string)
{
    if (!json_is_string(json))
        return refuse(reading, place, "expected a string");
    const char *text = json_string_value(json);
    const size_t size = json_string_length(json);
    const enum wire_flaw flaw = wire_check_text(text, size);
    if (flaw != WIRE_OK)
        return refuse(reading, place, wire_flaw_text(flaw));
    char *copy = take(reading, place, size + 1);
    if (copy == NULL)
        return false;
    memcpy(copy, text, size + 1);
    *string = copy;
    return true;
}

static bool bytes_from_json(struct reading *reading, const struct place *place, const json_t *json,
                            ProtobufCBinaryData *bytes)
{
    const size_t size = json_string_length(json);
    uint8_t *data = json_is_string(json) ? take(reading, place, size / 4 * 3 + 3) : NULL;
    if (json_is_string(json) && data == NULL)
        return false;
    if (data == NULL || !base64_decode(json_string_value(json), size, data, &bytes->len))
        return refuse(reading, place, "expected base64");
    bytes->data = data;
    return true;
}

static bool real_from_json(struct reading *reading, const struct place *place, const json_t *json, bool is_float,
                           void *at)
{
    double value = 0;
    if (!double_from_json(json, &value) ||
        (is_float && isfinite(value) && (value > (double)FLT_MAX || value < -(double)FLT_MAX)))
        return refuse(reading, place, "expected a number in range");
    if (is_float)
        *(float *)at = (float)value;
    else
        *(double *)at = value;
    return true;
}

static bool integer_field_from_json(struct reading *reading, const struct place *place, ProtobufCType type,
                                    const json_t *json, void *at)
{
    int64_t number = 0;
    uint64_t count = 0;
    if (type == PROTOBUF_C_TYPE_UINT32 || type == PROTOBUF_C_TYPE_FIXED32) {
        if (!unsigned_from_json(reading, place, json, UINT32_MAX, &count))
            return false;
        *(uint32_t *)at = (uint32_t)count;
    } else if (type == PROTOBUF_C_TYPE_UINT64 || type == PROTOBUF_C_TYPE_FIXED64) {
        return unsigned_from_json(reading, place, json, UINT64_MAX, at);
    } else if (value_size(type) == sizeof(int32_t)) {
        if (!signed_from_json(reading, place, json, INT32_MAX, &number))
            return false;
        *(int32_t *)at = (int32_t)number;
    } else {
        return signed_from_json(reading, place, json, INT64_MAX, at);
    }
    return true;
}

static bool value_from_json(struct reading *reading, const struct place *place, const ProtobufCFieldDescriptor *field,
                            const json_t *json, unsigned depth, void *at)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
        return integer_field_from_json(reading, place, field->type, json, at);
    case PROTOBUF_C_TYPE_FLOAT:
    case PROTOBUF_C_TYPE_DOUBLE:
        return real_from_json(reading, place, json, field->type == PROTOBUF_C_TYPE_FLOAT, at);
    case PROTOBUF_C_TYPE_BOOL:
        *(protobuf_c_boolean *)at = json_is_true(json);
        return json_is_boolean(json) || refuse(reading, place, "expected true or false");
    case PROTOBUF_C_TYPE_ENUM:
        return enum_from_json(reading, place, field->descriptor, json, at);
    case PROTOBUF_C_TYPE_STRING:
        return string_from_json(reading, place, json, at);
    case PROTOBUF_C_TYPE_BYTES:
        return bytes_from_json(reading, place, json, at);
    case PROTOBUF_C_TYPE_MESSAGE:
        *(ProtobufCMessage **)at = message_from_json(reading, place, field->descriptor, json, depth + 1);
        return *(ProtobufCMessage **)at != NULL;
    }
    abort(); /* descriptors have no other */
}

static bool array_from_json(struct reading *reading, const struct place *place, const ProtobufCFieldDescriptor *field,
                            const json_t *json, unsigned depth, ProtobufCMessage *message)
{
    if (!json_is_array(json))
        return refuse(reading, place, "expected an array");
    const size_t count = json_array_size(json), size = value_size(field->type);
    if (count == 0)
        return true;
    uint8_t *values = take(reading, place, count * size);
    if (values == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct place element = {.above = place, .index = i};
        if (!value_from_json(reading, &element, field, json_array_get(json, i), depth, values + i * size))
            return false;
    }
    *(uint8_t **)(void *)((uint8_t *)message + field->offset) = values;
    *(size_t *)(void *)((uint8_t *)message + field->quantifier_offset) = count;
    return true;
}

static bool field_from_json(struct reading *reading, const struct place *place, const ProtobufCFieldDescriptor *field,
                            const json_t *json, unsigned depth, ProtobufCMessage *message)
{
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return array_from_json(reading, place, field, json, depth, message);
    if (is_oneof_member(field)) {
        uint32_t *chosen = (void *)((uint8_t *)message + field->quantifier_offset);
        if (*chosen != 0)
            return refuse(reading, place, "another member of the same oneof is given too; only one may be");
        *chosen = field->id;
    }
    return value_from_json(reading, place, field, json, depth, (uint8_t *)message + field->offset);
}

/* Is `key` what json_member_name makes of `name`? */
static bool is_camel_of(const char *key, const char *name)
{
    for (bool capital = false; *name != '\0'; name++) {
        const bool letter = capital && *name >= 'a' && *name <= 'z';
        capital = *name == '_';
        if (!capital && *key++ != (letter ? (char)(*name - 'a' + 'A') : *name))
            return false;
    }
    return *key == '\0';
}

static const ProtobufCFieldDescriptor *field_by_key(const ProtobufCMessageDescriptor *type, const char *key)
{
    for (unsigned i = 0; i < type->n_fields; i++)
        if (is_camel_of(key, type->fields[i].name) || strcmp(key, type->fields[i].name) == 0)
            return &type->fields[i];
    return NULL;
}

static bool is_given_twice(const json_t *object, const ProtobufCFieldDescriptor *field)
{
    char camel[JSON_MEMBER_SIZE];
    json_member_name(field->name, camel);
    return strcmp(camel, field->name) != 0 && json_object_get(object, camel) != NULL &&
           json_object_get(object, field->name) != NULL;
}

static ProtobufCMessage *timestamp_from_json(struct reading *reading, const struct place *place, const json_t *json)
{
    Google__Protobuf__Timestamp *time = take(reading, place, sizeof *time);
    if (time == NULL)
        return NULL;
    google__protobuf__timestamp__init(time);
    if (!json_is_string(json) || strlen(json_string_value(json)) != json_string_length(json) ||
        !timestamp_parse(json_string_value(json), &time->seconds, &time->nanos)) {
        refuse(reading, place, "expected a time like 2024-05-01T08:30:00Z or 2024-05-01T16:30:00+08:00");
        return NULL;
    }
    return &time->base;
}

static ProtobufCMessage *message_from_json(struct reading *reading, const struct place *place,
                                           const ProtobufCMessageDescriptor *type, const json_t *json, unsigned depth)
{
    if (is_timestamp(type))
        return timestamp_from_json(reading, place, json);
    if (depth > WIRE_DEPTH_MAX || !json_is_object(json)) {
        refuse(reading, place, json_is_object(json) ? wire_flaw_text(WIRE_TOO_DEEP) : "expected an object");
        return NULL;
    }
    ProtobufCMessage *message = take(reading, place, type->sizeof_message);
    if (message == NULL)
        return NULL;
    protobuf_c_message_init(type, message);
    json_t *object = (json_t *)json; /* jansson's iterators ask for it and change nothing */
    for (void *at = json_object_iter(object); at != NULL; at = json_object_iter_next(object, at)) {
        const struct place inner = {.above = place, .key = json_object_iter_key(at)};
        const ProtobufCFieldDescriptor *field = field_by_key(type, inner.key);
        if (field == NULL || is_given_twice(json, field)) {
            refuse(reading, &inner, field == NULL ? "unknown field" : "given twice, in both spellings");
            return NULL;
        }
        const json_t *value = json_object_iter_value(at);
        if (!json_is_null(value) && !field_from_json(reading, &inner, field, value, depth, message))
            return NULL;
    }
    return message;
}

ProtobufCMessage *json_to_message(const ProtobufCMessageDescriptor *type, const json_t *json, struct wire_arena *arena,
                                  struct fault *fault)
{
    struct reading reading = {.outermost = type, .arena = arena, .fault = fault};
    return message_from_json(&reading, NULL, type, json, 1);
}

/* Counts brackets and commas outside strings: enough to bound depth and memory before the parser allocates. Whether
 * the text is JSON at all is the parser's question. */
static bool text_is_bounded(const char *text, size_t size, struct fault *fault)
{
    if (size > JSON_TEXT_SIZE_MAX)
        return fault_set(fault, FAULT_MALFORMED, "JSON of %zu bytes: at most %d", size, JSON_TEXT_SIZE_MAX);
    size_t values = 1, depth = 0;
    bool in_string = false;
    for (size_t i = 0; i < size; i++) {
        if (in_string) {
            in_string = text[i] != '"';
            i += text[i] == '\\' ? 1 : 0; /* whatever is escaped ends no string */
            continue;
        }
        in_string = text[i] == '"';
        const bool opens = text[i] == '{' || text[i] == '[', closes = text[i] == '}' || text[i] == ']';
        values += opens || text[i] == ',' ? 1 : 0;
        depth += opens ? 1 : 0;
        depth -= closes && depth > 0 ? 1 : 0;
        if (depth > JSON_DEPTH_MAX)
            return fault_set(fault, FAULT_MALFORMED, "JSON nested deeper than %d levels", JSON_DEPTH_MAX);
        if (values > JSON_VALUES_MAX)
            return fault_set(fault, FAULT_MALFORMED, "JSON of more than %d values", JSON_VALUES_MAX);
    }
    return true;
}

json_t *json_text_read(const char *text, size_t size, struct fault *fault)
{
    if (!text_is_bounded(text, size, fault))
        return NULL;
    json_error_t error;
    json_t *json = json_loadb(text, size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (json == NULL) {
        /* The parser quotes the text after " near "; that could name a person. */
        char *quoted = strstr(error.text, " near ");
        if (quoted != NULL)
            *quoted = '\0';
        fault_set(fault, FAULT_MALFORMED, "line %d, column %d: not JSON: %s", error.line, error.column, error.text);
    }
    return json;
}

ProtobufCMessage *json_text_to_message(const ProtobufCMessageDescriptor *type, const char *text, size_t size,
                                       struct wire_arena *arena, struct fault *fault)
{
    CLEANUP(json_release) json_t *json = json_text_read(text, size, fault);
    return json == NULL ? NULL : json_to_message(type, json, arena, fault);
}
