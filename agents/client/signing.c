#include "signing.h"

#include "connection.h"
#include "secret_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Files of lines `NAME: VALUE`, both base64: the public half in both, the seed in the secret one alone. */
#define PUBLIC_LINE "signing_key: "
#define SECRET_LINE "signing_secret: "

enum { LINE_SIZE = 128, FILE_SIZE = 512, PATH_SIZE = 4096, SEED_TEXT_SIZE = 45 };
enum { KEY_FIELD = 1, SIGNATURE_FIELD, SALTS_FIELD }; /* of BatchSignature */

/* The value of the line that begins so. */
static bool find_line(const char *text, const char *beginning, char value[static LINE_SIZE])
{
    const size_t length = strlen(beginning);
    for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, beginning, length) != 0)
            continue;
        const size_t size = strcspn(line + length, "\r\n");
        if (size >= LINE_SIZE)
            return false;
        memcpy(value, line + length, size);
        value[size] = '\0';
        return true;
    }
    return false;
}

static bool take_seed(struct signing *signing, const char *text)
{
    char value[LINE_SIZE];
    uint8_t seed[crypto_sign_SEEDBYTES];
    size_t size = 0;
    const bool taken = find_line(text, SECRET_LINE, value) &&
                       sodium_base642bin(seed, sizeof seed, value, strlen(value), NULL, &size, NULL,
                                         sodium_base64_VARIANT_ORIGINAL) == 0 &&
                       size == sizeof seed;
    if (taken)
        crypto_sign_seed_keypair(signing->key, signing->secret, seed);
    sodium_memzero(seed, sizeof seed);
    sodium_memzero(value, sizeof value);
    return taken;
}

bool signing_read(struct signing *signing, const char *file, struct sanling_error *error)
{
    char named[LINE_SIZE], own[BATCH_KEY_TEXT_SIZE];
    struct fault fault;
    CLEANUP(secret_free) char *text = secret_file_read(file, &fault);
    if (text == NULL)
        return error_set(error, SANLING_USAGE, "%s", fault.text);
    if (!take_seed(signing, text))
        return error_set(error, SANLING_USAGE, "%s: has no secret signing key; use the file without .pub", file);
    batch_key_write(signing->key, own);
    signing->on = find_line(text, PUBLIC_LINE, named) && strcmp(named, own) == 0;
    if (signing->on)
        return true;
    signing_clear(signing);
    return error_set(error, SANLING_USAGE, "%s: its two halves are of different pairs", file);
}

void signing_clear(struct signing *signing)
{
    batch_tree_clear(&signing->tree);
    sodium_memzero(signing, sizeof *signing);
}

/* ---- a message's signature ---- */

uint8_t *put_varint(uint8_t *at, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        *at++ = (uint8_t)(value | 0x80);
    *at++ = (uint8_t)value;
    return at;
}

size_t varint_size(uint64_t value)
{
    size_t size = 1;
    for (; value >= 0x80; value >>= 7)
        size++;
    return size;
}

size_t signing_size(size_t count)
{
    const size_t salts = count * BATCH_SALT_SIZE;
    return 2 + BATCH_KEY_SIZE + 2 + BATCH_SIGNATURE_SIZE + 1 + varint_size(salts) + salts;
}

static uint8_t *begin_field(uint8_t *at, uint8_t field, size_t size)
{
    *at++ = (uint8_t)(field << 3 | PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED);
    return put_varint(at, size);
}

