/* The part of RocksDB's C interface that the log uses, over the simulated disk: sorted records by family, and writes
 * that are whole or not there. What RocksDB promises is taken from it here, and what it does not promise is used: a
 * write whose sync failed may be there after the next start, and after one the store takes nothing more. */
#include <errno.h>
#include <rocksdb/c.h>
#include <stdlib.h>
#include <string.h>

#include "hub_disk.h"
#include "hub_world.h"

struct rocksdb_column_family_handle_t {
    int number;
};
struct rocksdb_t {
    struct rocksdb_column_family_handle_t families[STORE_FAMILIES];
    bool read_only;
    bool failed;
};
struct rocksdb_options_t {
    bool unused;
};
struct rocksdb_block_based_table_options_t {
    bool unused;
};
struct rocksdb_readoptions_t {
    bool unused;
};
struct rocksdb_writeoptions_t {
    bool synced;
};
struct rocksdb_pinnableslice_t {
    const struct store_entry *entry;
    struct store_entry copy;
};
struct rocksdb_iterator_t {
    const struct store_entry *entries; /* as they were when it was made */
    uint32_t count;
    uint32_t at; /* count: at no entry */
    bool damaged;
};
struct rocksdb_writebatch_t {
    struct store_change *first;
    struct store_change **end;
};

static void *made(size_t size)
{
    void *object = calloc(1, size);
    if (!object)
        abort();
    return object;
}

static char *text_of(const char *text)
{
    char *copy = strdup(text);
    if (!copy)
        abort();
    return copy;
}

static void say_damaged(char **error)
{
    free(*error);
    *error = text_of("Corruption: block checksum mismatch");
}

/* ---- options ---- */

rocksdb_options_t *rocksdb_options_create(void)
{
    return made(sizeof(rocksdb_options_t));
}
void rocksdb_options_destroy(rocksdb_options_t *options)
{
    free(options);
}
#define NO_SETTER(name, type)                                                                                          \
    void name(rocksdb_options_t *options, type value)                                                                  \
    {                                                                                                                  \
        (void)options;                                                                                                 \
        (void)value;                                                                                                   \
    }
NO_SETTER(rocksdb_options_set_atomic_flush, unsigned char)
NO_SETTER(rocksdb_options_set_block_based_table_factory, rocksdb_block_based_table_options_t *)
NO_SETTER(rocksdb_options_set_compression, int)
NO_SETTER(rocksdb_options_set_create_if_missing, unsigned char)
NO_SETTER(rocksdb_options_set_create_missing_column_families, unsigned char)
NO_SETTER(rocksdb_options_set_info_log_level, int)
NO_SETTER(rocksdb_options_set_keep_log_file_num, size_t)
NO_SETTER(rocksdb_options_set_bytes_per_sync, uint64_t)
NO_SETTER(rocksdb_options_set_max_background_jobs, int)
NO_SETTER(rocksdb_options_set_arena_block_size, size_t)
NO_SETTER(rocksdb_options_set_max_open_files, int)
NO_SETTER(rocksdb_options_set_max_total_wal_size, uint64_t)
NO_SETTER(rocksdb_options_set_max_write_buffer_number, int)
NO_SETTER(rocksdb_options_set_paranoid_checks, unsigned char)
NO_SETTER(rocksdb_options_set_wal_recovery_mode, int)
NO_SETTER(rocksdb_options_set_write_buffer_size, size_t)

rocksdb_block_based_table_options_t *rocksdb_block_based_options_create(void)
{
    return made(sizeof(rocksdb_block_based_table_options_t));
}
void rocksdb_block_based_options_destroy(rocksdb_block_based_table_options_t *options)
{
    free(options);
}
void rocksdb_block_based_options_set_no_block_cache(rocksdb_block_based_table_options_t *options, unsigned char no)
{
    (void)options;
    (void)no;
}

rocksdb_readoptions_t *rocksdb_readoptions_create(void)
{
    return made(sizeof(rocksdb_readoptions_t));
}
void rocksdb_readoptions_destroy(rocksdb_readoptions_t *options)
{
    free(options);
}
void rocksdb_readoptions_set_fill_cache(rocksdb_readoptions_t *options, unsigned char value)
{
    (void)options;
    (void)value;
}
void rocksdb_readoptions_set_readahead_size(rocksdb_readoptions_t *options, size_t value)
{
    (void)options;
    (void)value;
}
void rocksdb_readoptions_set_verify_checksums(rocksdb_readoptions_t *options, unsigned char value)
{
    (void)options;
    (void)value;
}
rocksdb_writeoptions_t *rocksdb_writeoptions_create(void)
{
    return made(sizeof(rocksdb_writeoptions_t));
}
void rocksdb_writeoptions_destroy(rocksdb_writeoptions_t *options)
{
    free(options);
}
void rocksdb_writeoptions_set_sync(rocksdb_writeoptions_t *options, unsigned char value)
{
    options->synced = value != 0;
}

/* ---- opening ---- */

void rocksdb_free(void *pointer)
{
    free(pointer);
}

