#include "query.h"

#include "connection.h"

#include <stdlib.h>
#include <string.h>

static void forget(struct question_list *list, struct question *question)
{
    free(question->bytes);
    *question = list->questions[--list->count];
}

static struct question *find(const struct question_list *list, uint32_t id)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->questions[i].id == id)
            return &list->questions[i];
    return NULL;
}

void question_list_clear(struct question_list *list)
{
    while (list->count > 0)
        forget(list, &list->questions[0]);
    free(list->questions);
    *list = (struct question_list){0};
}

void question_list_forget(struct question_list *list, uint32_t id)
{
    struct question *question = find(list, id);
    if (question != NULL)
        forget(list, question);
}

void question_list_interrupt(struct question_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        list->questions[i].broken = list->questions[i].begun;
}

static bool send_question(struct sanling *hub, struct question *question, struct sanling_error *error)
{
    zmq_msg_t frame;
    if (zmq_msg_init_size(&frame, question->size) != 0)
        return error_set(error, SANLING_SYSTEM, "no memory for a question");
    memcpy(zmq_msg_data(&frame), question->bytes, question->size);
    question->again_ms = 0;
    transport_send(&hub->transport, &frame);
    return true;
}

bool question_list_restart(struct sanling *hub, struct sanling_error *error)
{
    for (size_t i = 0; i < hub->questions.count; i++)
        if (!hub->questions.questions[i].broken && !send_question(hub, &hub->questions.questions[i], error))
            return false;
    return true;
}

void question_list_wait(struct question_list *list, uint32_t id, int64_t again_ms)
{
    struct question *question = find(list, id);
    if (question != NULL)
        question->again_ms = again_ms;
}

bool question_list_ask_again(struct sanling *hub, int64_t now, struct sanling_error *error)
{
    for (size_t i = 0; i < hub->questions.count; i++) {
        struct question *question = &hub->questions.questions[i];
        if (question->again_ms > 0 && question->again_ms <= now && !send_question(hub, question, error))
            return false;
    }
    return true;
}

int64_t question_list_next_ms(const struct question_list *list)
{
    int64_t next = -1;
    for (size_t i = 0; i < list->count; i++)
        if (list->questions[i].again_ms > 0)
            next = earlier_ms(next, list->questions[i].again_ms);
    return next;
}

bool sanling_ask(struct sanling *hub, const Sanling__V1__Query *query, uint32_t *id, struct sanling_error *error)
{
    struct question_list *list = &hub->questions;
    struct question *grown = reallocarray(list->questions, list->count + 1, sizeof *grown);
    if (grown == NULL)
        return error_set(error, SANLING_SYSTEM, "no memory for a question");
    list->questions = grown;

    Sanling__V1__Query numbered = *query;
    Sanling__V1__ClientMessage message = SANLING__V1__CLIENT_MESSAGE__INIT;
    do
        numbered.id = ++list->last_id;
    while (numbered.id == 0 || find(list, numbered.id) != NULL);
    message.body_case = SANLING__V1__CLIENT_MESSAGE__BODY_QUERY;
    message.query = &numbered;

    struct question question = {.id = numbered.id, .size = sanling__v1__client_message__get_packed_size(&message)};
    question.bytes = malloc(question.size);
    if (question.bytes == NULL)
        return error_set(error, SANLING_SYSTEM, "no memory for a question");
    sanling__v1__client_message__pack(&message, question.bytes);
    list->questions[list->count++] = question;
    if (id != NULL)
        *id = question.id;
    return hub->state != SESSION_OPEN || send_question(hub, &list->questions[list->count - 1], error);
}

bool question_list_take_answer(struct question_list *list, const Sanling__V1__Answer *answer)
{
    struct question *question = find(list, answer->id);
    if (question == NULL)
        return false;
    question->begun = true;
    if (!answer->more)
        forget(list, question);
    return true;
}

bool question_list_take_error(struct question_list *list, const Sanling__V1__Error *problem)
{
    struct question *question = find(list, problem->query);
    if (question == NULL)
        return false;
    forget(list, question);
    return true;
}

uint32_t question_list_take_broken(struct question_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->questions[i].broken) {
            uint32_t id = list->questions[i].id;
            forget(list, &list->questions[i]);
            return id;
        }
    return 0;
}

/* What the hub's refusal of a question is to the caller. */
static enum sanling_code code_of(const Sanling__V1__Error *problem)
{
    if (problem->code == SANLING__V1__CODE__KIND__NOT_PERMITTED)
        return SANLING_REFUSED;
    if (problem->code == SANLING__V1__CODE__KIND__BUSY || problem->code == SANLING__V1__CODE__KIND__UNREACHABLE)
        return SANLING_UNREACHABLE;
    return SANLING_USAGE;
}

static bool fail_with_problem(const Sanling__V1__Error *problem, struct sanling_error *error)
{
    error_set(error, code_of(problem), "%s", problem->text);
    if (error != NULL)
        error->hub_code = problem->code;
    return false;
}

bool sanling_query(struct sanling *hub, const Sanling__V1__Query *query, int timeout_ms,
                   bool (*take)(const Sanling__V1__Answer *part, void *context), void *context,
                   struct sanling_error *error)
{
    uint32_t id;
    struct sanling_happening happening;
    int64_t end = now_ms() + timeout_ms;
    if (!sanling_ask(hub, query, &id, error))
        return false;
    for (;;) {
        int64_t left = end - now_ms();
        if (!sanling_next(hub, left > 0 ? (int)left : 0, &happening, error)) {
            question_list_forget(&hub->questions, id);
            return false;
        }
        if (happening.kind == SANLING_ANSWER && happening.answer->id == id) {
            bool more = happening.answer->more;
            bool wanted = take(happening.answer, context);
            if (more && !wanted)
                question_list_forget(&hub->questions, id);
            if (!more || !wanted)
                return true;
        } else if (happening.kind == SANLING_PROBLEM && happening.problem->query == id) {
            return fail_with_problem(happening.problem, error);
        } else if (left <= 0) {
            question_list_forget(&hub->questions, id);
            return error_set(error, SANLING_UNREACHABLE, "no answer from %s in %d.%d s", hub->endpoint,
                             timeout_ms / 1000, timeout_ms % 1000 / 100);
        }
    }
}
