/* 由破转零: of the amendments that two identities approved, those with which a zero of a unit was BROKEN no more. A
 * grade that fell is none of them, nor is a break that was lifted where another of the same zero still stands. */
#ifndef HUB_DOMAIN_UNBROKEN_H
#define HUB_DOMAIN_UNBROKEN_H

#include <stdbool.h>

#include "state.h"

/* Whether a zero of some unit was BROKEN before the amendment and is not by it: the unit of one of the matter's breaks,
 * the ground that it stands on or a successor; as of the day on which the amendment was recorded, or the end of the
 * break's period. */
bool amendment_unbroke(const struct state *state, const struct amendment *amendment);

#endif
