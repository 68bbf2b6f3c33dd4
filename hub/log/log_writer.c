#include "log_writer.h"

#include <czmq.h>
#include <stdlib.h>

#include "handover.h"

struct log_writer {
    zactor_t *actor;
    int busy;
};

/* The rule of a pipe: a message is one pointer to a commit; "$TERM" ends the actor. */
static struct commit *receive_commit(void *socket, int flags, bool *term)
{
    struct commit *commit = NULL;
    zmq_msg_t message;
    zmq_msg_init(&message);
    if (zmq_msg_recv(&message, socket, flags) == (int)sizeof commit)
        memcpy(&commit, zmq_msg_data(&message), sizeof commit);
    else if (term)
        *term = zmq_msg_size(&message) == 5 && memcmp(zmq_msg_data(&message), "$TERM", 5) == 0;
    zmq_msg_close(&message);
    if (commit)
        handover_take(commit);
    return commit;
}

static void send_commit(void *socket, struct commit *commit)
{
    handover_give(commit);
    if (zmq_send(socket, &commit, sizeof commit, 0) != (int)sizeof commit)
        abort(); /* an inproc pair neither fails nor is full within LOG_WRITER_DEPTH */
}

static void append(struct event_log *log, struct commit *commit)
{
    const struct log_batch batch = {
        .block = &commit->block,
        .rejections = commit->rejections,
        .rejection_count = commit->rejection_count,
        .cursors = commit->cursors,
        .cursor_count = commit->cursor_count,
    };
    commit->failed = !event_log_append(log, &batch, &commit->fault);
    commit->head = event_log_head(log);
}

static void run(zsock_t *pipe, void *log)
{
    void *socket = zsock_resolve(pipe);
    bool term = false;
    zsock_signal(pipe, 0);
    while (!term) {
        struct commit *commit = receive_commit(socket, 0, &term);
        if (!commit)
            continue;
        append(log, commit);
        send_commit(socket, commit);
    }
}

struct log_writer *log_writer_start(struct event_log *log, struct fault *fault)
{
    struct log_writer *writer = calloc(1, sizeof *writer);
    if (!writer)
        abort();
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
        struct commit *commit = receive_commit(log_writer_socket(*writer), 0, NULL);
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
    send_commit(log_writer_socket(writer), *commit);
    *commit = NULL;
    writer->busy++;
    return true;
}

int log_writer_busy(const struct log_writer *writer)
{
    return writer->busy;
}

struct commit *log_writer_take(struct log_writer *writer)
{
    struct commit *commit = receive_commit(log_writer_socket(writer), ZMQ_DONTWAIT, NULL);
    if (commit)
        writer->busy--;
    return commit;
}

void *log_writer_socket(const struct log_writer *writer)
{
    return zsock_resolve(writer->actor);
}
