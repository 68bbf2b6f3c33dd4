/* Promises of the comparison: what differs, or is not there, is never passed over, of figures and of stories. */
#include "check.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char documents_text[] = "{\"summary.json\":{\"hazards\":{\"found\":3186}},"
                                     "\"levels.jsonl\":{\"records\":[{\"event\":{\"deadlinePassed\":{\"level\":1}}},"
                                     "{\"event\":{\"deadlinePassed\":{\"level\":2}}}]}}";

static const char good_figure[] =
    "{\"figure\":\"1\",\"zh\":\"排查\",\"en\":\"found\",\"article\":\"3186\",\"why\":\"reason\","
    "\"document\":\"summary.json\",\"path\":\"hazards.found\",\"expected\":\"3186\","
    "\"note\":\"一注\",\"noteEn\":\"a note\"}";
static const char good_story[] = "{\"story\":\"d\",\"zh\":\"级\",\"en\":\"levels\",\"document\":\"levels.jsonl\","
                                 "\"list\":\"records\",\"of\":\"event.deadlinePassed.level\",\"expected\":\"1 2\"}";

struct outcome {
    bool compared;
    size_t differing;
    struct fault fault;
    char *printed;
};

static struct outcome compare(const char *figure, const char *story)
{
    char text[2048];
    size_t size = 0;
    struct outcome outcome = {.differing = 99};

    snprintf(text, sizeof text, "{\"figures\":[%s],\"stories\":[%s]}", figure, story);
    json_t *expected = json_loads(text, 0, NULL);
    json_t *documents = json_loads(documents_text, 0, NULL);
    FILE *out = open_memstream(&outcome.printed, &size);
    assert_non_null(expected);
    assert_non_null(documents);
    assert_non_null(out);
    outcome.compared = expected_compare(expected, documents, out, &outcome.differing, &outcome.fault);
    fclose(out);
    json_decref(expected);
    json_decref(documents);
    return outcome;
}

static void assert_differing(const char *figure, const char *story, size_t differing)
{
    struct outcome outcome = compare(figure, story);

    assert_true(outcome.compared);
    assert_int_equal(outcome.differing, differing);
    free(outcome.printed);
}

static void assert_refused(const char *figure, const char *story)
{
    struct outcome outcome = compare(figure, story);

    assert_false(outcome.compared);
    assert_int_equal(outcome.fault.code, FAULT_USAGE);
    free(outcome.printed);
}

static void what_agrees_is_printed_with_the_article_and_the_reason(void **state)
{
    struct outcome outcome = compare(good_figure, good_story);
    (void)state;

    assert_true(outcome.compared);
    assert_int_equal(outcome.differing, 0);
    assert_non_null(strstr(outcome.printed, "文章 article"));
    assert_non_null(strstr(outcome.printed, "为什么不同 why different"));
    assert_non_null(strstr(outcome.printed, "reason"));
    assert_non_null(strstr(outcome.printed, "一注 a note"));
    assert_non_null(strstr(outcome.printed, "1 2"));
    assert_null(strstr(outcome.printed, "differs"));
    free(outcome.printed);
}

static void what_differs_is_counted_and_said(void **state)
{
    struct outcome outcome = compare(good_figure, "{\"story\":\"d\",\"zh\":\"级\",\"en\":\"levels\",\"document\":"
                                                  "\"levels.jsonl\",\"count\":\"records\",\"expected\":\"3\"}");
    (void)state;

    assert_int_equal(outcome.differing, 1);
    assert_non_null(strstr(outcome.printed, "不符 differs"));
    assert_non_null(strstr(outcome.printed, "2（应为 expected 3）"));
    free(outcome.printed);
    assert_differing("{\"figure\":\"1\",\"zh\":\"排查\",\"en\":\"found\",\"document\":\"summary.json\","
                     "\"path\":\"hazards.found\",\"expected\":\"3185\"}",
                     good_story, 1);
}

static void what_is_not_there_differs(void **state)
{
    (void)state;
    assert_differing(
        "{\"figure\":\"1\",\"zh\":\"无\",\"en\":\"none\",\"document\":\"other.json\",\"path\":\"rejected\","
        "\"expected\":\"0\"}",
        "{\"story\":\"d\",\"zh\":\"无\",\"en\":\"none\",\"document\":\"other.json\",\"count\":\"rows\","
        "\"expected\":\"0\"}",
        2);
}

static void an_entry_that_asks_nothing_or_two_things_is_refused(void **state)
{
    (void)state;
    assert_refused(good_figure, "{\"story\":\"d\",\"zh\":\"无\",\"en\":\"none\",\"document\":\"summary.json\","
                                "\"expected\":\"0\"}");
    assert_refused(good_figure, "{\"story\":\"d\",\"zh\":\"无\",\"en\":\"none\",\"document\":\"summary.json\","
                                "\"path\":\"a\",\"count\":\"b\",\"expected\":\"0\"}");
    assert_refused(good_figure, "{\"story\":\"d\",\"zh\":\"无\",\"en\":\"none\",\"document\":\"summary.json\","
                                "\"sum\":\"a\",\"expected\":\"0\"}");
    assert_refused(good_figure, "{\"story\":\"d\",\"zh\":\"无\",\"en\":\"none\",\"document\":\"summary.json\","
                                "\"path\":\"a\",\"expected\":\"0\",\"unknown\":\"\"}");
}

static void a_list_without_entries_is_refused(void **state)
{
    (void)state;
    assert_refused("", good_story);
    assert_refused(good_figure, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_agrees_is_printed_with_the_article_and_the_reason),
        cmocka_unit_test(what_differs_is_counted_and_said),
        cmocka_unit_test(what_is_not_there_differs),
        cmocka_unit_test(an_entry_that_asks_nothing_or_two_things_is_refused),
        cmocka_unit_test(a_list_without_entries_is_refused),
    };

    setlocale(LC_CTYPE, "C.UTF-8"); /* without it the table writes Chinese as escapes */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
