/* JSON merge patches (RFC 7396): what turns one document into another. */
#ifndef LEADERSHIP_MERGE_PATCH_H
#define LEADERSHIP_MERGE_PATCH_H

#include <jansson.h>
#include <stdbool.h>

/* The patch that makes `to` out of `from`; an empty object where nothing differs. Arrays are replaced whole; a member
 * of `to` that is null cannot be told from one that is absent. NULL: out of memory. Owned by the caller. */
json_t *merge_patch_between(const json_t *from, const json_t *to);

#endif
