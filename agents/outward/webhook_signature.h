/* Signatures as Standard Webhooks has them: HMAC-SHA256 over ID.TIMESTAMP.BODY with a secret that both sides know. */
#ifndef SANLING_WEBHOOK_SIGNATURE_H
#define SANLING_WEBHOOK_SIGNATURE_H

#include "fault.h"

#include <stddef.h>
#include <stdint.h>

enum {
    WEBHOOK_SECRETS_MAX = 4,
    WEBHOOK_SECRET_MIN = 24, /* bytes, as Standard Webhooks says */
    WEBHOOK_SECRET_MAX = 64,
    WEBHOOK_SIGNATURE_SIZE = WEBHOOK_SECRETS_MAX * 48 + 1 /* "v1," and 44 characters each, spaces between */
};

struct webhook_secrets {
    struct {
        uint8_t bytes[WEBHOOK_SECRET_MAX];
        size_t size;
    } secrets[WEBHOOK_SECRETS_MAX];
    size_t count;
};

/* Reads "whsec_BASE64", one a line (`#` begins a comment line): the receiver accepts a signature by any of them, so
 * that a secret can be changed without a gap. FAULT_USAGE with the line; never quotes one. */
MUST_CHECK bool webhook_secrets_parse(const char *text, struct webhook_secrets *secrets, struct fault *fault);
/* The same from a file (secret_file.h); the fault names it. */
MUST_CHECK bool webhook_secrets_load(const char *path, struct webhook_secrets *secrets, struct fault *fault);
/* Overwrites them. */
void webhook_secrets_clear(struct webhook_secrets *secrets);
/* The value of webhook-signature: "v1,BASE64" for each secret in their order. */
void webhook_sign(const struct webhook_secrets *secrets, const char *id, int64_t timestamp_s, const char *body,
                  size_t size, char signature[static WEBHOOK_SIGNATURE_SIZE]);

#endif
