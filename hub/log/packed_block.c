#include "packed_block.h"

#include <assert.h>
#include <lz4.h>
#include <stdlib.h>
#include <string.h>

#include "language.h"

enum {
    GROUP_RECORDS = 16,          /* with half as many each event takes 2 bytes more, a record is had no sooner */
    RECORDS_MIN = GROUP_RECORDS, /* that are worth it */
    BYTES_MAX = LZ4_MAX_INPUT_SIZE / 16, /* of a group, and of what stands before the entries */
    EXPANSION_MAX = 255,                 /* of LZ4: what is said to be more is damage */
    ENTRY_SIZE_MAX = 64,                 /* written */
};

struct __attribute__((packed)) packed_sizes {
    uint16_t group_records; /* the last group has the rest */
    uint32_t front_size;    /* packed, as the next */
    uint32_t entries_size;
};
_Static_assert(sizeof(struct packed_sizes) == 10, "on disk");

/* What every stored block begins with. */
struct __attribute__((packed)) block_kind {
    uint32_t magic;
    uint16_t version;
};

static uint8_t *grown(uint8_t *memory, size_t needed, size_t *capacity)
{
    if (needed <= *capacity)
        return memory;
    uint8_t *larger = realloc(memory, needed + needed / 2);
    if (!larger)
        abort();
    *capacity = needed + needed / 2;
    return larger;
}

/* ---- entries, as what differs from the one before ---- */

/* Behind this byte is the event's size, then what the bits say, in their order. */
enum {
    OTHER_TIME = 1,
    OTHER_UNIT = 2,
    OTHER_MATTER = 4,
    OTHER_ROUTES = 8,
    OTHER_KIND = 16,
    OTHER_SOURCE = 32, /* publisher, flags, office and what is not used */
    OTHER_BATCH = 64,
    OTHER_PLACE = 128, /* its bytes are not behind those of the one before */
};

static uint8_t *put_varint(uint8_t *at, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        *at++ = (uint8_t)(value | 0x80);
    *at++ = (uint8_t)value;
    return at;
}

static uint8_t *put_raw(uint8_t *at, const void *bytes, size_t size)
{
    memcpy(at, bytes, size);
    return at + size;
}

static unsigned difference(const struct block_entry *entry, const struct block_entry *before)
{
    unsigned other = 0;
    other |= entry->recorded_at_us != before->recorded_at_us ? OTHER_TIME : 0;
    other |= entry->unit != before->unit ? OTHER_UNIT : 0;
    other |= entry->matter_hash != before->matter_hash ? OTHER_MATTER : 0;
    other |= entry->routed_to != before->routed_to ? OTHER_ROUTES : 0;
    other |= entry->kind != before->kind ? OTHER_KIND : 0;
    other |= memcmp(&entry->publisher, &before->publisher, 4) != 0 ? OTHER_SOURCE : 0;
    other |= entry->batch != before->batch || entry->batch_leaf != before->batch_leaf ? OTHER_BATCH : 0;
    other |= entry->offset != before->offset + before->size ? OTHER_PLACE : 0;
    return other;
}
_Static_assert(offsetof(struct block_entry, unused) == offsetof(struct block_entry, publisher) + 3, "four bytes");

static uint8_t *put_entry(uint8_t *at, const struct block_entry *entry, const struct block_entry *before)
{
    const unsigned other = difference(entry, before);
    *at++ = (uint8_t)other;
    at = put_varint(at, entry->size);
    if (other & OTHER_TIME)
        at = put_raw(at, &entry->recorded_at_us, sizeof entry->recorded_at_us);
    if (other & OTHER_UNIT)
        at = put_varint(at, entry->unit);
    if (other & OTHER_MATTER)
        at = put_raw(at, &entry->matter_hash, sizeof entry->matter_hash);
    if (other & OTHER_ROUTES)
        at = put_varint(at, entry->routed_to);
    if (other & OTHER_KIND)
        at = put_varint(at, entry->kind);
    if (other & OTHER_SOURCE)
        at = put_raw(at, &entry->publisher, 4);
    if (other & OTHER_BATCH) {
        at = put_varint(at, entry->batch);
        at = put_varint(at, entry->batch_leaf);
    }
    if (other & OTHER_PLACE)
        at = put_raw(at, &entry->offset, sizeof entry->offset);
    return at;
}

/* What was found while entries were read. */
struct reading {
    bool flawed; /* something is larger than its place */
    bool apart;  /* the bytes of some event are not behind those of the one before */
};

