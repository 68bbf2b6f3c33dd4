#include "event_reference.h"

#include "event.pb-c.h"

#include <stdlib.h>
#include <string.h>

/* Where the event keeps the position of the record that it is about; NULL: it has no such field. */
static uint64_t *record_named(Sanling__V1__Event *event)
{
    if (event->payload_case == SANLING__V1__EVENT__PAYLOAD_EVENT_CORRECTED)
        return &event->event_corrected->target;
    if (event->payload_case == SANLING__V1__EVENT__PAYLOAD_EVENT_RETRACTED)
        return &event->event_retracted->target;
    if (event->payload_case == SANLING__V1__EVENT__PAYLOAD_ATTESTATION_REVIEWED)
        return &event->attestation_reviewed->attestation;
    if (event->payload_case == SANLING__V1__EVENT__PAYLOAD_ATTESTATION_WITHDRAWN)
        return &event->attestation_withdrawn->attestation;
    return NULL;
}

static uint64_t other_position(const Sanling__V1__Event *event)
{
    if (event->payload_case == SANLING__V1__EVENT__PAYLOAD_EVALUATION_PUBLISHED)
        return event->evaluation_published->position;
    if (event->payload_case != SANLING__V1__EVENT__PAYLOAD_DISCREPANCY_RESOLVED)
        return 0;
    const char *dash = strrchr(event->discrepancy_resolved->discrepancy, '-'); /* RULE-POSITION */
    return dash == NULL ? 0 : strtoull(dash + 1, NULL, 10);
}

struct event_reference event_reference_find(const uint8_t *bytes, size_t size)
{
    Sanling__V1__Event *event = sanling__v1__event__unpack(NULL, size, bytes);
    if (event == NULL)
        return (struct event_reference){0};
    const uint64_t *named = record_named(event);
    const struct event_reference reference = {.position = named != NULL ? *named : other_position(event),
                                              .is_record = named != NULL};
    sanling__v1__event__free_unpacked(event, NULL);
    return reference;
}

uint8_t *event_reference_move(const uint8_t *bytes, size_t size, uint64_t position, size_t *moved_size)
{
    Sanling__V1__Event *event = sanling__v1__event__unpack(NULL, size, bytes);
    uint64_t *named = event != NULL ? record_named(event) : NULL;
    uint8_t *moved = NULL;
    if (named != NULL) {
        *named = position;
        *moved_size = sanling__v1__event__get_packed_size(event);
        moved = malloc(*moved_size + 1);
        if (moved != NULL)
            sanling__v1__event__pack(event, moved);
    }
    if (event != NULL)
        sanling__v1__event__free_unpacked(event, NULL);
    return moved;
}
