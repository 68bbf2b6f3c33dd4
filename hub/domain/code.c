#include "code.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char base36[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
static const char credit_alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_small(char c)
{
    return c >= 'a' && c <= 'z';
}

/* The character's index in base36, or -1. */
static inline int base36_value(char c)
{
    return is_digit(c) ? c - '0' : is_capital(c) ? c - 'A' + 10 : -1;
}

/* The character's index in credit_alphabet, or -1. Every event's unit is asked about: nothing is searched, and nothing
 * hangs on whether it is a digit or a letter, which no processor foresees. */
static inline signed char credit_value(char c)
{
    static const signed char values[] = {
        0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  -1, -1, -1, -1, -1, -1, -1, /* 0 to 9, and what stands before A */
        10, 11, 12, 13, 14, 15, 16, 17, -1, 18, 19, 20, 21,                 /* A to M, without I */
        22, -1, 23, 24, 25, -1, 26, 27, -1, 28, 29, 30, -1};                /* N to Z, without O, S, V and Z */
    const unsigned from_0 = (unsigned)(unsigned char)c - '0';
    return from_0 < sizeof values ? values[from_0] : -1;
}

static bool zeros(const char *text, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (text[i] != '0')
            return false;
    return true;
}

/* Returns false, so that it ends a check. */
__attribute__((format(printf, 3, 4))) static bool wrong(struct code_flaw *flaw, size_t index, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(flaw->text, sizeof flaw->text, format, arguments);
    va_end(arguments);
    flaw->position = index + 1;
    return false;
}

/* ---- digits: areas and grids ---- */

struct group {
    const char *name;
    size_t from; /* indices into the code */
    size_t to;
    char first_digit_max;
    bool may_be_passed; /* zeros here may stand over something */
};

static const struct group groups[] = {
    {"province", 0, 2, '9', false}, {"city", 2, 4, '9', false},     {"county", 4, 6, '9', true},
    {"town", 6, 9, '5', false},     {"village", 9, 12, '5', false}, {"grid", 12, 15, '9', false},
};

static bool check_groups(const char *code, size_t size, struct code_flaw *flaw)
{
    for (size_t i = 0; i < sizeof groups / sizeof *groups && groups[i].from < size; i++) {
        const struct group *group = &groups[i];
        const char *digits = code + group->from;
        const int count = (int)(group->to - group->from);
        /* A province and, in a code of its length, a grid must be there even with nothing below. */
        const bool owed = i == 0 || group->to == GRID_DIGITS || !zeros(code, group->to, size);
        if (owed && !group->may_be_passed && zeros(code, group->from, group->to))
            return wrong(flaw, group->from, "the %s group must not be %.*s here", group->name, count, digits);
        if (digits[0] > group->first_digit_max)
            return wrong(flaw, group->from, "%s number above %c99", group->name, group->first_digit_max);
    }
    return true;
}

static bool check_length(size_t size, size_t expected, const char *form, struct code_flaw *flaw)
{
    if (size < expected)
        return wrong(flaw, size, "missing: %s has %zu characters", form, expected);
    return size == expected || wrong(flaw, expected, "surplus: %s has %zu characters", form, expected);
}

static bool check_digits(const char *code, size_t size, size_t expected, struct code_flaw *flaw)
{
    for (size_t i = 0; i < size && i < expected; i++)
        if (!is_digit(code[i]))
            return wrong(flaw, i, "not a digit");
    return check_length(size, expected, expected == AREA_DIGITS ? "the code of an area" : "the code of a grid", flaw) &&
           check_groups(code, size, flaw);
}

/* ---- eighteen characters: enterprises and institutions ---- */

char organisation_check_character(const char body[static ORGANISATION_CHARACTERS])
{
    static const int weights[ORGANISATION_CHARACTERS] = {3, 7, 9, 10, 5, 8, 4, 2};
    static const char checks[] = "0X987654321"; /* by the remainder: 11 - 0 is written 0, 11 - 1 is X */
    int sum = 0;
    for (size_t i = 0; i < ORGANISATION_CHARACTERS; i++) {
        const int value = base36_value(body[i]);
        if (value < 0)
            return '\0';
        sum += value * weights[i];
    }
    return checks[sum % 11];
}

/* Of the characters' values. */
static char credit_check(const signed char values[static CREDIT_CHARACTERS - 1])
{
    static const int weights[CREDIT_CHARACTERS - 1] = {1,  3,  9,  27, 19, 26, 16, 17, 20,
                                                       29, 25, 13, 8,  24, 10, 30, 28}; /* powers of 3 modulo 31 */
    int sum = 0;
    for (size_t i = 0; i < CREDIT_CHARACTERS - 1; i++)
        sum += values[i] * weights[i];
    return credit_alphabet[(31 - sum % 31) % 31];
}

