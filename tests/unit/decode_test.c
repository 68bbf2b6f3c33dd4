/* The border: what every type must say, what no field may hold, and that nothing a stranger sends gets past it. */
#include "decode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "domain/catalogue.h"
#include "domain/day.h"
#include "draw.h"

#define TAKEN SANLING__V1__CODE__KIND__UNSPECIFIED
#define MISSING SANLING__V1__CODE__KIND__MISSING_FIELD
#define BAD SANLING__V1__CODE__KIND__BAD_VALUE
#define MALFORMED SANLING__V1__CODE__KIND__MALFORMED
#define PERSONAL SANLING__V1__CODE__KIND__PERSONAL_DATA

enum { SOURCE = 1, SEQUENCE, OCCURRED_AT, UTC_OFFSET, UNIT, MATTER, MODE, CAMPAIGN, NOTE };
enum { SECONDS_2020 = 1580000000 };

static int open_decoder(void **state)
{
    *state = decoder_open();
    return 0;
}
static int close_decoder(void **state)
{
    struct decoder *decoder = *state;
    decoder_close(&decoder);
    return 0;
}

static void put_text(struct wire_writer *writer, uint32_t number, const char *text)
{
    wire_put_bytes_field(writer, number, text, strlen(text));
}

static void put_time(struct wire_writer *writer, uint32_t number, int64_t seconds, int64_t nanos)
{
    size_t start = wire_begin_message(writer, number);
    wire_put_varint_field(writer, 1, (uint64_t)seconds);
    wire_put_varint_field(writer, 2, (uint64_t)nanos);
    wire_end_message(writer, start);
}

static void put_envelope(struct wire_writer *writer)
{
    put_text(writer, SOURCE, "test-yu");
    wire_put_varint_field(writer, SEQUENCE, 7);
    put_time(writer, OCCURRED_AT, SECONDS_2020, 5000);
    put_text(writer, UNIT, "140322102200");
}

static bool is_day(const ProtobufCFieldDescriptor *field)
{
    static const char *const names[] = {"day",        "from_day", "to_day",    "due_day",       "new_due_day",
                                        "valid_from", "valid_to", "effective", "effective_from"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(field->name, names[i]) == 0)
            return true;
    return false;
}

static void put_entry(struct wire_writer *writer, unsigned id)
{
    size_t entry = wire_begin_message(writer, id);
    put_text(writer, 1, "safety");
    put_text(writer, 2, "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7");
    put_text(writer, 3, "publisher");
    wire_put_varint_field(writer, 4, 2);
    wire_end_message(writer, entry);
}

/* A value that the field may have: bytes of the length of a digest, days as days, everything else short. */
static void put_value(struct wire_writer *writer, const ProtobufCFieldDescriptor *field, const char *text)
{
    static const uint8_t bytes[32] = {1};
    static const uint8_t hazard[] = "\xc2\x04\x0d\x0a\x03H-1\x12\x04"
                                    "FIRE\x18\x01"; /* HazardFound */
    if (strcmp(field->name, "replacement") == 0)
        wire_put_bytes_field(writer, field->id, hazard, sizeof hazard - 1);
    else if (field->type == PROTOBUF_C_TYPE_STRING)
        put_text(writer, field->id, text ? text : is_day(field) ? "2020-02-01" : "CODE-1");
    else if (field->type == PROTOBUF_C_TYPE_BYTES)
        wire_put_bytes_field(writer, field->id, bytes, sizeof bytes);
    else if (field->type == PROTOBUF_C_TYPE_MESSAGE && field->descriptor == &google__protobuf__timestamp__descriptor)
        put_time(writer, field->id, SECONDS_2020, 0);
    else if (field->descriptor == &sanling__v1__access_entry__descriptor)
        put_entry(writer, field->id);
    else if (field->type == PROTOBUF_C_TYPE_MESSAGE)
        wire_put_bytes_field(writer, field->id, NULL, 0);
    else
        wire_put_varint_field(writer, field->id, 1);
}

static const ProtobufCMessageDescriptor *payload_of(unsigned kind)
{
    return protobuf_c_message_descriptor_get_field(&sanling__v1__event__descriptor, kind)->descriptor;
}

