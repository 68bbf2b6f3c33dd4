#include "personal.h"

#include "fault.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum { IDENTITY_CHARACTERS = 18, HAN_BYTES = 3 /* of a Chinese character in UTF-8 */ };

static void text_release(char **text)
{
    free(*text);
    *text = NULL;
}

/* NFKC without invisible characters; white space becomes one blank each. NULL: no memory, or not UTF-8. */
static char *normalised(const char *text)
{
    utf8proc_uint8_t *result = NULL;
    const utf8proc_option_t options =
        UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_IGNORE;
    if (utf8proc_map((const utf8proc_uint8_t *)text, 0, &result, options) < 0)
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
    for (; copy != NULL && *text != '\0'; text++)
        if (*text != ' ')
            *to++ = *text;
    if (copy != NULL)
        *to = '\0';
    return copy;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int two_digits(const char *at)
{
    return (at[0] - '0') * 10 + (at[1] - '0');
}

static bool is_birth_day(const char digits[static 8])
{
    static const int days_of_month[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const int year = two_digits(digits) * 100 + two_digits(digits + 2);
    const int month = two_digits(digits + 4);
    const int day = two_digits(digits + 6);
    return year >= 1850 && year < 2150 && month >= 1 && month <= 12 && day >= 1 && day <= days_of_month[month - 1];
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
    return last == checks[sum % 11] && is_birth_day(number + 6);
}

static bool identity_number_within(const char *joined, size_t size)
{
    for (size_t at = 0; at + IDENTITY_CHARACTERS <= size; at++)
        if (is_identity_number(joined + at))
            return true;
    return false;
}

/* Spaces are gone from `squeezed`; commas are stepped over here, so that "1101 05，1949…" is seen through. */
static bool holds_identity_number(const char *squeezed)
{
    CLEANUP(text_release) char *joined = strdup(squeezed);
    if (joined == NULL)
        return true; /* no memory to look: nothing unseen may pass */
    char *to = joined;
    for (const char *from = squeezed; *from != '\0';) {
        static const char chinese_comma[] = "、";
        if (strncmp(from, chinese_comma, sizeof chinese_comma - 1) == 0) {
            from += sizeof chinese_comma - 1;
            continue;
        }
        if (*from != ',')
            *to++ = *from;
        from++;
    }
    *to = '\0';
    return identity_number_within(joined, (size_t)(to - joined));
}

static size_t digits_at(const char *text)
{
    size_t count = 0;
    while (is_digit(text[count]))
        count++;
    return count;
}

/* 1[3-9] and nine more digits, together or as 138-0013-8000, with no digit on either side but a +86 before them. */
static bool is_mobile_number(const char *text, const char *at)
{
    if (at[0] != '1' || at[1] < '3')
        return false;
    const char *end = at;
    for (int digits = 0; digits < 11; digits++) {
        if ((digits == 3 || digits == 7) && (*end == '-' || *end == ' '))
            end++;
        if (!is_digit(*end))
            return false;
        end++;
    }
    if (is_digit(*end))
        return false;
    if (at == text || !is_digit(at[-1]))
        return true;
    return at - text >= 2 && strncmp(at - 2, "86", 2) == 0 && (at - text == 2 || !is_digit(at[-3]));
}

/* 0dd(d)-ddddddd(d) */
static bool is_landline_number(const char *text, const char *at)
{
    if (*at != '0' || (at > text && is_digit(at[-1])))
        return false;
    const size_t area = digits_at(at);
    if ((area != 3 && area != 4) || at[area] != '-')
        return false;
    const size_t local = digits_at(at + area + 1);
    return local == 7 || local == 8;
}

static bool holds_telephone(const char *plain)
{
    for (const char *at = plain; *at != '\0'; at++)
        if (is_digit(*at) && (is_mobile_number(plain, at) || is_landline_number(plain, at)))
            return true;
    return false;
}

static bool is_plate_character(char c)
{
    return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

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
        if (is_digit(*rest) || !is_plate_character(*rest) || !is_province(squeezed + at))
            continue;
        rest++;
        rest += strncmp(rest, "·", 2) == 0 ? 2 : 0;
        size_t count = 0;
        bool has_digit = false;
        while (is_plate_character(rest[count]))
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

/* Whether a common Chinese character or punctuation mark is here, one that normalising makes no letter and no digit:
 * U+4000-9FFF, U+3000-3011, U+2014-201D and, of the full-width forms, U+FF01-FF0F and U+FF1A-FF20. */
static bool is_plain_chinese(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    if (at[0] < 0x80 || !within(at[1], 0x80, 0xBF) || !within(at[2], 0x80, 0xBF))
        return false;
    return within(at[0], 0xE4, 0xE9) || (at[0] == 0xE3 && at[1] == 0x80 && at[2] <= 0x91) ||
           (at[0] == 0xE2 && at[1] == 0x80 && within(at[2], 0x94, 0x9D)) ||
           (at[0] == 0xEF && at[1] == 0xBC && (within(at[2], 0x81, 0x8F) || within(at[2], 0x9A, 0xA0)));
}

/* Most cells are codes and words, most notes Chinese prose with a date: what has too few digits for a telephone number
 * (ten at least), and no letter or no Chinese for a plate, needs no closer look. */
static bool is_harmless(const char *text)
{
    size_t digits = 0;
    bool letters = false;
    bool chinese = false;
    while (*text != '\0') {
        if (is_digit(*text)) {
            digits++;
        } else if ((unsigned char)*text < 0x80) {
            letters |= is_plate_character(*text);
        } else {
            if (!is_plain_chinese(text))
                return false;
            chinese = true;
            text += HAN_BYTES - 1;
        }
        text++;
    }
    return digits < 10 && !(letters && chinese);
}

/* ASCII without blanks and commas, as all codes are: there is nothing to normalise, to squeeze or to join. */
static bool is_bare(const char *text)
{
    for (; *text != '\0'; text++)
        if (*text <= ' ' || *text > '~' || *text == ',')
            return false;
    return true;
}

/* A plate begins with a Chinese character. */
static enum personal_kind find_in_bare(const char *text)
{
    if (identity_number_within(text, strlen(text)))
        return PERSONAL_IDENTITY_NUMBER;
    return holds_telephone(text) ? PERSONAL_TELEPHONE : PERSONAL_NONE;
}

enum personal_kind personal_find(const char *text)
{
    if (is_harmless(text))
        return PERSONAL_NONE;
    if (is_bare(text))
        return find_in_bare(text);
    CLEANUP(text_release) char *plain = normalised(text);
    CLEANUP(text_release) char *squeezed = plain == NULL ? NULL : without_blanks(plain);
    if (squeezed == NULL)
        return PERSONAL_NONE;
    if (holds_identity_number(squeezed))
        return PERSONAL_IDENTITY_NUMBER;
    if (holds_telephone(plain))
        return PERSONAL_TELEPHONE;
    if (holds_plate(squeezed))
        return PERSONAL_PLATE;
    return PERSONAL_NONE;
}

bool personal_holds_identity_number(const char *text)
{
    if (is_harmless(text))
        return false;
    if (is_bare(text))
        return identity_number_within(text, strlen(text));
    return personal_find(text) == PERSONAL_IDENTITY_NUMBER; /* the first kind that is looked for */
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
    case PERSONAL_PLATE:
        return "number plate";
    }
    abort();
}
