/* The policy file (YAML) into the domain's rules: read, checked as a whole, errors with line and key. */
#ifndef HUB_POLICY_FILE_H
#define HUB_POLICY_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "domain/policy.h"
#include "fault.h"

enum { POLICY_TEXT_MAX = 48 * 1024 };

/* Reads a policy from text, which ends in NUL. On failure *policy is unspecified; FAULT_USAGE names line and key. */
MUST_CHECK bool policy_parse(const char *text, size_t size, struct policy *policy, struct fault *fault);
/* The same from a file; *text gets its content (malloc'ed, NUL-terminated) if text is not NULL. */
MUST_CHECK bool policy_read(const char *path, struct policy *policy, char **text, struct fault *fault);

#endif
