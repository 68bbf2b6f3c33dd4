/* Subscribing: a replay that never ends, for live delivery and the past alike; and summaries, of which only the newest
 * matters. */
#ifndef HUB_SUBSCRIBE_H
#define HUB_SUBSCRIBE_H

#include "hub.h"
#include "subscribe.pb-c.h"

void subscribe_start(struct hub *hub, struct session *session, const struct identity *identity,
                     const Sanling__V1__Subscribe *subscribe);
void subscribe_end(struct hub *hub, struct session *session, const Sanling__V1__Unsubscribe *unsubscribe);
void subscribe_credit(struct hub *hub, struct session *session, const Sanling__V1__Credit *credit);
void subscribe_acknowledge(struct hub *hub, struct session *session, const Sanling__V1__Acknowledge *acknowledge);
/* Takes a durable name from the store into `cursors` (struct cursors); fits log_view_cursors. */
void subscribe_load_cursor(const struct log_cursor *from, void *cursors);

/* The filter of everything that the identity may have delivered; its units are the caller's to free. */
void subscribe_readable(const struct hub *hub, const struct identity *identity, struct record_filter *filter);
/* Lets every subscription with credit read what became durable. */
void subscribe_wake(struct hub *hub);
/* Tells idle subscriptions how far the hub has looked without a match, so that durable names can follow. */
void subscribe_tell_progress(struct hub *hub);
/* A subscription's request came back from the reader: its delivery is sent, and it reads on. */
void subscribe_returned(struct hub *hub, struct read_request *request);
/* Sends the newest summary to each summary subscription with credit whose figures may have changed. false: one is not
 * counted to its end, which takes longer than others may wait; the next call goes on. */
bool subscribe_send_summaries(struct hub *hub);
/* Whether a summary subscription waits for the next sending. */
bool subscribe_summaries_due(const struct hub *hub);

#endif
