/* The rulings of DOMAIN 8 that no other test carries, by number. Numbers and publishing (1 to 5) are tested by
 * numbers_are_kept.py, decode_test and apply_test; codes (7) by code_test and unit_test; showing (28 to 31) by
 * rollup_test, summary_test and decode_test; the tree (9, 13, 15) by tree_test; amendments (20, 21) by amend_test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "county.h"
#include "domain/attention.h"
#include "domain/day.h"
#include "domain/evidence.h"
#include "domain/rollup.h"
#include "hub.h"

#define CODE_NEW_VILLAGE "140322102202"
#define CODE_GRID "140322102200001"

static void open_on(struct county *county, const char *today)
{
    const struct policy policy = county_policy();
    county_open(county, &policy, today);
}

static uint64_t attest_as(struct county *county, const char *unit, const char *from_day, const char *to_day,
                          enum basis basis)
{
    struct event event = county_attestation(county, ZERO_CASE, unit, from_day, to_day);
    event.attested.basis = basis;
    return county_record(county, &event, OFFICE_PUBLIC_SECURITY);
}

static uint64_t attest(struct county *county, const char *unit, const char *from_day, const char *to_day)
{
    return attest_as(county, unit, from_day, to_day, BASIS_REGISTER_CHECKED);
}

static uint64_t file_case(struct county *county, const char *matter, const char *day)
{
    struct event event = county_opening(county, MATTER_CASE, matter, CODE_VILLAGE);
    county_happened_on(&event, day);
    return county_record(county, &event, OFFICE_PUBLIC_SECURITY);
}

static void retract_by(struct county *county, uint64_t target, enum office office, const char *identity)
{
    struct event event = county_event(county, EVENT_EVENT_RETRACTED, "");
    event.target = target;
    county_expect_from(county, &event, office, CODE_COUNTY, identity, VERDICT_ACCEPTED);
}

static void retract_by_two(struct county *county, uint64_t target, enum office office)
{
    retract_by(county, target, office, "one");
    retract_by(county, target, office, "two");
}

static struct zero_status case_status(struct county *county, const char *as_of, uint64_t known_at)
{
    return county_status(county, CODE_VILLAGE, ZERO_CASE, as_of, known_at);
}

static void check_day(int32_t day, const char *expected)
{
    char found[DAY_TEXT_SIZE];
    day_format(day, found);
    assert_string_equal(found, expected);
}

/* ---- numbers and publishing ---- */

/* A clock that was set back, or a hub that was started on another machine, goes on where the log stands. */
static void ruling_04_recorded_time_never_decreases(void **unused)
{
    enum { DAYS_AHEAD = 400 };
    struct hub *hub = calloc(1, sizeof *hub);
    (void)unused;
    assert_non_null(hub);
    const int64_t before_us = hub_now_us(hub);
    hub->ledger.state.heads.recorded_at_us = before_us + DAYS_AHEAD * (int64_t)US_PER_DAY;
    assert_int_equal(hub_now_us(hub), before_us + DAYS_AHEAD * (int64_t)US_PER_DAY);
    hub->ledger.state.heads.recorded_at_us = before_us - 1;
    assert_true(hub_now_us(hub) >= before_us);
    free(hub);
}

/* ---- the tree ---- */

static void ruling_06_an_enterprise_hangs_below_its_territory_and_a_node_sums_itself_and_its_children(void **unused)
{
    static const struct {
        const char *node;
        uint32_t total;
    } rows[] = {
        {CODE_ENTERPRISE, 1}, {CODE_VILLAGE, 2},    {CODE_OTHER_VILLAGE, 1},
        {CODE_TOWN, 3},       {CODE_OTHER_TOWN, 1}, {CODE_COUNTY, 4},
    };
    struct county county;
    (void)unused;
    open_on(&county, "2020-02-10");
    struct state *state = &county.state;
    assert_string_equal(state_unit(state, state_unit(state, state_find_unit(state, CODE_ENTERPRISE))->parent)->code,
                        CODE_VILLAGE);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rollup rollup;
        rollup_now(state, state_find_unit(state, rows[i].node), &rollup, &county.scratch);
        if (rollup.joint[GROUP_ALL].total != rows[i].total)
            fail_msg("%s: %u units, expected %u", rows[i].node, rollup.joint[GROUP_ALL].total, rows[i].total);
    }
    county_close(&county);
}

