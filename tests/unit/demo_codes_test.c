/* Promises of the demonstration's codes: the vectors of the standards. */
#include "codes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void credit_codes_of_the_standard_are_valid(void **state)
{
    static const char *const codes[] = {"91350100M000100Y43", "914403001922038216", "9144030071526726XG",
                                        "91110000802100433B", "91330100799655058B"};
    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        assert_int_equal(credit_code_check(codes[i]), codes[i][17]);
        assert_true(credit_code_valid(codes[i]));
    }
}

static void credit_codes_with_a_wrong_check_are_refused(void **state)
{
    static const char *const codes[] = {"91350100M000100Y4Z", "91350100M000100Y53", "91140322MA9000011I",
                                        "91140322MA900001", ""};
    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        assert_false(credit_code_valid(codes[i]));
}

static void organisation_codes_end_in_their_check(void **state)
{
    static const struct {
        const char *body;
        char check;
    } cases[] = {{"M000100Y", '4'}, {"19220382", '1'}, {"71526726", 'X'}, {"80210043", '3'}, {"79965505", '8'}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(organisation_code_check(cases[i].body), cases[i].check);
}

static void demonstration_codes_are_those_of_the_specification(void **state)
{
    static const struct {
        uint32_t number;
        const char *code;
    } cases[] = {{1, "91140322MA90000115"},   {2, "91140322MA900002XW"},    {10, "91140322MA900010XG"},
                 {123, "91140322MA90012330"}, {4419, "91140322MA9044196E"}, {9, "91140322MA90000970"},
                 {7, "91140322MA90000708"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char code[CREDIT_CODE_SIZE];
        credit_code_for(cases[i].number, code);
        assert_string_equal(code, cases[i].code);
    }
}

static void every_demonstration_code_is_valid(void **state)
{
    (void)state;
    for (uint32_t number = 1; number <= 4419; number++) {
        char code[CREDIT_CODE_SIZE];
        credit_code_for(number, code);
        assert_true(credit_code_valid(code));
    }
}

/* A county of the bench has millions. */
static void codes_beyond_five_digits_are_valid_and_no_other_s(void **state)
{
    static const uint32_t numbers[] = {99999,  100000,  100001,  100030,  100031,
                                       923521, 1023520, 1023521, 5000000, CREDIT_NUMBER_MAX};
    enum { COUNT = sizeof numbers / sizeof *numbers };
    char codes[COUNT][CREDIT_CODE_SIZE];
    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        credit_code_for(numbers[i], codes[i]);
        assert_true(credit_code_valid(codes[i]));
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(codes[i], codes[j]);
    }
}

static void area_codes_name_their_level(void **state)
{
    static const struct {
        const char *code;
        enum area_level level;
    } cases[] = {
        {"140000000000", AREA_PROVINCE},  {"140300000000", AREA_CITY},      {"140322000000", AREA_COUNTY},
        {"140322102000", AREA_TOWN},      {"140322100001", AREA_COMMUNITY}, {"140322102200", AREA_VILLAGE},
        {"140322102400", AREA_COMMUNITY}, {"140322102598", AREA_VILLAGE},   {"140300102000", AREA_TOWN},
        {"14032210220", AREA_INVALID},    {"140322602000", AREA_INVALID},   {"14032A102200", AREA_INVALID},
        {"140322000200", AREA_INVALID},   {"140322102600", AREA_INVALID},   {"", AREA_INVALID},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(area_code_level(cases[i].code), cases[i].level);
}

static void area_codes_name_their_parent(void **state)
{
    char parent[AREA_CODE_LENGTH + 1];
    (void)state;
    assert_true(area_code_parent("140322102200", parent));
    assert_string_equal(parent, "140322102000");
    assert_true(area_code_parent("140322102000", parent));
    assert_string_equal(parent, "140322000000");
    assert_true(area_code_parent("140322000000", parent));
    assert_string_equal(parent, "140300000000");
    assert_false(area_code_parent("140000000000", parent));
    assert_false(area_code_parent("14032210220", parent));
}

static void matter_codes_end_in_their_check(void **state)
{
    char code[MATTER_CODE_SIZE];
    (void)state;
    assert_int_equal(matter_check("A12425GABC1234002"), 'M');
    assert_int_equal(matter_check("140322102200000001"), 'Z');
    assert_int_equal(matter_check("14032210-2200000001"), 'Z');
    assert_int_equal(matter_check("1403 22"), '\0');
    matter_code_for(2020, 'D', 1, code);
    assert_string_equal(code, "140322-2020-D-000001-1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(credit_codes_of_the_standard_are_valid),
        cmocka_unit_test(credit_codes_with_a_wrong_check_are_refused),
        cmocka_unit_test(organisation_codes_end_in_their_check),
        cmocka_unit_test(demonstration_codes_are_those_of_the_specification),
        cmocka_unit_test(every_demonstration_code_is_valid),
        cmocka_unit_test(codes_beyond_five_digits_are_valid_and_no_other_s),
        cmocka_unit_test(area_codes_name_their_level),
        cmocka_unit_test(area_codes_name_their_parent),
        cmocka_unit_test(matter_codes_end_in_their_check),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
