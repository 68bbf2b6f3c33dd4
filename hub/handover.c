#include "handover.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <zmq.h>

/* ThreadSanitizer does not see what the messaging library's queues guarantee, for Debian's build is not instrumented: a
 * correct hand-over would be reported as a race. These two say so; a write after the hand-over is still reported. */
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define __SANITIZE_THREAD__ 1
#endif
#endif
#ifdef __SANITIZE_THREAD__
void __tsan_acquire(void *address);
void __tsan_release(void *address);
#else
static void __tsan_acquire(void *address)
{
    (void)address;
}
static void __tsan_release(void *address)
{
    (void)address;
}
#endif

void handover_give(void *socket, void *pointer)
{
    __tsan_release(pointer);
    while (zmq_send(socket, &pointer, sizeof pointer, 0) != (int)sizeof pointer)
        if (errno != EINTR)
            abort(); /* an inproc pair fails only when its context ends, after its users */
}

void *handover_take(void *socket, bool wait)
{
    void *pointer = NULL;
    zmq_msg_t message;
    zmq_msg_init(&message);
    int size;
    do
        size = zmq_msg_recv(&message, socket, wait ? 0 : ZMQ_DONTWAIT);
    while (size < 0 && errno == EINTR);
    if (size == (int)sizeof pointer) /* anything else is the actor's "$TERM" */
        memcpy(&pointer, zmq_msg_data(&message), sizeof pointer);
    zmq_msg_close(&message);
    if (pointer)
        __tsan_acquire(pointer);
    return pointer;
}

bool handover_wait(void *socket, int limit_ms)
{
    zmq_pollitem_t item = {.socket = socket, .events = ZMQ_POLLIN};
    return zmq_poll(&item, 1, limit_ms) != 0; /* interrupted: whoever waits for ever is interrupted as well */
}

void handover_name_thread(const char *name)
{
    (void)prctl(PR_SET_NAME, name);
}
