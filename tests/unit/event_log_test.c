/* The log keeps what it acknowledged, or says that it does not: read back, found by time, cut, spoilt, and written with
 * errors. */
#include "log/event_log.h"
#include "log/rocks.h"

#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "draw.h"
#include "drawn_block.h"
#include "folder.h"
#include "log/head_file.h"
#include "log/log_digest.h"
#include "log/log_view.h"
#include "log/packed_block.h"

struct place {
    char folder[FOLDER_PATH_SIZE];
    char data[512];
    struct event_log *log;
    struct block_builder block;
    uint64_t position; /* last appended */
    uint64_t rejections;
};

static void open_log(struct place *place)
{
    struct fault fault = {0};
    place->log = event_log_open(place->data, EVENT_LOG_OPEN_OR_CREATE, &fault);
    if (!place->log)
        fail_msg("%s", fault.text);
}

static int make_place(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    assert_non_null(place);
    folder_make(place->folder);
    folder_file(place->folder, "data", place->data);
    assert_int_equal(mkdir(place->data, 0700), 0);
    block_builder_init(&place->block);
    open_log(place);
    *state = place;
    return 0;
}
static int remove_place(void **state)
{
    struct place *place = *state;
    event_log_close(&place->log);
    block_builder_clear(&place->block);
    folder_remove(place->folder);
    free(place);
    return 0;
}

static void reopen(struct place *place)
{
    event_log_close(&place->log);
    open_log(place);
    assert_int_equal(event_log_head(place->log).position, place->position);
    assert_int_equal(event_log_head(place->log).rejections, place->rejections);
}

/* What stands at a position: its content and time follow from its number. */
static size_t content_of(uint64_t position, uint8_t bytes[static 512])
{
    struct draw draw = {.seed = position};
    size_t size = draw_below(&draw, 512);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)draw_number(&draw);
    return size;
}
static int64_t time_of(uint64_t position)
{
    return 1000 * (int64_t)(position / 4); /* four records share a time */
}

/* Gathers the next `count` records. */
static struct log_batch gather(struct place *place, uint32_t count)
{
    block_builder_reset(&place->block, place->position + 1);
    for (uint32_t i = 0; i < count; i++) {
        uint8_t bytes[512];
        size_t size = content_of(place->position + 1 + i, bytes);
        block_builder_next(&place->block, false);
        const struct block_entry entry = {
            .recorded_at_us = time_of(place->position + 1 + i),
            .kind = 72,
            .publisher = (uint8_t)block_builder_publisher(&place->block, "safety", "140322000000"),
        };
        block_builder_add(&place->block, &entry, bytes, size);
    }
    return (struct log_batch){.blocks = &place->block};
}

static void append(struct place *place, uint32_t count)
{
    struct fault fault = {0};
    const struct log_batch batch = gather(place, count);
    if (!event_log_append(place->log, &batch, &fault))
        fail_msg("%s", fault.text);
    place->position += count;
    assert_int_equal(event_log_head(place->log).position, place->position);
}

/* Reads every record up to the position; false at the first fault. What is read must be what was written. */
static bool read_records(struct event_log *log, uint64_t last, struct fault *fault)
{
    struct log_view *view = log_view_open(log);
    bool good = true;
    for (uint64_t position = 1; good && position <= last;) {
        struct block_view block;
        good = log_view_block(view, position, &block, fault);
        for (uint32_t i = 0; good && i < block.header->count; i++) {
            uint8_t expected[512];
            size_t size = content_of(position + i, expected);
            assert_int_equal(block.entries[i].size, size);
            assert_memory_equal(block.bytes + block.entries[i].offset, expected, size);
            assert_int_equal(block.entries[i].recorded_at_us, time_of(position + i));
            assert_string_equal(block.publishers[block.entries[i].publisher].identity, "safety");
        }
        position += good ? block.header->count : 0;
    }
    log_view_close(&view);
    return good;
}

static bool verify(struct event_log *log, struct fault *fault)
{
    struct log_view *view = log_view_open(log);
    struct log_head head = event_log_head(log);
    bool good = log_view_verify(view, &head, fault);
    log_view_close(&view);
    return good;
}

static void check_whole(struct place *place)
{
    struct fault fault = {0};
    if (!read_records(place->log, place->position, &fault) || !verify(place->log, &fault))
        fail_msg("%s", fault.text);
}

