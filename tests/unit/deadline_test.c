/* Clocks that run on matters: each is reported once, on the day after its last one, and only by the hub. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "day.h"
#include "deadline.h"
#include "matter.h"

static void each_step_runs_its_clock(void **context)
{
    (void)context;
    static const struct {
        enum matter_kind kind;
        enum step step;
        uint32_t clock;
    } rows[] = {
        {MATTER_PETITION, STEP_REGISTERED, CLOCK_REGISTRATION},
        {MATTER_PETITION, STEP_OBJECTED, CLOCK_REGISTRATION},
        {MATTER_PETITION, STEP_FORWARDED, CLOCK_ACCEPTANCE},
        {MATTER_PETITION, STEP_ASSIGNED, CLOCK_ACCEPTANCE},
        {MATTER_PETITION, STEP_ACCEPTED, CLOCK_HANDLING},
        {MATTER_PETITION, STEP_EXTENDED, CLOCK_HANDLING},
        {MATTER_PETITION, STEP_MEDIATING, CLOCK_HANDLING}, /* it keeps running while both sides talk */
        {MATTER_PETITION, STEP_IN_REVIEW, CLOCK_REVIEW},
        {MATTER_PETITION, STEP_IN_FINAL_REVIEW, CLOCK_REVIEW},
        {MATTER_PETITION, STEP_REPLIED, 0},
        {MATTER_PETITION, STEP_CLOSED, 0},
        {MATTER_HAZARD, STEP_ORDERED, CLOCK_RECTIFICATION},
        {MATTER_HAZARD, STEP_RECTIFIED, 0},
        {MATTER_ACCIDENT, STEP_INVESTIGATED, CLOCK_INVESTIGATION},
        {MATTER_SEVEN_STEPS, STEP_DISPATCHED, CLOCK_HANDLING},
        {MATTER_CASE, STEP_FILED, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(deadline_clock(rows[i].kind, rows[i].step), rows[i].clock);
}

static void add_policy(struct state *state)
{
    struct policy *policy = table_change(&state->rules, table_add(&state->rules));
    policy->escalation = (struct escalation){.after_days = {0, 0, 3, 10}};
    (void)table_add(&state->policies);
}

static uint32_t add_matter(struct state *state, const char *code, enum step step, int32_t due_day)
{
    uint32_t ordinal = state_add_matter(state, MATTER_HAZARD, code);
    struct matter *matter = state_change_matter(state, ordinal);
    matter->step = (uint8_t)step;
    matter->due_day = due_day;
    matter->office = OFFICE_WORK_SAFETY;
    return ordinal;
}

static void only_running_clocks_past_their_last_day_are_found(void **context)
{
    (void)context;
    struct state state;
    struct deadline deadline;
    struct deadline_cursor cursor = {0};
    int32_t day = day_from_date(2020, 4, 18);
    state_init(&state);
    add_policy(&state);
    add_matter(&state, "tomorrow", STEP_ORDERED, day + 1);
    uint32_t due = add_matter(&state, "due", STEP_ORDERED, day);
    add_matter(&state, "repaired", STEP_RECTIFIED, day);
    add_matter(&state, "no last day", STEP_ORDERED, DAY_NONE);
    uint32_t reported = add_matter(&state, "reported", STEP_ORDERED, day - 2);
    state_change_matter(&state, reported)->escalation = 1;
    uint32_t late = add_matter(&state, "late", STEP_ORDERED, day - 1);
    assert_true(deadline_next(&state, day, &cursor, &deadline));
    assert_int_equal(deadline.matter, due);
    assert_int_equal(deadline.clock, CLOCK_RECTIFICATION);
    assert_int_equal(deadline.office, OFFICE_WORK_SAFETY);
    assert_int_equal(deadline.due_day, day);
    assert_int_equal(deadline.level, 1);
    state_change_matter(&state, due)->escalation = 1; /* what recording it does */
    assert_true(deadline_next(&state, day, &cursor, &deadline));
    assert_int_equal(deadline.matter, late);
    state_change_matter(&state, late)->escalation = 1;
    assert_false(deadline_next(&state, day, &cursor, &deadline));
    state_clear(&state);
}

/* 催办, 督办, to the leadership: each level after the days of the policy, each once. */
static void an_overdue_clock_is_taken_up_level_by_level(void **context)
{
    (void)context;
    struct state state;
    struct deadline deadline;
    int32_t due = day_from_date(2020, 4, 18);
    state_init(&state);
    add_policy(&state);
    uint32_t matter = add_matter(&state, "late", STEP_ORDERED, due);
    for (int32_t day = due - 1; day < due + 20; day++) {
        uint32_t expected = day == due ? 1 : day == due + 3 ? 2 : day == due + 10 ? 3 : 0;
        struct deadline_cursor cursor = {0};
        assert_int_equal(deadline_next(&state, day, &cursor, &deadline), expected != 0);
        if (expected == 0)
            continue;
        assert_int_equal(deadline.level, expected);
        state_change_matter(&state, matter)->escalation = (uint8_t)expected;
        assert_false(deadline_next(&state, day, &cursor, &deadline));
    }
    state_clear(&state);
}

/* A hub that was down for weeks reports every level that was passed meanwhile. */
static void levels_that_were_missed_come_one_after_the_other(void **context)
{
    (void)context;
    struct state state;
    struct deadline deadline;
    struct deadline_cursor cursor = {0};
    int32_t due = day_from_date(2020, 4, 18);
    state_init(&state);
    add_policy(&state);
    uint32_t matter = add_matter(&state, "late", STEP_ORDERED, due);
    for (uint32_t level = 1; level <= ESCALATION_LEVELS; level++) {
        assert_true(deadline_next(&state, due + 30, &cursor, &deadline));
        assert_int_equal(deadline.level, level);
        state_change_matter(&state, matter)->escalation = (uint8_t)level;
    }
    assert_false(deadline_next(&state, due + 30, &cursor, &deadline));
    state_clear(&state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_step_runs_its_clock),
        cmocka_unit_test(only_running_clocks_past_their_last_day_are_found),
        cmocka_unit_test(an_overdue_clock_is_taken_up_level_by_level),
        cmocka_unit_test(levels_that_were_missed_come_one_after_the_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
