#include "rate.h"

#include <inttypes.h>
#include <stdio.h>

void rate_format(const Sanling__V1__Rate *rate, char text[static RATE_TEXT_SIZE])
{
    if (rate == NULL || rate->whole == 0)
        snprintf(text, RATE_TEXT_SIZE, "–");
    else
        snprintf(text, RATE_TEXT_SIZE, "%s%% (%" PRIu64 "/%" PRIu64 ")", rate->text, rate->part, rate->whole);
}
