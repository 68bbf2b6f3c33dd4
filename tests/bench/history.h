/* Years of a county in memory, driven event by event through the domain as the ledger drives it, without a disk: units,
 * rules, every month attested for every unit and zero, inspections, hazards, cases, corrections, retractions and
 * mergers. The same plan makes the same records on any machine. */
#ifndef BENCH_HISTORY_H
#define BENCH_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "apply.h"
#include "county.h"
#include "policy.h"
#include "status.h"

enum { HISTORY_YEARS_MAX = 4 };

struct history_plan {
    struct county county;
    const char *policy; /* file */
    uint32_t years;     /* 1 to HISTORY_YEARS_MAX, the last of them 2025 */
    bool mergers;       /* a pair of enterprises of each thousand units in each quarter */
};

struct history {
    struct history_plan plan;
    struct state state;
    struct status_scratch scratch;
    struct policy *policy;
    uint32_t root;                   /* ordinal of the county */
    uint32_t ended;                  /* enterprises that mergers ended */
    uint32_t cases;                  /* filed */
    int32_t as_of;                   /* a day in the last year, … */
    uint64_t known_at;               /* … and the last position a month after it */
    uint64_t attestations;           /* recorded */
    char (*codes)[CREDIT_CODE_SIZE]; /* of the counted units, by index */
};

/* Makes the years up to the open day, 2025-12-28. false, after a line on standard error: the policy cannot be read. */
bool history_open(struct history *history, const struct history_plan *plan);
void history_close(struct history *history);

/* The moment as which everything of the open day is recorded: its last one. */
int64_t history_now_us(const struct history *history);
/* Who publishes such events: the last office that the catalogue lets, for the whole county. */
struct publisher history_publisher(const struct history *history, enum event_kind kind);

#endif
