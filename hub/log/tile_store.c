#include "tile_store.h"

#include <assert.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "durable_file.h"
#include "proof/tile.h"

enum {
    TILE_BYTES = TILE_WIDTH * MERKLE_HASH_SIZE,
    UNSYNCED_MAX = 32, /* files that are synced one by one; behind that the file system is, at once */
    PATH_SIZE = DURABLE_PATH_SIZE,
    DIR_SIZE = PATH_SIZE - 128,
};

_Static_assert((int)TILE_WIDTH <= (int)MANY_HASHES_ROOT_MAX, "the root of a tile is made at once");

/* Hashes of one tile. */
struct tile {
    struct merkle_hash hashes[TILE_WIDTH];
};
/* A full tile that was read last. */
struct held_tile {
    bool held;
    uint64_t number;
    struct tile tile;
};

struct tile_store {
    struct many_hashes *hasher;
    char dir[DIR_SIZE];
    uint64_t size;
    struct tile edge[TILE_LEVELS_MAX];  /* the open tile of each level; its width follows from the size */
    uint64_t flushed;                   /* size that partial tiles were written for last */
    bool compare;                       /* full tiles may be there already, until one of the lowest level is not */
    char made[PATH_SIZE];               /* the folder that was made or found last */
    uint64_t partials[TILE_LEVELS_MAX]; /* the newest tile of each level that has partial ones, counted from 1 */
    struct held_tile held[TILE_LEVELS_MAX];
    int unsynced[UNSYNCED_MAX]; /* descriptors of files and folders that were changed */
    int unsynced_count;
    bool sync_all; /* there were more */
};

/* Hashes of the level in a tree of that size, and which of its tiles is open. */
static uint64_t level_count(uint64_t size, int level)
{
    return size >> (TILE_HEIGHT * level);
}
static uint64_t open_tile(uint64_t size, int level)
{
    return level_count(size, level) / TILE_WIDTH;
}

static void path_of(const struct tile_store *store, int level, uint64_t number, int width, char path[static PATH_SIZE])
{
    char name[TILE_PATH_SIZE];
    tile_path(level, number, width, name);
    snprintf(path, PATH_SIZE, "%s/%s", store->dir, name);
}

struct tile_store *tile_store_open(const char *dir, struct many_hashes *hasher, struct fault *fault)
{
    if (strlen(dir) >= DIR_SIZE) {
        fault_set(fault, FAULT_USAGE, "%.300s: path too long", dir);
        return NULL;
    }
    bool made;
    if (!durable_folder_make(dir, 0755, &made, fault))
        return NULL;
    struct tile_store *store = calloc(1, sizeof *store);
    if (!store)
        abort();
    strcpy(store->dir, dir);
    store->hasher = hasher;
    store->compare = true;
    return store;
}

static void forget_unsynced(struct tile_store *store)
{
    for (int i = 0; i < store->unsynced_count; i++)
        close(store->unsynced[i]);
    store->unsynced_count = 0;
}

void tile_store_close(struct tile_store **store)
{
    if (*store)
        forget_unsynced(*store);
    free(*store);
    *store = NULL;
}

void tile_store_empty(struct tile_store *store)
{
    store->size = 0;
    store->flushed = 0;
    store->compare = true;
    store->made[0] = '\0';
    for (int level = 0; level < TILE_LEVELS_MAX; level++)
        store->held[level].held = false;
}

uint64_t tile_store_size(const struct tile_store *store)
{
    return store->size;
}

/* ---- reading ---- */

static bool read_tile(const struct tile_store *store, int level, uint64_t number, int width, struct tile *tile,
                      struct fault *fault)
{
    char path[PATH_SIZE];
    size_t size;
    path_of(store, level, number, width, path);
    char *bytes = durable_file_read(path, TILE_BYTES, &size, fault);
    if (!bytes) {
        if (fault->code == FAULT_NO)
            fault->code = FAULT_DAMAGED;
        return false;
    }
    bool whole = size == (size_t)width * MERKLE_HASH_SIZE;
    if (whole)
        memcpy(tile->hashes, bytes, size);
    free(bytes);
    return whole || fault_set(fault, FAULT_DAMAGED, "%.300s: %zu bytes, not those of a tile", path, size);
}

/* The tile that has the hash of that index: an open one in memory, or a full one, borrowed until the next call. */
static const struct tile *find_tile(struct tile_store *store, int level, uint64_t number, struct fault *fault)
{
    if (number == open_tile(store->size, level))
        return &store->edge[level];
    struct held_tile *held = &store->held[level];
    if (held->held && held->number == number)
        return &held->tile;
    held->held = false;
    if (!read_tile(store, level, number, TILE_WIDTH, &held->tile, fault))
        return NULL;
    held->held = true;
    held->number = number;
    return &held->tile;
}

