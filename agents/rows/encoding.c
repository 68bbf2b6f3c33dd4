#include "encoding.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum {
    /* More wrong bytes than this and the text is in another encoding: nobody mends so many rows. */
    FLAWS_MAX = 10000,
    REPLACEMENT_BYTES = 3,
    MARK_BYTES = 3,
    UTF16_UNIT_BYTES = 2,
    MARK_CHARACTER = 0xFEFF
};

static const char replacement[] = "\xEF\xBF\xBD"; /* U+FFFD */
static const char mark[] = "\xEF\xBB\xBF";        /* U+FEFF */

const char *encoding_name(enum encoding encoding)
{
    switch (encoding) {
    case ENCODING_UTF8:
        return "UTF-8";
    case ENCODING_GB18030:
        return "GB18030";
    case ENCODING_UTF16_LITTLE:
    case ENCODING_UTF16_BIG:
        return "UTF-16";
    }
    abort();
}

static bool starts_with(const uint8_t *bytes, size_t size, const char *prefix, size_t prefix_size)
{
    return size >= prefix_size && memcmp(bytes, prefix, prefix_size) == 0;
}

/* Bytes of the UTF-8 character at `at`; 0: none is there; -1: it is cut by the end. */
static int utf8_length(const uint8_t *at, const uint8_t *end)
{
    if (at[0] < 0x80)
        return 1;
    const int length = at[0] >= 0xC2 && at[0] <= 0xDF   ? 2
                       : at[0] >= 0xE0 && at[0] <= 0xEF ? 3
                       : at[0] >= 0xF0 && at[0] <= 0xF4 ? 4
                                                        : 0;
    for (int i = 1; i < length; i++) {
        if (at + i == end)
            return -1;
        const uint8_t low = i > 1 ? 0x80 : at[0] == 0xE0 ? 0xA0 : at[0] == 0xF0 ? 0x90 : 0x80;
        const uint8_t high = i > 1 ? 0xBF : at[0] == 0xED ? 0x9F : at[0] == 0xF4 ? 0x8F : 0xBF;
        if (at[i] < low || at[i] > high)
            return 0;
    }
    return length;
}

bool encoding_is_utf8(const uint8_t *bytes, size_t size)
{
    const uint8_t *end = bytes + size;
    for (const uint8_t *at = bytes; at < end;) {
        const int length = utf8_length(at, end);
        if (length == 0)
            return false;
        if (length < 0)
            return true; /* cut */
        at += length;
    }
    return true;
}

/* Bytes of the GB18030 character at `at`; 0: none is there; -1: it is cut by the end. A lone 80 is the euro sign of
 * Windows, a character of one byte. */
static int gb18030_length(const uint8_t *at, const uint8_t *end)
{
    if (at[0] <= 0x80)
        return 1;
    if (at[0] == 0xFF)
        return 0;
    if (at + 1 == end)
        return -1;
    if (at[1] >= 0x40 && at[1] != 0x7F && at[1] != 0xFF)
        return 2;
    if (at[1] < 0x30 || at[1] > 0x39)
        return 0;
    if (at + 2 == end || at + 3 == end)
        return -1;
    return at[2] >= 0x81 && at[2] <= 0xFE && at[3] >= 0x30 && at[3] <= 0x39 ? 4 : 0;
}

static bool marked_encoding(const uint8_t *bytes, size_t size, enum encoding *encoding)
{
    if (starts_with(bytes, size, mark, MARK_BYTES))
        *encoding = ENCODING_UTF8;
    else if (starts_with(bytes, size, "\xFF\xFE", UTF16_UNIT_BYTES))
        *encoding = ENCODING_UTF16_LITTLE;
    else if (starts_with(bytes, size, "\xFE\xFF", UTF16_UNIT_BYTES))
        *encoding = ENCODING_UTF16_BIG;
    else
        return false;
    return true;
}

size_t encoding_candidates(const uint8_t *bytes, size_t size, enum encoding candidates[static 2])
{
    size_t count = 0;
    if (marked_encoding(bytes, size, &candidates[0]))
        return 1;
    if (encoding_is_utf8(bytes, size))
        candidates[count++] = ENCODING_UTF8;
    candidates[count++] = ENCODING_GB18030;
    return count;
}

void decoded_clear(struct decoded *decoded)
{
    free(decoded->text);
    free(decoded->flaws);
    *decoded = (struct decoded){0};
}

static bool add_flaw(struct decoded *decoded, size_t byte_offset, uint8_t byte)
{
    if (decoded->flaw_count == FLAWS_MAX)
        return false;
    if ((decoded->flaw_count & (decoded->flaw_count - 1)) == 0) {
        const size_t capacity = decoded->flaw_count == 0 ? 1 : decoded->flaw_count * 2;
        struct encoding_flaw *flaws = realloc(decoded->flaws, capacity * sizeof *flaws);
        if (flaws == NULL)
            return false;
        decoded->flaws = flaws;
    }
    decoded->flaws[decoded->flaw_count++] =
        (struct encoding_flaw){.text_offset = decoded->size, .byte_offset = byte_offset, .byte = byte};
    memcpy(decoded->text + decoded->size, replacement, REPLACEMENT_BYTES);
    decoded->size += REPLACEMENT_BYTES;
    return true;
}

static void put(struct decoded *decoded, const void *bytes, size_t size)
{
    memcpy(decoded->text + decoded->size, bytes, size);
    decoded->size += size;
}

