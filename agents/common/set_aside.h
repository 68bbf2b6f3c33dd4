/* The file that shows a person which events the agent could not send after the hub was restored: STATE/set-aside.jsonl,
 * a line for each, with the event as it was. */
#ifndef SANLING_SET_ASIDE_H
#define SANLING_SET_ASIDE_H

#include "outbox.h"

#define SET_ASIDE_FILE "set-aside.jsonl"

/* Writes all that the outbox has, in place of what stood there. */
MUST_CHECK bool set_aside_write(struct outbox *outbox, const char *state, struct fault *fault);

#endif
