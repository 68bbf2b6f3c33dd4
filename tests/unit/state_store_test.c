/* The state on disk comes back byte for byte, or not at all. */
#include "store/state_store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "county.h"
#include "domain/source.h"
#include "folder.h"
#include "store/state_writer.h"

struct place {
    char folder[FOLDER_PATH_SIZE];
    char path[512]; /* of the state in it */
    struct county county;
    struct log_head head;
};

/* A county in which something of every table happened. */
static int make_place(void **state)
{
    static const struct log_head head = {.rejections = 2, .digest = {1, 2, 3}};
    struct place *place = calloc(1, sizeof *place);
    assert_non_null(place);
    folder_make(place->folder);
    folder_file(place->folder, "state", place->path);
    const struct policy policy = county_policy();
    struct county *county = &place->county;
    county_open(county, &policy, "2020-02-10");
    const struct event accident = county_opening(county, MATTER_ACCIDENT, "a-1", CODE_ENTERPRISE);
    const struct event attested = county_attestation(county, ZERO_CASE, CODE_VILLAGE, "2020-01-01", "2020-01-31");
    struct event review = county_event(county, EVENT_ATTESTATION_REVIEWED, "");
    struct event camera = county_event(county, EVENT_CAMERA_INTEGRATED, CODE_COMMUNITY);
    struct event tally = county_event(county, EVENT_PATROL_TALLIED, CODE_COMMUNITY);
    camera.camera.site = "S-1";
    tally.tally.day = day_of("2020-02-09");
    tally.tally.kinds[0] = TALLY_PATROL_ROUNDS;
    tally.tally.counts[0] = 7;
    county_record(county, &accident, OFFICE_WORK_SAFETY);
    review.target = county_record(county, &attested, OFFICE_PUBLIC_SECURITY);
    review.variant = 1;
    assert_int_equal(county_take_below(county, &review, OFFICE_PUBLIC_SECURITY, CODE_CITY), VERDICT_ACCEPTED);
    county_record(county, &camera, OFFICE_PUBLIC_SECURITY);
    county_record(county, &tally, OFFICE_GOVERNANCE);
    uint32_t source = state_add_source(&county->state, "police-yu", "police");
    source_recorded(&county->state, source, 1, 100);
    source_rejected(&county->state, source, 1, 200);
    place->head = head;
    place->head.position = county->state.heads.position;
    *state = place;
    return 0;
}
static int remove_place(void **state)
{
    struct place *place = *state;
    county_close(&place->county);
    folder_remove(place->folder);
    free(place);
    return 0;
}

static void store(struct place *place)
{
    struct fault fault;
    struct snapshot *snapshot = state_snapshot(&place->county.state);
    assert_int_equal(snapshot->position, place->county.state.heads.position);
    if (!state_store_write(place->folder, snapshot, &place->head, &fault))
        fail_msg("%s", fault.text);
    state_snapshot_free(&snapshot);
    assert_null(snapshot);
}

static enum fault_code read_state(const struct place *place, struct state *state, struct log_head *head)
{
    struct fault fault = {0};
    if (!state_store_read(place->folder, state, head, &fault))
        return fault.code;
    for (uint32_t i = 1; i < state->policies.count; i++) { /* what the hub parses from their texts */
        uint32_t row = table_add(&state->rules);
        *(struct policy *)table_row(&state->rules, row) =
            *(const struct policy *)table_row(&place->county.state.rules, i);
    }
    state_index(state);
    return FAULT_NONE;
}

/* A state that could not be read must be as it was: a new one. */
static void check_refused(const struct place *place, enum fault_code expected)
{
    struct state state;
    struct log_head head;
    state_init(&state);
    assert_int_equal(read_state(place, &state, &head), expected);
    for (size_t i = 0; state_table(&state, i); i++)
        assert_int_equal(state_table(&state, i)->count, 1);
    assert_int_equal(state.heads.position, 0);
    state_clear(&state);
}

static void a_state_comes_back_byte_for_byte(void **state)
{
    struct place *place = *state;
    struct state read;
    struct log_head head;
    store(place);
    state_init(&read);
    assert_int_equal(read_state(place, &read, &head), FAULT_NONE);
    assert_memory_equal(&head, &place->head, sizeof head);
    struct snapshot *before = state_snapshot(&place->county.state);
    struct snapshot *after = state_snapshot(&read);
    assert_int_equal(before->size, after->size);
    assert_memory_equal(before->bytes, after->bytes, before->size);
    state_snapshot_free(&before);
    state_snapshot_free(&after);
    state_clear(&read);
}

/* What is built from the tables is there again: finding by key, and a place for each unit's cached status. */
static void a_state_that_came_back_is_found_by_its_keys(void **state)
{
    struct place *place = *state;
    struct state read;
    struct log_head head;
    store(place);
    state_init(&read);
    assert_int_equal(read_state(place, &read, &head), FAULT_NONE);
    const struct state *kept = &place->county.state;
    assert_int_equal(state_find_unit(&read, CODE_ENTERPRISE), state_find_unit(kept, CODE_ENTERPRISE));
    assert_int_equal(state_find_matter(&read, MATTER_ACCIDENT, "a-1"), 1);
    assert_int_equal(state_find_camera(&read, "S-1"), 1);
    assert_int_equal(state_find_source(&read, "police-yu"), 1);
    const struct tally *tally = table_row(&read.tallies, 1);
    assert_int_equal(state_find_tally(&read, tally->position), 1);
    assert_int_equal(tally->count, 7);
    assert_int_equal(read.tallies.count, 2);
    assert_int_equal(read.now.count, read.units.count);
    state_clear(&read);
}

