#include "unit_index.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    CHUNK_SIZE = 4096, /* about what the store reads at once; a chunk that has it is ended behind a unit */
    BLOCKS_KEY = -1,   /* in place of a unit, behind all of them: where blocks begin, as a list */
    LISTED_MAX = CHUNK_SIZE / 8 + 1,
    DIGIT_BITS = 16,   /* of a unit's ordinal, sorted at a time */
    STEP_SIZE_MAX = 3, /* a varint below 2^17 */
    LISTS_SIZE_MAX = CHUNK_SIZE + UNIT_SEGMENT * STEP_SIZE_MAX,
    WORD_BITS = 64,
};

struct listed_unit {
    uint32_t unit;
    uint32_t end; /* of its list, from the first one's start */
};

_Static_assert(sizeof(struct listed_unit) == 8, "on disk");

struct unit_index {
    uint64_t segment;
    uint32_t count;
    uint32_t units[UNIT_SEGMENT]; /* by place in the segment */
    uint32_t block_count;
    uint32_t blocks[UNIT_SEGMENT];    /* places where one begins */
    uint32_t places[2][UNIT_SEGMENT]; /* sorted by unit; before the second digit, by the first */
    uint32_t starts[1 << DIGIT_BITS]; /* where the places of a digit go */
    /* The chunk being made. */
    uint32_t listed_count;
    uint32_t lists_size;
    struct listed_unit listed[LISTED_MAX];
    uint8_t lists[LISTS_SIZE_MAX];
    uint8_t value[sizeof(uint32_t) + LISTED_MAX * sizeof(struct listed_unit) + LISTS_SIZE_MAX];
};

struct unit_index *unit_index_open(void)
{
    struct unit_index *index = calloc(1, sizeof *index);
    if (!index)
        abort();
    return index;
}

void unit_index_close(struct unit_index **index)
{
    free(*index);
    *index = NULL;
}

void unit_index_begin(struct unit_index *index, uint64_t segment)
{
    index->segment = segment;
    index->count = 0;
    index->block_count = 0;
}

bool unit_index_add(struct unit_index *index, uint32_t unit, bool begins_block)
{
    assert(index->count < UNIT_SEGMENT);
    if (begins_block)
        index->blocks[index->block_count++] = index->count;
    index->units[index->count++] = unit;
    return index->count == UNIT_SEGMENT;
}

static uint32_t digit_of(uint32_t unit, unsigned shift)
{
    return unit >> shift & ((1u << DIGIT_BITS) - 1);
}

/* Sorts places by one digit of their unit; those of the same digit stay in their order. `from` NULL: all in theirs. */
static void sort_by_digit(struct unit_index *index, unsigned shift, const uint32_t *from, uint32_t *to)
{
    memset(index->starts, 0, sizeof index->starts);
    for (uint32_t i = 0; i < UNIT_SEGMENT; i++)
        index->starts[digit_of(index->units[i], shift)]++;
    uint32_t start = 0;
    for (uint32_t digit = 0; digit < 1u << DIGIT_BITS; digit++) {
        const uint32_t size = index->starts[digit];
        index->starts[digit] = start;
        start += size;
    }
    for (uint32_t i = 0; i < UNIT_SEGMENT; i++) {
        const uint32_t place = from ? from[i] : i;
        to[index->starts[digit_of(index->units[place], shift)]++] = place;
    }
}

/* The places of a complete segment, by unit and then as they come. */
static const uint32_t *sort_places(struct unit_index *index)
{
    uint32_t all = 0;
    for (uint32_t i = 0; i < UNIT_SEGMENT; i++)
        all |= index->units[i];
    sort_by_digit(index, 0, NULL, index->places[0]);
    if (all >> DIGIT_BITS == 0)
        return index->places[0];
    sort_by_digit(index, DIGIT_BITS, index->places[0], index->places[1]);
    return index->places[1];
}

static void make_key(uint64_t segment, uint32_t unit, uint8_t key[static UNIT_KEY_SIZE])
{
    rocks_number_key(segment << 32 | unit, key);
}

static void put_chunk(struct unit_index *index, uint32_t first_unit, unit_index_put *put, void *context)
{
    uint8_t key[UNIT_KEY_SIZE];
    uint8_t *at = index->value;
    const size_t directory_size = index->listed_count * sizeof *index->listed;
    make_key(index->segment, first_unit, key);
    memcpy(at, &index->listed_count, sizeof index->listed_count);
    at += sizeof index->listed_count;
    memcpy(at, index->listed, directory_size);
    memcpy(at + directory_size, index->lists, index->lists_size);
    put(key, index->value, sizeof index->listed_count + directory_size + index->lists_size, context);
    index->listed_count = 0;
    index->lists_size = 0;
}

