#include "hub_disk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "hub_actors.h"
#include "hub_world.h"

enum { NAMES_MAX = 192, PATH_SIZE = 96, CHANGES_MAX = 64, OPEN_MAX = 64, FIRST_DESCRIPTOR = 1 << 20, SECTOR = 512 };
#define MEMORY_SIZE ((size_t)4 << 30) /* of addresses */

/* What was written since the last sync. */
struct file_change {
    struct file_change *next;
    const uint8_t *bytes; /* NULL: cut to `offset` */
    size_t offset;
    size_t size;
    const uint8_t *before; /* what stood there, of a file that ended at `ended` */
    size_t before_size;
    size_t ended;
    bool doubtful; /* its sync failed: later ones say nothing of it */
};

struct file {
    bool folder;
    bool shared; /* the bytes are those of another image, too */
    uint8_t *bytes;
    size_t size;
    size_t capacity;
    struct file_change *changes; /* not synced, oldest first */
    const uint8_t *synced;       /* what the disk has without them; NULL: they tell what was before */
    size_t synced_size;
    struct file *clone;
};

struct name {
    char path[PATH_SIZE];
    struct file *file;
};

/* A folder has durably what it had when it was synced. */
struct folder_change {
    enum { NAME_MADE, NAME_REMOVED, NAME_RENAMED } kind;
    char path[PATH_SIZE];
    char from[PATH_SIZE];
    struct file *file;
    struct file *replaced;
};

struct image {
    struct name names[NAMES_MAX];
    uint32_t name_count;
    struct folder_change changes[CHANGES_MAX]; /* not durable yet, oldest first */
    uint32_t change_count;
    struct store_image store;
};

struct descriptor {
    struct file *file; /* NULL: free */
    char path[PATH_SIZE];
    size_t at;
    bool appends;
};

struct disk {
    struct image now;
    struct image after; /* of a cut */
    struct image kept;
    struct image unspoilt;
    bool was_cut;
    int64_t full_until_us;
    struct disk_plan plan;
    struct descriptor open[OPEN_MAX];
    uint8_t *memory;
    size_t memory_used;
    size_t memory_kept;
};

static struct disk the_disk; /* as the world is one */

