/* From the wire's Event to the domain's: the border behind which nothing is checked twice, and the only place that
 * knows the contract's oneof. */
#ifndef HUB_DECODE_H
#define HUB_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "domain/event.h"
#include "domain/policy.h"
#include "error.pb-c.h"
#include "event.pb-c.h"
#include "fault.h"
#include "wire.h"

/* The source of the hub's own records; its first record takes the name. */
#define HUB_SOURCE "hub"

/* Memory and look-ups for one thread's decoding. */
struct decoder;
struct decoder *decoder_open(void);
void decoder_close(struct decoder **decoder);
/* Takes back the memory of everything decoded so far. */
void decoder_reset(struct decoder *decoder);

struct decoded {
    struct event event; /* if it is taken; borrowed from the decoder until its reset, as the source is */
    const char *source; /* this, and the sequence: unless it is MALFORMED */
    uint64_t sequence;
    /* If the event is not taken: why. MALFORMED: the bytes are no event; everything else is a rejection. */
    Sanling__V1__Code__Kind code; /* UNSPECIFIED: taken */
    char text[256];
    const char *field; /* PERSONAL_DATA: where */
    size_t field_size; /* and how many bytes it has */
};

/* Decodes and checks one event's bytes. true: `decoded->event` can be judged. false: `code` says why not; source and
 * sequence are good unless it is MALFORMED. */
MUST_CHECK bool decode_event(struct decoder *decoder, const uint8_t *bytes, size_t size, struct decoded *decoded);

/* 1-64 characters of [A-Za-z0-9._/-]: names of sources and durable subscriptions. One that holds a person's number is
 * none. */
bool name_valid(const char *name);

#endif
