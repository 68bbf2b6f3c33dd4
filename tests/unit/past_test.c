/* Questions that wait for past states: nobody alone has all the room, and peers take turns. */
#include "past.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>
#include <zmq.h>

#include "domain/day.h"
#include "folder.h"

static const struct past_moment moment = {.position = 0, .day = DAY_NONE};

static bool wait_of(struct past *past, uint8_t peer)
{
    struct past_question *question = calloc(1, sizeof *question);
    assert_non_null(question);
    question->peer = (struct peer){.size = 1, .id = {peer}};
    const bool waits = past_wait(past, &moment, &question);
    past_question_free(&question);
    return waits;
}

static struct past_question *take(struct past *past)
{
    enum { PATIENCE_MS = 10000 };
    struct fault fault;
    bool failed;
    zmq_pollitem_t item = {.socket = past_socket(past), .events = ZMQ_POLLIN};
    assert_int_equal(zmq_poll(&item, 1, PATIENCE_MS), 1);
    struct past_question *questions = past_take(past, 0, &failed, &fault);
    assert_false(failed);
    return questions;
}

static void peers_take_turns_and_nobody_has_all_the_room(void **state)
{
    char folder[FOLDER_PATH_SIZE];
    struct fault fault;
    (void)state;
    folder_make(folder);
    struct event_log *log = event_log_open(folder, EVENT_LOG_OPEN_OR_CREATE, &fault);
    assert_non_null(log);
    struct past *past = past_start(log, &fault);
    assert_non_null(past);
    for (int i = 0; i < PAST_WAITING_PEER_MAX; i++)
        assert_true(wait_of(past, 'a'));
    assert_false(wait_of(past, 'a'));
    assert_true(wait_of(past, 'b'));
    int count = 0;
    for (struct past_question *question = take(past), *next; question; question = next, count++) {
        next = question->next;
        assert_int_equal(question->peer.id[0], count == 0 ? 'b' : 'a');
        past_question_free(&question);
    }
    assert_int_equal(count, PAST_WAITING_PEER_MAX + 1);
    past_stop(&past);
    event_log_close(&log);
    folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(peers_take_turns_and_nobody_has_all_the_room)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
