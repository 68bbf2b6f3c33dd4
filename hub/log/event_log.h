/* The durable log of accepted events, and beside it what was rejected. Positions are 1, 2, 3 … without gaps.
 *
 * One thread appends; any thread may read at the same time. Nothing here retries: a failed append leaves the log in an
 * unknown state, and it takes nothing more until it is opened again. */
#ifndef HUB_LOG_EVENT_LOG_H
#define HUB_LOG_EVENT_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "block.h"
#include "fault.h"
#include "head_file.h"
#include "unit_index.h"

struct event_log;

enum event_log_mode {
    EVENT_LOG_OPEN_OR_CREATE, /* reads everything once: whatever is missing or changed is found now */
    EVENT_LOG_OPEN_UNREAD,    /* the same but for the records: damage to old ones is found when they are read */
    EVENT_LOG_READ_ONLY,      /* as unread, for operators' tools: changes no file; the hub must not run */
    EVENT_LOG_AS_IT_IS,       /* read only, and what is damaged or missing is no reason to refuse: what can be read
                                 before it, for saying where damage begins and for nothing else */
};

/* Opens the log in `dir` (log/ and head in it). NULL on failure; FAULT_DAMAGED if acknowledged records, rejections or
 * positions of durable names are missing or changed: the log is then left as it is. */
struct event_log *event_log_open(const char *dir, enum event_log_mode mode, struct fault *fault);
/* Closes it and sets *log to NULL. A NULL log is fine. Readers must have ended. */
void event_log_close(struct event_log **log);
/* The head as the last open or append left it. For the appending thread. */
struct log_head event_log_head(const struct event_log *log);

/* An encoded Rejection message (record.proto) under its number. */
struct log_rejection {
    uint64_t number;
    const uint8_t *bytes;
    size_t size;
};
/* A durable name's acknowledged position. `size` bytes of `value` are the caller's own; size 0 forgets the name. */
struct log_cursor {
    const char *name;
    const uint8_t *value;
    size_t size;
};
/* What one append makes durable together. There may be no block. */
struct log_batch {
    const struct block_builder *blocks;
    const struct log_rejection *rejections;
    size_t rejection_count;
    const struct log_cursor *cursors;
    size_t cursor_count;
};
/* Appends the whole batch, durably, or fails. Rejections must go on from the head's number. The witness of it outside
 * the store is written, and synced by event_log_settle or, if nobody calls that, by the next append before it begins:
 * so a process that is killed leaves both, and of the machine's end the store may come back ahead of its witness by
 * this one append. FAULT_FULL: the disk is full and nothing was written; FAULT_UNCERTAIN: nobody knows. After any
 * failure the log takes nothing more. */
MUST_CHECK bool event_log_append(struct event_log *log, const struct log_batch *batch, struct fault *fault);
/* Syncs the witness of the last append. FAULT_UNCERTAIN: the log takes nothing more. */
MUST_CHECK bool event_log_settle(struct event_log *log, struct fault *fault);

/* Makes `dir`/log and `dir`/head, neither of which may be there: the log as it is at one moment of the call, which may
 * come from any thread, while appends go on. Files that never change are shared by hard links, so `dir` must be on the
 * log's file system; nothing is synced. *head is the head of what was made. */
MUST_CHECK bool event_log_copy(struct event_log *log, const char *dir, struct log_head *head, struct fault *fault);

/* One thread's view into the log. */
struct log_view;
struct log_view *log_view_open(struct event_log *log);
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
