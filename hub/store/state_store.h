/* The state on disk, with the position it stands at: one file, replaced as a whole. It is a cache of the log: a file
 * that does not hold is set aside and the log is read from the start. */
#ifndef HUB_STORE_STATE_STORE_H
#define HUB_STORE_STATE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "domain/state.h"
#include "fault.h"
#include "log/head_file.h"

/* The state as bytes, taken at once; the writer works on them while the state goes on. */
struct snapshot {
    uint8_t *bytes;
    size_t size;
    uint64_t position;
    uint64_t rejections;
};

/* Copies the state. The caller owns the snapshot; state_snapshot_free frees it and sets it to NULL. */
struct snapshot *state_snapshot(struct state *state);
void state_snapshot_free(struct snapshot **snapshot);

/* Writes it to `dir`/state durably, as that of the log with this head (at the snapshot's position). */
MUST_CHECK bool state_store_write(const char *dir, const struct snapshot *snapshot, const struct log_head *head,
                                  struct fault *fault);
/* Reads `dir`/state into an empty state. *head gets position and digest of the log it belongs to: the caller compares.
 * FAULT_NO: there is none; FAULT_DAMAGED: it does not hold, the state is unchanged. */
MUST_CHECK bool state_store_read(const char *dir, struct state *state, struct log_head *head, struct fault *fault);

#endif
