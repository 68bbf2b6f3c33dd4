#include "journal.h"

#include <stdarg.h>
#include <stdio.h>

void journal(enum journal_level level, const char *format, ...)
{
    char line[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    fprintf(stderr, "<%d>%s\n", (int)level, line);
}
