#include "desk_questions.h"

#include "desk_documents.h"
#include "journal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { US_PER_S = 1000000, RETRY_AFTER_S = 2, PAGES_MAX = 100 };

/* The steps at which a dispute of the list stands: open ones first, then those whose agreement is to be performed,
 * which the hub counts as closed. */
static const char *const listed_steps[] = {"", "AGREED", "COURT_CONFIRMED"};

struct waiting {
    enum desk_question_kind kind;
    struct http_request *request;
    uint32_t query; /* the hub's number of the question */
    int64_t deadline_ms;
    char sender[TOKEN_NAME_SIZE];
    json_t *list; /* what came so far */
    size_t step;  /* of listed_steps */
    uint64_t after;
    unsigned pages;
    struct waiting *next;
};

struct desk_questions {
    const struct desk_facts *facts;
    struct waiting *first;
    size_t count;
    int64_t now_ms;
    bool demonstration;
    int64_t demonstration_us; /* its clock, as last heard */
    int64_t ahead_us;         /* the hub's clock minus this machine's */
};

static int64_t machine_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * US_PER_S + now.tv_nsec / 1000;
}

struct desk_questions *desk_questions_open(const struct desk_facts *facts)
{
    struct desk_questions *questions = calloc(1, sizeof *questions);
    if (questions != NULL)
        questions->facts = facts;
    return questions;
}

/* ---- answering ---- */

static void forget(struct desk_questions *questions, struct waiting *waiting)
{
    struct waiting **at = &questions->first;
    while (*at != waiting)
        at = &(*at)->next;
    *at = waiting->next;
    questions->count--;
    json_decref(waiting->list);
    free(waiting);
}

static void refuse(struct http_request *request, enum problem_code code)
{
    struct problem problem;
    problem_set(&problem, code, NULL, NULL);
    problem.retry_after_s = RETRY_AFTER_S;
    http_reply_problem(request, &problem);
}

/* Without the hub its clock is this machine's, moved by what it was ahead when last heard; a demonstration's stands. */
static json_t *now_without_hub(const struct desk_questions *questions, const char *device)
{
    const int64_t time_us = questions->demonstration ? questions->demonstration_us : machine_us() + questions->ahead_us;
    return desk_now(device, time_us, questions->demonstration, false);
}

/* The hub does not answer it. */
static void give_up(struct desk_questions *questions, struct waiting *waiting, enum problem_code code)
{
    if (waiting->kind == DESK_NOW)
        intake_reply(waiting->request, 200, now_without_hub(questions, waiting->sender));
    else
        refuse(waiting->request, code);
    forget(questions, waiting);
}

static void reply(struct desk_questions *questions, struct waiting *waiting, json_t *document)
{
    if (document != NULL)
        intake_reply(waiting->request, 200, document);
    else
        refuse(waiting->request, PROBLEM_INTERNAL);
    forget(questions, waiting);
}

/* ---- asking ---- */

static bool ask_hub(const struct desk_questions *questions, struct waiting *waiting, const char *item)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__ClockQuery clock = SANLING__V1__CLOCK_QUERY__INIT;
    Sanling__V1__CampaignsQuery campaigns = SANLING__V1__CAMPAIGNS_QUERY__INIT;
    Sanling__V1__UnitsQuery units = SANLING__V1__UNITS_QUERY__INIT;
    Sanling__V1__MattersQuery matters = SANLING__V1__MATTERS_QUERY__INIT;
    struct sanling_error error;
    matters.kind = SANLING__V1__MATTER_KIND__KIND__DISPUTE;
    switch (waiting->kind) {
    case DESK_NOW:
        query.ask_case = SANLING__V1__QUERY__ASK_CLOCK;
        query.clock = &clock;
        break;
    case DESK_SETUP:
        query.ask_case = SANLING__V1__QUERY__ASK_CAMPAIGNS;
        query.campaigns = &campaigns;
        break;
    case DESK_UNITS:
        query.ask_case = SANLING__V1__QUERY__ASK_UNITS;
        query.units = &units;
        break;
    case DESK_DISPUTES:
        query.ask_case = SANLING__V1__QUERY__ASK_MATTERS;
        query.matters = &matters;
        matters.open = waiting->step == 0;
        matters.step = (char *)listed_steps[waiting->step];
        matters.after = waiting->after;
        break;
    case DESK_DISPUTE:
        query.ask_case = SANLING__V1__QUERY__ASK_MATTERS;
        query.matters = &matters;
        matters.matter = (char *)item;
        break;
    }
    if (sanling_ask(questions->facts->hub, &query, &waiting->query, &error))
        return true;
    journal(JOURNAL_WARNING, "desk: the hub cannot be asked: %s", error.text);
    return false;
}

