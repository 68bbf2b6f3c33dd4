/* The truth vectors of DOMAIN 4.5, by name, and the rulings about coverage, reviews, streaks and gaps. V4c needs
 * retraction. */
#include "domain/status.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "county.h"
#include "domain/day.h"
#include "draw.h"

static void open_default(struct county *county)
{
    const struct policy policy = county_policy();
    county_open(county, &policy, "2020-01-01");
}

static uint64_t attest(struct county *county, const char *unit, const char *from_day, const char *to_day)
{
    const struct event event = county_attestation(county, ZERO_CASE, unit, from_day, to_day);
    return county_record(county, &event, OFFICE_PUBLIC_SECURITY);
}

static uint64_t break_case(struct county *county, const char *matter, const char *unit, const char *day)
{
    struct event event = county_opening(county, MATTER_CASE, matter, unit);
    event.occurred_at_us = county_event_on(EVENT_CASE_FILED, unit, day).occurred_at_us;
    return county_record(county, &event, OFFICE_PUBLIC_SECURITY);
}

static void check_status(struct county *county, const char *as_of, uint64_t known_at, enum status status,
                         const char *verified_until, int32_t streak_days)
{
    struct zero_status found = county_status(county, CODE_VILLAGE, ZERO_CASE, as_of, known_at);
    assert_int_equal(found.status, status);
    assert_int_equal(found.verified_until, verified_until ? day_of(verified_until) : DAY_NONE);
    assert_int_equal(found.streak_days, streak_days);
}

/* Checks the gaps of one office; `gaps` is "from..to from..to …". */
static void check_gaps(struct county *county, const char *unit, enum office office, const char *as_of,
                       const char *expected)
{
    const struct status_question question = {.unit = state_find_unit(&county->state, unit),
                                             .as_of = day_of(as_of),
                                             .known_at = POSITION_END,
                                             .policies = &county->state.timeline};
    const struct span_set *gaps = status_gaps(&county->state, &question, ZERO_CASE, office, &county->scratch);
    char text[512] = "";
    for (uint32_t i = 0; i < gaps->count; i++) {
        char from[DAY_TEXT_SIZE];
        char to[DAY_TEXT_SIZE];
        day_format(gaps->spans[i].from, from);
        day_format(gaps->spans[i].to, to);
        size_t size = strlen(text);
        snprintf(text + size, sizeof text - size, "%s%s..%s", size ? " " : "", from, to);
    }
    assert_string_equal(text, expected);
}

static void v1_silence_is_unverified(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    check_status(&county, "2020-02-10", POSITION_END, STATUS_UNVERIFIED, NULL, 0);
    check_gaps(&county, CODE_VILLAGE, OFFICE_PUBLIC_SECURITY, "2020-02-10", "2020-01-01..2020-01-31");
    county_close(&county);
}

static void v2_an_attested_january_is_zero(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    county_open_day(&county, "2020-02-01");
    uint64_t p1 = attest(&county, CODE_VILLAGE, "2020-01-01", "2020-01-31");
    check_status(&county, "2020-02-10", p1, STATUS_ZERO, "2020-01-31", 31);
    check_status(&county, "2020-02-10", p1 - 1, STATUS_UNVERIFIED, NULL, 0);
    check_gaps(&county, CODE_VILLAGE, OFFICE_PUBLIC_SECURITY, "2020-02-10", "");
    assert_int_equal(county_status(&county, CODE_VILLAGE, ZERO_CASE, "2020-02-10", p1).since, day_of("2020-01-01"));
    county_close(&county);
}

static void v3_a_month_is_owed_once_its_due_day_has_passed(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    county_open_day(&county, "2020-02-01");
    uint64_t p1 = attest(&county, CODE_VILLAGE, "2020-01-01", "2020-01-31");
    check_status(&county, "2020-03-05", p1, STATUS_ZERO, "2020-01-31", 31);       /* V3a */
    check_status(&county, "2020-03-06", p1, STATUS_UNVERIFIED, "2020-01-31", 31); /* V3b */
    check_gaps(&county, CODE_VILLAGE, OFFICE_PUBLIC_SECURITY, "2020-03-05", "");
    check_gaps(&county, CODE_VILLAGE, OFFICE_PUBLIC_SECURITY, "2020-03-06", "2020-02-01..2020-02-29");
    assert_int_equal(county_status(&county, CODE_VILLAGE, ZERO_CASE, "2020-03-06", p1).since, day_of("2020-02-01"));
    county_close(&county);
}

