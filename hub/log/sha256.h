/* SHA-256 of bytes in one piece. */
#ifndef HUB_LOG_SHA256_H
#define HUB_LOG_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { SHA256_SIZE = 32 };

/* Ends the process where there is no memory for it: libcrypto's own one-piece function then leaves `hash` as it was,
 * and whole data would be taken for damaged. */
void sha256_of(const void *bytes, size_t size, uint8_t hash[static SHA256_SIZE]);

#endif
