/* The leadership group's figures: what is counted, in which period, below which node. */
#include "domain/summary.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "county.h"
#include "domain/day.h"

static void open_default(struct county *county)
{
    const struct policy policy = county_policy();
    county_open(county, &policy, "2020-02-10");
}

static struct summary summary(struct county *county, const char *root, int32_t year)
{
    struct summary found;
    summary_of(&county->state, state_find_unit(&county->state, root), year, &found, &county->scratch);
    return found;
}

struct expectation {
    enum figure figure;
    uint64_t count;
};

static void expect(struct county *county, const char *root, const struct expectation *expected, size_t count)
{
    struct summary found = summary(county, root, 2020);
    for (size_t i = 0; i < count; i++) {
        char name[FIGURE_NAME_SIZE];
        figure_name(expected[i].figure, name);
        if (found.counts[expected[i].figure] != expected[i].count)
            fail_msg("%s: %llu, expected %llu", name, (unsigned long long)found.counts[expected[i].figure],
                     (unsigned long long)expected[i].count);
    }
}

static void open_matter(struct county *county, enum matter_kind kind, const char *code, const char *unit,
                        const char *day, enum office office)
{
    struct event event = county_opening(county, kind, code, unit);
    event.occurred_at_us = county_event_on(event.kind, unit, day).occurred_at_us;
    county_record(county, &event, office);
}

static void step(struct county *county, enum event_kind event_kind, enum matter_kind kind, const char *code,
                 const char *unit, uint32_t variant, int32_t due_day, enum office office)
{
    struct event event = county_step(county, event_kind, kind, code, unit);
    event.variant = variant;
    event.due_day = due_day;
    county_record(county, &event, office);
}

static void hazards_are_found_fixed_ordered_struck_off_open_and_overdue(void **unused)
{
    enum { PASS = 1 };
    struct county county;
    (void)unused;
    open_default(&county);
    for (int i = 1; i <= 4; i++) {
        char code[16];
        snprintf(code, sizeof code, "h-%d", i);
        open_matter(&county, MATTER_HAZARD, code, CODE_VILLAGE, "2020-02-01", OFFICE_WORK_SAFETY);
    }
    struct event major = county_opening(&county, MATTER_HAZARD, "h-5", CODE_COMMUNITY);
    major.hazard.grade = HAZARD_MAJOR;
    county_record(&county, &major, OFFICE_WORK_SAFETY);
    step(&county, EVENT_HAZARD_FIXED_ON_SPOT, MATTER_HAZARD, "h-1", CODE_VILLAGE, 0, DAY_NONE, OFFICE_WORK_SAFETY);
    step(&county, EVENT_HAZARD_VERIFIED, MATTER_HAZARD, "h-1", CODE_VILLAGE, PASS, DAY_NONE, OFFICE_WORK_SAFETY);
    step(&county, EVENT_RECTIFICATION_ORDERED, MATTER_HAZARD, "h-2", CODE_VILLAGE, 0, day_of("2020-02-09"),
         OFFICE_WORK_SAFETY);
    step(&county, EVENT_RECTIFICATION_ORDERED, MATTER_HAZARD, "h-3", CODE_VILLAGE, 0, day_of("2020-02-10"),
         OFFICE_WORK_SAFETY);
    static const struct expectation expected[] = {
        {FIGURE_HAZARDS_FOUND, 5},   {FIGURE_HAZARDS_GENERAL, 4},    {FIGURE_HAZARDS_MAJOR, 1},
        {FIGURE_HAZARDS_ORDERED, 2}, {FIGURE_HAZARDS_STRUCK_OFF, 1}, {FIGURE_HAZARDS_FIXED_ON_SPOT, 1},
        {FIGURE_HAZARDS_OPEN, 4},    {FIGURE_HAZARDS_OVERDUE, 1},    {FIGURE_HAZARDS_DUE_SOON, 1},
    };
    expect(&county, CODE_COUNTY, expected, sizeof expected / sizeof *expected);
    assert_int_equal(summary(&county, CODE_OTHER_TOWN, 2020).counts[FIGURE_HAZARDS_FOUND], 1);
    assert_int_equal(summary(&county, CODE_COUNTY, 2019).counts[FIGURE_HAZARDS_FOUND], 0);
    county_close(&county);
}

