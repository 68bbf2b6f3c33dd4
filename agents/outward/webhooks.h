/* The part that posts the office's inbox to the receivers of `sinks:` with kind `webhook`, signed as Standard Webhooks
 * has it: one record a request, as canonical JSON; `webhook-id` is HUB-POSITION, the same on every try.
 *
 * The next record is posted when the receiver has taken the one before (2xx), so the order is the log's and nothing
 * overtakes. What was taken is acknowledged to the hub under the sink's own name; behind a crash the few not yet
 * acknowledged come again under the same id. Everything but 2xx, redirects too, is tried again for as long as it takes,
 * with growing waits; Retry-After is honoured up to an hour. Three answers are more than a failure:
 *   400, 422   five times: the receiver will not have this record. It is written to STATE/sink-NAME.refused.jsonl, and
 *              the next one's turn comes.
 *   410        the receiver wants no more: nothing is sent until the agent is started again; an alarm each hour.
 * STANDARD: https://www.standardwebhooks.com */
#ifndef SANLING_WEBHOOKS_H
#define SANLING_WEBHOOKS_H

#include "part.h"

part_open webhooks_open;

#endif