static void ruling_06_a_node_without_a_counted_unit_has_no_rate(void **unused)
{
    char text[RATE_TEXT_SIZE];
    struct rollup rollup;
    struct county county;
    (void)unused;
    open_on(&county, "2020-02-10");
    county_register(&county, UNIT_GRID, CODE_GRID, CODE_VILLAGE, "2000-01-01");
    rollup_now(&county.state, state_find_unit(&county.state, CODE_GRID), &rollup, &county.scratch);
    assert_int_equal(rollup.joint[GROUP_ALL].total, 0);
    rate_format(rollup.joint[GROUP_ALL].zero, rollup.joint[GROUP_ALL].total, 2, text);
    assert_string_equal(text, "");
    county_close(&county);
}

static void ruling_08_days_are_owed_from_the_later_of_valid_from_and_starts_on_and_before_valid_to(void **unused)
{
    static const struct {
        const char *starts_on, *valid_from, *valid_to; /* valid_to NULL: it lives */
        const char *first, *last;                      /* of what is owed on 2020-04-06 */
    } rows[] = {
        {"2020-01-01", "2000-01-01", NULL, "2020-01-01", "2020-03-31"},
        {"2020-01-01", "2020-02-15", NULL, "2020-02-15", "2020-03-31"},
        {"2020-02-15", "2000-01-01", NULL, "2020-02-15", "2020-03-31"},
        {"2020-02-15", "2020-03-10", NULL, "2020-03-10", "2020-03-31"},
        {"2020-01-01", "2000-01-01", "2020-03-10", "2020-01-01", "2020-03-09"},
    };
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct policy policy = county_policy();
        struct county county;
        policy.starts_on = day_of(rows[i].starts_on);
        county_open(&county, &policy, "2020-04-06");
        county_register(&county, UNIT_VILLAGE, CODE_NEW_VILLAGE, CODE_TOWN, rows[i].valid_from);
        if (rows[i].valid_to)
            county_end_unit(&county, EVENT_UNIT_RETIRED, CODE_NEW_VILLAGE, NULL, 0, rows[i].valid_to);
        const struct status_question question = {.unit = state_find_unit(&county.state, CODE_NEW_VILLAGE),
                                                 .as_of = day_of("2020-04-06"),
                                                 .known_at = POSITION_END,
                                                 .policies = &county.state.timeline};
        const struct span_set *gaps =
            status_gaps(&county.state, &question, ZERO_CASE, OFFICE_PUBLIC_SECURITY, &county.scratch);
        assert_int_equal(gaps->count, 1);
        check_day(gaps->spans[0].from, rows[i].first);
        check_day(gaps->spans[0].to, rows[i].last);
        county_close(&county);
    }
}

/* ---- days and coverage ---- */

static struct event evaluation(const struct county *county, const struct evaluation_entry *entry)
{
    struct event event = county_event(county, EVENT_EVALUATION_PUBLISHED, "");
    event.evaluation.year = 2020;
    event.evaluation.results = entry;
    event.evaluation.count = 1;
    event.evaluation.policy_version = "test-1";
    event.target = county->state.heads.position;
    return event;
}

/* December is due on 2021-01-05. */
static void ruling_10_an_evaluation_is_published_only_after_the_last_due_of_its_year(void **unused)
{
    static const struct evaluation_entry met = {.unit = CODE_VILLAGE, .met = true};
    struct county county;
    (void)unused;
    open_on(&county, "2021-01-05");
    const struct event event = evaluation(&county, &met);
    county_expect(&county, &event, OFFICE_LEADERSHIP, VERDICT_DAY_NOT_CLOSED);
    county_open_day(&county, "2021-01-06");
    county_expect(&county, &event, OFFICE_LEADERSHIP, VERDICT_ACCEPTED);
    county_close(&county);
}

/* Of the year 2020 nothing is left out: December is of the period though it is due behind it. */
static void ruling_10_a_year_is_met_only_with_its_last_month(void **unused)
{
    static const enum office offices[ZERO_COUNT] = {OFFICE_PETITIONS, OFFICE_WORK_SAFETY, OFFICE_PUBLIC_SECURITY};
    static const struct evaluation_entry met = {.unit = CODE_VILLAGE, .met = true};
    static const struct {
        const char *attested_to;
        bool met;
    } rows[] = {{"2020-11-30", false}, {"2020-12-30", false}, {"2020-12-31", true}};
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct county county;
        struct attention_list list;
        open_on(&county, "2021-01-06");
        for (int zero = 0; zero < ZERO_COUNT; zero++) {
            const struct event attested =
                county_attestation(&county, (enum zero)zero, CODE_VILLAGE, "2020-01-01", rows[i].attested_to);
            county_record(&county, &attested, offices[zero]);
        }
        const struct event event = evaluation(&county, &met);
        county_record(&county, &event, OFFICE_LEADERSHIP);
        attention_list_open(&county.state, 0, ATTENTION_EVALUATIONS, 2020, &county.scratch, &list);
        assert_int_equal(list.count, 1);
        if (list.rows[0].met_now != rows[i].met)
            fail_msg("attested to %s: met %d, expected %d", rows[i].attested_to, list.rows[0].met_now, rows[i].met);
        attention_list_close(&list);
        county_close(&county);
    }
}

