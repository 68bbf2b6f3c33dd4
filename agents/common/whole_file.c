#include "whole_file.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The mode of the folder in which `path` lies; that of a private one where it cannot be asked. */
static mode_t mode_around(const char *path)
{
    char folder[WHOLE_FILE_PATH_SIZE];
    struct stat status;
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        return S_IRWXU;
    snprintf(folder, sizeof folder, "%.*s", (int)(slash - path), path);
    return stat(folder, &status) == 0 ? status.st_mode : S_IRWXU;
}

bool whole_file_folder(const char *path, struct fault *fault)
{
    /* No chmod: it would have to name the bit with which a folder hands on its group, and services may not. */
    const mode_t usual = umask(0);
    const bool made = mkdir(path, S_IRWXU | (mode_around(path) & (S_IRWXG | S_IRWXO))) == 0;
    const int cause = errno;
    umask(usual);
    return made || cause == EEXIST || fault_set(fault, FAULT_SYSTEM, "%s: %s", path, strerror(cause));
}

bool whole_file_open(struct whole_file *file, const char *path, struct fault *fault)
{
    *file = (struct whole_file){0};
    const char *slash = strrchr(path, '/');
    if (slash == NULL || strlen(path) >= sizeof file->path)
        return fault_set(fault, FAULT_USAGE, "%s: the path is too long", path);
    memcpy(file->path, path, strlen(path) + 1);
    snprintf(file->temporary, sizeof file->temporary, "%.*s/.~%.255s.tmp", (int)(slash - path), path, slash + 1);
    file->stream = fopen(file->temporary, "wbe");
    if (file->stream == NULL)
        return fault_set(fault, FAULT_SYSTEM, "%s: %s", file->temporary, strerror(errno));
    const mode_t others = S_IRGRP | S_IWGRP | S_IROTH; /* what all may write to is no reason to let all write here */
    (void)fchmod(fileno(file->stream),
                 S_IRUSR | S_IWUSR | (mode_around(path) & others)); /* a share may have no modes */
    return true;
}

bool whole_file_finish(struct whole_file *file, struct fault *fault)
{
    const bool written = fflush(file->stream) == 0 && fsync(fileno(file->stream)) == 0 && !ferror(file->stream);
    const bool closed = fclose(file->stream) == 0;
    file->stream = NULL;
    if (written && closed && rename(file->temporary, file->path) == 0)
        return true;
    const int cause = errno;
    unlink(file->temporary);
    return fault_set(fault, FAULT_SYSTEM, "%s: %s", file->path, strerror(cause));
}

void whole_file_discard(struct whole_file *file)
{
    if (file->stream == NULL)
        return;
    fclose(file->stream);
    file->stream = NULL;
    unlink(file->temporary);
}
