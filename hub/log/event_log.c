#include "event_log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log_digest.h"
#include "log_scan.h"
#include "log_view.h"
#include "packed_block.h"
#include "proof/many_hashes.h"
#include "rocks.h"
#include "unit_index.h"

static const char head_key[] = "head";

struct event_log {
    struct rocks rocks;
    struct head_file head_file;
    struct log_head head;
    rocksdb_writebatch_t *writes; /* of the append at hand; its memory, some megabytes, is used again */
    struct unit_index *units;     /* of the segment that is being filled … */
    bool units_known;             /* … if all of it could be read */
    struct many_hashes *hasher;
    struct block_packer *packer;
    uint8_t *laid; /* the block at hand, before it is packed */
    size_t laid_capacity;
    uint8_t *stored; /* a group of blocks of the append at hand as they are stored */
    size_t stored_capacity;
    bool failed;
    struct fault unsettled; /* why the witness of the last append did not arrive */
};

/* The head that the store itself wrote with its last block; all zero in a new store. */
static bool read_store_head(struct rocks *rocks, struct log_head *head, struct fault *fault)
{
    CLEANUP(rocks_error_free) char *error = NULL;
    CLEANUP(rocks_slice_destroy)
    rocksdb_pinnableslice_t *slice = rocksdb_get_pinned_cf(rocks->db, rocks->reading, rocks->families[FAMILY_META],
                                                           head_key, sizeof head_key, &error);
    if (error)
        return rocks_fault("log", error, fault);
    *head = (struct log_head){0};
    if (!slice)
        return true;
    size_t size;
    const char *value = rocksdb_pinnableslice_value(slice, &size);
    if (size != sizeof *head)
        return fault_set(
            fault, FAULT_DAMAGED,
            "log: its own head has a wrong size: another version of the hub wrote it, or restore a backup");
    memcpy(head, value, size);
    return true;
}

/* The digest of the blocks up to a position that a commit ended at. */
static bool digest_at(struct event_log *log, uint64_t position, uint8_t digest[static LOG_DIGEST_SIZE],
                      struct fault *fault)
{
    if (position == log->head.position) {
        memcpy(digest, log->head.digest, LOG_DIGEST_SIZE);
        return true;
    }
    CLEANUP(log_view_close) struct log_view *view = log_view_open(log);
    struct block_view block = {0};
    bool found = log_view_block(view, position + 1, &block, fault);
    /* None there at all is damage, too: the store's own head says that there is one. */
    if (found ? block.header->first_position != position + 1 : fault->code == FAULT_NO)
        found = fault_set(fault, FAULT_DAMAGED, "log: no block begins behind acknowledged position %llu",
                          (unsigned long long)position);
    if (found)
        memcpy(digest, block.header->previous_digest, LOG_DIGEST_SIZE);
    return found;
}

/* Every commit writes the store and then the outside head, and opening brings that up to the store: so the store may be
 * ahead by the one commit that was under way when the hub ended, and must contain what the outside head saw. */
static bool compare_heads(struct event_log *log, const struct log_head *outside, struct fault *fault)
{
    const struct log_head *inside = &log->head;
    uint8_t digest[LOG_DIGEST_SIZE];
    if (inside->position < outside->position || inside->rejections < outside->rejections ||
        inside->commits < outside->commits)
        return fault_set(fault, FAULT_DAMAGED,
                         "log ends at position %llu, but positions up to %llu were acknowledged; restore a backup",
                         (unsigned long long)inside->position, (unsigned long long)outside->position);
    if (!digest_at(log, outside->position, digest, fault))
        return false;
    if (memcmp(digest, outside->digest, sizeof digest) != 0 ||
        (inside->commits == outside->commits && memcmp(inside, outside, sizeof *outside) != 0))
        return fault_set(fault, FAULT_DAMAGED, "log: its content up to position %llu is not what was acknowledged",
                         (unsigned long long)outside->position);
    if (inside->commits > outside->commits + 1)
        return fault_set(fault, FAULT_DAMAGED,
                         "head: it is older than the log and saw positions up to %llu, where the log has %llu; restore "
                         "a backup",
                         (unsigned long long)outside->position, (unsigned long long)inside->position);
    return true;
}

