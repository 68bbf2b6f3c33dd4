/* A wrong policy is not taken, and whoever wrote it is told the line and the key. */
#include "policy_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"

static int read_default(void **state)
{
    static struct policy policy;
    struct fault fault;
    char *text;
    if (!policy_read(POLICY_FOLDER "/default.yaml", &policy, &text, &fault))
        return -1;
    *state = text;
    return 0;
}
static int free_text(void **state)
{
    free(*state);
    return 0;
}

/* The line, from 1, on which the text first stands. */
static int line_of(const char *text, const char *what)
{
    const char *at = strstr(text, what);
    assert_non_null(at);
    int line = 1;
    for (const char *c = text; c < at; c++)
        line += *c == '\n';
    return line;
}

/* The default policy with one piece replaced. */
static char *replaced(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);
    size_t size = strlen(text) + strlen(to) + 1;
    char *changed = malloc(size);
    assert_non_null(at);
    assert_non_null(changed);
    snprintf(changed, size, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    return changed;
}

struct wrong_row {
    const char *from, *to;
    const char *line_with; /* text of the line that must be named; NULL: `to` stands on it, "": any line */
    const char *named[2];
};

static void check_wrong(const char *text, const struct wrong_row *row)
{
    struct policy policy;
    struct fault fault = {0};
    char expected[32] = "line ";
    char *changed = replaced(text, row->from, row->to);
    if (policy_parse(changed, strlen(changed), &policy, &fault))
        fail_msg("'%s' was taken", row->to);
    assert_int_equal(fault.code, FAULT_USAGE);
    if (!row->line_with || row->line_with[0])
        snprintf(expected, sizeof expected, "line %d:", line_of(changed, row->line_with ? row->line_with : row->to));
    for (int i = 0; i < 2; i++)
        if (!strstr(fault.text, expected) || (row->named[i] && !strstr(fault.text, row->named[i])))
            fail_msg("'%s': '%s' does not name '%s' and '%s'", row->to, fault.text, expected,
                     row->named[i] ? row->named[i] : "");
    free(changed);
}

