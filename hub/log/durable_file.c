#include "durable_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool durable_file_fault(const char *path, struct fault *fault)
{
    const enum fault_code code = errno == ENOSPC || errno == EDQUOT ? FAULT_FULL : FAULT_SYSTEM;
    return fault_set(fault, code, "%.300s: %s", path, strerror(errno));
}

static ssize_t read_all(int descriptor, char *bytes, size_t size)
{
    size_t done = 0;
    while (done < size) {
        ssize_t read_now = read(descriptor, bytes + done, size - done);
        if (read_now == 0)
            break;
        if (read_now < 0 && errno != EINTR)
            return -1;
        done += read_now > 0 ? (size_t)read_now : 0;
    }
    return (ssize_t)done;
}

char *durable_file_read(const char *path, size_t size_max, size_t *size, struct fault *fault)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        if (errno == ENOENT || errno == ENOTDIR)
            fault_set(fault, FAULT_NO, "%.300s: %s", path, strerror(errno));
        else
            durable_file_fault(path, fault);
        return NULL;
    }
    char *bytes = malloc(size_max + 2);
    if (!bytes)
        abort();
    ssize_t found = read_all(descriptor, bytes, size_max + 1);
    if (found < 0)
        durable_file_fault(path, fault);
    else if ((size_t)found > size_max)
        fault_set(fault, FAULT_DAMAGED, "%.300s: larger than %zu bytes", path, size_max);
    close(descriptor);
    if (found < 0 || (size_t)found > size_max) {
        free(bytes);
        return NULL;
    }
    bytes[found] = '\0';
    *size = (size_t)found;
    return bytes;
}

static bool write_all(int descriptor, const char *bytes, size_t size)
{
    size_t done = 0;
    while (done < size) {
        ssize_t written = write(descriptor, bytes + done, size - done);
        if (written < 0 && errno != EINTR)
            return false;
        done += written > 0 ? (size_t)written : 0;
    }
    return true;
}

/* The mode holds whatever the umask says: a web server of another user shall read tiles, nobody else keys. */
static bool fill(int descriptor, const void *bytes, size_t size, mode_t mode)
{
    return fchmod(descriptor, mode) == 0 && write_all(descriptor, bytes, size);
}

/* Writes under the temporary name and gives the file its own. `synced`: its bytes are on the disk before it has the
 * name, so that after a power cut the name stands for the whole of it or for the old one. */
static bool replace(const char *path, const void *bytes, size_t size, mode_t mode, bool synced, int *descriptor,
                    struct fault *fault)
{
    char temporary[DURABLE_PATH_SIZE];
    *descriptor = -1;
    if (snprintf(temporary, sizeof temporary, "%s.tmp", path) >= (int)sizeof temporary)
        return fault_set(fault, FAULT_USAGE, "%.300s: path too long", path);
    *descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (*descriptor < 0)
        return durable_file_fault(temporary, fault);
    if (fill(*descriptor, bytes, size, mode) && (!synced || fsync(*descriptor) == 0) && rename(temporary, path) == 0)
        return true;
    durable_file_fault(temporary, fault);
    close(*descriptor);
    *descriptor = -1;
    return false;
}

int durable_file_place(const char *path, const void *bytes, size_t size, mode_t mode, struct fault *fault)
{
    int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (descriptor < 0 && errno == EEXIST)
        return replace(path, bytes, size, mode, false, &descriptor, fault) ? descriptor : -1;
    if (descriptor >= 0 && fill(descriptor, bytes, size, mode))
        return descriptor;
    durable_file_fault(path, fault);
    if (descriptor >= 0) {
        (void)unlink(path);
        close(descriptor);
    }
    return -1;
}

bool durable_folder_make(const char *path, mode_t mode, bool *made, struct fault *fault)
{
    *made = mkdir(path, mode) == 0;
    if (*made)
        return chmod(path, mode) == 0 || durable_file_fault(path, fault);
    return errno == EEXIST || durable_file_fault(path, fault);
}

bool durable_folder_sync(const char *path, struct fault *fault)
{
    int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool synced = descriptor >= 0 && fsync(descriptor) == 0;
    if (!synced)
        durable_file_fault(path, fault);
    if (descriptor >= 0)
        close(descriptor);
    return synced;
}

bool durable_file_write(const char *path, const void *bytes, size_t size, mode_t mode, struct fault *fault)
{
    char folder[DURABLE_PATH_SIZE];
    int descriptor;
    if (!replace(path, bytes, size, mode, true, &descriptor, fault))
        return false;
    close(descriptor);
    const char *slash = strrchr(path, '/');
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
    return durable_folder_sync(folder, fault);
}