static void what_is_in_hand_counts_whenever_it_began(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    open_matter(&county, MATTER_HAZARD, "h-1", CODE_VILLAGE, "2019-12-01", OFFICE_WORK_SAFETY);
    step(&county, EVENT_RECTIFICATION_ORDERED, MATTER_HAZARD, "h-1", CODE_VILLAGE, 0, day_of("2020-02-05"),
         OFFICE_WORK_SAFETY);
    open_matter(&county, MATTER_PETITION, "p-1", CODE_VILLAGE, "2019-12-05", OFFICE_PETITIONS);
    static const struct expectation expected[] = {
        {FIGURE_HAZARDS_FOUND, 0},     {FIGURE_HAZARDS_ORDERED, 0}, {FIGURE_HAZARDS_OPEN, 1},
        {FIGURE_HAZARDS_OVERDUE, 1},   {FIGURE_PETITIONS_OPEN, 1},  {FIGURE_PETITIONS_REGISTERED, 0},
        {FIGURE_PETITIONS_OVERDUE, 1},
    };
    expect(&county, CODE_COUNTY, expected, sizeof expected / sizeof *expected);
    assert_int_equal(summary(&county, CODE_COUNTY, 2019).counts[FIGURE_HAZARDS_OPEN], 1);
    assert_int_equal(summary(&county, CODE_COUNTY, 2018).counts[FIGURE_HAZARDS_OPEN], 0);
    county_close(&county);
}

static void accusations_are_in_no_figure(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    open_matter(&county, MATTER_PETITION, "p-1", CODE_VILLAGE, "2020-01-05", OFFICE_PETITIONS);
    open_matter(&county, MATTER_PETITION, "p-2", CODE_VILLAGE, "2020-02-05", OFFICE_PETITIONS);
    open_matter(&county, MATTER_PETITION, "p-3", CODE_VILLAGE, "2020-02-05", OFFICE_PETITIONS);
    struct event accusation = county_opening(&county, MATTER_PETITION, "p-4", CODE_VILLAGE);
    accusation.petition.type = PETITION_ACCUSATION;
    county_record(&county, &accusation, OFFICE_PETITIONS);
    step(&county, EVENT_PETITION_WITHDRAWN, MATTER_PETITION, "p-3", CODE_VILLAGE, 0, DAY_NONE, OFFICE_PETITIONS);
    static const struct expectation expected[] = {
        {FIGURE_PETITIONS_REGISTERED, 3}, {FIGURE_PETITIONS_OPEN, 2},    {FIGURE_PETITIONS_CLOSED, 1},
        {FIGURE_PETITIONS_ON_TIME, 1},    {FIGURE_PETITIONS_OVERDUE, 1}, /* p-1 was due on 01-20 */
    };
    expect(&county, CODE_COUNTY, expected, sizeof expected / sizeof *expected);
    county_close(&county);
}

static void mediate(struct county *county, const char *code, uint32_t channel)
{
    enum { AGREED = 1, SIDE_A = 1, SIDE_B = 2 };
    open_matter(county, MATTER_DISPUTE, code, CODE_VILLAGE, "2020-02-01", OFFICE_PUBLIC_SECURITY);
    struct event event = county_step(county, EVENT_MEDIATION_CHANNEL_SELECTED, MATTER_DISPUTE, code, CODE_VILLAGE);
    event.mediation.channel = channel;
    county_record(county, &event, OFFICE_PUBLIC_SECURITY);
    event = county_step(county, EVENT_MEDIATION_EXPLAINED, MATTER_DISPUTE, code, CODE_VILLAGE);
    county_record(county, &event, OFFICE_PUBLIC_SECURITY);
    event = county_step(county, EVENT_CONSENT_RECORDED, MATTER_DISPUTE, code, CODE_VILLAGE);
    event.variant = AGREED;
    event.consent.side = SIDE_A;
    county_record(county, &event, OFFICE_PUBLIC_SECURITY);
    event.consent.side = SIDE_B;
    county_record(county, &event, OFFICE_PUBLIC_SECURITY);
}

