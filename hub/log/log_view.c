#include "log_view.h"

#include <stdlib.h>
#include <string.h>

#include "log_digest.h"
#include "log_scan.h"
#include "packed_block.h"
#include "read_ahead.h"
#include "read_together.h"
#include "rocks.h"
#include "unit_tail.h"

struct log_view {
    const struct rocks *rocks;
    rocksdb_pinnableslice_t *slice; /* holds the block that was handed out, if `ahead` does not … */
    struct block_view block;        /* … which is this; header NULL: none */
    const void *digested;           /* what its digest is of, header and all: it as it is stored, mostly */
    size_t digested_size;
    struct unpacked_block unpacked; /* it, where it is stored packed … */
    bool partly;                    /* … and not all of its events' bytes were asked for */
    rocksdb_iterator_t *units;      /* over the index of units; NULL: nothing is searched */
    struct read_ahead *ahead;       /* NULL, as the two behind it: it does not read ahead */
    struct read_together *together;
    struct unit_tail *tail;
};

struct log_view *log_view_open(struct event_log *log)
{
    struct log_view *view = calloc(1, sizeof *view);
    if (!view)
        abort();
    view->rocks = event_log_store(log);
    return view;
}

void log_view_close(struct log_view **view)
{
    if (!*view)
        return;
    rocks_slice_destroy(&(*view)->slice);
    unpacked_block_clear(&(*view)->unpacked);
    log_view_end_search(*view);
    read_ahead_close(&(*view)->ahead);
    read_together_close(&(*view)->together);
    unit_tail_close(&(*view)->tail);
    free(*view);
    *view = NULL;
}

void log_view_read_ahead(struct log_view *view)
{
    if (view->ahead)
        return;
    view->ahead = read_ahead_open(view->rocks, FAMILY_BLOCKS);
    view->together = read_together_open(view->rocks, FAMILY_BLOCKS);
    view->tail = unit_tail_open();
}

/* What was handed out ends, whoever holds its bytes. */
static void let_go(struct log_view *view)
{
    rocks_slice_destroy(&view->slice);
    view->block.header = NULL;
}

void log_view_rest(struct log_view *view)
{
    let_go(view);
    if (!view->ahead)
        return;
    read_ahead_rest(view->ahead);
    read_together_rest(view->together);
}

bool log_view_is_ahead(const struct log_view *view)
{
    return view->ahead && !(read_ahead_rests(view->ahead) && read_together_rests(view->together));
}

/* The key of the block that contains the position: the last one that does not lie behind it. */
static bool find_block(struct log_view *view, uint64_t position, uint64_t *first, struct fault *fault)
{
    const struct rocks *rocks = view->rocks;
    CLEANUP(rocks_error_free) char *error = NULL;
    CLEANUP(rocks_iterator_destroy)
    rocksdb_iterator_t *iterator =
        rocksdb_create_iterator_cf(rocks->db, rocks->reading, rocks->families[FAMILY_BLOCKS]);
    uint8_t key[8];
    rocks_number_key(position, key);
    rocksdb_iter_seek_for_prev(iterator, (const char *)key, sizeof key);
    bool valid = rocksdb_iter_valid(iterator);
    rocksdb_iter_get_error(iterator, &error); /* else damage would read as the end of the data */
    if (error)
        return rocks_fault("log", error, fault);
    size_t size = 0;
    const char *found = valid ? rocksdb_iter_key(iterator, &size) : NULL;
    if (!found || size != sizeof key)
        return fault_set(fault, FAULT_NO, "log: no record at position %llu", (unsigned long long)position);
    *first = rocks_key_number((const uint8_t *)found);
    return true;
}

/* The events' bytes that are not there yet, where all are wanted. */
static bool complete(struct log_view *view, bool whole, struct fault *fault)
{
    if (!view->partly || !whole)
        return true;
    view->partly = false;
    if (unpacked_block_fetch_all(&view->unpacked, &view->block, fault))
        return true;
    view->block.header = NULL;
    return false;
}

