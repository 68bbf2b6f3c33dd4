#include "log_scan.h"

#include <stdlib.h>
#include <string.h>

#include "log_digest.h"
#include "packed_block.h"
#include "proof/many_hashes.h"
#include "unit_index.h"

enum { READ_AHEAD = 2 << 20 /* bytes; a log is read from end to end */ };

static void reading_destroy(rocksdb_readoptions_t **reading)
{
    rocksdb_readoptions_destroy(*reading);
    *reading = NULL;
}

/* What is read once for a look is not kept in the store's cache. */
static rocksdb_readoptions_t *reading_open(void)
{
    rocksdb_readoptions_t *reading = rocksdb_readoptions_create();
    rocksdb_readoptions_set_verify_checksums(reading, 1);
    rocksdb_readoptions_set_fill_cache(reading, 0);
    rocksdb_readoptions_set_readahead_size(reading, READ_AHEAD);
    return reading;
}

static bool same(const uint8_t one[static LOG_DIGEST_SIZE], const uint8_t other[static LOG_DIGEST_SIZE])
{
    return memcmp(one, other, LOG_DIGEST_SIZE) == 0;
}

enum { GROUP_BLOCKS = 16, GROUP_BYTES = 8 << 20 /* and no more blocks behind so many */ };

/* Blocks that were read, whose digests are made side by side. */
struct group {
    int count;
    uint8_t *bytes;
    size_t used;
    size_t capacity;
    struct read_block {
        size_t at; /* in bytes */
        size_t size;
        uint8_t rest[LOG_DIGEST_SIZE];
    } blocks[GROUP_BLOCKS];
};

struct blocks {
    uint64_t read;     /* last position that was read */
    uint64_t position; /* how far the blocks were found whole */
    uint8_t digest[LOG_DIGEST_SIZE];
    const struct log_head *witness;
    struct many_hashes *hasher;
    struct unit_index *units; /* made anew, to be compared with the stored one */
    const struct rocks *rocks;
    struct unpacked_block unpacked;
    struct group group;
};

static void blocks_clear(struct blocks *blocks)
{
    many_hashes_close(&blocks->hasher);
    unit_index_close(&blocks->units);
    unpacked_block_clear(&blocks->unpacked);
    free(blocks->group.bytes);
}

static bool position_lost(uint64_t position, struct fault *fault)
{
    return fault_set(fault, FAULT_DAMAGED, "log: position %llu is missing or changed; restore a backup",
                     (unsigned long long)position);
}

static bool rejection_lost(uint64_t number, struct fault *fault)
{
    return fault_set(fault, FAULT_DAMAGED, "log: rejection %llu is missing or changed; restore a backup",
                     (unsigned long long)number);
}

/* The block and all before it lead to the digests that are known. */
static bool follow(struct blocks *blocks, const struct read_block *block, struct fault *fault)
{
    struct block_header header;
    memcpy(&header, blocks->group.bytes + block->at, sizeof header);
    if (!same(blocks->digest, header.previous_digest))
        return fault_set(fault, FAULT_DAMAGED, "log: what stands before position %llu was changed; restore a backup",
                         (unsigned long long)header.first_position);
    if (blocks->position == blocks->witness->position && !same(blocks->digest, blocks->witness->digest))
        return fault_set(fault, FAULT_DAMAGED, "log: its content up to position %llu is not what was acknowledged",
                         (unsigned long long)blocks->position);
    log_digest_block(blocks->digest, &header, block->rest);
    blocks->position = header.first_position + header.count - 1;
    return true;
}

static bool follow_group(struct blocks *blocks, struct fault *fault)
{
    struct group *group = &blocks->group;
    const size_t header = sizeof(struct block_header);
    bool good = true;
    for (int i = 0; i < group->count; i++) {
        struct read_block *block = &group->blocks[i];
        many_hashes_add(blocks->hasher, group->bytes + block->at + header, block->size - header, block->rest);
    }
    many_hashes_flush(blocks->hasher);
    for (int i = 0; good && i < group->count; i++)
        good = follow(blocks, &group->blocks[i], fault);
    group->count = 0;
    group->used = 0;
    return good;
}

