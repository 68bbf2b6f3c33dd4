/* Which event breaks which zero, who must attest and by when is policy data that changes: each day is judged by the
 * policy of its day, and what was known under the old one stays (DOMAIN 4.11, finding 6). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "county.h"
#include "domain/day.h"

static const enum office office_of_zero[ZERO_COUNT] = {OFFICE_PETITIONS, OFFICE_WORK_SAFETY, OFFICE_PUBLIC_SECURITY};

static void open_on(struct county *county, const char *today)
{
    const struct policy policy = county_policy();
    county_open(county, &policy, today);
}

static struct policy policy_from(const char *effective_from, bool retroactive)
{
    struct policy policy = county_policy();
    snprintf(policy.version, sizeof policy.version, "test-2");
    policy.effective_from = day_of(effective_from);
    policy.retroactive = retroactive;
    return policy;
}

static uint64_t adopt(struct county *county, const struct policy *policy, enum verdict expected)
{
    struct event event = county_event(county, EVENT_POLICY_ADOPTED, "");
    event.adopted.policy = policy;
    event.adopted.text = policy->version;
    assert_int_equal(county_adopt(county, &event), expected);
    return county->position;
}

static uint64_t attest(struct county *county, enum zero zero, enum office office, const char *from_day,
                       const char *to_day)
{
    const struct event event = county_attestation(county, zero, CODE_VILLAGE, from_day, to_day);
    return county_record(county, &event, office);
}

static uint64_t open_matter(struct county *county, enum matter_kind kind, const char *unit, const char *day,
                            enum office office)
{
    struct event event = county_opening(county, kind, day, unit); /* the day is its code too */
    county_happened_on(&event, day);
    return county_record(county, &event, office);
}

static void check_status(struct county *county, const char *unit, enum zero zero, const char *as_of, uint64_t known_at,
                         enum status expected)
{
    enum status found = county_status(county, unit, zero, as_of, known_at).status;
    if (found != expected)
        fail_msg("%s, zero %d, as of %s, known at %llu: status %d, expected %d", unit, (int)zero, as_of,
                 (unsigned long long)known_at, (int)found, (int)expected);
}

/* No case breaks any more. */
static void without_case_rule(struct policy *policy)
{
    policy->break_rule_count = 2;
}

static void a_later_policy_reaches_back_only_if_it_says_so(void **unused)
{
    struct county county;
    (void)unused;
    open_on(&county, "2020-02-10");
    struct policy policy = policy_from("2020-02-09", false);
    adopt(&county, &policy, VERDICT_BAD_VALUE);
    policy.retroactive = true;
    adopt(&county, &policy, VERDICT_ACCEPTED);
    struct policy today = policy_from("2020-02-10", false);
    snprintf(today.version, sizeof today.version, "test-3");
    adopt(&county, &today, VERDICT_ACCEPTED);
    county_close(&county);
}

/* Twice the same would be two results that are told apart and do not differ. An older one may be taken up again. */
static void the_policy_adopted_last_is_not_adopted_again(void **unused)
{
    struct county county;
    (void)unused;
    open_on(&county, "2020-02-10");
    const struct policy policy = policy_from("2020-02-10", false);
    struct policy between = policy;
    snprintf(between.version, sizeof between.version, "test-3");
    adopt(&county, &policy, VERDICT_ACCEPTED);
    adopt(&county, &policy, VERDICT_BAD_VALUE);
    assert_non_null(strstr(county.ruling.text, "'test-2' is the one adopted last"));
    adopt(&county, &between, VERDICT_ACCEPTED);
    adopt(&county, &policy, VERDICT_ACCEPTED);
    county_close(&county);
}

static void what_broke_under_the_old_policy_stays_broken_under_a_milder_one(void **unused)
{
    struct county county;
    (void)unused;
    open_on(&county, "2020-02-10");
    open_matter(&county, MATTER_CASE, CODE_VILLAGE, "2020-02-01", OFFICE_PUBLIC_SECURITY);
    struct policy policy = policy_from("2020-02-10", false);
    without_case_rule(&policy);
    adopt(&county, &policy, VERDICT_ACCEPTED);
    check_status(&county, CODE_VILLAGE, ZERO_CASE, "2020-02-10", POSITION_END, STATUS_BROKEN);
    open_matter(&county, MATTER_CASE, CODE_OTHER_VILLAGE, "2020-02-10", OFFICE_PUBLIC_SECURITY);
    check_status(&county, CODE_OTHER_VILLAGE, ZERO_CASE, "2020-02-10", POSITION_END, STATUS_UNVERIFIED);
    county_close(&county);
}

