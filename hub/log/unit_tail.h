/* The units of the records in the segment that is being filled, as far as a reader has come in it: the log's index of
 * units has only segments that are complete. Whatever block is read on the way is taken, so that nothing is read for
 * this alone where somebody follows the log. One thread owns it. */
#ifndef HUB_LOG_UNIT_TAIL_H
#define HUB_LOG_UNIT_TAIL_H

#include <stdint.h>

#include "block.h"
#include "unit_index.h"

struct unit_tail;
struct unit_tail *unit_tail_open(void);
void unit_tail_close(struct unit_tail **tail);
/* Takes what the block has of the positions that come next, in this segment or from the beginning of a later one. */
void unit_tail_take(struct unit_tail *tail, const struct block_view *block);
/* The first position of the segment that is not known yet. What was known of another segment is forgotten. */
uint64_t unit_tail_next(struct unit_tail *tail, uint64_t segment);
/* Finds the positions from `from` to `until`, both of the segment and known, whose records are about one of the units,
 * as unit_index_find does. */
void unit_tail_find(const struct unit_tail *tail, uint64_t from, uint64_t until, const uint64_t *units,
                    uint32_t unit_count, struct unit_hits *hits);

#endif
