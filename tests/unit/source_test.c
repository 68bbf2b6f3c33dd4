/* The numbers of a source: what was used up stays findable, one by one, whatever runs they are kept in. */
#include "domain/source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "draw.h"

struct used {
    uint64_t place;
    bool rejected;
};

enum { SOURCES = 3, EVENTS = 600 };

struct model {
    struct used numbers[SOURCES][EVENTS + 1];
    uint64_t next[SOURCES]; /* next number of each source */
    uint64_t position;
    uint64_t rejections;
};

static void use(struct state *state, struct model *model, struct draw *draw)
{
    uint32_t source = draw_below(draw, SOURCES);
    struct used *used = &model->numbers[source][model->next[source]++];
    used->rejected = draw_once_in(draw, 5);
    used->place = used->rejected ? ++model->rejections : ++model->position;
    if (used->rejected)
        source_rejected(state, source + 1, used->place, 1000);
    else
        source_recorded(state, source + 1, used->place, 1000);
}

/* How many numbers from this one on went the same way next to it. */
static uint64_t run_from(const struct model *model, uint32_t source, uint64_t sequence)
{
    const struct used *numbers = model->numbers[source];
    uint64_t count = 1;
    while (sequence + count < model->next[source] && numbers[sequence + count].rejected == numbers[sequence].rejected &&
           numbers[sequence + count].place == numbers[sequence].place + count)
        count++;
    return count;
}

static void check(const struct state *state, const struct model *model)
{
    for (uint32_t source = 0; source < SOURCES; source++) {
        struct source_place place;
        assert_int_equal(state_source(state, source + 1)->next_sequence, model->next[source]);
        assert_false(source_find(state, source + 1, 0, &place));
        assert_false(source_find(state, source + 1, model->next[source], &place));
        assert_false(source_find(state, source + 1, UINT64_MAX, &place));
        for (uint64_t sequence = 1; sequence < model->next[source]; sequence++) {
            assert_true(source_find(state, source + 1, sequence, &place));
            assert_int_equal(place.place, model->numbers[source][sequence].place);
            assert_int_equal(place.rejected, model->numbers[source][sequence].rejected);
            assert_int_equal(place.count, run_from(model, source, sequence));
        }
    }
}

static void every_used_number_is_found_where_it_went(void **unused)
{
    struct draw draw = {.seed = 11};
    (void)unused;
    for (int run = 0; run < 30; run++) {
        struct state state;
        struct model model = {.next = {1, 1, 1}};
        state_init(&state);
        assert_int_equal(state_add_source(&state, "petitions-yu", "petitions"), 1);
        assert_int_equal(state_add_source(&state, "safety-yu", "safety"), 2);
        assert_int_equal(state_add_source(&state, "police-yu", "police"), 3);
        for (uint32_t i = draw_below(&draw, EVENTS); i > 0; i--)
            use(&state, &model, &draw);
        check(&state, &model);
        state_clear(&state);
    }
}

static void consecutive_numbers_at_consecutive_positions_share_a_run(void **unused)
{
    struct state state;
    (void)unused;
    state_init(&state);
    uint32_t source = state_add_source(&state, "a", "a");
    for (uint64_t position = 1; position <= 1000; position++)
        source_recorded(&state, source, position, 0);
    assert_int_equal(state.runs.count, 2); /* row 0 and one run */
    source_rejected(&state, source, 1, 0);
    source_recorded(&state, source, 1001, 0);
    assert_int_equal(state.runs.count, 4);
    state_clear(&state);
}

static void a_source_counts_what_was_recorded_and_what_was_rejected(void **unused)
{
    struct state state;
    (void)unused;
    state_init(&state);
    uint32_t source = state_add_source(&state, "a", "identity-a");
    source_recorded(&state, source, 7, 100);
    source_rejected(&state, source, 3, 200);
    source_recorded(&state, source, 9, 300);
    const struct source *row = state_source(&state, source);
    assert_int_equal(row->recorded, 2);
    assert_int_equal(row->rejected, 1);
    assert_int_equal(row->last_position, 9);
    assert_int_equal(row->last_recorded_at_us, 300);
    assert_string_equal(state_text(&state, row->identity), "identity-a");
    assert_int_equal(state_find_source(&state, "a"), source);
    assert_int_equal(state_find_source(&state, "b"), 0);
    state_clear(&state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_used_number_is_found_where_it_went),
        cmocka_unit_test(consecutive_numbers_at_consecutive_positions_share_a_run),
        cmocka_unit_test(a_source_counts_what_was_recorded_and_what_was_rejected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
