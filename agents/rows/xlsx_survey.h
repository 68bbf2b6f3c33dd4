/* One look over a whole sheet before its first row is given: that it can be read to its end, how much is in it, and
 * which cells are merged (which stands behind all rows). */
#ifndef SANLING_XLSX_SURVEY_H
#define SANLING_XLSX_SURVEY_H

#include "xlsx_xml.h"

enum { XLSX_ROWS_MAX = 1048576, XLSX_MERGES_MAX = 100000 };

/* A cell merged over others; rows from 1, columns from 0, both ends within. Columns beyond those read are left out. */
struct xlsx_merge {
    uint32_t first_row;
    uint32_t last_row;
    uint32_t first_column;
    uint32_t last_column;
};

struct xlsx_survey {
    struct xlsx_merge *merges; /* by rising first row; no two overlap */
    size_t merge_count;
    uint64_t filled; /* cells that hold something */
    size_t bytes;    /* of the part */
};

/* false: *reason says why the sheet cannot be read; the survey is then empty. */
bool xlsx_survey_make(struct xlsx_package *package, const char *part, struct xlsx_survey *survey,
                      struct reason *reason);
void xlsx_survey_clear(struct xlsx_survey *survey);

/* The number of the row whose attributes these are; 0: it does not rise, or is beyond the last one there can be. A row
 * without a number follows the one before. */
uint32_t xlsx_row_number(const char *const *attributes, uint32_t before);
/* Likewise a cell's column, counted from 0; `next` is the one behind the cell before. false: it does not rise. */
bool xlsx_cell_column(const char *const *attributes, uint32_t next, uint32_t *column);

#endif
