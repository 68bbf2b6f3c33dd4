/* What may stand in an address, and what the hub is asked for it. */
#include "parameters.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* "name=value&…" as a list of arguments; the test's own, without decoding. */
static const char *look(const void *context, const char *name)
{
    static char value[1024];
    const size_t size = strlen(name);
    for (const char *at = context; at != NULL; at = strchr(at, '&')) {
        at += *at == '&' ? 1 : 0;
        if (strncmp(at, name, size) != 0 || at[size] != '=')
            continue;
        snprintf(value, sizeof value, "%.*s", (int)strcspn(at + size + 1, "&"), at + size + 1);
        return value;
    }
    return NULL;
}

static bool take(struct parameters *parameters, const char *query, struct problem *problem)
{
    return parameters_take(parameters, UINT32_MAX, "item", look, query, problem);
}

static void moments_are_asked_as_they_are_written(void **state)
{
    (void)state;
    static const struct {
        const char *query;
        bool given;
        const char *day;
        Sanling__V1__Moment__KnownCase known;
    } rows[] = {
        {"", false, "", SANLING__V1__MOMENT__KNOWN__NOT_SET},
        {"known=now", false, "", SANLING__V1__MOMENT__KNOWN__NOT_SET},
        {"known=end", false, "", SANLING__V1__MOMENT__KNOWN__NOT_SET},
        {"at=2020-08-19", true, "2020-08-19", SANLING__V1__MOMENT__KNOWN_END_OF_DAY},
        {"at=2020-08-19&known=end", true, "2020-08-19", SANLING__V1__MOMENT__KNOWN_END_OF_DAY},
        {"at=2020-08-19&known=now", true, "2020-08-19", SANLING__V1__MOMENT__KNOWN__NOT_SET},
        {"at=2020-08-19&known=17", true, "2020-08-19", SANLING__V1__MOMENT__KNOWN_POSITION},
        {"known=17", true, "", SANLING__V1__MOMENT__KNOWN_POSITION},
        {"known=2020-08-19T12:00:00+08:00", true, "", SANLING__V1__MOMENT__KNOWN_TIME},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct parameters parameters;
        struct problem problem;
        struct moment_choice choice;
        assert_true(take(&parameters, rows[i].query, &problem));
        assert_true(parameter_moment(&parameters, &choice, &problem));
        assert_int_equal(choice.given, rows[i].given);
        assert_string_equal(choice.moment.day, rows[i].day);
        assert_int_equal(choice.moment.known_case, rows[i].known);
        parameters_clear(&parameters);
    }
}

static void what_is_no_moment_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *query;
        enum problem_code code;
    } rows[] = {
        {"at=2020-02-30", PROBLEM_BAD_DAY},       {"at=2020-8-1", PROBLEM_BAD_DAY},
        {"at=20200801", PROBLEM_BAD_DAY},         {"at=2020-08-01T00:00:00Z", PROBLEM_BAD_DAY},
        {"known=0", PROBLEM_BAD_MOMENT},          {"known=-1", PROBLEM_BAD_MOMENT},
        {"known=2020-08-19", PROBLEM_BAD_MOMENT}, {"known=99999999999999999999999", PROBLEM_BAD_MOMENT},
        {"known=later", PROBLEM_BAD_MOMENT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct parameters parameters;
        struct problem problem;
        struct moment_choice choice;
        assert_true(take(&parameters, rows[i].query, &problem));
        assert_false(parameter_moment(&parameters, &choice, &problem));
        assert_int_equal(problem.code, rows[i].code);
        parameters_clear(&parameters);
    }
}

static void numbers_flags_and_names_are_checked(void **state)
{
    (void)state;
    struct parameters parameters;
    struct problem problem;
    uint32_t number = 1;
    protobuf_c_boolean flag = 0;
    int kind = 0;
    assert_true(take(&parameters, "limit=100&after=101&open=1&joint=0&kind=hazard&sort=WAR", &problem));
    assert_true(parameter_number(&parameters, PARAMETER_LIMIT, 5, 100, &number, &problem));
    assert_int_equal(number, 100);
    assert_true(parameter_number(&parameters, PARAMETER_YEAR, 5, 100, &number, &problem));
    assert_int_equal(number, 5);
    assert_false(parameter_number(&parameters, PARAMETER_AFTER, 5, 100, &number, &problem));
    assert_int_equal(problem.code, PROBLEM_BAD_QUERY);
    assert_true(parameter_flag(&parameters, PARAMETER_OPEN, &flag, &problem) && flag);
    assert_true(parameter_flag(&parameters, PARAMETER_JOINT, &flag, &problem) && !flag);
    assert_false(parameter_flag(&parameters, PARAMETER_KIND, &flag, &problem));
    assert_true(
        parameter_enum(&parameters, PARAMETER_KIND, &sanling__v1__matter_kind__kind__descriptor, &kind, &problem));
    assert_int_equal(kind, SANLING__V1__MATTER_KIND__KIND__HAZARD);
    assert_false(
        parameter_enum(&parameters, PARAMETER_SORT, &sanling__v1__matter_kind__kind__descriptor, &kind, &problem));
    parameters_clear(&parameters);
}

static void texts_that_are_too_long_or_no_utf8_are_refused(void **state)
{
    (void)state;
    struct parameters parameters;
    struct problem problem;
    char query[PARAMETER_SIZE + 16] = "unit=";
    memset(query + 5, '1', PARAMETER_SIZE);
    assert_false(take(&parameters, query, &problem));
    parameters_clear(&parameters);
    query[5 + PARAMETER_SIZE - 1] = '\0';
    assert_true(take(&parameters, query, &problem));
    parameters_clear(&parameters);
    assert_false(take(&parameters, "unit=\xff", &problem));
    assert_int_equal(problem.code, PROBLEM_BAD_QUERY);
    parameters_clear(&parameters);
}

static void equal_questions_have_equal_keys_and_others_do_not(void **state)
{
    (void)state;
    static const char *const queries[] = {"unit=1&at=2", "at=2&unit=1", "unit=1", "unit=12", "at=1", "unit=1&at=", ""};
    char keys[sizeof queries / sizeof *queries][PARAMETERS_KEY_SIZE];
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        struct parameters parameters;
        struct problem problem;
        assert_true(take(&parameters, queries[i], &problem));
        parameters_key(&parameters, "kind", keys[i]);
        parameters_clear(&parameters);
    }
    assert_string_equal(keys[0], keys[1]);
    for (size_t i = 1; i < sizeof queries / sizeof *queries; i++)
        for (size_t k = i + 1; k < sizeof queries / sizeof *queries; k++)
            assert_string_not_equal(keys[i], keys[k]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moments_are_asked_as_they_are_written),
        cmocka_unit_test(what_is_no_moment_is_refused),
        cmocka_unit_test(numbers_flags_and_names_are_checked),
        cmocka_unit_test(texts_that_are_too_long_or_no_utf8_are_refused),
        cmocka_unit_test(equal_questions_have_equal_keys_and_others_do_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
