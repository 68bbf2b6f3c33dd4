/* A note sealed to a key: padded to one of a few lengths, then a sealed box of libsodium (X25519, XSalsa20-Poly1305).
 * Who seals cannot open it again. Two notes of one class have the same length, whatever they say. */
#ifndef SANLING_SEAL_H
#define SANLING_SEAL_H

#include "fault.h"
#include "seal_key.h"
#include "sealed_note.h"

#include <stddef.h>
#include <stdint.h>

/* Padding (ISO/IEC 7816-4) takes one byte at least, the box 48: ciphertexts have 560, 1072, 2096, 4144, 8240 or 16048
 * bytes. The mediation desk's page has the same classes. */
enum { SEAL_TEXT_MAX = 15999 };

/* Seals the text; *sealed gets its bytes, *sealed_size their number. FAULT_USAGE: longer than SEAL_TEXT_MAX, or empty.
 */
MUST_CHECK bool seal_text(const uint8_t *text, size_t size, const uint8_t public_key[static SEAL_KEY_SIZE],
                          uint8_t sealed[static SEALED_NOTE_MAX], size_t *sealed_size, struct fault *fault);

#endif
