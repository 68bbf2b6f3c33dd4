/* What the program says about itself, one line per event on standard error, with the priority that the service manager
 * reads. The *log* is the events'; content that could name a person never goes here. */
#ifndef HUB_JOURNAL_H
#define HUB_JOURNAL_H

enum journal_level { JOURNAL_ERROR = 3, JOURNAL_WARNING = 4, JOURNAL_NOTICE = 5, JOURNAL_INFO = 6 };

void journal(enum journal_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
