/* Rules in the words of the policy file. */
#include "rule_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static void rules_read_as_the_policy_file_has_them(void **unused)
{
    static const struct {
        struct break_rule rule;
        const char *expected;
    } rows[] = {
        {{.event = EVENT_DEADLINE_PASSED}, "DeadlinePassed"},
        {{.event = EVENT_CASE_FILED, .case_classes = 1u << CASE_CRIMINAL, .case_classes_major = 1u << CASE_ADMIN},
         "CaseFiled classes=CRIMINAL classes_if_major=ADMIN"},
        {{.event = EVENT_PETITION_REGISTERED, .petition_types = 1u << PETITION_CLAIM, .channels = 1u << 5 | 1u << 2},
         "PetitionRegistered types=CLAIM channels=LETTER,VISIT"},
        {{.event = EVENT_ACCIDENT_REPORTED, .any_casualty = true, .loss_at_least = LOSS_FROM_10M},
         "AccidentReported any_casualty loss_at_least=FROM_10M"},
        {{.event = EVENT_ACCIDENT_REPORTED, .grade_at_least = GRADE_GENERAL},
         "AccidentReported grade_at_least=GENERAL"},
        {{.event = EVENT_PETITION_ESCALATED, .only_if_failed_below = true, .only_if_solvable = true},
         "PetitionEscalated only_if_failed_below only_if_solvable"},
        {{.event = EVENT_HAZARD_FOUND,
          .hazard_grades = 1u << HAZARD_MAJOR,
          .categories = {.count = 2, .codes = {"FIRE", "GAS"}}},
         "HazardFound hazard_grades=MAJOR categories=FIRE,GAS"},
    };
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[RULE_TEXT_SIZE];
        rule_text(&rows[i].rule, text);
        assert_string_equal(text, rows[i].expected);
    }
}

static void the_longest_rule_is_cut_and_ends(void **unused)
{
    struct break_rule rule = {.event = EVENT_CASE_FILED, .categories = {.count = POLICY_CATEGORIES}};
    char text[RULE_TEXT_SIZE];
    (void)unused;
    rule.case_classes = rule.case_classes_major = rule.channels = rule.petition_types = UINT32_MAX;
    for (uint32_t i = 0; i < POLICY_CATEGORIES; i++)
        snprintf(rule.categories.codes[i], POLICY_CODE_SIZE, "CATEGORY-WITH-THE-LONGEST-NAME");
    rule_text(&rule, text);
    assert_memory_equal(text, "CaseFiled ", 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_read_as_the_policy_file_has_them),
        cmocka_unit_test(the_longest_rule_is_cut_and_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
