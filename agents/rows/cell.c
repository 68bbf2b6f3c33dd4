#include "cell.h"

#include "fault.h"
#include "text.h"
#include "utf8.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    YEAR_MIN = 1900,
    YEAR_MAX = 2199,
    SECONDS_PER_DAY = 86400,
    OFFSET_MINUTES_MAX = 14 * 60,
    /* Day 61 of a spreadsheet is 1900-03-01; before it the numbers count a 29 February that never was. */
    SERIAL_MIN = 61,
    SERIAL_OF_EPOCH = 25569
};

/* ---- a cell read from left to right ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool skip(const char **at, const char *word)
{
    const size_t size = strlen(word);
    if (strncmp(*at, word, size) != 0)
        return false;
    *at += size;
    return true;
}

static void skip_spaces(const char **at)
{
    while (**at == ' ')
        ++*at;
}

/* `digits_min` to `digits_max` digits and no further digit. */
static bool read_digits(const char **at, int digits_min, int digits_max, int *value)
{
    int count = 0;
    int number = 0;
    const char *from = *at;
    for (; is_digit(from[count]); count++) {
        if (count == digits_max)
            return false;
        number = number * 10 + (from[count] - '0');
    }
    if (count < digits_min)
        return false;
    *at += count;
    *value = number;
    return true;
}

/* ---- Chinese numerals ---- */

/* 〇 to 九, also 零 ○ 两; -1: none. */
static int chinese_digit(const char **at)
{
    static const struct {
        const char *word;
        int value;
    } digits[] = {{"〇", 0}, {"零", 0}, {"○", 0},  {"一", 1}, {"二", 2}, {"两", 2}, {"三", 3},
                  {"四", 4}, {"五", 5}, {"六", 6}, {"七", 7}, {"八", 8}, {"九", 9}};
    for (size_t i = 0; i < sizeof digits / sizeof digits[0]; i++)
        if (skip(at, digits[i].word))
            return digits[i].value;
    return -1;
}

/* 十二, 二十, 一百零五, 三千, 一万二千; places must fall from left to right. false: no numeral here. */
static bool read_chinese_number(const char **at, uint64_t *value)
{
    const char *from = *at;
    uint64_t whole = 0;   /* closed by 万 */
    uint64_t section = 0; /* below 万 */
    uint64_t place_last = 10000;
    for (;;) {
        const bool after_zero = skip(&from, "零") || skip(&from, "〇");
        const char *before = from;
        const int digit = chinese_digit(&from);
        const uint64_t place = skip(&from, "千") ? 1000 : skip(&from, "百") ? 100 : skip(&from, "十") ? 10 : 1;
        if (digit < 0 && (place != 10 || place_last != 10000)) {
            from = before;
            if (after_zero && section == 0 && whole == 0) {
                *at = from;
                *value = 0;
                return true;
            }
            break;
        }
        if (place >= place_last)
            return false;
        section += (digit < 0 ? 1 : (uint64_t)digit) * place;
        place_last = place;
        if (whole == 0 && skip(&from, "万")) {
            whole = section * 10000;
            section = 0;
            place_last = 10000;
        }
    }
    if (from == *at || (place_last == 10000 && whole == 0))
        return false;
    *at = from;
    *value = whole + section;
    return true;
}

/* A number of one or two digits in either script: 4, 04, 四, 十二, 三十一. */
static bool read_small(const char **at, int *value)
{
    if (is_digit(**at))
        return read_digits(at, 1, 2, value);
    uint64_t number;
    if (!read_chinese_number(at, &number) || number > 99)
        return false;
    *value = (int)number;
    return true;
}

/* Four digits in either script: 2020, 二〇二〇. */
static bool read_year(const char **at, int *year)
{
    if (is_digit(**at))
        return read_digits(at, 4, 4, year);
    const char *from = *at;
    int number = 0;
    for (int i = 0; i < 4; i++) {
        const int digit = chinese_digit(&from);
        if (digit < 0)
            return false;
        number = number * 10 + digit;
    }
    *at = from;
    *year = number;
    return true;
}

/* ---- days ---- */

