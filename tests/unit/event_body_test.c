/* Which events a request's body holds: each form gives the same bytes, and what is wrong is named, never repeated. */
#include "event_body.h"

#include "cloud_event.h"
#include "event.pb-c.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define JSON "application/json"
#define PAYLOAD "\"publicityTallied\":{\"day\":\"2020-08-19\",\"item\":\"LEAFLETS\",\"count\":12}"
#define ENVELOPE "\"occurredAt\":\"2020-08-19T09:00:00+08:00\",\"utcOffsetMinutes\":480,\"unit\":\"140322102200\""
#define EVENT "{" ENVELOPE ",\"matter\":\"M-1\",\"note\":\"宣传\"," PAYLOAD "}"
#define CLOUD_HEAD                                                                                                     \
    "\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/x\",\"type\":\"sanling.v1.PublicityTallied\","                 \
    "\"time\":\"2020-08-19T09:00:00+08:00\",\"unit\":\"140322102200\""
#define DATA "{\"day\":\"2020-08-19\",\"item\":\"LEAFLETS\",\"count\":12}"
#define CLOUD "{" CLOUD_HEAD ",\"subject\":\"M-1\",\"note\":\"宣传\",\"data\":" DATA "}"

struct desk {
    struct event_reader *reader;
    struct event_body body;
    struct problem problem;
};

static int open_desk(void **state)
{
    struct desk *desk = calloc(1, sizeof *desk);
    *state = desk;
    desk->reader = event_reader_open();
    return desk->reader == NULL;
}

static int close_desk(void **state)
{
    struct desk *desk = *state;
    event_body_clear(&desk->body);
    event_reader_close(&desk->reader);
    free(desk);
    return 0;
}

static bool read_sized(struct desk *desk, const char *type, const char *text, size_t size)
{
    event_body_clear(&desk->body);
    return event_body_read(desk->reader, &(struct body_input){.content_type = type, .bytes = text, .size = size},
                           &desk->body, &desk->problem);
}

static bool read_text(struct desk *desk, const char *type, const char *text)
{
    return read_sized(desk, type, text, strlen(text));
}

/* The event as canonical JSON of an earlier body is `content` of this one. */
static void check_same(struct desk *desk, size_t index, const struct read_event *event)
{
    assert_true(index < desk->body.count);
    assert_int_equal(desk->body.events[index].size, event->size);
    assert_memory_equal(desk->body.events[index].content, event->content, event->size);
}

static void each_form_gives_the_same_event(void **state)
{
    struct desk *desk = *state;
    assert_true(read_text(desk, JSON, EVENT));
    struct read_event event = desk->body.events[0];
    desk->body.count = 0; /* it is ours */
    Sanling__V1__Event *unpacked = sanling__v1__event__unpack(NULL, event.size, event.content);
    assert_non_null(unpacked);
    assert_string_equal(unpacked->source, "");
    assert_string_equal(unpacked->matter, "M-1");
    assert_int_equal(unpacked->publicity_tallied->count, 12);
    sanling__v1__event__free_unpacked(unpacked, NULL);

    assert_true(read_text(desk, "Application/JSON; charset=UTF-8", "{\"events\":[" EVENT "," EVENT "]}"));
    assert_int_equal(desk->body.count, 2);
    check_same(desk, 1, &event);
    assert_true(read_text(desk, "application/x-ndjson", EVENT "\r\n\n  \n" EVENT "\n" EVENT));
    assert_int_equal(desk->body.count, 3);
    check_same(desk, 2, &event);
    assert_true(read_text(desk, "application/cloudevents+json", CLOUD));
    check_same(desk, 0, &event);
    assert_true(read_text(desk, "application/cloudevents-batch+json", "[" CLOUD "," CLOUD "]"));
    check_same(desk, 1, &event);
    read_event_clear(&event);
}

