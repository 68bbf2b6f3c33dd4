/* Clocks that run on matters: each is reported once, on the day after its last one, and only by the hub. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "day.h"
#include "deadline.h"
#include "matter.h"

enum { CLOCK_REGISTRATION = 1, CLOCK_ACCEPTANCE = 3 };

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
        {MATTER_PETITION, STEP_REPLIED, 0},
        {MATTER_PETITION, STEP_CLOSED, 0},
        {MATTER_HAZARD, STEP_ORDERED, CLOCK_RECTIFICATION},
        {MATTER_HAZARD, STEP_RECTIFIED, 0},
        {MATTER_CASE, STEP_FILED, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(deadline_clock(rows[i].kind, rows[i].step), rows[i].clock);
}

static uint32_t add_matter(struct state *state, const char *code, enum step step, int32_t due_day)
{
    uint32_t ordinal = state_add_matter(state, MATTER_HAZARD, code);
    state_matter(state, ordinal)->step = (uint8_t)step;
    state_matter(state, ordinal)->due_day = due_day;
    return ordinal;
}

static void only_running_clocks_past_their_last_day_are_found(void **context)
{
    (void)context;
    struct state state;
    struct deadline deadline;
    uint32_t after = 0;
    int32_t day = day_from_date(2020, 4, 18);
    state_init(&state);
    add_matter(&state, "tomorrow", STEP_ORDERED, day + 1);
    uint32_t due = add_matter(&state, "due", STEP_ORDERED, day);
    add_matter(&state, "repaired", STEP_RECTIFIED, day);
    add_matter(&state, "no last day", STEP_ORDERED, DAY_NONE);
    uint32_t reported = add_matter(&state, "reported", STEP_ORDERED, day - 5);
    state_matter(&state, reported)->flags |= MATTER_OVERDUE;
    uint32_t late = add_matter(&state, "late", STEP_ORDERED, day - 5);
    assert_true(deadline_next(&state, day, &after, &deadline));
    assert_int_equal(deadline.matter, due);
    assert_int_equal(deadline.clock, CLOCK_RECTIFICATION);
    assert_int_equal(deadline.due_day, day);
    assert_true(deadline_next(&state, day, &after, &deadline));
    assert_int_equal(deadline.matter, late);
    assert_false(deadline_next(&state, day, &after, &deadline));
    state_clear(&state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_step_runs_its_clock),
        cmocka_unit_test(only_running_clocks_past_their_last_day_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
