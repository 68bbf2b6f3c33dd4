/* The coding rules of units and matters: which character of a code is wrong, and why. A flaw's text repeats
 * nothing of the code: a resident identity number has the form of a credit code, and may not reach a reply or the
 * journal.
 *
 * Twelve digits (GB/T 2260 and the statistical code), always filled up with zeros:
 *   1-2 province | 3-4 city | 5-6 county | 7-9 town | 10-12 village; no check digit
 *   town     001-099 street office (街道)      village  001-199 residents' committee (居委会)    COMMUNITY
 *            100-199 town (镇)                          200-399 villagers' committee (村委会)    VILLAGE
 *            200-399 township (乡)                      400-499 like a community (498 virtual)   COMMUNITY
 *            400-599 like a town                        500-599 like a village (598 virtual)     VILLAGE
 *   County 00 with a town stands for a town directly under a city; any other group of zeros ends the code.
 * Fifteen digits: a grid, 001-999 behind the code of its village or community.
 * Eighteen characters (GB 32100-2015), without the letters I, O, S, V and Z:
 *   1 registering department | 2 kind | 3-8 division | 9-16 organisation, 17 its check (GB 11714) | 18 check
 * A matter (一案一码): CCCCCC-YYYY-K-NNNNNN-k, that is county, year, a letter for the kind, number, check. */
#ifndef HUB_DOMAIN_CODE_H
#define HUB_DOMAIN_CODE_H

#include <stdbool.h>
#include <stddef.h>

enum {
    AREA_DIGITS = 12,
    GRID_DIGITS = 15,
    CREDIT_CHARACTERS = 18,
    ORGANISATION_CHARACTERS = 8, /* without the check */
    MATTER_CHARACTERS = 22,      /* with hyphens and check */
    CODE_FLAW_SIZE = 80,
};

/* What is wrong first: a character, then the length, then a group or a check character, each from left to right. */
struct code_flaw {
    size_t position;           /* of the character, from 1; of a group's first; behind the end if one is missing */
    char text[CODE_FLAW_SIZE]; /* "not a digit", in English, with what was expected */
};

/* Whether it is a unit's code of 12 or 15 digits or 18 characters; only if not, *flaw is set. A code of another length
 * is measured by the form it comes nearest to. */
bool unit_code_check(const char *code, struct code_flaw *flaw);
/* Whether it has exactly the form CCCCCC-YYYY-K-NNNNNN-k, whatever its check character. Offices may have identifiers of
 * their own; what has this form must also hold. */
bool matter_code_is_formed(const char *code);
/* Whether it has the form and its check character holds; only if not, *flaw is set. */
bool matter_code_check(const char *code, struct code_flaw *flaw);

/* The check characters, computed; '\0' if a character before is outside the code's alphabet.
 * GB 11714 over eight digits and letters: 0-9 or X. */
char organisation_check_character(const char body[static ORGANISATION_CHARACTERS]);
/* GB 32100-2015 over the first seventeen characters. */
char credit_check_character(const char body[static CREDIT_CHARACTERS - 1]);
/* ISO 7064 MOD 37,36 over all digits and capital letters; hyphens are passed over. */
char mod_37_36_check(const char *text);

#endif
