/* The tree of a day as known at a position (DOMAIN 4.1, rulings 6, 8, 9, 13 and 15): names and places change from a day
 * on, units merge, split and end, and what happened before stays where it happened. */
#include "domain/tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "county.h"
#include "domain/day.h"
#include "domain/rollup.h"

#define CODE_NEW_VILLAGE "140322102202"
#define CODE_THIRD_VILLAGE "140322102203"
/* 下社乡, in the national list of 2020-06-30 and gone from that of 2021-10-31, and a village of it. */
#define CODE_XIASHE "140322202000"
#define CODE_XIASHE_VILLAGE "140322202200"

static void open_on(struct county *county, const char *today)
{
    const struct policy policy = county_policy();
    county_open(county, &policy, today);
}

static void check_parent(const struct county *county, const char *unit, const char *day, uint64_t known_at,
                         const char *expected)
{
    const struct state *state = &county->state;
    const char *found =
        state_unit(state, unit_parent_on(state, state_find_unit(state, unit), day_of(day), known_at))->code;
    if (strcmp(found, expected) != 0)
        fail_msg("on %s %s stands below '%s', expected '%s'", day, unit, found, expected);
}

static const char *name_on(const struct county *county, const char *unit, const char *day, uint64_t known_at)
{
    const struct state *state = &county->state;
    return state_text(state, unit_said_on(state, state_find_unit(state, unit), SAYS_NAME, day_of(day), known_at)->name);
}

static bool lives_on(const struct county *county, const char *unit, const char *day, uint64_t known_at)
{
    const struct state *state = &county->state;
    return unit_lives(state_unit(state, state_find_unit(state, unit)), day_of(day), known_at);
}

static void merge(struct county *county, const char *ended, const char *successor, const char *valid_to)
{
    county_end_unit(county, EVENT_UNIT_MERGED, ended, &successor, 1, valid_to);
}

static void attest(struct county *county, const char *unit, const char *from_day, const char *to_day)
{
    const struct event event = county_attestation(county, ZERO_CASE, unit, from_day, to_day);
    county_record(county, &event, OFFICE_PUBLIC_SECURITY);
}

static uint64_t file_case(struct county *county, const char *matter, const char *unit, const char *day)
{
    struct event event = county_opening(county, MATTER_CASE, matter, unit);
    county_happened_on(&event, day);
    return county_record(county, &event, OFFICE_PUBLIC_SECURITY);
}

static void check_case_status(struct county *county, const char *unit, const char *as_of, enum status expected)
{
    enum status found = county_status(county, unit, ZERO_CASE, as_of, POSITION_END).status;
    if (found != expected)
        fail_msg("as of %s %s has status %d, expected %d", as_of, unit, (int)found, (int)expected);
}

static uint32_t total_below(struct county *county, const char *node, const char *day)
{
    struct rollup rollup;
    rollup_on(&county->state, state_find_unit(&county->state, node), day_of(day), POSITION_END, &rollup,
              &county->scratch);
    return rollup.joint[GROUP_ALL].total;
}

static void a_new_name_holds_from_its_day_on_and_was_not_known_before(void **unused)
{
    struct county county;
    (void)unused;
    open_on(&county, "2020-02-10");
    uint64_t before = county.state.heads.position;
    struct event renamed = county_event(&county, EVENT_UNIT_CHANGED, CODE_VILLAGE);
    renamed.unit_facts.name = "示范01村";
    renamed.unit_facts.parent = "";
    renamed.unit_facts.from_day = day_of("2020-02-05");
    uint64_t after = county_record(&county, &renamed, OFFICE_GOVERNANCE);
    assert_string_equal(name_on(&county, CODE_VILLAGE, "2020-02-04", after), CODE_VILLAGE);
    assert_string_equal(name_on(&county, CODE_VILLAGE, "2020-02-05", after), "示范01村");
    assert_string_equal(name_on(&county, CODE_VILLAGE, "2020-02-05", before), CODE_VILLAGE);
    check_parent(&county, CODE_VILLAGE, "2020-02-05", after, CODE_TOWN); /* what was not said stays */
    county_close(&county);
}

