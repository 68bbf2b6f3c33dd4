/* What became of an office file, for the office: NAME.rejected.csv beside the file, with the rows to mend, and then, as
 * the sign that all outcomes are in, reports/NAME.report.txt in both languages. NAME is the file's name without `.csv`
 * (a file of another ending keeps it). Both appear whole or not at all. A mended .rejected.csv is put back under
 * another name; under its own it is never read, and it goes when the file is sent again without a rejected row. */
#ifndef SANLING_REPORT_H
#define SANLING_REPORT_H

#include "fault.h"
#include "outbox.h"

#include <stdio.h>

/* Writes both files. `folder` is the watched one; reports/ in it is made. */
MUST_CHECK bool report_write(struct outbox *outbox, const struct outbox_file *file, const char *folder,
                             struct fault *fault);
/* Prints the report's text to a stream; `tried`: nothing was sent. */
MUST_CHECK bool report_print(struct outbox *outbox, const struct outbox_file *file, bool tried, FILE *stream,
                             struct fault *fault);

#endif
