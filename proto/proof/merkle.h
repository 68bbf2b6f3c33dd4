/* The Merkle tree of RFC 6962 over the log's records: hashing, the compact form in which a tree grows, and the two
 * proofs. Pure: nothing here reads a file. Sizes and indexes count leaves from 0: the record at position P is leaf P
 * - 1. */
#ifndef PROTO_PROOF_MERKLE_H
#define PROTO_PROOF_MERKLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"

enum {
    MERKLE_HASH_SIZE = 32,
    MERKLE_LEVELS_MAX = 64,
    MERKLE_PROOF_MAX = 64,        /* hashes of an inclusion proof */
    MERKLE_CONSISTENCY_MAX = 128, /* of a consistency proof */
};

struct merkle_hash {
    uint8_t bytes[MERKLE_HASH_SIZE];
};

/* SHA-256(0x00 | entry), SHA-256(0x01 | left | right), and the root of no leaf, SHA-256(""). */
struct merkle_hash merkle_leaf(const void *entry, size_t size);
/* The leaf of an entry that lies in two places: the first part, and behind it the rest. */
struct merkle_hash merkle_leaf_joined(const void *first, size_t first_size, const void *rest, size_t rest_size);
struct merkle_hash merkle_node(const struct merkle_hash *left, const struct merkle_hash *right);
struct merkle_hash merkle_empty(void);
bool merkle_equal(const struct merkle_hash *one, const struct merkle_hash *other);

/* A tree's right edge: the roots of its whole subtrees, the largest first; all that growing needs. */
struct merkle_edge {
    uint64_t size; /* leaves */
    int count;     /* set bits of size */
    struct merkle_hash roots[MERKLE_LEVELS_MAX];
};
void merkle_edge_add(struct merkle_edge *edge, const struct merkle_hash *leaf);
struct merkle_hash merkle_edge_root(const struct merkle_edge *edge);

struct merkle_proof {
    int count;
    struct merkle_hash hashes[MERKLE_CONSISTENCY_MAX];
};
/* Gives the hash of the whole subtree of 2^level leaves that begins at leaf index * 2^level. false: *fault says why. */
typedef bool merkle_read(void *context, int level, uint64_t index, struct merkle_hash *hash, struct fault *fault);
/* Root, and proofs, of the tree of `size` leaves, from the hashes of whole subtrees. index < size, 0 < from <= size. */
MUST_CHECK bool merkle_root(uint64_t size, merkle_read *read, void *context, struct merkle_hash *root,
                            struct fault *fault);
MUST_CHECK bool merkle_inclusion(uint64_t index, uint64_t size, merkle_read *read, void *context,
                                 struct merkle_proof *proof, struct fault *fault);
MUST_CHECK bool merkle_consistency(uint64_t from, uint64_t size, merkle_read *read, void *context,
                                   struct merkle_proof *proof, struct fault *fault);

/* The checks of RFC 9162 2.1.3.2 and 2.1.4.2. Any numbers and any proof may be given. Of the log without records only
 * its empty root is known, and every log goes on from it without a proof. */
bool merkle_check_inclusion(uint64_t index, uint64_t size, const struct merkle_hash *leaf,
                            const struct merkle_proof *proof, const struct merkle_hash *root);
bool merkle_check_consistency(uint64_t from, uint64_t size, const struct merkle_hash *old_root,
                              const struct merkle_hash *root, const struct merkle_proof *proof);

#endif