/* 2020-02-01 is judged by the policy of that day, though it was recorded under the next one. */
static void a_day_is_judged_by_its_own_policy_whenever_it_was_reported(void **unused)
{
    struct county county;
    (void)unused;
    open_on(&county, "2020-02-10");
    struct policy policy = policy_from("2020-02-10", false);
    without_case_rule(&policy);
    adopt(&county, &policy, VERDICT_ACCEPTED);
    county_open_day(&county, "2020-02-20");
    open_matter(&county, MATTER_CASE, CODE_VILLAGE, "2020-02-01", OFFICE_PUBLIC_SECURITY);
    check_status(&county, CODE_VILLAGE, ZERO_CASE, "2020-02-20", POSITION_END, STATUS_BROKEN);
    county_close(&county);
}

static void of_a_retroactive_policy_both_results_can_be_asked(void **unused)
{
    struct county county;
    (void)unused;
    open_on(&county, "2020-02-10");
    attest(&county, ZERO_CASE, OFFICE_PUBLIC_SECURITY, "2020-01-01", "2020-01-31");
    uint64_t before = open_matter(&county, MATTER_CASE, CODE_VILLAGE, "2020-02-01", OFFICE_PUBLIC_SECURITY);
    struct policy policy = policy_from("2020-01-15", true);
    without_case_rule(&policy);
    uint64_t after = adopt(&county, &policy, VERDICT_ACCEPTED);
    check_status(&county, CODE_VILLAGE, ZERO_CASE, "2020-02-10", before, STATUS_BROKEN);
    check_status(&county, CODE_VILLAGE, ZERO_CASE, "2020-02-10", after, STATUS_ZERO);
    /* the same records under the rules as they were known before */
    struct policy_timeline earlier;
    state_timeline(&county.state, before, &earlier);
    const struct status_question question = {.unit = state_find_unit(&county.state, CODE_VILLAGE),
                                             .as_of = day_of("2020-02-10"),
                                             .known_at = POSITION_END,
                                             .policies = &earlier};
    assert_int_equal(status_of_zero(&county.state, &question, ZERO_CASE, &county.scratch).status, STATUS_BROKEN);
    county_close(&county);
}

/* The kept statuses of the open day follow the rules at once. */
static void a_policy_that_takes_effect_changes_todays_statuses_at_once(void **unused)
{
    struct county county;
    enum status now[ZERO_COUNT];
    (void)unused;
    open_on(&county, "2020-02-10");
    open_matter(&county, MATTER_HAZARD, CODE_VILLAGE, "2020-02-10", OFFICE_WORK_SAFETY);
    uint32_t unit = state_find_unit(&county.state, CODE_VILLAGE);
    status_now(&county.state, unit, now, &county.scratch);
    assert_int_equal(now[ZERO_ACCIDENT], STATUS_UNVERIFIED);
    struct policy policy = policy_from("2020-02-10", false);
    policy.break_rules[1] = (struct break_rule){.event = EVENT_HAZARD_FOUND, .zero = ZERO_ACCIDENT};
    adopt(&county, &policy, VERDICT_ACCEPTED);
    status_now(&county.state, unit, now, &county.scratch);
    assert_int_equal(now[ZERO_ACCIDENT], STATUS_BROKEN); /* no policy looked at hazards before */
    county_close(&county);
}

