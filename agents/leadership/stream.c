#include "stream.h"

#include "document.h"
#include "json.h"
#include "merge_patch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TICK_MS = 1000, UNIT_SIZE = 32, EVENT_ID_SIZE = 24 };

/* A text that several streams send. */
struct event_text {
    unsigned users;
    char *text;
    size_t size;
};

/* A summary as it came, and the patches that lead to it. */
struct version {
    unsigned users;
    uint64_t number; /* 1, 2, 3 … of a feed */
    uint64_t position;
    char time[TIMESTAMP_TEXT_SIZE];
    json_t *summary;
    struct patch {
        uint64_t from; /* number of the version that it is applied to; 0: to nothing */
        struct event_text *text;
        struct patch *next;
    } * patches;
};

struct feed {
    struct streams *all;
    struct hub_link *link;
    char unit[UNIT_SIZE];
    struct version *recent[STREAM_RECENT]; /* the newest first; NULL: none */
    uint64_t numbers;
    unsigned users; /* streams and requests */
    bool kept;      /* the root's */
    struct feed *next;
};

struct stream {
    struct streams *all;
    struct feed *feed;
    struct http_request *request; /* waits for the first summary; NULL: it streams */
    struct http_stream *http;
    struct web_session_key session;
    char account[ACCOUNT_NAME_SIZE];
    struct version *base; /* what the browser has; NULL: nothing */
    struct event_text *sending;
    size_t sent;
    bool state_due;
    bool keep_alive_due;
    bool session_ended;
    bool ends; /* after what is being sent */
    int64_t begun_ms;
    struct stream *next, *previous;
};

struct streams {
    unsigned max;
    struct web_sessions *sessions;
    struct feed *feeds;
    struct stream *first;
    size_t count;
    int64_t now_ms;
    int64_t keep_alive_ms; /* next */
};

/* ---- texts and versions ---- */

static struct event_text *text_new(char *text)
{
    struct event_text *event = text != NULL ? calloc(1, sizeof *event) : NULL;
    if (event == NULL) {
        free(text);
        return NULL;
    }
    *event = (struct event_text){.users = 1, .text = text, .size = strlen(text)};
    return event;
}

static void text_release(struct event_text **text)
{
    struct event_text *gone = *text;
    *text = NULL;
    if (gone == NULL || --gone->users > 0)
        return;
    free(gone->text);
    free(gone);
}

static void version_release(struct version **version)
{
    struct version *gone = *version;
    *version = NULL;
    if (gone == NULL || --gone->users > 0)
        return;
    while (gone->patches != NULL) {
        struct patch *patch = gone->patches;
        gone->patches = patch->next;
        text_release(&patch->text);
        free(patch);
    }
    json_decref(gone->summary);
    free(gone);
}

static struct version *version_use(struct version *version)
{
    version->users++;
    return version;
}

static struct event_text *write_patch(const struct version *from, const struct version *to)
{
    char *text = NULL;
    json_t *patch = from != NULL ? merge_patch_between(from->summary, to->summary) : json_incref(to->summary);
    char *json = json_dumps(patch, JSON_COMPACT);
    json_decref(patch);
    if (json == NULL ||
        asprintf(&text, "event: summary\nid: %llu\ndata: {\"position\":\"%llu\",\"time\":\"%s\",\"patch\":%s}\n\n",
                 (unsigned long long)to->position, (unsigned long long)to->position, to->time, json) < 0)
        text = NULL;
    free(json);
    return text_new(text);
}

/* The event that leads from one version to another, made once for all. A use goes to the caller. */
static struct event_text *patch_text(const struct version *from, struct version *to)
{
    const uint64_t number = from != NULL ? from->number : 0;
    struct patch *patch = to->patches;
    while (patch != NULL && patch->from != number)
        patch = patch->next;
    if (patch == NULL) {
        patch = calloc(1, sizeof *patch);
        if (patch == NULL)
            abort();
        *patch = (struct patch){.from = number, .text = write_patch(from, to), .next = to->patches};
        to->patches = patch;
    }
    if (patch->text != NULL)
        patch->text->users++;
    return patch->text;
}

