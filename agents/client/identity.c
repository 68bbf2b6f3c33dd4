#include "identity.h"

#include "certificate.h"
#include "connection.h"

#include <czmq.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_zero_key(const uint8_t *key)
{
    for (size_t i = 0; i < 32; i++)
        if (key[i] != 0)
            return false;
    return true;
}

static bool read_certificate(struct identity *identity, zcert_t *certificate, const char *file,
                             struct sanling_error *error)
{
    const char *hub_key = zcert_meta(certificate, "hub-key");
    if (is_zero_key(zcert_secret_key(certificate)))
        return error_set(error, SANLING_USAGE, "%s: has no secret key; use the file without .pub", file);
    if (!certificate_is_key(hub_key))
        return error_set(error, SANLING_USAGE,
                         "%s: metadata hub-key, the hub's public key, is missing or no key of 40 characters", file);
    memcpy(identity->public_key, zcert_public_txt(certificate), KEY_TEXT_SIZE);
    memcpy(identity->secret_key, zcert_secret_txt(certificate), KEY_TEXT_SIZE);
    memcpy(identity->hub_key, hub_key, KEY_TEXT_SIZE);
    return true;
}

bool identity_read(struct identity *identity, const char *file, struct sanling_error *error)
{
    struct fault fault;
    if (!certificate_check(file, &fault))
        return error_set(error, SANLING_USAGE, "%s", fault.text);
    zcert_t *certificate = zcert_load(file);
    if (certificate == NULL)
        return error_set(error, SANLING_USAGE, "%s: this is no key file: make one with sanlingctl keys new NAME", file);
    bool read = read_certificate(identity, certificate, file, error);
    zcert_destroy(&certificate);
    return read;
}

void identity_clear(struct identity *identity)
{
    sodium_memzero(identity, sizeof *identity);
}

/* Creates the file with just this mode, whatever the umask; CZMQ then writes into it. */
static bool reserve(const char *path, mode_t mode, struct sanling_error *error)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0)
        return error_set(error, errno == EEXIST ? SANLING_USAGE : SANLING_SYSTEM, "%s: %s%s", path, strerror(errno),
                         errno == EEXIST ? "; keys are never overwritten, move it away first" : "");
    bool set = fchmod(file, mode) == 0;
    if (!set) {
        error_set(error, SANLING_SYSTEM, "%s: %s", path, strerror(errno));
        unlink(path);
    }
    close(file);
    return set;
}

static bool write_pair(zcert_t *certificate, const char *path, const char *public_path, struct sanling_error *error)
{
    if (!reserve(path, 0600, error))
        return false;
    if (!reserve(public_path, 0644, error)) {
        unlink(path);
        return false;
    }
    if (zcert_save_secret(certificate, path) == 0 && zcert_save_public(certificate, public_path) == 0)
        return true;
    error_set(error, SANLING_SYSTEM, "%s: %s", path, strerror(errno));
    unlink(path);
    unlink(public_path);
    return false;
}

bool sanling_keys_new(const char *path, const char *name, const char *hub_key, char public_key[41],
                      struct sanling_error *error)
{
    char public_path[4096];
    if (hub_key != NULL && !certificate_is_key(hub_key))
        return error_set(error, SANLING_USAGE, "the hub's key is no Z85 key of 40 characters");
    if (snprintf(public_path, sizeof public_path, "%s.pub", path) >= (int)sizeof public_path)
        return error_set(error, SANLING_USAGE, "the path of the key file is too long");
    zcert_t *certificate = zcert_new();
    if (certificate == NULL)
        return error_set(error, SANLING_SYSTEM, "no key pair: libzmq was built without CURVE");
    zcert_set_meta(certificate, "name", "%s", name);
    if (hub_key != NULL)
        zcert_set_meta(certificate, "hub-key", "%s", hub_key);
    bool written = write_pair(certificate, path, public_path, error);
    if (written)
        memcpy(public_key, zcert_public_txt(certificate), KEY_TEXT_SIZE);
    zcert_destroy(&certificate);
    return written;
}
