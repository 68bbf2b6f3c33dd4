/* The page's live streams (server-sent events): each follows the summary of one unit. A summary is taken once from the
 * hub, patched once for all who stand at the same one, and whoever is slow skips to the newest. */
#ifndef LEADERSHIP_STREAM_H
#define LEADERSHIP_STREAM_H

#include "http.h"
#include "hub_link.h"
#include "web_session.h"

enum {
    STREAMS_MAX_DEFAULT = 1000,
    STREAMS_PER_ACCOUNT_MAX = 400,
    STREAM_KEEP_ALIVE_MS = 15000,
    STREAM_RECENT = 16 /* summaries by position, for whoever comes back with Last-Event-ID */
};

struct streams;

struct streams *streams_open(unsigned max, struct web_sessions *sessions);
void streams_close(struct streams **streams);
/* Answers the request with a stream, now or as soon as the unit's first summary is there; with a problem where the hub
 * says no, does not answer, or there are too many. `unit`: "" is the identity's root. */
void streams_add(struct streams *streams, struct http_request *request, struct hub_link *link, const char *unit,
                 const struct web_session *session, int64_t now_ms);
/* Keeps the root of the identity's subtree watched, for its position. */
void streams_watch_root(struct streams *streams, struct hub_link *link);
/* The newest summary of the identity's root; NULL: none yet. Borrowed. */
const json_t *streams_root_summary(struct streams *streams, struct hub_link *link);
/* The connection was lost or is there again. */
void streams_changed(struct streams *streams, const struct hub_link *link);
/* Keep-alives, ends of sessions, requests that waited long enough. Returns in how many milliseconds to come again; -1:
 * when something came. */
int streams_tick(struct streams *streams, int64_t now_ms, int64_t now_s);
/* A session ended just now: its streams are told at the next tick. */
void streams_check_sessions(struct streams *streams);
size_t streams_count(const struct streams *streams);

#endif
