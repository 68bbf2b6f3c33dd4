/* That a record is in the log: as the hub gives it, as a file that is kept, and as it is checked without the hub. The
 * file is that of proto/proof/proof_file.h; its extra part is a ProofAnswer message with the record and the sender's
 * signature alone. */
#ifndef SANLING_RECORD_PROOF_H
#define SANLING_RECORD_PROOF_H

#include "fault.h"
#include "proof/checkpoint.h"
#include "proof/proof_file.h"
#include "proof/trusted_keys.h"
#include "query.pb-c.h"

#include <stddef.h>
#include <stdint.h>

struct record_proof {
    struct proof_file file;
    Sanling__V1__ProofAnswer *said; /* record and signature */
    Sanling__V1__Event *event;      /* of the record; its bytes stay in `said` */
    struct checkpoint checkpoint;   /* once it was checked */
    struct note note;               /* points into `file` */
};

/* From the hub's answer. FAULT_MALFORMED: it is none. */
MUST_CHECK bool record_proof_take(const Sanling__V1__ProofAnswer *answer, struct record_proof *proof,
                                  struct fault *fault);
/* From a file's bytes. FAULT_USAGE: they are no proof of a record. */
MUST_CHECK bool record_proof_read(const char *bytes, size_t size, struct record_proof *proof, struct fault *fault);
/* Everything that can be checked without the hub: that the log's key signed the checkpoint, that this record at this
 * position is in the tree that it names, and, if the record is signed by its sender, that signature. FAULT_NO says
 * which part does not hold. `office_key`: the only key that the sender may have signed with; NULL: any, and none. */
MUST_CHECK bool record_proof_check(struct record_proof *proof, const struct trusted_keys *keys,
                                   const uint8_t *office_key, struct fault *fault);
void record_proof_clear(struct record_proof *proof);

#endif
