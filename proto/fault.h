/* A failure on its way up: a code that decides the exit status or wire error, and one line that says what, where and
 * what to do. What the domain foresees (a duplicate, a rejection) is an answer, not a fault. */
#ifndef SANLING_FAULT_H
#define SANLING_FAULT_H

#include <stdbool.h>

#define MUST_CHECK __attribute__((warn_unused_result))
/* Runs `destroy(&variable)` when the variable leaves its scope. Destructors take T ** and accept NULL behind it. */
#define CLEANUP(destroy) __attribute__((cleanup(destroy)))

enum fault_code {
    FAULT_NONE = 0,
    FAULT_NO,          /* the answer is no: verification failed, something was rejected */
    FAULT_USAGE,       /* wrong options, configuration, policy, mapping or query */
    FAULT_UNREACHABLE, /* the hub was not reached in time */
    FAULT_REFUSED,     /* no access */
    FAULT_DAMAGED,     /* data that was acknowledged is missing or changed */
    FAULT_NEWER,       /* data that a newer version wrote: this program reads and changes none of it */
    FAULT_OLDER,       /* the same of a version so old that this program does not read it any more */
    FAULT_FULL,        /* no room now; the same request may go through later */
    FAULT_UNCERTAIN,   /* a durable write whose outcome nobody knows: reopen and compare */
    FAULT_MALFORMED,   /* bytes that are no message of ours, or exceed a limit */
    FAULT_SYSTEM       /* the operating system or a library failed: file, socket, memory */
};

struct fault {
    enum fault_code code;
    char text[512];
};

/* Fills the fault, in the chosen language (language.h); returns false, so that `return fault_set(...)` ends the failing
 * function. "what, where; what to do": the report puts the code where the "; " is. A text that is too long is cut
 * behind a whole character. */
bool fault_set(struct fault *fault, enum fault_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The stable name of a code as users see it in [brackets], e.g. "UNREACHABLE". Never NULL. */
const char *fault_name(enum fault_code code);
/* The exit status for a code (DESIGN.md of the command line): 0 to 5; system faults and fullness are 1. */
int fault_exit_status(enum fault_code code);

#endif