static void disputes_are_agreed_mobile_performed_and_ended(void **unused)
{
    enum { STATION = 2 };
    struct county county;
    (void)unused;
    open_default(&county);
    static const char *const agreed[] = {"d-1", "d-2", "d-3"};
    for (size_t i = 0; i < 3; i++) {
        mediate(&county, agreed[i], i < 2 ? CHANNEL_MOBILE_STATION : STATION);
        step(&county, EVENT_MEDIATION_REGISTERED, MATTER_DISPUTE, agreed[i], CODE_VILLAGE, 0, DAY_NONE,
             OFFICE_PUBLIC_SECURITY);
        step(&county, EVENT_MEDIATION_SESSION_HELD, MATTER_DISPUTE, agreed[i], CODE_VILLAGE, 0, DAY_NONE,
             OFFICE_PUBLIC_SECURITY);
        step(&county, EVENT_AGREEMENT_REACHED, MATTER_DISPUTE, agreed[i], CODE_VILLAGE, 0, DAY_NONE,
             OFFICE_PUBLIC_SECURITY);
    }
    step(&county, EVENT_AGREEMENT_PERFORMED, MATTER_DISPUTE, "d-1", CODE_VILLAGE, 0, DAY_NONE, OFFICE_PUBLIC_SECURITY);
    mediate(&county, "d-4", CHANNEL_MOBILE_STATION);
    step(&county, EVENT_MEDIATION_ENDED, MATTER_DISPUTE, "d-4", CODE_VILLAGE, 0, DAY_NONE, OFFICE_PUBLIC_SECURITY);
    open_matter(&county, MATTER_DISPUTE, "d-5", CODE_VILLAGE, "2020-02-01", OFFICE_PUBLIC_SECURITY);
    static const struct expectation expected[] = {
        {FIGURE_DISPUTES_OPENED, 5}, {FIGURE_DISPUTES_BOTH_AGREED, 4}, {FIGURE_DISPUTES_SUCCEEDED, 3},
        {FIGURE_DISPUTES_MOBILE, 2}, {FIGURE_DISPUTES_ENDED, 1},       {FIGURE_DISPUTES_PERFORMED, 1},
        {FIGURE_LEVELS_SETTLED, 3},  {FIGURE_LEVELS_AT_COUNTY, 3},
    };
    expect(&county, CODE_COUNTY, expected, sizeof expected / sizeof *expected);
    county_close(&county);
}

static void file_case(struct county *county, const char *code, const char *filed, const char *resolved)
{
    open_matter(county, MATTER_CASE, code, CODE_VILLAGE, filed, OFFICE_PUBLIC_SECURITY);
    if (!resolved)
        return;
    struct event event = county_step(county, EVENT_CASE_RESOLVED, MATTER_CASE, code, CODE_VILLAGE);
    event.occurred_at_us = county_event_on(EVENT_CASE_RESOLVED, "", resolved).occurred_at_us;
    county_record(county, &event, OFFICE_PUBLIC_SECURITY);
}

static void cases_are_compared_with_the_same_calendar_days_of_the_year_before(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    file_case(&county, "c-1", "2019-01-01", "2019-02-10");
    file_case(&county, "c-2", "2019-02-10", "2019-02-11"); /* resolved a day behind the same days */
    file_case(&county, "c-3", "2019-02-11", NULL);
    file_case(&county, "c-4", "2018-12-31", "2020-01-02"); /* of no year's filings; resolved in this one */
    file_case(&county, "c-5", "2020-02-10", "2020-02-10");
    file_case(&county, "c-6", "2020-01-01", NULL);
    struct summary found = summary(&county, CODE_COUNTY, 2020);
    assert_int_equal(found.from, day_of("2020-01-01"));
    assert_int_equal(found.to, day_of("2020-02-10"));
    assert_int_equal(found.counts[FIGURE_CASES_FILED], 2);
    assert_int_equal(found.counts[FIGURE_CASES_RESOLVED], 2);
    assert_int_equal(found.counts[FIGURE_CASES_PREVIOUS_FILED], 2);
    assert_int_equal(found.counts[FIGURE_CASES_PREVIOUS_RESOLVED], 1);
    county_close(&county);
}