static void a_cloud_event_in_headers_is_the_same_event(void **state)
{
    static const char *const headers[][2] = {{"specversion", "1.0"},
                                             {"ID", "1"},
                                             {"source", "/x"},
                                             {"type", "sanling.v1.PublicityTallied"},
                                             {"Time", "2020-08-19T09:00:00+08:00"},
                                             {"unit", "140322102200"},
                                             {"subject", "M-1"},
                                             {"note", "%E5%AE%A3%e4%bc%a0"}};
    struct desk *desk = *state;
    json_t *cloud = json_object();
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        assert_true(cloud_event_add_header(cloud, headers[i][0], headers[i][1]));
    assert_false(cloud_event_add_header(cloud, "id", "2"));
    assert_false(cloud_event_add_header(cloud, "campaign", "%FF"));
    assert_true(read_text(desk, JSON, EVENT));
    struct read_event event = desk->body.events[0];
    desk->body.count = 0;
    event_body_clear(&desk->body);
    const struct body_input input = {.content_type = JSON, .cloud = cloud, .bytes = DATA, .size = strlen(DATA)};
    assert_true(event_body_read(desk->reader, &input, &desk->body, &desk->problem));
    check_same(desk, 0, &event);
    read_event_clear(&event);
    json_decref(cloud);
}

static void what_is_wrong_is_named_by_its_place(void **state)
{
    static const struct {
        const char *type;
        const char *text;
        const char *path;
        const char *code;
    } cases[] = {
        {JSON, "{" ENVELOPE "}", "", "MISSING_FIELD"},
        {JSON, "{\"unit\":\"140322102200\"," PAYLOAD "}", "occurredAt", "MISSING_FIELD"},
        {JSON, "{\"occurredAt\":\"2020-08-19T09:00:00Z\"," PAYLOAD "}", "unit", "MISSING_FIELD"},
        {JSON, "{" ENVELOPE ",\"source\":\"x\"," PAYLOAD "}", "source", "BAD_VALUE"},
        {JSON, "{" ENVELOPE ",\"sequence\":\"7\"," PAYLOAD "}", "sequence", "BAD_VALUE"},
        {JSON, "{" ENVELOPE ",\"colour\":1," PAYLOAD "}", "colour", "BAD_VALUE"},
        {JSON, "{" ENVELOPE ",\"publicityTallied\":{\"item\":\"LEAFLET\"}}", "publicityTallied.item", "BAD_VALUE"},
        {JSON, "{" ENVELOPE ",\"publicityTallied\":{\"count\":-1}}", "publicityTallied.count", "BAD_VALUE"},
        {JSON, "{\"occurredAt\":\"19.8.2020\",\"unit\":\"140322102200\"," PAYLOAD "}", "occurredAt", "BAD_VALUE"},
        {JSON, "{\"occurredAt\":\"1850-08-19T09:00:00Z\",\"unit\":\"140322102200\"," PAYLOAD "}", "occurredAt",
         "BAD_VALUE"},
        {JSON, "{" ENVELOPE ",\"note\":\"a\\u202eb\"," PAYLOAD "}", "note", "BAD_VALUE"},
        {JSON, "{\"occurredAt\":\"2020-08-19T09:00:00Z\",\"unit\":\"1403221022\"," PAYLOAD "}", "unit", "BAD_VALUE"},
        {JSON, "{\"occurredAt\":\"2020-08-19T09:00:00Z\",\"unit\":\" 140322102200\"," PAYLOAD "}", "unit", "BAD_VALUE"},
        {JSON, "{" ENVELOPE ",\"zeroAttested\":{\"zero\":\"CASE\",\"units\":[\"140322102200\",\"14032210220X\"]}}",
         "zeroAttested.units[1]", "BAD_VALUE"},
        {JSON, "{" ENVELOPE ",\"note\":\"身份证110101199003070011\"," PAYLOAD "}", "note", "PERSONAL_DATA"},
        {JSON, "{" ENVELOPE ",\"note\":\"车牌晋A12345\"," PAYLOAD "}", "note", "PERSONAL_DATA"},
        {JSON, "{" ENVELOPE ",\"matter\":\"13800138000\"," PAYLOAD "}", "matter", "PERSONAL_DATA"},
        {JSON, "{" ENVELOPE ",\"hazardFound\":{\"hazard\":\"110101199003070011\"}}", "hazardFound.hazard",
         "PERSONAL_DATA"},
        {JSON, "{" ENVELOPE ",\"110101199003070011\":1," PAYLOAD "}", "", "PERSONAL_DATA"},
        {JSON, "[]", "", "BAD_VALUE"},
        {JSON, "{\"events\":[7]}", "", "BAD_VALUE"},
        {"application/cloudevents+json", "{" CLOUD_HEAD ",\"data\":{\"count\":-1}}", "data.count", "BAD_VALUE"},
        {"application/cloudevents+json", "{" CLOUD_HEAD ",\"data\":{},\"note\":\"13800138000\"}", "note",
         "PERSONAL_DATA"},
        {"application/cloudevents+json", "{" CLOUD_HEAD ",\"data\":{},\"subject\":\"13800138000\"}", "subject",
         "PERSONAL_DATA"},
        {"application/cloudevents+json", "{" CLOUD_HEAD ",\"data\":[]}", "data", "MISSING_FIELD"},
        {"application/cloudevents+json", "{" CLOUD_HEAD ",\"data\":{},\"colour\":\"red\"}", "colour", "BAD_VALUE"},
        {"application/cloudevents+json", "{" CLOUD_HEAD ",\"data\":{},\"campaign\":7}", "campaign", "BAD_VALUE"},
        {"application/cloudevents+json", "{" CLOUD_HEAD ",\"data\":{},\"datacontenttype\":\"text/xml\"}",
         "datacontenttype", "BAD_VALUE"},
        {"application/cloudevents+json", "{\"specversion\":\"1.0\"}", "id", "MISSING_FIELD"},
        {"application/cloudevents+json", "7", "", "BAD_VALUE"},
    };
    struct desk *desk = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (read_text(desk, cases[i].type, cases[i].text))
            fail_msg("taken: %s", cases[i].text);
        assert_int_equal(desk->body.flaw_count, 1);
        const struct event_flaw *flaw = &desk->body.flaws[0].flaw;
        if (strcmp(flaw->path, cases[i].path) != 0 || strcmp(flaw->reason.code, cases[i].code) != 0)
            fail_msg("%s: %s %s: %s", cases[i].text, flaw->path, flaw->reason.code, flaw->reason.en);
        assert_int_equal(desk->problem.code,
                         strcmp(cases[i].code, "PERSONAL_DATA") == 0 ? PROBLEM_PERSONAL_DATA : PROBLEM_BAD_EVENT);
        assert_null(strstr(flaw->reason.en, "13800138000"));
        assert_null(strstr(flaw->reason.zh, "110101199003070011"));
    }
}

