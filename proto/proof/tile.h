/* Tiles (C2SP tlog-tiles): 256 hashes of a level in a file, whose name says which. A tile of level L holds hashes of
 * whole subtrees of 256^L leaves. */
#ifndef PROTO_PROOF_TILE_H
#define PROTO_PROOF_TILE_H

#include <stdint.h>

enum { TILE_WIDTH = 256, TILE_HEIGHT = 8, TILE_LEVELS_MAX = 8, TILE_PATH_SIZE = 64 };

/* "tile/0/x001/x234/067", for a partial tile of width < 256 with ".p/W" behind. */
void tile_path(int level, uint64_t number, int width, char path[static TILE_PATH_SIZE]);
/* "tile/entries/x001/x234/067": the entries of 256 leaves, each behind its size in 2 bytes, big-endian. */
void tile_entries_path(uint64_t number, int width, char path[static TILE_PATH_SIZE]);
/* Hashes in the tile of that level and number when the tree has `size` leaves: 0 to 256. */
int tile_width(int level, uint64_t number, uint64_t size);

#endif