static void ruling_11_in_january_every_unit_is_unverified_beside_what_was_verified_last_year(void **unused)
{
    static const struct {
        const char *attested_to, *verified_last_year;
    } rows[] = {{"2020-12-31", "2020-12-31"}, {"2020-10-31", "2020-10-31"}};
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct county county;
        open_on(&county, "2021-01-06");
        attest(&county, CODE_VILLAGE, "2020-01-01", rows[i].attested_to);
        struct zero_status found = case_status(&county, "2021-01-06", POSITION_END);
        assert_int_equal(found.status, STATUS_UNVERIFIED);
        check_day(found.verified_until, "");
        check_day(found.verified_last_year, rows[i].verified_last_year);
        county_close(&county);
    }
}

static void ruling_12_a_day_with_a_break_is_a_gap_once_the_break_is_retracted(void **unused)
{
    struct county county;
    (void)unused;
    open_on(&county, "2020-02-10");
    attest(&county, CODE_VILLAGE, "2020-01-01", "2020-01-13");
    attest(&county, CODE_VILLAGE, "2020-01-15", "2020-01-31");
    uint64_t filed = file_case(&county, "c-1", "2020-01-14");
    assert_int_equal(case_status(&county, "2020-02-10", POSITION_END).status, STATUS_BROKEN);
    retract_by_two(&county, filed, OFFICE_PUBLIC_SECURITY);
    struct zero_status found = case_status(&county, "2020-02-10", POSITION_END);
    assert_int_equal(found.status, STATUS_UNVERIFIED);
    check_day(found.since, "2020-01-14");
    check_day(found.verified_until, "2020-01-13");
    county_close(&county);
}

static void ruling_14_historic_days_of_any_past_are_claimed_and_cover_nothing(void **unused)
{
    struct county county;
    (void)unused;
    open_on(&county, "2020-02-10");
    attest_as(&county, CODE_VILLAGE, "2010-01-01", "2019-12-31", BASIS_HISTORIC);
    attest_as(&county, CODE_VILLAGE, "2019-12-01", "2020-01-31", BASIS_HISTORIC);
    struct zero_status found = case_status(&county, "2020-02-10", POSITION_END);
    assert_int_equal(found.claimed_days, day_of("2020-01-31") - day_of("2010-01-01") + 1); /* together, once each */
    assert_int_equal(found.status, STATUS_UNVERIFIED);
    check_day(found.verified_until, "");
    assert_int_equal(found.streak_days, 0);
    county_close(&county);
}

static void ruling_14_days_behind_as_of_are_not_claimed_yet(void **unused)
{
    struct county county;
    (void)unused;
    open_on(&county, "2020-02-10");
    attest_as(&county, CODE_VILLAGE, "2019-12-01", "2020-01-31", BASIS_HISTORIC);
    assert_int_equal(case_status(&county, "2019-12-31", POSITION_END).claimed_days, 31);
    assert_int_equal(case_status(&county, "2019-11-30", POSITION_END).claimed_days, 0);
    county_close(&county);
}

static void ruling_16_since_is_the_first_break_the_stretch_or_the_gap(void **unused)
{
    struct county county;
    (void)unused;
    open_on(&county, "2020-03-10");
    check_day(case_status(&county, "2020-02-10", POSITION_END).since, "2020-01-01"); /* the gap */
    attest(&county, CODE_VILLAGE, "2020-01-01", "2020-01-20");
    check_day(case_status(&county, "2020-02-10", POSITION_END).since, "2020-01-21");
    attest(&county, CODE_VILLAGE, "2020-01-21", "2020-02-29");
    struct zero_status found = case_status(&county, "2020-03-10", POSITION_END);
    assert_int_equal(found.status, STATUS_ZERO);
    check_day(found.since, "2020-01-01"); /* the stretch */
    file_case(&county, "c-1", "2020-02-14");
    file_case(&county, "c-2", "2020-01-25"); /* recorded later, and earlier */
    check_day(case_status(&county, "2020-03-10", POSITION_END).since, "2020-01-25");
    county_close(&county);
}