void desk_questions_ask(struct desk_questions *questions, enum desk_question_kind kind, const struct intake_call *call)
{
    if (questions->count >= DESK_QUESTIONS_MAX) {
        refuse(call->request, PROBLEM_BUSY);
        return;
    }
    struct waiting *waiting = calloc(1, sizeof *waiting);
    if (waiting == NULL) {
        refuse(call->request, PROBLEM_INTERNAL);
        return;
    }
    waiting->kind = kind;
    waiting->request = call->request;
    waiting->deadline_ms = call->now_ms + DESK_ANSWER_MS;
    waiting->list = json_array();
    snprintf(waiting->sender, sizeof waiting->sender, "%s", call->sender);
    waiting->next = questions->first;
    questions->first = waiting;
    questions->count++;
    questions->now_ms = call->now_ms;
    if (!sanling_connected(questions->facts->hub) || !ask_hub(questions, waiting, call->item))
        give_up(questions, waiting, PROBLEM_HUB_UNREACHABLE);
}

/* ---- hearing ---- */

static void take_clock(struct desk_questions *questions, struct waiting *waiting, const Sanling__V1__Answer *answer)
{
    const Google__Protobuf__Timestamp *time = answer->clock->time;
    if (time == NULL) {
        give_up(questions, waiting, PROBLEM_HUB_UNREACHABLE);
        return;
    }
    const int64_t time_us = time->seconds * US_PER_S + time->nanos / 1000;
    questions->demonstration = answer->demonstration;
    questions->demonstration_us = time_us;
    questions->ahead_us = time_us - machine_us();
    reply(questions, waiting, desk_now(waiting->sender, time_us, answer->demonstration, true));
}

static void take_units(struct desk_questions *questions, struct waiting *waiting, const Sanling__V1__Answer *answer)
{
    for (size_t i = 0; i < answer->units->n_units && json_array_size(waiting->list) < DESK_UNITS_MAX; i++) {
        json_t *unit = desk_unit(answer->units->units[i]);
        if (unit != NULL)
            json_array_append_new(waiting->list, unit);
    }
    if (!answer->more)
        reply(questions, waiting, json_pack("{s:O}", "units", waiting->list));
}

/* Of the office's disputes those under the token's numbers. */
static bool add_matters(struct desk_questions *questions, struct waiting *waiting,
                        const Sanling__V1__MattersAnswer *matters)
{
    struct fault fault;
    for (size_t i = 0; i < matters->n_matters; i++) {
        const Sanling__V1__MattersAnswer__Matter *matter = matters->matters[i];
        const uint32_t number = desk_code_number(matter->matter, questions->facts->prefix);
        bool own = false;
        waiting->after = matter->opened_at;
        if (number != 0 && !desk_numbers_has(questions->facts->numbers, waiting->sender, number, &own, &fault)) {
            journal(JOURNAL_ERROR, "desk: %s", fault.text);
            return false;
        }
        if (own)
            json_array_append_new(waiting->list, desk_matter(matter));
    }
    return true;
}

