/* Questions about what the log proves of itself: checkpoints, proofs, consistency. The notary (notary.h) answers them
 * when a checkpoint covers what is asked for. */
#ifndef HUB_ANSWER_PROOF_H
#define HUB_ANSWER_PROOF_H

#include "hub.h"
#include "query.pb-c.h"

/* Takes a question of these kinds: answers what is wrong with it, or lets it wait for the notary. */
void proof_ask(struct hub *hub, const struct session *session, const struct identity *identity,
               const Sanling__V1__Query *query);
/* The notary has answered: the answer goes out, if its session is still there. */
void proof_answered(struct hub *hub, const struct notary_request *request);

#endif
