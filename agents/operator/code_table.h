/* Every code that a person may meet, with what it means, who acts and what to do: the text behind [CODE] everywhere. */
#ifndef SANLINGCTL_CODE_TABLE_H
#define SANLINGCTL_CODE_TABLE_H

#include "words.h"

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
/* All of them, in the order in which they are listed; *count gets how many. Static. */
const struct code_words *code_table(size_t *count);
/* In any case, also in [brackets]; NULL: nobody says this code. */
const struct code_words *code_find(const char *text);

#endif
