/* What a table of many units shows of one: its statuses, streaks, until when it is verified, who owes its earliest gap.
 */
#ifndef HUB_DOMAIN_UNIT_ROW_H
#define HUB_DOMAIN_UNIT_ROW_H

#include "status.h"

struct unit_row {
    enum status zeros[ZERO_COUNT];
    int32_t streak_days[ZERO_COUNT];
    int32_t verified_until; /* the earliest of the three; DAY_NONE: one of them is not verified at all */
    struct day_span gap;    /* the earliest owed days without attestation; from > to: none */
    enum office gap_office; /* that owes them; OFFICE_NONE: no gap */
};
/* Of a counted unit. */
void unit_row_on(const struct state *state, const struct status_question *question, struct unit_row *row,
                 struct status_scratch *scratch);

/* The rows of the open day with all that is known, kept as long as nothing changes them: a cache. Zero at first. */
struct kept_row {
    int32_t today;
    uint32_t seen; /* unit_now.changes when it was computed, and one more; 0: not computed */
    struct unit_row row;
};
struct unit_rows {
    struct kept_row *rows; /* by ordinal */
    uint32_t count;
};
void unit_rows_clear(struct unit_rows *kept);
/* From the cache, or computed into it. The row stays the cache's, until the next call. */
const struct unit_row *unit_rows_now(const struct state *state, struct unit_rows *kept, uint32_t unit,
                                     struct status_scratch *scratch);

#endif
