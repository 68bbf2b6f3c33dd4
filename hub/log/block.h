/* A block: consecutive records as the log stores them. One header, the publishers among them, the signed batches that
 * some came in, a fixed entry for each record with what filters look at, and the events' bytes as they were sent.
 * Little-endian, read in place.
 *
 *     header | publishers | batches | leaves of the batches | entries | bytes of event 1 | bytes of event 2 | …
 */
#ifndef HUB_LOG_BLOCK_H
#define HUB_LOG_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"

/* What a stored block begins with; of a packed one (packed_block.h), too. 4: packed as older versions did. */
enum { BLOCK_MAGIC = 0x4B4C4E53, BLOCK_VERSION = 3, BLOCK_PACKED_OLDER = 4, BLOCK_PACKED_VERSION = 5 };

enum {
    /* A block that has so many records is ended: what reads a single record reads its block. With half as
     * many each event takes 8 bytes more, with twice as many 4 less. But events of a batch that its sender signed stay
     * in one, since the hashes of all its events are kept beside them. */
    BLOCK_RECORDS = 128,
    BLOCK_EVENTS_MAX = 1 << 22, /* far above those of a signed batch */
    BLOCK_PUBLISHERS_MAX = 255,
    BLOCK_IDENTITY_SIZE = 65,
    BLOCK_ROOT_SIZE = 23, /* a unit's code and NUL, and the office's byte makes 24 */
    BLOCK_BATCHES_MAX = 65535,
    BLOCK_BATCH_EVENTS_MAX = 16384,
    BLOCK_SOURCE_SIZE = 65,
    BLOCK_KEY_SIZE = 32,       /* Ed25519 */
    BLOCK_SIGNATURE_SIZE = 64, /* likewise */
    BLOCK_HASH_SIZE = 32,
    BLOCK_SALT_SIZE = 16,
};

/* Who sent a record, as the access file said then. */
struct block_publisher {
    char identity[BLOCK_IDENTITY_SIZE];
    char root[BLOCK_ROOT_SIZE]; /* code of its subtree's root, "" for the whole tree */
};

/* A batch that its sender signed (publish.proto, BatchSignature): one or more of its events are records of this block.
 */
struct __attribute__((packed)) block_batch {
    uint8_t key[BLOCK_KEY_SIZE];
    uint8_t signature[BLOCK_SIGNATURE_SIZE];
    uint64_t first_sequence;
    uint32_t count;      /* events in it, wherever they are recorded */
    uint32_t first_leaf; /* its leaves are first_leaf to first_leaf + count - 1 */
    char source[BLOCK_SOURCE_SIZE];
    uint8_t unused[7];
};
/* Of one event of a batch: its hash in the tree that was signed, and the salt in it. The salt is zero for what is no
 * record of this block: of an event that was rejected as personal data no hash stays that could be guessed. */
struct __attribute__((packed)) block_leaf {
    uint8_t hash[BLOCK_HASH_SIZE];
    uint8_t salt[BLOCK_SALT_SIZE];
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
    uint8_t unused;
    uint16_t batch;      /* 1, 2, 3 …: the batch that it came in; 0: not signed */
    uint32_t batch_leaf; /* its place in the batch, from 0 */
};

struct __attribute__((packed)) block_header {
    uint32_t magic;
    uint16_t version;
    uint16_t publisher_count;
    uint32_t count;
    uint32_t bytes_size;
    uint32_t batch_count;
    uint32_t leaf_count;
    uint64_t first_position;
    uint8_t previous_digest[32]; /* chain digest of the log before this block */
};

/* Where a block begins in the lists of those that are gathered. */
struct block_start {
    uint32_t record;
    uint32_t publisher;
    uint32_t batch;
    uint32_t leaf;
    size_t bytes;
};

/* Blocks being gathered, one behind the other; counts and lists are those of all of them. */
struct block_builder {
    uint64_t first_position;
    uint32_t count;
    size_t entry_capacity; /* bytes, as the next */
    struct block_entry *entries;
    uint32_t publisher_count;
    size_t publisher_capacity;
    struct block_publisher *publishers;
    uint32_t batch_count;
    size_t batch_capacity;
    struct block_batch *batches;
    uint32_t leaf_count;
    size_t leaf_capacity;
    struct block_leaf *leaves;
    uint8_t *bytes;
    size_t bytes_size;
    size_t bytes_capacity;
    uint32_t ended_count; /* blocks before the one at hand */
    size_t ended_capacity;
    struct block_start *ended;
    struct block_start at_hand;
};

void block_builder_init(struct block_builder *builder);
void block_builder_clear(struct block_builder *builder);
/* Empties it; memory is kept. */
void block_builder_reset(struct block_builder *builder, uint64_t first_position);
/* To be called before the parts of a record are added: ends the block at hand if it has BLOCK_RECORDS, or has no room
 * for more publishers. `within`: the record's signed batch is in that block. */
void block_builder_next(struct block_builder *builder, bool within);
/* The index of the publisher in the block at hand, added if it is new; -1 if that holds BLOCK_PUBLISHERS_MAX others. */
int block_builder_publisher(struct block_builder *builder, const char *identity, const char *root);
/* Adds a signed batch (everything but first_leaf is given) with the hashes of its leaves and no salt; returns its
 * number in the block at hand, for entries. To be added with the first of its events that is recorded. */
uint16_t block_builder_batch(struct block_builder *builder, const struct block_batch *batch,
                             const uint8_t (*hashes)[BLOCK_HASH_SIZE]);
/* Notes the salt of the batch's event that is recorded here. */
void block_builder_salt(struct block_builder *builder, uint16_t batch, uint32_t leaf,
                        const uint8_t salt[static BLOCK_SALT_SIZE]);
/* Bytes gathered so far, but for headers. */
size_t block_builder_size(const struct block_builder *builder);
/* Adds a record. `entry` gives everything but offset and size. */
void block_builder_add(struct block_builder *builder, const struct block_entry *entry, const uint8_t *event,
                       size_t size);
/* How many blocks were gathered; each has a record. */
uint32_t block_builder_blocks(const struct block_builder *builder);

/* The parts of one of the blocks in the order in which they are stored; they point into the builder and *header. */
struct block_part {
    const void *bytes;
    size_t size;
};
#define BLOCK_PARTS 6
void block_parts(const struct block_builder *builder, uint32_t block, const uint8_t previous_digest[32],
                 struct block_header *header, struct block_part parts[static BLOCK_PARTS]);

/* A stored block, looked at in place: good as long as the bytes are. */
struct block_view {
    const struct block_header *header;
    const struct block_publisher *publishers;
    const struct block_batch *batches;
    const struct block_leaf *leaves;
    const struct block_entry *entries;
    const uint8_t *bytes;
};
/* Checks every size, count and offset. FAULT_DAMAGED if the bytes are no block that starts at `position`, or one of an
 * older version, which is not read. */
MUST_CHECK bool block_open(const void *bytes, size_t size, uint64_t position, struct block_view *view,
                           struct fault *fault);
/* The signed batch that the record came in; NULL: its sender did not sign it. */
const struct block_batch *block_batch(const struct block_view *view, uint32_t index);

#endif