char **rocksdb_list_column_families(const rocksdb_options_t *options, const char *dir, size_t *count, char **error)
{
    static const char *const names[STORE_FAMILIES] = {"default", "rejections", "cursors", "meta", "units"};
    (void)options;
    (void)dir;
    (void)error;
    char **list = made(sizeof *list * STORE_FAMILIES);
    for (int i = 0; i < STORE_FAMILIES; i++)
        list[i] = text_of(names[i]);
    *count = STORE_FAMILIES;
    return list;
}
void rocksdb_list_column_families_destroy(char **list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(list[i]);
    free(list);
}

static rocksdb_t *open_store(bool read_only, int count, rocksdb_column_family_handle_t **handles)
{
    rocksdb_t *store = made(sizeof *store);
    store->read_only = read_only;
    for (int i = 0; i < count; i++) {
        store->families[i].number = i;
        handles[i] = &store->families[i];
    }
    return store;
}

/* The store is there once its file CURRENT is. */
rocksdb_t *rocksdb_open_column_families(const rocksdb_options_t *options, const char *dir, int count,
                                        const char *const *names, const rocksdb_options_t *const *family_options,
                                        rocksdb_column_family_handle_t **handles, char **error)
{
    (void)options;
    (void)names;
    (void)family_options;
    if (!store_make(dir)) {
        *error = text_of("IO error: while creating a file");
        return NULL;
    }
    return open_store(false, count, handles);
}

rocksdb_t *rocksdb_open_for_read_only_column_families(const rocksdb_options_t *options, const char *dir, int count,
                                                      const char *const *names,
                                                      const rocksdb_options_t *const *family_options,
                                                      rocksdb_column_family_handle_t **handles,
                                                      unsigned char error_if_wal_file_exists, char **error)
{
    (void)options;
    (void)dir;
    (void)names;
    (void)family_options;
    (void)error_if_wal_file_exists;
    (void)error;
    return open_store(true, count, handles);
}

void rocksdb_column_family_handle_destroy(rocksdb_column_family_handle_t *family)
{
    (void)family; /* the store's */
}

void rocksdb_cancel_all_background_work(rocksdb_t *store, unsigned char wait)
{
    (void)store;
    (void)wait;
}

void rocksdb_close(rocksdb_t *store)
{
    free(store);
}

/* Backups are not simulated. */
rocksdb_checkpoint_t *rocksdb_checkpoint_object_create(rocksdb_t *store, char **error)
{
    (void)store;
    *error = text_of("Not implemented: a copy of the store");
    return NULL;
}
void rocksdb_checkpoint_create(rocksdb_checkpoint_t *checkpoint, const char *folder, uint64_t log_size, char **error)
{
    (void)checkpoint;
    (void)folder;
    (void)log_size;
    *error = text_of("Not implemented: a copy of the store");
}
void rocksdb_checkpoint_object_destroy(rocksdb_checkpoint_t *checkpoint)
{
    (void)checkpoint;
}

/* ---- reading ---- */

rocksdb_pinnableslice_t *rocksdb_get_pinned_cf(rocksdb_t *store, const rocksdb_readoptions_t *options,
                                               rocksdb_column_family_handle_t *handle, const char *key, size_t size,
                                               char **error)
{
    (void)store;
    (void)options;
    const struct store_family *family = &disk_store()->families[handle->number];
    const uint32_t at = store_find(family, key, size);
    if (at == family->count || family->entries[at].key_size != size || memcmp(family->entries[at].key, key, size) != 0)
        return NULL;
    if (family->entries[at].unreadable) {
        say_damaged(error);
        return NULL;
    }
    rocksdb_pinnableslice_t *slice = made(sizeof *slice);
    slice->copy = family->entries[at];
    return slice;
}
void rocksdb_batched_multi_get_cf(rocksdb_t *store, const rocksdb_readoptions_t *options,
                                  rocksdb_column_family_handle_t *handle, size_t count, const char *const *keys,
                                  const size_t *sizes, rocksdb_pinnableslice_t **slices, char **errors,
                                  const bool sorted)
{
    (void)sorted;
    for (size_t i = 0; i < count; i++) {
        errors[i] = NULL;
        slices[i] = rocksdb_get_pinned_cf(store, options, handle, keys[i], sizes[i], &errors[i]);
    }
}
void rocksdb_pinnableslice_destroy(rocksdb_pinnableslice_t *slice)
{
    free(slice);
}
const char *rocksdb_pinnableslice_value(const rocksdb_pinnableslice_t *slice, size_t *size)
{
    *size = slice->copy.value_size;
    return (const char *)slice->copy.value;
}

rocksdb_iterator_t *rocksdb_create_iterator_cf(rocksdb_t *store, const rocksdb_readoptions_t *options,
                                               rocksdb_column_family_handle_t *handle)
{
    (void)store;
    (void)options;
    const struct store_family *family = &disk_store()->families[handle->number];
    rocksdb_iterator_t *iterator = made(sizeof *iterator);
    *iterator = (rocksdb_iterator_t){.entries = family->entries, .count = family->count, .at = family->count};
    return iterator;
}
void rocksdb_iter_destroy(rocksdb_iterator_t *iterator)
{
    free(iterator);
}

