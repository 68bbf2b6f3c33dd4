/* The keys under which somebody relies on a log: the one that signs its checkpoints, and after a change of the key
 * those that older checkpoints were signed with. */
#ifndef PROTO_PROOF_TRUSTED_KEYS_H
#define PROTO_PROOF_TRUSTED_KEYS_H

#include "fault.h"
#include "proof/checkpoint.h"
#include "proof/note.h"

enum { TRUSTED_KEYS_MAX = 16, TRUSTED_KEYS_FILE_MAX = 16 << 10 };

struct trusted_keys {
    size_t count;
    struct note_verifier keys[TRUSTED_KEYS_MAX];
};
/* Adds what `text` is: a verifier key, or the name of a file with one in each line ('#' begins a remark). FAULT_USAGE
 * says what is wrong with which. */
MUST_CHECK bool trusted_keys_add(struct trusted_keys *keys, const char *text, struct fault *fault);
/* Reads a checkpoint that one of the keys signed; as checkpoint_open. */
MUST_CHECK bool trusted_keys_open(const struct trusted_keys *keys, const char *bytes, size_t size,
                                  struct checkpoint *checkpoint, struct note *note, struct fault *fault);

#endif
