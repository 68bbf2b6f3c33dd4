/* The leadership group's figures for a node and a period, counted from the state. */
#ifndef HUB_DOMAIN_SUMMARY_H
#define HUB_DOMAIN_SUMMARY_H

#include <stdbool.h>
#include <stdint.h>

#include "figure_count.h"
#include "figure_sums.h"

struct summary {
    int32_t from; /* first and last day of what is counted */
    int32_t to;
    uint64_t counts[FIGURE_LIMIT]; /* by enum figure */
    struct rollup zeros;           /* those of `counts` about units, in order; of the last day */
    enum clearance_basis clearance;
    bool other_definition; /* 口径不同: another policy held on days of the year before */
};

/* Counts the subtree of `root` (0: everything) from the first day of `year` to its last, or to the open day if that is
 * earlier. `before` keeps what the next summary of the same day needs again, and `sums`, which is the state's own, what
 * was counted: NULL: all rows are walked over. */
void summary_count(struct state *state, uint32_t root, int32_t year, struct day_before *before,
                   struct figure_sums *sums, struct summary *summary, struct status_scratch *scratch);
/* Does some of that ahead, about so many rows of `sums`. true: nothing is left, and summary_count takes little. */
bool summary_prepare(struct state *state, uint32_t root, int32_t year, struct day_before *before,
                     struct figure_sums *sums, uint32_t rows, struct status_scratch *scratch);
/* summary_count, keeping nothing, by a walk over all rows. */
void summary_of(struct state *state, uint32_t root, int32_t year, struct summary *summary,
                struct status_scratch *scratch);

/* A target of the policy for the year and a group of units, and how far it is reached. */
struct target_result {
    enum unit_group group; /* AREA or ENTERPRISE */
    uint32_t percent;      /* at least so many at zero in all three */
    bool met;
};
enum { TARGET_RESULTS_MAX = 2 };
/* Returns how many the policy has for the year. */
uint32_t summary_targets(const struct policy *policy, int32_t year, const struct rollup *zeros,
                         struct target_result results[static TARGET_RESULTS_MAX]);

#endif
