#include "folder_copy.h"

#include "language.h"
#include "proof/tile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PIECE = 1 << 20, WALK_FILES = 16, TELL_S = 2 };

static bool failed(const char *path, struct fault *fault)
{
    const enum fault_code code = errno == ENOSPC || errno == EDQUOT ? FAULT_FULL : FAULT_SYSTEM;
    return fault_set(fault, code, "%.300s: %s", path, strerror(errno));
}

bool folder_path(const char *folder, const char *name, char path[static FOLDER_PATH_SIZE], struct fault *fault)
{
    return snprintf(path, FOLDER_PATH_SIZE, "%s/%s", folder, name) < FOLDER_PATH_SIZE ||
           fault_set(fault, FAULT_USAGE, "%.300s: path too long", folder);
}

static void tell(struct folder_copy *copy)
{
    const int64_t now = (int64_t)time(NULL);
    if (now < copy->told + TELL_S || !isatty(STDERR_FILENO))
        return;
    copy->told = now;
    fprintf(stderr, translated("copying: %" PRIu64 " files, %" PRIu64 " MiB of %" PRIu64 " MiB are new\n"), copy->files,
            copy->new_bytes >> 20, copy->bytes >> 20);
}

static bool own(const struct folder_copy *copy, int descriptor)
{
    return !copy->owned || fchown(descriptor, copy->user, copy->group) == 0;
}

/* The folders above the file, as far as they are missing. */
static bool make_parents(const struct folder_copy *copy, const char *path, size_t below, struct fault *fault)
{
    char folder[FOLDER_PATH_SIZE];
    snprintf(folder, sizeof folder, "%s", path);
    for (char *slash = strchr(folder + below, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(folder, 0700) == 0) {
            if (copy->owned && chown(folder, copy->user, copy->group) != 0)
                return failed(folder, fault);
        } else if (errno != EEXIST) {
            return failed(folder, fault);
        }
        *slash = '/';
    }
    return true;
}

/* Shares the file with the earlier copy, where that has it. */
static bool shared(const struct folder_copy *copy, const char *name, const struct stat *status, const char *target)
{
    char path[FOLDER_PATH_SIZE];
    struct stat before;
    struct fault ignored;
    return copy->before != NULL && folder_path(copy->before, name, path, &ignored) && lstat(path, &before) == 0 &&
           S_ISREG(before.st_mode) && before.st_size == status->st_size &&
           before.st_mtim.tv_sec == status->st_mtim.tv_sec && before.st_mtim.tv_nsec == status->st_mtim.tv_nsec &&
           link(path, target) == 0;
}

static bool write_all(int descriptor, const char *bytes, size_t size)
{
    while (size > 0) {
        const ssize_t written = write(descriptor, bytes, size);
        if (written < 0 && errno != EINTR)
            return false;
        bytes += written > 0 ? written : 0;
        size -= written > 0 ? (size_t)written : 0;
    }
    return true;
}

/* At most as many bytes as it had when it was looked at: what is appended meanwhile is not of this copy. */
static bool copy_bytes(int source, int target, uint64_t size)
{
    char *piece = malloc(PIECE);
    if (piece == NULL)
        abort();
    ssize_t got = 1;
    bool written = true;
    while (written && size > 0 && got > 0) {
        got = read(source, piece, size < PIECE ? (size_t)size : PIECE);
        if (got > 0) {
            written = write_all(target, piece, (size_t)got);
            size -= (uint64_t)got;
        }
    }
    free(piece);
    return got >= 0 && written;
}

static bool copy_open(struct folder_copy *copy, int source, const struct stat *status, const char *path,
                      struct fault *fault)
{
    const struct timespec times[2] = {status->st_mtim, status->st_mtim};
    const int target = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (target < 0)
        return failed(path, fault);
    const bool copied = copy_bytes(source, target, (uint64_t)status->st_size) &&
                        fchmod(target, status->st_mode & 0777) == 0 && own(copy, target) &&
                        futimens(target, times) == 0;
    const bool closed = (copied || failed(path, fault)) && (close(target) == 0 || failed(path, fault));
    if (!copied)
        close(target);
    copy->new_files++;
    copy->new_bytes += (uint64_t)status->st_size;
    return closed;
}

bool folder_copy_file(struct folder_copy *copy, const char *from, const char *to, const char *name, bool *there,
                      struct fault *fault)
{
    char path[FOLDER_PATH_SIZE], target[FOLDER_PATH_SIZE];
    struct stat status;
    *there = false;
    if (!folder_path(from, name, path, fault) || !folder_path(to, name, target, fault))
        return false;
    const int source = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (source < 0)
        return errno == ENOENT || failed(path, fault);
    *there = true;
    bool copied = fstat(source, &status) == 0 || failed(path, fault);
    if (copied && make_parents(copy, target, strlen(to) + 1, fault)) {
        copied = shared(copy, name, &status, target) || copy_open(copy, source, &status, target, fault);
        copy->files++;
        copy->bytes += (uint64_t)status.st_size;
        tell(copy);
    } else {
        copied = false;
    }
    close(source);
    return copied;
}

