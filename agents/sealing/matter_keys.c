#include "matter_keys.h"

#include "state_folder.h"
#include "whole_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_SIZE = 17, PATH_SIZE = 4096 };

static void path_in(const char *folder, const char *name, const char *ending, char path[static PATH_SIZE])
{
    snprintf(path, PATH_SIZE, "%s/%s%s", folder, name, ending);
}

static void name_of(const struct matter_key *key, char name[static NAME_SIZE])
{
    uint8_t hash[crypto_hash_sha256_BYTES];
    char text[MATTER_CODE_MAX + 16];
    const int size = snprintf(text, sizeof text, "%d|%s", (int)key->kind, key->matter);
    crypto_hash_sha256(hash, (const uint8_t *)text, (unsigned long long)size);
    sodium_bin2hex(name, NAME_SIZE, hash, (NAME_SIZE - 1) / 2);
}

bool matter_keys_open(const char *folder, struct fault *fault)
{
    char offers[PATH_SIZE];
    struct stat status;
    path_in(folder, "offers", "", offers);
    if (!state_folder_make(offers, false, fault))
        return false;
    if (stat(folder, &status) != 0)
        return fault_set(fault, FAULT_SYSTEM, "%s: %s", folder, strerror(errno));
    return (status.st_mode & (S_IRWXG | S_IRWXO)) == 0 ||
           fault_set(fault, FAULT_USAGE, "%s: others may read it: chmod 700 %s", folder, folder);
}

/* ---- descriptions ---- */

static bool write_description(const char *path, const struct matter_key *key, struct fault *fault)
{
    char public_text[2 * SEAL_KEY_SIZE + 1];
    CLEANUP(whole_file_discard) struct whole_file file = {0};
    sodium_bin2hex(public_text, sizeof public_text, key->public_key, SEAL_KEY_SIZE);
    json_t *text = json_pack("{s:i, s:s, s:s, s:i, s:s, s:s}", "kind", (int)key->kind, "matter", key->matter, "unit",
                             key->unit, "office", (int)key->office, "id", key->id, "publicKey", public_text);
    const mode_t before = umask(S_IRWXG | S_IRWXO);
    const bool opened = text != NULL && whole_file_open(&file, path, fault);
    umask(before);
    const bool written = opened && json_dumpf(text, file.stream, JSON_COMPACT) == 0;
    json_decref(text);
    if (!opened)
        return text != NULL ? false : fault_set(fault, FAULT_SYSTEM, "out of memory");
    return written ? whole_file_finish(&file, fault) : fault_set(fault, FAULT_SYSTEM, "%s: %s", path, strerror(errno));
}

static bool read_description(const char *path, struct matter_key *key)
{
    int kind = 0;
    int office = 0;
    const char *matter = NULL, *unit = NULL, *id = NULL, *public_text = NULL;
    size_t size = 0;
    json_t *text = json_load_file(path, 0, NULL);
    const bool read =
        json_unpack(text, "{s:i, s:s, s:s, s:i, s:s, s:s}", "kind", &kind, "matter", &matter, "unit", &unit, "office",
                    &office, "id", &id, "publicKey", &public_text) == 0 &&
        sodium_hex2bin(key->public_key, SEAL_KEY_SIZE, public_text, strlen(public_text), NULL, &size, NULL) == 0 &&
        size == SEAL_KEY_SIZE;
    if (read) {
        key->kind = (Sanling__V1__MatterKind__Kind)kind;
        key->office = (Sanling__V1__Office__Kind)office;
        snprintf(key->matter, sizeof key->matter, "%s", matter);
        snprintf(key->unit, sizeof key->unit, "%s", unit);
        snprintf(key->id, sizeof key->id, "%s", id);
    }
    json_decref(text);
    return read;
}

/* Each description of a folder. */
static bool each_description(const char *folder, bool (*take)(const struct matter_key *key, void *context),
                             void *context, struct fault *fault)
{
    DIR *opened = opendir(folder);
    if (opened == NULL)
        return fault_set(fault, FAULT_SYSTEM, "%s: %s", folder, strerror(errno));
    bool more = true;
    for (struct dirent *entry = readdir(opened); entry != NULL && more; entry = readdir(opened)) {
        struct matter_key key = {.matter = ""};
        char path[PATH_SIZE];
        const char *dot = strrchr(entry->d_name, '.');
        path_in(folder, entry->d_name, "", path);
        if (dot != NULL && strcmp(dot, ".json") == 0 && read_description(path, &key))
            more = take(&key, context);
    }
    closedir(opened);
    return true;
}

/* ---- own pairs ---- */

bool matter_keys_new(const char *folder, struct matter_key *key, struct fault *fault)
{
    char name[NAME_SIZE], path[PATH_SIZE], description[PATH_SIZE];
    struct seal_key pair;
    name_of(key, name);
    path_in(folder, name, ".key", path);
    path_in(folder, name, ".json", description);
    if (read_description(description, key))
        return fault_set(fault, FAULT_NO, "matter %s: has a key of this office already", key->matter);
    unlink(path); /* of a making that was cut short: nobody knows its public half */
    strcat(path, ".pub");
    unlink(path);
    path_in(folder, name, ".key", path);
    const bool made = seal_key_new(path, &pair, fault);
    if (made) {
        memcpy(key->id, pair.id, sizeof key->id);
        memcpy(key->public_key, pair.public_key, SEAL_KEY_SIZE);
    }
    seal_key_clear(&pair);
    return made && write_description(description, key, fault);
}

struct search {
    const char *id;
    const char *matter;
    Sanling__V1__Office__Kind office;
    struct matter_key *found;
    bool any;
};

