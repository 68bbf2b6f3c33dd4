#include "state_writer.h"

#include <czmq.h>
#include <stdlib.h>
#include <time.h>

#include "handover.h"
#include "journal.h"

struct state_writer {
    zactor_t *actor;
    bool busy;
};

struct state_write *state_write_open(void)
{
    struct state_write *write = calloc(1, sizeof *write);
    if (!write)
        abort();
    write->snapshot = snapshot_open();
    return write;
}

void state_write_close(struct state_write **write)
{
    if (*write)
        snapshot_close(&(*write)->snapshot);
    free(*write);
    *write = NULL;
}

static int64_t monotonic_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void carry_out(struct state_store *store, struct state_write *write)
{
    struct fault fault;
    const int64_t began_us = monotonic_us();
    write->written = state_store_write(store, write->snapshot, &write->head, &fault);
    write->took_us = monotonic_us() - began_us;
    if (!write->written)
        journal(JOURNAL_WARNING, "state at position %llu not written: %s; the log will be read on from the last one",
                (unsigned long long)write->head.position, fault.text);
}

static void run(zsock_t *pipe, void *store)
{
    void *socket = zsock_resolve(pipe);
    struct state_write *write;
    handover_name_thread("state-writer");
    zsock_signal(pipe, 0);
    while ((write = handover_take(socket, true)) != NULL) {
        carry_out(store, write);
        handover_give(socket, write);
    }
}

struct state_writer *state_writer_start(struct state_store *store, struct fault *fault)
{
    struct state_writer *writer = calloc(1, sizeof *writer);
    if (!writer)
        abort();
    writer->actor = zactor_new(run, store);
    if (!writer->actor) {
        fault_set(fault, FAULT_SYSTEM, "state writer: cannot start its thread");
        free(writer);
        return NULL;
    }
    return writer;
}

struct state_write *state_writer_stop(struct state_writer **writer)
{
    if (!*writer)
        return NULL;
    struct state_write *write = NULL;
    if ((*writer)->busy)
        write = handover_take(zsock_resolve((*writer)->actor), true);
    zactor_destroy(&(*writer)->actor);
    free(*writer);
    *writer = NULL;
    return write;
}

void state_writer_submit(struct state_writer *writer, struct state_write **write)
{
    struct state_write *given = *write;
    *write = NULL;
    writer->busy = true;
    handover_give(zsock_resolve(writer->actor), given);
}

struct state_write *state_writer_take(struct state_writer *writer)
{
    struct state_write *write = writer->busy ? handover_take(zsock_resolve(writer->actor), false) : NULL;
    if (write)
        writer->busy = false;
    return write;
}