static void a_code_that_looks_like_a_number_plate_is_none(void **state)
{
    struct desk *desk = *state;
    assert_true(read_text(desk, JSON, "{" ENVELOPE ",\"matter\":\"晋A12345\"," PAYLOAD "}"));
    /* a unified social credit code of digits and capitals, whose check characters hold */
    assert_true(
        read_text(desk, JSON, "{\"occurredAt\":\"2020-08-19T09:00:00Z\",\"unit\":\"91140322MA9019206P\"," PAYLOAD "}"));
}

/* The event that a correction holds is bytes: personal data in it is found, too. */
static void a_replacement_is_looked_into(void **state)
{
    struct desk *desk = *state;
    Sanling__V1__Event inner = SANLING__V1__EVENT__INIT;
    Sanling__V1__PublicityTallied tallied = SANLING__V1__PUBLICITY_TALLIED__INIT;
    inner.payload_case = SANLING__V1__EVENT__PAYLOAD_PUBLICITY_TALLIED;
    inner.publicity_tallied = &tallied;
    for (int round = 0; round < 2; round++) {
        uint8_t bytes[256];
        char coded[400], text[800];
        inner.note = round == 0 ? "宣传" : "电话13800138000";
        const size_t size = sanling__v1__event__pack(&inner, bytes);
        sodium_bin2base64(coded, sizeof coded, bytes, size, sodium_base64_VARIANT_ORIGINAL);
        snprintf(text, sizeof text,
                 "{\"occurredAt\":\"2020-08-19T09:00:00Z\",\"eventCorrected\":{\"target\":\"7\",\"reasonCode\":\"X\","
                 "\"replacement\":\"%s\"}}",
                 coded);
        assert_int_equal(read_text(desk, JSON, text), round == 0);
    }
    assert_string_equal(desk->body.flaws[0].flaw.path, "eventCorrected.replacement");
    assert_string_equal(desk->body.flaws[0].flaw.reason.code, "PERSONAL_DATA");
    assert_false(read_text(desk, JSON,
                           "{\"occurredAt\":\"2020-08-19T09:00:00Z\",\"eventCorrected\":{\"replacement\":\"////\"}}"));
}

