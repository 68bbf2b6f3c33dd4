#include "trend.h"

#include <assert.h>
#include <stdlib.h>

#include "day.h"
#include "figure_list.h"

static struct day_span natural_period(int32_t day, enum trend_by by)
{
    switch (by) {
    case TREND_BY_DAY:
        return (struct day_span){day, day};
    case TREND_BY_WEEK:
        return (struct day_span){day_week_start(day), day_week_start(day) + 6};
    case TREND_BY_MONTH:
        return (struct day_span){day_month_start(day), day_month_end(day)};
    }
    abort();
}

uint32_t trend_periods(struct day_span days, enum trend_by by, int32_t open_day,
                       struct trend_period periods[static TREND_PERIODS_MAX])
{
    uint32_t count = 0;
    for (int32_t day = days.from; day <= days.to;) {
        struct day_span natural = natural_period(day, by);
        struct day_span cut = {day, natural.to < days.to ? natural.to : days.to};
        if (count == TREND_PERIODS_MAX)
            return 0;
        periods[count++] =
            (struct trend_period){.days = cut,
                                  .before = days_year_before(cut),
                                  .whole = cut.from == natural.from && cut.to == natural.to && cut.to < open_day};
        day = cut.to + 1;
    }
    return count;
}

bool trend_due(const struct policy_timeline *policies, int32_t day, int32_t as_of)
{
    const struct policy *policy = timeline_on(policies, day);
    return policy && day >= policy->starts_on && policy_due(policy, day) < as_of;
}

/* ---- counts ---- */

/* The first period whose days, or whose days of the year before, end on the day or later. */
static uint32_t first_reaching(const struct trend_period *periods, uint32_t count, int32_t day, bool before)
{
    uint32_t low = 0;
    while (low < count) {
        uint32_t middle = low + (count - low) / 2;
        if ((before ? periods[middle].before.to : periods[middle].days.to) < day)
            low = middle + 1;
        else
            count = middle;
    }
    return low;
}

static void add_entry(const struct trend_period *periods, uint32_t count, const struct figure_entry *entry,
                      struct trend_counts *series)
{
    uint32_t at = first_reaching(periods, count, entry->day, false);
    if (at < count && periods[at].days.from <= entry->day)
        series->counts[at] += entry->count;
    /* The 28th of February is compared with in a leap year twice, by itself and by the 29th. */
    for (at = first_reaching(periods, count, entry->day, true); at < count && periods[at].before.from <= entry->day;
         at++)
        series->previous[at] += entry->count;
}

static void count_year(const struct figure_count *counted, const struct trend_period *periods, uint32_t count,
                       struct trend_counts *series)
{
    struct figure_list list;
    figure_list_open(counted, series->figure, &list);
    for (size_t i = 0; i < list.entry_count; i++)
        if (figure_in_period(counted, list.entries[i].day))
            add_entry(periods, count, &list.entries[i], series);
    figure_list_close(&list);
}

void trend_count(struct state *state, uint32_t root, const struct trend_period *periods, uint32_t count,
                 struct trend_counts *series, uint32_t series_count, struct day_before *before,
                 struct status_scratch *scratch)
{
    struct figure_count counted;
    int32_t last = day_year(periods[count - 1].days.to);
    if (series_count == 0)
        return;
    figure_count_open(state, root, last, before, scratch, &counted);
    for (int32_t year = last; year >= day_year(periods[0].before.from); year--) {
        figure_count_turn(&counted, year);
        for (uint32_t i = 0; i < series_count; i++)
            count_year(&counted, periods, count, &series[i]);
    }
    figure_count_close(&counted);
}

/* ---- statuses ---- */

/* Which units stand below the root on the days of some periods: one tree serves until the tree changes. */
struct ground {
    bool *within[TREND_STATUSES_MAX]; /* by period, then by ordinal; several may be the same */
    uint32_t units;
};

static bool *open_within(const struct state *state, uint32_t root, int32_t day, uint64_t known_at)
{
    struct tree tree;
    bool *within = calloc(state->units.count, sizeof *within);
    if (!within)
        abort();
    tree_open(state, day, known_at, &tree);
    for (uint32_t unit = 1; unit < tree.count; unit++)
        within[unit] = tree_within(&tree, unit, root);
    tree_close(&tree);
    return within;
}

static bool any_between(const int32_t *days, uint32_t count, int32_t from, int32_t to)
{
    for (uint32_t i = 0; i < count; i++)
        if (days[i] > from && days[i] <= to)
            return true;
    return false;
}

static void ground_open(const struct state *state, uint32_t root, const struct trend_period *periods, uint32_t count,
                        uint64_t known_at, struct ground *ground)
{
    enum { CHANGES_MAX = 512 };
    int32_t changes[CHANGES_MAX];
    uint32_t changed =
        tree_changes(state, SAYS_PARENT, periods[0].days.to, periods[count - 1].days.to, changes, CHANGES_MAX);
    for (uint32_t i = 0; i < count; i++) {
        bool same = i > 0 && changed < CHANGES_MAX &&
                    !any_between(changes, changed, periods[i - 1].days.to, periods[i].days.to);
        ground->within[i] = same ? ground->within[i - 1] : open_within(state, root, periods[i].days.to, known_at);
    }
}

static void ground_close(struct ground *ground, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (i == 0 || ground->within[i] != ground->within[i - 1])
            free(ground->within[i]);
}

/* In which periods the unit counts; false: in none. */
static bool find_periods(const struct state *state, const struct ground *ground, const int32_t *days, uint32_t count,
                         uint32_t unit, uint64_t known_at, bool counts[static TREND_STATUSES_MAX])
{
    const struct unit *row = state_unit(state, unit);
    bool any = false;
    if (!unit_kind_counted((enum unit_kind)row->kind))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        counts[i] = ground->within[i][unit] && unit_lives(row, days[i], known_at);
        any = any || counts[i];
    }
    return any;
}

void trend_statuses(struct state *state, uint32_t root, const struct trend_period *periods, uint32_t count,
                    int32_t as_of, uint64_t known_at, const struct policy_timeline *policies, struct rollup *rollups,
                    struct status_scratch *scratch)
{
    struct ground ground;
    int32_t days[TREND_STATUSES_MAX];
    bool counts[TREND_STATUSES_MAX];
    enum status statuses[ZERO_COUNT][TREND_STATUSES_MAX];
    assert(count > 0 && count <= TREND_STATUSES_MAX);
    for (uint32_t i = 0; i < count; i++)
        days[i] = periods[i].days.to;
    ground_open(state, root, periods, count, known_at, &ground);
    for (uint32_t unit = 1; unit < state->units.count; unit++) {
        const struct status_question question = {
            .unit = unit, .as_of = as_of, .known_at = known_at, .policies = policies};
        if (!find_periods(state, &ground, days, count, unit, known_at, counts))
            continue;
        for (int zero = 0; zero < ZERO_COUNT; zero++)
            status_on_days(state, &question, (enum zero)zero, days, count, statuses[zero], scratch);
        for (uint32_t i = 0; i < count; i++) {
            const enum status zeros[ZERO_COUNT] = {statuses[0][i], statuses[1][i], statuses[2][i]};
            if (counts[i])
                rollup_add(&rollups[i], (enum unit_kind)state_unit(state, unit)->kind, zeros);
        }
    }
    ground_close(&ground, count);
}
