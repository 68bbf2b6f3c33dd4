/* Every code that a person may meet, with what it means, who acts and what to do: the text behind [CODE] everywhere. */
#ifndef SANLINGCTL_CODE_TABLE_H
#define SANLINGCTL_CODE_TABLE_H

#include "words.h"

#include <stdbool.h>
#include <stddef.h>

enum actor {
    ACTOR_OFFICE,
    ACTOR_OFFICE_ADMINISTRATOR,
    ACTOR_OPERATOR,
    ACTOR_STARTER,
    ACTOR_READER,
    ACTOR_DEVELOPER,
    ACTOR_NOBODY
};

struct code_words {
    const char *code;
    struct term meaning;
    enum actor who;   /* acts */
    struct term what; /* to do */
};

struct term actor_term(enum actor actor);
/* All of them, in the order in which they are listed: those of findings.h come last. */
size_t code_count(void);
struct code_words code_at(size_t index);
/* In any case, also in [brackets]; false: nobody says this code. */
bool code_find(const char *text, struct code_words *words);

#endif
