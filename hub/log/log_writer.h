/* The actor that appends to the log: one commit after the other, each durable before it is handed back. The hub's loop
 * does not wait for the disk; while one commit is being synced the next gathers, so that a sync serves all who wait.
 * Where latency counts more, the loop may append a commit itself while the actor has none: two changes of thread less.
 */
#ifndef HUB_LOG_LOG_WRITER_H
#define HUB_LOG_LOG_WRITER_H

#include "commit.h"
#include "event_log.h"

struct log_writer;

/* Starts the actor on an open log, which it alone appends to until it is stopped. NULL: FAULT_SYSTEM. */
struct log_writer *log_writer_start(struct event_log *log, struct fault *fault);
/* Waits for what was submitted, ends the actor and sets *writer to NULL. Commits not taken back are freed. */
void log_writer_stop(struct log_writer **writer);

/* Whether a commit is with the writer. A second one that waits there would be synced no sooner, and take its memory. */
bool log_writer_busy(const struct log_writer *writer);
/* Gives the commit to the log's thread. Only while it has none. */
void log_writer_submit(struct log_writer *writer, struct commit *commit);
/* Appends the commit on the caller's thread; it is not handed back. Only while nothing is with the writer. To be
 * followed, once its answers are out, by log_writer_settle, which syncs what needs not be waited for. */
void log_writer_append_here(struct log_writer *writer, struct commit *commit);
void log_writer_settle(struct log_writer *writer);
/* The commit that was submitted, the caller's again; NULL if it is not finished. After a failed one every later commit
 * fails too. */
struct commit *log_writer_take(struct log_writer *writer);
/* The ZeroMQ socket to poll for finished commits. */
void *log_writer_socket(const struct log_writer *writer);

#endif
