/* Numbered streams: which number is next, what was said of the ones before. Rulings 1 and 2: a number is used up by
 * whatever is readable and next in line, recorded or rejected; a gap uses up nothing. */
#ifndef HUB_DOMAIN_SOURCE_H
#define HUB_DOMAIN_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "state.h"

static inline const struct source *state_source(const struct state *state, uint32_t ordinal)
{
    return table_row(&state->sources, ordinal);
}

/* The next number was recorded at the position. */
void source_recorded(struct state *state, uint32_t source, uint64_t position, int64_t recorded_at_us);
/* The next number was rejected as the rejection of that number. */
void source_rejected(struct state *state, uint32_t source, uint64_t rejection, int64_t recorded_at_us);

/* Where a number that was used went, and how many after it went the same way next to it. */
struct source_place {
    uint64_t place; /* position, or number of the rejection */
    uint64_t count; /* at least 1 */
    bool rejected;
};
/* false: the number was not used yet. */
bool source_find(const struct state *state, uint32_t source, uint64_t sequence, struct source_place *place);

#endif
