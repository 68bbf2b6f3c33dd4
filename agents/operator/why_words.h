/* A status in words, Chinese then English: what it is, and each reason with the positions of its records. Every
 * sentence that rests on records ends with their positions, like #184203. */
#ifndef SANLINGCTL_WHY_WORDS_H
#define SANLINGCTL_WHY_WORDS_H

#include "ask.h"

#include <stdio.h>

/* `catalogue` has the names of event types; it may be empty. */
void why_write(FILE *out, const Sanling__V1__WhyAnswer *why, const struct answer *catalogue);

#endif