static void a_unit_stands_below_its_new_parent_from_the_day_on_as_known_since(void **unused)
{
    struct county county;
    (void)unused;
    open_on(&county, "2020-02-10");
    uint64_t before = county.state.heads.position;
    county_move_unit(&county, CODE_VILLAGE, CODE_OTHER_TOWN, "2020-02-05");
    check_parent(&county, CODE_VILLAGE, "2020-02-04", POSITION_END, CODE_TOWN);
    check_parent(&county, CODE_VILLAGE, "2020-02-05", POSITION_END, CODE_OTHER_TOWN);
    check_parent(&county, CODE_VILLAGE, "2020-02-05", before, CODE_TOWN);
    check_parent(&county, CODE_ENTERPRISE, "2020-02-05", POSITION_END, CODE_VILLAGE); /* goes along */
    assert_int_equal(total_below(&county, CODE_OTHER_TOWN, "2020-02-04"), 1);
    assert_int_equal(total_below(&county, CODE_OTHER_TOWN, "2020-02-05"), 3);
    assert_int_equal(total_below(&county, CODE_TOWN, "2020-02-05"), 1);
    county_close(&county);
}

static void of_changes_that_hold_the_latest_counts_and_of_one_day_the_one_said_last(void **unused)
{
    struct county county;
    (void)unused;
    open_on(&county, "2020-02-10");
    county_move_unit(&county, CODE_VILLAGE, CODE_OTHER_TOWN, "2020-02-08");
    county_move_unit(&county, CODE_VILLAGE, CODE_TOWN, "2020-02-05"); /* said later, holds from earlier */
    check_parent(&county, CODE_VILLAGE, "2020-02-07", POSITION_END, CODE_TOWN);
    check_parent(&county, CODE_VILLAGE, "2020-02-08", POSITION_END, CODE_OTHER_TOWN);
    county_move_unit(&county, CODE_VILLAGE, CODE_TOWN, "2020-02-08");
    check_parent(&county, CODE_VILLAGE, "2020-02-08", POSITION_END, CODE_TOWN);
    county_close(&county);
}

static void two_units_that_merge_into_a_third_leave_it_what_stood_below_them(void **unused)
{
    struct county county;
    (void)unused;
    open_on(&county, "2020-02-10");
    county_register(&county, UNIT_VILLAGE, CODE_NEW_VILLAGE, CODE_TOWN, "2020-02-05");
    uint64_t before = county.state.heads.position;
    merge(&county, CODE_VILLAGE, CODE_NEW_VILLAGE, "2020-02-05");
    merge(&county, CODE_OTHER_VILLAGE, CODE_NEW_VILLAGE, "2020-02-05");
    assert_true(lives_on(&county, CODE_VILLAGE, "2020-02-04", POSITION_END));
    assert_false(lives_on(&county, CODE_VILLAGE, "2020-02-05", POSITION_END)); /* valid_to is exclusive */
    assert_true(lives_on(&county, CODE_VILLAGE, "2020-02-05", before));
    check_parent(&county, CODE_ENTERPRISE, "2020-02-04", POSITION_END, CODE_VILLAGE);
    check_parent(&county, CODE_ENTERPRISE, "2020-02-05", POSITION_END, CODE_NEW_VILLAGE);
    check_parent(&county, CODE_ENTERPRISE, "2020-02-05", before, CODE_VILLAGE);
    assert_int_equal(total_below(&county, CODE_TOWN, "2020-02-04"), 3);
    assert_int_equal(total_below(&county, CODE_TOWN, "2020-02-05"), 2);
    county_close(&county);
}