uint8_t *signing_write(struct signing *signing, const char *source, uint64_t first_sequence,
                       const struct sanling_bytes *events, size_t count, uint8_t *at)
{
    at = begin_field(at, KEY_FIELD, BATCH_KEY_SIZE);
    memcpy(at, signing->key, BATCH_KEY_SIZE);
    at += BATCH_KEY_SIZE;
    uint8_t *const signature = begin_field(at, SIGNATURE_FIELD, BATCH_SIGNATURE_SIZE);
    uint8_t *const salts = begin_field(signature + BATCH_SIGNATURE_SIZE, SALTS_FIELD, count * BATCH_SALT_SIZE);
    randombytes_buf(salts, count * BATCH_SALT_SIZE);
    batch_tree_begin(&signing->tree, (uint32_t)count);
    for (uint32_t i = 0; i < count; i++)
        batch_tree_set(&signing->tree, i, salts + (size_t)i * BATCH_SALT_SIZE, events[i].bytes, events[i].size);
    const struct batch_claim claim = {.source = source,
                                      .first_sequence = first_sequence,
                                      .count = (uint32_t)count,
                                      .root = batch_tree_root(&signing->tree)};
    batch_sign(&claim, signing->secret, signature);
    return salts + count * BATCH_SALT_SIZE;
}

/* ---- for users ---- */

bool sanling_sign(struct sanling *hub, const char *signing_key_file, struct sanling_error *error)
{
    struct signing signing = {.on = false};
    if (sodium_init() < 0)
        return error_set(error, SANLING_SYSTEM, "libsodium cannot be used here");
    if (!signing_read(&signing, signing_key_file, error))
        return false;
    signing_clear(&hub->signing);
    hub->signing = signing;
    sodium_memzero(&signing, sizeof signing);
    return true;
}

bool sanling_signing_key_read(const char *path, char public_key[45], struct sanling_error *error)
{
    struct signing signing = {.on = false};
    const bool read = signing_read(&signing, path, error);
    if (read)
        batch_key_write(signing.key, public_key);
    signing_clear(&signing);
    return read;
}

static bool write_file(const char *path, mode_t mode, const char *text, struct sanling_error *error)
{
    const int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0)
        return error_set(error, errno == EEXIST ? SANLING_USAGE : SANLING_SYSTEM, "%s: %s%s", path, strerror(errno),
                         errno == EEXIST ? "; keys are never overwritten, move it away first" : "");
    const size_t size = strlen(text);
    const bool written = fchmod(file, mode) == 0 && write(file, text, size) == (ssize_t)size && fsync(file) == 0;
    const int cause = errno;
    close(file);
    if (written)
        return true;
    unlink(path);
    return error_set(error, SANLING_SYSTEM, "%s: %s", path, strerror(cause));
}

static bool write_pair(const char *path, const char *public_path, const char *public_key, const char *secret,
                       struct sanling_error *error)
{
    char text[FILE_SIZE];
    snprintf(text, sizeof text,
             "# Signs what this office publishes. For its agent alone, mode 0600: who has it can speak for the "
             "office.\n" PUBLIC_LINE "%s\n" SECRET_LINE "%s\n",
             public_key, secret);
    bool written = write_file(path, 0600, text, error);
    sodium_memzero(text, sizeof text);
    if (!written)
        return false;
    snprintf(text, sizeof text, "# For `sanlingctl access grant --signing-key`.\n" PUBLIC_LINE "%s\n", public_key);
    written = write_file(public_path, 0644, text, error);
    if (!written)
        unlink(path);
    return written;
}

bool sanling_signing_key_new(const char *path, char public_key[45], struct sanling_error *error)
{
    char public_path[PATH_SIZE], secret[SEED_TEXT_SIZE];
    uint8_t seed[crypto_sign_SEEDBYTES];
    struct signing signing = {.on = false};
    if (sodium_init() < 0)
        return error_set(error, SANLING_SYSTEM, "libsodium cannot be used here");
    if (snprintf(public_path, sizeof public_path, "%s.pub", path) >= (int)sizeof public_path)
        return error_set(error, SANLING_USAGE, "the path of the key file is too long");
    randombytes_buf(seed, sizeof seed);
    crypto_sign_seed_keypair(signing.key, signing.secret, seed);
    batch_key_write(signing.key, public_key);
    sodium_bin2base64(secret, sizeof secret, seed, sizeof seed, sodium_base64_VARIANT_ORIGINAL);
    const bool written = write_pair(path, public_path, public_key, secret, error);
    sodium_memzero(seed, sizeof seed);
    sodium_memzero(secret, sizeof secret);
    signing_clear(&signing);
    return written;
}