/* Ruling 28. */
static void a_whole_february_is_compared_with_a_whole_february(void **unused)
{
    static const struct {
        const char *today, *day;
        int32_t year;
        uint32_t filed_before;
    } rows[] = {
        {"2020-02-29", "2019-02-28", 2020, 1}, {"2020-02-28", "2019-02-28", 2020, 1},
        {"2021-02-28", "2020-02-29", 2021, 1}, {"2021-02-27", "2020-02-28", 2021, 0},
        {"2021-03-01", "2020-02-29", 2021, 1}, {"2020-02-28", "2019-03-01", 2020, 0},
    };
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct policy policy = county_policy();
        struct county county;
        county_open(&county, &policy, rows[i].today);
        file_case(&county, "c-1", rows[i].day, NULL);
        if (summary(&county, CODE_COUNTY, rows[i].year).counts[FIGURE_CASES_PREVIOUS_FILED] != rows[i].filed_before)
            fail_msg("on %s, a case of %s: expected %u before", rows[i].today, rows[i].day, rows[i].filed_before);
        county_close(&county);
    }
}

static void a_year_that_is_over_is_counted_to_its_end(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    file_case(&county, "c-1", "2019-12-31", NULL);
    struct summary found = summary(&county, CODE_COUNTY, 2019);
    assert_int_equal(found.to, day_of("2019-12-31"));
    assert_int_equal(found.counts[FIGURE_CASES_FILED], 1);
    assert_int_equal(summary(&county, CODE_COUNTY, 2021).counts[FIGURE_CASES_FILED], 0);
    county_close(&county);
}

static void accidents_are_counted_by_grade_and_lateness(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    struct event in_time = county_opening(&county, MATTER_ACCIDENT, "a-1", CODE_ENTERPRISE);
    /* Recorded at the end of the open day. */
    in_time.accident.known_at_us = day_start_time(day_of("2020-02-11"), 480) - 30 * 60000000LL;
    in_time.accident.reported_at_us = in_time.accident.known_at_us;
    county_record(&county, &in_time, OFFICE_WORK_SAFETY);
    struct event late = county_opening(&county, MATTER_ACCIDENT, "a-2", CODE_ENTERPRISE);
    late.accident.deaths = 10;
    late.accident.known_at_us = in_time.accident.known_at_us;
    late.accident.reported_at_us = late.accident.known_at_us + 61 * 60000000LL;
    county_record(&county, &late, OFFICE_WORK_SAFETY);
    struct summary found = summary(&county, CODE_COUNTY, 2020);
    assert_int_equal(found.counts[FIGURE_ACCIDENTS_REPORTED], 2);
    assert_int_equal(found.counts[FIGURE_ACCIDENTS_LATE], 1);
    assert_int_equal(found.counts[FIGURE_ACCIDENTS_GENERAL], 1);
    assert_int_equal(found.counts[FIGURE_ACCIDENTS_MAJOR], 1);
    county_close(&county);
}

static void tallies_add_up_by_kind_and_period(void **unused)
{
    static const struct {
        const char *unit, *day;
        uint32_t rounds, findings;
    } rows[] = {{CODE_VILLAGE, "2020-01-01", 3, 1},
                {CODE_VILLAGE, "2020-01-01", 4, 0},
                {CODE_COMMUNITY, "2020-02-10", 5, 2},
                {CODE_VILLAGE, "2019-12-31", 100, 100}};
    struct county county;
    (void)unused;
    open_default(&county);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct event event = county_event(&county, EVENT_PATROL_TALLIED, rows[i].unit);
        event.tally.day = day_of(rows[i].day);
        event.tally.kind = TALLY_PATROL_ROUNDS;
        event.tally.counts[0] = rows[i].rounds;
        event.tally.counts[1] = rows[i].findings;
        county_record(&county, &event, OFFICE_GOVERNANCE);
    }
    struct summary found = summary(&county, CODE_COUNTY, 2020);
    assert_int_equal(found.counts[FIGURE_TALLIES + TALLY_PATROL_ROUNDS], 12);
    assert_int_equal(found.counts[FIGURE_TALLIES + TALLY_PATROL_FINDINGS], 3);
    assert_int_equal(found.counts[FIGURE_TALLIES + TALLY_INSPECTIONS], 0);
    assert_int_equal(summary(&county, CODE_OTHER_TOWN, 2020).counts[FIGURE_TALLIES + TALLY_PATROL_ROUNDS], 5);
    county_close(&county);
}

