/* A request's events are numbered once, whatever is repeated, and what became of each is remembered for ever. */
#include "outbox_requests.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct desk {
    char folder[64];
    struct outbox *outbox;
    struct outbox_request request;
    enum outbox_request_taken taken;
    struct fault fault;
};

#define MUST(call)                                                                                                     \
    if (!(call))                                                                                                       \
    fail_msg("%s", desk->fault.text)

static void reopen(struct desk *desk)
{
    outbox_close(&desk->outbox);
    desk->outbox = outbox_open(desk->folder, "office", &desk->fault);
    MUST(desk->outbox != NULL);
}

static int open_desk(void **state)
{
    struct desk *desk = calloc(1, sizeof *desk);
    *state = desk;
    strcpy(desk->folder, "/tmp/outbox_requests_test.XXXXXX");
    if (sodium_init() < 0 || mkdtemp(desk->folder) == NULL)
        return 1;
    reopen(desk);
    return 0;
}

static int close_desk(void **state)
{
    static const char *const names[] = {"outbox.sqlite", "outbox.sqlite-wal", "outbox.sqlite-shm", "outbox.lock"};
    struct desk *desk = *state;
    char path[128];
    outbox_close(&desk->outbox);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", desk->folder, names[i]);
        unlink(path);
    }
    rmdir(desk->folder);
    free(desk);
    return 0;
}

/* Takes a request whose events are the letters of `events`. */
static void take_in_transaction(struct desk *desk, const char *sender, const char *key, const char *events)
{
    struct outbox_content contents[16];
    const size_t count = strlen(events);
    for (size_t i = 0; i < count; i++)
        contents[i] = (struct outbox_content){.bytes = (const uint8_t *)events + i, .size = 1};
    desk->request = (struct outbox_request){.taken_at_s = 1600000000};
    strcpy(desk->request.sender, sender);
    strcpy(desk->request.key, key);
    MUST(outbox_request_take(desk->outbox, &desk->request, contents, count, &desk->taken, &desk->fault));
}

static void take(struct desk *desk, const char *sender, const char *key, const char *events)
{
    MUST(outbox_begin(desk->outbox, &desk->fault));
    take_in_transaction(desk, sender, key, events);
    MUST(outbox_commit(desk->outbox, &desk->fault));
}

struct seen {
    char text[256];
};

static bool see(const struct outbox_request_event *event, void *context)
{
    static const char letters[] = "WRDX";
    struct seen *seen = context;
    const size_t used = strlen(seen->text);
    snprintf(seen->text + used, sizeof seen->text - used, "%llu%c%llu%s ", (unsigned long long)event->sequence,
             letters[event->outcome], (unsigned long long)event->position,
             event->reason != NULL ? event->reason->code : "");
    return true;
}

static const char *outcomes(struct desk *desk, struct seen *seen)
{
    *seen = (struct seen){.text = ""};
    MUST(outbox_request_each(desk->outbox, &desk->request, see, seen, &desk->fault));
    return seen->text;
}

static void the_same_key_and_events_are_one_request(void **state)
{
    struct desk *desk = *state;
    take(desk, "app", "k", "abc");
    assert_int_equal(desk->taken, OUTBOX_REQUEST_NEW);
    assert_int_equal(desk->request.first_sequence, 1);
    const struct outbox_request first = desk->request;
    for (int round = 0; round < 2; round++) {
        take(desk, "app", "k", "abc");
        assert_int_equal(desk->taken, OUTBOX_REQUEST_REPEATED);
        assert_string_equal(desk->request.id, first.id);
        assert_int_equal(desk->request.count, 3);
        assert_int_equal(outbox_next_sequence(desk->outbox), 4);
        reopen(desk);
    }
    assert_int_equal(outbox_pending(desk->outbox), 3);
}

static void the_same_key_with_other_events_takes_nothing(void **state)
{
    static const char *const others[] = {"ab", "abcd", "acb", "abd", "x"};
    struct desk *desk = *state;
    take(desk, "app", "k", "abc");
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        take(desk, "app", "k", others[i]);
        assert_int_equal(desk->taken, OUTBOX_REQUEST_OTHER);
    }
    assert_int_equal(outbox_next_sequence(desk->outbox), 4);
    take(desk, "another", "k", "ab");
    assert_int_equal(desk->taken, OUTBOX_REQUEST_NEW);
    take(desk, "app", "K", "ab");
    assert_int_equal(desk->taken, OUTBOX_REQUEST_NEW);
}

