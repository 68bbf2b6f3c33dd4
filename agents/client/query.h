/* Questions until they are answered. */
#ifndef SANLING_QUERY_H
#define SANLING_QUERY_H

#include "sanling.h"

struct question {
    uint32_t id;
    uint8_t *bytes; /* encoded ClientMessage; owned */
    size_t size;
    int64_t again_ms; /* over a limit: asked again then; 0: asked */
    bool begun;       /* a part of the answer was shown */
    bool broken;      /* the session ended amid the answer: to be reported */
};

struct question_list {
    struct question *questions;
    size_t count;
    uint32_t last_id;
};

void question_list_clear(struct question_list *list);
/* Answers to it are not wanted any more; an unknown id is fine. */
void question_list_forget(struct question_list *list, uint32_t id);
/* The session ended: questions with half an answer are broken. */
void question_list_interrupt(struct question_list *list);
/* A session opened: asks again. */
bool question_list_restart(struct sanling *hub, struct sanling_error *error);
/* true: the answer belongs to a question of ours. */
bool question_list_take_answer(struct question_list *list, const Sanling__V1__Answer *answer);
bool question_list_take_error(struct question_list *list, const Sanling__V1__Error *problem);
/* The hub said when the question may be asked again: that is done then. */
void question_list_wait(struct question_list *list, uint32_t id, int64_t again_ms);
/* Asks again what has waited long enough. */
bool question_list_ask_again(struct sanling *hub, int64_t now, struct sanling_error *error);
/* When the next question is asked again; -1: none waits. */
int64_t question_list_next_ms(const struct question_list *list);
/* Takes one broken question; 0: none. */
uint32_t question_list_take_broken(struct question_list *list);

#endif
