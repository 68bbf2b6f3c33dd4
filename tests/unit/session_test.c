/* Durable names never move back; sessions and subscriptions are found, bounded, and given up whole. */
#include "session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"

static void a_cursor_never_moves_back_and_not_ahead_of_what_was_looked_at(void **unused)
{
    struct draw draw = {.seed = 1};
    (void)unused;
    for (int run = 0; run < 100; run++) {
        struct cursors cursors = {0};
        struct cursor *cursor = cursors_get(&cursors, "leader/page", "leader");
        uint64_t highest = 0;
        uint64_t reached = 0;
        for (int i = 0; i < 100; i++) {
            uint64_t position = draw_below(&draw, 120);
            reached += draw_below(&draw, 3);
            enum acknowledgement expected = position > reached    ? ACKNOWLEDGED_AHEAD
                                            : position <= highest ? ACKNOWLEDGED_REPEATED
                                                                  : ACKNOWLEDGED_MOVED;
            assert_int_equal(cursor_acknowledge(cursor, position, reached), expected);
            if (expected == ACKNOWLEDGED_MOVED)
                highest = position;
            assert_int_equal(cursor->acknowledged, highest);
        }
        cursors_clear(&cursors);
    }
}

static void a_name_is_one_cursor_of_its_first_identity(void **unused)
{
    struct cursors cursors = {0};
    (void)unused;
    assert_null(cursors_find(&cursors, "page"));
    struct cursor *cursor = cursors_get(&cursors, "page", "leader");
    assert_ptr_equal(cursors_get(&cursors, "page", "somebody"), cursor);
    assert_ptr_equal(cursors_find(&cursors, "page"), cursor);
    assert_string_equal(cursor->identity, "leader");
    assert_ptr_not_equal(cursors_get(&cursors, "page2", "leader"), cursor);
    cursors_clear(&cursors);
    assert_null(cursors_find(&cursors, "page"));
}

static void names_are_bounded(void **unused)
{
    struct cursors cursors = {0};
    char name[32];
    (void)unused;
    for (int i = 0; i < NAMES_MAX; i++) {
        snprintf(name, sizeof name, "name-%d", i);
        assert_non_null(cursors_get(&cursors, name, "leader"));
    }
    assert_null(cursors_get(&cursors, "one-more", "leader"));
    assert_non_null(cursors_get(&cursors, "name-7", "leader")); /* what is there stays reachable */
    cursors_clear(&cursors);
}

static struct peer peer_of(uint8_t size, uint32_t number)
{
    struct peer peer = {.size = size};
    memcpy(peer.id + 1, &number, sizeof number);
    return peer;
}

static void a_session_is_found_by_its_peer_alone(void **unused)
{
    struct sessions sessions = {0};
    (void)unused;
    const struct peer five = peer_of(5, 1);
    const struct peer longer = peer_of(6, 1); /* the same bytes, and one more */
    const struct peer other = peer_of(5, 2);
    struct session *session = sessions_add(&sessions, &five, "safety", NULL);
    assert_ptr_equal(sessions_find(&sessions, &five), session);
    assert_null(sessions_find(&sessions, &longer));
    assert_null(sessions_find(&sessions, &other));
    assert_non_null(sessions_add(&sessions, &longer, "petitions", NULL));
    sessions_remove(&sessions, session);
    assert_null(sessions_find(&sessions, &five));
    assert_string_equal(sessions_find(&sessions, &longer)->identity, "petitions");
    sessions_clear(&sessions);
}

static void sessions_are_bounded(void **unused)
{
    struct sessions sessions = {0};
    (void)unused;
    for (uint32_t i = 0; i < SESSIONS_MAX; i++) {
        const struct peer peer = peer_of(5, i);
        assert_non_null(sessions_add(&sessions, &peer, "x", NULL));
    }
    const struct peer last = peer_of(5, SESSIONS_MAX);
    assert_null(sessions_add(&sessions, &last, "x", NULL));
    sessions_clear(&sessions);
}

static void subscriptions_of_a_session_are_found_by_their_number_and_bounded(void **unused)
{
    struct sessions sessions = {0};
    (void)unused;
    const struct peer peer = peer_of(5, 1);
    struct session *session = sessions_add(&sessions, &peer, "safety", NULL);
    for (uint32_t id = 1; id <= SESSION_SUBSCRIPTIONS_MAX; id++)
        assert_non_null(session_add_subscription(session, id));
    assert_null(session_add_subscription(session, SESSION_SUBSCRIPTIONS_MAX + 1));
    assert_int_equal(session_subscription(session, 5)->id, 5);
    assert_null(session_subscription(session, SESSION_SUBSCRIPTIONS_MAX + 1));
    struct subscription *given_up = session_subscription(session, 5);
    subscription_give_up(&given_up);
    assert_null(given_up);
    assert_null(session_subscription(session, 5));
    for (uint32_t id = 1; id <= SESSION_SUBSCRIPTIONS_MAX; id++)
        if (id != 5)
            assert_int_equal(session_subscription(session, id)->id, id);
    assert_non_null(session_add_subscription(session, 5));
    sessions_clear(&sessions); /* frees the others: a sanitizer looks */
}

/* While its request is with the reader a subscription must outlive its session; it is freed when that comes back. */
static void a_subscription_that_is_being_read_waits_for_its_request(void **unused)
{
    struct sessions sessions = {0};
    struct cursors cursors = {0};
    (void)unused;
    const struct peer peer = peer_of(5, 1);
    struct session *session = sessions_add(&sessions, &peer, "safety", NULL);
    struct subscription *subscription = session_add_subscription(session, 1);
    subscription->cursor = cursors_get(&cursors, "page", "safety");
    subscription->cursor->reader = subscription;
    struct read_request *lent = read_request_open(READ_REPLAY, &peer);
    lent->subscription = subscription;
    subscription->reading = true;
    sessions_remove(&sessions, session);
    assert_true(subscription->over);
    assert_null(subscription->session);
    assert_null(cursors_find(&cursors, "page")->reader); /* the name is free for the next reader at once */
    subscription->reading = false;
    subscription->request = lent;
    subscription_give_up(&subscription);
    assert_null(subscription);
    cursors_clear(&cursors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cursor_never_moves_back_and_not_ahead_of_what_was_looked_at),
        cmocka_unit_test(a_name_is_one_cursor_of_its_first_identity),
        cmocka_unit_test(names_are_bounded),
        cmocka_unit_test(a_session_is_found_by_its_peer_alone),
        cmocka_unit_test(sessions_are_bounded),
        cmocka_unit_test(subscriptions_of_a_session_are_found_by_their_number_and_bounded),
        cmocka_unit_test(a_subscription_that_is_being_read_waits_for_its_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
