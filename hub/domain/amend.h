/* Changing what was said: retractions, corrections and supplements (DOMAIN 4.7). The record stays; what it says is read
 * otherwise from the amendment's position on. Where a break would disappear or a grade fall, two distinct identities
 * are needed, each with an event of its own (ruling 20). */
#ifndef HUB_DOMAIN_AMEND_H
#define HUB_DOMAIN_AMEND_H

#include <stdbool.h>
#include <stdint.h>

#include "judge.h"
#include "state.h"

/* EventRetracted and EventCorrected: whether it may be recorded, and whether it waits or is the second approval. */
bool amend_judge(const struct state *state, const struct event *event, const struct publisher *publisher,
                 struct ruling *ruling);
void amend_apply(struct state *state, const struct event *event, const struct publisher *publisher,
                 const struct ruling *ruling, uint64_t position);

/* AccidentSupplemented of ruling->matter: totals known later, which change the grade within their window. */
bool supplement_judge(const struct state *state, const struct event *event, const struct publisher *publisher,
                      struct ruling *ruling);
/* Applies it after its move was recorded. */
void supplement_apply(struct state *state, const struct event *event, const struct publisher *publisher,
                      const struct ruling *ruling, uint64_t position);

/* The position of the newest amendment of this kind that is in force for the record; 0: none. */
uint64_t amend_newest(const struct state *state, uint64_t target, enum amendment_kind kind);
/* What the row of `approvals` asks for, as it would be listed once in force; false: it waits no more, for the second
 * approval came or its target was retracted. */
bool amend_pending(const struct state *state, uint32_t approval, struct amendment *pending);
/* The position of the newest amendment that waits: of the record, or the record itself; 0: none. */
uint64_t amend_pending_of(const struct state *state, uint64_t position);

/* The matter that a record belongs to, for routing and access; 0: none. */
uint32_t amend_matter_of(const struct state *state, uint64_t target);
/* The unit that a record about a matter, a count or an attestation is about, for access; 0: none of these. */
uint32_t amend_unit_of(const struct state *state, uint64_t target);

#endif
