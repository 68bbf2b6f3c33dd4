#include "proof/many_hashes.h"

#include <assert.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#ifdef SANLING_SIDE_BY_SIDE
#define NO_COMPAT_IMB_API_053 1
#include <intel-ipsec-mb.h>
#endif

enum {
    COPIES_SIZE = 64 << 10,   /* of leaves and nodes until they are hashed */
    SIDE_BY_SIDE_MAX = 60000, /* bytes of a string: the library counts them in 16 bits */
    OF_LEAF = 0x00,
    OF_NODE = 0x01,
};

struct many_hashes {
    EVP_MD_CTX *context;
    EVP_MD *algorithm;
#ifdef SANLING_SIDE_BY_SIDE
    IMB_MGR *lanes; /* NULL: not for this processor */
#endif
    size_t copied;
    uint8_t copies[COPIES_SIZE];
};

struct many_hashes *many_hashes_open(void)
{
    struct many_hashes *hasher = malloc(sizeof *hasher);
    if (!hasher)
        abort();
    hasher->copied = 0;
    if (!OSSL_LIB_CTX_get0_global_default())
        abort(); /* no memory: the library would look for algorithms in what it could not make */
    hasher->context = EVP_MD_CTX_new();
    hasher->algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
    if (!hasher->context || !hasher->algorithm)
        abort(); /* no memory, or a library without SHA-256 */
#ifdef SANLING_SIDE_BY_SIDE
    IMB_ARCH architecture = IMB_ARCH_NONE;
    hasher->lanes = alloc_mb_mgr(0);
    if (hasher->lanes)
        init_mb_mgr_auto(hasher->lanes, &architecture);
    if (hasher->lanes && architecture == IMB_ARCH_NONE) {
        free_mb_mgr(hasher->lanes);
        hasher->lanes = NULL;
    }
    if (hasher->lanes)
        memset(hasher->lanes->jobs, 0, sizeof hasher->lanes->jobs);
#endif
    return hasher;
}

void many_hashes_close(struct many_hashes **hasher)
{
    if (!*hasher)
        return;
#ifdef SANLING_SIDE_BY_SIDE
    if ((*hasher)->lanes)
        free_mb_mgr((*hasher)->lanes);
#endif
    EVP_MD_free((*hasher)->algorithm);
    EVP_MD_CTX_free((*hasher)->context);
    free(*hasher);
    *hasher = NULL;
}

/* Hashes the parts now, one behind the other. */
static void hash_now(struct many_hashes *hasher, uint8_t prefix, size_t prefix_size, const void *first,
                     size_t first_size, const void *rest, size_t rest_size, uint8_t *hash)
{
    if (EVP_DigestInit_ex(hasher->context, hasher->algorithm, NULL) != 1 ||
        EVP_DigestUpdate(hasher->context, &prefix, prefix_size) != 1 ||
        EVP_DigestUpdate(hasher->context, first, first_size) != 1 ||
        EVP_DigestUpdate(hasher->context, rest, rest_size) != 1 || EVP_DigestFinal_ex(hasher->context, hash, NULL) != 1)
        abort(); /* it has no failure but a lack of memory */
}

/* Whether strings of this size are hashed beside others. */
static bool side_by_side(const struct many_hashes *hasher, size_t size)
{
#ifdef SANLING_SIDE_BY_SIDE
    return hasher->lanes && size <= SIDE_BY_SIDE_MAX;
#else
    (void)hasher;
    (void)size;
    return false;
#endif
}

/* Gives the string to the lanes. What no job of ours sets was zero from the start: to make a job zero takes a tenth of
 * the time that hashing a node does. */
static void submit(struct many_hashes *hasher, const void *bytes, size_t size, uint8_t *hash)
{
#ifdef SANLING_SIDE_BY_SIDE
    IMB_JOB *job = IMB_GET_NEXT_JOB(hasher->lanes);
    job->cipher_mode = IMB_CIPHER_NULL;
    job->cipher_direction = IMB_DIR_ENCRYPT;
    job->chain_order = IMB_ORDER_HASH_CIPHER;
    job->hash_alg = IMB_AUTH_SHA_256;
    job->src = bytes;
    job->msg_len_to_hash_in_bytes = size;
    job->auth_tag_output = hash;
    job->auth_tag_output_len_in_bytes = MERKLE_HASH_SIZE;
    IMB_JOB *done = IMB_SUBMIT_JOB_NOCHECK(hasher->lanes);
    while (done) {
        if (done->status != IMB_STATUS_COMPLETED)
            abort(); /* what was asked of it is always possible */
        done = IMB_GET_COMPLETED_JOB(hasher->lanes);
    }
#else
    hash_now(hasher, 0, 0, bytes, size, "", 0, hash);
#endif
}

void many_hashes_flush(struct many_hashes *hasher)
{
#ifdef SANLING_SIDE_BY_SIDE
    for (IMB_JOB *done; hasher->lanes && (done = IMB_FLUSH_JOB(hasher->lanes)) != NULL;)
        if (done->status != IMB_STATUS_COMPLETED)
            abort();
#endif
    hasher->copied = 0;
}

void many_hashes_add(struct many_hashes *hasher, const void *bytes, size_t size, uint8_t hash[static MERKLE_HASH_SIZE])
{
    if (side_by_side(hasher, size))
        submit(hasher, bytes, size, hash);
    else
        hash_now(hasher, 0, 0, bytes, size, "", 0, hash);
}

static void add_copied(struct many_hashes *hasher, uint8_t prefix, const void *first, size_t first_size,
                       const void *rest, size_t rest_size, uint8_t *hash)
{
    const size_t size = 1 + first_size + rest_size;
    if (!side_by_side(hasher, size)) {
        hash_now(hasher, prefix, 1, first, first_size, rest, rest_size, hash);
        return;
    }
    if (size > sizeof hasher->copies - hasher->copied)
        many_hashes_flush(hasher);
    uint8_t *copy = hasher->copies + hasher->copied;
    hasher->copied += size;
    copy[0] = prefix;
    memcpy(copy + 1, first, first_size);
    if (rest_size > 0)
        memcpy(copy + 1 + first_size, rest, rest_size);
    submit(hasher, copy, size, hash);
}

void many_hashes_add_leaf(struct many_hashes *hasher, const void *first, size_t first_size, const void *rest,
                          size_t rest_size, struct merkle_hash *leaf)
{
    add_copied(hasher, OF_LEAF, first, first_size, rest, rest_size, leaf->bytes);
}

void many_hashes_add_node(struct many_hashes *hasher, const struct merkle_hash *left, const struct merkle_hash *right,
                          struct merkle_hash *node)
{
    add_copied(hasher, OF_NODE, left->bytes, sizeof left->bytes, right->bytes, sizeof right->bytes, node->bytes);
}

struct merkle_hash many_hashes_root(struct many_hashes *hasher, const struct merkle_hash *hashes, int count)
{
    struct merkle_hash level[MANY_HASHES_ROOT_MAX];
    assert(count >= 1 && count <= MANY_HASHES_ROOT_MAX);
    memcpy(level, hashes, (size_t)count * sizeof *hashes);
    for (; count > 1; count /= 2) {
        for (int i = 0; i < count / 2; i++)
            many_hashes_add_node(hasher, &level[(ptrdiff_t)2 * i], &level[2 * i + 1], &level[i]);
        many_hashes_flush(hasher);
    }
    return level[0];
}
