/* State at file scope: the functions below stand in for libc's, which have no argument to carry any. */
#include "scarce.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#ifndef __has_feature
#define __has_feature(name) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || __has_feature(address_sanitizer) ||               \
    __has_feature(thread_sanitizer)
#define OF_A_SANITIZER 1
#else
#define OF_A_SANITIZER 0
#endif

enum { TRIALS_MAX = 300 }; /* of one sweep: where more was allocated, one in so many is tried */

static unsigned long taken;
static unsigned long fails_at; /* 0: none does */

#if !OF_A_SANITIZER
extern void *__libc_malloc(size_t size);               /* NOLINT: libc's own names */
extern void *__libc_calloc(size_t count, size_t size); /* NOLINT */
extern void *__libc_realloc(void *block, size_t size); /* NOLINT */

static bool finds_none(void)
{
    if (++taken != fails_at)
        return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    return finds_none() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return finds_none() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
    return finds_none() ? NULL : __libc_realloc(block, size);
}
#endif

void scarce_enough(void)
{
    fails_at = 0;
}

void scarce_fault(const struct fault *fault, char outcome[static SCARCE_OUTCOME_SIZE])
{
    snprintf(outcome, SCARCE_OUTCOME_SIZE, "[%s] %s", fault_name(fault->code), fault->text);
}

/* What a process of its own ends with: bytes on a pipe, after how many allocations first. */
struct told {
    unsigned long taken;
    char outcome[SCARCE_OUTCOME_SIZE];
};

static void try_in_child(scarce_trial trial, void *context, unsigned long at, int to)
{
    struct told told = {0};
    taken = 0;
    fails_at = at;
    trial(context, told.outcome);
    fails_at = 0;
    told.taken = taken;
    _exit(write(to, &told, sizeof told) == (ssize_t)sizeof told ? 0 : 1);
}

/* The exit status as wait gives it; *told is all zero where the child said nothing. */
static int try_once(scarce_trial trial, void *context, unsigned long at, struct told *told)
{
    int ends[2];
    int status = 0;
    *told = (struct told){0};
    assert_int_equal(pipe(ends), 0);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        try_in_child(trial, context, at, ends[1]);
    close(ends[1]);
    (void)!read(ends[0], told, sizeof *told);
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

void scarce_sweep(scarce_trial trial, void *context)
{
    struct told whole, told;
    if (OF_A_SANITIZER) { /* skip() would jump past the callers' cleaning up, which the sanitizer then tells of */
        print_message("not swept: memory is the sanitizer's\n");
        return;
    }
    assert_int_equal(try_once(trial, context, 0, &whole), 0);
    assert_true(whole.taken > 0);
    const unsigned long step = 1 + whole.taken / TRIALS_MAX;
    for (unsigned long at = 1; at <= whole.taken; at += step) {
        const int status = try_once(trial, context, at, &told);
        if (WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT)
            continue;
        if (status != 0)
            fail_msg("allocation %lu of %lu: ended by %d", at, whole.taken, status);
        if (strcmp(told.outcome, whole.outcome) != 0 && strncmp(told.outcome, "[SYSTEM] ", 9) != 0)
            fail_msg("allocation %lu of %lu: %s, and otherwise %s", at, whole.taken, told.outcome, whole.outcome);
    }
}
