#include "register.h"

#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void register_keys_free(struct register_keys *keys)
{
    free(keys->hashes);
    *keys = (struct register_keys){0};
}

/* How many bytes at `at` belong to a date, a number or punctuation. */
static size_t undated_size(const char *at)
{
    static const char *const dropped[] = {"年", "月", "日", "号", "（", "）", "、", "—"};
    if (strchr("0123456789-_.,()[]# ", *at) != NULL)
        return 1;
    for (size_t i = 0; i < sizeof dropped / sizeof dropped[0]; i++)
        if (strncmp(at, dropped[i], strlen(dropped[i])) == 0)
            return strlen(dropped[i]);
    return 0;
}

/* Takes them out in place. */
static void take_dates_out(char *name)
{
    char *ending = strrchr(name, '.');
    if (ending != NULL)
        *ending = '\0';
    char *to = name;
    for (const char *at = name; *at != '\0';) {
        const size_t size = undated_size(at);
        if (size == 0)
            *to++ = *at++;
        else
            at += size;
    }
    *to = '\0';
}

char *register_name(const struct mapping *mapping, const char *file_name)
{
    const char *slash = strrchr(mapping->path, '/');
    CLEANUP(text_free) char *file = mapping->undated ? text_compared(file_name) : strdup(file_name);
    char *name = NULL;
    if (file == NULL)
        return NULL;
    if (mapping->undated)
        take_dates_out(file);
    return asprintf(&name, "%s:%s", slash == NULL ? mapping->path : slash + 1, file) < 0 ? NULL : name;
}

static int compare_hashes(const void *a, const void *b)
{
    return memcmp(a, b, KEY_HASH_SIZE);
}

/* Leaves in `former` what `now` has not. */
static void leave_only_gone(struct register_keys *former, const struct register_keys *now)
{
    size_t kept = 0;
    size_t at = 0;
    for (size_t i = 0; i < former->count; i++) {
        while (at < now->count && compare_hashes(now->hashes[at], former->hashes[i]) < 0)
            at++;
        if (at == now->count || compare_hashes(now->hashes[at], former->hashes[i]) != 0)
            memmove(former->hashes[kept++], former->hashes[i], KEY_HASH_SIZE);
    }
    former->count = kept;
}

/* The ledger's keys on their way past those that are gone. */
struct naming {
    struct outbox *outbox;
    const struct register_keys *gone;
    struct outbox_file *file;
    struct fault *fault;
    bool failed;
};

static bool name_key(const char *key, void *context)
{
    struct naming *naming = context;
    uint8_t hash[KEY_HASH_SIZE];
    doubled_keys_hash(key, hash);
    if (bsearch(hash, naming->gone->hashes, naming->gone->count, KEY_HASH_SIZE, compare_hashes) == NULL)
        return true;
    naming->failed = naming->file->vanished++ < OUTBOX_NOTES_MAX &&
                     !outbox_note(naming->outbox, naming->file->id, OUTBOX_NOTE_VANISHED, 0, key, naming->fault);
    return !naming->failed;
}

bool register_compare(struct outbox *outbox, const char *name, const struct register_keys *keys,
                      struct outbox_file *file, struct fault *fault)
{
    CLEANUP(register_keys_free) struct register_keys gone = {0};
    void *former;
    size_t size;
    if (!outbox_register_former(outbox, name, file->id, &former, &size, fault))
        return false;
    gone.hashes = former;
    gone.count = size / KEY_HASH_SIZE;
    leave_only_gone(&gone, keys);
    file->vanished = 0;
    struct naming naming = {.outbox = outbox, .gone = &gone, .file = file, .fault = fault};
    return outbox_notes_forget(outbox, file->id, OUTBOX_NOTE_VANISHED, fault) &&
           (gone.count == 0 || outbox_keys_each(outbox, name_key, &naming, fault)) && !naming.failed &&
           outbox_register_put(outbox, name, file->id, keys->hashes, keys->count * KEY_HASH_SIZE, fault);
}
