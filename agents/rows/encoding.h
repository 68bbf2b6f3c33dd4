/* A file's bytes as UTF-8 text. A byte-order mark decides (UTF-8, UTF-16 of either order); else the whole file, never a
 * sample, is tried as strict UTF-8 and as GB18030, and where both pass the reader tries which one has the headers it
 * looks for. */
#ifndef SANLING_ENCODING_H
#define SANLING_ENCODING_H

#include "reason.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum encoding { ENCODING_UTF8, ENCODING_GB18030, ENCODING_UTF16_LITTLE, ENCODING_UTF16_BIG };

/* A byte that belongs to no character. U+FFFD stands at `text_offset` instead. */
struct encoding_flaw {
    size_t text_offset;
    size_t byte_offset; /* in the file, from 0 */
    uint8_t byte;
};

/* Decoded text; NUL behind it, and perhaps inside it. Byte-order marks, also those inside pasted files, are gone. */
struct decoded {
    char *text;
    size_t size;
    struct encoding_flaw *flaws; /* by rising offset */
    size_t flaw_count;
    bool cut; /* the last character is incomplete: the file is still being copied */
};

/* Which encodings the bytes allow, likelier ones first; returns how many, 1 or 2. */
size_t encoding_candidates(const uint8_t *bytes, size_t size, enum encoding candidates[static 2]);
/* Decodes all of it. false: TOO_LARGE when too many bytes are wrong, or memory ran out; `decoded` is then empty. */
bool encoding_decode(const uint8_t *bytes, size_t size, enum encoding encoding, struct decoded *decoded,
                     struct reason *reason);
/* Frees what it holds; it is empty again. */
void decoded_clear(struct decoded *decoded);
/* Whether the bytes are strict UTF-8. */
bool encoding_is_utf8(const uint8_t *bytes, size_t size);
/* "UTF-8", "GB18030" or "UTF-16". */
const char *encoding_name(enum encoding encoding);

#endif
