#include "personal.h"

#include "chinese.h"

#include "fault.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum {
    IDENTITY_CHARACTERS = 18,
    CREDIT_CHARACTERS = 18,
    CARD_DIGITS_MIN = 16,
    CARD_DIGITS_MAX = 19,
    BYTES_RUN_MAX = 255,
    BYTES_OVERLAP = 64,
    NUMBER_DIGITS_MIN = 10, /* that of a person have so many at least */
    HAN_BYTES = 3,          /* of a Chinese character in UTF-8 */
    SHORT_TEXT = 256        /* bytes that are looked at without asking for memory */
};

static void text_release(char **text)
{
    free(*text);
    *text = NULL;
}

static void flags_release(bool **flags)
{
    free(*flags);
    *flags = NULL;
}

/* NFKC without invisible characters; white space becomes one blank each. NULL: not UTF-8. */
static char *normalised(const char *text)
{
    utf8proc_uint8_t *result = NULL;
    const utf8proc_option_t options =
        UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_IGNORE;
    const utf8proc_ssize_t size = utf8proc_map((const utf8proc_uint8_t *)text, 0, &result, options);
    if (size == UTF8PROC_ERROR_NOMEM)
        abort();
    if (size < 0)
        return NULL;
    for (utf8proc_uint8_t *c = result; *c != '\0'; c++)
        if (*c == '\t' || *c == '\r' || *c == '\n')
            *c = ' ';
    return (char *)result;
}

