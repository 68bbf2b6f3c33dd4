#include "webhook_signature.h"

#include "secret_file.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { MAC_TEXT_SIZE = 45 }; /* base64 of 32 bytes, and a NUL */

static const char prefix[] = "whsec_";

static bool take_secret(const char *text, size_t length, unsigned line, struct webhook_secrets *secrets,
                        struct fault *fault)
{
    const size_t skipped = sizeof prefix - 1;
    if (secrets->count == WEBHOOK_SECRETS_MAX)
        return fault_set(fault, FAULT_USAGE, "line %u: at most %d secrets", line, WEBHOOK_SECRETS_MAX);
    size_t *size = &secrets->secrets[secrets->count].size;
    if (length <= skipped || strncmp(text, prefix, skipped) != 0 ||
        sodium_base642bin(secrets->secrets[secrets->count].bytes, WEBHOOK_SECRET_MAX, text + skipped, length - skipped,
                          NULL, size, NULL, sodium_base64_VARIANT_ORIGINAL) != 0 ||
        *size < WEBHOOK_SECRET_MIN)
        return fault_set(fault, FAULT_USAGE,
                         "line %u: a secret is whsec_ and the base64 of %d to %d bytes; make one with: "
                         "echo whsec_$(openssl rand -base64 32)",
                         line, WEBHOOK_SECRET_MIN, WEBHOOK_SECRET_MAX);
    secrets->count++;
    return true;
}

bool webhook_secrets_parse(const char *text, struct webhook_secrets *secrets, struct fault *fault)
{
    unsigned line = 1;
    *secrets = (struct webhook_secrets){0};
    for (const char *at = text; *at != '\0'; line++) {
        const size_t length = strcspn(at, "\n");
        const size_t text_length = strcspn(at, " \t\r\n");
        const size_t blank = text_length + strspn(at + text_length, " \t\r");
        if (*at != '#' && text_length > 0 && blank != length)
            return fault_set(fault, FAULT_USAGE, "line %u: one secret a line", line);
        if (*at != '#' && text_length > 0 && !take_secret(at, text_length, line, secrets, fault))
            return false;
        at += length + (at[length] == '\n' ? 1 : 0);
    }
    return secrets->count > 0 || fault_set(fault, FAULT_USAGE, "it holds no secret");
}

bool webhook_secrets_load(const char *path, struct webhook_secrets *secrets, struct fault *fault)
{
    struct fault cause;
    CLEANUP(secret_free) char *text = secret_file_read(path, fault);
    if (text == NULL)
        return false;
    if (webhook_secrets_parse(text, secrets, &cause))
        return true;
    webhook_secrets_clear(secrets);
    return fault_set(fault, cause.code, "%s: %s", path, cause.text);
}

void webhook_secrets_clear(struct webhook_secrets *secrets)
{
    sodium_memzero(secrets, sizeof *secrets);
}

void webhook_sign(const struct webhook_secrets *secrets, const char *id, int64_t timestamp_s, const char *body,
                  size_t size, char signature[static WEBHOOK_SIGNATURE_SIZE])
{
    char stamp[32];
    snprintf(stamp, sizeof stamp, ".%" PRId64 ".", timestamp_s);
    size_t length = 0;
    for (size_t i = 0; i < secrets->count; i++) {
        crypto_auth_hmacsha256_state state;
        unsigned char mac[crypto_auth_hmacsha256_BYTES];
        char encoded[MAC_TEXT_SIZE];
        crypto_auth_hmacsha256_init(&state, secrets->secrets[i].bytes, secrets->secrets[i].size);
        crypto_auth_hmacsha256_update(&state, (const unsigned char *)id, strlen(id));
        crypto_auth_hmacsha256_update(&state, (const unsigned char *)stamp, strlen(stamp));
        crypto_auth_hmacsha256_update(&state, (const unsigned char *)body, size);
        crypto_auth_hmacsha256_final(&state, mac);
        sodium_bin2base64(encoded, sizeof encoded, mac, sizeof mac, sodium_base64_VARIANT_ORIGINAL);
        length +=
            (size_t)snprintf(signature + length, WEBHOOK_SIGNATURE_SIZE - length, "%sv1,%s", i > 0 ? " " : "", encoded);
        sodium_memzero(&state, sizeof state);
    }
}