static void what_was_appended_is_read_back_also_after_opening_again(void **state)
{
    struct place *place = *state;
    struct draw draw = {.seed = 1};
    for (int i = 0; i < 60; i++) {
        append(place, 1 + draw_below(&draw, 50));
        if (draw_once_in(&draw, 12))
            reopen(place);
    }
    check_whole(place);
    reopen(place);
    check_whole(place);
}

static void every_position_is_found_in_its_block_and_none_beyond_the_end(void **state)
{
    struct place *place = *state;
    struct draw draw = {.seed = 2};
    for (int i = 0; i < 20; i++)
        append(place, 1 + draw_below(&draw, 9));
    struct log_view *view = log_view_open(place->log);
    for (int i = 0; i < 500; i++) {
        struct block_view block;
        struct fault fault = {0};
        uint64_t position = 1 + draw_below(&draw, (uint32_t)place->position);
        assert_true(log_view_block(view, position, &block, &fault));
        assert_true(block.header->first_position <= position);
        assert_true(position < block.header->first_position + block.header->count);
    }
    const uint64_t none[] = {0, place->position + 1, place->position + 1000, UINT64_MAX};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        struct block_view block;
        struct fault fault = {0};
        assert_false(log_view_block(view, none[i], &block, &fault));
        assert_int_equal(fault.code, FAULT_NO);
    }
    log_view_close(&view);
}

/* What was read ahead goes when a reading does not go on; the block at hand must go with it. */
static void a_block_is_read_again_after_a_look_for_what_is_not_there(void **state)
{
    enum { READ_ON = 12 };
    struct place *place = *state;
    struct draw draw = {.seed = 4};
    for (int i = 0; i < 2 * READ_ON; i++)
        append(place, 1 + draw_below(&draw, 9));
    struct block_view block;
    struct fault fault = {0};
    struct log_head head;
    char copy[512];
    uint64_t position = 1;
    /* To copy it all of it is written into files: what is borrowed of one goes with the reading. */
    assert_int_equal(mkdir(folder_file(place->folder, "copy", copy), 0700), 0);
    assert_true(event_log_copy(place->log, copy, &head, &fault));
    struct log_view *view = log_view_open(place->log);
    log_view_read_ahead(view);
    for (int i = 0; i < READ_ON; i++) {
        assert_true(log_view_block(view, position, &block, &fault));
        position = block.header->first_position + block.header->count;
    }
    assert_true(log_view_is_ahead(view));
    assert_false(log_view_block(view, 0, &block, &fault));
    assert_int_equal(fault.code, FAULT_NO);
    assert_true(log_view_block(view, position - 1, &block, &fault));
    assert_int_equal(block.header->first_position + block.header->count, position);
    log_view_close(&view);
}

static void a_new_log_is_empty(void **state)
{
    struct place *place = *state;
    const struct log_head nothing = {0};
    struct log_head head = event_log_head(place->log);
    assert_memory_equal(&head, &nothing, sizeof head);
    check_whole(place);
    reopen(place);
}

static void the_first_position_at_or_after_a_time_is_found(void **state)
{
    struct place *place = *state;
    struct draw draw = {.seed = 3};
    for (int i = 0; i < 12; i++)
        append(place, 1 + draw_below(&draw, 20));
    struct log_view *view = log_view_open(place->log);
    for (int64_t time_us = -1000; time_us <= time_of(place->position) + 2000; time_us += 250) {
        uint64_t found;
        uint64_t expected = 1;
        struct fault fault;
        while (expected <= place->position && time_of(expected) < time_us)
            expected++;
        assert_true(log_view_at_time(view, time_us, place->position, &found, &fault));
        assert_int_equal(found, expected);
    }
    log_view_close(&view);
}

struct taken {
    uint64_t expected;
    uint64_t stop_after;
    uint64_t count;
};

static bool take_rejection(const struct log_rejection *rejection, void *context)
{
    struct taken *taken = context;
    char text[32];
    snprintf(text, sizeof text, "rejection %llu", (unsigned long long)taken->expected);
    assert_int_equal(rejection->number, taken->expected);
    assert_int_equal(rejection->size, strlen(text));
    assert_memory_equal(rejection->bytes, text, rejection->size);
    taken->expected++;
    return ++taken->count < taken->stop_after;
}

