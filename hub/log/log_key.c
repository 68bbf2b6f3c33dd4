#include "log_key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "durable_file.h"

enum { PATH_SIZE = DURABLE_PATH_SIZE, PUBLIC_SIZE_MAX = LOG_KEYS_MAX * NOTE_KEY_TEXT_SIZE };

static void beside(const char *path, const char *ending, char to[static PATH_SIZE])
{
    snprintf(to, PATH_SIZE, "%.4000s%s", path, ending);
}

static bool write_signer(const char *path, const struct note_signer *signer, struct fault *fault)
{
    char text[NOTE_KEY_TEXT_SIZE + 1];
    note_signer_write(signer, text);
    strcat(text, "\n");
    bool written = durable_file_write(path, text, strlen(text), 0600, fault);
    sodium_memzero(text, sizeof text);
    return written;
}

/* FAULT_NO: there is no such file. */
static bool read_signer(const char *path, struct note_signer *signer, struct fault *fault)
{
    size_t size;
    struct fault why;
    char *text = durable_file_read(path, NOTE_KEY_TEXT_SIZE, &size, fault);
    if (!text)
        return false;
    text[strcspn(text, "\r\n")] = '\0';
    bool read = note_signer_read(text, signer, &why);
    sodium_memzero(text, size);
    free(text);
    return read ||
           fault_set(fault, FAULT_DAMAGED, "%.300s: no signing key; put the log's own key back from its backup", path);
}

static bool same_key(const struct note_verifier *one, const struct note_verifier *other)
{
    return one->id == other->id && strcmp(one->name, other->name) == 0 &&
           memcmp(one->key, other->key, sizeof one->key) == 0;
}

static void add_verifier(struct log_verifiers *verifiers, const struct note_verifier *key)
{
    for (int i = 0; i < verifiers->count; i++)
        if (same_key(&verifiers->keys[i], key))
            return;
    verifiers->keys[verifiers->count++] = *key;
}

/* The public halves, the present one first; those of the file are behind it. */
static bool read_verifiers(const char *path, struct log_key *key, struct fault *fault)
{
    size_t size;
    char *rest = NULL;
    key->verifiers.keys = calloc(LOG_KEYS_MAX + 1, sizeof *key->verifiers.keys);
    if (!key->verifiers.keys)
        abort();
    add_verifier(&key->verifiers, &key->signer.verifier);
    char *text = durable_file_read(path, PUBLIC_SIZE_MAX, &size, fault);
    if (!text)
        return fault->code == FAULT_NO;
    bool read = true;
    for (char *line = strtok_r(text, "\n", &rest); read && line; line = strtok_r(NULL, "\n", &rest)) {
        struct note_verifier verifier;
        struct fault why;
        read = key->verifiers.count < LOG_KEYS_MAX && note_verifier_read(line, &verifier, &why);
        if (read)
            add_verifier(&key->verifiers, &verifier);
    }
    free(text);
    return read ||
           fault_set(fault, FAULT_DAMAGED, "%.300s: not verifier keys, one a line; restore it from its backup", path);
}

/* Oldest first, so that the file grows at its end. */
static bool write_verifiers(const char *path, const struct log_verifiers *verifiers, struct fault *fault)
{
    char text[PUBLIC_SIZE_MAX + NOTE_KEY_TEXT_SIZE];
    size_t size = 0;
    for (int i = 1; i <= verifiers->count; i++) {
        char line[NOTE_KEY_TEXT_SIZE];
        note_verifier_write(&verifiers->keys[i % verifiers->count], line);
        size += (size_t)snprintf(text + size, sizeof text - size, "%s\n", line);
    }
    return durable_file_write(path, text, size, 0644, fault);
}

static bool make_key(const char *path, const char *name, struct note_signer *signer, struct fault *fault)
{
    return note_signer_new(name, NOTE_ED25519, signer, fault) && write_signer(path, signer, fault);
}