static uint64_t v4b_log(struct county *county, uint64_t *before_break)
{
    open_default(county);
    county_open_day(county, "2020-02-01");
    attest(county, CODE_VILLAGE, "2020-01-01", "2020-01-31");
    county_open_day(county, "2020-03-01");
    *before_break = attest(county, CODE_VILLAGE, "2020-02-01", "2020-02-29");
    return break_case(county, "case-1", CODE_VILLAGE, "2020-02-14");
}

static void v4_a_break_reported_late_breaks_from_its_day_and_only_as_known_from_then_on(void **unused)
{
    struct county county;
    uint64_t p2;
    (void)unused;
    uint64_t p3 = v4b_log(&county, &p2);
    check_status(&county, "2020-03-05", p2, STATUS_ZERO, "2020-02-29", 60);   /* V4a */
    check_status(&county, "2020-03-05", p3, STATUS_BROKEN, "2020-02-29", 15); /* V4b */
    struct zero_status broken = county_status(&county, CODE_VILLAGE, ZERO_CASE, "2020-03-05", p3);
    assert_int_equal(broken.since, day_of("2020-02-14"));
    assert_int_equal(broken.breaks, 1);
    /* As of the day before, the break has not happened yet, whatever is known. */
    check_status(&county, "2020-02-13", p3, STATUS_ZERO, "2020-02-13", 44);
    county_close(&county);
}

static void v5_every_required_office_must_have_attested(void **unused)
{
    struct county county;
    struct policy policy = county_policy();
    (void)unused;
    policy.required[ZERO_CASE] = OFFICE_BIT(OFFICE_WORK_SAFETY) | OFFICE_BIT(OFFICE_PUBLIC_SECURITY);
    county_open(&county, &policy, "2020-01-01");
    county_open_day(&county, "2020-02-01");
    const struct event january = county_attestation(&county, ZERO_CASE, CODE_VILLAGE, "2020-01-01", "2020-01-31");
    county_record(&county, &january, OFFICE_WORK_SAFETY);
    check_status(&county, "2020-02-10", POSITION_END, STATUS_UNVERIFIED, NULL, 0);
    attest(&county, CODE_VILLAGE, "2020-01-01", "2020-01-15");
    check_status(&county, "2020-02-10", POSITION_END, STATUS_UNVERIFIED, "2020-01-15", 15);
    check_gaps(&county, CODE_VILLAGE, OFFICE_PUBLIC_SECURITY, "2020-02-10", "2020-01-16..2020-01-31");
    check_gaps(&county, CODE_VILLAGE, OFFICE_WORK_SAFETY, "2020-02-10", "");
    county_record(&county, &january, OFFICE_PUBLIC_SECURITY);
    check_status(&county, "2020-02-10", POSITION_END, STATUS_ZERO, "2020-01-31", 31);
    county_close(&county);
}

static void register_village(struct county *county, const char *code, const char *valid_from)
{
    struct event event = county_event(county, EVENT_UNIT_REGISTERED, code);
    event.unit_facts.kind = UNIT_VILLAGE;
    event.unit_facts.name = code;
    event.unit_facts.parent = CODE_TOWN;
    event.unit_facts.from_day = day_of(valid_from);
    county_record(county, &event, OFFICE_GOVERNANCE);
}

static void v6_days_before_enrolment_are_not_owed(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    register_village(&county, "140322102299", "2020-02-15");
    county_open_day(&county, "2020-03-01");
    uint64_t p1 = attest(&county, "140322102299", "2020-02-15", "2020-02-29");
    struct zero_status found = county_status(&county, "140322102299", ZERO_CASE, "2020-03-06", p1);
    assert_int_equal(found.status, STATUS_ZERO);
    assert_int_equal(found.streak_days, 15);
    check_gaps(&county, "140322102299", OFFICE_PUBLIC_SECURITY, "2020-03-06", "");
    county_close(&county);
}

