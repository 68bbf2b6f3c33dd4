/* The canonical mapping both ways, and what it refuses, with words that lead to the place. */
#include "json.h"

#include "error.pb-c.h"
#include "event.pb-c.h"
#include "query.pb-c.h"
#include "record.pb-c.h"
#include "session.pb-c.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define EVENT &sanling__v1__event__descriptor
#define RECORD &sanling__v1__record__descriptor
#define RAW_RECORD &sanling__v1__raw_record__descriptor
#define CLIENT_MESSAGE &sanling__v1__client_message__descriptor
#define STATUS &sanling__v1__zero_status__descriptor

/* Kinds of fields that our contract does not use, in a message of one of each. */
struct numbers {
    ProtobufCMessage base;
    float ratio;
    double exact;
    int32_t small;
    int64_t large;
    uint32_t fixed_small;
    uint64_t fixed_large_2_x;
};
#define NUMBER(member, number, kind)                                                                                   \
    {                                                                                                                  \
        .name = #member, .id = (number), .label = PROTOBUF_C_LABEL_NONE, .type = PROTOBUF_C_TYPE_##kind,               \
        .offset = offsetof(struct numbers, member)                                                                     \
    }
static const ProtobufCFieldDescriptor number_fields[] = {
    NUMBER(ratio, 1, FLOAT),    NUMBER(exact, 2, DOUBLE),        NUMBER(small, 3, INT32),
    NUMBER(large, 4, SFIXED64), NUMBER(fixed_small, 5, FIXED32), NUMBER(fixed_large_2_x, 6, FIXED64),
};
static void numbers_init(ProtobufCMessage *message);
static const unsigned number_names[] = {1, 5, 4, 3, 0, 2};
static const ProtobufCIntRange number_ranges[] = {{1, 0}, {0, 6}};
static const ProtobufCMessageDescriptor numbers_type = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "Numbers",
    .short_name = "Numbers",
    .c_name = "Numbers",
    .package_name = "",
    .sizeof_message = sizeof(struct numbers),
    .n_fields = 6,
    .fields = number_fields,
    .fields_sorted_by_name = number_names,
    .n_field_ranges = 1,
    .field_ranges = number_ranges,
    .message_init = numbers_init,
};
static void numbers_init(ProtobufCMessage *message)
{
    *(struct numbers *)message = (struct numbers){.base = PROTOBUF_C_MESSAGE_INIT(&numbers_type)};
}
#define NUMBERS &numbers_type

struct mapping {
    const ProtobufCMessageDescriptor *type;
    const char *given;
    const char *canonical; /* the same message as we write it; NULL: as it was given */
};

