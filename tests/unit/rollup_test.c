/* Counts up the tree and printed figures: the vectors of DOMAIN 1.3, 4.6 and 4.8. */
#include "domain/rollup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "county.h"
#include "domain/day.h"
#include "draw.h"

static void rates_are_rounded_half_up_and_clamped(void **unused)
{
    static const struct {
        uint64_t part, whole;
        int decimals;
        const char *expected;
    } rows[] = {
        {3165, 3186, 1, "99.3"},
        {3167, 3186, 1, "99.4"},
        {3167, 3186, 2, "99.40"},
        {4418, 4419, 2, "99.98"},
        {4706, 4707, 2, "99.98"},
        {98, 111, 0, "88"},
        {45, 54, 1, "83.3"},
        {52, 84, 1, "61.9"},
        {99999, 100000, 2, "99.99"}, /* not 100.00 */
        {287, 288, 0, "99"},         /* not 100 */
        {288, 288, 0, "100"},
        {288, 288, 4, "100.0000"},
        {1, 100000, 2, "0.01"}, /* not 0.00 */
        {1, 1000, 0, "1"},      /* not 0 */
        {0, 1000, 2, "0.00"},
        {0, 0, 2, ""},
        {60, 54, 1, "111.1"}, /* a rate of the period can exceed all */
        {1, 200, 0, "1"},     /* a half goes up */
        {1, 8, 1, "12.5"},
        {1, 16, 1, "6.3"}, /* 6.25 */
        {999999999999, 1000000000000, 4, "99.9999"},
    };
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[RATE_TEXT_SIZE];
        rate_format(rows[i].part, rows[i].whole, rows[i].decimals, text);
        assert_string_equal(text, rows[i].expected);
    }
}

static void only_all_is_a_hundred_and_only_none_is_nothing(void **unused)
{
    (void)unused;
    for (uint64_t whole = 1; whole < 600; whole++)
        for (uint64_t part = 0; part <= whole; part++) {
            char text[RATE_TEXT_SIZE];
            rate_format(part, whole, 0, text);
            int percent = atoi(text);
            assert_int_equal(percent == 100, part == whole);
            assert_int_equal(percent == 0, part == 0);
        }
}

static void changes_carry_their_sign_and_round_by_magnitude(void **unused)
{
    static const struct {
        uint64_t now, before;
        const char *expected;
    } rows[] = {
        {54, 84, "-35.7"},    {54, 83, "-34.9"},     {54, 85, "-36.5"},    {84, 54, "+55.6"}, {84, 84, "0.0"},
        {0, 84, "-100.0"},    {84, 0, ""},           {2001, 2000, "+0.1"}, /* 0.05: a half goes away from zero */
        {1999, 2000, "-0.1"}, {10001, 10000, "0.0"},                       /* 0.01 */
    };
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[RATE_TEXT_SIZE];
        change_format(rows[i].now, rows[i].before, text);
        assert_string_equal(text, rows[i].expected);
    }
}

static void points_are_the_difference_of_exact_rates_rounded_once(void **unused)
{
    static const struct {
        uint64_t part, whole, part_before, whole_before;
        const char *expected;
    } rows[] = {
        {45, 54, 52, 84, "+21.4"},
        {45, 54, 51, 84, "+22.6"},
        {45, 54, 53, 84, "+20.2"},
        {52, 84, 45, 54, "-21.4"},
        {1, 2, 1, 2, "0.0"},
        {1, 1, 0, 1, "+100.0"},
        {1, 0, 1, 2, ""},
        {1, 2, 0, 0, ""},
        {1, 2000, 0, 1, "+0.1"}, /* 0.05 points */
        /* 66.65 - 33.35 = 33.30; the rates rounded first would differ by 33.3 or 33.4 */
        {1333, 2000, 667, 2000, "+33.3"},
    };
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[RATE_TEXT_SIZE];
        points_format(rows[i].part, rows[i].whole, rows[i].part_before, rows[i].whole_before, text);
        assert_string_equal(text, rows[i].expected);
    }
}

static void more_than_says_the_leading_digit(void **unused)
{
    static const struct {
        uint64_t count;
        const char *expected;
    } rows[] = {{1026, "1000余"},   {50312, "5万余"},   {304, "300余"},   {83, "80余"},
                {7, "7"},           {0, "0"},           {300, "300"},     {50000, "5万"},
                {123456, "10万余"}, {1000000, "100万"}, {9999, "9000余"}, {10000, "1万"},
                {10001, "1万余"},   {100000, "10万"},   {99999, "9万余"}, {12345678, "1000万余"}};
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[RATE_TEXT_SIZE];
        more_than_format(rows[i].count, text);
        assert_string_equal(text, rows[i].expected);
    }
}

