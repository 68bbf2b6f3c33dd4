/* The commands of sanling-soak: the parts of a soak that must be quick. Each speaks to one hub, goes on when it is
 * killed and comes back, and writes what it was told, the moment it knows it, as lines on standard output. Each returns
 * the exit status: 0, or 1 with a line on standard error. */
#ifndef SOAK_COMMANDS_H
#define SOAK_COMMANDS_H

#include <stdbool.h>
#include <stdint.h>

#include "county.h"
#include "sanling.h"

#define SOAK_SOURCE "soak"

struct soak {
    const char *endpoint;
    const char *identity; /* key file */
    struct county county;
    uint64_t rate;            /* publish: events a second; follow: records a second, 0: as they come */
    const char *name;         /* follow: the durable name */
    const char *type;         /* follow: events of this type only; NULL: all */
    const char *acknowledged; /* check: the file with the lines of `publish` */
};

/* Opens a connection and waits for the welcome; NULL after a line on standard error. */
struct sanling *soak_connect(const struct soak *soak);
/* Print the line on standard error and return 1, or false. */
int soak_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
bool soak_wrong(const char *format, ...) __attribute__((format(printf, 1, 2)));

int run_publish(const struct soak *soak);
int run_follow(const struct soak *soak);
int run_check(const struct soak *soak);

#endif
