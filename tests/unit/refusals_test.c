/* What was refused is counted by whom and why, and none of it is lost in the files, whatever flood came. */
#include <dirent.h>
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

#include "audit.h"
#include "error.pb-c.h"
#include "folder.h"
#include "refusals.h"

#define SECOND INT64_C(1000000)
#define START (INT64_C(1600000000) * SECOND) /* 2020-09-13T12:26:40Z */
#define DENIED ((int)SANLING__V1__CODE__KIND__NOT_PERMITTED)

static struct refused refusal(enum refused_kind kind, const char *who, enum refused_what what, int code)
{
    struct refused refused = {.kind = kind, .what = what, .code = code};
    snprintf(refused.who, sizeof refused.who, "%s", who);
    return refused;
}

/* The key number `number`, with characters that JSON and our reader could stumble over. */
static void make_key(char key[static ACCESS_KEY_SIZE], unsigned number)
{
    snprintf(key, ACCESS_KEY_SIZE, "{a}:[b]=<c>/@%%$#,&*?!^()%08u.-+z}", number);
    size_t size = strlen(key);
    memset(key + size, '0', ACCESS_KEY_SIZE - 1 - size);
    key[ACCESS_KEY_SIZE - 1] = '\0';
    for (char *at = key; (at = strchr(at, ',')) != NULL;) /* Z85 has no comma */
        *at = '.';
}

/* Sums the counts of a text's lines; each must be a line that can be read. */
static uint64_t sum_of(const char *text, size_t size, unsigned *lines)
{
    uint64_t sum = 0;
    for (const char *at = text; at < text + size;) {
        const char *end = memchr(at, '\n', (size_t)(text + size - at));
        struct refusal_row row;
        assert_non_null(end);
        if (!refusals_read_line(at, (size_t)(end - at), &row))
            fail_msg("cannot be read: %.*s", (int)(end - at), at);
        sum += row.count;
        ++*lines;
        at = end + 1;
    }
    return sum;
}

static uint64_t take(struct refusals *refusals, int64_t now_us, bool all, unsigned *lines)
{
    size_t size;
    char *text = refusals_take_text(refusals, now_us, all, &size);
    uint64_t sum = text ? sum_of(text, size, lines) : 0;
    free(text);
    return sum;
}

static void the_first_is_told_at_once_and_the_rest_as_a_sum(void **state)
{
    (void)state;
    struct refusals *refusals = refusals_open();
    const struct refused refused = refusal(REFUSED_IDENTITY, "petitions", REFUSED_PUBLISH, DENIED);
    size_t size;
    assert_true(refusals_note(refusals, &refused, 1, START));
    char *text = refusals_take_text(refusals, START, false, &size);
    static const char first[] =
        "{\"time\":\"2020-09-13T12:26:40.000Z\",\"identity\":\"petitions\",\"what\":\"PUBLISH\","
        "\"code\":\"NOT_PERMITTED\",\"count\":1}\n";
    assert_int_equal(size, sizeof first - 1);
    assert_memory_equal(text, first, size);
    free(text);
    for (int i = 0; i < 1000; i++)
        assert_false(refusals_note(refusals, &refused, 2, START + SECOND));
    unsigned lines = 0;
    assert_int_equal(take(refusals, START + 59 * SECOND, false, &lines), 0);
    assert_int_equal(take(refusals, START + 60 * SECOND, false, &lines), 2000);
    assert_int_equal(lines, 1);
    assert_int_equal(take(refusals, START + 600 * SECOND, true, &lines), 0);
    refusals_close(&refusals);
}

static void a_line_says_whose_it_was(void **state)
{
    (void)state;
    char key[ACCESS_KEY_SIZE];
    make_key(key, 7);
    const struct refused all[] = {
        refusal(REFUSED_IDENTITY, "town/a_b-c.d", REFUSED_QUERY, DENIED),
        refusal(REFUSED_KEY, key, REFUSED_CONNECTION, DENIED),
        refusal(REFUSED_NOBODY, "", REFUSED_CONNECTION, (int)SANLING__V1__CODE__KIND__MALFORMED),
    };
    struct refusals *refusals = refusals_open();
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        size_t size;
        struct refusal_row row;
        assert_true(refusals_note(refusals, &all[i], 1, START));
        char *text = refusals_take_text(refusals, START, false, &size);
        assert_true(refusals_read_line(text, size - 1, &row));
        assert_int_equal(row.refused.kind, all[i].kind);
        assert_int_equal(row.refused.what, all[i].what);
        assert_int_equal(row.refused.code, all[i].code);
        assert_string_equal(row.refused.who, all[i].who);
        assert_int_equal(row.first_us, START);
        free(text);
    }
    refusals_close(&refusals);
}