static void v7_nothing_due_yet_is_no_zero_by_vacuity(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    register_village(&county, "140322102299", "2020-03-01");
    struct zero_status found = county_status(&county, "140322102299", ZERO_CASE, "2020-03-03", POSITION_END);
    assert_int_equal(found.status, STATUS_UNVERIFIED);
    assert_int_equal(found.verified_until, DAY_NONE);
    check_gaps(&county, "140322102299", OFFICE_PUBLIC_SECURITY, "2020-03-03", "");
    county_close(&county);
}

static void v8_last_years_break_no_longer_counts(void **unused)
{
    struct county county;
    uint64_t p2;
    (void)unused;
    uint64_t p3 = v4b_log(&county, &p2);
    struct zero_status found = county_status(&county, CODE_VILLAGE, ZERO_CASE, "2021-02-10", p3);
    assert_int_equal(found.status, STATUS_UNVERIFIED);
    assert_int_equal(found.breaks, 0);
    check_gaps(&county, CODE_VILLAGE, OFFICE_PUBLIC_SECURITY, "2021-02-10", "2021-01-01..2021-01-31");
    /* To the last day of the year it does. */
    assert_int_equal(county_status(&county, CODE_VILLAGE, ZERO_CASE, "2020-12-31", p3).status, STATUS_BROKEN);
    county_close(&county);
}

static void a_unit_statement_never_makes_a_zero(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    county_open_day(&county, "2020-02-01");
    struct event event = county_attestation(&county, ZERO_CASE, CODE_VILLAGE, "2020-01-01", "2020-01-31");
    event.attested.basis = BASIS_UNIT_STATEMENT;
    county_record(&county, &event, OFFICE_PUBLIC_SECURITY);
    check_status(&county, "2020-02-10", POSITION_END, STATUS_UNVERIFIED, NULL, 0);
    event.attested.basis = BASIS_SITE_VISIT;
    county_record(&county, &event, OFFICE_PUBLIC_SECURITY);
    check_status(&county, "2020-02-10", POSITION_END, STATUS_ZERO, "2020-01-31", 31);
    county_close(&county);
}

static void historic_days_are_claimed_and_never_covered(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    county_open_day(&county, "2020-02-01");
    struct event event = county_attestation(&county, ZERO_CASE, CODE_VILLAGE, "2018-01-01", "2018-12-31");
    event.attested.basis = BASIS_HISTORIC;
    uint64_t first = county_record(&county, &event, OFFICE_PUBLIC_SECURITY);
    event.attested.from_day = day_of("2018-12-01"); /* overlaps: a day is claimed once */
    event.attested.to_day = day_of("2020-01-31");
    uint64_t second = county_record(&county, &event, OFFICE_PUBLIC_SECURITY);
    assert_int_equal(county_status(&county, CODE_VILLAGE, ZERO_CASE, "2020-02-10", first - 1).claimed_days, 0);
    assert_int_equal(county_status(&county, CODE_VILLAGE, ZERO_CASE, "2020-02-10", first).claimed_days, 365);
    assert_int_equal(county_status(&county, CODE_VILLAGE, ZERO_CASE, "2020-02-10", second).claimed_days,
                     365 + 365 + 31);
    check_status(&county, "2020-02-10", POSITION_END, STATUS_UNVERIFIED, NULL, 0);
    county_close(&county);
}

static uint64_t review(struct county *county, uint64_t attestation, uint32_t verdict, const char *root)
{
    struct event event = county_event(county, EVENT_ATTESTATION_REVIEWED, "");
    event.target = attestation;
    event.variant = verdict;
    assert_int_equal(county_take_below(county, &event, OFFICE_PUBLIC_SECURITY, root), VERDICT_ACCEPTED);
    return county->position;
}

