/* `sanling-safety -c FILE attest`: shows which zero reports are due, what one would cover and on which basis, and
 * writes down what the person at the terminal confirms. The agent sends it, now or once it runs. */
#ifndef SANLING_ATTEST_COMMAND_H
#define SANLING_ATTEST_COMMAND_H

#include "agent_config.h"
#include "fault.h"

#include <argp.h>
#include <stdbool.h>

/* What is asked for, as words of the command line; NULL: not given. Borrowed. */
struct attest_options {
    const char *zero;   /* PETITION, ACCIDENT, CASE; needed where the office owes more than one */
    const char *period; /* 2020-07, or a day; NULL: only the list is shown */
    const char *unit;   /* of the subtree below it; NULL: all of the identity's */
    const char *basis;  /* default REGISTER_CHECKED */
    const char *role;   /* role code of who confirms; required to confirm */
    bool confirm;       /* do not ask: the person has read it before */
    bool json;
};

/* Its options, for the child list of a program's argp; takes a struct attest_options as its input. */
extern const struct argp attest_argp;

/* Runs it; the exit status, or -1 with the fault: FAULT_UNREACHABLE, FAULT_REFUSED, FAULT_USAGE, FAULT_SYSTEM. 0: what
 * was asked for is shown, or confirmed and written down; 1: not confirmed, or the hub rejected it. */
int attest_command(const struct agent_config *config, const struct attest_options *options, struct fault *fault);

#endif
