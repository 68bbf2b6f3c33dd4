/* What a code says by itself: the vectors of DOMAIN 2.8 and ruling 7. */
#include "domain/unit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct code_row {
    const char *code;
    enum unit_kind kind;
    const char *parent;
};

static void check_codes(const struct code_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char parent[UNIT_CODE_SIZE];
        enum unit_kind kind = unit_code_kind(rows[i].code);
        if (kind != rows[i].kind)
            fail_msg("'%s': kind %d, expected %d", rows[i].code, (int)kind, (int)rows[i].kind);
        unit_code_parent(rows[i].code, parent);
        assert_string_equal(parent, rows[i].parent);
    }
}

static void area_codes_say_their_level_and_what_stands_above(void **unused)
{
    static const struct code_row rows[] = {
        {"140000000000", UNIT_PROVINCE, ""},
        {"140300000000", UNIT_CITY, "140000000000"},
        {"140322000000", UNIT_COUNTY, "140300000000"},
        {"140322102000", UNIT_TOWN, "140322000000"},
        {"140322599000", UNIT_TOWN, "140322000000"},
        {"140322100001", UNIT_COMMUNITY, "140322100000"},
        {"140322100199", UNIT_COMMUNITY, "140322100000"},
        {"140322100400", UNIT_COMMUNITY, "140322100000"},
        {"140322102200", UNIT_VILLAGE, "140322102000"},
        {"140322102300", UNIT_VILLAGE, "140322102000"},
        {"140322102598", UNIT_VILLAGE, "140322102000"},
        {"140322102498", UNIT_COMMUNITY, "140322102000"},
        {"140322102200001", UNIT_GRID, "140322102200"},
        /* Ruling 7: county group 00 is a town directly under a city. */
        {"140300102000", UNIT_TOWN, "140300000000"},
        {"140300102200", UNIT_VILLAGE, "140300102000"},
    };
    (void)unused;
    check_codes(rows, sizeof rows / sizeof *rows);
}

static void codes_of_no_form_are_refused(void **unused)
{
    static const struct code_row rows[] = {
        {"", UNIT_NONE, ""},
        {"14032210220", UNIT_NONE, ""},   /* 11 digits */
        {"1403221022000", UNIT_NONE, ""}, /* 13 digits */
        {"14032A102200", UNIT_NONE, ""},  /* a letter */
        {"140322602000", UNIT_NONE, ""},  /* towns end at 599 */
        {"140322000200", UNIT_NONE, ""},  /* ruling 7: a village without a town */
        {"140322102600", UNIT_NONE, ""},  /* ruling 7: a village digit of 6 or more */
        {"140322102999", UNIT_NONE, ""},
        {"140022000000", UNIT_NONE, ""}, /* a county without a city */
        {"000322102200", UNIT_NONE, ""}, /* no province */
        {"000000000000", UNIT_NONE, ""},
        {"140322102200000", UNIT_NONE, ""}, /* grid 000 */
        {"140322102000001", UNIT_NONE, ""}, /* a grid below a town */
        {"140322102600001", UNIT_NONE, ""},
        {"14032210220O", UNIT_NONE, ""},
        {"140322102200140322102200", UNIT_NONE, ""},
    };
    (void)unused;
    check_codes(rows, sizeof rows / sizeof *rows);
}

static const char *const credit_codes[] = {
    "91350100M000100Y43", "914403001922038216", "9144030071526726XG", "91110000802100433B",
    "91330100799655058B", "91140322MA90000115", "91140322MA900002XW", "91140322MA900010XG",
    "91140322MA90012330", "91140322MA9044196E", "91140322MA90000970", "91140322MA90000708",
};

static void credit_codes_with_both_check_characters_are_enterprises(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof credit_codes / sizeof *credit_codes; i++) {
        const struct code_row row = {credit_codes[i], UNIT_ENTERPRISE, ""};
        check_codes(&row, 1);
    }
}