/* ---- feeds ---- */

static void wake(struct stream *stream)
{
    if (stream->http != NULL)
        http_stream_wake(stream->http);
}

static ssize_t read_stream(void *context, char *bytes, size_t size);
static void close_stream(void *context);

static void begin(struct stream *stream)
{
    const struct http_stream_source source = {.read = read_stream, .closed = close_stream, .context = stream};
    struct http_request *request = stream->request;
    stream->request = NULL;
    stream->state_due = !hub_link_connected(stream->feed->link);
    http_set_cache_control(request, "no-store");
    struct http_stream *http = http_reply_stream(request, "text/event-stream; charset=utf-8", &source);
    if (http != NULL)
        stream->http = http; /* else it was closed, and is gone */
}

static void release_feed(struct feed *feed)
{
    struct streams *all = feed->all;
    if (--feed->users > 0 || feed->kept)
        return;
    struct feed **at = &all->feeds;
    while (*at != feed)
        at = &(*at)->next;
    *at = feed->next;
    hub_link_unwatch(feed->link, feed);
    for (unsigned i = 0; i < STREAM_RECENT; i++)
        version_release(&feed->recent[i]);
    free(feed);
}

static void unlink_stream(struct stream *stream)
{
    struct streams *all = stream->all;
    if (stream->previous != NULL)
        stream->previous->next = stream->next;
    else
        all->first = stream->next;
    if (stream->next != NULL)
        stream->next->previous = stream->previous;
    all->count--;
    version_release(&stream->base);
    text_release(&stream->sending);
    release_feed(stream->feed);
    free(stream);
}

static void close_stream(void *context)
{
    unlink_stream(context);
}

static void give_up(struct stream *stream, const struct problem *problem)
{
    struct http_request *request = stream->request;
    stream->request = NULL;
    unlink_stream(stream);
    http_reply_problem(request, problem);
}

static void take_summary(struct feed *feed, const Sanling__V1__Summary *summary)
{
    struct version *version = calloc(1, sizeof *version);
    if (version == NULL)
        return;
    *version = (struct version){.users = 1, .number = ++feed->numbers, .position = summary->position};
    version->summary = json_from_message_with(&summary->base, JSON_DEFAULTS_WRITTEN);
    if (version->summary == NULL || summary->time == NULL ||
        !timestamp_format(summary->time->seconds, summary->time->nanos, version->time)) {
        version_release(&version);
        return;
    }
    version_release(&feed->recent[STREAM_RECENT - 1]);
    memmove(&feed->recent[1], &feed->recent[0], sizeof *feed->recent * (STREAM_RECENT - 1));
    feed->recent[0] = version;
}

static void take_watched(void *owner, const Sanling__V1__Summary *summary, Sanling__V1__Code__Kind code,
                         const char *text)
{
    struct feed *feed = owner;
    struct hub_reply reply = {.code = code};
    struct problem problem;
    if (summary != NULL)
        take_summary(feed, summary);
    snprintf(reply.text, sizeof reply.text, "%s", text);
    document_problem(&reply, &problem);
    feed->users++; /* it stays while its streams are told */
    struct stream *next;
    for (struct stream *stream = feed->all->first; stream != NULL; stream = next) {
        next = stream->next;
        if (stream->feed != feed)
            continue;
        if (stream->request == NULL)
            wake(stream);
        else if (summary != NULL)
            begin(stream);
        else
            give_up(stream, &problem);
    }
    release_feed(feed);
}

