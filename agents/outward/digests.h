/* The part that tells the group robots of `digests:` what waits for the office: counts, codes and names of units, asked
 * of the hub and never taken from a record's text.
 *
 * A digest is due at its times by the hub's clock, and when what it tells has changed. Its message is stored before it
 * is sent, with the time that it is for: a restart sends neither twice nor skips one, and times that passed while the
 * agent was away make one message. A refused message is tried again with growing waits, for as long as it takes, or
 * until a newer one takes its place (then that one says so). Where a sending broke off and nobody knows whether it
 * arrived, it is sent again and says that it may be a repeat. No robot gets more than ROBOT_MESSAGES_A_MINUTE. */
#ifndef SANLING_DIGESTS_H
#define SANLING_DIGESTS_H

#include "part.h"

part_open digests_open;

#endif
