/* What a unit's code says by itself, its kind and what stands above; code.h has the rules and says what is wrong. */
#ifndef HUB_DOMAIN_UNIT_H
#define HUB_DOMAIN_UNIT_H

#include <stdbool.h>

#include "code.h"
#include "event.h"

#define UNIT_CODE_SIZE 20 /* 18 characters, a NUL, and one to keep rows aligned */

/* The kind that a code has by its form: PROVINCE to COMMUNITY for 12 digits, GRID for 15, ENTERPRISE for 18 characters
 * (an institution's code has the same form); UNIT_NONE for what unit_code_check refuses. */
enum unit_kind unit_code_kind(const char *code);
/* The code above a 12-digit or grid code; "" above a province and for 18-character codes (they hang by registration).
 */
void unit_code_parent(const char *code, char parent[static UNIT_CODE_SIZE]);
/* Whether a unit of this kind may be registered under a code of this form. */
bool unit_kind_fits(enum unit_kind kind, enum unit_kind form);
/* Villages, communities, enterprises and institutions have a status of their own; all others are sums. */
bool unit_kind_counted(enum unit_kind kind);
/* Whether a unit of kind `above` may stand directly over one of kind `below`. */
bool unit_kind_above(enum unit_kind above, enum unit_kind below);

enum { UNIT_UNKNOWN_SIZE = 64 + UNIT_CODE_SIZE + CODE_FLAW_SIZE };
/* Why a code that stands in `field` (at most 16 characters) is no unit's: "unit: '14032A102200' is not in the tree;
 * character 6: not a digit". Returns `text`. A code of 18 characters may be an identity number that slipped in, and
 * what is no plain text may be anything: neither is repeated. */
const char *unit_unknown(const char *field, const char *code, char text[static UNIT_UNKNOWN_SIZE]);

#endif
