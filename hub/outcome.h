/* An Outcome message as it grows, event by event, in runs. */
#ifndef HUB_OUTCOME_H
#define HUB_OUTCOME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "publish.pb-c.h"
#include "wire.h"

struct outcome {
    struct wire_writer writer; /* the encoded HubMessage, whole after outcome_end */
    size_t message;
    Sanling__V1__Outcome__Run run; /* not written yet; count 0: none */
    char text[256];                /* of the run */
};

void outcome_begin(struct outcome *outcome, const char *source, uint64_t first_sequence);
/* RECORDED or DUPLICATE at the position; joins the run before it where positions go on. `pending`: recorded, and waits
 * for a second identity. */
void outcome_positive(struct outcome *outcome, Sanling__V1__Outcome__Run__Kind kind, uint64_t position, bool pending);
/* REJECTED, or REFUSED for `count` events. The text is copied and cut to 255 bytes. */
void outcome_negative(struct outcome *outcome, Sanling__V1__Outcome__Run__Kind kind, uint32_t count,
                      Sanling__V1__Code__Kind code, const char *text);
/* retry_after_ms 0: says no time. */
void outcome_end(struct outcome *outcome, uint64_t next_sequence, uint32_t retry_after_ms);

#endif
