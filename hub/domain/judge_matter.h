/* The part of judging that is about matters: whether the event may be said of a matter that stands where it does, by
 * this office, on this day. What the table of matter.h cannot say stands here, rule by rule. */
#ifndef HUB_DOMAIN_JUDGE_MATTER_H
#define HUB_DOMAIN_JUDGE_MATTER_H

#include <stdbool.h>

#include "judge.h"

/* ruling->unit and ruling->day are set; fills ruling->matter and ruling->step. */
bool judge_matter(const struct state *state, const struct event *event, const struct publisher *publisher,
                  struct ruling *ruling);

#endif
