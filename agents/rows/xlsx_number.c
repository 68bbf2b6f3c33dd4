#include "xlsx_number.h"

#include "cell.h"
#include "personal.h"
#include "xlsx_styles.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    DIGITS_MAX = 15, /* a spreadsheet program keeps no more */
    SECONDS_PER_DAY = 86400,
    SERIAL_OF_EPOCH = 25569, /* 1970-01-01 */
    SERIAL_MIN = 61,         /* 1900-03-01: before it the numbers count a 29 February that never was */
    SERIAL_END = 109575,     /* 2200-01-01 */
    SERIAL_OF_1904 = 1462    /* what the other system calls 0 */
};

/* 1e15: from here on a number has more digits than were kept. */
static const double kept_exactly = 1e15;

/* ---- days ---- */

static bool moment_text(double serial, bool counts_from_1904, char text[static XLSX_NUMBER_TEXT_SIZE])
{
    char day[DAY_TEXT_SIZE];
    if (!(serial >= 1 && serial < SERIAL_END)) /* below 1: a time of no day */
        return false;
    serial += counts_from_1904 ? SERIAL_OF_1904 : 0;
    const int64_t seconds = (int64_t)(serial * SECONDS_PER_DAY + 0.5);
    if (seconds < (int64_t)SERIAL_MIN * SECONDS_PER_DAY || seconds >= (int64_t)SERIAL_END * SECONDS_PER_DAY)
        return false;
    day_format((int32_t)(seconds / SECONDS_PER_DAY) - SERIAL_OF_EPOCH, day);
    const unsigned second = (unsigned)(seconds % SECONDS_PER_DAY);
    if (second == 0)
        snprintf(text, XLSX_NUMBER_TEXT_SIZE, "%s", day);
    else
        snprintf(text, XLSX_NUMBER_TEXT_SIZE, "%s %02u:%02u:%02u", day, second / 3600, second / 60 % 60, second % 60);
    return true;
}

/* ---- numbers ---- */

static bool is_whole_and_short(const char *stored)
{
    const size_t digits = strspn(stored, "0123456789");
    return digits >= 1 && digits <= DIGITS_MAX && stored[digits] == '\0';
}

static bool number_of(const char *stored, double *number)
{
    char *end;
    if (*stored == '\0' || strspn(stored, "0123456789.+-eE") != strlen(stored))
        return false;
    *number = strtod(stored, &end);
    return *end == '\0' && isfinite(*number);
}

/* Whether a number of 18 digits was an identity number before its last digits, the check among them, were lost. */
static bool was_identity_number(const char *digits)
{
    enum { IDENTITY_CHARACTERS = 18 };
    if (strlen(digits) != IDENTITY_CHARACTERS)
        return false;
    for (const char *check = "0123456789X"; *check != '\0'; check++) {
        char completed[IDENTITY_CHARACTERS + 1];
        strcpy(completed, digits);
        completed[IDENTITY_CHARACTERS - 1] = *check;
        if (personal_holds_identity_number(completed))
            return true;
    }
    return false;
}

static enum cell_flaw plain_text(double number, uint8_t zeros, char text[static XLSX_NUMBER_TEXT_SIZE])
{
    const bool whole = floor(number) == number;
    if (fabs(number) >= kept_exactly) {
        snprintf(text, XLSX_NUMBER_TEXT_SIZE, fabs(number) < 1e20 ? "%.0f" : "%.15g", number);
        if (was_identity_number(text))
            strcpy(text, PERSONAL_HIDDEN);
        return CELL_DIGITS_LOST;
    }
    if (whole && number >= 0)
        snprintf(text, XLSX_NUMBER_TEXT_SIZE, "%0*.0f", zeros, number + 0.0); /* never -0 */
    else
        snprintf(text, XLSX_NUMBER_TEXT_SIZE, "%.15g", number);
    return CELL_SOUND;
}

static enum cell_flaw text_in_locale(const char *stored, uint8_t shown, bool counts_from_1904,
                                     char text[static XLSX_NUMBER_TEXT_SIZE])
{
    double number;
    snprintf(text, XLSX_NUMBER_TEXT_SIZE, "%s", stored);
    if (!number_of(stored, &number))
        return CELL_UNREADABLE;
    if (shown != XLSX_SHOWN_AS_DATE)
        return plain_text(number, shown, text);
    return moment_text(number, counts_from_1904, text) ? CELL_SOUND : CELL_NO_DATE;
}

enum cell_flaw xlsx_number_text(const char *stored, uint8_t shown, bool counts_from_1904, locale_t c_locale,
                                char text[static XLSX_NUMBER_TEXT_SIZE])
{
    if (shown == XLSX_SHOWN_PLAIN && is_whole_and_short(stored)) { /* most of them */
        strcpy(text, stored);
        return CELL_SOUND;
    }
    const locale_t before = uselocale(c_locale);
    const enum cell_flaw flaw = text_in_locale(stored, shown, counts_from_1904, text);
    uselocale(before);
    return flaw;
}
