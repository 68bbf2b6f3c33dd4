#include "proof/batch.h"

#include <assert.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proof/line.h"
#include "wire.h"

enum {
    TEXT_SIZE = 256,
    EVENT_SOURCE = 1, /* fields of Event */
    EVENT_SEQUENCE = 2,
    SOURCE_SIZE = 65,
};

_Static_assert(BATCH_KEY_SIZE == crypto_sign_PUBLICKEYBYTES && BATCH_SECRET_SIZE == crypto_sign_SECRETKEYBYTES &&
                   BATCH_SIGNATURE_SIZE == crypto_sign_BYTES,
               "Ed25519");
_Static_assert(BATCH_EVENTS_MAX == 1 << (BATCH_LEVELS_MAX - 1), "levels of the largest tree");

bool batch_key_read(const char *text, uint8_t key[static BATCH_KEY_SIZE], struct fault *fault)
{
    const struct line line = {text, strlen(text)};
    uint8_t read[BATCH_KEY_SIZE];
    if (!line_base64_exactly(&line, read, sizeof read))
        return fault_set(fault, FAULT_USAGE, "'%.60s' is no signing key: 32 bytes in base64, 44 characters", text);
    if (crypto_core_ed25519_is_valid_point(read) != 1)
        return fault_set(fault, FAULT_USAGE, "'%.60s' is no signing key: no point of the curve", text);
    memcpy(key, read, sizeof read);
    return true;
}

void batch_key_write(const uint8_t key[static BATCH_KEY_SIZE], char text[static BATCH_KEY_TEXT_SIZE])
{
    line_write_base64(text, key, BATCH_KEY_SIZE);
}

/* ---- the tree ---- */

void batch_tree_begin(struct batch_tree *tree, uint32_t count)
{
    assert(count >= 1 && count <= BATCH_EVENTS_MAX);
    uint32_t total = 0;
    tree->levels = 0;
    for (uint32_t width = count;; width = (width + 1) / 2) {
        tree->begin[tree->levels] = total;
        tree->width[tree->levels++] = width;
        total += width;
        if (width == 1)
            break;
    }
    if (tree->capacity >= total)
        return;
    free(tree->hashes);
    tree->hashes = calloc(total, sizeof *tree->hashes);
    if (!tree->hashes)
        abort();
    tree->capacity = total;
}

void batch_tree_set(struct batch_tree *tree, uint32_t index, const uint8_t salt[static BATCH_SALT_SIZE],
                    const void *event, size_t size)
{
    assert(index < tree->width[0]);
    tree->hashes[index] = merkle_leaf_joined(salt, BATCH_SALT_SIZE, event, size);
}

void batch_tree_set_hash(struct batch_tree *tree, uint32_t index, const struct merkle_hash *leaf)
{
    assert(index < tree->width[0]);
    tree->hashes[index] = *leaf;
}

struct merkle_hash batch_tree_root(struct batch_tree *tree)
{
    for (int level = 1; level < tree->levels; level++) {
        const struct merkle_hash *below = tree->hashes + tree->begin[level - 1];
        struct merkle_hash *here = tree->hashes + tree->begin[level];
        const uint32_t pairs = tree->width[level - 1] / 2;
        for (uint32_t i = 0; i < pairs; i++)
            here[i] = merkle_node(&below[2 * i], &below[2 * i + 1]);
        if (tree->width[level] > pairs) /* the last one, without a neighbour, goes up as it is */
            here[pairs] = below[2 * pairs];
    }
    return tree->hashes[tree->begin[tree->levels - 1]];
}

int batch_tree_path(const struct batch_tree *tree, uint32_t index,
                    const struct merkle_hash *path[static BATCH_LEVELS_MAX])
{
    int count = 0;
    assert(index < tree->width[0]);
    for (int level = 0; level < tree->levels - 1; level++, index /= 2)
        if ((index ^ 1) < tree->width[level])
            path[count++] = &tree->hashes[tree->begin[level] + (index ^ 1)];
    return count;
}

void batch_tree_clear(struct batch_tree *tree)
{
    free(tree->hashes);
    *tree = (struct batch_tree){0};
}

/* ---- the signature ---- */

static size_t write_text(const struct batch_claim *claim, char text[static TEXT_SIZE])
{
    char root[LINE_BASE64_SIZE(MERKLE_HASH_SIZE) + 1];
    line_write_base64(root, claim->root.bytes, sizeof claim->root.bytes);
    int size = snprintf(text, TEXT_SIZE, "sanling-batch/v1\n%.64s\n%" PRIu64 "\n%" PRIu32 "\n%s\n", claim->source,
                        claim->first_sequence, claim->count, root);
    assert(size > 0 && size < TEXT_SIZE);
    return (size_t)size;
}

