#include "rocks.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    /* What is written is in memory until it is a file, and in RocksDB's journal, which is read at each start, until
     * each family has written a file since. */
    WRITE_BUFFER_SIZE = 8 << 20,
    WRITE_BUFFERS = 3,
    WRITE_BUFFER_PART = 256 << 10, /* small enough that its memory is used again (main.c) */
    JOURNAL_SIZE = 64 << 20,
    TABLE_WRITE_OUT_SIZE = 1 << 20, /* handed to the disk at once: the log's own syncs wait behind so much at most */
    ABOVE_ALL_LEVELS = 6,           /* NUM_INFO_LOG_LEVELS of rocksdb/env.h */
    OPEN_FILES = 512, /* a process may have 1024 at least; of a log of 10 million records there are about 100 */
};

static const char *const family_names[FAMILY_COUNT] = {
    [FAMILY_BLOCKS] = "default", [FAMILY_REJECTIONS] = "rejections", [FAMILY_CURSORS] = "cursors",
    [FAMILY_META] = "meta",      [FAMILY_UNITS] = "units",
};

void rocks_error_free(char **error)
{
    if (*error)
        rocksdb_free(*error);
    *error = NULL;
}

void rocks_slice_destroy(rocksdb_pinnableslice_t **slice)
{
    if (*slice)
        rocksdb_pinnableslice_destroy(*slice);
    *slice = NULL;
}

void rocks_iterator_destroy(rocksdb_iterator_t **iterator)
{
    if (*iterator)
        rocksdb_iter_destroy(*iterator);
    *iterator = NULL;
}

void rocks_batch_destroy(rocksdb_writebatch_t **batch)
{
    if (*batch)
        rocksdb_writebatch_destroy(*batch);
    *batch = NULL;
}

bool rocks_fault(const char *what, const char *error, struct fault *fault)
{
    enum fault_code code = FAULT_SYSTEM;
    if (strstr(error, "Corruption") || strstr(error, "checksum"))
        code = FAULT_DAMAGED;
    else if (strstr(error, "No space left"))
        code = FAULT_FULL;
    return fault_set(fault, code, "%s: %s", what, error);
}

/* What says nothing about the store's content: another has it, or the system did not do what it was asked for. A backup
 * mends none of it. */
static bool is_no_damage(const char *error)
{
    static const char *const causes[] = {
        "lock",          "Permission denied", "Too many open files", "Cannot allocate memory", "Input/output error",
        "File too large"};
    for (size_t i = 0; i < sizeof causes / sizeof causes[0]; i++)
        if (strstr(error, causes[i]))
            return true;
    return false;
}

/* What a store that is there says when it cannot be opened: but for a full disk and what the system failed in, files of
 * it are missing, or are not what it wrote. */
static bool open_fault(const char *dir, const char *error, bool create, struct fault *fault)
{
    rocks_fault(dir, error, fault);
    if (!create && fault->code == FAULT_SYSTEM && !is_no_damage(error))
        fault->code = FAULT_DAMAGED;
    return false;
}

static rocksdb_options_t *our_options(enum rocks_mode mode)
{
    const bool create = mode == ROCKS_CREATE;
    rocksdb_options_t *options = rocksdb_options_create();
    rocksdb_options_set_create_if_missing(options, create);
    rocksdb_options_set_create_missing_column_families(options, create);
    rocksdb_options_set_paranoid_checks(options, 1);
    /* The default mode silently drops acknowledged records behind a flipped bit; mode 0 takes a torn tail only;
     * mode 2 ends before the first thing that is damaged. */
    rocksdb_options_set_wal_recovery_mode(options, mode == ROCKS_AS_IT_IS ? 2 : 0);
    /* After a full disk RocksDB recovers by itself: it flushes one family after the other, and each that it has flushed
     * needs its journal no more. A process that ended in between left a commit of which one family had its part and the
     * other not: a head without its blocks. So all are flushed together or none is. */
    rocksdb_options_set_atomic_flush(options, 1);
    rocksdb_options_set_max_background_jobs(options, 2);
    rocksdb_options_set_write_buffer_size(options, WRITE_BUFFER_SIZE);
    rocksdb_options_set_arena_block_size(options, WRITE_BUFFER_PART);
    rocksdb_options_set_max_write_buffer_number(options, WRITE_BUFFERS);
    rocksdb_options_set_max_total_wal_size(options, JOURNAL_SIZE);
    rocksdb_options_set_bytes_per_sync(options, TABLE_WRITE_OUT_SIZE);
    rocksdb_options_set_max_open_files(options, OPEN_FILES);
    rocksdb_options_set_compression(options, rocksdb_lz4_compression);
    /* RocksDB writes nothing about itself into log/LOG. That file's writer asserts that no write failed before, and
     * Debian builds it with assertions: the second line behind a full disk would end the process before the hub can.
     * What matters comes back as an error, which the journal has. */
    rocksdb_options_set_info_log_level(options, ABOVE_ALL_LEVELS);
    return options;
}