static bool is_required(unsigned kind, const char *name)
{
    char names[256];
    char *rest = names;
    snprintf(names, sizeof names, "%s", catalogue_type(kind)->required);
    for (char *word = strsep(&rest, " "); word; word = strsep(&rest, " "))
        if (strcmp(word, name) == 0)
            return true;
    return false;
}

/* An event of the kind with every required field but `without`, and `with` set to `text`. */
static void put_event(struct wire_writer *writer, unsigned kind, const char *without,
                      const ProtobufCFieldDescriptor *with, const char *text)
{
    const ProtobufCMessageDescriptor *payload = payload_of(kind);
    wire_writer_clear(writer);
    put_envelope(writer);
    size_t start = wire_begin_message(writer, kind);
    for (unsigned i = 0; i < payload->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &payload->fields[i];
        if ((!is_required(kind, field->name) && field != with) || (without && strcmp(field->name, without) == 0))
            continue;
        int times = field->label != PROTOBUF_C_LABEL_REPEATED ? 1 : strcmp(field->name, "answers") == 0 ? 16 : 2;
        while (times-- > 0)
            put_value(writer, field, field == with ? text : NULL);
    }
    wire_end_message(writer, start);
}

static void check_code(struct decoder *decoder, const struct wire_writer *writer, Sanling__V1__Code__Kind code,
                       const char *named)
{
    struct decoded decoded;
    decoder_reset(decoder);
    bool taken = decode_event(decoder, writer->bytes, writer->size, &decoded);
    if (decoded.code != code || taken != (code == TAKEN) || (named && !strstr(decoded.text, named)))
        fail_msg("code %d '%s', expected %d naming '%s'", (int)decoded.code, decoded.text, (int)code,
                 named ? named : "");
}

static void every_type_with_its_required_fields_is_taken(void **state)
{
    struct wire_writer writer = {0};
    for (unsigned kind = 0; kind < EVENT_KIND_LIMIT; kind++) {
        if (!catalogue_type(kind) || kind == EVENT_POLICY_ADOPTED)
            continue;
        put_event(&writer, kind, NULL, NULL, NULL);
        check_code(*state, &writer, TAKEN, NULL);
    }
    wire_writer_release(&writer);
}

static void a_missing_field_is_named(void **state)
{
    struct wire_writer writer = {0};
    int fields = 0;
    for (unsigned kind = 0; kind < EVENT_KIND_LIMIT; kind++) {
        for (unsigned i = 0; catalogue_type(kind) && i < payload_of(kind)->n_fields; i++) {
            const char *name = payload_of(kind)->fields[i].name;
            if (!is_required(kind, name))
                continue;
            put_event(&writer, kind, name, NULL, NULL);
            check_code(*state, &writer, MISSING, name);
            fields++;
        }
    }
    assert_true(fields > 80);
    wire_writer_release(&writer);
}

static void a_day_that_is_none_is_refused_wherever_it_stands(void **state)
{
    static const char *const bad[] = {"2020-02-30", "2020-2-1", "20200201", "1899-12-31", "2200-01-01", "today"};
    struct wire_writer writer = {0};
    int fields = 0;
    for (unsigned kind = 0; kind < EVENT_KIND_LIMIT; kind++)
        for (unsigned i = 0; catalogue_type(kind) && i < payload_of(kind)->n_fields; i++) {
            const ProtobufCFieldDescriptor *field = &payload_of(kind)->fields[i];
            if (field->type != PROTOBUF_C_TYPE_STRING || !is_day(field) || kind == EVENT_POLICY_ADOPTED)
                continue;
            for (size_t j = 0; j < sizeof bad / sizeof *bad; j++) {
                put_event(&writer, kind, NULL, field, bad[j]);
                check_code(*state, &writer, BAD, field->name);
            }
            fields++;
        }
    assert_true(fields > 15);
    wire_writer_release(&writer);
}

