/* How long one event takes into PostgreSQL, a transaction for each, at a steady rate. A pool of connections, as an
 * office's program has one: an event that is due while a commit still runs does not wait for it, and the server can
 * sync several commits at once. While it keeps up, the first connection does everything. */
#include <endian.h>
#include <poll.h>
#include <time.h>

#include "measure.h"
#include "pace.h"
#include "postgres.h"

enum { CONNECTIONS = 8, ANSWER_LIMIT_S = 60 };

static const char insert_event[] = "INSERT INTO bench_event VALUES ($1, $2, $3, $4, $5, $6)";

struct worker {
    PGconn *server;
    bool busy;
    size_t index; /* the event that it is busy with */
};

struct pool {
    const struct postgres *postgres;
    struct pace *pace;
    struct worker workers[CONNECTIONS];
};

static bool send_insert(struct worker *worker, const struct postgres *postgres)
{
    const struct postgres_row *row = postgres->rows + worker->index;
    const struct sanling_bytes *event = postgres->mix.events + worker->index;
    const uint64_t sequence = htobe64(postgres->mix.first + worker->index);
    const uint32_t unit = htobe32(row->unit);
    const uint32_t kind = htobe32(row->kind);
    const uint64_t occurred = htobe64((uint64_t)row->occurred_us);
    const char *const values[POSTGRES_COLUMNS] = {
        PEERS_SOURCE,        (const char *)&sequence, (const char *)&unit,
        (const char *)&kind, (const char *)&occurred, (const char *)event->bytes};
    const int sizes[POSTGRES_COLUMNS] = {sizeof PEERS_SOURCE - 1, sizeof sequence, sizeof unit, sizeof kind,
                                         sizeof occurred,         (int)event->size};
    const int binary[POSTGRES_COLUMNS] = {1, 1, 1, 1, 1, 1};
    worker->busy = PQsendQueryPrepared(worker->server, "insert_event", POSTGRES_COLUMNS, values, sizes, binary, 1) == 1;
    return worker->busy || postgres_failed(worker->server) == 0;
}

/* Takes what has come of the worker's answer; after its end the worker is free. false after a line. */
static bool take_answer(struct worker *worker, struct pace *pace)
{
    if (!PQconsumeInput(worker->server))
        return postgres_failed(worker->server) == 0;
    while (worker->busy && !PQisBusy(worker->server)) {
        PGresult *result = PQgetResult(worker->server);
        const bool inserted = !result || PQresultStatus(result) == PGRES_COMMAND_OK;
        PQclear(result);
        if (!inserted)
            return postgres_failed(worker->server) == 0;
        if (result)
            continue;
        worker->busy = false;
        pace_note_answered_one(pace, worker->index);
    }
    return true;
}

static struct worker *free_worker(struct pool *pool)
{
    for (size_t i = 0; i < CONNECTIONS; i++)
        if (!pool->workers[i].busy)
            return &pool->workers[i];
    return NULL;
}

/* Until an answer comes, or the next event is due and there is somebody to take it. */
static bool wait_for_answers(struct pool *pool)
{
    struct pollfd sockets[CONNECTIONS];
    for (size_t i = 0; i < CONNECTIONS; i++)
        sockets[i] =
            (struct pollfd){.fd = pool->workers[i].busy ? PQsocket(pool->workers[i].server) : -1, .events = POLLIN};
    struct timespec limit = {.tv_sec = ANSWER_LIMIT_S};
    const bool more = pool->pace->sent < pool->pace->count && free_worker(pool);
    if (more) {
        int64_t left_us = pace_next_due_us(pool->pace) - measure_now_us();
        left_us = left_us > 0 ? left_us : 0;
        limit = (struct timespec){.tv_sec = left_us / 1000000, .tv_nsec = left_us % 1000000 * 1000};
    }
    if (ppoll(sockets, CONNECTIONS, &limit, NULL) == 0 && !more)
        return peers_fail("no answer in %d s", ANSWER_LIMIT_S) == 0;
    for (size_t i = 0; i < CONNECTIONS; i++)
        if (sockets[i].revents != 0 && !take_answer(&pool->workers[i], pool->pace))
            return false;
    return true;
}

static int insert_all(struct pool *pool)
{
    struct pace *pace = pool->pace;
    while (pace->answered < pace->count) {
        struct worker *worker = pace_is_due(pace) ? free_worker(pool) : NULL;
        if (worker) {
            worker->index = pace_next_event(pace);
            pace_note_sent(pace);
        }
        if (worker ? !send_insert(worker, pool->postgres) : !wait_for_answers(pool))
            return 1;
    }
    pace_tell(pace);
    return 0;
}

static bool open_pool(struct pool *pool, const struct peers_options *options)
{
    for (size_t i = 0; i < CONNECTIONS; i++) {
        PGconn *server = postgres_connect(options);
        pool->workers[i].server = server;
        if (!server)
            return false;
        PGresult *result = PQprepare(server, "insert_event", insert_event, 0, NULL);
        const bool prepared = PQresultStatus(result) == PGRES_COMMAND_OK;
        PQclear(result);
        if (!prepared)
            return postgres_failed(server) == 0;
    }
    return true;
}

int run_postgres_commit(const struct peers_options *options)
{
    struct postgres postgres;
    struct pace pace = {0};
    struct pool pool = {.postgres = &postgres, .pace = &pace};
    int status = 1;
    if (postgres_open(&postgres, options) && open_pool(&pool, options)) {
        pace_start(&pace, postgres.mix.count, options->rate, 1);
        status = insert_all(&pool);
        if (status == 0)
            status = postgres_look(&postgres, false);
        pace_clear(&pace);
    }
    for (size_t i = 0; i < CONNECTIONS; i++)
        PQfinish(pool.workers[i].server);
    postgres_close(&postgres);
    return status;
}