/* Named first, so that a county can say where the rest goes. */
static void what_stood_below_a_unit_that_was_split_goes_to_the_first_named(void **unused)
{
    static const char *const parts[] = {CODE_THIRD_VILLAGE, CODE_NEW_VILLAGE};
    struct county county;
    (void)unused;
    open_on(&county, "2020-02-10");
    county_register(&county, UNIT_VILLAGE, CODE_NEW_VILLAGE, CODE_TOWN, "2020-02-05");
    county_register(&county, UNIT_VILLAGE, CODE_THIRD_VILLAGE, CODE_OTHER_TOWN, "2020-02-05");
    county_end_unit(&county, EVENT_UNIT_SPLIT, CODE_VILLAGE, parts, 2, "2020-02-05");
    check_parent(&county, CODE_ENTERPRISE, "2020-02-05", POSITION_END, CODE_THIRD_VILLAGE);
    county_close(&county);
}

static void what_happened_at_a_unit_that_was_split_counts_where_what_stood_below_it_went(void **unused)
{
    static const char *const parts[] = {CODE_THIRD_VILLAGE, CODE_NEW_VILLAGE};
    struct county county;
    struct scope scope;
    (void)unused;
    open_on(&county, "2020-02-10");
    county_register(&county, UNIT_VILLAGE, CODE_NEW_VILLAGE, CODE_TOWN, "2020-02-05");
    county_register(&county, UNIT_VILLAGE, CODE_THIRD_VILLAGE, CODE_OTHER_TOWN, "2020-02-05");
    county_end_unit(&county, EVENT_UNIT_SPLIT, CODE_VILLAGE, parts, 2, "2020-02-05");
    const struct state *state = &county.state;
    uint32_t ended = state_find_unit(state, CODE_VILLAGE);
    scope_open(state, state_find_unit(state, CODE_OTHER_TOWN), day_of("2020-02-10"), POSITION_END, &scope);
    assert_true(scope_holds(&scope, ended));
    scope_close(&scope);
    scope_open(state, state_find_unit(state, CODE_TOWN), day_of("2020-02-10"), POSITION_END, &scope);
    assert_false(scope_holds(&scope, ended));
    scope_close(&scope);
    county_close(&county);
}

static void a_retired_unit_ends_without_a_successor_and_once(void **unused)
{
    struct county county;
    (void)unused;
    open_on(&county, "2020-02-10");
    county_end_unit(&county, EVENT_UNIT_RETIRED, CODE_ENTERPRISE, NULL, 0, "2020-02-05");
    assert_true(lives_on(&county, CODE_ENTERPRISE, "2020-02-04", POSITION_END));
    assert_false(lives_on(&county, CODE_ENTERPRISE, "2020-02-05", POSITION_END));
    struct event again = county_event(&county, EVENT_UNIT_RETIRED, CODE_VILLAGE);
    again.unit_end.valid_to = day_of("1999-12-31");
    county_expect(&county, &again, OFFICE_GOVERNANCE, VERDICT_BAD_VALUE); /* before it began */
    again.unit_end.valid_to = day_of("2020-02-11");
    county_expect(&county, &again, OFFICE_GOVERNANCE, VERDICT_ACCEPTED);
    county_expect(&county, &again, OFFICE_GOVERNANCE, VERDICT_NOT_VALID);
    county_close(&county);
}

static void a_successor_was_registered_before_lives_then_and_is_of_the_same_kind(void **unused)
{
    static const struct {
        const char *successor;
        enum verdict verdict;
    } rows[] = {
        {CODE_THIRD_VILLAGE, VERDICT_UNKNOWN_UNIT},
        {CODE_VILLAGE, VERDICT_BAD_VALUE},
        {CODE_TOWN, VERDICT_BAD_VALUE},
        {CODE_ENTERPRISE, VERDICT_BAD_VALUE},
        {CODE_NEW_VILLAGE, VERDICT_NOT_VALID},
        {CODE_COMMUNITY, VERDICT_ACCEPTED},
    };
    struct county county;
    (void)unused;
    open_on(&county, "2020-02-10");
    county_register(&county, UNIT_VILLAGE, CODE_NEW_VILLAGE, CODE_TOWN, "2020-03-01");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct event event = county_event(&county, EVENT_UNIT_MERGED, CODE_VILLAGE);
        county_succeeded_by(&event, &rows[i].successor);
        event.unit_end.valid_to = day_of("2020-02-11");
        county_expect(&county, &event, OFFICE_GOVERNANCE, rows[i].verdict);
    }
    county_close(&county);
}

