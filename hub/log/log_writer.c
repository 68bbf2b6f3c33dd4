#include "log_writer.h"

#include <assert.h>
#include <czmq.h>
#include <stdlib.h>

#include "handover.h"

struct log_writer {
    struct event_log *log;
    zactor_t *actor;
    int busy;
};

static void append(struct event_log *log, struct commit *commit)
{
    const struct log_batch batch = {
        .blocks = &commit->blocks,
        .rejections = commit->rejections,
        .rejection_count = commit->rejection_count,
        .cursors = commit->cursors,
        .cursor_count = commit->cursor_count,
    };
    commit->failed = !event_log_append(log, &batch, &commit->fault);
    commit->head = event_log_head(log);
}

/* The witness of what was appended, which nobody waits for. If it does not arrive the next append fails: the log takes
 * nothing more. */
static void settle(struct event_log *log)
{
    struct fault fault;
    (void)!event_log_settle(log, &fault);
}

static void run(zsock_t *pipe, void *log)
{
    void *socket = zsock_resolve(pipe);
    struct commit *commit;
    handover_name_thread("log-writer");
    zsock_signal(pipe, 0);
    while ((commit = handover_take(socket, true)) != NULL) {
        append(log, commit);
        handover_give(socket, commit);
        settle(log);
    }
}

struct log_writer *log_writer_start(struct event_log *log, struct fault *fault)
{
    struct log_writer *writer = calloc(1, sizeof *writer);
    if (!writer)
        abort();
    writer->log = log;
    writer->actor = zactor_new(run, log);
    if (!writer->actor) {
        fault_set(fault, FAULT_SYSTEM, "log writer: cannot start its thread");
        free(writer);
        return NULL;
    }
    return writer;
}

void log_writer_stop(struct log_writer **writer)
{
    if (!*writer)
        return;
    while ((*writer)->busy > 0) {
        struct commit *commit = handover_take(log_writer_socket(*writer), true);
        (*writer)->busy--;
        commit_close(&commit);
    }
    zactor_destroy(&(*writer)->actor);
    free(*writer);
    *writer = NULL;
}

bool log_writer_submit(struct log_writer *writer, struct commit **commit)
{
    if (writer->busy == LOG_WRITER_DEPTH)
        return false;
    handover_give(log_writer_socket(writer), *commit);
    *commit = NULL;
    writer->busy++;
    return true;
}

void log_writer_append_here(struct log_writer *writer, struct commit *commit)
{
    assert(writer->busy == 0);
    append(writer->log, commit);
}

void log_writer_settle(struct log_writer *writer)
{
    assert(writer->busy == 0);
    settle(writer->log);
}

int log_writer_busy(const struct log_writer *writer)
{
    return writer->busy;
}

struct commit *log_writer_take(struct log_writer *writer)
{
    struct commit *commit = handover_take(log_writer_socket(writer), false);
    if (commit)
        writer->busy--;
    return commit;
}

void *log_writer_socket(const struct log_writer *writer)
{
    return zsock_resolve(writer->actor);
}