bool day_from_civil(int year, int month, int day, int32_t *days)
{
    static const int days_of_month[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < YEAR_MIN || year > YEAR_MAX || month < 1 || month > 12)
        return false;
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (day < 1 || day > days_of_month[month - 1] + (month == 2 && leap ? 1 : 0))
        return false;
    /* March begins the counted year, so that the leap day is its last. */
    const int y = month <= 2 ? year - 1 : year;
    const int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    *days = y * 365 + y / 4 - y / 100 + y / 400 + day_of_year - 719468;
    return true;
}

static void civil_from_day(int32_t days, int *year, int *month, int *day)
{
    const int32_t z = days + 719468;
    const int32_t era = z / 146097;
    const int32_t of_era = z - era * 146097;
    const int32_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    const int32_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const int32_t shifted = (5 * of_year + 2) / 153;
    *day = of_year - (153 * shifted + 2) / 5 + 1;
    *month = shifted < 10 ? shifted + 3 : shifted - 9;
    *year = year_of_era + era * 400 + (*month <= 2 ? 1 : 0);
}

void day_format(int32_t days, char text[static DAY_TEXT_SIZE])
{
    int year;
    int month;
    int day;
    civil_from_day(days, &year, &month, &day);
    snprintf(text, DAY_TEXT_SIZE, "%04u-%02u-%02u", (unsigned)year % 10000, (unsigned)month % 100, (unsigned)day % 100);
}

void moment_format_utc(const struct moment *moment, int32_t offset_minutes, char text[static TIME_TEXT_SIZE])
{
    const int32_t offset = moment->has_offset ? moment->offset_minutes : offset_minutes;
    int32_t second = moment->second - offset * 60;
    int32_t day = moment->day;
    for (; second < 0; second += SECONDS_PER_DAY)
        day--;
    for (; second >= SECONDS_PER_DAY; second -= SECONDS_PER_DAY)
        day++;
    char day_text[DAY_TEXT_SIZE];
    day_format(day, day_text);
    snprintf(text, TIME_TEXT_SIZE, "%s%c%02u:%02u:%02uZ", day_text, 'T', (unsigned)(second / 3600) % 100,
             (unsigned)(second / 60 % 60), (unsigned)(second % 60));
}

int32_t moment_local_day(const struct moment *moment, int32_t offset_minutes)
{
    if (!moment->has_offset)
        return moment->day;
    const int32_t second = moment->second + (offset_minutes - moment->offset_minutes) * 60;
    return moment->day + (second < 0 ? -1 : second >= SECONDS_PER_DAY ? 1 : 0);
}

/* 2020-4-3, 2020/4/3, 2020.4.3, with the same sign twice. */
static bool read_signed_date(const char **at, int *year, int *month, int *day)
{
    const char *from = *at;
    if (!read_digits(&from, 4, 4, year) || (*from != '-' && *from != '/' && *from != '.'))
        return false;
    const char sign = *from++;
    if (!read_digits(&from, 1, 2, month) || *from != sign)
        return false;
    from++;
    if (!read_digits(&from, 1, 2, day))
        return false;
    *at = from;
    return true;
}

/* 20200403, as digits that go together. */
static bool read_joined_date(const char **at, int *year, int *month, int *day)
{
    int number;
    if (!read_digits(at, 8, 8, &number))
        return false;
    *year = number / 10000;
    *month = number / 100 % 100;
    *day = number % 100;
    return true;
}

/* 2020年4月3日, 二〇二〇年四月三日, and 4月3日 where the year is known. */
static bool read_chinese_date(const char **at, int year_known, int *year, int *month, int *day)
{
    const char *from = *at;
    if (read_year(&from, year)) {
        skip_spaces(&from);
        if (!skip(&from, "年"))
            return false;
    } else if (year_known != 0) {
        from = *at;
        *year = year_known;
    } else {
        return false;
    }
    skip_spaces(&from);
    if (!read_small(&from, month))
        return false;
    skip_spaces(&from);
    if (!skip(&from, "月"))
        return false;
    skip_spaces(&from);
    if (!read_small(&from, day))
        return false;
    skip_spaces(&from);
    if (!skip(&from, "日") && !skip(&from, "号"))
        return false;
    *at = from;
    return true;
}

/* ---- times of day ---- */

enum half { HALF_NONE, HALF_MORNING, HALF_NOON, HALF_AFTERNOON };

