/* What witnesses say of the log's checkpoints: of each witness its newest cosignature, with the checkpoint that it
 * stands under. A checkpoint that is cosigned proves that the witness saw no other history; since witnesses look when
 * they like, the newest cosigned one may be older than the newest. One thread owns them.
 *
 *     DATA/checkpoints/witness-0123abcd   of the witness whose key has this id: a note with the log's signature and its
 *     DATA/tiles/cosigned                 the newest note that a witness cosigned, with all that did */
#ifndef HUB_LOG_COSIGNATURES_H
#define HUB_LOG_COSIGNATURES_H

#include <stdbool.h>
#include <stdint.h>

#include "checkpoint_store.h"
#include "fault.h"
#include "proof/checkpoint.h"
#include "proof/note.h"

enum { WITNESSES_MAX = 16 };

/* Whose cosignatures count. */
struct witness_list {
    int count;
    struct note_verifier keys[WITNESSES_MAX]; /* NOTE_COSIGNATURE_V1 */
};

struct cosignatures;
/* Reads what was kept; what no longer verifies is left out. The folders must exist. */
struct cosignatures *cosignatures_open(const char *data, const struct witness_list *witnesses,
                                       const struct log_verifiers *log);
void cosignatures_close(struct cosignatures **cosignatures);

enum cosigning {
    COSIGNING_TAKEN,
    COSIGNING_STRANGER,  /* by no witness of the list */
    COSIGNING_WRONG,     /* it does not verify */
    COSIGNING_MALFORMED, /* the text is no checkpoint */
    COSIGNING_UNKNOWN,   /* nor one of this log */
};
/* Takes a line over the checkpoint whose note, signed by the log alone, is given. *result is one of the first three.
 * One that is older than the witness's newest, or says the same again within a minute, is taken and not kept. What is
 * kept is on the disk when this returns true. */
MUST_CHECK bool cosignatures_take(struct cosignatures *cosignatures, const struct checkpoint *checkpoint,
                                  const char *note, const char *line, enum cosigning *result, struct fault *fault);
/* How many stand under the checkpoint of that size. */
int cosignatures_count(const struct cosignatures *cosignatures, uint64_t size);
/* The note, signed by the log alone, with those lines behind it; malloc'ed. */
char *cosignatures_with(const struct cosignatures *cosignatures, uint64_t size, const char *note);
/* The notes that are cosigned, the newest first, malloc'ed each; returns how many. */
int cosignatures_notes(const struct cosignatures *cosignatures, char *notes[static WITNESSES_MAX]);

#endif