static void all_wrong_events_are_listed_up_to_a_limit(void **state)
{
    struct desk *desk = *state;
    char *text = malloc(100000);
    size_t size = (size_t)sprintf(text, "{\"events\":[" EVENT);
    for (int i = 1; i < 300; i++)
        size += (size_t)sprintf(text + size, ",{\"x%d\":1}", i);
    strcpy(text + size, "]}");
    assert_false(read_text(desk, JSON, text));
    assert_int_equal(desk->body.flaw_count, 299);
    json_t *errors = event_body_errors(&desk->body);
    assert_int_equal(json_array_size(errors), EVENT_BODY_FLAWS_MAX);
    assert_int_equal(json_integer_value(json_object_get(json_array_get(errors, 0), "index")), 1);
    json_decref(errors);
    free(text);
}

static void what_cannot_be_read_is_a_problem_of_its_own(void **state)
{
    static const struct {
        const char *type;
        const char *text;
        enum problem_code code;
    } cases[] = {
        {NULL, EVENT, PROBLEM_UNSUPPORTED_MEDIA},
        {"text/json", EVENT, PROBLEM_UNSUPPORTED_MEDIA},
        {"application/jsonx", EVENT, PROBLEM_UNSUPPORTED_MEDIA},
        {"application/json; charset=gb18030", EVENT, PROBLEM_UNSUPPORTED_MEDIA},
        {JSON, "", PROBLEM_MALFORMED},
        {JSON, "{", PROBLEM_MALFORMED},
        {JSON, EVENT EVENT, PROBLEM_MALFORMED},
        {JSON, "{\"unit\":\"1\",\"unit\":\"2\"}", PROBLEM_MALFORMED},
        {JSON, "{\"note\":\"\xff\"}", PROBLEM_MALFORMED},
        {JSON, "{\"events\":[]}", PROBLEM_MALFORMED},
        {"application/x-ndjson", "\n \n", PROBLEM_MALFORMED},
        {"application/x-ndjson", EVENT "\n{", PROBLEM_MALFORMED},
        {"application/cloudevents-batch+json", CLOUD, PROBLEM_MALFORMED},
        {"application/cloudevents-batch+json", "[]", PROBLEM_MALFORMED},
    };
    struct desk *desk = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_false(read_text(desk, cases[i].type, cases[i].text));
        if (desk->problem.code != cases[i].code)
            fail_msg("%s: %s", cases[i].text, problem_name(desk->problem.code));
        assert_int_equal(desk->body.flaw_count, 0);
    }
    assert_false(read_sized(desk, JSON, "{}\0", 3));
    assert_int_equal(desk->problem.code, PROBLEM_MALFORMED);
    assert_false(read_text(desk, JSON, "{\"note\":\"张三13800138000\" x}"));
    assert_null(strstr(desk->problem.detail, "13800138000"));
}

static void deep_and_long_texts_are_refused_before_they_are_read(void **state)
{
    struct desk *desk = *state;
    enum { DEEP = 100000 };
    char *deep = malloc(DEEP + 1);
    memset(deep, '[', DEEP);
    deep[DEEP] = '\0';
    assert_false(read_text(desk, JSON, deep));
    assert_int_equal(desk->problem.code, PROBLEM_MALFORMED);
    for (size_t i = 0; i < DEEP; i++)
        deep[i] = "{}\n"[i % 3];
    assert_false(read_text(desk, "application/x-ndjson", deep));
    assert_int_equal(desk->problem.code, PROBLEM_BODY_TOO_LARGE);
    free(deep);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_form_gives_the_same_event, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(a_cloud_event_in_headers_is_the_same_event, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(what_is_wrong_is_named_by_its_place, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(a_code_that_looks_like_a_number_plate_is_none, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(a_replacement_is_looked_into, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(all_wrong_events_are_listed_up_to_a_limit, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(what_cannot_be_read_is_a_problem_of_its_own, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(deep_and_long_texts_are_refused_before_they_are_read, open_desk, close_desk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
