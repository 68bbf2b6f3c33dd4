/* The actor that appends to the log: one commit after the other, each durable before it is handed back. The hub's loop
 * never waits for the disk; while one commit is being synced the next gathers, so that a sync serves all who wait. */
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
/* Commits with the writer now. */
int log_writer_busy(const struct log_writer *writer);
/* The next finished commit, in the order of submission; NULL if none has finished. It is the caller's again. After a
 * failed one every later commit fails too. */
struct commit *log_writer_take(struct log_writer *writer);
/* The ZeroMQ socket to poll for finished commits. */
void *log_writer_socket(const struct log_writer *writer);

#endif