static void take_list(struct desk_questions *questions, struct waiting *waiting, const Sanling__V1__Answer *answer)
{
    const bool last = answer->matters->n_matters == 0 || ++waiting->pages >= PAGES_MAX;
    if (!add_matters(questions, waiting, answer->matters)) {
        give_up(questions, waiting, PROBLEM_INTERNAL);
        return;
    }
    if (last) {
        waiting->after = 0;
        waiting->step++;
    }
    if (waiting->step == sizeof listed_steps / sizeof *listed_steps)
        reply(questions, waiting, json_pack("{s:O}", "disputes", waiting->list));
    else if (!ask_hub(questions, waiting, ""))
        give_up(questions, waiting, PROBLEM_HUB_UNREACHABLE);
}

static void take_dispute(struct desk_questions *questions, struct waiting *waiting, const Sanling__V1__Answer *answer)
{
    if (answer->matters->n_matters == 0)
        give_up(questions, waiting, PROBLEM_NOT_FOUND);
    else
        reply(questions, waiting, json_pack("{s:o}", "matter", desk_matter(answer->matters->matters[0])));
}

static void take_answer(struct desk_questions *questions, struct waiting *waiting, const Sanling__V1__Answer *answer)
{
    const Sanling__V1__Answer__BodyCase body = answer->body_case;
    if (waiting->kind == DESK_NOW && body == SANLING__V1__ANSWER__BODY_CLOCK)
        take_clock(questions, waiting, answer);
    else if (waiting->kind == DESK_SETUP && body == SANLING__V1__ANSWER__BODY_CAMPAIGNS)
        reply(questions, waiting, desk_setup(questions->facts, answer->campaigns));
    else if (waiting->kind == DESK_UNITS && body == SANLING__V1__ANSWER__BODY_UNITS)
        take_units(questions, waiting, answer);
    else if (waiting->kind == DESK_DISPUTES && body == SANLING__V1__ANSWER__BODY_MATTERS)
        take_list(questions, waiting, answer);
    else if (waiting->kind == DESK_DISPUTE && body == SANLING__V1__ANSWER__BODY_MATTERS)
        take_dispute(questions, waiting, answer);
    else
        give_up(questions, waiting, PROBLEM_INTERNAL);
}

static struct waiting *find_waiting(const struct desk_questions *questions, uint32_t query)
{
    struct waiting *waiting = questions->first;
    while (waiting != NULL && waiting->query != query)
        waiting = waiting->next;
    return waiting;
}

static void give_up_all(struct desk_questions *questions)
{
    while (questions->first != NULL)
        give_up(questions, questions->first, PROBLEM_HUB_UNREACHABLE);
}

void desk_questions_hear(struct desk_questions *questions, const struct sanling_happening *happening)
{
    struct waiting *waiting;
    if (happening->kind == SANLING_DISCONNECTED) {
        give_up_all(questions);
    } else if (happening->kind == SANLING_ANSWER) {
        waiting = find_waiting(questions, happening->answer->id);
        if (waiting != NULL)
            take_answer(questions, waiting, happening->answer);
    } else if (happening->kind == SANLING_PROBLEM && happening->problem->query != 0) {
        waiting = find_waiting(questions, happening->problem->query);
        if (waiting != NULL)
            give_up(questions, waiting, PROBLEM_HUB_UNREACHABLE);
    }
}

void desk_questions_step(struct desk_questions *questions, int64_t now_ms)
{
    struct waiting *next;
    questions->now_ms = now_ms;
    for (struct waiting *waiting = questions->first; waiting != NULL; waiting = next) {
        next = waiting->next;
        if (now_ms >= waiting->deadline_ms)
            give_up(questions, waiting, PROBLEM_HUB_UNREACHABLE);
    }
}

int desk_questions_wait_ms(const struct desk_questions *questions, int64_t now_ms)
{
    int64_t wait = -1;
    for (const struct waiting *waiting = questions->first; waiting != NULL; waiting = waiting->next) {
        const int64_t own = waiting->deadline_ms > now_ms ? waiting->deadline_ms - now_ms : 0;
        wait = wait < 0 || own < wait ? own : wait;
    }
    return (int)wait;
}

void desk_questions_close(struct desk_questions **questions)
{
    struct desk_questions *gone = *questions;
    *questions = NULL;
    if (gone == NULL)
        return;
    give_up_all(gone);
    free(gone);
}
