/* A source of rows without an end, a database's table, in the outbox: where reading stands, and which of its rows are
 * rejected now. All of it changes in the transaction that takes the rows, so that a row is never read past and not
 * taken. A row keeps its number as long as it is known by its key: what is rejected stands once in the report, and
 * leaves it when the row comes again and is taken.
 *
 * Handles are closed before the outbox. */
#ifndef SANLING_OUTBOX_LASTING_H
#define SANLING_OUTBOX_LASTING_H

#include "outbox.h"

enum { PLACE_VALUES_MAX = 8 };

/* The row up to which all is read, by the values of the cursor's columns, as the database writes them. */
struct place {
    size_t count; /* 0: nothing is read yet */
    char *values[PLACE_VALUES_MAX];
};
/* Copies `count` texts; false: memory ran out, and the place is as before. */
bool place_set(struct place *place, const char *const *values, size_t count);
void place_clear(struct place *place);

struct outbox_lasting;

/* Goes on with the source of that name, or begins it. `shape` says what its places are of: where it is another than
 * last time, reading begins anew. Loads file (its entry in the outbox), place and full_read_s. NULL: FAULT_SYSTEM. */
struct outbox_lasting *outbox_lasting_open(struct outbox *outbox, const char *name, const char *shape,
                                           struct outbox_file *file, struct place *place, int64_t *full_read_s,
                                           struct fault *fault);
void outbox_lasting_close(struct outbox_lasting **lasting);

/* The calls that change something are made within a transaction of the outbox. */

/* Saves the entry, the place and when all was last read (seconds since 1970; 0: never). */
MUST_CHECK bool outbox_lasting_save(struct outbox_lasting *lasting, const struct outbox_file *file,
                                    const struct place *place, int64_t full_read_s, struct fault *fault);
/* The number of the row with this key. */
MUST_CHECK bool outbox_lasting_number(struct outbox_lasting *lasting, const char *key, uint64_t *number,
                                      struct fault *fault);
/* The row is rejected, in place of what was said of it before; *changed: it was not said already. */
MUST_CHECK bool outbox_lasting_reject(struct outbox_lasting *lasting, uint64_t number, const char *key,
                                      const char *record, const struct reason *reason, bool *changed,
                                      struct fault *fault);
/* The row was taken: what was said of it no longer holds, but for events that the hub rejected and that were not sent
 * again. */
MUST_CHECK bool outbox_lasting_mend(struct outbox_lasting *lasting, uint64_t number, const char *key, bool *changed,
                                    struct fault *fault);
/* Whether any event under this key was ever given. */
MUST_CHECK bool outbox_lasting_knows(struct outbox_lasting *lasting, const char *key, bool *known, struct fault *fault);
/* How it stands now. */
struct lasting_tally {
    uint64_t rejected;      /* rows */
    uint64_t rejected_mark; /* another one when other rows are, or for another reason */
    uint64_t pending;       /* events without an answer */
    uint64_t recorded;      /* events, since the beginning */
    uint64_t duplicate;
    uint64_t refused;
};
MUST_CHECK bool outbox_lasting_tally(struct outbox_lasting *lasting, struct lasting_tally *tally, struct fault *fault);

#endif
