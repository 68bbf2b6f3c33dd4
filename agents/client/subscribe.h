/* The subscriptions of a connection, each with what is needed to go on behind its last delivery. */
#ifndef SANLING_SUBSCRIBE_H
#define SANLING_SUBSCRIBE_H

#include "sanling.h"

struct subscription {
    Sanling__V1__Subscribe *asked; /* as first asked; owned */
    uint64_t credit;               /* granted and not used */
    uint64_t reached;              /* of the last delivery; 0: none yet */
    uint64_t now_position;         /* from_now: the highest position known when it was first sent */
    uint64_t to_acknowledge;       /* asked to acknowledge; 0: nothing or confirmed */
    bool sent;                     /* in some session */
};

struct subscription_list {
    struct subscription *subscriptions;
    size_t count;
};

void subscription_list_clear(struct subscription_list *list);
/* A session opened: sends all of them, from where they stood. */
bool subscription_list_restart(struct sanling *hub, struct sanling_error *error);
/* What the hub said. true: for the user; false: about a subscription that is no more, or dealt with inside. */
bool subscription_list_take_delivery(struct sanling *hub, const Sanling__V1__Delivery *delivery);
bool subscription_list_take_summary(struct sanling *hub, const Sanling__V1__SummaryUpdate *update);
bool subscription_list_take_acknowledged(struct sanling *hub, const Sanling__V1__Acknowledged *acknowledged);
bool subscription_list_take_error(struct sanling *hub, const Sanling__V1__Error *problem);

#endif
