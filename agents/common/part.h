/* A part of an office agent's loop beside the folder and the hub: one more way in (a database, HTTP) or out (an inbox,
 * a robot's digest). The agent opens its parts from its configuration (agent_parts.c), runs them from its one thread
 * and closes them. A part never waits: what takes time is started, and its descriptor or its time brings it back. */
#ifndef SANLING_PART_H
#define SANLING_PART_H

#include "agent_config.h"
#include "fault.h"
#include "outbox.h"
#include "sanling.h"
#include "translate.h"

#include <stdbool.h>
#include <stdint.h>

struct agent_program;
struct intake;

/* What became of the office's rows since the agent's start; whoever reads rows counts them. */
struct row_counts {
    uint64_t read;
    uint64_t rejected;      /* not taken */
    uint64_t files_refused; /* as a whole */
};

/* What the agent lends its parts, as long as they live. A part that changes the outbox does so in a transaction of its
 * own, whole within one call; the agent sends what is in the outbox afterwards. */
struct office {
    const struct agent_program *program;
    const struct agent_config *config;
    struct outbox *outbox;
    struct translator *translator;
    struct sanling *hub;
    struct row_counts *rows;
    bool once;                  /* the run ends when all is done */
    struct intake *intake;      /* the agent's HTTP server, for parts that add routes; NULL: none (agents/intake) */
    uint32_t next_subscription; /* the number that the next subscription of a part takes; it then counts on */
};

struct part_ops {
    /* Becomes readable when there is something to do (an epoll descriptor where there are several); -1: none now. Asked
     * before each wait. NULL: never one. */
    int (*descriptor)(const void *self);
    /* In how many milliseconds there is something to do anyhow; -1: never. NULL: never. */
    int (*wait_ms)(const void *self, int64_t now_ms);
    /* Does what there is to do, without waiting; each turn of the loop. `now_ms` is monotonic. false: the agent must
     * stop. NULL: nothing. */
    bool (*step)(void *self, int64_t now_ms, struct fault *fault);
    /* Hears all that the hub says, after the agent itself (outcomes are settled in the outbox then); each part knows
     * its own subscriptions and questions by their numbers. false: the agent must stop. NULL: listens to nothing. */
    bool (*hear)(void *self, const struct sanling_happening *happening, struct fault *fault);
    /* Whether nothing is left to do now: a run that is to end waits for it. NULL: always. */
    bool (*is_drained)(const void *self);
    /* Whether something of this run was rejected. NULL: never. */
    bool (*rejected_any)(const void *self);
    void (*close)(void *self);
};

/* One that is open; `self` belongs to it. */
struct part {
    const struct part_ops *ops; /* NULL: there is none */
    void *self;
};

/* Opens one kind of part as the configuration asks: `*part` stays empty where it asks for none. */
typedef bool part_open(struct office *office, struct part *part, struct fault *fault);

#endif
