/* What the hub refused: counted by who, what and code, and written down without content. A refusal is told at once the
 * first time in a minute, later ones as a sum once a minute, so that no flood fills a disk; counts are never lost, only
 * joined: of keys that nobody knows the last REFUSALS_KEYS_MAX are told apart, all others are summed.
 *
 * This is a table and a text; audit.h writes it. Time is an argument, microseconds since 1970 UTC. */
#ifndef HUB_REFUSALS_H
#define HUB_REFUSALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "access.h"

enum {
    REFUSALS_KEYS_MAX = 64,            /* rows of unknown keys */
    REFUSALS_IDENTITIES_MAX = 8192,    /* rows of identities */
    REFUSALS_LINES_A_MINUTE = 60,      /* told at once */
    REFUSALS_DAY_BYTES_MAX = 16 << 20, /* of a day's file; then sums without names, once an hour */
    REFUSALS_TEXT_MAX = 1 << 20,       /* not written yet, as while the disk is full; then counts wait in the table */
    REFUSALS_WHO_SIZE = ACCESS_NAME_SIZE,
    REFUSALS_LINE_MAX = 400,
};

/* Of whom: an identity by its name; a key that the access file does not have (Z85); somebody without one; the sum of
 * those that are not told apart. */
enum refused_kind { REFUSED_IDENTITY, REFUSED_KEY, REFUSED_NOBODY, REFUSED_OTHERS };

/* What was asked. The numbers are those of Refusal.What. */
enum refused_what {
    REFUSED_CONNECTION = 1,
    REFUSED_HELLO,
    REFUSED_PUBLISH,
    REFUSED_EVENT,
    REFUSED_SUBSCRIBE,
    REFUSED_UNSUBSCRIBE,
    REFUSED_CREDIT,
    REFUSED_ACKNOWLEDGE,
    REFUSED_QUERY,
    REFUSED_MESSAGE, /* that is none of these */
};

struct refused {
    enum refused_kind kind;
    enum refused_what what;
    int code;                    /* Sanling__V1__Code__Kind */
    char who[REFUSALS_WHO_SIZE]; /* "" for NOBODY and OTHERS */
};

struct refusal_row {
    struct refused refused;
    uint64_t count; /* since the start */
    int64_t first_us;
    int64_t last_us;
};

struct refusals;
struct refusals *refusals_open(void);
void refusals_close(struct refusals **refusals);
/* Counts so many. true: told at once, so it is worth a line in the journal, too. */
bool refusals_note(struct refusals *refusals, const struct refused *refused, uint32_t count, int64_t now_us);
/* What is to be written now: the lines since the last call, and the sums that are due (all, if `all`). The text is the
 * caller's. NULL: nothing. */
char *refusals_take_text(struct refusals *refusals, int64_t now_us, bool all, size_t *size);
/* It could not be written: it comes again with the next call. Takes the text. */
void refusals_give_back(struct refusals *refusals, char **text, size_t size);
/* How large the day's file is by now. */
void refusals_set_day_bytes(struct refusals *refusals, uint64_t bytes);

/* The rows since the start, in no order: a copy, the caller's to free. */
struct refusal_row *refusals_rows(const struct refusals *refusals, size_t *count);

/* The stable names, "PUBLISH", and back: 0 for none. */
const char *refused_what_name(enum refused_what what);
/* Reads a line as refusals_take_text writes it, without its newline; false: it is none. first_us is its time. */
bool refusals_read_line(const char *line, size_t size, struct refusal_row *row);

#endif
