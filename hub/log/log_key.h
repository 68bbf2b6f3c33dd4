/* The key that signs the log's checkpoints, and the public halves of all that did, so that old checkpoints verify.
 *
 *     log.key         the secret half, a note-signer text, mode 0600; the name in it is the log's origin
 *     log.key.pub     verifier keys, one a line, the present one last
 *     log.key.next    the secret half that two operators may put in its place */
#ifndef HUB_LOG_LOG_KEY_H
#define HUB_LOG_LOG_KEY_H

#include <stdbool.h>

#include "checkpoint_store.h"
#include "fault.h"
#include "proof/note.h"

enum { LOG_KEYS_MAX = 64 /* that a log had */ };

struct log_key {
    struct note_signer signer;
    struct log_verifiers verifiers; /* the present one first */
};

/* Reads the key at `path`; makes one of that name if there is none and `may_make`. `name_wanted`: as the configuration
 * has it, "" for any. FAULT_DAMAGED: it is gone, or no key any more, as the log's checkpoints need it; FAULT_USAGE:
 * another log's.
 */
MUST_CHECK bool log_key_open(const char *path, const char *name_wanted, const char *name_new, bool may_make,
                             struct log_key *key, struct fault *fault);
void log_key_close(struct log_key *key);

/* Makes the key that may come next, of the same name, unless there is one that waits, and tells its public half. */
MUST_CHECK bool log_key_prepare(const char *path, char verifier[static NOTE_KEY_TEXT_SIZE], struct fault *fault);
/* The public half of the key that waits. FAULT_NO: none does. */
MUST_CHECK bool log_key_next(const char *path, char verifier[static NOTE_KEY_TEXT_SIZE], struct fault *fault);
/* Puts the key that waits in the place of the present one; nothing where the log has or had the key already. It is
 * durable when this returns true. FAULT_USAGE: another key waits, or none. */
MUST_CHECK bool log_key_replace(const char *path, const char *verifier, struct log_key *key, struct fault *fault);

#endif
