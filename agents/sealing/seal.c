#include "seal.h"

#include <sodium.h>
#include <string.h>

static const size_t classes[] = {512, 1024, 2048, 4096, 8192, SEAL_TEXT_MAX + 1};

static size_t class_of(size_t size)
{
    size_t i = 0;
    while (classes[i] <= size)
        i++;
    return classes[i];
}

bool seal_text(const uint8_t *text, size_t size, const uint8_t public_key[static SEAL_KEY_SIZE],
               uint8_t sealed[static SEALED_NOTE_MAX], size_t *sealed_size, struct fault *fault)
{
    uint8_t padded[SEAL_TEXT_MAX + 1] = {0};
    if (size == 0 || size > SEAL_TEXT_MAX)
        return fault_set(fault, FAULT_USAGE, "a sealed note has 1 to %d bytes, not %zu", SEAL_TEXT_MAX, size);
    const size_t whole = class_of(size);
    memcpy(padded, text, size);
    padded[size] = 0x80;
    const int failed = crypto_box_seal(sealed, padded, whole, public_key);
    sodium_memzero(padded, sizeof padded);
    if (failed != 0)
        return fault_set(fault, FAULT_REFUSED, "the recipient's key is no good: nothing can be sealed to it");
    *sealed_size = whole + crypto_box_SEALBYTES;
    return true;
}
