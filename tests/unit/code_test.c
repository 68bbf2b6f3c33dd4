/* Promises of the coding rules: the vectors of DOMAIN 2.8 and ruling 7, and the place of what is wrong. */
#include "code.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(rows) (sizeof rows / sizeof *rows)

struct flaw_row {
    const char *code;
    size_t position;
    const char *text;
};

typedef bool (*code_check)(const char *code, struct code_flaw *flaw);

static void expect_good(code_check check, const char *code)
{
    struct code_flaw flaw;
    if (!check(code, &flaw))
        fail_msg("'%s' was refused: character %zu: %s", code, flaw.position, flaw.text);
}

static void expect_flaws(code_check check, const struct flaw_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct code_flaw flaw;
        if (check(rows[i].code, &flaw))
            fail_msg("'%s' was taken", rows[i].code);
        if (flaw.position != rows[i].position || strcmp(flaw.text, rows[i].text) != 0)
            fail_msg("'%s': character %zu: %s; expected character %zu: %s", rows[i].code, flaw.position, flaw.text,
                     rows[i].position, rows[i].text);
    }
}

static void the_division_codes_of_the_specification_are_taken(void **unused)
{
    static const char *const codes[] = {
        "140000000000", "140300000000", "140322000000", "140322102000", "140322100001", "140322102200",
        /* the first and last number of each range, and the virtual villages */
        "140322001000", "140322099000", "140322100000", "140322199000", "140322200000", "140322399000", "140322400000",
        "140322599000", "140322102001", "140322102199", "140322102399", "140322102400", "140322102498", "140322102499",
        "140322102500", "140322102598", "140322102599",
        /* ruling 7: county group 00 is a town directly under a city */
        "140300102000", "140300102200",
        /* grids */
        "140322102200001", "140322100001999", "140300102200001"};
    (void)unused;
    for (size_t i = 0; i < COUNT(codes); i++)
        expect_good(unit_code_check, codes[i]);
}

static void the_towns_of_yu_county_are_taken(void **unused)
{
    static const int towns[] = {100, 101, 102, 103, 104, 105, 106, 107, 200, 201, 202, 203, 204, 205};
    (void)unused;
    for (size_t i = 0; i < COUNT(towns); i++) {
        char code[AREA_DIGITS + 1];
        snprintf(code, sizeof code, "140322%03u000", (unsigned)towns[i] % 1000);
        expect_good(unit_code_check, code);
    }
}

static void a_wrong_division_code_is_refused_at_its_wrong_character(void **unused)
{
    static const struct flaw_row rows[] = {
        /* the vectors */
        {"14032210220", 12, "missing: the code of an area has 12 characters"},
        {"140322602000", 7, "town number above 599"},
        {"14032A102200", 6, "not a digit"},
        {"140322000200", 7, "the town group must not be 000 here"},
        {"140322102600", 10, "village number above 599"},
        /* lengths */
        {"", 1, "missing: the code of an area has 12 characters"},
        {"140322", 7, "missing: the code of an area has 12 characters"},
        {"1403221022000", 13, "surplus: the code of an area has 12 characters"},
        {"14032210220000", 15, "missing: the code of a grid has 15 characters"},
        {"1403221022000011", 17, "missing: a credit code has 18 characters"},
        /* characters; what is wrong comes before what is missing */
        {"14032210220O", 12, "not a digit"},
        {"l40322102200", 1, "not a digit"},
        {"14032a1022", 6, "not a digit"},
        {"1403 2102200", 5, "not a digit"},
        {"140322102-200", 10, "not a digit"},
        {"140322\xE6\x9D\x91", 7, "not a digit"},
        /* groups, from left to right */
        {"000000000000", 1, "the province group must not be 00 here"},
        {"000322102200", 1, "the province group must not be 00 here"},
        {"140022000000", 3, "the city group must not be 00 here"},
        {"140000102000", 3, "the city group must not be 00 here"},
        {"140322999999", 7, "town number above 599"},
        {"140322600000", 7, "town number above 599"},
        {"140322102999", 10, "village number above 599"},
        {"140322602700", 7, "town number above 599"},
    };
    (void)unused;
    expect_flaws(unit_code_check, rows, COUNT(rows));
}

static void a_wrong_grid_code_is_refused_at_its_wrong_character(void **unused)
{
    static const struct flaw_row rows[] = {
        {"140322102200000", 13, "the grid group must not be 000 here"},
        {"140322102000001", 10, "the village group must not be 000 here"},
        {"140322000000001", 7, "the town group must not be 000 here"},
        {"140322102000000", 13, "the grid group must not be 000 here"},
        {"140322102600001", 10, "village number above 599"},
        {"14032210220000A", 15, "not a digit"},
    };
    (void)unused;
    expect_flaws(unit_code_check, rows, COUNT(rows));
}

struct check_row {
    const char *body;
    char expected;
};