static void cameras_are_counted_while_in_service(void **unused)
{
    static const char *const sites[] = {"S-1", "S-2", "S-3"};
    struct county county;
    (void)unused;
    open_default(&county);
    for (uint32_t i = 0; i < 3; i++) {
        struct event event = county_event(&county, EVENT_CAMERA_INTEGRATED, CODE_COMMUNITY);
        event.camera.site = sites[i];
        event.camera.owner = i < 2 ? 1 : 6;
        event.camera.sign_posted = i > 0;
        county_record(&county, &event, OFFICE_PUBLIC_SECURITY);
    }
    struct summary found = summary(&county, CODE_COUNTY, 2020);
    assert_int_equal(found.counts[FIGURE_CAMERAS_IN_SERVICE], 3);
    assert_int_equal(found.counts[FIGURE_CAMERAS_OWNERS], 2);
    assert_int_equal(found.counts[FIGURE_CAMERAS_SIGN_POSTED], 2);
    county_open_day(&county, "2020-02-12");
    struct event retired = county_event(&county, EVENT_CAMERA_RETIRED, CODE_COMMUNITY);
    retired.camera.site = "S-3";
    county_record(&county, &retired, OFFICE_PUBLIC_SECURITY);
    found = summary(&county, CODE_COUNTY, 2020);
    assert_int_equal(found.counts[FIGURE_CAMERAS_IN_SERVICE], 2);
    assert_int_equal(found.counts[FIGURE_CAMERAS_OWNERS], 1);
    assert_int_equal(summary(&county, CODE_TOWN, 2020).counts[FIGURE_CAMERAS_IN_SERVICE], 0);
    county_close(&county);
}

static void teams_are_sums_of_attributes(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    struct event event = county_event(&county, EVENT_UNIT_CHANGED, CODE_COMMUNITY);
    event.unit_facts.name = "";
    event.unit_facts.parent = "";
    event.unit_facts.from_day = day_of("2020-02-10");
    event.unit_facts.has_attributes = true;
    event.unit_facts.attributes =
        (struct unit_attributes){.grids = 11, .block_heads = 184, .patrollers = 22, .team = 31};
    county_record(&county, &event, OFFICE_GOVERNANCE);
    event.unit = CODE_VILLAGE;
    event.unit_facts.attributes = (struct unit_attributes){.grids = 1, .team = 1};
    county_record(&county, &event, OFFICE_GOVERNANCE);
    static const struct expectation expected[] = {{FIGURE_TEAMS_GRIDS, 12},
                                                  {FIGURE_TEAMS_BLOCK_HEADS, 184},
                                                  {FIGURE_TEAMS_PATROLLERS, 22},
                                                  {FIGURE_TEAMS_COMPLETE_TEAMS, 1},
                                                  {FIGURE_TEAMS_TEAM_PARTS, 6}};
    expect(&county, CODE_COUNTY, expected, sizeof expected / sizeof *expected);
    county_close(&county);
}

static void every_tally_has_a_name(void **unused)
{
    (void)unused;
    for (int kind = TALLY_NONE + 1; kind < TALLY_KIND_LIMIT; kind++)
        assert_true(tally_name((enum tally_kind)kind)[0] != '\0');
    assert_string_equal(tally_name(TALLY_PUBLICITY_LEAFLETS), "publicity.LEAFLETS");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hazards_are_found_fixed_ordered_struck_off_open_and_overdue),
        cmocka_unit_test(what_is_in_hand_counts_whenever_it_began),
        cmocka_unit_test(accusations_are_in_no_figure),
        cmocka_unit_test(disputes_are_agreed_mobile_performed_and_ended),
        cmocka_unit_test(cases_are_compared_with_the_same_calendar_days_of_the_year_before),
        cmocka_unit_test(a_whole_february_is_compared_with_a_whole_february),
        cmocka_unit_test(a_year_that_is_over_is_counted_to_its_end),
        cmocka_unit_test(accidents_are_counted_by_grade_and_lateness),
        cmocka_unit_test(tallies_add_up_by_kind_and_period),
        cmocka_unit_test(cameras_are_counted_while_in_service),
        cmocka_unit_test(teams_are_sums_of_attributes),
        cmocka_unit_test(every_tally_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