/* ---- attestations ---- */

static size_t count_contradicted(struct county *county)
{
    struct attention_list list;
    attention_list_open(&county->state, 0, ATTENTION_CONTRADICTED, 2020, &county->scratch, &list);
    size_t count = list.count;
    attention_list_close(&list);
    return count;
}

static bool contradicted(const struct county *county, uint64_t attestation, uint64_t known_at)
{
    const struct state *state = &county->state;
    struct policy_timeline policies;
    state_timeline(state, known_at, &policies);
    const struct status_question question = {.unit = state_find_unit(state, CODE_VILLAGE),
                                             .as_of = day_of("2020-03-05"),
                                             .known_at = known_at,
                                             .policies = &policies};
    uint32_t ordinal = state_find_attestation(state, attestation);
    const struct coverage *coverage =
        table_row(&state->coverages, state_unit(state, question.unit)->coverages[ZERO_CASE]);
    while (coverage->attestation != ordinal)
        coverage = table_row(&state->coverages, coverage->next);
    return coverage_denied_by(state, &question, ZERO_CASE, coverage) != 0;
}

static void ruling_17_an_attestation_over_a_break_is_contradicted_as_known_until_that_is_retracted(void **unused)
{
    struct county county;
    (void)unused;
    open_on(&county, "2020-03-01");
    uint64_t january = attest(&county, CODE_VILLAGE, "2020-01-01", "2020-01-31");
    uint64_t february = attest(&county, CODE_VILLAGE, "2020-02-01", "2020-02-29");
    uint64_t filed = file_case(&county, "c-1", "2020-02-14");
    uint64_t after = attest(&county, CODE_VILLAGE, "2020-02-14", "2020-02-14"); /* though the break is known */
    assert_false(contradicted(&county, january, POSITION_END));
    assert_false(contradicted(&county, february, filed - 1));
    assert_true(contradicted(&county, february, filed));
    assert_true(contradicted(&county, after, POSITION_END));
    assert_int_equal(count_contradicted(&county), 2);
    retract_by_two(&county, filed, OFFICE_PUBLIC_SECURITY);
    assert_false(contradicted(&county, february, POSITION_END));
    assert_true(contradicted(&county, february, filed));
    assert_int_equal(count_contradicted(&county), 0);
    county_close(&county);
}

static void ruling_17_an_attestation_that_was_withdrawn_is_contradicted_no_more(void **unused)
{
    struct county county;
    (void)unused;
    open_on(&county, "2020-03-01");
    uint64_t february = attest(&county, CODE_VILLAGE, "2020-02-01", "2020-02-29");
    file_case(&county, "c-1", "2020-02-14");
    struct event withdrawn = county_event(&county, EVENT_ATTESTATION_WITHDRAWN, "");
    withdrawn.target = february;
    county_record(&county, &withdrawn, OFFICE_PUBLIC_SECURITY);
    assert_int_equal(count_contradicted(&county), 0);
    county_close(&county);
}

static void ruling_18_an_attestation_is_neither_retracted_nor_corrected(void **unused)
{
    struct county county;
    (void)unused;
    open_on(&county, "2020-03-01");
    const struct event other = county_attestation(&county, ZERO_CASE, CODE_VILLAGE, "2020-01-01", "2020-01-31");
    struct event event = county_event(&county, EVENT_EVENT_RETRACTED, "");
    event.target = attest(&county, CODE_VILLAGE, "2020-01-01", "2020-02-29");
    county_expect(&county, &event, OFFICE_PUBLIC_SECURITY, VERDICT_ILLEGAL_TRANSITION);
    event.kind = EVENT_EVENT_CORRECTED;
    event.correction.replacement = &other;
    county_expect(&county, &event, OFFICE_PUBLIC_SECURITY, VERDICT_ILLEGAL_TRANSITION);
    county_close(&county);
}

