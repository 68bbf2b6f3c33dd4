/* The state on disk comes back byte for byte, or not at all. */
#include "store/state_store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "county.h"
#include "domain/source.h"
#include "folder.h"
#include "store/state_writer.h"

struct place {
    char folder[FOLDER_PATH_SIZE];
    char path[512]; /* of the state in it */
    struct state_store *store;
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
    place->store = state_store_open(place->folder);
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
    tally.tally.kind = TALLY_PATROL_ROUNDS;
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
    state_store_close(&place->store);
    folder_remove(place->folder);
    free(place);
    return 0;
}

/* Writes what changed since the last time. */
static void store(struct place *place)
{
    struct fault fault;
    CLEANUP(snapshot_close) struct snapshot *snapshot = snapshot_open();
    place->head.position = place->county.state.heads.position;
    snapshot_take(snapshot, &place->county.state);
    if (!state_store_write(place->store, snapshot, &place->head, &fault))
        fail_msg("%s", fault.text);
}

/* As a hub that starts. */
static enum fault_code read_state(const struct place *place, struct state *state, struct log_head *head)
{
    struct fault fault = {0};
    CLEANUP(state_store_close) struct state_store *fresh = state_store_open(place->folder);
    if (!state_store_read(fresh, state, head, &fault))
        return fault.code;
    for (uint32_t i = 1; i < state->policies.count; i++) { /* what the hub parses from their texts */
        uint32_t row = table_add(&state->rules);
        *(struct policy *)table_change(&state->rules, row) =
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

static void check_same(const struct state *read, const struct state *kept)
{
    assert_memory_equal(&read->heads, &kept->heads, sizeof read->heads);
    for (size_t i = 0; state_table(kept, i); i++) {
        assert_int_equal(state_table(read, i)->count, state_table(kept, i)->count);
        assert_memory_equal(state_table(read, i)->rows, state_table(kept, i)->rows, table_size(state_table(kept, i)));
    }
}

static void check_read_is(const struct place *place, const struct state *kept)
{
    struct state read;
    struct log_head head;
    state_init(&read);
    assert_int_equal(read_state(place, &read, &head), FAULT_NONE);
    check_same(&read, kept);
    assert_int_equal(head.position, kept->heads.position);
    assert_memory_equal(head.digest, place->head.digest, sizeof head.digest);
    state_clear(&read);
}

static void check_comes_back(const struct place *place)
{
    check_read_is(place, &place->county.state);
}

static void a_state_comes_back_byte_for_byte(void **state)
{
    store(*state);
    check_comes_back(*state);
}

/* Something happens: new rows, and old ones that change. */
static void go_on(struct place *place, int turn)
{
    char code[16];
    struct county *county = &place->county;
    for (int i = 0; i < 40; i++) {
        snprintf(code, sizeof code, "c-%d-%d", turn, i);
        const struct event opening = county_opening(county, MATTER_CASE, code, i % 2 ? CODE_VILLAGE : CODE_ENTERPRISE);
        county_record(county, &opening, OFFICE_PUBLIC_SECURITY);
    }
}

static size_t file_size(const struct place *place)
{
    struct stat status;
    assert_int_equal(stat(place->path, &status), 0);
    return (size_t)status.st_size;
}

static void what_changed_is_written_over_the_older_snapshot(void **state)
{
    struct place *place = *state;
    for (int turn = 0; turn < 12; turn++) {
        go_on(place, turn);
        store(place);
        check_comes_back(place);
    }
    const size_t grown = file_size(place);
    for (int turn = 0; turn < 12; turn++) { /* slots of what was replaced are used again */
        table_change(&place->county.state.units, 1);
        store(place);
    }
    check_comes_back(place);
    assert_true(file_size(place) <= grown + 4 * TABLE_CHUNK_SIZE);
}

/* A hub that starts goes on with the file it read. */
static void a_store_that_was_read_goes_on(void **state)
{
    struct place *place = *state;
    struct fault fault;
    for (int turn = 0; turn < 10; turn++) {
        struct log_head head;
        struct state read;
        go_on(place, turn);
        store(place);
        state_store_close(&place->store);
        place->store = state_store_open(place->folder);
        state_init(&read);
        assert_true(state_store_read(place->store, &read, &head, &fault));
        state_clear(&read);
    }
    check_comes_back(place);
}

/* A hub that starts with the file as it is writes the next snapshot, and reads that. */
static void check_goes_on(const struct place *place)
{
    struct fault fault;
    struct log_head head;
    struct state read;
    CLEANUP(state_store_close) struct state_store *fresh = state_store_open(place->folder);
    CLEANUP(snapshot_close) struct snapshot *snapshot = snapshot_open();
    state_init(&read);
    assert_true(state_store_read(fresh, &read, &head, &fault));
    ((struct unit *)table_change(&read.units, 1))->unused++;
    snapshot_take(snapshot, &read);
    assert_int_equal(snapshot->count, 1);
    assert_true(state_store_write(fresh, snapshot, &head, &fault));
    check_read_is(place, &read);
    state_clear(&read);
}

/* A power failure while a snapshot was written: the file has some of its writes, in any order, but never the page, for
 * that comes when the others are durable. What is read then is the snapshot before. */
static void a_snapshot_that_was_cut_off_is_never_taken_for_a_whole_one(void **state)
{
    enum { SLOTS_AT = 8192 };
    struct place *place = *state;
    uint64_t seed = 5;
    size_t before_size;
    size_t after_size;
    for (int turn = 0; turn < 4; turn++) {
        go_on(place, turn);
        store(place);
        struct state kept;
        state_copy(&place->county.state, &kept);
        uint8_t *before = file_read(place->path, &before_size);
        go_on(place, 100 + turn);
        store(place);
        uint8_t *after = file_read(place->path, &after_size);
        for (int draw = 0; draw < 5; draw++) {
            uint8_t *torn = malloc(after_size);
            assert_non_null(torn);
            memset(torn, 0, after_size);
            memcpy(torn, before, before_size);
            for (size_t at = SLOTS_AT; at < after_size; at += 512) {
                seed = seed * 6364136223846793005u + 1442695040888963407u;
                const size_t left = after_size - at;
                if (seed >> 63)
                    memcpy(torn + at, after + at, left < 512 ? left : 512);
            }
            file_write(place->path, torn, after_size);
            check_read_is(place, &kept);
            check_goes_on(place);
            free(torn);
        }
        file_write(place->path, after, after_size);
        free(before);
        free(after);
        state_clear(&kept);
        check_comes_back(place);
    }
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
    assert_int_equal(tally->counts[0], 7);
    assert_int_equal(read.tallies.count, 2);
    assert_int_equal(read.now.count, read.units.count);
    state_clear(&read);
}

static void a_snapshot_does_not_follow_the_state(void **state)
{
    struct place *place = *state;
    struct fault fault;
    struct state kept;
    CLEANUP(snapshot_close) struct snapshot *snapshot = snapshot_open();
    snapshot_take(snapshot, &place->county.state);
    state_copy(&place->county.state, &kept);
    go_on(place, 1);
    assert_true(state_store_write(place->store, snapshot, &place->head, &fault));
    check_read_is(place, &kept);
    state_clear(&kept);
}

static void no_state_is_said_as_such(void **state)
{
    check_refused(*state, FAULT_NO);
}

/* What no page names may say anything: then the state comes back as it was. */
static void check_same_or_refused(const struct place *place, const struct state *kept, const struct state *before)
{
    struct state read;
    struct log_head head;
    state_init(&read);
    const enum fault_code code = read_state(place, &read, &head);
    if (code == FAULT_NONE)
        check_same(&read, head.position == kept->heads.position ? kept : before);
    else
        assert_int_equal(code, FAULT_DAMAGED);
    state_clear(&read);
}

/* The state, the one of the snapshot before, or damage: never anything else. */
static void a_turned_bit_changes_nothing_unseen(void **state)
{
    struct place *place = *state;
    struct state before;
    size_t size;
    store(place);
    state_copy(&place->county.state, &before);
    go_on(place, 1);
    store(place);
    uint8_t *bytes = file_read(place->path, &size);
    for (size_t at = 0; at < size; at += at < 700 ? 7 : 4099) {
        bytes[at] ^= (uint8_t)(1u << at % 8);
        file_write(place->path, bytes, size);
        check_same_or_refused(place, &place->county.state, &before);
        bytes[at] ^= (uint8_t)(1u << at % 8);
    }
    free(bytes);
    state_clear(&before);
}

/* In a file of one snapshot every chunk counts. */
static void a_turned_bit_of_a_chunk_is_damage(void **state)
{
    enum { SLOTS_AT = 8192, SLOT_SIZE = 512 + TABLE_CHUNK_SIZE };
    struct place *place = *state;
    size_t size;
    store(place);
    uint8_t *bytes = file_read(place->path, &size);
    for (size_t at = SLOTS_AT; at < size; at += (at - SLOTS_AT) % SLOT_SIZE < 520 ? 101 : 5003) {
        if ((at - SLOTS_AT) % SLOT_SIZE < 8) /* an older turn is no other content */
            continue;
        bytes[at] ^= (uint8_t)(1u << at % 8);
        file_write(place->path, bytes, size);
        check_refused(place, FAULT_DAMAGED);
        bytes[at] ^= (uint8_t)(1u << at % 8);
    }
    free(bytes);
}

static void a_cut_file_is_damage(void **state)
{
    struct place *place = *state;
    size_t size;
    store(place);
    uint8_t *bytes = file_read(place->path, &size);
    for (size_t cut = 0; cut < size; cut += cut < 100 ? 13 : 6101) {
        file_write(place->path, bytes, cut);
        check_refused(place, FAULT_DAMAGED);
    }
    file_write(place->path, bytes, size - 1);
    check_refused(place, FAULT_DAMAGED);
    free(bytes);
}

/* Pages whose digest holds but whose tables are not of this version's form. */
static void a_state_of_another_form_is_damage(void **state)
{
    struct place *place = *state;
    struct fault fault;
    CLEANUP(snapshot_close) struct snapshot *snapshot = snapshot_open();
    snapshot_take(snapshot, &place->county.state);
    const struct {
        uint32_t *at;
        uint32_t value;
    } wrong[] = {{&snapshot->row_sizes[0], 2},
                 {&snapshot->counts[0], 0},
                 {&snapshot->counts[0], UINT32_MAX},
                 {&snapshot->counts[2], snapshot->counts[2] + 1000}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const uint32_t right = *wrong[i].at;
        *wrong[i].at = wrong[i].value;
        state_store_forget(place->store);
        assert_true(state_store_write(place->store, snapshot, &place->head, &fault));
        *wrong[i].at = right;
        check_refused(place, FAULT_DAMAGED);
    }
}

static void an_older_versions_file_is_called_that(void **state)
{
    static const uint32_t words[1024] = {0x54415453, 6};
    struct place *place = *state;
    struct state read;
    struct log_head head;
    struct fault fault;
    file_write(place->path, words, sizeof words);
    state_init(&read);
    assert_false(state_store_read(place->store, &read, &head, &fault));
    assert_int_equal(fault.code, FAULT_DAMAGED);
    assert_non_null(strstr(fault.text, "another version"));
    state_clear(&read);
    store(place); /* and makes way for the next snapshot */
    check_comes_back(place);
}

static void a_state_that_cannot_be_written_leaves_the_old_one(void **state)
{
    struct place *place = *state;
    struct fault fault = {0};
    char path[512];
    CLEANUP(state_store_close) struct state_store *nowhere = state_store_open("/nonexistent");
    CLEANUP(snapshot_close) struct snapshot *snapshot = snapshot_open();
    snapshot_take(snapshot, &place->county.state);
    assert_false(state_store_write(nowhere, snapshot, &place->head, &fault));
    assert_int_equal(fault.code, FAULT_SYSTEM);
    snapshot_return(snapshot, &place->county.state); /* so that the next one has everything */
    store(place);
    /* What a write left half done beside it is never read. */
    file_write(folder_file(place->folder, "state.new", path), "half", 4);
    check_comes_back(place);
}

static void the_writer_has_written_when_it_is_stopped(void **state)
{
    struct place *place = *state;
    struct fault fault;
    struct state_writer *writer = state_writer_start(place->store, &fault);
    assert_non_null(writer);
    assert_null(state_writer_take(writer));
    struct state_write *write = state_write_open();
    snapshot_take(write->snapshot, &place->county.state);
    write->head = place->head;
    state_writer_submit(writer, &write);
    assert_null(write);
    write = state_writer_stop(&writer);
    assert_null(writer);
    assert_non_null(write);
    assert_true(write->written);
    state_write_close(&write);
    check_comes_back(place);
}

/* The next snapshot has what one did not bring to the disk. */
static void what_the_writer_could_not_write_comes_back(void **state)
{
    struct place *place = *state;
    struct fault fault;
    CLEANUP(state_store_close) struct state_store *nowhere = state_store_open("/nonexistent");
    struct state_writer *writer = state_writer_start(nowhere, &fault);
    assert_non_null(writer);
    struct state_write *write = state_write_open();
    snapshot_take(write->snapshot, &place->county.state);
    state_writer_submit(writer, &write);
    while (!(write = state_writer_take(writer)))
        usleep(1000);
    assert_false(write->written);
    snapshot_return(write->snapshot, &place->county.state);
    state_write_close(&write);
    assert_null(state_writer_stop(&writer));
    store(place);
    check_comes_back(place);
}

int main(void)
{
#define IN_A_COUNTY(test) cmocka_unit_test_setup_teardown(test, make_place, remove_place)
    const struct CMUnitTest tests[] = {
        IN_A_COUNTY(a_state_comes_back_byte_for_byte),
        IN_A_COUNTY(what_changed_is_written_over_the_older_snapshot),
        IN_A_COUNTY(a_store_that_was_read_goes_on),
        IN_A_COUNTY(a_snapshot_that_was_cut_off_is_never_taken_for_a_whole_one),
        IN_A_COUNTY(a_state_that_came_back_is_found_by_its_keys),
        IN_A_COUNTY(a_snapshot_does_not_follow_the_state),
        IN_A_COUNTY(no_state_is_said_as_such),
        IN_A_COUNTY(a_turned_bit_changes_nothing_unseen),
        IN_A_COUNTY(a_turned_bit_of_a_chunk_is_damage),
        IN_A_COUNTY(a_cut_file_is_damage),
        IN_A_COUNTY(a_state_of_another_form_is_damage),
        IN_A_COUNTY(an_older_versions_file_is_called_that),
        IN_A_COUNTY(a_state_that_cannot_be_written_leaves_the_old_one),
        IN_A_COUNTY(the_writer_has_written_when_it_is_stopped),
        IN_A_COUNTY(what_the_writer_could_not_write_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
