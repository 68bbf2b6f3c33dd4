/* What an office agent shows of itself in Prometheus' text format: how much waits in its outbox and since when, whether
 * the hub is there, what the hub answered, and which rows were not taken. At GET /metrics of its HTTP server, where
 * there is one, and on an address of its own, where the configuration has `metrics:` (figures_port.h): counts only, so
 * both are open to everybody who reaches them. */
#ifndef SANLING_AGENT_FIGURES_H
#define SANLING_AGENT_FIGURES_H

#include "part.h"

/* A part; not opened where nobody could ask. To be opened behind intake_open. */
bool agent_figures_open(struct office *office, struct part *part, struct fault *fault);

#endif
