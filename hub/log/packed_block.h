/* A block as the log stores it: packed, so that the store writes, syncs and copies a fifth of its bytes, and so that
 * one record is read without unpacking all. The entries are written as what differs from one to the next. The events'
 * bytes are compressed by groups of records, each with the first group as its dictionary: nearly as small as all in
 * one, and to read a record two groups are unpacked.
 *
 *     block header | sizes | end of each group | publishers, batches and leaves | entries | groups
 *
 * The header says BLOCK_PACKED_VERSION; unpacked, everything is the block byte by byte. Digests (log_digest.h) are of
 * what is stored, so that nothing need be unpacked to follow them; of BLOCK_PACKED_OLDER, where magic number, version
 * and sizes stand before the header, they are of the block. Blocks of few records are stored as they are. */
#ifndef HUB_LOG_PACKED_BLOCK_H
#define HUB_LOG_PACKED_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "block.h"
#include "fault.h"

struct block_packer;
struct block_packer *block_packer_open(void);
void block_packer_close(struct block_packer **packer);
/* What is to be stored for a block of our own making, borrowed until the next call. *size: its bytes, then those of
 * what is returned. */
const uint8_t *block_pack(struct block_packer *packer, const uint8_t *block, size_t *size);

/* A block that is unpacked, as far as it was asked for; all zero at first, its memory is used again. */
struct unpacked_block {
    uint8_t *bytes; /* the block */
    size_t size;
    size_t capacity;
    uint32_t group_records;
    uint32_t group_count;
    const uint8_t *ends;   /* of the groups, each four bytes, in the value, which is borrowed … */
    const uint8_t *groups; /* … as these are */
    bool *known;           /* by group: its bytes are unpacked */
    size_t known_capacity;
};
void unpacked_block_clear(struct unpacked_block *unpacked);

bool block_is_packed(const void *value, size_t size);
/* Whether its digest is of what is unpacked, as older versions packed. */
bool block_is_packed_older(const void *value, size_t size);
/* Unpacks a stored value that is packed, all but the events' bytes, and looks at it in place: *view is good until the
 * next call, and unpacked_block_fetch until the value ends. FAULT_DAMAGED. */
MUST_CHECK bool block_unpack(struct unpacked_block *unpacked, const void *value, size_t size, uint64_t position,
                             struct block_view *view, struct fault *fault);
/* Unpacks the bytes of one record, or of all; those that are there already are left alone. */
MUST_CHECK bool unpacked_block_fetch(struct unpacked_block *unpacked, const struct block_view *view, uint32_t index,
                                     struct fault *fault);
MUST_CHECK bool unpacked_block_fetch_all(struct unpacked_block *unpacked, const struct block_view *view,
                                         struct fault *fault);

#endif