/* Writes a list: the steps from place to place, the first from the segment's start. Returns its end. */
static uint8_t *write_list(uint8_t *at, const uint32_t *places, uint32_t count)
{
    uint32_t before = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t step = places[i] - before;
        for (; step >= 0x80; step >>= 7)
            *at++ = (uint8_t)(step | 0x80);
        *at++ = (uint8_t)step;
        before = places[i];
    }
    return at;
}

static void list_unit(struct unit_index *index, uint32_t unit, const uint32_t *places, uint32_t count)
{
    index->lists_size = (uint32_t)(write_list(index->lists + index->lists_size, places, count) - index->lists);
    index->listed[index->listed_count++] = (struct listed_unit){.unit = unit, .end = index->lists_size};
}

static void put_blocks(struct unit_index *index, unit_index_put *put, void *context)
{
    uint8_t key[UNIT_KEY_SIZE];
    make_key(index->segment, (uint32_t)BLOCKS_KEY, key);
    const uint8_t *end = write_list(index->value, index->blocks, index->block_count);
    put(key, index->value, (size_t)(end - index->value), context);
}

static void put_chunks(struct unit_index *index, unit_index_put *put, void *context)
{
    const uint32_t *places = sort_places(index);
    uint32_t first_unit = 0; /* whoever looks for a unit below the least finds the segment */
    for (uint32_t i = 0; i < UNIT_SEGMENT;) {
        const uint32_t unit = index->units[places[i]];
        uint32_t end = i + 1;
        while (end < UNIT_SEGMENT && index->units[places[end]] == unit)
            end++;
        if (index->listed_count * sizeof *index->listed + index->lists_size >= CHUNK_SIZE) {
            put_chunk(index, first_unit, put, context);
            first_unit = unit;
        }
        list_unit(index, unit, places + i, end - i);
        i = end;
    }
    put_chunk(index, first_unit, put, context);
}

void unit_index_complete(struct unit_index *index, unit_index_put *put, void *context)
{
    assert(index->count == UNIT_SEGMENT);
    if (put) {
        put_chunks(index, put, context);
        put_blocks(index, put, context);
    }
    unit_index_begin(index, index->segment + 1);
}

/* ---- looking up ---- */

static bool is_wanted(const uint64_t *units, uint32_t unit_count, uint32_t unit)
{
    return unit < unit_count && (units[unit / WORD_BITS] >> (unit % WORD_BITS) & 1);
}

/* The first bit that is set at `from` or behind it; `count` if there is none. */
static uint32_t next_bit(const uint64_t *bits, uint32_t count, uint32_t from)
{
    if (from >= count)
        return count;
    uint32_t word = from / WORD_BITS;
    uint64_t left = bits[word] & UINT64_MAX << (from % WORD_BITS);
    while (left == 0) {
        if (++word > (count - 1) / WORD_BITS)
            return count;
        left = bits[word];
    }
    const uint32_t found = word * WORD_BITS + (uint32_t)__builtin_ctzll(left);
    return found < count ? found : count;
}

/* A step between places; 0 bytes are read where there is none. */
static inline size_t read_step(const uint8_t *at, size_t left, uint32_t *step)
{
    _Static_assert(STEP_SIZE_MAX == 3, "as are looked at here");
    *step = at[0] & 0x7fu;
    if (at[0] < 0x80)
        return 1;
    if (left < 2)
        return 0;
    *step |= (at[1] & 0x7fu) << 7;
    if (at[1] < 0x80)
        return 2;
    if (left < 3 || at[2] >= 0x80)
        return 0;
    *step |= (uint32_t)at[2] << 14;
    return 3;
}

/* Sets the bits of a list's places. false: it is none. */
static bool take_list(const uint8_t *at, const uint8_t *end, uint64_t bits[static UNIT_SEGMENT / WORD_BITS])
{
    uint32_t place = 0;
    while (at < end) {
        uint32_t step;
        const size_t size = read_step(at, (size_t)(end - at), &step);
        place += step;
        if (size == 0 || place >= UNIT_SEGMENT)
            return false;
        bits[place / WORD_BITS] |= UINT64_C(1) << (place % WORD_BITS);
        at += size;
    }
    return true;
}

/* A chunk as it lies in the store. */
struct chunk {
    uint32_t count;
    const uint8_t *listed;
    const uint8_t *lists;
    size_t lists_size;
};

