/* The status of a unit's zeros: as of a day, as known at a position, under a policy. Silence is never zero. */
#ifndef HUB_DOMAIN_STATUS_H
#define HUB_DOMAIN_STATUS_H

#include <stdbool.h>
#include <stdint.h>

#include "breaks.h"
#include "day.h"
#include "state.h"

/* The numbers are the contract's. */
enum status { STATUS_ZERO = 1, STATUS_BROKEN = 2, STATUS_UNVERIFIED = 3, STATUS_NOT_COUNTED = 4 };

/* Spans in rising order that neither touch nor overlap. `spans` is the set's own; span_set_clear frees it. A set can be
 * used again and again without new memory. */
struct span_set {
    struct day_span *spans;
    uint32_t count;
    uint32_t capacity;
};
void span_set_clear(struct span_set *set);

/* Memory for one thread's questions, zero at first. */
struct status_scratch {
    struct span_set office, covered, joint, other, part;
    uint32_t predecessors; /* looked at for one streak */
};
void status_scratch_clear(struct status_scratch *scratch);

struct status_question {
    uint32_t unit; /* a counted unit */
    int32_t as_of;
    uint64_t known_at;                      /* POSITION_END: everything */
    const struct policy_timeline *policies; /* as known then, or, to compare, as known earlier */
    int32_t later; /* days behind as_of at which dues are looked at: of a period that is over (ruling 10) */
};

struct zero_status {
    enum status status;
    int32_t since;              /* DAY_NONE if there is none */
    uint32_t breaks;            /* in the period, standing */
    int32_t verified_until;     /* end of the unbroken covered prefix of the period; DAY_NONE: nothing covered */
    int32_t streak_until;       /* last covered day; DAY_NONE: none */
    int32_t streak_days;        /* of a merged unit: its own and the least of its predecessors' */
    int32_t claimed_days;       /* days of HISTORIC attestations, together */
    int32_t verified_last_year; /* end of the covered prefix of the period before; DAY_NONE: none (ruling 11) */
};

/* One zero by itself (DOMAIN rules 4.5 and rulings 10-16). */
struct zero_status status_of_zero(const struct state *state, const struct status_question *question, enum zero zero,
                                  struct status_scratch *scratch);
/* The statuses at the ends of several days, `days`, rising, none behind question->as_of, in `statuses`: of each day's
 * period up to it, with dues looked at on question->as_of (ruling 10). What the unit attested is looked at once. */
void status_on_days(const struct state *state, const struct status_question *question, enum zero zero,
                    const int32_t *days, uint32_t count, enum status *statuses, struct status_scratch *scratch);
/* BROKEN if any is, ZERO if all are, else UNVERIFIED. */
enum status status_joint(const enum status zeros[static ZERO_COUNT]);
/* Days back from the last day that all three cover, through days covered and unbroken in all three. */
int32_t status_joint_streak(const struct state *state, const struct status_question *question,
                            struct status_scratch *scratch);
/* The owed days that `office` has not attested, into scratch->other; owed: enrolled, of the period, due before as_of.
 */
const struct span_set *status_gaps(const struct state *state, const struct status_question *question, enum zero zero,
                                   enum office office, struct status_scratch *scratch);
/* Of an attestation's reviews, as known at the position, the last one at the highest level; NULL: nobody looked at it.
 */
const struct review *attestation_review(const struct state *state, const struct attestation *attestation,
                                        uint64_t known_at);
/* Whether the attestation makes coverage as known at the position: basis, level, review, not withdrawn. */
bool attestation_counts(const struct state *state, const struct attestation *attestation, uint64_t known_at,
                        const struct policy *policy);
/* Whose breaks count: the unit's, and until the period of a merger ends those of its predecessors too (ruling 9). Fills
 * `units` with their ordinals, itself first; returns their number, at most STATUS_FAMILY_MAX. */
enum { STATUS_FAMILY_MAX = 64 };
uint32_t status_family(const struct state *state, const struct status_question *question,
                       uint32_t units[static STATUS_FAMILY_MAX]);
/* Whether a break of this zero counts in the question: of its period, not behind as_of. */
bool status_counts_break(const struct status_question *question, const struct break_found *found, enum zero zero);
/* The part of the days on which the unit is enrolled under one policy of the question's timeline (ruling 8); from > to:
 * none. */
struct day_span status_enrolled(const struct status_question *question, const struct unit *unit,
                                const struct policy_span *held, struct day_span days);
/* The days within `within` that one office attested, by the rules of one policy. */
void status_attested(const struct state *state, const struct status_question *question, enum zero zero,
                     enum office office, const struct policy *policy, struct day_span within, struct span_set *days);
/* What a unit's status is on the open day, kept while nothing changes it: a cache, never written. */
struct unit_now {
    int32_t today;             /* the day it was computed for; another day: compute again */
    uint8_t zeros[ZERO_COUNT]; /* enum status; 0: compute again */
    uint8_t unbroken;          /* bits of those of which it is known that no break counts */
    uint32_t candidates;       /* newest row of `candidates` (breaks.h) */
    uint32_t walk;             /* the last one over heirs that came here: each is looked at once */
    uint32_t waiting;          /* behind it in that walk; 0: none */
    uint32_t changes; /* rises when something of its zeros may have changed: others keep what they made of them */
};

/* The statuses on the open day with all that is known, from the cache or computed into it. */
void status_now(struct state *state, uint32_t unit, enum status zeros[static ZERO_COUNT],
                struct status_scratch *scratch);
/* A break of the current period arrived: BROKEN, without computing. */
void status_now_break(struct state *state, uint32_t unit, enum zero zero, int32_t day);
/* Something else about this zero changed: of the unit, and of those that inherit from it. */
void status_now_forget(struct state *state, uint32_t unit, enum zero zero);
/* The same where no break came or went: only what covers its days changed. */
void status_now_uncover(struct state *state, uint32_t unit, enum zero zero);

#endif
