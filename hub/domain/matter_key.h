/* The keys that notes of a matter are sealed to: an office offers one, others seal to it, and when the matter is erased
 * it is destroyed. An office has at most one that stands; what was destroyed never stands again. Notes may also be
 * sealed to a key that was never offered, an office's standing one. */
#ifndef HUB_DOMAIN_MATTER_KEY_H
#define HUB_DOMAIN_MATTER_KEY_H

#include "event.h"
#include "judge.h"
#include "state.h"

enum { MATTER_KEYS_MAX = 64 }; /* of a matter, destroyed ones too */

/* Whether events of this kind are about such keys. */
bool matter_key_speaks(enum event_kind event);
/* ruling->matter is known. false: it is refused. */
bool matter_key_judge(const struct state *state, const struct event *event, const struct publisher *publisher,
                      struct ruling *ruling);
void matter_key_apply(struct state *state, const struct event *event, const struct publisher *publisher,
                      const struct ruling *ruling, uint64_t position);
/* Who must hear of it whatever the policy says: of a note the office that it is sealed to, of a key those who work on
 * the matter or have sealed to it. None for other events. */
office_set matter_key_routes(const struct state *state, const struct event *event, enum office publisher,
                             uint32_t matter);

#endif
