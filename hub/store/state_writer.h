/* The actor that writes snapshots of the state, one at a time: the loop only copies memory. */
#ifndef HUB_STORE_STATE_WRITER_H
#define HUB_STORE_STATE_WRITER_H

#include "state_store.h"

struct state_writer;

/* `dir` must stay as it is while the writer runs. */
struct state_writer *state_writer_start(const char *dir, struct fault *fault);
/* Waits for the snapshot under way and ends the actor. */
void state_writer_stop(struct state_writer **writer);
/* Gives a snapshot and the log's head at its position; sets *snapshot to NULL. false: one is still being written, the
 * caller keeps it. A snapshot that cannot be written is only journalled: the log has everything. */
MUST_CHECK bool state_writer_submit(struct state_writer *writer, struct snapshot **snapshot,
                                    const struct log_head *head);

#endif
