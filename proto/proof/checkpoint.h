/* Checkpoints (C2SP tlog-checkpoint): what a log says about itself, as the text of a signed note: origin, number of
 * records, root of the tree. */
#ifndef PROTO_PROOF_CHECKPOINT_H
#define PROTO_PROOF_CHECKPOINT_H

#include <stdint.h>

#include "fault.h"
#include "proof/merkle.h"
#include "proof/note.h"

enum { CHECKPOINT_TEXT_SIZE = 256 };

struct checkpoint {
    char origin[NOTE_NAME_MAX + 1];
    uint64_t size;
    struct merkle_hash root;
};
/* The text with its last newline and NUL. */
void checkpoint_write(const struct checkpoint *checkpoint, char text[static CHECKPOINT_TEXT_SIZE]);
/* Reads a note's text; extension lines are borne. FAULT_USAGE: no checkpoint. */
MUST_CHECK bool checkpoint_read(const char *text, size_t size, struct checkpoint *checkpoint, struct fault *fault);
/* Reads the note and checkpoint, signed by the log's key under the checkpoint's origin. FAULT_USAGE: no such document;
 * FAULT_NO: the signature is missing or wrong. */
MUST_CHECK bool checkpoint_open(const char *bytes, size_t size, const struct note_verifier *log,
                                struct checkpoint *checkpoint, struct note *note, struct fault *fault);

#endif
