/* One office file on its way into the outbox, in steps, so that the agent keeps talking to the hub meanwhile: first all
 * rows are looked through for their keys, then they are taken a thousand in a transaction, which also says how far the
 * file was taken. A crash in between is harmless: the file goes on there.
 *
 * Registers (台账) come again and again. The former version of a register is the file of the same name that was read
 * before; where the mapping says `register: undated`, of the same name but for dates, digits, punctuation and ending.
 * Keys that the former version had, that were sent, and that this one has no more are vanished: counted and noted,
 * nothing else. A row that says what it said when it was sent, but means something else by a changed mapping, is held
 * back unless it is told to be sent again.
 *
 * A file of mended rows, NAME.rejected.csv, is no version of a register, and attests nothing itself: what of its rows
 * is taken leaves the rejected rows of its original, which then may attest. */
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

/* A spreadsheet program has 1,048,576; what is looked through is held in memory, 24 bytes a row. */
enum { IMPORT_ROWS_MAX = 2000000 };

struct import;

enum import_state {
    IMPORT_MORE,     /* call again */
    IMPORT_SAME,     /* it has the same bytes as `known`: nothing was done, but that its new times are noted */
    IMPORT_DONE,     /* the file waits for its outcomes, or was refused as a whole: both are in the outbox */
    IMPORT_UNSETTLED /* it is still being copied or cannot be read now; nothing was noted */
};

/* What is to be read, and how; all borrowed. */
struct import_order {
    struct outbox *outbox;
    struct translator *translator;
    const struct mapping *mapping; /* NULL: none reads this name, which refuses the file */
    const char *folder;
    const struct folder_file *file;
    int64_t original;                /* as in struct outbox_file */
    const struct outbox_file *known; /* of the same size and time, so that it may be the same; NULL: it is not */
    bool resends;                    /* also what a changed mapping reads otherwise */
};

/* Begins with a file. Copies `file`, borrows the rest. NULL: memory ran out. */
struct import *import_open(const struct import_order *order);
void import_close(struct import **import);
/* Goes on with it. `last_try`: a file whose end is still incomplete is refused; one that cannot be read at all is
 * never. false: the outbox failed. */
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
