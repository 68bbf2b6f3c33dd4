/* What operators may type for kinds, steps, lists and units, and what they read. */
#include "arguments.h"
#include "attention_words.h"
#include "matter_words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void kinds_are_taken_in_both_languages_and_any_case(void **state)
{
    (void)state;
    Sanling__V1__MatterKind__Kind kind;
    const char *const right[] = {"七步", "seven_steps", "SEVEN-STEPS", "七步闭环"};
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        assert_true(matter_kind_parse(right[i], &kind));
        assert_int_equal(kind, SANLING__V1__MATTER_KIND__KIND__SEVEN_STEPS);
    }
    assert_true(matter_kind_parse("隐患", &kind));
    assert_int_equal(kind, SANLING__V1__MATTER_KIND__KIND__HAZARD);
    assert_false(matter_kind_parse("unspecified", &kind));
    assert_false(matter_kind_parse("", &kind));
}

static void steps_are_taken_by_code_or_word(void **state)
{
    (void)state;
    assert_string_equal(step_parse("in-final-review"), "IN_FINAL_REVIEW");
    assert_string_equal(step_parse("ORDERED"), "ORDERED");
    assert_string_equal(step_parse("限期整改"), "ORDERED");
    assert_null(step_parse("整改"));
    assert_null(step_parse(""));
}

static void a_step_has_the_word_of_its_kind(void **state)
{
    (void)state;
    assert_string_equal(step_word(SANLING__V1__MATTER_KIND__KIND__DISPUTE, "REGISTERED"), "调解登记");
    assert_string_equal(step_word(SANLING__V1__MATTER_KIND__KIND__PETITION, "REGISTERED"), "登记");
    assert_string_equal(step_word(SANLING__V1__MATTER_KIND__KIND__ACCIDENT, "CONCLUDED"), "调查结案");
    assert_string_equal(step_word(SANLING__V1__MATTER_KIND__KIND__PETITION, "OF_A_NEWER_HUB"), "OF_A_NEWER_HUB");
}

static void lists_of_attention_are_taken_in_both_languages(void **state)
{
    (void)state;
    Sanling__V1__Attention__List list;
    assert_true(attention_parse("由破转零", &list));
    assert_int_equal(list, SANLING__V1__ATTENTION__LIST__UNBROKEN);
    assert_true(attention_parse("silent", &list));
    assert_int_equal(list, SANLING__V1__ATTENTION__LIST__SILENT);
    assert_false(attention_parse("unspecified", &list));
    for (int i = 1; i <= SANLING__V1__ATTENTION__LIST__EVALUATIONS; i++)
        assert_string_not_equal(attention_label((Sanling__V1__Attention__List)i), "?");
}

static void grades_and_classes_of_a_newer_hub_stay_readable(void **state)
{
    (void)state;
    assert_string_equal(accident_grade_label("LARGER"), "较大 LARGER");
    assert_string_equal(accident_grade_label("NEWER"), "NEWER");
    assert_string_equal(accident_grade_label(""), "–");
    assert_string_equal(case_class_label(2), "刑事 CRIMINAL");
    assert_string_equal(case_class_label(9), "?");
    assert_string_equal(supervision_label(1), "催办 level 1");
    assert_string_equal(supervision_label(9), "?");
}

static void a_units_code_is_told_from_a_matters_by_its_form(void **state)
{
    (void)state;
    const char *const units[] = {"140322102200", "140322102200001", "91140322MA9019206P"};
    const char *const matters[] = {"信访-一", "140322-2020-P-000017-7", "A-1", "", "14032210220", "91140322MAI019206P"};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (!unit_code_is_plausible(units[i]))
            fail_msg("'%s' was taken for a matter", units[i]);
    for (size_t i = 0; i < sizeof matters / sizeof *matters; i++)
        if (unit_code_is_plausible(matters[i]))
            fail_msg("'%s' was taken for a unit", matters[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_are_taken_in_both_languages_and_any_case),
        cmocka_unit_test(steps_are_taken_by_code_or_word),
        cmocka_unit_test(a_step_has_the_word_of_its_kind),
        cmocka_unit_test(lists_of_attention_are_taken_in_both_languages),
        cmocka_unit_test(grades_and_classes_of_a_newer_hub_stay_readable),
        cmocka_unit_test(a_units_code_is_told_from_a_matters_by_its_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