/* The oracle of finding 6: another event breaks a zero by one line of data. */
static void any_event_breaks_any_zero_by_policy_data_only(void **unused)
{
    static const struct {
        enum matter_kind kind;
        enum event_kind event;
        enum zero zero;
    } rows[] = {
        {MATTER_HAZARD, EVENT_HAZARD_FOUND, ZERO_ACCIDENT},    {MATTER_DISPUTE, EVENT_DISPUTE_OPENED, ZERO_CASE},
        {MATTER_DISPUTE, EVENT_DISPUTE_OPENED, ZERO_PETITION}, {MATTER_SEVEN_STEPS, EVENT_GRID_REPORTED, ZERO_CASE},
        {MATTER_HAZARD, EVENT_HAZARD_FOUND, ZERO_CASE},
    };
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct policy policy = county_policy();
        struct county county;
        policy.break_rule_count = 1;
        policy.break_rules[0] = (struct break_rule){.event = rows[i].event, .zero = rows[i].zero};
        county_open(&county, &policy, "2020-02-10");
        for (int zero = 0; zero < ZERO_COUNT; zero++)
            attest(&county, (enum zero)zero, office_of_zero[zero], "2020-01-01", "2020-02-09");
        open_matter(&county, rows[i].kind, CODE_VILLAGE, "2020-02-10", OFFICE_GOVERNANCE);
        for (int zero = 0; zero < ZERO_COUNT; zero++)
            check_status(&county, CODE_VILLAGE, (enum zero)zero, "2020-02-10", POSITION_END,
                         (enum zero)zero == rows[i].zero ? STATUS_BROKEN : STATUS_ZERO);
        /* and what broke before breaks no more */
        open_matter(&county, MATTER_CASE, CODE_OTHER_VILLAGE, "2020-02-10", OFFICE_PUBLIC_SECURITY);
        check_status(&county, CODE_OTHER_VILLAGE, ZERO_CASE, "2020-02-10", POSITION_END, STATUS_UNVERIFIED);
        county_close(&county);
    }
}

/* From 02-15 on the petitions office must vouch for cases too. */
static void another_office_is_required_from_the_policys_day_on(void **unused)
{
    struct county county;
    (void)unused;
    open_on(&county, "2020-02-10");
    struct policy policy = policy_from("2020-02-15", false);
    policy.required[ZERO_CASE] |= OFFICE_BIT(OFFICE_PETITIONS);
    adopt(&county, &policy, VERDICT_ACCEPTED);
    county_open_day(&county, "2020-03-10");
    attest(&county, ZERO_CASE, OFFICE_PUBLIC_SECURITY, "2020-01-01", "2020-02-29");
    check_status(&county, CODE_VILLAGE, ZERO_CASE, "2020-02-29", POSITION_END, STATUS_ZERO);
    check_status(&county, CODE_VILLAGE, ZERO_CASE, "2020-03-10", POSITION_END, STATUS_UNVERIFIED);
    assert_int_equal(county_status(&county, CODE_VILLAGE, ZERO_CASE, "2020-03-10", POSITION_END).verified_until,
                     day_of("2020-02-14"));
    attest(&county, ZERO_CASE, OFFICE_PETITIONS, "2020-02-15", "2020-02-29");
    check_status(&county, CODE_VILLAGE, ZERO_CASE, "2020-03-10", POSITION_END, STATUS_ZERO);
    county_close(&county);
}

static void an_office_that_is_required_no_more_owes_nothing_from_that_day_on(void **unused)
{
    struct policy both = county_policy();
    struct county county;
    (void)unused;
    both.required[ZERO_CASE] |= OFFICE_BIT(OFFICE_PETITIONS);
    county_open(&county, &both, "2020-01-20");
    const struct policy policy = policy_from("2020-02-01", false);
    adopt(&county, &policy, VERDICT_ACCEPTED);
    county_open_day(&county, "2020-03-10");
    attest(&county, ZERO_CASE, OFFICE_PUBLIC_SECURITY, "2020-01-01", "2020-02-29");
    check_status(&county, CODE_VILLAGE, ZERO_CASE, "2020-03-10", POSITION_END, STATUS_UNVERIFIED); /* January */
    attest(&county, ZERO_CASE, OFFICE_PETITIONS, "2020-01-01", "2020-01-31");
    check_status(&county, CODE_VILLAGE, ZERO_CASE, "2020-03-10", POSITION_END, STATUS_ZERO);
    county_close(&county);
}

/* Monthly until 02-14, daily with one day of grace from 02-15 on. */
static void a_new_cadence_holds_for_the_days_from_its_own_on(void **unused)
{
    static const struct {
        const char *as_of;
        enum status status;
    } rows[] = {
        {"2020-02-16", STATUS_ZERO},       /* 02-15 is due today */
        {"2020-02-17", STATUS_UNVERIFIED}, /* and was yesterday */
    };
    struct county county;
    (void)unused;
    open_on(&county, "2020-02-10");
    struct policy policy = policy_from("2020-02-15", false);
    policy.cadence = CADENCE_DAILY;
    policy.grace_days = 1;
    adopt(&county, &policy, VERDICT_ACCEPTED);
    county_open_day(&county, "2020-03-10");
    attest(&county, ZERO_CASE, OFFICE_PUBLIC_SECURITY, "2020-01-01", "2020-01-31");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_status(&county, CODE_VILLAGE, ZERO_CASE, rows[i].as_of, POSITION_END, rows[i].status);
    attest(&county, ZERO_CASE, OFFICE_PUBLIC_SECURITY, "2020-02-15", "2020-03-04");
    check_status(&county, CODE_VILLAGE, ZERO_CASE, "2020-03-05", POSITION_END, STATUS_ZERO); /* early February: today */
    check_status(&county, CODE_VILLAGE, ZERO_CASE, "2020-03-06", POSITION_END, STATUS_UNVERIFIED);
    county_close(&county);
}