static const uint8_t *take_long_varint(const uint8_t *at, uint32_t *value, struct reading *reading)
{
    uint64_t sum = 0;
    unsigned shift = 0;
    for (; *at >= 0x80 && shift < 28; at++, shift += 7)
        sum |= (uint64_t)(*at & 0x7f) << shift;
    sum |= (uint64_t)*at << shift;
    reading->flawed |= sum > UINT32_MAX;
    *value = (uint32_t)sum;
    return at + 1;
}

/* Most are of one byte or of two. */
static inline const uint8_t *take_varint(const uint8_t *at, uint32_t *value, struct reading *reading)
{
    const uint32_t is_long = at[0] >> 7;
    if (is_long && at[1] >= 0x80)
        return take_long_varint(at, value, reading);
    *value = (at[0] & 0x7fu) | (is_long ? (uint32_t)at[1] << 7 : 0);
    return at + 1 + is_long;
}

static inline const uint8_t *take_raw(const uint8_t *at, void *bytes, size_t size)
{
    memcpy(bytes, at, size);
    return at + size;
}

/* *entry is the one before, and becomes this one. Reads ENTRY_SIZE_MAX bytes at most, and does not ask whether they
 * are there. */
static inline const uint8_t *take_entry(const uint8_t *at, struct block_entry *entry, struct reading *reading)
{
    const uint8_t other = *at++;
    uint32_t value;
    entry->offset += entry->size;
    at = take_varint(at, &value, reading);
    entry->size = value;
    if (other & OTHER_TIME)
        at = take_raw(at, &entry->recorded_at_us, sizeof entry->recorded_at_us);
    if (other & OTHER_UNIT) {
        at = take_varint(at, &value, reading);
        entry->unit = value;
    }
    if (other & OTHER_MATTER)
        at = take_raw(at, &entry->matter_hash, sizeof entry->matter_hash);
    if (other & OTHER_ROUTES) {
        at = take_varint(at, &value, reading);
        entry->routed_to = value;
    }
    if (other & OTHER_KIND) {
        at = take_varint(at, &value, reading);
        entry->kind = (uint16_t)value;
    }
    if (other & OTHER_SOURCE)
        at = take_raw(at, &entry->publisher, 4);
    if (other & OTHER_BATCH) {
        at = take_varint(at, &value, reading);
        entry->batch = (uint16_t)value;
        at = take_varint(at, &value, reading);
        entry->batch_leaf = value;
    }
    if (other & OTHER_PLACE) {
        at = take_raw(at, &entry->offset, sizeof entry->offset);
        reading->apart = true;
    }
    return at;
}
_Static_assert(ENTRY_SIZE_MAX >= 1 + 6 * 5 + sizeof(int64_t) + 3 * sizeof(uint32_t), "all that an entry can have");

/* ---- packing ---- */

struct block_packer {
    uint8_t *bytes;
    size_t size;
    size_t capacity;
    LZ4_stream_t first; /* knows the first group … */
    LZ4_stream_t one;   /* … and is copied for each other one */
    uint8_t *joined;    /* the first group and, behind it, the one at hand: so LZ4 need not look into two places */
    size_t joined_capacity;
};

struct block_packer *block_packer_open(void)
{
    struct block_packer *packer = calloc(1, sizeof *packer);
    if (!packer)
        abort();
    return packer;
}

void block_packer_close(struct block_packer **packer)
{
    if (!*packer)
        return;
    free((*packer)->bytes);
    free((*packer)->joined);
    free(*packer);
    *packer = NULL;
}

static uint8_t *reserve(struct block_packer *packer, size_t size)
{
    packer->bytes = grown(packer->bytes, packer->size + size, &packer->capacity);
    return packer->bytes + packer->size;
}

static uint32_t groups_of(uint32_t records, uint32_t group_records)
{
    return (records + group_records - 1) / group_records;
}

/* Where the bytes of a group's events begin; of the one behind the last: where they end. */
static size_t group_start(const struct block_view *view, uint32_t group, uint32_t group_records)
{
    const uint64_t record = (uint64_t)group * group_records;
    return record < view->header->count ? view->entries[record].offset : view->header->bytes_size;
}

/* The group's records have their bytes between its start and its end. */
static bool is_group(const struct block_view *view, uint32_t group, uint32_t group_records)
{
    const size_t start = group_start(view, group, group_records);
    const size_t end = group_start(view, group + 1, group_records);
    const uint32_t first = group * group_records;
    const uint32_t left = view->header->count - first;
    if (end < start || end - start > BYTES_MAX)
        return false;
    for (uint32_t i = 0; i < left && i < group_records; i++) {
        const struct block_entry *entry = &view->entries[first + i];
        if (entry->offset < start || (size_t)entry->offset + entry->size > end)
            return false;
    }
    return true;
}

