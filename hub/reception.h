/* Messages that come in: who may come, who said hello, what is within their limits, and who takes it. */
#ifndef HUB_RECEPTION_H
#define HUB_RECEPTION_H

#include <stdint.h>

#include "hub.h"

/* Answers those who want to come in, as far as they wait. */
void reception_admit(struct hub *hub);
/* Takes messages, until there are no more, the commit is full, or others must get their turn. */
void reception_receive(struct hub *hub);
/* Lets a question wait until the loop has nothing else to do: its identity asked much, or its answer takes long and is
 * made in parts. With too many of them BUSY is answered. */
void reception_ask_later(struct hub *hub, const struct session *session, const Sanling__V1__Query *query);
/* Answers the oldest of the questions that wait until nobody else wants something, if there is one. */
void reception_answer_waiting(struct hub *hub);
/* Forgets the sessions of clients that say nothing and are gone. */
void reception_forget_silent(struct hub *hub, int64_t now_ms);
/* Ends the sessions of an identity, or all if it is NULL: rights changed. Clients say hello again and go on with what
 * they may do now. */
void reception_end_sessions(struct hub *hub, const char *identity);

#endif
