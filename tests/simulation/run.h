/* Drives a history through the domain as the ledger drives it, and tells the reference what was accepted. */
#ifndef SIMULATION_RUN_H
#define SIMULATION_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "apply.h"
#include "history.h"
#include "reference.h"
#include "status.h"

struct run {
    const struct history *history;
    struct state state;
    struct status_scratch scratch;
    struct reference *reference;      /* NULL: nobody asks it */
    uint64_t positions[HISTORY_ACTS]; /* of each act; 0: not taken, or refused */
    uint8_t verdicts[HISTORY_ACTS];   /* enum verdict; of an act whose target was refused: UNKNOWN_MATTER */
};

void run_open(struct run *run, const struct history *history, bool with_reference);
void run_close(struct run *run);
/* Takes one act, at the end of the open day. */
void run_take(struct run *run, uint32_t act);
/* Takes acts in this order. */
void run_take_all(struct run *run, const uint32_t *order, uint32_t count);

/* A unit's answers to everything that can be asked about it. */
struct answers {
    struct zero_status zeros[ZERO_COUNT];
    int32_t joint_streak;
};
/* By the domain. The unit must be known and counted. */
void run_answers(struct run *run, const char *unit, int32_t as_of, uint64_t known_at, struct answers *answers);
bool answers_equal(const struct answers *one, const struct answers *other);
void answers_print(const char *who, const struct answers *answers);

/* What an act says, on one line. */
void act_print(const struct run *run, uint32_t act);

#endif
