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

static void check_all_wrong(const char *text, const struct wrong_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        check_wrong(text, &rows[i]);
}

static void an_unknown_key_is_named_with_its_line(void **state)
{
    static const struct wrong_row rows[] = {
        {"preset: default", "preset: default\nsurprise: 1", "surprise", {"surprise"}},
        {"  grace_days: 5", "  grace_day: 5", NULL, {"grace_day"}},
        {"any_casualty: true", "any_casualties: true", NULL, {"any_casualties"}},
        {"  start_next_day: true", "  start_next_days: true", NULL, {"start_next_days"}},
        {"warn_days: 5", "warning_days: 5", NULL, {"warning_days"}},
        {"territory_too: false", "territory: false", NULL, {"territory"}},
        {"HANDLING, days: 60", "HANDLING, weeks: 8", NULL, {"weeks"}},
        {"levels: [3]", "level: [3]", NULL, {"level"}},
        {"within_days: 1", "within: 1", NULL, {"within"}},
        {"name: 滚动摸排", "title: 滚动摸排", NULL, {"title"}},
    };
    check_all_wrong(*state, rows, sizeof rows / sizeof *rows);
}

static void a_word_that_is_none_of_its_list_is_named_with_its_line(void **state)
{
    static const struct wrong_row rows[] = {
        {"cadence: MONTHLY", "cadence: HOURLY", NULL, {"cadence", "'HOURLY' is not known here; one of DAILY, MONTHLY"}},
        {"[REGISTER_CHECKED, SITE_VISIT]", "[REGISTER_CHECKED, UNIT_STATEMENT]", NULL, {"bases"}},
        {"[REGISTER_CHECKED, SITE_VISIT]", "[HISTORIC]", NULL, {"bases"}},
        {"counts_from_level: COUNTY", "counts_from_level: COUNTRY", NULL, {"counts_from_level"}},
        {"zero: ACCIDENT, offices",
         "zero: ACCIDENTS, offices",
         NULL,
         {"zero", "'ACCIDENTS' is not known here; one of PETITION, ACCIDENT, CASE"}},
        {"offices: [PETITIONS]}", "offices: [OPERATOR]}", NULL, {"offices", "; one of PETITIONS, WORK_SAFETY, "}},
        {"accept_history: true", "accept_history: perhaps", NULL, {"accept_history"}},
        {"any_casualty: true", "any_casualty: ja", NULL, {"any_casualty"}},
        {"roll_over_holiday: false", "roll_over_holiday: no", NULL, {"roll_over_holiday"}},
        {"clock: HANDLING", "clock: HANDLINGS", NULL, {"clock"}},
        {"to: [JOINT]", "to: [EVERYBODY]", NULL, {"to"}},
        {"matter_kinds: [PETITION]", "matter_kinds: [PERSON]", NULL, {"matter_kinds", "; one of PETITION, "}},
        {"kind: ALERT_WITHOUT_ACCIDENT", "kind: ALERT_WITHOUT_REASON", NULL, {"kind"}},
        {"clearance: PERIOD", "clearance: BEST", NULL, {"clearance"}},
        {"verify_on_spot: true", "verify_on_spot: maybe", NULL, {"verify_on_spot"}},
        /* Nor is a number a word. */
        {"cadence: MONTHLY", "cadence: 42", NULL, {"cadence"}},
        {"zero: ACCIDENT, offices", "zero: 900000, offices", NULL, {"zero"}},
        {"offices: [PETITIONS]}", "offices: [99]}", NULL, {"offices"}},
        {"loss_at_least: FROM_10M", "loss_at_least: 3", NULL, {"loss_at_least"}},
        {"clock: HANDLING", "clock: 4", NULL, {"clock"}},
        {"to: [JOINT]", "to: [31]", NULL, {"to"}},
    };
    check_all_wrong(*state, rows, sizeof rows / sizeof *rows);
}

