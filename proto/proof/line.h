/* Lines of the transparency formats: one spelling for each value, so that one document has one form. */
#ifndef PROTO_PROOF_LINE_H
#define PROTO_PROOF_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Characters of so many bytes in base64. */
#define LINE_BASE64_SIZE(size) (((size) + 2) / 3 * 4)

/* A line within bytes that are somebody else's, without its newline. */
struct line {
    const char *start;
    size_t size;
};
/* Takes the next line off *bytes, which move behind it. false: what is left ends without a newline, or nothing is. */
bool line_take(const char **bytes, size_t *size, struct line *line);
/* Drops the beginning off a line; false if it begins otherwise. */
bool line_drop(struct line *line, const char *beginning);
/* Digits without a leading zero, up to 2^64 - 1. */
bool line_decimal(const struct line *line, uint64_t *value);
/* Padded base64 (RFC 4648, section 4) in its one form: unused bits are zero. At most `limit` bytes. */
bool line_base64(const struct line *line, uint8_t *bytes, size_t limit, size_t *size);
/* The same of exactly `size` bytes. */
bool line_base64_exactly(const struct line *line, uint8_t *bytes, size_t size);
/* Writes LINE_BASE64_SIZE(size) characters and a NUL; gives where the NUL is. */
char *line_write_base64(char *text, const uint8_t *bytes, size_t size);

#endif
