/* 疑似漏报: what one office recorded and another should have recorded too (2016 five-ministry notice). A record that a
 * rule of the policy looks at becomes a suspicion; when the days around it are closed it is either explained or raised.
 * Nobody is blamed by it: it asks two offices to look. */
#ifndef HUB_DOMAIN_TRIANGULATION_H
#define HUB_DOMAIN_TRIANGULATION_H

#include <stdbool.h>
#include <stdint.h>

#include "state.h"

/* Notes the suspicion that the event, just recorded at the position, gives rise to, if any. */
void triangulation_suspect(struct state *state, const struct event *event, uint32_t unit, int32_t day,
                           uint64_t position);
/* A day was closed: suspicions whose days are over and that other records explain are settled. */
void triangulation_settle(struct state *state, int32_t closed_day);

/* A suspicion that nothing explained. */
struct suspected {
    uint32_t suspicion; /* row */
    const struct triangulation *rule;
};
/* The next one whose days are over, behind row *after (0: from the first). false: there is none. */
bool triangulation_next(const struct state *state, int32_t closed_day, uint32_t *after, struct suspected *suspected);

#endif
