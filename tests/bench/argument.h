/* Arguments of the programs that measure. */
#ifndef BENCH_ARGUMENT_H
#define BENCH_ARGUMENT_H

#include <argp.h>
#include <stdint.h>

/* The whole number from `from` to `to` that the text is; else the program ends with a line that says so. */
uint64_t argument_number(struct argp_state *state, const char *text, uint64_t from, uint64_t to);

#endif