void *disk_take(size_t size)
{
    struct disk *disk = &the_disk;
    if (!disk->memory) {
        disk->memory =
            mmap(NULL, MEMORY_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (disk->memory == MAP_FAILED)
            abort();
    }
    size = (size + 15) / 16 * 16;
    if (size > MEMORY_SIZE - disk->memory_used)
        abort();
    uint8_t *taken = disk->memory + disk->memory_used;
    disk->memory_used += size;
    return taken;
}

static void *take_copy(const void *bytes, size_t size)
{
    void *copy = disk_take(size ? size : 1);
    if (size > 0)
        memcpy(copy, bytes, size);
    return copy;
}

/* ---- calls ---- */

void disk_plan(const struct disk_plan *plan)
{
    the_disk.plan = *plan;
}

const struct disk_plan *disk_planned(void)
{
    return &the_disk.plan;
}

void disk_set_full(int64_t until_us)
{
    the_disk.full_until_us = until_us;
}

static bool counts(enum disk_fault fault, enum disk_call call)
{
    switch (fault) {
    case DISK_NO_FAULT:
        return false;
    case DISK_KILL:
    case DISK_POWER:
        return true;
    case DISK_FAIL_SYNC:
        return call == CALL_SYNC;
    case DISK_FAIL_WRITE:
        return call == CALL_WRITE;
    }
    abort();
}

static int64_t duration_us(enum disk_call call)
{
    if (call == CALL_WRITE)
        return world_between(1, 12);
    const int64_t usual_us = world_between(40, 400);
    return usual_us * the_disk.plan.slow * (world_once_in(40) ? 25 : 1);
}

static bool fall(struct disk_plan *plan)
{
    plan->happened = true;
    if (plan->fault == DISK_KILL || plan->fault == DISK_POWER) {
        world_die(plan->fault == DISK_POWER ? ENDING_POWER : ENDING_KILL);
        return true;
    }
    world_note("disk: a %s fails", plan->fault == DISK_FAIL_SYNC ? "sync" : "write");
    errno = plan->fault == DISK_FAIL_SYNC ? EIO : ENOSPC;
    return false;
}

bool disk_call(enum disk_call call)
{
    struct disk_plan *plan = &the_disk.plan;
    if (world()->dying)
        return true;
    actors_pause(duration_us(call));
    if (world()->dying || plan->happened || !counts(plan->fault, call) || --plan->calls > 0)
        return true;
    return fall(plan);
}

/* ---- names ---- */

static struct name *find(struct image *image, const char *path)
{
    for (uint32_t i = 0; i < image->name_count; i++)
        if (strcmp(image->names[i].path, path) == 0)
            return &image->names[i];
    return NULL;
}

static void put_name(struct image *image, const char *path, struct file *file)
{
    struct name *name = find(image, path);
    if (!name) {
        if (image->name_count == NAMES_MAX)
            abort();
        name = &image->names[image->name_count++];
        snprintf(name->path, sizeof name->path, "%s", path);
    }
    name->file = file;
}

static void take_name(struct image *image, const char *path)
{
    struct name *name = find(image, path);
    if (name)
        *name = image->names[--image->name_count];
}

static void undo(struct image *image, const struct folder_change *change)
{
    switch (change->kind) {
    case NAME_MADE:
        take_name(image, change->path);
        for (uint32_t i = image->name_count; i-- > 0;) /* with what is in it */
            if (strncmp(image->names[i].path, change->path, strlen(change->path)) == 0 &&
                image->names[i].path[strlen(change->path)] == '/')
                image->names[i] = image->names[--image->name_count];
        return;
    case NAME_REMOVED:
        put_name(image, change->path, change->file);
        return;
    case NAME_RENAMED:
        take_name(image, change->path);
        if (change->replaced)
            put_name(image, change->path, change->replaced);
        put_name(image, change->from, change->file);
        return;
    }
}

static void note_change(const struct folder_change *change)
{
    struct image *image = &the_disk.now;
    if (world()->dying)
        return;
    if (image->change_count == CHANGES_MAX) {
        memmove(image->changes, image->changes + 1, (CHANGES_MAX - 1) * sizeof *image->changes);
        image->change_count--;
    }
    image->changes[image->change_count++] = *change;
}

static bool is_in(const char *path, const char *folder)
{
    const size_t size = strlen(folder);
    return strncmp(path, folder, size) == 0 && path[size] == '/' && strchr(path + size + 1, '/') == NULL;
}

static void sync_folder(const char *folder)
{
    struct image *image = &the_disk.now;
    uint32_t left = 0;
    for (uint32_t i = 0; i < image->change_count; i++)
        if (!is_in(image->changes[i].path, folder))
            image->changes[left++] = image->changes[i];
    image->change_count = left;
}

/* ---- files ---- */

static struct file *make_file(bool folder)
{
    struct file *file = disk_take(sizeof *file);
    *file = (struct file){.folder = folder};
    return file;
}

static void make_room(struct file *file, size_t size)
{
    if (!file->shared && size <= file->capacity)
        return;
    const size_t capacity = size > file->size * 2 ? size : file->size * 2;
    uint8_t *bytes = disk_take(capacity ? capacity : 1);
    if (file->size > 0)
        memcpy(bytes, file->bytes, file->size);
    file->bytes = bytes;
    file->capacity = capacity;
    file->shared = false;
}

static void apply(struct file *file, const struct file_change *change, size_t size)
{
    if (!change->bytes) {
        make_room(file, change->offset);
        if (change->offset > file->size)
            memset(file->bytes + file->size, 0, change->offset - file->size);
        file->size = change->offset;
        return;
    }
    const size_t end = change->offset + size;
    make_room(file, end > file->size ? end : file->size);
    if (change->offset > file->size)
        memset(file->bytes + file->size, 0, change->offset - file->size);
    memcpy(file->bytes + change->offset, change->bytes, size);
    if (end > file->size)
        file->size = end;
}

static void change_file(struct file *file, const struct file_change *change)
{
    if (!world()->dying) {
        struct file_change *noted = take_copy(change, sizeof *change);
        struct file_change **end = &file->changes;
        const size_t until = change->bytes ? change->offset + change->size : file->size;
        if (change->bytes)
            noted->bytes = take_copy(change->bytes, change->size);
        noted->ended = file->size;
        if (change->offset < file->size) {
            noted->before_size = (until < file->size ? until : file->size) - change->offset;
            noted->before = take_copy(file->bytes + change->offset, noted->before_size);
        }
        while (*end)
            end = &(*end)->next;
        *end = noted;
        noted->next = NULL;
    }
    apply(file, change, change->size);
}

static void take_back(struct file *file, const struct file_change *change)
{
    if (!change)
        return;
    take_back(file, change->next);
    make_room(file, change->ended);
    if (change->before_size > 0)
        memcpy(file->bytes + change->offset, change->before, change->before_size);
    file->size = change->ended;
}

/* The file as it was synced. */
static struct file synced_of(const struct file *file)
{
    struct file synced = {.shared = true, .bytes = file->bytes, .size = file->size};
    if (file->synced) {
        synced.bytes = (uint8_t *)file->synced;
        synced.size = file->synced_size;
    } else {
        take_back(&synced, file->changes);
    }
    return synced;
}

/* After a failed sync the system takes what it could not write for written: a later one that does not fail says nothing
 * of it, and the disk may keep another content than the one that is read. */
static void sync_file(struct file *file, bool arrives)
{
    bool doubtful = file->synced != NULL;
    if (world()->dying)
        return;
    for (struct file_change *change = file->changes; change; change = change->next) {
        change->doubtful = change->doubtful || !arrives;
        doubtful = doubtful || change->doubtful;
    }
    if (!arrives)
        return;
    if (doubtful) {
        struct file synced = synced_of(file);
        for (const struct file_change *change = file->changes; change; change = change->next)
            if (!change->doubtful || world_once_in(2))
                apply(&synced, change, change->size);
        const bool same =
            synced.size == file->size && (file->size == 0 || memcmp(synced.bytes, file->bytes, file->size) == 0);
        file->synced = same ? NULL : take_copy(synced.bytes, synced.size);
        file->synced_size = synced.size;
    }
    file->changes = NULL;
}

/* Of what was not synced some arrived. */
static void lose(struct file *file)
{
    const uint32_t luck = (uint32_t)world_between(0, 3); /* none, all, each for itself */
    if (!file->changes && !file->synced)
        return;
    struct file left = synced_of(file);
    for (const struct file_change *change = file->changes; change; change = change->next) {
        if (luck == 0 || (luck >= 2 && world_once_in(2)))
            continue;
        const bool torn = luck == 3 && change->size > SECTOR && world_once_in(2);
        apply(&left, change, torn ? (size_t)world_between(0, (int64_t)(change->size / SECTOR)) * SECTOR : change->size);
    }
    file->bytes = left.bytes;
    file->size = left.size;
    file->shared = true;
    file->synced = NULL;
    file->changes = NULL;
}

/* ---- images ---- */

static struct file *clone_file(struct file *file)
{
    if (!file || file->clone)
        return file ? file->clone : NULL;
    file->shared = true;
    file->clone = take_copy(file, sizeof *file);
    file->clone->clone = NULL;
    return file->clone;
}

static void forget_clones(struct image *image)
{
    for (uint32_t i = 0; i < image->name_count; i++)
        image->names[i].file->clone = NULL;
    for (uint32_t i = 0; i < image->change_count; i++) {
        image->changes[i].file->clone = NULL;
        if (image->changes[i].replaced)
            image->changes[i].replaced->clone = NULL;
    }
}

/* Each goes its own way from here on. */
static void copy_image(struct image *from, struct image *to)
{
    forget_clones(from);
    memcpy(to->names, from->names, from->name_count * sizeof *to->names);
    memcpy(to->changes, from->changes, from->change_count * sizeof *to->changes);
    to->name_count = from->name_count;
    to->change_count = from->change_count;
    for (uint32_t i = 0; i < to->name_count; i++)
        to->names[i].file = clone_file(to->names[i].file);
    for (uint32_t i = 0; i < to->change_count; i++) {
        to->changes[i].file = clone_file(to->changes[i].file);
        to->changes[i].replaced = clone_file(to->changes[i].replaced);
    }
    to->store = from->store;
    for (int i = 0; i < STORE_FAMILIES; i++) {
        struct store_family *family = &to->store.families[i];
        family->entries = take_copy(family->entries, family->count * sizeof *family->entries);
        family->capacity = family->count;
    }
}

static void begin_empty(struct image *image)
{
    *image = (struct image){0};
    put_name(image, DISK_ROOT, make_file(true));
}

void disk_begin(bool kept)
{
    struct disk *disk = &the_disk;
    disk->memory_used = disk->memory_kept;
    disk->was_cut = false;
    disk->full_until_us = 0;
    disk->plan = (struct disk_plan){.slow = 1};
    memset(disk->open, 0, sizeof disk->open);
    if (kept)
        copy_image(&disk->kept, &disk->now);
    else
        begin_empty(&disk->now);
}

void disk_keep(void)
{
    copy_image(&the_disk.now, &the_disk.kept);
    the_disk.memory_kept = the_disk.memory_used;
}

static void settle_store(struct store_image *store, bool power)
{
    const bool arrived = (!power && !store->doubtful) || world_once_in(2);
    if (power && store->unsynced && world_once_in(2))
        memcpy(store->families, store->synced, sizeof store->families);
    if (power)
        store->unsynced = false;
    if (store->pending)
        world_note("disk: the store's last write %s", arrived ? "arrived" : "was lost");
    for (const struct store_change *change = arrived ? store->pending : NULL; change; change = change->next)
        store_apply(store, change);
    store->pending = NULL;
    store->doubtful = false;
}

void disk_cut(bool power)
{
    struct disk *disk = &the_disk;
    struct image *after = &disk->after;
    copy_image(&disk->now, after);
    disk->was_cut = true;
    settle_store(&after->store, power);
    if (!power)
        return;
    const uint32_t arrived = (uint32_t)world_between(0, after->change_count);
    while (after->change_count > arrived)
        undo(after, &after->changes[--after->change_count]);
    after->change_count = 0;
    for (uint32_t i = 0; i < after->name_count; i++)
        lose(after->names[i].file);
}

void disk_next_life(void)
{
    struct disk *disk = &the_disk;
    if (disk->was_cut)
        disk->now = disk->after;
    else
        settle_store(&disk->now.store, false);
    disk->was_cut = false;
    disk->plan = (struct disk_plan){.slow = 1};
    memset(disk->open, 0, sizeof disk->open);
}

/* ---- damage ---- */

static bool damage_store(char what[static 160])
{
    static const char *const names[STORE_FAMILIES] = {"blocks", "rejections", "cursors", "meta", "units"};
    const int number = (int)world_between(0, STORE_FAMILIES - 1);
    struct store_family *family = &the_disk.now.store.families[number];
    if (family->count == 0)
        return false;
    const uint32_t place = draw_below(&world()->draw, family->count);
    struct store_entry *entry = &family->entries[place];
    const int64_t kind = world_between(0, 2);
    if (kind == 0) { /* the block's checksum does not hold */
        entry->unreadable = true;
    } else if (kind == 1) {
        memmove(entry, entry + 1, (family->count - place - 1) * sizeof *entry);
        family->count--;
    } else if (entry->value_size > 0) {
        uint8_t *value = take_copy(entry->value, entry->value_size);
        value[world_between(0, entry->value_size - 1)] ^= (uint8_t)(1 << world_between(0, 7));
        entry->value = value;
    }
    static const char *const kinds[] = {"unreadable", "missing", "one bit of it is another"};
    snprintf(what, 160, "store, %s: record %u of %u: %s", names[number], place + 1, family->count, kinds[kind]);
    return true;
}

bool disk_damage(char what[static 160])
{
    struct disk *disk = &the_disk;
    copy_image(&disk->now, &disk->unspoilt);
    if (world_once_in(2))
        return damage_store(what);
    struct name *name = &disk->now.names[world_between(0, disk->now.name_count - 1)];
    struct file *file = name->file;
    if (file->folder || file->size == 0)
        return false;
    make_room(file, file->size);
    const size_t at = (size_t)world_between(0, (int64_t)file->size - 1);
    file->bytes[at] ^= (uint8_t)(1 << world_between(0, 7));
    snprintf(what, 160, "%.100s: a bit of byte %zu of %zu", name->path, at, file->size);
    return true;
}

void disk_mend(void)
{
    the_disk.now = the_disk.unspoilt;
    memset(the_disk.open, 0, sizeof the_disk.open);
}

/* ---- the store's records ---- */

struct store_image *disk_store(void)
{
    return &the_disk.now.store;
}

static int compare(const struct store_entry *entry, const void *key, size_t size)
{
    const size_t common = entry->key_size < size ? entry->key_size : size;
    const int order = memcmp(entry->key, key, common);
    return order != 0 ? order : entry->key_size < size ? -1 : entry->key_size > size;
}

uint32_t store_find(const struct store_family *family, const void *key, size_t size)
{
    uint32_t low = 0;
    uint32_t high = family->count;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (compare(&family->entries[middle], key, size) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void store_begin_unsynced(struct store_image *store)
{
    if (store->unsynced)
        return;
    store->unsynced = true;
    for (int i = 0; i < STORE_FAMILIES; i++) {
        const struct store_family *family = &store->families[i];
        store->synced[i] =
            (struct store_family){.entries = take_copy(family->entries, family->count * sizeof *family->entries),
                                  .count = family->count,
                                  .capacity = family->count};
    }
}

void store_apply(struct store_image *store, const struct store_change *change)
{
    struct store_family *family = &store->families[change->family];
    const uint32_t at = store_find(family, change->entry.key, change->entry.key_size);
    const bool there =
        at < family->count && compare(&family->entries[at], change->entry.key, change->entry.key_size) == 0;
    if (change->removes && !there)
        return;
    if (change->removes) {
        memmove(&family->entries[at], &family->entries[at + 1], (family->count - at - 1) * sizeof *family->entries);
        family->count--;
        return;
    }
    if (!there && family->count == family->capacity) {
        family->capacity = family->capacity * 2 + 16;
        struct store_entry *larger = disk_take(family->capacity * sizeof *larger);
        if (family->count > 0)
            memcpy(larger, family->entries, family->count * sizeof *larger);
        family->entries = larger;
    }
    if (!there) {
        memmove(&family->entries[at + 1], &family->entries[at], (family->count - at) * sizeof *family->entries);
        family->count++;
    }
    family->entries[at] = change->entry;
}

/* RocksDB syncs what it makes. */
bool store_make(const char *folder)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/CURRENT", folder);
    if (find(&the_disk.now, path))
        return true;
    if (!disk_call(CALL_WRITE) || !disk_call(CALL_SYNC))
        return false;
    put_name(&the_disk.now, folder, make_file(true));
    put_name(&the_disk.now, path, make_file(false));
    return true;
}

/* ---- the system's calls ---- */

static bool is_ours(const char *path)
{
    return strncmp(path, DISK_ROOT, strlen(DISK_ROOT)) == 0;
}

static struct descriptor *opened(int number)
{
    return number >= FIRST_DESCRIPTOR ? &the_disk.open[number - FIRST_DESCRIPTOR] : NULL;
}

static int fail_with(int error)
{
    errno = error;
    return -1;
}

static int open_file(struct file *file, const char *path, int flags)
{
    for (int i = 0; i < OPEN_MAX; i++) {
        struct descriptor *descriptor = &the_disk.open[i];
        if (descriptor->file)
            continue;
        *descriptor = (struct descriptor){.file = file, .appends = (flags & O_APPEND) != 0};
        snprintf(descriptor->path, sizeof descriptor->path, "%s", path);
        return FIRST_DESCRIPTOR + i;
    }
    return fail_with(EMFILE);
}

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = (flags & O_CREAT) ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    if (!is_ours(path))
        return __real_open(path, flags, mode);
    struct name *name = find(&the_disk.now, path);
    if (!name && !(flags & O_CREAT))
        return fail_with(ENOENT);
    if ((flags & (O_CREAT | O_TRUNC)) && !disk_call(CALL_WRITE))
        return -1;
    name = find(&the_disk.now, path);
    struct file *file = name ? name->file : make_file(false);
    if (!name) {
        put_name(&the_disk.now, path, file);
        struct folder_change change = {.kind = NAME_MADE, .file = file};
        snprintf(change.path, sizeof change.path, "%s", path);
        note_change(&change);
    }
    if ((flags & O_TRUNC) && file->size > 0)
        change_file(file, &(struct file_change){.offset = 0});
    return open_file(file, path, flags);
}

int __real_close(int number);
int __wrap_close(int number);
int __wrap_close(int number)
{
    struct descriptor *descriptor = opened(number);
    if (!descriptor)
        return __real_close(number);
    descriptor->file = NULL;
    return 0;
}

static ssize_t read_at(const struct file *file, void *bytes, size_t size, size_t at)
{
    if (at >= file->size)
        return 0;
    if (size > file->size - at)
        size = file->size - at;
    memcpy(bytes, file->bytes + at, size);
    return (ssize_t)size;
}

ssize_t __real_pread(int number, void *bytes, size_t size, off_t at);
ssize_t __wrap_pread(int number, void *bytes, size_t size, off_t at);
ssize_t __wrap_pread(int number, void *bytes, size_t size, off_t at)
{
    const struct descriptor *descriptor = opened(number);
    return descriptor ? read_at(descriptor->file, bytes, size, (size_t)at) : __real_pread(number, bytes, size, at);
}

ssize_t __real_read(int number, void *bytes, size_t size);
ssize_t __wrap_read(int number, void *bytes, size_t size);
ssize_t __wrap_read(int number, void *bytes, size_t size)
{
    struct descriptor *descriptor = opened(number);
    if (!descriptor)
        return __real_read(number, bytes, size);
    const ssize_t done = read_at(descriptor->file, bytes, size, descriptor->at);
    descriptor->at += (size_t)done;
    return done;
}

ssize_t __real_pwrite(int number, const void *bytes, size_t size, off_t at);
ssize_t __wrap_pwrite(int number, const void *bytes, size_t size, off_t at);
ssize_t __wrap_pwrite(int number, const void *bytes, size_t size, off_t at)
{
    const struct descriptor *descriptor = opened(number);
    if (!descriptor)
        return __real_pwrite(number, bytes, size, at);
    struct file *file = descriptor->file;
    if (!disk_call(CALL_WRITE))
        return -1;
    change_file(file, &(struct file_change){.bytes = bytes, .offset = (size_t)at, .size = size});
    return (ssize_t)size;
}

ssize_t __real_write(int number, const void *bytes, size_t size);
ssize_t __wrap_write(int number, const void *bytes, size_t size);
ssize_t __wrap_write(int number, const void *bytes, size_t size)
{
    struct descriptor *descriptor = opened(number);
    if (!descriptor)
        return __real_write(number, bytes, size);
    const size_t at = descriptor->appends ? descriptor->file->size : descriptor->at;
    const ssize_t done = __wrap_pwrite(number, bytes, size, (off_t)at);
    if (done > 0)
        descriptor->at = at + (size_t)done;
    return done;
}

off_t __real_lseek(int number, off_t offset, int from);
off_t __wrap_lseek(int number, off_t offset, int from);
off_t __wrap_lseek(int number, off_t offset, int from)
{
    struct descriptor *descriptor = opened(number);
    if (!descriptor)
        return __real_lseek(number, offset, from);
    descriptor->at = (size_t)offset + (from == SEEK_END   ? descriptor->file->size
                                       : from == SEEK_CUR ? descriptor->at
                                                          : 0);
    return (off_t)descriptor->at;
}

int __real_ftruncate(int number, off_t size);
int __wrap_ftruncate(int number, off_t size);
int __wrap_ftruncate(int number, off_t size)
{
    const struct descriptor *descriptor = opened(number);
    if (!descriptor)
        return __real_ftruncate(number, size);
    if (!disk_call(CALL_WRITE))
        return -1;
    change_file(descriptor->file, &(struct file_change){.offset = (size_t)size});
    return 0;
}

int __real_fsync(int number);
int __wrap_fsync(int number);
int __wrap_fsync(int number)
{
    const struct descriptor *descriptor = opened(number);
    if (!descriptor)
        return __real_fsync(number);
    struct file *file = descriptor->file;
    const bool arrives = disk_call(CALL_SYNC);
    const int error = errno;
    if (!file->folder)
        sync_file(file, arrives);
    else if (arrives && !world()->dying)
        sync_folder(descriptor->path);
    errno = error;
    return arrives ? 0 : -1;
}

int __real_fdatasync(int number);
int __wrap_fdatasync(int number);
int __wrap_fdatasync(int number)
{
    return opened(number) ? __wrap_fsync(number) : __real_fdatasync(number);
}

int __real_mkdir(const char *path, mode_t mode);
int __wrap_mkdir(const char *path, mode_t mode);
int __wrap_mkdir(const char *path, mode_t mode)
{
    if (!is_ours(path))
        return __real_mkdir(path, mode);
    if (find(&the_disk.now, path))
        return fail_with(EEXIST);
    if (!disk_call(CALL_WRITE))
        return -1;
    struct folder_change change = {.kind = NAME_MADE, .file = make_file(true)};
    snprintf(change.path, sizeof change.path, "%s", path);
    put_name(&the_disk.now, path, change.file);
    note_change(&change);
    return 0;
}

int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to)
{
    if (!is_ours(from))
        return __real_rename(from, to);
    if (!find(&the_disk.now, from))
        return fail_with(ENOENT);
    if (!disk_call(CALL_WRITE))
        return -1;
    struct file *file = find(&the_disk.now, from)->file;
    const struct name *name = find(&the_disk.now, to);
    struct folder_change change = {.kind = NAME_RENAMED, .file = file, .replaced = name ? name->file : NULL};
    snprintf(change.path, sizeof change.path, "%s", to);
    snprintf(change.from, sizeof change.from, "%s", from);
    take_name(&the_disk.now, from);
    put_name(&the_disk.now, to, file);
    note_change(&change);
    return 0;
}

