/* CloudEvents 1.0 as our events. What stands where:
 *
 *   type      sanling.v1.PetitionRegistered   which payload: a message of the event catalogue
 *   time      2020-08-19T09:00:00+08:00       occurredAt, and the offset as utcOffsetMinutes; required here
 *   subject   SX-2020-0001                    the matter (一案一码); absent for events about none
 *   unit      140322102200                    extension: the unit's code
 *   campaign, mode, note                      extensions: as the Event's members
 *   data      {…}                             the payload as canonical JSON; datacontenttype application/json or absent
 *   id, source                                required by CloudEvents; the Idempotency-Key decides what is a repetition
 *
 * dataschema, traceparent and tracestate are let through and not kept; every other attribute is refused, for what is
 * not kept may have mattered to the sender. */
#ifndef INTAKE_CLOUD_EVENT_H
#define INTAKE_CLOUD_EVENT_H

#include "event_reader.h"

#include <jansson.h>

/* The Event as canonical JSON, of a CloudEvent in its JSON format; the caller owns it. NULL: *flaw names the attribute.
 */
json_t *cloud_event_to_event(const json_t *cloud, struct event_flaw *flaw);
/* Where a flaw of that Event stands in the CloudEvent: "data.grade" for "hazardFound.grade". */
void cloud_event_place(const json_t *cloud, struct event_flaw *flaw);
/* Adds an attribute that came as a header `ce-NAME` to a CloudEvent: lower case, %XX decoded. false: it is no UTF-8 or
 * is there already. */
bool cloud_event_add_header(json_t *cloud, const char *name, const char *value);

#endif
