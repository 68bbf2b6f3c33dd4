/* Many events as one value: each behind its size in four bytes, the lowest first. */
#ifndef BENCH_BLOCK_H
#define BENCH_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mix.h"

/* Events from `first` on, at most `limit` and as many as are left. */
size_t block_count(const struct mix *mix, size_t first, uint32_t limit);
size_t block_size(const struct mix *mix, size_t first, size_t count);
/* `bytes` has room for block_size(). */
void block_pack(const struct mix *mix, size_t first, size_t count, uint8_t *bytes);
/* Room for any block of `limit` events of the mix; the caller frees it. */
uint8_t *block_room(const struct mix *mix, uint32_t limit);

/* How many events a block says that it holds, and their bytes. false: it ends within one. */
bool block_read(const uint8_t *bytes, size_t size, uint64_t *events, uint64_t *event_bytes);

#endif