bool tile_store_read(void *context, int level, uint64_t index, struct merkle_hash *hash, struct fault *fault)
{
    struct tile_store *store = context;
    const int tile_level = level / TILE_HEIGHT;
    const int count = 1 << (level % TILE_HEIGHT);
    const uint64_t first = index * (uint64_t)count; /* among the hashes of the tile's level */
    assert(tile_level < TILE_LEVELS_MAX && first + (uint64_t)count <= level_count(store->size, tile_level));
    const struct tile *tile = find_tile(store, tile_level, first / TILE_WIDTH, fault);
    if (!tile)
        return false;
    *hash = many_hashes_root(store->hasher, &tile->hashes[first % TILE_WIDTH], count);
    return true;
}

bool tile_store_root(struct tile_store *store, uint64_t size, struct merkle_hash *root, struct fault *fault)
{
    assert(size <= store->size);
    return merkle_root(size, tile_store_read, store, root, fault);
}

bool tile_store_leaf(struct tile_store *store, uint64_t index, struct merkle_hash *leaf, struct fault *fault)
{
    struct held_tile *held = &store->held[0];
    const uint64_t number = index / TILE_WIDTH;
    if (!held->held || held->number != number) {
        held->held = false;
        if (!read_tile(store, 0, number, TILE_WIDTH, &held->tile, fault))
            return false;
        held->held = true;
        held->number = number;
    }
    *leaf = held->tile.hashes[index % TILE_WIDTH];
    return true;
}

uint64_t tile_store_full(const struct tile_store *store, int level)
{
    return open_tile(store->size, level);
}

bool tile_store_check(struct tile_store *store, int level, uint64_t number, struct fault *fault)
{
    struct tile tile;
    struct merkle_hash above;
    if (!read_tile(store, level, number, TILE_WIDTH, &tile, fault) ||
        !tile_store_read(store, TILE_HEIGHT * (level + 1), number, &above, fault))
        return false;
    struct merkle_hash root = many_hashes_root(store->hasher, tile.hashes, TILE_WIDTH);
    return merkle_equal(&root, &above) ||
           fault_set(fault, FAULT_DAMAGED, "tiles: tile %llu of level %d is not what was signed",
                     (unsigned long long)number, level);
}

/* Each full tile must be there with its size; a look at the file is cheap, its hashes are looked at when they are used.
 */
static bool has_tiles(const struct tile_store *store, uint64_t size, struct fault *fault)
{
    for (int level = 0; level < TILE_LEVELS_MAX; level++)
        for (uint64_t number = 0; number < open_tile(size, level); number++) {
            char path[PATH_SIZE];
            struct stat status;
            path_of(store, level, number, TILE_WIDTH, path);
            if (stat(path, &status) != 0 || status.st_size != TILE_BYTES)
                return fault_set(fault, FAULT_DAMAGED, "%.300s: missing, or not a tile", path);
        }
    return true;
}

bool tile_store_load(struct tile_store *store, uint64_t size, struct fault *fault)
{
    tile_store_empty(store);
    if (!has_tiles(store, size, fault))
        return false;
    for (int level = 0; level < TILE_LEVELS_MAX; level++) {
        uint64_t number = open_tile(size, level);
        int width = tile_width(level, number, size);
        if (width > 0 && !read_tile(store, level, number, width, &store->edge[level], fault))
            return false;
    }
    for (int level = 0; level < TILE_LEVELS_MAX; level++)
        store->partials[level] = open_tile(size, level) + 1;
    store->size = size;
    store->flushed = size;
    store->compare = false;
    return true;
}

/* ---- growing ---- */

static void keep_unsynced(struct tile_store *store, int descriptor)
{
    if (store->sync_all || store->unsynced_count == UNSYNCED_MAX) {
        forget_unsynced(store);
        store->sync_all = true;
        close(descriptor);
        return;
    }
    store->unsynced[store->unsynced_count++] = descriptor;
}

static bool keep_folder(struct tile_store *store, const char *path, struct fault *fault)
{
    if (store->sync_all)
        return true;
    int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return durable_file_fault(path, fault);
    keep_unsynced(store, descriptor);
    return true;
}

