#include "hub_actors.h"

#include <czmq.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "awake.h"
#include "handover.h"
#include "hub_world.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/common_interface_defs.h>
#endif

enum { ACTORS_MAX = 8, STACK_SIZE = 1 << 20, QUEUE_SIZE = 1024 };

struct queue {
    void *pointers[QUEUE_SIZE];
    uint32_t first;
    uint32_t count;
};

/* An end of a pipe is what CZMQ calls the actor outside and its socket within. */
struct end {
    struct actor *actor;
    bool within;
};

struct actor {
    struct end outside;
    struct end within;
    struct queue to_actor;
    struct queue to_loop;
    ucontext_t context;
    void *stack; /* kept for the next one */
    zactor_fn *task;
    void *arguments;
    int64_t wake_us; /* NEVER: it waits for a message */
    bool there;
    bool ended;
    bool to_end;
};

struct actors {
    struct actor all[ACTORS_MAX];
    struct actor *running; /* NULL: the loop */
    ucontext_t loop;
    const void *loop_stack; /* as the address sanitizer knows it */
    size_t loop_stack_size;
};

static struct actors the_actors; /* as the world is one */

static void push(struct queue *queue, void *pointer)
{
    if (queue->count == QUEUE_SIZE)
        abort();
    queue->pointers[(queue->first + queue->count++) % QUEUE_SIZE] = pointer;
}

static void *pop(struct queue *queue)
{
    if (queue->count == 0)
        return NULL;
    void *pointer = queue->pointers[queue->first];
    queue->first = (queue->first + 1) % QUEUE_SIZE;
    queue->count--;
    return pointer;
}

/* ---- changing stacks ---- */

static void switch_to(ucontext_t *from, ucontext_t *to, bool for_good, const void *stack, size_t size)
{
#ifdef __SANITIZE_ADDRESS__
    void *kept = NULL;
    __sanitizer_start_switch_fiber(for_good ? NULL : &kept, stack, size);
    swapcontext(from, to);
    __sanitizer_finish_switch_fiber(kept, NULL, NULL);
#else
    (void)for_good;
    (void)stack;
    (void)size;
    swapcontext(from, to);
#endif
}

static void to_loop(struct actor *actor)
{
    struct actors *actors = &the_actors;
    switch_to(&actor->context, &actors->loop, actor->ended, actors->loop_stack, actors->loop_stack_size);
}

static void begin(void)
{
    struct actors *actors = &the_actors;
    struct actor *actor = actors->running;
#ifdef __SANITIZE_ADDRESS__
    __sanitizer_finish_switch_fiber(NULL, &actors->loop_stack, &actors->loop_stack_size);
#endif
    actor->task((zsock_t *)&actor->within, actor->arguments);
    actor->ended = true;
    actor->wake_us = NEVER;
    to_loop(actor);
}

static void resume(struct actor *actor)
{
    struct actors *actors = &the_actors;
    actor->wake_us = NEVER;
    actors->running = actor;
    switch_to(&actors->loop, &actor->context, false, actor->stack, STACK_SIZE);
    actors->running = NULL;
}

/* ---- what the scheduler asks ---- */

int64_t actors_next_us(void)
{
    int64_t next_us = NEVER;
    for (int i = 0; i < ACTORS_MAX; i++) {
        const struct actor *actor = &the_actors.all[i];
        if (actor->there && !actor->ended && actor->wake_us < next_us)
            next_us = actor->wake_us;
    }
    return next_us;
}

void actors_run_due(void)
{
    const uint32_t first = draw_below(&world()->draw, ACTORS_MAX);
    for (uint32_t i = 0; i < ACTORS_MAX; i++) {
        struct actor *actor = &the_actors.all[(first + i) % ACTORS_MAX];
        if (actor->there && !actor->ended && actor->wake_us <= world()->now_us)
            resume(actor);
    }
}

bool actors_wait(const void *socket)
{
    const struct end *end = socket;
    return !end->within && end->actor->to_loop.count > 0;
}

