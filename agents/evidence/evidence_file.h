/* Documents that somebody keeps as evidence: checkpoints, proofs, and what a witness remembers. */
#ifndef SANLING_EVIDENCE_FILE_H
#define SANLING_EVIDENCE_FILE_H

#include "fault.h"

#include <stdbool.h>
#include <stddef.h>

struct evidence_text {
    char *text; /* malloc'ed, NUL-terminated; NULL: there is no such file */
    size_t size;
};
/* Reads a file of at most `limit` bytes. FAULT_USAGE: it cannot be read, is larger, or has a NUL in it. */
MUST_CHECK bool evidence_file_read(const char *path, size_t limit, struct evidence_text *text, struct fault *fault);
void evidence_text_clear(struct evidence_text *text);
/* Writes the file so that it is there, whole, after a loss of power too, or as it was before. */
MUST_CHECK bool evidence_file_write(const char *path, const char *text, size_t size, struct fault *fault);
/* A new file with a secret, for its owner alone. FAULT_USAGE: there is one already. */
MUST_CHECK bool evidence_secret_write(const char *path, const char *text, size_t size, struct fault *fault);

#endif
