#include "unit.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { AREA_DIGITS = 12, GRID_DIGITS = 15, CREDIT_CHARACTERS = 18 };

static bool all_digits(const char *text, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (text[i] < '0' || text[i] > '9')
            return false;
    return true;
}

static bool zeros(const char *text, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (text[i] != '0')
            return false;
    return true;
}

/* The statistical code: province 1-2, city 3-4, county 5-6, town 7-9, village 10-12. */
static enum unit_kind area_kind(const char *code)
{
    if (zeros(code, 0, 2))
        return UNIT_NONE;
    if (zeros(code, 2, AREA_DIGITS))
        return UNIT_PROVINCE;
    if (zeros(code, 2, 4))
        return UNIT_NONE; /* something below a city group that is empty */
    if (zeros(code, 4, AREA_DIGITS))
        return UNIT_CITY;
    if (zeros(code, 6, AREA_DIGITS))
        return UNIT_COUNTY;
    if (zeros(code, 6, 9) || code[6] > '5')
        return UNIT_NONE; /* a village needs a town; towns end at 599 */
    if (zeros(code, 9, AREA_DIGITS))
        return UNIT_TOWN;
    if (code[9] > '5')
        return UNIT_NONE;
    return code[9] == '0' || code[9] == '1' || code[9] == '4' ? UNIT_COMMUNITY : UNIT_VILLAGE;
}

/* Position 17: GB 11714 over characters 9-16. */
static bool organisation_check_holds(const char *code)
{
    static const int weights[8] = {3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (int i = 0; i < 8; i++) {
        char c = code[8 + i];
        int value = c >= '0' && c <= '9' ? c - '0' : c - 'A' + 10;
        sum += value * weights[i];
    }
    int check = 11 - sum % 11;
    static const char checks[] = "?123456789X0"; /* 1 to 11 */
    char expected = checks[check];
    return code[16] == expected;
}

/* Position 18: weights are powers of 3 modulo 31 over an alphabet without I, O, S, V and Z. */
static bool credit_check_holds(const char *code)
{
    static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    int sum = 0;
    int weight = 1;
    for (int i = 0; i < CREDIT_CHARACTERS; i++) {
        const char *at = strchr(alphabet, code[i]);
        if (!at)
            return false;
        if (i < CREDIT_CHARACTERS - 1)
            sum += (int)(at - alphabet) * weight;
        else
            return (31 - sum % 31) % 31 == (int)(at - alphabet);
        weight = weight * 3 % 31;
    }
    return false;
}

enum unit_kind unit_code_kind(const char *code)
{
    size_t size = strnlen(code, CREDIT_CHARACTERS + 1);
    if (size == AREA_DIGITS && all_digits(code, size))
        return area_kind(code);
    if (size == GRID_DIGITS && all_digits(code, size)) {
        enum unit_kind village = area_kind(code);
        bool below_village = village == UNIT_VILLAGE || village == UNIT_COMMUNITY;
        return below_village && !zeros(code, AREA_DIGITS, GRID_DIGITS) ? UNIT_GRID : UNIT_NONE;
    }
    if (size == CREDIT_CHARACTERS && credit_check_holds(code) && organisation_check_holds(code))
        return UNIT_ENTERPRISE;
    return UNIT_NONE;
}

void unit_code_parent(const char *code, char parent[static UNIT_CODE_SIZE])
{
    static const size_t keep[UNIT_KIND_LIMIT] = {
        [UNIT_CITY] = 2, [UNIT_COUNTY] = 4, [UNIT_TOWN] = 6, [UNIT_VILLAGE] = 9, [UNIT_COMMUNITY] = 9, [UNIT_GRID] = 12,
    };
    size_t kept = keep[unit_code_kind(code)];
    parent[0] = '\0';
    if (kept == 0)
        return;
    memset(parent, '0', AREA_DIGITS);
    memcpy(parent, code, kept);
    parent[AREA_DIGITS] = '\0';
}

bool unit_kind_fits(enum unit_kind kind, enum unit_kind form)
{
    return kind == form || (kind == UNIT_INSTITUTION && form == UNIT_ENTERPRISE);
}

bool unit_kind_counted(enum unit_kind kind)
{
    return kind == UNIT_VILLAGE || kind == UNIT_COMMUNITY || kind == UNIT_ENTERPRISE || kind == UNIT_INSTITUTION;
}

bool unit_kind_above(enum unit_kind above, enum unit_kind below)
{
    switch (below) {
    case UNIT_NONE:
    case UNIT_PROVINCE:
        return false;
    case UNIT_CITY:
        return above == UNIT_PROVINCE;
    case UNIT_COUNTY:
        return above == UNIT_CITY;
    case UNIT_TOWN:
        return above == UNIT_COUNTY || above == UNIT_CITY; /* county group 00: a town directly under a city */
    case UNIT_VILLAGE:
    case UNIT_COMMUNITY:
        return above == UNIT_TOWN;
    case UNIT_GRID:
        return above == UNIT_VILLAGE || above == UNIT_COMMUNITY;
    case UNIT_ENTERPRISE:
    case UNIT_INSTITUTION:
        return above == UNIT_VILLAGE || above == UNIT_COMMUNITY || above == UNIT_TOWN || above == UNIT_COUNTY;
    }
    abort();
}
