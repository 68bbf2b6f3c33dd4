/* A digest as the text of one message: counts first, then the most urgent by name, cut at a line where it gets long. */
#ifndef SANLING_DIGEST_TEXT_H
#define SANLING_DIGEST_TEXT_H

#include "digest_facts.h"

enum {
    DIGEST_MESSAGE_MAX = 2000, /* bytes; the robots take 2,048 and more */
    DIGEST_REPEAT_MAX = 40,    /* of them for the line that says that a message may be a repeat */
    DIGEST_TEXT_MAX = DIGEST_MESSAGE_MAX - DIGEST_REPEAT_MAX,
    DIGEST_LINK_MAX = 300,
    DIGEST_LINES_MAX = 256
};

enum digest_language { DIGEST_CHINESE, DIGEST_ENGLISH };

struct digest_style {
    enum digest_language language;
    const char *link; /* NULL: none; at most DIGEST_LINK_MAX bytes */
    int32_t utc_offset_minutes;
    bool merged; /* an earlier one that could not be sent is in it */
};

/* Writes title, body, "另有 N 条" where lines were left out, and link. `text` gets at most DIGEST_TEXT_MAX bytes.
 * Returns where the body begins: what stands before it changes with the time alone. */
size_t digest_text(const struct digest_facts *facts, const struct digest_style *style,
                   char text[static DIGEST_TEXT_MAX + 1]);

/* The message as it is sent: the text, or below a line that says that it may have been sent before. */
void digest_message(const char *text, bool repeated, enum digest_language language,
                    char message[static DIGEST_MESSAGE_MAX + 1]);

#endif
