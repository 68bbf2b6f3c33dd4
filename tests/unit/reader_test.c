/* What a replay delivers does not depend on how the reader got at it: led by the log's index of units or not, encoded
 * for it or for all who follow. */
#include "reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "draw.h"
#include "folder.h"
#include "log/log_view.h"
#include "log/rocks.h"
#include "log/unit_index.h"

enum {
    UNITS = 900,
    OFFICE_UNITS_SHUN = 899, /* a unit without records */
    RECORDS = 3 * UNIT_SEGMENT + 5000,
    CREDIT = 100000000,
    DAY_US = 1000,
};

struct place {
    char folder[FOLDER_PATH_SIZE];
    char data[512];
    struct event_log *log;
    struct reader *reader;
    struct block_builder blocks;
    struct draw draw;
    uint64_t position; /* last appended */
};

static void open_log(struct place *place)
{
    struct fault fault = {0};
    place->log = event_log_open(place->data, EVENT_LOG_OPEN_OR_CREATE, &fault);
    if (!place->log)
        fail_msg("%s", fault.text);
    place->reader = reader_start(place->log, &fault);
    assert_non_null(place->reader);
}

static void close_log(struct place *place)
{
    reader_stop(&place->reader);
    event_log_close(&place->log);
}

/* Mostly by chance; some units come in runs, and those of a town close together, so that stretches are without them. */
static uint32_t draw_unit(struct draw *draw, uint64_t position)
{
    if (position / 7000 % 3 == 0)
        return (uint32_t)(position / 7000);
    return draw_once_in(draw, 50) ? 0 : draw_below(draw, OFFICE_UNITS_SHUN);
}

/* In every other stretch all records are for everybody. */
static uint8_t draw_flags(struct draw *draw, uint64_t position)
{
    if (position / 1000 % 2 == 0)
        return 0;
    return (uint8_t)((draw_once_in(draw, 9) ? ENTRY_DRILL : 0) | (draw_once_in(draw, 9) ? ENTRY_RESTRICTED : 0));
}

static void append(struct place *place, uint32_t count)
{
    struct fault fault = {0};
    const struct log_batch batch = {.blocks = &place->blocks};
    block_builder_reset(&place->blocks, place->position + 1);
    for (uint32_t i = 0; i < count; i++) {
        place->position++;
        block_builder_next(&place->blocks, false);
        const struct block_entry entry = {
            .recorded_at_us = (int64_t)(place->position / 100 * DAY_US),
            .unit = draw_unit(&place->draw, place->position),
            .kind = (uint16_t)(draw_once_in(&place->draw, 3) ? 72 : 40),
            .office = (uint8_t)(1 + draw_below(&place->draw, OFFICE_LIMIT - 1)),
            .routed_to = draw_below(&place->draw, 4) * 2,
            .flags = draw_flags(&place->draw, place->position),
            .publisher = (uint8_t)block_builder_publisher(&place->blocks, "safety", ""),
        };
        block_builder_add(&place->blocks, &entry, (const uint8_t *)"event", 5);
    }
    if (!event_log_append(place->log, &batch, &fault))
        fail_msg("%s", fault.text);
}

static int make_place(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    assert_non_null(place);
    place->draw.seed = 3;
    folder_make(place->folder);
    folder_file(place->folder, "data", place->data);
    assert_int_equal(mkdir(place->data, 0700), 0);
    block_builder_init(&place->blocks);
    open_log(place);
    while (place->position < RECORDS) {
        append(place, 1 + draw_below(&place->draw, draw_once_in(&place->draw, 10) ? 90000 : 3000));
        if (draw_once_in(&place->draw, 5)) { /* what was only in memory is made anew */
            close_log(place);
            open_log(place);
        }
    }
    *state = place;
    return 0;
}

static int remove_place(void **state)
{
    struct place *place = *state;
    close_log(place);
    block_builder_clear(&place->blocks);
    folder_remove(place->folder);
    free(place);
    return 0;
}

static uint64_t *copy_units(const uint64_t *units)
{
    uint64_t *copy = calloc(UNITS / 64 + 1, sizeof *copy);
    assert_non_null(copy);
    if (units)
        memcpy(copy, units, (UNITS / 64 + 1) * sizeof *copy);
    return copy;
}

