/* A rate as it is printed: the percentage with the integers that it was made of. */
#ifndef SANLINGCTL_RATE_H
#define SANLINGCTL_RATE_H

#include "sanling.h"

#include "status.pb-c.h"

enum { RATE_TEXT_SIZE = 128 };

/* "83.33% (45/54)"; "–" where there is nothing to be a part of. */
void rate_format(const Sanling__V1__Rate *rate, char text[static RATE_TEXT_SIZE]);

#endif
