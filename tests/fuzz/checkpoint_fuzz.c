/* Notes, checkpoints and keys of any bytes are read in their one form or refused with a reason; what was read is
 * written as it was, and a changed document is not signed. */
#include "proof/checkpoint.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static const char private_mark[] = "PRIVATE+KEY+";
static const char log_key[] = "log.example+4395a040+AYnqI1dpn2/KVgAmwinfyPsRazb0iukUsFStzyjtMVjJ";
static const char witness_key[] = "office.example+fcfd8c0c+BC5L5FBc72r9A3X46e8vTVGXw459ptB4Ballua5w2geV";
/* SHA-256 of checkpoint.txt's text, the only one that was ever signed with the log's key. */
static const uint8_t signed_text[] = {0x38, 0x9c, 0xe3, 0xc0, 0x7e, 0xde, 0xf2, 0xa4, 0x0a, 0x55, 0x0c,
                                      0x43, 0x5d, 0x1c, 0xce, 0x79, 0x84, 0x39, 0x8b, 0xed, 0x8e, 0x6e,
                                      0xd8, 0x1c, 0x6c, 0x6e, 0x48, 0xc5, 0x37, 0x1f, 0x23, 0x7a};

static void read_keys(const char *text)
{
    struct note_verifier verifier;
    struct note_signer signer;
    struct fault fault = {0};
    char written[NOTE_KEY_TEXT_SIZE];
    const size_t size = strcspn(text, "\n");
    if (note_verifier_read(text, &verifier, &fault)) {
        note_verifier_write(&verifier, written);
        if (strlen(written) != size || memcmp(written, text, size) != 0)
            abort();
    } else if (fault.code != FAULT_USAGE) {
        abort();
    }
    char *secret = malloc(size + sizeof private_mark);
    if (!secret)
        return;
    sprintf(secret, "%s%.*s", private_mark, (int)size, text);
    if (note_signer_read(secret, &signer, &fault)) {
        note_signer_write(&signer, written);
        if (strcmp(written, secret) != 0)
            abort();
    } else if (fault.code != FAULT_USAGE) {
        abort();
    }
    free(secret);
}

static void check_checkpoint(const char *text, size_t size)
{
    struct checkpoint checkpoint;
    struct fault fault = {0};
    char written[CHECKPOINT_TEXT_SIZE];
    if (!checkpoint_read(text, size, &checkpoint, &fault)) {
        if (fault.code != FAULT_USAGE)
            abort();
        return;
    }
    checkpoint_write(&checkpoint, written);
    if (strlen(written) > size || memcmp(written, text, strlen(written)) != 0)
        abort();
}

static void check_note(const char *bytes, size_t size)
{
    static const char *const keys[] = {log_key, witness_key};
    struct note note;
    struct fault fault = {0};
    if (!note_read(bytes, size, &note, &fault)) {
        if (fault.code != FAULT_USAGE)
            abort();
        return;
    }
    check_checkpoint(note.text, note.text_size);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        struct note_verifier verifier;
        uint8_t hash[crypto_hash_sha256_BYTES];
        if (!note_verifier_read(keys[i], &verifier, &fault))
            abort();
        if (note_verify(&note, &verifier) == NULL)
            continue;
        crypto_hash_sha256(hash, (const uint8_t *)note.text, note.text_size);
        if (memcmp(hash, signed_text, sizeof hash) != 0)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *text = malloc(size + 1);
    if (!text)
        return 0;
    if (size > 0)
        memcpy(text, bytes, size);
    text[size] = '\0';
    read_keys(text);
    check_checkpoint(text, size);
    check_note(text, size);
    free(text);
    return 0;
}
