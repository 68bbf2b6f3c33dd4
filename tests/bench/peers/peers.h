/* The commands of sanling-peers-bench. Each drives one thing that could stand in the hub's place, or a limit of the
 * machine, with the events that sanling-bench publishes (mix.h): numbers 1, 2, 3 … of one source, made before the
 * clock starts. It begins with nothing of an earlier run, looks afterwards whether all events are there, tells its
 * figures (measure.h) and returns the exit status: 0, or 1 with a line on standard error. One thread of ours,
 * and one connection where nothing else is said. */
#ifndef BENCH_PEERS_H
#define BENCH_PEERS_H

#include <stdbool.h>
#include <stdint.h>

#include "county.h"
#include "mix.h"

#define PEERS_SOURCE "bench"

struct peers_options {
    const char *conninfo; /* PostgreSQL, as libpq reads it */
    const char *url;      /* JetStream */
    const char *dir;      /* files are written in a folder, or a file, of ours in it */
    uint16_t port;        /* Redis, on 127.0.0.1 */
    struct county county;
    uint64_t events;
    uint32_t batch;    /* events of a transaction or a message */
    uint32_t entry;    /* events of an entry of Redis or a message of JetStream */
    uint32_t pipeline; /* entries or messages in flight; 0: as many as the command takes for usual */
    uint32_t block;    /* events of a value or a write */
    uint32_t rate;     /* events a second, one by one */
    bool curve;        /* encrypted */
};

/* The command's line on standard error; returns 1. */
int peers_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The events; the caller clears them. */
void peers_make_events(const struct peers_options *options, struct mix *mix);
/* Tells events_per_s from the start to now, and event_bytes. */
void peers_tell_rate(const struct mix *mix, int64_t start_us);

int run_postgres_copy(const struct peers_options *options);
int run_postgres_upsert(const struct peers_options *options);
int run_postgres_commit(const struct peers_options *options);
int run_redis(const struct peers_options *options);
int run_jetstream(const struct peers_options *options);
int run_zmq(const struct peers_options *options);
int run_rocksdb(const struct peers_options *options);
int run_fdatasync(const struct peers_options *options);

#endif
