/* Past states, for questions about another moment than now: what was known at a position, and of that what had happened
 * by a day. The log is the truth: an actor reads it from its beginning up to the position, decides as the hub decided
 * then, and hands over the state that this ends in, so that every question that can be asked of now can be asked of it.
 * The loop never waits. The state read last stays with the actor: a later position is reached from there.
 *
 * A past state takes as much memory as the state now: at most PAST_STATES_MAX are kept, with the actor's one more and
 * one on its way, and none after PAST_IDLE_MS without a question. */
#ifndef HUB_PAST_H
#define HUB_PAST_H

#include <stdbool.h>
#include <stdint.h>

#include "domain/figure_count.h"
#include "domain/state.h"
#include "endpoint.h"
#include "fault.h"
#include "log/event_log.h"

enum {
    PAST_STATES_MAX = 2,
    PAST_WAITING_MAX = 64,      /* questions for states that are being read; behind them BUSY is answered */
    PAST_WAITING_PEER_MAX = 48, /* of them of one peer, so that nobody alone shuts the others out */
    PAST_IDLE_MS = 600000,
};

/* Which state. */
struct past_moment {
    uint64_t position;  /* known up to it; durable */
    int32_t day;        /* what had happened by the end of it; DAY_NONE: the day that was open at the position */
    uint64_t closed_at; /* with a day: the last position before it was closed */
};

struct past_state {
    struct past_moment moment;
    struct state state;
    struct day_before day_before;
    int64_t time_us; /* when the last record known then was recorded; with a day: the last before it was closed */
};

/* A question that waits: whose it is, and the encoded Query. */
struct past_question {
    struct past_question *next;
    struct peer peer;
    uint8_t *query; /* owned */
    size_t size;
};
void past_question_free(struct past_question **question);

struct past;
/* Starts the actor on an open log, which must stay open until it is stopped. */
struct past *past_start(struct event_log *log, struct fault *fault);
void past_stop(struct past **past);

/* The state of that moment if it is here, borrowed until the next call of past_take or past_forget_idle; else NULL. */
struct past_state *past_find(struct past *past, const struct past_moment *moment, int64_t now_ms);
/* Lets the question wait for the state of that moment, which is read when those before it are; takes it. false: too
 * many wait, in all or of its peer, and it stays the caller's. */
MUST_CHECK bool past_wait(struct past *past, const struct past_moment *moment, struct past_question **question);
/* A state arrived: gives all questions that waited, to be asked again: the first one first, but those of the peer for
 * whom it was read behind all others, so that peers take turns; NULL: none arrived. *failed
 * says that the log could not be read, with *fault: the questions are given all the same. */
struct past_question *past_take(struct past *past, int64_t now_ms, bool *failed, struct fault *fault);
/* Lets go of states that nobody asked for in PAST_IDLE_MS. */
void past_forget_idle(struct past *past, int64_t now_ms);

void *past_socket(const struct past *past);

#endif