/* A day of unknown keys, a thousand a second, each another one. */
static void a_flood_of_keys_stays_small_and_none_is_lost(void **state)
{
    (void)state;
    struct refusals *refusals = refusals_open();
    uint64_t told = 0;
    uint64_t noted = 0;
    unsigned lines = 0;
    int64_t now_us = START;
    for (int minute = 0; minute < 30; minute++)
        for (int second = 0; second < 60; second++, now_us += SECOND) {
            for (unsigned i = 0; i < 1000; i++, noted++) {
                char key[ACCESS_KEY_SIZE];
                make_key(key, (unsigned)noted);
                const struct refused refused = refusal(REFUSED_KEY, key, REFUSED_CONNECTION, DENIED);
                (void)refusals_note(refusals, &refused, 1, now_us);
            }
            told += take(refusals, now_us, false, &lines);
        }
    assert_in_range(lines, 30, 30 * (REFUSALS_LINES_A_MINUTE + REFUSALS_KEYS_MAX + 2));
    size_t count;
    struct refusal_row *rows = refusals_rows(refusals, &count);
    uint64_t counted = 0;
    for (size_t i = 0; i < count; i++)
        counted += rows[i].count;
    free(rows);
    assert_in_range(count, 2, REFUSALS_KEYS_MAX + 1);
    assert_int_equal(counted, noted);
    told += take(refusals, now_us, true, &lines);
    assert_int_equal(told, noted);
    refusals_close(&refusals);
}

static void a_full_day_gets_sums_only_and_none_is_lost(void **state)
{
    (void)state;
    struct refusals *refusals = refusals_open();
    uint64_t told = 0;
    unsigned lines = 0;
    refusals_set_day_bytes(refusals, REFUSALS_DAY_BYTES_MAX);
    for (int second = 0; second < 2 * 3600; second++) {
        char name[32];
        snprintf(name, sizeof name, "office-%d", second % 500);
        const struct refused refused = refusal(REFUSED_IDENTITY, name, REFUSED_PUBLISH, DENIED);
        assert_false(refusals_note(refusals, &refused, 1, START + second * SECOND));
        told += take(refusals, START + second * SECOND, false, &lines);
    }
    assert_in_range(lines, 1, 3);
    told += take(refusals, START + 7200 * SECOND, true, &lines);
    assert_int_equal(told, 7200);
    refusals_close(&refusals);
}

static void what_could_not_be_written_comes_again_first(void **state)
{
    (void)state;
    struct refusals *refusals = refusals_open();
    const struct refused one = refusal(REFUSED_IDENTITY, "one", REFUSED_QUERY, DENIED);
    const struct refused two = refusal(REFUSED_IDENTITY, "two", REFUSED_QUERY, DENIED);
    size_t size;
    refusals_note(refusals, &one, 1, START);
    char *text = refusals_take_text(refusals, START, false, &size);
    refusals_note(refusals, &two, 1, START);
    refusals_give_back(refusals, &text, size);
    assert_null(text);
    text = refusals_take_text(refusals, START, false, &size);
    unsigned lines = 0;
    assert_int_equal(sum_of(text, size, &lines), 2);
    assert_non_null(strstr(text, "one"));
    assert_true(strstr(text, "one") < strstr(text, "two"));
    free(text);
    refusals_close(&refusals);
}

static void a_clock_that_is_set_back_holds_nothing_up(void **state)
{
    (void)state;
    struct refusals *refusals = refusals_open();
    const struct refused refused = refusal(REFUSED_IDENTITY, "one", REFUSED_QUERY, DENIED);
    unsigned lines = 0;
    refusals_note(refusals, &refused, 1, START);
    assert_true(refusals_note(refusals, &refused, 1, START - 3600 * SECOND));
    assert_int_equal(take(refusals, START - 3600 * SECOND, false, &lines), 2);
    refusals_close(&refusals);
}

static void broken_lines_are_no_lines(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "",
        "{",
        "{}",
        "{\"time\":\"2020-09-13T12:26:40.000Z\",\"identity\":\"a\",\"what\":\"PUBLISH\",\"code\":\"BUSY\"}",
        "{\"time\":\"2020-09-13T12:26:40.000Z\",\"identity\":\"a\",\"what\":\"PUBLISH\",\"code\":\"BUSY\",\"count\":1",
        "{\"time\":\"soon\",\"identity\":\"a\",\"what\":\"PUBLISH\",\"code\":\"BUSY\",\"count\":1}",
        "{\"time\":\"2020-09-13T12:26:40.000Z\",\"identity\":\"a\",\"what\":\"SIT\",\"code\":\"BUSY\",\"count\":1}",
        "{\"time\":\"2020-09-13T12:26:40.000Z\",\"what\":\"PUBLISH\",\"code\":\"BUSY\",\"count\":1}",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct refusal_row row;
        if (refusals_read_line(lines[i], strlen(lines[i]), &row))
            fail_msg("taken: %s", lines[i]);
    }
}

