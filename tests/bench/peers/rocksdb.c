/* RocksDB as the hub opens it, without the hub: blocks of events as values under growing numbers, each write synced
 * before the next. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "block.h"
#include "measure.h"
#include "peers.h"
#include "rocks.h"

static int put_all(struct rocks *rocks, const struct peers_options *options, const struct mix *mix, uint8_t *room)
{
    CLEANUP(rocks_error_free) char *error = NULL;
    uint8_t key[8];
    const int64_t start_us = measure_now_us();
    for (size_t first = 0; first < mix->count; first += options->block) {
        const size_t count = block_count(mix, first, options->block);
        block_pack(mix, first, count, room);
        rocks_number_key(mix->first + first, key);
        rocksdb_put_cf(rocks->db, rocks->durable, rocks->families[FAMILY_BLOCKS], (const char *)key, sizeof key,
                       (const char *)room, block_size(mix, first, count), &error);
        if (error)
            return peers_fail("%s", error);
    }
    peers_tell_rate(mix, start_us);
    return 0;
}

/* All events are there, by their blocks' own sizes. */
static int look(struct rocks *rocks, const struct mix *mix)
{
    CLEANUP(rocks_iterator_destroy)
    rocksdb_iterator_t *iterator =
        rocksdb_create_iterator_cf(rocks->db, rocks->reading, rocks->families[FAMILY_BLOCKS]);
    CLEANUP(rocks_error_free) char *error = NULL;
    uint64_t events = 0;
    uint64_t bytes = 0;
    for (rocksdb_iter_seek_to_first(iterator); rocksdb_iter_valid(iterator); rocksdb_iter_next(iterator)) {
        size_t size;
        const char *value = rocksdb_iter_value(iterator, &size);
        if (!block_read((const uint8_t *)value, size, &events, &bytes))
            return peers_fail("a block is cut");
    }
    rocksdb_iter_get_error(iterator, &error);
    if (error)
        return peers_fail("%s", error);
    if (events != mix->count || bytes != mix->bytes_size)
        return peers_fail("%llu events are stored of %zu", (unsigned long long)events, mix->count);
    return 0;
}

static bool destroy(const char *path)
{
    CLEANUP(rocks_error_free) char *error = NULL;
    rocksdb_options_t *plain = rocksdb_options_create();
    rocksdb_destroy_db(plain, path, &error);
    rocksdb_options_destroy(plain);
    if (error)
        peers_fail("%s: %s", path, error);
    return !error;
}

int run_rocksdb(const struct peers_options *options)
{
    char path[PATH_MAX];
    struct rocks rocks;
    struct fault fault;
    if (!options->dir)
        return peers_fail("rocksdb wants --dir");
    snprintf(path, sizeof path, "%s/rocksdb-bench", options->dir);
    if (!destroy(path))
        return 1;
    if (!rocks_open(path, ROCKS_CREATE, &rocks, &fault))
        return peers_fail("%s", fault.text);
    struct mix mix;
    peers_make_events(options, &mix);
    uint8_t *room = block_room(&mix, options->block);
    int status = put_all(&rocks, options, &mix, room);
    if (status == 0)
        status = look(&rocks, &mix);
    free(room);
    mix_clear(&mix);
    rocks_close(&rocks);
    return destroy(path) ? status : 1;
}
