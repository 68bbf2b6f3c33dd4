#include "proof/merkle.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

/* Before what is hashed, so that no leaf can be shown as a node. */
static const uint8_t of_leaf = 0x00;
static const uint8_t of_node = 0x01;

/* libsodium's hash keeps its state on the stack and cannot fail. Through EVP each hash looks its algorithm up and
 * allocates, which costs more than the processor's own instructions save for inputs of two or three blocks. */
struct merkle_hash merkle_leaf_joined(const void *first, size_t first_size, const void *rest, size_t rest_size)
{
    struct merkle_hash hash;
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, &of_leaf, sizeof of_leaf);
    crypto_hash_sha256_update(&state, first, first_size);
    crypto_hash_sha256_update(&state, rest, rest_size);
    crypto_hash_sha256_final(&state, hash.bytes);
    return hash;
}

struct merkle_hash merkle_leaf(const void *entry, size_t size)
{
    return merkle_leaf_joined(entry, size, "", 0);
}

struct merkle_hash merkle_node(const struct merkle_hash *left, const struct merkle_hash *right)
{
    struct merkle_hash hash;
    uint8_t bytes[1 + 2 * MERKLE_HASH_SIZE];
    bytes[0] = of_node;
    memcpy(bytes + 1, left->bytes, MERKLE_HASH_SIZE);
    memcpy(bytes + 1 + MERKLE_HASH_SIZE, right->bytes, MERKLE_HASH_SIZE);
    crypto_hash_sha256(hash.bytes, bytes, sizeof bytes);
    return hash;
}

struct merkle_hash merkle_empty(void)
{
    struct merkle_hash hash;
    crypto_hash_sha256(hash.bytes, (const uint8_t *)"", 0);
    return hash;
}

bool merkle_equal(const struct merkle_hash *one, const struct merkle_hash *other)
{
    return memcmp(one->bytes, other->bytes, MERKLE_HASH_SIZE) == 0;
}

/* ---- growing ---- */

void merkle_edge_add(struct merkle_edge *edge, const struct merkle_hash *leaf)
{
    struct merkle_hash hash = *leaf;
    for (uint64_t carry = edge->size; (carry & 1) != 0; carry >>= 1)
        hash = merkle_node(&edge->roots[--edge->count], &hash);
    edge->roots[edge->count++] = hash;
    edge->size++;
}

struct merkle_hash merkle_edge_root(const struct merkle_edge *edge)
{
    if (edge->count == 0)
        return merkle_empty();
    struct merkle_hash root = edge->roots[edge->count - 1];
    for (int i = edge->count - 2; i >= 0; i--)
        root = merkle_node(&edge->roots[i], &root);
    return root;
}

/* ---- root and proofs of a tree that is kept elsewhere ---- */

static int highest_bit(uint64_t value)
{
    return 63 - __builtin_clzll(value);
}

/* The root over `count` leaves from `first`, which is a multiple of the largest power of two within count. */
static bool range_root(uint64_t first, uint64_t count, merkle_read *read, void *context, struct merkle_hash *root,
                       struct fault *fault)
{
    struct merkle_hash parts[MERKLE_LEVELS_MAX];
    int found = 0;
    while (count > 0) {
        const int level = highest_bit(count);
        if (!read(context, level, first >> level, &parts[found++], fault))
            return false;
        first += UINT64_C(1) << level;
        count -= UINT64_C(1) << level;
    }
    *root = parts[--found];
    while (found > 0)
        *root = merkle_node(&parts[--found], root);
    return true;
}

bool merkle_root(uint64_t size, merkle_read *read, void *context, struct merkle_hash *root, struct fault *fault)
{
    if (size == 0) {
        *root = merkle_empty();
        return true;
    }
    struct merkle_hash hash;
    if (!range_root(0, size, read, context, &hash, fault))
        return false;
    *root = hash;
    return true;
}

/* A part of the tree on the way down. */
struct merkle_range {
    uint64_t first;
    uint64_t count;
};

/* Halves the range at the largest power of two below its count: keeps the half with leaf `target`, gives the other. */
static struct merkle_range descend(struct merkle_range *range, uint64_t target)
{
    const uint64_t left = UINT64_C(1) << highest_bit(range->count - 1);
    const struct merkle_range halves[2] = {
        {.first = range->first, .count = left},
        {.first = range->first + left, .count = range->count - left},
    };
    const bool right = target - range->first >= left;
    *range = halves[right];
    return halves[!right];
}