static void rejections_are_kept_by_number_beside_the_records(void **state)
{
    enum { REJECTIONS = 30 };
    struct place *place = *state;
    struct fault fault = {0};
    for (uint64_t number = 1; number <= REJECTIONS; number++) {
        char text[32];
        snprintf(text, sizeof text, "rejection %llu", (unsigned long long)number);
        const struct log_rejection rejection = {.number = number, .bytes = (const uint8_t *)text, .size = strlen(text)};
        struct log_batch batch = gather(place, number % 3 == 0 ? 2 : 0); /* with a block, and without one */
        batch.rejections = &rejection;
        batch.rejection_count = 1;
        assert_true(event_log_append(place->log, &batch, &fault));
        place->position += batch.blocks->count;
        place->rejections = number;
    }
    reopen(place);
    check_whole(place);
    struct log_view *view = log_view_open(place->log);
    struct taken all = {.expected = 1, .stop_after = 1000};
    assert_true(log_view_rejections(view, 1, take_rejection, &all, &fault));
    assert_int_equal(all.count, REJECTIONS);
    struct taken some = {.expected = 11, .stop_after = 5};
    assert_true(log_view_rejections(view, 11, take_rejection, &some, &fault));
    assert_int_equal(some.count, 5);
    struct taken none = {.expected = REJECTIONS + 1};
    assert_true(log_view_rejections(view, REJECTIONS + 1, take_rejection, &none, &fault));
    assert_int_equal(none.count, 0);
    log_view_close(&view);
}

static void put_cursor(struct place *place, const char *name, const char *value)
{
    struct fault fault;
    const struct log_cursor cursor = {.name = name, .value = (const uint8_t *)value, .size = strlen(value)};
    struct log_batch batch = gather(place, 0);
    batch.cursors = &cursor;
    batch.cursor_count = 1;
    assert_true(event_log_append(place->log, &batch, &fault));
}

static void list_cursor(const struct log_cursor *cursor, void *context)
{
    char *list = context;
    size_t size = strlen(list);
    snprintf(list + size, 200 - size, "%s=%.*s ", cursor->name, (int)cursor->size, (const char *)cursor->value);
}

static void durable_names_keep_their_newest_value_until_they_are_forgotten(void **state)
{
    struct place *place = *state;
    struct fault fault;
    char list[200] = "";
    put_cursor(place, "leader/page", "10");
    put_cursor(place, "inbox.safety", "4");
    put_cursor(place, "leader/page", "12");
    put_cursor(place, "gone", "1");
    put_cursor(place, "gone", "");
    reopen(place);
    struct log_view *view = log_view_open(place->log);
    assert_true(log_view_cursors(view, list_cursor, list, &fault));
    assert_string_equal(list, "inbox.safety=4 leader/page=12 ");
    log_view_close(&view);
}

static void a_log_has_one_writer(void **state)
{
    struct place *place = *state;
    struct fault fault = {0};
    assert_null(event_log_open(place->data, EVENT_LOG_OPEN_OR_CREATE, &fault));
    assert_int_equal(fault.code, FAULT_SYSTEM);
    append(place, 3); /* the first one is not disturbed */
}

static void no_log_is_made_where_there_is_none_to_look_at(void **state)
{
    struct place *place = *state;
    struct fault fault = {0};
    char path[512];
    folder_file(place->folder, "nowhere", path);
    assert_null(event_log_open(path, EVENT_LOG_READ_ONLY, &fault));
    assert_int_not_equal(access(path, F_OK), 0);
}

static void looking_at_a_log_leaves_it_as_it_is(void **state)
{
    struct place *place = *state;
    struct fault fault = {0};
    char copy[512];
    append(place, 40);
    reopen(place);
    append(place, 5);
    event_log_close(&place->log);
    folder_copy(place->data, folder_file(place->folder, "copy", copy));
    struct event_log *log = event_log_open(copy, EVENT_LOG_READ_ONLY, &fault);
    assert_non_null(log);
    assert_true(read_records(log, place->position, &fault));
    assert_true(verify(log, &fault));
    event_log_close(&log);

    char store[512];
    char other[512];
    DIR *folder = opendir(folder_file(place->data, "log", store));
    const struct dirent *entry;
    assert_non_null(folder);
    folder_file(copy, "log", other);
    while ((entry = readdir(folder)) != NULL) {
        char left[512];
        char right[512];
        size_t size_left;
        size_t size_right;
        if (entry->d_name[0] == '.' || strncmp(entry->d_name, "LOG", 3) == 0)
            continue; /* LOG is what the library says about itself */
        uint8_t *bytes_left = file_read(folder_file(store, entry->d_name, left), &size_left);
        uint8_t *bytes_right = file_read(folder_file(other, entry->d_name, right), &size_right);
        assert_int_equal(size_left, size_right);
        assert_memory_equal(bytes_left, bytes_right, size_left);
        free(bytes_left);
        free(bytes_right);
    }
    closedir(folder);
}