static void a_credit_code_with_any_one_character_changed_is_refused(void **unused)
{
    static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZa-";
    (void)unused;
    assert_int_equal(unit_code_kind("91350100M000100Y4Z"), UNIT_NONE); /* the standard's own invalid twin */
    for (size_t i = 0; i < sizeof credit_codes / sizeof *credit_codes; i++)
        for (size_t at = 0; at < 18; at++)
            for (const char *other = alphabet; *other; other++) {
                char code[32];
                snprintf(code, sizeof code, "%s", credit_codes[i]);
                if (code[at] == *other)
                    continue;
                code[at] = *other;
                if (unit_code_kind(code) != UNIT_NONE)
                    fail_msg("'%s' was taken for a valid code", code);
            }
}

/* The organisation's own check character stands at 17; a code whose last character alone fits is none. */
static void a_credit_code_needs_the_organisation_check_too(void **unused)
{
    static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    int fitting = 0;
    (void)unused;
    for (const char *organisation = alphabet; *organisation; organisation++)
        for (const char *last = alphabet; *last; last++) {
            char code[32];
            snprintf(code, sizeof code, "91350100M000100Y%c%c", *organisation, *last);
            fitting += unit_code_kind(code) == UNIT_ENTERPRISE;
        }
    assert_int_equal(fitting, 1);
}

static void an_institution_has_the_form_of_an_enterprise_and_no_other_kind_fits_another_form(void **unused)
{
    (void)unused;
    for (int kind = UNIT_PROVINCE; kind < UNIT_KIND_LIMIT; kind++)
        for (int form = UNIT_PROVINCE; form < UNIT_KIND_LIMIT; form++) {
            bool expected = kind == form || (kind == UNIT_INSTITUTION && form == UNIT_ENTERPRISE);
            assert_int_equal(unit_kind_fits((enum unit_kind)kind, (enum unit_kind)form), expected);
        }
}

static void only_villages_communities_enterprises_and_institutions_are_counted(void **unused)
{
    static const bool counted[UNIT_KIND_LIMIT] = {
        [UNIT_VILLAGE] = true, [UNIT_COMMUNITY] = true, [UNIT_ENTERPRISE] = true, [UNIT_INSTITUTION] = true};
    (void)unused;
    for (int kind = 0; kind < UNIT_KIND_LIMIT; kind++)
        assert_int_equal(unit_kind_counted((enum unit_kind)kind), counted[kind]);
}

static void a_unit_stands_over_the_next_level_only(void **unused)
{
    static const char *const below[UNIT_KIND_LIMIT] = {
        /* one letter a kind: none, Province, City, cOunty, Town, Village, coMmunity, Grid, Enterprise, Institution */
        [UNIT_PROVINCE] = "C", [UNIT_CITY] = "OT",     [UNIT_COUNTY] = "TEI",
        [UNIT_TOWN] = "VMEI",  [UNIT_VILLAGE] = "GEI", [UNIT_COMMUNITY] = "GEI",
    };
    static const char letters[] = "?PCOTVMGEI";
    (void)unused;
    for (int above = 0; above < UNIT_KIND_LIMIT; above++)
        for (int kind = 0; kind < UNIT_KIND_LIMIT; kind++) {
            bool expected = below[above] && strchr(below[above], letters[kind]) != NULL;
            if (unit_kind_above((enum unit_kind)above, (enum unit_kind)kind) != expected)
                fail_msg("kind %d over kind %d: expected %d", above, kind, expected);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(area_codes_say_their_level_and_what_stands_above),
        cmocka_unit_test(codes_of_no_form_are_refused),
        cmocka_unit_test(credit_codes_with_both_check_characters_are_enterprises),
        cmocka_unit_test(a_credit_code_with_any_one_character_changed_is_refused),
        cmocka_unit_test(a_credit_code_needs_the_organisation_check_too),
        cmocka_unit_test(an_institution_has_the_form_of_an_enterprise_and_no_other_kind_fits_another_form),
        cmocka_unit_test(only_villages_communities_enterprises_and_institutions_are_counted),
        cmocka_unit_test(a_unit_stands_over_the_next_level_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
