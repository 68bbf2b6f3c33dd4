/* Batches that their senders signed: what of a message is verified, kept with the block, and shown of one event again.
 */
#ifndef HUB_SIGNED_BATCH_H
#define HUB_SIGNED_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "log/block.h"
#include "proof/batch.h"
#include "proof/many_hashes.h"
#include "record.pb-c.h"

/* A message's signature while its events are decided on. Everything is borrowed from the message, but for tree and
 * hasher. */
struct signed_batch {
    const uint8_t *key;       /* BATCH_KEY_SIZE */
    const uint8_t *signature; /* BATCH_SIGNATURE_SIZE */
    const uint8_t *salts;     /* BATCH_SALT_SIZE for each event */
    struct batch_claim claim; /* its root once the tree is whole */
    struct batch_tree *tree;
    struct many_hashes *hasher;
    uint16_t number; /* in the block that is gathered; 0: none of its events is recorded yet */
};
/* Reads an encoded BatchSignature about `count` events. false: a part is missing or of another size. */
bool signed_batch_read(const uint8_t *bytes, size_t size, uint32_t count, struct signed_batch *batch);
/* The salt of one event. */
const uint8_t *signed_batch_salt(const struct signed_batch *batch, uint32_t index);
/* Sets the leaf of one event; its bytes are copied. */
void signed_batch_set(struct signed_batch *batch, uint32_t index, const void *event, size_t size);
/* Whether the signature is of this key over the tree, whose leaves are set. Makes the root. */
bool signed_batch_verify(struct signed_batch *batch, const uint8_t key[static BATCH_KEY_SIZE]);
/* Notes in the block that the event is recorded with it, and gives the batch's number there. */
uint16_t signed_batch_keep(struct signed_batch *batch, uint32_t index, struct block_builder *block);

/* The message about one event of the message at hand; it borrows from what it was filled from, the tree too, and must
 * not be copied. */
struct sender_signature {
    Sanling__V1__SenderSignature message;
    ProtobufCBinaryData hashes[BATCH_LEVELS_MAX];
};
void sender_signature_of_event(const struct signed_batch *batch, uint32_t index, struct sender_signature *signature);

/* For who verifies a whole log: each batch of the block is signed by the key that stands there, and each signed record
 * is the event that was signed. Whose key it was, the access records say. FAULT_DAMAGED: *position is the first record
 * that it is not true of. */
MUST_CHECK bool signed_block_check(const struct block_view *block, struct many_hashes *hasher, struct batch_tree *tree,
                                   uint64_t *position, struct fault *fault);

#endif