/* The proof's hashes, from below, out of the ranges beside the way down. */
static bool read_beside(const struct merkle_range *beside, int count, merkle_read *read, void *context,
                        struct merkle_proof *proof, struct fault *fault)
{
    for (int i = 0; i < count; i++) {
        const struct merkle_range *range = &beside[count - 1 - i];
        if (!range_root(range->first, range->count, read, context, &proof->hashes[i], fault))
            return false;
    }
    proof->count = count;
    return true;
}

bool merkle_inclusion(uint64_t index, uint64_t size, merkle_read *read, void *context, struct merkle_proof *proof,
                      struct fault *fault)
{
    assert(index < size);
    struct merkle_range beside[MERKLE_PROOF_MAX];
    int count = 0;
    struct merkle_range range = {.first = 0, .count = size};
    while (range.count > 1)
        beside[count++] = descend(&range, index);
    return read_beside(beside, count, read, context, proof, fault);
}

/* RFC 6962 2.1.2: down to the part of the new tree that ends where the old one did; that part is named itself unless it
 * is the old tree, which the checker has. */
bool merkle_consistency(uint64_t from, uint64_t size, merkle_read *read, void *context, struct merkle_proof *proof,
                        struct fault *fault)
{
    assert(from > 0 && from <= size);
    struct merkle_range beside[MERKLE_CONSISTENCY_MAX];
    int count = 0;
    struct merkle_range range = {.first = 0, .count = size};
    while (range.first + range.count != from)
        beside[count++] = descend(&range, from - 1);
    if (range.first != 0)
        beside[count++] = range;
    return read_beside(beside, count, read, context, proof, fault);
}

/* ---- checking ---- */

/* The way up: `node` is the number of the node on its level, `last` that of the level's last one. */
struct merkle_way {
    uint64_t node;
    uint64_t last;
};

static bool is_odd(uint64_t value)
{
    return (value & 1) != 0;
}

/* Whether the next hash of the proof stands to the left of the way; goes up behind it. */
static bool comes_from_left(struct merkle_way *way)
{
    const bool left = is_odd(way->node) || way->node == way->last;
    while (left && !is_odd(way->node) && way->node != 0) { /* levels on which the way has no neighbour */
        way->node >>= 1;
        way->last >>= 1;
    }
    way->node >>= 1;
    way->last >>= 1;
    return left;
}

bool merkle_check_inclusion(uint64_t index, uint64_t size, const struct merkle_hash *leaf,
                            const struct merkle_proof *proof, const struct merkle_hash *root)
{
    if (index >= size || proof->count < 0 || proof->count > MERKLE_PROOF_MAX)
        return false;
    struct merkle_way way = {.node = index, .last = size - 1};
    struct merkle_hash hash = *leaf;
    for (int i = 0; i < proof->count; i++) {
        if (way.last == 0)
            return false;
        const struct merkle_hash *beside = &proof->hashes[i];
        hash = comes_from_left(&way) ? merkle_node(beside, &hash) : merkle_node(&hash, beside);
    }
    return way.last == 0 && merkle_equal(&hash, root);
}

/* Both trees begin with the largest whole subtree at the old one's end: the old root itself, where the old size is a
 * power of two, else the proof's first hash. */
static bool check_growth(uint64_t from, uint64_t size, const struct merkle_hash *old_root,
                         const struct merkle_hash *root, const struct merkle_proof *proof)
{
    const bool whole = (from & (from - 1)) == 0;
    if (!whole && proof->count == 0)
        return false;
    struct merkle_way way = {.node = from - 1, .last = size - 1};
    while (is_odd(way.node)) {
        way.node >>= 1;
        way.last >>= 1;
    }
    struct merkle_hash old_hash = whole ? *old_root : proof->hashes[0];
    struct merkle_hash hash = old_hash;
    for (int i = whole ? 0 : 1; i < proof->count; i++) {
        if (way.last == 0)
            return false;
        const struct merkle_hash *beside = &proof->hashes[i];
        if (comes_from_left(&way)) {
            old_hash = merkle_node(beside, &old_hash);
            hash = merkle_node(beside, &hash);
        } else {
            hash = merkle_node(&hash, beside);
        }
    }
    return way.last == 0 && merkle_equal(&old_hash, old_root) && merkle_equal(&hash, root);
}

bool merkle_check_consistency(uint64_t from, uint64_t size, const struct merkle_hash *old_root,
                              const struct merkle_hash *root, const struct merkle_proof *proof)
{
    if (from > size || proof->count < 0 || proof->count > MERKLE_CONSISTENCY_MAX)
        return false;
    const struct merkle_hash empty = merkle_empty();
    if (from == 0)
        return proof->count == 0 && merkle_equal(old_root, &empty) && (size > 0 || merkle_equal(root, &empty));
    if (from == size)
        return proof->count == 0 && merkle_equal(old_root, root);
    return check_growth(from, size, old_root, root, proof);
}
