#include "past.h"
#include "log/log_view.h"

#include <czmq.h>
#include <stdlib.h>

#include "domain/cut.h"
#include "domain/day.h"
#include "handover.h"
#include "ledger.h"

/* What the actor is asked for: a state, or to forget the one that it read last. */
struct past_request {
    struct past_moment moment;
    bool forget;
    struct past_state *state; /* result; NULL where it failed */
    struct fault fault;
};

struct kept_state {
    struct past_state *state; /* NULL: none */
    int64_t used_ms;          /* monotonic */
};

struct past {
    zactor_t *actor;
    bool busy;          /* a request is with the actor */
    struct peer served; /* the peer whose question the actor was asked for last */
    bool base;          /* the actor keeps a state */
    int64_t used_ms;
    struct kept_state kept[PAST_STATES_MAX];
    struct past_question *waiting; /* oldest first */
    int waiting_count;
};

void past_question_free(struct past_question **question)
{
    if (*question)
        free((*question)->query);
    free(*question);
    *question = NULL;
}

static void past_state_free(struct past_state **state)
{
    if (*state) {
        state_clear(&(*state)->state);
        day_before_clear(&(*state)->day_before);
    }
    free(*state);
    *state = NULL;
}

/* ---- the actor ---- */

static bool same_moment(const struct past_moment *left, const struct past_moment *right)
{
    return left->position == right->position && left->day == right->day;
}

static bool read_up_to(struct ledger *ledger, struct log_view *view, uint64_t position, struct fault *fault)
{
    const struct log_head head = {.position = position, .rejections = UINT64_MAX};
    return ledger_read_log(ledger, view, &head, NULL, fault);
}

/* The state read last serves if it is not beyond what is asked for; else the log is read from its beginning. */
static void begin(struct ledger *ledger, const struct past_moment *moment)
{
    uint64_t first = moment->day == DAY_NONE ? moment->position : moment->closed_at;
    if (ledger->state.heads.position <= first)
        return;
    ledger_close(ledger);
    ledger_open(ledger);
}

static bool read_state(struct ledger *ledger, struct log_view *view, struct past_request *request)
{
    const struct past_moment *moment = &request->moment;
    struct office_news offices[OFFICE_LIMIT];
    int64_t time_us;
    begin(ledger, moment);
    /* On the way to a later position: what the offices were heard with when the day was closed. */
    if (moment->day != DAY_NONE && !read_up_to(ledger, view, moment->closed_at, &request->fault))
        return false;
    memcpy(offices, ledger->state.heads.offices, sizeof offices);
    time_us = ledger->state.heads.recorded_at_us;
    if (!read_up_to(ledger, view, moment->position, &request->fault))
        return false;
    struct past_state *state = calloc(1, sizeof *state);
    if (!state)
        abort();
    state->moment = *moment;
    state_copy(&ledger->state, &state->state);
    state->time_us = moment->day != DAY_NONE ? time_us : ledger->state.heads.recorded_at_us;
    if (moment->day != DAY_NONE)
        state_cut(&state->state, moment->day, offices);
    request->state = state;
    return true;
}

static void serve(struct ledger *ledger, struct log_view *view, struct past_request *request)
{
    if (!request->forget && read_state(ledger, view, request))
        return;
    ledger_close(ledger); /* it may have stopped half way */
    ledger_open(ledger);
}

static void run(zsock_t *pipe, void *log)
{
    void *socket = zsock_resolve(pipe);
    struct log_view *view = log_view_open(log);
    struct ledger ledger = {0};
    struct past_request *request;
    ledger_open(&ledger);
    handover_name_thread("past");
    zsock_signal(pipe, 0);
    while ((request = handover_take(socket, true)) != NULL) {
        serve(&ledger, view, request);
        handover_give(socket, request);
    }
    ledger_close(&ledger);
    log_view_close(&view);
}

/* ---- the loop's side ---- */

struct past *past_start(struct event_log *log, struct fault *fault)
{
    struct past *past = calloc(1, sizeof *past);
    if (!past)
        abort();
    past->actor = zactor_new(run, log);
    if (!past->actor) {
        fault_set(fault, FAULT_SYSTEM, "past states: cannot start their thread");
        free(past);
        return NULL;
    }
    return past;
}

