#include "sealing.h"

#include "confirmations.h"
#include "event.pb-c.h"
#include "seal.h"
#include "sealed_note.h"
#include "state_folder.h"
#include "whole_file.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PATH_SIZE = 4096, ACT_RANDOM = 16 };

/* ---- acts ---- */

/* An act about the matter, whose payload the caller sets. */
struct act {
    Google__Protobuf__Timestamp time;
    Sanling__V1__Event event;
    size_t envelope_size;
};

static void begin_act(const struct sealing *sealing, const struct matter_key *key, struct act *act)
{
    google__protobuf__timestamp__init(&act->time);
    sanling__v1__event__init(&act->event);
    act->time.seconds = time(NULL) + sealing->clock_ahead_s;
    act->event.occurred_at = &act->time;
    act->event.utc_offset_minutes = sealing->utc_offset_minutes;
    act->event.unit = (char *)(uintptr_t)key->unit;
    act->event.matter = (char *)(uintptr_t)key->matter;
    act->envelope_size = sanling__v1__event__get_packed_size(&act->event);
}

/* `name` is "" for an act of its own, else what makes the same act the same. */
static bool write_act(const struct sealing *sealing, const struct act *act, const char *what, const char *name,
                      char key[static SEALING_KEY_SIZE], struct fault *fault)
{
    uint8_t random[ACT_RANDOM];
    char hex[2 * ACT_RANDOM + 1];
    enum confirmation_added added;
    const size_t size = sanling__v1__event__get_packed_size(&act->event);
    uint8_t *content = malloc(size);
    if (content == NULL)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    sanling__v1__event__pack(&act->event, content);
    randombytes_buf(random, sizeof random);
    snprintf(key, SEALING_KEY_SIZE, "%s:%s", what,
             name[0] != '\0' ? name : sodium_bin2hex(hex, sizeof hex, random, sizeof random));
    const struct confirmation_part part = {.content = content, .size = size, .envelope_size = act->envelope_size};
    const bool written = confirmations_add(sealing->outbox, key, what, &part, 1, &added, fault);
    free(content);
    return written;
}

bool sealing_offer(const struct sealing *sealing, struct matter_key *key, char act[static SEALING_KEY_SIZE],
                   struct fault *fault)
{
    struct act offered;
    Sanling__V1__MatterKeyOffered payload = SANLING__V1__MATTER_KEY_OFFERED__INIT;
    if (!matter_keys_new(sealing->config->keys, key, fault) && fault->code != FAULT_NO)
        return false; /* where it has one the act is known, or was cut short before it was written */
    begin_act(sealing, key, &offered);
    payload.matter_kind = key->kind;
    payload.public_key = (ProtobufCBinaryData){.data = key->public_key, .len = SEAL_KEY_SIZE};
    offered.event.payload_case = SANLING__V1__EVENT__PAYLOAD_MATTER_KEY_OFFERED;
    offered.event.matter_key_offered = &payload;
    return write_act(sealing, &offered, "offer", key->id, act, fault);
}

bool sealing_send(const struct sealing *sealing, const char *matter, Sanling__V1__Office__Kind office,
                  const uint8_t *text, size_t size, char act[static SEALING_KEY_SIZE], struct fault *fault)
{
    struct act sent;
    struct matter_key offer;
    uint8_t sealed[SEALED_NOTE_MAX];
    Sanling__V1__SealedNoteAdded payload = SANLING__V1__SEALED_NOTE_ADDED__INIT;
    if (!matter_keys_offer(sealing->config->keys, matter, office, &offer, fault) ||
        !seal_text(text, size, offer.public_key, sealed, &payload.ciphertext.len, fault))
        return false;
    begin_act(sealing, &offer, &sent);
    payload.matter_kind = offer.kind;
    payload.recipient_key = offer.id;
    payload.ciphertext.data = sealed;
    sent.event.payload_case = SANLING__V1__EVENT__PAYLOAD_SEALED_NOTE_ADDED;
    sent.event.sealed_note_added = &payload;
    return write_act(sealing, &sent, "sealed", "", act, fault);
}

/* ---- erasure ---- */

static bool tell_destroyed(const struct sealing *sealing, const struct matter_key *key,
                           char act[static SEALING_KEY_SIZE], struct fault *fault)
{
    struct act destroyed;
    uint8_t proof[crypto_hash_sha256_BYTES];
    Sanling__V1__MatterKeyDestroyed payload = SANLING__V1__MATTER_KEY_DESTROYED__INIT;
    crypto_hash_sha256(proof, key->public_key, SEAL_KEY_SIZE);
    begin_act(sealing, key, &destroyed);
    payload.matter_kind = key->kind;
    payload.proof = (ProtobufCBinaryData){.data = proof, .len = sizeof proof};
    destroyed.event.payload_case = SANLING__V1__EVENT__PAYLOAD_MATTER_KEY_DESTROYED;
    destroyed.event.matter_key_destroyed = &payload;
    return write_act(sealing, &destroyed, "erase", key->id, act, fault) &&
           matter_keys_forget(sealing->config->keys, key, fault);
}