int __real_unlink(const char *path);
int __wrap_unlink(const char *path);
int __wrap_unlink(const char *path)
{
    if (!is_ours(path))
        return __real_unlink(path);
    const struct name *name = find(&the_disk.now, path);
    if (!name)
        return fail_with(ENOENT);
    struct folder_change change = {.kind = NAME_REMOVED, .file = name->file};
    snprintf(change.path, sizeof change.path, "%s", path);
    take_name(&the_disk.now, path);
    note_change(&change);
    return 0;
}

static int tell_of(const struct file *file, struct stat *status)
{
    *status = (struct stat){.st_size = (off_t)file->size, .st_mode = file->folder ? S_IFDIR | 0700 : S_IFREG | 0600};
    return 0;
}

int __real_stat(const char *path, struct stat *status);
int __wrap_stat(const char *path, struct stat *status);
int __wrap_stat(const char *path, struct stat *status)
{
    if (!is_ours(path))
        return __real_stat(path, status);
    const struct name *name = find(&the_disk.now, path);
    return name ? tell_of(name->file, status) : fail_with(ENOENT);
}

int __real_fstat(int number, struct stat *status);
int __wrap_fstat(int number, struct stat *status);
int __wrap_fstat(int number, struct stat *status)
{
    const struct descriptor *descriptor = opened(number);
    return descriptor ? tell_of(descriptor->file, status) : __real_fstat(number, status);
}

