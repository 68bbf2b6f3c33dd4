/* One office file on its way into the outbox, in steps, so that the agent keeps talking to the hub meanwhile: first all
 * rows are looked through for keys that stand there twice, then they are taken a thousand in a transaction. A crash in
 * between is harmless: the file is read again and the ledger knows what it gave. */
#ifndef SANLING_IMPORT_H
#define SANLING_IMPORT_H

#include "fault.h"
#include "folder.h"
#include "mapping.h"
#include "outbox.h"
#include "translate.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct import;

enum import_state {
    IMPORT_MORE,     /* call again */
    IMPORT_DONE,     /* the file waits for its outcomes, or was refused as a whole: both are in the outbox */
    IMPORT_UNSETTLED /* it is still being copied or cannot be read now; nothing was noted */
};

/* Begins with a file of the folder. `mapping` may be NULL: none reads this name, which refuses the file. Borrows
 * outbox, translator and mapping. NULL: memory ran out. */
struct import *import_open(struct outbox *outbox, struct translator *translator, const struct mapping *mapping,
                           const char *folder, const struct folder_file *file);
void import_close(struct import **import);
/* Goes on with it. `last_try`: a file whose last character is still incomplete is refused; one that cannot be read at
 * all is never. false: the outbox failed. */
MUST_CHECK bool import_step(struct import *import, bool last_try, enum import_state *state, struct fault *fault);
/* The file as it stands in the outbox, with its counters so far. Borrowed. */
const struct outbox_file *import_file(const struct import *import);
/* Thousandths of the file that were taken. */
unsigned import_progress(const struct import *import);

/* Numbers the attestation that the mapping states for a file whose rows were all recorded, and sets file->attested; or
 * says in file->warning why there is none. The caller saves the file; within a transaction. */
MUST_CHECK bool import_attest(struct outbox *outbox, struct translator *translator, const struct mapping *mapping,
                              struct outbox_file *file, struct fault *fault);

#endif