/* Ruling 9: a merger launders nothing. */
static void breaks_are_inherited_until_the_period_of_the_merger_ends(void **unused)
{
    struct county county;
    (void)unused;
    open_on(&county, "2020-03-01");
    file_case(&county, "c-1", CODE_VILLAGE, "2020-02-14");
    merge(&county, CODE_VILLAGE, CODE_OTHER_VILLAGE, "2020-07-01");
    county_open_day(&county, "2021-02-10");
    check_case_status(&county, CODE_OTHER_VILLAGE, "2020-06-30", STATUS_UNVERIFIED);
    check_case_status(&county, CODE_OTHER_VILLAGE, "2020-07-01", STATUS_BROKEN);
    check_case_status(&county, CODE_OTHER_VILLAGE, "2020-12-31", STATUS_BROKEN);
    check_case_status(&county, CODE_OTHER_VILLAGE, "2021-01-01", STATUS_UNVERIFIED);
    assert_int_equal(county_status(&county, CODE_OTHER_VILLAGE, ZERO_CASE, "2020-12-31", POSITION_END).since,
                     day_of("2020-02-14"));
    county_close(&county);
}

static void breaks_of_the_year_before_the_merger_are_not_inherited(void **unused)
{
    struct county county;
    (void)unused;
    open_on(&county, "2020-03-01");
    file_case(&county, "c-1", CODE_VILLAGE, "2020-02-14");
    county_open_day(&county, "2021-02-10");
    merge(&county, CODE_VILLAGE, CODE_OTHER_VILLAGE, "2021-02-01");
    check_case_status(&county, CODE_OTHER_VILLAGE, "2021-02-10", STATUS_UNVERIFIED);
    county_close(&county);
}

static void breaks_are_inherited_through_several_mergers(void **unused)
{
    struct county county;
    (void)unused;
    open_on(&county, "2020-03-01");
    file_case(&county, "c-1", CODE_VILLAGE, "2020-02-14");
    merge(&county, CODE_VILLAGE, CODE_OTHER_VILLAGE, "2020-03-02");
    county_open_day(&county, "2020-03-05");
    merge(&county, CODE_OTHER_VILLAGE, CODE_COMMUNITY, "2020-03-05");
    check_case_status(&county, CODE_COMMUNITY, "2020-03-04", STATUS_UNVERIFIED);
    check_case_status(&county, CODE_COMMUNITY, "2020-03-05", STATUS_BROKEN);
    county_close(&county);
}

/* Split, and merged again: the same predecessor by two ways. */
static void a_break_is_inherited_once_whatever_ways_it_came(void **unused)
{
    static const char *const parts[] = {CODE_NEW_VILLAGE, CODE_THIRD_VILLAGE};
    struct county county;
    (void)unused;
    open_on(&county, "2020-03-01");
    file_case(&county, "c-1", CODE_VILLAGE, "2020-02-14");
    county_register(&county, UNIT_VILLAGE, CODE_NEW_VILLAGE, CODE_TOWN, "2020-03-01");
    county_register(&county, UNIT_VILLAGE, CODE_THIRD_VILLAGE, CODE_TOWN, "2020-03-01");
    county_end_unit(&county, EVENT_UNIT_SPLIT, CODE_VILLAGE, parts, 2, "2020-03-02");
    merge(&county, CODE_NEW_VILLAGE, CODE_OTHER_VILLAGE, "2020-03-03");
    merge(&county, CODE_THIRD_VILLAGE, CODE_OTHER_VILLAGE, "2020-03-03");
    county_open_day(&county, "2020-03-05");
    assert_int_equal(county_status(&county, CODE_OTHER_VILLAGE, ZERO_CASE, "2020-03-05", POSITION_END).breaks, 1);
    county_close(&county);
}

