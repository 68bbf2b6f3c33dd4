/* How long a single event takes to its acknowledgement, one event a message, at a steady rate. Times are from the
 * moment at which an event was to be sent by the schedule: a late answer that holds up the next event counts for that
 * one too. */
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>

#include "commands.h"
#include "measure.h"
#include "mix.h"

enum { ANSWER_LIMIT_MS = 30000 };

struct pace {
    int64_t start_us;
    uint32_t rate;
    size_t sent;
    size_t answered;
    uint32_t *latencies_us;
};

static int64_t due_us(const struct pace *pace, size_t index)
{
    return pace->start_us + (int64_t)(index * 1000000 / pace->rate);
}

static void sleep_until(int64_t time_us)
{
    const struct timespec until = {.tv_sec = time_us / 1000000, .tv_nsec = time_us % 1000000 * 1000};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}

/* Answers come in the order of the events: one source, one event a message. */
static bool take_outcome(struct pace *pace, const Sanling__V1__Outcome *outcome)
{
    uint64_t recorded = 0;
    if (!bench_recorded(outcome, &recorded))
        return false;
    for (; recorded > 0; recorded--, pace->answered++)
        pace->latencies_us[pace->answered] = (uint32_t)(measure_now_us() - due_us(pace, pace->answered));
    return true;
}

/* Waits for an outcome, or, if nothing is in flight, for the next event's time. */
static int wait_for_next(struct sanling *hub, struct pace *pace)
{
    struct sanling_error error;
    struct sanling_happening happening;
    if (pace->answered == pace->sent) {
        sleep_until(due_us(pace, pace->sent));
        return 0;
    }
    /* The library waits in milliseconds: an answer that takes longer than one can delay the next event by as much. */
    if (!sanling_next(hub, 1, &happening, &error))
        return bench_fail("%s", error.text);
    if (measure_now_us() - due_us(pace, pace->answered) > (int64_t)ANSWER_LIMIT_MS * 1000)
        return bench_fail("no outcome in %d ms", ANSWER_LIMIT_MS);
    return happening.kind == SANLING_OUTCOME && !take_outcome(pace, happening.outcome) ? 1 : 0;
}

static int keep_pace(struct sanling *hub, struct pace *pace, const struct mix *mix)
{
    struct sanling_error error;
    while (pace->answered < mix->count) {
        if (pace->sent < mix->count && measure_now_us() >= due_us(pace, pace->sent)) {
            if (sanling_publish(hub, BENCH_SOURCE, mix->first + pace->sent, mix->events + pace->sent, 1, &error))
                pace->sent++;
            else if (error.code != SANLING_WINDOW_FULL)
                return bench_fail("%s", error.text);
            else if (wait_for_next(hub, pace) != 0)
                return 1;
        } else if (wait_for_next(hub, pace) != 0) {
            return 1;
        }
    }
    return 0;
}

static int by_size(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left;
    uint32_t b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

static void tell_percentiles(uint32_t *latencies_us, size_t count)
{
    qsort(latencies_us, count, sizeof *latencies_us, by_size);
    measure_tell("ack_p50_us", latencies_us[count / 2]);
    measure_tell("ack_p99_us", latencies_us[count * 99 / 100]);
    measure_tell("ack_p999_us", latencies_us[count * 999 / 1000]);
    measure_tell("ack_max_us", latencies_us[count - 1]);
}

int run_latency(const struct bench *bench)
{
    struct mix mix;
    struct sanling *hub = bench_connect(bench);
    if (!hub)
        return 1;
    mix_make(&mix, &bench->county, BENCH_SOURCE, bench_next_sequence(hub), bench->events, bench_hub_time_s(hub));
    struct pace pace = {.rate = bench->rate, .latencies_us = calloc(bench->events, sizeof *pace.latencies_us)};
    if (!pace.latencies_us)
        abort();
    prctl(PR_SET_TIMERSLACK, 1UL); /* else the kernel wakes us up to 50 µs late, which is no delay of the hub's */
    pace.start_us = measure_now_us();
    int status = keep_pace(hub, &pace, &mix);
    double seconds = (double)(measure_now_us() - pace.start_us) / 1e6;
    if (status == 0) {
        measure_tell("paced_per_s", (double)bench->events / seconds);
        tell_percentiles(pace.latencies_us, bench->events);
    }
    free(pace.latencies_us);
    sanling_close(&hub);
    mix_clear(&mix);
    return status;
}
