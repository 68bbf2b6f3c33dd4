/* Clocks, processor time, and how a command of the bench tells a figure: a line `name value` on standard output, which
 * `run` gathers. */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <stdint.h>

/* Microseconds, and nanoseconds, of the monotonic clock. */
int64_t measure_now_us(void);
int64_t measure_now_ns(void);
/* Nanoseconds of processor time of this thread: what other work on the machine takes away is not in it. */
int64_t measure_thread_ns(void);
/* Processor time of this process so far, all threads, user and system together. */
int64_t measure_cpu_us(void);

void measure_tell(const char *name, double value);

#endif
