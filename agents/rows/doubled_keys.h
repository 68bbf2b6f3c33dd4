/* The keys of a file's rows: which events have an identity that another row gives too, so that both are rejected, and
 * which rows a register has, to compare its versions. All rows are looked through before the first is taken. */
#ifndef SANLING_DOUBLED_KEYS_H
#define SANLING_DOUBLED_KEYS_H

#include "mapping.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { KEY_HASH_SIZE = 16 };

/* Where a row's key stands, and which identities the row gives it. Hashes of 128 bits do not meet by accident. */
struct key_place {
    uint8_t hash[KEY_HASH_SIZE];
    uint32_t row;
    uint32_t identities; /* a bit for each of the mapping's events */
};

/* Empty when zeroed. */
struct doubled_keys {
    struct key_place *places; /* sorted once closed; then of those that are there twice at most 64 rows a key */
    size_t count;
    size_t capacity;
};

/* The bit of an event's identity: events of one type and part have the same. */
uint32_t doubled_keys_bit(const struct mapping *mapping, const struct mapping_event *event);
void doubled_keys_hash(const char *key, uint8_t hash[static KEY_HASH_SIZE]);
/* false: memory ran out. */
bool doubled_keys_add(struct doubled_keys *keys, const char *key, uint32_t identities, uint64_t row);
/* All rows were added: what is there once is forgotten. *hashes gets all keys' hashes, sorted, each once, malloc'ed and
 * `*count` in number. false: memory ran out. */
bool doubled_keys_close(struct doubled_keys *keys, uint8_t (**hashes)[KEY_HASH_SIZE], size_t *count);
/* Another row with this key and identity; 0: there is none. Once closed. */
uint64_t doubled_keys_other(const struct doubled_keys *keys, const char *key, uint32_t identity, uint64_t row);
void doubled_keys_clear(struct doubled_keys *keys);

#endif
