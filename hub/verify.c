#include "verify.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "language.h"
#include "log/durable_file.h"
#include "log/event_log.h"
#include "log/log_view.h"
#include "log/record_leaf.h"
#include "proof/tile.h"
#include "signed_batch.h"

enum {
    PATH_SIZE = DURABLE_PATH_SIZE,
    NAME_SIZE = 300,
    TILE_BYTES = TILE_WIDTH * MERKLE_HASH_SIZE,
    PROGRESS_S = 5, /* between two lines on a terminal */
};
_Static_assert((int)TILE_WIDTH <= (int)MANY_HASHES_ROOT_MAX, "the root of a tile is made at once");

/* A checkpoint that the log must come to. */
struct stated {
    struct checkpoint checkpoint;
    char name[NAME_SIZE];
    bool kept; /* by whoever asks, not in the folder */
};

/* A hash of the tree on disk that is not the one of the log's records, or not there. */
struct difference {
    bool found;
    int level;
    uint64_t position; /* first record below it */
    char name[NAME_SIZE];
};

/* The log is read from its beginning, and the tree grows beside its files. */
struct comparison {
    const char *data;
    struct verify_result *result;
    struct many_hashes *hasher;
    struct merkle_hash leaves[RECORD_LEAVES_MAX]; /* of the block at hand */
    struct merkle_hash (*open)[TILE_WIDTH];       /* of each level, the tile that is being filled */
    struct merkle_edge edge;
    struct batch_tree batch; /* scratch: what a sender signed */
    uint64_t covered;        /* records that the folder's newest checkpoint covers: its tiles are on disk */
    struct stated *stated;   /* by size */
    size_t stated_count;
    size_t next;     /* of them */
    uint64_t agreed; /* records of the last one that the log came to */
    struct difference difference;
    bool spoilt;                 /* the newest checkpoint's file; one of its copies stands in for it */
    const struct stated *denied; /* the kept one, if the log does not come to it */
    uint64_t block_first;        /* of the block that was shown last */
    uint64_t last;
    time_t told;
};

/* ---- checkpoints ---- */

static bool signed_by_another(const char *bytes, size_t size, const struct trusted_keys *keys)
{
    struct note note;
    struct fault fault;
    if (!note_read(bytes, size, &note, &fault))
        return false;
    for (int i = 0; i < note.count; i++)
        for (size_t k = 0; k < keys->count; k++)
            if (note.signatures[i].id == keys->keys[k].id)
                return false;
    return true;
}

/* Reads the file and adds it. A file that is not there is none. */
static bool add_stated(struct comparison *comparison, const char *path, bool kept, const struct verify_request *request,
                       const struct trusted_keys *keys, struct fault *fault)
{
    size_t size;
    struct note note;
    struct fault cause = {0};
    char *bytes = durable_file_read(path, NOTE_SIZE_MAX, &size, fault);
    if (!bytes)
        return (fault->code == FAULT_NO && !kept) ||
               (kept && fault_set(fault, FAULT_USAGE, "%.300s: cannot be read, or is no checkpoint", path));
    struct stated *grown = realloc(comparison->stated, (comparison->stated_count + 1) * sizeof *grown);
    if (!grown)
        abort();
    comparison->stated = grown;
    struct stated *added = &grown[comparison->stated_count];
    *added = (struct stated){.kept = kept};
    snprintf(added->name, sizeof added->name, "%.299s", path);
    bool read = trusted_keys_open(keys, bytes, size, &added->checkpoint, &note, &cause);
    const bool other = !read && request->keys.count > 0 && signed_by_another(bytes, size, keys);
    free(bytes);
    if (read)
        comparison->stated_count++;
    else if (kept)
        fault_set(fault, cause.code, "%.300s: %s", path, cause.text);
    else if (other)
        fault_set(fault, FAULT_NO, "%.300s: signed by none of the keys that were given", path);
    else
        fault_set(fault, FAULT_DAMAGED, "%.300s: not what the log signed: %s", path, cause.text);
    return read;
}

static bool add_days(struct comparison *comparison, const struct verify_request *request,
                     const struct trusted_keys *keys, struct fault *fault)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%.3000s/checkpoints", request->data);
    DIR *folder = opendir(path);
    if (!folder)
        return errno == ENOENT || fault_set(fault, FAULT_SYSTEM, "%.300s: %s", path, strerror(errno));
    bool added = true;
    for (struct dirent *entry; added && (entry = readdir(folder)) != NULL;) {
        const char *ending = strrchr(entry->d_name, '.'); /* "X.tmp" was being written when the hub ended */
        if (entry->d_name[0] == '.' || (ending && strcmp(ending, ".tmp") == 0))
            continue;
        snprintf(path, sizeof path, "%.3000s/checkpoints/%s", request->data, entry->d_name);
        added = add_stated(comparison, path, false, request, keys, fault);
    }
    closedir(folder);
    return added;
}

