/* What an office has to attest and has not (待核报): the reporting periods of the policy that are closed, and in each
 * the units whose days it has not covered. A unit whose zero is broken within those days cannot be attested: it is told
 * apart. */
#ifndef HUB_DOMAIN_ATTESTATION_DUE_H
#define HUB_DOMAIN_ATTESTATION_DUE_H

#include <stdbool.h>
#include <stdint.h>

#include "scope.h"
#include "status.h"

enum { DUE_PERIODS_MAX = 24 }; /* of a zero: two years of months */

struct due_period {
    enum zero zero;
    struct day_span days;
    int32_t due;
    uint32_t units;     /* counted, enrolled within it */
    uint32_t uncovered; /* of them, not wholly attested by the office */
    uint32_t broken;    /* of the uncovered */
};

struct due_list {
    uint32_t count;
    struct due_period periods[DUE_PERIODS_MAX * ZERO_COUNT]; /* by zero, then by day; only those with uncovered units */
};

/* Periods of today's policy that end before today: of this year, and of the last one for a month behind their due. In
 * the subtree of `root` (0: the whole tree). Empty without a policy or where it asks nothing of the office. */
void attestation_due_list(const struct state *state, uint32_t root, enum office office, struct status_scratch *scratch,
                          struct due_list *list);

struct due_unit {
    uint32_t unit;
    struct day_span days; /* first to last day that is not attested */
    bool broken;
};

/* Walks the uncovered units of one closed period, by ordinal. */
struct due_walk {
    const struct state *state;
    struct status_scratch *scratch;
    struct scope scope;
    enum office office;
    enum zero zero;
    struct day_span days;
    uint32_t next;
};
/* The period that starts on `from_day`; false, and nothing to close: none starts there, or it is not closed yet. */
bool attestation_due_walk_open(const struct state *state, uint32_t root, enum office office, enum zero zero,
                               int32_t from_day, struct status_scratch *scratch, struct due_walk *walk);
bool attestation_due_walk_next(struct due_walk *walk, struct due_unit *unit);
void attestation_due_walk_close(struct due_walk *walk);

#endif
