/* The library that hashes side by side tests itself whenever a hasher is made, which takes a quarter of a hub's start
 * here. What was made once is used again. */
#include <stdint.h>
#include <stdlib.h>

enum { KEPT_MAX = 16 };

struct kept {
    void *lanes[KEPT_MAX];
    int count;
    int architecture; /* that the first was made for */
    void *fresh;      /* made, and not initialised yet */
};

static struct kept the_kept; /* as the world is one */

void *__real_alloc_mb_mgr(uint64_t flags);
void *__wrap_alloc_mb_mgr(uint64_t flags);
void *__wrap_alloc_mb_mgr(uint64_t flags)
{
    struct kept *kept = &the_kept;
    if (kept->count > 0)
        return kept->lanes[--kept->count];
    return kept->fresh = __real_alloc_mb_mgr(flags);
}

void __real_init_mb_mgr_auto(void *lanes, int *architecture);
void __wrap_init_mb_mgr_auto(void *lanes, int *architecture);
void __wrap_init_mb_mgr_auto(void *lanes, int *architecture)
{
    struct kept *kept = &the_kept;
    if (lanes == kept->fresh)
        __real_init_mb_mgr_auto(lanes, &kept->architecture);
    kept->fresh = NULL;
    *architecture = kept->architecture;
}

void __real_free_mb_mgr(void *lanes);
void __wrap_free_mb_mgr(void *lanes);
void __wrap_free_mb_mgr(void *lanes)
{
    struct kept *kept = &the_kept;
    if (kept->count < KEPT_MAX)
        kept->lanes[kept->count++] = lanes;
    else
        __real_free_mb_mgr(lanes);
}
