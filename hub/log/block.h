/* A block: consecutive records as the log stores them. One header, the publishers among them, a fixed entry for each
 * record with what filters look at, and the events' bytes as they were sent. Little-endian, read in place.
 *
 *     header | publishers | entries | bytes of event 1 | bytes of event 2 | …
 */
#ifndef HUB_LOG_BLOCK_H
#define HUB_LOG_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"

enum {
    BLOCK_EVENTS_MAX = 1 << 22, /* far above a message's; a closed day may report as many deadlines as there are */
    BLOCK_PUBLISHERS_MAX = 255,
    BLOCK_IDENTITY_SIZE = 65,
    BLOCK_ROOT_SIZE = 23, /* a unit's code and NUL, and the office's byte makes 24 */
};

/* Who sent a record, as the access file said then. */
struct block_publisher {
    char identity[BLOCK_IDENTITY_SIZE];
    char root[BLOCK_ROOT_SIZE]; /* code of its subtree's root, "" for the whole tree */
};

enum {
    ENTRY_DRILL = 1,      /* EXERCISE or TEST */
    ENTRY_RESTRICTED = 2, /* for the offices concerned only */
};

/* Packed: a stored block lies where RocksDB put it, aligned to nothing. */
struct __attribute__((packed)) block_entry {
    int64_t recorded_at_us;
    uint32_t offset; /* of the event's bytes behind the entries */
    uint32_t size;
    uint32_t unit;        /* ordinal in the state, 0: none */
    uint32_t matter_hash; /* of the matter's code, 0: none */
    uint32_t routed_to;   /* set of offices */
    uint16_t kind;        /* event kind */
    uint8_t publisher;    /* index */
    uint8_t flags;        /* ENTRY_ bits */
    uint8_t office;       /* that published */
    uint8_t unused[7];
};

struct __attribute__((packed)) block_header {
    uint32_t magic;
    uint16_t version;
    uint16_t publisher_count;
    uint32_t count;
    uint32_t bytes_size;
    uint64_t first_position;
    uint8_t previous_digest[32]; /* chain digest of the log before this block */
};

/* A block being gathered. */
struct block_builder {
    uint64_t first_position;
    uint32_t count;
    uint32_t entry_capacity;
    struct block_entry *entries;
    uint16_t publisher_count;
    struct block_publisher publishers[BLOCK_PUBLISHERS_MAX];
    uint8_t *bytes;
    size_t bytes_size;
    size_t bytes_capacity;
};

void block_builder_init(struct block_builder *builder);
void block_builder_clear(struct block_builder *builder);
/* Empties it for the next block; memory is kept. */
void block_builder_reset(struct block_builder *builder, uint64_t first_position);
/* The index of the publisher, added if it is new; -1 if the block holds BLOCK_PUBLISHERS_MAX others. */
int block_builder_publisher(struct block_builder *builder, const char *identity, const char *root);
/* Adds a record. `entry` gives everything but offset and size. */
void block_builder_add(struct block_builder *builder, const struct block_entry *entry, const uint8_t *event,
                       size_t size);

/* The parts of the block in the order in which they are stored; they point into the builder and *header. */
struct block_part {
    const void *bytes;
    size_t size;
};
#define BLOCK_PARTS 4
void block_parts(const struct block_builder *builder, const uint8_t previous_digest[32], struct block_header *header,
                 struct block_part parts[static BLOCK_PARTS]);

/* A stored block, looked at in place: good as long as the bytes are. */
struct block_view {
    const struct block_header *header;
    const struct block_publisher *publishers;
    const struct block_entry *entries;
    const uint8_t *bytes;
};
/* Checks every size, count and offset. FAULT_DAMAGED if the bytes are no block that starts at `position`. */
MUST_CHECK bool block_open(const void *bytes, size_t size, uint64_t position, struct block_view *view,
                           struct fault *fault);

#endif
