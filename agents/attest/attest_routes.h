/* Zero reports over the agent's HTTP server, for its page: what is due, the units of a period, and what a person
 * confirms, for tokens with the scope `attest`. A request waits for the hub's answer; what was confirmed is kept in the
 * outbox before it is answered. */
#ifndef SANLING_ATTEST_ROUTES_H
#define SANLING_ATTEST_ROUTES_H

#include "intake.h"
#include "part.h"

struct attest_routes;

/* Adds the routes to office->intake; NULL there: *routes stays NULL. */
MUST_CHECK bool attest_routes_open(const struct office *office, struct attest_routes **routes, struct fault *fault);
/* The routes by themselves, for who compares them with their description; NULL is fine for that. */
struct intake_routes attest_routes_table(struct attest_routes *routes);
/* Answers what waits, and sets *routes to NULL. A NULL is fine. */
void attest_routes_close(struct attest_routes **routes);
/* Ends what has waited too long for the hub. */
void attest_routes_step(struct attest_routes *routes, int64_t now_ms);
void attest_routes_hear(struct attest_routes *routes, const struct sanling_happening *happening);
/* In how many milliseconds a wait ends; -1: none. */
int attest_routes_wait_ms(const struct attest_routes *routes, int64_t now_ms);

#endif
