/* The leadership group's figures for a node and a period, counted from the state. */
#ifndef HUB_DOMAIN_SUMMARY_H
#define HUB_DOMAIN_SUMMARY_H

#include <stdint.h>

#include "rollup.h"

struct hazard_counts {
    uint32_t found, general, major, fixed_on_spot, ordered, struck_off, open, overdue;
};
struct petition_counts {
    uint32_t registered, open, overdue, closed;
};
struct dispute_counts {
    uint32_t opened, both_agreed, succeeded, mobile, ended, performed;
};
struct case_counts {
    uint32_t filed, resolved;
};
struct accident_counts {
    uint32_t reported, late;
    uint32_t grades[GRADE_EXTRA_MAJOR + 1];
};
struct camera_counts {
    uint32_t in_service, owners, sign_posted;
};
struct team_counts {
    uint32_t grids, block_heads, patrollers, complete_teams, team_parts;
};

struct summary {
    int32_t from; /* first and last day of what is counted */
    int32_t to;
    struct rollup zeros;
    struct hazard_counts hazards;
    struct petition_counts petitions; /* without accusations */
    struct dispute_counts disputes;
    struct case_counts cases;
    struct case_counts cases_before; /* the same calendar days of the year before */
    struct accident_counts accidents;
    struct camera_counts cameras; /* on the last day */
    struct team_counts teams;
    uint64_t tallies[TALLY_KIND_LIMIT];
};

/* Counts the subtree of `root` (0: everything) from the first day of `year` to its last, or to the open day if that is
 * earlier. The roll-up of zeros is that of the open day. */
void summary_of(struct state *state, uint32_t root, int32_t year, struct summary *summary,
                struct status_scratch *scratch);
/* The name of a tally as the contract prints it, e.g. "publicity.LEAFLETS". */
const char *tally_name(enum tally_kind kind);

#endif