/* Opens the data folder that lies there and expects damage. */
static void check_damaged(const char *data)
{
    struct fault fault = {0};
    for (int mode = EVENT_LOG_OPEN_OR_CREATE; mode <= EVENT_LOG_READ_ONLY; mode++) {
        struct event_log *log = event_log_open(data, (enum event_log_mode)mode, &fault);
        if (log) {
            event_log_close(&log);
            fail_msg("mode %d: it was opened", mode);
        }
        if (fault.code != FAULT_DAMAGED)
            fail_msg("mode %d: %s: %s", mode, fault_name(fault.code), fault.text);
    }
}

static void a_store_that_ends_before_the_head_is_damaged(void **state)
{
    struct place *place = *state;
    char older[512];
    char path[512];
    char newer[512];
    append(place, 10);
    reopen(place);
    event_log_close(&place->log);
    folder_copy(folder_file(place->data, "log", path), folder_file(place->folder, "older", older));
    open_log(place);
    append(place, 1);
    event_log_close(&place->log);
    folder_file(place->folder, "newer", newer);
    assert_int_equal(rename(path, newer), 0);
    assert_int_equal(rename(older, path), 0);
    check_damaged(place->data);
}

/* The same by rejections alone. */
static void a_store_that_lacks_a_rejection_is_damaged(void **state)
{
    struct place *place = *state;
    struct fault fault;
    char older[512];
    char path[512];
    char newer[512];
    append(place, 10);
    event_log_close(&place->log);
    folder_copy(folder_file(place->data, "log", path), folder_file(place->folder, "older", older));
    open_log(place);
    const struct log_rejection rejection = {.number = 1, .bytes = (const uint8_t *)"x", .size = 1};
    struct log_batch batch = gather(place, 0);
    batch.rejections = &rejection;
    batch.rejection_count = 1;
    assert_true(event_log_append(place->log, &batch, &fault));
    event_log_close(&place->log);
    folder_file(place->folder, "newer", newer);
    assert_int_equal(rename(path, newer), 0);
    assert_int_equal(rename(older, path), 0);
    check_damaged(place->data);
}

/* A position that the store has no block of is not "no such record", as of one that somebody asks for. */
static void a_store_whose_own_head_is_changed_is_damaged(void **state)
{
    struct place *place = *state;
    struct fault fault;
    struct rocks rocks;
    char path[512];
    char *error = NULL;
    append(place, 10);
    struct log_head head = event_log_head(place->log);
    event_log_close(&place->log);
    head.position++;
    assert_true(rocks_open(folder_file(place->data, "log", path), ROCKS_OPEN, &rocks, &fault));
    rocksdb_put_cf(rocks.db, rocks.durable, rocks.families[FAMILY_META], "head", sizeof "head", (const char *)&head,
                   sizeof head, &error);
    assert_null(error);
    rocks_close(&rocks);
    check_damaged(place->data);
}

/* The newest file of the store whose name ends so. */
static void newest_file(const char *store, const char *ending, char path[static 512])
{
    char newest[64] = "";
    DIR *folder = opendir(store);
    const struct dirent *entry;
    assert_non_null(folder);
    while ((entry = readdir(folder)) != NULL) {
        size_t size = strlen(entry->d_name);
        if (size > strlen(ending) && strcmp(entry->d_name + size - strlen(ending), ending) == 0 &&
            strcmp(entry->d_name, newest) > 0)
            snprintf(newest, sizeof newest, "%.60s", entry->d_name);
    }
    closedir(folder);
    assert_true(newest[0] != '\0');
    folder_file(store, newest, path);
}

static void a_store_whose_newest_journal_was_deleted_is_damaged(void **state)
{
    struct place *place = *state;
    char store[512];
    char path[512];
    append(place, 10);
    reopen(place);
    append(place, 3);
    event_log_close(&place->log);
    newest_file(folder_file(place->data, "log", store), ".log", path);
    assert_int_equal(unlink(path), 0);
    check_damaged(place->data);
}

