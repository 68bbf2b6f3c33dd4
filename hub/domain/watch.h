/* What is watched on the open day: clocks that run out, units that are silent, matters that nobody may list. */
#ifndef HUB_DOMAIN_WATCH_H
#define HUB_DOMAIN_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "state.h"

bool matter_is_accusation(const struct matter *matter);
/* Neither retracted nor an accusation: it may count, and stand in a list. */
bool matter_is_shown(const struct matter *matter);
/* Whether the record at the position is one about an accusation. */
bool record_of_accusation(const struct state *state, uint64_t position);
/* Whether a clock of the matter runs; *due_day gets its last day. */
bool matter_due(const struct matter *matter, int32_t *due_day);
bool matter_overdue(const struct matter *matter, int32_t today);
/* It ends within the policy's warning days; NULL: there is no policy, and no warning. */
bool matter_due_soon(const struct matter *matter, int32_t today, const struct policy *policy);
bool task_overdue(const struct task *task, int32_t today);
bool supervision_overdue(const struct supervision *supervision, int32_t today);
/* The newest standing move of the kind, 0 if there is none. */
uint32_t matter_newest_move(const struct state *state, const struct matter *matter, enum event_kind kind);

/* For how many days nothing was heard of the unit, or it was not swept, where that is longer than the policy allows; 0
 * within it, or where the policy does not watch. */
int32_t unit_silent_days(const struct unit *unit, int32_t today, const struct policy *policy);
int32_t unit_unswept_days(const struct unit *unit, int32_t today, const struct policy *policy);

#endif
