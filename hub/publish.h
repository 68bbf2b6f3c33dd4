/* Publishing: the numbers of a source, one decision for each event, outcomes in runs once they are durable. */
#ifndef HUB_PUBLISH_H
#define HUB_PUBLISH_H

#include <stdint.h>

#include "hub.h"

/* Takes a Publish message (its encoded bytes within the frame; the frame stays the caller's unless *message is emptied
 * because a comparison with what was recorded needs its bytes). Answers go to hub->replies or come from the reader. */
void publish_take(struct hub *hub, const struct session *session, const struct identity *identity, zmq_msg_t *message,
                  const uint8_t *publish, size_t size);
/* A comparison came back from the reader. */
void publish_compared(struct hub *hub, struct read_request *request);

/* Refuses a whole Publish as over the identity's limits: it may pass after so long. */
void publish_refuse(struct hub *hub, const struct session *session, const uint8_t *bytes, size_t size,
                    uint32_t retry_after_ms);

#endif