static void a_store_whose_journal_was_cut_is_damaged_at_every_length(void **state)
{
    struct place *place = *state;
    char store[512];
    char path[512];
    size_t size;
    append(place, 4);
    reopen(place);
    append(place, 2);
    event_log_close(&place->log);
    newest_file(folder_file(place->data, "log", store), ".log", path);
    uint8_t *bytes = file_read(path, &size);
    struct draw draw = {.seed = 12};
    for (size_t cut = 0; cut < size; cut += 1 + draw_below(&draw, 60)) {
        char copy[512];
        char journal[512];
        char name[32];
        snprintf(name, sizeof name, "cut-%zu", cut);
        folder_copy(place->data, folder_file(place->folder, name, copy));
        newest_file(folder_file(copy, "log", store), ".log", journal);
        file_write(journal, bytes, cut);
        check_damaged(copy);
        folder_remove(copy);
    }
    free(bytes);
}

static void a_log_without_its_head_file_is_damaged(void **state)
{
    struct place *place = *state;
    char path[512];
    append(place, 2);
    event_log_close(&place->log);
    assert_int_equal(unlink(folder_file(place->data, "head", path)), 0);
    check_damaged(place->data);
}

/* The hub ended between the two writes: what the store has was never acknowledged, and is kept. */
static void a_store_ahead_of_its_head_is_opened(void **state)
{
    struct place *place = *state;
    char path[512];
    size_t size;
    append(place, 5);
    uint8_t *older = file_read(folder_file(place->data, "head", path), &size);
    append(place, 7);
    event_log_close(&place->log);
    file_write(path, older, size);
    free(older);
    open_log(place);
    assert_int_equal(event_log_head(place->log).position, 12);
    check_whole(place);
    append(place, 2); /* the head saw the store's when it was opened: it is behind by no more than this one, again */
    event_log_close(&place->log);
    uint8_t *newer = file_read(path, &size);
    newer[8] ^= 1; /* of one slot, be it the newest */
    file_write(path, newer, size);
    free(newer);
    open_log(place);
    check_whole(place);
}

/* Each commit ends with the head: one that is behind by two was exchanged. */
static void a_head_that_is_older_than_the_last_commit_but_one_is_damaged(void **state)
{
    struct place *place = *state;
    char path[512];
    size_t size;
    append(place, 5);
    uint8_t *older = file_read(folder_file(place->data, "head", path), &size);
    append(place, 7);
    append(place, 1);
    event_log_close(&place->log);
    file_write(path, older, size);
    free(older);
    check_damaged(place->data);
    file_write(path, "", 0);
    check_damaged(place->data);
}

/* RocksDB would begin anew there, and delete every file that it does not know. */
static void a_store_without_its_list_of_files_is_damaged_and_left_alone(void **state)
{
    struct place *place = *state;
    char store[512];
    char path[512];
    char table[512];
    append(place, 10);
    reopen(place);
    event_log_close(&place->log);
    newest_file(folder_file(place->data, "log", store), ".sst", table);
    assert_int_equal(unlink(folder_file(store, "CURRENT", path)), 0);
    check_damaged(place->data);
    assert_int_equal(access(table, F_OK), 0);
    assert_int_not_equal(access(path, F_OK), 0);
}

static void put_name(struct place *place, const char *name, const char *value)
{
    struct fault fault;
    struct log_batch batch = gather(place, 0);
    const struct log_cursor cursor = {.name = name, .value = (const uint8_t *)value, .size = strlen(value)};
    batch.cursors = &cursor;
    batch.cursor_count = 1;
    assert_true(event_log_append(place->log, &batch, &fault));
}

/* No record and no rejection is missing, but what a durable name had acknowledged. */
static void a_store_that_lacks_what_a_name_acknowledged_is_damaged(void **state)
{
    struct place *place = *state;
    char older[512];
    char path[512];
    char newer[512];
    append(place, 10);
    put_name(place, "inbox", "5");
    event_log_close(&place->log);
    folder_copy(folder_file(place->data, "log", path), folder_file(place->folder, "older", older));
    open_log(place);
    put_name(place, "inbox", "7");
    put_name(place, "leader", "7");
    put_name(place, "leader", ""); /* forgotten again */
    reopen(place);
    event_log_close(&place->log);
    folder_file(place->folder, "newer", newer);
    assert_int_equal(rename(path, newer), 0);
    assert_int_equal(rename(older, path), 0);
    check_damaged(place->data);
}

