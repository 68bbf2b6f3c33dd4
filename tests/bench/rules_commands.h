/* The commands of sanling-rules-bench: the domain by itself, in this process, without a hub. Each tells its figures
 * (measure.h) and returns the exit status. */
#ifndef BENCH_RULES_COMMANDS_H
#define BENCH_RULES_COMMANDS_H

#include <stdint.h>

struct rules_bench {
    const char *policy; /* file */
    uint32_t units;
    uint32_t years;
    uint32_t rounds;
    uint32_t events; /* of a round */
};

/* Nanoseconds of an event on the status path: decoding, judging with applying, and asking for its unit's statuses; the
 * best, median and worst round. On a busy machine the best round is what the rules cost. */
int run_rules(const struct rules_bench *bench);
/* Milliseconds of processor time of the questions about a county of so many units after so many years. */
int run_asof(const struct rules_bench *bench);
int run_page(const struct rules_bench *bench);
/* Milliseconds of processor time of a summary after each round of events, walked over and kept. Status 1 if the two
 * differ. */
int run_summaries(const struct rules_bench *bench);

#endif
