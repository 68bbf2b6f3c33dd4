/* How many events a second become durable, with status computed, for one publisher with a deep window. A few million
 * are all encoded before the clock starts; of more the next are encoded beside, chunk by chunk (feed.h). What that
 * costs is told apart: it is no cost of publishing, but it does take of the machine what the hub then does not have. */
#include <stdio.h>

#include "commands.h"
#include "feed.h"
#include "measure.h"

enum { ANSWER_LIMIT_MS = 30000, BATCH_DEFAULT = 1000, AHEAD_MAX = 2000000, CHUNK_DEFAULT = 100000 };

struct publication {
    struct feed *feed;
    struct mix *chunk; /* that is being sent */
    size_t at;         /* the next event in it */
    uint64_t events;
    uint64_t sent;
    uint64_t recorded;
    uint64_t bytes;    /* of the chunks that were taken */
    int64_t waited_us; /* for a chunk */
};

static void take_chunk(struct publication *publication)
{
    int64_t start_us = measure_now_us();
    if (publication->chunk)
        feed_give_back(publication->feed, &publication->chunk);
    publication->chunk = feed_take(publication->feed);
    publication->at = 0;
    publication->bytes += publication->chunk->bytes_size;
    publication->waited_us += measure_now_us() - start_us;
}

static bool send_batch(struct sanling *hub, const struct bench *bench, struct publication *publication,
                       struct sanling_error *error)
{
    if (publication->at == publication->chunk->count)
        take_chunk(publication);
    const struct mix *chunk = publication->chunk;
    size_t batch = bench->batch > 0 ? bench->batch : BATCH_DEFAULT;
    size_t left = chunk->count - publication->at;
    size_t count = left < batch ? left : batch;
    if (!sanling_publish(hub, BENCH_SOURCE, chunk->first + publication->at, chunk->events + publication->at, count,
                         error))
        return false;
    publication->at += count;
    publication->sent += count;
    return true;
}

static bool fill_window(struct sanling *hub, const struct bench *bench, struct publication *publication,
                        struct sanling_error *error)
{
    while (publication->sent < publication->events && sanling_in_flight(hub) < bench->window)
        if (!send_batch(hub, bench, publication, error))
            return false;
    return true;
}

/* Publishes everything and takes every outcome. */
static int publish_all(struct sanling *hub, const struct bench *bench, struct publication *publication)
{
    struct sanling_error error;
    struct sanling_happening happening;
    while (publication->recorded < publication->events) {
        if (!fill_window(hub, bench, publication, &error) || !sanling_next(hub, ANSWER_LIMIT_MS, &happening, &error))
            return bench_fail("%s", error.text);
        if (happening.kind == SANLING_NOTHING)
            return bench_fail("no outcome in %d ms, %llu recorded", ANSWER_LIMIT_MS,
                              (unsigned long long)publication->recorded);
        if (happening.kind == SANLING_OUTCOME && !bench_recorded(happening.outcome, &publication->recorded))
            return 1;
    }
    return 0;
}

static struct feed *open_feed(const struct sanling *hub, const struct bench *bench)
{
    uint32_t chunk = bench->chunk;
    if (chunk == 0)
        chunk = bench->events <= AHEAD_MAX ? (uint32_t)bench->events : CHUNK_DEFAULT;
    return feed_open(&(struct feed_order){.county = bench->county,
                                          .source = BENCH_SOURCE,
                                          .first = bench_next_sequence(hub),
                                          .count = bench->events,
                                          .chunk = chunk,
                                          .now_s = bench_hub_time_s(hub)});
}

static int publish_measured(struct sanling *hub, const struct bench *bench, struct feed *feed)
{
    struct publication publication = {.feed = feed, .events = bench->events};
    take_chunk(&publication);
    publication.waited_us = 0;
    int64_t feed_us = feed_cpu_us(feed);
    int64_t cpu_us = measure_cpu_us();
    int64_t start_us = measure_now_us();
    if (publish_all(hub, bench, &publication) != 0)
        return 1;
    double events = (double)bench->events;
    double seconds = (double)(measure_now_us() - start_us) / 1e6;
    double all_s = (double)(measure_cpu_us() - cpu_us) / 1e6;
    double feed_s = (double)(feed_cpu_us(feed) - feed_us) / 1e6;
    measure_tell("events", events);
    measure_tell("events_per_s", events / seconds);
    measure_tell("event_bytes", (double)publication.bytes / events);
    measure_tell("publisher_cpu_s_per_million", (all_s - feed_s) * 1e6 / events);
    measure_tell("encoded_beside_cpu_s_per_million", feed_s * 1e6 / events);
    measure_tell("encoded_beside_waited_ms", (double)publication.waited_us / 1e3);
    return 0;
}

int run_publish(const struct bench *bench)
{
    struct sanling *hub = bench_connect(bench);
    if (!hub)
        return 1;
    struct feed *feed = open_feed(hub, bench);
    int status = feed ? publish_measured(hub, bench, feed) : bench_fail("cannot start a thread");
    sanling_close(&hub);
    feed_close(&feed);
    return status;
}