/* Groups are stretches of the events' bytes, one behind the other and nothing before the first. */
static bool has_groups(const struct block_view *view, uint32_t group_records)
{
    const uint32_t count = groups_of(view->header->count, group_records);
    bool good = group_start(view, 0, group_records) == 0;
    for (uint32_t i = 0; good && i < count; i++)
        good = is_group(view, i, group_records);
    return good;
}

static size_t pack_front(struct block_packer *packer, const uint8_t *front, size_t size)
{
    const int bound = LZ4_compressBound((int)size);
    uint8_t *to = reserve(packer, (size_t)bound);
    const int packed = LZ4_compress_default((const char *)front, (char *)to, (int)size, bound);
    assert(packed > 0);
    packer->size += (size_t)packed;
    return (size_t)packed;
}

static size_t pack_entries(struct block_packer *packer, const struct block_view *view)
{
    struct block_entry before = {0};
    const uint8_t *start = reserve(packer, (size_t)view->header->count * ENTRY_SIZE_MAX);
    uint8_t *at = packer->bytes + packer->size;
    for (uint32_t i = 0; i < view->header->count; i++) {
        at = put_entry(at, &view->entries[i], &before);
        before = view->entries[i];
    }
    packer->size += (size_t)(at - start);
    return (size_t)(at - start);
}

static size_t group_size(const struct block_view *view, uint32_t group)
{
    return group_start(view, group + 1, GROUP_RECORDS) - group_start(view, group, GROUP_RECORDS);
}

/* Makes the first group known to those that are packed behind it. */
static void join_first(struct block_packer *packer, const struct block_view *view, uint32_t groups)
{
    const size_t first = group_size(view, 0);
    size_t largest = 0;
    for (uint32_t i = 1; i < groups; i++)
        if (group_size(view, i) > largest)
            largest = group_size(view, i);
    packer->joined = grown(packer->joined, first + largest, &packer->joined_capacity);
    memcpy(packer->joined, view->bytes, first);
    LZ4_initStream(&packer->first, sizeof packer->first);
    (void)LZ4_loadDict(&packer->first, (const char *)packer->joined, (int)first);
}

static void pack_group(struct block_packer *packer, const struct block_view *view, uint32_t group)
{
    const uint8_t *bytes = view->bytes + group_start(view, group, GROUP_RECORDS);
    const size_t size = group_size(view, group);
    const int bound = LZ4_compressBound((int)size);
    char *to = (char *)reserve(packer, (size_t)bound);
    int packed;
    if (group == 0) {
        packed = LZ4_compress_default((const char *)bytes, to, (int)size, bound);
    } else {
        char *behind_first = (char *)packer->joined + group_size(view, 0);
        memcpy(behind_first, bytes, size);
        packer->one = packer->first;
        packed = LZ4_compress_fast_continue(&packer->one, behind_first, to, (int)size, bound, 1);
    }
    assert(packed > 0);
    packer->size += (size_t)packed;
}

static void pack_groups(struct block_packer *packer, const struct block_view *view, size_t ends_at)
{
    const size_t base = packer->size;
    const uint32_t count = groups_of(view->header->count, GROUP_RECORDS);
    if (count > 1)
        join_first(packer, view, count);
    for (uint32_t i = 0; i < count; i++) {
        pack_group(packer, view, i);
        const uint32_t end = (uint32_t)(packer->size - base);
        memcpy(packer->bytes + ends_at + i * sizeof end, &end, sizeof end);
    }
}

const uint8_t *block_pack(struct block_packer *packer, const uint8_t *block, size_t *size)
{
    struct block_view view;
    struct fault fault;
    const struct block_header *header = (const struct block_header *)block;
    if (!block_open(block, *size, header->first_position, &view, &fault))
        abort(); /* we made it */
    const uint8_t *front = block + sizeof *header;
    const size_t front_size = (size_t)((const uint8_t *)view.entries - front);
    if (view.header->count < RECORDS_MIN || front_size > BYTES_MAX || !has_groups(&view, GROUP_RECORDS))
        return block;
    struct block_header stored = *header;
    struct packed_sizes sizes = {.group_records = GROUP_RECORDS};
    stored.version = BLOCK_PACKED_VERSION;
    packer->size = 0;
    const size_t ends_at = sizeof stored + sizeof sizes;
    const size_t ends_size = groups_of(header->count, GROUP_RECORDS) * sizeof(uint32_t);
    (void)reserve(packer, ends_at + ends_size);
    packer->size = ends_at + ends_size;
    sizes.front_size = (uint32_t)pack_front(packer, front, front_size);
    sizes.entries_size = (uint32_t)pack_entries(packer, &view);
    pack_groups(packer, &view, ends_at);
    memcpy(packer->bytes, &stored, sizeof stored);
    memcpy(packer->bytes + sizeof stored, &sizes, sizeof sizes);
    if (packer->size >= *size)
        return block;
    *size = packer->size;
    return packer->bytes;
}