/* The bytes are the store's until it reads on. */
static void keep(struct group *group, const char *bytes, size_t size)
{
    if (group->used + size > group->capacity) {
        group->capacity = 2 * (group->used + size);
        group->bytes = realloc(group->bytes, group->capacity);
        if (!group->bytes)
            abort();
    }
    memcpy(group->bytes + group->used, bytes, size);
    group->blocks[group->count++] = (struct read_block){.at = group->used, .size = size};
    group->used += size;
}

/* The index decides what a reader of some units gets to see: it must say what the records say. */
static bool take_units(struct blocks *blocks, const struct block_view *view, struct fault *fault)
{
    for (uint32_t i = 0; i < view->header->count; i++)
        if (unit_index_add(blocks->units, view->entries[i].unit, i == 0) &&
            !unit_index_compare(blocks->units, blocks->rocks, fault))
            return false;
    return true;
}

/* Looks at the block that was stored as the value; *digested, of *size, is what its digest is of. */
static bool open_value(struct unpacked_block *unpacked, const char *value, size_t *size, uint64_t first,
                       struct block_view *view, const char **digested, struct fault *fault)
{
    *digested = value;
    if (!block_is_packed(value, *size))
        return block_open(value, *size, first, view, fault);
    if (!block_unpack(unpacked, value, *size, first, view, fault))
        return false;
    if (!block_is_packed_older(value, *size))
        return true;
    *digested = (const char *)unpacked->bytes;
    *size = unpacked->size;
    return unpacked_block_fetch_all(unpacked, view, fault);
}

static bool take_block(const rocksdb_iterator_t *iterator, struct blocks *blocks, struct fault *fault)
{
    size_t key_size;
    size_t size;
    const char *key = rocksdb_iter_key(iterator, &key_size);
    const char *value = rocksdb_iter_value(iterator, &size);
    const char *digested;
    const uint64_t first = blocks->read + 1;
    struct block_view view;
    if (key_size != 8 || rocks_key_number((const uint8_t *)key) != first)
        return position_lost(first, fault);
    if (!open_value(&blocks->unpacked, value, &size, first, &view, &digested, fault))
        return false;
    blocks->read = first + view.header->count - 1;
    keep(&blocks->group, digested, size);
    const bool full = blocks->group.count == GROUP_BLOCKS || blocks->group.used >= GROUP_BYTES;
    return take_units(blocks, &view, fault) && (!full || follow_group(blocks, fault));
}

/* Takes every block; what is wrong before the first that cannot be taken is told first. */
static bool take_blocks(rocksdb_iterator_t *iterator, struct blocks *blocks, struct fault *fault)
{
    bool taken = true;
    struct fault later;
    for (rocksdb_iter_seek_to_first(iterator); taken && rocksdb_iter_valid(iterator); rocksdb_iter_next(iterator))
        taken = take_block(iterator, blocks, &later);
    if (!follow_group(blocks, fault))
        return false;
    if (!taken)
        *fault = later;
    return taken;
}

bool log_scan_blocks(const struct rocks *rocks, const struct log_head *head, const struct log_head *witness,
                     struct fault *fault)
{
    CLEANUP(reading_destroy) rocksdb_readoptions_t *reading = reading_open();
    CLEANUP(rocks_error_free) char *error = NULL;
    CLEANUP(rocks_iterator_destroy)
    rocksdb_iterator_t *iterator = rocksdb_create_iterator_cf(rocks->db, reading, rocks->families[FAMILY_BLOCKS]);
    CLEANUP(blocks_clear)
    struct blocks blocks = {
        .witness = witness, .hasher = many_hashes_open(), .units = unit_index_open(), .rocks = rocks};
    if (!take_blocks(iterator, &blocks, fault))
        return false;
    rocksdb_iter_get_error(iterator, &error); /* else damage would read as the end of the data */
    if (error)
        return fault_set(fault, FAULT_DAMAGED, "log: damaged behind position %llu: %s; restore a backup",
                         (unsigned long long)blocks.position, error);
    if (blocks.position < head->position)
        return position_lost(blocks.position + 1, fault);
    if (blocks.position > head->position || !same(blocks.digest, head->digest))
        return fault_set(fault, FAULT_DAMAGED, "log: its content up to position %llu is not what was acknowledged",
                         (unsigned long long)blocks.position);
    return true;
}

