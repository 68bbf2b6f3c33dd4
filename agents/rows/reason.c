#include "reason.h"

#include "utf8.h"

#include <stdarg.h>
#include <stdio.h>

bool reason_set(struct reason *reason, const char *code, const char *zh, const char *en, ...)
{
    va_list for_zh;
    va_list for_en;
    va_start(for_zh, en);
    va_copy(for_en, for_zh);
    vsnprintf(reason->zh, sizeof reason->zh, zh, for_zh);
    vsnprintf(reason->en, sizeof reason->en, en, for_en);
    va_end(for_en);
    va_end(for_zh);
    snprintf(reason->code, sizeof reason->code, "%s", code);
    utf8_cut_broken(reason->zh);
    utf8_cut_broken(reason->en);
    return false;
}
