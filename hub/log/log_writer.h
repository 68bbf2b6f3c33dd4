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

/* How many commits may be with the writer: one that is synced and one that waits for it. */
enum { LOG_WRITER_DEPTH = 2 };
/* Gives the commit to the log's thread and sets *commit to NULL. false: the writer is full, the caller keeps it and
 * stops reading publishers until a commit has come back. */
MUST_CHECK bool log_writer_submit(struct log_writer *writer, struct commit **commit);
/* Appends the commit on the caller's thread; it is not handed back. Only while nothing is with the writer. To be
 * followed, once its answers are out, by log_writer_settle, which syncs what needs not be waited for. */
void log_writer_append_here(struct log_writer *writer, struct commit *commit);
void log_writer_settle(struct log_writer *writer);
/* Commits with the writer now. */
int log_writer_busy(const struct log_writer *writer);
/* The next finished commit, in the order of submission; NULL if none has finished. It is the caller's again. After a
 * failed one every later commit fails too. */
struct commit *log_writer_take(struct log_writer *writer);
/* The ZeroMQ socket to poll for finished commits. */
void *log_writer_socket(const struct log_writer *writer);

#endif
