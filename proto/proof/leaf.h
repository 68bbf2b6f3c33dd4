/* What the tree holds of a record: a fixed entry with the hash of the event, so that the tree tells nothing of what was
 * said, and one event can be shown, or withheld, without the others. Integers are big-endian.
 *
 *     0    8  "SANLING1"
 *     8    8  position
 *     16   8  recorded at, microseconds since 1970 UTC
 *     24   4  offices that it was routed to, bit n: office n
 *     28   4  office that published
 *     32  32  SHA-256(identity | 0x00 | code of its subtree's root)
 *     64  32  SHA-256(bytes of the event)
 *     96  32  SHA-256(sender's signature over the batch, 64 bytes); zero: it was not signed
 */
#ifndef PROTO_PROOF_LEAF_H
#define PROTO_PROOF_LEAF_H

#include <stddef.h>
#include <stdint.h>

#include "proof/merkle.h"

enum { LEAF_SIZE = 128, LEAF_SIGNATURE_SIZE = 64 };

struct leaf {
    uint64_t position;
    int64_t recorded_at_us;
    uint32_t routed_to;
    uint32_t office;
    const char *identity;
    const char *root; /* "": the whole tree */
    const uint8_t *event;
    size_t event_size;
    const uint8_t *signature; /* LEAF_SIGNATURE_SIZE bytes; NULL: not signed */
};
void leaf_write(const struct leaf *leaf, uint8_t entry[static LEAF_SIZE]);

/* Its parts, for who hashes many events at once and the same publishers again and again: what comes before the hashes,
 * where these belong, and the publisher's. */
enum { LEAF_IDENTITY_AT = 32, LEAF_EVENT_AT = 64, LEAF_SIGNATURE_AT = 96 };
void leaf_write_numbers(const struct leaf *leaf, uint8_t entry[static LEAF_SIZE]);
void leaf_hash_identity(const char *identity, const char *root, uint8_t hash[static MERKLE_HASH_SIZE]);

#endif
