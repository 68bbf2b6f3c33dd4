/* All parts of an office agent: which there are, and the loop's calls to each. */
#ifndef SANLING_AGENT_PARTS_H
#define SANLING_AGENT_PARTS_H

#include "part.h"

#include <poll.h>
#include <stddef.h>

enum { AGENT_PARTS_MAX = 16 };

struct agent_parts {
    struct part open[AGENT_PARTS_MAX];
    size_t count;
};

/* Opens what the configuration asks for. On failure some may be open: close them. */
MUST_CHECK bool agent_parts_open(struct agent_parts *parts, struct office *office, struct fault *fault);
void agent_parts_close(struct agent_parts *parts);
/* Adds the descriptors to poll; returns how many. */
size_t agent_parts_descriptors(const struct agent_parts *parts, struct pollfd fds[static AGENT_PARTS_MAX]);
/* The shortest wait of all parts and `wait_ms` (not negative). */
int agent_parts_wait_ms(const struct agent_parts *parts, int wait_ms, int64_t now_ms);
MUST_CHECK bool agent_parts_step(struct agent_parts *parts, int64_t now_ms, struct fault *fault);
MUST_CHECK bool agent_parts_hear(struct agent_parts *parts, const struct sanling_happening *happening,
                                 struct fault *fault);
bool agent_parts_rejected_any(const struct agent_parts *parts);
bool agent_parts_drained(const struct agent_parts *parts);

#endif
