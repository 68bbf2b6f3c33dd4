/* Values of a store that are read one after the other, but do not stand side by side in it: got at once, past its
 * cache, which takes the store less than one by one. One thread owns it. */
#ifndef HUB_LOG_READ_TOGETHER_H
#define HUB_LOG_READ_TOGETHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rocks.h"

/* A block is as large as a message at most, some kilobytes mostly; all are in memory until they are taken. */
enum { READ_TOGETHER_MAX = 16 };

struct read_together;
struct read_together *read_together_open(const struct rocks *rocks, enum rocks_family family);
void read_together_close(struct read_together **together);

/* Gets the values of these keys, READ_TOGETHER_MAX at most, which rise. Those that were got before go. */
void read_together_get(struct read_together *together, const uint64_t *keys, size_t count);
/* Whether the key's value was got and not taken. */
bool read_together_has(const struct read_together *together, uint64_t key);
/* The value of a key that was got, now the caller's. NULL: it is to be looked up, which says why it was not got. */
rocksdb_pinnableslice_t *read_together_take(struct read_together *together, uint64_t key);
/* What was got and not taken goes. */
void read_together_rest(struct read_together *together);
bool read_together_rests(const struct read_together *together);

#endif