int __real_access(const char *path, int mode);
int __wrap_access(const char *path, int mode);
int __wrap_access(const char *path, int mode)
{
    if (!is_ours(path))
        return __real_access(path, mode);
    return find(&the_disk.now, path) ? 0 : fail_with(ENOENT);
}

char *__real_realpath(const char *path, char *whole);
char *__wrap_realpath(const char *path, char *whole);
char *__wrap_realpath(const char *path, char *whole)
{
    if (!is_ours(path) || whole)
        return __real_realpath(path, whole);
    return strdup(path);
}

int __real_chmod(const char *path, mode_t mode);
int __wrap_chmod(const char *path, mode_t mode);
int __wrap_chmod(const char *path, mode_t mode)
{
    return is_ours(path) ? 0 : __real_chmod(path, mode);
}

int __real_fchmod(int number, mode_t mode);
int __wrap_fchmod(int number, mode_t mode);
int __wrap_fchmod(int number, mode_t mode)
{
    return opened(number) ? 0 : __real_fchmod(number, mode);
}

int __real_statvfs(const char *path, struct statvfs *status);
int __wrap_statvfs(const char *path, struct statvfs *status);
int __wrap_statvfs(const char *path, struct statvfs *status)
{
    if (!is_ours(path))
        return __real_statvfs(path, status);
    /* Full: less than the hub's reserve, and more than it needs to open. */
    *status =
        (struct statvfs){.f_frsize = 1 << 20, .f_bavail = world()->now_us < the_disk.full_until_us ? 100 : 1 << 20};
    return 0;
}