/* Every text of a payload but a name and a policy is a code: no room for free text (ruling 30). */
static void no_code_has_room_for_free_text(void **state)
{
    static const char *const bad[] = {"with space", "with\ttab", "with\nline",
                                      "65-characters-are-one-more-than-a-code-may-have-65-characters-are"};
    struct wire_writer writer = {0};
    int fields = 0;
    for (unsigned kind = 0; kind < EVENT_KIND_LIMIT; kind++)
        for (unsigned i = 0; catalogue_type(kind) && i < payload_of(kind)->n_fields; i++) {
            const ProtobufCFieldDescriptor *field = &payload_of(kind)->fields[i];
            if (field->type != PROTOBUF_C_TYPE_STRING || is_day(field) || strcmp(field->name, "name") == 0 ||
                kind == EVENT_POLICY_ADOPTED)
                continue;
            bool longer = strcmp(field->name, "verifier_key") == 0; /* its form bounds it: name, id and key */
            for (size_t j = 0; j < sizeof bad / sizeof *bad - longer; j++) {
                put_event(&writer, kind, NULL, field, bad[j]);
                check_code(*state, &writer, BAD, field->name);
            }
            fields++;
        }
    assert_true(fields > 40);
    wire_writer_release(&writer);
}

static void nor_has_a_code_within_a_list(void **state)
{
    struct wire_writer writer = {0};
    put_envelope(&writer);
    size_t payload = wire_begin_message(&writer, EVENT_ALERTS_TALLIED);
    put_text(&writer, 1, "2020-01-01");
    size_t count = wire_begin_message(&writer, 2);
    put_text(&writer, 1, "one of them called");
    wire_end_message(&writer, count);
    wire_end_message(&writer, payload);
    check_code(*state, &writer, BAD, "category");
    wire_writer_release(&writer);
}

static void a_units_name_is_one_line(void **state)
{
    const ProtobufCFieldDescriptor *name =
        protobuf_c_message_descriptor_get_field_by_name(payload_of(EVENT_UNIT_REGISTERED), "name");
    char longest[512];
    struct wire_writer writer = {0};
    put_event(&writer, EVENT_UNIT_REGISTERED, NULL, name, "示范 01 村");
    check_code(*state, &writer, TAKEN, NULL);
    put_event(&writer, EVENT_UNIT_REGISTERED, NULL, name, "示范\n01村");
    check_code(*state, &writer, BAD, "name");
    memset(longest, 'a', sizeof longest);
    longest[384] = '\0';
    put_event(&writer, EVENT_UNIT_REGISTERED, NULL, name, longest);
    check_code(*state, &writer, TAKEN, NULL);
    longest[384] = 'a';
    longest[385] = '\0';
    put_event(&writer, EVENT_UNIT_REGISTERED, NULL, name, longest);
    check_code(*state, &writer, BAD, "name");
    wire_writer_release(&writer);
}

static void the_time_of_occurrence_lies_between_1900_and_2199(void **state)
{
    static const struct {
        int64_t seconds, nanos;
        Sanling__V1__Code__Kind code;
    } rows[] = {
        {-2208988800, 0, TAKEN}, {-2208988801, 0, BAD}, {7258118399, 999999999, TAKEN},
        {7258118400, 0, BAD},    {0, -1, BAD},          {0, 1000000000, BAD},
        {INT64_MAX, 0, BAD},     {INT64_MIN, 0, BAD},   {0, 0, TAKEN},
    };
    struct wire_writer writer = {0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        wire_writer_clear(&writer);
        put_text(&writer, SOURCE, "a");
        wire_put_varint_field(&writer, SEQUENCE, 1);
        put_time(&writer, OCCURRED_AT, rows[i].seconds, rows[i].nanos);
        wire_end_message(&writer, wire_begin_message(&writer, EVENT_SWEEP_RECORDED));
        check_code(*state, &writer, rows[i].code, rows[i].code == BAD ? "occurred_at" : NULL);
    }
    wire_writer_clear(&writer);
    put_text(&writer, SOURCE, "a");
    wire_end_message(&writer, wire_begin_message(&writer, EVENT_SWEEP_RECORDED));
    check_code(*state, &writer, MISSING, "occurred_at");
    wire_writer_release(&writer);
}