/* Blocks are read on the way, each of them once for a long time: looking for them in a cache takes longer than that one
 * time in thousands which finds them there, and the system has their files in its memory. */
static rocksdb_options_t *without_cache(rocksdb_options_t *options)
{
    rocksdb_block_based_table_options_t *table = rocksdb_block_based_options_create();
    rocksdb_block_based_options_set_no_block_cache(table, 1);
    rocksdb_options_set_block_based_table_factory(options, table);
    rocksdb_block_based_options_destroy(table);
    return options;
}

/* A store that another process has open is not even looked into: what that one writes meanwhile would read as damage.
 */
static bool is_free(const char *dir, struct fault *fault)
{
    char path[4096];
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    snprintf(path, sizeof path, "%s/LOCK", dir);
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return true; /* a new store; else opening it says what is wrong */
    bool held = fcntl(descriptor, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
    close(descriptor);
    return !held || fault_set(fault, FAULT_USAGE, "%s: process %d has it open; end that one first, or take a copy", dir,
                              (int)lock.l_pid);
}

/* Stores were made without the index of units once: it is added to them, or done without in one that stays as it is.
 * Whatever else is missing is not ours to judge here: opening says so. */
static bool lacks_units(const char *dir, const rocksdb_options_t *options)
{
    CLEANUP(rocks_error_free) char *error = NULL;
    size_t count = 0;
    bool found = false;
    char **names = rocksdb_list_column_families(options, dir, &count, &error);
    for (size_t i = 0; i < count; i++) {
        if (!names[i])
            abort(); /* no memory: RocksDB does not look */
        found = found || strcmp(names[i], family_names[FAMILY_UNITS]) == 0;
    }
    rocksdb_list_column_families_destroy(names, count);
    return !error && !found;
}

bool rocks_open(const char *dir, enum rocks_mode mode, struct rocks *rocks, struct fault *fault)
{
    CLEANUP(rocks_error_free) char *error = NULL;
    *rocks = (struct rocks){0};
    if (!is_free(dir, fault))
        return false;
    *rocks = (struct rocks){.options = our_options(mode)};
    const rocksdb_options_t *options[FAMILY_COUNT];
    rocks->uncached = without_cache(our_options(mode));
    for (int i = 0; i < FAMILY_COUNT; i++)
        options[i] = i == FAMILY_BLOCKS ? rocks->uncached : rocks->options;
    const bool read_only = mode == ROCKS_READ_ONLY || mode == ROCKS_AS_IT_IS;
    const bool older = mode != ROCKS_CREATE && lacks_units(dir, rocks->options);
    if (older && !read_only)
        rocksdb_options_set_create_missing_column_families(rocks->options, 1);
    if (read_only)
        rocks->db = rocksdb_open_for_read_only_column_families(rocks->options, dir, older ? FAMILY_UNITS : FAMILY_COUNT,
                                                               family_names, options, rocks->families, 0, &error);
    else
        rocks->db = rocksdb_open_column_families(rocks->options, dir, FAMILY_COUNT, family_names, options,
                                                 rocks->families, &error);
    if (error) {
        open_fault(dir, error, mode == ROCKS_CREATE, fault);
        rocksdb_options_destroy(rocks->options);
        rocksdb_options_destroy(rocks->uncached);
        *rocks = (struct rocks){0};
        return false;
    }
    rocks->reading = rocksdb_readoptions_create();
    rocksdb_readoptions_set_verify_checksums(rocks->reading, 1);
    rocks->reading_past = rocksdb_readoptions_create();
    rocksdb_readoptions_set_verify_checksums(rocks->reading_past, 1);
    rocksdb_readoptions_set_fill_cache(rocks->reading_past, 0);
    rocks->durable = rocksdb_writeoptions_create();
    rocksdb_writeoptions_set_sync(rocks->durable, 1);
    return true;
}

void rocks_close(struct rocks *rocks)
{
    if (!rocks->db)
        return;
    for (int i = 0; i < FAMILY_COUNT; i++)
        if (rocks->families[i])
            rocksdb_column_family_handle_destroy(rocks->families[i]);
    rocksdb_close(rocks->db);
    rocksdb_readoptions_destroy(rocks->reading);
    rocksdb_readoptions_destroy(rocks->reading_past);
    rocksdb_writeoptions_destroy(rocks->durable);
    rocksdb_options_destroy(rocks->options);
    rocksdb_options_destroy(rocks->uncached);
    *rocks = (struct rocks){0};
}
