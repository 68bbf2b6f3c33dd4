/* One event from outside, as canonical protobuf JSON, checked as the row of an office's file is: nothing unknown, no
 * personal data, unit codes of the right form, a time; source and sequence are the agent's to give. What it holds is
 * the hub's question. */
#ifndef INTAKE_EVENT_READER_H
#define INTAKE_EVENT_READER_H

#include "reason.h"

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

enum { EVENT_PATH_SIZE = 161 };

/* What is wrong, and where: "hazardFound.grade"; "": the event as a whole. Never repeats a value, which could name a
 * person. */
struct event_flaw {
    char path[EVENT_PATH_SIZE];
    struct reason reason;
};

/* An encoded Event without source and sequence. */
struct read_event {
    uint8_t *content; /* malloc'ed */
    size_t size;
    unsigned payload;     /* the number of its type in the contract */
    unsigned replacement; /* of a correction the type of what is put in the other's place; 0: it is none */
};

struct event_reader; /* memory for one event after the other */
/* NULL: no memory. */
struct event_reader *event_reader_open(void);
void event_reader_close(struct event_reader **reader);

/* false: *flaw says what is wrong; the result is empty. */
bool event_read(struct event_reader *reader, const json_t *json, struct read_event *event, struct event_flaw *flaw);
void read_event_clear(struct read_event *event);

/* Fills the flaw; returns false. The formats as reason_set takes them. */
bool event_flaw_set(struct event_flaw *flaw, const char *path, const char *code, const char *zh, const char *en, ...)
    __attribute__((format(printf, 4, 6), format(printf, 5, 6)));

#endif
