/* How many events a second become durable, with status computed, for one publisher with a deep window. */
#include <stdio.h>

#include "commands.h"
#include "measure.h"
#include "mix.h"

enum { ANSWER_LIMIT_MS = 30000, BATCH_DEFAULT = 1000 };

static bool fill_window(struct sanling *hub, const struct bench *bench, const struct mix *mix, size_t *sent,
                        struct sanling_error *error)
{
    uint32_t batch = bench->batch > 0 ? bench->batch : BATCH_DEFAULT;
    while (*sent < mix->count && sanling_in_flight(hub) < bench->window) {
        size_t left = mix->count - *sent;
        size_t count = left < batch ? left : batch;
        if (!sanling_publish(hub, BENCH_SOURCE, mix->first + *sent, mix->events + *sent, count, error))
            return false;
        *sent += count;
    }
    return true;
}

/* Publishes everything and takes every outcome. */
static int publish_all(struct sanling *hub, const struct bench *bench, const struct mix *mix)
{
    struct sanling_error error;
    struct sanling_happening happening;
    size_t sent = 0;
    uint64_t recorded = 0;
    while (recorded < mix->count) {
        if (!fill_window(hub, bench, mix, &sent, &error) || !sanling_next(hub, ANSWER_LIMIT_MS, &happening, &error))
            return bench_fail("%s", error.text);
        if (happening.kind == SANLING_NOTHING)
            return bench_fail("no outcome in %d ms, %llu recorded", ANSWER_LIMIT_MS, (unsigned long long)recorded);
        if (happening.kind == SANLING_OUTCOME && !bench_recorded(happening.outcome, &recorded))
            return 1;
    }
    return 0;
}

int run_publish(const struct bench *bench)
{
    struct mix mix;
    struct sanling *hub = bench_connect(bench);
    if (!hub)
        return 1;
    mix_make(&mix, &bench->county, BENCH_SOURCE, bench_next_sequence(hub), bench->events, bench_hub_time_s(hub));
    int64_t cpu_us = measure_cpu_us();
    int64_t start_us = measure_now_us();
    int status = publish_all(hub, bench, &mix);
    double seconds = (double)(measure_now_us() - start_us) / 1e6;
    double cpu_s = (double)(measure_cpu_us() - cpu_us) / 1e6;
    if (status == 0) {
        measure_tell("events", (double)bench->events);
        measure_tell("events_per_s", (double)bench->events / seconds);
        measure_tell("event_bytes", (double)mix.bytes_size / (double)bench->events);
        measure_tell("publisher_cpu_s_per_million", cpu_s * 1e6 / (double)bench->events);
    }
    sanling_close(&hub);
    mix_clear(&mix);
    return status;
}
