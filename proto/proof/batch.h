/* Signed by the sender: the Ed25519 signature over a whole batch (publish.proto, BatchSignature) and what shows one
 * event of it (record.proto, SenderSignature). Signed is a text that names source, first number, count and the root of
 * the RFC 6962 tree whose entries are salt and event; so one event can be shown without the others. Pure. */
#ifndef PROTO_PROOF_BATCH_H
#define PROTO_PROOF_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "proof/merkle.h"
#include "record.pb-c.h"

enum {
    BATCH_KEY_SIZE = 32,
    BATCH_KEY_TEXT_SIZE = 45, /* base64, and NUL */
    BATCH_SECRET_SIZE = 64,   /* libsodium's: seed | public key */
    BATCH_SIGNATURE_SIZE = 64,
    BATCH_SALT_SIZE = 16,
    BATCH_EVENTS_MAX = 16384,
    BATCH_LEVELS_MAX = 15, /* of the tree of so many */
};

/* Public keys as text: base64 of 32 bytes in its one form. FAULT_USAGE: it is none, or no point of the curve. */
MUST_CHECK bool batch_key_read(const char *text, uint8_t key[static BATCH_KEY_SIZE], struct fault *fault);
void batch_key_write(const uint8_t key[static BATCH_KEY_SIZE], char text[static BATCH_KEY_TEXT_SIZE]);

/* The tree over a batch's leaves, with all its levels, so that a way up costs no hashing. All zero is an empty one,
 * whose memory is used again for the next batch. */
struct batch_tree {
    struct merkle_hash *hashes; /* level by level, the leaves first */
    size_t capacity;
    int levels;
    uint32_t begin[BATCH_LEVELS_MAX];
    uint32_t width[BATCH_LEVELS_MAX];
};
/* Begins a tree of 1 to BATCH_EVENTS_MAX leaves, each of which is then set. */
void batch_tree_begin(struct batch_tree *tree, uint32_t count);
void batch_tree_set(struct batch_tree *tree, uint32_t index, const uint8_t salt[static BATCH_SALT_SIZE],
                    const void *event, size_t size);
void batch_tree_set_hash(struct batch_tree *tree, uint32_t index, const struct merkle_hash *leaf);
/* Hashes the levels above the leaves; gives the root. */
struct merkle_hash batch_tree_root(struct batch_tree *tree);
/* The hashes beside the leaf's way up, the lowest first, at most BATCH_LEVELS_MAX - 1; they point into the tree, whose
 * root was asked for. Returns how many. */
int batch_tree_path(const struct batch_tree *tree, uint32_t index,
                    const struct merkle_hash *path[static BATCH_LEVELS_MAX]);
/* Frees its memory; fits CLEANUP. */
void batch_tree_clear(struct batch_tree *tree);

/* What a signature is about. */
struct batch_claim {
    const char *source; /* 1 to 64 characters */
    uint64_t first_sequence;
    uint32_t count;
    struct merkle_hash root;
};
void batch_sign(const struct batch_claim *claim, const uint8_t secret[static BATCH_SECRET_SIZE],
                uint8_t signature[static BATCH_SIGNATURE_SIZE]);
bool batch_verify(const struct batch_claim *claim, const uint8_t key[static BATCH_KEY_SIZE],
                  const uint8_t signature[static BATCH_SIGNATURE_SIZE]);

/* Whether this key's owner signed the event, an encoded Event: its source and number are the batch's, its way ends at
 * the root, and that was signed. `key` NULL: by the key that the signature itself names, whoever that is. FAULT_NO:
 * says what does not fit; FAULT_USAGE: the message cannot be a signature. */
MUST_CHECK bool batch_entry_verify(const Sanling__V1__SenderSignature *signature, const void *event, size_t size,
                                   const uint8_t *key, struct fault *fault);

#endif
