#include "usage.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

enum { MILLION = 1000000 };

void limits_complete(struct limits *limits)
{
    if (limits->messages_per_second == 0)
        limits->messages_per_second = LIMIT_DEFAULT_MESSAGES_PER_SECOND;
    if (limits->bytes_per_second == 0)
        limits->bytes_per_second = LIMIT_DEFAULT_BYTES_PER_SECOND;
    if (limits->subscriptions == 0)
        limits->subscriptions = LIMIT_DEFAULT_SUBSCRIPTIONS;
    if (limits->sessions == 0)
        limits->sessions = LIMIT_DEFAULT_SESSIONS;
}

/* A rate times microseconds is millionths. */
static int64_t full(uint32_t per_second)
{
    return (int64_t)per_second * LIMIT_BURST_MS * 1000;
}

void bucket_fill(struct bucket *bucket, uint32_t per_second, int64_t now_us)
{
    int64_t passed_us = now_us - bucket->at_us;
    int64_t missing = full(per_second) - bucket->level;
    bucket->at_us = now_us;
    /* Compared by division: a long silence times a high rate is more than 64 bits hold. */
    if (passed_us > missing / per_second)
        bucket->level = full(per_second);
    else if (passed_us > 0)
        bucket->level += passed_us * per_second;
}

void bucket_charge(struct bucket *bucket, uint32_t amount)
{
    bucket->level -= (int64_t)amount * MILLION;
}

uint32_t bucket_debt_ms(const struct bucket *bucket, uint32_t per_second)
{
    if (bucket->level >= 0)
        return 0;
    int64_t per_ms = (int64_t)per_second * 1000;
    return (uint32_t)((-bucket->level + per_ms - 1) / per_ms);
}

struct usage *usages_get(struct usages *usages, const char *identity, const struct limits *limits, int64_t now_us)
{
    struct usage *usage;
    HASH_FIND_STR(usages->by_identity, identity, usage);
    if (usage)
        return usage;
    usage = calloc(1, sizeof *usage);
    if (!usage)
        abort();
    snprintf(usage->identity, sizeof usage->identity, "%s", identity);
    usage->messages = (struct bucket){.level = full(limits->messages_per_second), .at_us = now_us};
    usage->bytes = (struct bucket){.level = full(limits->bytes_per_second), .at_us = now_us};
    usage->lines = (struct bucket){.level = full(LIMIT_LINES_PER_SECOND), .at_us = now_us};
    usage->work = (struct bucket){.level = full(LIMIT_WORK_US_PER_SECOND), .at_us = now_us};
    HASH_ADD_STR(usages->by_identity, identity, usage);
    return usage;
}

static void fill_all(struct usage *usage, const struct limits *limits, int64_t now_us)
{
    bucket_fill(&usage->messages, limits->messages_per_second, now_us);
    bucket_fill(&usage->bytes, limits->bytes_per_second, now_us);
}

static bool is_idle(struct usage *usage, const struct limits *limits, int64_t now_us)
{
    uint32_t pointing = usage->sessions + usage->subscriptions + usage->waiting;
    for (int kind = 0; kind < LIMIT_LENT_KINDS; kind++)
        pointing += usage->lent[kind];
    fill_all(usage, limits, now_us);
    bucket_fill(&usage->work, LIMIT_WORK_US_PER_SECOND, now_us);
    return pointing == 0 && usage->messages.level == full(limits->messages_per_second) &&
           usage->bytes.level == full(limits->bytes_per_second) && usage->work.level == full(LIMIT_WORK_US_PER_SECOND);
}

void usages_forget_idle(struct usages *usages, const struct limits *limits, int64_t now_us)
{
    struct usage *usage;
    struct usage *next;
    HASH_ITER(hh, usages->by_identity, usage, next)
    {
        if (!is_idle(usage, limits, now_us))
            continue;
        HASH_DEL(usages->by_identity, usage);
        free(usage);
    }
}

void usages_clear(struct usages *usages)
{
    struct usage *usage;
    struct usage *next;
    HASH_ITER(hh, usages->by_identity, usage, next)
    {
        HASH_DEL(usages->by_identity, usage);
        free(usage);
    }
}

static uint32_t at_most_32_bits(size_t size)
{
    return size < UINT32_MAX ? (uint32_t)size : UINT32_MAX;
}

uint32_t usage_take(struct usage *usage, const struct limits *limits, size_t size, int64_t now_us)
{
    fill_all(usage, limits, now_us);
    uint32_t messages_ms = bucket_debt_ms(&usage->messages, limits->messages_per_second);
    uint32_t bytes_ms = bucket_debt_ms(&usage->bytes, limits->bytes_per_second);
    if (messages_ms > 0 || bytes_ms > 0)
        return messages_ms > bytes_ms ? messages_ms : bytes_ms;
    bucket_charge(&usage->messages, 1);
    bucket_charge(&usage->bytes, at_most_32_bits(size));
    return 0;
}

void usage_charge(struct usage *usage, const struct limits *limits, size_t size, int64_t now_us)
{
    fill_all(usage, limits, now_us);
    if (bucket_debt_ms(&usage->messages, limits->messages_per_second) < LIMIT_DEBT_MS)
        bucket_charge(&usage->messages, 1);
    if (bucket_debt_ms(&usage->bytes, limits->bytes_per_second) < LIMIT_DEBT_MS)
        bucket_charge(&usage->bytes, at_most_32_bits(size));
}

void usage_charge_work(struct usage *usage, int64_t took_us, int64_t now_us)
{
    bucket_fill(&usage->work, LIMIT_WORK_US_PER_SECOND, now_us);
    if (took_us > 0)
        bucket_charge(&usage->work, at_most_32_bits((size_t)took_us));
}

bool usage_worked_much(struct usage *usage, int64_t now_us)
{
    bucket_fill(&usage->work, LIMIT_WORK_US_PER_SECOND, now_us);
    return usage->work.level < 0;
}

bool usage_may_tell(struct usage *usage, int64_t now_us)
{
    if (!usage)
        return true;
    bucket_fill(&usage->lines, LIMIT_LINES_PER_SECOND, now_us);
    if (usage->lines.level < 0)
        return false;
    bucket_charge(&usage->lines, 1);
    return true;
}

bool usage_lend(struct usage *usage, unsigned kind)
{
    assert(kind < LIMIT_LENT_KINDS);
    if (!usage)
        return true;
    if (usage->lent[kind] >= LIMIT_LENT_MAX)
        return false;
    usage->lent[kind]++;
    return true;
}

void usage_return(struct usage *usage, unsigned kind)
{
    if (usage)
        usage->lent[kind]--;
}
