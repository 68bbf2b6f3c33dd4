/* What the questions of the leadership's page cost the hub's loop, from the state to the packed messages. */
#include <stdio.h>
#include <stdlib.h>

#include "answer.h"
#include "history.h"
#include "measure.h"
#include "rules_commands.h"
#include "unit_days.h"

/* How often each is asked; the middle one counts. */
enum { TIMES = 5, ARENA_BYTES = 64 << 20 };

struct page {
    struct hub hub;
    struct session session;
    struct policy_timeline policies;
    struct status_view view;
    struct trend_asked trend;
    struct day_span days;
    struct unit_rows rows;
};

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

static int64_t asked_once(struct page *page, void (*question)(struct page *page))
{
    int64_t begun = measure_thread_ns();
    question(page);
    int64_t took = measure_thread_ns() - begun;
    reply_clear(&page->hub.replies);
    page->hub.replies = (struct reply_list){0};
    return took;
}

static void ask(const struct rules_bench *bench, const char *name, struct page *page,
                void (*question)(struct page *page))
{
    int64_t took[TIMES];
    for (int i = 0; i < TIMES; i++)
        took[i] = asked_once(page, question);
    qsort(took, TIMES, sizeof *took, by_size);
    tell(bench, name, (double)took[TIMES / 2] / 1e6);
}

static void ask_tree(struct page *page)
{
    answer_tree(&page->hub, &page->session, 1, &page->view, &page->rows);
}

/* Of a moment of which nothing is kept; a hub makes the rows in slices before it answers. */
static void ask_new_tree(struct page *page)
{
    unit_rows_clear(&page->rows);
    page->rows = (struct unit_rows){.as_of = page->view.as_of, .known_at = page->view.known_at};
    ask_tree(page);
}

static void ask_days(struct page *page)
{
    answer_days(&page->hub, &page->session, 1, &page->view, page->days);
}

static void ask_trend(struct page *page)
{
    wire_arena_reset(page->hub.arena);
    answer_trend(&page->hub, &page->session, 1, &page->view, &page->trend);
}

static void ask_difference(struct page *page)
{
    wire_arena_reset(page->hub.arena);
    answer_difference(&page->hub, &page->session, 1, &page->view, 0, 0);
}

static void look_at(struct page *page, int32_t as_of, uint64_t known_at)
{
    page->view.as_of = as_of;
    page->view.known_at = known_at;
    state_timeline(page->hub.shown.state, known_at, &page->policies);
}

static void take_trend(struct page *page, struct day_span days, enum trend_by by, const char *figure)
{
    struct trend_figure *asked = &page->trend.figures[0];
    page->trend.period_count = trend_periods(days, by, days.to, page->trend.periods);
    page->trend.figure_count = 1;
    page->trend.statuses = figure_find_zeros(figure, &asked->group, &asked->zero);
    asked->figure = page->trend.statuses ? FIGURE_NONE : figure_find(figure);
    snprintf(asked->name, sizeof asked->name, "%s", figure);
}

static void ask_trends(const struct rules_bench *bench, struct page *page)
{
    int32_t today = page->hub.shown.state->heads.today;
    const struct day_span year = {day_year_start(today), today};
    take_trend(page, year, TREND_BY_MONTH, "zeros.JOINT");
    ask(bench, "page_trend_months_ms", page, ask_trend);
    take_trend(page, year, TREND_BY_WEEK, "zeros.JOINT");
    ask(bench, "page_trend_weeks_ms", page, ask_trend);
    take_trend(page, (struct day_span){today - TREND_STATUSES_MAX + 1, today}, TREND_BY_DAY, "zeros.JOINT");
    ask(bench, "page_trend_most_ms", page, ask_trend);
    take_trend(page, year, TREND_BY_DAY, "hazards.found");
    ask(bench, "page_trend_counts_ms", page, ask_trend);
}

static void page_open(struct page *page, struct history *history)
{
    *page = (struct page){.view = {.root = history->root, .policies = &page->policies}};
    page->hub.ledger.state = history->state; /* borrowed */
    page->hub.arena = wire_arena_open(ARENA_BYTES);
    if (!page->hub.arena)
        abort();
    hub_show_now(&page->hub);
}

static void page_close(struct page *page)
{
    wire_arena_close(&page->hub.arena);
    day_before_clear(&page->hub.day_before);
    unit_rows_clear(&page->rows);
    status_scratch_clear(&page->hub.scratch);
}

int run_page(const struct rules_bench *bench)
{
    static struct page page;
    struct history history;
    const struct history_plan plan = {
        .county = {.units = bench->units}, .policy = bench->policy, .years = bench->years, .mergers = true};
    if (!history_open(&history, &plan))
        return 1;
    page_open(&page, &history);
    int32_t today = history.state.heads.today;
    look_at(&page, today, POSITION_END);
    ask(bench, "page_tree_new_ms", &page, ask_new_tree);
    ask(bench, "page_tree_ms", &page, ask_tree);
    ask_trends(bench, &page);
    page.view.root = state_find_unit(&history.state, history.codes[0]);
    page.days = (struct day_span){today - UNIT_DAYS_MAX + 1, today};
    ask(bench, "page_days_ms", &page, ask_days);
    page.view.root = history.root;
    look_at(&page, history.as_of, history.known_at);
    ask(bench, "page_tree_then_ms", &page, ask_new_tree);
    ask(bench, "page_difference_ms", &page, ask_difference);
    page_close(&page);
    history_close(&history);
    return 0;
}
