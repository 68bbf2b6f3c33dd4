#include "secret_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void file_close(const int *file)
{
    if (*file >= 0)
        close(*file);
}

void secret_free(char **secret)
{
    if (*secret != NULL)
        sodium_memzero(*secret, strlen(*secret));
    free(*secret);
    *secret = NULL;
}

/* As much as there is, up to `most`; -1 on failure. */
static ssize_t read_all(int file, char *text, size_t most)
{
    size_t size = 0;
    while (size < most) {
        const ssize_t more = read(file, text + size, most - size);
        if (more < 0 && errno == EINTR)
            continue;
        if (more < 0)
            return -1;
        if (more == 0)
            break;
        size += (size_t)more;
    }
    return (ssize_t)size;
}

char *secret_file_read(const char *path, struct fault *fault)
{
    struct stat status;
    CLEANUP(file_close) const int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0 || fstat(file, &status) != 0) {
        fault_set(fault, FAULT_USAGE, "%s: %s", path, strerror(errno));
        return NULL;
    }
    if (!S_ISREG(status.st_mode) || (status.st_mode & (S_IRWXO | S_IWGRP)) != 0) {
        fault_set(fault, FAULT_USAGE, "%s: others may read or change this secret; chmod 0600 (or 0640) it", path);
        return NULL;
    }
    CLEANUP(secret_free) char *text = calloc(1, SECRET_FILE_MAX + 2);
    const ssize_t size = text == NULL ? -1 : read_all(file, text, SECRET_FILE_MAX + 1);
    if (size < 0) {
        fault_set(fault, FAULT_USAGE, "%s: cannot be read: %s", path, strerror(errno));
        return NULL;
    }
    if (size == 0 || size > SECRET_FILE_MAX || strlen(text) != (size_t)size) {
        fault_set(fault, FAULT_USAGE, "%s: not a text of 1 to %d bytes", path, SECRET_FILE_MAX);
        return NULL;
    }
    char *read_text = text;
    text = NULL;
    return read_text;
}
