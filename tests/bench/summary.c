/* How long it takes from an event to the county's summary that counts it. Events are published one by one, each some
 * time after the summary of the one before: the hub makes a summary at most every so often, and an event comes when it
 * comes, so the pauses differ, evenly, from none to PAUSE_MAX_MS. The hub spends a twentieth of its time on summaries:
 * of many units one can be minutes behind the one before. */
#include <stdlib.h>

#include "commands.h"
#include "measure.h"
#include "mix.h"
#include "pace.h"

enum { SUBSCRIPTION = 1, SUMMARY_LIMIT_MS = 300000, PAUSE_MAX_MS = 500, PAUSE_STEP_MS = 307 };

struct watch {
    struct sanling *hub;
    uint64_t position; /* of the newest summary */
    int64_t came_us;   /* when it came */
    uint64_t recorded; /* the position of the last event; 0: no outcome yet */
};

static bool subscribe(struct sanling *hub)
{
    struct sanling_error error;
    Sanling__V1__SummarySubscription summary = SANLING__V1__SUMMARY_SUBSCRIPTION__INIT;
    Sanling__V1__Subscribe subscribe = SANLING__V1__SUBSCRIBE__INIT;
    subscribe.id = SUBSCRIPTION;
    subscribe.kind_case = SANLING__V1__SUBSCRIBE__KIND_SUMMARY;
    subscribe.summary = &summary;
    return sanling_subscribe(hub, &subscribe, &error) || bench_wrong("%s", error.text);
}

static bool take_outcome(struct watch *watch, const Sanling__V1__Outcome *outcome)
{
    uint64_t recorded = 0;
    if (!bench_recorded(outcome, &recorded))
        return false;
    watch->recorded = outcome->runs[0]->first_position;
    return true;
}

static bool take_summary(struct watch *watch, const Sanling__V1__Summary *summary)
{
    struct sanling_error error;
    watch->position = summary->position;
    watch->came_us = measure_now_us();
    return sanling_credit(watch->hub, SUBSCRIPTION, 1, &error) || bench_wrong("%s", error.text);
}

/* Takes what happens within the time, one thing. */
static bool turn(struct watch *watch, int timeout_ms)
{
    struct sanling_error error;
    struct sanling_happening happening;
    if (!sanling_next(watch->hub, timeout_ms, &happening, &error))
        return bench_wrong("%s", error.text);
    if (happening.kind == SANLING_OUTCOME)
        return take_outcome(watch, happening.outcome);
    if (happening.kind == SANLING_SUMMARY)
        return take_summary(watch, happening.summary->summary);
    return happening.kind != SANLING_PROBLEM || bench_wrong("%s", happening.problem->text);
}

static bool turn_for(struct watch *watch, int64_t time_ms)
{
    int64_t until_us = measure_now_us() + time_ms * 1000;
    int64_t left_us;
    while ((left_us = until_us - measure_now_us()) > 0)
        if (!turn(watch, (int)(left_us / 1000) + 1))
            return false;
    return true;
}

/* Until there is an outcome and a summary that knows it. */
static bool turn_until_known(struct watch *watch)
{
    int64_t limit_us = measure_now_us() + (int64_t)SUMMARY_LIMIT_MS * 1000;
    while (watch->recorded == 0 || watch->position < watch->recorded) {
        if (!turn(watch, SUMMARY_LIMIT_MS))
            return false;
        if (measure_now_us() > limit_us)
            return bench_wrong("no summary of position %llu in %d ms", (unsigned long long)watch->recorded,
                               SUMMARY_LIMIT_MS);
    }
    return true;
}

static bool measure_one(struct watch *watch, const struct mix *mix, size_t index, uint32_t *time_us)
{
    struct sanling_error error;
    if (!turn_for(watch, (int64_t)(index * PAUSE_STEP_MS % PAUSE_MAX_MS)))
        return false;
    watch->recorded = 0;
    int64_t start_us = measure_now_us();
    if (!sanling_publish(watch->hub, BENCH_SOURCE, mix->first + index, mix->events + index, 1, &error))
        return bench_wrong("%s", error.text);
    if (!turn_until_known(watch))
        return false;
    *time_us = (uint32_t)(watch->came_us - start_us);
    return true;
}

static int measure_all(struct watch *watch, const struct mix *mix)
{
    uint32_t *times_us = calloc(mix->count, sizeof *times_us);
    if (!times_us)
        abort();
    watch->recorded = sanling_welcome(watch->hub)->position; /* the first summary is of what was there before */
    bool done = subscribe(watch->hub) && turn_until_known(watch);
    for (size_t i = 0; i < mix->count && done; i++)
        done = measure_one(watch, mix, i, &times_us[i]);
    if (done)
        pace_tell_times("summary", times_us, mix->count);
    free(times_us);
    return done ? 0 : 1;
}

int run_summary_latency(const struct bench *bench)
{
    struct mix mix;
    struct watch watch = {.hub = bench_connect(bench)};
    if (!watch.hub)
        return 1;
    mix_make(&mix, &bench->county, BENCH_SOURCE, bench_next_sequence(watch.hub), bench->events,
             bench_hub_time_s(watch.hub));
    int status = measure_all(&watch, &mix);
    sanling_close(&watch.hub);
    mix_clear(&mix);
    return status;
}
