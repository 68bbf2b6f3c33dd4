/* How fast each token may ask: so many requests a second, as many again at once. */
#ifndef INTAKE_RATE_H
#define INTAKE_RATE_H

#include <stdbool.h>
#include <stdint.h>

struct rate;

/* NULL: no memory. */
struct rate *rate_open(unsigned requests_per_second);
void rate_close(struct rate **rate);
/* Counts a request of `name` (a token's, at most 64 bytes). false: too many; nothing is counted. */
bool rate_allows(struct rate *rate, const char *name, int64_t now_ms);

#endif
