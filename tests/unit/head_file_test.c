/* The log's head survives a torn write: one slot of two always holds, or nothing is believed. */
#include "log/head_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "folder.h"

enum { SLOT_SIZE = 4096, SLOT_BYTES = 168 };

struct place {
    char folder[FOLDER_PATH_SIZE];
    char path[512];
};

static int make_place(void **state)
{
    struct place *place = malloc(sizeof *place);
    assert_non_null(place);
    folder_make(place->folder);
    folder_file(place->folder, "head", place->path);
    *state = place;
    return 0;
}
static int remove_place(void **state)
{
    struct place *place = *state;
    folder_remove(place->folder);
    free(place);
    return 0;
}

static struct log_head head_of(uint64_t position)
{
    struct log_head head = {.position = position, .rejections = position / 3};
    memset(head.digest, (int)(position % 251), sizeof head.digest);
    return head;
}

/* Writes the heads of positions 1 to `count`. */
static void write_heads(const char *path, uint64_t count)
{
    struct head_file file;
    struct log_head head;
    struct fault fault = {0};
    assert_true(head_file_open(path, &file, &head, &fault));
    for (uint64_t position = 1; position <= count; position++) {
        head = head_of(position);
        assert_true(head_file_write(&file, &head, &fault));
    }
    head_file_close(&file);
}

static enum fault_code open_head(const char *path, struct log_head *head)
{
    struct head_file file;
    struct fault fault = {0};
    if (!head_file_open(path, &file, head, &fault)) {
        head_file_close(&file);
        return fault.code;
    }
    head_file_close(&file);
    return FAULT_NONE;
}

static void spoil(const char *path, size_t at)
{
    size_t size;
    uint8_t *bytes = file_read(path, &size);
    assert_true(at < size);
    bytes[at] ^= 0x10;
    file_write(path, bytes, size);
    free(bytes);
}

static void a_new_file_has_an_empty_head(void **state)
{
    const struct place *place = *state;
    const struct log_head nothing = {0};
    struct log_head head = head_of(9);
    for (int times = 0; times < 2; times++) { /* laid out, and opened again before a first write */
        assert_int_equal(open_head(place->path, &head), FAULT_NONE);
        assert_memory_equal(&head, &nothing, sizeof head);
    }
}

static void the_newest_head_is_read(void **state)
{
    const struct place *place = *state;
    for (uint64_t count = 1; count <= 5; count++) {
        struct log_head head;
        struct log_head expected = head_of(count);
        write_heads(place->path, count);
        assert_int_equal(open_head(place->path, &head), FAULT_NONE);
        assert_memory_equal(&head, &expected, sizeof head);
    }
}

/* Whatever a torn write left in the newest slot, the head before it stands. */
static void a_torn_slot_leaves_the_other(void **state)
{
    const struct place *place = *state;
    for (uint64_t count = 2; count <= 3; count++)
        for (size_t at = 0; at < SLOT_BYTES; at++) {
            struct log_head head;
            struct log_head expected = head_of(count - 1);
            struct log_head newest = head_of(count);
            /* Turns alternate between the slots: find which one the newest is in. */
            size_t size;
            write_heads(place->path, count);
            uint8_t *bytes = file_read(place->path, &size);
            uint64_t stored;
            memcpy(&stored, bytes + offsetof(struct log_head, position) + 16, sizeof stored);
            size_t slot = stored == newest.position ? 0 : SLOT_SIZE;
            free(bytes);
            spoil(place->path, slot + at);
            assert_int_equal(open_head(place->path, &head), FAULT_NONE);
            assert_memory_equal(&head, &expected, sizeof head);
            assert_int_equal(unlink(place->path), 0);
        }
}

static void two_broken_slots_are_damage(void **state)
{
    const struct place *place = *state;
    struct log_head head;
    write_heads(place->path, 4);
    spoil(place->path, 20);
    spoil(place->path, SLOT_SIZE + 20);
    assert_int_equal(open_head(place->path, &head), FAULT_DAMAGED);
}

