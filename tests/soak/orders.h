/* What whoever runs a soak says to a program of it, a line at a time on standard input: `rate N`. The end of it means:
 * finish what was begun, and end. One thread owns it. */
#ifndef SOAK_ORDERS_H
#define SOAK_ORDERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sanling;

enum { ORDERS_LINE_MAX = 64 };

struct orders {
    char line[ORDERS_LINE_MAX];
    size_t size;
    bool ended; /* nothing more will be said */
};

/* Waits at most so many microseconds until the connection has something to do or something is said, and takes that:
 * *rate is changed where a rate was said. To the microsecond, while sanling_next() waits in milliseconds. Call it with
 * a time when the connection said SANLING_NOTHING. */
void orders_wait(struct orders *orders, const struct sanling *hub, int64_t time_us, uint64_t *rate);

#endif
