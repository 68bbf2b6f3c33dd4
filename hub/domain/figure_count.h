/* The records that count in each figure. One place decides whether a row counts: the summary adds up what the walk
 * says, the list behind a figure shows it; so the two cannot differ. Nothing retracted and no accusation counts
 * anywhere. */
#ifndef HUB_DOMAIN_FIGURE_COUNT_H
#define HUB_DOMAIN_FIGURE_COUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "figure.h"
#include "scope.h"

/* What is kept as long as a day is the day before the open one: the joint statuses at its close, and which amendments
 * have lifted a break since. Both are of what was known then and change no more: a cache. Zero at first. */
struct day_before {
    int32_t day;
    uint64_t known_at;
    uint8_t *joint; /* enum status of each unit; 0: not computed yet */
    uint32_t count;
    uint32_t first_amendment; /* of the open day */
    uint8_t *unbroke;         /* of those: 0: not computed yet, 1: no, 2: yes */
    uint32_t amendments;      /* that `unbroke` has room for */
};
void day_before_clear(struct day_before *before);

/* What is counted: the rows below a node from the first day of a year to its last, or to the open day if that is
 * earlier, and the same calendar days of the year before. */
struct figure_count {
    struct state *state;
    struct scope scope; /* of the last day, all that is known */
    int32_t from, to;
    int32_t before_from, before_to;
    const struct policy *policy; /* of the open day; NULL: none yet */
    struct policy_timeline policies;
    struct policy_timeline policies_before; /* as known at the close of the day before */
    struct day_before *before;
    struct status_scratch *scratch;
};
/* All pointers stay the caller's and must live as long as it. */
void figure_count_open(struct state *state, uint32_t root, int32_t year, struct day_before *before,
                       struct status_scratch *scratch, struct figure_count *count);
/* Another year in the tree that it was opened in: for figures that count by day (figure_by_day), and no others. */
void figure_count_turn(struct figure_count *count, int32_t year);
void figure_count_close(struct figure_count *count);

/* A row and the figures that it counts in. */
enum { FIGURE_HITS_MAX = 48 };
struct figure_hit {
    enum figure figure;
    uint64_t position; /* of the record that made it count, where the row knows it without a search; else the row's */
    uint64_t count;
};
struct figure_row {
    uint64_t position; /* of the record that it began with; 0: a unit of which nobody said anything */
    uint32_t unit;     /* ordinals; 0: none */
    uint32_t matter;
    uint32_t joint; /* row of `joints`; 0: it is none */
    int32_t day;
    uint32_t hit_count;
    struct figure_hit hits[FIGURE_HITS_MAX];
};

/* Walks every row that counts in anything. */
struct figure_walk {
    uint32_t stage;
    uint32_t last_stage;
    uint32_t at;
    uint32_t owners;         /* of cameras met so far */
    uint32_t *newest_checks; /* self-check of each unit that counts; NULL: none was met yet */
};
void figure_walk_open(struct figure_walk *walk);
bool figure_walk_next(const struct figure_count *count, struct figure_walk *walk, struct figure_row *row);
void figure_walk_close(struct figure_walk *walk);

/* The figures that one row of a stage counts in; not of cameras, for of those the first of an owner counts. A
 * self-check must be the one of its unit that counts. */
void figure_count_row(const struct figure_count *count, enum figure_stage stage, uint32_t at, struct figure_row *row);
/* Whether the self-check may be the one that counts: not retracted, of the year, below the node. */
bool figure_check_counts(const struct figure_count *count, const struct self_check *check);

/* Whether the day lies in the year that is counted. */
bool figure_in_period(const struct figure_count *count, int32_t day);
/* Whether the move reports a clock as taken up to level 2 or 3, and no older one did so for the same clock. */
bool figure_escalates(const struct state *state, const struct move *move);
/* Whether the move is a consultation of this joint handling, a row of `joints`. A matter may be opened jointly more
 * than once. */
bool figure_consults(const struct state *state, uint32_t joint, const struct move *move);

#endif