static void villages_and_communities_are_areas_enterprises_and_institutions_enterprises(void **unused)
{
    (void)unused;
    for (int kind = 0; kind < UNIT_KIND_LIMIT; kind++) {
        bool area = kind == UNIT_VILLAGE || kind == UNIT_COMMUNITY;
        bool enterprise = kind == UNIT_ENTERPRISE || kind == UNIT_INSTITUTION;
        assert_int_equal(unit_group_of((enum unit_kind)kind), area         ? GROUP_AREA
                                                              : enterprise ? GROUP_ENTERPRISE
                                                                           : GROUP_ALL);
    }
}

static void check_sums(const struct status_count *count)
{
    assert_int_equal(count->zero + count->broken + count->unverified, count->total);
}

/* Something about a unit at random: a case, an attestation of a zero, a day. */
static void happen(struct county *county, struct draw *draw, uint32_t *cases)
{
    static const char *const units[] = {CODE_VILLAGE, CODE_OTHER_VILLAGE, CODE_COMMUNITY, CODE_ENTERPRISE};
    static const enum office offices[] = {OFFICE_PETITIONS, OFFICE_WORK_SAFETY, OFFICE_PUBLIC_SECURITY};
    const char *unit = units[draw_below(draw, 4)];
    if (draw_once_in(draw, 8)) {
        char matter[16];
        snprintf(matter, sizeof matter, "c-%u", ++*cases);
        const struct event event = county_opening(county, MATTER_CASE, matter, unit);
        (void)county_take(county, &event, OFFICE_PUBLIC_SECURITY);
        return;
    }
    enum zero zero = (enum zero)draw_below(draw, ZERO_COUNT);
    struct event event = county_attestation(county, zero, unit, "2020-01-01", "2020-01-31");
    event.attested.scope = false;
    (void)county_take(county, &event, offices[zero]);
}

/* Invariants 1 and 15. */
static void a_nodes_counts_add_up_and_are_the_sum_of_its_children(void **unused)
{
    struct draw draw = {.seed = 3};
    (void)unused;
    for (int run = 0; run < 40; run++) {
        const struct policy policy = county_policy();
        struct county county;
        struct rollup whole;
        struct rollup parts[2];
        uint32_t cases = 0;
        county_open(&county, &policy, "2020-01-01");
        county_open_day(&county, "2020-02-10");
        for (uint32_t i = draw_below(&draw, 25); i > 0; i--)
            happen(&county, &draw, &cases);
        rollup_now(&county.state, state_find_unit(&county.state, CODE_COUNTY), &whole, &county.scratch);
        rollup_now(&county.state, state_find_unit(&county.state, CODE_TOWN), &parts[0], &county.scratch);
        rollup_now(&county.state, state_find_unit(&county.state, CODE_OTHER_TOWN), &parts[1], &county.scratch);
        for (int group = 0; group < GROUP_COUNT; group++) {
            for (int zero = 0; zero < ZERO_COUNT; zero++) {
                const struct status_count *total = &whole.zeros[group][zero];
                check_sums(total);
                assert_int_equal(total->zero, parts[0].zeros[group][zero].zero + parts[1].zeros[group][zero].zero);
                assert_int_equal(total->broken,
                                 parts[0].zeros[group][zero].broken + parts[1].zeros[group][zero].broken);
                assert_int_equal(total->total, parts[0].zeros[group][zero].total + parts[1].zeros[group][zero].total);
            }
            check_sums(&whole.joint[group]);
            assert_int_equal(whole.joint[group].zero, parts[0].joint[group].zero + parts[1].joint[group].zero);
        }
        assert_int_equal(whole.zeros[GROUP_ALL][ZERO_CASE].total, 4);
        assert_int_equal(whole.zeros[GROUP_AREA][ZERO_CASE].total, 3);
        assert_int_equal(whole.zeros[GROUP_ENTERPRISE][ZERO_CASE].total, 1);
        assert_int_equal(whole.kinds[UNIT_VILLAGE], 2);
        assert_int_equal(whole.kinds[UNIT_COUNTY], 1);
        assert_int_equal(whole.kinds[UNIT_CITY], 0);
        county_close(&county);
    }
}

static void a_break_stays_at_the_responsible_unit(void **unused)
{
    const struct policy policy = county_policy();
    struct county county;
    struct rollup village;
    (void)unused;
    county_open(&county, &policy, "2020-01-01");
    const struct event accident = county_opening(&county, MATTER_ACCIDENT, "a-1", CODE_ENTERPRISE);
    county_record(&county, &accident, OFFICE_WORK_SAFETY);
    rollup_now(&county.state, state_find_unit(&county.state, CODE_VILLAGE), &village, &county.scratch);
    assert_int_equal(village.zeros[GROUP_ENTERPRISE][ZERO_ACCIDENT].broken, 1);
    assert_int_equal(village.zeros[GROUP_AREA][ZERO_ACCIDENT].broken, 0);
    county_close(&county);
}