/* A file whose only head was spoilt is not a new one. */
static void a_broken_only_slot_is_damage(void **state)
{
    const struct place *place = *state;
    struct log_head head;
    write_heads(place->path, 1);
    spoil(place->path, SLOT_SIZE + 20);
    assert_int_equal(open_head(place->path, &head), FAULT_DAMAGED);
}

static void a_cut_file_is_damage_unless_a_slot_is_left(void **state)
{
    const struct place *place = *state;
    struct log_head head;
    struct log_head expected = head_of(2);
    write_heads(place->path, 2); /* position 1 in the second slot, 2 in the first */
    size_t size;
    uint8_t *bytes = file_read(place->path, &size);
    file_write(place->path, bytes, SLOT_SIZE + 10);
    assert_int_equal(open_head(place->path, &head), FAULT_NONE);
    assert_memory_equal(&head, &expected, sizeof head);
    file_write(place->path, bytes, 10);
    assert_int_equal(open_head(place->path, &head), FAULT_DAMAGED);
    free(bytes);
}

static void writing_goes_on_after_opening_again(void **state)
{
    const struct place *place = *state;
    for (uint64_t position = 1; position <= 7; position++) {
        struct head_file file;
        struct log_head head;
        struct log_head expected = head_of(position);
        struct fault fault;
        assert_true(head_file_open(place->path, &file, &head, &fault));
        assert_int_equal(head.position, position - 1);
        assert_true(head_file_write(&file, &expected, &fault));
        head_file_close(&file);
    }
}

/* As a later version would write a slot: its number, and a check of its own kind. */
static void renew(const char *path, size_t slot, uint32_t version)
{
    enum { VERSION_AT = 4, CHECK_AT = 136 };
    size_t size;
    uint8_t *bytes = file_read(path, &size);
    memcpy(bytes + slot * SLOT_SIZE + VERSION_AT, &version, sizeof version);
    bytes[slot * SLOT_SIZE + CHECK_AT] ^= 0x10;
    file_write(path, bytes, size);
    free(bytes);
}

static void a_newer_versions_head_is_refused_by_name_and_kept(void **state)
{
    const struct place *place = *state;
    struct log_head head;
    for (size_t slot = 0; slot < 2; slot++) { /* from the first one on: the other may still be ours */
        size_t size, size_after;
        (void)unlink(place->path);
        write_heads(place->path, 2);
        for (size_t renewed = 0; renewed <= slot; renewed++)
            renew(place->path, renewed, 3);
        uint8_t *before = file_read(place->path, &size);
        assert_int_equal(open_head(place->path, &head), FAULT_NEWER);
        uint8_t *after = file_read(place->path, &size_after);
        assert_int_equal(size, size_after);
        assert_memory_equal(before, after, size);
        free(before);
        free(after);
    }
}

static void a_version_that_went_wrong_is_no_newer_one(void **state)
{
    const struct place *place = *state;
    struct log_head head;
    write_heads(place->path, 2);
    spoil(place->path, 4); /* of 2 it makes 18; position 2 is in the first slot */
    assert_int_equal(open_head(place->path, &head), FAULT_NONE);
    assert_int_equal(head.position, 1);
}

static void a_folder_that_is_not_there_is_a_failure_of_the_system(void **state)
{
    struct log_head head;
    (void)state;
    assert_int_equal(open_head("/nonexistent/head", &head), FAULT_SYSTEM);
}

int main(void)
{
#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_place, remove_place)
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(a_new_file_has_an_empty_head),
        IN_A_FOLDER(the_newest_head_is_read),
        IN_A_FOLDER(a_torn_slot_leaves_the_other),
        IN_A_FOLDER(two_broken_slots_are_damage),
        IN_A_FOLDER(a_broken_only_slot_is_damage),
        IN_A_FOLDER(a_cut_file_is_damage_unless_a_slot_is_left),
        IN_A_FOLDER(writing_goes_on_after_opening_again),
        IN_A_FOLDER(a_newer_versions_head_is_refused_by_name_and_kept),
        IN_A_FOLDER(a_version_that_went_wrong_is_no_newer_one),
        IN_A_FOLDER(a_folder_that_is_not_there_is_a_failure_of_the_system),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
