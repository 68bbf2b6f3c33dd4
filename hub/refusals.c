#include "refusals.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <uthash.h>

#include "error.pb-c.h"

enum { MINUTE_US = 60 * 1000000, HOUR_MINUTES = 60 };

static const char *const what_names[] = {[REFUSED_CONNECTION] = "CONNECTION", [REFUSED_HELLO] = "HELLO",
                                         [REFUSED_PUBLISH] = "PUBLISH",       [REFUSED_EVENT] = "EVENT",
                                         [REFUSED_SUBSCRIBE] = "SUBSCRIBE",   [REFUSED_UNSUBSCRIBE] = "UNSUBSCRIBE",
                                         [REFUSED_CREDIT] = "CREDIT",         [REFUSED_ACKNOWLEDGE] = "ACKNOWLEDGE",
                                         [REFUSED_QUERY] = "QUERY",           [REFUSED_MESSAGE] = "MESSAGE"};
enum { WHAT_LIMIT = sizeof what_names / sizeof *what_names };

struct entry {
    UT_hash_handle hh;
    struct refusal_row row; /* its `refused` is the key: zeroed behind its texts */
    uint64_t waiting;       /* not written yet */
    int64_t told_us;        /* when a line was written last; 0: never */
};

struct refusals {
    struct entry *entries; /* a hash keeps the order of insertion: of keys the one refused longest ago stands first */
    size_t keys;
    size_t identities;
    int64_t minute_us; /* when the minute of `told` began */
    unsigned told;     /* lines at once in this minute */
    uint64_t day_bytes;
    int64_t summed_us; /* when sums without names were written last */
    char *text;
    size_t size;
    size_t capacity;
};

const char *refused_what_name(enum refused_what what)
{
    return (unsigned)what < WHAT_LIMIT && what_names[what] ? what_names[what] : "";
}

static const char *code_name(int code)
{
    const ProtobufCEnumValue *value = protobuf_c_enum_descriptor_get_value(&sanling__v1__code__kind__descriptor, code);
    return value ? value->name : "";
}

struct refusals *refusals_open(void)
{
    struct refusals *refusals = calloc(1, sizeof *refusals);
    if (!refusals)
        abort();
    return refusals;
}

void refusals_close(struct refusals **refusals)
{
    struct entry *entry;
    struct entry *next;
    if (!*refusals)
        return;
    HASH_ITER(hh, (*refusals)->entries, entry, next)
    {
        HASH_DEL((*refusals)->entries, entry);
        free(entry);
    }
    free((*refusals)->text);
    free(*refusals);
    *refusals = NULL;
}

/* ---- the text ---- */

static int print_time(char *to, size_t size, const char *key, int64_t time_us)
{
    char day[32];
    time_t seconds = (time_t)(time_us / 1000000);
    struct tm parts;
    gmtime_r(&seconds, &parts);
    strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &parts);
    return snprintf(to, size, "\"%s\":\"%s.%03dZ\",", key, day, (int)(time_us / 1000 % 1000));
}

static const char *const kind_keys[] = {
    [REFUSED_IDENTITY] = "identity", [REFUSED_KEY] = "key", [REFUSED_NOBODY] = "nobody", [REFUSED_OTHERS] = "others"};

/* Names and keys have no character that JSON would escape: name_valid and Z85 know neither quote nor backslash. */
static void add_line(struct refusals *refusals, const struct refused *refused, uint64_t count, int64_t now_us)
{
    if (refusals->capacity < refusals->size + REFUSALS_LINE_MAX) {
        refusals->capacity = 2 * refusals->capacity + REFUSALS_LINE_MAX;
        refusals->text = realloc(refusals->text, refusals->capacity);
        if (!refusals->text)
            abort();
    }
    char *to = refusals->text + refusals->size;
    int size = snprintf(to, REFUSALS_LINE_MAX, "{");
    size += print_time(to + size, REFUSALS_LINE_MAX - (size_t)size, "time", now_us);
    if (refused->kind == REFUSED_IDENTITY || refused->kind == REFUSED_KEY)
        size += snprintf(to + size, REFUSALS_LINE_MAX - (size_t)size, "\"%s\":\"%s\",", kind_keys[refused->kind],
                         refused->who);
    else
        size += snprintf(to + size, REFUSALS_LINE_MAX - (size_t)size, "\"%s\":true,", kind_keys[refused->kind]);
    size += snprintf(to + size, REFUSALS_LINE_MAX - (size_t)size,
                     "\"what\":\"%s\",\"code\":\"%s\",\"count\":%" PRIu64 "}\n", refused_what_name(refused->what),
                     code_name(refused->code), count);
    refusals->size += (size_t)size;
}

static bool text_full(const struct refusals *refusals)
{
    return refusals->size >= REFUSALS_TEXT_MAX;
}

static void tell(struct refusals *refusals, struct entry *entry, int64_t now_us)
{
    add_line(refusals, &entry->row.refused, entry->waiting, now_us);
    entry->waiting = 0;
    entry->told_us = now_us;
}

