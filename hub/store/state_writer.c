#include "state_writer.h"

#include <czmq.h>
#include <stdlib.h>

#include "handover.h"
#include "journal.h"

struct state_job {
    struct snapshot *snapshot;
    struct log_head head;
};

struct state_writer {
    zactor_t *actor;
    bool busy;
};

static void write_job(const char *dir, struct state_job *job)
{
    struct fault fault;
    if (!state_store_write(dir, job->snapshot, &job->head, &fault))
        journal(JOURNAL_WARNING, "state at position %llu not written: %s; the log will be read on from the last one",
                (unsigned long long)job->snapshot->position, fault.text);
    state_snapshot_free(&job->snapshot);
    free(job);
}

static void run(zsock_t *pipe, void *dir)
{
    struct state_job *job;
    handover_name_thread("state-writer");
    zsock_signal(pipe, 0);
    while ((job = handover_take(zsock_resolve(pipe), true)) != NULL) {
        write_job(dir, job);
        zsock_signal(pipe, 0);
    }
}

struct state_writer *state_writer_start(const char *dir, struct fault *fault)
{
    struct state_writer *writer = calloc(1, sizeof *writer);
    if (!writer)
        abort();
    writer->actor = zactor_new(run, (void *)dir);
    if (!writer->actor) {
        fault_set(fault, FAULT_SYSTEM, "state writer: cannot start its thread");
        free(writer);
        return NULL;
    }
    return writer;
}

void state_writer_stop(struct state_writer **writer)
{
    if (!*writer)
        return;
    if ((*writer)->busy)
        zsock_wait((*writer)->actor);
    zactor_destroy(&(*writer)->actor);
    free(*writer);
    *writer = NULL;
}

bool state_writer_submit(struct state_writer *writer, struct snapshot **snapshot, const struct log_head *head)
{
    if (writer->busy && !(zsock_events(writer->actor) & ZMQ_POLLIN))
        return false;
    if (writer->busy)
        zsock_wait(writer->actor);
    struct state_job *job = malloc(sizeof *job);
    if (!job)
        abort();
    *job = (struct state_job){.snapshot = *snapshot, .head = *head};
    *snapshot = NULL;
    writer->busy = true;
    handover_give(zsock_resolve(writer->actor), job);
    return true;
}
