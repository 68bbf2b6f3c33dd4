/* When the next summaries may be sent: at most every so often, and so rarely that counting them takes a twentieth of
 * the loop's time. After a start, on another day or by other rules all is counted anew: in parts, with as much time
 * between them for everything else. One alone that costs much for another reason does not hold up those behind it: of
 * two that follow each other the cheaper counts. */
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

/* A part of them was counted, and they are not sent yet. */
static inline void summary_pace_go_on(struct summary_pace *pace, int64_t now_ms, int64_t cost_us)
{
    pace->after_ms = now_ms + (2 * cost_us + 999) / 1000;
}

/* Milliseconds until they may be sent. */
static inline long summary_pace_left_ms(const struct summary_pace *pace, int64_t now_ms)
{
    return pace->after_ms > now_ms ? (long)(pace->after_ms - now_ms) : 0;
}

#endif