static void the_envelope_is_checked(void **state)
{
    static const struct {
        uint32_t number;
        const char *text;
        Sanling__V1__Code__Kind code;
        const char *named;
    } rows[] = {
        {UNIT, "91140322MA900001150", TAKEN, NULL}, /* the tree knows no such code; that is not said here */
        {UNIT, "91140322MA9000011500", BAD, "unit"},
        {UNIT, "1403221022 0", BAD, "unit"},
        {MATTER, "140322-2020-P-000001-J", TAKEN, NULL},
        {MATTER, "a matter", BAD, "matter"},
        {MATTER, "a\x7f", BAD, "matter"},
        {MATTER, "65-characters-are-one-more-than-a-code-may-have-65-characters-are", BAD, "matter"},
        {CAMPAIGN, "C 01", BAD, "campaign"},
    };
    struct wire_writer writer = {0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        wire_writer_clear(&writer);
        put_text(&writer, SOURCE, "a");
        put_time(&writer, OCCURRED_AT, 0, 0);
        put_text(&writer, rows[i].number, rows[i].text);
        wire_end_message(&writer, wire_begin_message(&writer, EVENT_SWEEP_RECORDED));
        check_code(*state, &writer, rows[i].code, rows[i].named);
    }
    for (int sign = 0; sign < 2; sign++)
        for (uint64_t minutes = 840; minutes <= 841; minutes++) {
            wire_writer_clear(&writer);
            put_time(&writer, OCCURRED_AT, 0, 0);
            wire_put_varint_field(&writer, UTC_OFFSET, 2 * minutes - (sign ? 1 : 0)); /* zigzag */
            wire_end_message(&writer, wire_begin_message(&writer, EVENT_SWEEP_RECORDED));
            check_code(*state, &writer, minutes == 841 ? BAD : TAKEN, minutes == 841 ? "utc" : NULL);
        }
    wire_writer_release(&writer);
}

static void put_noted(struct wire_writer *writer, const char *note)
{
    wire_writer_clear(writer);
    put_envelope(writer);
    put_text(writer, NOTE, note);
    wire_end_message(writer, wire_begin_message(writer, EVENT_SWEEP_RECORDED));
}

/* The hub is named by chance: its name may read like a telephone number, and a hub must start all the same. */
static void what_the_hub_says_of_itself_is_not_screened(void **state)
{
    static const char name[] = "a13812345678b00000000000000000cd";
    const struct {
        const char *source;
        Sanling__V1__Code__Kind code;
    } cases[] = {{HUB_SOURCE, TAKEN}, {"hub-yu", PERSONAL}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Sanling__V1__Event event = SANLING__V1__EVENT__INIT;
        Sanling__V1__HubCreated created = SANLING__V1__HUB_CREATED__INIT;
        Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
        uint8_t bytes[256];
        time.seconds = 1600000000;
        created.hub = (char *)name;
        event.source = (char *)cases[i].source;
        event.sequence = 1;
        event.occurred_at = &time;
        event.payload_case = SANLING__V1__EVENT__PAYLOAD_HUB_CREATED;
        event.hub_created = &created;
        const struct wire_writer writer = {.bytes = bytes, .size = sanling__v1__event__pack(&event, bytes)};
        check_code(*state, &writer, cases[i].code, NULL);
    }
}

/* Ruling 3: neither the text nor the number goes any further. */
static void a_note_with_personal_data_is_refused_and_not_repeated(void **state)
{
    static const char *const numbers[] = {"11010519491231002X",
                                          "440524188001010014",
                                          "13812345678",
                                          "１１０１０５１９４９１２３１００２Ｘ",
                                          "1101 0519 4912 3100 2X",
                                          "晋C12345"};
    struct wire_writer writer = {0};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        char note[256];
        struct decoded decoded;
        snprintf(note, sizeof note, "来访人%s反映道路问题", numbers[i]);
        put_noted(&writer, note);
        check_code(*state, &writer, PERSONAL, "note");
        assert_false(decode_event(*state, writer.bytes, writer.size, &decoded));
        assert_string_equal(decoded.field, "note");
        assert_int_equal(decoded.field_size, strlen(note));
        assert_null(strstr(decoded.text, numbers[i]));
        assert_string_equal(decoded.source, "test-yu");
        assert_int_equal(decoded.sequence, 7);
    }
    put_noted(&writer, "路面破损约12平方米,已报修,编号 140322102200");
    check_code(*state, &writer, TAKEN, NULL);
    put_noted(&writer, "身份证 110105194912310021"); /* its check does not hold */
    check_code(*state, &writer, TAKEN, NULL);
    wire_writer_release(&writer);
}