static const struct mapping accepted[] = {
    {EVENT, "{}", NULL},
    {EVENT,
     "{\"source\":\"safety-yu\",\"sequence\":\"41\",\"occurredAt\":\"2024-05-01T08:30:00Z\",\"utcOffsetMinutes\":480,"
     "\"unit\":\"140321000001\",\"mode\":\"EXERCISE\",\"note\":\"三零 \\\"x\\\" "
     "😀\",\"hazardFound\":{\"hazard\":\"H-1\","
     "\"category\":\"FIRE\",\"grade\":\"MAJOR\"}}",
     NULL},
    /* names */
    {EVENT, "{\"occurred_at\":\"2024-05-01T08:30:00Z\",\"utc_offset_minutes\":-840}",
     "{\"occurredAt\":\"2024-05-01T08:30:00Z\",\"utcOffsetMinutes\":-840}"},
    {RAW_RECORD, "{\"routed_to\":[1,\"WORK_SAFETY\"]}", "{\"routedTo\":[\"PETITIONS\",\"WORK_SAFETY\"]}"},
    {NUMBERS, "{\"fixedLarge2X\":\"1\"}", NULL},
    {NUMBERS, "{\"fixed_large_2_x\":\"1\"}", "{\"fixedLarge2X\":\"1\"}"},
    /* integers */
    {EVENT, "{\"sequence\":41}", "{\"sequence\":\"41\"}"},
    {EVENT, "{\"sequence\":41.0}", "{\"sequence\":\"41\"}"},
    {EVENT, "{\"sequence\":4.1e1}", "{\"sequence\":\"41\"}"},
    {EVENT, "{\"sequence\":\"18446744073709551615\"}", NULL},
    {EVENT, "{\"sequence\":-0}", "{}"},
    {EVENT, "{\"utcOffsetMinutes\":\"-2147483648\"}", "{\"utcOffsetMinutes\":-2147483648}"},
    {NUMBERS, "{\"small\":2147483647,\"large\":\"-9223372036854775808\",\"fixedSmall\":4294967295}", NULL},
    {NUMBERS, "{\"large\":-9223372036854775808}", "{\"large\":\"-9223372036854775808\"}"},
    {STATUS, "{\"breaks\":[\"1\",2,3.0]}", "{\"breaks\":[\"1\",\"2\",\"3\"]}"},
    /* floating point */
    {NUMBERS, "{\"exact\":0.5}", NULL},
    {NUMBERS, "{\"exact\":\"-1.5e3\"}", "{\"exact\":-1500.0}"},
    {NUMBERS, "{\"exact\":3}", "{\"exact\":3.0}"},
    {NUMBERS, "{\"ratio\":\"NaN\",\"exact\":\"-Infinity\"}", NULL},
    /* enums */
    {EVENT, "{\"mode\":2}", "{\"mode\":\"TEST\"}"},
    {EVENT, "{\"mode\":0}", "{}"},
    /* null is absent */
    {EVENT,
     "{\"source\":null,\"occurredAt\":null,\"hazardFound\":null,\"mode\":null,\"unitSplit\":{\"successors\":null}}",
     "{\"unitSplit\":{}}"},
    /* oneofs: a chosen member is shown at its default too */
    {EVENT, "{\"hazardFound\":{}}", NULL},
    {CLIENT_MESSAGE, "{\"subscribe\":{\"records\":{\"fromPosition\":\"0\",\"toEnd\":false}}}", NULL},
    {EVENT, "{\"hazardFound\":{},\"hazardVerified\":null}", "{\"hazardFound\":{}}"},
    /* bytes */
    {RAW_RECORD, "{\"event\":\"\"}", "{}"},
    {RAW_RECORD, "{\"event\":\"AA==\"}", NULL},
    {RAW_RECORD, "{\"event\":\"AAE=\"}", NULL},
    {RAW_RECORD, "{\"event\":\"AAEC\"}", NULL},
    {RAW_RECORD, "{\"event\":\"AA\"}", "{\"event\":\"AA==\"}"},
    {RAW_RECORD, "{\"event\":\"-_-_\"}", "{\"event\":\"+/+/\"}"},
    {RAW_RECORD, "{\"event\":\"-_8\"}", "{\"event\":\"+/8=\"}"},
    {CLIENT_MESSAGE, "{\"publish\":{\"source\":\"s\",\"events\":[\"AQ==\",\"\"]}}", NULL},
    /* times */
    {EVENT, "{\"occurredAt\":\"1970-01-01T00:00:00Z\"}", NULL},
    {EVENT, "{\"occurredAt\":\"2024-05-01T16:30:00.5+08:00\"}", "{\"occurredAt\":\"2024-05-01T08:30:00.500Z\"}"},
    /* white space and escapes are the parser's */
    {EVENT, " {\n \"note\" : \"\\u4e09\\ud83d\\ude00\" } \n", "{\"note\":\"三😀\"}"},
};

static void what_the_mapping_accepts_is_written_canonically(void **state)
{
    (void)state;
    CLEANUP(wire_arena_close) struct wire_arena *arena = wire_arena_open(WIRE_EVENT_BUDGET);
    for (size_t i = 0; i < sizeof accepted / sizeof *accepted; i++) {
        const struct mapping *mapping = &accepted[i];
        struct fault fault = {0};
        wire_arena_reset(arena);
        const ProtobufCMessage *message =
            json_text_to_message(mapping->type, mapping->given, strlen(mapping->given), arena, &fault);
        if (message == NULL)
            fail_msg("%s: refused: %s", mapping->given, fault.text);
        char *text = json_text_from_message(message);
        assert_non_null(text);
        assert_string_equal(mapping->canonical != NULL ? mapping->canonical : mapping->given, text);
        free(text);
    }
}

