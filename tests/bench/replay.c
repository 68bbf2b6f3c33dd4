/* How many records a second a subscriber takes from the first to the last; with a filter, how long it takes until all
 * that match are there. */
#include "commands.h"
#include "measure.h"
#include "reading.h"

enum { DELIVERY_LIMIT_MS = 30000 };

static int replay(struct sanling *hub, const struct bench *bench, struct reading *reading)
{
    struct sanling_error error;
    struct sanling_happening happening;
    const struct reading_plan plan = {.from = 1, .to_end = true, .unit = bench->unit, .type = bench->type};
    if (!reading_begin(reading, hub, &plan))
        return 1;
    while (!reading->ended) {
        if (!sanling_next(hub, DELIVERY_LIMIT_MS, &happening, &error))
            return bench_fail("%s", error.text);
        if (happening.kind == SANLING_NOTHING)
            return bench_fail("no delivery in %d ms", DELIVERY_LIMIT_MS);
        if (!reading_take(reading, hub, &happening))
            return 1;
    }
    return 0;
}

static double ms_between(int64_t from_us, int64_t to_us)
{
    return (double)(to_us - from_us) / 1e3;
}

static void tell(const struct reading *reading, int64_t start_us, int64_t end_us, int64_t cpu_us)
{
    double records = (double)reading->records;
    measure_tell("records", records);
    measure_tell("own_records", (double)reading->own);
    measure_tell("replay_ms", ms_between(start_us, end_us));
    if (reading->records == 0) /* then there is no first one, and no cost of each */
        return;
    measure_tell("replay_per_s", records * 1e6 / (double)(end_us - start_us));
    measure_tell("first_record_ms", ms_between(start_us, reading->first_us));
    measure_tell("first_to_last_ms", ms_between(reading->first_us, reading->last_us));
    measure_tell("subscriber_cpu_s_per_million", (double)cpu_us / records);
}

int run_replay(const struct bench *bench)
{
    struct reading reading;
    struct sanling *hub = bench_connect(bench);
    if (!hub)
        return 1;
    uint64_t last = sanling_welcome(hub)->position;
    int64_t cpu_us = measure_cpu_us();
    int64_t start_us = measure_now_us();
    int status = replay(hub, bench, &reading);
    int64_t end_us = measure_now_us();
    cpu_us = measure_cpu_us() - cpu_us;
    if (status == 0 && (reading.reached < last || (!reading.filtered && reading.position < last)))
        status = bench_fail("the replay ended at %llu of %llu positions", (unsigned long long)reading.reached,
                            (unsigned long long)last);
    if (status == 0)
        tell(&reading, start_us, end_us, cpu_us);
    sanling_close(&hub);
    return status;
}