static char *without_blanks(const char *text)
{
    char *copy = strdup(text);
    char *to = copy;
    if (copy == NULL)
        abort();
    for (; *text != '\0'; text++)
        if (*text != ' ')
            *to++ = *text;
    *to = '\0';
    return copy;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter_or_digit(char c)
{
    return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static int two_digits(const char *at)
{
    return (at[0] - '0') * 10 + (at[1] - '0');
}

static bool is_year(const char digits[static 4])
{
    const int century = two_digits(digits);
    return is_digit(digits[0]) && is_digit(digits[1]) && (century == 19 || century == 20);
}

/* GB/T 2260: the first two digits of a division. */
static bool is_province_number(const char digits[static 2])
{
    const int tens = digits[0] - '0';
    const int ones = digits[1] - '0';
    static const int most[] = {0, 5, 3, 7, 6, 4, 5, 1, 3, 0}; /* of each ten */
    return tens >= 1 && tens <= 8 && ones <= most[tens] && (ones >= 1 || tens == 5);
}

static bool is_birth_day(const char digits[static 8])
{
    static const int days_of_month[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const int year = two_digits(digits) * 100 + two_digits(digits + 2);
    const int month = two_digits(digits + 4);
    const int day = two_digits(digits + 6);
    return year >= 1850 && year < 2060 && month >= 1 && month <= 12 && day >= 1 && day <= days_of_month[month - 1];
}

static bool is_identity_number(const char number[static IDENTITY_CHARACTERS])
{
    static const int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    static const char checks[] = "10X98765432";
    int sum = 0;
    for (int i = 0; i < IDENTITY_CHARACTERS - 1; i++) {
        if (!is_digit(number[i]))
            return false;
        sum += (number[i] - '0') * weights[i];
    }
    const char last = number[IDENTITY_CHARACTERS - 1] == 'x' ? 'X' : number[IDENTITY_CHARACTERS - 1];
    return number[0] != '0' && last == checks[sum % 11] && is_birth_day(number + 6);
}

/* ---- numbers, as people write them ---- */

/* Groups of digits with nothing but separators between them, e.g. "138-0013-8000", "1101 0519 4912 3100 2X". */
struct number {
    char *digits; /* an X may be the last one */
    bool *starts; /* of each digit: it begins a group */
    size_t count;
    bool plus;  /* a + stands before it */
    bool coded; /* it stands in a word of 18 letters and digits, as a credit code is one */
};

static bool is_group_end(const struct number *number, size_t at)
{
    return at + 1 == number->count || number->starts[at + 1];
}

/* How many digits the group has that goes on at `at`. */
static size_t group_size(const struct number *number, size_t at)
{
    size_t size = 1;
    while (!is_group_end(number, at + size - 1))
        size++;
    return size;
}

/* Whether whole groups from `at` on have these sizes; the list ends with 0. */
static bool has_groups(const struct number *number, size_t at, const uint8_t *sizes)
{
    for (; *sizes != 0; at += *sizes++)
        if (at >= number->count || group_size(number, at) != *sizes)
            return false;
    return true;
}

static bool all_digits(const struct number *number, size_t at, size_t count)
{
    if (at + count > number->count)
        return false;
    while (count > 0 && is_digit(number->digits[at + count - 1]))
        count--;
    return count == 0;
}

/* A unit's code of 12 or 15 digits, with a date behind it: nobody parts an identity number there. */
static bool is_area(const struct number *number, size_t at)
{
    const size_t size = group_size(number, at);
    return size == 12 || size == 15;
}

/* Within one group, or whole groups: what begins or ends amid a group, and reaches into another, is two numbers. */
static bool identity_number_in(const struct number *number)
{
    for (size_t at = 0; at + IDENTITY_CHARACTERS <= number->count; at++) {
        const size_t last = at + IDENTITY_CHARACTERS - 1;
        size_t first_of_last = last;
        while (!number->starts[first_of_last])
            first_of_last--;
        /* The X may stand apart. */
        const bool one = first_of_last <= at || (number->digits[last] == 'X' && group_size(number, at) >= last - at);
        if ((one || (number->starts[at] && is_group_end(number, last) && !is_area(number, at))) &&
            is_identity_number(number->digits + at))
            return true;
    }
    return false;
}

static bool follows(const struct number *number, size_t at, const char *prefix)
{
    const size_t size = strlen(prefix);
    return at >= size && number->starts[at - size] && memcmp(number->digits + at - size, prefix, size) == 0;
}

/* 1[3-9] and nine more digits in the groups that people make of them, behind nothing or 86. In codes only 3-4-4, and
 * there not with a year in the middle, for offices number so: 150-2020-0001. */
static bool mobile_number_at(const struct number *number, size_t at, bool code)
{
    static const uint8_t groupings[][12] = {
        {11},      {3, 4, 4}, {3, 8},       {7, 4},          {4, 3, 4},
        {4, 4, 3}, {3, 3, 5}, {3, 3, 3, 2}, {3, 2, 2, 2, 2}, {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}};
    const size_t size = code ? 2 : sizeof groupings / sizeof *groupings;
    if (number->digits[at] != '1' || !all_digits(number, at, 11) || number->digits[at + 1] < '3' ||
        !(number->starts[at] || follows(number, at, "86") || follows(number, at, "0086")))
        return false;
    for (size_t i = 0; i < size; i++)
        if (has_groups(number, at, groupings[i]))
            return !(code && i == 1 && is_year(number->digits + at + 3));
    return false;
}

/* How many digits the area code has that stands here, without its 0; 0: none does. */
static size_t area_digits(const char *digits)
{
    if (digits[0] == '1')
        return digits[1] == '0' ? 2 : 0;
    return digits[0] == '0' ? 0 : digits[0] == '2' ? 2 : 3;
}

/* 0353-8082110, (010) 6512 3456, +86 353 8082110; together as 03538082110 in prose only. */
static bool landline_number_at(const struct number *number, size_t at, bool code)
{
    const size_t zero = number->digits[at] == '0' ? 1 : 0;
    if (!number->starts[at] || (zero == 0 && code))
        return false;
    const bool abroad = zero == 0 && (number->plus || follows(number, at, "0086")) && follows(number, at, "86");
    if ((zero == 0 && !abroad) || !all_digits(number, at, 9))
        return false;
    const size_t area = area_digits(number->digits + at + zero);
    const size_t local = at + zero + area;
    if (area == 0 || !all_digits(number, local, 7) || number->digits[local] < '2' || number->digits[local] > '8')
        return false;
    size_t size = group_size(number, local);
    if (!number->starts[local])
        return !code && (size == 7 || size == 8) && group_size(number, at) == zero + area + size;
    if (!code && (size == 3 || size == 4) && all_digits(number, local + size, 4) && number->starts[local + size])
        size += group_size(number, local + size) == 4 ? 4 : 0;
    return size == 7 || size == 8;
}

static bool telephone_in(const struct number *number, bool code)
{
    for (size_t at = 0; at < number->count; at++)
        if (mobile_number_at(number, at, code) || landline_number_at(number, at, code))
            return true;
    return false;
}

static bool luhn_holds(const char *digits, size_t count)
{
    int sum = 0;
    for (size_t i = 0; i < count; i++) {
        const int digit = digits[count - 1 - i] - '0';
        const int doubled = i % 2 == 0 ? digit : digit * 2;
        sum += doubled > 9 ? doubled - 9 : doubled;
    }
    return sum % 10 == 0;
}

/* What issuers begin with: Mastercard 22-27 and 51-55, JCB 35, Visa 4, UnionPay 6 and 81, old cards of our banks. */
static bool is_issuer(const char *digits)
{
    const int first = two_digits(digits);
    return (first >= 22 && first <= 27) || first == 35 || digits[0] == '4' || (first >= 51 && first <= 55) ||
           digits[0] == '6' || first == 81 || first == 90 || first == 94 || first == 95 || first == 98;
}

/* An office's own numbering: the county's six digits, a year from 1990 to 2059, and a number. */
static bool is_office_number(const char *digits)
{
    const int since_1900 = two_digits(digits + 8) + (digits[6] == '2' ? 100 : 0);
    return is_province_number(digits) && is_year(digits + 6) && since_1900 >= 90 && since_1900 < 160;
}

/* GB 11714: eight digits and their check. */
static bool is_organisation(const char *digits)
{
    static const int weights[] = {3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (size_t i = 0; i < sizeof weights / sizeof *weights; i++)
        sum += (digits[i] - '0') * weights[i];
    return (11 - sum % 11) % 11 == digits[sizeof weights / sizeof *weights] - '0';
}

/* The eighteen characters of GB 32100, all of them digits, of those who register most. */
static bool is_credit_code(const char *digits, size_t count)
{
    static const int weights[] = {1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28};
    int sum = 0;
    for (size_t i = 0; count == CREDIT_CHARACTERS && i < CREDIT_CHARACTERS - 1; i++)
        sum += (digits[i] - '0') * weights[i];
    return count == CREDIT_CHARACTERS && (31 - sum % 31) % 31 == digits[CREDIT_CHARACTERS - 1] - '0' &&
           strchr("159", digits[0]) != NULL && is_province_number(digits + 2) && is_organisation(digits + 8);
}

static bool is_bank_card(const char *digits, size_t count, bool code)
{
    return (!code || is_issuer(digits)) && !is_office_number(digits) && !is_credit_code(digits, count) &&
           luhn_holds(digits, count);
}

static bool are_years(const struct number *number, size_t at, size_t count)
{
    for (size_t i = 0; i < count; i += 4)
        if (group_size(number, at + i) == 4 && !is_year(number->digits + at + i))
            return false;
    return group_size(number, at) == 4;
}

/* How many digits whole groups from `at` on have, if the first ones are of these sizes and one more, or none where
 * these are enough, follows; 0: they are not. */
static size_t grouped(const struct number *number, size_t at, const uint8_t *sizes)
{
    size_t count = 0;
    for (; *sizes != 0; count += *sizes++)
        if (at + count >= number->count || group_size(number, at + count) != *sizes)
            return 0;
    if (at + count < number->count && count < CARD_DIGITS_MAX) {
        const size_t more = group_size(number, at + count);
        count += count < CARD_DIGITS_MIN || count + more <= CARD_DIGITS_MAX ? more : 0;
    }
    return count >= CARD_DIGITS_MIN && count <= CARD_DIGITS_MAX && all_digits(number, at, count) ? count : 0;
}

static bool is_grouped_card(const struct number *number, size_t at, size_t count, bool code)
{
    return count > 0 && !are_years(number, at, count) && is_bank_card(number->digits + at, count, code);
}

/* 16 to 19 digits, together or in the groups that people make of them. */
static bool bank_card_in(const struct number *number, bool code)
{
    static const uint8_t groupings[][5] = {{0}, {4, 4, 4, 4}, {4, 4, 4}, {4, 4},    {4},
                                           {6}, {8},          {8, 8},    {5, 5, 5}, {4, 4, 8}};
    for (size_t at = 0; at + CARD_DIGITS_MIN <= number->count; at++)
        for (size_t i = 0; number->starts[at] && i < sizeof groupings / sizeof *groupings; i++)
            if (is_grouped_card(number, at, grouped(number, at, groupings[i]), code) ||
                (i == 1 && has_groups(number, at, (const uint8_t[]){4, 4, 4, 4, 0}) &&
                 is_grouped_card(number, at, CARD_DIGITS_MIN, code)))
                return true;
    return false;
}

static enum personal_kind kind_of_number(const struct number *number, bool code)
{
    if (number->count < NUMBER_DIGITS_MIN)
        return PERSONAL_NONE;
    if (identity_number_in(number))
        return PERSONAL_IDENTITY_NUMBER;
    if (number->coded)
        return PERSONAL_NONE;
    if (telephone_in(number, code))
        return PERSONAL_TELEPHONE;
    return bank_card_in(number, code) ? PERSONAL_BANK_CARD : PERSONAL_NONE;
}

/* Bytes of the separator that stands here; 0: none does. Of what normalising leaves. */
static size_t separator_size(const char *at)
{
    static const char *const separators[] = {"、", "·", "。", "‐", "‒", "–", "—", "―", "−", "・"};
    if (*at == ' ' || *at == '-' || *at == ',' || *at == '.' || *at == '/' || *at == '_' || *at == '(' || *at == ')')
        return 1;
    for (size_t i = 0; (unsigned char)*at >= 0x80 && i < sizeof separators / sizeof *separators; i++)
        if (strncmp(at, separators[i], strlen(separators[i])) == 0)
            return strlen(separators[i]);
    return 0;
}

static const char *behind_separators(const char *at)
{
    for (size_t size = separator_size(at); size > 0; size = separator_size(at))
        at += size;
    return at;
}

/* Whether the digit at `at` begins a group within a word of 18 letters and digits with a letter among them. */
static bool is_in_code(const char *text, const char *at)
{
    const char *from = at;
    bool letter = false;
    while (from > text && is_letter_or_digit(from[-1]))
        letter |= !is_digit(*--from);
    for (; is_letter_or_digit(*at); at++)
        letter |= !is_digit(*at);
    return letter && at - from == CREDIT_CHARACTERS;
}

/* Reads the number that begins with the digit at `at`; returns what stands behind it. */
static const char *read_number(const char *text, const char *at, struct number *number)
{
    bool starts = true;
    number->count = 0;
    while (is_digit(*at) || ((*at == 'X' || *at == 'x') && number->count >= IDENTITY_CHARACTERS - 1)) {
        const bool coded = starts && is_in_code(text, at);
        if (starts && number->count > 0 && (coded || number->coded))
            break;
        number->coded |= coded;
        number->starts[number->count] = starts;
        number->digits[number->count++] = *at == 'x' ? 'X' : *at;
        if (!is_digit(*at++))
            break;
        const char *next = is_digit(*at) ? at : behind_separators(at);
        starts = next != at;
        at = next;
    }
    return at;
}

/* Of all numbers in normalised text: an identity number outweighs the others. `digits` and `starts` have room for as
 * many as the text has bytes. */
static enum personal_kind find_number_with(const char *plain, bool code, char *digits, bool *starts)
{
    enum personal_kind found = PERSONAL_NONE;
    for (const char *at = plain; *at != '\0' && found != PERSONAL_IDENTITY_NUMBER;) {
        if (!is_digit(*at)) {
            at++;
            continue;
        }
        struct number number = {.digits = digits, .starts = starts, .plus = at > plain && at[-1] == '+'};
        at = read_number(plain, at, &number);
        const enum personal_kind kind = kind_of_number(&number, code);
        if (found == PERSONAL_NONE || kind == PERSONAL_IDENTITY_NUMBER)
            found = kind;
    }
    return found;
}

static enum personal_kind find_number(const char *plain, bool code)
{
    const size_t size = strlen(plain);
    char short_digits[SHORT_TEXT];
    bool short_starts[SHORT_TEXT];
    if (size <= SHORT_TEXT)
        return find_number_with(plain, code, short_digits, short_starts);
    CLEANUP(text_release) char *digits = malloc(size);
    CLEANUP(flags_release) bool *starts = malloc(size * sizeof *starts);
    if (digits == NULL || starts == NULL)
        abort();
    return find_number_with(plain, code, digits, starts);
}

/* ---- plates ---- */

static bool is_province(const char *at)
{
    static const char provinces[] = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";
    for (const char *province = provinces; *province != '\0'; province += HAN_BYTES)
        if (memcmp(at, province, HAN_BYTES) == 0)
            return true;
    return false;
}

static bool holds_plate(const char *squeezed)
{
    const size_t size = strlen(squeezed);
    for (size_t at = 0; at + HAN_BYTES < size; at++) {
        const char *rest = squeezed + at + HAN_BYTES;
        if (is_digit(*rest) || !is_letter_or_digit(*rest) || !is_province(squeezed + at))
            continue;
        rest++;
        rest += strncmp(rest, "·", 2) == 0 ? 2 : 0;
        size_t count = 0;
        bool has_digit = false;
        while (is_letter_or_digit(rest[count]))
            has_digit |= is_digit(rest[count++]);
        if ((count == 5 || count == 6) && has_digit)
            return true;
    }
    return false;
}

static bool within(unsigned char byte, unsigned char from, unsigned char to)
{
    return byte >= from && byte <= to;
}

static inline bool is_continuation(unsigned char byte)
{
    return (byte & 0xC0) == 0x80;
}

/* Whether a common Chinese character or punctuation mark is here, one that normalising makes no letter and no digit:
 * U+4000-9FFF, U+3000-3011, U+2014-201D and, of the full-width forms, U+FF01-FF0F and U+FF1A-FF20. */
static inline bool is_plain_chinese(const unsigned char *at)
{
    if (at[0] < 0x80 || !is_continuation(at[1]) || !is_continuation(at[2]))
        return false;
    return within(at[0], 0xE4, 0xE9) || (at[0] == 0xE3 && at[1] == 0x80 && at[2] <= 0x91) ||
           (at[0] == 0xE2 && at[1] == 0x80 && within(at[2], 0x94, 0x9D)) ||
           (at[0] == 0xEF && at[1] == 0xBC && (within(at[2], 0x81, 0x8F) || within(at[2], 0x9A, 0xA0)));
}

/* What a character of ASCII does to a number: it goes on with a digit and through a separator, and what ends it cannot
 * be undone by normalising. White space is a separator then, so control characters count as such. An X may be a
 * number's last character, which no longer matters here. */
enum { DIGIT = 1, GOES_ON = 2, LETTER = 4 };

static inline unsigned ascii_role(unsigned char c)
{
    static const uint8_t roles[128] = {
        2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, /* controls */
        2, 0, 0, 0, 0, 0, 0, 0, 2, 2, 0, 0, 2, 2, 2, 2, /* blank ( ) , - . / */
        3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 0, 0, 0, 0, 0, 0, /* digits */
        0, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 0, 0, 0, 0, 2, /* A-Z _ */
        0, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 0, 0, 0, 0, 2, /* a-z */
    };
    return roles[c];
}

/* How many digits the group has that begins or goes on at `at`. */
static size_t digits_at(const unsigned char *at)
{
    size_t size = 0;
    while (is_digit((char)at[size]))
        size++;
    return size;
}

/* The number of a code that begins at `at`: what stands behind it, if it cannot be a person's; else NULL. It has too
 * few digits for an identity number or a card, and nowhere what telephone numbers in codes begin with: 1[3-9] with
 * three or eleven digits to the end of its group, 0 and no second 0 at the beginning of one. With too few digits behind
 * it these are none either, but mostly they are not there at all. */
static const unsigned char *behind_harmless_number(const unsigned char *at)
{
    size_t count = 0;
    bool starts = true;
    for (; *at != '\0' && *at < 0x80 && (ascii_role(*at) & GOES_ON) != 0; at++) {
        if (!is_digit((char)*at)) {
            starts = true;
            continue;
        }
        const size_t left = *at == '1' && at[1] >= '3' && at[1] <= '9' ? digits_at(at) : 0;
        const bool landline = starts && *at == '0' && at[1] != '0';
        if (++count == CARD_DIGITS_MIN || landline || left == 3 || left == 11)
            return NULL;
        starts = false;
    }
    return *at < 0x80 ? at : NULL; /* what is no ASCII may go on with it */
}

/* Most cells are codes and words, most notes Chinese prose with a date: where no number has as many digits as those of
 * a person have at least, and no letter or no Chinese stands for a plate, which is none in a code, no closer look is
 * needed. Never says so of what a closer look would find. */
static bool is_harmless(const char *text, bool code)
{
    size_t digits = 0;                  /* of the number that goes on here */
    const unsigned char *number = NULL; /* where it begins */
    unsigned roles = 0;
    bool chinese = false;
    const unsigned char *end = NULL; /* known once there is Chinese */
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0';) {
        if (*at < 0x80) {
            const unsigned role = ascii_role(*at++);
            roles |= role;
            if ((role & DIGIT) != 0 && digits++ == 0)
                number = at - 1;
            if ((role & GOES_ON) == 0)
                digits = 0;
            if (digits < NUMBER_DIGITS_MIN)
                continue;
            if (!code || (at = behind_harmless_number(number)) == NULL)
                return false;
            digits = 0;
        } else if (is_plain_chinese(at)) {
            chinese = true;
            at += HAN_BYTES;
            if (end == NULL)
                end = at + strlen((const char *)at);
            while (end - at >= CHINESE_READ && are_common_chinese(at))
                at += CHINESE_BYTES;
        } else {
            return false;
        }
    }
    return code || !((roles & LETTER) != 0 && chinese);
}

static bool is_ascii(const char *text)
{
    while (*text != '\0' && (unsigned char)*text < 0x80 && (unsigned char)*text >= ' ')
        text++;
    return *text == '\0';
}

static enum personal_kind find(const char *text, bool code)
{
    if (is_harmless(text, code))
        return PERSONAL_NONE;
    if (is_ascii(text)) /* as all codes are: nothing to normalise, and a plate begins with a Chinese character */
        return find_number(text, code);
    CLEANUP(text_release) char *plain = normalised(text);
    if (plain == NULL)
        return PERSONAL_NONE;
    const enum personal_kind number = find_number(plain, code);
    if (number != PERSONAL_NONE || code)
        return number;
    CLEANUP(text_release) char *squeezed = without_blanks(plain);
    return holds_plate(squeezed) ? PERSONAL_PLATE : PERSONAL_NONE;
}

enum personal_kind personal_find(const char *text)
{
    return find(text, false);
}

enum personal_kind personal_find_in_code(const char *text)
{
    return find(text, true);
}

/* What was put where bytes belong is text all the same if it is UTF-8 without a NUL; ciphertext never is. */
static char *text_of_bytes(const uint8_t *bytes, size_t size)
{
    utf8proc_int32_t c;
    for (size_t at = 0; at < size;) {
        const utf8proc_ssize_t one = utf8proc_iterate(bytes + at, (utf8proc_ssize_t)(size - at), &c);
        if (one <= 0 || c == 0)
            return NULL;
        at += (size_t)one;
    }
    char *text = strndup((const char *)bytes, size);
    if (text == NULL)
        abort();
    return text;
}

static enum personal_kind find_in_runs(const uint8_t *bytes, size_t size)
{
    char run[BYTES_RUN_MAX + 1];
    size_t length = 0;
    for (size_t i = 0; i <= size; i++) {
        if (i < size && bytes[i] >= ' ' && bytes[i] <= '~' && length < BYTES_RUN_MAX) {
            run[length++] = (char)bytes[i];
            continue;
        }
        run[length] = '\0';
        const enum personal_kind found = length < NUMBER_DIGITS_MIN ? PERSONAL_NONE : personal_find_in_code(run);
        if (found != PERSONAL_NONE)
            return found;
        if (length == BYTES_RUN_MAX)
            i -= BYTES_OVERLAP; /* what stands across the cut is seen in the next run */
        length = 0;
    }
    return PERSONAL_NONE;
}

enum personal_kind personal_find_in_bytes(const uint8_t *bytes, size_t size)
{
    CLEANUP(text_release) char *text = size < NUMBER_DIGITS_MIN ? NULL : text_of_bytes(bytes, size);
    return text != NULL ? personal_find_in_code(text) : find_in_runs(bytes, size);
}

bool personal_holds_identity_number(const char *text)
{
    return personal_find_in_code(text) == PERSONAL_IDENTITY_NUMBER; /* it outweighs what else is found */
}

const char *personal_name_zh(enum personal_kind kind)
{
    switch (kind) {
    case PERSONAL_NONE:
        return "无";
    case PERSONAL_IDENTITY_NUMBER:
        return "身份证号";
    case PERSONAL_TELEPHONE:
        return "电话号码";
    case PERSONAL_BANK_CARD:
        return "银行卡号";
    case PERSONAL_PLATE:
        return "车牌号";
    }
    abort();
}

const char *personal_name_en(enum personal_kind kind)
{
    switch (kind) {
    case PERSONAL_NONE:
        return "none";
    case PERSONAL_IDENTITY_NUMBER:
        return "identity number";
    case PERSONAL_TELEPHONE:
        return "telephone number";
    case PERSONAL_BANK_CARD:
        return "bank card number";
    case PERSONAL_PLATE:
        return "number plate";
    }
    abort();
}