/* A filter whose units are one, a few, a run of them, or none that has records. */
static struct replay draw_replay(struct place *place)
{
    struct draw *draw = &place->draw;
    struct replay replay = {
        .subscription = 1, .next = 1, .until_time_us = INT64_MAX, .stop = UINT64_MAX, .credit = CREDIT};
    struct record_filter *filter = &replay.filter;
    filter->all_kinds = !draw_once_in(draw, 3);
    filter->kinds[72] = true;
    filter->drills = draw_once_in(draw, 2);
    filter->viewer = (enum office)(1 + draw_below(draw, OFFICE_LIMIT - 1));
    filter->publishers = draw_once_in(draw, 4) ? draw_below(draw, 1 << OFFICE_LIMIT) & ~1u : 0;
    filter->units = copy_units(NULL);
    filter->unit_count = draw_once_in(draw, 6) ? 1 + draw_below(draw, UNITS) : UNITS;
    const uint32_t run = draw_once_in(draw, 3) ? draw_below(draw, 60) : 1;
    for (uint32_t i = 0; i < 1 + draw_below(draw, 3); i++) {
        uint32_t unit = draw_once_in(draw, 8) ? OFFICE_UNITS_SHUN : draw_below(draw, UNITS);
        for (uint32_t j = 0; j < run && unit < UNITS; j++, unit++)
            filter->units[unit / 64] |= UINT64_C(1) << (unit % 64);
    }
    if (draw_once_in(draw, 3))
        replay.next = 1 + draw_below(draw, RECORDS);
    if (draw_once_in(draw, 3))
        replay.stop = 1 + draw_below(draw, RECORDS);
    if (draw_once_in(draw, 5))
        replay.until_time_us = draw_below(draw, RECORDS / 100) * DAY_US;
    if (draw_once_in(draw, 3))
        replay.credit = 1 + draw_below(draw, 30);
    replay.until = replay.stop < place->position ? replay.stop : place->position;
    return replay;
}

/* The positions of a delivery's records. */
static size_t read_positions(const struct wire_writer *message, uint64_t *positions, size_t count)
{
    struct wire_reader outer = wire_read(message->bytes, message->size);
    struct wire_field field;
    assert_true(wire_next(&outer, &field));
    struct wire_reader delivery = wire_read(field.bytes, field.size);
    while (wire_next(&delivery, &field))
        if (field.number == 2) {
            struct wire_reader record = wire_read(field.bytes, field.size);
            assert_true(wire_next(&record, &field) && field.number == 1);
            positions[count++] = field.value;
        }
    assert_int_equal(delivery.flaw, WIRE_OK);
    return count;
}

struct seen {
    uint64_t *positions;
    size_t count;
    uint64_t next;
    uint32_t readings;
    bool ended;
};

/* Replays to the end, delivery by delivery as a subscription does. */
static struct seen replay_all(struct place *place, const struct replay *from, bool by_index)
{
    const struct peer peer = {0};
    struct seen seen = {.positions = calloc(RECORDS * 2 + 200000, sizeof *seen.positions)};
    struct read_request *request = read_request_open(READ_REPLAY, &peer);
    assert_non_null(seen.positions);
    request->replay = *from;
    request->replay.filter.units = from->filter.units ? copy_units(from->filter.units) : NULL;
    request->replay.filter.few_units = by_index;
    while (!request->replay.ended && request->replay.next <= request->replay.until) {
        reader_submit(place->reader, &request);
        zmq_pollitem_t done = {.socket = reader_socket(place->reader), .events = ZMQ_POLLIN};
        while (!(request = reader_take(place->reader)))
            assert_int_not_equal(zmq_poll(&done, 1, -1), -1);
        if (request->failed)
            fail_msg("%s", request->fault.text);
        seen.count = read_positions(&request->message, seen.positions, seen.count);
        seen.readings++;
    }
    seen.next = request->replay.next;
    seen.ended = request->replay.ended;
    read_request_close(&request);
    return seen;
}

static void assert_replays_agree(struct place *place, int rounds)
{
    uint32_t with_index = 0;
    uint32_t without = 0;
    for (int round = 0; round < rounds; round++) {
        struct replay replay = draw_replay(place);
        struct seen scanned = replay_all(place, &replay, false);
        struct seen led = replay_all(place, &replay, true);
        assert_int_equal(led.count, scanned.count);
        assert_memory_equal(led.positions, scanned.positions, scanned.count * sizeof *scanned.positions);
        assert_int_equal(led.next, scanned.next);
        assert_int_equal(led.ended, scanned.ended);
        with_index += led.readings;
        without += scanned.readings;
        free(scanned.positions);
        free(led.positions);
        free(replay.filter.units);
    }
    assert_true(with_index <= without);
}

static void a_replay_of_some_units_delivers_the_same_with_and_without_the_index(void **state)
{
    assert_replays_agree(*state, 80);
}