static void a_break_reported_after_the_merger_breaks_the_successor_at_once(void **unused)
{
    struct county county;
    (void)unused;
    enum status now[ZERO_COUNT];
    open_on(&county, "2020-03-01");
    merge(&county, CODE_VILLAGE, CODE_OTHER_VILLAGE, "2020-02-20");
    uint32_t successor = state_find_unit(&county.state, CODE_OTHER_VILLAGE);
    status_now(&county.state, successor, now, &county.scratch);
    assert_int_equal(now[ZERO_CASE], STATUS_UNVERIFIED);
    file_case(&county, "c-1", CODE_VILLAGE, "2020-02-14");
    status_now(&county.state, successor, now, &county.scratch);
    assert_int_equal(now[ZERO_CASE], STATUS_BROKEN);
    county_close(&county);
}

/* Ruling 15: its own days and the smallest of its predecessors'. */
static void a_merged_units_streak_is_its_own_and_the_smallest_of_its_predecessors(void **unused)
{
    static const struct {
        const char *village_from, *other_from; /* attested from there to the eve of the merger on 02-01 */
        const char *broken;                    /* a break of the other one, or NULL */
        int32_t streak;                        /* on 02-29 */
    } rows[] = {
        {"2020-01-01", "2020-01-01", NULL, 60},         {"2020-01-01", "2020-01-22", NULL, 39},
        {"2020-01-12", "2020-01-22", NULL, 39},         {"2020-01-01", "2020-01-01", "2020-01-21", 39},
        {"2020-01-01", "2020-01-01", "2020-01-31", 29},
    };
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct county county;
        open_on(&county, "2020-02-01");
        county_register(&county, UNIT_VILLAGE, CODE_NEW_VILLAGE, CODE_TOWN, "2020-02-01");
        attest(&county, CODE_VILLAGE, rows[i].village_from, "2020-01-31");
        attest(&county, CODE_OTHER_VILLAGE, rows[i].other_from, "2020-01-31");
        if (rows[i].broken)
            file_case(&county, "c-1", CODE_OTHER_VILLAGE, rows[i].broken);
        merge(&county, CODE_VILLAGE, CODE_NEW_VILLAGE, "2020-02-01");
        merge(&county, CODE_OTHER_VILLAGE, CODE_NEW_VILLAGE, "2020-02-01");
        county_open_day(&county, "2020-03-01");
        attest(&county, CODE_NEW_VILLAGE, "2020-02-01", "2020-02-29");
        int32_t found = county_status(&county, CODE_NEW_VILLAGE, ZERO_CASE, "2020-03-01", POSITION_END).streak_days;
        if (found != rows[i].streak)
            fail_msg("row %zu: a streak of %d days, expected %d", i, (int)found, (int)rows[i].streak);
        county_close(&county);
    }
}

static void a_streak_that_does_not_reach_back_to_the_merger_is_the_units_own(void **unused)
{
    struct county county;
    (void)unused;
    open_on(&county, "2020-02-01");
    county_register(&county, UNIT_VILLAGE, CODE_NEW_VILLAGE, CODE_TOWN, "2020-02-01");
    attest(&county, CODE_VILLAGE, "2020-01-01", "2020-01-31");
    merge(&county, CODE_VILLAGE, CODE_NEW_VILLAGE, "2020-02-01");
    county_open_day(&county, "2020-03-01");
    attest(&county, CODE_NEW_VILLAGE, "2020-02-11", "2020-02-29");
    assert_int_equal(county_status(&county, CODE_NEW_VILLAGE, ZERO_CASE, "2020-03-01", POSITION_END).streak_days, 19);
    county_close(&county);
}