static void ruling_19_an_offices_level_is_its_roots_and_enterprises_are_as_villages(void **unused)
{
    static const struct {
        enum unit_kind counts_from;
        const char *root;
        const char *unit;
        enum status status;
    } rows[] = {
        {UNIT_COUNTY, "", CODE_VILLAGE, STATUS_ZERO},
        {UNIT_COUNTY, CODE_COUNTY, CODE_VILLAGE, STATUS_ZERO},
        {UNIT_COUNTY, CODE_TOWN, CODE_VILLAGE, STATUS_UNVERIFIED},
        {UNIT_TOWN, CODE_TOWN, CODE_VILLAGE, STATUS_ZERO},
        {UNIT_TOWN, CODE_TOWN, CODE_ENTERPRISE, STATUS_ZERO},
        {UNIT_TOWN, CODE_ENTERPRISE, CODE_ENTERPRISE, STATUS_UNVERIFIED},
        {UNIT_VILLAGE, CODE_VILLAGE, CODE_ENTERPRISE, STATUS_ZERO},
        {UNIT_VILLAGE, CODE_COMMUNITY, CODE_COMMUNITY, STATUS_ZERO},
        {UNIT_VILLAGE, CODE_ENTERPRISE, CODE_ENTERPRISE, STATUS_ZERO},
    };
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct policy policy = county_policy();
        struct county county;
        policy.counts_from_level = rows[i].counts_from;
        county_open(&county, &policy, "2020-02-10");
        const struct event event = county_attestation(&county, ZERO_CASE, rows[i].unit, "2020-01-01", "2020-01-31");
        county_expect_from(&county, &event, OFFICE_PUBLIC_SECURITY, rows[i].root, "somebody", VERDICT_ACCEPTED);
        enum status found = county_status(&county, rows[i].unit, ZERO_CASE, "2020-02-10", POSITION_END).status;
        if (found != rows[i].status)
            fail_msg("row %zu: status %d, expected %d", i, (int)found, (int)rows[i].status);
        county_close(&county);
    }
}

/* ---- breaks, corrections, grades ---- */

/* Two breaks: after the first is gone the unit is as broken as before. */
static void ruling_20_a_break_that_goes_needs_two_identities_whatever_the_state_becomes(void **unused)
{
    struct county county;
    (void)unused;
    open_on(&county, "2020-03-01");
    uint64_t first = file_case(&county, "c-1", "2020-02-14");
    file_case(&county, "c-2", "2020-02-20");
    retract_by(&county, first, OFFICE_PUBLIC_SECURITY, "one");
    assert_int_equal(case_status(&county, "2020-03-01", POSITION_END).breaks, 2);
    retract_by(&county, first, OFFICE_PUBLIC_SECURITY, "two");
    struct zero_status found = case_status(&county, "2020-03-01", POSITION_END);
    assert_int_equal(found.breaks, 1);
    assert_int_equal(found.status, STATUS_BROKEN);
    county_close(&county);
}

static void ruling_20_what_broke_nothing_is_retracted_by_one_identity(void **unused)
{
    struct county county;
    (void)unused;
    open_on(&county, "2020-03-01");
    const struct event found = county_opening(&county, MATTER_HAZARD, "h-1", CODE_VILLAGE);
    uint64_t position = county_record(&county, &found, OFFICE_WORK_SAFETY);
    retract_by(&county, position, OFFICE_WORK_SAFETY, "one");
    assert_false(county.ruling.waits);
    assert_int_equal(county_matter(&county, MATTER_HAZARD, "h-1")->step, STEP_RETRACTED);
    county_close(&county);
}

static void ruling_20_neither_a_withdrawn_case_nor_a_concluded_accident_unbreaks_by_itself(void **unused)
{
    struct county county;
    (void)unused;
    open_on(&county, "2020-03-01");
    file_case(&county, "c-1", "2020-02-14");
    const struct event withdrawn = county_step(&county, EVENT_CASE_WITHDRAWN, MATTER_CASE, "c-1", CODE_VILLAGE);
    county_record(&county, &withdrawn, OFFICE_PUBLIC_SECURITY);
    assert_int_equal(case_status(&county, "2020-03-01", POSITION_END).status, STATUS_BROKEN);
    const struct event reported = county_opening(&county, MATTER_ACCIDENT, "a-1", CODE_VILLAGE);
    uint64_t accident = county_record(&county, &reported, OFFICE_WORK_SAFETY);
    struct event step = county_step(&county, EVENT_ACCIDENT_INVESTIGATION_OPENED, MATTER_ACCIDENT, "a-1", CODE_VILLAGE);
    county_record(&county, &step, OFFICE_WORK_SAFETY);
    step.kind = EVENT_ACCIDENT_CONCLUDED;
    step.concluded.production = false;
    county_record(&county, &step, OFFICE_WORK_SAFETY);
    assert_int_equal(county_status(&county, CODE_VILLAGE, ZERO_ACCIDENT, "2020-03-01", POSITION_END).status,
                     STATUS_BROKEN);
    retract_by_two(&county, accident, OFFICE_WORK_SAFETY); /* it was none of production: two say so */
    assert_int_equal(county_status(&county, CODE_VILLAGE, ZERO_ACCIDENT, "2020-03-01", POSITION_END).status,
                     STATUS_UNVERIFIED);
    county_close(&county);
}

