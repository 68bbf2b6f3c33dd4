#include "databases.h"

#include "database.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

struct databases {
    int epoll;
    struct database *open[DATABASES_MAX];
    size_t count;
};

static int descriptor(const void *self)
{
    return ((const struct databases *)self)->epoll;
}

static int wait_ms(const void *self, int64_t now_ms)
{
    const struct databases *databases = self;
    int wait = -1;
    for (size_t i = 0; i < databases->count; i++) {
        const int own = database_wait_ms(databases->open[i], now_ms);
        if (own >= 0 && (wait < 0 || own < wait))
            wait = own;
    }
    return wait;
}

static bool step(void *self, int64_t now_ms, struct fault *fault)
{
    struct databases *databases = self;
    for (size_t i = 0; i < databases->count; i++)
        if (!database_step(databases->open[i], now_ms, fault))
            return false;
    return true;
}

static bool is_drained(const void *self)
{
    const struct databases *databases = self;
    for (size_t i = 0; i < databases->count; i++)
        if (!database_is_drained(databases->open[i]))
            return false;
    return true;
}

static bool rejected_any(const void *self)
{
    const struct databases *databases = self;
    for (size_t i = 0; i < databases->count; i++)
        if (database_rejected_any(databases->open[i]))
            return true;
    return false;
}

static void close_databases(void *self)
{
    struct databases *databases = self;
    for (size_t i = 0; i < databases->count; i++)
        database_close(&databases->open[i]);
    if (databases->epoll >= 0)
        close(databases->epoll);
    free(databases);
}

static const struct part_ops ops = {.descriptor = descriptor,
                                    .wait_ms = wait_ms,
                                    .step = step,
                                    .is_drained = is_drained,
                                    .rejected_any = rejected_any,
                                    .close = close_databases};

static bool open_all(struct databases *databases, const struct office *office, struct fault *fault)
{
    databases->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (databases->epoll < 0)
        return fault_set(fault, FAULT_SYSTEM, "epoll: %s", strerror(errno));
    for (size_t i = 0; i < office->config->database_count; i++) {
        databases->open[i] = database_open(office, &office->config->databases[i], databases->epoll, fault);
        if (databases->open[i] == NULL)
            return false;
        databases->count++;
    }
    return true;
}

bool databases_open(struct office *office, struct part *part, struct fault *fault)
{
    if (office->config->database_count == 0)
        return true;
    struct databases *databases = calloc(1, sizeof *databases);
    if (databases == NULL)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    databases->epoll = -1;
    if (!open_all(databases, office, fault)) {
        close_databases(databases);
        return false;
    }
    *part = (struct part){.ops = &ops, .self = databases};
    return true;
}
