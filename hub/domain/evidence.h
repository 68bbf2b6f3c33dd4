/* What stands behind a status: the breaks that count in a question, of the unit and of those whose place it took, and
 * which attestations they deny. */
#ifndef HUB_DOMAIN_EVIDENCE_H
#define HUB_DOMAIN_EVIDENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "status.h"

/* Walks the counted breaks of one zero, or of all three (ZERO_COUNT): the unit's own first, each unit's newest record
 * first. The question must live as long as the walk. */
struct break_walk {
    const struct state *state;
    const struct status_question *question;
    uint32_t zero;
    uint32_t family[STATUS_FAMILY_MAX];
    uint32_t members;
    uint32_t at; /* in `family` */
    struct break_cursor cursor;
};
void break_walk_open(const struct state *state, const struct status_question *question, uint32_t zero,
                     struct break_walk *walk);
bool break_walk_next(struct break_walk *walk, struct break_found *found);

/* The first record in the log that broke the zero on one of the covered days (ruling 17); 0: none, the attestation
 * stands. */
uint64_t coverage_denied_by(const struct state *state, const struct status_question *question, enum zero zero,
                            const struct coverage *coverage);

#endif