struct erasure {
    const struct sealing *sealing;
    char *act;
    size_t count;
    struct fault *fault;
    bool failed;
};

/* First the key, then the word of it: what is said to be gone is gone, whenever this is cut short. */
static bool erase_one(const struct matter_key *key, void *context)
{
    struct erasure *erasure = context;
    erasure->failed = !matter_keys_destroy(erasure->sealing->config->keys, key, erasure->fault) ||
                      !sealing_forget_opened(erasure->sealing, key->matter, erasure->fault) ||
                      !tell_destroyed(erasure->sealing, key, erasure->act, erasure->fault);
    erasure->count++;
    return !erasure->failed;
}

bool sealing_erase(const struct sealing *sealing, const char *matter, size_t *count, char act[static SEALING_KEY_SIZE],
                   struct fault *fault)
{
    struct erasure erasure = {.sealing = sealing, .act = act, .fault = fault};
    if (!matter_keys_each(sealing->config->keys, matter, false, erase_one, &erasure, fault) || erasure.failed)
        return false;
    *count = erasure.count;
    return erasure.count > 0 || fault_set(fault, FAULT_NO, "matter %s: this office has no key for it", matter);
}

bool sealing_complete(const struct sealing *sealing, struct fault *fault)
{
    char act[SEALING_KEY_SIZE];
    struct erasure erasure = {.sealing = sealing, .act = act, .fault = fault};
    return matter_keys_each(sealing->config->keys, NULL, true, erase_one, &erasure, fault) && !erasure.failed;
}

/* ---- what comes ---- */

/* The matter's folder; a code may have characters that stand for folders. */
static void folder_of(const struct sealing *sealing, const char *matter, char path[static PATH_SIZE])
{
    const int used = snprintf(path, PATH_SIZE, "%s/%s", sealing->config->opened, matter);
    char *name = path + used - strlen(matter);
    for (; *name != '\0'; name++)
        if (*name == '/' || *name == '.')
            *name = '_';
}

static bool write_opened(const char *folder, uint64_t position, const char *text, size_t size, struct fault *fault)
{
    char path[PATH_SIZE + 32];
    CLEANUP(whole_file_discard) struct whole_file file = {0};
    snprintf(path, sizeof path, "%s/%" PRIu64 ".txt", folder, position);
    const mode_t before = umask(S_IRWXG | S_IRWXO);
    const bool opened = state_folder_make(folder, false, fault) && whole_file_open(&file, path, fault);
    umask(before);
    if (!opened)
        return false;
    return fwrite(text, 1, size, file.stream) == size ? whole_file_finish(&file, fault)
                                                      : fault_set(fault, FAULT_SYSTEM, "%s: %s", path, strerror(errno));
}

bool sealing_receive(const struct sealing *sealing, uint64_t position, const char *matter, const char *recipient_key,
                     const uint8_t *ciphertext, size_t size, bool *opened, struct fault *fault)
{
    char text[SEALED_NOTE_MAX], folder[PATH_SIZE];
    size_t text_size = 0;
    struct matter_key key = {.matter = ""};
    struct seal_key pair = {.has_secret = false};
    *opened = false;
    if (!matter_keys_find(sealing->config->keys, recipient_key, &key, &pair))
        return true;
    bool good = strcmp(key.matter, matter) == 0
                    ? sealed_note_open(ciphertext, size, &pair, text, &text_size, fault)
                    : fault_set(fault, FAULT_REFUSED, "sealed to the key of another matter: %s", key.matter);
    seal_key_clear(&pair);
    if (good) {
        folder_of(sealing, matter, folder);
        good = write_opened(folder, position, text, text_size, fault);
        *opened = good;
    }
    sodium_memzero(text, sizeof text);
    return good;
}

bool sealing_forget_opened(const struct sealing *sealing, const char *matter, struct fault *fault)
{
    char folder[PATH_SIZE], path[PATH_SIZE + 300];
    bool gone = true;
    folder_of(sealing, matter, folder);
    DIR *opened = opendir(folder);
    if (opened == NULL)
        return errno == ENOENT || fault_set(fault, FAULT_SYSTEM, "%s: %s", folder, strerror(errno));
    for (struct dirent *entry = readdir(opened); entry != NULL && gone; entry = readdir(opened)) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        gone = file_destroy(path, fault);
    }
    closedir(opened);
    if (gone)
        rmdir(folder); /* what somebody else put beside stays */
    return gone;
}