static int by_size(const void *left, const void *right)
{
    const uint64_t one = ((const struct stated *)left)->checkpoint.size;
    const uint64_t other = ((const struct stated *)right)->checkpoint.size;
    return (one > other) - (one < other);
}

static bool read_stated(struct comparison *comparison, const struct verify_request *request, struct fault *fault)
{
    char path[PATH_SIZE];
    struct trusted_keys keys = request->keys;
    struct stat status;
    snprintf(path, sizeof path, "%.3000s/log.key.pub", request->data);
    if (keys.count == 0 && stat(path, &status) == 0 && !trusted_keys_add(&keys, path, fault))
        return false;
    snprintf(path, sizeof path, "%.3000s/tiles/checkpoint", request->data);
    struct fault why = {0};
    comparison->spoilt = !add_stated(comparison, path, false, request, &keys, &why);
    if (!add_days(comparison, request, &keys, fault))
        return false;
    if (comparison->spoilt && comparison->stated_count == 0) {
        *fault = why;
        return false;
    }
    for (size_t i = 0; i < comparison->stated_count; i++)
        if (comparison->stated[i].checkpoint.size > comparison->covered)
            comparison->covered = comparison->stated[i].checkpoint.size;
    if (request->from && !add_stated(comparison, request->from, true, request, &keys, fault))
        return false;
    if (comparison->stated_count > 0)
        qsort(comparison->stated, comparison->stated_count, sizeof *comparison->stated, by_size);
    return true;
}

/* ---- tiles ---- */

/* What the tile's file has, of which the first `width` hashes are asked; false: there is no such file, or it is too
 * short. Where the partial one is gone the whole one has them too. */
static bool read_tile(const struct comparison *comparison, int level, uint64_t number, int width,
                      uint8_t hashes[static TILE_BYTES], char name[static NAME_SIZE])
{
    const int widths[2] = {width, TILE_WIDTH};
    for (int i = 0; i < 2; i++) {
        char path[PATH_SIZE], tile[TILE_PATH_SIZE];
        size_t size = 0;
        struct fault fault;
        tile_path(level, number, widths[i], tile);
        snprintf(path, sizeof path, "%.3000s/tiles/%s", comparison->data, tile);
        char *bytes = durable_file_read(path, TILE_BYTES, &size, &fault);
        snprintf(name, NAME_SIZE, "tiles/%s", tile);
        if (bytes && size == (size_t)widths[i] * MERKLE_HASH_SIZE) {
            memcpy(hashes, bytes, size);
            free(bytes);
            return true;
        }
        free(bytes);
    }
    return false;
}

/* The width of the tile's newest file. */
static int width_on_disk(const struct comparison *comparison, int level, uint64_t number)
{
    return tile_width(level, number, comparison->covered);
}

/* Compares the first `width` hashes of the open tile of a level with its file, and notes the first that differs. */
static void compare_tile(struct comparison *comparison, int level, uint64_t number, int width)
{
    uint8_t found[TILE_BYTES];
    char name[NAME_SIZE];
    int same = 0;
    const int on_disk = width_on_disk(comparison, level, number);
    if (comparison->difference.found || on_disk < width)
        return;
    if (read_tile(comparison, level, number, on_disk, found, name)) {
        while (same < width &&
               memcmp(found + (size_t)same * MERKLE_HASH_SIZE, &comparison->open[level][same], MERKLE_HASH_SIZE) == 0)
            same++;
        if (same == width) {
            comparison->result->tiles++;
            return;
        }
    }
    comparison->difference = (struct difference){
        .found = true,
        .level = level,
        .position = ((number * TILE_WIDTH + (uint64_t)same) << (TILE_HEIGHT * level)) + 1,
    };
    memcpy(comparison->difference.name, name, sizeof name);
}

static void add_leaf(struct comparison *comparison, const struct merkle_hash *leaf)
{
    const uint64_t index = comparison->edge.size;
    struct merkle_hash hash = *leaf;
    merkle_edge_add(&comparison->edge, leaf);
    for (int level = 0; level < TILE_LEVELS_MAX; level++) {
        const uint64_t at = index >> (TILE_HEIGHT * level);
        comparison->open[level][at % TILE_WIDTH] = hash;
        if (at % TILE_WIDTH != TILE_WIDTH - 1)
            break;
        compare_tile(comparison, level, at / TILE_WIDTH, TILE_WIDTH);
        hash = many_hashes_root(comparison->hasher, comparison->open[level], TILE_WIDTH);
    }
}

