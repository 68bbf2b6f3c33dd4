#include "read_ahead.h"

#include <stdlib.h>

enum {
    IN_A_ROW = 8,  /* looked up first: whoever follows the end of the log reads no more at once, mostly */
    AT_ONCE = 4096 /* of one moment: the store's old files go when so many were read */
};

struct read_ahead {
    const struct rocks *rocks;
    rocksdb_column_family_handle_t *family;
    rocksdb_iterator_t *iterator; /* NULL: it rests */
    uint32_t in_a_row;
    uint32_t taken; /* of this moment */
};

struct read_ahead *read_ahead_open(const struct rocks *rocks, enum rocks_family family)
{
    struct read_ahead *ahead = calloc(1, sizeof *ahead);
    if (!ahead)
        abort();
    ahead->rocks = rocks;
    ahead->family = rocks->families[family];
    return ahead;
}

void read_ahead_close(struct read_ahead **ahead)
{
    if (!*ahead)
        return;
    read_ahead_rest(*ahead);
    free(*ahead);
    *ahead = NULL;
}

void read_ahead_rest(struct read_ahead *ahead)
{
    rocks_iterator_destroy(&ahead->iterator);
    ahead->in_a_row = 0;
    ahead->taken = 0;
}

bool read_ahead_rests(const struct read_ahead *ahead)
{
    return !ahead->iterator;
}

static void go_to(struct read_ahead *ahead, uint64_t number)
{
    uint8_t key[8];
    if (ahead->taken++ == AT_ONCE) {
        rocks_iterator_destroy(&ahead->iterator);
        ahead->taken = 0;
    }
    if (ahead->iterator) {
        rocksdb_iter_next(ahead->iterator);
        return;
    }
    ahead->iterator = rocksdb_create_iterator_cf(ahead->rocks->db, ahead->rocks->reading_past, ahead->family);
    rocks_number_key(number, key);
    rocksdb_iter_seek(ahead->iterator, (const char *)key, sizeof key);
}

static bool stands_at(const struct read_ahead *ahead, uint64_t number)
{
    size_t size;
    if (!rocksdb_iter_valid(ahead->iterator))
        return false;
    const uint8_t *key = (const uint8_t *)rocksdb_iter_key(ahead->iterator, &size);
    return size == 8 && rocks_key_number(key) == number;
}

bool read_ahead_next(struct read_ahead *ahead, uint64_t key, const char **value, size_t *size, struct fault *fault)
{
    CLEANUP(rocks_error_free) char *error = NULL;
    *value = NULL;
    if (ahead->in_a_row < IN_A_ROW) {
        ahead->in_a_row++;
        return true;
    }
    go_to(ahead, key);
    if (stands_at(ahead, key)) {
        *value = rocksdb_iter_value(ahead->iterator, size);
        return true;
    }
    rocksdb_iter_get_error(ahead->iterator, &error); /* else damage would read as the end of the data */
    read_ahead_rest(ahead);
    return !error || rocks_fault("log", error, fault);
}
