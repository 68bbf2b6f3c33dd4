/* Numbers that look like chance and are the same in every run: splitmix64. */
#ifndef DEMO_RANDOM_H
#define DEMO_RANDOM_H

#include <stdint.h>

struct random {
    uint64_t state; /* the seed at first */
};

uint64_t random_next(struct random *random);
/* 0 to limit - 1; limit is not 0. */
uint32_t random_below(struct random *random, uint32_t limit);
/* first to last, both included. */
int32_t random_between(struct random *random, int32_t first, int32_t last);

#endif
