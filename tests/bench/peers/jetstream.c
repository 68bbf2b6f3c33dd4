/* NATS JetStream: one stream in files, messages of one or many events, published without waiting for each answer.
 * The server answers before it syncs. */
#include <nats/nats.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "block.h"
#include "measure.h"
#include "peers.h"

#define STREAM "BENCH"
#define SUBJECT "bench.events"

enum { USUAL_PIPELINE = 4096, ANSWER_LIMIT_MS = 60000 };

/* A connection, and what its threads note of messages that were not taken. */
struct stream {
    natsConnection *connection;
    jsCtx *js;
    atomic_ullong refused;
};

static void note_refused(jsCtx *js, jsPubAckErr *refused, void *closure)
{
    struct stream *stream = closure;
    (void)js;
    if (atomic_fetch_add(&stream->refused, 1) == 0)
        peers_fail("a message was not taken: %s",
                   refused->ErrText ? refused->ErrText : natsStatus_GetText(refused->Err));
}

static natsStatus connect_to(struct stream *stream, const char *url, uint32_t pipeline)
{
    natsOptions *connecting = NULL;
    natsStatus status = natsOptions_Create(&connecting);
    if (status == NATS_OK)
        status = natsOptions_SetURL(connecting, url);
    if (status == NATS_OK)
        status = natsOptions_SetAllowReconnect(connecting, false);
    if (status == NATS_OK)
        status = natsConnection_Connect(&stream->connection, connecting);
    natsOptions_Destroy(connecting);
    jsOptions options;
    jsOptions_Init(&options);
    options.Wait = ANSWER_LIMIT_MS;
    options.PublishAsync.MaxPending = pipeline;
    options.PublishAsync.StallWait = ANSWER_LIMIT_MS;
    options.PublishAsync.ErrHandler = note_refused;
    options.PublishAsync.ErrHandlerClosure = stream;
    return status == NATS_OK ? natsConnection_JetStream(&stream->js, stream->connection, &options) : status;
}

static natsStatus make_stream(struct stream *stream)
{
    jsErrCode code = 0;
    jsStreamConfig wanted;
    const char *subjects[] = {SUBJECT};
    natsStatus status = js_DeleteStream(stream->js, STREAM, NULL, &code);
    if (status != NATS_OK && status != NATS_NOT_FOUND)
        return status;
    jsStreamConfig_Init(&wanted);
    wanted.Name = STREAM;
    wanted.Subjects = subjects;
    wanted.SubjectsLen = 1;
    wanted.Storage = js_FileStorage;
    wanted.Replicas = 1;
    return js_AddStream(NULL, stream->js, &wanted, NULL, &code);
}

/* One event is the message as it is; many stand in it behind their sizes. The library copies it. */
static natsStatus send_message(struct stream *stream, const struct mix *mix, size_t first, size_t count, bool one,
                               uint8_t *room)
{
    if (one)
        return js_PublishAsync(stream->js, SUBJECT, mix->events[first].bytes, (int)mix->events[first].size, NULL);
    block_pack(mix, first, count, room);
    return js_PublishAsync(stream->js, SUBJECT, room, (int)block_size(mix, first, count), NULL);
}

static natsStatus send_all(struct stream *stream, const struct mix *mix, uint32_t entry, uint8_t *room)
{
    natsStatus status = NATS_OK;
    jsPubOptions waiting;
    jsPubOptions_Init(&waiting);
    waiting.MaxWait = ANSWER_LIMIT_MS;
    for (size_t first = 0; first < mix->count && status == NATS_OK; first += entry)
        status = send_message(stream, mix, first, block_count(mix, first, entry), entry == 1, room);
    return status == NATS_OK ? js_PublishAsyncComplete(stream->js, &waiting) : status;
}

/* All messages are in the stream. */
static int look(struct stream *stream, uint64_t messages)
{
    jsErrCode code = 0;
    jsStreamInfo *info = NULL;
    natsStatus status = js_GetStreamInfo(&info, stream->js, STREAM, NULL, &code);
    if (status != NATS_OK)
        return peers_fail("%s: %s", STREAM, natsStatus_GetText(status));
    const uint64_t stored = info->State.Msgs;
    jsStreamInfo_Destroy(info);
    if (stored != messages)
        return peers_fail("%llu messages are stored of %llu", (unsigned long long)stored, (unsigned long long)messages);
    return 0;
}

static int fill(struct stream *stream, const struct peers_options *options)
{
    struct mix mix;
    peers_make_events(options, &mix);
    uint8_t *room = block_room(&mix, options->entry);
    const int64_t start_us = measure_now_us();
    natsStatus sent = send_all(stream, &mix, options->entry, room);
    int status = 0;
    if (sent != NATS_OK)
        status = peers_fail("%s", natsStatus_GetText(sent));
    else if (atomic_load(&stream->refused) > 0)
        status = peers_fail("%llu messages were not taken", atomic_load(&stream->refused));
    else
        peers_tell_rate(&mix, start_us);
    if (status == 0)
        status = look(stream, (mix.count + options->entry - 1) / options->entry);
    free(room);
    mix_clear(&mix);
    return status;
}

int run_jetstream(const struct peers_options *options)
{
    struct stream stream = {0};
    if (!options->url)
        return peers_fail("jetstream wants --url");
    natsStatus ready = connect_to(&stream, options->url, options->pipeline ? options->pipeline : USUAL_PIPELINE);
    if (ready == NATS_OK)
        ready = make_stream(&stream);
    int status =
        ready == NATS_OK ? fill(&stream, options) : peers_fail("%s: %s", options->url, natsStatus_GetText(ready));
    jsCtx_Destroy(stream.js);
    natsConnection_Destroy(stream.connection);
    nats_Close();
    return status;
}