/* A town's attestation: the policy counts from COUNTY. */
static uint64_t attest_by_town(struct county *county)
{
    open_default(county);
    county_open_day(county, "2020-02-01");
    const struct event event = county_attestation(county, ZERO_CASE, CODE_VILLAGE, "2020-01-01", "2020-01-31");
    assert_int_equal(county_take_below(county, &event, OFFICE_PUBLIC_SECURITY, CODE_TOWN), VERDICT_ACCEPTED);
    return county->position;
}

static void a_towns_attestation_counts_once_the_county_accepted_it(void **unused)
{
    enum { ACCEPTED = 1, RETURNED = 2 };
    struct county county;
    (void)unused;
    uint64_t attested = attest_by_town(&county);
    check_status(&county, "2020-02-10", attested, STATUS_UNVERIFIED, NULL, 0); /* pending */
    uint64_t returned = review(&county, attested, RETURNED, CODE_COUNTY);
    check_status(&county, "2020-02-10", returned, STATUS_UNVERIFIED, NULL, 0);
    uint64_t accepted = review(&county, attested, ACCEPTED, CODE_COUNTY);
    check_status(&county, "2020-02-10", accepted, STATUS_ZERO, "2020-01-31", 31); /* the last one of a level decides */
    uint64_t returned_above = review(&county, attested, RETURNED, CODE_CITY);
    check_status(&county, "2020-02-10", returned_above, STATUS_UNVERIFIED, NULL, 0);
    uint64_t accepted_below = review(&county, attested, ACCEPTED, CODE_COUNTY);
    check_status(&county, "2020-02-10", accepted_below, STATUS_UNVERIFIED, NULL, 0); /* the highest level decides */
    uint64_t accepted_above = review(&county, attested, ACCEPTED, CODE_CITY);
    check_status(&county, "2020-02-10", accepted_above, STATUS_ZERO, "2020-01-31", 31);
    check_status(&county, "2020-02-10", returned, STATUS_UNVERIFIED, NULL, 0); /* as it was known then */
    county_close(&county);
}

static void nobody_reviews_their_own_level(void **unused)
{
    struct county county;
    (void)unused;
    uint64_t attested = attest_by_town(&county);
    struct event event = county_event(&county, EVENT_ATTESTATION_REVIEWED, "");
    event.target = attested;
    event.variant = 1;
    assert_int_equal(county_take_below(&county, &event, OFFICE_PUBLIC_SECURITY, CODE_TOWN), VERDICT_NOT_PERMITTED);
    assert_int_equal(county_take_below(&county, &event, OFFICE_PUBLIC_SECURITY, CODE_OTHER_TOWN),
                     VERDICT_NOT_PERMITTED);
    event.target = attested + 1000;
    assert_int_equal(county_take(&county, &event, OFFICE_PUBLIC_SECURITY), VERDICT_UNKNOWN_MATTER);
    county_close(&county);
}

static void a_withdrawn_attestation_covers_nothing_from_then_on(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    county_open_day(&county, "2020-02-01");
    uint64_t attested = attest(&county, CODE_VILLAGE, "2020-01-01", "2020-01-31");
    struct event event = county_event(&county, EVENT_ATTESTATION_WITHDRAWN, "");
    event.target = attested;
    assert_int_equal(county_take(&county, &event, OFFICE_WORK_SAFETY), VERDICT_NOT_PERMITTED);
    uint64_t withdrawn = county_record(&county, &event, OFFICE_PUBLIC_SECURITY);
    check_status(&county, "2020-02-10", withdrawn, STATUS_UNVERIFIED, NULL, 0);
    check_status(&county, "2020-02-10", withdrawn - 1, STATUS_ZERO, "2020-01-31", 31);
    assert_int_equal(county_take(&county, &event, OFFICE_PUBLIC_SECURITY), VERDICT_ILLEGAL_TRANSITION);
    county_close(&county);
}

