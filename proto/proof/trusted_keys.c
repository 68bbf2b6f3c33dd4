#include "proof/trusted_keys.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool add_key(struct trusted_keys *keys, const char *text, struct fault *fault)
{
    if (keys->count == TRUSTED_KEYS_MAX)
        return fault_set(fault, FAULT_USAGE, "more than %d keys of a log", TRUSTED_KEYS_MAX);
    if (!note_verifier_read(text, &keys->keys[keys->count], fault))
        return false;
    if (keys->keys[keys->count].algorithm != NOTE_ED25519)
        return fault_set(fault, FAULT_USAGE, "%s: the key of a witness, not of a log", keys->keys[keys->count].name);
    keys->count++;
    return true;
}

static bool add_line(struct trusted_keys *keys, const char *path, unsigned number, char *line, struct fault *fault)
{
    struct fault cause = {0};
    line[strcspn(line, "\r\n")] = '\0';
    if (line[0] == '\0' || line[0] == '#' || add_key(keys, line, &cause))
        return true;
    return fault_set(fault, cause.code, "%s: line %u: %s", path, number, cause.text);
}

static bool add_file(struct trusted_keys *keys, const char *path, struct fault *fault)
{
    char text[TRUSTED_KEYS_FILE_MAX + 1];
    const size_t before = keys->count;
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return fault_set(fault, FAULT_USAGE, "%s: neither a verifier key (NAME+ID+BASE64) nor a file that can be read",
                         path);
    const size_t size = fread(text, 1, sizeof text, file);
    const bool failed = ferror(file) != 0;
    fclose(file);
    if (failed || size > TRUSTED_KEYS_FILE_MAX || memchr(text, '\0', size) != NULL)
        return fault_set(fault, FAULT_USAGE, "%s: no file of verifier keys", path);
    text[size] = '\0';
    unsigned number = 0;
    for (char *next = text, *line; (line = strsep(&next, "\n")) != NULL;)
        if (!add_line(keys, path, ++number, line, fault))
            return false;
    return keys->count > before || fault_set(fault, FAULT_USAGE, "%s: no verifier key in it", path);
}

bool trusted_keys_add(struct trusted_keys *keys, const char *text, struct fault *fault)
{
    struct fault no_key = {0};
    if (add_key(keys, text, &no_key))
        return true;
    if (strchr(text, '+') != NULL && access(text, F_OK) != 0)
        return fault_set(fault, no_key.code, "%s", no_key.text);
    return add_file(keys, text, fault);
}

bool trusted_keys_open(const struct trusted_keys *keys, const char *bytes, size_t size, struct checkpoint *checkpoint,
                       struct note *note, struct fault *fault)
{
    fault_set(fault, FAULT_USAGE, "no key of the log was given");
    for (size_t i = 0; i < keys->count; i++)
        if (checkpoint_open(bytes, size, &keys->keys[i], checkpoint, note, fault))
            return true;
    return false;
}