static bool listed_late(struct county *county, uint64_t position)
{
    struct attention_list list;
    bool found = false;
    attention_list_open(&county->state, 0, ATTENTION_LATE, 2020, &county->scratch, &list);
    for (size_t i = 0; i < list.count; i++)
        found = found || list.rows[i].position == position;
    attention_list_close(&list);
    return found;
}

static void ruling_22_an_attestation_is_late_after_the_due_of_one_of_its_days(void **unused)
{
    static const struct {
        const char *today, *from_day, *to_day;
        enum basis basis;
        bool late;
    } rows[] = {
        {"2020-02-05", "2020-01-01", "2020-01-31", BASIS_REGISTER_CHECKED, false}, /* due today */
        {"2020-02-06", "2020-01-01", "2020-01-31", BASIS_REGISTER_CHECKED, true},
        {"2020-02-06", "2020-02-01", "2020-02-05", BASIS_REGISTER_CHECKED, false},
        {"2020-02-06", "2020-01-31", "2020-02-05", BASIS_REGISTER_CHECKED, true},
        {"2020-02-06", "2020-01-01", "2020-01-31", BASIS_HISTORIC, false},
        {"2020-02-06", "2019-12-01", "2019-12-31", BASIS_REGISTER_CHECKED, false}, /* history, ruling 32 */
        {"2020-02-06", "2019-12-01", "2020-01-31", BASIS_REGISTER_CHECKED, true},
        {"2020-02-05", "2019-12-01", "2020-01-31", BASIS_REGISTER_CHECKED, false},
    };
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct county county;
        open_on(&county, rows[i].today);
        uint64_t position = attest_as(&county, CODE_VILLAGE, rows[i].from_day, rows[i].to_day, rows[i].basis);
        if (listed_late(&county, position) != rows[i].late)
            fail_msg("on %s of %s to %s: late %d, expected %d", rows[i].today, rows[i].from_day, rows[i].to_day,
                     !rows[i].late, rows[i].late);
        county_close(&county);
    }
}

static void ruling_23_a_clock_breaks_the_unit_that_its_deadline_names_by_handling_and_rectification_only(void **unused)
{
    static const struct {
        enum matter_kind kind;
        enum clock clock;
        enum zero zero;
        uint32_t breaks;
    } rows[] = {
        {MATTER_PETITION, CLOCK_HANDLING, ZERO_PETITION, 1},    {MATTER_PETITION, CLOCK_REGISTRATION, ZERO_PETITION, 0},
        {MATTER_PETITION, CLOCK_ACCEPTANCE, ZERO_PETITION, 0},  {MATTER_PETITION, CLOCK_REVIEW, ZERO_PETITION, 0},
        {MATTER_PETITION, CLOCK_SUPERVISION, ZERO_PETITION, 0}, {MATTER_HAZARD, CLOCK_RECTIFICATION, ZERO_ACCIDENT, 1},
        {MATTER_HAZARD, CLOCK_TASK, ZERO_ACCIDENT, 0},
    };
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct policy policy = county_policy();
        struct county county;
        policy.break_rule_count = 1;
        policy.break_rules[0] = (struct break_rule){.event = EVENT_DEADLINE_PASSED, .zero = rows[i].zero};
        county_open(&county, &policy, "2020-02-10");
        const struct event opened = county_opening(&county, rows[i].kind, "m-1", CODE_VILLAGE);
        county_record(&county, &opened, OFFICE_PETITIONS);
        struct event passed = county_step(&county, EVENT_DEADLINE_PASSED, rows[i].kind, "m-1", CODE_VILLAGE);
        passed.variant = rows[i].clock;
        passed.passed.level = 1;
        passed.passed.task = "";
        county_record(&county, &passed, OFFICE_HUB);
        uint32_t found = county_status(&county, CODE_VILLAGE, rows[i].zero, "2020-02-10", POSITION_END).breaks;
        if (found != rows[i].breaks)
            fail_msg("row %zu: %u breaks, expected %u", i, found, rows[i].breaks);
        county_close(&county);
    }
}