/* ---- the table ---- */

static struct entry *find(const struct refusals *refusals, const struct refused *refused)
{
    struct entry *entry;
    HASH_FIND(hh, refusals->entries, refused, sizeof *refused, entry);
    return entry;
}

static struct entry *add(struct refusals *refusals, const struct refused *refused, int64_t now_us)
{
    struct entry *entry = calloc(1, sizeof *entry);
    if (!entry)
        abort();
    entry->row = (struct refusal_row){.first_us = now_us, .last_us = now_us};
    memcpy(&entry->row.refused, refused, sizeof *refused);
    HASH_ADD(hh, refusals->entries, row.refused, sizeof entry->row.refused, entry);
    refusals->keys += refused->kind == REFUSED_KEY;
    refusals->identities += refused->kind == REFUSED_IDENTITY;
    return entry;
}

static struct refused key_of(enum refused_kind kind, enum refused_what what, int code, const char *who)
{
    struct refused key;
    memset(&key, 0, sizeof key); /* it is compared byte by byte */
    key.kind = kind;
    key.what = what;
    key.code = code;
    snprintf(key.who, sizeof key.who, "%s", who);
    return key;
}

static struct entry *find_others(struct refusals *refusals, const struct refused *refused, int64_t now_us)
{
    const struct refused key = key_of(REFUSED_OTHERS, refused->what, refused->code, "");
    struct entry *others = find(refusals, &key);
    return others ? others : add(refusals, &key, now_us);
}

static void join(struct entry *others, const struct entry *entry)
{
    others->row.count += entry->row.count;
    others->waiting += entry->waiting;
    if (entry->row.first_us < others->row.first_us)
        others->row.first_us = entry->row.first_us;
    if (entry->row.last_us > others->row.last_us)
        others->row.last_us = entry->row.last_us;
}

/* The key that was refused longest ago goes among the others. */
static void forget_oldest_key(struct refusals *refusals)
{
    struct entry *entry;
    struct entry *next;
    HASH_ITER(hh, refusals->entries, entry, next)
    {
        if (entry->row.refused.kind != REFUSED_KEY)
            continue;
        join(find_others(refusals, &entry->row.refused, entry->row.first_us), entry);
        HASH_DEL(refusals->entries, entry);
        refusals->keys--;
        free(entry);
        return;
    }
}

static struct entry *entry_for(struct refusals *refusals, const struct refused *refused, int64_t now_us)
{
    const struct refused key = key_of(refused->kind, refused->what, refused->code, refused->who);
    struct entry *entry = find(refusals, &key);
    if (!entry && key.kind == REFUSED_IDENTITY && refusals->identities >= REFUSALS_IDENTITIES_MAX)
        return find_others(refusals, &key, now_us);
    if (!entry && key.kind == REFUSED_KEY && refusals->keys >= REFUSALS_KEYS_MAX)
        forget_oldest_key(refusals);
    if (!entry)
        return add(refusals, &key, now_us);
    if (key.kind == REFUSED_KEY) { /* now the youngest */
        HASH_DEL(refusals->entries, entry);
        HASH_ADD(hh, refusals->entries, row.refused, sizeof entry->row.refused, entry);
    }
    return entry;
}

/* A clock that was set back makes everything due. */
static bool passed(int64_t since_us, int64_t now_us, int64_t interval_us)
{
    return now_us < since_us || now_us - since_us >= interval_us;
}

static bool may_tell(struct refusals *refusals, int64_t now_us)
{
    if (passed(refusals->minute_us, now_us, MINUTE_US)) {
        refusals->minute_us = now_us;
        refusals->told = 0;
    }
    return refusals->told < REFUSALS_LINES_A_MINUTE && refusals->day_bytes < REFUSALS_DAY_BYTES_MAX &&
           !text_full(refusals);
}

bool refusals_note(struct refusals *refusals, const struct refused *refused, uint32_t count, int64_t now_us)
{
    struct entry *entry = entry_for(refusals, refused, now_us);
    entry->row.count += count;
    entry->row.last_us = now_us;
    entry->waiting += count;
    if (entry->told_us != 0 && !passed(entry->told_us, now_us, MINUTE_US))
        return false;
    if (!may_tell(refusals, now_us)) {
        if (entry->told_us == 0)
            entry->told_us = now_us; /* its minute begins */
        return false;
    }
    refusals->told++;
    tell(refusals, entry, now_us);
    return true;
}

/* The day's file is full: everything that waits, by what and code. */
static void tell_sums(struct refusals *refusals, int64_t now_us)
{
    struct entry *entry;
    struct entry *next;
    refusals->summed_us = now_us;
    HASH_ITER(hh, refusals->entries, entry, next)
    {
        if (entry->waiting == 0 || entry->row.refused.kind == REFUSED_OTHERS)
            continue;
        find_others(refusals, &entry->row.refused, now_us)->waiting += entry->waiting;
        entry->waiting = 0;
    }
    for (entry = refusals->entries; entry; entry = entry->hh.next)
        if (entry->waiting > 0)
            tell(refusals, entry, now_us);
}

