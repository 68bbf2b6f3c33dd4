/* How many records a second a subscriber takes from the first to the last, with its credit kept topped up. */
#include <string.h>

#include "commands.h"
#include "measure.h"

enum { SUBSCRIPTION = 1, CREDIT = 100000, DELIVERY_LIMIT_MS = 30000 };

static bool subscribe(struct sanling *hub, struct sanling_error *error)
{
    Sanling__V1__RecordSubscription records = SANLING__V1__RECORD_SUBSCRIPTION__INIT;
    Sanling__V1__Subscribe subscribe = SANLING__V1__SUBSCRIBE__INIT;
    records.start_case = SANLING__V1__RECORD_SUBSCRIPTION__START_FROM_POSITION;
    records.from_position = 1;
    records.stop_case = SANLING__V1__RECORD_SUBSCRIPTION__STOP_TO_END;
    records.to_end = true;
    records.credit = CREDIT;
    subscribe.id = SUBSCRIPTION;
    subscribe.kind_case = SANLING__V1__SUBSCRIBE__KIND_RECORDS;
    subscribe.records = &records;
    return sanling_subscribe(hub, &subscribe, error);
}

struct replayed {
    uint64_t position; /* of the last record */
    uint64_t own;      /* records of BENCH_SOURCE */
};

/* Takes a delivery; every position must follow the last. */
static int take(struct sanling *hub, const Sanling__V1__Delivery *delivery, struct replayed *replayed)
{
    struct sanling_error error;
    for (size_t i = 0; i < delivery->n_records; i++) {
        const Sanling__V1__Record *record = delivery->records[i];
        if (record->position != ++replayed->position)
            return bench_fail("position %llu came where %llu was due", (unsigned long long)record->position,
                              (unsigned long long)replayed->position);
        replayed->own += strcmp(record->event->source, BENCH_SOURCE) == 0;
    }
    if (!delivery->ended && !sanling_credit(hub, SUBSCRIPTION, (uint32_t)delivery->n_records, &error))
        return bench_fail("%s", error.text);
    return 0;
}

static int replay(struct sanling *hub, struct replayed *replayed)
{
    struct sanling_error error;
    struct sanling_happening happening;
    bool ended = false;
    if (!subscribe(hub, &error))
        return bench_fail("%s", error.text);
    while (!ended) {
        if (!sanling_next(hub, DELIVERY_LIMIT_MS, &happening, &error))
            return bench_fail("%s", error.text);
        if (happening.kind == SANLING_NOTHING)
            return bench_fail("no delivery in %d ms", DELIVERY_LIMIT_MS);
        if (happening.kind == SANLING_PROBLEM)
            return bench_fail("%s", happening.problem->text);
        if (happening.kind != SANLING_DELIVERY)
            continue;
        if (take(hub, happening.delivery, replayed) != 0)
            return 1;
        ended = happening.delivery->ended;
    }
    return 0;
}

int run_replay(const struct bench *bench)
{
    struct sanling *hub = bench_connect(bench);
    if (!hub)
        return 1;
    uint64_t last = sanling_welcome(hub)->position;
    struct replayed replayed = {.position = 0};
    int64_t cpu_us = measure_cpu_us();
    int64_t start_us = measure_now_us();
    int status = replay(hub, &replayed);
    double seconds = (double)(measure_now_us() - start_us) / 1e6;
    double cpu_s = (double)(measure_cpu_us() - cpu_us) / 1e6;
    if (status == 0 && replayed.position < last)
        status = bench_fail("%llu records came, %llu are recorded", (unsigned long long)replayed.position,
                            (unsigned long long)last);
    if (status == 0) {
        measure_tell("own_records", (double)replayed.own);
        measure_tell("replay_per_s", (double)replayed.position / seconds);
        measure_tell("subscriber_cpu_s_per_million", cpu_s * 1e6 / (double)replayed.position);
    }
    sanling_close(&hub);
    return status;
}