/* The hub makes a discrepancy's code of it: what no event may carry would end the hub when the day is closed. */
static void a_code_that_no_event_may_carry_is_named_with_its_line(void **state)
{
    static const struct wrong_row rows[] = {
        {"code: WORK_CASUALTY", "code: WORK CASUALTY", NULL, {"triangulation: code", "blank"}},
        {"code: WORK_CASUALTY", "code: \"WORK\\tCASUALTY\"", NULL, {"triangulation: code", "blank"}},
        {"code: WORK_CASUALTY", "code: \"WORK_CASUALTY\\x7F\"", NULL, {"triangulation: code", "blank"}},
    };
    check_all_wrong(*state, rows, sizeof rows / sizeof *rows);
}

static void an_event_that_is_no_type_is_named_with_its_line(void **state)
{
    static const struct wrong_row rows[] = {
        {"event: DeadlinePassed, types: [CLAIM]}",
         "event: DeadlinesPassed}",
         NULL,
         {"breaks: event", "DeadlinesPassed"}},
        {"event: CaseFiled, classes", "event: CasesFiled, classes", NULL, {"breaks: event", "CasesFiled"}},
        {"{zero: CASE, event: CaseFiled, classes: [CRIMINAL], classes_if_major: [ADMIN]}",
         "{zero: CASE, event: ANY}",
         NULL,
         {"breaks: event", "ANY"}},
        {"event: AlertsTallied", "event: AlertTallied", NULL, {"routes: event", "AlertTallied"}},
    };
    check_all_wrong(*state, rows, sizeof rows / sizeof *rows);
}

static void a_number_out_of_range_is_named_with_its_line(void **state)
{
    static const struct wrong_row rows[] = {
        {"grace_days: 5", "grace_days: 61", NULL, {"grace_days", "61"}},
        {"grace_days: 5", "grace_days: -1", NULL, {"grace_days"}},
        {"grace_days: 5", "grace_days: five", NULL, {"grace_days"}},
        {"utc_offset_minutes: 480", "utc_offset_minutes: 841", NULL, {"utc_offset_minutes"}},
        {"future_tolerance_minutes: 15", "future_tolerance_minutes: 1441", NULL, {"future_tolerance_minutes"}},
        {"HANDLING, days: 60", "HANDLING, days: 731", NULL, {"limits: clock", "730"}},
        {"OBJECTION, working_days: 5", "OBJECTION, working_days: -5", NULL, {"limits: clock"}},
        {"report_minutes: 60", "report_minutes: 99999", NULL, {"report_minutes"}},
        {"supplement_days: 30", "supplement_days: 366", NULL, {"supplement_days"}},
        {"supplement_days_short: 7", "supplement_days_short: -7", NULL, {"supplement_days_short"}},
        {"extension_days_max: 30", "extension_days_max: 400", NULL, {"extension_days_max"}},
        {"ask_review_days: 30", "ask_review_days: 400", NULL, {"ask_review_days"}},
        {"court_confirmation_days: 30", "court_confirmation_days: 400", NULL, {"court_confirmation_days"}},
        {"warn_days: 5", "warn_days: -1", NULL, {"warn_days"}},
        {"level_2_after_days: 3", "level_2_after_days: -2", NULL, {"level_2_after_days"}},
        {"sweep_cadence_days: 30", "sweep_cadence_days: 367", NULL, {"sweep_cadence_days"}},
        {"silent_after_days: 90", "silent_after_days: 400", NULL, {"silent_after_days"}},
        {"GOVERNANCE, hours: 72", "GOVERNANCE, hours: 0", NULL, {"freshness: hours", "0 is not between"}},
        {"LEADERSHIP, hours: 168", "LEADERSHIP, hours: 8785", NULL, {"freshness: hours", "8785"}},
        {"LEADERSHIP, hours: 168", "PETITIONS, hours: 168", NULL, {"freshness: office", "twice"}},
        {"LEADERSHIP, hours: 168", "LEADERS, hours: 168", NULL, {"office"}},
        {"LEADERSHIP, hours: 168", "LEADERSHIP, days: 7", NULL, {"days"}},
        {"min_cell: 3", "min_cell: 3\nsignatures: {required_of: [HUB]}", "required_of: [HUB]", {"required_of"}},
        {"min_cell: 3", "min_cell: 3\nsignatures: {required: [PETITIONS]}", "{required: ", {"required"}},
        {"min_cell: 3", "min_cell: -3", NULL, {"min_cell"}},
        {"kind: CASE_WITHOUT_ACCIDENT, within_days: 1",
         "kind: CASE_WITHOUT_ACCIDENT, within_days: 367",
         NULL,
         {"triangulation: within_days"}},
        {"effective_from: \"2022-01-01\"", "effective_from: \"2022-02-30\"", NULL, {"effective_from"}},
        {"starts_on: \"2022-01-01\"", "starts_on: \"20220101xx\"", NULL, {"starts_on"}},
    };
    check_all_wrong(*state, rows, sizeof rows / sizeof *rows);
}

