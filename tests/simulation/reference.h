/* The rules of statuses once more, plain and slow, written from DOMAIN.md and not from the hub's code: the accepted
 * facts stand in arrays, and every question is answered by walking over the days one by one. Nothing is cached or
 * linked. */
#ifndef SIMULATION_REFERENCE_H
#define SIMULATION_REFERENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "event.h"
#include "policy.h"
#include "rollup.h"
#include "status.h"

struct reference;

struct reference *reference_open(void);
void reference_close(struct reference **reference);

/* Who published a fact. */
struct reference_author {
    enum office office;
    const char *root; /* code of the unit at the top of its subtree; "" for the whole tree */
    const char *identity;
};

/* Takes an event that the hub has accepted as this position. The texts and policies that it points to must outlive the
 * reference. */
void reference_record(struct reference *reference, const struct event *event, const struct reference_author *author,
                      uint64_t position);

/* Whether the unit was registered by then and lives on the day as known then. */
bool reference_lives(const struct reference *reference, const char *unit, int32_t day, uint64_t known_at);
/* The same for units that have a status of their own. */
bool reference_counts(const struct reference *reference, const char *unit, int32_t day, uint64_t known_at);
/* One zero of a counted unit that lives on the day. */
struct zero_status reference_status(const struct reference *reference, const char *unit, enum zero zero, int32_t as_of,
                                    uint64_t known_at);
enum status reference_joint(const struct reference *reference, const char *unit, int32_t as_of, uint64_t known_at);
int32_t reference_joint_streak(const struct reference *reference, const char *unit, int32_t as_of, uint64_t known_at);
/* The counted units that stand at or below the node on the day, in the tree as known then. */
void reference_rollup(const struct reference *reference, const char *node, int32_t as_of, uint64_t known_at,
                      struct rollup *rollup);

#endif
