/* Connections to the hub: one for each identity that an account names. The hub enforces for every message what that
 * identity may see, so nothing here has to. Nothing waits: questions are put, and hub_links_run hands out what came. */
#ifndef LEADERSHIP_HUB_LINK_H
#define LEADERSHIP_HUB_LINK_H

#include "fault.h"
#include "hub_reply.h"

#include <poll.h>

enum {
    HUB_LINKS_MAX = 256,           /* identities in use at once */
    HUB_REPLY_SIZE_MAX = 64 << 20, /* bytes of one whole answer */
    HUB_FETCHES_MAX = 16,          /* records read at once by one identity; the rest waits its turn */
    HUB_WATCHES_MAX = 12,          /* units watched by one identity */
    HUB_LOST_PATIENCE_MS = 3000    /* so long a lost hub may come back before it is said to be gone */
};

struct hub_links;
struct hub_link;

/* The answer to question `slot` of `owner`; takes *reply. */
typedef void hub_answered(void *owner, unsigned slot, struct hub_reply **reply);
/* A newer summary, or (summary NULL) why there will be none. Borrowed. */
typedef void hub_watched(void *owner, const Sanling__V1__Summary *summary, Sanling__V1__Code__Kind code,
                         const char *text);
/* The connection was lost or is there again. */
typedef void hub_changed(void *context, struct hub_link *link);

struct hub_links *hub_links_open(const char *endpoint, hub_changed *changed, void *context, int64_t now_ms);
void hub_links_close(struct hub_links **links);
/* The connection of an identity, opened on first use. NULL: the key file is wrong, or HUB_LINKS_MAX are in use. */
struct hub_link *hub_links_get(struct hub_links *links, const char *identity_file, struct fault *fault);
/* Whether that identity's is open and has a session. */
bool hub_links_connected(const struct hub_links *links, const char *identity_file);
/* How many there are, and how many of them have a session. */
size_t hub_links_count(const struct hub_links *links, size_t *connected);
/* Takes what came from all hubs; true: something came, and more may be there to do at once. */
bool hub_links_run(struct hub_links *links, int64_t now_ms);
/* What to wait for: fills at most `room` entries, returns how many; *wait_ms is lowered to when something is due. */
size_t hub_links_poll(const struct hub_links *links, struct pollfd *polls, size_t room, int *wait_ms);
/* Room for that. */
size_t hub_links_poll_room(const struct hub_links *links);

const char *hub_link_identity(const struct hub_link *link);
bool hub_link_connected(const struct hub_link *link);
/* Has it been away for HUB_LOST_PATIENCE_MS, all of it since `since_ms`? Times are of the clock of hub_links_run. */
bool hub_link_gone(const struct hub_link *link, int64_t since_ms);
/* Why the hub turns this identity away; NULL: it does not. */
const char *hub_link_refusal(const struct hub_link *link);
/* What the hub said when it let us in; NULL before. Borrowed until the next hub_links_run. */
const Sanling__V1__Welcome *hub_link_welcome(const struct hub_link *link);
/* The highest position that the hub named, kept up to date by a summary that is always watched. */
uint64_t hub_link_position(const struct hub_link *link);
/* Another number after each reconnection: what was asked before may be another hub's. */
uint64_t hub_link_epoch(const struct hub_link *link);
/* The hub's clock as last heard; NULL: never. */
const Google__Protobuf__Timestamp *hub_link_time(const struct hub_link *link);

/* Asks; `answered` is called once, from hub_links_run, unless hub_link_forget comes first. false: out of memory. */
bool hub_link_ask(struct hub_link *link, const Sanling__V1__Query *query, const ProtobufCMessageDescriptor *expected,
                  hub_answered *answered, void *owner, unsigned slot);
/* Reads records from..to (or as many as `credit` allows) as one Delivery. */
bool hub_link_fetch(struct hub_link *link, const Sanling__V1__RecordSubscription *records, hub_answered *answered,
                    void *owner, unsigned slot);
/* Nobody waits any more for what this owner asked. */
void hub_link_forget(struct hub_link *link, const void *owner);

/* Follows a unit's summary (empty: the identity's root) for an owner, who follows one. false: no room. */
bool hub_link_watch(struct hub_link *link, const char *unit, hub_watched *watched, void *owner);
/* By the owner, for a subscription that was begun again has another number. */
void hub_link_unwatch(struct hub_link *link, const void *owner);

#endif
