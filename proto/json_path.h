/* Asking a document in canonical JSON for a value. What such JSON leaves out is at its default: an absent member of a
 * present message is 0, an absent list is empty. */
#ifndef SANLING_JSON_PATH_H
#define SANLING_JSON_PATH_H

#include <jansson.h>
#include <stdbool.h>

enum { JSON_PATH_VALUE_SIZE = 256 };

/* Finds a value by its path: names joined by dots; `counts[group=AREA,zero=ACCIDENT]` is the first element of a list
 * whose members have these values, `rows[]` the first of all. ALL, UNSPECIFIED and 0 fit an absent member too.
 * Borrowed; NULL when there is none. */
const json_t *json_path_find(const json_t *document, const char *path);

/* The value as text. false, and "-": there is none, or it is no text, number or truth. */
bool json_path_value(const json_t *document, const char *path, char text[static JSON_PATH_VALUE_SIZE]);

/* The last step of these paths names a list, in brackets which of its elements are meant: without brackets all. */
/* How many. */
bool json_path_count(const json_t *document, const char *path, char text[static JSON_PATH_VALUE_SIZE]);
/* The sum of the whole numbers at `of` in each. */
bool json_path_sum(const json_t *document, const char *path, const char *of, char text[static JSON_PATH_VALUE_SIZE]);
/* The values at `of`, in their order, with a space between. */
bool json_path_list(const json_t *document, const char *path, const char *of, char text[static JSON_PATH_VALUE_SIZE]);

#endif