/* Else the bytes would be kept with the rejection, and with them what must not be stored. */
static void personal_data_is_found_whatever_else_is_wrong(void **state)
{
    struct wire_writer writer = {0};
    for (int wrong = 0; wrong < 3; wrong++) {
        wire_writer_clear(&writer);
        put_text(&writer, SOURCE, "a");
        if (wrong != 0)
            put_time(&writer, OCCURRED_AT, 0, 0);
        if (wrong == 1)
            put_text(&writer, UNIT, "not a unit");
        if (wrong == 2)
            put_text(&writer, MATTER, "not a matter");
        put_text(&writer, NOTE, "来访人13812345678");
        wire_end_message(&writer, wire_begin_message(&writer, EVENT_SWEEP_RECORDED));
        check_code(*state, &writer, PERSONAL, "note");
    }
    wire_writer_release(&writer);
}

/* The same of the event that a correction nests: its bytes would be kept with those of the correction, even of one that
 * lacks its reason. */
static void personal_data_is_found_in_what_a_correction_nests(void **state)
{
    enum { TARGET = 1, REASON_CODE = 2, REPLACEMENT = 3 };
    static const struct {
        uint32_t number;
        const char *text;
        bool reason;
    } rows[] = {
        {NOTE, "来访人13812345678", true},
        {NOTE, "来访人13812345678", false},
        {UNIT, "11010519491231002X", true},
        {MATTER, "11010519491231002X", true},
    };
    struct wire_writer writer = {0};
    struct wire_writer nested = {0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct decoded decoded;
        wire_writer_clear(&nested);
        put_text(&nested, rows[i].number, rows[i].text);
        wire_end_message(&nested, wire_begin_message(&nested, EVENT_SWEEP_RECORDED));
        wire_writer_clear(&writer);
        put_envelope(&writer);
        size_t start = wire_begin_message(&writer, EVENT_EVENT_CORRECTED);
        wire_put_varint_field(&writer, TARGET, 1);
        if (rows[i].reason)
            put_text(&writer, REASON_CODE, "ERROR");
        wire_put_bytes_field(&writer, REPLACEMENT, nested.bytes, nested.size);
        wire_end_message(&writer, start);
        check_code(*state, &writer, PERSONAL, "replacement");
        assert_false(decode_event(*state, writer.bytes, writer.size, &decoded));
        assert_string_equal(decoded.field, "replacement");
        assert_null(strstr(decoded.text, "1101051949"));
    }
    wire_writer_release(&nested);
    wire_writer_release(&writer);
}

static void a_note_has_two_hundred_characters_at_most(void **state)
{
    struct wire_writer writer = {0};
    char note[1024] = "";
    for (int i = 0; i < 200; i++)
        strcat(note, "零");
    put_noted(&writer, note);
    check_code(*state, &writer, TAKEN, NULL);
    strcat(note, "x");
    put_noted(&writer, note);
    check_code(*state, &writer, BAD, "note");
    memset(note, 'x', 201);
    note[201] = '\0';
    put_noted(&writer, note);
    check_code(*state, &writer, BAD, "note");
    note[200] = '\0';
    put_noted(&writer, note);
    check_code(*state, &writer, TAKEN, NULL);
    wire_writer_release(&writer);
}

