#include "doubled_keys.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(MAPPING_EVENTS_MAX <= 32, "each has its bit");
_Static_assert(KEY_HASH_SIZE == crypto_shorthash_siphashx24_BYTES, "SipHash of 128 bits");

uint32_t doubled_keys_bit(const struct mapping *mapping, const struct mapping_event *event)
{
    size_t first = 0;
    while (strcmp(mapping->events[first].type, event->type) != 0 ||
           strcmp(mapping->events[first].part, event->part) != 0)
        first++;
    return UINT32_C(1) << first;
}

void doubled_keys_hash(const char *key, uint8_t hash[static KEY_HASH_SIZE])
{
    static const uint8_t no_secret[crypto_shorthash_siphashx24_KEYBYTES] = {0}; /* hashes are kept and compared later */
    crypto_shorthash_siphashx24(hash, (const uint8_t *)key, strlen(key), no_secret);
}

bool doubled_keys_add(struct doubled_keys *keys, const char *key, uint32_t identities, uint64_t row)
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
    doubled_keys_hash(key, place->hash);
    place->row = (uint32_t)row; /* a file of SOURCE_FILE_BYTES_MAX has fewer lines */
    place->identities = identities;
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

/* Keeps of the rows of one key the first two that give each identity: of any row the other one is among them. So a key
 * that stands in every row of a file costs no more than one that stands in two. */
static size_t keep_first_two(struct key_place *kept, const struct key_place *places, size_t count)
{
    uint32_t once = 0;
    uint32_t twice = 0;
    size_t size = 0;
    for (size_t i = 0; i < count; i++) {
        const struct key_place place = places[i]; /* `kept` may be where it stands */
        if ((place.identities & ~twice) != 0)
            kept[size++] = place;
        twice |= once & place.identities;
        once |= place.identities;
    }
    return size;
}

bool doubled_keys_close(struct doubled_keys *keys, uint8_t (**hashes)[KEY_HASH_SIZE], size_t *count)
{
    struct key_place *places = keys->places;
    *count = 0;
    *hashes = malloc(keys->count * KEY_HASH_SIZE + 1);
    if (*hashes == NULL)
        return false;
    if (keys->count > 0)
        qsort(places, keys->count, sizeof *places, compare_places);
    size_t kept = 0;
    for (size_t start = 0; start < keys->count;) {
        size_t end = start + 1;
        while (end < keys->count && compare_hashes(&places[start], &places[end]) == 0)
            end++;
        memcpy((*hashes)[(*count)++], places[start].hash, KEY_HASH_SIZE);
        if (end - start > 1)
            kept += keep_first_two(&places[kept], &places[start], end - start);
        start = end;
    }
    keys->count = kept;
    if (kept == 0)
        doubled_keys_clear(keys);
    return true;
}

uint64_t doubled_keys_other(const struct doubled_keys *keys, const char *key, uint32_t identity, uint64_t row)
{
    if (keys->count == 0)
        return 0;
    struct key_place wanted = {0};
    doubled_keys_hash(key, wanted.hash);
    const struct key_place *found = bsearch(&wanted, keys->places, keys->count, sizeof wanted, compare_hashes);
    if (found == NULL)
        return 0;
    while (found > keys->places && compare_hashes(found - 1, &wanted) == 0)
        found--;
    for (; found < keys->places + keys->count && compare_hashes(found, &wanted) == 0; found++)
        if (found->row != row && (found->identities & identity) != 0)
            return found->row;
    return 0;
}

void doubled_keys_clear(struct doubled_keys *keys)
{
    free(keys->places);
    *keys = (struct doubled_keys){0};
}
