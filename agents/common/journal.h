/* What the program says about itself, for the service manager and its operator: one line each, English, with the
 * priority in front as sd-daemon reads it. Never the content of a cell. */
#ifndef SANLING_JOURNAL_H
#define SANLING_JOURNAL_H

enum journal_level { JOURNAL_ALARM = 1, JOURNAL_ERROR = 3, JOURNAL_WARNING = 4, JOURNAL_NOTICE = 5, JOURNAL_INFO = 6 };

void journal(enum journal_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
