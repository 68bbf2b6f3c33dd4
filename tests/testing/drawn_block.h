/* Blocks of records as offices write them, and of some that are less alike, from a seed. */
#ifndef TESTING_DRAWN_BLOCK_H
#define TESTING_DRAWN_BLOCK_H

#include <stddef.h>
#include <stdint.h>

#include "draw.h"
#include "log/block.h"

enum { DRAWN_POSITION = 1000 /* of a block's first record */ };

/* In memory of exactly their size, so that a sanitizer sees where they end; the caller frees them. */
struct drawn_bytes {
    uint8_t *bytes;
    size_t size;
};

struct drawn_bytes drawn_copy(const uint8_t *bytes, size_t size);
/* A block of so many records, as it is before it is packed. */
struct drawn_bytes draw_block(struct draw *draw, uint32_t count);

/* What an older version would have stored where this one stores `packed`. */
struct drawn_bytes packed_as_older(const void *packed, size_t size);

/* Reads all bytes of all events that the view names. */
uint64_t drawn_sum(const struct block_view *view);

#endif
