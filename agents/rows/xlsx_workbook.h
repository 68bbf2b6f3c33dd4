/* What a workbook says of itself: which sheets it has, from which day it counts, where its strings and styles stand.
 * Found by the package's relationships, never by guessing names; properties (docProps) are not looked at. */
#ifndef SANLING_XLSX_WORKBOOK_H
#define SANLING_XLSX_WORKBOOK_H

#include "xlsx_package.h"

/* A sheet that people can see. Chart sheets and hidden ones are not among them. */
struct xlsx_visible_sheet {
    char *name;
    char *part;
};

struct xlsx_workbook {
    struct xlsx_visible_sheet *sheets;
    size_t sheet_count;
    bool counts_from_1904;
    bool must_recalculate; /* what is stored for its formulas is not to be trusted */
    char *strings_part;    /* NULL: none */
    char *styles_part;     /* NULL: none */
};

/* false: *reason says why; the workbook is then empty. */
bool xlsx_workbook_read(struct xlsx_package *package, struct xlsx_workbook *workbook, struct reason *reason);
void xlsx_workbook_clear(struct xlsx_workbook *workbook);

#endif
