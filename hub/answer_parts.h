/* What answers are put together from, in the arena of the message at hand. */
#ifndef HUB_ANSWER_PARTS_H
#define HUB_ANSWER_PARTS_H

#include "answer.h"
#include "domain/rollup.h"

/* Zeroed memory, a copy of a text, a day ("" for none), a time: good until the arena is reset. */
void *take(struct hub *hub, size_t size);
char *take_text(struct hub *hub, const char *text);
char *take_day(struct hub *hub, int32_t day);
Google__Protobuf__Timestamp *take_time(struct hub *hub, int64_t time_us);
/* A part of a whole with its percentage of so many places; a whole roll-up. */
Sanling__V1__Rate *take_rate(struct hub *hub, uint64_t part, uint64_t whole, int decimals);
Sanling__V1__RollUp *take_rollup(struct hub *hub, const struct rollup *from);

/* An answer with its head filled; the caller sets the body and sends it. */
Sanling__V1__Answer answer_head(struct hub *hub, uint32_t query);
void send_answer(struct hub *hub, const struct session *session, Sanling__V1__Answer *answer);

#endif
