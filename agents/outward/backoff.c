#include "backoff.h"

#include <sodium.h>

int64_t backoff_fail(struct backoff *backoff, int64_t now_ms, int64_t asked_s)
{
    int64_t wait_ms = backoff->first_ms;
    for (unsigned i = 0; i < backoff->failures && wait_ms < backoff->most_ms; i++)
        wait_ms *= 2;
    if (wait_ms > backoff->most_ms)
        wait_ms = backoff->most_ms;
    wait_ms -= randombytes_uniform((uint32_t)(wait_ms / 2 + 1));
    const int64_t asked_ms = (asked_s < BACKOFF_ASKED_MAX_S ? asked_s : BACKOFF_ASKED_MAX_S) * 1000;
    if (wait_ms < asked_ms)
        wait_ms = asked_ms;
    backoff->failures++;
    backoff->until_ms = now_ms + wait_ms;
    return wait_ms;
}

void backoff_succeed(struct backoff *backoff)
{
    backoff->failures = 0;
    backoff->until_ms = 0;
}

bool backoff_is_over(const struct backoff *backoff, int64_t now_ms)
{
    return now_ms >= backoff->until_ms;
}
