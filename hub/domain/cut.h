/* A state taken back to an earlier day with everything that is known of it since: what was true then, where a state
 * read from the log up to a position is what was known then. What happened behind the day is gone, however it is dated
 * or told; what was said later of the days up to it (late reports, corrections, retractions, reviews) holds.
 *
 * Kept as they are known now, for the state has no day for them: how many events named a campaign, and which offices
 * joined a joint handling. */
#ifndef HUB_DOMAIN_CUT_H
#define HUB_DOMAIN_CUT_H

#include "state.h"

/* `day` is not behind the open day, and not before the first that was open; `offices` is what each office was last
 * heard with when the day was closed. The state moves on no more: it is for questions only. Its day before was known
 * like itself, so that what changed on the day is what happened then, not what was learnt of it. */
void state_cut(struct state *state, int32_t day, const struct office_news offices[static OFFICE_LIMIT]);

#endif
