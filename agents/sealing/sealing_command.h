/* The commands of an office's agent about sealed notes. What they write down the agent sends, now or once it runs. */
#ifndef SANLING_SEALING_COMMAND_H
#define SANLING_SEALING_COMMAND_H

#include "agent_config.h"
#include "fault.h"

enum sealing_act { SEALING_OFFER, SEALING_SEND, SEALING_ERASE };

struct sealing_order {
    enum sealing_act act;
    const char *matter;
    const char *to; /* SEALING_SEND: an office; NULL: not given */
    const char *in; /* SEALING_SEND: a file, "-": stdin; NULL: not given */
};

/* Runs it; the exit status, or -1 with the fault. 1: the hub rejected it. */
int sealing_command(const struct agent_config *config, const struct sealing_order *order, struct fault *fault);

#endif
