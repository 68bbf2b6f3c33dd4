/* The pipe between the loop and an actor: a message is one pointer, and with it the ownership of what it points to.
 * There is nothing to lock. */
#ifndef HUB_HANDOVER_H
#define HUB_HANDOVER_H

#include <stdbool.h>

/* Gives a pointer through the pipe (a ZeroMQ PAIR socket). The caller bounds how many are under way. */
void handover_give(void *socket, void *pointer);
/* Takes the next pointer; waits for it if `wait`. NULL: none waits, or, with `wait`, the actor shall end. */
void *handover_take(void *socket, bool wait);
/* Waits for a pointer, or for the end that the actor shall come to, so long at most. false: neither is there. */
bool handover_wait(void *socket, int limit_ms);
/* Names the actor's thread, which calls this, for top and perf: 15 characters at most. */
void handover_name_thread(const char *name);

#endif