static void a_missing_key_is_named(void **state)
{
    static const struct wrong_row rows[] = {
        {"version: default-1\n", "", "", {"version"}},
        {"  grace_days: 5\n", "", "", {"grace_days"}},
        {"{zero: CASE, offices: [PUBLIC_SECURITY]}", "{zero: CASE}", "", {"offices"}},
        {"  - {zero: CASE, offices: [PUBLIC_SECURITY]}\n", "", "", {"required"}},
        {"{clock: HANDLING, days: 60}", "{clock: HANDLING}", NULL, {"limits: clock"}},
        {"{clock: HANDLING, days: 60}", "{clock: HANDLING, days: 60, working_days: 60}", NULL, {"limits: clock"}},
        {", categories: [LIABILITY_ACCIDENT], offices", ", offices", "code: CASE_LIABILITY", {"kind", "categories"}},
    };
    check_all_wrong(*state, rows, sizeof rows / sizeof *rows);
}

static void what_stands_there_twice_is_named_with_its_line(void **state)
{
    static const struct wrong_row rows[] = {
        {"{zero: CASE, offices", "{zero: ACCIDENT, offices", "{zero: ACCIDENT, offices: [PUBLIC", {"required: zero"}},
        {"{clock: ACCEPTANCE, days", "{clock: OBJECTION, days", NULL, {"limits: clock", "twice"}},
        {"{code: C02,", "{code: C01,", "信访矛盾纠纷化解战", {"campaigns: code", "twice"}},
        {"{code: measure.M02,", "{code: measure.M01,", "党建引领", {"labels: code", "twice"}},
        {"{code: CASE_LIABILITY,",
         "{code: WORK_CASUALTY,",
         "kind: CASE_WITHOUT_ACCIDENT",
         {"triangulation: code", "twice"}},
        {"{from: \"2020-01-01\"}", "{from: \"2020-05-03\"}", "2020-05-01", {"holidays: from", "twice"}},
        {"\"2020-04-26\"", "\"2020-01-19\"", NULL, {"workdays", "2020-01-19"}},
    };
    check_all_wrong(*state, rows, sizeof rows / sizeof *rows);
}

static void a_day_of_the_calendar_that_cannot_be_is_named_with_its_line(void **state)
{
    static const struct wrong_row rows[] = {
        {"{from: \"2020-01-01\"}", "{from: \"2020-02-30\"}", NULL, {"holidays: from"}},
        {"to: \"2020-02-02\"", "to: \"2020-02-30\"", NULL, {"holidays: from"}},
        {"to: \"2020-04-06\"", "to: \"2020-04-03\"", NULL, {"holidays: from", "before"}},
        {"to: \"2020-04-06\"", "to: \"2021-12-31\"", NULL, {"holidays: from", "512"}},
        {"to: \"2020-04-06\"", "to: \"2199-12-31\"", NULL, {"holidays: from", "512"}},
        {"from: \"2020-04-04\"", "from: \"1900-01-01\"", NULL, {"holidays: from", "512"}},
        {"\"2020-04-26\"", "\"2020-04-31\"", NULL, {"workdays", "2020-04-31"}},
        {"\"2020-04-26\"", "\"2020-04-27\"", NULL, {"workdays", "no Saturday or Sunday"}},
        {"\"2020-04-26\"", "\"2020-04-05\"", NULL, {"workdays", "holiday"}},
    };
    check_all_wrong(*state, rows, sizeof rows / sizeof *rows);
}

