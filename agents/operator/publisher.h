/* Publishes the events of one source in batches, filling in source and number, and tells what became of each. */
#ifndef SANLINGCTL_PUBLISHER_H
#define SANLINGCTL_PUBLISHER_H

#include "tool.h"

/* What became of event `sequence`. `run` has the kind, code and text; `position` is 0 unless recorded or duplicate. */
typedef void publisher_show(void *context, uint64_t sequence, const Sanling__V1__Outcome__Run *run, uint64_t position);

struct publisher;

/* Connects and learns where the source stands. `source` and `context` stay the caller's. Returns 0 or the exit status;
 * then *publisher is NULL. */
int publisher_open(struct publisher **publisher, struct tool *tool, const char *source, publisher_show *show,
                   void *context);
void publisher_close(struct publisher **publisher);
/* Adds an event: its source is set, its number too if it is 0. May send, and wait for room. 0 or the exit status. */
int publisher_add(struct publisher *publisher, Sanling__V1__Event *event);
/* Sends what is collected and waits until all is answered. 0, or the exit status: NO if something was rejected. */
int publisher_finish(struct publisher *publisher);
/* A refusal or failure ended it; it takes nothing more. */
bool publisher_stopped(const struct publisher *publisher);

#endif
