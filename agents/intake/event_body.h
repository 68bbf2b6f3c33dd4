/* The events of one request's body. Taken are
 *
 *   application/json                    one Event as canonical protobuf JSON, or {"events": [Event, …]}
 *   application/x-ndjson                one Event a line; empty lines count for nothing
 *   application/cloudevents+json        one CloudEvent; application/cloudevents-batch+json an array of them
 *   application/json with ce- headers   one CloudEvent whose data is the body (binary mode)
 *
 * A body is taken whole or not at all: one wrong event, and each that is wrong is listed. */
#ifndef INTAKE_EVENT_BODY_H
#define INTAKE_EVENT_BODY_H

#include "event_reader.h"
#include "problem.h"

#include <jansson.h>

enum {
    EVENT_BODY_SIZE_MAX = 4 * 1024 * 1024, /* also what the JSON reader takes */
    EVENT_BODY_EVENTS_MAX = 1000,
    EVENT_BODY_FLAWS_MAX = 100 /* listed; the others are counted */
};

struct body_input {
    const char *content_type;     /* NULL: none */
    const char *content_encoding; /* NULL: none */
    json_t *cloud; /* the CloudEvents attributes among the headers; NULL: there are none. Borrowed, gets its data. */
    const char *bytes;
    size_t size;
};

struct body_flaw {
    size_t index; /* of the event, from 0 */
    struct event_flaw flaw;
};

struct event_body {
    struct read_event *events;
    size_t count;
    struct body_flaw *flaws;
    size_t flaw_count; /* of all; EVENT_BODY_FLAWS_MAX of them are there */
    bool personal;     /* among them one of personal data */
};

/* false: *problem says why nothing can be taken; the body is empty but for the flaws. Clear it in any case. */
bool event_body_read(struct event_reader *reader, const struct body_input *input, struct event_body *body,
                     struct problem *problem);
/* Fits CLEANUP. */
void event_body_clear(struct event_body *body);
/* [{index, path, code, detail, detailEn}…] of the flaws. The caller owns the reference; NULL: no memory. */
json_t *event_body_errors(const struct event_body *body);

#endif
