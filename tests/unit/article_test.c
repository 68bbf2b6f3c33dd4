/* A published figure is held against what follows from the log; where they differ it is said why. */
#include "article.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "folder.h"

struct place {
    char folder[FOLDER_PATH_SIZE];
    char path[512];
};

static int make_place(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    assert_non_null(place);
    folder_make(place->folder);
    folder_file(place->folder, "article.json", place->path);
    *state = place;
    return 0;
}
static int remove_place(void **state)
{
    struct place *place = *state;
    folder_remove(place->folder);
    free(place);
    return 0;
}

static struct article *read_text(const struct place *place, const char *text, struct fault *fault)
{
    file_write(place->path, text, strlen(text));
    return article_read(place->path, fault);
}

static const char *value(const json_t *rows, size_t index, const char *name)
{
    const json_t *member = json_object_get(json_array_get(rows, index), name);
    return json_is_boolean(member) ? (json_is_true(member) ? "true" : "false") : json_string_value(member);
}

static void numbers_are_compared_as_numbers(void **state)
{
    static const char file[] =
        "{\"figures\":["
        "{\"zh\":\"率\",\"en\":\"rate\",\"article\":\"100\",\"document\":\"1.json\",\"path\":\"a.rate.text\"},"
        "{\"zh\":\"率\",\"en\":\"rate\",\"article\":\"99.4\",\"document\":\"1.json\",\"path\":\"a.other.text\","
        "\"note\":\"只算现场为 99.34\",\"noteEn\":\"on the spot alone 99.34\"},"
        "{\"zh\":\"点\",\"en\":\"points\",\"article\":\"+21.5\",\"document\":\"2.json\",\"path\":\"a.points\"},"
        "{\"zh\":\"人\",\"en\":\"people\",\"article\":\"1000余\",\"document\":\"2.json\",\"path\":\"a.people\"},"
        "{\"zh\":\"无\",\"en\":\"not printed\",\"document\":\"anything\",\"path\":\"a.b\"},"
        "{\"zh\":\"它\",\"en\":\"theirs\",\"article\":\"1\",\"document\":\"3.json\",\"path\":\"a.b\"},"
        "{\"zh\":\"缺\",\"en\":\"missing\",\"article\":\"1\",\"document\":\"1.json\",\"path\":\"z.c\"}]}";
    struct fault fault;
    CLEANUP(article_close) struct article *article = read_text(*state, file, &fault);
    assert_non_null(article);
    assert_int_equal(article_unit_count(article), 3);
    assert_string_equal(article_unit(article, 1), "2");
    json_t *summaries = json_loads("{\"1\":{\"a\":{\"rate\":{\"text\":\"100.00\"},\"other\":{\"text\":\"99.40\"}}},"
                                   "\"2\":{\"a\":{\"points\":\"+21.4\",\"people\":\"1000余\"}}}",
                                   0, NULL);
    json_t *rows = article_rows(article, summaries);
    assert_int_equal(json_array_size(rows), 5);
    static const char *const verdicts[] = {"SAME", "OTHER_DEFINITION", "DIFFERENT", "SAME", "DIFFERENT"};
    static const char *const computed[] = {"100.00", "99.40", "+21.4", "1000余", "–"};
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(value(rows, i, "verdict"), verdicts[i]);
        assert_string_equal(value(rows, i, "computed"), computed[i]);
        assert_string_equal(value(rows, i, "same"), strcmp(verdicts[i], "DIFFERENT") == 0 ? "false" : "true");
    }
    assert_string_equal(value(rows, 1, "whyEn"), "on the spot alone 99.34");
    json_decref(rows);
    json_decref(summaries);
}

static void each_number_leads_to_its_figure(void **state)
{
    static const struct {
        const char *path;
        const char *figure;
    } cases[] = {{"hazards.found", "hazards.found"},
                 {"hazards.fixedOnSpot", "hazards.fixed_on_spot"},
                 {"hazards.rate.text", "hazards.struck_off"},
                 {"zeros.counts[group=AREA,zero=ACCIDENT].total", "zeros.ACCIDENT.AREA.total"},
                 {"zeros.counts[group=AREA,zero=ACCIDENT].zeroUnits", "zeros.ACCIDENT.AREA.zero"},
                 {"zeros.counts[group=ENTERPRISE,zero=ACCIDENT].lower.text", "zeros.ACCIDENT.ENTERPRISE.zero"},
                 {"zeros.counts[group=ALL,zero=ACCIDENT].lower.text", "zeros.ACCIDENT.zero"},
                 {"zeros.counts[].broken", "zeros.JOINT.broken"},
                 {"tallies[kind=publicity.PEOPLE].rounded", "publicity.PEOPLE"},
                 {"cases.clearanceChangePoints", "cases.resolved"},
                 {"teams.blockHeads", "teams.block_heads"},
                 {"rejected", ""}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char figure[ARTICLE_FIGURE_SIZE];
        article_figure(cases[i].path, figure);
        assert_string_equal(figure, cases[i].figure);
    }
}

static void what_is_wrong_in_the_file_is_named(void **state)
{
    static const struct {
        const char *text;
        const char *complaint;
    } cases[] = {{"{", "line 1"},
                 {"{}", "no list `figures`"},
                 {"{\"figures\":[]}", "no figure has an `article`"},
                 {"{\"figures\":[{\"article\":\"1\"}]}", "figures[0]: needs zh"},
                 {"{\"figures\":[{\"zh\":\"a\",\"en\":\"b\",\"path\":\"c\",\"document\":\"../1.json\","
                  "\"article\":\"1\"}]}",
                  "figures[0]: needs zh"},
                 {"{\"figures\":[{\"zh\":\"a\",\"en\":\"b\",\"path\":\"c\",\"document\":\"1.json\","
                  "\"article\":\"1\",\"note\":\"d\"}]}",
                  "note and noteEn"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fault fault;
        assert_null(read_text(*state, cases[i].text, &fault));
        if (strstr(fault.text, cases[i].complaint) == NULL)
            fail_msg("'%s' is not in: %s", cases[i].complaint, fault.text);
    }
}

static void the_demonstration_s_own_file_is_one(void **state)
{
    struct fault fault;
    (void)state;
    CLEANUP(article_close) struct article *article = article_read(EXPECTED_FILE, &fault);
    if (article == NULL)
        fail_msg("%s", fault.text);
    assert_int_equal(article_unit_count(article), 2);
    json_t *summaries = json_pack("{s:{}, s:{}}", "140322000000", "140322102000");
    json_t *rows = article_rows(article, summaries);
    size_t explained = 0;
    assert_true(json_array_size(rows) > 20);
    for (size_t i = 0; i < json_array_size(rows); i++) {
        explained += value(rows, i, "why")[0] != '\0' ? 1 : 0;
        assert_string_not_equal(value(rows, i, "figure"), "");
    }
    assert_int_equal(explained, 2); /* the two that do not follow from the article's own integers */
    json_decref(rows);
    json_decref(summaries);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_compared_as_numbers),
        cmocka_unit_test(each_number_leads_to_its_figure),
        cmocka_unit_test(what_is_wrong_in_the_file_is_named),
        cmocka_unit_test(the_demonstration_s_own_file_is_one),
    };
    return cmocka_run_group_tests(tests, make_place, remove_place);
}