/* Where the parts of a log are, and what was there before it was opened. */
struct place {
    char store[4096];
    char head[4096];
    bool has_store;
    bool has_head;
    struct log_head witness; /* the outside head */
};

static bool name_place(const char *dir, struct place *place, struct fault *fault)
{
    *place = (struct place){0};
    return (snprintf(place->store, sizeof place->store, "%s/log", dir) < (int)sizeof place->store &&
            snprintf(place->head, sizeof place->head, "%s/head", dir) < (int)sizeof place->head) ||
           fault_set(fault, FAULT_USAGE, "%s: path too long", dir);
}

static bool look(const char *dir, struct place *place, struct fault *fault)
{
    char current[sizeof place->store + 16];
    if (!name_place(dir, place, fault))
        return false;
    snprintf(current, sizeof current, "%s/CURRENT", place->store);
    place->has_store = access(current, F_OK) == 0;
    place->has_head = access(place->head, F_OK) == 0;
    if (place->has_head && !head_file_read(place->head, &place->witness, fault))
        return false;
    if (!place->has_store && place->witness.commits > 0) /* RocksDB would begin anew and delete what is left */
        return fault_set(fault, FAULT_DAMAGED,
                         "%s: missing, but positions up to %llu were acknowledged; restore a backup", current,
                         (unsigned long long)place->witness.position);
    return true;
}

static bool open_store(struct event_log *log, const struct place *place, bool read_only, struct fault *fault)
{
    const enum rocks_mode mode = read_only ? ROCKS_READ_ONLY : place->has_store ? ROCKS_OPEN : ROCKS_CREATE;
    if (!rocks_open(place->store, mode, &log->rocks, fault)) {
        char said[320]; /* a part of it: what follows must have room */
        snprintf(said, sizeof said, "%.300s", fault->text);
        if (fault->code == FAULT_DAMAGED)
            fault_set(fault, FAULT_DAMAGED, "%s; positions up to %llu were acknowledged; restore a backup", said,
                      (unsigned long long)place->witness.position);
        return false;
    }
    if (!read_store_head(&log->rocks, &log->head, fault))
        return false;
    if (!place->has_head && log->head.commits > 0)
        return fault_set(fault, FAULT_DAMAGED, "%s: missing; it is the only witness of what was acknowledged",
                         place->head);
    return compare_heads(log, &place->witness, fault);
}

/* Reads what the mode wants to be read. */
static bool check_store(struct event_log *log, const struct place *place, enum event_log_mode mode, struct fault *fault)
{
    return open_store(log, place, true, fault) &&
           (mode != EVENT_LOG_OPEN_OR_CREATE || log_scan_blocks(&log->rocks, &log->head, &place->witness, fault)) &&
           log_scan_rest(&log->rocks, &log->head, &place->witness, fault);
}

/* What can be read, whatever the outside head says. */
static bool open_as_it_is(struct event_log *log, const char *dir, struct fault *fault)
{
    char path[4096];
    if (snprintf(path, sizeof path, "%s/log", dir) >= (int)sizeof path)
        return fault_set(fault, FAULT_USAGE, "%s: path too long", dir);
    return rocks_open(path, ROCKS_AS_IT_IS, &log->rocks, fault) && read_store_head(&log->rocks, &log->head, fault);
}

/* Opened for writing, RocksDB tidies up: it deletes files that a damaged list of files does not name. So a store is
 * opened for reading first, and for writing only when it has shown to be whole. */
/* Brings the segment that is being filled to where the log ends. Where records of it cannot be read, in a log that is
 * opened unread, it gets no index. */
static void fill_units(struct event_log *log)
{
    const uint64_t segment = unit_segment_of(log->head.position + 1);
    CLEANUP(log_view_close) struct log_view *view = log_view_open(log);
    struct block_view block = {0};
    struct fault fault = {0};
    log->units_known = true;
    unit_index_begin(log->units, segment);
    for (uint64_t position = segment * UNIT_SEGMENT + 1; position <= log->head.position; position++) {
        const bool within = block.header && position - block.header->first_position < block.header->count;
        if (log->units_known && !within)
            log->units_known = log_view_entries(view, position, NULL, &block, &fault);
        const uint64_t first = log->units_known ? block.header->first_position : 0;
        (void)unit_index_add(log->units, log->units_known ? block.entries[position - first].unit : 0,
                             position == first);
    }
}

