/* The outbox numbers each event once and forgets none: numbers, ledger and files change together, whatever ends the
 * program. */
#include "outbox.h"

#include "event.pb-c.h"
#include "import.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct desk {
    char dir[64];
    char mapping_path[96];
    char sheet_path[96];
    struct outbox *outbox;
    struct translator *translator;
    struct mapping *mapping;
    struct outbox_file file;
    struct outbox_batch batch;
    struct fault fault;
};

#define MUST(call)                                                                                                     \
    if (!(call))                                                                                                       \
    fail_msg("%s", desk->fault.text)

static void reopen(struct desk *desk)
{
    outbox_close(&desk->outbox);
    desk->outbox = outbox_open(desk->dir, "safety-yu", &desk->fault);
    MUST(desk->outbox != NULL);
}

static int open_desk(void **state)
{
    struct desk *desk = calloc(1, sizeof *desk);
    *state = desk;
    strcpy(desk->dir, "/tmp/outbox_test.XXXXXX");
    if (mkdtemp(desk->dir) == NULL)
        return 1;
    sprintf(desk->mapping_path, "%s/mapping.yaml", desk->dir);
    sprintf(desk->sheet_path, "%s/sheet.csv", desk->dir);
    desk->translator = translator_open(480);
    reopen(desk);
    return desk->translator == NULL;
}

static int close_desk(void **state)
{
    static const char *const names[] = {"outbox.sqlite", "outbox.sqlite-wal", "outbox.sqlite-shm",
                                        "outbox.lock",   "mapping.yaml",      "sheet.csv"};
    struct desk *desk = *state;
    outbox_close(&desk->outbox);
    outbox_batch_clear(&desk->batch);
    translator_close(&desk->translator);
    mapping_free(&desk->mapping);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[128];
        sprintf(path, "%s/%s", desk->dir, names[i]);
        unlink(path);
    }
    rmdir(desk->dir);
    free(desk);
    return 0;
}

static void add_file(struct desk *desk, const char *name)
{
    desk->file = (struct outbox_file){.stage = OUTBOX_READING, .size = 1, .mtime_ns = 2};
    strcpy(desk->file.name, name);
    MUST(outbox_begin(desk->outbox, &desk->fault));
    MUST(outbox_file_add(desk->outbox, &desk->file, &desk->fault));
    MUST(outbox_commit(desk->outbox, &desk->fault));
}

/* Content of its own for each `text`: an event whose unit it is. */
static size_t content_of(const char *text, uint8_t content[static 128])
{
    Sanling__V1__Event event = SANLING__V1__EVENT__INIT;
    event.unit = (char *)(uintptr_t)text;
    return sanling__v1__event__pack(&event, content);
}

static enum outbox_taken look(struct desk *desk, const char *key, const char *text)
{
    uint8_t content[128];
    const size_t size = content_of(text, content);
    struct outbox_look found;
    const struct outbox_event event = {.key = key, .identity = "HazardFound", .content = content, .size = size};
    MUST(outbox_look(desk->outbox, desk->file.id, &event, 1, &found, &desk->fault));
    return found.taken;
}

static void take(struct desk *desk, uint64_t row, const char *key, const char *text)
{
    uint8_t content[128];
    const size_t size = content_of(text, content);
    const struct outbox_event event = {.key = key, .identity = "HazardFound", .content = content, .size = size};
    MUST(outbox_begin(desk->outbox, &desk->fault));
    MUST(outbox_keep_row(desk->outbox, desk->file.id, row, key, &desk->fault));
    MUST(outbox_take(desk->outbox, desk->file.id, row, &event, &desk->fault));
    MUST(outbox_commit(desk->outbox, &desk->fault));
}

