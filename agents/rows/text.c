#include "text.h"

#include "personal.h"
#include "utf8.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum { QUOTED_BYTES_MAX = 96 };

enum spaces { SPACES_DROPPED, SPACES_SINGLE };

void text_free(char **text)
{
    free(*text);
    *text = NULL;
}

static bool is_space(utf8proc_int32_t c)
{
    if (c < 0x80)
        return (c >= 0x09 && c <= 0x0D) || c == 0x20;
    if (c > 0x3000) /* the last one */
        return false;
    return c == 0x85 || c == 0xA0 || c == 0x2028 || c == 0x2029 || utf8proc_category(c) == UTF8PROC_CATEGORY_ZS;
}

/* Rewrites `text` in place without what comparing does not see. */
static void squeeze(char *text, enum spaces spaces, bool keep_stars)
{
    const utf8proc_uint8_t *from = (const utf8proc_uint8_t *)text;
    utf8proc_ssize_t left = (utf8proc_ssize_t)strlen(text);
    char *to = text;
    bool space_owed = false;
    while (left > 0) {
        utf8proc_int32_t c;
        const utf8proc_ssize_t size = utf8proc_iterate(from, left, &c);
        if (size <= 0)
            break;
        if (is_space(c)) {
            space_owed = spaces == SPACES_SINGLE && to != text;
        } else if (keep_stars || c != '*') {
            if (space_owed)
                *to++ = ' ';
            space_owed = false;
            memmove(to, from, (size_t)size);
            to += size;
        }
        from += size;
        left -= size;
    }
    *to = '\0';
}

/* ASCII and the common Chinese characters U+4E00-9FFF alone: NFKC changes nothing there. Most cells are such. */
static bool is_normal(const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++) {
        if (*at < 0x80)
            continue;
        if (*at < 0xE4 || *at > 0xE9 || (*at == 0xE4 && at[1] < 0xB8) || (at[1] & 0xC0) != 0x80 ||
            (at[2] & 0xC0) != 0x80)
            return false;
        at += 2;
    }
    return true;
}

static char *normalised(const char *text, enum spaces spaces, bool keep_stars)
{
    utf8proc_uint8_t *result = NULL;
    const utf8proc_option_t options =
        UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_IGNORE;
    if (is_normal(text))
        result = (utf8proc_uint8_t *)strdup(text);
    else if (utf8proc_map((const utf8proc_uint8_t *)text, 0, &result, options) < 0)
        return NULL;
    if (result == NULL)
        return NULL;
    squeeze((char *)result, spaces, keep_stars);
    return (char *)result;
}

char *text_compared(const char *text)
{
    return normalised(text, SPACES_DROPPED, false);
}

char *text_squeezed(const char *text)
{
    return normalised(text, SPACES_DROPPED, true);
}

char *text_plain(const char *text)
{
    return normalised(text, SPACES_SINGLE, true);
}

/* Bytes of the space at the start of `text`; 0: there is none. Invisible characters at the ends go with the spaces. */
static size_t leading_space(const char *text)
{
    utf8proc_int32_t c;
    const utf8proc_ssize_t size = utf8proc_iterate((const utf8proc_uint8_t *)text, -1, &c);
    if (size <= 0 || c == 0)
        return 0;
    return is_space(c) || c == 0x200B || c == 0xFEFF ? (size_t)size : 0;
}

char *text_trimmed(const char *text)
{
    for (size_t size = leading_space(text); size > 0; size = leading_space(text))
        text += size;
    char *copy = strdup(text);
    if (copy == NULL)
        return NULL;
    size_t end = 0; /* behind the last character that is no space */
    for (size_t at = 0; copy[at] != '\0';) {
        const size_t space = leading_space(copy + at);
        if (copy[at] == '\n' || copy[at] == '\r')
            copy[at] = ' ';
        at += space > 0 ? space : 1;
        if (space == 0)
            end = at;
    }
    copy[end] = '\0';
    return copy;
}

static bool is_control(utf8proc_int32_t c)
{
    if (c == '\t' || c == '\n' || c == '\r')
        return false;
    return c < 0x20 || (c >= 0x7F && c <= 0x9F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

bool text_has_controls(const char *text)
{
    while (*text != '\0') {
        utf8proc_int32_t c;
        const utf8proc_ssize_t size = utf8proc_iterate((const utf8proc_uint8_t *)text, -1, &c);
        if (size <= 0 || is_control(c))
            return true;
        text += size;
    }
    return false;
}

void text_quote(const char *text, char *quoted, size_t quoted_size)
{
    if (personal_find(text) != PERSONAL_NONE) {
        snprintf(quoted, quoted_size, "%s", PERSONAL_HIDDEN);
        return;
    }
    snprintf(quoted, quoted_size < QUOTED_BYTES_MAX ? quoted_size : QUOTED_BYTES_MAX, "%s", text);
    utf8_cut_broken(quoted);
    if (strlen(quoted) < strlen(text) && strlen(quoted) + sizeof "…" <= quoted_size)
        strcat(quoted, "…");
    for (char *c = quoted; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20)
            *c = ' ';
}

size_t text_shared_characters(const char *name, const char *other)
{
    size_t shared = 0;
    for (const char *at = name; *at != '\0';) {
        char character[5] = {*at};
        size_t size = 1;
        while (size < 4 && ((unsigned char)at[size] & 0xC0) == 0x80) {
            character[size] = at[size];
            size++;
        }
        shared += strstr(other, character) != NULL ? 1 : 0;
        at += size;
    }
    return shared;
}
