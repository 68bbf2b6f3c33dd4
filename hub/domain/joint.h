/* Offices working on one matter together: joint handling with its lead, members, tasks and consultations (融合共商),
 * and supervision (催办、督办) with its answers. An overlay: the matter keeps its own life-cycle. */
#ifndef HUB_DOMAIN_JOINT_H
#define HUB_DOMAIN_JOINT_H

#include <stdbool.h>
#include <stdint.h>

#include "judge.h"
#include "state.h"

/* Whether events of this kind are the overlay's. */
bool joint_speaks(enum event_kind kind);
/* Whether the event may be recorded about ruling->matter, which exists. */
bool joint_judge(const struct state *state, const struct event *event, const struct publisher *publisher,
                 struct ruling *ruling);
void joint_apply(struct state *state, const struct event *event, const struct publisher *publisher,
                 const struct ruling *ruling, uint64_t position);

/* The open joint handling of a matter; NULL: none. */
const struct joint *joint_of(const struct state *state, const struct matter *matter);
/* Lead and members of it; 0: none. */
office_set joint_offices(const struct state *state, const struct matter *matter);
/* A task of the matter that is neither done nor released; NULL: none. A matter closes only without one. */
const struct task *joint_open_task(const struct state *state, const struct matter *matter);
/* The task of this code; 0: the matter has none. */
uint32_t joint_find_task(const struct state *state, const struct matter *matter, const char *code);
/* A clock of a task or supervision ran out and was reported at this level. */
void joint_escalate(struct state *state, const struct event *event, uint32_t matter);

#endif
