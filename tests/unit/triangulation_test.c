/* 疑似漏报 (DOMAIN 4.5.11): what two offices should both have said is asked about once, when the days around it are
 * closed, and answered by those who were asked. */
#include "domain/triangulation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "county.h"
#include "domain/day.h"

static const office_set asked = OFFICE_BIT(OFFICE_WORK_SAFETY) | OFFICE_BIT(OFFICE_PUBLIC_SECURITY);

/* T01: casualties at work without an accident, within a day; T02: a case of serious accident liability, within two;
 * T03: an escalation where the last sweep found no dispute. 2020-02-10 is open. */
static void open_watched(struct county *county)
{
    struct policy policy = county_policy();
    policy.triangulation_count = 3;
    policy.triangulations[0] =
        (struct triangulation){.code = "T01", .kind = ALERT_WITHOUT_ACCIDENT, .within_days = 1, .offices = asked};
    policy.triangulations[1] = (struct triangulation){.code = "T02",
                                                      .kind = CASE_WITHOUT_ACCIDENT,
                                                      .within_days = 2,
                                                      .categories = {.count = 1, .codes = {"ACCIDENT_LIABILITY"}},
                                                      .offices = asked};
    policy.triangulations[2] =
        (struct triangulation){.code = "T03", .kind = ESCALATION_WITHOUT_DISPUTES, .offices = asked};
    county_open(county, &policy, "2020-02-10");
}

/* As the ledger does when a day was closed. */
static void raise_what_is_suspected(struct county *county)
{
    uint32_t after = 0;
    struct suspected suspected;
    const struct state *state = &county->state;
    while (triangulation_next(state, state->heads.today - 1, &after, &suspected)) {
        const struct suspicion *suspicion = table_row(&state->suspicions, suspected.suspicion);
        char code[64];
        snprintf(code, sizeof code, "%s-%u", suspected.rule->code, (unsigned)suspicion->evidence);
        struct event event = county_event(county, EVENT_DISCREPANCY_RAISED, state_unit(state, suspicion->unit)->code);
        event.named = suspected.rule->offices;
        event.discrepancy.code = code;
        event.discrepancy.rule = suspected.rule->code;
        event.discrepancy.evidence = suspicion->evidence;
        county_record(county, &event, OFFICE_HUB);
    }
}

static void open_day(struct county *county, const char *day)
{
    while (county->state.heads.today < day_of(day)) {
        char next[DAY_TEXT_SIZE];
        day_format(county->state.heads.today + 1, next);
        county_open_day(county, next);
        raise_what_is_suspected(county);
    }
}

static uint32_t raised(const struct county *county)
{
    return county->state.discrepancies.count - 1;
}

static uint64_t tally_casualties(struct county *county, const char *unit, const char *day, uint32_t casualties)
{
    struct event event = county_event(county, EVENT_ALERTS_TALLIED, unit);
    event.alerts.day = day_of(day);
    event.alerts.work_casualties = casualties;
    return county_record(county, &event, OFFICE_PUBLIC_SECURITY);
}

static uint64_t report_accident(struct county *county, const char *unit, const char *day)
{
    struct event event = county_opening(county, MATTER_ACCIDENT, "a-1", unit);
    county_happened_on(&event, day);
    return county_record(county, &event, OFFICE_WORK_SAFETY);
}

static void casualties_without_an_accident_are_asked_about_when_the_days_around_are_closed(void **unused)
{
    struct county county;
    (void)unused;
    open_watched(&county);
    uint64_t evidence = tally_casualties(&county, CODE_ENTERPRISE, "2020-02-10", 1);
    open_day(&county, "2020-02-11");
    assert_int_equal(raised(&county), 0); /* the day after is not over */
    open_day(&county, "2020-02-12");
    assert_int_equal(raised(&county), 1);
    const struct discrepancy *row = table_row(&county.state.discrepancies, 1);
    assert_int_equal(row->evidence, evidence);
    assert_int_equal(row->offices, asked);
    assert_int_equal(row->day, day_of("2020-02-10"));
    assert_string_equal(state_unit(&county.state, row->unit)->code, CODE_ENTERPRISE);
    county_close(&county);
}

