#include "proof/leaf.h"

#include "proof/number.h"

#include <sodium.h>
#include <string.h>

static const uint8_t mark[] = {'S', 'A', 'N', 'L', 'I', 'N', 'G', '1'};

void leaf_hash_identity(const char *identity, const char *root, uint8_t hash[static MERKLE_HASH_SIZE])
{
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, (const uint8_t *)identity, strlen(identity) + 1);
    crypto_hash_sha256_update(&state, (const uint8_t *)root, strlen(root));
    crypto_hash_sha256_final(&state, hash);
}

void leaf_write_numbers(const struct leaf *leaf, uint8_t entry[static LEAF_SIZE])
{
    memcpy(entry, mark, sizeof mark);
    number_write(entry + 8, leaf->position, 8);
    number_write(entry + 16, (uint64_t)leaf->recorded_at_us, 8);
    number_write(entry + 24, leaf->routed_to, 4);
    number_write(entry + 28, leaf->office, 4);
}

void leaf_write(const struct leaf *leaf, uint8_t entry[static LEAF_SIZE])
{
    leaf_write_numbers(leaf, entry);
    leaf_hash_identity(leaf->identity, leaf->root, entry + LEAF_IDENTITY_AT);
    crypto_hash_sha256(entry + LEAF_EVENT_AT, leaf->event, leaf->event_size);
    if (leaf->signature == NULL)
        memset(entry + LEAF_SIGNATURE_AT, 0, MERKLE_HASH_SIZE);
    else
        crypto_hash_sha256(entry + LEAF_SIGNATURE_AT, leaf->signature, LEAF_SIGNATURE_SIZE);
}
