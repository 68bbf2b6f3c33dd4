/* Answers to questions, computed from the state and sent once what they show is durable. */
#ifndef HUB_QUERY_H
#define HUB_QUERY_H

#include "hub.h"
#include "query.pb-c.h"

enum { YEAR_FAULT_SIZE = 64 };

/* Answers, or asks the reader and answers later. */
void query_take(struct hub *hub, const struct session *session, const struct identity *identity,
                const Sanling__V1__Query *query);
/* Asks an encoded Query of a client again that waited for something; nothing where the client is gone. */
void query_ask_again(struct hub *hub, const struct peer *peer, const uint8_t *query, size_t size);
/* A page of rejections, or the position at a time that a question waited for, came back from the reader. */
void query_returned(struct hub *hub, struct read_request *request);

/* Whether the unit exists ("" is the whole tree) and lies in the identity's subtree. */
bool query_may_see(const struct hub *hub, const struct identity *identity, const char *unit);
/* What is wrong with the year of a question, maybe in `text`; NULL: nothing. 0 is the year of the open day; one that
 * has not begun has no figures. */
const char *query_year_fault(const struct hub *hub, uint32_t year, char text[static YEAR_FAULT_SIZE]);
/* Sends the summary that a subscription wants. false: not all that it counts is counted yet; the next call goes on. */
bool query_send_summary(struct hub *hub, const struct subscription *subscription);

#endif
