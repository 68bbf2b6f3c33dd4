/* RocksDB opened our way, and its objects freed at the end of a scope. */
#ifndef HUB_LOG_ROCKS_H
#define HUB_LOG_ROCKS_H

#include <rocksdb/c.h>
#include <stdbool.h>
#include <stdint.h>

#include "fault.h"

enum rocks_family { FAMILY_BLOCKS, FAMILY_REJECTIONS, FAMILY_CURSORS, FAMILY_META, FAMILY_UNITS };
#define FAMILY_COUNT 5

struct rocks {
    rocksdb_t *db;
    rocksdb_options_t *options;
    rocksdb_options_t *uncached;                            /* the same without the store's cache: of FAMILY_BLOCKS */
    rocksdb_column_family_handle_t *families[FAMILY_COUNT]; /* FAMILY_UNITS is NULL in an older store, read only */
    rocksdb_readoptions_t *reading;
    rocksdb_readoptions_t *reading_past; /* past the store's cache: what is read on the way and not soon again */
    rocksdb_writeoptions_t *durable;     /* each write is synced before it returns */
};

enum rocks_mode {
    ROCKS_CREATE, /* or open */
    ROCKS_OPEN,
    ROCKS_READ_ONLY, /* leaves every file as it is */
    ROCKS_AS_IT_IS,  /* the same, and where its journal is damaged the store ends there instead of being refused */
};
/* Opens the store. FAULT_DAMAGED where RocksDB finds corruption or misses files of a store that it does not create,
 * FAULT_USAGE while another process has it open. */
MUST_CHECK bool rocks_open(const char *dir, enum rocks_mode mode, struct rocks *rocks, struct fault *fault);
void rocks_close(struct rocks *rocks);
/* Turns RocksDB's error text into a fault: damage, a full disk, or a failure of the system. */
bool rocks_fault(const char *what, const char *error, struct fault *fault);

void rocks_error_free(char **error);
void rocks_slice_destroy(rocksdb_pinnableslice_t **slice);
void rocks_iterator_destroy(rocksdb_iterator_t **iterator);
void rocks_batch_destroy(rocksdb_writebatch_t **batch);

/* Numbers as keys: big-endian, so that they sort. */
static inline void rocks_number_key(uint64_t number, uint8_t key[static 8])
{
    for (int i = 0; i < 8; i++)
        key[i] = (uint8_t)(number >> (56 - 8 * i));
}
static inline uint64_t rocks_key_number(const uint8_t *key)
{
    uint64_t number = 0;
    for (int i = 0; i < 8; i++)
        number = number << 8 | key[i];
    return number;
}

#endif