static bool has_id(const struct matter_key *key, void *context)
{
    struct search *search = context;
    search->any = strcmp(key->id, search->id) == 0;
    if (search->any)
        *search->found = *key;
    return !search->any;
}

bool matter_keys_find(const char *folder, const char *id, struct matter_key *key, struct seal_key *pair)
{
    char name[NAME_SIZE], path[PATH_SIZE];
    struct fault fault;
    struct search search = {.id = id, .found = key};
    if (!each_description(folder, has_id, &search, &fault) || !search.any)
        return false;
    name_of(key, name);
    path_in(folder, name, ".key", path);
    if (seal_key_read(path, pair, &fault) && pair->has_secret)
        return true;
    seal_key_clear(pair);
    return false;
}

struct each {
    const char *folder;
    const char *matter;
    bool secret_gone;
    bool (*take)(const struct matter_key *key, void *context);
    void *context;
};

static bool take_wanted(const struct matter_key *key, void *context)
{
    const struct each *each = context;
    char name[NAME_SIZE], path[PATH_SIZE];
    name_of(key, name);
    path_in(each->folder, name, ".key", path);
    if ((each->matter != NULL && strcmp(key->matter, each->matter) != 0) ||
        (each->secret_gone && access(path, F_OK) == 0))
        return true;
    return each->take(key, each->context);
}

bool matter_keys_each(const char *folder, const char *matter, bool secret_gone,
                      bool (*take)(const struct matter_key *key, void *context), void *context, struct fault *fault)
{
    struct each each = {
        .folder = folder, .matter = matter, .secret_gone = secret_gone, .take = take, .context = context};
    return each_description(folder, take_wanted, &each, fault);
}

bool matter_keys_destroy(const char *folder, const struct matter_key *key, struct fault *fault)
{
    char name[NAME_SIZE], path[PATH_SIZE];
    name_of(key, name);
    path_in(folder, name, ".key", path);
    return file_destroy(path, fault);
}

bool matter_keys_forget(const char *folder, const struct matter_key *key, struct fault *fault)
{
    char name[NAME_SIZE], path[PATH_SIZE];
    name_of(key, name);
    path_in(folder, name, ".key.pub", path);
    if (!file_destroy(path, fault))
        return false;
    path_in(folder, name, ".json", path);
    return file_destroy(path, fault);
}

/* ---- offers of others ---- */

static bool id_is_plain(const char *id)
{
    return strlen(id) == SEAL_KEY_ID_SIZE - 1 && strspn(id, "0123456789abcdef") == SEAL_KEY_ID_SIZE - 1;
}

static void path_of_offer(const char *folder, const char *id, char path[static PATH_SIZE])
{
    char name[sizeof "offers/" + SEAL_KEY_ID_SIZE];
    snprintf(name, sizeof name, "offers/%.*s", SEAL_KEY_ID_SIZE - 1, id);
    path_in(folder, name, ".json", path);
}

bool matter_keys_keep_offer(const char *folder, const struct matter_key *offer, struct fault *fault)
{
    char path[PATH_SIZE];
    path_of_offer(folder, offer->id, path);
    return write_description(path, offer, fault);
}

static bool is_for(const struct matter_key *key, void *context)
{
    struct search *search = context;
    search->any = strcmp(key->matter, search->matter) == 0 && key->office == search->office;
    if (search->any)
        *search->found = *key;
    return !search->any;
}

bool matter_keys_offer(const char *folder, const char *matter, Sanling__V1__Office__Kind office,
                       struct matter_key *offer, struct fault *fault)
{
    char offers[PATH_SIZE];
    struct search search = {.matter = matter, .office = office, .found = offer};
    path_in(folder, "offers", "", offers);
    if (!each_description(offers, is_for, &search, fault))
        return false;
    return search.any || fault_set(fault, FAULT_NO,
                                   "matter %s: that office has offered no key for it: ask it for --offer-matter-key %s",
                                   matter, matter);
}

bool matter_keys_drop_offer(const char *folder, const char *id, struct fault *fault)
{
    char path[PATH_SIZE];
    path_of_offer(folder, id, path);
    return !id_is_plain(id) || file_destroy(path, fault);
}

/* ---- destroying ---- */

static bool overwrite(int file, off_t size)
{
    static const char zeros[4096] = {0};
    for (off_t at = 0; at < size;) {
        const size_t part = size - at < (off_t)sizeof zeros ? (size_t)(size - at) : sizeof zeros;
        const ssize_t written = pwrite(file, zeros, part, at);
        if (written <= 0)
            return false;
        at += written;
    }
    return fsync(file) == 0;
}

static bool sync_folder_of(const char *path)
{
    char folder[PATH_SIZE];
    snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    if (slash != NULL)
        *slash = '\0';
    const int opened = open(slash == NULL ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool synced = opened >= 0 && fsync(opened) == 0;
    if (opened >= 0)
        close(opened);
    return synced;
}

bool file_destroy(const char *path, struct fault *fault)
{
    struct stat status;
    const int file = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
    if (file < 0)
        return errno == ENOENT || fault_set(fault, FAULT_SYSTEM, "%s: %s", path, strerror(errno));
    const bool done = fstat(file, &status) == 0 && S_ISREG(status.st_mode) && overwrite(file, status.st_size);
    const int cause = errno;
    close(file);
    if (!done)
        return fault_set(fault, FAULT_SYSTEM, "%s: cannot be overwritten: %s", path, strerror(cause));
    /* A command and the agent may do it at once. */
    return ((unlink(path) == 0 || errno == ENOENT) && sync_folder_of(path)) ||
           fault_set(fault, FAULT_SYSTEM, "%s: cannot be removed: %s", path, strerror(errno));
}