/* The tiles that are not full at this size. */
static void compare_edge(struct comparison *comparison)
{
    for (int level = 0; level < TILE_LEVELS_MAX; level++) {
        const uint64_t hashes = comparison->edge.size >> (TILE_HEIGHT * level);
        if (hashes % TILE_WIDTH != 0)
            compare_tile(comparison, level, hashes / TILE_WIDTH, (int)(hashes % TILE_WIDTH));
    }
}

/* ---- the walk ---- */

/* Names what differs: the record whose hash is another in its tile, or else a range. */
static bool blame(struct comparison *comparison, uint64_t first, uint64_t last, const char *why, struct fault *fault)
{
    const uint64_t size = comparison->edge.size;
    if (size % TILE_WIDTH != 0)
        compare_tile(comparison, 0, size / TILE_WIDTH, (int)(size % TILE_WIDTH));
    const struct difference *difference = &comparison->difference;
    const bool exact = difference->found && difference->level == 0 && difference->position >= first;
    comparison->result->damaged = exact ? difference->position : first;
    if (exact)
        return fault_set(fault, FAULT_DAMAGED,
                         "position %llu: the record is not the one that was signed; restore a backup",
                         (unsigned long long)difference->position);
    return fault_set(fault, FAULT_DAMAGED, "position %llu to %llu: %s; restore a backup", (unsigned long long)first,
                     (unsigned long long)last, translated(why));
}

static bool compare_stated(struct comparison *comparison, struct fault *fault)
{
    for (; comparison->next < comparison->stated_count; comparison->next++) {
        const struct stated *stated = &comparison->stated[comparison->next];
        if (stated->checkpoint.size > comparison->edge.size)
            return true;
        const struct merkle_hash root = merkle_edge_root(&comparison->edge);
        if (merkle_equal(&root, &stated->checkpoint.root)) {
            comparison->agreed = comparison->edge.size;
            comparison->result->checkpoints++;
        } else if (stated->kept) {
            comparison->denied = stated;
        } else {
            return blame(comparison, comparison->agreed + 1, comparison->edge.size,
                         N_("a record is not the one that was signed"), fault);
        }
    }
    return true;
}

static void tell_progress(struct comparison *comparison)
{
    const time_t now = time(NULL);
    if (now < comparison->told + PROGRESS_S || !isatty(STDERR_FILENO))
        return;
    comparison->told = now;
    fprintf(stderr, translated("position %llu of %llu\n"), (unsigned long long)comparison->edge.size,
            (unsigned long long)comparison->last);
}

static uint32_t next_count(const struct block_view *block, uint32_t index)
{
    const uint32_t rest = block->header->count - index;
    return rest < RECORD_LEAVES_MAX ? rest : RECORD_LEAVES_MAX;
}

static bool take_block(const struct block_view *block, void *context, struct fault *fault)
{
    struct comparison *comparison = context;
    comparison->block_first = block->header->first_position;
    for (uint32_t i = 0; i < block->header->count; i++) {
        if (i % RECORD_LEAVES_MAX == 0)
            record_leaves(comparison->hasher, block, i, next_count(block, i), comparison->leaves);
        add_leaf(comparison, &comparison->leaves[i % RECORD_LEAVES_MAX]);
        if (comparison->edge.size == comparison->covered)
            compare_edge(comparison);
        if (!compare_stated(comparison, fault))
            return false;
        comparison->result->signed_records += block->entries[i].batch != 0;
    }
    tell_progress(comparison);
    return signed_block_check(block, comparison->hasher, &comparison->batch, &comparison->result->damaged, fault);
}

/* The walk ended early: at a block that cannot be read, or behind one that the chain does not know. */
static bool walk_failed(struct comparison *comparison, enum log_walk_end end, struct fault *fault)
{
    const uint64_t size = comparison->edge.size;
    struct fault cause = *fault;
    switch (end) {
    case LOG_WALK_DONE:
    case LOG_WALK_TAKEN:
        return false;
    case LOG_WALK_CHANGED:
        return blame(comparison, comparison->block_first, size, N_("a record is not the one that was acknowledged"),
                     fault);
    case LOG_WALK_UNREADABLE:
        if (cause.code != FAULT_DAMAGED)
            return false;
        comparison->result->damaged = size + 1;
        return fault_set(fault, FAULT_DAMAGED, "position %llu: cannot be read; restore a backup: %s",
                         (unsigned long long)size + 1, cause.text);
    }
    abort();
}

/* ---- all of it ---- */