static void a_scope_covers_every_counted_unit_of_the_tree_as_known_then(void **unused)
{
    static const char *const inside[] = {CODE_VILLAGE, CODE_OTHER_VILLAGE, CODE_ENTERPRISE};
    struct county county;
    (void)unused;
    open_default(&county);
    county_open_day(&county, "2020-02-01");
    struct event event = county_attestation(&county, ZERO_CASE, CODE_TOWN, "2020-01-01", "2020-01-31");
    event.attested.scope = true;
    county_record(&county, &event, OFFICE_PUBLIC_SECURITY);
    for (size_t i = 0; i < sizeof inside / sizeof *inside; i++)
        assert_int_equal(county_status(&county, inside[i], ZERO_CASE, "2020-02-10", POSITION_END).status, STATUS_ZERO);
    assert_int_equal(county_status(&county, CODE_COMMUNITY, ZERO_CASE, "2020-02-10", POSITION_END).status,
                     STATUS_UNVERIFIED);
    register_village(&county, "140322102299", "2020-01-01"); /* became known after the attestation */
    assert_int_equal(county_status(&county, "140322102299", ZERO_CASE, "2020-02-10", POSITION_END).status,
                     STATUS_UNVERIFIED);
    event.attested.basis = BASIS_SITE_VISIT;
    assert_int_equal(county_take(&county, &event, OFFICE_PUBLIC_SECURITY), VERDICT_BAD_VALUE);
    county_close(&county);
}

static void an_attestation_covers_its_own_zero_only(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    county_open_day(&county, "2020-02-01");
    attest(&county, CODE_VILLAGE, "2020-01-01", "2020-01-31");
    assert_int_equal(county_status(&county, CODE_VILLAGE, ZERO_PETITION, "2020-02-10", POSITION_END).status,
                     STATUS_UNVERIFIED);
    assert_int_equal(county_status(&county, CODE_VILLAGE, ZERO_ACCIDENT, "2020-02-10", POSITION_END).status,
                     STATUS_UNVERIFIED);
    /* And its own office's: what another office says about cases counts for nothing. */
    const struct event event = county_attestation(&county, ZERO_CASE, CODE_OTHER_VILLAGE, "2020-01-01", "2020-01-31");
    county_record(&county, &event, OFFICE_PETITIONS);
    assert_int_equal(county_status(&county, CODE_OTHER_VILLAGE, ZERO_CASE, "2020-02-10", POSITION_END).status,
                     STATUS_UNVERIFIED);
    county_close(&county);
}

static void a_streak_runs_over_the_end_of_a_year(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    county_open_day(&county, "2021-02-01");
    attest(&county, CODE_VILLAGE, "2020-12-01", "2021-01-31");
    check_status(&county, "2021-02-10", POSITION_END, STATUS_ZERO, "2021-01-31", 62);
    break_case(&county, "case-1", CODE_VILLAGE, "2020-12-30");
    check_status(&county, "2021-02-10", POSITION_END, STATUS_ZERO, "2021-01-31", 32);
    county_close(&county);
}

static void a_break_on_the_first_covered_day_is_no_day_of_the_streak(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    county_open_day(&county, "2020-02-01");
    attest(&county, CODE_VILLAGE, "2020-01-01", "2020-01-31");
    break_case(&county, "case-1", CODE_VILLAGE, "2020-01-01");
    check_status(&county, "2020-02-10", POSITION_END, STATUS_BROKEN, "2020-01-31", 30);
    county_close(&county);
}

static void a_break_on_the_last_covered_day_leaves_no_streak(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    county_open_day(&county, "2020-02-01");
    attest(&county, CODE_VILLAGE, "2020-01-01", "2020-01-31");
    break_case(&county, "case-1", CODE_VILLAGE, "2020-01-31");
    check_status(&county, "2020-02-10", POSITION_END, STATUS_BROKEN, "2020-01-31", 0);
    break_case(&county, "case-2", CODE_VILLAGE, "2020-02-01"); /* beyond what is covered */
    check_status(&county, "2020-02-10", POSITION_END, STATUS_BROKEN, "2020-01-31", 0);
    struct zero_status found = county_status(&county, CODE_VILLAGE, ZERO_CASE, "2020-02-10", POSITION_END);
    assert_int_equal(found.breaks, 2);
    assert_int_equal(found.since, day_of("2020-01-31"));
    county_close(&county);
}

