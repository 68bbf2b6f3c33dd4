/* Rows from a workbook (.xlsx, .xlsm), read as a stream: one row in memory beside the strings that cells share.
 *
 * A cell's text is what the spreadsheet program shows of it where codes, counts and days are concerned:
 *   number        its digits, never shortened (1.40322102200E11 is 140322102200); with more than 15 digits it is flawed
 *   0000          a format of zeros fills the number up: 12 is 0012
 *   date format   2020-04-03, or 2020-04-03 14:30:00 rounded to the second; before 1900-03-01, or without a day: flawed
 *   boolean       TRUE or FALSE
 *   formula       its saved result; without one, or where the workbook says that all must be calculated anew: flawed
 *   error         #N/A, flawed
 * Under a merged cell all others are empty, whatever a program left there. Hidden rows and columns are data. */
#ifndef SANLING_XLSX_SOURCE_H
#define SANLING_XLSX_SOURCE_H

#include "source.h"

struct xlsx_source;

/* Takes over `bytes` (malloc'ed, *bytes becomes NULL). SOURCE_UNSETTLED: the archive is cut. Before the first row a
 * sheet must be chosen. */
enum source_opened xlsx_source_open(uint8_t **bytes, size_t size, struct xlsx_source **source, struct reason *reason);
void xlsx_source_close(struct xlsx_source **source);
bool xlsx_source_choose_sheet(struct xlsx_source *source, const char *const *patterns, size_t pattern_count,
                              struct reason *reason);
/* false, too, while no sheet is chosen. */
bool xlsx_source_next(struct xlsx_source *source, struct row *row);
bool xlsx_source_failed(const struct xlsx_source *source);
void xlsx_source_rewind(struct xlsx_source *source);
const char *xlsx_source_reading(const struct xlsx_source *source);
/* Whether a part of the archive was found damaged. */
bool xlsx_source_is_cut(const struct xlsx_source *source, struct reason *reason);
unsigned xlsx_source_progress(const struct xlsx_source *source);

#endif
