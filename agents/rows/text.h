/* Text as offices type it: the form in which it is compared, and what may not pass. */
#ifndef SANLING_TEXT_H
#define SANLING_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Destroys malloc'ed text and leaves NULL; for CLEANUP. */
void text_free(char **text);

/* The form in which headers and words are compared: NFKC, without white space, zero-width characters and `*`. The
 * caller frees it. NULL: memory ran out, or `text` is not UTF-8. */
char *text_compared(const char *text);
/* The same with `*` kept: for codes and keys. */
char *text_squeezed(const char *text);
/* NFKC without zero-width characters, white space kept as single spaces and none at the ends: for dates and numbers. */
char *text_plain(const char *text);
/* The text itself without white space at its ends; a line break inside becomes a space. Nothing else is changed, for
 * NFKC is for comparing, never for storing. */
char *text_trimmed(const char *text);

/* Whether there is a character that shows nothing or reorders what is shown: C0 and C1 controls except tab and line
 * breaks, and the bidirectional controls U+202A-202E and U+2066-2069. */
bool text_has_controls(const char *text);
/* Copies a cell for quoting in a reason: at most about 30 characters, `[已隐去]` if it holds personal data. */
void text_quote(const char *text, char *quoted, size_t quoted_size);
/* How many characters of `name` are also in `other`: for naming what is nearest. */
size_t text_shared_characters(const char *name, const char *other);

#endif