static void organisation_codes_end_in_the_check_of_gb_11714(void **unused)
{
    static const struct check_row rows[] = {
        {"M000100Y", '4'}, {"19220382", '1'}, {"71526726", 'X'},  {"80210043", '3'},  {"79965505", '8'},
        {"MA900007", '0'}, {"MA900001", '1'}, {"m000100Y", '\0'}, {"M00 100Y", '\0'},
    };
    (void)unused;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (organisation_check_character(rows[i].body) != rows[i].expected)
            fail_msg("%s: '%c', expected '%c'", rows[i].body, organisation_check_character(rows[i].body),
                     rows[i].expected);
}

static const char *const credit_codes[] = {
    /* the standard's own example, and published ones */
    "91350100M000100Y43",
    "914403001922038216",
    "9144030071526726XG",
    "91110000802100433B",
    "91330100799655058B",
    /* of the demonstration; a final 0, and a 0 at 17 */
    "91140322MA90000115",
    "91140322MA900002XW",
    "91140322MA900010XG",
    "91140322MA90012330",
    "91140322MA9044196E",
    "91140322MA90000970",
    "91140322MA90000708",
};

static void credit_codes_end_in_the_check_of_gb_32100(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(credit_codes); i++) {
        expect_good(unit_code_check, credit_codes[i]);
        assert_int_equal(credit_check_character(credit_codes[i]), credit_codes[i][CREDIT_CHARACTERS - 1]);
    }
    assert_int_equal(credit_check_character("91350100M000100I4"), '\0');
}

static void a_wrong_credit_code_is_refused_at_its_wrong_character(void **unused)
{
    static const struct flaw_row rows[] = {
        {"91350100M000100Y4Z", 18, "the letters I, O, S, V and Z are not used"}, /* the standard's invalid twin */
        {"91350100M000100Y44", 18, "the check character does not fit those before it: expected '3'"},
        {"91350100M000100Y53", 17, "the check character does not fit those before it: expected '4'"},
        {"91440300715267261G", 17, "the check character does not fit those before it: expected 'X'"},
        {"91140322MA90000971", 18, "the check character does not fit those before it: expected '0'"},
        {"91140322MA90000718", 17, "the check character does not fit those before it: expected '0'"},
        {"9I350100M000100Y43", 2, "the letters I, O, S, V and Z are not used"},
        {"9135O100M000100Y43", 5, "the letters I, O, S, V and Z are not used"},
        {"91350100S000100Y43", 9, "the letters I, O, S, V and Z are not used"},
        {"91350100V000100Y43", 9, "the letters I, O, S, V and Z are not used"},
        {"91350100m000100Y43", 9, "a small letter"},
        {"91350100M000100y43", 16, "a small letter"},
        {"91350100M-00100Y43", 10, "neither a digit nor a capital letter"},
        {"91350100\xE6\x9D\x91"
         "0100Y43",
         9, "neither a digit nor a capital letter"},
        {"91350100M000100Y4", 18, "missing: a credit code has 18 characters"},
        {"91350100M000100Y433", 19, "surplus: a credit code has 18 characters"},
        {"140322102200140322102200", 19, "surplus: a credit code has 18 characters"},
    };
    (void)unused;
    expect_flaws(unit_code_check, rows, COUNT(rows));
}