static void a_discrepancy_is_raised_once(void **unused)
{
    struct county county;
    (void)unused;
    open_watched(&county);
    tally_casualties(&county, CODE_ENTERPRISE, "2020-02-10", 1);
    open_day(&county, "2020-02-20");
    assert_int_equal(raised(&county), 1);
    tally_casualties(&county, CODE_ENTERPRISE, "2020-02-20", 1); /* other evidence is another question */
    open_day(&county, "2020-02-25");
    assert_int_equal(raised(&county), 2);
    county_close(&county);
}

static void an_accident_in_the_window_explains_the_casualties(void **unused)
{
    static const struct {
        const char *unit, *day;
        uint32_t raised;
    } rows[] = {
        {CODE_ENTERPRISE, "2020-02-09", 0}, {CODE_ENTERPRISE, "2020-02-10", 0}, {CODE_ENTERPRISE, "2020-02-11", 0},
        {CODE_ENTERPRISE, "2020-02-08", 1}, {CODE_VILLAGE, "2020-02-10", 1}, /* another unit's */
    };
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct county county;
        open_watched(&county);
        tally_casualties(&county, CODE_ENTERPRISE, "2020-02-10", 1);
        open_day(&county, "2020-02-11");
        report_accident(&county, rows[i].unit, rows[i].day);
        open_day(&county, "2020-02-20");
        if (raised(&county) != rows[i].raised)
            fail_msg("accident at %s on %s: %u raised, expected %u", rows[i].unit, rows[i].day, raised(&county),
                     rows[i].raised);
        county_close(&county);
    }
}

static void an_accident_that_was_retracted_explains_nothing(void **unused)
{
    struct county county;
    (void)unused;
    open_watched(&county);
    tally_casualties(&county, CODE_ENTERPRISE, "2020-02-10", 1);
    struct event lifted = county_event(&county, EVENT_EVENT_RETRACTED, "");
    lifted.target = report_accident(&county, CODE_ENTERPRISE, "2020-02-10");
    county_expect_from(&county, &lifted, OFFICE_WORK_SAFETY, CODE_COUNTY, "county", VERDICT_ACCEPTED);
    county_expect_from(&county, &lifted, OFFICE_WORK_SAFETY, CODE_COUNTY, "deputy", VERDICT_ACCEPTED);
    open_day(&county, "2020-02-12");
    assert_int_equal(raised(&county), 1);
    county_close(&county);
}

static void neither_alerts_without_casualties_nor_drills_are_evidence(void **unused)
{
    struct county county;
    (void)unused;
    open_watched(&county);
    tally_casualties(&county, CODE_ENTERPRISE, "2020-02-10", 0);
    struct event drill = county_event(&county, EVENT_ALERTS_TALLIED, CODE_ENTERPRISE);
    drill.mode = MODE_EXERCISE;
    drill.alerts.work_casualties = 3;
    county_record(&county, &drill, OFFICE_PUBLIC_SECURITY);
    open_day(&county, "2020-02-20");
    assert_int_equal(raised(&county), 0);
    county_close(&county);
}

static void a_drill_of_an_accident_explains_nothing(void **unused)
{
    struct county county;
    (void)unused;
    open_watched(&county);
    tally_casualties(&county, CODE_ENTERPRISE, "2020-02-10", 1);
    struct event drill = county_opening(&county, MATTER_ACCIDENT, "a-1", CODE_ENTERPRISE);
    drill.mode = MODE_EXERCISE;
    county_record(&county, &drill, OFFICE_WORK_SAFETY);
    open_day(&county, "2020-02-12");
    assert_int_equal(raised(&county), 1);
    county_close(&county);
}

