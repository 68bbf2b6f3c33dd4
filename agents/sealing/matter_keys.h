/* The keys of matters in an office's folder (0700): for each matter of which the office takes sealed notes a pair of
 * its own, so that erasing the matter is destroying its key; and the public halves that other offices offered.
 *
 *   NAME.key       the pair (seal_key.h), 0600
 *   NAME.key.pub   its public half; stays behind while the destruction is not yet on its way to the hub
 *   NAME.json      which matter it is of, 0600
 *   offers/ID.json a public half of another office
 *
 * NAME is 16 hexadecimal digits of a hash of kind and matter. The folder belongs in no backup that also has the log,
 * for what is erased here would live on there. */
#ifndef SANLING_MATTER_KEYS_H
#define SANLING_MATTER_KEYS_H

#include "fault.h"
#include "petition.pb-c.h"
#include "seal_key.h"
#include "unit.pb-c.h"

#include <stdint.h>

enum { MATTER_CODE_MAX = 64, MATTER_UNIT_MAX = 18 };

struct matter_key {
    Sanling__V1__MatterKind__Kind kind;
    char matter[MATTER_CODE_MAX + 1];
    char unit[MATTER_UNIT_MAX + 1];
    Sanling__V1__Office__Kind office; /* of an offer: whose it is */
    char id[SEAL_KEY_ID_SIZE];
    uint8_t public_key[SEAL_KEY_SIZE];
};

/* Makes the folder where it is missing. FAULT_SYSTEM; FAULT_USAGE: others may read it. */
MUST_CHECK bool matter_keys_open(const char *folder, struct fault *fault);

/* Makes a pair for the matter that *key names by kind, matter and unit, and fills the rest. FAULT_NO: there is one,
 * which *key then describes. */
MUST_CHECK bool matter_keys_new(const char *folder, struct matter_key *key, struct fault *fault);
/* Whether there is a pair of this office with this id; *key says of which matter, *pair gets both halves: clear it. */
bool matter_keys_find(const char *folder, const char *id, struct matter_key *key, struct seal_key *pair);
/* Shows each pair, of `matter` alone unless it is NULL; `secret_gone`: only those whose secret half is destroyed and
 * which matter_keys_forget has not heard of. `take` returns false to stop. FAULT_SYSTEM. */
MUST_CHECK bool matter_keys_each(const char *folder, const char *matter, bool secret_gone,
                                 bool (*take)(const struct matter_key *key, void *context), void *context,
                                 struct fault *fault);
/* Overwrites and unlinks the secret half, durably; again where it is gone already. The public half stays until
 * matter_keys_forget, so that its destruction can be told. FAULT_SYSTEM. */
MUST_CHECK bool matter_keys_destroy(const char *folder, const struct matter_key *key, struct fault *fault);
MUST_CHECK bool matter_keys_forget(const char *folder, const struct matter_key *key, struct fault *fault);

/* Keeps what another office offered. */
MUST_CHECK bool matter_keys_keep_offer(const char *folder, const struct matter_key *offer, struct fault *fault);
/* The office's offer for the matter. FAULT_NO: there is none. */
MUST_CHECK bool matter_keys_offer(const char *folder, const char *matter, Sanling__V1__Office__Kind office,
                                  struct matter_key *offer, struct fault *fault);
/* Nothing is sealed to it any more. */
MUST_CHECK bool matter_keys_drop_offer(const char *folder, const char *id, struct fault *fault);

/* Overwrites a file with zeros, syncs, unlinks it and syncs its folder. What a file system or a disk keeps besides is
 * out of reach (deploy/PRIVACY.md). True where there is none. */
MUST_CHECK bool file_destroy(const char *path, struct fault *fault);

#endif
