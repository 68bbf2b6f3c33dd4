/* POST /v1/events and GET /v1/requests/ID: events into the outbox, and what became of them.
 *
 * All requests of one turn are stored in one transaction, and answered when it is durable: 202 with the address of
 * their status, or, with `Prefer: wait=SECONDS`, 201 when the hub has recorded every event, 422 when it rejected one. A
 * request that comes again with its Idempotency-Key is answered as the first was. */
#ifndef INTAKE_EVENT_REQUESTS_H
#define INTAKE_EVENT_REQUESTS_H

#include "intake.h"

enum {
    EVENT_REQUESTS_IN_FLIGHT_MAX = 256,  /* that are stored or wait for the hub */
    EVENT_REQUESTS_OUTBOX_MAX = 1000000, /* events that wait for the hub: beyond it 503 */
    EVENT_REQUESTS_WAIT_S_MAX = 60
};

struct event_requests;

/* Borrows the outbox. NULL: no memory. */
struct event_requests *event_requests_open(struct outbox *outbox);
/* What waits is answered 202. */
void event_requests_close(struct event_requests **requests);
/* The routes; their context is the object. */
struct intake_routes event_requests_routes(struct event_requests *requests);

/* Stores and answers what came in since the last call, and answers those whose time is over; *answered: any. */
void event_requests_step(struct event_requests *requests, int64_t now_ms, bool *answered);
/* The hub answered some events: answers whoever waited for them. */
void event_requests_settle(struct event_requests *requests);
/* When event_requests_step has something to do anyhow; -1: never. */
int event_requests_wait_ms(const struct event_requests *requests, int64_t now_ms);

#endif
