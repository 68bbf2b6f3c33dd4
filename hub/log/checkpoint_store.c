#include "checkpoint_store.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "durable_file.h"

enum { PATH_SIZE = DURABLE_PATH_SIZE, DIR_SIZE = PATH_SIZE - 300, DAY_NAME_SIZE = 11 };

struct checkpoint_store {
    char data[DIR_SIZE];
    struct checkpoint newest;
    char *note;
};

static void newest_path(const char *data, char path[static PATH_SIZE])
{
    snprintf(path, PATH_SIZE, "%s/tiles/checkpoint", data);
}

static void days_path(const char *data, const char *name, char path[static PATH_SIZE])
{
    snprintf(path, PATH_SIZE, "%s/checkpoints%s%s", data, name[0] ? "/" : "", name);
}

/* Names such as 2026-11-27 sort by day. */
static int is_day(const struct dirent *entry)
{
    const char *name = entry->d_name;
    return strlen(name) == DAY_NAME_SIZE - 1 && name[4] == '-' && name[7] == '-' && strspn(name, "0123456789-") == 10;
}

/* What a file holds. */
enum found { FOUND_NONE, FOUND_GOOD, FOUND_OTHER_KEY, FOUND_DAMAGED };

/* Was it signed under a key of ours by its name and number, and has changed since? Or by a key that we do not know? */
static enum found why_not(const char *bytes, size_t size, const struct log_verifiers *keys)
{
    struct note note;
    struct fault fault;
    if (!note_read(bytes, size, &note, &fault))
        return FOUND_DAMAGED;
    for (int i = 0; i < note.count; i++)
        for (int k = 0; k < keys->count; k++)
            if (note.signatures[i].id == keys->keys[k].id && note.signatures[i].name_size == strlen(keys->keys[k].name))
                return FOUND_DAMAGED;
    return FOUND_OTHER_KEY;
}

/* Reads a checkpoint; the note (malloc'ed) goes to *bytes if it is good. */
static enum found read_one(const char *path, const struct log_verifiers *keys, struct checkpoint *checkpoint,
                           char **bytes, struct fault *fault)
{
    size_t size;
    struct note note;
    *bytes = durable_file_read(path, NOTE_SIZE_MAX, &size, fault);
    if (!*bytes)
        return fault->code == FAULT_NO ? FOUND_NONE : FOUND_DAMAGED;
    for (int i = 0; i < keys->count; i++)
        if (checkpoint_open(*bytes, size, &keys->keys[i], checkpoint, &note, fault))
            return FOUND_GOOD;
    enum found found = why_not(*bytes, size, keys);
    free(*bytes);
    *bytes = NULL;
    return found;
}

static int list_days(const char *data, struct dirent ***names)
{
    char path[PATH_SIZE];
    days_path(data, "", path);
    int count = scandir(path, names, is_day, alphasort);
    if (count < 0)
        *names = NULL;
    return count < 0 ? 0 : count;
}

static void free_days(struct dirent **names, int count)
{
    for (int i = 0; i < count; i++)
        free(names[i]);
    free(names);
}

bool checkpoint_store_any(const char *data)
{
    char path[PATH_SIZE];
    struct stat status;
    struct dirent **names;
    newest_path(data, path);
    if (stat(path, &status) == 0)
        return true;
    int count = list_days(data, &names);
    free_days(names, count);
    return count > 0;
}

/* The newest day's copy stands in for the newest where that is missing or spoilt. */
static enum found read_newest_day(const char *data, const struct log_verifiers *keys, struct checkpoint *checkpoint,
                                  char **note, struct fault *fault)
{
    char path[PATH_SIZE];
    struct dirent **names;
    enum found found = FOUND_NONE;
    int count = list_days(data, &names);
    *note = NULL;
    if (count > 0) {
        days_path(data, names[count - 1]->d_name, path);
        found = read_one(path, keys, checkpoint, note, fault);
    }
    free_days(names, count);
    return found;
}

