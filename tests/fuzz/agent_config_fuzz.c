/* An office agent's configuration is taken whole or refused with a reason, whatever stands in it. */
#include "agent_config.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const char *const mappings[] = {NULL};
    struct fault fault = {0};
    char path[64];
    const int file = memfd_create("configuration", MFD_CLOEXEC);
    if (file < 0 || write(file, bytes, size) != (ssize_t)size)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    struct agent_config *config = agent_config_load(path, mappings, &fault);
    if (!config && fault.code != FAULT_USAGE)
        abort();
    agent_config_free(&config);
    close(file);
    return 0;
}
