/* A unit's history of one zero, day by day, in lines of days that are alike: what a reader sees at one glance of years.
 */
#ifndef HUB_DOMAIN_UNIT_DAYS_H
#define HUB_DOMAIN_UNIT_DAYS_H

#include <stddef.h>

#include "status.h"

/* The numbers are the contract's. */
enum day_kind {
    DAYS_COVERED = 1,  /* attested by all who must */
    DAYS_GAP,          /* due, and not attested */
    DAYS_NOT_DUE,      /* not attested, and not due either */
    DAYS_NOT_ENROLLED, /* the unit lives not yet or no more, or no rules hold */
    DAYS_CLAIMED,      /* not enrolled, and claimed by a HISTORIC attestation */
    DAYS_BREAK,        /* something happened; lies over the others */
    DAYS_CONTRADICTED, /* attested, and denied by a break; lies over the others */
};

enum {
    UNIT_DAYS_MAX = 3653,         /* asked for at once: ten years */
    UNIT_DAYS_OVERLAYS_MAX = 800, /* of breaks, and of denied attestations: the newest */
    UNIT_DAYS_POSITIONS_MAX = 8,
};

struct day_line {
    enum day_kind kind;
    struct day_span days;
    enum office office; /* of a gap: that owes; of several the first; OFFICE_NONE: the rules ask nobody */
    uint32_t position_count;
    uint64_t positions[UNIT_DAYS_POSITIONS_MAX]; /* of the records that say so, newest first */
};
/* Those of kinds 1 to 5 first: rising, disjoint, each day in one; then breaks, a line a day; then denied ones. */
struct unit_days {
    struct day_line *lines;
    size_t count;
    size_t capacity;
    size_t partition; /* so many lines are of kinds 1 to 5 */
};

/* The days asked for, at most UNIT_DAYS_MAX and none behind question->as_of, which is the day that dues are looked at.
 * `unit_days_close` frees them. */
void unit_days_open(const struct state *state, const struct status_question *question, enum zero zero,
                    struct day_span asked, struct status_scratch *scratch, struct unit_days *days);
void unit_days_close(struct unit_days *days);

#endif