static void a_case_of_a_named_category_asks_for_its_accident(void **unused)
{
    static const struct {
        const char *category;
        uint32_t raised;
    } rows[] = {{"ACCIDENT_LIABILITY", 1}, {"THEFT", 0}};
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct county county;
        open_watched(&county);
        struct event filed = county_opening(&county, MATTER_CASE, "c-1", CODE_ENTERPRISE);
        filed.category = rows[i].category;
        county_record(&county, &filed, OFFICE_PUBLIC_SECURITY);
        open_day(&county, "2020-02-12");
        assert_int_equal(raised(&county), 0);
        open_day(&county, "2020-02-13");
        assert_int_equal(raised(&county), rows[i].raised);
        county_close(&county);
    }
}

static void an_escalation_is_asked_about_where_the_last_sweep_found_no_dispute(void **unused)
{
    static const struct {
        int sweeps;
        uint32_t found[2]; /* disputes that each sweep found */
        uint32_t raised;
    } rows[] = {{0, {0, 0}, 0}, {1, {0, 0}, 1}, {1, {2, 0}, 0}, {2, {2, 0}, 1}, {2, {0, 2}, 0}};
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct county county;
        open_watched(&county);
        for (int sweep = 0; sweep < rows[i].sweeps; sweep++) {
            struct event swept = county_event(&county, EVENT_SWEEP_RECORDED, CODE_VILLAGE);
            swept.tally.day = DAY_NONE;
            swept.tally.kind = TALLY_SWEEPS;
            swept.tally.counts[0] = 1;
            swept.tally.disputes = rows[i].found[sweep];
            county_record(&county, &swept, OFFICE_GOVERNANCE);
        }
        const struct event claim = county_opening(&county, MATTER_PETITION, "p-1", CODE_VILLAGE);
        county_record(&county, &claim, OFFICE_PETITIONS);
        const struct event escalated =
            county_step(&county, EVENT_PETITION_ESCALATED, MATTER_PETITION, "p-1", CODE_VILLAGE);
        county_record(&county, &escalated, OFFICE_PETITIONS);
        open_day(&county, "2020-02-12");
        if (raised(&county) != rows[i].raised)
            fail_msg("row %zu: %u raised, expected %u", i, raised(&county), rows[i].raised);
        county_close(&county);
    }
}

static void a_discrepancy_is_resolved_once_by_the_offices_that_were_asked_or_the_leadership(void **unused)
{
    static const struct {
        enum office office;
        enum verdict verdict;
    } rows[] = {
        {OFFICE_PETITIONS, VERDICT_NOT_PERMITTED}, {OFFICE_GOVERNANCE, VERDICT_NOT_PERMITTED},
        {OFFICE_WORK_SAFETY, VERDICT_ACCEPTED},    {OFFICE_PUBLIC_SECURITY, VERDICT_ACCEPTED},
        {OFFICE_LEADERSHIP, VERDICT_ACCEPTED},
    };
    enum { CONFIRMED = 1 };
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct county county;
        open_watched(&county);
        tally_casualties(&county, CODE_ENTERPRISE, "2020-02-10", 1);
        open_day(&county, "2020-02-12");
        const struct discrepancy *row = table_row(&county.state.discrepancies, 1);
        struct event resolved = county_event(&county, EVENT_DISCREPANCY_RESOLVED, CODE_ENTERPRISE);
        resolved.discrepancy.code = "T01-0";
        resolved.variant = CONFIRMED;
        county_expect(&county, &resolved, rows[i].office, VERDICT_UNKNOWN_MATTER);
        resolved.discrepancy.code = state_text(&county.state, row->code);
        resolved.unit = CODE_VILLAGE;
        county_expect(&county, &resolved, OFFICE_WORK_SAFETY, VERDICT_BAD_VALUE); /* another unit's */
        resolved.unit = CODE_ENTERPRISE;
        county_expect(&county, &resolved, rows[i].office, rows[i].verdict);
        row = table_row(&county.state.discrepancies, 1);
        assert_int_equal(row->resolved_at, rows[i].verdict == VERDICT_ACCEPTED ? county.position : 0);
        if (rows[i].verdict == VERDICT_ACCEPTED)
            county_expect(&county, &resolved, rows[i].office, VERDICT_ILLEGAL_TRANSITION);
        county_close(&county);
    }
}