static bool copy_folder(struct folder_copy *copy, const char *from, const char *to, const char *below, const char *but,
                        struct fault *fault);

static bool copy_entry(struct folder_copy *copy, const char *from, const char *to, const char *name, const char *but,
                       struct fault *fault)
{
    char path[FOLDER_PATH_SIZE];
    struct stat status;
    bool there;
    if (!folder_path(from, name, path, fault))
        return false;
    if (lstat(path, &status) != 0)
        return errno == ENOENT || failed(path, fault);
    if (S_ISDIR(status.st_mode))
        return copy_folder(copy, from, to, name, but, fault);
    return !S_ISREG(status.st_mode) || folder_copy_file(copy, from, to, name, &there, fault);
}

static bool copy_folder(struct folder_copy *copy, const char *from, const char *to, const char *below, const char *but,
                        struct fault *fault)
{
    char path[FOLDER_PATH_SIZE], name[FOLDER_PATH_SIZE];
    if (!folder_path(from, below, path, fault))
        return false;
    DIR *listing = opendir(path);
    if (listing == NULL)
        return failed(path, fault);
    bool copied = true;
    for (struct dirent *entry; copied && (entry = readdir(listing)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 || strcmp(entry->d_name, but) == 0)
            continue;
        copied = below[0] == '\0' ? snprintf(name, sizeof name, "%s", entry->d_name) > 0
                                  : folder_path(below, entry->d_name, name, fault);
        copied = copied && copy_entry(copy, from, to, name, but, fault);
    }
    closedir(listing);
    return copied;
}

bool folder_copy_all(struct folder_copy *copy, const char *from, const char *to, const char *but, struct fault *fault)
{
    return copy_folder(copy, from, to, "", but, fault);
}

bool folder_copy_part(struct folder_copy *copy, const char *from, const char *to, const char *part, const char *but,
                      struct fault *fault)
{
    char source[FOLDER_PATH_SIZE], target[FOLDER_PATH_SIZE], before[FOLDER_PATH_SIZE];
    const char *set = copy->before;
    if (!folder_path(from, part, source, fault) || !folder_path(to, part, target, fault) ||
        (set != NULL && !folder_path(set, part, before, fault)))
        return false;
    if (mkdir(target, 0700) != 0 || (copy->owned && chown(target, copy->user, copy->group) != 0))
        return failed(target, fault);
    copy->before = set != NULL ? before : NULL;
    const bool copied = folder_copy_all(copy, source, target, but, fault);
    copy->before = set;
    return copied;
}

/* A partial tile goes when the whole one is there. */
static bool copy_tile(struct folder_copy *copy, const char *from, const char *to, int level, uint64_t number, int width,
                      struct fault *fault)
{
    char tile[TILE_PATH_SIZE];
    char name[TILE_PATH_SIZE + 8];
    bool there = false;
    const int widths[2] = {width, TILE_WIDTH};
    for (int i = 0; i < 2 && !there; i++) {
        tile_path(level, number, widths[i], tile);
        snprintf(name, sizeof name, "tiles/%s", tile);
        if (!folder_copy_file(copy, from, to, name, &there, fault))
            return false;
    }
    return true; /* the check of the copy says if one is missing */
}

bool folder_copy_tiles(struct folder_copy *copy, const char *from, const char *to, uint64_t records,
                       struct fault *fault)
{
    for (int level = 0; level < TILE_LEVELS_MAX; level++) {
        int width;
        for (uint64_t number = 0; (width = tile_width(level, number, records)) > 0; number++)
            if (!copy_tile(copy, from, to, level, number, width, fault))
                return false;
    }
    return true;
}

bool folder_sync(const char *folder, struct fault *fault)
{
    const int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool synced = descriptor >= 0 && syncfs(descriptor) == 0;
    if (!synced)
        failed(folder, fault);
    if (descriptor >= 0)
        close(descriptor);
    return synced;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

bool folder_remove(const char *folder, struct fault *fault)
{
    struct stat status;
    if (lstat(folder, &status) != 0 && errno == ENOENT)
        return true;
    return nftw(folder, remove_one, WALK_FILES, FTW_DEPTH | FTW_PHYS) == 0 || failed(folder, fault);
}

bool folder_is_empty(const char *folder, bool *empty, struct fault *fault)
{
    DIR *listing = opendir(folder);
    *empty = true;
    if (listing == NULL)
        return errno == ENOENT || failed(folder, fault);
    for (struct dirent *entry; *empty && (entry = readdir(listing)) != NULL;)
        *empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    closedir(listing);
    return true;
}
