#include "awake.h"

#include <czmq.h>
#include <sched.h>
#include <stdlib.h>

#include "handover.h"

enum {
    THREADS = 2, /* for one event hardly more processors than two are at work at once */
    STAY_US = 20000,
};

struct awake {
    zactor_t *actors[THREADS];
    bool told[THREADS]; /* it has not given back what it was given */
};

static bool take_idle_priority(void)
{
    const struct sched_param none = {0};
    return sched_setscheduler(0, SCHED_IDLE, &none) == 0;
}

static void stay(void)
{
    const int64_t until_us = zclock_usecs() + STAY_US;
    while (zclock_usecs() < until_us) {
    }
}

static void run(zsock_t *pipe, void *unused)
{
    (void)unused;
    void *socket = zsock_resolve(pipe);
    void *given;
    handover_name_thread("awake");
    const bool may_stay = take_idle_priority();
    zsock_signal(pipe, 0);
    while ((given = handover_take(socket, true)) != NULL) {
        if (may_stay)
            stay();
        handover_give(socket, given);
    }
}

struct awake *awake_start(struct fault *fault)
{
    struct awake *awake = calloc(1, sizeof *awake);
    if (!awake)
        abort();
    for (int i = 0; i < THREADS; i++)
        if (!(awake->actors[i] = zactor_new(run, NULL))) {
            awake_stop(&awake);
            fault_set(fault, FAULT_SYSTEM, "awake: cannot start its threads");
            return NULL;
        }
    return awake;
}

void awake_stop(struct awake **awake)
{
    if (!*awake)
        return;
    for (int i = 0; i < THREADS; i++)
        zactor_destroy(&(*awake)->actors[i]);
    free(*awake);
    *awake = NULL;
}

/* There is never more than one call under way to a thread, so that it cannot fill its pipe where it gets no time. */
void awake_stay(struct awake *awake)
{
    for (int i = 0; i < THREADS; i++) {
        void *socket = zsock_resolve(awake->actors[i]);
        if (awake->told[i] && !handover_take(socket, false))
            continue;
        handover_give(socket, awake);
        awake->told[i] = true;
    }
}
