/* The rows of one surveyed sheet, one after the other; no more than one row is held. */
#ifndef SANLING_XLSX_ROWS_H
#define SANLING_XLSX_ROWS_H

#include "xlsx_strings.h"
#include "xlsx_styles.h"
#include "xlsx_survey.h"

/* What a sheet's cells refer to. */
struct xlsx_meanings {
    const struct xlsx_strings *strings;
    const struct xlsx_styles *styles;
    bool counts_from_1904;
    bool must_recalculate;
};

struct xlsx_rows;

/* Stands before the first row. Borrows everything. NULL: *reason says why. */
struct xlsx_rows *xlsx_rows_open(struct xlsx_package *package, const char *part, const struct xlsx_survey *survey,
                                 const struct xlsx_meanings *meanings, struct reason *reason);
void xlsx_rows_close(struct xlsx_rows **rows);
/* The next row that is not blank. false: the end, or *failed: what the survey found sound can no longer be read. */
bool xlsx_rows_next(struct xlsx_rows *rows, struct row *row, bool *failed);
/* Bytes of the part that were taken. */
size_t xlsx_rows_taken(const struct xlsx_rows *rows);

#endif
