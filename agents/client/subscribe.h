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
    int64_t again_ms;              /* over a limit: sent again then; 0: not waiting */
    bool sent;                     /* in some session */
};

struct subscription_list {
    struct subscription *subscriptions;
    size_t count;
};

void subscription_list_clear(struct subscription_list *list);
/* A session opened: sends all of them, from where they stood. */
bool subscription_list_restart(struct sanling *hub, struct sanling_error *error);
/* Nothing behind this position was delivered, as far as it counts: other records stand there now. */
void subscription_list_step_back(struct subscription_list *list, uint64_t position);
/* What the hub said. true: for the user; false: about a subscription that is no more, or dealt with inside. */
bool subscription_list_take_delivery(struct sanling *hub, uint32_t id, size_t records, uint64_t reached, bool ended);
bool subscription_list_take_summary(struct sanling *hub, const Sanling__V1__SummaryUpdate *update);
bool subscription_list_take_acknowledged(struct sanling *hub, const Sanling__V1__Acknowledged *acknowledged);
bool subscription_list_take_error(struct sanling *hub, const Sanling__V1__Error *problem);
/* The hub said when the subscription may be tried again: that is done then. */
void subscription_list_wait(struct subscription_list *list, uint32_t id, int64_t again_ms);
/* Sends again what has waited long enough. */
bool subscription_list_send_again(struct sanling *hub, int64_t now, struct sanling_error *error);
/* When the next one is sent again; -1: none waits. */
int64_t subscription_list_next_ms(const struct subscription_list *list);

#endif
