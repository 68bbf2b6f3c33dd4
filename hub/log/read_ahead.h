/* Values of a store that are read one behind the other, taken from it in larger pieces, past its cache. What is read
 * ahead is of one moment: the store keeps the files and the memory of then until the reading rests. One thread owns
 * it. */
#ifndef HUB_LOG_READ_AHEAD_H
#define HUB_LOG_READ_AHEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "rocks.h"

struct read_ahead;
struct read_ahead *read_ahead_open(const struct rocks *rocks, enum rocks_family family);
void read_ahead_close(struct read_ahead **ahead);

/* The value of the key that stands behind the one read before, borrowed until the next call. *value NULL: it is to be
 * looked up, for only some were read in a row yet, or the moment's end is reached. */
MUST_CHECK bool read_ahead_next(struct read_ahead *ahead, uint64_t key, const char **value, size_t *size,
                                struct fault *fault);
/* Lets go of the moment; what was borrowed ends. */
void read_ahead_rest(struct read_ahead *ahead);
bool read_ahead_rests(const struct read_ahead *ahead);

#endif
