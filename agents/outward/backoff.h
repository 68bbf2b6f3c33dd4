/* When to try again: twice as long after each failure, up to a limit, and never quite when everybody else does. */
#ifndef SANLING_BACKOFF_H
#define SANLING_BACKOFF_H

#include <stdbool.h>
#include <stdint.h>

enum { BACKOFF_ASKED_MAX_S = 3600 }; /* of a Retry-After: who asks for more is asked again after an hour */

struct backoff {
    int64_t first_ms;
    int64_t most_ms;
    unsigned failures; /* in a row */
    int64_t until_ms;  /* on the caller's clock; 0: at once */
};

/* Notes a failure; `asked_s` is what the other side asked for, 0: nothing. Returns the wait in milliseconds: between
 * half and all of first_ms * 2^(failures - 1), at most most_ms, but not less than what was asked for. */
int64_t backoff_fail(struct backoff *backoff, int64_t now_ms, int64_t asked_s);
void backoff_succeed(struct backoff *backoff);
bool backoff_is_over(const struct backoff *backoff, int64_t now_ms);

#endif
