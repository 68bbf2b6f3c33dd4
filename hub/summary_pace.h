/* When the next summaries may be sent: at most every so often, and so rarely that counting them takes a twentieth of
 * the loop's time. One alone that costs much does not hold up those behind it: after a start, on another day or by
 * other rules all is counted anew, and then what changed again. Of two that follow each other the cheaper counts. */
#ifndef HUB_SUMMARY_PACE_H
#define HUB_SUMMARY_PACE_H

#include <stdbool.h>
#include <stdint.h>

enum { SUMMARY_INTERVAL_MS = 200, SUMMARY_COST_FACTOR = 20 };

/* All zero at first. */
struct summary_pace {
    int64_t after_ms; /* monotonic: not before */
    int64_t cost_us;  /* of the last ones */
};

static inline bool summary_pace_may(const struct summary_pace *pace, int64_t now_ms)
{
    return now_ms >= pace->after_ms;
}

/* They were sent, and cost so much of the loop's processor time. */
static inline void summary_pace_note(struct summary_pace *pace, int64_t now_ms, int64_t cost_us)
{
    const int64_t lesser_us = cost_us < pace->cost_us ? cost_us : pace->cost_us;
    pace->cost_us = cost_us;
    pace->after_ms = now_ms + SUMMARY_INTERVAL_MS + SUMMARY_COST_FACTOR * lesser_us / 1000;
}

#endif
