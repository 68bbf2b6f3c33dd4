/* SHA-256 of many byte strings at once. Where the build found Intel's multi-buffer library they are hashed side by side
 * in the lanes of the processor's vector registers, which costs a fifth of one after the other on a processor without
 * instructions for SHA-256; else OpenSSL hashes them one by one. One thread owns a hasher. */
#ifndef PROTO_PROOF_MANY_HASHES_H
#define PROTO_PROOF_MANY_HASHES_H

#include <stddef.h>
#include <stdint.h>

#include "proof/merkle.h"

struct many_hashes;
struct many_hashes *many_hashes_open(void);
void many_hashes_close(struct many_hashes **hasher);

/* Adds a string. Its bytes and the place of its hash are lent to the hasher until the next flush. */
void many_hashes_add(struct many_hashes *hasher, const void *bytes, size_t size, uint8_t hash[static MERKLE_HASH_SIZE]);
/* Adds a leaf or a node of a tree as merkle.h has them. What is hashed is copied: a node may take the place of a hash
 * that was added below it. */
void many_hashes_add_leaf(struct many_hashes *hasher, const void *first, size_t first_size, const void *rest,
                          size_t rest_size, struct merkle_hash *leaf);
void many_hashes_add_node(struct many_hashes *hasher, const struct merkle_hash *left, const struct merkle_hash *right,
                          struct merkle_hash *node);
/* The root over `count` hashes, a power of two and at most MANY_HASHES_ROOT_MAX. Flushes. */
enum { MANY_HASHES_ROOT_MAX = 256 };
struct merkle_hash many_hashes_root(struct many_hashes *hasher, const struct merkle_hash *hashes, int count);
/* Every hash that was added is in its place when this returns. */
void many_hashes_flush(struct many_hashes *hasher);

#endif