static void json_goes_through_the_wire_unchanged(void **state)
{
    (void)state;
    CLEANUP(wire_arena_close) struct wire_arena *arena = wire_arena_open(WIRE_EVENT_BUDGET);
    for (size_t i = 0; i < sizeof accepted / sizeof *accepted; i++) {
        const struct mapping *mapping = &accepted[i];
        struct fault fault = {0};
        wire_arena_reset(arena);
        const ProtobufCMessage *message =
            json_text_to_message(mapping->type, mapping->given, strlen(mapping->given), arena, &fault);
        assert_non_null(message);
        uint8_t packed[1000];
        assert_in_range(protobuf_c_message_get_packed_size(message), 0, sizeof packed);
        const size_t size = protobuf_c_message_pack(message, packed);
        const ProtobufCMessage *unpacked = wire_unpack(arena, mapping->type, packed, size, &wire_event_limits, NULL);
        assert_non_null(unpacked);
        char *text = json_text_from_message(unpacked);
        assert_string_equal(mapping->canonical != NULL ? mapping->canonical : mapping->given, text);
        free(text);
    }
}

struct refusal {
    const ProtobufCMessageDescriptor *type;
    const char *given;
    const char *reason;
};

static const struct refusal refused[] = {
    {EVENT, "{\"hazardFound\":{\"gradee\":1}}", "hazardFound.gradee: unknown field"},
    {EVENT, "{\"Source\":\"x\"}", "Source: unknown field"},
    {EVENT, "{\"a\\nb\\u009b\\u001b[2J\":1}", "a?b???[2J: unknown field"},
    {EVENT, "{\"hazardFound\":{\"grade\":\"BIG\"}}", "hazardFound.grade: expected one of UNSPECIFIED, GENERAL, MAJOR"},
    {EVENT, "{\"hazardFound\":{\"grade\":9}}", "hazardFound.grade: expected one of UNSPECIFIED, GENERAL, MAJOR"},
    {EVENT, "{\"hazardFound\":{\"grade\":4294967297}}",
     "hazardFound.grade: expected one of UNSPECIFIED, GENERAL, MAJOR"},
    {EVENT, "{\"mode\":true}", "mode: expected one of ACTUAL, EXERCISE, TEST"},
    {EVENT, "{\"hazardFound\":{},\"hazardVerified\":{}}",
     "hazardVerified: another member of the same oneof is given too; only one may be"},
    {EVENT, "{\"occurredAt\":\"2024-05-01T08:30:00Z\",\"occurred_at\":null}",
     "occurredAt: given twice, in both spellings"},
    {EVENT, "{\"source\":1}", "source: expected a string"},
    {EVENT, "{\"source\":[\"x\"]}", "source: expected a string"},
    {EVENT, "{\"sequence\":-1}", "sequence: expected an integer from 0 to 18446744073709551615"},
    {EVENT, "{\"sequence\":\"\"}", "sequence: expected an integer from 0 to 18446744073709551615"},
    {EVENT, "{\"sequence\":\"-\"}", "sequence: expected an integer from 0 to 18446744073709551615"},
    {EVENT, "{\"sequence\":\" 1\"}", "sequence: expected an integer from 0 to 18446744073709551615"},
    {EVENT, "{\"sequence\":\"0x1\"}", "sequence: expected an integer from 0 to 18446744073709551615"},
    {EVENT, "{\"sequence\":\"18446744073709551616\"}", "sequence: expected an integer from 0 to 18446744073709551615"},
    {EVENT, "{\"sequence\":1.5}", "sequence: expected an integer from 0 to 18446744073709551615"},
    {EVENT, "{\"sequence\":1e20}", "sequence: expected an integer from 0 to 18446744073709551615"},
    {EVENT, "{\"sequence\":true}", "sequence: expected an integer from 0 to 18446744073709551615"},
    {EVENT, "{\"utcOffsetMinutes\":2147483648}",
     "utcOffsetMinutes: expected an integer from -2147483648 to 2147483647"},
    {EVENT, "{\"utcOffsetMinutes\":-2147483649}",
     "utcOffsetMinutes: expected an integer from -2147483648 to 2147483647"},
    {NUMBERS, "{\"large\":\"9223372036854775808\"}",
     "large: expected an integer from -9223372036854775808 to 9223372036854775807"},
    {NUMBERS, "{\"fixedSmall\":4294967296}", "fixedSmall: expected an integer from 0 to 4294967295"},
    {NUMBERS, "{\"ratio\":1e39}", "ratio: expected a number in range"},
    {NUMBERS, "{\"exact\":\"1e999\"}", "exact: expected a number in range"},
    {NUMBERS, "{\"exact\":\"inf\"}", "exact: expected a number in range"},
    {NUMBERS, "{\"exact\":\"0x1\"}", "exact: expected a number in range"},
    {NUMBERS, "{\"exact\":\"\"}", "exact: expected a number in range"},
    {EVENT, "{\"petitionWithdrawn\":{\"declaredVoluntary\":\"true\"}}",
     "petitionWithdrawn.declaredVoluntary: expected true or false"},
    {RAW_RECORD, "{\"event\":\"A\"}", "event: expected base64"},
    {RAW_RECORD, "{\"event\":\"A===\"}", "event: expected base64"},
    {RAW_RECORD, "{\"event\":\"AA=A\"}", "event: expected base64"},
    {RAW_RECORD, "{\"event\":\"AAE==\"}", "event: expected base64"},
    {RAW_RECORD, "{\"event\":\"=\"}", "event: expected base64"},
    {RAW_RECORD, "{\"event\":\"====\"}", "event: expected base64"},
    {RAW_RECORD, "{\"event\":\"AA AA\"}", "event: expected base64"},
    {RAW_RECORD, "{\"event\":7}", "event: expected base64"},
    {RAW_RECORD, "{\"routedTo\":\"HUB\"}", "routedTo: expected an array"},
    {STATUS, "{\"breaks\":[1,null]}", "breaks[1]: expected an integer from 0 to 18446744073709551615"},
    {CLIENT_MESSAGE, "{\"hello\":{\"sources\":[\"a\",2]}}", "hello.sources[1]: expected a string"},
    {RECORD, "{\"event\":[]}", "event: expected an object"},
    {EVENT, "[]", "Event: expected an object"},
    {EVENT, "null", "Event: expected an object"},
    {EVENT, "{\"occurredAt\":0}", "occurredAt: expected a time like 2024-05-01T08:30:00Z or 2024-05-01T16:30:00+08:00"},
    {EVENT, "{\"occurredAt\":\"2024-02-30T00:00:00Z\"}",
     "occurredAt: expected a time like 2024-05-01T08:30:00Z or 2024-05-01T16:30:00+08:00"},
};