static void levels_of_escalation_follow_each_other(void **state)
{
    static const struct wrong_row rows[] = {
        {"level_3_after_days: 10", "level_3_after_days: 2", NULL, {"level_3_after_days"}},
        {"level_2_after_days: 3", "level_2_after_days: 11", NULL, {"level_3_after_days"}},
        {"level_2_after_days: 3", "level_2_after_days: -1", NULL, {"level_3_after_days"}},
        {", level_2_after_days: 3, level_3_after_days: 10", ", level_2_after_days: 11", NULL, {"level_2_after_days"}},
        {"levels: [3]", "levels: [4]", NULL, {"routes: event", "levels"}},
        {"levels: [3]", "levels: [0]", NULL, {"routes: event", "levels"}},
    };
    check_all_wrong(*state, rows, sizeof rows / sizeof *rows);
}

static void targets_are_percent_of_different_years(void **state)
{
    static const struct wrong_row rows[] = {
        {"# 双十行动",
         "targets:\n  - {year: 2022, area_percent: 101, enterprise_percent: 80}\n#",
         "year: 2022",
         {"targets: area_percent"}},
        {"# 双十行动",
         "targets:\n  - {year: 2022, area_percent: 70, enterprise_percent: -1}\n#",
         "year: 2022",
         {"targets: enterprise_percent"}},
        {"# 双十行动",
         "targets:\n  - {year: 22, area_percent: 70, enterprise_percent: 80}\n#",
         "year: 22",
         {"targets: year"}},
        {"# 双十行动",
         "targets:\n  - {year: 2022, area_percent: 70, enterprise_percent: 80}\n"
         "  - {year: 2022, area_percent: 7, enterprise_percent: 80}\n#",
         "area_percent: 7,",
         {"targets: year", "twice"}},
    };
    check_all_wrong(*state, rows, sizeof rows / sizeof *rows);
}

static void a_text_that_is_too_long_is_named_with_its_line(void **state)
{
    static const struct wrong_row rows[] = {
        {"categories: [SAFETY_HAZARD]", "categories: [ABCDEFGHIJKLMNOPQRSTUVWXYZ123456]", NULL, {"categories"}},
        {"categories: [SAFETY_HAZARD]", "categories: [A, B, C, D, E, F, G, H, I]", NULL, {"categories"}},
        {"code: C01", "code: ABCDEFGHIJKLMNOPQRSTUVWXYZ123456", NULL, {"code"}},
        {"name: 风险隐患排查清底战",
         "name: 风险隐患排查清底战风险隐患排查清底战风险隐患排查清底战风险隐患排查清底战",
         NULL,
         {"name"}},
    };
    check_all_wrong(*state, rows, sizeof rows / sizeof *rows);
}

static void a_rule_that_could_never_break_is_refused(void **state)
{
    static const struct wrong_row rows[] = {
        {"event: AccidentReported, any_casualty: true, loss_at_least: FROM_10M",
         "event: AccidentReported",
         "zero: ACCIDENT, event",
         {"breaks: event", "any_casualty"}},
        {"event: CaseFiled, classes: [CRIMINAL], classes_if_major: [ADMIN]",
         "event: CaseFiled",
         "zero: CASE, event",
         {"breaks: event", "CaseFiled"}},
        {"zero: PETITION, event: DeadlinePassed, types: [CLAIM]}",
         "zero: CASE, event: DeadlinePassed}",
         NULL,
         {"breaks: event"}},
        {"event: DeadlinePassed, types: [CLAIM]}",
         "event: PetitionRegistered, types: [ACCUSATION]}",
         NULL,
         {"accusations"}},
        {"event: DeadlinePassed, types: [CLAIM]}",
         "event: PetitionRegistered, types: [CLAIM, ACCUSATION]}",
         NULL,
         {"accusations"}},
    };
    check_all_wrong(*state, rows, sizeof rows / sizeof *rows);
}

