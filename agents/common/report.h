/* What became of an office file, for the office, in reports/ of its folder: NAME.rejected.csv with the rows to mend,
 * and then, as the sign that all outcomes are in, NAME.report.txt in both languages. NAME is the file's name without
 * `.csv`; a file of another ending keeps it, so that a.csv and a.xlsx have a report each (and a.xlsx.csv keeps its own,
 * too); one of more than 230 bytes is cut and marked, and its mended rows name no original. Both appear whole or not at
 * all. NAME.rejected.csv goes when no row is rejected any more.
 *
 * NAME.rejected.csv has the columns of the file, then row, code, 原因, reason. Mended and put into the folder under its
 * own name it is read as the file was; what was added is ignored, but for telling which rows are mended. */
#ifndef SANLING_REPORT_H
#define SANLING_REPORT_H

#include "fault.h"
#include "outbox.h"

#include <stdio.h>

enum { REPORT_ADDED_COLUMNS = 4 };

/* Whether the name is that of a NAME.rejected.csv (or .xlsx, as a spreadsheet program saves it); `base` gets NAME. */
bool report_is_of_rejected(const char *name, char base[static 256]);
/* How many of a header's columns stand before those that a report added; all of them if it added none. */
size_t report_own_columns(const char *const *names, size_t count);

/* Whether a file of mended rows still has its original's columns, so that its rows can stand among the original's. */
bool report_have_same_columns(struct outbox *outbox, const struct outbox_file *file);

/* Writes both files. `folder` is the watched one; reports/ in it is made. */
MUST_CHECK bool report_write(struct outbox *outbox, const struct outbox_file *file, const char *folder,
                             struct fault *fault);
/* Prints the report's text to a stream; `tried`: nothing was sent. */
MUST_CHECK bool report_print(struct outbox *outbox, const struct outbox_file *file, bool tried, FILE *stream,
                             struct fault *fault);

#endif