static void with_a_daily_cadence_each_day_is_owed_after_its_grace(void **unused)
{
    struct county county;
    struct policy policy = county_policy();
    (void)unused;
    policy.cadence = CADENCE_DAILY;
    policy.grace_days = 1;
    county_open(&county, &policy, "2020-01-01");
    county_open_day(&county, "2020-01-11");
    attest(&county, CODE_VILLAGE, "2020-01-01", "2020-01-10");
    check_status(&county, "2020-01-11", POSITION_END, STATUS_ZERO, "2020-01-10", 10);
    check_status(&county, "2020-01-12", POSITION_END, STATUS_ZERO, "2020-01-10", 10); /* the 11th is due on the 12th */
    check_status(&county, "2020-01-13", POSITION_END, STATUS_UNVERIFIED, "2020-01-10", 10);
    check_gaps(&county, CODE_VILLAGE, OFFICE_PUBLIC_SECURITY, "2020-01-14", "2020-01-11..2020-01-12");
    county_close(&county);
}

static void gaps_stand_between_what_was_attested(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    county_open_day(&county, "2020-04-01");
    attest(&county, CODE_VILLAGE, "2020-03-10", "2020-03-12");
    attest(&county, CODE_VILLAGE, "2020-01-05", "2020-01-20");
    attest(&county, CODE_VILLAGE, "2020-01-15", "2020-02-10");
    check_gaps(&county, CODE_VILLAGE, OFFICE_PUBLIC_SECURITY, "2020-04-06",
               "2020-01-01..2020-01-04 2020-02-11..2020-03-09 2020-03-13..2020-03-31");
    check_gaps(&county, CODE_VILLAGE, OFFICE_PUBLIC_SECURITY, "2020-04-05",
               "2020-01-01..2020-01-04 2020-02-11..2020-02-29"); /* March is due on that day, not before it */
    struct zero_status found = county_status(&county, CODE_VILLAGE, ZERO_CASE, "2020-04-06", POSITION_END);
    assert_int_equal(found.status, STATUS_UNVERIFIED);
    assert_int_equal(found.since, day_of("2020-01-01"));
    assert_int_equal(found.verified_until, DAY_NONE);
    assert_int_equal(found.streak_until, day_of("2020-03-12"));
    assert_int_equal(found.streak_days, 3);
    county_close(&county);
}

static void a_retired_unit_owes_nothing_behind_its_last_day(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    struct event below = county_event(&county, EVENT_UNIT_RETIRED, CODE_ENTERPRISE);
    below.unit_end.valid_to = day_of("2020-01-21");
    county_record(&county, &below, OFFICE_GOVERNANCE);
    struct event end = county_event(&county, EVENT_UNIT_RETIRED, CODE_VILLAGE);
    end.unit_end.valid_to = day_of("2020-01-21");
    county_record(&county, &end, OFFICE_GOVERNANCE);
    county_open_day(&county, "2020-03-01");
    check_gaps(&county, CODE_VILLAGE, OFFICE_PUBLIC_SECURITY, "2020-03-06", "2020-01-01..2020-01-20");
    attest(&county, CODE_VILLAGE, "2020-01-01", "2020-02-29"); /* what reaches behind its life covers nothing there */
    check_status(&county, "2020-03-06", POSITION_END, STATUS_ZERO, "2020-01-20", 20);
    county_close(&county);
}

static void joint_status_is_broken_by_any_and_zero_by_all(void **unused)
{
    (void)unused;
    for (int p = STATUS_ZERO; p <= STATUS_UNVERIFIED; p++)
        for (int a = STATUS_ZERO; a <= STATUS_UNVERIFIED; a++)
            for (int c = STATUS_ZERO; c <= STATUS_UNVERIFIED; c++) {
                const enum status zeros[ZERO_COUNT] = {(enum status)p, (enum status)a, (enum status)c};
                bool broken = p == STATUS_BROKEN || a == STATUS_BROKEN || c == STATUS_BROKEN;
                bool zero = p == STATUS_ZERO && a == STATUS_ZERO && c == STATUS_ZERO;
                assert_int_equal(status_joint(zeros), broken ? STATUS_BROKEN : zero ? STATUS_ZERO : STATUS_UNVERIFIED);
            }
}

