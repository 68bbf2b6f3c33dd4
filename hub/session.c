#include "session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct cursor *cursors_find(const struct cursors *cursors, const char *name)
{
    struct cursor *cursor;
    HASH_FIND_STR(cursors->by_name, name, cursor);
    return cursor;
}

struct cursor *cursors_get(struct cursors *cursors, const char *name, const char *identity)
{
    struct cursor *cursor = cursors_find(cursors, name);
    if (cursor || HASH_COUNT(cursors->by_name) >= NAMES_MAX)
        return cursor;
    cursor = calloc(1, sizeof *cursor);
    if (!cursor)
        abort();
    snprintf(cursor->name, sizeof cursor->name, "%s", name);
    snprintf(cursor->identity, sizeof cursor->identity, "%s", identity);
    HASH_ADD_STR(cursors->by_name, name, cursor);
    return cursor;
}

void cursors_clear(struct cursors *cursors)
{
    struct cursor *cursor;
    struct cursor *next;
    HASH_ITER(hh, cursors->by_name, cursor, next)
    {
        HASH_DEL(cursors->by_name, cursor);
        free(cursor);
    }
}

enum acknowledgement cursor_acknowledge(struct cursor *cursor, uint64_t position, uint64_t reached)
{
    if (position > reached)
        return ACKNOWLEDGED_AHEAD;
    if (position <= cursor->acknowledged)
        return ACKNOWLEDGED_REPEATED;
    cursor->acknowledged = position;
    return ACKNOWLEDGED_MOVED;
}

struct session *sessions_find(const struct sessions *sessions, const struct peer *peer)
{
    struct session *session;
    HASH_FIND(hh, sessions->by_peer, peer, (unsigned)peer->size + 1, session);
    return session;
}

struct session *sessions_add(struct sessions *sessions, const struct peer *peer, const char *identity,
                             struct usage *usage)
{
    if (HASH_COUNT(sessions->by_peer) >= SESSIONS_MAX)
        return NULL;
    struct session *session = calloc(1, sizeof *session);
    if (!session)
        abort();
    session->peer = *peer;
    snprintf(session->identity, sizeof session->identity, "%s", identity);
    session->usage = usage;
    if (usage)
        usage->sessions++;
    HASH_ADD(hh, sessions->by_peer, peer, (unsigned)peer->size + 1, session);
    return session;
}

void sessions_remove(struct sessions *sessions, struct session *session)
{
    while (session->subscription_count > 0) {
        struct subscription *subscription = session->subscriptions[session->subscription_count - 1];
        subscription_give_up(&subscription);
    }
    if (session->usage)
        session->usage->sessions--;
    HASH_DEL(sessions->by_peer, session);
    free(session);
}

void sessions_clear(struct sessions *sessions)
{
    struct session *session;
    struct session *next;
    HASH_ITER(hh, sessions->by_peer, session, next)
    {
        sessions_remove(sessions, session);
    }
}

struct subscription *session_subscription(const struct session *session, uint32_t id)
{
    for (int i = 0; i < session->subscription_count; i++)
        if (session->subscriptions[i]->id == id)
            return session->subscriptions[i];
    return NULL;
}

struct subscription *session_add_subscription(struct session *session, uint32_t id)
{
    if (session->subscription_count == SESSION_SUBSCRIPTIONS_MAX)
        return NULL;
    struct subscription *subscription = calloc(1, sizeof *subscription);
    if (!subscription)
        abort();
    subscription->session = session;
    subscription->id = id;
    session->subscriptions[session->subscription_count++] = subscription;
    if (session->usage)
        session->usage->subscriptions++;
    return subscription;
}

static void leave_session(struct subscription *subscription)
{
    struct session *session = subscription->session;
    if (session->usage)
        session->usage->subscriptions--;
    for (int i = 0; i < session->subscription_count; i++)
        if (session->subscriptions[i] == subscription) {
            session->subscriptions[i] = session->subscriptions[--session->subscription_count];
            return;
        }
}

void subscription_give_up(struct subscription **subscription)
{
    struct subscription *given_up = *subscription;
    *subscription = NULL;
    if (!given_up->over) {
        leave_session(given_up);
        given_up->session = NULL;
        given_up->over = true;
        if (given_up->cursor)
            given_up->cursor->reader = NULL;
        given_up->cursor = NULL;
    }
    if (given_up->reading)
        return; /* its request is with the reader and comes back */
    read_request_close(&given_up->request);
    free(given_up);
}
