/* Where each digest stands, durable in the outbox, so that a restart neither sends one twice nor skips one. A message
 * that waits is there as it will be sent. One transaction a call. */
#ifndef SANLING_OUTBOX_DIGESTS_H
#define SANLING_OUTBOX_DIGESTS_H

#include "outbox.h"

#include <stdbool.h>

enum { OUTBOX_DIGEST_HASH_SIZE = 32, OUTBOX_DIGEST_TEXT_SIZE = 2048, OUTBOX_ROBOT_SIZE = 16 };

enum outbox_digest_stage {
    OUTBOX_DIGEST_NONE,    /* nothing waits */
    OUTBOX_DIGEST_READY,   /* the message waits to be sent */
    OUTBOX_DIGEST_SENDING, /* its sending was begun: found so at the start, nobody knows whether it arrived */
};

struct outbox_digest {
    int64_t slot;                             /* the last due time that was dealt with; 0: none yet */
    uint8_t content[OUTBOX_DIGEST_HASH_SIZE]; /* hash of what was told last */
    bool has_content;
    int64_t looked_ms; /* when a change was looked for last, since 1970 */
    enum outbox_digest_stage stage;
    bool repeated; /* it may have arrived already */
    bool merged;   /* it took the place of one that had not been sent */
    char text[OUTBOX_DIGEST_TEXT_SIZE];
};

/* Makes the tables; call it once. */
MUST_CHECK bool outbox_digests_open(struct outbox *outbox, struct fault *fault);
/* All zero where nothing is known of that digest. */
MUST_CHECK bool outbox_digest_load(struct outbox *outbox, const char *name, struct outbox_digest *digest,
                                   struct fault *fault);
MUST_CHECK bool outbox_digest_save(struct outbox *outbox, const char *name, const struct outbox_digest *digest,
                                   struct fault *fault);
/* The same, and that a message went to the robot then. */
MUST_CHECK bool outbox_digest_send(struct outbox *outbox, const char *name, const struct outbox_digest *digest,
                                   const uint8_t robot[static OUTBOX_ROBOT_SIZE], int64_t now_ms, struct fault *fault);
/* How many went to it since `since_ms`, and when the first of them; what is older is forgotten. */
MUST_CHECK bool outbox_robot_sent(struct outbox *outbox, const uint8_t robot[static OUTBOX_ROBOT_SIZE],
                                  int64_t since_ms, int64_t now_ms, uint64_t *count, int64_t *first_ms,
                                  struct fault *fault);

#endif