/* The largest file of the store: of records, where there are many. */
static void largest_file(const char *store, char path[static 512])
{
    off_t largest = -1;
    DIR *folder = opendir(store);
    const struct dirent *entry;
    assert_non_null(folder);
    while ((entry = readdir(folder)) != NULL) {
        char candidate[512];
        struct stat status;
        folder_file(store, entry->d_name, candidate);
        if (stat(candidate, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size <= largest)
            continue;
        largest = status.st_size;
        strcpy(path, candidate);
    }
    closedir(folder);
    assert_true(largest > 0);
}

/* Old records are read when the log is opened, unless that is not wanted. */
static void a_changed_old_record_is_found_at_once_or_when_it_is_read(void **state)
{
    struct place *place = *state;
    struct fault fault = {0};
    char store[512];
    char path[512];
    size_t size;
    append(place, 3000);
    reopen(place);
    append(place, 1);
    event_log_close(&place->log);
    largest_file(folder_file(place->data, "log", store), path);
    uint8_t *bytes = file_read(path, &size);
    bytes[size / 3] ^= 0x10;
    file_write(path, bytes, size);
    free(bytes);
    assert_null(event_log_open(place->data, EVENT_LOG_OPEN_OR_CREATE, &fault));
    assert_int_equal(fault.code, FAULT_DAMAGED);
    assert_non_null(strstr(fault.text, "position"));
    place->log = event_log_open(place->data, EVENT_LOG_OPEN_UNREAD, &fault);
    assert_non_null(place->log);
    assert_false(read_records(place->log, place->position, &fault));
    assert_int_equal(fault.code, FAULT_DAMAGED);
}

static void a_log_of_the_same_length_with_other_content_is_damaged(void **state)
{
    struct place *place = *state;
    char head[512];
    size_t size;
    append(place, 5);
    event_log_close(&place->log);
    uint8_t *bytes = file_read(folder_file(place->data, "head", head), &size);
    folder_remove(place->data);
    assert_int_equal(mkdir(place->data, 0700), 0);
    open_log(place);
    place->position = 0;
    append(place, 2); /* the same five records, in other blocks */
    append(place, 3);
    event_log_close(&place->log);
    file_write(head, bytes, size);
    free(bytes);
    check_damaged(place->data);
}

static struct drawn_bytes stored_value(const struct rocks *rocks, uint64_t first)
{
    uint8_t key[8];
    size_t size;
    char *error = NULL;
    rocks_number_key(first, key);
    char *value = rocksdb_get_cf(rocks->db, rocks->reading, rocks->families[FAMILY_BLOCKS], (const char *)key,
                                 sizeof key, &size, &error);
    assert_null(error);
    assert_non_null(value);
    struct drawn_bytes stored = drawn_copy((const uint8_t *)value, size);
    rocksdb_free(value);
    return stored;
}

static void put(const struct rocks *rocks, enum rocks_family family, const void *key, size_t key_size,
                const void *value, size_t size)
{
    char *error = NULL;
    rocksdb_put_cf(rocks->db, rocks->durable, rocks->families[family], key, key_size, value, size, &error);
    assert_null(error);
}

/* Stores the block as an older version did, behind the digest, which becomes that of what was stored. Returns how many
 * records it has. */
static uint32_t store_as_older(const struct rocks *rocks, uint64_t first, uint8_t digest[static 32])
{
    uint8_t key[8];
    uint8_t rest[LOG_DIGEST_SIZE];
    struct fault fault;
    struct block_view view;
    struct block_header header;
    struct unpacked_block unpacked = {0};
    struct drawn_bytes stored = stored_value(rocks, first);
    const bool packed = block_is_packed(stored.bytes, stored.size);
    memcpy(stored.bytes + offsetof(struct block_header, previous_digest), digest, sizeof rest);
    if (packed) {
        assert_true(block_unpack(&unpacked, stored.bytes, stored.size, first, &view, &fault) &&
                    unpacked_block_fetch_all(&unpacked, &view, &fault));
        struct drawn_bytes older = packed_as_older(stored.bytes, stored.size);
        free(stored.bytes);
        stored = older;
    }
    const uint8_t *block = packed ? unpacked.bytes : stored.bytes;
    memcpy(&header, block, sizeof header);
    log_digest_rest(block + sizeof header, (packed ? unpacked.size : stored.size) - sizeof header, rest);
    log_digest_block(digest, &header, rest);
    rocks_number_key(first, key);
    put(rocks, FAMILY_BLOCKS, key, sizeof key, stored.bytes, stored.size);
    free(stored.bytes);
    unpacked_block_clear(&unpacked);
    return header.count;
}

/* Makes the log of a closed place what an older version would have written. */
static void make_older(struct place *place)
{
    struct rocks rocks;
    struct log_head head;
    struct head_file file;
    struct fault fault;
    char path[512];
    assert_true(rocks_open(folder_file(place->data, "log", path), ROCKS_OPEN, &rocks, &fault));
    assert_true(head_file_open(folder_file(place->data, "head", path), &file, &head, &fault));
    memset(head.digest, 0, sizeof head.digest);
    for (uint64_t first = 1; first <= head.position;)
        first += store_as_older(&rocks, first, head.digest);
    put(&rocks, FAMILY_META, "head", sizeof "head", &head, sizeof head);
    for (int slot = 0; slot < 2; slot++)
        assert_true(head_file_write(&file, &head, &fault) && head_file_sync(&file, &fault));
    head_file_close(&file);
    rocks_close(&rocks);
}

static void what_an_older_version_packed_is_read_and_gone_on_with(void **state)
{
    struct place *place = *state;
    append(place, 300); /* two blocks that are packed, and one, … */
    append(place, 3);   /* … and one that is stored as it is */
    append(place, 40);
    event_log_close(&place->log);
    make_older(place);
    open_log(place);
    check_whole(place);
    append(place, 200);
    reopen(place);
    check_whole(place);
}

/* Whether the folder, spoilt somewhere, still gives every record, or says that it is damaged. Never other records. */
static bool holds_or_says_so(const char *data, uint64_t position)
{
    struct fault fault = {0};
    struct event_log *log = event_log_open(data, EVENT_LOG_READ_ONLY, &fault);
    if (!log)
        return fault.code == FAULT_DAMAGED || fault.code == FAULT_SYSTEM;
    bool said = event_log_head(log).position < position;
    if (!said && !read_records(log, position, &fault))
        said = fault.code == FAULT_DAMAGED || fault.code == FAULT_NO;
    else
        said = said || verify(log, &fault) || fault.code == FAULT_DAMAGED;
    event_log_close(&log);
    return said;
}

static void spoil_file(const char *path, struct draw *draw)
{
    size_t size;
    uint8_t *bytes = file_read(path, &size);
    if (size > 0)
        bytes[draw_below(draw, (uint32_t)size)] ^= (uint8_t)(1u << draw_below(draw, 8));
    file_write(path, bytes, size);
    free(bytes);
}

static void a_turned_bit_in_the_store_is_said_or_harmless(void **state)
{
    static const char *const endings[] = {".sst", ".log"};
    struct place *place = *state;
    struct draw draw = {.seed = 13};
    char store[512];
    for (int i = 0; i < 10; i++) {
        append(place, 20);
        if (i % 4 == 3)
            reopen(place); /* journals become tables */
    }
    event_log_close(&place->log);
    int said_nothing = 0;
    for (int run = 0; run < 80; run++) {
        char copy[512];
        char path[512];
        folder_copy(place->data, folder_file(place->folder, "copy", copy));
        folder_file(copy, "log", store);
        if (run % 4 == 2)
            folder_file(copy, "head", path);
        else
            newest_file(store, endings[run % 2], path);
        spoil_file(path, &draw);
        if (!holds_or_says_so(copy, place->position))
            said_nothing++;
        folder_remove(copy);
    }
    assert_int_equal(said_nothing, 0);
    open_log(place);
}

/* Lets no file of this process grow beyond `bytes` while it stands. */
static struct rlimit limit_files(rlim_t bytes)
{
    struct rlimit before;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    const struct rlimit limited = {.rlim_cur = bytes, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limited), 0);
    return before;
}

