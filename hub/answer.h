/* The state as answer messages. Each is added to hub->replies and sent once what it shows is durable. */
#ifndef HUB_ANSWER_H
#define HUB_ANSWER_H

#include "hub.h"

struct status_view {
    uint32_t root;  /* 0: the whole tree */
    uint32_t depth; /* levels below it */
    int32_t as_of;
    uint64_t known_at;
    const struct policy *policy;
};

void answer_status(struct hub *hub, const struct session *session, uint32_t query, const struct status_view *view);
/* year 0: that of the open day. */
void answer_summary(struct hub *hub, const struct session *session, uint32_t query, uint32_t root, int32_t year);
void answer_summary_update(struct hub *hub, const struct session *session, uint32_t subscription, uint32_t root,
                           int32_t year);
void answer_consumers(struct hub *hub, const struct session *session, uint32_t query);
void answer_sources(struct hub *hub, const struct session *session, uint32_t query);
/* kind UNIT_NONE: all. */
void answer_units(struct hub *hub, const struct session *session, uint32_t query, uint32_t root, enum unit_kind kind);
void answer_digest(struct hub *hub, const struct session *session, uint32_t query);
void answer_access(struct hub *hub, const struct session *session, uint32_t query);
void answer_policy(struct hub *hub, const struct session *session, uint32_t query);
void answer_clock(struct hub *hub, const struct session *session, uint32_t query);
void answer_catalogue(struct hub *hub, const struct session *session, uint32_t query);

#endif