bool log_key_open(const char *path, const char *name_wanted, const char *name_new, bool may_make, struct log_key *key,
                  struct fault *fault)
{
    char public_path[PATH_SIZE];
    *key = (struct log_key){0};
    beside(path, ".pub", public_path);
    if (!read_signer(path, &key->signer, fault)) {
        if (fault->code != FAULT_NO)
            return false;
        if (!may_make)
            return fault_set(fault, FAULT_DAMAGED,
                             "%.300s: missing, and the log has checkpoints that it signed; put it back from its "
                             "backup, a new one is a decision of two operators",
                             path);
        if (!make_key(path, name_new, &key->signer, fault))
            return false;
    }
    if (name_wanted[0] && strcmp(name_wanted, key->signer.verifier.name) != 0) {
        fault_set(fault, FAULT_USAGE, "%.300s: the key of the log '%s', and log_name is '%s'; a log keeps its name",
                  path, key->signer.verifier.name, name_wanted);
        log_key_close(key);
        return false;
    }
    if (read_verifiers(public_path, key, fault) && write_verifiers(public_path, &key->verifiers, fault))
        return true;
    log_key_close(key);
    return false;
}

void log_key_close(struct log_key *key)
{
    note_signer_wipe(&key->signer);
    free(key->verifiers.keys);
    key->verifiers = (struct log_verifiers){0};
}

/* ---- another key ---- */

bool log_key_next(const char *path, char verifier[static NOTE_KEY_TEXT_SIZE], struct fault *fault)
{
    char next_path[PATH_SIZE];
    struct note_signer next;
    beside(path, ".next", next_path);
    if (!read_signer(next_path, &next, fault))
        return false;
    note_verifier_write(&next.verifier, verifier);
    note_signer_wipe(&next);
    return true;
}

bool log_key_prepare(const char *path, char verifier[static NOTE_KEY_TEXT_SIZE], struct fault *fault)
{
    char next_path[PATH_SIZE];
    struct note_signer present;
    struct note_signer next;
    if (log_key_next(path, verifier, fault))
        return true;
    if (fault->code != FAULT_NO)
        return false;
    if (!read_signer(path, &present, fault)) {
        if (fault->code == FAULT_NO)
            fault_set(fault, FAULT_USAGE, "%.300s: missing; the log gets its first key at its first start", path);
        return false;
    }
    beside(path, ".next", next_path);
    bool made = make_key(next_path, present.verifier.name, &next, fault);
    note_signer_wipe(&present);
    if (!made)
        return false;
    note_verifier_write(&next.verifier, verifier);
    note_signer_wipe(&next);
    return true;
}

static bool is_known(const struct log_key *key, const char *verifier)
{
    char text[NOTE_KEY_TEXT_SIZE];
    for (int i = 0; i < key->verifiers.count; i++) {
        note_verifier_write(&key->verifiers.keys[i], text);
        if (strcmp(text, verifier) == 0)
            return true;
    }
    return false;
}

/* The present key goes into the list behind the new one. */
static void put_first(struct log_verifiers *verifiers, const struct note_verifier *key)
{
    memmove(&verifiers->keys[1], &verifiers->keys[0], (size_t)verifiers->count * sizeof verifiers->keys[0]);
    verifiers->keys[0] = *key;
    verifiers->count++;
}

bool log_key_replace(const char *path, const char *verifier, struct log_key *key, struct fault *fault)
{
    char text[NOTE_KEY_TEXT_SIZE];
    char next_path[PATH_SIZE];
    char public_path[PATH_SIZE];
    struct note_signer next;
    if (is_known(key, verifier))
        return true;
    if (key->verifiers.count == LOG_KEYS_MAX)
        return fault_set(fault, FAULT_USAGE, "%.300s: the log had %d keys, and can have no more", path, LOG_KEYS_MAX);
    if (!log_key_next(path, text, fault) || strcmp(text, verifier) != 0)
        return fault_set(fault, FAULT_USAGE,
                         "%.300s.next: not the key that two operators agreed on, %.200s; put that one there", path,
                         verifier);
    beside(path, ".next", next_path);
    beside(path, ".pub", public_path);
    if (!read_signer(next_path, &next, fault))
        return false;
    /* The key first: where the list lacks it, the next start puts it there. */
    if (!write_signer(path, &next, fault))
        return false;
    note_signer_wipe(&key->signer);
    key->signer = next;
    sodium_memzero(&next, sizeof next);
    put_first(&key->verifiers, &key->signer.verifier);
    return write_verifiers(public_path, &key->verifiers, fault) &&
           (unlink(next_path) == 0 || durable_file_fault(next_path, fault));
}
