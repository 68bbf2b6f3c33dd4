/* Tells ThreadSanitizer what an actor's pipe guarantees: what was written before a pointer is given is seen by who
 * takes it. The messaging library is not instrumented, so a correct hand-over would be reported as a race. */
#ifndef HUB_HANDOVER_H
#define HUB_HANDOVER_H

#if defined(__SANITIZE_THREAD__)
#define HANDOVER_CHECKED 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define HANDOVER_CHECKED 1
#endif
#endif

#ifdef HANDOVER_CHECKED
void __tsan_acquire(void *address);
void __tsan_release(void *address);
static inline void handover_give(void *pointer)
{
    __tsan_release(pointer);
}
static inline void handover_take(void *pointer)
{
    __tsan_acquire(pointer);
}
#else
static inline void handover_give(void *pointer)
{
    (void)pointer;
}
static inline void handover_take(void *pointer)
{
    (void)pointer;
}
#endif

#endif