static void ruling_24_missing_persons_are_casualties_and_deaths_for_the_grade_once_supplemented_so(void **unused)
{
    struct policy policy = county_policy();
    struct county county;
    (void)unused;
    policy.break_rules[1] =
        (struct break_rule){.event = EVENT_ACCIDENT_REPORTED, .zero = ZERO_ACCIDENT, .any_casualty = true};
    county_open(&county, &policy, "2020-02-10");
    struct event reported = county_opening(&county, MATTER_ACCIDENT, "a-1", CODE_VILLAGE);
    reported.accident = (struct accident_facts){.missing = 3, .loss = LOSS_BELOW_THRESHOLD};
    county_record(&county, &reported, OFFICE_WORK_SAFETY);
    assert_int_equal(county_matter(&county, MATTER_ACCIDENT, "a-1")->grade, GRADE_GENERAL);
    assert_int_equal(county_status(&county, CODE_VILLAGE, ZERO_ACCIDENT, "2020-02-10", POSITION_END).status,
                     STATUS_BROKEN);
    struct event supplemented = county_step(&county, EVENT_ACCIDENT_SUPPLEMENTED, MATTER_ACCIDENT, "a-1", CODE_VILLAGE);
    supplemented.accident = (struct accident_facts){.deaths = 3, .loss = LOSS_BELOW_THRESHOLD};
    county_record(&county, &supplemented, OFFICE_WORK_SAFETY);
    assert_int_equal(county_matter(&county, MATTER_ACCIDENT, "a-1")->grade, GRADE_LARGER);
    county_close(&county);
}

static void ruling_25_what_the_units_level_cannot_solve_breaks_nothing_under_a_preset_that_asks(void **unused)
{
    (void)unused;
    for (int solvable = 0; solvable < 2; solvable++) {
        struct policy policy = county_policy();
        struct county county;
        policy.break_rules[0] =
            (struct break_rule){.event = EVENT_PETITION_ESCALATED, .zero = ZERO_PETITION, .only_if_solvable = true};
        county_open(&county, &policy, "2020-02-10");
        struct event registered = county_opening(&county, MATTER_PETITION, "p-1", CODE_VILLAGE);
        registered.petition.solvable_at_unit_level = solvable;
        county_record(&county, &registered, OFFICE_PETITIONS);
        const struct event escalated =
            county_step(&county, EVENT_PETITION_ESCALATED, MATTER_PETITION, "p-1", CODE_VILLAGE);
        county_record(&county, &escalated, OFFICE_PETITIONS);
        assert_int_equal(county_status(&county, CODE_VILLAGE, ZERO_PETITION, "2020-02-10", POSITION_END).breaks,
                         solvable);
        county_close(&county);
    }
}

/* ---- moves and history ---- */

static void ruling_26_a_mediations_channel_may_be_noted_even_when_it_has_ended(void **unused)
{
    struct county county;
    (void)unused;
    open_on(&county, "2020-02-10");
    const struct event opened = county_opening(&county, MATTER_DISPUTE, "d-1", CODE_VILLAGE);
    struct event step = county_step(&county, EVENT_MEDIATION_ENDED, MATTER_DISPUTE, "d-1", CODE_VILLAGE);
    county_record(&county, &opened, OFFICE_PUBLIC_SECURITY);
    county_record(&county, &step, OFFICE_PUBLIC_SECURITY);
    step.kind = EVENT_MEDIATION_CHANNEL_SELECTED;
    step.mediation.channel = CHANNEL_MOBILE_STATION;
    county_expect(&county, &step, OFFICE_PUBLIC_SECURITY, VERDICT_ACCEPTED);
    assert_int_equal(county_matter(&county, MATTER_DISPUTE, "d-1")->step, STEP_ENDED);
    county_close(&county);
}

static void ruling_27_an_extension_that_ends_on_a_holiday_rolls_over_only_if_the_policy_says_so(void **unused)
{
    static const struct {
        bool rolls;
        const char *due;
    } rows[] = {{false, "2020-05-09"}, {true, "2020-05-11"}}; /* 2020-05-09 is a Saturday */
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct policy policy = county_policy();
        struct county county;
        policy.calendar.roll_over_holiday = rows[i].rolls;
        county_open(&county, &policy, "2020-02-10");
        const struct event registered = county_opening(&county, MATTER_PETITION, "p-1", CODE_VILLAGE);
        county_record(&county, &registered, OFFICE_PETITIONS);
        struct event step = county_step(&county, EVENT_PETITION_ACCEPTED, MATTER_PETITION, "p-1", CODE_VILLAGE);
        county_happened_on(&step, "2020-02-10"); /* due on 2020-04-10, a Friday */
        county_record(&county, &step, OFFICE_PETITIONS);
        step.kind = EVENT_HANDLING_EXTENDED;
        step.extended.days = 29;
        county_record(&county, &step, OFFICE_PETITIONS);
        check_day(county_matter(&county, MATTER_PETITION, "p-1")->due_day, rows[i].due);
        county_close(&county);
    }
}

