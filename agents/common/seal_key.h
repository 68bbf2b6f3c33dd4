/* The key pair that sealed notes (密件) are sealed to: X25519, for libsodium's sealed boxes. The public half goes to
 * who seals; the secret half stays with the office that opens, and nobody else can. Files of lines `NAME: VALUE`:
 *
 *   id: 6f1c0a9be2d84375      first bytes of SHA-256 of the public half, in hexadecimal; recipient_key of the events
 *   public: BASE64
 *   secret: BASE64            in the secret file only, which is for its owner alone (0600)
 */
#ifndef SANLING_SEAL_KEY_H
#define SANLING_SEAL_KEY_H

#include "fault.h"

#include <stdint.h>

enum {
    SEAL_KEY_SIZE = 32,
    SEAL_KEY_ID_SIZE = 17,  /* with its NUL */
    SEAL_KEY_TEXT_SIZE = 48 /* base64 with its NUL, and room */
};

struct seal_key {
    char id[SEAL_KEY_ID_SIZE];
    char public_text[SEAL_KEY_TEXT_SIZE];
    uint8_t public_key[SEAL_KEY_SIZE];
    uint8_t secret_key[SEAL_KEY_SIZE];
    bool has_secret;
};

/* Makes a pair: `path` (secret) and `path`.pub. FAULT_USAGE: one of them is there already; FAULT_SYSTEM. */
MUST_CHECK bool seal_key_new(const char *path, struct seal_key *key, struct fault *fault);
/* Reads either file. FAULT_USAGE: it cannot be read, is no such file, its halves or its id do not fit, or it has a
 * secret that others may read. */
MUST_CHECK bool seal_key_read(const char *path, struct seal_key *key, struct fault *fault);
/* Overwrites it. */
void seal_key_clear(struct seal_key *key);

#endif