static void a_request_of_a_rolled_back_transaction_never_was(void **state)
{
    struct desk *desk = *state;
    MUST(outbox_begin(desk->outbox, &desk->fault));
    take_in_transaction(desk, "app", "k", "abc");
    outbox_rollback(desk->outbox);
    assert_int_equal(outbox_next_sequence(desk->outbox), 1);
    reopen(desk);
    bool found;
    MUST(outbox_request_find(desk->outbox, desk->request.id, &desk->request, &found, &desk->fault));
    assert_false(found);
    take(desk, "app", "k", "xyz");
    assert_int_equal(desk->taken, OUTBOX_REQUEST_NEW);
}

/* Corrections wait until the hub has said where rows stand; requests have no rows, and may come without end. */
static void events_of_requests_are_no_rows_that_wait(void **state)
{
    struct desk *desk = *state;
    const struct outbox_event row = {.key = "R-1", .identity = "X", .content = (const uint8_t *)"x", .size = 1};
    take(desk, "app", "k", "abc");
    assert_int_equal(outbox_pending_rows(desk->outbox), 0);
    MUST(outbox_begin(desk->outbox, &desk->fault));
    take_in_transaction(desk, "app", "k2", "de");
    MUST(outbox_take(desk->outbox, 1, 1, &row, &desk->fault));
    outbox_rollback(desk->outbox);
    assert_int_equal(outbox_pending_rows(desk->outbox), 0);
    MUST(outbox_begin(desk->outbox, &desk->fault));
    MUST(outbox_take(desk->outbox, 1, 1, &row, &desk->fault));
    MUST(outbox_settle(desk->outbox, 1, 2, 10, false, &desk->fault));
    MUST(outbox_commit(desk->outbox, &desk->fault));
    for (int round = 0; round < 2; round++) {
        assert_int_equal(outbox_pending(desk->outbox), 2);
        assert_int_equal(outbox_pending_rows(desk->outbox), 1);
        reopen(desk);
    }
    MUST(outbox_begin(desk->outbox, &desk->fault));
    MUST(outbox_settle(desk->outbox, 3, 2, 12, false, &desk->fault));
    MUST(outbox_commit(desk->outbox, &desk->fault));
    assert_int_equal(outbox_pending_rows(desk->outbox), 0);
    assert_int_equal(outbox_pending(desk->outbox), 0);
}

static void each_outcome_is_remembered(void **state)
{
    struct desk *desk = *state;
    struct seen seen;
    uint64_t waiting;
    bool found;
    struct reason reason;
    take(desk, "other", "before", "z");
    take(desk, "app", "k", "abcd");
    assert_string_equal(outcomes(desk, &seen), "2W0 3W0 4W0 5W0 ");
    reason_set(&reason, "UNKNOWN_UNIT", "单位不对", "no such unit");
    MUST(outbox_begin(desk->outbox, &desk->fault));
    MUST(outbox_settle(desk->outbox, 1, 2, 10, false, &desk->fault)); /* across two requests */
    MUST(outbox_settle_rejected(desk->outbox, 3, &reason, &desk->fault));
    MUST(outbox_settle(desk->outbox, 4, 1, 7, true, &desk->fault));
    MUST(outbox_commit(desk->outbox, &desk->fault));
    assert_string_equal(outcomes(desk, &seen), "2R11 3X0UNKNOWN_UNIT 4D7 5W0 ");
    MUST(outbox_request_waiting(desk->outbox, &desk->request, &waiting, &desk->fault));
    assert_int_equal(waiting, 1);
    MUST(outbox_begin(desk->outbox, &desk->fault));
    MUST(outbox_settle(desk->outbox, 2, 1, 99, true, &desk->fault)); /* said again: the first answer stands */
    MUST(outbox_settle(desk->outbox, 5, 1, 12, false, &desk->fault));
    MUST(outbox_commit(desk->outbox, &desk->fault));
    reopen(desk);
    MUST(outbox_request_find(desk->outbox, desk->request.id, &desk->request, &found, &desk->fault));
    assert_true(found);
    assert_string_equal(desk->request.sender, "app");
    assert_string_equal(outcomes(desk, &seen), "2R11 3X0UNKNOWN_UNIT 4D7 5R12 ");
    assert_int_equal(outbox_pending(desk->outbox), 0);
    take(desk, "app", "k", "abcd");
    assert_int_equal(desk->taken, OUTBOX_REQUEST_REPEATED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_same_key_and_events_are_one_request, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(the_same_key_with_other_events_takes_nothing, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(a_request_of_a_rolled_back_transaction_never_was, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(events_of_requests_are_no_rows_that_wait, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(each_outcome_is_remembered, open_desk, close_desk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
