#include "random.h"

#include <assert.h>

uint64_t random_next(struct random *random)
{
    random->state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t mixed = random->state;
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ (mixed >> 31);
}

uint32_t random_below(struct random *random, uint32_t limit)
{
    assert(limit > 0);
    /* the slight bias of the multiplication does not matter for invented figures */
    return (uint32_t)(((random_next(random) >> 32) * limit) >> 32);
}

int32_t random_between(struct random *random, int32_t first, int32_t last)
{
    assert(first <= last);
    return first + (int32_t)random_below(random, (uint32_t)(last - first) + 1);
}
