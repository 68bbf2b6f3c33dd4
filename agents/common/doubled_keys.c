#include "doubled_keys.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static void hash_key(const char *key, const char *identity, uint8_t hash[static KEY_HASH_SIZE])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, KEY_HASH_SIZE);
    crypto_generichash_update(&state, (const uint8_t *)key, strlen(key) + 1);
    crypto_generichash_update(&state, (const uint8_t *)identity, strlen(identity));
    crypto_generichash_final(&state, hash, KEY_HASH_SIZE);
}

bool doubled_keys_add(struct doubled_keys *keys, const char *key, const char *identity, uint64_t row)
{
    if (keys->count == keys->capacity) {
        const size_t capacity = keys->capacity == 0 ? 1024 : keys->capacity * 2;
        struct key_place *places = realloc(keys->places, capacity * sizeof *places);
        if (places == NULL)
            return false;
        keys->places = places;
        keys->capacity = capacity;
    }
    struct key_place *place = &keys->places[keys->count++];
    hash_key(key, identity, place->hash);
    place->row = row;
    return true;
}

static int compare_hashes(const void *a, const void *b)
{
    return memcmp(((const struct key_place *)a)->hash, ((const struct key_place *)b)->hash, KEY_HASH_SIZE);
}

static int compare_places(const void *a, const void *b)
{
    const struct key_place *first = a;
    const struct key_place *second = b;
    const int by_hash = compare_hashes(a, b);
    return by_hash != 0 ? by_hash : first->row < second->row ? -1 : first->row > second->row;
}

void doubled_keys_close(struct doubled_keys *keys)
{
    if (keys->count == 0)
        return;
    struct key_place *places = keys->places;
    qsort(places, keys->count, sizeof *places, compare_places);
    size_t kept = 0;
    for (size_t start = 0; start < keys->count;) {
        size_t end = start + 1;
        while (end < keys->count && compare_hashes(&places[start], &places[end]) == 0)
            end++;
        for (size_t i = start; end - start > 1 && i < end; i++)
            places[kept++] = places[i];
        start = end;
    }
    keys->count = kept;
}

uint64_t doubled_keys_other(const struct doubled_keys *keys, const char *key, const char *identity, uint64_t row)
{
    if (keys->count == 0)
        return 0;
    struct key_place wanted = {0};
    hash_key(key, identity, wanted.hash);
    const struct key_place *found = bsearch(&wanted, keys->places, keys->count, sizeof wanted, compare_hashes);
    if (found == NULL)
        return 0;
    while (found > keys->places && compare_hashes(found - 1, &wanted) == 0)
        found--;
    return found->row != row ? found->row : found[1].row;
}

void doubled_keys_clear(struct doubled_keys *keys)
{
    free(keys->places);
    *keys = (struct doubled_keys){0};
}
