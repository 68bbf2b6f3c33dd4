/* Without memory an agent's outbox loses no event and gives no number twice: what it says is kept is there when it is
 * opened again. */
#include "folder.h"
#include "outbox.h"
#include "scarce.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#define SOURCE "safety-yu"

static bool add_one(struct outbox *outbox, const char *key, struct fault *fault)
{
    static const uint8_t content[] = {0x0a, 0x03, 'o', 'n', 'e'};
    struct outbox_file file = {.stage = OUTBOX_READING, .size = 1, .mtime_ns = 2};
    const struct outbox_event event = {
        .key = key, .identity = "HazardFound", .content = content, .size = sizeof content};
    snprintf(file.name, sizeof file.name, "%s.csv", key);
    const bool added = outbox_begin(outbox, fault) && outbox_file_add(outbox, &file, fault) &&
                       outbox_keep_row(outbox, file.id, 2, key, fault) &&
                       outbox_take(outbox, file.id, 2, &event, fault) && outbox_commit(outbox, fault);
    if (!added)
        outbox_rollback(outbox);
    return added;
}

/* Where the outbox stands, in words. */
static void describe(const char *dir, char outcome[static SCARCE_OUTCOME_SIZE])
{
    struct fault fault;
    struct outbox_batch batch = {0};
    struct outbox *outbox = outbox_open(dir, SOURCE, &fault);
    if (outbox != NULL && outbox_read(outbox, 1, 10, 10000, &batch, &fault))
        snprintf(outcome, SCARCE_OUTCOME_SIZE, "%llu pending, %zu read, of %zu bytes, next %llu",
                 (unsigned long long)outbox_pending(outbox), batch.count, batch.size,
                 (unsigned long long)outbox_next_sequence(outbox));
    else
        scarce_fault(&fault, outcome);
    outbox_batch_clear(&batch);
    outbox_close(&outbox);
}

static void try_reading(void *dir, char outcome[static SCARCE_OUTCOME_SIZE])
{
    describe(dir, outcome);
}

/* Each time in a folder of its own, whose outbox must then be what was said. */
static void try_keeping(void *unused, char outcome[static SCARCE_OUTCOME_SIZE])
{
    char dir[FOLDER_PATH_SIZE];
    struct fault fault;
    (void)unused;
    folder_make(dir);
    struct outbox *outbox = outbox_open(dir, SOURCE, &fault);
    const bool kept = outbox != NULL && add_one(outbox, "first", &fault) && add_one(outbox, "second", &fault);
    outbox_close(&outbox);
    scarce_enough();
    if (kept)
        describe(dir, outcome);
    else
        scarce_fault(&fault, outcome);
    folder_remove(dir);
}

static void what_waits_is_not_called_lost(void **state)
{
    struct fault fault;
    char dir[FOLDER_PATH_SIZE];
    (void)state;
    folder_make(dir);
    struct outbox *outbox = outbox_open(dir, SOURCE, &fault);
    assert_non_null(outbox);
    assert_true(add_one(outbox, "first", &fault));
    assert_true(add_one(outbox, "second", &fault));
    outbox_close(&outbox);
    scarce_sweep(try_reading, dir);
    folder_remove(dir);
}

static void what_is_said_to_be_kept_is_there(void **state)
{
    (void)state;
    scarce_sweep(try_keeping, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_waits_is_not_called_lost),
        cmocka_unit_test(what_is_said_to_be_kept_is_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