struct rejections {
    uint64_t number;
    uint8_t digest[LOG_DIGEST_SIZE];
};

static bool take_rejection(const rocksdb_iterator_t *iterator, struct rejections *rejections,
                           const struct log_head *witness, struct fault *fault)
{
    size_t key_size;
    size_t size;
    const char *key = rocksdb_iter_key(iterator, &key_size);
    const uint8_t *value = (const uint8_t *)rocksdb_iter_value(iterator, &size);
    if (key_size != 8 || rocks_key_number((const uint8_t *)key) != rejections->number + 1)
        return rejection_lost(rejections->number + 1, fault);
    log_digest_rejection(rejections->digest, ++rejections->number, value, size);
    return rejections->number != witness->rejections || same(rejections->digest, witness->rejected) ||
           rejection_lost(rejections->number, fault);
}

static bool scan_rejections(const struct rocks *rocks, rocksdb_readoptions_t *reading, const struct log_head *head,
                            const struct log_head *witness, struct fault *fault)
{
    CLEANUP(rocks_error_free) char *error = NULL;
    CLEANUP(rocks_iterator_destroy)
    rocksdb_iterator_t *iterator = rocksdb_create_iterator_cf(rocks->db, reading, rocks->families[FAMILY_REJECTIONS]);
    struct rejections rejections = {0};
    for (rocksdb_iter_seek_to_first(iterator); rocksdb_iter_valid(iterator); rocksdb_iter_next(iterator))
        if (!take_rejection(iterator, &rejections, witness, fault))
            return false;
    rocksdb_iter_get_error(iterator, &error);
    if (error)
        return fault_set(fault, FAULT_DAMAGED, "log: damaged behind rejection %llu: %s; restore a backup",
                         (unsigned long long)rejections.number, error);
    if (rejections.number != head->rejections || !same(rejections.digest, head->rejected))
        return rejection_lost(head->rejections, fault);
    return true;
}

static bool scan_names(const struct rocks *rocks, rocksdb_readoptions_t *reading, const struct log_head *head,
                       struct fault *fault)
{
    CLEANUP(rocks_error_free) char *error = NULL;
    CLEANUP(rocks_iterator_destroy)
    rocksdb_iterator_t *iterator = rocksdb_create_iterator_cf(rocks->db, reading, rocks->families[FAMILY_CURSORS]);
    uint8_t digest[LOG_DIGEST_SIZE] = {0};
    for (rocksdb_iter_seek_to_first(iterator); rocksdb_iter_valid(iterator); rocksdb_iter_next(iterator)) {
        size_t name_size;
        size_t size;
        const char *name = rocksdb_iter_key(iterator, &name_size);
        const char *value = rocksdb_iter_value(iterator, &size);
        log_digest_name(digest, name, name_size, value, size);
    }
    rocksdb_iter_get_error(iterator, &error);
    return (!error && same(digest, head->names)) ||
           fault_set(
               fault, FAULT_DAMAGED,
               "log: what durable names had acknowledged at position %llu is missing or changed; restore a backup",
               (unsigned long long)head->position);
}

bool log_scan_rest(const struct rocks *rocks, const struct log_head *head, const struct log_head *witness,
                   struct fault *fault)
{
    CLEANUP(reading_destroy) rocksdb_readoptions_t *reading = reading_open();
    return scan_rejections(rocks, reading, head, witness, fault) && scan_names(rocks, reading, head, fault);
}
