/* How long it takes until everybody who follows the leaders' page sees a change: events are published one by one, each
 * when all have seen the one before. And followers that only follow, while something else is measured. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "followers.h"
#include "measure.h"
#include "mix.h"

enum { SEEN_LIMIT_MS = 30000, TURN_MS = 50 };

/* Turns until everybody has seen the position. false, after a line: a stream broke, or it took too long. */
static bool wait_until_seen(struct followers *followers, uint64_t position)
{
    int64_t limit_us = measure_now_us() + (int64_t)SEEN_LIMIT_MS * 1000;
    while (followers_behind(followers, position) > 0) {
        if (!followers_turn(followers, TURN_MS))
            return false;
        if (measure_now_us() > limit_us) {
            bench_fail("%zu followers did not see position %llu in %d ms", followers_behind(followers, position),
                       (unsigned long long)position, SEEN_LIMIT_MS);
            return false;
        }
    }
    return true;
}

/* Publishes one event and waits until it is recorded. Its position, or 0 after a line. */
static uint64_t publish_one(struct sanling *hub, const struct mix *mix, size_t index)
{
    struct sanling_error error;
    struct sanling_happening happening = {.kind = SANLING_NOTHING};
    if (!sanling_publish(hub, BENCH_SOURCE, mix->first + index, mix->events + index, 1, &error)) {
        bench_fail("%s", error.text);
        return 0;
    }
    int64_t limit_us = measure_now_us() + (int64_t)SEEN_LIMIT_MS * 1000;
    while (measure_now_us() < limit_us) {
        uint64_t recorded = 0;
        if (!sanling_next(hub, SEEN_LIMIT_MS, &happening, &error)) {
            bench_fail("%s", error.text);
            return 0;
        }
        if (happening.kind == SANLING_OUTCOME)
            return bench_recorded(happening.outcome, &recorded) ? happening.outcome->runs[0]->first_position : 0;
    }
    bench_fail("no outcome in %d ms", SEEN_LIMIT_MS);
    return 0;
}

static int by_size(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left;
    int64_t b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

static void tell_times(int64_t *times_us, size_t count)
{
    qsort(times_us, count, sizeof *times_us, by_size);
    measure_tell("follow_seen_by_all_p50_ms", (double)times_us[count / 2] / 1000.0);
    measure_tell("follow_seen_by_all_p90_ms", (double)times_us[count * 9 / 10] / 1000.0);
    measure_tell("follow_seen_by_all_max_ms", (double)times_us[count - 1] / 1000.0);
}

static int follow_changes(struct followers *followers, struct sanling *hub, const struct mix *mix)
{
    int64_t *times_us = calloc(mix->count, sizeof *times_us);
    if (!times_us)
        abort();
    int status = wait_until_seen(followers, 1) ? 0 : 1; /* the first event of each stream carries everything */
    for (size_t i = 0; i < mix->count && status == 0; i++) {
        int64_t start_us = measure_now_us();
        uint64_t position = publish_one(hub, mix, i);
        status = position != 0 && wait_until_seen(followers, position) ? 0 : 1;
        times_us[i] = measure_now_us() - start_us;
    }
    if (status == 0)
        tell_times(times_us, mix->count);
    free(times_us);
    return status;
}

int run_follow(const struct bench *bench)
{
    struct mix mix;
    struct sanling *hub = bench_connect(bench);
    if (!hub)
        return 1;
    mix_make(&mix, &bench->county, BENCH_SOURCE, bench_next_sequence(hub), bench->events, bench_hub_time_s(hub));
    struct followers *followers = followers_open(bench->port, bench->cookie, bench->followers);
    int status = followers ? follow_changes(followers, hub, &mix) : 1;
    followers_close(&followers);
    sanling_close(&hub);
    mix_clear(&mix);
    return status;
}

/* Says on standard output that all follow, and goes on until SIGTERM, which is held back but for the moment in which
 * it is looked for. */
int run_watch(const struct bench *bench)
{
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    sigprocmask(SIG_BLOCK, &stop, NULL);
    struct followers *followers = followers_open(bench->port, bench->cookie, bench->followers);
    if (!followers)
        return 1;
    int status = wait_until_seen(followers, 1) ? 0 : 1;
    puts("following");
    fflush(stdout);
    const struct timespec at_once = {0};
    while (status == 0 && sigtimedwait(&stop, NULL, &at_once) != SIGTERM)
        status = followers_turn(followers, TURN_MS) ? 0 : 1;
    measure_tell("follow_events", (double)followers_events(followers));
    measure_tell("follow_cpu_s", (double)measure_cpu_us() / 1e6);
    followers_close(&followers);
    return status;
}
