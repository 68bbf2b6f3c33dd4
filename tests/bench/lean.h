/* A subscriber that speaks the protocol itself and looks at the positions of records, at nothing else in them. It costs
 * so little that on a small machine the hub is measured and not its subscribers, who have machines of their own in an
 * office. It does not connect again: whatever is wrong ends it. One thread owns it. */
#ifndef BENCH_LEAN_H
#define BENCH_LEAN_H

#include <stdbool.h>
#include <stdint.h>

#include "commands.h"
#include "reading.h"

struct lean;

/* Connects in a ZeroMQ context, which is borrowed, says hello and waits for the welcome. NULL after a line. */
struct lean *lean_open(void *context, const struct bench *bench);
/* Closes it and sets *lean to NULL. */
void lean_close(struct lean **lean);
/* The hub's position when it said welcome. */
uint64_t lean_position(const struct lean *lean);
/* Asks for all records from this position on, and for the hub's clock behind that. false after a line. */
bool lean_begin(struct lean *lean, struct reading *reading, uint64_t from);
/* Takes the next message, if one is there (*came), as reading_take() does; *answered: it was that of the clock. */
bool lean_take(struct lean *lean, struct reading *reading, bool *came, bool *answered);
/* What becomes readable when messages come, once lean_take() found none. */
int lean_descriptor(const struct lean *lean);

#endif
