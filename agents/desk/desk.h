/* The mediation desk (掌上派出所) of the public security office: a small page for an officer's phone, and what that
 * page asks. Its steps come in as every event does (POST /v1/events of agents/intake); here is the rest:
 *
 *   GET  /desk/…                  the page
 *   GET  /v1/desk/now             whose token it is, the hub's clock, and whether the hub is there
 *   GET  /v1/desk/setup           categories; whether parties' data are taken, and the key they are sealed to
 *   GET  /v1/desk/units           [code, name, kind] of the units of the office
 *   POST /v1/desk/numbers         a block of numbers for matter codes
 *   GET  /v1/desk/disputes        those under this token's numbers that are open, or wait to be performed
 *   GET  /v1/desk/disputes/CODE   one with its history
 *
 * All but the page need a token of scope desk. The page is served where the configuration has `desk:`. */
#ifndef DESK_DESK_H
#define DESK_DESK_H

#include "part.h"

/* Stands behind intake_open. */
bool desk_open(struct office *office, struct part *part, struct fault *fault);
/* FAULT_USAGE if the configuration's desk could not be opened, for --check: page and key. */
MUST_CHECK bool desk_check(const struct agent_config *config, struct fault *fault);

#endif
