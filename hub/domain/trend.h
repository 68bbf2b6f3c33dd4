/* Figures over time: days, weeks or months, and what was counted in each, beside the same calendar days of the year
 * before; or the statuses at the end of each. */
#ifndef HUB_DOMAIN_TREND_H
#define HUB_DOMAIN_TREND_H

#include <stdbool.h>
#include <stdint.h>

#include "figure_count.h"
#include "rollup.h"

/* The numbers are the contract's. */
enum trend_by { TREND_BY_DAY = 1, TREND_BY_WEEK, TREND_BY_MONTH };
enum {
    TREND_DAYS_MAX = 3653,    /* asked for at once: ten years */
    TREND_PERIODS_MAX = 400,  /* more than a year of days */
    TREND_STATUSES_MAX = 120, /* of which statuses are asked for: ten years of months; each looks at every unit */
    TREND_FIGURES_MAX = 8,
};

struct trend_period {
    struct day_span days;
    struct day_span before; /* the same calendar days of the year before */
    bool whole;             /* all days of a day, week or month, and it is over */
};
/* Cuts the days into periods, the first and the last where the days begin and end; days before `open_day` are over.
 * Returns their number, 0 where they are more than TREND_PERIODS_MAX. */
uint32_t trend_periods(struct day_span days, enum trend_by by, int32_t open_day,
                       struct trend_period periods[static TREND_PERIODS_MAX]);
/* Whether every report for the day was due before as_of; false before any rules hold. */
bool trend_due(const struct policy_timeline *policies, int32_t day, int32_t as_of);

/* What a figure counted in each period, and in the same days of the year before. */
struct trend_counts {
    enum figure figure; /* one of figure_by_day */
    uint64_t counts[TREND_PERIODS_MAX];
    uint64_t previous[TREND_PERIODS_MAX];
};
/* Fills the series, whose figures are set. A record counts on its day if it counts in the figure of that day's year:
 * what was found in one year and struck off in the next is in neither. The tree is that of the last year's end, or of
 * the open day. */
void trend_count(struct state *state, uint32_t root, const struct trend_period *periods, uint32_t count,
                 struct trend_counts *series, uint32_t series_count, struct day_before *before,
                 struct status_scratch *scratch);

/* The roll-up of the subtree at the end of each period: units that lived on that day, in its tree, with dues looked at
 * on as_of (ruling 10). At most TREND_STATUSES_MAX periods. */
void trend_statuses(struct state *state, uint32_t root, const struct trend_period *periods, uint32_t count,
                    int32_t as_of, uint64_t known_at, const struct policy_timeline *policies, struct rollup *rollups,
                    struct status_scratch *scratch);

#endif
