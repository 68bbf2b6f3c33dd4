/* What a file of records by position makes of a hub that was restored from a backup: positions behind some point are
 * those of other records then, and new although the file has lines under them. What was learned is written down, with
 * the file's size, before any such record is in the file: so a crash at any moment neither passes one over nor writes
 * one twice. */
#ifndef SANLING_INBOX_LINEAGE_H
#define SANLING_INBOX_LINEAGE_H

#include "inbox_sink.h"
#include "outbox.h"

/* After the file was opened: steps back if all of its lines are of before. `way` is unique within the agent. */
MUST_CHECK bool inbox_lineage_open(struct outbox *outbox, const char *way, struct inbox_sink *sink,
                                   struct fault *fault);
/* When a session opens: *same gets the position up to which what the hub delivers is what it was, UINT64_MAX for
 * everything, and the file steps back to there. */
MUST_CHECK bool inbox_lineage_meet(struct outbox *outbox, const char *way, struct inbox_sink *sink,
                                   const Sanling__V1__Welcome *welcome, uint64_t *same, struct fault *fault);

#endif