static void ruling_32_what_happened_before_the_start_is_never_late_and_covers_nothing(void **unused)
{
    struct policy policy = county_policy();
    struct county county;
    (void)unused;
    policy.starts_on = day_of("2020-02-01");
    county_open(&county, &policy, "2020-03-10");
    struct event reported = county_opening(&county, MATTER_ACCIDENT, "a-1", CODE_VILLAGE);
    county_happened_on(&reported, "2020-01-31");
    reported.accident.known_at_us = reported.occurred_at_us;
    reported.accident.reported_at_us = reported.occurred_at_us + 10 * (int64_t)US_PER_DAY;
    county_record(&county, &reported, OFFICE_WORK_SAFETY);
    assert_int_equal(county_matter(&county, MATTER_ACCIDENT, "a-1")->flags & MATTER_LATE, 0);
    attest(&county, CODE_VILLAGE, "2019-12-01", "2020-01-31");
    struct zero_status found = case_status(&county, "2020-03-10", POSITION_END);
    check_day(found.verified_until, "");
    check_day(found.streak_until, "");
    attest_as(&county, CODE_VILLAGE, "2020-01-01", "2020-01-31", BASIS_HISTORIC);
    found = case_status(&county, "2020-03-10", POSITION_END);
    assert_int_equal(found.claimed_days, 31);
    check_day(found.verified_until, "");
    county_close(&county);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ruling_04_recorded_time_never_decreases),
        cmocka_unit_test(ruling_06_an_enterprise_hangs_below_its_territory_and_a_node_sums_itself_and_its_children),
        cmocka_unit_test(ruling_06_a_node_without_a_counted_unit_has_no_rate),
        cmocka_unit_test(ruling_08_days_are_owed_from_the_later_of_valid_from_and_starts_on_and_before_valid_to),
        cmocka_unit_test(ruling_10_an_evaluation_is_published_only_after_the_last_due_of_its_year),
        cmocka_unit_test(ruling_10_a_year_is_met_only_with_its_last_month),
        cmocka_unit_test(ruling_11_in_january_every_unit_is_unverified_beside_what_was_verified_last_year),
        cmocka_unit_test(ruling_12_a_day_with_a_break_is_a_gap_once_the_break_is_retracted),
        cmocka_unit_test(ruling_14_historic_days_of_any_past_are_claimed_and_cover_nothing),
        cmocka_unit_test(ruling_14_days_behind_as_of_are_not_claimed_yet),
        cmocka_unit_test(ruling_16_since_is_the_first_break_the_stretch_or_the_gap),
        cmocka_unit_test(ruling_17_an_attestation_over_a_break_is_contradicted_as_known_until_that_is_retracted),
        cmocka_unit_test(ruling_17_an_attestation_that_was_withdrawn_is_contradicted_no_more),
        cmocka_unit_test(ruling_18_an_attestation_is_neither_retracted_nor_corrected),
        cmocka_unit_test(ruling_19_an_offices_level_is_its_roots_and_enterprises_are_as_villages),
        cmocka_unit_test(ruling_20_a_break_that_goes_needs_two_identities_whatever_the_state_becomes),
        cmocka_unit_test(ruling_20_what_broke_nothing_is_retracted_by_one_identity),
        cmocka_unit_test(ruling_20_neither_a_withdrawn_case_nor_a_concluded_accident_unbreaks_by_itself),
        cmocka_unit_test(ruling_22_an_attestation_is_late_after_the_due_of_one_of_its_days),
        cmocka_unit_test(ruling_23_a_clock_breaks_the_unit_that_its_deadline_names_by_handling_and_rectification_only),
        cmocka_unit_test(ruling_24_missing_persons_are_casualties_and_deaths_for_the_grade_once_supplemented_so),
        cmocka_unit_test(ruling_25_what_the_units_level_cannot_solve_breaks_nothing_under_a_preset_that_asks),
        cmocka_unit_test(ruling_26_a_mediations_channel_may_be_noted_even_when_it_has_ended),
        cmocka_unit_test(ruling_27_an_extension_that_ends_on_a_holiday_rolls_over_only_if_the_policy_says_so),
        cmocka_unit_test(ruling_32_what_happened_before_the_start_is_never_late_and_covers_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