static bool open_parts(struct event_log *log, const char *dir, enum event_log_mode mode, struct fault *fault)
{
    struct place place = {0};
    struct log_head witness;
    if (mode == EVENT_LOG_AS_IT_IS)
        return open_as_it_is(log, dir, fault);
    if (!look(dir, &place, fault))
        return false;
    if (place.has_store || mode == EVENT_LOG_READ_ONLY) {
        if (!check_store(log, &place, mode, fault))
            return false;
        if (mode == EVENT_LOG_READ_ONLY)
            return true;
        rocks_close(&log->rocks);
    }
    if (!open_store(log, &place, false, fault) || !head_file_open(place.head, &log->head_file, &witness, fault))
        return false;
    fill_units(log);
    return log->head.commits == witness.commits ||
           (head_file_write(&log->head_file, &log->head, fault) && head_file_sync(&log->head_file, fault));
}

struct event_log *event_log_open(const char *dir, enum event_log_mode mode, struct fault *fault)
{
    struct event_log *log = calloc(1, sizeof *log);
    if (!log)
        abort();
    log->head_file.descriptor = -1;
    log->writes = rocksdb_writebatch_create();
    log->hasher = many_hashes_open();
    log->units = unit_index_open();
    log->packer = block_packer_open();
    if (!open_parts(log, dir, mode, fault))
        event_log_close(&log);
    return log;
}

void event_log_close(struct event_log **log)
{
    if (!*log)
        return;
    rocks_close(&(*log)->rocks);
    head_file_close(&(*log)->head_file);
    rocks_batch_destroy(&(*log)->writes);
    many_hashes_close(&(*log)->hasher);
    unit_index_close(&(*log)->units);
    block_packer_close(&(*log)->packer);
    free((*log)->laid);
    free((*log)->stored);
    free(*log);
    *log = NULL;
}

struct log_head event_log_head(const struct event_log *log)
{
    return log->head;
}

const struct rocks *event_log_store(const struct event_log *log)
{
    return &log->rocks;
}

/* Blocks of a commit that are hashed side by side. */
enum { GROUP_BLOCKS = 16 };
struct group {
    uint32_t count;
    size_t used; /* of log->stored */
    struct stored_block {
        size_t at; /* in log->stored */
        size_t size;
        uint8_t rest[LOG_DIGEST_SIZE];
    } blocks[GROUP_BLOCKS];
};

static size_t size_of(const struct block_part parts[static BLOCK_PARTS])
{
    size_t size = 0;
    for (int i = 0; i < BLOCK_PARTS; i++)
        size += parts[i].size;
    return size;
}

/* Memory for so many bytes; what is in it stays. */
static void reserve(uint8_t **bytes, size_t *capacity, size_t size)
{
    if (size <= *capacity)
        return;
    *capacity = 2 * size;
    *bytes = realloc(*bytes, *capacity);
    if (!*bytes)
        abort();
}

/* Copies the block, still without the digest before it, into log->laid; returns its size. */
static size_t lay_block(struct event_log *log, const struct block_builder *builder, uint32_t block)
{
    static const uint8_t later[LOG_DIGEST_SIZE];
    struct block_header header;
    struct block_part parts[BLOCK_PARTS];
    block_parts(builder, block, later, &header, parts);
    const size_t size = size_of(parts);
    reserve(&log->laid, &log->laid_capacity, size);
    uint8_t *at = log->laid;
    for (int i = 0; i < BLOCK_PARTS; i++) {
        if (parts[i].size > 0)
            memcpy(at, parts[i].bytes, parts[i].size);
        at += parts[i].size;
    }
    return size;
}

/* Adds the block to the group as it is stored. */
static void store_block(struct event_log *log, const struct block_builder *builder, uint32_t block, struct group *group)
{
    size_t size = lay_block(log, builder, block);
    const uint8_t *value = block_pack(log->packer, log->laid, &size);
    reserve(&log->stored, &log->stored_capacity, group->used + size);
    memcpy(log->stored + group->used, value, size);
    group->blocks[group->count++] = (struct stored_block){.at = group->used, .size = size};
    group->used += size;
}