static int32_t joint_streak(struct county *county, const char *as_of)
{
    const struct status_question question = {.unit = state_find_unit(&county->state, CODE_VILLAGE),
                                             .as_of = day_of(as_of),
                                             .known_at = POSITION_END,
                                             .policies = &county->state.timeline};
    return status_joint_streak(&county->state, &question, &county->scratch);
}

static void the_joint_streak_counts_days_that_all_three_cover_unbroken(void **unused)
{
    static const struct {
        enum zero zero;
        enum office office;
        const char *from_day, *to_day;
    } rows[] = {{ZERO_PETITION, OFFICE_PETITIONS, "2020-01-01", "2020-02-20"},
                {ZERO_ACCIDENT, OFFICE_WORK_SAFETY, "2020-01-10", "2020-02-29"},
                {ZERO_CASE, OFFICE_PUBLIC_SECURITY, "2020-01-05", "2020-02-25"}};
    struct county county;
    (void)unused;
    open_default(&county);
    county_open_day(&county, "2020-03-01");
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(joint_streak(&county, "2020-03-01"), 0);
        const struct event event =
            county_attestation(&county, rows[i].zero, CODE_VILLAGE, rows[i].from_day, rows[i].to_day);
        county_record(&county, &event, rows[i].office);
    }
    assert_int_equal(joint_streak(&county, "2020-03-01"), 22 + 20); /* 01-10 to 02-20 */
    struct event accident = county_opening(&county, MATTER_ACCIDENT, "a-1", CODE_VILLAGE);
    accident.occurred_at_us = county_event_on(EVENT_ACCIDENT_REPORTED, "", "2020-02-14").occurred_at_us;
    county_record(&county, &accident, OFFICE_WORK_SAFETY);
    assert_int_equal(joint_streak(&county, "2020-03-01"), 6);
    county_close(&county);
}

/* Coverage by day against a plain array of days. */
static void coverage_is_the_union_of_what_was_attested(void **unused)
{
    enum { DAYS = 120, ATTESTATIONS = 12, RUNS = 60 };
    struct draw draw = {.seed = 7};
    (void)unused;
    for (int run = 0; run < RUNS; run++) {
        struct county county;
        bool covered[DAYS + 2] = {false};
        open_default(&county);
        county_open_day(&county, "2020-04-30"); /* day 120 of the year */
        int32_t first = day_of("2020-01-01");
        for (uint32_t i = draw_below(&draw, ATTESTATIONS); i > 0; i--) {
            struct event event = county_attestation(&county, ZERO_CASE, CODE_VILLAGE, "2020-01-01", "2020-01-01");
            event.attested.from_day += (int32_t)draw_below(&draw, DAYS);
            event.attested.to_day = event.attested.from_day + (int32_t)draw_below(&draw, 20);
            if (county_take(&county, &event, OFFICE_PUBLIC_SECURITY) != VERDICT_ACCEPTED)
                continue;
            for (int32_t day = event.attested.from_day; day <= event.attested.to_day; day++)
                covered[day - first] = true;
        }
        struct zero_status found = county_status(&county, CODE_VILLAGE, ZERO_CASE, "2020-04-30", POSITION_END);
        int32_t prefix = 0;
        while (covered[prefix])
            prefix++;
        int32_t last = DAYS;
        while (last >= 0 && !covered[last])
            last--;
        int32_t streak = 0;
        while (last - streak >= 0 && covered[last - streak])
            streak++;
        assert_int_equal(found.verified_until, prefix > 0 ? first + prefix - 1 : DAY_NONE);
        assert_int_equal(found.streak_days, streak);
        /* April is due on 05-05: owed are January to March, 91 days. */
        assert_int_equal(found.status, prefix >= 91 ? STATUS_ZERO : STATUS_UNVERIFIED);
        county_close(&county);
    }
}

