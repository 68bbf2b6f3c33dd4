/* Text of a workbook: the strings that its cells share, and rich text wherever it stands. Phonetic guides are left out,
 * what the format escapes (_x000D_) is itself again. */
#ifndef SANLING_XLSX_STRINGS_H
#define SANLING_XLSX_STRINGS_H

#include "xlsx_package.h"

enum { XLSX_STRINGS_MAX = 8 * 1024 * 1024 };

/* A growing buffer of bytes. All zero is empty. */
struct xlsx_bytes {
    char *bytes;
    size_t size;
    size_t capacity;
};

/* Appends; false: memory ran out. */
bool xlsx_bytes_append(struct xlsx_bytes *bytes, const char *text, size_t size);
void xlsx_bytes_clear(struct xlsx_bytes *bytes);

/* Where within rich text (`si` or `is`) the reader stands: only what is_text then may be taken. All zero is outside. */
struct xlsx_rich_text {
    bool is_text;
    int phonetic; /* how deep within phonetic guides */
};

void xlsx_rich_text_start(struct xlsx_rich_text *rich, const char *element);
void xlsx_rich_text_end(struct xlsx_rich_text *rich, const char *element);

/* Text of a cell as it is meant, in place: escapes undone, a leading ' and a surrounding ="…" gone. Returns the new
 * size. */
size_t xlsx_text_meant(char *text, size_t size);

struct xlsx_strings {
    struct xlsx_bytes arena; /* all strings, each with its NUL */
    uint32_t *offsets;
    size_t count;
};

/* `part` may be NULL: no strings. false: *reason says why; the strings are then empty. */
bool xlsx_strings_read(struct xlsx_package *package, const char *part, struct xlsx_strings *strings,
                       struct reason *reason);
void xlsx_strings_clear(struct xlsx_strings *strings);
/* The string of that number; NULL: there is none. *too_long: it is longer than a cell may be. */
const char *xlsx_strings_get(const struct xlsx_strings *strings, size_t number, bool *too_long);

#endif
