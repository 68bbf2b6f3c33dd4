/* Which events of a file have an identity that another of its rows gives too: both rows are rejected, so all rows are
 * looked through before the first is taken. */
#ifndef SANLING_DOUBLED_KEYS_H
#define SANLING_DOUBLED_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { KEY_HASH_SIZE = 16 };

/* Where an event's identity stands. Hashes of 128 bits do not meet by accident. */
struct key_place {
    uint8_t hash[KEY_HASH_SIZE];
    uint64_t row;
};

/* Empty when zeroed. */
struct doubled_keys {
    struct key_place *places; /* sorted once closed; then only those that are there twice */
    size_t count;
    size_t capacity;
};

/* false: memory ran out. */
bool doubled_keys_add(struct doubled_keys *keys, const char *key, const char *identity, uint64_t row);
/* All rows were added: what is there once is forgotten. */
void doubled_keys_close(struct doubled_keys *keys);
/* Another row with this identity; 0: there is none. Once closed. */
uint64_t doubled_keys_other(const struct doubled_keys *keys, const char *key, const char *identity, uint64_t row);
void doubled_keys_clear(struct doubled_keys *keys);

#endif