/* Walks all reviews, as attestation_review need not. */
static const struct review *plainly_reviewed(const struct state *state, const struct attestation *attestation,
                                             uint64_t known_at)
{
    const struct review *decides = NULL;
    const struct review *review;
    for (uint32_t at = attestation->newest_review; at != 0; at = review->next) {
        review = table_row(&state->reviews, at);
        if (review->position <= known_at && (!decides || review->level < decides->level))
            decides = review;
    }
    return decides;
}

static void of_any_reviews_the_last_of_the_highest_level_decides(void **unused)
{
    static const char *const roots[] = {CODE_TOWN, CODE_COUNTY, CODE_CITY, CODE_PROVINCE};
    const struct policy policy = county_policy();
    struct draw draw = {.seed = 1};
    struct county county;
    (void)unused;
    county_open(&county, &policy, "2020-02-10");
    const struct event attested = county_attestation(&county, ZERO_CASE, CODE_VILLAGE, "2020-01-01", "2020-01-31");
    for (int i = 0; i < 200; i++) {
        county_expect_from(&county, &attested, OFFICE_PUBLIC_SECURITY, CODE_VILLAGE, "village", VERDICT_ACCEPTED);
        uint64_t target = county.position;
        for (uint32_t left = draw_below(&draw, 12); left > 0; left--) {
            struct event reviewed = county_event(&county, EVENT_ATTESTATION_REVIEWED, "");
            reviewed.target = target;
            reviewed.variant = 1 + draw_below(&draw, 2);
            county_expect_from(&county, &reviewed, OFFICE_PUBLIC_SECURITY, roots[draw_below(&draw, 4)], "above",
                               VERDICT_ACCEPTED);
        }
        const struct attestation *row =
            table_row(&county.state.attestations, state_find_attestation(&county.state, target));
        for (uint64_t known_at = target; known_at <= county.position; known_at++)
            assert_ptr_equal(attestation_review(&county.state, row, known_at),
                             plainly_reviewed(&county.state, row, known_at));
    }
    county_close(&county);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_any_reviews_the_last_of_the_highest_level_decides),
        cmocka_unit_test(v1_silence_is_unverified),
        cmocka_unit_test(v2_an_attested_january_is_zero),
        cmocka_unit_test(v3_a_month_is_owed_once_its_due_day_has_passed),
        cmocka_unit_test(v4_a_break_reported_late_breaks_from_its_day_and_only_as_known_from_then_on),
        cmocka_unit_test(v5_every_required_office_must_have_attested),
        cmocka_unit_test(v6_days_before_enrolment_are_not_owed),
        cmocka_unit_test(v7_nothing_due_yet_is_no_zero_by_vacuity),
        cmocka_unit_test(v8_last_years_break_no_longer_counts),
        cmocka_unit_test(a_unit_statement_never_makes_a_zero),
        cmocka_unit_test(historic_days_are_claimed_and_never_covered),
        cmocka_unit_test(a_towns_attestation_counts_once_the_county_accepted_it),
        cmocka_unit_test(nobody_reviews_their_own_level),
        cmocka_unit_test(a_withdrawn_attestation_covers_nothing_from_then_on),
        cmocka_unit_test(a_scope_covers_every_counted_unit_of_the_tree_as_known_then),
        cmocka_unit_test(an_attestation_covers_its_own_zero_only),
        cmocka_unit_test(a_streak_runs_over_the_end_of_a_year),
        cmocka_unit_test(a_break_on_the_first_covered_day_is_no_day_of_the_streak),
        cmocka_unit_test(a_break_on_the_last_covered_day_leaves_no_streak),
        cmocka_unit_test(with_a_daily_cadence_each_day_is_owed_after_its_grace),
        cmocka_unit_test(gaps_stand_between_what_was_attested),
        cmocka_unit_test(a_retired_unit_owes_nothing_behind_its_last_day),
        cmocka_unit_test(joint_status_is_broken_by_any_and_zero_by_all),
        cmocka_unit_test(the_joint_streak_counts_days_that_all_three_cover_unbroken),
        cmocka_unit_test(coverage_is_the_union_of_what_was_attested),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