static void a_basis_that_counts_no_more_still_covers_the_days_before(void **unused)
{
    struct county county;
    (void)unused;
    open_on(&county, "2020-02-10");
    struct policy policy = policy_from("2020-02-15", false);
    policy.basis_mask = 1u << BASIS_SITE_VISIT;
    adopt(&county, &policy, VERDICT_ACCEPTED);
    county_open_day(&county, "2020-03-10");
    attest(&county, ZERO_CASE, OFFICE_PUBLIC_SECURITY, "2020-01-01", "2020-02-29"); /* on checked registers */
    assert_int_equal(county_status(&county, CODE_VILLAGE, ZERO_CASE, "2020-03-10", POSITION_END).verified_until,
                     day_of("2020-02-14"));
    county_close(&county);
}

/* ---- 属地连带 ---- */

static struct policy territorial_policy(void)
{
    struct policy policy = county_policy();
    policy.territory_too = true;
    return policy;
}

static void a_break_of_an_enterprise_is_its_territorys_only_where_the_policy_says_so(void **unused)
{
    (void)unused;
    for (int too = 0; too < 2; too++) {
        struct policy policy = county_policy();
        struct county county;
        policy.territory_too = too;
        county_open(&county, &policy, "2020-02-10");
        open_matter(&county, MATTER_ACCIDENT, CODE_ENTERPRISE, "2020-02-01", OFFICE_WORK_SAFETY);
        check_status(&county, CODE_ENTERPRISE, ZERO_ACCIDENT, "2020-02-10", POSITION_END, STATUS_BROKEN);
        check_status(&county, CODE_VILLAGE, ZERO_ACCIDENT, "2020-02-10", POSITION_END,
                     too ? STATUS_BROKEN : STATUS_UNVERIFIED);
        check_status(&county, CODE_OTHER_VILLAGE, ZERO_ACCIDENT, "2020-02-10", POSITION_END, STATUS_UNVERIFIED);
        county_close(&county);
    }
}

static void a_village_vouches_for_its_enterprises_from_the_policys_day_on(void **unused)
{
    struct county county;
    (void)unused;
    open_on(&county, "2020-02-10");
    open_matter(&county, MATTER_ACCIDENT, CODE_ENTERPRISE, "2020-02-01", OFFICE_WORK_SAFETY);
    struct policy policy = policy_from("2020-02-05", true);
    policy.territory_too = true;
    adopt(&county, &policy, VERDICT_ACCEPTED);
    check_status(&county, CODE_VILLAGE, ZERO_ACCIDENT, "2020-02-10", POSITION_END, STATUS_UNVERIFIED);
    open_matter(&county, MATTER_ACCIDENT, CODE_ENTERPRISE, "2020-02-06", OFFICE_WORK_SAFETY);
    check_status(&county, CODE_VILLAGE, ZERO_ACCIDENT, "2020-02-10", POSITION_END, STATUS_BROKEN);
    county_close(&county);
}

/* The territory of the day on which it happened, also among the statuses that are kept of the open day. */
static void a_break_before_an_enterprise_moved_is_one_of_its_old_territory(void **unused)
{
    const struct policy policy = territorial_policy();
    struct county county;
    enum status now[ZERO_COUNT];
    (void)unused;
    county_open(&county, &policy, "2020-02-10");
    county_move_unit(&county, CODE_ENTERPRISE, CODE_OTHER_VILLAGE, "2020-02-05");
    uint32_t old = state_find_unit(&county.state, CODE_VILLAGE);
    status_now(&county.state, old, now, &county.scratch);
    open_matter(&county, MATTER_ACCIDENT, CODE_ENTERPRISE, "2020-02-01", OFFICE_WORK_SAFETY);
    check_status(&county, CODE_VILLAGE, ZERO_ACCIDENT, "2020-02-10", POSITION_END, STATUS_BROKEN);
    check_status(&county, CODE_OTHER_VILLAGE, ZERO_ACCIDENT, "2020-02-10", POSITION_END, STATUS_UNVERIFIED);
    status_now(&county.state, old, now, &county.scratch);
    assert_int_equal(now[ZERO_ACCIDENT], STATUS_BROKEN);
    county_close(&county);
}

