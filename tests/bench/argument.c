#include "argument.h"

#include <errno.h>
#include <stdlib.h>

uint64_t argument_number(struct argp_state *state, const char *text, uint64_t from, uint64_t to)
{
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (errno != 0 || *end != '\0' || value < from || value > to)
        argp_error(state, "'%s' is not between %llu and %llu", text, (unsigned long long)from, (unsigned long long)to);
    return value;
}
