/* One connection's reading of records: a subscription whose credit is kept topped up and whose positions are looked
 * at. */
#ifndef BENCH_READING_H
#define BENCH_READING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sanling.h"

enum { READING_SUBSCRIPTION = 1, READING_CREDIT = 100000 };

struct reading {
    uint64_t position; /* of the last record; before the first: the one before where it begins */
    uint64_t reached;  /* how far the hub has looked */
    uint64_t records;
    uint64_t own;     /* records of BENCH_SOURCE */
    int64_t first_us; /* when the first and the last record came, of measure_now_us() */
    int64_t last_us;
    uint32_t credit_used; /* since it was last topped up */
    bool filtered;        /* positions rise; without a filter each follows the last */
    bool ended;
};

/* What is read; all strings borrowed. */
struct reading_plan {
    uint64_t from;    /* position */
    bool to_end;      /* otherwise it goes on for ever */
    const char *unit; /* NULL: all */
    const char *type; /* NULL: all */
};

/* Subscribes. false, after a line: it could not. */
bool reading_begin(struct reading *reading, struct sanling *hub, const struct reading_plan *plan);
/* Takes what happened, and gives new credit for records. false, after a line: a record is missing or came twice, or the
 * hub said no. */
bool reading_take(struct reading *reading, struct sanling *hub, const struct sanling_happening *happening);

/* The two steps of taking records from somewhere else: each position in turn, false, after a line, as above; then, of
 * what came together, how many those were. */
bool reading_take_position(struct reading *reading, uint64_t position);
void reading_note_records(struct reading *reading, size_t records);

#endif