static void what_the_mapping_refuses_is_named_with_path_and_expectation(void **state)
{
    (void)state;
    CLEANUP(wire_arena_close) struct wire_arena *arena = wire_arena_open(WIRE_EVENT_BUDGET);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct fault fault = {0};
        wire_arena_reset(arena);
        if (json_text_to_message(refused[i].type, refused[i].given, strlen(refused[i].given), arena, &fault) != NULL)
            fail_msg("%s: accepted", refused[i].given);
        assert_int_equal(FAULT_MALFORMED, fault.code);
        assert_string_equal(refused[i].reason, fault.text);
    }
}

static void what_is_not_json_is_refused_with_its_place_and_without_its_text(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "{",
        "{\"source\":\"张三\" 张三}",
        "{\"source\":张三}",
        "{\"source\":\"张三\",\"source\":\"张三\"}",
        "{\"source\":\"张三\\u0000\"}",
        "{\"source\":\"张三\xff\"}",
        "{\"source\":\"\xed\xa0\x80\"}",
        "{\"source\":\"\\ud800\"}",
        "{\"source\":\"\xc0\xaf\"}",
        "{} {}",
        "{\"sequence\":18446744073709551615}",
        "{\"sequence\":01}",
        "{'source':'x'}",
    };
    CLEANUP(wire_arena_close) struct wire_arena *arena = wire_arena_open(WIRE_EVENT_BUDGET);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct fault fault = {0};
        if (json_text_to_message(EVENT, texts[i], strlen(texts[i]), arena, &fault) != NULL)
            fail_msg("%s: accepted", texts[i]);
        assert_int_equal(FAULT_MALFORMED, fault.code);
        if (strncmp(fault.text, "line 1, column ", 15) != 0 || strstr(fault.text, ": not JSON: ") == NULL ||
            strstr(fault.text, "张") != NULL)
            fail_msg("%s: %s", texts[i], fault.text);
    }
}