/* ---- attestations of a scope, ruling 13 ---- */

static void attest_scope(struct county *county, const char *root, const char *from_day, const char *to_day)
{
    struct event event = county_attestation(county, ZERO_CASE, root, from_day, to_day);
    event.attested.scope = true;
    county_record(county, &event, OFFICE_PUBLIC_SECURITY);
}

static void check_verified_until(struct county *county, const char *unit, const char *expected)
{
    char found[DAY_TEXT_SIZE];
    day_format(county_status(county, unit, ZERO_CASE, "2020-02-10", POSITION_END).verified_until, found);
    assert_string_equal(found, expected);
}

static void a_scope_covers_each_day_the_units_that_stood_in_it_on_that_day(void **unused)
{
    struct county county;
    (void)unused;
    open_on(&county, "2020-02-01");
    county_move_unit(&county, CODE_VILLAGE, CODE_OTHER_TOWN, "2020-01-16");
    attest_scope(&county, CODE_TOWN, "2020-01-01", "2020-01-31");
    check_verified_until(&county, CODE_VILLAGE, "2020-01-15");
    check_verified_until(&county, CODE_ENTERPRISE, "2020-01-15"); /* it stands on the village's ground */
    check_verified_until(&county, CODE_OTHER_VILLAGE, "2020-01-31");
    check_verified_until(&county, CODE_COMMUNITY, "");
    attest_scope(&county, CODE_OTHER_TOWN, "2020-01-01", "2020-01-31");
    check_verified_until(&county, CODE_VILLAGE, "2020-01-31");
    check_verified_until(&county, CODE_COMMUNITY, "2020-01-31");
    county_close(&county);
}

static void a_move_said_after_the_attestation_changes_nothing_that_it_covers(void **unused)
{
    struct county county;
    (void)unused;
    open_on(&county, "2020-02-01");
    attest_scope(&county, CODE_TOWN, "2020-01-01", "2020-01-31");
    county_move_unit(&county, CODE_VILLAGE, CODE_OTHER_TOWN, "2020-01-16");
    check_verified_until(&county, CODE_VILLAGE, "2020-01-31");
    county_close(&county);
}

/* A thousand units may change on one day, by one letter from the province. */
static void however_much_changed_on_one_day_the_changes_of_others_are_seen(void **unused)
{
    struct county county;
    (void)unused;
    open_on(&county, "2020-02-01");
    for (int i = 0; i < 1200; i++)
        county_move_unit(&county, CODE_OTHER_VILLAGE, CODE_TOWN, "2020-01-05");
    county_move_unit(&county, CODE_VILLAGE, CODE_OTHER_TOWN, "2020-01-16");
    attest_scope(&county, CODE_TOWN, "2020-01-01", "2020-01-31");
    check_verified_until(&county, CODE_VILLAGE, "2020-01-15");
    county_close(&county);
}

/* One attestation about a year and a county would else be thousands of rows for each change in it. */
static void a_scope_covers_a_unit_that_stayed_with_one_row(void **unused)
{
    struct county county;
    (void)unused;
    open_on(&county, "2020-03-01");
    county_move_unit(&county, CODE_VILLAGE, CODE_OTHER_TOWN, "2020-01-16");
    for (int i = 0; i < 20; i++) {
        struct event renamed = county_event(&county, EVENT_UNIT_CHANGED, CODE_COMMUNITY);
        renamed.unit_facts.name = "示范02社区";
        renamed.unit_facts.parent = "";
        renamed.unit_facts.from_day = day_of("2020-01-05") + i;
        county_record(&county, &renamed, OFFICE_GOVERNANCE);
    }
    uint32_t before = county.state.coverages.count;
    attest_scope(&county, CODE_TOWN, "2020-01-01", "2020-01-31"); /* the village and its enterprise left on the way */
    assert_int_equal(county.state.coverages.count - before, 3);
    attest_scope(&county, CODE_COUNTY, "2020-01-01", "2020-01-31");
    assert_int_equal(county.state.coverages.count - before, 3 + 4);
    check_verified_until(&county, CODE_OTHER_VILLAGE, "2020-01-31");
    check_verified_until(&county, CODE_VILLAGE, "2020-01-31");
    county_close(&county);
}

