/* Big-endian numbers, as all formats of the log's proofs have them. */
#ifndef PROTO_PROOF_NUMBER_H
#define PROTO_PROOF_NUMBER_H

#include <stdint.h>

/* The lowest `size` bytes of a value, the highest of them first. */
static inline void number_write(uint8_t *bytes, uint64_t value, int size)
{
    for (int i = size - 1; i >= 0; i--, value >>= 8)
        bytes[i] = (uint8_t)value;
}
static inline uint64_t number_read(const uint8_t *bytes, int size)
{
    uint64_t value = 0;
    for (int i = 0; i < size; i++)
        value = value << 8 | bytes[i];
    return value;
}

#endif