static void stand_at(rocksdb_iterator_t *iterator, uint32_t at)
{
    iterator->at = at < iterator->count ? at : iterator->count;
    if (iterator->at < iterator->count && iterator->entries[iterator->at].unreadable) {
        iterator->damaged = true;
        iterator->at = iterator->count;
    }
}
void rocksdb_iter_seek_to_first(rocksdb_iterator_t *iterator)
{
    stand_at(iterator, 0);
}
void rocksdb_iter_seek(rocksdb_iterator_t *iterator, const char *key, size_t size)
{
    const struct store_family family = {.entries = (struct store_entry *)iterator->entries, .count = iterator->count};
    stand_at(iterator, store_find(&family, key, size));
}
void rocksdb_iter_seek_for_prev(rocksdb_iterator_t *iterator, const char *key, size_t size)
{
    const struct store_family family = {.entries = (struct store_entry *)iterator->entries, .count = iterator->count};
    const uint32_t at = store_find(&family, key, size);
    const bool same =
        at < family.count && family.entries[at].key_size == size && memcmp(family.entries[at].key, key, size) == 0;
    stand_at(iterator, same ? at : at == 0 ? iterator->count : at - 1);
}
void rocksdb_iter_next(rocksdb_iterator_t *iterator)
{
    stand_at(iterator, iterator->at + 1);
}
unsigned char rocksdb_iter_valid(const rocksdb_iterator_t *iterator)
{
    return iterator->at < iterator->count;
}
const char *rocksdb_iter_key(const rocksdb_iterator_t *iterator, size_t *size)
{
    *size = iterator->entries[iterator->at].key_size;
    return (const char *)iterator->entries[iterator->at].key;
}
const char *rocksdb_iter_value(const rocksdb_iterator_t *iterator, size_t *size)
{
    *size = iterator->entries[iterator->at].value_size;
    return (const char *)iterator->entries[iterator->at].value;
}
void rocksdb_iter_get_error(const rocksdb_iterator_t *iterator, char **error)
{
    if (iterator->damaged)
        say_damaged(error);
}

/* ---- writing ---- */

rocksdb_writebatch_t *rocksdb_writebatch_create(void)
{
    rocksdb_writebatch_t *batch = made(sizeof *batch);
    batch->end = &batch->first;
    return batch;
}
void rocksdb_writebatch_destroy(rocksdb_writebatch_t *batch)
{
    free(batch);
}
void rocksdb_writebatch_clear(rocksdb_writebatch_t *batch)
{
    batch->first = NULL;
    batch->end = &batch->first;
}

static void add(rocksdb_writebatch_t *batch, int family, bool removes, const char *key, size_t key_size,
                const char *value, size_t value_size)
{
    struct store_change *change = disk_take(sizeof *change);
    uint8_t *bytes = disk_take(key_size + value_size + 1);
    memcpy(bytes, key, key_size);
    if (value_size > 0)
        memcpy(bytes + key_size, value, value_size);
    *change = (struct store_change){.family = family,
                                    .removes = removes,
                                    .entry = {.key = bytes,
                                              .value = bytes + key_size,
                                              .key_size = (uint32_t)key_size,
                                              .value_size = (uint32_t)value_size}};
    *batch->end = change;
    batch->end = &change->next;
}
void rocksdb_writebatch_put_cf(rocksdb_writebatch_t *batch, rocksdb_column_family_handle_t *family, const char *key,
                               size_t key_size, const char *value, size_t value_size)
{
    add(batch, family->number, false, key, key_size, value, value_size);
}
void rocksdb_writebatch_delete_cf(rocksdb_writebatch_t *batch, rocksdb_column_family_handle_t *family, const char *key,
                                  size_t key_size)
{
    add(batch, family->number, true, key, key_size, NULL, 0);
}

static void fail_write(rocksdb_t *store, char **error)
{
    store->failed = true;
    *error = text_of(errno == ENOSPC ? "IO error: No space left on device: While appending to file"
                                     : "IO error: While fdatasync: Input/output error");
}

/* A real one would be in its journal first and then, once that is synced, visible. */
void rocksdb_write(rocksdb_t *store, const rocksdb_writeoptions_t *options, rocksdb_writebatch_t *batch, char **error)
{
    struct store_image *image = disk_store();
    if (store->failed) {
        *error = text_of("IO error: a write failed before");
        return;
    }
    if (!disk_call(CALL_WRITE)) {
        fail_write(store, error);
        return;
    }
    image->pending = batch->first;
    if (options->synced && !disk_call(CALL_SYNC)) {
        image->doubtful = true;
        fail_write(store, error);
        return;
    }
    image->pending = NULL;
    if (options->synced)
        image->unsynced = false;
    else
        store_begin_unsynced(image);
    for (const struct store_change *change = batch->first; change; change = change->next)
        store_apply(image, change);
}
