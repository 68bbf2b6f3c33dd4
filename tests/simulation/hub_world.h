/* The simulated world of one hub: a clock that only the scheduler moves, dice, and what happened of late. Everything
 * that can differ between two runs comes from the seed, so a seed is a run.
 *
 * The hub under test is the product's own code, linked as it is. What it calls of the machine is defined here instead:
 * the messaging library's polling and threads (hub_actors), the door (hub_network), files and RocksDB (hub_disk,
 * hub_store), the clock. Calls of those come without a context, so there is one world in the program. */
#ifndef SIMULATION_HUB_WORLD_H
#define SIMULATION_HUB_WORLD_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "draw.h"

enum { HISTORY_LINES = 4096, HISTORY_LINE_SIZE = 200 };
#define NEVER INT64_MAX

/* How the hub's process ends. */
enum ending {
    ENDING_STOP,  /* asked to: it writes what it has */
    ENDING_KILL,  /* at any moment; what it gave to the system stays */
    ENDING_POWER, /* the machine with it: what was not synced stays or not, in part */
};

struct world {
    uint64_t seed;
    struct draw draw;
    int64_t now_us;       /* monotonic */
    int64_t clock_us;     /* of the day: to be added; it is set forth and back */
    bool clock_leapt;     /* so far ahead that the hub must not follow it */
    int64_t clock_set_us; /* when it is set next */
    bool calm;            /* no more faults: everything must come to its end */
    bool dying;           /* killed: what the process still does nobody sees */
    volatile sig_atomic_t stop;
    int64_t life_ends_us; /* the ending comes then, unless it came before */
    enum ending ending;
    bool failed; /* a promise was broken */
    bool tell;   /* print the history while it is made */
    uint64_t line_count;
    uint64_t digest; /* of all lines: the same seed makes the same */
    char lines[HISTORY_LINES][HISTORY_LINE_SIZE];
};

struct world *world(void);
void world_begin(uint64_t seed);
/* One line of the history. */
void world_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* A promise was broken: says so, with the history before it. The first of a seed counts. */
void world_broken(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The hub's process ends now, as by a signal that it does not see. */
void world_die(enum ending ending);
/* A number from low to high. */
int64_t world_between(int64_t low, int64_t high);
bool world_once_in(uint32_t times);
/* Sets the clock of the day to some time behind the one that the world began with, now and then years behind. */
void world_set_clock(void);
/* Ends a leap: the clock is right again. */
void world_right_clock(void);
/* The last moment that a hub may take for the time which never follows a leap, microseconds since 1970. */
int64_t world_latest_us(void);
/* From here on the libraries' random numbers are the seed's, too. */
void world_take_dice(void);

#endif
