/* What phones ask that only the hub knows: the question goes to the hub, the request waits, and is answered from the
 * hub's answer. Nothing is guessed: while the hub is away they are refused with HUB_UNREACHABLE, and the phone goes on
 * with what it has. */
#ifndef DESK_QUESTIONS_H
#define DESK_QUESTIONS_H

#include "desk_numbers.h"
#include "intake.h"

#include <stdint.h>

enum {
    DESK_QUESTIONS_MAX = 64,     /* that wait at once */
    DESK_ANSWER_MS = 10000,      /* then the hub counts as away */
    DESK_UNITS_MAX = 100000,     /* of a list */
    DESK_CLOCK_TOLERANCE_S = 120 /* between a phone's clock and the hub's */
};

/* What the answers are made with; borrowed as long as the questions live. */
struct desk_facts {
    struct sanling *hub;
    struct desk_numbers *numbers;
    const char *prefix;      /* of the codes that this desk gives */
    const char *seal_key_id; /* NULL: no parties' data */
    const char *seal_key;    /* base64 */
    int32_t utc_offset_minutes;
};

enum desk_question_kind {
    DESK_NOW,      /* the hub's clock; answered in its absence, too */
    DESK_SETUP,    /* categories of disputes, and what the configuration says */
    DESK_UNITS,    /* codes and names */
    DESK_DISPUTES, /* those under the token's numbers that are open or wait to be performed */
    DESK_DISPUTE   /* one, with its history */
};

struct desk_questions;

/* NULL: no memory. */
struct desk_questions *desk_questions_open(const struct desk_facts *facts);
/* Who waits is refused. */
void desk_questions_close(struct desk_questions **questions);
/* Answers now or later. */
void desk_questions_ask(struct desk_questions *questions, enum desk_question_kind kind, const struct intake_call *call);
void desk_questions_hear(struct desk_questions *questions, const struct sanling_happening *happening);
/* Refuses those that wait too long. */
void desk_questions_step(struct desk_questions *questions, int64_t now_ms);
/* When there is something to do anyhow; -1: never. */
int desk_questions_wait_ms(const struct desk_questions *questions, int64_t now_ms);

#endif
