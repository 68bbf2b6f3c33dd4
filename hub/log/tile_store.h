/* The tree over the log's records, as tiles (proto/proof/tile.h) in a folder that any static web server can serve. It
 * grows leaf by leaf; a full tile is written once and never changes, the open ones at the tree's right edge are in
 * memory and are written as partial tiles for each size that a checkpoint is signed for. Everything here can be made
 * again from the log. One thread owns a store.
 *
 * On disk: 32.13 bytes for a record, in a file for 256 records, and some hundred small partial tiles at the edge. */
#ifndef HUB_LOG_TILE_STORE_H
#define HUB_LOG_TILE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"
#include "proof/many_hashes.h"
#include "proof/merkle.h"

struct tile_store;

/* Opens the folder, made if it is missing, as a tree of no leaf. The hasher is borrowed until it is closed. */
struct tile_store *tile_store_open(const char *dir, struct many_hashes *hasher, struct fault *fault);
void tile_store_close(struct tile_store **store);
/* Goes on from the tiles of a tree of that size, which were flushed. FAULT_DAMAGED: a tile is missing or of a wrong
 * size; the tree is then of no leaf. Of the hashes only those at the right edge are read: compare the root. */
MUST_CHECK bool tile_store_load(struct tile_store *store, uint64_t size, struct fault *fault);
/* Back to no leaf; files stay, and are written again where they differ. */
void tile_store_empty(struct tile_store *store);

uint64_t tile_store_size(const struct tile_store *store);
/* Adds the next leaf. A failure leaves the store for nothing but closing. */
MUST_CHECK bool tile_store_add(struct tile_store *store, const struct merkle_hash *leaf, struct fault *fault);
/* Writes the partial tiles of the present size, and makes everything durable. */
MUST_CHECK bool tile_store_flush(struct tile_store *store, struct fault *fault);

/* The root of the tree's first `size` leaves. */
MUST_CHECK bool tile_store_root(struct tile_store *store, uint64_t size, struct merkle_hash *root, struct fault *fault);
/* A merkle_read over the store. */
bool tile_store_read(void *store, int level, uint64_t index, struct merkle_hash *hash, struct fault *fault);
/* How many tiles of the level are full. */
uint64_t tile_store_full(const struct tile_store *store, int level);
/* Whether a full tile is on the disk as the tile above it says. FAULT_DAMAGED: it is not. */
MUST_CHECK bool tile_store_check(struct tile_store *store, int level, uint64_t number, struct fault *fault);
/* The hash of a leaf as the tile on disk has it. FAULT_DAMAGED: there is no such tile. */
MUST_CHECK bool tile_store_leaf(struct tile_store *store, uint64_t index, struct merkle_hash *leaf,
                                struct fault *fault);

#endif
