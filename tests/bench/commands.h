/* The commands of sanling-bench. Each speaks to one hub, but for `subscribers` over one connection, tells its figures
 * (measure.h) and returns the exit status: 0, or 1 with a line on standard error when the hub did not do what it must.
 */
#ifndef BENCH_COMMANDS_H
#define BENCH_COMMANDS_H

#include <stdbool.h>
#include <stdint.h>

#include "county.h"
#include "sanling.h"

#define BENCH_SOURCE "bench" /* the one source; it goes on where the hub says */

enum { BENCH_SUBSCRIBERS_MAX = 64 };

struct bench {
    const char *endpoint;     /* or NULL, and … */
    const char *address_file; /* … the file where a starting hub writes it */
    const char *identity;     /* NULL: without encryption */
    const char *signing_key;  /* NULL: what is published is not signed */
    struct county county;
    uint64_t events;
    uint32_t batch;    /* events of a message; 0: as the command is used to */
    uint32_t chunk;    /* publish: events encoded at a time; 0: as it is used to */
    uint32_t window;   /* messages in flight */
    uint32_t rate;     /* events a second */
    int64_t since_us;  /* answer: when the hub was started, microseconds since 1970 */
    const char *units; /* units: the file to write */
    uint16_t port;     /* follow, watch: where the leaders' page is served on 127.0.0.1 */
    const char *cookie;
    uint32_t followers;
    uint32_t subscribers;
    bool lean;        /* subscribers: lean.h */
    uint64_t until;   /* subscribers: the position where they stop; 0: so many events on */
    const char *unit; /* replay: a filter; NULL: all */
    const char *type;
};

/* Opens a connection and waits for the welcome; NULL after a line on standard error. */
struct sanling *bench_connect(const struct bench *bench);
/* The number that the hub takes next from BENCH_SOURCE, and its time. */
uint64_t bench_next_sequence(const struct sanling *hub);
int64_t bench_hub_time_s(const struct sanling *hub);
/* Prints the line on standard error and returns 1; the other returns false. */
int bench_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
bool bench_wrong(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* How many events the outcome says are recorded. false, after a line: anything else happened to one of them. */
bool bench_recorded(const Sanling__V1__Outcome *outcome, uint64_t *recorded);

int run_units(const struct bench *bench);
int run_answer(const struct bench *bench);
int run_publish(const struct bench *bench);
int run_latency(const struct bench *bench);
int run_replay(const struct bench *bench);
int run_subscribers(const struct bench *bench);
int run_summary_latency(const struct bench *bench);
int run_follow(const struct bench *bench);
int run_watch(const struct bench *bench);

#endif
