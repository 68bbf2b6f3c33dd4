/* Why a row, or a whole file, was not taken: a stable code and a line in both languages, for the office's eyes only.
 * Such a line may quote a cell; the journal never does. */
#ifndef SANLING_REASON_H
#define SANLING_REASON_H

#include <stdbool.h>

/* Codes of our own, beside those of proto/error.proto that rows share with the hub. */
#define REASON_NO_HEADER "NO_HEADER"
#define REASON_NO_SHEET "NO_SHEET"
#define REASON_NO_MAPPING "NO_MAPPING"
#define REASON_UNSUPPORTED "UNSUPPORTED"
#define REASON_ENCODING "ENCODING"
#define REASON_UNREADABLE "UNREADABLE"
#define REASON_TOO_LARGE "TOO_LARGE"
#define REASON_MALFORMED "MALFORMED"
#define REASON_BAD_VALUE "BAD_VALUE"
#define REASON_UNKNOWN_UNIT "UNKNOWN_UNIT"
#define REASON_MISSING_FIELD "MISSING_FIELD"
#define REASON_PERSONAL_DATA "PERSONAL_DATA"
#define REASON_DUPLICATE_KEY "DUPLICATE_KEY"
#define REASON_CHANGED "CHANGED"
#define REASON_RECORD_LOST "RECORD_LOST"

struct reason {
    char code[32];
    char zh[400];
    char en[400];
};

/* Fills the reason; both formats take the same arguments in the same order. Returns false, so that
 * `return reason_set(...)` ends the function that found it. */
bool reason_set(struct reason *reason, const char *code, const char *zh, const char *en, ...)
    __attribute__((format(printf, 3, 5), format(printf, 4, 5)));

#endif
