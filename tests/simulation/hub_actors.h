/* The hub's actors without threads: each runs on a stack of its own until it waits for a message or for the disk, and
 * the scheduler says when it goes on. Stands in for CZMQ's actors and the hub's handover.h. */
#ifndef SIMULATION_HUB_ACTORS_H
#define SIMULATION_HUB_ACTORS_H

#include <stdbool.h>
#include <stdint.h>

/* When the next actor goes on; NEVER: all wait for messages. */
int64_t actors_next_us(void);
/* Lets those go on whose time has come. */
void actors_run_due(void);
/* Whether the loop's side of this pipe has a message. */
bool actors_wait(const void *socket);
/* The one who calls waits so long: an actor lets the others go on, the loop itself stands still. */
void actors_pause(int64_t duration_us);

#endif