static void numbers_go_on_after_reopening(void **state)
{
    struct desk *desk = *state;
    assert_int_equal(outbox_next_sequence(desk->outbox), 1);
    add_file(desk, "a.csv");
    take(desk, 2, "k1", "u1");
    take(desk, 3, "k2", "u2");
    reopen(desk);
    assert_int_equal(outbox_next_sequence(desk->outbox), 3);
    assert_int_equal(outbox_pending(desk->outbox), 2);
    MUST(outbox_begin(desk->outbox, &desk->fault));
    MUST(outbox_settle(desk->outbox, 1, 2, 101, false, &desk->fault));
    MUST(outbox_commit(desk->outbox, &desk->fault));
    reopen(desk);
    assert_int_equal(outbox_next_sequence(desk->outbox), 3); /* also when nothing is held any more */
    assert_int_equal(outbox_pending(desk->outbox), 0);
}

static void a_transaction_that_fails_leaves_no_number_behind(void **state)
{
    struct desk *desk = *state;
    uint8_t content[128];
    const size_t size = content_of("u", content);
    add_file(desk, "a.csv");
    MUST(outbox_begin(desk->outbox, &desk->fault));
    const struct outbox_event event = {.key = "k", .identity = "HazardFound", .content = content, .size = size};
    MUST(outbox_take(desk->outbox, desk->file.id, 2, &event, &desk->fault));
    outbox_rollback(desk->outbox);
    assert_int_equal(outbox_next_sequence(desk->outbox), 1);
    assert_int_equal(outbox_pending(desk->outbox), 0);
    assert_int_equal(look(desk, "k", "u"), OUTBOX_NEW);
}

static void an_event_goes_out_as_any_library_would_encode_it(void **state)
{
    struct desk *desk = *state;
    add_file(desk, "a.csv");
    take(desk, 2, "k1", "140322102200");
    MUST(outbox_read(desk->outbox, 1, 10, 1 << 20, &desk->batch, &desk->fault));
    assert_int_equal(desk->batch.count, 1);
    Sanling__V1__Event event = SANLING__V1__EVENT__INIT;
    event.source = (char[]){"safety-yu"};
    event.sequence = 1;
    event.unit = (char[]){"140322102200"};
    uint8_t expected[128];
    assert_int_equal(sanling__v1__event__pack(&event, expected), desk->batch.sizes[0]);
    assert_memory_equal(desk->batch.bytes, expected, desk->batch.sizes[0]);
}

static void the_ledger_tells_the_same_from_the_changed(void **state)
{
    struct desk *desk = *state;
    add_file(desk, "a.csv");
    assert_int_equal(look(desk, "k1", "u1"), OUTBOX_NEW);
    take(desk, 2, "k1", "u1");
    assert_int_equal(look(desk, "k1", "u1"), OUTBOX_TAKEN);
    add_file(desk, "b.csv");
    assert_int_equal(look(desk, "k1", "u1"), OUTBOX_UNCHANGED);
    assert_int_equal(look(desk, "k1", "u2"), OUTBOX_CHANGED);
    assert_int_equal(look(desk, "k2", "u1"), OUTBOX_NEW);
}

static struct outbox_event event_of(const char *content, size_t size)
{
    return (struct outbox_event){
        .key = "k1", .identity = "HazardFound", .content = (const uint8_t *)content, .size = size, .envelope_size = 2};
}

