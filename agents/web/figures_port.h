/* The address on which a program shows how it is, as the hub does on its `metrics.listen`: GET /metrics, /healthz and
 * /readyz over plain HTTP, without a token, for Prometheus and nobody else. It is never the address of the program's
 * own users, and carries counts only. `metrics:` of a configuration:
 *
 *   metrics:
 *     listen: 127.0.0.1:7392      an address with a port, 0: a free one; whoever reaches it may ask
 *
 * Driven by whoever owns it; it never waits. */
#ifndef WEB_FIGURES_PORT_H
#define WEB_FIGURES_PORT_H

#include "fault.h"

#include <cyaml/cyaml.h>
#include <stdint.h>
#include <stdio.h>

/* As loaded. */
struct figures_port_entry {
    char *listen;
};
extern const cyaml_schema_field_t figures_port_fields[];

/* What is shown; `context` lives as long as the port. */
struct figures_port_shown {
    /* Everything that /metrics says, in Prometheus' text format (exposition.h). */
    void (*write)(const void *context, int64_t now_ms, FILE *to);
    /* Why the program does not do its work now, a line without its end; NULL: it does. */
    const char *(*hindrance)(const void *context);
    const void *context;
};

struct figures_port;
/* FAULT_USAGE: `listen` is no address with a port. Opens nothing. */
MUST_CHECK bool figures_port_check(const char *listen, struct fault *fault);
/* Listens, and says so in the journal. NULL: the fault says why not. */
struct figures_port *figures_port_open(const char *listen, const struct figures_port_shown *shown, struct fault *fault);
void figures_port_close(struct figures_port **port);
/* The descriptor that becomes readable when there is something to do, and in how many milliseconds there is anyhow
 * (-1: never). */
int figures_port_fd(const struct figures_port *port);
int figures_port_wait_ms(const struct figures_port *port);
/* Answers what came; `now_ms` is monotonic. */
void figures_port_run(struct figures_port *port, int64_t now_ms);

#endif
