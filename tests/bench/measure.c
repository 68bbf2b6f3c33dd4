#include "measure.h"

#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

static int64_t now_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t measure_now_ns(void)
{
    return now_ns(CLOCK_MONOTONIC);
}

int64_t measure_now_us(void)
{
    return measure_now_ns() / 1000;
}

int64_t measure_thread_ns(void)
{
    return now_ns(CLOCK_THREAD_CPUTIME_ID);
}

int64_t measure_cpu_us(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (int64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 + usage.ru_utime.tv_usec +
           usage.ru_stime.tv_usec;
}

void measure_tell(const char *name, double value)
{
    printf("%s %.9g\n", name, value);
}