/* ---- unpacking ---- */

void unpacked_block_clear(struct unpacked_block *unpacked)
{
    free(unpacked->bytes);
    free(unpacked->known);
    *unpacked = (struct unpacked_block){0};
}

static bool is_of_version(const void *value, size_t size, uint16_t version)
{
    struct block_kind kind = {0};
    if (size >= sizeof kind)
        memcpy(&kind, value, sizeof kind);
    return kind.magic == BLOCK_MAGIC && kind.version == version;
}

bool block_is_packed_older(const void *value, size_t size)
{
    return is_of_version(value, size, BLOCK_PACKED_OLDER);
}

bool block_is_packed(const void *value, size_t size)
{
    return is_of_version(value, size, BLOCK_PACKED_VERSION) || block_is_packed_older(value, size);
}

static bool damaged(uint64_t position, const char *what, struct fault *fault)
{
    return fault_set(fault, FAULT_DAMAGED, "log block at position %llu: %s", (unsigned long long)position,
                     translated(what));
}

/* A packed value's parts. */
struct packed_parts {
    struct packed_sizes sizes;
    struct block_header header;
    const uint8_t *ends;
    const uint8_t *front;
    const uint8_t *entries;
    const uint8_t *groups;
    size_t groups_size;
    uint32_t group_count;
    size_t front_plain; /* bytes when unpacked */
};

/* The header, as it is unpacked, and the sizes; returns what stands behind both, or NULL. */
static const uint8_t *find_sizes(const uint8_t *value, size_t size, struct packed_parts *parts)
{
    const bool older = block_is_packed_older(value, size);
    const size_t before = older ? sizeof(struct block_kind) : 0;
    if (size < before + sizeof parts->sizes + sizeof parts->header)
        return NULL;
    const uint8_t *at = value + before;
    if (older)
        at = take_raw(at, &parts->sizes, sizeof parts->sizes);
    at = take_raw(at, &parts->header, sizeof parts->header);
    if (older)
        return at;
    parts->header.version = BLOCK_VERSION;
    return take_raw(at, &parts->sizes, sizeof parts->sizes);
}

/* Every size is bounded by those of the value, before memory is taken for it. */
static bool find_parts(const uint8_t *value, size_t size, struct packed_parts *parts)
{
    const struct packed_sizes *packed = &parts->sizes;
    const struct block_header *header = &parts->header;
    const uint8_t *behind = find_sizes(value, size, parts);
    if (!behind)
        return false;
    const size_t left = size - (size_t)(behind - value);
    if (packed->group_records == 0 || header->count == 0 || header->count > left)
        return false;
    parts->group_count = groups_of(header->count, packed->group_records);
    const size_t before = parts->group_count * sizeof(uint32_t) + (size_t)packed->front_size + packed->entries_size;
    parts->front_plain = (size_t)header->publisher_count * sizeof(struct block_publisher) +
                         (size_t)header->batch_count * sizeof(struct block_batch) +
                         (size_t)header->leaf_count * sizeof(struct block_leaf);
    if (before > left || packed->front_size > BYTES_MAX || parts->front_plain > BYTES_MAX ||
        parts->front_plain / EXPANSION_MAX > packed->front_size || header->count > packed->entries_size)
        return false;
    parts->groups_size = left - before;
    if (header->bytes_size / EXPANSION_MAX > parts->groups_size)
        return false;
    parts->ends = behind;
    parts->front = parts->ends + parts->group_count * sizeof(uint32_t);
    parts->entries = parts->front + packed->front_size;
    parts->groups = parts->entries + packed->entries_size;
    return true;
}

/* The last entries are read from a copy that has as many bytes behind them as one may take, so that none asks at each
 * of its parts whether they are there. */
static bool unpack_entries(const struct packed_parts *parts, struct block_entry *entries, bool *apart)
{
    uint8_t last[2 * ENTRY_SIZE_MAX] = {0};
    const uint8_t *at = parts->entries;
    const uint8_t *end = parts->groups;
    struct block_entry entry = {0};
    struct reading reading = {0};
    bool copied = false;
    for (uint32_t i = 0; i < parts->header.count; i++) {
        const size_t left = (size_t)(end - at);
        if (!copied && left < ENTRY_SIZE_MAX) {
            memcpy(last, at, left);
            at = last;
            end = last + left;
            copied = true;
        }
        at = take_entry(at, &entry, &reading);
        if (at > end)
            return false;
        memcpy(&entries[i], &entry, sizeof entry);
    }
    *apart = reading.apart;
    return !reading.flawed && at == end;
}

