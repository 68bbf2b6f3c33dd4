/* Subscribers that follow all records as they come, each over a connection of its own, in one process: as any program
 * does, over libsanling, or lean ones. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <zmq.h>

#include "commands.h"
#include "lean.h"
#include "measure.h"
#include "reading.h"

enum { TURN_MS = 100, SILENCE_LIMIT_S = 120 };

struct reader {
    struct sanling *hub; /* or … */
    struct lean *lean;   /* … this one, if `hub` is NULL */
    struct reading reading;
    bool follows; /* the hub has answered what was asked behind the subscription */
};

struct readers {
    size_t count;
    struct reader *all;
    void *context; /* of the lean ones; NULL: they are none */
};

static bool connect_all(struct readers *readers, const struct bench *bench)
{
    for (size_t i = 0; i < readers->count; i++) {
        struct reader *reader = &readers->all[i];
        if (readers->context)
            reader->lean = lean_open(readers->context, bench);
        else
            reader->hub = bench_connect(bench);
        if (!reader->hub && !reader->lean)
            return false;
    }
    return true;
}

/* The last that connected knows the newest position; all begin behind it. */
static uint64_t next_position(const struct readers *readers)
{
    const struct reader *last = &readers->all[readers->count - 1];
    return 1 + (last->lean ? lean_position(last->lean) : sanling_welcome(last->hub)->position);
}

/* The hub takes the messages of a session in their order: its answer says that it has the subscription, too. */
static bool subscribe(struct reader *reader, uint64_t from)
{
    struct sanling_error error;
    if (reader->lean)
        return lean_begin(reader->lean, &reader->reading, from);
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__ClockQuery clock = SANLING__V1__CLOCK_QUERY__INIT;
    query.ask_case = SANLING__V1__QUERY__ASK_CLOCK;
    query.clock = &clock;
    if (!reading_begin(&reader->reading, reader->hub, &(struct reading_plan){.from = from}))
        return false;
    return sanling_ask(reader->hub, &query, NULL, &error) || bench_wrong("%s", error.text);
}

static bool take_lean(struct reader *reader, bool *came)
{
    bool one_came;
    bool answered;
    bool right = lean_take(reader->lean, &reader->reading, &one_came, &answered);
    *came = *came || one_came;
    reader->follows = reader->follows || answered;
    return right;
}

/* Takes the next thing that has come, if any: *came. */
static bool take_one(struct reader *reader, bool *came)
{
    if (reader->lean)
        return take_lean(reader, came);
    struct sanling_error error;
    struct sanling_happening happening;
    if (!sanling_next(reader->hub, 0, &happening, &error))
        return bench_wrong("%s", error.text);
    *came = *came || happening.kind != SANLING_NOTHING;
    reader->follows = reader->follows || happening.kind == SANLING_ANSWER;
    return reading_take(&reader->reading, reader->hub, &happening);
}

/* What this one waits for: `fds` gets the descriptors, and *timeout_ms is lowered if it wants to look around before. */
static size_t what_to_poll(const struct reader *reader, int fds[SANLING_POLL_FDS_MAX], int *timeout_ms)
{
    if (reader->lean) {
        fds[0] = lean_descriptor(reader->lean);
        return 1;
    }
    int wait_ms = sanling_wait_ms(reader->hub);
    *timeout_ms = wait_ms >= 0 && wait_ms < *timeout_ms ? wait_ms : *timeout_ms;
    return sanling_poll_fds(reader->hub, fds);
}

/* Waits until something comes for any of them. */
static void wait_for_any(const struct readers *readers)
{
    struct pollfd ready[BENCH_SUBSCRIBERS_MAX * SANLING_POLL_FDS_MAX];
    int fds[SANLING_POLL_FDS_MAX];
    int timeout_ms = TURN_MS;
    nfds_t count = 0;
    for (size_t i = 0; i < readers->count; i++) {
        size_t found = what_to_poll(&readers->all[i], fds, &timeout_ms);
        for (size_t j = 0; j < found; j++)
            ready[count++] = (struct pollfd){.fd = fds[j], .events = POLLIN};
    }
    poll(ready, count, timeout_ms);
}

/* Turns, one thing for each at a time, until `done` says so of all. */
static bool turn_until(struct readers *readers, bool (*done)(const struct reader *reader, uint64_t until),
                       uint64_t until)
{
    int64_t came_us = measure_now_us();
    for (;;) {
        bool came = false;
        size_t left = readers->count;
        for (size_t i = 0; i < readers->count; i++) {
            if (!take_one(&readers->all[i], &came))
                return false;
            left -= done(&readers->all[i], until);
        }
        if (left == 0)
            return true;
        if (came)
            came_us = measure_now_us();
        else if (measure_now_us() - came_us > (int64_t)SILENCE_LIMIT_S * 1000000)
            return bench_wrong("nothing came for %zu subscribers in %d s", left, SILENCE_LIMIT_S);
        else
            wait_for_any(readers);
    }
}

static bool is_following(const struct reader *reader, uint64_t until)
{
    (void)until;
    return reader->follows;
}

static bool is_there(const struct reader *reader, uint64_t until)
{
    return reader->reading.position >= until;
}

static void tell(const struct readers *readers, int64_t cpu_us)
{
    uint64_t records = 0;
    int64_t first_us = INT64_MAX;
    int64_t last_us = 0;
    for (size_t i = 0; i < readers->count; i++) {
        const struct reading *reading = &readers->all[i].reading;
        records += reading->records;
        if (reading->records > 0 && reading->first_us < first_us)
            first_us = reading->first_us;
        if (reading->last_us > last_us)
            last_us = reading->last_us;
    }
    measure_tell("records", (double)records);
    if (last_us > first_us)
        measure_tell("subscribers_records_per_s", (double)records * 1e6 / (double)(last_us - first_us));
    if (records > 0)
        measure_tell("subscribers_cpu_s_per_million", (double)cpu_us / (double)records);
}

static int follow_all(struct readers *readers, const struct bench *bench)
{
    if (!connect_all(readers, bench))
        return 1;
    uint64_t from = next_position(readers);
    uint64_t until = bench->until > 0 ? bench->until : from - 1 + bench->events;
    for (size_t i = 0; i < readers->count; i++)
        if (!subscribe(&readers->all[i], from))
            return 1;
    if (!turn_until(readers, is_following, 0))
        return 1;
    puts("following");
    fflush(stdout);
    int64_t cpu_us = measure_cpu_us();
    if (!turn_until(readers, is_there, until))
        return 1;
    tell(readers, measure_cpu_us() - cpu_us);
    return 0;
}

static void close_all(struct readers *readers)
{
    for (size_t i = 0; i < readers->count; i++) {
        sanling_close(&readers->all[i].hub);
        lean_close(&readers->all[i].lean);
    }
    if (readers->context)
        zmq_ctx_term(readers->context);
    free(readers->all);
}

int run_subscribers(const struct bench *bench)
{
    struct readers readers = {.count = bench->subscribers, .all = calloc(bench->subscribers, sizeof *readers.all)};
    if (!readers.all || (bench->lean && !(readers.context = zmq_ctx_new())))
        abort();
    int status = follow_all(&readers, bench);
    close_all(&readers);
    return status;
}