/* Everything was read: what is left of the checkpoints, and of the tree's files. */
static bool conclude(struct comparison *comparison, struct fault *fault)
{
    const uint64_t size = comparison->edge.size;
    if (comparison->covered > size) {
        comparison->result->damaged = size + 1;
        return fault_set(fault, FAULT_DAMAGED,
                         "position %llu: missing, though signed for up to position %llu; restore a backup",
                         (unsigned long long)size + 1, (unsigned long long)comparison->covered);
    }
    if (comparison->covered == 0 && size > 0) {
        comparison->result->start_mends = true;
        return fault_set(fault, FAULT_DAMAGED,
                         "tiles/checkpoint: missing, though the log has %llu records; restore a "
                         "backup, or start the hub if it never ran for a second",
                         (unsigned long long)size);
    }
    if (comparison->difference.found) {
        comparison->result->damaged = comparison->difference.position;
        comparison->result->start_mends = true;
        return fault_set(
            fault, FAULT_DAMAGED,
            "position %llu: %s is missing or not its hash; the records are as they were signed, and the hub "
            "makes the file again when it starts",
            (unsigned long long)comparison->difference.position, comparison->difference.name);
    }
    if (!comparison->denied && comparison->next < comparison->stated_count)
        comparison->denied = &comparison->stated[comparison->next];
    if (comparison->denied)
        return fault_set(fault, FAULT_NO, "the past was changed: the log does not go on from %s, of %llu records",
                         comparison->denied->name, (unsigned long long)comparison->denied->checkpoint.size);
    comparison->result->start_mends = comparison->spoilt;
    return !comparison->spoilt ||
           fault_set(fault, FAULT_DAMAGED,
                     "tiles/checkpoint: this file is damaged, and its copy of the day is not; the records are as they "
                     "were signed, and the hub makes the file again when it starts");
}

/* The log was refused, and what could be read of it holds: it ends short, or something else in the store is damaged. */
static bool not_reached(struct comparison *comparison, const struct fault *refused, struct fault *fault)
{
    char path[PATH_SIZE];
    struct log_head acknowledged = {0};
    struct fault ignored;
    snprintf(path, sizeof path, "%.3000s/head", comparison->data);
    const uint64_t position = comparison->edge.size;
    const bool known = head_file_read(path, &acknowledged, &ignored);
    if (comparison->covered <= position && (!known || acknowledged.position <= position)) {
        *fault = *refused;
        return false;
    }
    comparison->result->damaged = position + 1;
    return fault_set(fault, FAULT_DAMAGED, "position %llu: missing, or cannot be read; restore a backup: %s",
                     (unsigned long long)position + 1, refused->text);
}

static bool compare(struct comparison *comparison, struct event_log *log, const struct fault *refused,
                    struct fault *fault)
{
    const struct log_head head = event_log_head(log);
    enum log_walk_end end;
    CLEANUP(log_view_close) struct log_view *view = log_view_open(log);
    comparison->last = comparison->result->position = head.position;
    if (!compare_stated(comparison, fault))
        return false;
    if (!log_view_walk(view, &head, take_block, comparison, &end, fault))
        return walk_failed(comparison, end, fault);
    if (refused)
        return not_reached(comparison, refused, fault);
    return conclude(comparison, fault);
}

/* The log; where it does not open, what of it can be read, and why it did not: *refused. */
static struct event_log *open_log(const char *data, bool *damaged, struct fault *refused)
{
    struct fault fault;
    struct event_log *log = event_log_open(data, EVENT_LOG_READ_ONLY, refused);
    *damaged = !log && refused->code == FAULT_DAMAGED;
    return *damaged ? event_log_open(data, EVENT_LOG_AS_IT_IS, &fault) : log;
}

bool verify_data(const struct verify_request *request, struct verify_result *result, struct fault *fault)
{
    bool damaged;
    struct fault refused = {0};
    struct stat status;
    *result = (struct verify_result){0};
    if (stat(request->data, &status) != 0 || !S_ISDIR(status.st_mode))
        return fault_set(fault, FAULT_USAGE, "%s: no data folder", request->data);
    CLEANUP(event_log_close) struct event_log *log = open_log(request->data, &damaged, &refused);
    if (!log) {
        *fault = refused;
        return false;
    }
    struct comparison comparison = {.data = request->data,
                                    .result = result,
                                    .hasher = many_hashes_open(),
                                    .open = calloc(TILE_LEVELS_MAX, sizeof *comparison.open)};
    if (!comparison.open)
        abort();
    const bool holds =
        read_stated(&comparison, request, fault) && compare(&comparison, log, damaged ? &refused : NULL, fault);
    free(comparison.open);
    many_hashes_close(&comparison.hasher);
    free(comparison.stated);
    batch_tree_clear(&comparison.batch);
    return holds;
}