/* It would be ignored, and the rule break or the route take more than it says. */
static void a_condition_that_the_event_knows_nothing_of_is_refused(void **state)
{
    static const struct wrong_row rows[] = {
        {"event: DeadlinePassed, types: [CLAIM]}",
         "event: HazardFound, types: [CLAIM]}",
         NULL,
         {"breaks: event", "types"}},
        {"event: DeadlinePassed, types: [CLAIM]}",
         "event: DisputeOpened, channels: [VISIT]}",
         NULL,
         {"breaks: event", "channels"}},
        {"event: DeadlinePassed, types: [CLAIM]}",
         "event: HazardVerified, hazard_grades: [MAJOR]}",
         NULL,
         {"breaks: event", "grades"}},
        {"event: DeadlinePassed, types: [CLAIM]}",
         "event: CaseReopened, classes: [CRIMINAL]}",
         NULL,
         {"breaks: event", "classes"}},
        {"event: DeadlinePassed, types: [CLAIM]}",
         "event: HazardFound, any_casualty: true}",
         NULL,
         {"breaks: event", "any_casualty"}},
        {"event: DeadlinePassed, types: [CLAIM]}",
         "event: DisputeOpened, only_if_solvable: true}",
         NULL,
         {"breaks: event", "solvable"}},
        {"event: DeadlinePassed, types: [CLAIM]}",
         "event: DeadlinePassed, only_if_failed_below: true}",
         NULL,
         {"failed_below"}},
        {"{event: ANY, to", "{event: ANY, types: [CLAIM], to", NULL, {"routes: event", "types"}},
        {"{event: ANY, to", "{event: ANY, levels: [1], to", NULL, {"routes: event", "levels"}},
        {"{event: ANY, to", "{event: ANY, explosives_only: true, to", NULL, {"routes: event", "explosives_only"}},
    };
    check_all_wrong(*state, rows, sizeof rows / sizeof *rows);
}

/* 信访工作条例 art. 30. */
static void an_accusation_is_routed_to_discipline_or_the_policy_is_not_taken(void **state)
{
    static const struct wrong_row rows[] = {
        {"types: [ACCUSATION], to: [DISCIPLINE]",
         "types: [ACCUSATION], to: [GOVERNANCE]",
         NULL,
         {"routes: event", "DISCIPLINE"}},
        {"types: [ACCUSATION], to: [DISCIPLINE]",
         "types: [CLAIM, ACCUSATION], to: [DISCIPLINE, PETITIONS]",
         NULL,
         {"routes: event", "DISCIPLINE"}},
        {"types: [ACCUSATION], to: [DISCIPLINE]", "types: [ACCUSATION], to: [NAMED]", NULL, {"DISCIPLINE"}},
        {"types: [ACCUSATION], to: [DISCIPLINE]", "types: [ACCUSATION], to: [HANDLER]", NULL, {"DISCIPLINE"}},
        {"types: [ACCUSATION], to: [DISCIPLINE]", "types: [ACCUSATION], to: [DISCIPLINE, JOINT]", NULL, {"DISCIPLINE"}},
    };
    check_all_wrong(*state, rows, sizeof rows / sizeof *rows);
}

static const char small_policy[] =
    "version: small-1\npreset: small\neffective_from: \"2020-01-01\"\nstarts_on: \"2020-01-01\"\n"
    "accept_history: true\nfuture_tolerance_minutes: 15\nzone: {name: Asia/Shanghai, utc_offset_minutes: 480}\n"
    "attestation: {cadence: MONTHLY, grace_days: 5, counts_from_level: COUNTY, bases: [REGISTER_CHECKED]}\n"
    "required:\n"
    "  - {zero: PETITION, offices: [PETITIONS]}\n  - {zero: ACCIDENT, offices: [WORK_SAFETY]}\n"
    "  - {zero: CASE, offices: [PUBLIC_SECURITY]}\n"
    "breaks:\n  - {zero: CASE, event: CaseFiled, classes: [ADMIN, CRIMINAL]}\n";

