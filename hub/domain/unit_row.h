/* What a table of many units shows of one: its statuses, streaks, until when it is verified, who owes its earliest gap.
 */
#ifndef HUB_DOMAIN_UNIT_ROW_H
#define HUB_DOMAIN_UNIT_ROW_H

#include <stdbool.h>

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

/* The rows of one moment, kept as long as nothing changes them: a cache. Zero at first; the moment is set once, before
 * any row. Those known at a position never change. */
struct kept_row {
    uint32_t seen; /* unit_now.changes when it was made, and one more; 0: it was not */
    struct unit_row row;
};
struct unit_rows {
    int32_t as_of;
    uint64_t known_at;
    struct kept_row *rows; /* by ordinal */
    uint32_t count;
};
void unit_rows_clear(struct unit_rows *kept);
/* Whether the row of a counted unit is kept, and still what would be made. */
bool unit_rows_hold(const struct state *state, const struct unit_rows *kept, uint32_t unit);
/* From the cache, or made and kept. `policies` are those known at the moment. The row stays the cache's, until the next
 * call. */
const struct unit_row *unit_rows_take(const struct state *state, struct unit_rows *kept,
                                      const struct policy_timeline *policies, uint32_t unit,
                                      struct status_scratch *scratch);

#endif
