/* The language that a person at a terminal reads. Every text is English in the sources and stays so unless a program
 * chooses: what goes into the journal, over the wire or into JSON is never translated. The catalogues stand in
 * ../share/locale as seen from the program (deploy/po). */
#ifndef SANLING_LANGUAGE_H
#define SANLING_LANGUAGE_H

#include <stdbool.h>

/* Marks a text that is translated where it is used; for tables and constants. */
#define N_(text) text

/* Takes the language of the environment (LC_ALL, LC_MESSAGES, LANG, with LANGUAGE as gettext has it), also where that
 * locale is not installed. The character set is UTF-8 in any case. Standard error that is the service manager's journal
 * gets English. Before the first thread. */
void language_choose(void);
/* Back to English: for JSON, and once a program turns from its command line to its service. */
void language_english(void);
/* Whether the environment asks for this language first, by its two letters ("en"). */
bool language_asked_is(const char *code);
/* The text in the chosen language; itself where there is no translation. The result is static. */
const char *translated(const char *english) __attribute__((format_arg(1), returns_nonnull, nonnull));

#endif
