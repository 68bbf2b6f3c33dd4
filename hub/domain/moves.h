/* What was said about a matter, one move for each event, and where the matter stands by them. */
#ifndef HUB_DOMAIN_MOVES_H
#define HUB_DOMAIN_MOVES_H

#include <stdbool.h>
#include <stdint.h>

#include "judge.h"
#include "state.h"

/* Facts that are in no row yet. */
struct new_facts {
    struct facts row;
    struct casualties casualties;
};
/* What an accident's report or supplement says of what it did. */
void accident_facts_take(const struct accident_facts *accident, struct new_facts *facts);
/* Order 493 art. 3. */
enum accident_grade facts_grade(const struct facts *facts, const struct casualties *casualties);
/* The facts that the event states about its matter; false: events of its kind state none. `matter` is 0 for what opens
 * one. The category is looked up, not added: 0 where it is new. */
bool move_states_facts(const struct state *state, const struct event *event, uint32_t matter, int32_t day,
                       int64_t recorded_at_us, struct new_facts *facts);
/* Whether facts of this kind of event can be corrected. */
bool move_correctable(enum event_kind kind);

/* Records the accepted event as a move, opening its matter if the ruling has none, and folds it. Returns the move. */
uint32_t move_record(struct state *state, const struct event *event, const struct publisher *publisher,
                     const struct ruling *ruling, uint64_t position, int64_t recorded_at_us);
/* Puts a newer version in front of a move's facts, in force from the position on. */
void move_restate(struct state *state, uint32_t move, const struct new_facts *facts, uint64_t position);
/* Notes that a move which stands is retracted at the position. */
void move_lift(struct state *state, uint32_t move, uint64_t position);
/* Records what the event counted, with position, unit, day and office from `whose`. NULL: it counted nothing. */
const struct tally *tally_record(struct state *state, const struct event *event, const struct tally *whose,
                                 uint32_t campaign);
/* Notes with its unit what a standing count of a sweep or inspection says: when it was looked after last. */
void unit_swept(struct unit *unit, const struct tally *tally);
/* Where the matter stands by the moves that stand now. */
void matter_refold(struct state *state, uint32_t matter);

#endif
