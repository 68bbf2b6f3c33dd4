/* One row into the outbox: what it means, what the ledger says of it, and then all of its events or none. Whoever reads
 * rows, from a file or a database, brings the transaction, and keeps what was rejected. */
#ifndef SANLING_ROW_INTAKE_H
#define SANLING_ROW_INTAKE_H

#include "csv_source.h"
#include "doubled_keys.h"
#include "outbox.h"
#include "row_cells.h"
#include "sheet.h"
#include "translate.h"

#include <stdbool.h>

/* All borrowed. */
struct row_intake {
    struct outbox *outbox;
    struct translator *translator;
    const struct sheet *sheet;
    const struct doubled_keys *doubled; /* NULL: rows come one by one, the later one counts */
    const struct row_cells *cells;      /* NULL: whether a row or its mapping changed is not asked */
    struct outbox_file *file;           /* rows are counted here; the caller saves it */
    /* Of a lasting source: what the hub rejected is sent again when the row comes again, else only when it changed. */
    bool resends_refused;
    /* What a changed mapping reads otherwise goes out, too; else it is held back, and the row counted in file->held. */
    bool resends_held;
};

enum row_outcome {
    ROW_TAKEN,
    ROW_REJECTED,
    /* Of a lasting source: the row changed while the hub has not answered for it yet, so that nobody can say whether
     * this is a correction. Nothing was done: bring it again after the answer. */
    ROW_UNANSWERED
};

/* Within a transaction. *reason is filled when the row is rejected, which is counted but not noted. false: the outbox
 * failed. */
MUST_CHECK bool row_intake_take(const struct row_intake *intake, const struct row *row, enum row_outcome *outcome,
                                struct reason *reason, struct fault *fault);
/* Appends the row as it will stand in .rejected.csv: as many cells as the header has, personal data hidden in each.
 * false: memory ran out. */
bool row_intake_record(const struct sheet *sheet, const struct row *row, struct csv_text *record);
/* Appends the header in the same form. */
bool row_intake_header(const struct sheet *sheet, struct csv_text *record);
/* A row's event as the outbox takes it; borrows from `means`. */
struct outbox_event translated_event_of(const struct translated_row *means, size_t index);

#endif
