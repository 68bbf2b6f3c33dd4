/* What a real hub takes for the time: the machine's clock, as long as it does not leap. A day that is closed stays
 * closed, and what is recorded never goes back, so a clock that is suddenly months ahead is not followed: the hub goes
 * on from the time that it had, by a clock that only runs. Arithmetic only; what the clocks show is an argument,
 * microseconds. */
#ifndef HUB_WALL_CLOCK_H
#define HUB_WALL_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* Ahead by more is a leap. A hub may rest over the longest holidays, which are nine days, and a machine over a weekend;
 * who mistakes a month or a year when setting a clock is farther off. */
enum { WALL_CLOCK_LEAP_DAYS = 10 };

struct wall_clock {
    int64_t time_us;      /* when it was last looked at; 0: nothing is known, every time is believed */
    int64_t steady_us;    /* by the clock that only runs, then */
    int64_t confirmed_us; /* up to here every time is believed: somebody looked */
};

/* From the last recorded time on; 0: there is none. */
void wall_clock_begin(struct wall_clock *clock, int64_t recorded_us, int64_t steady_us, int64_t confirmed_us);
/* How far the machine's clock has leapt ahead of what it should show by now; 0: it has not, and is followed. */
int64_t wall_clock_leap_us(const struct wall_clock *clock, int64_t machine_us, int64_t steady_us);
/* The time: the machine's, or what it should be by now where that leaps. */
int64_t wall_clock_now_us(const struct wall_clock *clock, int64_t machine_us, int64_t steady_us);
/* To be called now and then: what is believed is gone on from. */
void wall_clock_look(struct wall_clock *clock, int64_t machine_us, int64_t steady_us);

#endif
