/* Keeps processors awake while events come. One that has nothing to do is put to sleep, and waking it takes longer than
 * what it is woken for, many times over on a virtual machine: an event's way through the threads and to the disk is
 * made of such wakings. So two threads use up what nobody wants of the processors' time, for a while behind each call,
 * at the idle priority: every other thread of the service goes before them. Between services and sessions this system
 * shares processors out without regard to it, so they are for a machine that does nothing else. One thread owns it. */
#ifndef HUB_AWAKE_H
#define HUB_AWAKE_H

#include "fault.h"

struct awake;
/* NULL: its threads cannot be started. Where the system does not let them have the idle priority they do nothing. */
struct awake *awake_start(struct fault *fault);
/* Frees it and sets it to NULL. */
void awake_stop(struct awake **awake);
/* To be called as events come. Takes a microsecond, and some more once in 20 ms. */
void awake_stay(struct awake *awake);

#endif
