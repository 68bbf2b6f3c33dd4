#include "block.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

enum { SIZE_BYTES = 4 };

size_t block_count(const struct mix *mix, size_t first, uint32_t limit)
{
    size_t left = mix->count - first;
    return left < limit ? left : limit;
}

size_t block_size(const struct mix *mix, size_t first, size_t count)
{
    const struct sanling_bytes *last = mix->events + first + count - 1;
    return (size_t)(last->bytes + last->size - mix->events[first].bytes) +
           count * SIZE_BYTES; /* they lie side by side */
}

void block_pack(const struct mix *mix, size_t first, size_t count, uint8_t *bytes)
{
    for (const struct sanling_bytes *event = mix->events + first; count > 0; event++, count--) {
        const uint32_t size = htole32((uint32_t)event->size);
        memcpy(bytes, &size, SIZE_BYTES);
        memcpy(bytes + SIZE_BYTES, event->bytes, event->size);
        bytes += SIZE_BYTES + event->size;
    }
}

uint8_t *block_room(const struct mix *mix, uint32_t limit)
{
    size_t most = 0;
    for (size_t first = 0; first < mix->count; first += limit) {
        size_t size = block_size(mix, first, block_count(mix, first, limit));
        most = size > most ? size : most;
    }
    uint8_t *room = malloc(most);
    if (!room)
        abort();
    memset(room, 0, most); /* its pages are there before the clock starts */
    return room;
}

bool block_read(const uint8_t *bytes, size_t size, uint64_t *events, uint64_t *event_bytes)
{
    while (size >= SIZE_BYTES) {
        uint32_t of_event;
        memcpy(&of_event, bytes, SIZE_BYTES);
        of_event = le32toh(of_event);
        if (of_event > size - SIZE_BYTES)
            return false;
        bytes += SIZE_BYTES + of_event;
        size -= SIZE_BYTES + of_event;
        *events += 1;
        *event_bytes += of_event;
    }
    return size == 0;
}