static bool open_chunk(const uint8_t *value, size_t size, struct chunk *chunk)
{
    if (size < sizeof chunk->count)
        return false;
    memcpy(&chunk->count, value, sizeof chunk->count);
    const size_t left = size - sizeof chunk->count;
    if (chunk->count == 0 || chunk->count > left / sizeof(struct listed_unit))
        return false;
    chunk->listed = value + sizeof chunk->count;
    chunk->lists = chunk->listed + chunk->count * sizeof(struct listed_unit);
    chunk->lists_size = left - chunk->count * sizeof(struct listed_unit);
    return true;
}

/* Takes what the chunk has of the units; *last is its last one. false: it is no chunk. */
static bool take_chunk(const uint8_t *value, size_t size, const uint64_t *units, uint32_t unit_count,
                       struct unit_hits *hits, uint32_t *last)
{
    struct chunk chunk;
    struct listed_unit listed;
    uint32_t start = 0;
    if (!open_chunk(value, size, &chunk))
        return false;
    for (uint32_t i = 0; i < chunk.count; i++) {
        memcpy(&listed, chunk.listed + i * sizeof listed, sizeof listed);
        if (listed.end <= start || listed.end > chunk.lists_size || (i > 0 && listed.unit <= *last))
            return false;
        if (is_wanted(units, unit_count, listed.unit) &&
            !take_list(chunk.lists + start, chunk.lists + listed.end, hits->bits))
            return false;
        start = listed.end;
        *last = listed.unit;
    }
    return start == chunk.lists_size;
}

/* Whether the iterator stands at a chunk of the segment; then *first_unit is the one in its key. */
static bool at_chunk(const rocksdb_iterator_t *iterator, uint64_t segment, uint32_t *first_unit)
{
    size_t size;
    if (!rocksdb_iter_valid(iterator))
        return false;
    const uint8_t *key = (const uint8_t *)rocksdb_iter_key(iterator, &size);
    if (size != UNIT_KEY_SIZE || rocks_key_number(key) >> 32 != segment)
        return false;
    *first_unit = (uint32_t)rocks_key_number(key);
    return true;
}

/* Goes to the chunk in which the unit is, if it is in any of the segment. */
static bool seek_chunk(rocksdb_iterator_t *iterator, uint64_t segment, uint32_t unit)
{
    uint8_t key[UNIT_KEY_SIZE];
    uint32_t first_unit;
    make_key(segment, unit, key);
    rocksdb_iter_seek_for_prev(iterator, (const char *)key, sizeof key);
    return at_chunk(iterator, segment, &first_unit);
}

/* Takes what the segment has of the units, chunk by chunk in which one of them may be. */
static bool take_chunks(rocksdb_iterator_t *iterator, const uint64_t *units, uint32_t unit_count,
                        struct unit_hits *hits)
{
    uint32_t unit = next_bit(units, unit_count, 0);
    while (seek_chunk(iterator, hits->segment, unit)) {
        size_t size;
        const uint8_t *value = (const uint8_t *)rocksdb_iter_value(iterator, &size);
        uint32_t last = 0;
        uint32_t next_first;
        hits->indexed = true;
        if (!take_chunk(value, size, units, unit_count, hits, &last))
            return false;
        if (next_bit(units, unit_count, last + 1) >= unit_count)
            break;
        rocksdb_iter_next(iterator);
        if (!at_chunk(iterator, hits->segment, &next_first))
            break;
        if (next_first <= last)
            return false;
        unit = next_bit(units, unit_count, next_first);
        if (unit >= unit_count)
            break;
    }
    return true;
}

static bool damaged(uint64_t segment, struct fault *fault)
{
    return fault_set(fault, FAULT_DAMAGED,
                     "log: the index of units before position %llu is not what its records say; restore a backup",
                     (unsigned long long)unit_segment_last(segment));
}

/* Where blocks begin, in a segment that has an index. */
static bool take_blocks(const struct rocks *rocks, struct unit_hits *hits, struct fault *fault)
{
    uint8_t key[UNIT_KEY_SIZE];
    size_t size = 0;
    CLEANUP(rocks_error_free) char *error = NULL;
    make_key(hits->segment, (uint32_t)BLOCKS_KEY, key);
    CLEANUP(rocks_slice_destroy)
    rocksdb_pinnableslice_t *slice = rocksdb_get_pinned_cf(rocks->db, rocks->reading, rocks->families[FAMILY_UNITS],
                                                           (const char *)key, sizeof key, &error);
    if (error)
        return rocks_fault("log: index of units", error, fault);
    const uint8_t *value = slice ? (const uint8_t *)rocksdb_pinnableslice_value(slice, &size) : NULL;
    return (value && take_list(value, value + size, hits->blocks)) || damaged(hits->segment, fault);
}

