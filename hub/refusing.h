/* What the loop does about refusals: it counts those of the message at hand, has them written down once a second, and
 * answers questions about them. */
#ifndef HUB_REFUSING_H
#define HUB_REFUSING_H

#include "hub.h"
#include "query.pb-c.h"

/* From here on a message of that one is at hand. */
void refusing_begin(struct hub *hub, enum refused_kind kind, const char *who, enum refused_what what);
/* Counts refusals of the message at hand, or of something in it. true: worth a line in the journal, for it is the first
 * of its kind in a minute. */
bool refusing_note(struct hub *hub, Sanling__V1__Code__Kind code);
bool refusing_note_all(struct hub *hub, enum refused_what what, Sanling__V1__Code__Kind code, uint32_t count);
/* The connections that were refused: a key that nobody knows; without any. */
void refusing_note_knock(struct hub *hub, const struct knock *knock);
void refusing_note_failed(struct hub *hub, uint32_t count);

/* Gives what is due to the audit; to be called once a second. */
void refusing_write(struct hub *hub);
/* Takes what the audit has done: answers questions. */
void refusing_take(struct hub *hub);
/* Writes down everything and ends the audit. */
void refusing_end(struct hub *hub);

/* Answers the question, or lets it wait for the files. */
void refusing_ask(struct hub *hub, const struct session *session, const Sanling__V1__Query *query);

#endif