static void numbers_out_of_range_are_refused(void **state)
{
    static const struct {
        unsigned kind;
        const char *field;
        uint64_t value;
        Sanling__V1__Code__Kind code;
    } rows[] = {
        {EVENT_HANDLING_EXTENDED, "days", 30, TAKEN},
        {EVENT_HANDLING_EXTENDED, "days", 31, BAD},
        {EVENT_SUPERVISION_ISSUED, "level", 3, TAKEN},
        {EVENT_SUPERVISION_ISSUED, "level", 4, BAD},
    };
    struct wire_writer writer = {0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const ProtobufCFieldDescriptor *field =
            protobuf_c_message_descriptor_get_field_by_name(payload_of(rows[i].kind), rows[i].field);
        struct wire_writer whole = {0};
        put_envelope(&whole);
        size_t start = wire_begin_message(&whole, rows[i].kind);
        const ProtobufCMessageDescriptor *payload = payload_of(rows[i].kind);
        for (unsigned j = 0; j < payload->n_fields; j++)
            if (&payload->fields[j] == field)
                wire_put_varint_field(&whole, field->id, rows[i].value);
            else if (is_required(rows[i].kind, payload->fields[j].name))
                put_value(&whole, &payload->fields[j], NULL);
        wire_end_message(&whole, start);
        check_code(*state, &whole, rows[i].code, rows[i].code == BAD ? rows[i].field : NULL);
        wire_writer_release(&whole);
    }
    wire_writer_release(&writer);
}

static void a_self_check_has_sixteen_answers(void **state)
{
    struct wire_writer writer = {0};
    for (int answers = 15; answers <= 17; answers++) {
        wire_writer_clear(&writer);
        put_envelope(&writer);
        size_t start = wire_begin_message(&writer, EVENT_SELF_CHECK_RECORDED);
        for (int i = 0; i < answers; i++)
            wire_put_varint_field(&writer, 1, 1);
        wire_end_message(&writer, start);
        check_code(*state, &writer, answers == 16 ? TAKEN : BAD, answers == 16 ? NULL : "answers: must be 16");
    }
    wire_writer_release(&writer);
}

static void an_accident_is_not_reported_before_it_was_known(void **state)
{
    struct wire_writer writer = {0};
    put_envelope(&writer);
    size_t start = wire_begin_message(&writer, EVENT_ACCIDENT_REPORTED);
    put_text(&writer, 1, "A-1");
    put_time(&writer, 2, SECONDS_2020 + 1, 0);
    put_time(&writer, 3, SECONDS_2020, 0);
    wire_put_bytes_field(&writer, 4, NULL, 0);
    wire_put_varint_field(&writer, 5, 1);
    put_text(&writer, 6, "COAL");
    wire_end_message(&writer, start);
    check_code(*state, &writer, BAD, "reported_at");
    wire_writer_release(&writer);
}

static void a_returned_attestation_has_a_reason(void **state)
{
    struct wire_writer writer = {0};
    put_envelope(&writer);
    size_t start = wire_begin_message(&writer, EVENT_ATTESTATION_REVIEWED);
    wire_put_varint_field(&writer, 1, 9);
    wire_put_varint_field(&writer, 2, 2);
    wire_end_message(&writer, start);
    check_code(*state, &writer, MISSING, "reason_code");
    wire_writer_release(&writer);
}

static void a_policy_that_does_not_hold_names_line_and_key(void **state)
{
    struct wire_writer writer = {0};
    put_envelope(&writer);
    size_t start = wire_begin_message(&writer, EVENT_POLICY_ADOPTED);
    static const uint8_t digest[32];
    put_text(&writer, 1, "v1");
    wire_put_bytes_field(&writer, 2, digest, sizeof digest);
    put_text(&writer, 3, "2020-01-01");
    put_text(&writer, 4, "version: v1\npreset: default\nsurprise: 1\n");
    wire_end_message(&writer, start);
    check_code(*state, &writer, SANLING__V1__CODE__KIND__POLICY_INVALID, "surprise");
    check_code(*state, &writer, SANLING__V1__CODE__KIND__POLICY_INVALID, "line 3");
    wire_writer_release(&writer);
}

static void decode(struct decoder *decoder, const struct wire_writer *writer, struct decoded *decoded)
{
    decoder_reset(decoder);
    if (!decode_event(decoder, writer->bytes, writer->size, decoded))
        fail_msg("code %d: %s", (int)decoded->code, decoded->text);
}

