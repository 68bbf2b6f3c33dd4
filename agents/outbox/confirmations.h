/* What a person of the office confirmed: attestations, in the outbox's file until its agent has numbered them, and what
 * became of them. Whoever asks the person writes them down: the agent's own page, or a command in another process while
 * the agent runs or rests. A statement is one act of confirming; its parts are events that are sent all or none. */
#ifndef SANLING_CONFIRMATIONS_H
#define SANLING_CONFIRMATIONS_H

#include "outbox.h"

#include <stdbool.h>

enum {
    CONFIRMATION_KEY_MAX = 200,  /* bytes of a statement's key */
    CONFIRMATION_PARTS_MAX = 100 /* of a statement: 100,000 units */
};

/* An encoded Event without source and sequence. Borrowed. */
struct confirmation_part {
    const uint8_t *content;
    size_t size;
    size_t envelope_size; /* of the content's beginning, before the payload */
};

enum confirmation_added { CONFIRMATION_NEW, CONFIRMATION_KNOWN, CONFIRMATION_OTHER };

/* Writes a statement down, durably, in a transaction of its own. `key` is chosen by the caller, one for each act;
 * `asked` is what the person confirmed, in the caller's words. KNOWN: it was written down before under this key; OTHER:
 * something else was, and nothing is done. */
MUST_CHECK bool confirmations_add(struct outbox *outbox, const char *key, const char *asked,
                                  const struct confirmation_part *parts, size_t count, enum confirmation_added *added,
                                  struct fault *fault);
/* Whether it was, without writing. */
MUST_CHECK bool confirmations_find(struct outbox *outbox, const char *key, const char *asked,
                                   enum confirmation_added *added, struct fault *fault);
/* Numbers every part that is not yet, in a transaction of its own; *any: there was one. By the outbox's owner. */
MUST_CHECK bool confirmations_take(struct outbox *outbox, bool *any, struct fault *fault);

/* What became of a statement. */
struct confirmation_state {
    uint32_t parts; /* 0: there is none of this key */
    uint32_t waiting;
    uint32_t recorded;
    uint32_t rejected;
    uint64_t position;    /* of the last one recorded */
    struct reason reason; /* why the first of the rejected was */
};
MUST_CHECK bool confirmations_state(struct outbox *outbox, const char *key, struct confirmation_state *state,
                                    struct fault *fault);
/* Statements of which a part is not answered yet. */
MUST_CHECK bool confirmations_waiting(struct outbox *outbox, uint64_t *count, struct fault *fault);

/* The schema of its table, for outbox.c. */
extern const char confirmations_schema[];

#endif
