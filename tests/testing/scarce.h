/* Memory that runs out, at each allocation in turn. */
#ifndef TESTING_SCARCE_H
#define TESTING_SCARCE_H

#include "fault.h"

enum { SCARCE_OUTCOME_SIZE = 700 };

/* Does what is tried, from the start, and says in words what came of it. */
typedef void (*scarce_trial)(void *context, char outcome[static SCARCE_OUTCOME_SIZE]);

/* Tries it once with all the memory there is, and then once for each allocation that it took (one in so many where
 * there were thousands), in a process of its own in which that one fails. Each must end in the same outcome, in
 * "[SYSTEM] …" or in an abort; whatever else it says is an answer that nothing but memory has given, and fails the
 * test. Skips the test under a sanitizer, whose allocations are its own. */
void scarce_sweep(scarce_trial trial, void *context);
/* For a trial: from here on there is memory, to look at what it left. */
void scarce_enough(void);
/* "[CODE] text", as outcome. */
void scarce_fault(const struct fault *fault, char outcome[static SCARCE_OUTCOME_SIZE]);

#endif
