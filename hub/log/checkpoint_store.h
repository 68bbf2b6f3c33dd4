/* The checkpoints that the log signed, as files: the newest beside the tiles, and the newest of each day (UTC, by the
 * machine's clock) in a folder of their own. What was signed here once is never contradicted: the log must go on from
 * it. One thread owns a store.
 *
 *     DATA/tiles/checkpoint             the newest, a signed note
 *     DATA/checkpoints/2026-11-27       the newest of that day */
#ifndef HUB_LOG_CHECKPOINT_STORE_H
#define HUB_LOG_CHECKPOINT_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"
#include "proof/checkpoint.h"

/* Whose signature a stored checkpoint may have: the log's key, and those that it had before. */
struct log_verifiers {
    struct note_verifier *keys; /* the present one first */
    int count;
};

struct checkpoint_store;

/* Opens the folders, made if they are missing, and reads the newest checkpoint. `keys` is borrowed for the call.
 * FAULT_USAGE: it was signed by another key; FAULT_DAMAGED: no copy of it is what was signed. */
struct checkpoint_store *checkpoint_store_open(const char *data, const struct log_verifiers *keys, struct fault *fault);
void checkpoint_store_close(struct checkpoint_store **store);
/* Is there any checkpoint in the data folder? */
bool checkpoint_store_any(const char *data);

/* The newest checkpoint; size 0: none was signed yet. Borrowed until the next put. */
const struct checkpoint *checkpoint_store_newest(const struct checkpoint_store *store);
/* The newest as a signed note, NUL-terminated; "" if there is none. */
const char *checkpoint_store_note(const struct checkpoint_store *store);
/* Keeps a new one; it is on the disk when this returns true, and nobody may see it before. `time`: seconds since 1970.
 */
MUST_CHECK bool checkpoint_store_put(struct checkpoint_store *store, const struct checkpoint *checkpoint,
                                     const char *note, int64_t time, struct fault *fault);
/* The newest checkpoints of the days, by size, that are signed by one of the keys; malloc'ed. What is none is left out:
 * they tell where damage began, and prove nothing. */
struct checkpoint *checkpoint_store_days(const struct checkpoint_store *store, const struct log_verifiers *keys,
                                         int *count);

#endif