/* NULL: the identity watches too many units already. */
static struct feed *feed_of(struct streams *streams, struct hub_link *link, const char *unit)
{
    for (struct feed *feed = streams->feeds; feed != NULL; feed = feed->next)
        if (feed->link == link && strcmp(feed->unit, unit) == 0)
            return feed;
    struct feed *feed = calloc(1, sizeof *feed);
    if (feed == NULL)
        return NULL;
    *feed = (struct feed){.all = streams, .link = link};
    snprintf(feed->unit, sizeof feed->unit, "%s", unit);
    if (!hub_link_watch(link, unit, take_watched, feed)) {
        free(feed);
        return NULL;
    }
    feed->next = streams->feeds;
    streams->feeds = feed;
    return feed;
}

void streams_watch_root(struct streams *streams, struct hub_link *link)
{
    struct feed *feed = feed_of(streams, link, "");
    if (feed != NULL)
        feed->kept = true;
}

const json_t *streams_root_summary(struct streams *streams, struct hub_link *link)
{
    const struct feed *feed = feed_of(streams, link, "");
    return feed != NULL && feed->recent[0] != NULL ? feed->recent[0]->summary : NULL;
}

/* ---- what a stream says next ---- */

static struct event_text *state_text(const struct stream *stream)
{
    char time[TIMESTAMP_TEXT_SIZE] = "";
    char *text = NULL;
    const struct hub_link *link = stream->feed->link;
    const Google__Protobuf__Timestamp *clock = hub_link_time(link);
    if (clock != NULL && !timestamp_format(clock->seconds, clock->nanos, time))
        time[0] = '\0';
    if (asprintf(&text, "event: state\ndata: {\"hub\":\"%s\",\"position\":\"%llu\",\"time\":\"%s\"}\n\n",
                 hub_link_connected(link) ? "connected" : "lost", (unsigned long long)hub_link_position(link),
                 time) < 0)
        return NULL;
    return text_new(text);
}

/* Chooses the next event; NULL: there is nothing to say. */
static struct event_text *next_text(struct stream *stream)
{
    struct version *newest = stream->feed->recent[0];
    if (stream->session_ended) {
        stream->ends = true;
        return text_new(strdup("event: session\ndata: {\"ended\":true}\n\n"));
    }
    if (stream->state_due) {
        stream->state_due = false;
        return state_text(stream);
    }
    if (newest != NULL && newest != stream->base) {
        struct event_text *text = patch_text(stream->base, newest);
        version_release(&stream->base);
        stream->base = version_use(newest);
        stream->keep_alive_due = false;
        return text;
    }
    if (stream->keep_alive_due) {
        stream->keep_alive_due = false;
        return text_new(strdup(": keep-alive\n\n"));
    }
    return NULL;
}

static ssize_t read_stream(void *context, char *bytes, size_t size)
{
    struct stream *stream = context;
    if (stream->sending == NULL && stream->ends)
        return -1;
    if (stream->sending == NULL) {
        stream->sending = next_text(stream);
        stream->sent = 0;
    }
    if (stream->sending == NULL)
        return 0;
    const size_t left = stream->sending->size - stream->sent;
    const size_t part = left < size ? left : size;
    memcpy(bytes, stream->sending->text + stream->sent, part);
    stream->sent += part;
    if (part == left)
        text_release(&stream->sending);
    return (ssize_t)part;
}

/* ---- streams ---- */

static size_t count_of(const struct streams *streams, const char *account)
{
    size_t count = 0;
    for (const struct stream *stream = streams->first; stream != NULL; stream = stream->next)
        count += strcmp(stream->account, account) == 0 ? 1 : 0;
    return count;
}

/* Where the browser stood when its connection ended, if only one summary had that position. */
static struct version *version_at(const struct feed *feed, const char *id)
{
    struct version *found = NULL;
    if (id == NULL || id[0] == '\0' || strlen(id) >= EVENT_ID_SIZE || strspn(id, "0123456789") != strlen(id))
        return NULL;
    const uint64_t position = strtoull(id, NULL, 10);
    for (unsigned i = 0; i < STREAM_RECENT && feed->recent[i] != NULL; i++) {
        if (feed->recent[i]->position != position)
            continue;
        if (found != NULL)
            return NULL;
        found = feed->recent[i];
    }
    return found;
}