static char *repeat(const char *first, const char *piece, size_t times, const char *last)
{
    char *text = malloc(strlen(first) + strlen(piece) * times + strlen(last) + 1);
    assert_non_null(text);
    char *end = stpcpy(text, first);
    for (size_t i = 0; i < times; i++)
        end = stpcpy(end, piece);
    stpcpy(end, last);
    return text;
}

static void expect_refused(char *text, const char *reason)
{
    CLEANUP(wire_arena_close) struct wire_arena *arena = wire_arena_open(WIRE_EVENT_BUDGET);
    struct fault fault = {0};
    assert_null(json_text_to_message(CLIENT_MESSAGE, text, strlen(text), arena, &fault));
    assert_int_equal(FAULT_MALFORMED, fault.code);
    assert_string_equal(reason, fault.text);
    free(text);
}

static void text_beyond_the_limits_is_refused_before_it_is_parsed(void **state)
{
    (void)state;
    expect_refused(repeat("", "[", 100000, ""), "JSON nested deeper than 16 levels");
    expect_refused(repeat("", "{\"hello\":", 17, ""), "JSON nested deeper than 16 levels");
    expect_refused(repeat("[", "{},", 40000, "{}]"), "JSON of more than 65536 values");
    expect_refused(repeat("", " ", JSON_TEXT_SIZE_MAX, "{}"), "JSON of 4194306 bytes: at most 4194304");
}

static void brackets_and_commas_in_strings_are_no_structure(void **state)
{
    (void)state;
    CLEANUP(wire_arena_close) struct wire_arena *arena = wire_arena_open(WIRE_EVENT_BUDGET);
    struct fault fault = {0};
    char *text = repeat("{\"note\":\"\\\\\\\"", "[{,", 70000, "\"}");
    const ProtobufCMessage *message = json_text_to_message(EVENT, text, strlen(text), arena, &fault);
    assert_string_equal("", fault.text);
    assert_non_null(message);
    free(text);
}

static void message_larger_than_the_arena_is_refused(void **state)
{
    (void)state;
    CLEANUP(wire_arena_close) struct wire_arena *arena = wire_arena_open(1024);
    struct fault fault = {0};
    char *text = repeat("{\"note\":\"", "x", 1000, "\"}");
    assert_null(json_text_to_message(EVENT, text, strlen(text), arena, &fault));
    assert_string_equal("note: no room: the message is larger than the memory for one", fault.text);
    free(text);
}

static void long_keys_are_cut_between_characters(void **state)
{
    (void)state;
    CLEANUP(wire_arena_close) struct wire_arena *arena = wire_arena_open(WIRE_EVENT_BUDGET);
    struct fault fault = {0};
    char *text = repeat("{\"", "三", 1000, "\":1}");
    assert_null(json_text_to_message(EVENT, text, strlen(text), arena, &fault));
    char *expected = repeat("", "三", 21, ": unknown field");
    assert_string_equal(expected, fault.text);
    free(expected);
    free(text);
}

