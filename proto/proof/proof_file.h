/* A proof that one record is in the log, as a file that is checked offline (C2SP tlog-proof): the record, its index,
 * the hashes beside its way to the root, and the signed checkpoint.
 *
 *     c2sp.org/tlog-proof@v1
 *     extra BASE64          the record as a RawRecord message, with the sender's signature if there is one
 *     index N
 *     BASE64 hash …         a line each
 *                           an empty line
 *     checkpoint            a signed note
 */
#ifndef PROTO_PROOF_PROOF_FILE_H
#define PROTO_PROOF_PROOF_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "proof/checkpoint.h"

enum { PROOF_FILE_SIZE_MAX = 2 << 20 };

struct proof_file {
    uint8_t *extra; /* malloc'ed */
    size_t extra_size;
    uint64_t index;
    struct merkle_proof proof;
    char *checkpoint; /* malloc'ed, NUL-terminated */
    size_t checkpoint_size;
};
/* The file's text, malloc'ed, NUL-terminated. NULL: no memory. The proof is one of inclusion. */
char *proof_file_write(const struct proof_file *file);
/* FAULT_USAGE: no proof; says what is wrong. Of the checkpoint it is only known that it is no binary: open it next. */
MUST_CHECK bool proof_file_read(const char *bytes, size_t size, struct proof_file *file, struct fault *fault);
void proof_file_clear(struct proof_file *file);

#endif
