/* Signed notes (C2SP signed-note): a text, an empty line, and lines of signatures by named Ed25519 keys. */
#ifndef PROTO_PROOF_NOTE_H
#define PROTO_PROOF_NOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"

enum {
    NOTE_NAME_MAX = 128,      /* bytes of a key's name: no space, no plus, no control */
    NOTE_SIGNATURES_MAX = 64, /* lines of signatures that are read */
    NOTE_SIZE_MAX = 32 << 10, /* bytes of a note that is read */
    NOTE_KEY_TEXT_SIZE = 256, /* of a verifier or signer key as text, with NUL */
};

enum note_algorithm {
    NOTE_ED25519 = 1,        /* signs the text */
    NOTE_COSIGNATURE_V1 = 4, /* a witness's: time and Ed25519 over "cosignature/v1", time and text */
};

/* Who signs: `name+hex(id)+base64(algorithm | public key)` as text. */
struct note_verifier {
    char name[NOTE_NAME_MAX + 1];
    uint32_t id; /* first 4 bytes of SHA-256(name | 0x0A | algorithm | public key), big-endian */
    enum note_algorithm algorithm;
    uint8_t key[32];
};
/* The text may end in a newline. FAULT_USAGE: no verifier key, or its id does not fit. */
MUST_CHECK bool note_verifier_read(const char *text, struct note_verifier *verifier, struct fault *fault);
void note_verifier_write(const struct note_verifier *verifier, char text[static NOTE_KEY_TEXT_SIZE]);

/* The secret half, as text `PRIVATE+KEY+name+hex(id)+base64(algorithm | seed)`. Wipe it when done. */
struct note_signer {
    struct note_verifier verifier;
    uint8_t secret[64]; /* libsodium's: seed | public key */
};
/* A new key pair of that name. FAULT_USAGE: the name is none. */
MUST_CHECK bool note_signer_new(const char *name, enum note_algorithm algorithm, struct note_signer *signer,
                                struct fault *fault);
/* As note_verifier_read; a fault repeats nothing of the text. */
MUST_CHECK bool note_signer_read(const char *text, struct note_signer *signer, struct fault *fault);
void note_signer_write(const struct note_signer *signer, char text[static NOTE_KEY_TEXT_SIZE]);
void note_signer_wipe(struct note_signer *signer);

/* A note, taken apart; everything points into the bytes that were read. */
struct note_signature {
    const char *name; /* name_size bytes */
    size_t name_size;
    uint32_t id;
    const char *line; /* the whole line with its newline, for copying it into another note */
    size_t line_size;
    uint8_t bytes[72]; /* Ed25519: 64; cosignature: 8 of time, big-endian seconds, and 64 */
    size_t size;       /* of the signature, which of a kind that we do not know may be longer than `bytes` */
};
struct note {
    const char *text; /* with its last newline */
    size_t text_size;
    int count;
    struct note_signature signatures[NOTE_SIGNATURES_MAX];
};
/* FAULT_USAGE: no signed note; says what is wrong. Says nothing about who signed. */
MUST_CHECK bool note_read(const char *bytes, size_t size, struct note *note, struct fault *fault);
/* The verifier's first signature in the note; NULL: none, or one that does not verify. */
const struct note_signature *note_verify(const struct note *note, const struct note_verifier *verifier);
/* When a cosignature was given, seconds since 1970 UTC. */
uint64_t note_cosignature_time(const struct note_signature *signature);

/* Signs a text (ends in a newline) and gives the signature's line, malloc'ed, NUL-terminated, with its newline. `time`:
 * seconds since 1970 UTC, for cosignatures alone. NULL: no memory. */
char *note_sign(const struct note_signer *signer, const char *text, size_t size, uint64_t time);

#endif