/* ---- 下社乡 ---- */

static void xiashe_township_stands_in_the_tree_until_it_was_merged_and_its_village_lives_on(void **unused)
{
    struct county county;
    (void)unused;
    open_on(&county, "2020-06-30");
    county_register(&county, UNIT_TOWN, CODE_XIASHE, CODE_COUNTY, "2000-01-01");
    county_register(&county, UNIT_VILLAGE, CODE_XIASHE_VILLAGE, CODE_XIASHE, "2000-01-01");
    file_case(&county, "c-1", CODE_XIASHE_VILLAGE, "2020-06-29");
    county_open_day(&county, "2021-10-31");
    uint64_t before = county.state.heads.position;
    merge(&county, CODE_XIASHE, CODE_OTHER_TOWN, "2021-09-01");
    check_parent(&county, CODE_XIASHE_VILLAGE, "2020-06-30", POSITION_END, CODE_XIASHE);
    check_parent(&county, CODE_XIASHE_VILLAGE, "2021-08-31", POSITION_END, CODE_XIASHE);
    check_parent(&county, CODE_XIASHE_VILLAGE, "2021-09-01", POSITION_END, CODE_OTHER_TOWN);
    check_parent(&county, CODE_XIASHE_VILLAGE, "2021-10-31", before, CODE_XIASHE);
    static const struct {
        const char *day;
        uint32_t xiashe, other_town, county;
    } rows[] = {{"2020-06-30", 1, 1, 5}, {"2021-08-31", 1, 1, 5}, {"2021-09-01", 0, 2, 5}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(total_below(&county, CODE_XIASHE, rows[i].day), rows[i].xiashe);
        assert_int_equal(total_below(&county, CODE_OTHER_TOWN, rows[i].day), rows[i].other_town);
        assert_int_equal(total_below(&county, CODE_COUNTY, rows[i].day), rows[i].county);
    }
    check_case_status(&county, CODE_XIASHE_VILLAGE, "2020-06-30", STATUS_BROKEN); /* its history is its own */
    assert_int_equal(county.state.units.count - 1, 11);
    county_close(&county);
}

static void xiashes_code_is_never_used_again(void **unused)
{
    struct county county;
    (void)unused;
    open_on(&county, "2021-10-31");
    county_register(&county, UNIT_TOWN, CODE_XIASHE, CODE_COUNTY, "2000-01-01");
    merge(&county, CODE_XIASHE, CODE_OTHER_TOWN, "2021-09-01");
    struct event again = county_event(&county, EVENT_UNIT_REGISTERED, CODE_XIASHE);
    again.unit_facts.kind = UNIT_TOWN;
    again.unit_facts.name = "下社乡";
    again.unit_facts.parent = CODE_COUNTY;
    again.unit_facts.from_day = day_of("2021-10-01");
    county_expect(&county, &again, OFFICE_GOVERNANCE, VERDICT_DUPLICATE_UNIT);
    county_close(&county);
}

/* Villages 200 + 9g … of generation g: the first splits into eight, which merge into the first of the next. */
static void diamond(struct county *county, unsigned generation, const char *split_on, const char *merged_on)
{
    enum { WIDTH = 8 };
    char codes[WIDTH + 2][UNIT_CODE_SIZE];
    const char *parts[WIDTH];
    for (unsigned i = 0; i < WIDTH + 2; i++) {
        snprintf(codes[i], sizeof codes[i], "140322100%03u", 200 + generation * (WIDTH + 1) + i);
        if (generation == 0 || i > 0)
            county_register(county, UNIT_VILLAGE, codes[i], CODE_OTHER_TOWN, "2019-01-01");
    }
    for (unsigned i = 0; i < WIDTH; i++)
        parts[i] = codes[i + 1];
    county_end_unit(county, EVENT_UNIT_SPLIT, codes[0], parts, WIDTH, split_on);
    for (unsigned i = 0; i < WIDTH; i++)
        merge(county, parts[i], codes[WIDTH + 1], merged_on);
}

