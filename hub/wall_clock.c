#include "wall_clock.h"

#include "domain/day.h"

void wall_clock_begin(struct wall_clock *clock, int64_t recorded_us, int64_t steady_us, int64_t confirmed_us)
{
    *clock = (struct wall_clock){.time_us = recorded_us, .steady_us = steady_us, .confirmed_us = confirmed_us};
}

static int64_t expected_us(const struct wall_clock *clock, int64_t steady_us)
{
    return clock->time_us + (steady_us - clock->steady_us);
}

int64_t wall_clock_leap_us(const struct wall_clock *clock, int64_t machine_us, int64_t steady_us)
{
    const int64_t ahead_us = machine_us - expected_us(clock, steady_us);
    const bool believed =
        clock->time_us == 0 || machine_us <= clock->confirmed_us || ahead_us <= WALL_CLOCK_LEAP_DAYS * US_PER_DAY;
    return believed ? 0 : ahead_us;
}

int64_t wall_clock_now_us(const struct wall_clock *clock, int64_t machine_us, int64_t steady_us)
{
    return machine_us - wall_clock_leap_us(clock, machine_us, steady_us);
}

/* A clock that is behind says nothing about what it shows next: a machine without a battery starts in the past, and is
 * then set right. So the time never goes back here. */
void wall_clock_look(struct wall_clock *clock, int64_t machine_us, int64_t steady_us)
{
    const int64_t now_us = wall_clock_now_us(clock, machine_us, steady_us);
    if (clock->time_us != 0 && now_us < expected_us(clock, steady_us))
        return;
    clock->time_us = now_us;
    clock->steady_us = steady_us;
}