static enum half read_half(const char **at)
{
    static const struct {
        const char *word;
        enum half half;
    } halves[] = {{"上午", HALF_MORNING}, {"凌晨", HALF_MORNING},   {"早上", HALF_MORNING},   {"早晨", HALF_MORNING},
                  {"中午", HALF_NOON},    {"下午", HALF_AFTERNOON}, {"傍晚", HALF_AFTERNOON}, {"晚上", HALF_AFTERNOON}};
    for (size_t i = 0; i < sizeof halves / sizeof halves[0]; i++)
        if (skip(at, halves[i].word))
            return halves[i].half;
    return HALF_NONE;
}

static bool apply_half(enum half half, int *hour)
{
    switch (half) {
    case HALF_NONE:
        return true;
    case HALF_MORNING:
        *hour = *hour == 12 ? 0 : *hour;
        return *hour < 12;
    case HALF_NOON:
        *hour += *hour < 10 ? 12 : 0;
        return *hour >= 10 && *hour < 15;
    case HALF_AFTERNOON:
        *hour += *hour < 12 ? 12 : 0;
        return *hour < 24;
    }
    abort();
}

/* 14:30, 14:30:05, 14:30:05.123; 14时30分, 2点半, 14时. */
static bool read_clock(const char **at, int *hour, int *minute, int *second)
{
    *minute = 0;
    *second = 0;
    if (!read_small(at, hour))
        return false;
    if (skip(at, ":")) {
        if (!read_digits(at, 2, 2, minute))
            return false;
        if (skip(at, ":")) {
            if (!read_digits(at, 2, 2, second))
                return false;
            if (skip(at, "."))
                while (is_digit(**at))
                    ++*at;
        }
        return true;
    }
    if (!skip(at, "时") && !skip(at, "点"))
        return false;
    if (skip(at, "半")) {
        *minute = 30;
        return true;
    }
    if (**at != '\0' && read_small(at, minute) && !skip(at, "分"))
        return false;
    const char *before = *at;
    if (*before != '\0' && read_small(at, second) && !skip(at, "秒"))
        return false;
    return true;
}

/* Z, +08:00, +0800, +08 (a database's); nothing is fine. */
static bool read_offset(const char **at, struct moment *moment)
{
    if (skip(at, "Z")) {
        moment->has_offset = true;
        moment->offset_minutes = 0;
        return true;
    }
    if (**at != '+' && **at != '-')
        return true;
    const int sign = **at == '-' ? -1 : 1;
    ++*at;
    int hours;
    int minutes;
    if (!is_digit((*at)[0]) || !is_digit((*at)[1]))
        return false;
    hours = ((*at)[0] - '0') * 10 + ((*at)[1] - '0');
    *at += 2;
    const bool more = skip(at, ":") || is_digit(**at);
    minutes = 0;
    if ((more && !read_digits(at, 2, 2, &minutes)) || minutes > 59 || hours * 60 + minutes > OFFSET_MINUTES_MAX)
        return false;
    moment->has_offset = true;
    moment->offset_minutes = sign * (hours * 60 + minutes);
    return true;
}

/* What follows a date: nothing, or a time of day. 24:00 is the next day's 00:00. */
static bool read_time(const char **at, struct moment *moment)
{
    (void)skip(at, "T");
    skip_spaces(at);
    if (**at == '\0')
        return true;
    const enum half half = read_half(at);
    skip_spaces(at);
    int hour;
    int minute;
    int second;
    if (!read_clock(at, &hour, &minute, &second) || !apply_half(half, &hour))
        return false;
    skip_spaces(at);
    if (skip(at, "PM"))
        hour += hour < 12 ? 12 : 0;
    else if (skip(at, "AM"))
        hour = hour == 12 ? 0 : hour;
    if (hour > 24 || minute > 59 || second > 59 || (hour == 24 && (minute != 0 || second != 0)))
        return false;
    moment->has_time = true;
    moment->second = (hour * 60 + minute) * 60 + second;
    if (hour == 24) {
        moment->day++;
        moment->second = 0;
    }
    return read_offset(at, moment) && **at == '\0';
}

/* ---- cells ---- */