static bool hold_block(struct log_view *view, const char *value, size_t size, uint64_t first, bool whole,
                       struct fault *fault)
{
    struct block_view block;
    view->partly = block_is_packed(value, size);
    if (view->partly ? !block_unpack(&view->unpacked, value, size, first, &block, fault)
                     : !block_open(value, size, first, &block, fault))
        return false;
    view->block = block;
    const bool older = block_is_packed_older(value, size);
    view->digested = older ? (const char *)view->unpacked.bytes : value;
    view->digested_size = older ? view->unpacked.size : size;
    if (view->tail)
        unit_tail_take(view->tail, &block);
    return complete(view, whole, fault);
}

/* The stored block that begins there; NULL with no error: there is none. */
static rocksdb_pinnableslice_t *get_value(struct log_view *view, uint64_t first, char **error)
{
    const struct rocks *rocks = view->rocks;
    uint8_t key[8];
    rocksdb_pinnableslice_t *got = view->ahead ? read_together_take(view->together, first) : NULL;
    rocks_number_key(first, key);
    return got ? got
               : rocksdb_get_pinned_cf(rocks->db, view->ahead ? rocks->reading_past : rocks->reading,
                                       rocks->families[FAMILY_BLOCKS], (const char *)key, sizeof key, error);
}

static bool get_block(struct log_view *view, uint64_t first, bool whole, struct fault *fault)
{
    CLEANUP(rocks_error_free) char *error = NULL;
    let_go(view);
    view->slice = get_value(view, first, &error);
    if (error)
        return rocks_fault("log", error, fault);
    if (!view->slice)
        return fault_set(fault, FAULT_NO, "log: no block at position %llu", (unsigned long long)first);
    size_t size;
    const char *value = rocksdb_pinnableslice_value(view->slice, &size);
    return hold_block(view, value, size, first, whole, fault);
}

/* The block that begins at the position, where the one before was read last. *found: it was read ahead. */
static bool next_block(struct log_view *view, uint64_t position, bool whole, bool *found, struct fault *fault)
{
    const char *value;
    size_t size;
    let_go(view);
    if (!read_ahead_next(view->ahead, position, &value, &size, fault))
        return false;
    *found = value != NULL;
    return !value || hold_block(view, value, size, position, whole, fault);
}

/* A replay comes back to a large block many times; what is written never changes. */
static bool holds(const struct log_view *view, uint64_t position)
{
    const struct block_header *held = view->block.header;
    return held && position >= held->first_position && position - held->first_position < held->count;
}

/* Reads the block that contains the position, which is tried to begin at `likely` before it is searched. */
static bool look_up(struct log_view *view, uint64_t position, uint64_t likely, bool whole, struct fault *fault)
{
    if (likely > 0 && get_block(view, likely, whole, fault)) {
        if (holds(view, position))
            return true;
    } else if (likely > 0 && fault->code != FAULT_NO) {
        return false;
    }
    uint64_t first = position;
    if (!find_block(view, position, &first, fault) || !get_block(view, first, whole, fault))
        return false;
    return holds(view, position) ||
           fault_set(fault, FAULT_NO, "log: no record at position %llu", (unsigned long long)position);
}

/* Where the block of a hit begins, got together with those of the next ones; 0: that is not known. */
static uint64_t block_of_hit(struct log_view *view, const struct unit_hits *hits, uint64_t position)
{
    uint64_t firsts[READ_TOGETHER_MAX];
    const size_t count = unit_hits_blocks(hits, position, firsts, READ_TOGETHER_MAX);
    if (count > 1 && view->ahead && !read_together_has(view->together, firsts[0]))
        read_together_get(view->together, firsts, count);
    return count > 0 ? firsts[0] : 0;
}

