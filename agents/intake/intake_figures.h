/* GET /metrics of an office agent's HTTP server: how much waits in its outbox, since when, whether the hub is there,
 * and what the hub answered since the start, in Prometheus' text format. Open to everybody who reaches the address, as
 * /healthz is: counts only. */
#ifndef INTAKE_INTAKE_FIGURES_H
#define INTAKE_INTAKE_FIGURES_H

#include "part.h"

/* A part; not opened where there is no HTTP server. To be opened behind intake_open. */
bool intake_figures_open(struct office *office, struct part *part, struct fault *fault);

#endif
