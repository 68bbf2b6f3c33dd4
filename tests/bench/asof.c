#include <stdio.h>
#include <stdlib.h>

#include "history.h"
#include "measure.h"
#include "rollup.h"
#include "rules_commands.h"
#include "status_rows.h"
#include "summary.h"

/* All levels of a county, and how often a question is asked: the middle answer counts. */
enum { DEPTH = 16, TIMES = 5, UNITS_ASKED = 1000, LAST_YEAR = 2025 };

static int by_size(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left;
    int64_t b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

static void tell(const struct rules_bench *bench, const char *name, double value)
{
    char figure[96];
    snprintf(figure, sizeof figure, "%s_of_%u_units_%u_years", name, bench->units, bench->years);
    measure_tell(figure, value);
}

/* One question, asked TIMES times, in milliseconds of processor time. */
static void ask(const struct rules_bench *bench, const char *name, struct history *history,
                void (*question)(struct history *history))
{
    int64_t took[TIMES];
    for (int i = 0; i < TIMES; i++) {
        int64_t begun = measure_thread_ns();
        question(history);
        took[i] = measure_thread_ns() - begun;
    }
    qsort(took, TIMES, sizeof *took, by_size);
    tell(bench, name, (double)took[TIMES / 2] / 1e6);
}

static void one_unit(struct history *history, uint32_t index)
{
    struct policy_timeline policies;
    state_timeline(&history->state, history->known_at, &policies);
    const struct status_question question = {.unit = state_find_unit(&history->state, history->codes[index]),
                                             .as_of = history->as_of,
                                             .known_at = history->known_at,
                                             .policies = &policies};
    for (int zero = 0; zero < ZERO_COUNT; zero++)
        (void)status_of_zero(&history->state, &question, (enum zero)zero, &history->scratch);
}

/* Far apart, so that none lies in a cache because its neighbour was asked for. */
static void ask_units(const struct rules_bench *bench, struct history *history)
{
    enum { STRIDE = 7919 };
    uint32_t count = county_counted(&history->plan.county);
    int64_t begun = measure_thread_ns();
    for (uint32_t i = 0; i < UNITS_ASKED; i++)
        one_unit(history, i * STRIDE % count);
    tell(bench, "asof_unit_us", (double)(measure_thread_ns() - begun) / 1e3 / UNITS_ASKED);
}

static struct status_count rows_of(struct history *history, int32_t as_of, uint64_t known_at)
{
    struct tree tree;
    struct status_rows rows;
    struct policy_timeline policies;
    state_timeline(&history->state, known_at, &policies);
    const struct status_view view = {
        .root = history->root, .depth = DEPTH, .as_of = as_of, .known_at = known_at, .policies = &policies};
    const struct other_rules none = {0};
    tree_open(&history->state, as_of, known_at, &tree);
    status_rows_open(&history->state, &view, &none, &tree, &history->scratch, &rows);
    struct status_count joint = rows.rows[0].below.joint[GROUP_ALL];
    status_rows_close(&rows);
    tree_close(&tree);
    return joint;
}

static void county_then(struct history *history)
{
    (void)rows_of(history, history->as_of, history->known_at);
}

static void county_today(struct history *history)
{
    (void)rows_of(history, history->state.heads.today, POSITION_END);
}

static void rollup_then(struct history *history)
{
    struct rollup rollup;
    rollup_on(&history->state, history->root, history->as_of, history->known_at, &rollup, &history->scratch);
}

static void rollup_today(struct history *history)
{
    struct rollup rollup;
    rollup_now(&history->state, history->root, &rollup, &history->scratch);
}

/* As after a start, or a new day: nothing is kept. */
static void rollup_forgotten(struct history *history)
{
    for (uint32_t unit = 1; unit < history->state.units.count; unit++)
        for (int zero = 0; zero < ZERO_COUNT; zero++)
            ((struct unit_now *)table_change(&history->state.now, unit))->zeros[zero] = 0;
    rollup_today(history);
}

static void summary_year(struct history *history)
{
    struct summary summary;
    summary_of(&history->state, history->root, LAST_YEAR, &summary, &history->scratch);
}

int run_asof(const struct rules_bench *bench)
{
    struct history history;
    const struct history_plan plan = {
        .county = {.units = bench->units}, .policy = bench->policy, .years = bench->years, .mergers = true};
    int64_t begun = measure_thread_ns();
    if (!history_open(&history, &plan))
        return 1;
    tell(bench, "asof_made_ns", (double)(measure_thread_ns() - begun) / (double)history.state.heads.position);
    tell(bench, "asof_records", (double)history.state.heads.position);
    tell(bench, "asof_attestations", (double)history.attestations);
    tell(bench, "asof_ended", (double)history.ended);
    ask_units(bench, &history);
    ask(bench, "asof_county_ms", &history, county_then);
    ask(bench, "today_county_ms", &history, county_today);
    ask(bench, "asof_rollup_ms", &history, rollup_then);
    ask(bench, "today_rollup_forgotten_ms", &history, rollup_forgotten);
    ask(bench, "today_rollup_ms", &history, rollup_today);
    ask(bench, "summary_ms", &history, summary_year);
    struct status_count then = rows_of(&history, history.as_of, history.known_at);
    tell(bench, "asof_total", then.total);
    tell(bench, "asof_zero", then.zero);
    tell(bench, "asof_broken", then.broken);
    tell(bench, "asof_unverified", then.unverified);
    history_close(&history);
    return 0;
}