static bool read_newest(struct checkpoint_store *store, const struct log_verifiers *keys, struct fault *fault)
{
    char path[PATH_SIZE];
    struct checkpoint day;
    struct fault why;
    char *day_note;
    newest_path(store->data, path);
    enum found found = read_one(path, keys, &store->newest, &store->note, &why);
    enum found found_day = read_newest_day(store->data, keys, &day, &day_note, &why);
    /* Both are written under one key. Where only one seems to be another's, its bytes were spoilt. */
    if (found_day != FOUND_GOOD && (found == FOUND_OTHER_KEY || found_day == FOUND_OTHER_KEY)) {
        free(day_note);
        return fault_set(fault, FAULT_USAGE,
                         "%.300s: signed by another key than the log's; put the log's own key back, a new one is a "
                         "decision of two operators",
                         path);
    }
    if (found_day == FOUND_GOOD && (found != FOUND_GOOD || day.size > store->newest.size)) {
        free(store->note);
        store->newest = day;
        store->note = day_note;
        return durable_file_write(path, day_note, strlen(day_note), 0644, fault); /* as it has to be */
    }
    free(day_note);
    if (found == FOUND_DAMAGED || (found == FOUND_NONE && found_day == FOUND_DAMAGED))
        return fault_set(fault, FAULT_DAMAGED, "%.300s: not what the log signed, nor is its copy; restore a backup",
                         path);
    return true;
}

struct checkpoint_store *checkpoint_store_open(const char *data, const struct log_verifiers *keys, struct fault *fault)
{
    char tiles[PATH_SIZE];
    char days[PATH_SIZE];
    if (strlen(data) >= DIR_SIZE) {
        fault_set(fault, FAULT_USAGE, "%.300s: path too long", data);
        return NULL;
    }
    struct checkpoint_store *store = calloc(1, sizeof *store);
    if (!store)
        abort();
    strcpy(store->data, data);
    snprintf(tiles, sizeof tiles, "%s/tiles", data);
    days_path(data, "", days);
    bool made;
    if (!durable_folder_make(tiles, 0755, &made, fault) || !durable_folder_make(days, 0700, &made, fault) ||
        !durable_folder_sync(data, fault) || !read_newest(store, keys, fault))
        checkpoint_store_close(&store);
    return store;
}

void checkpoint_store_close(struct checkpoint_store **store)
{
    if (*store)
        free((*store)->note);
    free(*store);
    *store = NULL;
}

const struct checkpoint *checkpoint_store_newest(const struct checkpoint_store *store)
{
    return &store->newest;
}

const char *checkpoint_store_note(const struct checkpoint_store *store)
{
    return store->note ? store->note : "";
}

bool checkpoint_store_put(struct checkpoint_store *store, const struct checkpoint *checkpoint, const char *note,
                          int64_t time, struct fault *fault)
{
    char path[PATH_SIZE];
    char day[DAY_NAME_SIZE];
    struct tm utc;
    const time_t seconds = (time_t)time;
    gmtime_r(&seconds, &utc);
    strftime(day, sizeof day, "%Y-%m-%d", &utc);
    /* The day's copy first: once a web server can show the newest, it is there twice. */
    days_path(store->data, day, path);
    if (!durable_file_write(path, note, strlen(note), 0600, fault))
        return false;
    newest_path(store->data, path);
    if (!durable_file_write(path, note, strlen(note), 0644, fault))
        return false;
    char *copy = strdup(note);
    if (!copy)
        abort();
    free(store->note);
    store->note = copy;
    store->newest = *checkpoint;
    return true;
}

static int by_size(const void *left, const void *right)
{
    const struct checkpoint *one = left;
    const struct checkpoint *other = right;
    return (one->size > other->size) - (one->size < other->size);
}

struct checkpoint *checkpoint_store_days(const struct checkpoint_store *store, const struct log_verifiers *keys,
                                         int *count)
{
    struct dirent **names;
    char path[PATH_SIZE];
    int days = list_days(store->data, &names);
    struct checkpoint *found = calloc((size_t)days + 1, sizeof *found);
    if (!found)
        abort();
    *count = 0;
    for (int i = 0; i < days; i++) {
        struct fault fault;
        char *note = NULL;
        days_path(store->data, names[i]->d_name, path);
        if (read_one(path, keys, &found[*count], &note, &fault) == FOUND_GOOD)
            (*count)++;
        free(note);
    }
    free_days(names, days);
    qsort(found, (size_t)*count, sizeof *found, by_size);
    return found;
}
