#include "hub_world.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <zmq.h>

#include "hub_actors.h"
#include "hub_clients.h"
#include "hub_disk.h"
#include "hub_network.h"
#include "journal.h"

enum { BEGIN_S = 1768032000 /* 2026-01-10 08:00:00 UTC */, CLOCK_DAYS = 2, CLOCK_LEAP_DAYS = 15, HISTORY_TOLD = 60 };
#define DAY_US INT64_C(86400000000)

/* The machine's calls have no argument that could carry it. */
static struct world the_world;

struct world *world(void)
{
    return &the_world;
}

void world_begin(uint64_t seed)
{
    struct world *w = world();
    const bool tell = w->tell;
    memset(w, 0, offsetof(struct world, lines));
    w->tell = tell;
    w->seed = seed;
    w->draw.seed = seed * 0xD1342543DE82EF95u + 1;
    w->now_us = 1000000;
    w->clock_us = (int64_t)BEGIN_S * 1000000;
    w->life_ends_us = w->clock_set_us = NEVER;
}

void world_set_clock(void)
{
    world()->clock_us =
        (int64_t)BEGIN_S * 1000000 + world_between(0, world_once_in(4) ? CLOCK_DAYS * DAY_US : 60000000);
    world()->clock_set_us = NEVER;
    world()->clock_leapt = world_once_in(6);
    if (world()->clock_leapt)
        world()->clock_us += world_between(CLOCK_LEAP_DAYS, 4000) * DAY_US;
}

void world_right_clock(void)
{
    world()->clock_us = (int64_t)BEGIN_S * 1000000;
    world()->clock_leapt = false;
}

int64_t world_latest_us(void)
{
    return ((int64_t)BEGIN_S * 1000000) + world()->now_us + CLOCK_DAYS * DAY_US;
}

int64_t world_between(int64_t low, int64_t high)
{
    return low + (int64_t)(draw_number(&world()->draw) % (uint64_t)(high - low + 1));
}

bool world_once_in(uint32_t times)
{
    return draw_once_in(&world()->draw, times);
}

/* ---- the history ---- */

static void write_line(const char *format, va_list arguments)
{
    struct world *w = world();
    char *line = w->lines[w->line_count++ % HISTORY_LINES];
    int size = snprintf(line, HISTORY_LINE_SIZE, "%10.6f  ", (double)w->now_us / 1e6);
    vsnprintf(line + size, (size_t)(HISTORY_LINE_SIZE - size), format, arguments);
    for (const char *at = line; *at; at++)
        w->digest = (w->digest ^ (uint8_t)*at) * 0x100000001B3u;
    if (w->tell)
        fprintf(stderr, "%s\n", line);
}

void world_note(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    write_line(format, arguments);
    va_end(arguments);
}

void world_broken(const char *format, ...)
{
    struct world *w = world();
    va_list arguments;
    if (w->failed)
        return;
    w->failed = true;
    w->stop = 1;
    if (!w->tell) {
        uint64_t from = w->line_count > HISTORY_TOLD ? w->line_count - HISTORY_TOLD : 0;
        for (uint64_t i = from; i < w->line_count; i++)
            fprintf(stderr, "%s\n", w->lines[i % HISTORY_LINES]);
    }
    fprintf(stderr, "seed %llu: BROKEN: ", (unsigned long long)w->seed);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, "\nreplay it: simulation-hub --from %llu --seeds 1 --tell\n", (unsigned long long)w->seed);
}

/* The hub's journal is a part of it. */
void journal(enum journal_level level, const char *format, ...)
{
    char line[HISTORY_LINE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    world_note("journal <%d> %s", (int)level, line);
}

/* ---- the clock ---- */

int __wrap_clock_gettime(clockid_t clock, struct timespec *time);
int __wrap_clock_gettime(clockid_t clock, struct timespec *time)
{
    struct world *w = world();
    int64_t now_us = ++w->now_us; /* no two moments are the same */
    if (clock == CLOCK_REALTIME)
        now_us += w->clock_us;
    *time = (struct timespec){.tv_sec = now_us / 1000000, .tv_nsec = now_us % 1000000 * 1000};
    return 0;
}

/* ---- the scheduler ---- */

void world_die(enum ending ending)
{
    struct world *w = world();
    if (w->dying)
        return;
    world_note("== the hub's %s", ending == ENDING_POWER ? "machine loses power" : "process is killed");
    disk_cut(ending == ENDING_POWER);
    network_hub_ends();
    w->dying = true;
    w->stop = 1;
}

static void end_life(void)
{
    struct world *w = world();
    w->life_ends_us = NEVER;
    if (w->ending != ENDING_STOP) {
        world_die(w->ending);
        return;
    }
    if (!w->calm)
        world_note("== the hub is asked to end");
    w->stop = 1;
}

static int64_t earlier(int64_t one, int64_t other)
{
    return one < other ? one : other;
}

/* Goes to the next thing that happens, not beyond the time, and lets it happen. */
static void go_on(int64_t until_us)
{
    struct world *w = world();
    int64_t next_us = earlier(until_us, actors_next_us());
    if (!w->dying && !w->stop)
        next_us = earlier(next_us, earlier(earlier(w->life_ends_us, w->clock_set_us), clients_next_us()));
    if (!w->dying)
        next_us = earlier(next_us, network_next_us());
    if (next_us > w->now_us)
        w->now_us = next_us;
    actors_run_due();
    if (!w->dying)
        network_run_due();
    if (!w->dying && !w->stop) {
        clients_run_due();
        if (w->now_us >= w->clock_set_us)
            world_set_clock();
        if (w->now_us >= w->life_ends_us)
            end_life();
    }
}

static int count_ready(const zmq_pollitem_t *items, int count)
{
    int ready = 0;
    for (int i = 0; i < count; i++)
        if (items[i].socket)
            ready += network_is(items[i].socket) ? network_waits(items[i].socket) : actors_wait(items[i].socket);
    return ready;
}

/* What the hub's loop does while it waits is what happens in the world. */
int zmq_poll(zmq_pollitem_t *items, int count, long timeout_ms)
{
    enum { GLANCE_US = 40 };
    struct world *w = world();
    const int64_t until_us = timeout_ms < 0    ? NEVER
                             : timeout_ms == 0 ? w->now_us + GLANCE_US
                                               : w->now_us + timeout_ms * 1000;
    const bool stopped = w->stop;
    int ready;
    while ((ready = count_ready(items, count)) == 0 && w->now_us < until_us && w->stop == stopped)
        go_on(until_us);
    if (ready > 0 && world_once_in(2)) /* more comes together */
        go_on(w->now_us + world_between(0, 400));
    return ready;
}

void *zmq_ctx_new(void)
{
    return world();
}

int zmq_ctx_term(void *context)
{
    (void)context;
    return 0;
}

/* ---- randomness of the libraries ---- */

static const char *random_name(void)
{
    return "seed";
}

static uint32_t random_number(void)
{
    return (uint32_t)draw_number(&world()->draw);
}

static void random_fill(void *const bytes, const size_t size)
{
    for (size_t i = 0; i < size; i++)
        ((uint8_t *)bytes)[i] = (uint8_t)draw_number(&world()->draw);
}

void world_take_dice(void)
{
    static randombytes_implementation dice = {
        .implementation_name = random_name, .random = random_number, .buf = random_fill};
    randombytes_set_implementation(&dice);
}
