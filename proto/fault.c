#include "fault.h"

#include "language.h"
#include "utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

bool fault_set(struct fault *fault, enum fault_code code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fault->code = code;
    vsnprintf(fault->text, sizeof fault->text, translated(format), arguments);
    va_end(arguments);
    utf8_cut_broken(fault->text);
    return false;
}

const char *fault_name(enum fault_code code)
{
    switch (code) {
    case FAULT_NONE:
        return "OK";
    case FAULT_NO:
        return "NO";
    case FAULT_USAGE:
        return "USAGE";
    case FAULT_UNREACHABLE:
        return "UNREACHABLE";
    case FAULT_REFUSED:
        return "NOT_PERMITTED";
    case FAULT_DAMAGED:
        return "DAMAGED";
    case FAULT_NEWER:
        return "NEWER_VERSION";
    case FAULT_OLDER:
        return "OLDER_VERSION";
    case FAULT_FULL:
        return "STORE_FULL";
    case FAULT_UNCERTAIN:
        return "UNCERTAIN";
    case FAULT_MALFORMED:
        return "MALFORMED";
    case FAULT_SYSTEM:
        return "SYSTEM";
    }
    abort();
}

int fault_exit_status(enum fault_code code)
{
    switch (code) {
    case FAULT_NONE:
        return 0;
    case FAULT_NO:
    case FAULT_FULL:
    case FAULT_UNCERTAIN:
    case FAULT_SYSTEM:
        return 1;
    case FAULT_USAGE:
    case FAULT_MALFORMED:
    case FAULT_NEWER: /* the wrong program: nothing is damaged, and no backup is to be restored */
    case FAULT_OLDER:
        return 2;
    case FAULT_UNREACHABLE:
        return 3;
    case FAULT_REFUSED:
        return 4;
    case FAULT_DAMAGED:
        return 5;
    }
    abort();
}