/* The contract's values become the domain's. */
static void values_arrive_as_they_were_sent(void **state)
{
    struct wire_writer writer = {0};
    struct decoded decoded;
    put_event(&writer, EVENT_ZERO_ATTESTED, NULL, NULL, NULL);
    decode(*state, &writer, &decoded);
    assert_int_equal(decoded.event.kind, EVENT_ZERO_ATTESTED);
    assert_int_equal(decoded.event.occurred_at_us, SECONDS_2020 * 1000000LL + 5);
    assert_string_equal(decoded.event.unit, "140322102200");
    assert_int_equal(decoded.event.attested.zero, ZERO_PETITION); /* 1 in the contract */
    assert_int_equal(decoded.event.attested.basis, BASIS_REGISTER_CHECKED);
    assert_int_equal(decoded.event.attested.from_day, day_from_date(2020, 2, 1));
    assert_int_equal(decoded.event.attested.unit_count, 0);

    put_event(&writer, EVENT_HAZARD_FOUND, NULL, NULL, NULL);
    decode(*state, &writer, &decoded);
    assert_int_equal(decoded.event.matter_kind, MATTER_HAZARD);
    assert_string_equal(decoded.event.matter, "CODE-1"); /* the payload's */
    assert_int_equal(decoded.event.hazard.grade, HAZARD_GENERAL);
    assert_false(decoded.event.hazard.explosives);
    assert_int_equal(decoded.event.due_day, DAY_NONE);

    put_event(&writer, EVENT_RECTIFICATION_EXTENDED, NULL, NULL, NULL);
    decode(*state, &writer, &decoded);
    assert_int_equal(decoded.event.due_day, day_from_date(2020, 2, 1));

    put_event(&writer, EVENT_GRID_CHECKED, NULL, NULL, NULL); /* passed is absent, so false */
    decode(*state, &writer, &decoded);
    assert_int_equal(decoded.event.variant, 2);
    assert_string_equal(decoded.event.matter, ""); /* the envelope's */

    put_event(&writer, EVENT_DEADLINE_PASSED, NULL, NULL, NULL);
    decode(*state, &writer, &decoded);
    assert_int_equal(decoded.event.matter_kind, MATTER_PETITION);
    assert_int_equal(decoded.event.variant, 1); /* which clock */

    put_event(&writer, EVENT_VOLUNTEER_TALLIED, NULL, NULL, NULL);
    decode(*state, &writer, &decoded);
    assert_int_equal(decoded.event.tally.kind, TALLY_VOLUNTEER_GRID_WORKER);
    wire_writer_release(&writer);
}

static void unknown_fields_are_stepped_over(void **state)
{
    struct wire_writer writer = {0};
    put_event(&writer, EVENT_SWEEP_RECORDED, NULL, NULL, NULL);
    put_text(&writer, 5000, "from a newer agent");
    check_code(*state, &writer, TAKEN, NULL);
    wire_writer_release(&writer);
}

/* Where a newer agent might add fields, a person's number would be kept as well. */
static void a_number_hides_in_no_unknown_field(void **state)
{
    struct wire_writer writer = {0};
    put_event(&writer, EVENT_SWEEP_RECORDED, NULL, NULL, NULL);
    put_text(&writer, 5000, "13900000000");
    check_code(*state, &writer, PERSONAL, "unknown field");
    wire_writer_release(&writer);
    writer = (struct wire_writer){0};
    put_text(&writer, SOURCE, "test-yu");
    wire_put_varint_field(&writer, SEQUENCE, 7);
    const size_t time = wire_begin_message(&writer, OCCURRED_AT);
    wire_put_varint_field(&writer, 1, SECONDS_2020);
    put_text(&writer, 5000, "13900000000");
    wire_end_message(&writer, time);
    wire_end_message(&writer, wire_begin_message(&writer, EVENT_SWEEP_RECORDED));
    check_code(*state, &writer, PERSONAL, "unknown field");
    wire_writer_release(&writer);
}

static void a_payload_that_is_not_known_is_malformed(void **state)
{
    struct wire_writer writer = {0};
    put_envelope(&writer);
    check_code(*state, &writer, MALFORMED, NULL); /* none at all */
    wire_end_message(&writer, wire_begin_message(&writer, EVENT_KIND_LIMIT + 1));
    check_code(*state, &writer, MALFORMED, NULL);
    wire_writer_release(&writer);
}

