/* What became of what one way out sent, for the journal and the metrics. */
#ifndef SANLING_NOTIFICATION_COUNTS_H
#define SANLING_NOTIFICATION_COUNTS_H

#include <stdint.h>

struct notification_counts {
    uint64_t accepted;
    uint64_t refused; /* the receiver said no; tried again or parked */
    uint64_t failed;  /* no answer */
    uint64_t parked;  /* given up and kept */
    uint64_t merged;  /* overtaken by a newer message before it could be sent */
};

enum { NOTIFICATION_JOURNAL_MS = 3600 * 1000 }; /* between two lines of the journal */

/* One line, unless nothing happened. `channel` is the sink's or digest's kind. */
void notification_counts_journal(const struct notification_counts *counts, const char *source, const char *channel,
                                 const char *name);

#endif
