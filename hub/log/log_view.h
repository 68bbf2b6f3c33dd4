/* Reading the log: block by block, from any position, by unit, by time. Every thread that reads has a view of its own;
 * any number of them read while one thread appends (event_log.h). */
#ifndef HUB_LOG_LOG_VIEW_H
#define HUB_LOG_LOG_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "block.h"
#include "event_log.h"
#include "fault.h"
#include "unit_index.h"

/* One thread's view into the log. */
struct log_view;
struct log_view *log_view_open(struct event_log *log); /* which must stay open longer */
void log_view_close(struct log_view **view);
/* From now on blocks that are read one behind the other come from the store in larger pieces, and units are noted (see
 * below): for who reads much. Meanwhile the store keeps files and memory that it needs no more, until … */
void log_view_read_ahead(struct log_view *view);
/* … reading comes to the log's end, or this is called, as by who has nothing to read for a while. */
void log_view_rest(struct log_view *view);
/* Whether it keeps something that log_view_rest would let go. */
bool log_view_is_ahead(const struct log_view *view);
/* The block that contains the position; *block is borrowed until the next call on this view. FAULT_NO: the log does not
 * reach so far; FAULT_DAMAGED. */
MUST_CHECK bool log_view_block(struct log_view *view, uint64_t position, struct block_view *block, struct fault *fault);
/* The same without the events' bytes, of which log_view_fetch gets those of one record. `hits`: the position is one of
 * them, and the next are most likely asked for too. NULL: it is not. */
MUST_CHECK bool log_view_entries(struct log_view *view, uint64_t position, const struct unit_hits *hits,
                                 struct block_view *block, struct fault *fault);
/* Gets the bytes of the record at that index of the block that was read last. */
MUST_CHECK bool log_view_fetch(struct log_view *view, uint32_t index, struct fault *fault);
/* Records about one of the units, as in unit_index_find, that are looked for from `from` to `until`: the log is as long
 * as that, and may be longer only where `within`. */
struct unit_search {
    uint64_t from;
    uint64_t until;
    bool within;
    const uint64_t *units;
    uint32_t unit_count;
};
/* Where in the segment of `from` they are, as far as it is searched. Every segment that is complete has an index, but
 * for those that were complete before logs had one: of these nothing is known. Of the one that is being filled a view
 * that reads ahead notes the units, and reads what it has not read yet. */
MUST_CHECK bool log_view_unit_hits(struct log_view *view, const struct unit_search *search, struct unit_hits *hits,
                                   struct fault *fault);
/* To be called behind the last of a search's log_view_unit_hits: until then the index is looked at as it was at the
 * first, and the store keeps files and memory for that. */
void log_view_end_search(struct log_view *view);
/* The first position whose record was recorded at or after the time; one past the last if there is none. */
MUST_CHECK bool log_view_at_time(struct log_view *view, int64_t time_us, uint64_t last_position, uint64_t *position,
                                 struct fault *fault);
/* Calls `take` for rejections from the number on until it returns false. The bytes are borrowed for the call. */
MUST_CHECK bool log_view_rejections(struct log_view *view, uint64_t from,
                                    bool (*take)(const struct log_rejection *rejection, void *context), void *context,
                                    struct fault *fault);
/* Calls `take` for each durable name. */
MUST_CHECK bool log_view_cursors(struct log_view *view, void (*take)(const struct log_cursor *cursor, void *context),
                                 void *context, struct fault *fault);
/* Reads every block from the start, compares the chain of digests with the head, and shows each to `take`, borrowed for
 * the call, which returns false to stop. *end says why it failed; CHANGED: the block that was shown last. */
enum log_walk_end { LOG_WALK_DONE, LOG_WALK_UNREADABLE, LOG_WALK_CHANGED, LOG_WALK_TAKEN };
MUST_CHECK bool log_view_walk(struct log_view *view, const struct log_head *head,
                              bool (*take)(const struct block_view *block, void *context, struct fault *fault),
                              void *context, enum log_walk_end *end, struct fault *fault);
/* The same for the chain alone. FAULT_DAMAGED names the block. */
MUST_CHECK bool log_view_verify(struct log_view *view, const struct log_head *head, struct fault *fault);

#endif
