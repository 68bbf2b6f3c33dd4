/* What was decided becomes durable: commits are gathered, given to the log, and answered once it has them; now and then
 * the state follows into its file. */
#ifndef HUB_COMMITTING_H
#define HUB_COMMITTING_H

#include <stdbool.h>
#include <stdint.h>

#include "hub.h"

/* An empty commit behind the last record, to be gathered in. */
struct commit *committing_next(struct hub *hub);
/* Whether the commit that is gathered has as much as one may have. */
bool committing_is_full(const struct hub *hub);
/* How long the commit still waits for company, microseconds. */
int64_t committing_left_us(const struct hub *hub);
/* Gives what was gathered to the writer, if it is worth it; replies that need nothing on the way go out at once. */
void committing_submit(struct hub *hub);
/* Answers commits that came back from the writer. */
void committing_answer(struct hub *hub);
/* Sends replies, which need nothing any more. */
void committing_send_replies(struct hub *hub, struct reply_list *replies);
/* A snapshot that came back from the writer of the state. */
void committing_take_written(struct hub *hub, struct state_write *write);
/* Writes the state as it stands, which is that of the log's head. false: it could not, and said so. */
bool committing_write_state(struct hub *hub);

#endif
