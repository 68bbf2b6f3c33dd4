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

struct event_log;
struct rocks;

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
/* What it is stored in, for views into it (log_view.h). Borrowed until the log is closed. */
const struct rocks *event_log_store(const struct event_log *log);

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

#endif