struct comparing {
    rocksdb_iterator_t *iterator; /* at the next chunk */
    uint64_t segment;
    bool same;
};

static void compare_chunk(const uint8_t key[static UNIT_KEY_SIZE], const uint8_t *value, size_t size, void *context)
{
    struct comparing *comparing = context;
    uint32_t first_unit;
    comparing->same = comparing->same && at_chunk(comparing->iterator, comparing->segment, &first_unit);
    if (!comparing->same)
        return;
    size_t stored_size;
    const char *stored = rocksdb_iter_value(comparing->iterator, &stored_size);
    comparing->same =
        first_unit == (uint32_t)rocks_key_number(key) && stored_size == size && memcmp(stored, value, size) == 0;
    rocksdb_iter_next(comparing->iterator);
}

bool unit_index_compare(struct unit_index *index, const struct rocks *rocks, struct fault *fault)
{
    const uint64_t segment = index->segment;
    uint8_t key[UNIT_KEY_SIZE];
    uint32_t first_unit;
    if (!rocks->families[FAMILY_UNITS]) {
        unit_index_complete(index, NULL, NULL);
        return true;
    }
    CLEANUP(rocks_error_free) char *error = NULL;
    CLEANUP(rocks_iterator_destroy)
    rocksdb_iterator_t *iterator = rocksdb_create_iterator_cf(rocks->db, rocks->reading, rocks->families[FAMILY_UNITS]);
    struct comparing comparing = {.iterator = iterator, .segment = segment, .same = true};
    make_key(segment, 0, key);
    rocksdb_iter_seek(iterator, (const char *)key, sizeof key);
    const bool listed = at_chunk(iterator, segment, &first_unit);
    unit_index_complete(index, listed ? compare_chunk : NULL, &comparing);
    const bool more = listed && at_chunk(iterator, segment, &first_unit);
    rocksdb_iter_get_error(iterator, &error);
    if (error)
        return rocks_fault("log: index of units", error, fault);
    return (comparing.same && !more) || damaged(segment, fault);
}

bool unit_index_find(const struct rocks *rocks, rocksdb_iterator_t **iterator, uint64_t segment, const uint64_t *units,
                     uint32_t unit_count, struct unit_hits *hits, struct fault *fault)
{
    CLEANUP(rocks_error_free) char *error = NULL;
    memset(hits, 0, sizeof *hits);
    hits->segment = segment;
    if (!rocks->families[FAMILY_UNITS])
        return true;
    if (!*iterator)
        *iterator = rocksdb_create_iterator_cf(rocks->db, rocks->reading, rocks->families[FAMILY_UNITS]);
    const bool taken = take_chunks(*iterator, units, unit_count, hits);
    rocksdb_iter_get_error(*iterator, &error); /* else damage would read as the end of the chunks */
    if (error)
        return rocks_fault("log: index of units", error, fault);
    return taken ? !hits->indexed || take_blocks(rocks, hits, fault) : damaged(segment, fault);
}

uint64_t unit_hits_next(const struct unit_hits *hits, uint64_t position)
{
    const uint64_t first = hits->segment * UNIT_SEGMENT + 1;
    return first + next_bit(hits->bits, UNIT_SEGMENT, (uint32_t)(position - first));
}

uint64_t unit_hits_block(const struct unit_hits *hits, uint64_t position)
{
    const uint64_t first = hits->segment * UNIT_SEGMENT + 1;
    const uint32_t place = (uint32_t)(position - first);
    uint32_t word = place / WORD_BITS;
    uint64_t left = hits->blocks[word] & UINT64_MAX >> (WORD_BITS - 1 - place % WORD_BITS);
    while (left == 0 && word > 0)
        left = hits->blocks[--word];
    return left ? first + word * WORD_BITS + (WORD_BITS - 1 - (uint32_t)__builtin_clzll(left)) : 0;
}

size_t unit_hits_blocks(const struct unit_hits *hits, uint64_t position, uint64_t *firsts, size_t max)
{
    const uint64_t first = hits->segment * UNIT_SEGMENT + 1;
    uint32_t place = (uint32_t)(position - first);
    size_t count = 0;
    while (count < max && place < UNIT_SEGMENT) {
        const uint64_t block = unit_hits_block(hits, first + place);
        if (block == 0)
            break;
        firsts[count++] = block;
        place = next_bit(hits->bits, UNIT_SEGMENT, next_bit(hits->blocks, UNIT_SEGMENT, place + 1));
    }
    return count;
}