static void strings_with_nul_or_bad_utf8_are_refused_from_a_tree_too(void **state)
{
    (void)state;
    CLEANUP(wire_arena_close) struct wire_arena *arena = wire_arena_open(WIRE_EVENT_BUDGET);
    struct fault fault = {0};
    json_t *with_nul = json_pack("{s:o}", "note", json_stringn("a\0b", 3));
    json_t *with_bad = json_pack("{s:o}", "note", json_string_nocheck("\xff"));
    assert_null(json_to_message(EVENT, with_nul, arena, &fault));
    assert_string_equal("note: text contains NUL", fault.text);
    assert_null(json_to_message(EVENT, with_bad, arena, &fault));
    assert_string_equal("note: text is not UTF-8", fault.text);
    json_decref(with_nul);
    json_decref(with_bad);
}

static void message_without_json_is_null(void **state)
{
    (void)state;
    Sanling__V1__Event event = SANLING__V1__EVENT__INIT;
    char bad[] = "\xff";
    event.note = bad;
    assert_null(json_from_message(&event.base));
    Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    time.nanos = -1;
    event.note = NULL;
    event.occurred_at = &time;
    assert_null(json_text_from_message(&event.base));
}

static void enum_number_without_a_name_stays_a_number(void **state)
{
    (void)state;
    Sanling__V1__Event event = SANLING__V1__EVENT__INIT;
    event.mode = (Sanling__V1__Mode__Kind)77;
    char *text = json_text_from_message(&event.base);
    assert_string_equal("{\"mode\":77}", text);
    free(text);
}

static void floats_are_written_as_short_as_they_read_back(void **state)
{
    (void)state;
    struct numbers numbers = {.base = PROTOBUF_C_MESSAGE_INIT(&numbers_type), .ratio = 0.1f};
    json_t *json = json_from_message(&numbers.base);
    assert_true(json_real_value(json_object_get(json, "ratio")) == 0.1);
    json_decref(json);
    CLEANUP(wire_arena_close) struct wire_arena *arena = wire_arena_open(WIRE_EVENT_BUDGET);
    struct fault fault = {0};
    const struct numbers *read =
        (const struct numbers *)json_text_to_message(NUMBERS, "{\"ratio\":0.1}", 13, arena, &fault);
    assert_non_null(read);
    assert_true(read->ratio == 0.1f);
}

static void enum_names_that_do_not_fit_are_cut(void **state)
{
    (void)state;
    CLEANUP(wire_arena_close) struct wire_arena *arena = wire_arena_open(WIRE_EVENT_BUDGET);
    struct fault fault = {0};
    assert_null(json_text_to_message(&sanling__v1__error__descriptor, "{\"code\":\"?\"}", 12, arena, &fault));
    assert_non_null(strstr(fault.text, "code: expected one of UNSPECIFIED, UNKNOWN_UNIT, "));
    assert_string_equal("...", fault.text + strlen(fault.text) - 3);
}

struct instant {
    const char *text;
    int64_t seconds;
    int32_t nanos;
    const char *canonical; /* NULL: as given */
};

static const struct instant instants[] = {
    {"1970-01-01T00:00:00Z", 0, 0, NULL},
    {"1969-12-31T23:59:59.999999999Z", -1, 999999999, NULL},
    {"0001-01-01T00:00:00Z", -62135596800, 0, NULL},
    {"9999-12-31T23:59:59.999999999Z", 253402300799, 999999999, NULL},
    {"2000-02-29T12:00:00Z", 951825600, 0, NULL},
    {"2024-02-29T00:00:00Z", 1709164800, 0, NULL},
    {"2100-03-01T00:00:00Z", 4107542400, 0, NULL},
    {"1900-02-28T23:59:59Z", -2203891201, 0, NULL},
    {"2024-05-01T08:30:00.123Z", 1714552200, 123000000, NULL},
    {"2024-05-01T08:30:00.000001Z", 1714552200, 1000, NULL},
    {"2024-05-01T08:30:00.000000001Z", 1714552200, 1, NULL},
    {"2024-05-01T08:30:00.1Z", 1714552200, 100000000, "2024-05-01T08:30:00.100Z"},
    {"2024-05-01T08:30:00.0Z", 1714552200, 0, "2024-05-01T08:30:00Z"},
    {"2024-05-01T16:30:00+08:00", 1714552200, 0, "2024-05-01T08:30:00Z"},
    {"2024-04-30T23:30:00-09:00", 1714552200, 0, "2024-05-01T08:30:00Z"},
    {"2024-05-01T08:30:00-00:00", 1714552200, 0, "2024-05-01T08:30:00Z"},
    {"0001-01-01T08:00:00+08:00", -62135596800, 0, "0001-01-01T00:00:00Z"},
};