/* 43924 or 43924.60416666666, rounded to the second. */
static bool serial_moment(const char *plain, struct moment *moment)
{
    char *end;
    if (!is_digit(*plain) || strspn(plain, "0123456789.") != strlen(plain))
        return false;
    const double number = strtod(plain, &end);
    if (*end != '\0' || number < SERIAL_MIN || number >= 110000)
        return false;
    const int64_t seconds = (int64_t)(number * SECONDS_PER_DAY + 0.5);
    *moment = (struct moment){
        .day = (int32_t)(seconds / SECONDS_PER_DAY) - SERIAL_OF_EPOCH,
        .second = (int32_t)(seconds % SECONDS_PER_DAY),
        .has_time = strchr(plain, '.') != NULL,
    };
    return true;
}

static bool date_refused(const char *plain, struct reason *reason)
{
    char quoted[128];
    text_quote(plain, quoted, sizeof quoted);
    if (strspn(plain, "0123456789.") == strlen(plain) && strlen(plain) >= 5 && strlen(plain) != 8)
        return reason_set(
            reason, REASON_BAD_VALUE, "“%s”像电子表格的日期序号：请把该列设为日期格式后重新导出",
            "'%s' looks like a spreadsheet's day number: set the column to a date format and export again", quoted);
    return reason_set(reason, REASON_BAD_VALUE, "“%s”不是可确认的日期；请写成 2020-04-03 或 2020年4月3日",
                      "'%s' is no certain date; write it as 2020-04-03", quoted);
}

bool cell_moment(const char *text, const struct date_style *style, struct moment *moment, struct reason *reason)
{
    CLEANUP(text_free) char *plain = text_plain(text);
    if (plain == NULL)
        return reason_set(reason, REASON_BAD_VALUE, "不是文字", "not text");
    if (style->serial && serial_moment(plain, moment))
        return true;
    int year;
    int month;
    int day;
    const char *at = plain;
    const bool read = read_signed_date(&at, &year, &month, &day) || read_joined_date(&at, &year, &month, &day) ||
                      read_chinese_date(&at, style->year, &year, &month, &day);
    struct moment found = {0};
    if (!read || !day_from_civil(year, month, day, &found.day) || !read_time(&at, &found))
        return date_refused(plain, reason);
    *moment = found;
    return true;
}