DIR *__real_opendir(const char *path);
DIR *__wrap_opendir(const char *path);
DIR *__wrap_opendir(const char *path)
{
    if (!is_ours(path))
        return __real_opendir(path);
    errno = ENOENT; /* only tidying up looks so: what is not tidied stays */
    return NULL;
}

typedef int entry_filter(const struct dirent *entry);
typedef int entry_order(const struct dirent **one, const struct dirent **other);
int __real_scandir(const char *path, struct dirent ***entries, entry_filter *filter, entry_order *order);
int __wrap_scandir(const char *path, struct dirent ***entries, entry_filter *filter, entry_order *order);
int __wrap_scandir(const char *path, struct dirent ***entries, entry_filter *filter, entry_order *order)
{
    if (!is_ours(path))
        return __real_scandir(path, entries, filter, order);
    int count = 0;
    *entries = calloc(NAMES_MAX, sizeof **entries);
    for (uint32_t i = 0; *entries && i < the_disk.now.name_count; i++) {
        const char *name = the_disk.now.names[i].path;
        struct dirent entry = {0};
        if (!is_in(name, path))
            continue;
        snprintf(entry.d_name, sizeof entry.d_name, "%s", strrchr(name, '/') + 1);
        if (!filter(&entry))
            continue;
        struct dirent *copy = malloc(sizeof entry);
        if (!copy)
            abort();
        *copy = entry;
        (*entries)[count++] = copy;
    }
    if (count > 1)
        qsort(*entries, (size_t)count, sizeof **entries, (int (*)(const void *, const void *))(void (*)(void))order);
    return count;
}
