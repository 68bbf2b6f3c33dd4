#include "folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct folder {
    char *path;
    int settle_ms;
    struct folder_file *files;
    size_t count;
};

struct folder *folder_open(const char *path, int settle_ms)
{
    struct folder *folder = calloc(1, sizeof *folder);
    if (folder == NULL || (folder->path = strdup(path)) == NULL) {
        free(folder);
        return NULL;
    }
    folder->settle_ms = settle_ms;
    return folder;
}

void folder_close(struct folder **folder)
{
    if (*folder != NULL) {
        free((*folder)->files);
        free((*folder)->path);
    }
    free(*folder);
    *folder = NULL;
}

bool folder_skips(const char *name)
{
    static const char *const skipped[] = {".*", "~$*", "*.tmp", "Thumbs.db"};
    for (size_t i = 0; i < sizeof skipped / sizeof skipped[0]; i++)
        if (fnmatch(skipped[i], name, 0) == 0)
            return true;
    return false;
}

static void directory_close(DIR **directory)
{
    if (*directory != NULL)
        closedir(*directory);
    *directory = NULL;
}

static struct folder_file *file_named(struct folder *folder, const char *name)
{
    for (size_t i = 0; i < folder->count; i++)
        if (strcmp(folder->files[i].name, name) == 0)
            return &folder->files[i];
    struct folder_file *files = realloc(folder->files, (folder->count + 1) * sizeof *files);
    if (files == NULL)
        return NULL;
    folder->files = files;
    struct folder_file *file = &files[folder->count++];
    *file = (struct folder_file){.size = -1};
    snprintf(file->name, sizeof file->name, "%s", name);
    return file;
}

static int64_t nanoseconds(struct timespec time)
{
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static bool looks_like(const struct folder_file *file, const struct stat *status)
{
    return file->size == status->st_size && file->mtime_ns == nanoseconds(status->st_mtim) &&
           file->ctime_ns == nanoseconds(status->st_ctim);
}

static void see(const struct folder *folder, struct folder_file *file, const struct stat *status, int64_t now_ms)
{
    file->seen_now = true;
    if (!looks_like(file, status)) {
        file->size = status->st_size;
        file->mtime_ns = nanoseconds(status->st_mtim);
        file->ctime_ns = nanoseconds(status->st_ctim);
        file->seen_ms = now_ms;
        file->settled_ms = 0;
        file->handled = false;
        file->unsettled_reads = 0;
    } else if (file->settled_ms == 0 && now_ms - file->seen_ms >= folder->settle_ms) {
        file->settled_ms = now_ms;
    }
}

static void forget_gone(struct folder *folder)
{
    size_t kept = 0;
    for (size_t i = 0; i < folder->count; i++)
        if (folder->files[i].seen_now)
            folder->files[kept++] = folder->files[i];
    folder->count = kept;
}

bool folder_look(struct folder *folder, int64_t now_ms, struct fault *fault)
{
    CLEANUP(directory_close) DIR *directory = opendir(folder->path);
    if (directory == NULL)
        return fault_set(fault, FAULT_SYSTEM, "folder %s cannot be read: %s", folder->path, strerror(errno));
    for (size_t i = 0; i < folder->count; i++)
        folder->files[i].seen_now = false;
    errno = 0;
    for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
        struct stat status;
        if (folder_skips(entry->d_name) ||
            fstatat(dirfd(directory), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(status.st_mode))
            continue;
        struct folder_file *file = file_named(folder, entry->d_name);
        if (file == NULL)
            return fault_set(fault, FAULT_SYSTEM, "out of memory");
        see(folder, file, &status, now_ms);
        errno = 0;
    }
    if (errno != 0)
        return fault_set(fault, FAULT_SYSTEM, "folder %s: %s", folder->path, strerror(errno));
    forget_gone(folder);
    return true;
}

const struct folder_file *folder_next(const struct folder *folder)
{
    const struct folder_file *next = NULL;
    for (size_t i = 0; i < folder->count; i++) {
        const struct folder_file *file = &folder->files[i];
        if (file->settled_ms == 0 || file->handled)
            continue;
        if (next == NULL || file->settled_ms < next->settled_ms ||
            (file->settled_ms == next->settled_ms && strcmp(file->name, next->name) < 0))
            next = file;
    }
    return next;
}

const struct folder_file *folder_find(const struct folder *folder, const char *name)
{
    for (size_t i = 0; i < folder->count; i++)
        if (strcmp(folder->files[i].name, name) == 0)
            return &folder->files[i];
    return NULL;
}

/* The file as `seen` shows it; NULL: it changed or went meanwhile. */
static struct folder_file *same_file(struct folder *folder, const struct folder_file *seen)
{
    for (size_t i = 0; i < folder->count; i++) {
        struct folder_file *file = &folder->files[i];
        if (strcmp(file->name, seen->name) == 0)
            return file->size == seen->size && file->mtime_ns == seen->mtime_ns && file->ctime_ns == seen->ctime_ns
                       ? file
                       : NULL;
    }
    return NULL;
}

void folder_mark_handled(struct folder *folder, const struct folder_file *file)
{
    struct folder_file *same = same_file(folder, file);
    if (same != NULL)
        same->handled = true;
}

bool folder_file_stands(const char *folder, const struct folder_file *file)
{
    char path[4096 + 256];
    struct stat status;
    snprintf(path, sizeof path, "%s/%s", folder, file->name);
    return stat(path, &status) == 0 && looks_like(file, &status);
}

void folder_reopen(struct folder *folder, const char *name)
{
    for (size_t i = 0; i < folder->count; i++)
        if (strcmp(folder->files[i].name, name) == 0)
            folder->files[i].handled = false;
}

void folder_put_off(struct folder *folder, const struct folder_file *file, int64_t now_ms)
{
    struct folder_file *same = same_file(folder, file);
    if (same == NULL)
        return;
    same->unsettled_reads++;
    same->seen_ms = now_ms;
    same->settled_ms = 0;
}

bool folder_has_unhandled(const struct folder *folder)
{
    for (size_t i = 0; i < folder->count; i++)
        if (!folder->files[i].handled)
            return true;
    return false;
}
