/* The office's inbox at the hub under one durable name: what the policy routes to this office, from where the name last
 * acknowledged. Several ways out have a name each, so that one which stands still holds up no other and loses nothing:
 * the hub delivers no more than the credit allows. Embedded in the part that delivers. */
#ifndef SANLING_INBOX_H
#define SANLING_INBOX_H

#include "part.h"

enum { INBOX_NAME_SIZE = 80 };

struct inbox {
    struct sanling *hub;
    const char *source; /* borrowed from the configuration */
    uint32_t subscription;
    uint32_t credit;
    char name[INBOX_NAME_SIZE];
    bool subscribed;
};

/* `name` is unique within the agent, e.g. "inbox"; the hub knows it as NAME-SOURCE, at most 64 characters. At most
 * `credit` records are on the way, delivered and not settled. */
void inbox_init(struct inbox *inbox, struct office *office, const char *name, uint32_t credit);
/* Subscribes when a session opens, and says what the hub's errors about it are. A delivery of this inbox is returned,
 * borrowed as the happening is; NULL: it was something else. */
const Sanling__V1__Delivery *inbox_hear(struct inbox *inbox, const struct sanling_happening *happening);
/* Everything up to `position` is durable where it went, `records` of what was delivered: the hub need not keep it for
 * this name, and delivers as many more. A delivery may reach further than its last record. Position 0: only credit. */
void inbox_settle(struct inbox *inbox, uint64_t position, uint32_t records);

#endif
