#include "unit.h"

#include "code.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The level of twelve digits that are a code: the lowest group that is not zero. */
static enum unit_kind area_kind(const char *code)
{
    static const char zeros[] = "0000000000";
    if (memcmp(code + 2, zeros, 10) == 0)
        return UNIT_PROVINCE;
    if (memcmp(code + 4, zeros, 8) == 0)
        return UNIT_CITY;
    if (memcmp(code + 6, zeros, 6) == 0)
        return UNIT_COUNTY;
    if (memcmp(code + 9, zeros, 3) == 0)
        return UNIT_TOWN;
    return code[9] == '0' || code[9] == '1' || code[9] == '4' ? UNIT_COMMUNITY : UNIT_VILLAGE;
}

enum unit_kind unit_code_kind(const char *code)
{
    struct code_flaw flaw;
    if (!unit_code_check(code, &flaw))
        return UNIT_NONE;
    const size_t size = strlen(code);
    return size == CREDIT_CHARACTERS ? UNIT_ENTERPRISE : size == GRID_DIGITS ? UNIT_GRID : area_kind(code);
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

const char *unit_unknown(const char *field, const char *code, char text[static UNIT_UNKNOWN_SIZE])
{
    static const char plain[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    struct code_flaw flaw;
    size_t length = strlen(code);
    if (length > GRID_DIGITS || strspn(code, plain) != length)
        snprintf(text, UNIT_UNKNOWN_SIZE, "%s: this code is not in the tree", field);
    else
        snprintf(text, UNIT_UNKNOWN_SIZE, "%s: '%s' is not in the tree", field, code);
    if (!unit_code_check(code, &flaw)) {
        size_t size = strlen(text);
        snprintf(text + size, UNIT_UNKNOWN_SIZE - size, "; character %zu: %s", flaw.position, flaw.text);
    }
    return text;
}