static void put_stored(struct event_log *log, const struct stored_block *stored, struct log_head *head)
{
    struct block_header header;
    uint8_t key[8];
    uint8_t *value = log->stored + stored->at;
    memcpy(&header, value, sizeof header);
    memcpy(header.previous_digest, head->digest, sizeof header.previous_digest);
    memcpy(value, &header, sizeof header);
    log_digest_block(head->digest, &header, stored->rest);
    rocks_number_key(header.first_position, key);
    rocksdb_writebatch_put_cf(log->writes, log->rocks.families[FAMILY_BLOCKS], (const char *)key, sizeof key,
                              (const char *)value, stored->size);
    head->position = header.first_position + header.count - 1;
}

static void put_blocks(struct event_log *log, const struct block_builder *builder, struct log_head *head)
{
    const uint32_t count = block_builder_blocks(builder);
    const size_t header = sizeof(struct block_header);
    for (uint32_t next = 0; next < count;) {
        struct group group = {0};
        while (next < count && group.count < GROUP_BLOCKS)
            store_block(log, builder, next++, &group);
        for (uint32_t i = 0; i < group.count; i++) {
            struct stored_block *stored = &group.blocks[i];
            many_hashes_add(log->hasher, log->stored + stored->at + header, stored->size - header, stored->rest);
        }
        many_hashes_flush(log->hasher);
        for (uint32_t i = 0; i < group.count; i++)
            put_stored(log, &group.blocks[i], head);
    }
}

static void put_units_chunk(const uint8_t key[static UNIT_KEY_SIZE], const uint8_t *value, size_t size, void *context)
{
    struct event_log *log = context;
    rocksdb_writebatch_put_cf(log->writes, log->rocks.families[FAMILY_UNITS], (const char *)key, UNIT_KEY_SIZE,
                              (const char *)value, size);
}

/* Whether the record is the first of a block; *block is the one that it, or the record before, is in. */
static bool begins_block(const struct block_builder *builder, uint32_t record, uint32_t *block)
{
    if (record == 0)
        return true;
    const uint32_t next = *block + 1;
    if (next > builder->ended_count ||
        record != (next < builder->ended_count ? builder->ended[next].record : builder->at_hand.record))
        return false;
    *block = next;
    return true;
}

/* A segment that these records complete gets its index with them. */
static void put_units(struct event_log *log, const struct block_builder *builder)
{
    uint32_t block = 0;
    for (uint32_t i = 0; i < builder->count; i++)
        if (unit_index_add(log->units, builder->entries[i].unit, begins_block(builder, i, &block))) {
            unit_index_complete(log->units, log->units_known ? put_units_chunk : NULL, log);
            log->units_known = true;
        }
}

static void put_rejections(struct event_log *log, const struct log_batch *batch, struct log_head *head)
{
    for (size_t i = 0; i < batch->rejection_count; i++) {
        const struct log_rejection *rejection = &batch->rejections[i];
        uint8_t key[8];
        rocks_number_key(rejection->number, key);
        rocksdb_writebatch_put_cf(log->writes, log->rocks.families[FAMILY_REJECTIONS], (const char *)key, sizeof key,
                                  (const char *)rejection->bytes, rejection->size);
        log_digest_rejection(head->rejected, rejection->number, rejection->bytes, rejection->size);
        head->rejections = rejection->number;
    }
}

