/* A policy's text is taken whole or refused with a reason, whatever stands in it. */
#include <stdlib.h>
#include <string.h>

#include "policy_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct policy policy;
    struct fault fault = {0};
    char *text = malloc(size + 1);
    if (!text)
        return 0;
    if (size > 0)
        memcpy(text, bytes, size);
    text[size] = '\0';
    if (!policy_parse(text, strlen(text), &policy, &fault) && fault.code != FAULT_USAGE)
        abort();
    free(text);
    return 0;
}
