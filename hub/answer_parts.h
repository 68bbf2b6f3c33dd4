/* What answers are put together from, in the arena of the message at hand. */
#ifndef HUB_ANSWER_PARTS_H
#define HUB_ANSWER_PARTS_H

#include "answer.h"
#include "domain/rollup.h"
#include "domain/tree.h"
#include "status_rows.h"

/* Zeroed memory, a copy of a text, a day ("" for none), a time: good until the arena is reset. */
void *take(struct hub *hub, size_t size);
char *take_text(struct hub *hub, const char *text);
char *take_day(struct hub *hub, int32_t day);
Google__Protobuf__Timestamp *take_time(struct hub *hub, int64_t time_us);
/* A part of a whole with its percentage of so many places; a whole roll-up. */
Sanling__V1__Rate *take_rate(struct hub *hub, uint64_t part, uint64_t whole, int decimals);
Sanling__V1__RollUp *take_rollup(struct hub *hub, const struct rollup *from);
/* One part of it; zero is the contract's number, 0 for all three together. */
Sanling__V1__ZeroCount *take_zero_count(struct hub *hub, enum unit_group group, int zero,
                                        const struct status_count *from);

char *take_name(struct hub *hub, uint32_t unit); /* of the unit as of the open day; "" for 0 */
char *take_code(struct hub *hub, uint32_t unit); /* of the unit; "" for 0 */
/* A set of offices as a list. */
Sanling__V1__Office__Kind *take_offices(struct hub *hub, office_set set, size_t *count);
/* The name of an event type, e.g. "CaseFiled"; "" for a number that is none. */
char *take_type(struct hub *hub, unsigned kind);

Sanling__V1__AccessEntry *take_access_entry(struct hub *hub, const struct access_rights *rights);

void other_rules_find(const struct state *state, const struct status_view *view, struct other_rules *others);
/* One row of a status answer, in full. */
Sanling__V1__UnitStatus *take_status(struct hub *hub, const struct status_view *view, const struct other_rules *others,
                                     const struct tree *tree, const struct status_row *from);

enum { ROWS_MAX = 200 }; /* of one message */
/* How many rows are sent of those asked for. */
static inline size_t rows_limit(uint32_t asked)
{
    return asked > 0 && asked < ROWS_MAX ? asked : ROWS_MAX;
}
/* Whether the viewer may see the matter in a list: no accusation, for nobody (信访工作条例 art. 30). */
bool viewer_sees(const struct state *state, const struct viewer *viewer, const struct matter *matter);

/* An answer with its head filled; the caller sets the body and sends it. */
Sanling__V1__Answer answer_head(struct hub *hub, uint32_t query);
void send_answer(struct hub *hub, const struct session *session, Sanling__V1__Answer *answer);

#endif
