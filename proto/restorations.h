/* How often a hub's data was restored from a backup, and where each of these ended: a position behind an end stands for
 * another record from then on. Whoever remembers positions remembers this with them, and compares. Plain values. */
#ifndef SANLING_RESTORATIONS_H
#define SANLING_RESTORATIONS_H

#include "session.pb-c.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    RESTORATIONS_MAX = 64, /* are told apart; of more the oldest are taken together */
    RESTORATION_NAME_SIZE = 40,
    RESTORATIONS_TEXT_SIZE = RESTORATIONS_MAX * (RESTORATION_NAME_SIZE + 24)
};

struct restored {
    char name[RESTORATION_NAME_SIZE]; /* another one for each time */
    uint64_t position;                /* of the backup's end */
};

/* Oldest first: each happened to what the one before it had left. */
struct restorations {
    size_t count;
    struct restored each[RESTORATIONS_MAX];
};

/* Adds the newest. What is too long for a name is cut. */
void restorations_add(struct restorations *restorations, const char *name, uint64_t position);
void restorations_of_welcome(const Sanling__V1__Welcome *welcome, struct restorations *restorations);
/* Up to which position both speak of the same records; UINT64_MAX: they are the same everywhere. */
uint64_t restorations_same_up_to(const struct restorations *before, const struct restorations *now);
/* The name of the restoration behind which the record at this position was written; "": behind none. */
const char *restorations_behind(const struct restorations *restorations, uint64_t position);
/* What `sanlingctl restore` leaves in a data folder, restored.json: the newest one and, in `earlier`, those before it.
 * false: it is none of these. */
bool restorations_read_document(const char *text, size_t size, struct restorations *restorations);
/* As text, a line each, and back. false: it is none of ours. */
void restorations_write(const struct restorations *restorations, char text[static RESTORATIONS_TEXT_SIZE]);
bool restorations_read(const char *text, struct restorations *restorations);

#endif
