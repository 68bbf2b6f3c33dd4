#include "seal_key.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE_SIZE = 256, PATH_SIZE = 4096 };

_Static_assert(SEAL_KEY_SIZE == crypto_box_PUBLICKEYBYTES, "keys of sealed boxes");

static void encode(const uint8_t bytes[static SEAL_KEY_SIZE], char text[static SEAL_KEY_TEXT_SIZE])
{
    sodium_bin2base64(text, SEAL_KEY_TEXT_SIZE, bytes, SEAL_KEY_SIZE, sodium_base64_VARIANT_ORIGINAL);
}

static bool decode(const char *text, uint8_t bytes[static SEAL_KEY_SIZE])
{
    size_t size = 0;
    return sodium_base642bin(bytes, SEAL_KEY_SIZE, text, strlen(text), NULL, &size, NULL,
                             sodium_base64_VARIANT_ORIGINAL) == 0 &&
           size == SEAL_KEY_SIZE;
}

/* What follows from the public half. */
static void name_key(struct seal_key *key)
{
    uint8_t hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, key->public_key, SEAL_KEY_SIZE);
    sodium_bin2hex(key->id, sizeof key->id, hash, (SEAL_KEY_ID_SIZE - 1) / 2);
    encode(key->public_key, key->public_text);
}

static bool write_file(const char *path, mode_t mode, const char *text, struct fault *fault)
{
    const int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (file < 0)
        return fault_set(fault, errno == EEXIST ? FAULT_USAGE : FAULT_SYSTEM, "%s: %s", path, strerror(errno));
    const size_t size = strlen(text);
    const bool written = write(file, text, size) == (ssize_t)size && fchmod(file, mode) == 0 && fsync(file) == 0;
    const int cause = errno;
    close(file);
    return written || fault_set(fault, FAULT_SYSTEM, "%s: %s", path, strerror(cause));
}

bool seal_key_new(const char *path, struct seal_key *key, struct fault *fault)
{
    char secret[SEAL_KEY_TEXT_SIZE], text[LINE_SIZE * 3], beside[PATH_SIZE];
    if (snprintf(beside, sizeof beside, "%s.pub", path) >= (int)sizeof beside)
        return fault_set(fault, FAULT_USAGE, "%s: too long a path", path);
    if (access(beside, F_OK) == 0)
        return fault_set(fault, FAULT_USAGE, "%s: %s", beside, strerror(EEXIST));
    crypto_box_keypair(key->public_key, key->secret_key);
    key->has_secret = true;
    name_key(key);
    encode(key->secret_key, secret);
    snprintf(text, sizeof text,
             "# Opens sealed notes of this office. Mode 0600; keep a copy where only they who may open can reach it.\n"
             "id: %s\npublic: %s\nsecret: %s\n",
             key->id, key->public_text, secret);
    const bool kept = write_file(path, S_IRUSR | S_IWUSR, text, fault);
    sodium_memzero(secret, sizeof secret);
    sodium_memzero(text, sizeof text);
    if (!kept)
        return false;
    snprintf(text, sizeof text, "# Sealed notes of this office are sealed to it.\nid: %s\npublic: %s\n", key->id,
             key->public_text);
    return write_file(beside, S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH, text, fault);
}

struct key_lines {
    char id[LINE_SIZE];
    char public_text[LINE_SIZE];
    char secret[LINE_SIZE];
};

static void take_line(char *line, struct key_lines *lines)
{
    char *value = strstr(line, ": ");
    line[strcspn(line, "\r\n")] = '\0';
    if (line[0] == '#' || value == NULL)
        return;
    *value = '\0';
    value += 2;
    char *into = strcmp(line, "id") == 0       ? lines->id
                 : strcmp(line, "public") == 0 ? lines->public_text
                 : strcmp(line, "secret") == 0 ? lines->secret
                                               : NULL;
    if (into != NULL)
        snprintf(into, LINE_SIZE, "%s", value);
}

static bool read_lines(const char *path, struct key_lines *lines, struct stat *status, struct fault *fault)
{
    char line[LINE_SIZE];
    FILE *file = fopen(path, "re");
    if (file == NULL || fstat(fileno(file), status) != 0) {
        fault_set(fault, FAULT_USAGE, "%s: %s", path, strerror(errno));
        if (file != NULL)
            fclose(file);
        return false;
    }
    while (fgets(line, sizeof line, file) != NULL)
        take_line(line, lines);
    fclose(file);
    sodium_memzero(line, sizeof line);
    return true;
}

static bool take_lines(const char *path, const struct key_lines *lines, const struct stat *status, struct seal_key *key,
                       struct fault *fault)
{
    uint8_t derived[SEAL_KEY_SIZE];
    if (!decode(lines->public_text, key->public_key))
        return fault_set(fault, FAULT_USAGE, "%s: is no seal key: no public half", path);
    name_key(key);
    if (strcmp(key->id, lines->id) != 0)
        return fault_set(fault, FAULT_USAGE, "%s: the id does not belong to the public half", path);
    key->has_secret = lines->secret[0] != '\0';
    if (!key->has_secret)
        return true;
    if ((status->st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return fault_set(fault, FAULT_USAGE, "%s: others may read it: chmod 600 %s", path, path);
    if (!decode(lines->secret, key->secret_key))
        return fault_set(fault, FAULT_USAGE, "%s: the secret half cannot be read", path);
    crypto_scalarmult_base(derived, key->secret_key);
    return memcmp(derived, key->public_key, SEAL_KEY_SIZE) == 0 ||
           fault_set(fault, FAULT_USAGE, "%s: its two halves are of different pairs", path);
}

bool seal_key_read(const char *path, struct seal_key *key, struct fault *fault)
{
    struct key_lines lines = {.id = ""};
    struct stat status;
    *key = (struct seal_key){.has_secret = false};
    const bool taken = read_lines(path, &lines, &status, fault) && take_lines(path, &lines, &status, key, fault);
    sodium_memzero(&lines, sizeof lines);
    if (!taken)
        seal_key_clear(key);
    return taken;
}

void seal_key_clear(struct seal_key *key)
{
    sodium_memzero(key, sizeof *key);
}
