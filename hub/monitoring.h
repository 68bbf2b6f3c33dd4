/* What the loop does so that others see how it is: it counts, has the time of the oldest record that a consumer has not
 * acknowledged looked up, and gives the figures to the monitor once a second. */
#ifndef HUB_MONITORING_H
#define HUB_MONITORING_H

#include "hub.h"

/* Starts the monitor if the configuration wants one. */
MUST_CHECK bool monitoring_start(struct hub *hub, struct fault *fault);
/* Once a second: the sum of events is checked, and figures are given. */
void monitoring_turn(struct hub *hub);
/* Gives figures now, for the loop ends. */
void monitoring_end(struct hub *hub);

/* What became of events. `code` of a refusal or rejection is one of error.proto. */
void monitoring_refused(struct hub *hub, Sanling__V1__Code__Kind code, uint32_t count);
void monitoring_decided(struct hub *hub, const struct decision *decision, size_t size);
/* What was sent again was compared, or could not be. */
void monitoring_compared(struct hub *hub, const struct comparison *comparison);
/* The replies that are gathered tell a publisher of everything up to now, or up to there. */
void monitoring_tells(struct hub *hub);
void monitoring_tells_of(struct hub *hub, uint64_t position, uint64_t rejections);
/* They went out. */
void monitoring_told(struct hub *hub, const struct told *told);

/* A READ_TIME of ours is back. */
void monitoring_time_read(struct hub *hub, const struct read_request *request);

#endif
