/* The life-cycles of matters: which step an event leads to from where a matter stands. Everything that the table does
 * not list is an illegal transition. */
#ifndef HUB_DOMAIN_MATTER_H
#define HUB_DOMAIN_MATTER_H

#include <stdbool.h>
#include <stdint.h>

#include "event.h"

/* The numbers are part of the state on disk: add at the end. */
enum step {
    STEP_NONE = 0, /* does not exist */
    /* petitions */
    STEP_REGISTERED,
    STEP_FORWARDED,
    STEP_ASSIGNED,
    STEP_OBJECTED,
    STEP_ACCEPTED,
    STEP_EXTENDED,
    STEP_REPLIED,
    STEP_IN_REVIEW,
    STEP_REVIEWED,
    STEP_IN_FINAL_REVIEW,
    STEP_CONCLUDED,
    STEP_CLOSED,
    STEP_NOT_ACCEPTED,
    STEP_DIVERTED,
    STEP_WITHDRAWN,
    /* hazards */
    STEP_FOUND,
    STEP_ORDERED,
    STEP_RECTIFIED,
    STEP_STRUCK_OFF,
    /* accidents */
    STEP_REPORTED,
    STEP_INVESTIGATED,
    /* cases */
    STEP_FILED,
    STEP_RESOLVED,
    /* disputes */
    STEP_OPENED,
    STEP_EXPLAINED,
    STEP_ONE_CONSENT,
    STEP_CONSENTED,
    STEP_MEDIATION_REGISTERED,
    STEP_IN_SESSION,
    STEP_AGREED,
    STEP_PERFORMED,
    STEP_BROKEN_OFF,
    STEP_ENDED,
    STEP_CONFIRMATION_REQUESTED,
    STEP_CONFIRMED,
    /* seven steps */
    STEP_DISPATCHED,
    STEP_HANDLED,
    STEP_ANSWERED,
    STEP_CHECKED,
    /* any: its opening was retracted; it counts nowhere and moves no more */
    STEP_RETRACTED,
    /* petitions: mediated within their handling (信访工作条例 art. 33) */
    STEP_MEDIATING,
    STEP_LIMIT
};

/* The name of a step as rejections and answers print it. */
const char *step_name(enum step step);
/* Whether events of this kind move a matter by the table; side events and events without a matter do not. */
bool matter_moved_by(enum event_kind event);
/* The step that the event leads to; STEP_NONE if it is not legal from here. `variant` as in struct event. */
enum step matter_next(enum matter_kind kind, enum step from, enum event_kind event, uint32_t variant);
/* Whether nothing more is expected at this step: the matter is no longer open. */
bool step_is_final(enum step step);

#endif