static bool read_block(struct log_view *view, uint64_t position, const struct unit_hits *hits, bool whole,
                       struct fault *fault)
{
    /* Reading on lands on the first position of a block: that is tried before searching. */
    const struct block_header *held = view->block.header;
    const bool reads_on = position == (held ? held->first_position + held->count : 1);
    bool found = false;
    if (holds(view, position))
        return complete(view, whole, fault);
    if (view->ahead && reads_on && !next_block(view, position, whole, &found, fault))
        return false;
    if (found)
        return true;
    uint64_t likely = position;
    if (!reads_on) {
        let_go(view); /* the block at hand ends with what it was read ahead from */
        if (view->ahead)
            read_ahead_rest(view->ahead);
        likely = hits ? block_of_hit(view, hits, position) : 0;
    }
    return look_up(view, position, likely, whole, fault);
}

bool log_view_block(struct log_view *view, uint64_t position, struct block_view *block, struct fault *fault)
{
    if (!read_block(view, position, NULL, true, fault))
        return false;
    *block = view->block;
    return true;
}

bool log_view_entries(struct log_view *view, uint64_t position, const struct unit_hits *hits, struct block_view *block,
                      struct fault *fault)
{
    if (!read_block(view, position, hits, false, fault))
        return false;
    *block = view->block;
    return true;
}

bool log_view_fetch(struct log_view *view, uint32_t index, struct fault *fault)
{
    return !view->partly || unpacked_block_fetch(&view->unpacked, &view->block, index, fault);
}

/* Reads on to the end of what is searched, for the units of it. */
static bool fill_tail(struct log_view *view, uint64_t segment, uint64_t until, struct fault *fault)
{
    uint64_t next;
    while ((next = unit_tail_next(view->tail, segment)) <= until) {
        struct block_view block;
        if (!log_view_entries(view, next, NULL, &block, fault))
            return false;
        unit_tail_take(view->tail, &block); /* one that was held was read before this segment began */
    }
    return true;
}

void log_view_end_search(struct log_view *view)
{
    rocks_iterator_destroy(&view->units);
}

bool log_view_unit_hits(struct log_view *view, const struct unit_search *search, struct unit_hits *hits,
                        struct fault *fault)
{
    const uint64_t segment = unit_segment_of(search->from);
    const uint64_t last = unit_segment_last(segment);
    hits->segment = segment;
    hits->indexed = false;
    if ((last <= search->until || search->within) &&
        !unit_index_find(view->rocks, &view->units, segment, search->units, search->unit_count, hits, fault))
        return false;
    if (hits->indexed || last <= search->until || !view->tail)
        return true;
    if (!fill_tail(view, segment, search->until, fault))
        return false;
    unit_tail_find(view->tail, search->from, search->until, search->units, search->unit_count, hits);
    return true;
}

bool log_view_at_time(struct log_view *view, int64_t time_us, uint64_t last_position, uint64_t *position,
                      struct fault *fault)
{
    uint64_t low = 1;
    uint64_t high = last_position + 1;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        struct block_view block = {0};
        if (!log_view_entries(view, middle, 0, &block, fault))
            return false;
        if (block.entries[middle - block.header->first_position].recorded_at_us < time_us)
            low = middle + 1;
        else
            high = middle;
    }
    *position = low;
    return true;
}

