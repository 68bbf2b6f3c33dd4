/* Random numbers from a seed: the same seed makes the same run on every machine. */
#ifndef TESTING_DRAW_H
#define TESTING_DRAW_H

#include <stdbool.h>
#include <stdint.h>

struct draw {
    uint64_t seed;
};

static inline uint64_t draw_number(struct draw *draw)
{
    uint64_t mixed = draw->seed += 0x9E3779B97F4A7C15u;
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EBu;
    return mixed ^ mixed >> 31;
}
/* 0 to limit - 1. */
static inline uint32_t draw_below(struct draw *draw, uint32_t limit)
{
    return (uint32_t)(draw_number(draw) % limit);
}
/* True once in `times`. */
static inline bool draw_once_in(struct draw *draw, uint32_t times)
{
    return draw_below(draw, times) == 0;
}

#endif
