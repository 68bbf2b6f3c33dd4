/* What is known now of a day and was not known, or otherwise, at a position: the units and zeros whose status differs,
 * and the records behind the position that made it so. */
#ifndef HUB_DOMAIN_DIFFERENCE_H
#define HUB_DOMAIN_DIFFERENCE_H

#include <stddef.h>
#include <stdint.h>

#include "rollup.h"

struct difference_row {
    uint32_t unit;
    enum zero zero;
    enum status then; /* STATUS_NOT_COUNTED: it was not known, or stood elsewhere, or did not live on the day */
    enum status now;
};
struct difference {
    struct difference_row *rows; /* units in the order of their registration */
    size_t count;
    size_t capacity;
    struct rollup then;
    struct rollup now;
};
/* Of the subtree of `root` on the day, as known at the position and with all that is known. */
void difference_open(struct state *state, uint32_t root, int32_t day, uint64_t known_at, struct status_scratch *scratch,
                     struct difference *difference);
void difference_close(struct difference *difference);

/* A record behind the position that moved the status of a row. */
struct difference_cause {
    uint64_t position;
    enum event_kind kind;
};
enum { DIFFERENCE_CAUSES_MAX = 8 };
/* Fills `causes`, rising; returns their number. Past the bound those that were found last are left out: breaks and what
 * lifted them are looked for first, then attestations, reviews and withdrawals, then changes of tree and rules. */
uint32_t difference_causes(const struct state *state, const struct difference_row *row, int32_t day, uint64_t known_at,
                           struct difference_cause causes[static DIFFERENCE_CAUSES_MAX]);

#endif