/* Makes the folders down to the file. */
static bool make_folders(struct tile_store *store, const char *path, struct fault *fault)
{
    char folder[PATH_SIZE];
    size_t above = strlen(store->dir);
    const size_t whole = (size_t)(strrchr(path, '/') - path);
    if (strlen(store->made) == whole && memcmp(store->made, path, whole) == 0)
        return true;
    for (const char *slash = strchr(path + above + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        snprintf(folder, sizeof folder, "%.*s", (int)(slash - path), path);
        bool made;
        if (!durable_folder_make(folder, 0755, &made, fault))
            return false;
        folder[above] = '\0';
        if (made && !keep_folder(store, folder, fault))
            return false;
        above = (size_t)(slash - path);
    }
    snprintf(store->made, sizeof store->made, "%.*s", (int)whole, path);
    return true;
}

static bool write_tile(struct tile_store *store, int level, uint64_t number, int width, struct fault *fault)
{
    char path[PATH_SIZE];
    path_of(store, level, number, width, path);
    if (!make_folders(store, path, fault))
        return false;
    int descriptor = durable_file_place(path, store->edge[level].hashes, (size_t)width * MERKLE_HASH_SIZE, 0644, fault);
    if (descriptor < 0)
        return false;
    keep_unsynced(store, descriptor);
    *strrchr(path, '/') = '\0';
    return keep_folder(store, path, fault);
}

/* The partial tiles of a tile that is full now. What cannot be removed takes room and does no harm. */
static void remove_partials(const struct tile_store *store, int level, uint64_t number)
{
    char folder[PATH_SIZE];
    path_of(store, level, number, 1, folder);
    *strrchr(folder, '/') = '\0';
    DIR *listing = opendir(folder);
    if (!listing)
        return;
    for (struct dirent *entry; (entry = readdir(listing)) != NULL;)
        if (entry->d_name[0] != '.')
            (void)unlinkat(dirfd(listing), entry->d_name, 0);
    closedir(listing);
    (void)rmdir(folder);
}

/* Whether the full tile is there as it should be. Behind the first that is missing there are none to be found. */
static bool same_on_disk(struct tile_store *store, int level, uint64_t number)
{
    struct fault fault;
    struct tile found;
    if (!store->compare)
        return false;
    if (read_tile(store, level, number, TILE_WIDTH, &found, &fault))
        return memcmp(&found, &store->edge[level], sizeof found) == 0;
    if (level == 0)
        store->compare = false;
    return false;
}

static bool has_partials(const struct tile_store *store, int level, uint64_t number)
{
    return store->compare || store->partials[level] == number + 1;
}

bool tile_store_add(struct tile_store *store, const struct merkle_hash *leaf, struct fault *fault)
{
    struct merkle_hash hash = *leaf;
    for (int level = 0; level < TILE_LEVELS_MAX; level++) {
        struct tile *edge = &store->edge[level];
        const uint64_t at = level_count(store->size, level);
        edge->hashes[at % TILE_WIDTH] = hash;
        if (at % TILE_WIDTH != TILE_WIDTH - 1)
            break;
        const uint64_t number = at / TILE_WIDTH;
        const bool tidy = has_partials(store, level, number);
        if (!same_on_disk(store, level, number) && !write_tile(store, level, number, TILE_WIDTH, fault))
            return false;
        store->held[level].held = false;
        if (tidy)
            remove_partials(store, level, number);
        hash = many_hashes_root(store->hasher, edge->hashes, TILE_WIDTH);
    }
    store->size++;
    return true;
}

static bool sync_written(struct tile_store *store, struct fault *fault)
{
    bool synced = true;
    for (int i = 0; synced && i < store->unsynced_count; i++)
        synced = fsync(store->unsynced[i]) == 0;
    if (synced && store->sync_all) {
        int descriptor = open(store->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        synced = descriptor >= 0 && syncfs(descriptor) == 0;
        if (descriptor >= 0)
            close(descriptor);
    }
    if (!synced)
        return durable_file_fault(store->dir, fault);
    forget_unsynced(store);
    store->sync_all = false;
    return true;
}

bool tile_store_flush(struct tile_store *store, struct fault *fault)
{
    for (int level = 0; level < TILE_LEVELS_MAX; level++) {
        const uint64_t number = open_tile(store->size, level);
        const int width = tile_width(level, number, store->size);
        const bool there = level_count(store->flushed, level) == level_count(store->size, level);
        if (width > 0 && !there && !write_tile(store, level, number, width, fault))
            return false;
        if (width > 0)
            store->partials[level] = number + 1;
    }
    if (!sync_written(store, fault))
        return false;
    store->flushed = store->size;
    return true;
}