static void two_payloads_are_malformed(void **state)
{
    struct wire_writer writer = {0};
    put_event(&writer, EVENT_SWEEP_RECORDED, NULL, NULL, NULL);
    wire_end_message(&writer, wire_begin_message(&writer, EVENT_GRID_HANDLED));
    check_code(*state, &writer, MALFORMED, NULL);
    wire_writer_release(&writer);
}

/* Bytes that were an event before bits of it were turned, or never were: no crash, no read beyond the end. */
static void hostile_bytes_are_refused_or_harmless(void **state)
{
    struct draw draw = {.seed = 5};
    struct wire_writer writer = {0};
    int taken = 0;
    for (int run = 0; run < 20000; run++) {
        unsigned kind;
        do
            kind = draw_below(&draw, EVENT_KIND_LIMIT);
        while (!catalogue_type(kind));
        put_event(&writer, kind, NULL, NULL, NULL);
        size_t size = draw_once_in(&draw, 4) ? draw_below(&draw, (uint32_t)writer.size) : writer.size;
        uint8_t *bytes = malloc(size ? size : 1); /* of its exact size, so that a sanitizer sees the end */
        assert_non_null(bytes);
        memcpy(bytes, writer.bytes, size);
        for (uint32_t i = draw_below(&draw, 4); i > 0 && size > 0; i--)
            bytes[draw_below(&draw, (uint32_t)size)] = (uint8_t)draw_number(&draw);
        struct decoded decoded;
        decoder_reset(*state);
        bool good = decode_event(*state, bytes, size, &decoded);
        assert_int_equal(good, decoded.code == TAKEN);
        taken += good;
        free(bytes);
    }
    assert_true(taken > 1000 && taken < 19000);
    wire_writer_release(&writer);
}

static void names_are_of_64_plain_characters_at_most(void **state)
{
    (void)state;
    assert_true(name_valid("petitions-yu"));
    assert_true(name_valid("A.b_c/9-"));
    assert_true(name_valid("0123456789012345678901234567890123456789012345678901234567890123"));
    assert_false(name_valid("01234567890123456789012345678901234567890123456789012345678901234"));
    assert_false(name_valid(""));
    assert_false(name_valid("with space"));
    assert_false(name_valid("信访"));
    assert_false(name_valid("a\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_with_its_required_fields_is_taken),
        cmocka_unit_test(a_missing_field_is_named),
        cmocka_unit_test(a_day_that_is_none_is_refused_wherever_it_stands),
        cmocka_unit_test(no_code_has_room_for_free_text),
        cmocka_unit_test(nor_has_a_code_within_a_list),
        cmocka_unit_test(a_units_name_is_one_line),
        cmocka_unit_test(the_time_of_occurrence_lies_between_1900_and_2199),
        cmocka_unit_test(the_envelope_is_checked),
        cmocka_unit_test(a_note_with_personal_data_is_refused_and_not_repeated),
        cmocka_unit_test(personal_data_is_found_whatever_else_is_wrong),
        cmocka_unit_test(personal_data_is_found_in_what_a_correction_nests),
        cmocka_unit_test(a_note_has_two_hundred_characters_at_most),
        cmocka_unit_test(numbers_out_of_range_are_refused),
        cmocka_unit_test(a_self_check_has_sixteen_answers),
        cmocka_unit_test(an_accident_is_not_reported_before_it_was_known),
        cmocka_unit_test(a_returned_attestation_has_a_reason),
        cmocka_unit_test(a_policy_that_does_not_hold_names_line_and_key),
        cmocka_unit_test(values_arrive_as_they_were_sent),
        cmocka_unit_test(what_the_hub_says_of_itself_is_not_screened),
        cmocka_unit_test(unknown_fields_are_stepped_over),
        cmocka_unit_test(a_number_hides_in_no_unknown_field),
        cmocka_unit_test(a_payload_that_is_not_known_is_malformed),
        cmocka_unit_test(two_payloads_are_malformed),
        cmocka_unit_test(hostile_bytes_are_refused_or_harmless),
        cmocka_unit_test(names_are_of_64_plain_characters_at_most),
    };
    return cmocka_run_group_tests(tests, open_decoder, close_decoder);
}
