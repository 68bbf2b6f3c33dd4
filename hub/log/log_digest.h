/* Digests of what the log holds, which its head keeps outside the store: whatever is lost, changed or exchanged in the
 * store leads to another digest. They find damage; that nobody changed the past on purpose is shown by the signed
 * checkpoints. */
#ifndef HUB_LOG_LOG_DIGEST_H
#define HUB_LOG_LOG_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#include "block.h"

enum { LOG_DIGEST_SIZE = 32 };

/* The hash of what lies behind a block's header as it is stored (packed_block.h): hashes of several can be made side by
 * side. */
void log_digest_rest(const void *bytes, size_t size, uint8_t rest[static LOG_DIGEST_SIZE]);
/* digest' = SHA-256(header | hash of the rest), where the header has the digest; zero before the first. */
void log_digest_block(uint8_t digest[static LOG_DIGEST_SIZE], const struct block_header *header,
                      const uint8_t rest[static LOG_DIGEST_SIZE]);
/* digest' = SHA-256(digest | number | rejection); zero before the first. */
void log_digest_rejection(uint8_t digest[static LOG_DIGEST_SIZE], uint64_t number, const uint8_t *bytes, size_t size);
/* Puts a durable name and its value into the digest of all of them, or takes it out again: the sum, bit by bit, of the
 * SHA-256 of each. */
void log_digest_name(uint8_t digest[static LOG_DIGEST_SIZE], const char *name, size_t name_size, const void *value,
                     size_t size);

#endif