static bool decode_utf8(const uint8_t *bytes, size_t size, struct decoded *decoded)
{
    const uint8_t *end = bytes + size;
    for (const uint8_t *at = bytes; at < end;) {
        const int length = utf8_length(at, end);
        if (length < 0) {
            decoded->cut = true;
            return true;
        }
        if (length == 0) {
            if (!add_flaw(decoded, (size_t)(at - bytes), *at))
                return false;
            at++;
            continue;
        }
        if (length != MARK_BYTES || memcmp(at, mark, MARK_BYTES) != 0)
            put(decoded, at, (size_t)length);
        at += length;
    }
    return true;
}

/* One character of two or four bytes; false: GB18030 gives it no meaning. */
static bool convert(iconv_t converter, const uint8_t *at, int length, struct decoded *decoded)
{
    char *from = (char *)(uintptr_t)at;
    char converted[8];
    char *to = converted;
    size_t from_left = (size_t)length;
    size_t to_left = sizeof converted;
    if (iconv(converter, &from, &from_left, &to, &to_left) == (size_t)-1) {
        iconv(converter, NULL, NULL, NULL, NULL);
        return false;
    }
    const size_t made = sizeof converted - to_left;
    if (made != MARK_BYTES || memcmp(converted, mark, MARK_BYTES) != 0)
        put(decoded, converted, made);
    return true;
}

static bool decode_gb18030(iconv_t converter, const uint8_t *bytes, size_t size, struct decoded *decoded)
{
    const uint8_t *end = bytes + size;
    for (const uint8_t *at = bytes; at < end;) {
        const int length = gb18030_length(at, end);
        if (length < 0) {
            decoded->cut = true;
            return true;
        }
        if (length == 1 && *at == 0x80)
            put(decoded, "€", sizeof "€" - 1);
        else if (length == 1)
            put(decoded, at, 1);
        else if (length == 0 || !convert(converter, at, length, decoded)) {
            if (!add_flaw(decoded, (size_t)(at - bytes), *at))
                return false;
            at++; /* what follows may be a character of its own: a line end is never swallowed */
            continue;
        }
        at += length;
    }
    return true;
}

static unsigned utf16_unit(const uint8_t *at, enum encoding encoding)
{
    return encoding == ENCODING_UTF16_BIG ? (unsigned)at[0] << 8 | at[1] : (unsigned)at[1] << 8 | at[0];
}

static bool is_surrogate(unsigned unit, unsigned first)
{
    return unit >= first && unit < first + 0x400;
}

/* "Unicode text" of a spreadsheet program. Half a character beyond U+FFFF is a flaw; half a unit at the end a cut. */
static bool decode_utf16(const uint8_t *bytes, size_t size, enum encoding encoding, struct decoded *decoded)
{
    const uint8_t *end = bytes + size;
    const uint8_t *at = bytes;
    while (end - at >= UTF16_UNIT_BYTES) {
        utf8proc_int32_t character = (utf8proc_int32_t)utf16_unit(at, encoding);
        size_t length = UTF16_UNIT_BYTES;
        if (is_surrogate((unsigned)character, 0xD800)) {
            if (end - at < 2 * UTF16_UNIT_BYTES)
                break;
            const unsigned low = utf16_unit(at + UTF16_UNIT_BYTES, encoding);
            if (is_surrogate(low, 0xDC00)) {
                character = 0x10000 + ((character - 0xD800) << 10) + (utf8proc_int32_t)(low - 0xDC00);
                length = 2 * UTF16_UNIT_BYTES;
            }
        }
        if (!utf8proc_codepoint_valid(character)) {
            if (!add_flaw(decoded, (size_t)(at - bytes), *at))
                return false;
        } else if (character != MARK_CHARACTER) {
            decoded->size += (size_t)utf8proc_encode_char(character, (utf8proc_uint8_t *)decoded->text + decoded->size);
        }
        at += length;
    }
    decoded->cut = at < end;
    return true;
}

static bool decode_with_iconv(const uint8_t *bytes, size_t size, struct decoded *decoded, struct reason *reason)
{
    /* Never GBK, CP936 or GB2312: they lack the rare characters of names of places. */
    iconv_t converter = iconv_open("UTF-8", "GB18030");
    if (converter == (iconv_t)-1)
        return reason_set(reason, REASON_ENCODING, "本机缺少 GB18030 转换（gconv）",
                          "no GB18030 converter (gconv) here");
    const bool taken = decode_gb18030(converter, bytes, size, decoded);
    iconv_close(converter);
    return taken;
}

static bool decode_bytes(const uint8_t *bytes, size_t size, enum encoding encoding, struct decoded *decoded,
                         struct reason *reason)
{
    switch (encoding) {
    case ENCODING_UTF8:
        return decode_utf8(bytes, size, decoded);
    case ENCODING_GB18030:
        return decode_with_iconv(bytes, size, decoded, reason);
    case ENCODING_UTF16_LITTLE:
    case ENCODING_UTF16_BIG:
        return decode_utf16(bytes, size, encoding, decoded);
    }
    abort();
}

bool encoding_decode(const uint8_t *bytes, size_t size, enum encoding encoding, struct decoded *decoded,
                     struct reason *reason)
{
    *decoded = (struct decoded){0};
    /* A wrong byte and the lone euro become three bytes, two of GB18030 or UTF-16 become three at most. */
    decoded->text = malloc(size * 3 + 1);
    if (decoded->text == NULL)
        return reason_set(reason, REASON_TOO_LARGE, "内存不足", "out of memory");
    reason_set(reason, REASON_ENCODING, "既不是 UTF-8 也不是 GB18030 文字", "neither UTF-8 nor GB18030 text");
    if (!decode_bytes(bytes, size, encoding, decoded, reason)) {
        decoded_clear(decoded);
        return false;
    }
    decoded->text[decoded->size] = '\0';
    return true;
}
