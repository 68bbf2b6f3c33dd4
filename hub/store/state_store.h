/* The state on disk, with the position it stands at: one file of chunks, of which each snapshot writes those that
 * changed since the one before. A snapshot is there as a whole or not at all: its chunks go to free places of the file,
 * and only when they are durable the page that names them does. It is a cache of the log: a file that does not hold is
 * left aside, the log is read from the start, and the next snapshot makes a new file. One thread owns a store. */
#ifndef HUB_STORE_STATE_STORE_H
#define HUB_STORE_STATE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "log/head_file.h"
#include "snapshot.h"

struct state_store;

/* The state in `dir`/state; nothing is looked at yet. */
struct state_store *state_store_open(const char *dir);
void state_store_close(struct state_store **store);

/* Reads the file into an empty state, all of whose marks are away then. *head gets position and digest of the log it
 * belongs to: the caller compares. FAULT_NO: there is none; FAULT_DAMAGED: it does not hold, the state is unchanged. */
MUST_CHECK bool state_store_read(struct state_store *store, struct state *state, struct log_head *head,
                                 struct fault *fault);
/* What was read is of no use: the next snapshot, which must hold every chunk, makes a new file. */
void state_store_forget(struct state_store *store);
/* Writes a snapshot durably, as that of the log with this head (at the snapshot's position). Where it fails the file
 * stands as it stood, and the chunks are to be marked again (snapshot_return). */
MUST_CHECK bool state_store_write(struct state_store *store, const struct snapshot *snapshot,
                                  const struct log_head *head, struct fault *fault);

#endif