static void a_rejected_correction_leaves_what_was_before_it(void **state)
{
    struct desk *desk = *state;
    const struct outbox_event first = event_of("ee-first", 8);
    const struct outbox_event second = event_of("ee-second", 9);
    const struct outbox_event elsewhere = event_of("ff-second", 9);
    struct outbox_look look;
    struct reason reason;
    add_file(desk, "a.csv");
    MUST(outbox_begin(desk->outbox, &desk->fault));
    MUST(outbox_take(desk->outbox, desk->file.id, 2, &first, &desk->fault));
    MUST(outbox_commit(desk->outbox, &desk->fault));
    add_file(desk, "b.csv");
    MUST(outbox_look(desk->outbox, desk->file.id, &second, 1, &look, &desk->fault));
    assert_int_equal(look.taken, OUTBOX_CHANGED);
    assert_int_equal(look.position, 0); /* not answered yet */
    MUST(outbox_begin(desk->outbox, &desk->fault));
    MUST(outbox_settle(desk->outbox, 1, 1, 77, false, &desk->fault));
    MUST(outbox_commit(desk->outbox, &desk->fault));
    MUST(outbox_look(desk->outbox, desk->file.id, &second, 1, &look, &desk->fault));
    assert_int_equal(look.position, 77);
    assert_true(look.same_envelope);
    MUST(outbox_look(desk->outbox, desk->file.id, &elsewhere, 1, &look, &desk->fault));
    assert_false(look.same_envelope);
    MUST(outbox_begin(desk->outbox, &desk->fault));
    MUST(outbox_correct(desk->outbox, desk->file.id, 2, &second, (const uint8_t *)"correction", 10, &desk->fault));
    MUST(outbox_commit(desk->outbox, &desk->fault));
    MUST(outbox_look(desk->outbox, desk->file.id, &second, 1, &look, &desk->fault));
    assert_int_equal(look.taken, OUTBOX_TAKEN);
    reason_set(&reason, "NOT_PERMITTED", "%s", "%s", "x");
    MUST(outbox_begin(desk->outbox, &desk->fault));
    MUST(outbox_settle_rejected(desk->outbox, 2, &reason, &desk->fault));
    MUST(outbox_commit(desk->outbox, &desk->fault));
    add_file(desk, "c.csv");
    MUST(outbox_look(desk->outbox, desk->file.id, &first, 1, &look, &desk->fault));
    assert_int_equal(look.taken, OUTBOX_UNCHANGED);
    MUST(outbox_look(desk->outbox, desk->file.id, &second, 1, &look, &desk->fault));
    assert_int_equal(look.taken, OUTBOX_CHANGED);
    assert_int_equal(look.position, 77);
}

/* What version 1 made, with one event that the hub recorded. */
static const char VERSION_1[] =
    "CREATE TABLE outbox(version INTEGER NOT NULL, source TEXT NOT NULL, next_sequence INTEGER NOT NULL);"
    "INSERT INTO outbox VALUES(1, 'safety-yu', 2);"
    "CREATE TABLE file(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, size INTEGER NOT NULL,"
    " mtime_ns INTEGER NOT NULL, hash BLOB NOT NULL, stage INTEGER NOT NULL, mapping TEXT NOT NULL,"
    " reading TEXT NOT NULL, header_row INTEGER NOT NULL, rows INTEGER NOT NULL, ignored INTEGER NOT NULL,"
    " eventless INTEGER NOT NULL, rejected INTEGER NOT NULL, events INTEGER NOT NULL, unchanged INTEGER NOT NULL,"
    " recorded INTEGER NOT NULL DEFAULT 0, duplicate INTEGER NOT NULL DEFAULT 0, refused INTEGER NOT NULL DEFAULT 0,"
    " pending INTEGER NOT NULL DEFAULT 0, failure_code TEXT NOT NULL, failure_zh TEXT NOT NULL,"
    " failure_en TEXT NOT NULL, warning_code TEXT NOT NULL, warning_zh TEXT NOT NULL, warning_en TEXT NOT NULL,"
    " attested TEXT NOT NULL);"
    "CREATE TABLE ledger(key TEXT NOT NULL, event TEXT NOT NULL, content BLOB NOT NULL, file INTEGER NOT NULL,"
    " row INTEGER NOT NULL, sequence INTEGER NOT NULL, rejected INTEGER NOT NULL, PRIMARY KEY(key, event))"
    " WITHOUT ROWID;"
    "CREATE TABLE rejected(file INTEGER NOT NULL, row INTEGER NOT NULL, event TEXT NOT NULL, record TEXT,"
    " code TEXT NOT NULL, zh TEXT NOT NULL, en TEXT NOT NULL);"
    "INSERT INTO ledger VALUES('k1', 'HazardFound', x'00', 1, 2, 1, 0);";