/* ---- the files ---- */

struct place {
    char folder[FOLDER_PATH_SIZE];
    char audit[512];
    struct audit *writer;
};

static int open_place(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    struct fault fault;
    folder_make(place->folder);
    folder_file(place->folder, "audit", place->audit);
    place->writer = audit_start(place->audit, &fault);
    assert_non_null(place->writer);
    *state = place;
    return 0;
}

static int close_place(void **state)
{
    struct place *place = *state;
    audit_stop(&place->writer);
    folder_remove(place->folder);
    free(place);
    return 0;
}

static struct audit_job *done(struct place *place, struct audit_job *job)
{
    audit_submit(place->writer, &job);
    assert_null(job);
    job = audit_take(place->writer, true);
    assert_non_null(job);
    return job;
}

static uint64_t write_one(struct place *place, const char *name, int64_t now_us)
{
    struct refusals *refusals = refusals_open();
    const struct refused refused = refusal(REFUSED_IDENTITY, name, REFUSED_QUERY, DENIED);
    struct audit_job *job = calloc(1, sizeof *job);
    refusals_note(refusals, &refused, 3, now_us);
    *job = (struct audit_job){.kind = AUDIT_WRITE, .now_us = now_us};
    job->text = refusals_take_text(refusals, now_us, true, &job->size);
    refusals_close(&refusals);
    job = done(place, job);
    assert_false(job->failed);
    uint64_t bytes = job->day_bytes;
    audit_job_free(&job);
    return bytes;
}

static uint64_t read_sum(struct place *place, const char *from_day, const char *identity)
{
    struct audit_job *job = calloc(1, sizeof *job);
    uint64_t sum = 0;
    job->kind = AUDIT_READ;
    snprintf(job->from_day, sizeof job->from_day, "%s", from_day);
    snprintf(job->identity, sizeof job->identity, "%s", identity);
    job = done(place, job);
    assert_false(job->failed);
    for (size_t i = 0; i < job->row_count; i++)
        sum += job->rows[i].count;
    audit_job_free(&job);
    return sum;
}

static void each_day_has_its_file_for_the_hub_alone(void **state)
{
    struct place *place = *state;
    char path[600];
    struct stat status;
    uint64_t first = write_one(place, "one", START);
    assert_true(write_one(place, "two", START) > first);
    write_one(place, "one", START + 86400 * SECOND);
    snprintf(path, sizeof path, "%s/2020-09-13.jsonl", place->audit);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    assert_int_equal(stat(place->audit, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0700);
    assert_int_equal(read_sum(place, "2020-01-01", ""), 9);
    assert_int_equal(read_sum(place, "2020-09-14", ""), 3);
    assert_int_equal(read_sum(place, "2020-01-01", "one"), 6);
    assert_int_equal(read_sum(place, "2020-09-15", ""), 0);
}

static void a_line_that_was_cut_spoils_no_other(void **state)
{
    struct place *place = *state;
    char path[600];
    write_one(place, "one", START);
    write_one(place, "two", START);
    snprintf(path, sizeof path, "%s/2020-09-13.jsonl", place->audit);
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(truncate(path, status.st_size - 20), 0);
    write_one(place, "three", START);
    assert_int_equal(read_sum(place, "2020-01-01", ""), 6);
}

static void what_fails_leaves_nothing_behind(void **state)
{
    struct place *place = *state;
    char path[600];
    snprintf(path, sizeof path, "%s/2020-09-13.jsonl", place->audit);
    assert_int_equal(mkdir(path, 0700), 0); /* no file can be there */
    struct audit_job *job = calloc(1, sizeof *job);
    *job = (struct audit_job){.kind = AUDIT_WRITE, .now_us = START, .text = strdup("x\n"), .size = 2};
    job = done(place, job);
    assert_true(job->failed);
    assert_int_equal(job->size, 2);
    assert_non_null(strstr(job->fault.text, path));
    audit_job_free(&job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_is_told_at_once_and_the_rest_as_a_sum),
        cmocka_unit_test(a_line_says_whose_it_was),
        cmocka_unit_test(a_flood_of_keys_stays_small_and_none_is_lost),
        cmocka_unit_test(a_full_day_gets_sums_only_and_none_is_lost),
        cmocka_unit_test(what_could_not_be_written_comes_again_first),
        cmocka_unit_test(a_clock_that_is_set_back_holds_nothing_up),
        cmocka_unit_test(broken_lines_are_no_lines),
        cmocka_unit_test_setup_teardown(each_day_has_its_file_for_the_hub_alone, open_place, close_place),
        cmocka_unit_test_setup_teardown(a_line_that_was_cut_spoils_no_other, open_place, close_place),
        cmocka_unit_test_setup_teardown(what_fails_leaves_nothing_behind, open_place, close_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