/* One measure word may follow a count. */
static void skip_measure_word(const char **at)
{
    static const char *const words[] = {"人次", "起", "件", "次", "人", "个", "户", "处", "条", "份", "辆", "名", "例",
                                        "项",   "场", "张", "幅", "块", "台", "部", "宗", "桩", "批", "家", "支"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (skip(at, words[i]))
            return;
}

/* Digits, perhaps with a comma before each group of three. */
static bool read_count_digits(const char **at, uint64_t *count)
{
    const char *from = *at;
    uint64_t number = 0;
    int in_group = 0;
    bool grouped = false;
    for (; is_digit(*from) || *from == ','; from++) {
        if (*from == ',') {
            if (in_group == 0 || in_group > 3 || (grouped && in_group != 3))
                return false;
            grouped = true;
            in_group = 0;
            continue;
        }
        if (number > UINT64_MAX / 10 - 1)
            return false;
        number = number * 10 + (uint64_t)(*from - '0');
        in_group++;
    }
    if (from == *at || (grouped && in_group != 3))
        return false;
    *at = from;
    *count = number;
    return true;
}

bool cell_count(const char *text, uint64_t limit, uint64_t *count, struct reason *reason)
{
    CLEANUP(text_free) char *plain = text_squeezed(text);
    const char *at = plain;
    uint64_t number = 0;
    if (at != NULL && (read_count_digits(&at, &number) || read_chinese_number(&at, &number)))
        skip_measure_word(&at);
    if (at == NULL || at == plain || *at != '\0') {
        char quoted[128];
        text_quote(text, quoted, sizeof quoted);
        return reason_set(reason, REASON_BAD_VALUE, "“%s”不是一个确定的整数", "'%s' is not one certain whole number",
                          quoted);
    }
    if (number > limit)
        return reason_set(reason, REASON_BAD_VALUE, "数 %llu 太大", "the number %llu is too large",
                          (unsigned long long)number);
    *count = number;
    return true;
}

bool cell_boolean(const char *text, bool *value, struct reason *reason)
{
    static const char *const yes[] = {"是",   "有",   "√",   "✓",   "✔",   "1", "true",
                                      "TRUE", "True", "yes", "YES", "Yes", "Y", "t"};
    static const char *const no[] = {"否",    "无",    "×",  "✗",  "✘",  "0", "false",
                                     "FALSE", "False", "no", "NO", "No", "N", "f"};
    CLEANUP(text_free) char *plain = text_squeezed(text);
    for (size_t i = 0; plain != NULL && i < sizeof yes / sizeof yes[0]; i++) {
        const bool is_yes = strcmp(plain, yes[i]) == 0;
        if (is_yes || strcmp(plain, no[i]) == 0) {
            *value = is_yes;
            return true;
        }
    }
    char quoted[128];
    text_quote(text, quoted, sizeof quoted);
    return reason_set(reason, REASON_BAD_VALUE, "“%s”不是 是 或 否", "'%s' is neither yes nor no", quoted);
}

bool cell_is_shortened_code(const char *text)
{
    if (!is_digit(*text))
        return false;
    text += strspn(text, "0123456789");
    if (*text == '.')
        text += 1 + strspn(text + 1, "0123456789");
    if ((*text != 'E' && *text != 'e') || text[1] != '+' || !is_digit(text[2]))
        return false;
    text += 2;
    return strspn(text, "0123456789") == strlen(text);
}

/* ---- unit codes ---- */

/* Of GB 32100: no I O S V Z. */
static const char credit_alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/* Value in the alphabet; -1: not in it. */
static int credit_value(char c)
{
    const char *found = c == '\0' ? NULL : strchr(credit_alphabet, c);
    return found == NULL ? -1 : (int)(found - credit_alphabet);
}

static char credit_check(const char *code)
{
    int weight = 1;
    int sum = 0;
    for (int i = 0; i < 17; i++) {
        sum += credit_value(code[i]) * weight;
        weight = weight * 3 % 31;
    }
    return credit_alphabet[(31 - sum % 31) % 31];
}

/* GB 11714: the check of the organisation code that stands in characters 9 to 17. */
static char organisation_check(const char *code)
{
    static const int weights[] = {3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (int i = 0; i < 8; i++) {
        const char c = code[8 + i];
        sum += (is_digit(c) ? c - '0' : c - 'A' + 10) * weights[i];
    }
    const int check = 11 - sum % 11;
    return check == 10 ? 'X' : check == 11 ? '0' : (char)('0' + check);
}

/* Names the place only: the rest may be an identity number, which has the same form. */
static bool check_character_holds(const char *code, size_t place, char expected, struct reason *reason)
{
    return code[place] == expected ||
           reason_set(reason, REASON_BAD_VALUE, "统一社会信用代码第 %zu 位校验位不符，应为“%c”：请核对这一位和前面各位",
                      "character %zu of the unified social credit code does not fit those before it, which ask for "
                      "'%c': compare them with the certificate",
                      place + 1, expected);
}

static bool unit_code_is_wrong_at(const char *code, size_t place, struct reason *reason)
{
    char wrong[8];
    snprintf(wrong, sizeof wrong, "%.4s", code + place);
    const size_t first = (unsigned char)wrong[0] < 0x80 ? 1 : (unsigned char)wrong[0] < 0xE0 ? 2 : 3;
    wrong[first] = '\0';
    utf8_cut_broken(wrong);
    return reason_set(reason, REASON_BAD_VALUE, "单位编码第 %zu 位“%s”不对",
                      "character %zu of the unit code, '%s', is wrong", place + 1, wrong);
}

static bool unit_code_check(const char *code, struct reason *reason)
{
    if (cell_is_shortened_code(code))
        return reason_set(reason, REASON_BAD_VALUE, "编码被电子表格缩成了 %s：请把该列设为文本格式，重新填写编码",
                          "the spreadsheet program shortened the code to %s: set the column to text and enter it again",
                          code);
    const size_t size = strlen(code);
    if (size == 18) {
        for (size_t i = 0; i < size; i++)
            if (credit_value(code[i]) < 0)
                return unit_code_is_wrong_at(code, i, reason);
        return check_character_holds(code, 16, organisation_check(code), reason) &&
               check_character_holds(code, 17, credit_check(code), reason);
    }
    const size_t digits = strspn(code, "0123456789");
    if (digits < size)
        return unit_code_is_wrong_at(code, digits, reason);
    if (size != 12 && size != 15)
        return reason_set(reason, REASON_BAD_VALUE, "单位编码有 %zu 位，应为 12、15 或 18 位",
                          "the unit code has %zu characters instead of 12, 15 or 18", size);
    return true;
}

bool cell_unit_code(const char *text, char **code, struct reason *reason)
{
    CLEANUP(text_free) char *squeezed = text_squeezed(text);
    if (squeezed == NULL)
        return reason_set(reason, REASON_BAD_VALUE, "不是文字", "not text");
    for (char *c = squeezed; *c != '\0'; c++)
        if (*c >= 'a' && *c <= 'z')
            *c = (char)(*c - 'a' + 'A');
    /* An identity number fits the form of an 18-character code: it must not be quoted, nor sent. */
    if (!unit_code_check(squeezed, reason))
        return false;
    *code = squeezed;
    squeezed = NULL;
    return true;
}

/* ---- bytes ---- */

bool cell_bytes(const char *text, bool hex, uint8_t **bytes, size_t *size, struct reason *reason)
{
    if (hex && strncmp(text, "\\x", 2) == 0) /* a database's */
        text += 2;
    const size_t length = strlen(text);
    uint8_t *read = malloc(length + 1);
    if (read == NULL)
        return reason_set(reason, REASON_TOO_LARGE, "内存不足", "out of memory");
    const int result =
        hex ? sodium_hex2bin(read, length, text, length, " :\t\r\n", size, NULL)
            : sodium_base642bin(read, length, text, length, " \t\r\n", size, NULL, sodium_base64_VARIANT_ORIGINAL);
    if (result == 0 && *size > 0) {
        *bytes = read;
        return true;
    }
    free(read);
    return hex ? reason_set(reason, REASON_BAD_VALUE, "不是十六进制文本", "not hexadecimal text")
               : reason_set(reason, REASON_BAD_VALUE, "不是 base64 文本", "not base64 text");
}

/* ---- periods in file names ---- */

static bool month_period(int year, int month, int32_t *from_day, int32_t *to_day)
{
    int32_t next;
    if (!day_from_civil(year, month, 1, from_day) ||
        !day_from_civil(month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1, 1, &next))
        return false;
    *to_day = next - 1;
    return true;
}

/* A period that begins exactly here; *at moves behind it. */
static bool read_period(const char **at, int32_t *from_day, int32_t *to_day)
{
    const char *from = *at;
    int year;
    int month;
    int day;
    if (read_signed_date(&from, &year, &month, &day) || read_joined_date(&from, &year, &month, &day) ||
        (from = *at, read_chinese_date(&from, 0, &year, &month, &day))) {
        *at = from;
        return day_from_civil(year, month, day, from_day) && (*to_day = *from_day, true);
    }
    from = *at;
    int number;
    if (read_digits(&from, 6, 6, &number)) {
        *at = from;
        return month_period(number / 100, number % 100, from_day, to_day);
    }
    from = *at;
    if (!read_digits(&from, 4, 4, &year))
        return false;
    if (skip(&from, "年")) {
        if (!read_small(&from, &month) || !skip(&from, "月"))
            return false;
    } else if ((*from != '-' && *from != '_' && *from != '.') || (from++, !read_digits(&from, 2, 2, &month))) {
        return false;
    }
    *at = from;
    return month_period(year, month, from_day, to_day);
}

bool period_from_name(const char *name, int32_t *from_day, int32_t *to_day)
{
    CLEANUP(text_free) char *plain = text_squeezed(name);
    bool found = false;
    for (const char *at = plain; at != NULL && *at != '\0';) {
        const char *before = at;
        int32_t from;
        int32_t to;
        if (is_digit(*at) && read_period(&at, &from, &to)) {
            if (found && (from != *from_day || to != *to_day))
                return false;
            *from_day = from;
            *to_day = to;
            found = true;
        } else {
            at = before;
            const size_t digits = strspn(at, "0123456789");
            at += digits > 0 ? digits : 1;
        }
    }
    return found;
}