static void take_small(const char *more, struct policy *policy)
{
    char text[4096];
    struct fault fault = {0};
    snprintf(text, sizeof text, "%s%s", small_policy, more);
    if (!policy_parse(text, strlen(text), policy, &fault))
        fail_msg("%s", fault.text);
}

static void what_a_small_policy_does_not_say_is_the_law(void **state)
{
    static struct policy policy, lawful;
    struct fault fault;
    take_small("", &policy);
    assert_true(policy_parse(*state, strlen(*state), &lawful, &fault));
    for (int clock = 0; clock < CLOCK_LIMIT; clock++) {
        assert_int_equal(policy.limits[clock].days, lawful.limits[clock].days);
        assert_int_equal(policy.limits[clock].working, lawful.limits[clock].working);
    }
    assert_int_equal(policy.accident_limit_minutes, lawful.accident_limit_minutes);
    assert_int_equal(policy.extension_days_max, lawful.extension_days_max);
    assert_int_equal(policy.ask_review_days, lawful.ask_review_days);
    assert_int_equal(policy.court_confirmation_days, lawful.court_confirmation_days);
    assert_int_equal(policy.supplement_days, lawful.supplement_days);
    assert_int_equal(policy.supplement_days_short, lawful.supplement_days_short);
    assert_memory_equal(&policy.short_industries, &lawful.short_industries, sizeof policy.short_industries);
    assert_memory_equal(&policy.escalation, &lawful.escalation, sizeof policy.escalation);
    assert_int_equal(policy.verify_on_spot, lawful.verify_on_spot);
    assert_int_equal(policy.min_cell, lawful.min_cell);
    assert_int_equal(policy.clearance, lawful.clearance);
    assert_true(policy.calendar.start_next_day);
    assert_false(policy.calendar.roll_over_holiday);
    assert_false(policy.retroactive);
    assert_false(policy.matter_codes_required);
    assert_false(policy.territory_too);
    assert_int_equal(policy.sweep_cadence_days, 0);
    assert_int_equal(policy.silent_after_days, 0);
    assert_int_equal(policy.fresh_hours[OFFICE_PETITIONS], 0);
    assert_int_equal(policy.signed_by, 0);
    assert_int_equal(policy.route_count + policy.campaign_count + policy.label_count, 0);
    assert_int_equal(policy.target_count + policy.triangulation_count, 0);
}

