#include "log_digest.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

struct part {
    const void *bytes;
    size_t size;
};

static void hash_parts(const struct part *parts, int count, uint8_t digest[static LOG_DIGEST_SIZE])
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool done = context && EVP_DigestInit_ex(context, EVP_sha256(), NULL);
    for (int i = 0; i < count; i++)
        done = done && EVP_DigestUpdate(context, parts[i].bytes, parts[i].size);
    done = done && EVP_DigestFinal_ex(context, digest, NULL);
    EVP_MD_CTX_free(context);
    if (!done)
        abort(); /* no memory, or a library without SHA-256 */
}

void log_digest_rest(const void *bytes, size_t size, uint8_t rest[static LOG_DIGEST_SIZE])
{
    const struct part whole = {bytes, size};
    hash_parts(&whole, 1, rest);
}

void log_digest_block(uint8_t digest[static LOG_DIGEST_SIZE], const struct block_header *header,
                      const uint8_t rest[static LOG_DIGEST_SIZE])
{
    const struct part parts[] = {{header, sizeof *header}, {rest, LOG_DIGEST_SIZE}};
    hash_parts(parts, 2, digest);
}

void log_digest_rejection(uint8_t digest[static LOG_DIGEST_SIZE], uint64_t number, const uint8_t *bytes, size_t size)
{
    const struct part parts[] = {{digest, LOG_DIGEST_SIZE}, {&number, sizeof number}, {bytes, size}};
    hash_parts(parts, 3, digest);
}

void log_digest_name(uint8_t digest[static LOG_DIGEST_SIZE], const char *name, size_t name_size, const void *value,
                     size_t size)
{
    static const char between = '\0';
    const struct part parts[] = {{name, name_size}, {&between, 1}, {value, size}};
    uint8_t hash[LOG_DIGEST_SIZE];
    hash_parts(parts, 3, hash);
    for (int i = 0; i < LOG_DIGEST_SIZE; i++)
        digest[i] ^= hash[i];
}
