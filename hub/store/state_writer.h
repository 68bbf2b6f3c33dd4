/* The actor that writes snapshots of the state, one at a time: the loop only copies memory. */
#ifndef HUB_STORE_STATE_WRITER_H
#define HUB_STORE_STATE_WRITER_H

#include "state_store.h"

struct state_writer;

/* A snapshot to be written as that of the log's head, and what became of it. */
struct state_write {
    struct snapshot *snapshot;
    struct log_head head;
    bool written; /* false: it was journalled; its chunks are to be marked again */
    int64_t took_us;
};

/* `store` is the writer's until it has stopped. */
struct state_writer *state_writer_start(struct state_store *store, struct fault *fault);
/* Waits for what is under way, which is the caller's again if there is any (else NULL), and ends the actor. */
struct state_write *state_writer_stop(struct state_writer **writer);
/* Gives a snapshot; *write gets NULL. The one before must have been taken back. */
void state_writer_submit(struct state_writer *writer, struct state_write **write);
/* What was written or could not be; NULL: nothing came back yet. */
struct state_write *state_writer_take(struct state_writer *writer);

/* A write of no snapshot yet. */
struct state_write *state_write_open(void);
void state_write_close(struct state_write **write);

#endif