char *refusals_take_text(struct refusals *refusals, int64_t now_us, bool all, size_t *size)
{
    const bool full = refusals->day_bytes >= REFUSALS_DAY_BYTES_MAX;
    if (full && (all || passed(refusals->summed_us, now_us, (int64_t)HOUR_MINUTES * MINUTE_US)))
        tell_sums(refusals, now_us);
    for (struct entry *entry = refusals->entries; !full && entry; entry = entry->hh.next)
        if (entry->waiting > 0 && (all || passed(entry->told_us, now_us, MINUTE_US)) && !text_full(refusals))
            tell(refusals, entry, now_us);
    char *text = refusals->text;
    *size = refusals->size;
    if (refusals->size == 0)
        return NULL;
    refusals->text = NULL;
    refusals->size = refusals->capacity = 0;
    return text;
}

void refusals_give_back(struct refusals *refusals, char **text, size_t size)
{
    char *joined = malloc(size + refusals->size);
    if (!joined)
        abort();
    memcpy(joined, *text, size);
    if (refusals->size > 0)
        memcpy(joined + size, refusals->text, refusals->size);
    free(refusals->text);
    free(*text);
    *text = NULL;
    refusals->text = joined;
    refusals->size += size;
    refusals->capacity = refusals->size;
}

void refusals_set_day_bytes(struct refusals *refusals, uint64_t bytes)
{
    refusals->day_bytes = bytes;
}

struct refusal_row *refusals_rows(const struct refusals *refusals, size_t *count)
{
    struct refusal_row *rows = calloc(HASH_COUNT(refusals->entries) + 1, sizeof *rows);
    if (!rows)
        abort();
    *count = 0;
    for (const struct entry *entry = refusals->entries; entry; entry = entry->hh.next)
        if (entry->row.count > 0)
            rows[(*count)++] = entry->row;
    return rows;
}

/* ---- reading it back ---- */

/* The value behind "KEY": up to its quote, comma or brace; false: there is none that fits. */
static bool find_value(const char *line, const char *key, char *value, size_t size)
{
    char wanted[32];
    snprintf(wanted, sizeof wanted, "\"%s\":", key);
    const char *at = strstr(line, wanted);
    if (!at)
        return false;
    at += strlen(wanted);
    if (*at == '"')
        at++;
    size_t length = strcspn(at, "\",}\n");
    if (length == 0 || length >= size)
        return false;
    memcpy(value, at, length);
    value[length] = '\0';
    return true;
}

static bool read_who(const char *line, struct refused *refused)
{
    char value[REFUSALS_WHO_SIZE];
    static const char *const quoted[] = {"identity", "key"};
    for (int kind = REFUSED_IDENTITY; kind <= REFUSED_KEY; kind++) {
        char wanted[16];
        snprintf(wanted, sizeof wanted, "\"%s\":\"", quoted[kind]);
        const char *at = strstr(line, wanted);
        if (!at)
            continue;
        at += strlen(wanted);
        size_t length = strcspn(at, "\""); /* a key may hold commas and braces */
        if (length >= sizeof refused->who)
            return false;
        memcpy(refused->who, at, length);
        refused->kind = (enum refused_kind)kind;
        return true;
    }
    refused->kind = find_value(line, "others", value, sizeof value) ? REFUSED_OTHERS : REFUSED_NOBODY;
    return refused->kind == REFUSED_OTHERS || find_value(line, "nobody", value, sizeof value);
}

bool refusals_read_line(const char *line, size_t size, struct refusal_row *row)
{
    char copy[REFUSALS_LINE_MAX];
    char time[40];
    char what[16];
    char code[32];
    char count[24];
    struct tm parts = {0};
    memset(row, 0, sizeof *row);
    if (size == 0 || size >= sizeof copy || line[0] != '{' || line[size - 1] != '}')
        return false;
    memcpy(copy, line, size);
    copy[size] = '\0';
    /* What stands behind the name is looked for from the end, for a key may spell anything. */
    const char *rest = strstr(copy, ",\"what\":\"");
    if (!rest || !read_who(copy, &row->refused) || !find_value(copy, "time", time, sizeof time) ||
        !find_value(rest, "what", what, sizeof what) || !find_value(rest, "code", code, sizeof code) ||
        !find_value(rest, "count", count, sizeof count) || !strptime(time, "%Y-%m-%dT%H:%M:%S", &parts))
        return false;
    for (unsigned i = 1; i < WHAT_LIMIT; i++)
        if (strcmp(what_names[i], what) == 0)
            row->refused.what = (enum refused_what)i;
    const ProtobufCEnumValue *value =
        protobuf_c_enum_descriptor_get_value_by_name(&sanling__v1__code__kind__descriptor, code);
    row->refused.code = value ? value->value : 0;
    row->count = strtoull(count, NULL, 10);
    row->first_us = row->last_us = (int64_t)timegm(&parts) * 1000000;
    return row->refused.what != 0 && row->count > 0;
}