static void what_a_policy_says_is_taken(void **state)
{
    static struct policy policy;
    (void)state;
    take_small(
        "retroactive: true\nmatter_codes_required: true\nmin_cell: 5\nclearance: COHORT\n"
        "calendar:\n  start_next_day: false\n  roll_over_holiday: true\n"
        "  holidays: [{from: 2021-05-01, to: 2021-05-03}, {from: 2020-12-31}]\n"
        "  workdays: [2021-05-08, 2021-04-25]\n"
        "limits: [{clock: HANDLING, working_days: 40}, {clock: REVIEW, days: 0}, {clock: SUPERVISION, days: 7}]\n"
        "petitions: {extension_days_max: 20}\nmediation: {court_confirmation_days: 25}\n"
        "accidents: {supplement_days_short: 6, short_industries: [MINE]}\nhazards: {verify_on_spot: false}\n"
        "escalation: {level_2_after_days: 4, level_3_after_days: -1}\n"
        "watch: {sweep_cadence_days: 15, silent_after_days: 60}\nattribution: {territory_too: true}\n"
        "freshness: [{office: PETITIONS, hours: 48}, {office: DISCIPLINE, hours: 8784}]\n"
        "signatures: {required_of: [PETITIONS, OPERATOR]}\n"
        "triangulation: [{code: T, kind: ALERT_WITHOUT_ACCIDENT, within_days: 2, offices: [WORK_SAFETY]}]\n"
        "targets: [{year: 2024, area_percent: 90, enterprise_percent: 95}]\n"
        "campaigns: [{code: C01, name: 清底战}]\nlabels: [{code: a.B, name: 名}]\n"
        "routes:\n  - {event: ANY, from: [GOVERNANCE], matter_kinds: [DISPUTE, CASE], to: [NAMED, JOINT], ground: g}\n"
        "  - {event: DeadlinePassed, levels: [1, 3], categories: [A, B], to: [HANDLER, LEADERSHIP]}\n",
        &policy);
    assert_true(policy.retroactive && policy.matter_codes_required && policy.territory_too);
    assert_int_equal(policy.min_cell, 5);
    assert_int_equal(policy.clearance, CLEARANCE_COHORT);
    assert_false(policy.calendar.start_next_day);
    assert_true(policy.calendar.roll_over_holiday);
    assert_int_equal(policy.calendar.holiday_count, 4);
    assert_int_equal(policy.calendar.workday_count, 2);
    for (uint32_t i = 1; i < policy.calendar.holiday_count; i++)
        assert_true(policy.calendar.holidays[i - 1] < policy.calendar.holidays[i]);
    assert_true(policy.calendar.workdays[0] < policy.calendar.workdays[1]);
    assert_int_equal(policy.limits[CLOCK_HANDLING].days, 40);
    assert_true(policy.limits[CLOCK_HANDLING].working);
    assert_int_equal(policy.limits[CLOCK_REVIEW].days, 0);
    assert_int_equal(policy.limits[CLOCK_SUPERVISION].days, 7);
    assert_int_equal(policy.limits[CLOCK_REGISTRATION].days, 15);
    assert_int_equal(policy.extension_days_max, 20);
    assert_int_equal(policy.ask_review_days, 30);
    assert_int_equal(policy.court_confirmation_days, 25);
    assert_int_equal(policy.supplement_days, 30);
    assert_int_equal(policy.supplement_days_short, 6);
    assert_int_equal(policy.short_industries.count, 1);
    assert_true(categories_hold(&policy.short_industries, "MINE"));
    assert_false(policy.verify_on_spot);
    assert_int_equal(policy.escalation.after_days[2], 4);
    assert_int_equal(policy.escalation.after_days[3], -1);
    assert_int_equal(policy.sweep_cadence_days, 15);
    assert_int_equal(policy.silent_after_days, 60);
    assert_int_equal(policy.fresh_hours[OFFICE_PETITIONS], 48);
    assert_true(policy_must_sign(&policy, OFFICE_PETITIONS));
    assert_true(policy_must_sign(&policy, OFFICE_OPERATOR));
    assert_false(policy_must_sign(&policy, OFFICE_WORK_SAFETY));
    assert_int_equal(policy.fresh_hours[OFFICE_DISCIPLINE], 8784);
    assert_int_equal(policy.fresh_hours[OFFICE_GOVERNANCE], 0);
    assert_int_equal(policy.triangulations[0].within_days, 2);
    assert_int_equal(policy.targets[0].enterprise_percent, 95);
    assert_string_equal(policy.campaigns[0].name, "清底战");
    assert_int_equal(policy.campaigns[0].lead, OFFICE_NONE);
    assert_string_equal(policy_label(&policy, "a.B"), "名");
    const struct route *any = &policy.routes[0], *late = &policy.routes[1];
    assert_int_equal(any->event, 0);
    assert_int_equal(any->from, OFFICE_BIT(OFFICE_GOVERNANCE));
    assert_int_equal(any->matter_kinds, 1u << MATTER_DISPUTE | 1u << MATTER_CASE);
    assert_true(any->to_named && any->to_joint && !any->to_handler);
    assert_int_equal(any->to, 0);
    assert_string_equal(any->ground, "g");
    assert_int_equal(late->event, EVENT_DEADLINE_PASSED);
    assert_int_equal(late->levels, 1u << 1 | 1u << 3);
    assert_int_equal(late->categories.count, 2);
    assert_true(late->to_handler && !late->to_named && !late->to_joint);
    assert_int_equal(late->to, OFFICE_BIT(OFFICE_LEADERSHIP));
}

