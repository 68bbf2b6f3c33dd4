#include "sha256.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <stdlib.h>

void sha256_of(const void *bytes, size_t size, uint8_t hash[static SHA256_SIZE])
{
    /* Without its context, which the first caller makes, libcrypto would look for algorithms in what is not there. */
    if (!OSSL_LIB_CTX_get0_global_default() || !SHA256(bytes, size, hash))
        abort();
}
