/* The index of units finds what looking at every record finds. */
#include "log/unit_index.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "folder.h"

enum { LIMIT = 6000000 }; /* units */

struct place {
    char folder[FOLDER_PATH_SIZE];
    char store[512];
    struct rocks rocks;
    struct unit_index *index;
    uint32_t *units; /* of one segment */
    uint32_t block_size;
    size_t chunks;
};

static int make_place(void **state)
{
    struct fault fault = {0};
    struct place *place = calloc(1, sizeof *place);
    assert_non_null(place);
    place->units = calloc(UNIT_SEGMENT, sizeof *place->units);
    assert_non_null(place->units);
    folder_make(place->folder);
    folder_file(place->folder, "store", place->store);
    if (!rocks_open(place->store, ROCKS_CREATE, &place->rocks, &fault))
        fail_msg("%s", fault.text);
    place->index = unit_index_open();
    place->block_size = 100;
    *state = place;
    return 0;
}

static int remove_place(void **state)
{
    struct place *place = *state;
    unit_index_close(&place->index);
    rocks_close(&place->rocks);
    folder_remove(place->folder);
    free(place->units);
    free(place);
    return 0;
}

static void store_chunk(const uint8_t key[static UNIT_KEY_SIZE], const uint8_t *value, size_t size, void *context)
{
    struct place *place = context;
    char *error = NULL;
    rocksdb_put_cf(place->rocks.db, place->rocks.durable, place->rocks.families[FAMILY_UNITS], (const char *)key,
                   UNIT_KEY_SIZE, (const char *)value, size, &error);
    assert_null(error);
    place->chunks++;
}

/* Stores a segment of place->units. */
static void store_segment(struct place *place, uint64_t segment)
{
    unit_index_begin(place->index, segment);
    for (uint32_t i = 0; i < UNIT_SEGMENT; i++)
        assert_int_equal(unit_index_add(place->index, place->units[i], i % place->block_size == 5),
                         i == UNIT_SEGMENT - 1);
    unit_index_complete(place->index, store_chunk, place);
}

static bool is_chosen(const uint64_t *chosen, uint32_t count, uint32_t unit)
{
    return unit < count && (chosen[unit / 64] >> (unit % 64) & 1);
}

/* Each hit is in the block at hand or in the next one that is named, and every one that is named has a hit. */
static void assert_blocks_named(const struct unit_hits *hits, uint64_t segment)
{
    enum { AT_ONCE = 3 };
    uint64_t named[AT_ONCE];
    size_t count = 0;
    size_t at = 0;
    for (uint64_t hit = unit_hits_next(hits, segment * UNIT_SEGMENT + 1); hit <= unit_segment_last(segment);
         hit = hit < unit_segment_last(segment) ? unit_hits_next(hits, hit + 1) : hit + 1) {
        const uint64_t block = unit_hits_block(hits, hit);
        if (block == 0)
            continue;
        if (at < count && named[at] == block)
            continue;
        if (++at >= count) {
            count = unit_hits_blocks(hits, hit, named, AT_ONCE);
            at = 0;
        }
        assert_true(at < count);
        assert_int_equal(named[at], block);
    }
    assert_true(count == 0 || at + 1 == count);
}

/* In the index as it is now. */
static bool find(const struct place *place, uint64_t segment, const uint64_t *units, uint32_t count,
                 struct unit_hits *hits, struct fault *fault)
{
    CLEANUP(rocks_iterator_destroy) rocksdb_iterator_t *iterator = NULL;
    return unit_index_find(&place->rocks, &iterator, segment, units, count, hits, fault);
}

static void assert_found(const struct place *place, uint64_t segment, const uint64_t *chosen, uint32_t count)
{
    static struct unit_hits hits;
    struct fault fault = {0};
    if (!find(place, segment, chosen, count, &hits, &fault))
        fail_msg("%s", fault.text);
    assert_true(hits.indexed);
    uint64_t position = segment * UNIT_SEGMENT;
    for (uint32_t i = 0; i < UNIT_SEGMENT; i++)
        if (is_chosen(chosen, count, place->units[i])) {
            position = unit_hits_next(&hits, position + 1);
            assert_int_equal(position, segment * UNIT_SEGMENT + 1 + i);
        }
    const uint64_t first = segment * UNIT_SEGMENT + 1;
    for (uint32_t i = 0; i < UNIT_SEGMENT; i++)
        assert_int_equal(unit_hits_block(&hits, first + i),
                         i < 5 ? 0 : first + (i - 5) / place->block_size * place->block_size + 5);
    assert_blocks_named(&hits, segment);
    if (position < unit_segment_last(segment))
        assert_int_equal(unit_hits_next(&hits, position + 1), unit_segment_last(segment) + 1);
}

