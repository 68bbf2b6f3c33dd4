/* The hub's configuration and access file are taken whole or refused with a reason, whatever stands in them. */
#include "access.h"
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void read_access(const char *path)
{
    struct fault fault = {0};
    struct access *access = access_read(path, &fault);
    if (!access && fault.code != FAULT_USAGE)
        abort();
    for (size_t i = 0; access && i < access_count(access); i++) {
        const struct identity *identity = access_at(access, i);
        if (access_by_key(access, identity->key) != identity || access_by_name(access, identity->name) != identity)
            abort();
    }
    access_close(&access);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct config config;
    struct fault fault = {0};
    char path[64];
    const int file = memfd_create("configuration", MFD_CLOEXEC);
    if (file < 0 || write(file, bytes, size) != (ssize_t)size)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    if (!config_read(path, &config, &fault) && fault.code != FAULT_USAGE)
        abort();
    read_access(path);
    close(file);
    return 0;
}