static void an_unknown_key_is_named_with_its_line(void **state)
{
    static const struct wrong_row rows[] = {
        {"preset: default", "preset: default\nsurprise: 1", "surprise", {"surprise"}},
        {"  grace_days: 5", "  grace_day: 5", NULL, {"grace_day"}},
        {"any_casualty: true", "any_casualties: true", NULL, {"any_casualties"}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_wrong(*state, &rows[i]);
}

static void a_word_that_is_none_of_its_list_is_named_with_its_line(void **state)
{
    static const struct wrong_row rows[] = {
        {"cadence: MONTHLY", "cadence: HOURLY", NULL, {"cadence"}},
        {"[REGISTER_CHECKED, SITE_VISIT]", "[REGISTER_CHECKED, UNIT_STATEMENT]", NULL, {"bases"}},
        {"[REGISTER_CHECKED, SITE_VISIT]", "[HISTORIC]", NULL, {"bases"}},
        {"counts_from_level: COUNTY", "counts_from_level: COUNTRY", NULL, {"counts_from_level"}},
        {"zero: ACCIDENT, offices", "zero: ACCIDENTS, offices", NULL, {"zero"}},
        {"offices: [PETITIONS]", "offices: [OPERATOR]", NULL, {"offices"}},
        {"event: DeadlinePassed}", "event: DeadlinesPassed}", "breaks:", {"breaks", "DeadlinesPassed"}},
        {"accept_history: true", "accept_history: perhaps", NULL, {"accept_history"}},
        {"any_casualty: true", "any_casualty: ja", NULL, {"any_casualty"}},
        /* Nor is a number a word. */
        {"cadence: MONTHLY", "cadence: 42", NULL, {"cadence"}},
        {"zero: ACCIDENT, offices", "zero: 900000, offices", NULL, {"zero"}},
        {"offices: [PETITIONS]", "offices: [99]", NULL, {"offices"}},
        {"loss_at_least: FROM_10M", "loss_at_least: 3", NULL, {"loss_at_least"}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_wrong(*state, &rows[i]);
}

static void a_number_out_of_range_is_named_with_its_line(void **state)
{
    static const struct wrong_row rows[] = {
        {"grace_days: 5", "grace_days: 61", NULL, {"grace_days", "61"}},
        {"grace_days: 5", "grace_days: -1", NULL, {"grace_days"}},
        {"grace_days: 5", "grace_days: five", NULL, {"grace_days"}},
        {"utc_offset_minutes: 480", "utc_offset_minutes: 841", NULL, {"utc_offset_minutes"}},
        {"future_tolerance_minutes: 15", "future_tolerance_minutes: 1441", NULL, {"future_tolerance_minutes"}},
        {"petition_handling_days: 60", "petition_handling_days: 0", NULL, {"petition_handling_days"}},
        {"accident_report_minutes: 60", "accident_report_minutes: 99999", NULL, {"accident_report_minutes"}},
        {"effective_from: \"2022-01-01\"", "effective_from: \"2022-02-30\"", NULL, {"effective_from"}},
        {"starts_on: \"2022-01-01\"", "starts_on: \"20220101xx\"", NULL, {"starts_on"}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_wrong(*state, &rows[i]);
}

static void a_missing_key_is_named(void **state)
{
    static const struct wrong_row rows[] = {
        {"version: default-1\n", "", "", {"version"}},
        {"  grace_days: 5\n", "", "", {"grace_days"}},
        {"  petition_registration_days: 15\n", "", "", {"petition_registration_days"}},
        {"{zero: CASE, offices: [PUBLIC_SECURITY]}", "{zero: CASE}", "", {"offices"}},
        {"  - {zero: CASE, offices: [PUBLIC_SECURITY]}\n", "", "", {"required"}},
        {"{zero: CASE, offices", "{zero: ACCIDENT, offices", "required:", {"required", "twice"}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_wrong(*state, &rows[i]);
}

static void a_rule_that_could_never_break_is_refused(void **state)
{
    static const struct wrong_row rows[] = {
        {"event: AccidentReported, any_casualty: true, loss_at_least: FROM_10M",
         "event: AccidentReported",
         "breaks:",
         {"AccidentReported"}},
        {"event: CaseFiled, classes: [CRIMINAL], classes_if_major: [ADMIN]",
         "event: CaseFiled",
         "breaks:",
         {"CaseFiled"}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_wrong(*state, &rows[i]);
}

/* 信访工作条例 art. 30. */
static void an_accusation_is_routed_to_discipline_or_the_policy_is_not_taken(void **state)
{
    static const struct wrong_row rows[] = {
        {"types: [ACCUSATION], to: [DISCIPLINE]",
         "types: [ACCUSATION], to: [GOVERNANCE]",
         "routes:",
         {"routes", "DISCIPLINE"}},
        {"types: [ACCUSATION], to: [DISCIPLINE]",
         "types: [CLAIM, ACCUSATION], to: [DISCIPLINE, PETITIONS]",
         "routes:",
         {"routes", "DISCIPLINE"}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_wrong(*state, &rows[i]);
}

static void no_text_and_too_much_text_are_refused(void **state)
{
    static char large[POLICY_TEXT_MAX + 2];
    struct policy policy;
    struct fault fault = {0};
    (void)state;
    assert_false(policy_parse("", 0, &policy, &fault));
    assert_int_equal(fault.code, FAULT_USAGE);
    assert_false(policy_parse("[]", 2, &policy, &fault));
    assert_false(policy_parse("# nothing\n", 10, &policy, &fault));
    memset(large, '#', sizeof large - 1);
    assert_false(policy_parse(large, sizeof large - 1, &policy, &fault));
    assert_int_equal(fault.code, FAULT_USAGE);
}

static void a_file_that_is_not_there_is_named(void **state)
{
    struct policy policy;
    struct fault fault = {0};
    (void)state;
    assert_false(policy_read("no-such-policy.yaml", &policy, NULL, &fault));
    assert_int_equal(fault.code, FAULT_USAGE);
    assert_non_null(strstr(fault.text, "no-such-policy.yaml"));
}

/* Text from the log reaches the parser: pieces of it cut, doubled and changed must only ever be refused. */
static void broken_text_is_refused_or_harmless(void **state)
{
    const char *text = *state;
    struct draw draw = {.seed = 9};
    for (int run = 0; run < 400; run++) {
        struct policy policy;
        struct fault fault;
        size_t size = strlen(text);
        char *changed = malloc(size + 1);
        assert_non_null(changed);
        memcpy(changed, text, size + 1);
        for (uint32_t i = draw_below(&draw, 6); i > 0; i--)
            changed[draw_below(&draw, (uint32_t)size)] = (char)(' ' + draw_below(&draw, 95));
        if (draw_once_in(&draw, 3)) {
            size = draw_below(&draw, (uint32_t)size);
            changed[size] = '\0';
        }
        if (!policy_parse(changed, size, &policy, &fault))
            assert_int_equal(fault.code, FAULT_USAGE);
        free(changed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unknown_key_is_named_with_its_line),
        cmocka_unit_test(a_word_that_is_none_of_its_list_is_named_with_its_line),
        cmocka_unit_test(a_number_out_of_range_is_named_with_its_line),
        cmocka_unit_test(a_missing_key_is_named),
        cmocka_unit_test(a_rule_that_could_never_break_is_refused),
        cmocka_unit_test(an_accusation_is_routed_to_discipline_or_the_policy_is_not_taken),
        cmocka_unit_test(no_text_and_too_much_text_are_refused),
        cmocka_unit_test(a_file_that_is_not_there_is_named),
        cmocka_unit_test(broken_text_is_refused_or_harmless),
    };
    return cmocka_run_group_tests(tests, read_default, free_text);
}