void actors_pause(int64_t duration_us)
{
    struct actor *actor = the_actors.running;
    if (!actor) {
        world()->now_us += duration_us;
        return;
    }
    actor->wake_us = world()->now_us + duration_us;
    to_loop(actor);
}

/* ---- the pipe ---- */

/* How long an actor takes to notice a message: mostly it is awake soon. */
static int64_t reaction_us(void)
{
    return world_once_in(20) ? world_between(1000, 30000) : world_between(1, 60);
}

void handover_give(void *socket, void *pointer)
{
    struct end *end = socket;
    struct actor *actor = end->actor;
    push(end->within ? &actor->to_loop : &actor->to_actor, pointer);
    if (!end->within && actor->wake_us == NEVER)
        actor->wake_us = world()->now_us + reaction_us();
}

/* Lets others go on until the actor has something for the loop. */
static void wait_for(struct actor *actor)
{
    while (actor->to_loop.count == 0) {
        const int64_t next_us = actors_next_us();
        if (next_us == NEVER)
            abort(); /* the loop would wait for ever */
        if (next_us > world()->now_us)
            world()->now_us = next_us;
        actors_run_due();
    }
}

void *handover_take(void *socket, bool wait)
{
    struct end *end = socket;
    struct actor *actor = end->actor;
    if (!end->within) {
        if (wait)
            wait_for(actor);
        return pop(&actor->to_loop);
    }
    while (wait && actor->to_actor.count == 0 && !actor->to_end)
        to_loop(actor);
    return pop(&actor->to_actor);
}

/* Nothing came in time, or something will. */
bool handover_wait(void *socket, int limit_ms)
{
    const struct end *end = socket;
    const struct actor *actor = end->actor;
    (void)limit_ms;
    return actor->to_actor.count > 0 || actor->to_end || world_once_in(2);
}

void handover_name_thread(const char *name)
{
    (void)name;
}

/* ---- CZMQ's side ---- */

static void *new_stack(void)
{
    void *stack = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (stack == MAP_FAILED)
        abort();
    return stack;
}

zactor_t *zactor_new(zactor_fn task, void *arguments)
{
    struct actor *actor = NULL;
    for (int i = 0; i < ACTORS_MAX && !actor; i++)
        if (!the_actors.all[i].there)
            actor = &the_actors.all[i];
    if (!actor)
        abort();
    actor->outside = (struct end){.actor = actor};
    actor->within = (struct end){.actor = actor, .within = true};
    actor->to_actor.count = actor->to_loop.count = 0;
    actor->task = task;
    actor->arguments = arguments;
    actor->ended = actor->to_end = false;
    actor->there = true;
    if (!actor->stack)
        actor->stack = new_stack();
    getcontext(&actor->context);
    actor->context.uc_stack.ss_sp = actor->stack;
    actor->context.uc_stack.ss_size = STACK_SIZE;
    actor->context.uc_link = NULL;
    makecontext(&actor->context, begin, 0);
    resume(actor);
    return (zactor_t *)&actor->outside;
}

void zactor_destroy(zactor_t **destroyed)
{
    struct end *end = (struct end *)*destroyed;
    *destroyed = NULL;
    if (!end)
        return;
    struct actor *actor = end->actor;
    actor->to_end = true;
    while (!actor->ended) {
        if (actor->wake_us != NEVER && actor->wake_us > world()->now_us)
            world()->now_us = actor->wake_us;
        resume(actor);
    }
    actor->there = false;
}

void *zsock_resolve(void *socket)
{
    return socket;
}

int zsock_signal(void *socket, byte status)
{
    (void)socket;
    (void)status;
    return 0;
}

/* ---- the processors, which never sleep here ---- */

struct awake {
    bool unused;
};
static struct awake the_awake;

struct awake *awake_start(struct fault *fault)
{
    (void)fault;
    return &the_awake;
}

void awake_stop(struct awake **awake)
{
    *awake = NULL;
}

void awake_stay(struct awake *awake)
{
    (void)awake;
}
