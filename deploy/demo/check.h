/* Compares what the hub computed with the figures written down beside the demonstration data. */
#ifndef DEMO_CHECK_H
#define DEMO_CHECK_H

#include "fault.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Finds a value by its path: names joined by dots; `counts[group=AREA,zero=ACCIDENT]` is the first element of an array
 * whose members have these values. What is left out of canonical JSON is at its default, so ALL, UNSPECIFIED and 0 fit
 * an absent member too. Borrowed; NULL when there is none. */
const json_t *document_find(const json_t *document, const char *path);

/* Prints a table of the figures in `expected` (name, expected, computed, whether they agree) and the notes below it to
 * `out`. A document is a Summary or a StatusAnswer (its first unit counts) in canonical JSON; a figure is looked up in
 * the first one about its unit that holds its path.
 * *differing gets the number of figures that differ or were not found. The documents stay the caller's. */
MUST_CHECK bool figures_compare(const json_t *expected, json_t *const *documents, size_t document_count, FILE *out,
                                size_t *differing, struct fault *fault);

#endif