char credit_check_character(const char body[static CREDIT_CHARACTERS - 1])
{
    signed char values[CREDIT_CHARACTERS - 1];
    for (size_t i = 0; i < CREDIT_CHARACTERS - 1; i++)
        if ((values[i] = credit_value(body[i])) < 0)
            return '\0';
    return credit_check(values);
}

static bool wrong_credit_character(const char *code, size_t i, struct code_flaw *flaw)
{
    if (is_capital(code[i]))
        return wrong(flaw, i, "the letters I, O, S, V and Z are not used");
    return wrong(flaw, i, is_small(code[i]) ? "a small letter" : "neither a digit nor a capital letter");
}

static bool check_character_at(const char *code, size_t i, char expected, struct code_flaw *flaw)
{
    return code[i] == expected ||
           wrong(flaw, i, "the check character does not fit those before it: expected '%c'", expected);
}

static bool check_credit(const char *code, size_t size, struct code_flaw *flaw)
{
    enum { ORGANISATION = 8, ORGANISATION_CHECK = 16, CREDIT_CHECK = 17 };
    signed char values[CREDIT_CHARACTERS];
    for (size_t i = 0; i < size && i < CREDIT_CHARACTERS; i++)
        if ((values[i] = credit_value(code[i])) < 0)
            return wrong_credit_character(code, i, flaw);
    return check_length(size, CREDIT_CHARACTERS, "a credit code", flaw) &&
           check_character_at(code, ORGANISATION_CHECK, organisation_check_character(code + ORGANISATION), flaw) &&
           check_character_at(code, CREDIT_CHECK, credit_check(values), flaw);
}

bool unit_code_check(const char *code, struct code_flaw *flaw)
{
    const size_t size = strnlen(code, CREDIT_CHARACTERS + 1);
    if (size > GRID_DIGITS)
        return check_credit(code, size, flaw);
    return check_digits(code, size, size > AREA_DIGITS + 1 ? GRID_DIGITS : AREA_DIGITS, flaw);
}

/* ---- matters ---- */

char mod_37_36_check(const char *text)
{
    int product = 36;
    for (; *text != '\0'; text++) {
        if (*text == '-')
            continue;
        const int value = base36_value(*text);
        if (value < 0)
            return '\0';
        const int sum = (product + value) % 36;
        product = (sum == 0 ? 36 : sum) * 2 % 37;
    }
    return base36[(37 - product) % 36];
}

/* Whether the character may stand where the form has the mark: 9 a digit, A a capital letter, * one of both, or a
 * hyphen. */
static bool fits(char mark, char c)
{
    return mark == '9'   ? is_digit(c)
           : mark == 'A' ? is_capital(c)
           : mark == '*' ? is_digit(c) || is_capital(c)
                         : c == mark;
}

static const char *misfit_text(char mark)
{
    return mark == '9'   ? "not a digit"
           : mark == 'A' ? "not a capital letter"
           : mark == '*' ? "neither a digit nor a capital letter"
                         : "not a hyphen";
}

static const char matter_form[] = "999999-9999-A-999999-*";
_Static_assert(sizeof matter_form == MATTER_CHARACTERS + 1, "the form is as long as a code");

static bool check_matter_form(const char *code, struct code_flaw *flaw)
{
    const size_t size = strnlen(code, MATTER_CHARACTERS + 1);
    for (size_t i = 0; i < size && i < MATTER_CHARACTERS; i++) {
        if (!fits(matter_form[i], code[i]))
            return wrong(flaw, i, "%s", misfit_text(matter_form[i]));
    }
    return check_length(size, MATTER_CHARACTERS, "the code of a matter", flaw);
}

bool matter_code_is_formed(const char *code)
{
    size_t at = 0; /* asked of every matter that opens, and mostly answered no: without a text that says why */
    while (matter_form[at] != '\0' && fits(matter_form[at], code[at]))
        at++;
    return matter_form[at] == '\0' && code[at] == '\0';
}

bool matter_code_check(const char *code, struct code_flaw *flaw)
{
    if (!check_matter_form(code, flaw))
        return false;
    char body[MATTER_CHARACTERS];
    memcpy(body, code, MATTER_CHARACTERS - 1);
    body[MATTER_CHARACTERS - 1] = '\0';
    return check_character_at(code, MATTER_CHARACTERS - 1, mod_37_36_check(body), flaw);
}
