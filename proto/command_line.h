/* How every program of ours meets the person who starts it: --help, --version, wrong usage, and the one line that says
 * what failed: program, what and where, [CODE], what to do. */
#ifndef SANLING_COMMAND_LINE_H
#define SANLING_COMMAND_LINE_H

#include "fault.h"

#include <argp.h>

/* The options -h, --help and --version, and one line on standard error for an option that is wrong: for the child list
 * of a program's argp. It takes no input. */
extern const struct argp command_line_argp;
/* Parses; texts of `argp` are translated. Ends the program on --help, on --version and, with 2, on wrong usage. */
void command_line_parse(const struct argp *argp, int argc, char **argv, unsigned flags, void *input);

/* Wrong usage, found while parsing: says it and ends the program with 2. The format begins with the program's name. */
_Noreturn void command_line_refuse(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Prints "PROGRAM: TEXT [CODE]; ADVICE". `advice` NULL: what stands behind the first "; " of the text is it. */
void command_line_report(const char *program, const char *text, const char *code, const char *advice);
/* The same of a fault; returns its exit status. */
int command_line_fail(const char *program, const struct fault *fault);

#endif
