#include "feed.h"

#include <czmq.h>
#include <pthread.h>
#include <stdlib.h>

#include "handover.h"

enum { CHUNKS = 4 };

struct feed {
    zactor_t *actor;
    struct feed_order order;
    clockid_t clock; /* of the thread; set before the first chunk is handed over */
    struct mix chunks[CHUNKS];
};

static void fill(const struct feed_order *order, struct mix *chunk, uint64_t *made)
{
    uint64_t left = order->count - *made;
    size_t count = left < order->chunk ? (size_t)left : order->chunk;
    mix_fill(chunk, &order->county, order->source, order->first + *made, count, order->now_s);
    *made += count;
}

/* What comes when everything is made already is not filled any more. */
static void run(zsock_t *pipe, void *argument)
{
    struct feed *feed = argument;
    struct mix *chunk;
    uint64_t made = 0;
    if (pthread_getcpuclockid(pthread_self(), &feed->clock) != 0)
        abort();
    zsock_signal(pipe, 0);
    while ((chunk = handover_take(zsock_resolve(pipe), true)) != NULL)
        if (made < feed->order.count) {
            fill(&feed->order, chunk, &made);
            handover_give(zsock_resolve(pipe), chunk);
        }
}

struct feed *feed_open(const struct feed_order *order)
{
    struct feed *feed = calloc(1, sizeof *feed);
    if (!feed)
        abort();
    feed->order = *order;
    zsys_handler_set(NULL); /* signals end this program as they end any other */
    feed->actor = zactor_new(run, feed);
    if (!feed->actor) {
        free(feed);
        return NULL;
    }
    for (uint64_t i = 0; i < CHUNKS && i * order->chunk < order->count; i++) {
        struct mix *chunk = &feed->chunks[i];
        mix_room(chunk, order->count < order->chunk ? (size_t)order->count : order->chunk);
        feed_give_back(feed, &chunk);
    }
    return feed;
}

void feed_close(struct feed **feed)
{
    if (!*feed)
        return;
    zactor_destroy(&(*feed)->actor);
    for (size_t i = 0; i < CHUNKS; i++)
        mix_clear(&(*feed)->chunks[i]);
    free(*feed);
    *feed = NULL;
}

struct mix *feed_take(struct feed *feed)
{
    return handover_take(zsock_resolve(feed->actor), true);
}

void feed_give_back(struct feed *feed, struct mix **chunk)
{
    handover_give(zsock_resolve(feed->actor), *chunk);
    *chunk = NULL;
}

int64_t feed_cpu_us(const struct feed *feed)
{
    struct timespec time;
    clock_gettime(feed->clock, &time);
    return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}
