/* Asks the hub for what a digest tells, one question after the other, without waiting. One thread owns it. */
#ifndef SANLING_DIGEST_QUESTION_H
#define SANLING_DIGEST_QUESTION_H

#include "digest_facts.h"
#include "sanling.h"

enum {
    DIGEST_PAGES_MAX = 100,       /* of matters, 200 each; what lies behind is said to be there */
    DIGEST_PERIODS_NAMED_MAX = 4, /* periods whose first units are named, the newest */
    DIGEST_UNIT_SIZE = 32
};

enum digest_stage {
    DIGEST_STAGE_NONE,
    DIGEST_STAGE_OPEN,   /* matters */
    DIGEST_STAGE_SOON,   /* the same, of those that are due soon */
    DIGEST_STAGE_DUE,    /* periods to attest */
    DIGEST_STAGE_UNITS,  /* the first units of one of them */
    DIGEST_STAGE_SUMMARY /* of the leading office */
};

struct digest_question {
    struct sanling *hub;
    enum digest_stage stage; /* NONE: nothing is asked */
    uint32_t id;
    uint32_t pages;
    uint32_t rows;
    size_t period; /* whose units are asked for, and one: so many are not named yet */
    char unit[DIGEST_UNIT_SIZE];
    struct digest_facts facts;
};

enum digest_heard { DIGEST_HEARD_NOTHING, DIGEST_HEARD_PART, DIGEST_HEARD_ALL, DIGEST_HEARD_FAILURE };

/* `unit` is the root of the subtree; NULL: the identity's. false: it cannot be asked now, *error says why. */
bool digest_question_begin(struct digest_question *question, struct sanling *hub, Sanling__V1__Office__Kind office,
                           const char *unit, struct sanling_error *error);
/* ALL: question->facts is complete. FAILURE: *error says why. Either ends it. NOTHING: it was not meant for this. */
enum digest_heard digest_question_hear(struct digest_question *question, const struct sanling_happening *happening,
                                       struct sanling_error *error);

#endif