/* That found hazards or opened disputes break a zero takes a line of YAML and no code. */
static void another_event_breaks_a_zero_by_one_line_of_the_file(void **state)
{
    static struct policy policy;
    struct break_facts hazard = {.kind = EVENT_HAZARD_FOUND, .class = HAZARD_MAJOR, .category = "FIRE"};
    const struct break_facts dispute = {.kind = EVENT_DISPUTE_OPENED, .category = "LABOUR"};
    const struct break_facts filed = {.kind = EVENT_CASE_FILED, .class = CASE_CRIMINAL, .category = "THEFT"};
    (void)state;
    take_small("  - {zero: ACCIDENT, event: HazardFound, hazard_grades: [MAJOR], categories: [FIRE, MINE]}\n"
               "  - {zero: PETITION, event: DisputeOpened}\n",
               &policy);
    assert_int_equal(policy_breaks(&policy, &hazard)->zero, ZERO_ACCIDENT);
    assert_int_equal(policy_breaks(&policy, &dispute)->zero, ZERO_PETITION);
    assert_int_equal(policy_breaks(&policy, &filed)->zero, ZERO_CASE);
    hazard.class = HAZARD_GENERAL;
    assert_null(policy_breaks(&policy, &hazard));
    take_small("", &policy);
    assert_null(policy_breaks(&policy, &dispute));
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

static void a_key_that_stands_there_twice_is_refused(void **state)
{
    static const char *const twice[][2] = {
        {"version: small-2\n", "version"},
        {"campaigns: [{code: A, name: a}]\ncampaigns: [{code: B, name: b}]\n", "campaigns"},
        {"labels: [{code: A, code: B, name: a}]\n", "code"},
        {"calendar: {workdays: [2020-01-19]}\ncalendar: {workdays: [2020-01-19]}\n", "calendar"},
        {"min_cell: 1\nmin_cell: 2\n", "min_cell"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof twice / sizeof *twice; i++) {
        static struct policy policy;
        char text[4096];
        struct fault fault = {0};
        snprintf(text, sizeof text, "%s%s", small_policy, twice[i][0]);
        assert_false(policy_parse(text, strlen(text), &policy, &fault));
        assert_int_equal(fault.code, FAULT_USAGE);
        if (!strstr(fault.text, twice[i][1]))
            fail_msg("'%s' does not name '%s'", fault.text, twice[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unknown_key_is_named_with_its_line),
        cmocka_unit_test(a_word_that_is_none_of_its_list_is_named_with_its_line),
        cmocka_unit_test(a_code_that_no_event_may_carry_is_named_with_its_line),
        cmocka_unit_test(an_event_that_is_no_type_is_named_with_its_line),
        cmocka_unit_test(a_number_out_of_range_is_named_with_its_line),
        cmocka_unit_test(a_missing_key_is_named),
        cmocka_unit_test(what_stands_there_twice_is_named_with_its_line),
        cmocka_unit_test(a_day_of_the_calendar_that_cannot_be_is_named_with_its_line),
        cmocka_unit_test(levels_of_escalation_follow_each_other),
        cmocka_unit_test(targets_are_percent_of_different_years),
        cmocka_unit_test(a_text_that_is_too_long_is_named_with_its_line),
        cmocka_unit_test(a_rule_that_could_never_break_is_refused),
        cmocka_unit_test(a_condition_that_the_event_knows_nothing_of_is_refused),
        cmocka_unit_test(an_accusation_is_routed_to_discipline_or_the_policy_is_not_taken),
        cmocka_unit_test(what_a_small_policy_does_not_say_is_the_law),
        cmocka_unit_test(what_a_policy_says_is_taken),
        cmocka_unit_test(another_event_breaks_a_zero_by_one_line_of_the_file),
        cmocka_unit_test(a_key_that_stands_there_twice_is_refused),
        cmocka_unit_test(no_text_and_too_much_text_are_refused),
        cmocka_unit_test(a_file_that_is_not_there_is_named),
        cmocka_unit_test(broken_text_is_refused_or_harmless),
    };
    return cmocka_run_group_tests(tests, read_default, free_text);
}
