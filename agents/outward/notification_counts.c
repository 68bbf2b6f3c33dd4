#include "notification_counts.h"

#include "journal.h"

#include <inttypes.h>

void notification_counts_journal(const struct notification_counts *counts, const char *source, const char *channel,
                                 const char *name)
{
    if (counts->accepted + counts->refused + counts->failed + counts->parked + counts->merged == 0)
        return;
    journal(JOURNAL_INFO,
            "source %s: %s %s: %" PRIu64 " accepted, %" PRIu64 " refused, %" PRIu64 " failed, %" PRIu64
            " parked, %" PRIu64 " merged",
            source, channel, name, counts->accepted, counts->refused, counts->failed, counts->parked, counts->merged);
}