static uint32_t end_of(const uint8_t *ends, uint32_t group)
{
    uint32_t end;
    memcpy(&end, ends + group * sizeof end, sizeof end);
    return end;
}

/* Packed groups lie one behind the other, and end where the value does. */
static bool check_ends(const struct packed_parts *parts)
{
    uint32_t before = 0;
    for (uint32_t i = 0; i < parts->group_count; i++) {
        const uint32_t end = end_of(parts->ends, i);
        if (end <= before || end > parts->groups_size || end - before > INT32_MAX)
            return false;
        before = end;
    }
    return before == parts->groups_size;
}

static void take_memory(struct unpacked_block *unpacked, const struct packed_parts *parts)
{
    const struct block_header *header = &parts->header;
    unpacked->size =
        sizeof *header + parts->front_plain + (size_t)header->count * sizeof(struct block_entry) + header->bytes_size;
    unpacked->bytes = grown(unpacked->bytes, unpacked->size, &unpacked->capacity);
    unpacked->known = (bool *)grown((uint8_t *)unpacked->known, parts->group_count, &unpacked->known_capacity);
    memset(unpacked->known, 0, parts->group_count);
}
_Static_assert(sizeof(bool) == 1, "memory is counted in bytes");

bool block_unpack(struct unpacked_block *unpacked, const void *value, size_t size, uint64_t position,
                  struct block_view *view, struct fault *fault)
{
    struct packed_parts parts;
    if (!find_parts(value, size, &parts))
        return damaged(position, "its parts are not as large as they say", fault);
    take_memory(unpacked, &parts);
    uint8_t *at = unpacked->bytes;
    memcpy(at, &parts.header, sizeof parts.header);
    at += sizeof parts.header;
    if (LZ4_decompress_safe((const char *)parts.front, (char *)at, (int)parts.sizes.front_size,
                            (int)parts.front_plain) != (int)parts.front_plain)
        return damaged(position, "cannot be unpacked", fault);
    at += parts.front_plain;
    bool apart;
    if (!unpack_entries(&parts, (struct block_entry *)at, &apart))
        return damaged(position, "cannot be unpacked", fault);
    if (!block_open(unpacked->bytes, unpacked->size, position, view, fault))
        return false;
    /* Events one behind the other, as block_open finds them all within the block, are groups. */
    const bool grouped =
        (!apart && parts.header.bytes_size <= BYTES_MAX) || has_groups(view, parts.sizes.group_records);
    if (!check_ends(&parts) || !grouped)
        return damaged(position, "its parts are not as large as they say", fault);
    unpacked->ends = parts.ends;
    unpacked->groups = parts.groups;
    unpacked->group_records = parts.sizes.group_records;
    unpacked->group_count = parts.group_count;
    return true;
}

static bool unpack_group(struct unpacked_block *unpacked, const struct block_view *view, uint32_t group)
{
    if (unpacked->known[group])
        return true;
    const uint32_t from = group > 0 ? end_of(unpacked->ends, group - 1) : 0;
    const int packed = (int)(end_of(unpacked->ends, group) - from);
    const size_t start = group_start(view, group, unpacked->group_records);
    const int size = (int)(group_start(view, group + 1, unpacked->group_records) - start);
    char *bytes = (char *)unpacked->bytes + (view->bytes - unpacked->bytes);
    const int dictionary = group > 0 ? (int)group_start(view, 1, unpacked->group_records) : 0;
    const char *packed_bytes = (const char *)unpacked->groups + from;
    unpacked->known[group] =
        LZ4_decompress_safe_usingDict(packed_bytes, bytes + start, packed, size, bytes, dictionary) == size;
    return unpacked->known[group];
}

bool unpacked_block_fetch(struct unpacked_block *unpacked, const struct block_view *view, uint32_t index,
                          struct fault *fault)
{
    return (unpack_group(unpacked, view, 0) && unpack_group(unpacked, view, index / unpacked->group_records)) ||
           damaged(view->header->first_position, "cannot be unpacked", fault);
}

bool unpacked_block_fetch_all(struct unpacked_block *unpacked, const struct block_view *view, struct fault *fault)
{
    for (uint32_t i = 0; i < unpacked->group_count; i++)
        if (!unpack_group(unpacked, view, i))
            return damaged(view->header->first_position, "cannot be unpacked", fault);
    return true;
}
