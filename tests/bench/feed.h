/* Events that are encoded ahead, chunk by chunk, by a thread of its own: more of them than fit the memory can be
 * published, and the publisher never stands still to encode. A few chunks go round: full ones come, empty ones go back.
 * With a single chunk everything is encoded before the first is taken, and the thread then rests. */
#ifndef BENCH_FEED_H
#define BENCH_FEED_H

#include <stdbool.h>
#include <stdint.h>

#include "mix.h"

struct feed;

/* Which events: as mix_make() makes them. `source` is borrowed. */
struct feed_order {
    struct county county;
    const char *source;
    uint64_t first;
    uint64_t count;
    uint32_t chunk; /* events of each, but for the last */
    int64_t now_s;
};

/* Starts to encode. NULL: no thread could be started. */
struct feed *feed_open(const struct feed_order *order);
/* Ends it, also half way, and sets *feed to NULL. What was taken from it is gone then. */
void feed_close(struct feed **feed);
/* The next chunk, the caller's until it is given back; waits while it is not ready. Only while one is left. */
struct mix *feed_take(struct feed *feed);
/* Gives a chunk back to be filled again, and sets *chunk to NULL. */
void feed_give_back(struct feed *feed, struct mix **chunk);
/* Processor time of the thread so far. Not before a chunk was taken. */
int64_t feed_cpu_us(const struct feed *feed);

#endif