/* Nobody is blamed by a suspicion. */
static void a_discrepancy_changes_no_status(void **unused)
{
    struct county county;
    (void)unused;
    open_watched(&county);
    const struct event attested =
        county_attestation(&county, ZERO_ACCIDENT, CODE_ENTERPRISE, "2020-01-01", "2020-02-09");
    county_record(&county, &attested, OFFICE_WORK_SAFETY);
    tally_casualties(&county, CODE_ENTERPRISE, "2020-02-08", 1);
    open_day(&county, "2020-02-12");
    assert_int_equal(raised(&county), 1);
    assert_int_equal(county_status(&county, CODE_ENTERPRISE, ZERO_ACCIDENT, "2020-02-12", POSITION_END).status,
                     STATUS_ZERO);
    county_close(&county);
}

/* 信访工作条例 art. 30: a question about an accusation would be one about the accused. */
static void an_accusation_is_evidence_of_nothing(void **unused)
{
    struct county county;
    (void)unused;
    open_watched(&county);
    struct event swept = county_event(&county, EVENT_SWEEP_RECORDED, CODE_VILLAGE);
    swept.tally.day = DAY_NONE;
    county_record(&county, &swept, OFFICE_GOVERNANCE);
    struct event registered = county_opening(&county, MATTER_PETITION, "p-1", CODE_VILLAGE);
    registered.petition.type = PETITION_ACCUSATION;
    county_record(&county, &registered, OFFICE_PETITIONS);
    const struct event escalated = county_step(&county, EVENT_PETITION_ESCALATED, MATTER_PETITION, "p-1", CODE_VILLAGE);
    county_record(&county, &escalated, OFFICE_PETITIONS);
    open_day(&county, "2020-02-12");
    assert_int_equal(county.state.suspicions.count, 1);
    assert_int_equal(raised(&county), 0);
    county_close(&county);
}

/* Thousands are raised in one night where an office has sent nonsense: none is looked for among all others. */
static void thousands_are_raised_once_each_and_found_again(void **unused)
{
    enum { MANY = 30000 };
    struct county county;
    (void)unused;
    open_watched(&county);
    for (int i = 0; i < MANY; i++)
        tally_casualties(&county, i % 2 ? CODE_VILLAGE : CODE_OTHER_VILLAGE, "2020-02-09", 1);
    uint64_t first = county.position - MANY + 1;
    open_day(&county, "2020-02-12");
    assert_int_equal(raised(&county), MANY);
    for (uint64_t evidence = first; evidence <= first + MANY; evidence += 1000) {
        char code[64];
        snprintf(code, sizeof code, "T01-%u", (unsigned)evidence);
        uint32_t found = state_find_discrepancy(&county.state, code);
        assert_int_equal(found != 0, evidence < first + MANY);
        assert_int_equal(found, evidence < first + MANY ? evidence - first + 1 : 0);
    }
    open_day(&county, "2020-02-14");
    assert_int_equal(raised(&county), MANY);
    county_close(&county);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(thousands_are_raised_once_each_and_found_again),
        cmocka_unit_test(an_accusation_is_evidence_of_nothing),
        cmocka_unit_test(casualties_without_an_accident_are_asked_about_when_the_days_around_are_closed),
        cmocka_unit_test(a_discrepancy_is_raised_once),
        cmocka_unit_test(an_accident_in_the_window_explains_the_casualties),
        cmocka_unit_test(an_accident_that_was_retracted_explains_nothing),
        cmocka_unit_test(neither_alerts_without_casualties_nor_drills_are_evidence),
        cmocka_unit_test(a_drill_of_an_accident_explains_nothing),
        cmocka_unit_test(a_case_of_a_named_category_asks_for_its_accident),
        cmocka_unit_test(an_escalation_is_asked_about_where_the_last_sweep_found_no_dispute),
        cmocka_unit_test(a_discrepancy_is_resolved_once_by_the_offices_that_were_asked_or_the_leadership),
        cmocka_unit_test(a_discrepancy_changes_no_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
