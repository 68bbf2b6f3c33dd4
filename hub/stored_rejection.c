#include "stored_rejection.h"

#include <stdlib.h>

static void *take(void *unused, size_t size)
{
    void *memory = malloc(size ? size : 1);
    (void)unused;
    if (!memory)
        abort();
    return memory;
}

static void give_back(void *unused, void *memory)
{
    (void)unused;
    free(memory);
}

Sanling__V1__Rejection *stored_rejection_read(const struct log_rejection *stored)
{
    ProtobufCAllocator allocator = {.alloc = take, .free = give_back};
    return sanling__v1__rejection__unpack(&allocator, stored->size, stored->bytes);
}
