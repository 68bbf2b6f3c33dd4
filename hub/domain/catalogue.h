/* The catalogue of event types: who may publish each by default, what it must say, what it speaks of. To add a type:
 * its message and its line in the contract's Event, its number in event.h, its row here; the compiler names the rest.
 */
#ifndef HUB_DOMAIN_CATALOGUE_H
#define HUB_DOMAIN_CATALOGUE_H

#include <stdbool.h>

#include "event.h"

struct event_type {
    const char *name;        /* "HazardFound" */
    const char *label;       /* 隐患登记 */
    office_set publishers;   /* by default */
    bool needs_unit;         /* the envelope's unit is required */
    enum matter_kind matter; /* what it speaks of; MATTER_NONE: nothing, or what its matter_kind field says */
    const char *required;    /* names of required payload fields, separated by spaces */
};

/* The type of a kind, or of a number that may be none: NULL then. */
const struct event_type *catalogue_type(unsigned kind);
/* The kind of a type's name; 0 if there is none. */
unsigned catalogue_kind(const char *name);

#endif