/* Eight ways lead through each generation: whoever went all of them would be at it for years. */
static void however_often_units_split_and_merge_each_is_looked_at_once(void **unused)
{
    enum { GENERATIONS = 14 };
    struct county county;
    struct rollup rollup;
    char last[UNIT_CODE_SIZE];
    (void)unused;
    open_on(&county, "2020-02-10");
    for (unsigned i = 0; i < GENERATIONS; i++) {
        char split_on[DAY_TEXT_SIZE];
        char merged_on[DAY_TEXT_SIZE];
        day_format(day_of("2020-01-02") + 2 * (int32_t)i, split_on);
        day_format(day_of("2020-01-03") + 2 * (int32_t)i, merged_on);
        diamond(&county, i, split_on, merged_on);
    }
    snprintf(last, sizeof last, "140322100%03u", 200 + GENERATIONS * 9);
    for (unsigned i = 0; i <= GENERATIONS * 9; i++) {
        char code[UNIT_CODE_SIZE];
        snprintf(code, sizeof code, "140322100%03u", 200 + i);
        attest(&county, code, "2020-01-01", "2020-02-09");
    }
    rollup_now(&county.state, state_find_unit(&county.state, last), &rollup, &county.scratch);
    int32_t streak = county_status(&county, last, ZERO_CASE, "2020-02-09", POSITION_END).streak_days;
    assert_in_range(streak, 1, 40);
    county_close(&county);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(however_often_units_split_and_merge_each_is_looked_at_once),
        cmocka_unit_test(a_new_name_holds_from_its_day_on_and_was_not_known_before),
        cmocka_unit_test(a_unit_stands_below_its_new_parent_from_the_day_on_as_known_since),
        cmocka_unit_test(of_changes_that_hold_the_latest_counts_and_of_one_day_the_one_said_last),
        cmocka_unit_test(two_units_that_merge_into_a_third_leave_it_what_stood_below_them),
        cmocka_unit_test(what_stood_below_a_unit_that_was_split_goes_to_the_first_named),
        cmocka_unit_test(what_happened_at_a_unit_that_was_split_counts_where_what_stood_below_it_went),
        cmocka_unit_test(a_retired_unit_ends_without_a_successor_and_once),
        cmocka_unit_test(a_successor_was_registered_before_lives_then_and_is_of_the_same_kind),
        cmocka_unit_test(breaks_are_inherited_until_the_period_of_the_merger_ends),
        cmocka_unit_test(breaks_of_the_year_before_the_merger_are_not_inherited),
        cmocka_unit_test(breaks_are_inherited_through_several_mergers),
        cmocka_unit_test(a_break_is_inherited_once_whatever_ways_it_came),
        cmocka_unit_test(a_break_reported_after_the_merger_breaks_the_successor_at_once),
        cmocka_unit_test(a_merged_units_streak_is_its_own_and_the_smallest_of_its_predecessors),
        cmocka_unit_test(a_streak_that_does_not_reach_back_to_the_merger_is_the_units_own),
        cmocka_unit_test(a_scope_covers_each_day_the_units_that_stood_in_it_on_that_day),
        cmocka_unit_test(a_move_said_after_the_attestation_changes_nothing_that_it_covers),
        cmocka_unit_test(however_much_changed_on_one_day_the_changes_of_others_are_seen),
        cmocka_unit_test(a_scope_covers_a_unit_that_stayed_with_one_row),
        cmocka_unit_test(xiashe_township_stands_in_the_tree_until_it_was_merged_and_its_village_lives_on),
        cmocka_unit_test(xiashes_code_is_never_used_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