static bool put_cursor(struct event_log *log, const struct log_cursor *cursor, struct log_head *head,
                       struct fault *fault)
{
    struct rocks *rocks = &log->rocks;
    rocksdb_column_family_handle_t *family = rocks->families[FAMILY_CURSORS];
    const size_t name_size = strlen(cursor->name);
    CLEANUP(rocks_error_free) char *error = NULL;
    CLEANUP(rocks_slice_destroy)
    rocksdb_pinnableslice_t *before =
        rocksdb_get_pinned_cf(rocks->db, rocks->reading, family, cursor->name, name_size, &error);
    if (error)
        return rocks_fault("log: durable names", error, fault);
    if (before) {
        size_t size;
        const char *value = rocksdb_pinnableslice_value(before, &size);
        log_digest_name(head->names, cursor->name, name_size, value, size); /* out again */
    }
    if (cursor->size == 0) {
        rocksdb_writebatch_delete_cf(log->writes, family, cursor->name, name_size);
        return true;
    }
    rocksdb_writebatch_put_cf(log->writes, family, cursor->name, name_size, (const char *)cursor->value, cursor->size);
    log_digest_name(head->names, cursor->name, name_size, cursor->value, cursor->size);
    return true;
}

/* Gathers the batch in log->writes; *head gets what the log's head is when it has arrived. */
static bool put_batch(struct event_log *log, const struct log_batch *batch, struct log_head *head, struct fault *fault)
{
    rocksdb_writebatch_clear(log->writes);
    head->commits++;
    put_blocks(log, batch->blocks, head);
    put_units(log, batch->blocks);
    put_rejections(log, batch, head);
    for (size_t i = 0; i < batch->cursor_count; i++)
        if (!put_cursor(log, &batch->cursors[i], head, fault))
            return false;
    rocksdb_writebatch_put_cf(log->writes, log->rocks.families[FAMILY_META], head_key, sizeof head_key,
                              (const char *)head, sizeof *head);
    return true;
}

bool event_log_append(struct event_log *log, const struct log_batch *batch, struct fault *fault)
{
    struct log_head head = log->head;
    CLEANUP(rocks_error_free) char *error = NULL;
    if (!event_log_settle(log, fault))
        return false;
    log->failed = true; /* until both writes are known to have arrived */
    if (!put_batch(log, batch, &head, fault))
        return false;
    rocksdb_write(log->rocks.db, log->rocks.durable, log->writes, &error);
    if (error) { /* it may have arrived all the same: a retry could write it twice */
        rocksdb_cancel_all_background_work(log->rocks.db, 0); /* nor shall RocksDB mend anything by itself */
        return fault_set(fault, FAULT_UNCERTAIN, "log: %s", error);
    }
    if (!head_file_write(&log->head_file, &head, fault))
        return false;
    log->head = head;
    log->failed = false;
    return true;
}

bool event_log_settle(struct event_log *log, struct fault *fault)
{
    if (log->failed && log->unsettled.code != 0) { /* nobody was told yet */
        *fault = log->unsettled;
        return false;
    }
    if (log->failed)
        return fault_set(fault, FAULT_UNCERTAIN, "log: an append failed before; open it again");
    log->failed = !head_file_sync(&log->head_file, &log->unsettled);
    if (log->failed)
        *fault = log->unsettled;
    return !log->failed;
}

/* The head of a store that nobody writes, as a file beside it. */
static bool write_head_of(const char *dir, struct log_head *head, struct fault *fault)
{
    struct place place;
    struct rocks rocks;
    CLEANUP(head_file_close) struct head_file file = {.descriptor = -1};
    struct log_head none;
    if (!name_place(dir, &place, fault) || !rocks_open(place.store, ROCKS_READ_ONLY, &rocks, fault))
        return false;
    const bool read = read_store_head(&rocks, head, fault);
    rocks_close(&rocks);
    return read && head_file_open(place.head, &file, &none, fault) && head_file_write(&file, head, fault) &&
           head_file_sync(&file, fault);
}

bool event_log_copy(struct event_log *log, const char *dir, struct log_head *head, struct fault *fault)
{
    struct place place;
    CLEANUP(rocks_error_free) char *error = NULL;
    if (!name_place(dir, &place, fault))
        return false;
    rocksdb_checkpoint_t *checkpoint = rocksdb_checkpoint_object_create(log->rocks.db, &error);
    if (!error)
        rocksdb_checkpoint_create(checkpoint, place.store, 0, &error); /* 0: what is in memory becomes a file first */
    if (checkpoint)
        rocksdb_checkpoint_object_destroy(checkpoint);
    if (error)
        return rocks_fault("log: copy", error, fault);
    return write_head_of(dir, head, fault);
}
