/* How much an identity may ask of the hub, over all its sessions: messages and bytes a second, sessions and
 * subscriptions at once. Arithmetic only; the time is an argument, microseconds of a clock that never goes back.
 *
 * A rate is a bucket that fills up to what LIMIT_BURST_MS bring in. Whoever finds it not in debt is let through,
 * however large the message, and may leave a debt behind: so every message passes some time, and the rate holds in the
 * long run. What is refused costs nothing. */
#ifndef HUB_USAGE_H
#define HUB_USAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uthash.h>

#include "access.h"

enum {
    LIMIT_BURST_MS = 2000,
    LIMIT_DEBT_MS = 5000, /* what is always taken (credit, acknowledgements) leads no deeper into debt */
    LIMIT_ROOM_MS = 5000, /* to wait for a session or subscription to end: nobody knows when one does */
    LIMIT_LENT_MS = 200,  /* to wait for the reader */
    /* With the reader at once, of each kind of request: a session's window of messages sent again fits, and a reader
     * that answers a thousand requests a second keeps nobody waiting for long. */
    LIMIT_LENT_MAX = 64,
    LIMIT_LENT_KINDS = 8,
    /* Questions cost the hub's loop very different amounts. Who used more than this of it asks on behind everybody
     * else: its questions wait, so many of them, until the loop has nothing else to do. */
    LIMIT_WORK_US_PER_SECOND = 250000,
    LIMIT_WAITING_MAX = 64,
    LIMIT_LINES_PER_SECOND = 10, /* in the journal, of what it did */
};

/* As configured. */
struct limits {
    uint32_t messages_per_second;
    uint32_t bytes_per_second;
    uint32_t subscriptions;
    uint32_t sessions;
};
enum {
    /* An agent that drains a full outbox sends some hundred messages a second; the hub takes some ten thousand. */
    LIMIT_DEFAULT_MESSAGES_PER_SECOND = 20000,
    /* Twice what the hub can decrypt and write on the machines that it was measured on. */
    LIMIT_DEFAULT_BYTES_PER_SECOND = 256 << 20,
    LIMIT_DEFAULT_SUBSCRIPTIONS = 512,
    LIMIT_DEFAULT_SESSIONS = 256,
    LIMIT_BYTES_PER_SECOND_MIN = 128 << 10, /* the largest message is paid in half a minute */
};
/* Puts the defaults where 0 stands. */
void limits_complete(struct limits *limits);

struct bucket {
    int64_t level; /* millionths; below 0: debt */
    int64_t at_us; /* when it stood there */
};
/* Fills it for the time that passed. */
void bucket_fill(struct bucket *bucket, uint32_t per_second, int64_t now_us);
void bucket_charge(struct bucket *bucket, uint32_t amount);
/* Milliseconds until it is out of debt, rounded up; 0: it is. */
uint32_t bucket_debt_ms(const struct bucket *bucket, uint32_t per_second);

/* What an identity uses. It stays while sessions or requests point to it. */
struct usage {
    UT_hash_handle hh;
    char identity[ACCESS_NAME_SIZE];
    struct bucket messages;
    struct bucket bytes;
    struct bucket work;  /* microseconds of the loop, for questions */
    struct bucket lines; /* in the journal */
    uint32_t sessions;
    uint32_t subscriptions;
    uint32_t waiting;                /* questions that wait for the loop */
    uint32_t lent[LIMIT_LENT_KINDS]; /* requests with the reader */
    int64_t searched_us;             /* when its sessions were looked through for dead ones; 0: never */
};
struct usages {
    struct usage *by_identity;
};
/* Made with full buckets if it is new. */
struct usage *usages_get(struct usages *usages, const char *identity, const struct limits *limits, int64_t now_us);
/* Forgets those that nothing points to and that have nothing to pay. */
void usages_forget_idle(struct usages *usages, const struct limits *limits, int64_t now_us);
void usages_clear(struct usages *usages);

/* Takes a message of that size. 0: it may pass; else milliseconds to wait, and nothing was taken. */
uint32_t usage_take(struct usage *usage, const struct limits *limits, size_t size, int64_t now_us);
/* Charges a message that passes in any case. */
void usage_charge(struct usage *usage, const struct limits *limits, size_t size, int64_t now_us);
/* Charges a question with the time that it took. */
void usage_charge_work(struct usage *usage, int64_t took_us, int64_t now_us);
/* Whether its questions come behind everybody else's for now. */
bool usage_worked_much(struct usage *usage, int64_t now_us);
/* Whether one more line about it goes to the journal, which a flood must not fill. */
bool usage_may_tell(struct usage *usage, int64_t now_us);
/* Counts a request of that kind as with the reader; false: too many are. A NULL usage lends without end. */
bool usage_lend(struct usage *usage, unsigned kind);
void usage_return(struct usage *usage, unsigned kind);

#endif
