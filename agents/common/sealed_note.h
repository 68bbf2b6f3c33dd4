/* Sealed notes (密件) opened again, by who has the secret key: from the hub's log by their position, or from a file of
 * records as `sanlingctl --json replay` or an inbox writes them. What is opened goes to stdout and nowhere else. */
#ifndef SANLING_SEALED_NOTE_H
#define SANLING_SEALED_NOTE_H

#include "agent_config.h"
#include "fault.h"
#include "seal_key.h"

#include <stddef.h>
#include <stdint.h>

enum { SEALED_NOTE_MAX = 16 * 1024 /* of ciphertext, the contract's */ };

/* Opens a ciphertext. `text` gets the clear text without its padding (ISO/IEC 7816-4: who seals pads to one of a few
 * lengths) and with a NUL behind it; *text_size its length.
 * FAULT_REFUSED: it is not sealed to this key, or was changed. */
MUST_CHECK bool sealed_note_open(const uint8_t *ciphertext, size_t size, const struct seal_key *key,
                                 char text[static SEALED_NOTE_MAX], size_t *text_size, struct fault *fault);
/* `what` is a position, or a file ("-": stdin), of which every sealed note is shown that the key opens. FAULT_NO: there
 * is none. */
MUST_CHECK bool sealed_note_show(const struct agent_config *config, const char *what, const char *key_file,
                                 struct fault *fault);

#endif