static void the_territorys_break_goes_with_the_enterprises(void **unused)
{
    const struct policy policy = territorial_policy();
    struct county county;
    enum status now[ZERO_COUNT];
    (void)unused;
    county_open(&county, &policy, "2020-02-10");
    county_move_unit(&county, CODE_ENTERPRISE, CODE_OTHER_VILLAGE, "2020-02-05");
    struct event lifted = county_event(&county, EVENT_EVENT_RETRACTED, "");
    lifted.target = open_matter(&county, MATTER_ACCIDENT, CODE_ENTERPRISE, "2020-02-01", OFFICE_WORK_SAFETY);
    uint32_t old = state_find_unit(&county.state, CODE_VILLAGE);
    status_now(&county.state, old, now, &county.scratch);
    county_expect_from(&county, &lifted, OFFICE_WORK_SAFETY, CODE_COUNTY, "county", VERDICT_ACCEPTED);
    county_expect_from(&county, &lifted, OFFICE_WORK_SAFETY, CODE_COUNTY, "deputy", VERDICT_ACCEPTED);
    check_status(&county, CODE_VILLAGE, ZERO_ACCIDENT, "2020-02-10", POSITION_END, STATUS_UNVERIFIED);
    status_now(&county.state, old, now, &county.scratch);
    assert_int_equal(now[ZERO_ACCIDENT], STATUS_UNVERIFIED);
    county_close(&county);
}

/* As it was known when the break was recorded: a move told later changes neither what was known nor what a hub finds
 * that reads its log again. */
static void a_move_told_after_the_break_leaves_it_with_the_territory_that_was_known(void **unused)
{
    const struct policy policy = territorial_policy();
    struct county county;
    (void)unused;
    county_open(&county, &policy, "2020-02-10");
    uint64_t broken = open_matter(&county, MATTER_ACCIDENT, CODE_ENTERPRISE, "2020-02-07", OFFICE_WORK_SAFETY);
    county_move_unit(&county, CODE_ENTERPRISE, CODE_OTHER_VILLAGE, "2020-02-05");
    for (int again = 0; again < 2; again++) {
        check_status(&county, CODE_VILLAGE, ZERO_ACCIDENT, "2020-02-10", broken, STATUS_BROKEN);
        check_status(&county, CODE_VILLAGE, ZERO_ACCIDENT, "2020-02-10", POSITION_END, STATUS_BROKEN);
        check_status(&county, CODE_OTHER_VILLAGE, ZERO_ACCIDENT, "2020-02-10", POSITION_END, STATUS_UNVERIFIED);
        breaks_rebuild(&county.state);
    }
    county_close(&county);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_later_policy_reaches_back_only_if_it_says_so),
        cmocka_unit_test(the_policy_adopted_last_is_not_adopted_again),
        cmocka_unit_test(what_broke_under_the_old_policy_stays_broken_under_a_milder_one),
        cmocka_unit_test(a_day_is_judged_by_its_own_policy_whenever_it_was_reported),
        cmocka_unit_test(of_a_retroactive_policy_both_results_can_be_asked),
        cmocka_unit_test(a_policy_that_takes_effect_changes_todays_statuses_at_once),
        cmocka_unit_test(any_event_breaks_any_zero_by_policy_data_only),
        cmocka_unit_test(another_office_is_required_from_the_policys_day_on),
        cmocka_unit_test(an_office_that_is_required_no_more_owes_nothing_from_that_day_on),
        cmocka_unit_test(a_new_cadence_holds_for_the_days_from_its_own_on),
        cmocka_unit_test(a_basis_that_counts_no_more_still_covers_the_days_before),
        cmocka_unit_test(a_break_of_an_enterprise_is_its_territorys_only_where_the_policy_says_so),
        cmocka_unit_test(a_village_vouches_for_its_enterprises_from_the_policys_day_on),
        cmocka_unit_test(a_break_before_an_enterprise_moved_is_one_of_its_old_territory),
        cmocka_unit_test(the_territorys_break_goes_with_the_enterprises),
        cmocka_unit_test(a_move_told_after_the_break_leaves_it_with_the_territory_that_was_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