bool log_view_rejections(struct log_view *view, uint64_t from,
                         bool (*take)(const struct log_rejection *rejection, void *context), void *context,
                         struct fault *fault)
{
    const struct rocks *rocks = view->rocks;
    CLEANUP(rocks_error_free) char *error = NULL;
    CLEANUP(rocks_iterator_destroy)
    rocksdb_iterator_t *iterator =
        rocksdb_create_iterator_cf(rocks->db, rocks->reading, rocks->families[FAMILY_REJECTIONS]);
    uint8_t key[8];
    rocks_number_key(from, key);
    for (rocksdb_iter_seek(iterator, (const char *)key, sizeof key); rocksdb_iter_valid(iterator);
         rocksdb_iter_next(iterator)) {
        struct log_rejection rejection;
        size_t key_size;
        const char *found = rocksdb_iter_key(iterator, &key_size);
        if (key_size != sizeof key)
            return fault_set(fault, FAULT_DAMAGED, "log: a rejection's key has a wrong size");
        rejection.number = rocks_key_number((const uint8_t *)found);
        rejection.bytes = (const uint8_t *)rocksdb_iter_value(iterator, &rejection.size);
        if (!take(&rejection, context))
            return true;
    }
    rocksdb_iter_get_error(iterator, &error);
    return !error || rocks_fault("log: rejections", error, fault);
}

bool log_view_cursors(struct log_view *view, void (*take)(const struct log_cursor *cursor, void *context),
                      void *context, struct fault *fault)
{
    const struct rocks *rocks = view->rocks;
    CLEANUP(rocks_error_free) char *error = NULL;
    CLEANUP(rocks_iterator_destroy)
    rocksdb_iterator_t *iterator =
        rocksdb_create_iterator_cf(rocks->db, rocks->reading, rocks->families[FAMILY_CURSORS]);
    for (rocksdb_iter_seek_to_first(iterator); rocksdb_iter_valid(iterator); rocksdb_iter_next(iterator)) {
        char name[256] = {0};
        size_t size;
        const char *key = rocksdb_iter_key(iterator, &size);
        if (size >= sizeof name)
            return fault_set(fault, FAULT_DAMAGED, "log: a durable name is too long");
        memcpy(name, key, size);
        struct log_cursor cursor = {.name = name};
        cursor.value = (const uint8_t *)rocksdb_iter_value(iterator, &cursor.size);
        take(&cursor, context);
    }
    rocksdb_iter_get_error(iterator, &error);
    return !error || rocks_fault("log: durable names", error, fault);
}

/* From the digest before the block that was read last, all of it, to the one behind. */
static void follow_digest(const struct log_view *view, uint8_t digest[static LOG_DIGEST_SIZE])
{
    struct block_header header;
    uint8_t rest[LOG_DIGEST_SIZE];
    memcpy(&header, view->digested, sizeof header);
    log_digest_rest((const uint8_t *)view->digested + sizeof header, view->digested_size - sizeof header, rest);
    log_digest_block(digest, &header, rest);
}

bool log_view_walk(struct log_view *view, const struct log_head *head,
                   bool (*take)(const struct block_view *block, void *context, struct fault *fault), void *context,
                   enum log_walk_end *end, struct fault *fault)
{
    uint8_t digest[LOG_DIGEST_SIZE] = {0};
    uint64_t position = 1;
    while (position <= head->position) {
        struct block_view block = {0};
        *end = LOG_WALK_UNREADABLE;
        if (!log_view_block(view, position, &block, fault))
            return fault->code == FAULT_NO
                       ? fault_set(fault, FAULT_DAMAGED, "log: position %llu is missing", (unsigned long long)position)
                       : false;
        *end = LOG_WALK_CHANGED;
        if (memcmp(digest, block.header->previous_digest, sizeof digest) != 0)
            return fault_set(fault, FAULT_DAMAGED, "log: what stands before position %llu was changed",
                             (unsigned long long)position);
        follow_digest(view, digest);
        *end = LOG_WALK_TAKEN;
        if (!take(&block, context, fault))
            return false;
        position = block.header->first_position + block.header->count;
    }
    *end = LOG_WALK_CHANGED;
    if (memcmp(digest, head->digest, sizeof digest) != 0)
        return fault_set(fault, FAULT_DAMAGED, "log: its last block was changed");
    *end = LOG_WALK_DONE;
    return true;
}

bool log_view_verify(struct log_view *view, const struct log_head *head, struct fault *fault)
{
    return log_scan_blocks(view->rocks, head, head, fault);
}