static void an_outbox_of_version_1_goes_on(void **state)
{
    struct desk *desk = *state;
    char path[128];
    sqlite3 *old = NULL;
    outbox_close(&desk->outbox);
    sprintf(path, "%s/outbox.sqlite", desk->dir);
    unlink(path);
    assert_int_equal(sqlite3_open(path, &old), SQLITE_OK);
    assert_int_equal(sqlite3_exec(old, VERSION_1, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(old);
    for (int i = 0; i < 2; i++) {
        reopen(desk);
        assert_int_equal(outbox_next_sequence(desk->outbox), 2);
    }
    add_file(desk, "b.csv");
    const struct outbox_event event = event_of("ee-other", 8);
    struct outbox_look look;
    MUST(outbox_look(desk->outbox, desk->file.id, &event, 1, &look, &desk->fault));
    assert_int_equal(look.taken, OUTBOX_CHANGED);
    assert_int_equal(look.position, 0); /* version 1 did not ask: it cannot be corrected */
}

/* A table that we do not know, and one of ours that it has no more. */
static void an_outbox_of_a_newer_version_is_left_as_it_is(void **state)
{
    struct desk *desk = *state;
    char path[128];
    sqlite3 *newer = NULL;
    sqlite3_stmt *count = NULL;
    outbox_close(&desk->outbox);
    sprintf(path, "%s/outbox.sqlite", desk->dir);
    assert_int_equal(sqlite3_open(path, &newer), SQLITE_OK);
    assert_int_equal(sqlite3_exec(newer,
                                  "UPDATE outbox SET version = 4; CREATE TABLE later(a); DROP TABLE kept_row;"
                                  "PRAGMA journal_mode=DELETE;",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(newer);
    desk->outbox = outbox_open(desk->dir, "safety-yu", &desk->fault);
    assert_null(desk->outbox);
    assert_int_equal(desk->fault.code, FAULT_NEWER);
    assert_non_null(strstr(desk->fault.text, "written by a newer version"));
    assert_int_equal(sqlite3_open(path, &newer), SQLITE_OK);
    assert_int_equal(
        sqlite3_prepare_v2(newer, "SELECT count(*) FROM sqlite_master WHERE name = 'kept_row'", -1, &count, NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_step(count), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int(count, 0), 0); /* not made again */
    sqlite3_finalize(count);
    sqlite3_close(newer);
}

static bool remember_rejected(const struct outbox_rejected *rejected, void *context)
{
    char *text = context;
    sprintf(text + strlen(text), "%d %s %s %s;", (int)rejected->row, rejected->event, rejected->record, rejected->code);
    return true;
}

static void what_the_hub_rejected_is_listed_and_may_come_again(void **state)
{
    struct desk *desk = *state;
    struct reason reason;
    char listed[256] = "";
    add_file(desk, "a.csv");
    take(desk, 2, "k1", "u1");
    reason_set(&reason, "UNKNOWN_UNIT", "%s", "%s", "x");
    MUST(outbox_begin(desk->outbox, &desk->fault));
    MUST(outbox_settle_rejected(desk->outbox, 1, &reason, &desk->fault));
    MUST(outbox_settle_rejected(desk->outbox, 1, &reason, &desk->fault)); /* told twice, noted once */
    MUST(outbox_commit(desk->outbox, &desk->fault));
    MUST(outbox_rejected_each(desk->outbox, desk->file.id, true, remember_rejected, listed, &desk->fault));
    assert_string_equal(listed, "2 HazardFound k1 UNKNOWN_UNIT;");
    assert_int_equal(outbox_pending(desk->outbox), 0);
    assert_int_equal(look(desk, "k1", "u1"), OUTBOX_TAKEN); /* the same file does not send it twice */
    add_file(desk, "b.csv");
    assert_int_equal(look(desk, "k1", "u1"), OUTBOX_NEW);
    assert_int_equal(look(desk, "k1", "mended"), OUTBOX_NEW);
}

static void what_the_hub_found_personal_is_hidden(void **state)
{
    struct desk *desk = *state;
    struct reason reason;
    char listed[256] = "";
    add_file(desk, "a.csv");
    take(desk, 2, "k1", "u1");
    reason_set(&reason, REASON_PERSONAL_DATA, "%s", "%s", "note");
    MUST(outbox_begin(desk->outbox, &desk->fault));
    MUST(outbox_settle_rejected(desk->outbox, 1, &reason, &desk->fault));
    MUST(outbox_commit(desk->outbox, &desk->fault));
    MUST(outbox_rejected_each(desk->outbox, desk->file.id, true, remember_rejected, listed, &desk->fault));
    assert_string_equal(listed, "2 HazardFound [已隐去] PERSONAL_DATA;");
}

static void a_file_is_settled_when_its_last_outcome_came(void **state)
{
    struct desk *desk = *state;
    struct outbox_file file;
    add_file(desk, "a.csv");
    take(desk, 2, "k1", "u1");
    take(desk, 3, "k2", "u2");
    desk->file.stage = OUTBOX_WAITING;
    MUST(outbox_begin(desk->outbox, &desk->fault));
    MUST(outbox_file_save(desk->outbox, &desk->file, &desk->fault));
    MUST(outbox_settle(desk->outbox, 1, 1, 101, false, &desk->fault));
    MUST(outbox_commit(desk->outbox, &desk->fault));
    MUST(outbox_file_settled(desk->outbox, 0, &file, &desk->fault));
    assert_int_equal(file.id, 0);
    MUST(outbox_begin(desk->outbox, &desk->fault));
    MUST(outbox_settle(desk->outbox, 1, 2, 101, true, &desk->fault)); /* the first one told again */
    MUST(outbox_commit(desk->outbox, &desk->fault));
    MUST(outbox_file_settled(desk->outbox, 0, &file, &desk->fault));
    assert_int_equal(file.id, desk->file.id);
    assert_int_equal(file.recorded, 1);
    assert_int_equal(file.duplicate, 1);
}

static void a_batch_has_consecutive_numbers_within_its_limits(void **state)
{
    struct desk *desk = *state;
    add_file(desk, "a.csv");
    for (uint64_t i = 1; i <= 5; i++) {
        char key[8];
        sprintf(key, "k%d", (int)i);
        take(desk, i, key, key);
    }
    MUST(outbox_read(desk->outbox, 2, 3, 1 << 20, &desk->batch, &desk->fault));
    assert_int_equal(desk->batch.first_sequence, 2);
    assert_int_equal(desk->batch.count, 3);
    MUST(outbox_read(desk->outbox, 1, 10, desk->batch.sizes[0] * 2, &desk->batch, &desk->fault));
    assert_int_equal(desk->batch.count, 2);
    MUST(outbox_read(desk->outbox, 1, 10, 1, &desk->batch, &desk->fault));
    assert_int_equal(desk->batch.count, 1);
    MUST(outbox_begin(desk->outbox, &desk->fault));
    MUST(outbox_settle(desk->outbox, 3, 1, 103, false, &desk->fault));
    MUST(outbox_commit(desk->outbox, &desk->fault));
    MUST(outbox_read(desk->outbox, 1, 10, 1 << 20, &desk->batch, &desk->fault));
    assert_int_equal(desk->batch.count, 2);
    uint64_t first;
    MUST(outbox_first_pending(desk->outbox, &first, &desk->fault));
    assert_int_equal(first, 1);
}

static void an_outbox_belongs_to_one_source_and_one_program(void **state)
{
    struct desk *desk = *state;
    assert_null(outbox_open(desk->dir, "safety-yu", &desk->fault));
    assert_int_equal(desk->fault.code, FAULT_USAGE);
    struct outbox *copy = outbox_open_copy(desk->dir, "safety-yu", &desk->fault);
    MUST(copy != NULL); /* looking is allowed */
    outbox_close(&copy);
    outbox_close(&desk->outbox);
    assert_null(outbox_open(desk->dir, "petitions-yu", &desk->fault));
    assert_int_equal(desk->fault.code, FAULT_USAGE);
    assert_non_null(strstr(desk->fault.text, "safety-yu"));
}

static void an_outbox_that_cannot_be_opened_is_a_system_fault(void **state)
{
    struct desk *desk = *state;
    assert_null(outbox_open("/nowhere/at/all", "safety-yu", &desk->fault));
    assert_int_equal(desk->fault.code, FAULT_SYSTEM);
}

/* ---- files into the outbox ---- */

static void write_sheet(struct desk *desk, int rows)
{
    FILE *mapping = fopen(desk->mapping_path, "w");
    fputs("version: 1\nfiles: ['*']\nkey: [编号]\nevents:\n  - type: HazardFound\n    fields:\n"
          "      - {field: unit, constant: \"140322102200\"}\n      - {field: occurred_at, constant: 2020-04-03}\n"
          "      - {field: hazard, column: [编号]}\n",
          mapping);
    fclose(mapping);
    FILE *sheet = fopen(desk->sheet_path, "w");
    fputs("编号\n", sheet);
    for (int i = 0; i < rows; i++)
        fprintf(sheet, "YH-%d\n", i);
    fclose(sheet);
    desk->mapping = mapping_load(desk->mapping_path, &desk->fault);
    MUST(desk->mapping != NULL);
}

/* Goes on with the sheet for at most `steps` steps; true when it is done. */
static bool import_sheet(struct desk *desk, int steps)
{
    struct folder_file file = {.name = "sheet.csv"};
    struct stat status;
    assert_int_equal(stat(desk->sheet_path, &status), 0);
    file.size = status.st_size;
    file.mtime_ns = (int64_t)status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec;
    file.ctime_ns = (int64_t)status.st_ctim.tv_sec * 1000000000 + status.st_ctim.tv_nsec;
    const struct import_order order = {.outbox = desk->outbox,
                                       .translator = desk->translator,
                                       .mapping = desk->mapping,
                                       .folder = desk->dir,
                                       .file = &file};
    struct import *import = import_open(&order);
    assert_non_null(import);
    enum import_state state = IMPORT_MORE;
    for (int i = 0; i < steps && state == IMPORT_MORE; i++)
        MUST(import_step(import, true, &state, &desk->fault));
    desk->file = *import_file(import);
    import_close(&import);
    return state == IMPORT_DONE;
}

static void a_crash_within_a_file_neither_loses_nor_doubles_rows(void **state)
{
    struct desk *desk = *state;
    write_sheet(desk, 2500);
    assert_false(import_sheet(desk, 4)); /* opened, looked through, two transactions */
    assert_int_equal(outbox_next_sequence(desk->outbox), 2001);
    MUST(outbox_begin(desk->outbox, &desk->fault));
    MUST(outbox_settle(desk->outbox, 1, 1500, 101, false, &desk->fault)); /* the hub went on answering */
    MUST(outbox_commit(desk->outbox, &desk->fault));
    reopen(desk);
    assert_true(import_sheet(desk, 100));
    assert_int_equal(outbox_next_sequence(desk->outbox), 2501);
    assert_int_equal(outbox_pending(desk->outbox), 1000);
    assert_int_equal(desk->file.events, 2500);
    assert_int_equal(desk->file.unchanged, 0);
    assert_int_equal(desk->file.rejected, 0);
}

static bool append_numbered(const struct outbox_numbered *event, void *context)
{
    struct outbox_batch *all = context;
    all->bytes = realloc(all->bytes, all->size + event->size);
    assert_non_null(all->bytes);
    memcpy(all->bytes + all->size, event->bytes, event->size);
    all->size += event->size;
    all->count++;
    return true;
}

static bool count_note(uint64_t row, const char *key, void *context)
{
    (void)row;
    (void)key;
    ++*(int *)context;
    return true;
}

/* A register of which one version was taken, then the next one with rows gone, new, twice and without a key; the agent
 * dies after `steps` steps of it and goes on. All events as they go out, in *all, and what the file came to, in *file.
 */
static void import_with_crash(int steps, struct outbox_batch *all, struct outbox_file *file, char listed[static 1024])
{
    void *state;
    assert_int_equal(open_desk(&state), 0);
    struct desk *desk = state;
    write_sheet(desk, 1200);
    assert_true(import_sheet(desk, 100));
    FILE *sheet = fopen(desk->sheet_path, "w");
    fputs("编号\n", sheet);
    for (int i = 3; i < 2400; i++)
        fprintf(sheet, "YH-%d\n%s", i, i % 1000 == 0 ? "1.4E+11\nYH-3\n合计\n" : "");
    fclose(sheet);
    desk->file.stage = OUTBOX_DONE;
    MUST(outbox_begin(desk->outbox, &desk->fault));
    MUST(outbox_file_save(desk->outbox, &desk->file, &desk->fault));
    MUST(outbox_commit(desk->outbox, &desk->fault));
    bool done = import_sheet(desk, steps);
    while (!done) {
        reopen(desk);
        done = import_sheet(desk, 100);
    }
    *file = desk->file;
    MUST(outbox_numbered_each(desk->outbox, 1, append_numbered, all, &desk->fault));
    MUST(outbox_rejected_each(desk->outbox, file->id, true, remember_rejected, listed, &desk->fault));
    int notes = 0;
    MUST(outbox_notes_each(desk->outbox, file->id, OUTBOX_NOTE_VANISHED, count_note, &notes, &desk->fault));
    assert_int_equal(notes, 3);
    assert_int_equal(close_desk(&state), 0);
}

static void a_crash_after_any_step_ends_as_if_there_was_none(void **unused)
{
    (void)unused;
    enum { STEPS = 6 }; /* opened, looked through, three transactions, done */
    struct outbox_batch undisturbed = {0};
    struct outbox_file expected;
    char listed[1024] = "";
    import_with_crash(100, &undisturbed, &expected, listed);
    assert_int_equal(undisturbed.count, 2400);
    for (int steps = 0; steps < STEPS; steps++) {
        struct outbox_batch all = {0};
        struct outbox_file file;
        char again[1024] = "";
        import_with_crash(steps, &all, &file, again);
        assert_int_equal(all.size, undisturbed.size);
        assert_memory_equal(all.bytes, undisturbed.bytes, all.size);
        assert_string_equal(again, listed);
        assert_int_equal(file.rows, expected.rows);
        assert_int_equal(file.ignored, expected.ignored);
        assert_int_equal(file.rejected, expected.rejected);
        assert_int_equal(file.events, expected.events);
        assert_int_equal(file.unchanged, expected.unchanged);
        assert_int_equal(file.vanished, 3);
        outbox_batch_clear(&all);
    }
    outbox_batch_clear(&undisturbed);
}

static void the_same_key_twice_in_a_file_rejects_both_rows(void **state)
{
    struct desk *desk = *state;
    char listed[256] = "";
    write_sheet(desk, 3);
    FILE *sheet = fopen(desk->sheet_path, "a");
    fputs("yh\nYH-1 \n", sheet);
    fclose(sheet);
    assert_true(import_sheet(desk, 100));
    assert_int_equal(desk->file.events, 3);
    assert_int_equal(desk->file.rejected, 2);
    MUST(outbox_rejected_each(desk->outbox, desk->file.id, true, remember_rejected, listed, &desk->fault));
    assert_string_equal(listed, "3  YH-1 DUPLICATE_KEY;6  YH-1 DUPLICATE_KEY;");
}

#define DESK_TEST(promise) cmocka_unit_test_setup_teardown(promise, open_desk, close_desk)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DESK_TEST(numbers_go_on_after_reopening),
        DESK_TEST(a_transaction_that_fails_leaves_no_number_behind),
        DESK_TEST(an_event_goes_out_as_any_library_would_encode_it),
        DESK_TEST(the_ledger_tells_the_same_from_the_changed),
        DESK_TEST(a_rejected_correction_leaves_what_was_before_it),
        DESK_TEST(an_outbox_of_version_1_goes_on),
        DESK_TEST(an_outbox_of_a_newer_version_is_left_as_it_is),
        DESK_TEST(what_the_hub_rejected_is_listed_and_may_come_again),
        DESK_TEST(what_the_hub_found_personal_is_hidden),
        DESK_TEST(a_file_is_settled_when_its_last_outcome_came),
        DESK_TEST(a_batch_has_consecutive_numbers_within_its_limits),
        DESK_TEST(an_outbox_belongs_to_one_source_and_one_program),
        DESK_TEST(an_outbox_that_cannot_be_opened_is_a_system_fault),
        DESK_TEST(a_crash_within_a_file_neither_loses_nor_doubles_rows),
        cmocka_unit_test(a_crash_after_any_step_ends_as_if_there_was_none),
        DESK_TEST(the_same_key_twice_in_a_file_rejects_both_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
