/* The text of a suggested mapping: a pattern, which of the file's headers stands for each of its columns, and how sure
 * that is. */
#ifndef SANLING_DRAFT_H
#define SANLING_DRAFT_H

#include "mapping.h"
#include "sheet.h"
#include "source.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { DRAFT_NOT_THERE = -1 };

/* What stands for a column of the pattern. */
struct draft_binding {
    int header; /* its place in the file's header; DRAFT_NOT_THERE */
    bool sure;  /* it has one of the names that the pattern knows */
    bool told;  /* what it is unsure of was said: where it comes again the mark alone will do */
};

/* All borrowed. */
struct draft {
    const char *file_name;
    const struct mapping *pattern;
    struct draft_binding *bindings;     /* by the pattern's column */
    const struct mapping *const *known; /* for words */
    size_t known_count;
    const struct sheet *sheet; /* for names and rows; it need not be bound to the pattern */
    struct source *source;
};

/* Writes it; false: something required is missing, so that it does not load as it stands. */
bool draft_write(const struct draft *draft, FILE *out);

#endif