static void a_snapshot_does_not_follow_the_state(void **state)
{
    struct place *place = *state;
    struct snapshot *snapshot = state_snapshot(&place->county.state);
    uint64_t position = place->county.state.heads.position;
    const struct event later = county_opening(&place->county, MATTER_CASE, "c-1", CODE_VILLAGE);
    county_record(&place->county, &later, OFFICE_PUBLIC_SECURITY);
    assert_int_equal(snapshot->position, position);
    uint64_t written;
    memcpy(&written, snapshot->bytes, sizeof written); /* the heads come first, the position in them */
    assert_int_equal(written, position);
    state_snapshot_free(&snapshot);
}

static void no_state_is_said_as_such(void **state)
{
    check_refused(*state, FAULT_NO);
}

static void a_turned_bit_anywhere_is_damage(void **state)
{
    struct place *place = *state;
    size_t size;
    store(place);
    uint8_t *bytes = file_read(place->path, &size);
    for (size_t at = 0; at < size; at += at < 128 ? 1 : 37) {
        bytes[at] ^= (uint8_t)(1u << at % 8);
        file_write(place->path, bytes, size);
        check_refused(place, FAULT_DAMAGED);
        bytes[at] ^= (uint8_t)(1u << at % 8);
    }
    free(bytes);
}

static void a_cut_or_longer_file_is_damage(void **state)
{
    struct place *place = *state;
    size_t size;
    store(place);
    uint8_t *bytes = file_read(place->path, &size);
    for (size_t cut = 0; cut < size; cut += cut < 100 ? 1 : 61) {
        file_write(place->path, bytes, cut);
        check_refused(place, FAULT_DAMAGED);
    }
    file_write(place->path, bytes, size + 1);
    check_refused(place, FAULT_DAMAGED);
    free(bytes);
}

/* A snapshot whose digest holds but whose tables are not of this version's form. */
static void a_state_of_another_version_is_damage(void **state)
{
    struct place *place = *state;
    struct fault fault;
    static const struct {
        size_t at; /* behind the heads: the first table's row size, and its count */
        uint32_t value;
    } rows[] = {{0, 2}, {4, 0}, {4, UINT32_MAX}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct snapshot *snapshot = state_snapshot(&place->county.state);
        memcpy(snapshot->bytes + sizeof(struct state_heads) + rows[i].at, &rows[i].value, sizeof rows[i].value);
        assert_true(state_store_write(place->folder, snapshot, &place->head, &fault));
        state_snapshot_free(&snapshot);
        check_refused(place, FAULT_DAMAGED);
    }
    struct snapshot *snapshot = state_snapshot(&place->county.state);
    snapshot->size -= 8; /* a row less */
    assert_true(state_store_write(place->folder, snapshot, &place->head, &fault));
    state_snapshot_free(&snapshot);
    check_refused(place, FAULT_DAMAGED);
}

static void a_state_that_cannot_be_written_leaves_the_old_one(void **state)
{
    struct place *place = *state;
    struct fault fault = {0};
    struct snapshot *snapshot = state_snapshot(&place->county.state);
    assert_false(state_store_write("/nonexistent", snapshot, &place->head, &fault));
    assert_int_equal(fault.code, FAULT_SYSTEM);
    state_snapshot_free(&snapshot);
    /* What a write left half done beside it is never read. */
    char path[512];
    store(place);
    file_write(folder_file(place->folder, "state.new", path), "half", 4);
    a_state_comes_back_byte_for_byte(state);
}

static void the_writer_has_written_when_it_is_stopped(void **state)
{
    struct place *place = *state;
    struct fault fault;
    struct state_writer *writer = state_writer_start(place->folder, &fault);
    assert_non_null(writer);
    struct snapshot *snapshot = state_snapshot(&place->county.state);
    assert_true(state_writer_submit(writer, &snapshot, &place->head));
    assert_null(snapshot);
    state_writer_stop(&writer);
    assert_null(writer);
    struct state read;
    struct log_head head;
    state_init(&read);
    assert_int_equal(read_state(place, &read, &head), FAULT_NONE);
    assert_int_equal(read.heads.position, place->county.state.heads.position);
    state_clear(&read);
}

int main(void)
{
#define IN_A_COUNTY(test) cmocka_unit_test_setup_teardown(test, make_place, remove_place)
    const struct CMUnitTest tests[] = {
        IN_A_COUNTY(a_state_comes_back_byte_for_byte),
        IN_A_COUNTY(a_state_that_came_back_is_found_by_its_keys),
        IN_A_COUNTY(a_snapshot_does_not_follow_the_state),
        IN_A_COUNTY(no_state_is_said_as_such),
        IN_A_COUNTY(a_turned_bit_anywhere_is_damage),
        IN_A_COUNTY(a_cut_or_longer_file_is_damage),
        IN_A_COUNTY(a_state_of_another_version_is_damage),
        IN_A_COUNTY(a_state_that_cannot_be_written_leaves_the_old_one),
        IN_A_COUNTY(the_writer_has_written_when_it_is_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