static void refuse_busy(struct http_request *request)
{
    enum { RETRY_S = 30 };
    struct problem problem;
    problem_set(&problem, PROBLEM_BUSY, "实时连接太多。", "There are too many live connections.");
    problem.retry_after_s = RETRY_S;
    http_reply_problem(request, &problem);
}

void streams_add(struct streams *streams, struct http_request *request, struct hub_link *link, const char *unit,
                 const struct web_session *session, int64_t now_ms)
{
    const bool room = streams->count < streams->max && count_of(streams, session->account) < STREAMS_PER_ACCOUNT_MAX;
    struct feed *feed = room && strlen(unit) < UNIT_SIZE ? feed_of(streams, link, unit) : NULL;
    struct stream *stream = feed != NULL ? calloc(1, sizeof *stream) : NULL;
    if (stream == NULL) {
        refuse_busy(request);
        return;
    }
    feed->users++;
    *stream = (struct stream){.all = streams,
                              .feed = feed,
                              .request = request,
                              .session = session->key,
                              .begun_ms = now_ms,
                              .next = streams->first};
    snprintf(stream->account, sizeof stream->account, "%s", session->account);
    if (stream->next != NULL)
        stream->next->previous = stream;
    streams->first = stream;
    streams->count++;
    struct version *base = version_at(feed, http_header(request, "Last-Event-ID"));
    stream->base = base != NULL ? version_use(base) : NULL;
    if (feed->recent[0] != NULL)
        begin(stream);
}

void streams_changed(struct streams *streams, const struct hub_link *link)
{
    for (struct stream *stream = streams->first; stream != NULL; stream = stream->next) {
        if (stream->feed->link != link || stream->request != NULL)
            continue;
        stream->state_due = true;
        wake(stream);
    }
}

/* The hub has not said a word about the unit in time. */
static void end_waiting(struct streams *streams)
{
    struct stream *next;
    struct problem problem;
    for (struct stream *stream = streams->first; stream != NULL; stream = next) {
        next = stream->next;
        if (stream->request == NULL || streams->now_ms - stream->begun_ms < HUB_LOST_PATIENCE_MS)
            continue;
        problem_set(&problem, PROBLEM_HUB_UNREACHABLE, NULL, NULL);
        give_up(stream, &problem);
    }
}

static void keep_alive(struct streams *streams, int64_t now_s)
{
    for (struct stream *stream = streams->first; stream != NULL; stream = stream->next) {
        stream->session_ended = web_sessions_use_key(streams->sessions, &stream->session, now_s) == NULL;
        stream->keep_alive_due = true;
        wake(stream);
    }
}

int streams_tick(struct streams *streams, int64_t now_ms, int64_t now_s)
{
    streams->now_ms = now_ms;
    if (streams->count == 0)
        return -1;
    end_waiting(streams);
    if (now_ms >= streams->keep_alive_ms) {
        streams->keep_alive_ms = now_ms + STREAM_KEEP_ALIVE_MS;
        keep_alive(streams, now_s);
    }
    return TICK_MS;
}

void streams_check_sessions(struct streams *streams)
{
    streams->keep_alive_ms = 0;
}

size_t streams_count(const struct streams *streams)
{
    return streams->count;
}

struct streams *streams_open(unsigned max, struct web_sessions *sessions)
{
    struct streams *streams = calloc(1, sizeof *streams);
    if (streams != NULL)
        *streams = (struct streams){.max = max, .sessions = sessions};
    return streams;
}

void streams_close(struct streams **streams)
{
    struct streams *closing = *streams;
    *streams = NULL;
    if (closing == NULL)
        return;
    while (closing->feeds != NULL) {
        struct feed *feed = closing->feeds;
        closing->feeds = feed->next;
        for (unsigned i = 0; i < STREAM_RECENT; i++)
            version_release(&feed->recent[i]);
        free(feed);
    }
    free(closing);
}