static void a_changed_character_is_found_at_its_place_or_at_a_check_behind_it(void **unused)
{
    static const char others[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZa-";
    (void)unused;
    for (size_t i = 0; i < COUNT(credit_codes); i++)
        for (size_t at = 0; at < CREDIT_CHARACTERS; at++)
            for (const char *other = others; *other; other++) {
                char code[CREDIT_CHARACTERS + 1];
                struct code_flaw flaw;
                memcpy(code, credit_codes[i], sizeof code);
                if (code[at] == *other)
                    continue;
                code[at] = *other;
                if (unit_code_check(code, &flaw))
                    fail_msg("'%s' was taken", code);
                if (flaw.position != at + 1 && (flaw.position <= 16 || flaw.position <= at))
                    fail_msg("'%s': changed at %zu, refused at %zu", code, at + 1, flaw.position);
            }
}

/* The samples of GB 11643 have the form of a credit code, and a flaw says nothing of them but one character. */
static void an_identity_number_is_no_unit_code_and_is_not_repeated(void **unused)
{
    static const struct flaw_row rows[] = {
        {"11010519491231002X", 17, "the check character does not fit those before it: expected '5'"},
        {"440524188001010014", 17, "the check character does not fit those before it: expected '2'"},
    };
    (void)unused;
    expect_flaws(unit_code_check, rows, COUNT(rows));
}

static void matter_codes_end_in_the_check_of_iso_7064(void **unused)
{
    static const struct check_row rows[] = {
        {"A12425GABC1234002", 'M'},
        {"140322102200000001", 'Z'},
        {"140322-2020-D-000001", '1'}, /* hyphens do not count */
        {"1403222020D000001", '1'},
        {"140322-2020-d-000001", '\0'},
        {"1403 22", '\0'},
    };
    (void)unused;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (mod_37_36_check(rows[i].body) != rows[i].expected)
            fail_msg("%s: '%c', expected '%c'", rows[i].body, mod_37_36_check(rows[i].body), rows[i].expected);
}

static void a_matter_code_is_taken_with_its_own_check_only(void **unused)
{
    static const char checks[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    int taken = 0;
    (void)unused;
    for (const char *check = checks; *check; check++) {
        char code[MATTER_CHARACTERS + 1];
        struct code_flaw flaw;
        snprintf(code, sizeof code, "140322-2020-D-000001-%c", *check);
        assert_true(matter_code_is_formed(code));
        taken += matter_code_check(code, &flaw);
    }
    assert_int_equal(taken, 1);
    expect_good(matter_code_check, "140322-2020-D-000001-1");
}

/* What MOD 37,36 is there for: one wrong character, and two neighbours that changed places. */
static void a_mistyped_matter_code_is_refused(void **unused)
{
    static const char good[] = "140322-2020-D-000817-";
    char code[MATTER_CHARACTERS + 1];
    struct code_flaw flaw;
    (void)unused;
    snprintf(code, sizeof code, "%s%c", good, mod_37_36_check(good));
    expect_good(matter_code_check, code);
    for (size_t at = 0; at + 1 < MATTER_CHARACTERS - 1; at++) {
        char mistyped[sizeof code];
        for (char digit = '0'; digit <= '9'; digit++) {
            memcpy(mistyped, code, sizeof code);
            mistyped[at] = digit;
            assert_true(mistyped[at] == code[at] || !matter_code_check(mistyped, &flaw));
        }
        memcpy(mistyped, code, sizeof code);
        mistyped[at] = code[at + 1];
        mistyped[at + 1] = code[at];
        assert_true(code[at] == code[at + 1] || !matter_code_check(mistyped, &flaw));
    }
}

static void a_wrong_matter_code_is_refused_at_its_wrong_character(void **unused)
{
    static const struct flaw_row rows[] = {
        {"140322-2020-D-000001-2", 22, "the check character does not fit those before it: expected '1'"},
        {"14032A-2020-D-000001-1", 6, "not a digit"},
        {"140322 2020-D-000001-1", 7, "not a hyphen"},
        {"1403222020D0000011", 7, "not a hyphen"},
        {"140322-20-D-000001-1", 10, "not a digit"},
        {"140322-2020-d-000001-1", 13, "not a capital letter"},
        {"140322-2020-1-000001-1", 13, "not a capital letter"},
        {"140322-2020-D-00001-1", 20, "not a digit"},
        {"140322-2020-D-000001-a", 22, "neither a digit nor a capital letter"},
        {"140322-2020-D-000001-", 22, "missing: the code of a matter has 22 characters"},
        {"140322-2020-D-000001-11", 23, "surplus: the code of a matter has 22 characters"},
        {"", 1, "missing: the code of a matter has 22 characters"},
    };
    (void)unused;
    expect_flaws(matter_code_check, rows, COUNT(rows));
}

static void only_the_exact_form_makes_a_matter_code(void **unused)
{
    static const char *const others[] = {"",
                                         "YH-2020-000123",
                                         "M-1",
                                         "A12425GABC1234002M",
                                         "140322102200000001Z",
                                         "140322-2020-d-000001-1",
                                         "140322-2020-D-000001-",
                                         "140322-2020-D-000001-11",
                                         "140322-2020-D-000001-a",
                                         "140322_2020_D_000001_1"};
    (void)unused;
    assert_true(matter_code_is_formed("140322-2020-D-000001-1"));
    assert_true(matter_code_is_formed("140322-2020-D-000001-Z")); /* formed, though its check does not hold */
    for (size_t i = 0; i < COUNT(others); i++)
        if (matter_code_is_formed(others[i]))
            fail_msg("'%s' was taken for the form", others[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_division_codes_of_the_specification_are_taken),
        cmocka_unit_test(the_towns_of_yu_county_are_taken),
        cmocka_unit_test(a_wrong_division_code_is_refused_at_its_wrong_character),
        cmocka_unit_test(a_wrong_grid_code_is_refused_at_its_wrong_character),
        cmocka_unit_test(organisation_codes_end_in_the_check_of_gb_11714),
        cmocka_unit_test(credit_codes_end_in_the_check_of_gb_32100),
        cmocka_unit_test(a_wrong_credit_code_is_refused_at_its_wrong_character),
        cmocka_unit_test(a_changed_character_is_found_at_its_place_or_at_a_check_behind_it),
        cmocka_unit_test(an_identity_number_is_no_unit_code_and_is_not_repeated),
        cmocka_unit_test(matter_codes_end_in_the_check_of_iso_7064),
        cmocka_unit_test(a_matter_code_is_taken_with_its_own_check_only),
        cmocka_unit_test(a_mistyped_matter_code_is_refused),
        cmocka_unit_test(a_wrong_matter_code_is_refused_at_its_wrong_character),
        cmocka_unit_test(only_the_exact_form_makes_a_matter_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