static void check_refused_until_opened_again(struct place *place)
{
    struct fault fault = {0};
    const struct log_batch batch = gather(place, 1);
    assert_false(event_log_append(place->log, &batch, &fault));
    assert_int_equal(fault.code, FAULT_UNCERTAIN);
    event_log_close(&place->log);
    open_log(place);
    place->position = event_log_head(place->log).position;
    check_whole(place);
    append(place, 3);
    reopen(place);
    check_whole(place);
}

static void append_after_uncertain_write_is_refused(void **state)
{
    enum { RECORDS = 4000, LIMIT = 200000 }; /* about a megabyte of records */
    struct place *place = *state;
    struct fault fault = {0};
    append(place, 10);
    const struct log_batch batch = gather(place, RECORDS);
    struct log_head head = event_log_head(place->log);
    struct rlimit before = limit_files(LIMIT);
    bool appended = event_log_append(place->log, &batch, &fault);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_false(appended);
    assert_int_equal(fault.code, FAULT_UNCERTAIN);
    struct log_head after = event_log_head(place->log);
    assert_memory_equal(&after, &head, sizeof head); /* nothing is claimed */
    check_refused_until_opened_again(place);
    assert_true(place->position == 10 + 3 || place->position == 10 + RECORDS + 3);
}

/* The store has it, the head does not: nobody was told, so nobody knows. */
static void append_after_an_unwritten_head_is_refused(void **state)
{
    enum { ONE_SLOT = 4096 }; /* the first head goes into the second slot, beyond it */
    struct place *place = *state;
    struct fault fault = {0};
    const struct log_batch batch = gather(place, 1);
    struct rlimit before = limit_files(ONE_SLOT);
    bool appended = event_log_append(place->log, &batch, &fault);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_false(appended);
    assert_int_equal(fault.code, FAULT_UNCERTAIN);
    assert_non_null(strstr(fault.text, "head"));
    check_refused_until_opened_again(place);
    assert_int_equal(place->position, 4);
}

