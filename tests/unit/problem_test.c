/* Each problem says in both languages what happened and what to do, and repeats nothing of the request. */
#include "problem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The codes of the interface with their status. */
static const struct {
    const char *name;
    unsigned status;
} contract[] = {
    {"LOGIN_REQUIRED", 401},     {"BAD_LOGIN", 401},      {"TOO_MANY_ATTEMPTS", 429}, {"NOT_PERMITTED", 403},
    {"UNKNOWN_UNIT", 404},       {"NOT_FOUND", 404},      {"BAD_DAY", 400},           {"BAD_MOMENT", 400},
    {"BAD_QUERY", 400},          {"UNKNOWN_FIGURE", 404}, {"HUB_UNREACHABLE", 503},   {"BUSY", 503},
    {"METHOD_NOT_ALLOWED", 405}, {"TOO_LARGE", 413},      {"INTERNAL", 500}};

static const char *text(const json_t *document, const char *name)
{
    const char *value = json_string_value(json_object_get(document, name));
    if (value == NULL)
        fail_msg("no text '%s'", name);
    return value;
}

static bool is_chinese(const char *value)
{
    return strpbrk(value, "\xe4\xe5\xe6\xe7\xe8\xe9") != NULL;
}

static void every_code_has_both_languages_and_says_what_to_do(void **state)
{
    json_t *catalogue = problem_catalogue(PROBLEM_OF_PAGE);
    const json_t *problems = json_object_get(catalogue, "problems");
    (void)state;
    assert_int_equal(json_array_size(problems), sizeof contract / sizeof *contract);
    for (size_t i = 0; i < sizeof contract / sizeof *contract; i++) {
        const json_t *problem = json_array_get(problems, i);
        char type[64];
        snprintf(type, sizeof type, "/v1/problems#%s", contract[i].name);
        assert_string_equal(text(problem, "code"), contract[i].name);
        assert_string_equal(text(problem, "type"), type);
        assert_int_equal(json_integer_value(json_object_get(problem, "status")), contract[i].status);
        assert_true(is_chinese(text(problem, "title")) && is_chinese(text(problem, "detail")));
        assert_false(is_chinese(text(problem, "titleEn")) || is_chinese(text(problem, "detailEn")));
        assert_true(strlen(text(problem, "detailEn")) > 20);
        assert_string_equal(problem_name((enum problem_code)i), contract[i].name);
        assert_int_equal(problem_status((enum problem_code)i), contract[i].status);
    }
    json_decref(catalogue);
}

static void a_detail_stands_in_front_of_what_to_do(void **state)
{
    struct problem problem;
    (void)state;
    assert_false(problem_set(&problem, PROBLEM_BAD_DAY, "at：“2020-02-30”不是一天。", "at: '2020-02-30' is no day."));
    problem.retry_after_s = 7;
    json_t *document = problem_document(&problem, "/v1/overview?unit=140322000000&at=2020-02-30");
    assert_int_equal(strncmp(text(document, "detail"), "at：“2020-02-30”不是一天。日期写作", 20), 0);
    assert_int_equal(strncmp(text(document, "detailEn"), "at: '2020-02-30' is no day. A day", 33), 0);
    assert_string_equal(text(document, "instance"), "/v1/overview");
    assert_int_equal(json_integer_value(json_object_get(document, "retryAfter")), 7);
    json_decref(document);
}

static void what_is_no_plain_path_is_not_repeated(void **state)
{
    static const char *const paths[] = {"", "relative", "/v1/\xe4", "/v1/a b", "/v1/\n", "http://x/"};
    struct problem problem;
    char large[400];
    (void)state;
    memset(large, 'a', sizeof large - 1);
    large[0] = '/';
    large[sizeof large - 1] = '\0';
    problem_set(&problem, PROBLEM_NOT_FOUND, NULL, NULL);
    for (size_t i = 0; i <= sizeof paths / sizeof *paths; i++) {
        json_t *document = problem_document(&problem, i < sizeof paths / sizeof *paths ? paths[i] : large);
        assert_null(json_object_get(document, "instance"));
        json_decref(document);
    }
    json_t *document = problem_document(&problem, NULL);
    assert_null(json_object_get(document, "instance"));
    assert_null(json_object_get(document, "retryAfter"));
    json_decref(document);
}

static void a_detail_that_was_cut_or_is_no_text_breaks_nothing(void **state)
{
    struct problem problem;
    char large[2 * PROBLEM_DETAIL_SIZE];
    (void)state;
    for (size_t shift = 0; shift < 3; shift++) {
        memset(large, 'a', shift);
        for (size_t i = shift; i + 3 < sizeof large; i += 3)
            memcpy(large + i, "盂", 3);
        large[sizeof large - 4] = '\0';
        problem_set(&problem, PROBLEM_INTERNAL, large, large);
        json_t *document = problem_document(&problem, NULL);
        assert_non_null(strstr(text(document, "detail"), "盂程序出了错"));
        json_decref(document);
    }
    problem_set(&problem, PROBLEM_INTERNAL, "\xff\xfe", "\xff");
    json_t *document = problem_document(&problem, NULL);
    assert_int_equal(strncmp(text(document, "detailEn"), "Something", 9), 0);
    json_decref(document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_has_both_languages_and_says_what_to_do),
        cmocka_unit_test(a_detail_stands_in_front_of_what_to_do),
        cmocka_unit_test(what_is_no_plain_path_is_not_repeated),
        cmocka_unit_test(a_detail_that_was_cut_or_is_no_text_breaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