static void units_that_do_not_live_today_are_not_counted(void **unused)
{
    const struct policy policy = county_policy();
    struct county county;
    struct rollup rollup;
    (void)unused;
    county_open(&county, &policy, "2020-01-01");
    struct event end = county_event(&county, EVENT_UNIT_MERGED, CODE_VILLAGE);
    county_succeeded_by(&end, &(const char *){CODE_OTHER_VILLAGE});
    end.unit_end.valid_to = day_of("2020-01-03");
    county_record(&county, &end, OFFICE_GOVERNANCE);
    county_open_day(&county, "2020-01-02");
    rollup_now(&county.state, 0, &rollup, &county.scratch);
    assert_int_equal(rollup.kinds[UNIT_VILLAGE], 2);
    county_open_day(&county, "2020-01-03"); /* valid_to is exclusive */
    rollup_now(&county.state, 0, &rollup, &county.scratch);
    assert_int_equal(rollup.kinds[UNIT_VILLAGE], 1);
    assert_int_equal(rollup.joint[GROUP_AREA].total, 2);
    county_close(&county);
}

static void end_unit(struct county *county, enum event_kind kind, const char *unit, const char *successor,
                     const char *valid_to)
{
    const char *const successors[] = {successor};
    struct event end = county_event(county, kind, unit);
    end.unit_end.successors = successors;
    end.unit_end.successor_count = 1;
    end.unit_end.valid_to = day_of(valid_to);
    county_record(county, &end, OFFICE_GOVERNANCE);
}

/* Every node that has something below it. */
static void check_nodes(struct county *county, int32_t day, uint64_t known_at)
{
    struct state *state = &county->state;
    struct tree tree;
    tree_open(state, day, known_at, &tree);
    for (uint32_t node = 1; node < tree.count; node++) {
        struct rollup whole;
        struct rollup sum = {0};
        if (unit_kind_counted((enum unit_kind)state_unit(state, node)->kind) || !tree.lives[node])
            continue; /* a counted one is itself beside its children */
        rollup_on(state, node, day, known_at, &whole, &county->scratch);
        for (uint32_t child = 1; child < tree.count; child++) {
            struct rollup part;
            if (tree.parents[child] != node || !tree.lives[child])
                continue;
            rollup_on(state, child, day, known_at, &part, &county->scratch);
            for (int group = 0; group < GROUP_COUNT; group++) {
                check_sums(&part.joint[group]);
                sum.joint[group].total += part.joint[group].total;
                sum.joint[group].zero += part.joint[group].zero;
                sum.joint[group].broken += part.joint[group].broken;
                sum.joint[group].unverified += part.joint[group].unverified;
            }
        }
        assert_memory_equal(&whole.joint, &sum.joint, sizeof sum.joint);
    }
    tree_close(&tree);
}

/* Invariant 15: as of any day and as known at any position, through merges of villages and of whole towns. */
static void parents_are_the_sum_of_their_children_through_merges(void **unused)
{
    const struct policy policy = county_policy();
    struct county county;
    struct draw draw = {.seed = 5};
    uint32_t cases = 0;
    (void)unused;
    county_open(&county, &policy, "2020-01-01");
    uint64_t before = county.state.heads.position;
    county_open_day(&county, "2020-02-10");
    for (int i = 0; i < 12; i++)
        happen(&county, &draw, &cases);
    end_unit(&county, EVENT_UNIT_MERGED, CODE_VILLAGE, CODE_OTHER_VILLAGE, "2020-02-11");
    county_open_day(&county, "2020-02-12");
    end_unit(&county, EVENT_UNIT_MERGED, CODE_TOWN, CODE_OTHER_TOWN, "2020-02-13");
    county_open_day(&county, "2020-02-15");
    for (int32_t day = day_of("2020-02-08"); day <= day_of("2020-02-15"); day++) {
        for (uint64_t known_at = before; known_at <= county.state.heads.position; known_at++)
            check_nodes(&county, day, known_at);
        check_nodes(&county, day, POSITION_END);
    }
    struct rollup rollup;
    rollup_on(&county.state, state_find_unit(&county.state, CODE_OTHER_TOWN), day_of("2020-02-15"), POSITION_END,
              &rollup, &county.scratch);
    assert_int_equal(rollup.joint[GROUP_ALL].total, 3); /* all that lives, for the other town is gone */
    county_close(&county);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rates_are_rounded_half_up_and_clamped),
        cmocka_unit_test(only_all_is_a_hundred_and_only_none_is_nothing),
        cmocka_unit_test(changes_carry_their_sign_and_round_by_magnitude),
        cmocka_unit_test(points_are_the_difference_of_exact_rates_rounded_once),
        cmocka_unit_test(more_than_says_the_leading_digit),
        cmocka_unit_test(villages_and_communities_are_areas_enterprises_and_institutions_enterprises),
        cmocka_unit_test(a_nodes_counts_add_up_and_are_the_sum_of_its_children),
        cmocka_unit_test(a_break_stays_at_the_responsible_unit),
        cmocka_unit_test(parents_are_the_sum_of_their_children_through_merges),
        cmocka_unit_test(units_that_do_not_live_today_are_not_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
