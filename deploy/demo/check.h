/* Compares what the hub answered with what is written down beside the demonstration data: the article's figures, and
 * what the stories should have come to. */
#ifndef DEMO_CHECK_H
#define DEMO_CHECK_H

#include "fault.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* `expected` has the lists `figures` and `stories`. Each entry says in which document to look (`document`, a key of
 * `documents`) and what for: the value at `path`, or the `count`, the `sum` or the `list` of elements, the latter two
 * `of` a value in each (json_path.h); and what is `expected` as text. Entries have names in Chinese and English (`zh`,
 * `en`). A figure has its number (`figure`), what the `article` prints, `why` that differs, and a `note` with the same
 * in English (`noteEn`); a story has its letter (`story`). The leadership page compares with the article by the same
 * file.
 */

/* Prints both tables and the notes to `out`. *differing gets the number of entries that differ or were not found. The
 * documents stay the caller's. */
MUST_CHECK bool expected_compare(const json_t *expected, const json_t *documents, FILE *out, size_t *differing,
                                 struct fault *fault);

#endif
