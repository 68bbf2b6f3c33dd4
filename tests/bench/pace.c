#include "pace.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>

#include "measure.h"

void pace_start(struct pace *pace, size_t events, uint32_t rate, uint32_t batch)
{
    *pace = (struct pace){.rate = rate, .batch = batch, .events = events, .count = (events + batch - 1) / batch};
    pace->latencies_us = calloc(pace->count, sizeof *pace->latencies_us);
    if (!pace->latencies_us)
        abort();
    prctl(PR_SET_TIMERSLACK, 1UL); /* else we are woken up to 50 µs late, which is no delay of what is measured */
    pace->start_us = measure_now_us();
}

void pace_clear(struct pace *pace)
{
    free(pace->latencies_us);
    *pace = (struct pace){0};
}

static int64_t due_us(const struct pace *pace, size_t index)
{
    return pace->start_us + (int64_t)((uint64_t)index * pace->batch * 1000000 / pace->rate);
}

int64_t pace_next_due_us(const struct pace *pace)
{
    return due_us(pace, pace->sent);
}

int64_t pace_oldest_due_us(const struct pace *pace)
{
    return due_us(pace, pace->answered);
}

bool pace_is_due(const struct pace *pace)
{
    return pace->sent < pace->count && measure_now_us() >= pace_next_due_us(pace);
}

void pace_sleep(const struct pace *pace)
{
    int64_t time_us = pace_next_due_us(pace);
    const struct timespec until = {.tv_sec = time_us / 1000000, .tv_nsec = time_us % 1000000 * 1000};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}

size_t pace_next_event(const struct pace *pace)
{
    return pace->sent * pace->batch;
}

static size_t end_of(const struct pace *pace, size_t index)
{
    size_t end = (index + 1) * pace->batch;
    return end < pace->events ? end : pace->events;
}

size_t pace_next_size(const struct pace *pace)
{
    return end_of(pace, pace->sent) - pace_next_event(pace);
}

void pace_note_sent(struct pace *pace)
{
    pace->sent++;
}

void pace_note_answered(struct pace *pace, size_t events)
{
    int64_t now_us = measure_now_us();
    pace->events_answered += events;
    for (; pace->answered < pace->sent && end_of(pace, pace->answered) <= pace->events_answered; pace->answered++)
        pace->latencies_us[pace->answered] = (uint32_t)(now_us - pace_oldest_due_us(pace));
}

void pace_note_answered_one(struct pace *pace, size_t index)
{
    pace->latencies_us[index] = (uint32_t)(measure_now_us() - due_us(pace, index));
    pace->answered++;
}

static int by_size(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left;
    uint32_t b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

static void tell(const char *name, const char *which, uint32_t time_us)
{
    char figure[64];
    snprintf(figure, sizeof figure, "%s_%s_us", name, which);
    measure_tell(figure, time_us);
}

void pace_tell_times(const char *name, uint32_t *times_us, size_t count)
{
    qsort(times_us, count, sizeof *times_us, by_size);
    tell(name, "p50", times_us[count / 2]);
    tell(name, "p99", times_us[count * 99 / 100]);
    tell(name, "p999", times_us[count * 999 / 1000]);
    tell(name, "max", times_us[count - 1]);
}

void pace_tell(struct pace *pace)
{
    double seconds = (double)(measure_now_us() - pace->start_us) / 1e6;
    measure_tell("paced_per_s", (double)pace->events / seconds);
    pace_tell_times("ack", pace->latencies_us, pace->count);
}
