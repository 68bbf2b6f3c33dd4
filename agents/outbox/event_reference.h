/* Events that name another record by its position in the log: a correction, a retraction, and what is said of an
 * attestation or a discrepancy. */
#ifndef SANLING_EVENT_REFERENCE_H
#define SANLING_EVENT_REFERENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct event_reference {
    uint64_t position; /* 0: it names none */
    bool is_record; /* one record is meant, wherever it stands; else how far the log had been read, or what a record of
                       the hub's own is called */
};
/* Of an encoded Event. Bytes that are none name nothing. */
struct event_reference event_reference_find(const uint8_t *bytes, size_t size);
/* The same event, naming another position (of a record); malloc'ed. NULL: memory ran out. */
uint8_t *event_reference_move(const uint8_t *bytes, size_t size, uint64_t position, size_t *moved_size);

#endif