static void free_questions(struct past_question *question)
{
    while (question) {
        struct past_question *next = question->next;
        past_question_free(&question);
        question = next;
    }
}

void past_stop(struct past **past_to_stop)
{
    struct past *past = *past_to_stop;
    if (!past)
        return;
    *past_to_stop = NULL;
    if (past->busy) {
        struct past_request *request = handover_take(past_socket(past), true);
        past_state_free(&request->state);
        free(request);
    }
    zactor_destroy(&past->actor);
    for (int i = 0; i < PAST_STATES_MAX; i++)
        past_state_free(&past->kept[i].state);
    free_questions(past->waiting);
    free(past);
}

void *past_socket(const struct past *past)
{
    return zsock_resolve(past->actor);
}

static void ask_actor(struct past *past, const struct past_moment *moment)
{
    struct past_request *request = calloc(1, sizeof *request);
    if (!request)
        abort();
    request->forget = !moment;
    if (moment)
        request->moment = *moment;
    past->base = moment != NULL;
    past->busy = true;
    handover_give(past_socket(past), request);
}

struct past_state *past_find(struct past *past, const struct past_moment *moment, int64_t now_ms)
{
    past->used_ms = now_ms;
    for (int i = 0; i < PAST_STATES_MAX; i++) {
        struct kept_state *kept = &past->kept[i];
        if (kept->state && same_moment(&kept->state->moment, moment)) {
            kept->used_ms = now_ms;
            return kept->state;
        }
    }
    return NULL;
}

static bool same_peer(const struct peer *left, const struct peer *right)
{
    return left->size == right->size && memcmp(left->id, right->id, left->size) == 0;
}

static int waiting_of(const struct past *past, const struct peer *peer)
{
    int count = 0;
    for (const struct past_question *question = past->waiting; question; question = question->next)
        count += same_peer(&question->peer, peer);
    return count;
}

bool past_wait(struct past *past, const struct past_moment *moment, struct past_question **question)
{
    struct past_question **end = &past->waiting;
    if (past->waiting_count == PAST_WAITING_MAX || waiting_of(past, &(*question)->peer) == PAST_WAITING_PEER_MAX)
        return false;
    if (!past->busy)
        past->served = (*question)->peer;
    while (*end)
        end = &(*end)->next;
    (*question)->next = NULL;
    *end = *question;
    *question = NULL;
    past->waiting_count++;
    if (!past->busy)
        ask_actor(past, moment);
    return true;
}

/* In the place of the one that was not asked for longest. */
static void keep(struct past *past, struct past_state *state, int64_t now_ms)
{
    struct kept_state *oldest = &past->kept[0];
    for (int i = 1; i < PAST_STATES_MAX; i++)
        if (!past->kept[i].state || (oldest->state && past->kept[i].used_ms < oldest->used_ms))
            oldest = &past->kept[i];
    past_state_free(&oldest->state);
    *oldest = (struct kept_state){.state = state, .used_ms = now_ms};
}

/* All that wait, those of the peer that was served behind the others: each peer has its turn. */
static struct past_question *take_waiting(struct past *past)
{
    struct past_question *others = NULL, *served = NULL, **others_end = &others, **served_end = &served;
    for (struct past_question *question = past->waiting; question; question = question->next) {
        struct past_question ***end = same_peer(&question->peer, &past->served) ? &served_end : &others_end;
        **end = question;
        *end = &question->next;
    }
    *served_end = NULL;
    *others_end = served;
    past->waiting = NULL;
    past->waiting_count = 0;
    return others;
}

struct past_question *past_take(struct past *past, int64_t now_ms, bool *failed, struct fault *fault)
{
    struct past_request *request = handover_take(past_socket(past), false);
    *failed = false;
    if (!request)
        return NULL;
    past->busy = false;
    if (request->state) {
        keep(past, request->state, now_ms);
    } else if (!request->forget) {
        *failed = true;
        *fault = request->fault;
    }
    free(request);
    return take_waiting(past);
}

void past_forget_idle(struct past *past, int64_t now_ms)
{
    for (int i = 0; i < PAST_STATES_MAX; i++)
        if (past->kept[i].state && now_ms - past->kept[i].used_ms >= PAST_IDLE_MS)
            past_state_free(&past->kept[i].state);
    if (past->base && !past->busy && now_ms - past->used_ms >= PAST_IDLE_MS)
        ask_actor(past, NULL);
}