static void timestamps_are_read_and_written_canonically(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof instants / sizeof *instants; i++) {
        int64_t seconds = 0;
        int32_t nanos = 0;
        char text[TIMESTAMP_TEXT_SIZE];
        if (!timestamp_parse(instants[i].text, &seconds, &nanos))
            fail_msg("%s: refused", instants[i].text);
        assert_true(seconds == instants[i].seconds);
        assert_int_equal(instants[i].nanos, nanos);
        assert_true(timestamp_format(seconds, nanos, text));
        assert_string_equal(instants[i].canonical != NULL ? instants[i].canonical : instants[i].text, text);
    }
}

static void what_is_no_timestamp_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "2024",
                                        "2024-05-01",
                                        "2024-05-01T08:30:00",
                                        "2024-05-01 08:30:00Z",
                                        "2024-05-01t08:30:00Z",
                                        "2024-05-01T08:30:00z",
                                        "2024-05-01T08:30Z",
                                        "2024-05-01T08:30:00Z ",
                                        " 2024-05-01T08:30:00Z",
                                        "2024-13-01T00:00:00Z",
                                        "2024-00-01T00:00:00Z",
                                        "2024-01-00T00:00:00Z",
                                        "2024-04-31T00:00:00Z",
                                        "2023-02-29T00:00:00Z",
                                        "1900-02-29T00:00:00Z",
                                        "2100-02-29T00:00:00Z",
                                        "2024-05-01T24:00:00Z",
                                        "2024-05-01T08:60:00Z",
                                        "2016-12-31T23:59:60Z",
                                        "2024-05-01T08:30:00.Z",
                                        "2024-05-01T08:30:00.1234567890Z",
                                        "2024-05-01T08:30:00,5Z",
                                        "2024-05-01T08:30:00+0800",
                                        "2024-05-01T08:30:00+08",
                                        "2024-05-01T08:30:00+24:00",
                                        "2024-05-01T08:30:00+08:60",
                                        "2024-05-01T08:30:00+08:00Z",
                                        "0000-12-31T00:00:00Z",
                                        "10000-01-01T00:00:00Z",
                                        "0001-01-01T00:00:00+00:01",
                                        "9999-12-31T23:59:59-00:01",
                                        "+024-05-01T08:30:00Z",
                                        "２024-05-01T08:30:00Z"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        int64_t seconds = 7;
        int32_t nanos = 7;
        if (timestamp_parse(texts[i], &seconds, &nanos))
            fail_msg("%s: accepted", texts[i]);
        assert_true(seconds == 7 && nanos == 7);
    }
}

static void times_out_of_range_are_not_written(void **state)
{
    (void)state;
    char text[TIMESTAMP_TEXT_SIZE] = "untouched";
    assert_false(timestamp_format(-62135596801, 0, text));
    assert_false(timestamp_format(253402300800, 0, text));
    assert_false(timestamp_format(INT64_MIN, 0, text));
    assert_false(timestamp_format(INT64_MAX, 0, text));
    assert_false(timestamp_format(0, -1, text));
    assert_false(timestamp_format(0, 1000000000, text));
    assert_string_equal("untouched", text);
}

static void every_day_of_ten_thousand_years_comes_back(void **state)
{
    (void)state;
    int64_t days = 0;
    for (int64_t seconds = -62135596800; seconds <= 253402300799; seconds += 86400, days++) {
        char text[TIMESTAMP_TEXT_SIZE];
        int64_t back = 0;
        int32_t nanos = 0;
        if (!timestamp_format(seconds, 0, text) || !timestamp_parse(text, &back, &nanos) || back != seconds)
            fail_msg("%lld: %s, %lld", (long long)seconds, text, (long long)back);
    }
    assert_int_equal(3652059, days);
}

