/* How long a batch takes to its acknowledgement, one batch a message, at a steady rate of events; batches of one unless
 * asked otherwise. */
#include <poll.h>
#include <time.h>

#include "commands.h"
#include "measure.h"
#include "mix.h"
#include "pace.h"

enum { ANSWER_LIMIT_MS = 30000, LOOK_EVERY_US = 100000 };

static bool may_send(const struct sanling *hub, const struct bench *bench, const struct pace *pace)
{
    return pace->sent < pace->count && sanling_in_flight(hub) < bench->window;
}

/* How long nothing is to be done if nothing comes. */
static int64_t idle_us(const struct sanling *hub, const struct bench *bench, const struct pace *pace)
{
    int64_t left_us = LOOK_EVERY_US;
    int wait_ms = sanling_wait_ms(hub);
    if (wait_ms >= 0 && (int64_t)wait_ms * 1000 < left_us)
        left_us = (int64_t)wait_ms * 1000;
    if (may_send(hub, bench, pace)) {
        int64_t due_us = pace_next_due_us(pace) - measure_now_us();
        left_us = due_us < left_us ? due_us : left_us;
    }
    return left_us > 0 ? left_us : 0;
}

/* To the microsecond, while sanling_next() waits in milliseconds: waiting for an answer must not delay what is due. */
static void wait_for_either(const struct sanling *hub, int64_t left_us)
{
    int fds[SANLING_POLL_FDS_MAX];
    struct pollfd ready[SANLING_POLL_FDS_MAX];
    size_t count = sanling_poll_fds(hub, fds);
    for (size_t i = 0; i < count; i++)
        ready[i] = (struct pollfd){.fd = fds[i], .events = POLLIN};
    const struct timespec left = {.tv_sec = left_us / 1000000, .tv_nsec = left_us % 1000000 * 1000};
    ppoll(ready, count, &left, NULL);
}

static bool send_due(struct sanling *hub, const struct bench *bench, struct pace *pace, const struct mix *mix)
{
    struct sanling_error error;
    while (may_send(hub, bench, pace) && pace_is_due(pace)) {
        size_t at = pace_next_event(pace);
        if (!sanling_publish(hub, BENCH_SOURCE, mix->first + at, mix->events + at, pace_next_size(pace), &error))
            return bench_wrong("%s", error.text);
        pace_note_sent(pace);
    }
    return true;
}

/* Answers come in the order of the events: one source. */
static bool take_outcome(struct pace *pace, const Sanling__V1__Outcome *outcome)
{
    uint64_t recorded = 0;
    if (!bench_recorded(outcome, &recorded))
        return false;
    pace_note_answered(pace, recorded);
    return true;
}

static int keep_pace(struct sanling *hub, const struct bench *bench, struct pace *pace, const struct mix *mix)
{
    struct sanling_error error;
    struct sanling_happening happening;
    while (pace->answered < pace->count) {
        if (!send_due(hub, bench, pace, mix))
            return 1;
        if (!sanling_next(hub, 0, &happening, &error))
            return bench_fail("%s", error.text);
        if (happening.kind == SANLING_NOTHING)
            wait_for_either(hub, idle_us(hub, bench, pace));
        else if (happening.kind == SANLING_OUTCOME && !take_outcome(pace, happening.outcome))
            return 1;
        if (pace->answered < pace->sent &&
            measure_now_us() - pace_oldest_due_us(pace) > (int64_t)ANSWER_LIMIT_MS * 1000)
            return bench_fail("no outcome in %d ms", ANSWER_LIMIT_MS);
    }
    return 0;
}

int run_latency(const struct bench *bench)
{
    struct mix mix;
    struct pace pace;
    struct sanling *hub = bench_connect(bench);
    if (!hub)
        return 1;
    mix_make(&mix, &bench->county, BENCH_SOURCE, bench_next_sequence(hub), bench->events, bench_hub_time_s(hub));
    pace_start(&pace, bench->events, bench->rate, bench->batch > 0 ? bench->batch : 1);
    int status = keep_pace(hub, bench, &pace, &mix);
    if (status == 0)
        pace_tell(&pace);
    pace_clear(&pace);
    sanling_close(&hub);
    mix_clear(&mix);
    return status;
}
