#include "codes.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static const char credit_alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
static const char base36[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
static const char county_division[] = "140322";

/* The index of the character in the alphabet, or -1. */
static int value_in(const char *alphabet, char character)
{
    const char *found = character != '\0' ? strchr(alphabet, character) : NULL;
    return found ? (int)(found - alphabet) : -1;
}

static bool digits_only(const char *code)
{
    return strspn(code, "0123456789") == AREA_CODE_LENGTH && code[AREA_CODE_LENGTH] == '\0';
}

static int three_digits(const char *digits)
{
    return (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + (digits[2] - '0');
}

static bool zeros_from(const char *code, size_t start)
{
    return strspn(code + start, "0") == AREA_CODE_LENGTH - start;
}

static enum area_level town_or_below(const char *code)
{
    const int town = three_digits(code + 6);
    const int village = three_digits(code + 9);

    if (town == 0 || town > 599)
        return AREA_INVALID;
    if (village == 0)
        return AREA_TOWN;
    if (village > 599)
        return AREA_INVALID;
    return village < 200 || (village >= 400 && village < 500) ? AREA_COMMUNITY : AREA_VILLAGE;
}

enum area_level area_code_level(const char *code)
{
    if (!digits_only(code) || strncmp(code, "00", 2) == 0)
        return AREA_INVALID;
    if (zeros_from(code, 2))
        return AREA_PROVINCE;
    if (zeros_from(code, 4))
        return AREA_CITY;
    if (zeros_from(code, 6))
        return AREA_COUNTY;
    return town_or_below(code);
}

bool area_code_parent(const char *code, char parent[static AREA_CODE_LENGTH + 1])
{
    static const size_t group_starts[] = {9, 6, 4, 2};

    if (area_code_level(code) == AREA_INVALID)
        return false;
    for (size_t i = 0; i < sizeof group_starts / sizeof *group_starts; i++) {
        const size_t start = group_starts[i];
        if (zeros_from(code, start))
            continue;
        memcpy(parent, code, AREA_CODE_LENGTH + 1);
        memset(parent + start, '0', AREA_CODE_LENGTH - start);
        return true;
    }
    return false;
}

char organisation_code_check(const char *body)
{
    static const int weights[] = {3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;

    for (size_t i = 0; i < 8; i++) {
        const int value = value_in(base36, body[i]);
        if (value < 0)
            return '\0';
        sum += value * weights[i];
    }
    const int check = 11 - sum % 11;
    return check == 10 ? 'X' : check == 11 ? '0' : (char)('0' + check);
}

char credit_code_check(const char *body)
{
    int sum = 0;
    int weight = 1;

    for (size_t i = 0; i < CREDIT_CODE_LENGTH - 1; i++) {
        const int value = value_in(credit_alphabet, body[i]);
        if (value < 0)
            return '\0';
        sum += value * weight;
        weight = weight * 3 % 31;
    }
    return credit_alphabet[(31 - sum % 31) % 31];
}

bool credit_code_valid(const char *code)
{
    return strlen(code) == CREDIT_CODE_LENGTH && credit_code_check(code) == code[17] &&
           organisation_code_check(code + 8) == code[16];
}

/* Five characters of an organisation code: digits up to 99999, then a letter and four of the alphabet of credit codes,
 * so that none of the ones is among the others. */
static void number_text(uint32_t number, char text[static 6])
{
    enum { DECIMAL_MAX = 99999, BASE = 31, LETTERS_FROM = 10 };

    if (number <= DECIMAL_MAX) {
        snprintf(text, 6, "%05u", (unsigned)(number % (DECIMAL_MAX + 1)));
        return;
    }
    uint32_t rest = number - DECIMAL_MAX - 1;
    for (size_t i = 4; i > 0; i--, rest /= BASE)
        text[i] = credit_alphabet[rest % BASE];
    text[0] = credit_alphabet[LETTERS_FROM + rest];
    text[5] = '\0';
}

void credit_code_for(uint32_t number, char code[static CREDIT_CODE_SIZE])
{
    char text[6];

    assert(number >= 1 && number <= CREDIT_NUMBER_MAX);
    number_text(number, text);
    /* 9 market regulator, 1 enterprise, the division, then the organisation code; the checks follow */
    snprintf(code, CREDIT_CODE_SIZE, "91%sMA9%s", county_division, text);
    code[16] = organisation_code_check(code + 8);
    code[17] = '\0';
    code[17] = credit_code_check(code);
    code[18] = '\0';
}

char matter_check(const char *characters)
{
    int product = 36;

    for (const char *next = characters; *next != '\0'; next++) {
        if (*next == '-')
            continue;
        const int value = value_in(base36, *next);
        if (value < 0)
            return '\0';
        int sum = (product + value) % 36;
        if (sum == 0)
            sum = 36;
        product = 2 * sum % 37;
    }
    return base36[(37 - product) % 36];
}

void matter_code_for(int year, char kind, uint32_t number, char code[static MATTER_CODE_SIZE])
{
    enum { BODY_SIZE = MATTER_CODE_SIZE - 2 }; /* without hyphen and check */

    snprintf(code, BODY_SIZE, "%s-%04u-%c-%06u", county_division, (unsigned)year % 10000, kind,
             (unsigned)(number % 1000000));
    const char check = matter_check(code);
    code[BODY_SIZE - 1] = '-';
    code[BODY_SIZE] = check;
    code[BODY_SIZE + 1] = '\0';
}