/* A search looks at the index as it was at its beginning, the next one anew. */
static void a_segment_that_is_completed_later_is_found_by_the_next_search(void **state)
{
    struct place *place = *state;
    struct log_view *view = log_view_open(place->log);
    static struct unit_hits hits;
    struct fault fault = {0};
    const uint64_t units[UNITS / 64 + 1] = {2};
    struct unit_search search = {
        .from = 1, .until = place->position, .within = false, .units = units, .unit_count = UNITS};
    log_view_read_ahead(view);
    assert_true(log_view_unit_hits(view, &search, &hits, &fault));
    assert_true(hits.indexed);
    log_view_end_search(view);
    search.from = place->position + 1;
    append(place, 2 * UNIT_SEGMENT);
    search.until = place->position;
    assert_true(log_view_unit_hits(view, &search, &hits, &fault));
    assert_int_equal(hits.segment, unit_segment_of(search.from));
    assert_true(hits.indexed);
    log_view_close(&view);
}

/* Whoever follows gets blocks that were encoded once for all; a filter of all offices is looked at for each record. */
static void who_follows_everything_gets_what_one_by_one_is_got(void **state)
{
    struct place *place = *state;
    struct draw *draw = &place->draw;
    for (int round = 0; round < 300; round++) {
        struct replay replay = {
            .subscription = 1, .until_time_us = INT64_MAX, .stop = UINT64_MAX, .until = place->position};
        replay.filter.all_kinds = true;
        replay.filter.drills = draw_once_in(draw, 2);
        replay.filter.viewer = (enum office)(1 + draw_below(draw, OFFICE_LIMIT - 1));
        replay.next = place->position - draw_below(draw, draw_once_in(draw, 4) ? 40000 : 2000);
        replay.credit = draw_once_in(draw, 2) ? CREDIT : 1 + draw_below(draw, 300);
        if (draw_once_in(draw, 3))
            replay.until = replay.stop = replay.next + draw_below(draw, (uint32_t)(replay.until - replay.next) + 1);
        struct seen shared = replay_all(place, &replay, false);
        replay.filter.publishers = ~1u;
        struct seen single = replay_all(place, &replay, false);
        assert_int_equal(shared.count, single.count);
        assert_memory_equal(shared.positions, single.positions, single.count * sizeof *single.positions);
        assert_int_equal(shared.next, single.next);
        assert_int_equal(shared.ended, single.ended);
        free(shared.positions);
        free(single.positions);
        if (draw_once_in(draw, 5))
            append(place, 1 + draw_below(draw, 700));
    }
}

/* As in a log whose first segments were complete before there was an index. */
static void a_segment_without_an_index_is_read(void **state)
{
    struct place *place = *state;
    char store[600];
    struct rocks rocks;
    struct fault fault = {0};
    char *error = NULL;
    const uint8_t middle[UNIT_KEY_SIZE] = {[3] = 1};
    const uint8_t end[UNIT_KEY_SIZE] = {[3] = 2};
    close_log(place);
    snprintf(store, sizeof store, "%s/log", place->data);
    if (!rocks_open(store, ROCKS_OPEN, &rocks, &fault))
        fail_msg("%s", fault.text);
    rocksdb_delete_range_cf(rocks.db, rocks.durable, rocks.families[FAMILY_UNITS], (const char *)middle, sizeof middle,
                            (const char *)end, sizeof end, &error);
    assert_null(error);
    rocks_close(&rocks);
    open_log(place);
    assert_replays_agree(place, 30);
}

/* An index that would hide a record is no index: the log is not opened with it. */
static void an_index_that_hides_a_record_is_found_when_the_log_is_opened(void **state)
{
    struct place *place = *state;
    char store[600];
    struct rocks rocks;
    struct fault fault = {0};
    char *error = NULL;
    const uint8_t first[UNIT_KEY_SIZE] = {0};
    const uint32_t one_record_of_unit_1[] = {1, 1, 1, 0};
    close_log(place);
    snprintf(store, sizeof store, "%s/log", place->data);
    if (!rocks_open(store, ROCKS_OPEN, &rocks, &fault))
        fail_msg("%s", fault.text);
    rocksdb_put_cf(rocks.db, rocks.durable, rocks.families[FAMILY_UNITS], (const char *)first, sizeof first,
                   (const char *)one_record_of_unit_1, 13, &error);
    assert_null(error);
    rocks_close(&rocks);
    place->log = event_log_open(place->data, EVENT_LOG_OPEN_OR_CREATE, &fault);
    assert_null(place->log);
    assert_int_equal(fault.code, FAULT_DAMAGED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_replay_of_some_units_delivers_the_same_with_and_without_the_index),
        cmocka_unit_test(a_segment_that_is_completed_later_is_found_by_the_next_search),
        cmocka_unit_test(who_follows_everything_gets_what_one_by_one_is_got),
        cmocka_unit_test(a_segment_without_an_index_is_read),
        cmocka_unit_test(an_index_that_hides_a_record_is_found_when_the_log_is_opened),
    };
    return cmocka_run_group_tests(tests, make_place, remove_place);
}
