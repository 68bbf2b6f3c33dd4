/* Redis Streams: entries of one or many events, so many in flight. When an entry is on the disk is what the server's
 * appendfsync says; it answers after that where it says `always`. */
#include <hiredis/hiredis.h>
#include <stdlib.h>
#include <sys/time.h>

#include "block.h"
#include "measure.h"
#include "peers.h"

#define STREAM "bench"

enum { USUAL_PIPELINE = 1000, ANSWER_LIMIT_S = 60 };

/* Where the stream stands. */
struct flow {
    redisContext *server;
    const struct mix *mix;
    uint32_t entry;
    uint8_t *room;
    size_t sent;     /* events */
    size_t entries;  /* sent */
    size_t answered; /* entries */
};

/* The next reply if it has the type, NULL after a line; the caller frees it. */
static redisReply *take(redisContext *server, int type)
{
    redisReply *reply = NULL;
    if (redisGetReply(server, (void **)&reply) != REDIS_OK) {
        peers_fail("%s", server->errstr);
        return NULL;
    }
    if (reply->type == type)
        return reply;
    peers_fail("%s", reply->type == REDIS_REPLY_ERROR ? reply->str : "an answer of another type");
    freeReplyObject(reply);
    return NULL;
}

/* -1 after a line. */
static long long ask_number(redisContext *server, const char *command)
{
    redisReply *reply = redisAppendCommand(server, command) == REDIS_OK ? take(server, REDIS_REPLY_INTEGER) : NULL;
    long long number = reply ? reply->integer : -1;
    if (reply)
        freeReplyObject(reply);
    return number;
}

/* One event is the value as it is; many stand in it behind their sizes. */
static bool send_entry(struct flow *flow)
{
    const size_t count = block_count(flow->mix, flow->sent, flow->entry);
    const char *words[] = {"XADD", STREAM, "*", "e", (const char *)flow->mix->events[flow->sent].bytes};
    size_t sizes[] = {4, sizeof STREAM - 1, 1, 1, flow->mix->events[flow->sent].size};
    if (flow->entry > 1) {
        block_pack(flow->mix, flow->sent, count, flow->room);
        words[4] = (const char *)flow->room;
        sizes[4] = block_size(flow->mix, flow->sent, count);
    }
    flow->sent += count;
    flow->entries++;
    return redisAppendCommandArgv(flow->server, 5, words, sizes) == REDIS_OK ||
           peers_fail("%s", flow->server->errstr) == 0;
}

/* Takes answers until no more than `to` entries are without one. */
static bool drain(struct flow *flow, size_t to)
{
    while (flow->entries - flow->answered > to) {
        redisReply *reply = take(flow->server, REDIS_REPLY_STRING);
        if (!reply)
            return false;
        freeReplyObject(reply);
        flow->answered++;
    }
    return true;
}

static bool flush(redisContext *server)
{
    int done = 0;
    while (!done)
        if (redisBufferWrite(server, &done) != REDIS_OK)
            return peers_fail("%s", server->errstr) == 0;
    return true;
}

/* Half a pipeline at a time, so that the server has something to do while the next half is made. How many entries go
 * into one sync is the server's choice: what it reads from a connection at a time, which is 16 KiB. */
static int add_all(struct flow *flow, uint32_t pipeline)
{
    const uint32_t part = pipeline > 1 ? pipeline / 2 : 1;
    const int64_t start_us = measure_now_us();
    while (flow->sent < flow->mix->count) {
        for (uint32_t i = 0; i < part && flow->sent < flow->mix->count; i++)
            if (!send_entry(flow))
                return 1;
        if (!flush(flow->server) || !drain(flow, pipeline - part))
            return 1;
    }
    if (!drain(flow, 0))
        return 1;
    peers_tell_rate(flow->mix, start_us);
    return 0;
}

static int fill(redisContext *server, const struct peers_options *options)
{
    if (server->err)
        return peers_fail("%s", server->errstr);
    if (redisSetTimeout(server, (struct timeval){.tv_sec = ANSWER_LIMIT_S}) != REDIS_OK ||
        ask_number(server, "DEL " STREAM) < 0)
        return 1;
    struct mix mix;
    peers_make_events(options, &mix);
    struct flow flow = {.server = server, .mix = &mix, .entry = options->entry};
    flow.room = block_room(&mix, options->entry);
    int status = add_all(&flow, options->pipeline ? options->pipeline : USUAL_PIPELINE);
    if (status == 0 && ask_number(server, "XLEN " STREAM) != (long long)flow.entries)
        status = peers_fail("the stream has not the %zu entries that were answered", flow.entries);
    free(flow.room);
    mix_clear(&mix);
    return status;
}

int run_redis(const struct peers_options *options)
{
    if (options->port == 0)
        return peers_fail("redis wants --port");
    redisContext *server = redisConnect("127.0.0.1", options->port);
    if (!server)
        abort();
    int status = fill(server, options);
    redisFree(server);
    return status;
}
