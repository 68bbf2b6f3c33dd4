#include "proof/line.h"

#include <sodium.h>
#include <string.h>

bool line_take(const char **bytes, size_t *size, struct line *line)
{
    const char *end = *size > 0 ? memchr(*bytes, '\n', *size) : NULL;
    if (end == NULL)
        return false;
    *line = (struct line){.start = *bytes, .size = (size_t)(end - *bytes)};
    *bytes += line->size + 1;
    *size -= line->size + 1;
    return true;
}

bool line_drop(struct line *line, const char *beginning)
{
    const size_t size = strlen(beginning);
    if (line->size < size || memcmp(line->start, beginning, size) != 0)
        return false;
    line->start += size;
    line->size -= size;
    return true;
}

bool line_decimal(const struct line *line, uint64_t *value)
{
    uint64_t sum = 0;
    if (line->size == 0 || (line->size > 1 && line->start[0] == '0'))
        return false;
    for (size_t i = 0; i < line->size; i++) {
        const char digit = line->start[i];
        if (digit < '0' || digit > '9' || __builtin_mul_overflow(sum, 10, &sum) ||
            __builtin_add_overflow(sum, (uint64_t)(digit - '0'), &sum))
            return false;
    }
    *value = sum;
    return true;
}

/* libsodium's reader takes some bytes beyond ASCII for letters. */
static bool is_ascii(const struct line *line)
{
    for (size_t i = 0; i < line->size; i++)
        if ((unsigned char)line->start[i] >= 0x80)
            return false;
    return true;
}

bool line_base64(const struct line *line, uint8_t *bytes, size_t limit, size_t *size)
{
    return is_ascii(line) && sodium_base642bin(bytes, limit, line->start, line->size, NULL, size, NULL,
                                               sodium_base64_VARIANT_ORIGINAL) == 0;
}

bool line_base64_exactly(const struct line *line, uint8_t *bytes, size_t size)
{
    size_t found = 0;
    return line->size == LINE_BASE64_SIZE(size) && line_base64(line, bytes, size, &found) && found == size;
}

char *line_write_base64(char *text, const uint8_t *bytes, size_t size)
{
    sodium_bin2base64(text, LINE_BASE64_SIZE(size) + 1, bytes, size, sodium_base64_VARIANT_ORIGINAL);
    return text + LINE_BASE64_SIZE(size);
}
