/* The actor that shows how the hub is: it answers GET /metrics, /healthz and /readyz over HTTP. It never touches what
 * is the hub's; once a second the loop gives it figures, and it shows the last that it got. */
#ifndef HUB_MONITOR_H
#define HUB_MONITOR_H

#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "fault.h"
#include "metrics.h"

enum {
    MONITOR_CONNECTIONS_MAX = 32,   /* at once; more are closed unheard */
    MONITOR_CONNECTION_MS = 60000,  /* then it is closed, whatever it is doing */
    MONITOR_IDLE_S = 20,            /* without a byte */
    MONITOR_HEADERS_MAX = 16 << 10, /* bytes of a request: it has no body */
    MONITOR_LATE_MS = 15000,        /* a loop that gave no figures for so long does not turn */
    MONITOR_ADDRESS_SIZE = 80,
    MONITOR_UNDER_WAY_MAX = 3,
};

struct monitor_listen {
    union {
        struct sockaddr any;
        struct sockaddr_in four;
        struct sockaddr_in6 six;
    };
    bool loopback;
};
/* "127.0.0.1:7311", "[::1]:7311"; port 0: any free one. No names. false: it is none of these. */
MUST_CHECK bool monitor_listen_parse(const char *text, struct monitor_listen *listen);

struct monitor;
/* Listens and starts the actor. Until it got figures it says that the hub is starting. */
struct monitor *monitor_start(const struct monitor_listen *listen, struct fault *fault);
void monitor_stop(struct monitor **monitor);
/* "http://127.0.0.1:7311" */
const char *monitor_address(const struct monitor *monitor);

/* Figures to be filled, which still have what they had before; NULL: so many are under way that this time none are
 * made. They are to be given then. */
struct metrics *monitor_take(struct monitor *monitor);
/* Gives them and sets *metrics to NULL. */
void monitor_give(struct monitor *monitor, struct metrics **metrics);

#endif
