/* Codes as the standards make them: the twelve digits of an area, the eighteen characters of an enterprise or
 * institution, the code of a matter. Pure functions. */
#ifndef DEMO_CODES_H
#define DEMO_CODES_H

#include <stdbool.h>
#include <stdint.h>

enum {
    AREA_CODE_LENGTH = 12,
    CREDIT_CODE_LENGTH = 18,
    CREDIT_CODE_SIZE = CREDIT_CODE_LENGTH + 1,
    CREDIT_NUMBER_MAX = 10000000,
    MATTER_CODE_SIZE = 23, /* CCCCCC-YYYY-K-NNNNNN-k and the NUL */
};

enum area_level {
    AREA_INVALID,
    AREA_PROVINCE,
    AREA_CITY,
    AREA_COUNTY,
    AREA_TOWN,
    AREA_VILLAGE,
    AREA_COMMUNITY,
};

/* What the twelve digits name (statistical code, the towns' and villages' number ranges included). */
enum area_level area_code_level(const char *code);
/* The code of the area above, by putting the lowest group that is not zero to zero; false for a province or a code
 * that is none. */
bool area_code_parent(const char *code, char parent[static AREA_CODE_LENGTH + 1]);

/* GB 11714: the check character of the eight characters of an organisation code (0-9, A-Z). */
char organisation_code_check(const char *body);
/* GB 32100-2015: the check character of the first seventeen; '\0' when one of them is not of its alphabet. */
char credit_code_check(const char *body);
/* Length, alphabet and both check characters. */
bool credit_code_valid(const char *code);
/* The code of a made-up enterprise, 1 to CREDIT_NUMBER_MAX, in Yu County; the demonstration's are below 100000. The
 * block MA9 is numbered by another province, so that with this division it meets no real firm. */
void credit_code_for(uint32_t number, char code[static CREDIT_CODE_SIZE]);

/* ISO 7064 MOD 37,36 over digits and letters; hyphens are passed over. '\0' for any other character. */
char matter_check(const char *characters);
/* CCCCCC-YYYY-K-NNNNNN-k for Yu County. */
void matter_code_for(int year, char kind, uint32_t number, char code[static MATTER_CODE_SIZE]);

#endif
