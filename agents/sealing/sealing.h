/* What an office does with sealed notes of a matter: offers a key, seals a note to another office, erases the matter.
 * Each act is an event, written into the outbox's file as confirmations are (confirmations.h), by the agent or beside
 * it; the agent numbers and sends it. Clear text is in no outbox. */
#ifndef SANLING_SEALING_H
#define SANLING_SEALING_H

#include "matter_keys.h"
#include "outbox.h"
#include "sealing_config.h"

#include <stdint.h>

enum { SEALING_KEY_SIZE = 48 }; /* of an act, with its NUL: for confirmations_state */

struct sealing {
    const struct sealing_config *config;
    struct outbox *outbox;
    int32_t utc_offset_minutes;
    int64_t clock_ahead_s; /* of a demonstration hub's clock before this machine's; 0 at any other */
};

/* Makes a key for the matter that *key names and offers it; where it has one, that one is what was offered. */
MUST_CHECK bool sealing_offer(const struct sealing *sealing, struct matter_key *key, char act[static SEALING_KEY_SIZE],
                              struct fault *fault);
/* Seals a text for the office, to the key that it offered. FAULT_NO: it offered none; FAULT_USAGE: too long. */
MUST_CHECK bool sealing_send(const struct sealing *sealing, const char *matter, Sanling__V1__Office__Kind office,
                             const uint8_t *text, size_t size, char act[static SEALING_KEY_SIZE], struct fault *fault);
/* Destroys the matter's keys of this office and the notes that were opened with them, and says so to the hub. Again
 * after it was cut short: goes on. *count: keys; FAULT_NO: there is none. */
MUST_CHECK bool sealing_erase(const struct sealing *sealing, const char *matter, size_t *count,
                              char act[static SEALING_KEY_SIZE], struct fault *fault);
/* Says of keys whose secret half is gone that they are: where sealing_erase was cut short. */
MUST_CHECK bool sealing_complete(const struct sealing *sealing, struct fault *fault);

/* Opens a note of the log, if it is sealed to a key of this office: *opened. It goes into a file of the folder of
 * opened notes, MATTER/POSITION.txt. FAULT_REFUSED: sealed to our key, but not good. */
MUST_CHECK bool sealing_receive(const struct sealing *sealing, uint64_t position, const char *matter,
                                const char *recipient_key, const uint8_t *ciphertext, size_t size, bool *opened,
                                struct fault *fault);
/* Destroys what was opened of the matter. */
MUST_CHECK bool sealing_forget_opened(const struct sealing *sealing, const char *matter, struct fault *fault);

#endif