void batch_sign(const struct batch_claim *claim, const uint8_t secret[static BATCH_SECRET_SIZE],
                uint8_t signature[static BATCH_SIGNATURE_SIZE])
{
    char text[TEXT_SIZE];
    const size_t size = write_text(claim, text);
    crypto_sign_detached(signature, NULL, (const uint8_t *)text, size, secret);
}

bool batch_verify(const struct batch_claim *claim, const uint8_t key[static BATCH_KEY_SIZE],
                  const uint8_t signature[static BATCH_SIGNATURE_SIZE])
{
    char text[TEXT_SIZE];
    const size_t size = write_text(claim, text);
    return crypto_sign_verify_detached(signature, (const uint8_t *)text, size, key) == 0;
}

/* ---- one event of it ---- */

/* Source and number, as the event's own bytes say. */
static bool read_event(const void *event, size_t size, char source[static SOURCE_SIZE], uint64_t *sequence)
{
    struct wire_reader reader = wire_read(event, size);
    struct wire_field field;
    source[0] = '\0';
    *sequence = 0;
    while (wire_next(&reader, &field)) {
        if (field.number == EVENT_SEQUENCE && field.wire_type == PROTOBUF_C_WIRE_TYPE_VARINT)
            *sequence = field.value;
        if (field.number != EVENT_SOURCE || field.wire_type != PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED)
            continue;
        if (field.size >= SOURCE_SIZE)
            return false;
        memcpy(source, field.bytes, field.size);
        source[field.size] = '\0';
    }
    return reader.flaw == WIRE_OK;
}

static bool check_sizes(const Sanling__V1__SenderSignature *signature, struct fault *fault)
{
    bool fits = strlen(signature->source) < SOURCE_SIZE && !strchr(signature->source, '\n') && signature->count >= 1 &&
                signature->count <= BATCH_EVENTS_MAX && signature->first_sequence <= UINT64_MAX - signature->count &&
                signature->key.len == BATCH_KEY_SIZE && signature->signature.len == BATCH_SIGNATURE_SIZE &&
                signature->salt.len == BATCH_SALT_SIZE && signature->n_hashes < BATCH_LEVELS_MAX;
    for (size_t i = 0; fits && i < signature->n_hashes; i++)
        fits = signature->hashes[i].len == MERKLE_HASH_SIZE;
    return fits || fault_set(fault, FAULT_USAGE, "sender's signature: a part is missing or has a wrong size");
}

/* The root to which the leaf and the hashes beside its way lead. false: no way of a tree of this size. */
static bool climb(const Sanling__V1__SenderSignature *signature, uint32_t index, struct merkle_hash *hash)
{
    size_t used = 0;
    for (uint32_t width = signature->count; width > 1; width = (width + 1) / 2, index /= 2) {
        struct merkle_hash beside;
        if ((index ^ 1) >= width)
            continue;
        if (used == signature->n_hashes)
            return false;
        memcpy(beside.bytes, signature->hashes[used++].data, sizeof beside.bytes);
        *hash = (index & 1) ? merkle_node(&beside, hash) : merkle_node(hash, &beside);
    }
    return used == signature->n_hashes;
}

bool batch_entry_verify(const Sanling__V1__SenderSignature *signature, const void *event, size_t size,
                        const uint8_t *key, struct fault *fault)
{
    char source[SOURCE_SIZE];
    uint64_t sequence;
    if (!check_sizes(signature, fault))
        return false;
    if (key && memcmp(key, signature->key.data, BATCH_KEY_SIZE) != 0)
        return fault_set(fault, FAULT_NO, "sender's signature: by another key than the office's");
    if (!read_event(event, size, source, &sequence))
        return fault_set(fault, FAULT_USAGE, "sender's signature: the event's bytes are no event");
    if (strcmp(source, signature->source) != 0 || sequence < signature->first_sequence ||
        sequence - signature->first_sequence >= signature->count)
        return fault_set(fault, FAULT_NO, "sender's signature: the event is none of the batch that was signed");
    struct batch_claim claim = {.source = signature->source,
                                .first_sequence = signature->first_sequence,
                                .count = signature->count,
                                .root = merkle_leaf_joined(signature->salt.data, BATCH_SALT_SIZE, event, size)};
    if (!climb(signature, (uint32_t)(sequence - signature->first_sequence), &claim.root))
        return fault_set(fault, FAULT_NO, "sender's signature: its hashes are no way through a tree of %u events",
                         signature->count);
    return batch_verify(&claim, signature->key.data, signature->signature.data) ||
           fault_set(fault, FAULT_NO, "sender's signature: does not belong to this event, or to this key");
}