static void defaults_are_written_where_a_reader_wants_them(void **state)
{
    (void)state;
    Sanling__V1__ZeroStatus status = SANLING__V1__ZERO_STATUS__INIT;
    json_t *json = json_from_message_with(&status.base, JSON_DEFAULTS_WRITTEN);
    char *text = json_dumps(json, JSON_COMPACT);
    assert_string_equal(text, "{\"zero\":\"UNSPECIFIED\",\"status\":\"UNSPECIFIED\",\"since\":\"\",\"breaks\":[],"
                              "\"breakCount\":0,\"verifiedUntil\":\"\",\"streakDays\":0,\"streakUntil\":\"\","
                              "\"claimedDays\":0,\"gaps\":[],\"attestations\":[],\"basis\":\"UNSPECIFIED\","
                              "\"contradicted\":[],\"verifiedLastYear\":\"\"}");
    free(text);
    json_decref(json);
}

static void messages_and_oneof_members_that_are_not_there_stay_absent(void **state)
{
    (void)state;
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__SummaryQuery summary = SANLING__V1__SUMMARY_QUERY__INIT;
    query.ask_case = SANLING__V1__QUERY__ASK_SUMMARY;
    query.summary = &summary;
    json_t *json = json_from_message_with(&query.base, JSON_DEFAULTS_WRITTEN);
    char *text = json_dumps(json, JSON_COMPACT);
    assert_string_equal(text, "{\"id\":0,\"summary\":{\"unit\":\"\",\"year\":0}}");
    free(text);
    json_decref(json);
}

static void json_with_defaults_reads_back_as_the_same_message(void **state)
{
    (void)state;
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__StatusQuery status = SANLING__V1__STATUS_QUERY__INIT;
    struct fault fault = {0};
    query.id = 7;
    query.ask_case = SANLING__V1__QUERY__ASK_STATUS;
    query.status = &status;
    status.known_at_case = SANLING__V1__STATUS_QUERY__KNOWN_AT_POSITION; /* a member that is 0 is still chosen */
    json_t *json = json_from_message_with(&query.base, JSON_DEFAULTS_WRITTEN);
    struct wire_arena *arena = wire_arena_open(WIRE_EVENT_BUDGET);
    ProtobufCMessage *read = json_to_message(&sanling__v1__query__descriptor, json, arena, &fault);
    assert_non_null(read);
    uint8_t before[64], after[64];
    const size_t size = sanling__v1__query__pack(&query, before);
    assert_int_equal(protobuf_c_message_pack(read, after), size);
    assert_memory_equal(before, after, size);
    wire_arena_close(&arena);
    json_decref(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_mapping_accepts_is_written_canonically),
        cmocka_unit_test(json_goes_through_the_wire_unchanged),
        cmocka_unit_test(defaults_are_written_where_a_reader_wants_them),
        cmocka_unit_test(messages_and_oneof_members_that_are_not_there_stay_absent),
        cmocka_unit_test(json_with_defaults_reads_back_as_the_same_message),
        cmocka_unit_test(what_the_mapping_refuses_is_named_with_path_and_expectation),
        cmocka_unit_test(what_is_not_json_is_refused_with_its_place_and_without_its_text),
        cmocka_unit_test(text_beyond_the_limits_is_refused_before_it_is_parsed),
        cmocka_unit_test(brackets_and_commas_in_strings_are_no_structure),
        cmocka_unit_test(message_larger_than_the_arena_is_refused),
        cmocka_unit_test(long_keys_are_cut_between_characters),
        cmocka_unit_test(strings_with_nul_or_bad_utf8_are_refused_from_a_tree_too),
        cmocka_unit_test(message_without_json_is_null),
        cmocka_unit_test(enum_number_without_a_name_stays_a_number),
        cmocka_unit_test(floats_are_written_as_short_as_they_read_back),
        cmocka_unit_test(enum_names_that_do_not_fit_are_cut),
        cmocka_unit_test(timestamps_are_read_and_written_canonically),
        cmocka_unit_test(what_is_no_timestamp_is_refused),
        cmocka_unit_test(times_out_of_range_are_not_written),
        cmocka_unit_test(every_day_of_ten_thousand_years_comes_back),
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