/* One unit, a few, a run of them as below a town, all. */
static void assert_all_found(const struct place *place, struct draw *draw, uint64_t segment, uint32_t limit)
{
    uint64_t *chosen = calloc(limit / 64 + 1, sizeof *chosen);
    assert_non_null(chosen);
    for (int round = 0; round < 30; round++) {
        memset(chosen, 0, (limit / 64 + 1) * sizeof *chosen);
        const uint32_t count = draw_once_in(draw, 4) ? 1 + draw_below(draw, limit) : limit;
        const uint32_t picks = round < 10 ? 1 : 1 + draw_below(draw, 40);
        for (uint32_t i = 0; i < picks; i++) {
            uint32_t unit = draw_once_in(draw, 3) ? draw_below(draw, limit) : place->units[draw_below(draw, 1000)];
            const uint32_t run = draw_once_in(draw, 6) ? draw_below(draw, limit) : 1;
            for (uint32_t j = 0; j < run && unit < limit; j++, unit++)
                chosen[unit / 64] |= UINT64_C(1) << (unit % 64);
        }
        assert_found(place, segment, chosen, count);
    }
    memset(chosen, 0xff, (limit / 64 + 1) * sizeof *chosen);
    assert_found(place, segment, chosen, limit);
    memset(chosen, 0, (limit / 64 + 1) * sizeof *chosen);
    assert_found(place, segment, chosen, limit);
    free(chosen);
}

static void a_segment_gives_back_every_position_of_a_unit(void **state)
{
    static const uint32_t limits[] = {1, 2, 70, 5000, 65536, 65537, LIMIT};
    struct place *place = *state;
    struct draw draw = {.seed = 7};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        for (uint32_t j = 0; j < UNIT_SEGMENT; j++)
            place->units[j] = draw_below(&draw, limits[i]);
        place->chunks = 0;
        place->block_size = 6 + draw_below(&draw, 300);
        store_segment(place, i);
        assert_true(place->chunks >= (limits[i] > 5000 ? 40u : 1u));
        assert_all_found(place, &draw, i, limits[i]);
    }
}

static void units_that_come_in_runs_or_rarely_are_found(void **state)
{
    struct place *place = *state;
    struct draw draw = {.seed = 8};
    for (uint64_t segment = 100; segment < 106; segment++) {
        uint32_t unit = 1;
        for (uint32_t j = 0; j < UNIT_SEGMENT; j++) {
            if (draw_once_in(&draw, 500))
                unit = draw_once_in(&draw, 2) ? 3 : draw_below(&draw, LIMIT);
            place->units[j] = unit;
        }
        store_segment(place, segment);
        assert_all_found(place, &draw, segment, LIMIT);
    }
}

static void of_a_segment_that_was_never_listed_nothing_is_known(void **state)
{
    struct place *place = *state;
    struct unit_hits hits;
    struct fault fault = {0};
    const uint64_t chosen = UINT64_MAX;
    for (uint32_t j = 0; j < UNIT_SEGMENT; j++)
        place->units[j] = 40 + j % 10;
    store_segment(place, 1);
    for (uint64_t segment = 0; segment < 4; segment++) {
        assert_true(find(place, segment, &chosen, 64, &hits, &fault));
        assert_int_equal(hits.indexed, segment == 1);
        assert_int_equal(hits.segment, segment);
    }
    const uint64_t below_all = 2; /* a unit that is not in it, before the first that is */
    assert_true(find(place, 1, &below_all, 64, &hits, &fault));
    assert_true(hits.indexed);
    assert_int_equal(unit_hits_next(&hits, UNIT_SEGMENT + 1), 2 * UNIT_SEGMENT + 1);
}

/* Whatever stands in place of a chunk: it is one, or it is damage, and nothing outside of it is read. */
static void a_spoilt_chunk_is_damage(void **state)
{
    struct place *place = *state;
    static struct unit_hits hits;
    const uint8_t key[UNIT_KEY_SIZE] = {0};
    const uint64_t chosen = UINT64_MAX;
    static const struct {
        uint32_t words[5];
        size_t size;
    } spoilt[] = {
        {{0}, 0},                    /* nothing */
        {{0}, 4},                    /* no unit */
        {{1, 5}, 8},                 /* a unit without its end */
        {{1, 5, 0}, 12},             /* with an empty list */
        {{1, 5, 9, 0x01010101}, 16}, /* a list that ends behind the chunk */
        {{1, 5, 3, 0x01010101}, 16}, /* a byte behind the last list */
        {{1, 5, 4, 0x80010101}, 16}, /* a step that is cut off */
        {{1, 5, 4, 0x01ffffff}, 16}, /* a step too long */
        {{1, 5, 4, 0x017fff01}, 15}, /* cut off */
        {{1, 5, 4, 0x0106ffff}, 16}, /* a place behind the segment */
        {{UINT32_MAX, 5, 4, 1}, 16}, /* more units than bytes */
        {{2, 5, 1, 5, 2}, 20},       /* a unit twice, and no lists */
    };
    for (size_t i = 0; i < sizeof spoilt / sizeof *spoilt; i++) {
        struct fault fault = {0};
        uint8_t *value = malloc(spoilt[i].size + 1);
        assert_non_null(value);
        memcpy(value, spoilt[i].words, spoilt[i].size);
        store_chunk(key, value, spoilt[i].size, place);
        free(value);
        if (find(place, 0, &chosen, 64, &hits, &fault))
            fail_msg("case %zu is taken", i);
        assert_int_equal(fault.code, FAULT_DAMAGED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_segment_gives_back_every_position_of_a_unit, make_place, remove_place),
        cmocka_unit_test_setup_teardown(units_that_come_in_runs_or_rarely_are_found, make_place, remove_place),
        cmocka_unit_test_setup_teardown(of_a_segment_that_was_never_listed_nothing_is_known, make_place, remove_place),
        cmocka_unit_test_setup_teardown(a_spoilt_chunk_is_damage, make_place, remove_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