/* A backup would be restored over a log that lacks nothing. */
static void a_log_that_the_system_lets_nobody_open_is_not_called_damaged(void **state)
{
    enum { DESCRIPTORS = 64 };
    struct place *place = *state;
    struct rlimit before;
    rlim_t failures = 0;
    append(place, 10);
    event_log_close(&place->log);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    for (rlim_t limit = 3; !place->log && limit < DESCRIPTORS; limit++) {
        const struct rlimit few = {.rlim_cur = limit, .rlim_max = before.rlim_max};
        struct fault fault = {0};
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
        place->log = event_log_open(place->data, EVENT_LOG_OPEN_OR_CREATE, &fault);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
        if (!place->log && fault.code != FAULT_SYSTEM)
            fail_msg("%llu descriptors: %s", (unsigned long long)limit, fault.text);
        failures += !place->log;
    }
    assert_true(failures >= 5);
    check_whole(place);
}

int main(void)
{
#define ON_A_LOG(test) cmocka_unit_test_setup_teardown(test, make_place, remove_place)
    const struct CMUnitTest tests[] = {
        ON_A_LOG(what_was_appended_is_read_back_also_after_opening_again),
        ON_A_LOG(every_position_is_found_in_its_block_and_none_beyond_the_end),
        ON_A_LOG(a_block_is_read_again_after_a_look_for_what_is_not_there),
        ON_A_LOG(a_new_log_is_empty),
        ON_A_LOG(the_first_position_at_or_after_a_time_is_found),
        ON_A_LOG(rejections_are_kept_by_number_beside_the_records),
        ON_A_LOG(durable_names_keep_their_newest_value_until_they_are_forgotten),
        ON_A_LOG(a_log_has_one_writer),
        ON_A_LOG(no_log_is_made_where_there_is_none_to_look_at),
        ON_A_LOG(looking_at_a_log_leaves_it_as_it_is),
        ON_A_LOG(a_store_that_ends_before_the_head_is_damaged),
        ON_A_LOG(a_store_that_lacks_a_rejection_is_damaged),
        ON_A_LOG(a_store_whose_own_head_is_changed_is_damaged),
        ON_A_LOG(a_store_whose_newest_journal_was_deleted_is_damaged),
        ON_A_LOG(a_store_whose_journal_was_cut_is_damaged_at_every_length),
        ON_A_LOG(a_log_without_its_head_file_is_damaged),
        ON_A_LOG(a_store_ahead_of_its_head_is_opened),
        ON_A_LOG(a_head_that_is_older_than_the_last_commit_but_one_is_damaged),
        ON_A_LOG(a_store_without_its_list_of_files_is_damaged_and_left_alone),
        ON_A_LOG(a_store_that_lacks_what_a_name_acknowledged_is_damaged),
        ON_A_LOG(a_changed_old_record_is_found_at_once_or_when_it_is_read),
        ON_A_LOG(a_log_of_the_same_length_with_other_content_is_damaged),
        ON_A_LOG(what_an_older_version_packed_is_read_and_gone_on_with),
        ON_A_LOG(a_turned_bit_in_the_store_is_said_or_harmless),
        ON_A_LOG(append_after_uncertain_write_is_refused),
        ON_A_LOG(append_after_an_unwritten_head_is_refused),
        ON_A_LOG(a_log_that_the_system_lets_nobody_open_is_not_called_damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
