#include "rate.h"

#include "tokens.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A bucket of thousandths of a request, filled as time passes. */
struct bucket {
    char name[TOKEN_NAME_SIZE];
    uint64_t left;
    int64_t filled_ms;
};

struct rate {
    uint64_t per_ms; /* thousandths: as many as requests a second */
    struct bucket *buckets;
    size_t count;
};

enum { REQUEST = 1000, BURST_S = 2 };

struct rate *rate_open(unsigned requests_per_second)
{
    struct rate *rate = calloc(1, sizeof *rate);
    if (rate != NULL)
        rate->per_ms = requests_per_second;
    return rate;
}

void rate_close(struct rate **rate)
{
    if (*rate != NULL)
        free((*rate)->buckets);
    free(*rate);
    *rate = NULL;
}

static uint64_t full(const struct rate *rate)
{
    return rate->per_ms * REQUEST * BURST_S;
}

/* The name's bucket, a full one if it has none; NULL: no memory. There are as many as tokens ever had names: where the
 * list is full, that of the longest silence is taken. */
static struct bucket *bucket_of(struct rate *rate, const char *name, int64_t now_ms)
{
    size_t oldest = 0;
    for (size_t i = 0; i < rate->count; i++) {
        if (strcmp(rate->buckets[i].name, name) == 0)
            return &rate->buckets[i];
        if (rate->buckets[i].filled_ms < rate->buckets[oldest].filled_ms)
            oldest = i;
    }
    if (rate->count < TOKENS_MAX) {
        struct bucket *grown = realloc(rate->buckets, (rate->count + 1) * sizeof *grown);
        if (grown == NULL)
            return NULL;
        rate->buckets = grown;
        oldest = rate->count++;
    }
    struct bucket *bucket = &rate->buckets[oldest];
    *bucket = (struct bucket){.left = full(rate), .filled_ms = now_ms};
    snprintf(bucket->name, sizeof bucket->name, "%s", name);
    return bucket;
}

bool rate_allows(struct rate *rate, const char *name, int64_t now_ms)
{
    struct bucket *bucket = bucket_of(rate, name, now_ms);
    if (bucket == NULL)
        return false;
    const uint64_t passed_ms = now_ms > bucket->filled_ms ? (uint64_t)(now_ms - bucket->filled_ms) : 0;
    const uint64_t enough_ms = (uint64_t)BURST_S * 1000;
    bucket->left += (passed_ms < enough_ms ? passed_ms : enough_ms) * rate->per_ms;
    if (bucket->left > full(rate))
        bucket->left = full(rate);
    bucket->filled_ms = now_ms;
    if (bucket->left < REQUEST)
        return false;
    bucket->left -= REQUEST;
    return true;
}
