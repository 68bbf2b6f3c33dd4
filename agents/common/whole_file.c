#include "whole_file.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

bool whole_file_open(struct whole_file *file, const char *path, struct fault *fault)
{
    *file = (struct whole_file){0};
    const char *slash = strrchr(path, '/');
    if (slash == NULL || strlen(path) >= sizeof file->path)
        return fault_set(fault, FAULT_USAGE, "%s: the path is too long", path);
    memcpy(file->path, path, strlen(path) + 1);
    snprintf(file->temporary, sizeof file->temporary, "%.*s/.~%.255s.tmp", (int)(slash - path), path, slash + 1);
    file->stream = fopen(file->temporary, "wbe");
    return file->stream != NULL || fault_set(fault, FAULT_SYSTEM, "%s: %s", file->temporary, strerror(errno));
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
